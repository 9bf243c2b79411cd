//! Archives that are too much, damaged or closed.

use super::*;

#[test]
fn only_so_many_archives_deep_are_looked_into() {
    let mut inner = b"core".to_vec();
    for _ in 0..6 {
        inner = zip(&[Entry::stored("z", &inner)]);
    }
    let seen = look(&inner);
    assert_eq!(
        seen.faults(),
        ["z!/z!/z!/z: it lies more than 4 archives deep"]
    );
    assert_eq!(seen.paths(), ["z!/z!/z!/z"]);
    // A tar in a gzip is one archive.
    let folder = folder();
    run(folder.path(), "tar", &["-cf", "a.tar", "a.txt"]);
    let tar = std::fs::read(folder.path().join("a.tar")).unwrap();
    let limits = Limits {
        depth: 1,
        ..Limits::default()
    };
    assert_eq!(look_within(&gzip(&tar), &limits).faults(), [""; 0]);
    assert_eq!(
        look_within(&gzip(&gzip(&tar)), &limits)
            .outcome
            .faults
            .len(),
        1
    );
}

#[test]
fn only_so_many_entries_are_looked_at() {
    let entries: Vec<Entry<'_>> = (0..40).map(|_| Entry::stored("same", b"x")).collect();
    let limits = Limits {
        entries: 10,
        ..Limits::default()
    };
    let seen = look_within(&zip(&entries), &limits);
    assert_eq!(seen.contents.len(), 10);
    let told = "same: there are more than 10 entries; those after it are not looked at";
    assert_eq!(seen.faults(), [told]);
}

#[test]
fn a_zip_bomb_is_left_at_its_ratio() {
    let bomb = zeros(64);
    let seen = look(&zip(&[
        deflated("bomb", &bomb),
        Entry::stored("behind", b"x"),
    ]));
    let told = "bomb: it is more than 200 times larger than packed, as a zip bomb is; the rest of it is not looked at";
    assert_eq!(seen.faults(), [told]);
    assert_eq!(seen.paths(), ["bomb", "behind"]);
    let size = seen.contents[0].1.len();
    assert!((8 << 20..9 << 20).contains(&size), "{size}");
    // What is small may be packed however well.
    assert_eq!(look(&gzip(&[0; 1 << 20])).faults(), [""; 0]);
}

#[test]
fn only_so_much_is_unpacked_in_all() {
    let part = zeros(8);
    let entries: Vec<Entry<'_>> = (0..40).map(|_| deflated("part", &part)).collect();
    let mut total = 0;
    let archive = zip(&entries);
    let limits = Limits {
        unpacked: 64 << 20,
        ..Limits::default()
    };
    let outcome = look_into(&mut &*archive, &limits, &mut |_, content| {
        total += std::io::copy(content, &mut std::io::sink()).unwrap();
    });
    let told = "part: there are more than 64 MiB to unpack; what follows is not looked at";
    assert_eq!(
        outcome
            .faults
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>(),
        [told]
    );
    assert!(total <= 64 << 20, "{total}");
    assert_eq!(outcome.visited, 9);
}

#[test]
fn a_gzip_of_many_empty_members_is_no_danger() {
    let members = gzip(b"").repeat(20_000);
    let seen = look(&members);
    assert_eq!(seen.contents, [(String::new(), Vec::new())]);
    let seen = look(&[gzip(b"one "), gzip(b"two"), vec![0; 700]].concat());
    assert_eq!(seen.contents[0].1, b"one two");
    assert_eq!(seen.faults(), [""; 0]);
}

#[test]
fn encrypted_entries_are_told_and_passed() {
    let folder = folder();
    run(folder.path(), "zip", &["-qeP", "word", "a.zip", "a.txt"]);
    run(folder.path(), "zip", &["-qr", "a.zip", "sub"]);
    let seen = look(&std::fs::read(folder.path().join("a.zip")).unwrap());
    assert_eq!(seen.faults(), ["a.txt: it is encrypted"]);
    assert_eq!(seen.paths(), ["sub/ü.txt"]);
}

#[test]
fn other_methods_are_told_and_passed() {
    let zstd = Entry {
        method: 93,
        ..Entry::stored("a", b"whatever")
    };
    let seen = look(&zip(&[zstd, Entry::stored("b", b"x")]));
    assert_eq!(
        seen.faults(),
        ["a: it is packed with zstd, which is not unpacked"]
    );
    assert_eq!(seen.paths(), ["b"]);
}

#[test]
fn damaged_archives_give_what_they_can() {
    let wrong = Entry {
        checksum: 7,
        ..Entry::stored("a", b"one")
    };
    let malformed = Entry {
        method: 8,
        ..Entry::stored("b", b"\xFF\xFF\xFF\xFF")
    };
    let archive = zip(&[wrong, malformed, Entry::stored("c", b"three")]);
    let seen = look(&archive);
    let told = [
        "a: it is damaged: its checksum is wrong",
        "b: it is damaged: what is packed is malformed",
    ];
    assert_eq!(seen.faults(), told);
    assert_eq!(seen.paths(), ["a", "b", "c"]);
    let whole = gzip(&[7; 90_000]);
    let seen = look(&whole[..whole.len() - 20]);
    assert_eq!(seen.faults(), ["it is damaged: it ends too early"]);
    let folder = folder();
    run(folder.path(), "tar", &["-cf", "a.tar", "a.txt", "sub"]);
    let tar = std::fs::read(folder.path().join("a.tar")).unwrap();
    let seen = look(&tar[..2000]);
    assert_eq!(seen.faults(), ["it is damaged: it ends too early"]);
    assert_eq!(seen.contents[0].1.len(), 2000 - 512);
}

#[test]
fn an_archive_that_is_cut_anywhere_says_so() {
    let archive = zip(&[Entry::stored("a", b"one"), deflated("b", &zeros(1))]);
    for end in 5..archive.len() - END.len() {
        let seen = look(&archive[..end]);
        assert!(!seen.outcome.faults.is_empty(), "{end}");
    }
}
