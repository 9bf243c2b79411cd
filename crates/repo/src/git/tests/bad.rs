//! Repositories that lack something, are damaged, or change meanwhile.

use super::*;

fn refused(bench: &Bench, base: Option<&str>, head: &Head) -> RepositoryError {
    let mut visit = |_| ControlFlow::Continue(());
    let visited = bench.open().visit_changes(base, head, &mut visit);
    visited.unwrap_err()
}

#[test]
fn a_bare_repository_is_said_to_have_no_working_tree() {
    let bench = Bench::new();
    let folder = tempfile::tempdir().unwrap();
    let from = bench.path().display().to_string();
    git(folder.path(), &["clone", "--quiet", "--bare", &from, "."]);
    let error = GitRepository::discover(folder.path()).unwrap_err();
    assert!(matches!(error, RepositoryError::Bare { .. }), "{error}");
    assert!(error.to_string().contains("no working tree"), "{error}");
    assert!(error.help().contains("clone"), "{}", error.help());
}

/// Files that make up a repository can be committed like any others, and its config names programs.
#[test]
fn a_folder_with_the_files_of_a_repository_is_none() {
    let bench = Bench::new();
    let folder = bench.path().join("apps/portal");
    fs::create_dir_all(&folder).unwrap();
    git(&folder, &["init", "--quiet", "--bare", "."]);
    bench.write(
        "apps/portal/config",
        "[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = .\n",
    );
    let found = GitRepository::discover(&folder).unwrap();
    assert_eq!(found.root(), bench.path().canonicalize().unwrap());
}

#[test]
fn a_submodule_is_told_from_a_repository_of_its_own() {
    let (bench, other) = (Bench::new(), Bench::new());
    let from = other.path().display().to_string();
    let allowed = ["-c", "protocol.file.allow=always"];
    let add = ["submodule", "--quiet", "add", &from, "inner"];
    bench.git(&[&allowed[..], &add[..]].concat());
    let inner = GitRepository::discover(&bench.path().join("inner")).unwrap();
    assert!(inner.is_submodule().unwrap());
    assert!(!bench.open().is_submodule().unwrap());
}

#[test]
fn a_repository_that_cannot_be_opened_is_not_called_absent() {
    let bench = Bench::new();
    bench.write(".git/config", "[core]\n\trepositoryformatversion = 99\n");
    let error = GitRepository::discover(bench.path()).unwrap_err();
    assert!(
        matches!(error, RepositoryError::Unreadable { .. }),
        "{error}"
    );
}

#[test]
fn before_the_first_commit_everything_is_new() {
    let bench = Bench(tempfile::tempdir().unwrap());
    bench.git(&["init", "--quiet", "--initial-branch=main"]);
    bench.write("staged.txt", "staged");
    bench.git(&["add", "--all"]);
    bench.write("untracked.txt", "untracked");
    let staged = "staged.txt: - -> staged";
    assert_eq!(bench.changes(None, &Head::Staged), [staged]);
    assert_eq!(
        bench.changes(None, &Head::WorkingTree),
        [staged, "untracked.txt: - -> untracked"]
    );
    assert_eq!(bench.open().likely_base().unwrap(), None);
    assert!(!bench.open().shallow().unwrap());
    for error in [
        refused(&bench, Some("main"), &Head::Staged),
        refused(&bench, None, &revision("HEAD")),
    ] {
        let unknown = matches!(error, RepositoryError::UnknownRevision { .. });
        assert!(unknown, "{error}");
    }
}

#[test]
fn a_shallow_clone_works_as_far_as_it_reaches() {
    let origin = Bench::changed();
    origin.write("kept.txt", "changed");
    origin.commit("third");
    let one = origin.shallow_clone(1);
    let two = origin.shallow_clone(2);
    assert!(one.open().shallow().unwrap() && two.open().shallow().unwrap());
    assert!(!origin.open().shallow().unwrap());
    for head in [Head::WorkingTree, Head::Staged, revision("HEAD")] {
        let error = refused(&one, Some("HEAD^1"), &head);
        let revision = "HEAD^1".into();
        assert_eq!(error, RepositoryError::Shallow { revision });
        assert!(error.help().contains("fetch-depth: 2"), "{}", error.help());
        assert_eq!(
            two.changes(Some("HEAD^1"), &head),
            origin.changes(Some("HEAD^1"), &head)
        );
        assert_eq!(one.changes(Some("HEAD"), &head), [""; 0]);
    }
}

#[test]
fn the_merge_commit_of_a_pull_request_is_compared_with_its_first_parent() {
    let origin = Bench::changed();
    origin.git(&["checkout", "--quiet", "main"]);
    origin.write("kept.txt", "changed on main");
    origin.commit("meanwhile");
    origin.git(&[
        "merge",
        "--quiet",
        "--no-ff",
        "--message",
        "merge",
        "change",
    ]);
    let expected = origin.changes(Some("main^1"), &revision("main"));
    assert_eq!(expected.len(), 4, "{expected:?}");
    let clone = origin.shallow_clone(2);
    clone.git(&["checkout", "--quiet", "--detach", "origin/main"]);
    assert_eq!(clone.changes(Some("HEAD^1"), &revision("HEAD")), expected);
    assert_eq!(clone.changes(Some("HEAD^1"), &Head::WorkingTree), expected);
    let clone = origin.shallow_clone(1);
    clone.git(&["checkout", "--quiet", "--detach", "origin/main"]);
    let error = refused(&clone, Some("HEAD^1"), &revision("HEAD"));
    assert!(matches!(error, RepositoryError::Shallow { .. }), "{error}");
}

#[test]
fn an_unknown_revision_is_named() {
    let bench = Bench::changed();
    let nowhere = || RepositoryError::UnknownRevision {
        revision: "nowhere".into(),
    };
    let repository = bench.open();
    assert_eq!(refused(&bench, Some("nowhere"), &Head::Staged), nowhere());
    assert_eq!(refused(&bench, None, &revision("nowhere")), nowhere());
    let tree = repository.visit_tree("nowhere", &mut |_| ControlFlow::Continue(()));
    assert_eq!(tree.unwrap_err(), nowhere());
    let mut visit = |_: &Commit, _| ControlFlow::Continue(());
    let history = repository.visit_history(Some("nowhere"), "HEAD", &mut visit);
    assert_eq!(history.unwrap_err(), nowhere());
    let seen = repository.first_seen("nowhere", "kept.txt", b"kept");
    assert_eq!(seen.unwrap_err(), nowhere());
}

#[test]
fn a_detached_head_is_a_head_like_any_other() {
    let bench = Bench::changed();
    let expected = bench.changes(Some("main"), &revision("change"));
    bench.git(&["checkout", "--quiet", "--detach"]);
    assert_eq!(bench.changes(Some("main"), &Head::WorkingTree), expected);
    assert_eq!(bench.changes(Some("main"), &Head::Staged), expected);
}

#[test]
fn a_file_in_the_middle_of_a_merge_is_told_and_not_read_from_the_index() {
    let bench = Bench::changed();
    bench.git(&["checkout", "--quiet", "-b", "other", "main"]);
    bench.write("edited.txt", "otherwise");
    bench.commit("other");
    let merge = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
        .args(["merge", "--quiet", "change"])
        .current_dir(bench.path())
        .output()
        .unwrap();
    assert!(!merge.status.success());
    let staged = bench.changes(Some("other"), &Head::Staged);
    assert!(
        staged.contains(&"edited.txt: otherwise -> <its merge is not finished>".to_owned()),
        "{staged:?}"
    );
    let lying = bench.changes(Some("other"), &Head::WorkingTree);
    assert!(lying[0].contains("<<<<<<<"), "{lying:?}");
}

#[test]
fn a_file_that_vanishes_meanwhile_is_unreadable_and_the_others_are_told() {
    let bench = Bench::new();
    for path in ["a.txt", "b.txt", "c.txt"] {
        bench.write(path, path);
    }
    let mut told = Vec::new();
    let mut visit = |blob| {
        let _ = fs::remove_file(bench.path().join("b.txt"));
        told.push(changed_blob(blob));
        ControlFlow::Continue(())
    };
    let repository = bench.open();
    repository
        .visit_changes(Some("HEAD"), &Head::WorkingTree, &mut visit)
        .unwrap();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[1].starts_with("b.txt: - -> <"), "{told:?}");
    assert_eq!(told[2], "c.txt: - -> c.txt");
}

#[test]
fn a_commit_made_meanwhile_changes_nothing_about_the_visit() {
    let bench = Bench::changed();
    let expected = bench.changes(Some("main"), &revision("HEAD"));
    let mut told = Vec::new();
    let mut visit = |blob| {
        bench.write("edited.txt", format!("edit {}", told.len()));
        bench.commit("meanwhile");
        bench.git(&["gc", "--quiet", "--prune=now"]);
        told.push(changed_blob(blob));
        ControlFlow::Continue(())
    };
    let repository = bench.open();
    repository
        .visit_changes(Some("main"), &revision("HEAD"), &mut visit)
        .unwrap();
    assert_eq!(told, expected);
}

#[test]
fn a_blob_that_the_clone_lacks_is_unreadable_and_the_others_are_told() {
    let bench = Bench::changed();
    let id = bench.git(&["rev-parse", "main:edited.txt"]);
    let (folder, file) = id.split_at(2);
    bench.remove(&format!(".git/objects/{folder}/{file}"));
    let told = bench.changes(Some("main"), &revision("change"));
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told[0].starts_with("edited.txt: <"), "{told:?}");
    assert!(told[0].ends_with("> -> after"), "{told:?}");
}

#[test]
fn a_partial_clone_fetches_nothing_and_what_it_lacks_is_unreadable() {
    let origin = Bench::changed();
    origin.git(&["config", "uploadpack.allowFilter", "true"]);
    let folder = tempfile::tempdir().unwrap();
    let from = format!("file://{}", origin.path().display());
    let clone = ["clone", "--quiet", "--filter=blob:none", &from, "."];
    git(folder.path(), &clone);
    let told = Bench(folder).changes(Some("origin/main"), &revision("HEAD"));
    assert_eq!(told.len(), 4, "{told:?}");
    assert!(told[0].starts_with("edited.txt: <"), "{told:?}");
    assert!(told[0].ends_with("> -> after"), "{told:?}");
    assert_eq!(told[3], "src/new.txt: - -> new");
}

/// Started by the next test where there is no `git` program.
#[test]
#[ignore = "needs a place without the git program"]
fn without_the_git_program() {
    let root = std::env::var("REPOSITORY_TO_READ").unwrap();
    let bench = GitRepository::discover(Path::new(&root)).unwrap();
    let changes = |head: &Head| {
        let mut told = Vec::new();
        let visited = bench.visit_changes(Some("main"), head, &mut |blob| {
            told.push(changed_blob(blob));
            ControlFlow::Continue(())
        });
        visited.map(|()| told)
    };
    let told = changes(&revision("HEAD")).unwrap();
    assert_eq!(told.len(), 5, "{told:?}");
    assert!(told[2].contains("could not be started"), "{told:?}");
    for head in [Head::WorkingTree, Head::Staged] {
        let error = changes(&head).unwrap_err();
        let missing = matches!(error, RepositoryError::NoProgram { .. });
        assert!(missing, "{error}");
    }
}

#[test]
fn only_the_working_tree_the_index_and_large_files_need_the_git_program() {
    let bench = Bench::changed();
    bench.write("large.bin", vec![b'x'; tidegate_core::ports::WHOLE + 1]);
    bench.commit("large");
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "--ignored",
            "git::tests::bad::without_the_git_program",
        ])
        .env("REPOSITORY_TO_READ", bench.path())
        .env("PATH", "")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

#[test]
fn trees_that_unfold_without_end_are_given_up() {
    let bench = Bench::new();
    let mut tree = bench.git(&["rev-parse", "HEAD^{tree}"]);
    for _ in 0..30 {
        let entry = |name: usize| format!("040000 tree {tree}\t{name}\n");
        tree = tree_of(&bench, &(0..10).map(entry).collect::<String>());
    }
    let commit = bench.git(&["commit-tree", &tree, "-m", "bomb"]);
    let repository = bench.open().open().unwrap();
    let bomb = revisions::commit(&repository, &commit).unwrap();
    let (none, bomb) = (repository.empty_tree(), bomb.tree().unwrap());
    let error = changes::between_at_most(1_000, &none, &bomb).unwrap_err();
    assert!(error.to_string().contains("more than 1000"), "{error}");
}

/// The id of a tree of these entries.
fn tree_of(bench: &Bench, entries: &str) -> String {
    use std::io::Write as _;
    use std::process::Stdio;
    let mut making = Command::new("git")
        .arg("mktree")
        .current_dir(bench.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = making.stdin.take().unwrap();
    stdin.write_all(entries.as_bytes()).unwrap();
    drop(stdin);
    let output = making.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
