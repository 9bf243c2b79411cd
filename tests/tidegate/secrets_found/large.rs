//! Files that do not fit into memory.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::process::Stdio;

use super::support::{Bench, Look, stripe};
use crate::support::{Ran, watched};

/// The most memory that a run may hold, in kilobytes.
pub(super) const MOST: u64 = 200_000;

/// A look, and the most memory it held in kilobytes.
#[track_caller]
pub(super) fn look(bench: &Bench, secrets: &str) -> (Look, u64) {
    bench.gate(secrets, "http://127.0.0.1:9", "");
    let child = bench
        .command(&["--no-preflight"], &[])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let (output, peak) = watched(child);
    (bench.took(Ran::of(output)), peak)
}

/// A file of zeros, which takes no room on the disk, with a key at its end.
fn hollow(bench: &Bench, name: &str, size: u64) {
    bench.write(name, "");
    let mut file = File::create(bench.at(name)).expect("the file is made");
    file.seek(SeekFrom::Start(size)).expect("it may be as long");
    let line = format!("\nconst key = '{}';\n", stripe(0).whole);
    file.write_all(line.as_bytes()).expect("the key is written");
}

fn at_the_end_of(size: u64, looks: &[&str]) {
    let bench = Bench::repository();
    hollow(&bench, "data/dump.sql", size);
    for secrets in looks {
        let (look, peak) = look(&bench, &format!("site: false, {secrets}"));
        look.finds(&["stripe-secret-key data/dump.sql:2"]);
        assert!(peak < MOST, "{secrets}: {peak} kB");
    }
}

#[test]
fn a_key_at_the_end_of_a_quarter_of_a_gigabyte_is_found_in_little_memory() {
    let folders = [
        "change: false, files: [data]",
        "change: false, build: [data]",
    ];
    at_the_end_of(256 << 20, &["", folders[0], folders[1]]);
}

#[test]
#[ignore = "takes half a minute: cargo test --features full --test tidegate -- --ignored two_gigabytes"]
fn a_key_at_the_end_of_two_gigabytes_is_found_in_little_memory() {
    at_the_end_of(2 << 30, &["change: false, files: [data]"]);
}

#[test]
fn a_key_in_a_line_of_a_hundred_megabytes_is_found_in_little_memory() {
    let bench = Bench::folder();
    let piece = "function a(b){return b+1}var c=[1,2,3];".repeat(1_000);
    let mut line = piece.repeat((50 << 20) / piece.len());
    let half = line.len();
    line.push_str(&format!("k=\"{}\";", stripe(0).whole));
    line.push_str(&piece.repeat((50 << 20) / piece.len()));
    bench.write("dist/app.js", line);
    let (look, peak) = look(&bench, "site: false");
    look.finds(&["stripe-secret-key dist/app.js:1"]);
    assert_eq!(look.findings()[0]["location"]["column"], half + 4);
    assert!(peak < MOST, "{peak} kB");
}

#[test]
fn a_large_blob_that_was_committed_is_read_piece_by_piece() {
    let bench = Bench::repository();
    hollow(&bench, "data/dump.sql", 64 << 20);
    bench.commit("Keep a dump");
    let (look, peak) = look(
        &bench,
        "site: false, change: false, tree: true, history: true",
    );
    look.finds(&["stripe-secret-key data/dump.sql:2"]);
    assert!(peak < MOST, "{peak} kB");
}
