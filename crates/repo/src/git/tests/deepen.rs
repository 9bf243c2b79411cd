use super::*;

/// A clone with the last commit of one branch only, as actions/checkout makes it.
fn checkout(of: &Bench, branch: &str) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let from = format!("file://{}", of.path().display());
    git(folder.path(), &["init", "--quiet"]);
    git(folder.path(), &["remote", "add", "origin", &from]);
    let reference = format!("+refs/heads/{branch}:refs/remotes/origin/{branch}");
    git(
        folder.path(),
        &["fetch", "--quiet", "--depth=1", "origin", &reference],
    );
    let remote = format!("refs/remotes/origin/{branch}");
    git(
        folder.path(),
        &["checkout", "--quiet", "--force", "-B", branch, &remote],
    );
    Bench(folder)
}

/// `main` and `change` with a hundred commits each since they parted.
fn long() -> (Bench, String) {
    let bench = Bench::new();
    let parted = bench.git(&["rev-parse", "HEAD"]);
    for branch in ["main", "change"] {
        bench.git(&["checkout", "--quiet", branch]);
        for number in 0..100 {
            bench.commit(&format!("{branch} {number}"));
        }
    }
    (bench, parted)
}

#[test]
fn a_shallow_clone_is_deepened_until_the_merge_base_is_there() {
    let (bench, parted) = long();
    let main = bench.git(&["rev-parse", "main"]);
    let clone = checkout(&bench, "change");
    let before = clone.git(&["for-each-ref"]);
    let repository = clone.open();
    assert!(repository.merge_base(&main, "HEAD").is_err());
    assert_eq!(repository.fetch_merge_base(&main, "HEAD").unwrap(), parted);
    assert_eq!(repository.merge_base(&main, "HEAD").unwrap(), parted);
    assert_eq!(clone.git(&["for-each-ref"]), before);
    // The clone has it now, and asks nobody.
    clone.git(&["remote", "remove", "origin"]);
    assert_eq!(repository.fetch_merge_base(&main, "HEAD").unwrap(), parted);
}

#[test]
fn the_parents_of_the_last_commit_can_be_fetched() {
    let (bench, _) = long();
    let parent = bench.git(&["rev-parse", "change^"]);
    let clone = checkout(&bench, "change");
    let repository = clone.open();
    assert!(repository.resolve("HEAD^1").is_err());
    repository.fetch_parents("HEAD").unwrap();
    assert_eq!(repository.resolve("HEAD^1").unwrap(), parent);
}

#[test]
fn a_commit_that_a_whole_clone_lacks_is_fetched() {
    let bench = Bench::changed();
    let clone = checkout(&bench, "main");
    clone.git(&["fetch", "--quiet", "--unshallow", "origin"]);
    bench.git(&["checkout", "--quiet", "--detach"]);
    bench.commit("nowhere");
    let nowhere = bench.git(&["rev-parse", "HEAD"]);
    let repository = clone.open();
    let main = repository.resolve("HEAD").unwrap();
    assert_eq!(repository.fetch_merge_base(&nowhere, "HEAD").unwrap(), main);
}

#[test]
fn the_end_of_a_branch_is_asked_of_the_origin() {
    let bench = Bench::changed();
    let clone = checkout(&bench, "change");
    let main = bench.git(&["rev-parse", "main"]);
    assert_eq!(clone.open().remote_branch("main").unwrap(), main);
    for odd in ["nowhere", "*", "--upload-pack=touch x", ""] {
        assert!(clone.open().remote_branch(odd).is_err(), "{odd}");
    }
}

#[test]
fn an_origin_that_is_not_there_is_told_without_its_address() {
    let (bench, _) = long();
    let clone = checkout(&bench, "change");
    let secret = "https://bot:hunter2hunter2@127.0.0.1:1/acme/portal.git";
    clone.git(&["remote", "set-url", "origin", secret]);
    let main = bench.git(&["rev-parse", "main"]);
    let error = clone.open().fetch_merge_base(&main, "HEAD").unwrap_err();
    assert_eq!(
        error,
        RepositoryError::Unreadable {
            reason: "`git fetch` from `origin` failed".into()
        }
    );
}

#[test]
fn nothing_but_an_id_is_fetched() {
    let (bench, _) = long();
    let clone = checkout(&bench, "change");
    let odd = "--upload-pack=touch here";
    assert!(clone.open().fetch_merge_base(odd, "HEAD").is_err());
    assert!(!clone.path().join("here").exists());
}
