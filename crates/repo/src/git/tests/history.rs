//! What each commit added, and since when a file holds something.

use super::*;

/// `subject/path: old -> new` of what was told.
fn history(bench: &Bench, since: Option<&str>, head: &str) -> Vec<String> {
    let mut told = Vec::new();
    let visited = bench
        .open()
        .visit_history(since, head, &mut |commit, blob| {
            let subject = bench.git(&["show", "--no-patch", "--format=%s", &commit.id]);
            told.push(format!("{subject}/{}", changed_blob(blob)));
            ControlFlow::Continue(())
        });
    visited.unwrap();
    told
}

/// A commit made at a time of its own, so that the order is known.
fn commit_at(bench: &Bench, hour: usize, message: &str) {
    bench.git(&["add", "--all"]);
    let at = format!("2026-01-02T{hour:02}:00:00+02:00");
    let output = Command::new("git")
        .args(["-c", "user.name=Änna", "-c", "user.email=a@example.com"])
        .args(["commit", "--quiet", "--allow-empty", "--message", message])
        .env("GIT_COMMITTER_DATE", at)
        .current_dir(bench.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// One file, written and committed once for each text.
fn of_texts(texts: &[&str]) -> Bench {
    let bench = Bench(tempfile::tempdir().unwrap());
    bench.git(&["init", "--quiet", "--initial-branch=main"]);
    for (hour, text) in texts.iter().enumerate() {
        bench.write("src/a.txt", text);
        commit_at(&bench, hour, &format!("c{hour}"));
    }
    bench
}

#[test]
fn commits_are_told_newest_first_with_what_they_added() {
    let bench = of_texts(&["one", "two"]);
    bench.rename("src/a.txt", "src/b.txt");
    commit_at(&bench, 2, "moved");
    bench.remove("src/b.txt");
    bench.write("c.txt", "three");
    commit_at(&bench, 3, "c3");
    assert_eq!(
        history(&bench, None, "HEAD"),
        [
            "c3/c.txt: - -> three",
            "c1/src/a.txt: one -> two",
            "c0/src/a.txt: - -> one",
        ],
        "what was removed or only moved adds nothing"
    );
    assert_eq!(
        history(&bench, Some("HEAD~3"), "HEAD~1"),
        ["c1/src/a.txt: one -> two"]
    );
}

#[test]
fn a_merge_tells_only_what_no_parent_had() {
    let bench = of_texts(&["base\n"]);
    bench.write("both.txt", "1\n2\n3\n4\n5\n");
    commit_at(&bench, 1, "both");
    bench.git(&["checkout", "--quiet", "-b", "side"]);
    bench.write("side.txt", "side");
    bench.write("both.txt", "1\n2\n3\n4\nside\n");
    commit_at(&bench, 2, "side");
    bench.git(&["checkout", "--quiet", "main"]);
    bench.write("main.txt", "main");
    bench.write("both.txt", "main\n2\n3\n4\n5\n");
    commit_at(&bench, 3, "main");
    bench.git(&["merge", "--quiet", "--no-commit", "side"]);
    bench.write("evil.txt", "evil");
    commit_at(&bench, 4, "merge");
    let told = history(&bench, Some("main~1"), "main");
    let merge = [
        "merge/both.txt: main\n2\n3\n4\n5\n\n1\n2\n3\n4\nside\n -> main\n2\n3\n4\nside\n",
        "merge/evil.txt: - -> evil",
    ];
    assert_eq!(told.get(..2).unwrap(), merge);
    assert_eq!(
        history(&bench, Some("side"), "main").get(..2).unwrap(),
        merge,
        "what came with the merge was in the side branch"
    );
}

#[test]
fn a_shallow_history_ends_at_its_edge() {
    let clone = of_texts(&["one", "two", "three"]).shallow_clone(2);
    assert_eq!(
        history(&clone, None, "HEAD"),
        ["c2/src/a.txt: two -> three", "c1/src/a.txt: - -> two"]
    );
    assert_eq!(
        history(&clone, Some("HEAD~1"), "HEAD"),
        ["c2/src/a.txt: two -> three"]
    );
}

#[test]
fn a_history_ends_when_it_is_told_to() {
    let bench = of_texts(&["one", "two"]);
    let mut told = 0;
    let visited = bench.open().visit_history(None, "HEAD", &mut |_, _| {
        told += 1;
        ControlFlow::Break(())
    });
    visited.unwrap();
    assert_eq!(told, 1);
}

/// The subject of the commit that a text was first seen in.
fn seen(bench: &Bench, path: &str, needle: &str) -> Option<String> {
    let seen = bench.open().first_seen("HEAD", path, needle.as_bytes());
    let commit = seen.unwrap()?;
    Some(bench.git(&["show", "--no-patch", "--format=%s", &commit.id]))
}

#[test]
fn the_first_commit_is_the_oldest_that_held_it_without_a_gap() {
    let bench = of_texts(&["key", "none", "a key", "key and more", "key"]);
    bench.write("other.txt", "key");
    commit_at(&bench, 5, "other");
    assert_eq!(seen(&bench, "src/a.txt", "key").unwrap(), "c2");
    assert_eq!(seen(&bench, "other.txt", "key").unwrap(), "other");
    assert_eq!(seen(&bench, "src/a.txt", "more"), None);
    assert_eq!(seen(&bench, "nowhere.txt", "key"), None);
    assert_eq!(seen(&bench, "src", "key"), None);
    let first = bench.open().first_seen("HEAD", "src/a.txt", b"key");
    let first = first.unwrap().unwrap();
    assert_eq!(first.at, "2026-01-02T02:00:00+02:00");
    assert_eq!(first.author, "Änna");
    assert_eq!(first.id, bench.git(&["rev-parse", "HEAD~3"]));
}

#[test]
fn a_text_that_came_from_a_merged_branch_is_followed_there() {
    let bench = of_texts(&["base\n"]);
    bench.git(&["checkout", "--quiet", "-b", "side"]);
    bench.write("src/a.txt", "base\nkey\n");
    commit_at(&bench, 1, "side");
    bench.git(&["checkout", "--quiet", "main"]);
    bench.write("src/a.txt", "more\nbase\n");
    commit_at(&bench, 2, "main");
    bench.write("src/a.txt", "more\nbase\nkey\n");
    bench.git(&["add", "--all"]);
    let tree = bench.git(&["write-tree"]);
    let merge = [
        "commit-tree",
        &tree,
        "-p",
        "main",
        "-p",
        "side",
        "-m",
        "merge",
    ];
    let merge = bench.git(&merge);
    bench.git(&["reset", "--quiet", "--hard", &merge]);
    assert_eq!(seen(&bench, "src/a.txt", "key").unwrap(), "side");
}

#[test]
fn a_shallow_clone_has_seen_things_since_its_edge() {
    let clone = of_texts(&["key 1", "key 2", "key 3"]).shallow_clone(2);
    assert_eq!(seen(&clone, "src/a.txt", "key").unwrap(), "c1");
}

#[test]
fn a_text_is_found_across_the_pieces_of_a_large_file() {
    let bench = Bench::new();
    let mut large = vec![b'x'; tidegate_core::ports::WHOLE + 1];
    large.splice(64 * 1024 - 1..64 * 1024 + 1, *b"ab");
    bench.write("large.bin", large);
    bench.commit("large");
    assert_eq!(seen(&bench, "large.bin", "xabx").unwrap(), "large");
    assert_eq!(seen(&bench, "large.bin", "xbax"), None);
}
