//! Which lines changed, asked of real repositories.

use super::*;

fn lines(bench: &Bench, head: &Head, paths: &[&str]) -> Vec<(String, Vec<RangeInclusive<usize>>)> {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    let lines = bench.open().changed_lines("main", head, &paths).unwrap();
    lines.into_iter().collect()
}

const LONG: &str = "one\ntwo line\nthree line\nfour line\nfive line\nsix line\n";

#[test]
fn lines_of_the_asked_files_are_told_for_commits_and_the_working_tree() {
    let bench = Bench::new();
    bench.write("long.txt", LONG);
    bench.commit("before");
    bench.git(&["branch", "--force", "main"]);
    bench.write("long.txt", LONG.replace("three", "3rd"));
    bench.write("src/new.txt", "a\nb\n");
    bench.remove("gone.txt");
    bench.commit("after");
    let all = [
        "long.txt",
        "src/new.txt",
        "gone.txt",
        "kept.txt",
        "absent.txt",
    ];
    let told = lines(&bench, &revision("HEAD"), &all);
    let expected = vec![
        ("long.txt".to_owned(), vec![3..=3]),
        ("src/new.txt".to_owned(), vec![1..=2]),
    ];
    assert_eq!(told, expected);
    assert_eq!(
        lines(&bench, &revision("HEAD"), &["long.txt"]),
        expected[..1]
    );
    assert_eq!(lines(&bench, &revision("HEAD"), &[]), []);

    bench.write("long.txt", LONG.replace("three", "3rd") + "seven\n");
    bench.write("untracked.txt", "x\n");
    let told = lines(&bench, &Head::WorkingTree, &["long.txt", "untracked.txt"]);
    let expected = [
        ("long.txt".to_owned(), vec![3..=3, 7..=7]),
        ("untracked.txt".to_owned(), vec![1..=1]),
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_file_that_moved_and_was_edited_shows_only_the_edit() {
    let bench = Bench::new();
    bench.write("long.txt", LONG);
    bench.commit("before");
    bench.git(&["branch", "--force", "main"]);
    bench.rename("long.txt", "moved.txt");
    bench.write("moved.txt", LONG.replace("two", "2nd"));
    bench.commit("after");
    let told = lines(&bench, &revision("HEAD"), &["moved.txt"]);
    assert_eq!(told, [("moved.txt".to_owned(), vec![2..=2])]);
}

#[test]
fn what_others_did_on_the_base_is_no_change() {
    let bench = Bench::new();
    bench.write("kept.txt", "kept\nand more\n");
    bench.commit("ours");
    bench.git(&["checkout", "--quiet", "main"]);
    bench.write("edited.txt", "theirs");
    bench.commit("theirs");
    bench.git(&["checkout", "--quiet", "change"]);
    let told = lines(&bench, &revision("HEAD"), &["kept.txt", "edited.txt"]);
    // The base's last line had no end, and is the same line with one.
    assert_eq!(told, [("kept.txt".to_owned(), vec![2..=2])]);
}

#[test]
fn an_unknown_base_is_an_error() {
    let bench = Bench::new();
    let paths = BTreeSet::from(["kept.txt".to_owned()]);
    let asked = bench
        .open()
        .changed_lines("nowhere", &Head::WorkingTree, &paths);
    assert!(matches!(
        asked,
        Err(RepositoryError::UnknownRevision { .. })
    ));
}
