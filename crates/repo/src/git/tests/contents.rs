//! The contents of a change.

use super::*;

#[test]
fn both_sides_of_each_changed_file_are_told_in_the_order_of_the_paths() {
    let bench = Bench::changed();
    assert_eq!(
        bench.changes(Some("main"), &revision("change")),
        [
            "edited.txt: before -> after",
            "gone.txt: gone -> -",
            "old name.txt => new näme.txt: a text that moves -> a text that moves",
            "src/new.txt: - -> new",
        ]
    );
    assert_eq!(bench.changes(Some("HEAD"), &revision("HEAD")), [""; 0]);
}

#[test]
fn without_a_base_every_file_is_new() {
    let bench = Bench::new();
    let all = [
        ".gitignore: - -> ignored.txt\n",
        "edited.txt: - -> before",
        "gone.txt: - -> gone",
        "kept.txt: - -> kept",
        "old name.txt: - -> a text that moves",
    ];
    assert_eq!(bench.changes(None, &revision("HEAD")), all);
    assert_eq!(bench.changes(None, &Head::Staged), all);
    assert_eq!(bench.changes(None, &Head::WorkingTree), all);
}

#[test]
fn the_working_tree_is_read_as_it_lies_there() {
    let bench = Bench::changed();
    bench.write("edited.txt", "edited again");
    bench.write("staged.txt", "staged");
    bench.git(&["add", "staged.txt"]);
    bench.write("staged.txt", "and edited");
    bench.write("untracked.txt", "untracked");
    bench.write("ignored.txt", "ignored");
    bench.remove("src/new.txt");
    assert_eq!(
        bench.changes(Some("HEAD"), &Head::WorkingTree),
        [
            "edited.txt: after -> edited again",
            "src/new.txt: new -> -",
            "staged.txt: - -> and edited",
            "untracked.txt: - -> untracked",
        ]
    );
}

#[test]
fn a_file_that_only_left_the_index_is_still_in_the_working_tree() {
    let bench = Bench::new();
    bench.git(&["rm", "--quiet", "--cached", "edited.txt", "gone.txt"]);
    bench.write("edited.txt", "now untracked");
    assert_eq!(
        bench.changes(Some("HEAD"), &Head::WorkingTree),
        ["edited.txt: before -> now untracked"]
    );
}

#[test]
fn what_is_staged_is_what_the_next_commit_would_hold() {
    let bench = Bench::new();
    bench.write("edited.txt", "staged");
    bench.write("added.txt", "added");
    bench.git(&["add", "edited.txt", "added.txt"]);
    bench.git(&["rm", "--quiet", "gone.txt"]);
    bench.write("edited.txt", "not staged");
    bench.write("kept.txt", "not staged");
    bench.write("untracked.txt", "untracked");
    bench.write("promised.txt", "of which only the name is staged");
    bench.git(&["add", "--intent-to-add", "promised.txt"]);
    assert_eq!(
        bench.changes(Some("main"), &Head::Staged),
        [
            "added.txt: - -> added",
            "edited.txt: before -> staged",
            "gone.txt: gone -> -",
        ]
    );
}

#[test]
fn a_visit_ends_when_it_is_told_to() {
    let bench = Bench::changed();
    let mut told = 0;
    let mut stop = |_| {
        told += 1;
        ControlFlow::Break(())
    };
    let repository = bench.open();
    repository
        .visit_changes(Some("main"), &revision("HEAD"), &mut stop)
        .unwrap();
    assert_eq!(told, 1);
    let mut told = 0;
    let mut stop = |_| {
        told += 1;
        ControlFlow::Break(())
    };
    repository.visit_tree("HEAD", &mut stop).unwrap();
    assert_eq!(told, 1);
}

#[test]
fn every_file_of_a_tree_is_told_in_the_order_of_the_paths() {
    let bench = Bench::new();
    for path in ["a/b/c.txt", "a/b.txt", "a-b.txt", "a.txt"] {
        bench.write(path, path);
    }
    bench.commit("second");
    let mut told = Vec::new();
    let visited = bench.open().visit_tree("HEAD", &mut |file| {
        told.push(format!("{}: {}", file.path, content(Some(file.content))));
        ControlFlow::Continue(())
    });
    visited.unwrap();
    assert_eq!(
        told,
        [
            ".gitignore: ignored.txt\n",
            "a-b.txt: a-b.txt",
            "a.txt: a.txt",
            "a/b.txt: a/b.txt",
            "a/b/c.txt: a/b/c.txt",
            "edited.txt: before",
            "gone.txt: gone",
            "kept.txt: kept",
            "old name.txt: a text that moves",
        ]
    );
}

#[test]
fn a_file_of_more_than_8_mib_is_read_piece_by_piece() {
    let bench = Bench::new();
    let limit = tidegate_core::ports::WHOLE;
    bench.write("edge.bin", vec![b'x'; limit]);
    bench.write("large.bin", vec![b'x'; limit + 1]);
    bench.commit("large");
    bench.write("larger.bin", vec![b'y'; limit + 2]);
    let mut told = Vec::new();
    let mut sizes = |blob: ChangedBlob| {
        let whole = matches!(blob.new, Some(Content::Whole(_)));
        let size = match blob.new {
            Some(Content::Whole(content)) => content.len().to_string(),
            other => content(other),
        };
        told.push((blob.file.path, whole, size));
        ControlFlow::Continue(())
    };
    let repository = bench.open();
    repository
        .visit_changes(Some("main"), &Head::WorkingTree, &mut sizes)
        .unwrap();
    assert_eq!(
        told,
        [
            ("edge.bin".into(), true, "8388608".into()),
            ("large.bin".into(), false, "<8388609 bytes>".into()),
            ("larger.bin".into(), false, "<8388610 bytes>".into()),
        ]
    );
}

#[test]
fn a_large_blob_that_nobody_reads_leaves_no_process() {
    let bench = Bench::new();
    bench.write("large.bin", vec![b'x'; tidegate_core::ports::WHOLE + 1]);
    bench.commit("large");
    let id = bench.git(&["rev-parse", "HEAD:large.bin"]);
    let mut blob = program::blob(bench.path(), &id, 1).unwrap();
    let process = PathBuf::from(format!("/proc/{}", blob.id()));
    let mut start = [0; 10];
    blob.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"xxxxxxxxxx");
    drop(blob);
    assert!(!process.exists());
}

#[test]
fn a_large_blob_that_ends_early_is_no_whole_one() {
    let bench = Bench::new();
    let id = bench.git(&["rev-parse", "HEAD:kept.txt"]);
    let mut read = Vec::new();
    let mut blob = program::blob(bench.path(), &id, 5).unwrap();
    let error = blob.read_to_end(&mut read).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
}
