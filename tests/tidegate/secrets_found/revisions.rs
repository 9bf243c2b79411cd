//! Repositories that are not as one would wish.

use std::sync::atomic::{AtomicBool, Ordering};

use super::support::{Bench, letters, stripe};

#[test]
fn a_repository_without_a_commit_is_all_new() {
    let bench = Bench::folder();
    bench.git(&["init", "--quiet"]);
    bench.write_key("src/pay.ts", &stripe(0));
    let found = ["stripe-secret-key src/pay.ts:2"];
    bench.look("").finds(&found).says("there is no commit yet");
    bench.git(&["add", "--all"]);
    bench.look("head: staged").finds(&found);
    bench
        .look("tree: true, history: true")
        .finds(&found)
        .never_says("HEAD");
}

#[test]
fn a_bare_repository_is_told_with_the_remedy() {
    let bench = Bench::folder();
    bench.git(&["init", "--quiet", "--bare"]);
    let look = bench.look("");
    look.ran.expect(3).says("bare").says("git worktree add");
    bench.look("change: false").ran.expect(0);
    bench.look("change: false, tree: true").ran.expect(3);
}

#[test]
fn a_damaged_repository_is_not_taken_for_none() {
    let bench = Bench::repository();
    bench.write(".git/HEAD", "nonsense\n");
    let look = bench.look("");
    look.ran.expect(3);
    look.says("the git repository could not be read")
        .says("`git fsck`");
}

#[test]
fn an_unknown_revision_is_named_with_the_remedy() {
    let bench = Bench::repository();
    for secrets in [
        "base: releases/7",
        "head: releases/7",
        "history: true, history-since: releases/7",
    ] {
        let look = bench.look(secrets);
        look.ran.expect(3);
        look.says("`releases/7` is not a revision of this repository");
        look.says("Name a branch, a tag or a commit");
    }
}

#[test]
fn without_a_repository_or_without_git_it_is_said_what_was_not_looked_at() {
    let folder = Bench::folder();
    folder.write_key("src/pay.ts", &stripe(0));
    folder.look("").finds(&[]).says("no git repository");
    folder
        .look("files: [src]")
        .finds(&["stripe-secret-key src/pay.ts:2"]);
    folder.look("change: true").ran.expect(3).says("git");

    let bench = Bench::repository();
    let look = bench.look_in("", &[("PATH", "/nowhere")]);
    look.ran
        .expect(3)
        .says("the program `git` could not be started");
}

#[test]
fn a_submodule_is_left_to_its_own_gate() {
    let inner = Bench::repository();
    inner.write_key("keys.ts", &stripe(0));
    inner.commit("Pay");
    let bench = Bench::repository();
    let url = inner.path().to_string_lossy().into_owned();
    bench.git(&["submodule", "--quiet", "add", &url, "vendor/inner"]);
    bench.look("").finds(&[]);
    bench.git(&["commit", "--quiet", "-m", "Use the other"]);
    bench.look("tree: true, history: true").finds(&[]);
    bench.write_key("vendor/inner/more.ts", &stripe(1));
    bench.look("base: HEAD^").finds(&[]);
}

#[test]
fn a_pointer_of_lfs_is_no_key_and_hides_none() {
    let bench = Bench::repository();
    let digest = letters(9, 64)
        .to_lowercase()
        .replace(|letter: char| letter > 'f', "0");
    bench.write(
        "model.bin",
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 12345\n"),
    );
    bench.look("").finds(&[]);
    bench.write(
        "model.bin",
        format!(
            "version https://git-lfs.github.com/spec/v1\n{}\n",
            stripe(0).whole
        ),
    );
    bench.look("").finds(&["stripe-secret-key model.bin:2"]);
}

#[test]
fn a_link_counts_as_its_target_and_is_not_followed() {
    let bench = Bench::repository();
    let outside = Bench::folder();
    outside.write_key("keys.ts", &stripe(0));
    std::os::unix::fs::symlink(outside.at("keys.ts"), bench.at("keys.ts")).expect("a link");
    bench.look("").finds(&[]);
    bench.look("files: ['']").ran.never_says("panicked");
    bench.commit("Link");
    bench.look("tree: true").finds(&[]);
}

#[test]
fn a_repository_that_is_written_to_is_looked_at_all_the_same() {
    let bench = Bench::repository();
    bench.write_key("src/pay.ts", &stripe(0));
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut round = 0_u64;
            while !done.load(Ordering::Relaxed) {
                bench.write(&format!("src/new/{}.ts", round % 50), letters(round, 5_000));
                let gone = bench.at(&format!("src/new/{}.ts", (round + 25) % 50));
                let _ = std::fs::remove_file(gone);
                if round.is_multiple_of(7) {
                    let _ = std::fs::remove_dir_all(bench.at("src/new"));
                }
                round += 1;
            }
        });
        for secrets in ["", "head: working-tree, files: [src]", "build: [src]"] {
            let look = bench.look(secrets);
            look.ran.expect(1);
            let found = look.found();
            assert_eq!(found, ["stripe-secret-key src/pay.ts:2"], "{secrets}");
        }
        done.store(true, Ordering::Relaxed);
    });
}
