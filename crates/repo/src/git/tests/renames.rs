//! Files that are not all new.

use super::*;

/// Lines that tell themselves apart from those of another topic.
fn text(topic: &str, lines: std::ops::Range<usize>) -> String {
    let line = |number| format!("{topic} number {number}\n");
    lines.map(line).collect()
}

/// `from => path` of the files of the change, or `path` and whether there is an old content.
fn names(bench: &Bench, head: &Head) -> Vec<String> {
    let mut told = Vec::new();
    let visited = bench.open().visit_changes(Some("main"), head, &mut |blob| {
        told.push(match (blob.file.renamed_from, &blob.old, &blob.new) {
            (Some(from), Some(_), Some(_)) => format!("{from} => {}", blob.file.path),
            (None, Some(_), None) => format!("D {}", blob.file.path),
            (None, None, Some(_)) => format!("A {}", blob.file.path),
            (None, Some(_), Some(_)) => format!("M {}", blob.file.path),
            other => panic!("{other:?}"),
        });
        ControlFlow::Continue(())
    });
    visited.unwrap();
    told
}

/// A bench whose `main` has two long files, with `change` checked out.
fn bench() -> Bench {
    let bench = Bench::new();
    bench.git(&["checkout", "--quiet", "main"]);
    bench.write("one.txt", text("one", 0..20));
    bench.write("two.txt", text("two", 0..20));
    bench.commit("long files");
    bench.git(&["checkout", "--quiet", "-B", "change"]);
    bench
}

#[test]
fn a_renamed_and_edited_file_has_its_old_content() {
    let bench = bench();
    bench.remove("one.txt");
    bench.remove("two.txt");
    bench.write("src/b.txt", text("one", 0..15) + "a new line\n");
    bench.write("src/a.txt", text("two", 5..20) + "a new line\n");
    let renamed = ["two.txt => src/a.txt", "one.txt => src/b.txt"];
    assert_eq!(names(&bench, &Head::WorkingTree), renamed);
    bench.git(&["add", "--all"]);
    assert_eq!(names(&bench, &Head::Staged), renamed);
    bench.commit("renamed");
    assert_eq!(names(&bench, &revision("HEAD")), renamed);
}

#[test]
fn a_file_that_only_moved_in_the_working_tree_is_renamed() {
    let bench = bench();
    bench.rename("one.txt", "three.txt");
    let files = bench.open().changed_files("main", None).unwrap();
    assert_eq!(told(&files), ["R one.txt -> three.txt"]);
    assert_eq!(names(&bench, &Head::WorkingTree), ["one.txt => three.txt"]);
}

#[test]
fn parts_of_a_file_that_was_split_are_both_made_from_it() {
    let bench = bench();
    bench.remove("one.txt");
    bench.write("first.txt", text("one", 0..10));
    bench.write("second.txt", text("one", 10..20));
    assert_eq!(
        names(&bench, &Head::WorkingTree),
        ["one.txt => first.txt", "one.txt => second.txt"]
    );
}

#[test]
fn a_file_with_little_in_common_is_new() {
    let bench = bench();
    bench.remove("one.txt");
    bench.write("three.txt", text("three", 0..20) + &text("one", 0..9));
    assert_eq!(
        names(&bench, &Head::WorkingTree),
        ["D one.txt", "A three.txt"]
    );
}

#[test]
fn an_unchanged_copy_has_the_content_it_was_copied_from() {
    let bench = bench();
    bench.write("copy.txt", text("one", 0..20));
    bench.write("empty.txt", "");
    let copied = ["M copy.txt", "A empty.txt"];
    assert_eq!(names(&bench, &Head::WorkingTree), copied);
    bench.commit("copied");
    assert_eq!(names(&bench, &revision("HEAD")), copied);
}

#[test]
fn a_file_too_large_to_compare_is_known_by_its_name() {
    let bench = bench();
    bench.git(&["checkout", "--quiet", "main"]);
    bench.write("dist/app.js", text("long", 0..100_000));
    bench.write("dist/other.js", text("other", 0..100_000));
    bench.commit("a large file");
    bench.git(&["checkout", "--quiet", "-B", "change"]);
    bench.remove("dist/app.js");
    bench.remove("dist/other.js");
    bench.write("build/dist/app.js", text("long", 0..100_001));
    bench.write("build/unlike.js", text("long", 0..100_002));
    assert_eq!(
        names(&bench, &Head::WorkingTree),
        [
            "dist/app.js => build/dist/app.js",
            "A build/unlike.js",
            "D dist/other.js"
        ]
    );
}
