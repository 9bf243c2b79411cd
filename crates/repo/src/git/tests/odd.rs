//! What repositories hold besides plain files with plain names.

use super::*;

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf8_is_told_lossily_and_still_read() {
    use std::os::unix::ffi::OsStrExt as _;
    let bench = Bench::new();
    let name = std::ffi::OsStr::from_bytes(b"f\xffo.txt");
    fs::write(bench.path().join(name), "one").unwrap();
    let told = ["f\u{fffd}o.txt: - -> one"];
    assert_eq!(bench.changes(Some("main"), &Head::WorkingTree), told);
    bench.git(&["add", "--all"]);
    assert_eq!(bench.changes(Some("main"), &Head::Staged), told);
    bench.commit("odd name");
    assert_eq!(bench.changes(Some("main"), &revision("HEAD")), told);
}

#[cfg(unix)]
#[test]
fn links_are_told_by_their_targets_name_and_never_followed() {
    use std::os::unix::fs::symlink;
    let bench = Bench::new();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("in.txt"), "outside").unwrap();
    bench.write("folder/in.txt", "inside");
    bench.commit("a folder");
    symlink("loop", bench.path().join("loop")).unwrap();
    symlink(".", bench.path().join("here")).unwrap();
    fs::remove_dir_all(bench.path().join("folder")).unwrap();
    symlink(outside.path(), bench.path().join("folder")).unwrap();
    let target = outside.path().display();
    assert_eq!(
        bench.changes(Some("HEAD"), &Head::WorkingTree),
        [
            format!("folder: - -> {target}"),
            "folder/in.txt: inside -> -".into(),
            "here: - -> .".into(),
            "loop: - -> loop".into(),
        ]
    );
    bench.commit("links");
    let told = bench.changes(Some("HEAD~1"), &revision("HEAD"));
    assert_eq!(told.get(2..).unwrap(), ["here: - -> .", "loop: - -> loop"]);
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_a_file_blocks_nothing() {
    let bench = Bench::new();
    bench.remove("kept.txt");
    let path = bench.path().join("kept.txt");
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    let told = bench.changes(Some("HEAD"), &Head::WorkingTree);
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("kept.txt: kept -> "), "{told:?}");
}

#[test]
fn submodules_are_left_out_and_can_be_looked_at_themselves() {
    let inner = Bench::changed();
    let bench = Bench::new();
    let from = inner.path().display().to_string();
    bench.git(&["submodule", "--quiet", "add", &from, "inner"]);
    let gitmodules = |told: Vec<String>| {
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with(".gitmodules: - -> "), "{told:?}");
    };
    gitmodules(bench.changes(Some("main"), &Head::Staged));
    gitmodules(bench.changes(Some("main"), &Head::WorkingTree));
    bench.commit("submodule");
    gitmodules(bench.changes(Some("main"), &revision("HEAD")));
    fs::write(bench.path().join("inner/new.txt"), "new").unwrap();
    assert_eq!(bench.changes(Some("HEAD"), &Head::WorkingTree), [""; 0]);

    let inner = GitRepository::discover(&bench.path().join("inner")).unwrap();
    assert_eq!(
        inner.root(),
        bench.path().canonicalize().unwrap().join("inner")
    );
    let files = inner.changed_files("HEAD", None).unwrap();
    assert_eq!(told(&files), ["M new.txt"]);
}

#[test]
fn a_pointer_of_large_file_storage_is_an_ordinary_file() {
    let bench = Bench::new();
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n";
    bench.write("film.mp4", pointer);
    bench.write(
        ".gitattributes",
        "*.mp4 filter=lfs diff=lfs merge=lfs -text\n",
    );
    bench.commit("pointer");
    let told = bench.changes(Some("main"), &revision("HEAD"));
    assert_eq!(told.get(1).unwrap(), &format!("film.mp4: - -> {pointer}"));
}

#[test]
fn linked_working_trees_have_changes_of_their_own() {
    let bench = Bench::changed();
    let folder = tempfile::tempdir().unwrap();
    let linked = folder.path().join("linked");
    let place = linked.display().to_string();
    bench.git(&["worktree", "add", "--quiet", "-b", "third", &place, "main"]);
    fs::write(linked.join("kept.txt"), "edited").unwrap();
    let repository = GitRepository::discover(&linked).unwrap();
    assert_eq!(repository.root(), linked.canonicalize().unwrap());
    let files = repository.changed_files("main", None).unwrap();
    assert_eq!(told(&files), ["M kept.txt"]);
    git(&linked, &["add", "--all"]);
    let mut staged = Vec::new();
    let visited = repository.visit_changes(Some("main"), &Head::Staged, &mut |blob| {
        staged.push(changed_blob(blob));
        ControlFlow::Continue(())
    });
    visited.unwrap();
    assert_eq!(staged, ["kept.txt: kept -> edited"]);
}

#[test]
fn objects_may_be_packed_or_borrowed_from_another_clone() {
    let bench = Bench::changed();
    let loose = bench.changes(Some("main"), &revision("change"));
    bench.git(&["gc", "--quiet"]);
    bench.git(&["pack-refs", "--all"]);
    assert_eq!(bench.changes(Some("main"), &revision("change")), loose);
    let folder = tempfile::tempdir().unwrap();
    let from = bench.path().display().to_string();
    git(folder.path(), &["clone", "--quiet", "--shared", &from, "."]);
    let borrowing = Bench(folder);
    assert_eq!(
        borrowing.changes(Some("origin/main"), &revision("HEAD")),
        loose
    );
}

#[test]
fn the_likely_base_is_the_upstream_or_the_main_branch() {
    let bench = Bench::new();
    let likely = |bench: &Bench| bench.open().likely_base().unwrap();
    assert_eq!(likely(&bench), None, "main is the head itself");
    bench.commit("second");
    assert_eq!(likely(&bench).unwrap(), "main");
    bench.git(&["branch", "--quiet", "other", "main"]);
    bench.git(&["branch", "--quiet", "--set-upstream-to=other"]);
    assert_eq!(likely(&bench).unwrap(), "other");

    let folder = tempfile::tempdir().unwrap();
    let from = bench.path().display().to_string();
    git(folder.path(), &["clone", "--quiet", &from, "."]);
    let clone = Bench(folder);
    assert_eq!(
        likely(&clone).unwrap(),
        "origin/main",
        "as upstream is the head"
    );
    clone.commit("third");
    assert_eq!(likely(&clone).unwrap(), "origin/change");
    clone.git(&["checkout", "--quiet", "--detach"]);
    assert_eq!(likely(&clone).unwrap(), "origin/HEAD");
    clone.git(&[
        "symbolic-ref",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/gone",
    ]);
    assert_eq!(likely(&clone).unwrap(), "origin/main");
}
