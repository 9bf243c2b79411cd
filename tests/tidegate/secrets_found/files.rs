//! Files that are no plain text, cannot be read or are no files at all.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use super::support::{Bench, stripe};
use crate::support::Ran;

#[test]
fn a_key_between_bytes_that_are_no_text_is_found() {
    let bench = Bench::repository();
    let key = stripe(0).whole;
    bench.write(
        "data.bin",
        [
            b"\x80\xff\xfe\xc3\x28\n\0\0\xf0\x9f ",
            key.as_bytes(),
            b"\0\xc3",
        ]
        .concat(),
    );
    let look = bench.look("files: ['.'], change: false");
    look.finds(&["stripe-secret-key data.bin:2"]);
    bench.look("").finds(&["stripe-secret-key data.bin:2"]);
}

#[test]
fn a_key_in_utf_16_is_found_with_and_without_a_mark() {
    let text = format!("region=eu\r\nkey={}\r\n", stripe(0).whole);
    let little = |unit: u16| unit.to_le_bytes();
    let big = |unit: u16| unit.to_be_bytes();
    for (order, mark) in [
        (little as fn(u16) -> [u8; 2], true),
        (little, false),
        (big, true),
        (big, false),
    ] {
        let marked = format!("{}{text}", if mark { "\u{feff}" } else { "" });
        let bench = Bench::repository();
        let bytes: Vec<u8> = marked.encode_utf16().flat_map(order).collect();
        bench.write("settings.ini", bytes);
        bench
            .look("build: ['.']")
            .finds(&["stripe-secret-key settings.ini:2"]);
    }
}

#[test]
fn links_in_circles_and_out_of_the_folder_are_not_followed() {
    let bench = Bench::folder();
    let outside = Bench::folder();
    outside.write_key("keys.ts", &stripe(1));
    bench.write_key("dist/app.js", &stripe(0));
    for (target, link) in [
        (".", "dist/round"),
        ("..", "dist/up"),
        ("itself", "dist/itself"),
        ("nowhere", "dist/gone"),
    ] {
        symlink(target, bench.at(link)).expect("a link");
    }
    symlink(outside.path(), bench.at("dist/elsewhere")).expect("a link");
    symlink(outside.at("keys.ts"), bench.at("dist/keys.ts")).expect("a link");
    bench.look("").finds(&["stripe-secret-key dist/app.js:2"]);
}

#[test]
fn pipes_empty_files_and_odd_names_hold_nothing_up() {
    let bench = Bench::folder();
    bench.write("dist/empty.js", "");
    let pipe = Command::new("mkfifo")
        .arg(bench.at("dist/pipe.js"))
        .status();
    assert!(pipe.expect("mkfifo runs").success());
    let odd = std::ffi::OsStr::from_bytes(b"not-\xff-utf8.js");
    fs::write(bench.at("dist").join(odd), stripe(0).whole).expect("the file is written");
    bench.write("dist/\u{1b}[2J\u{202e}.js", stripe(1).whole);
    let look = bench.look("");
    look.ran.expect(1);
    assert_eq!(look.findings().len(), 2);
    look.never_says("\u{1b}").never_says("\u{202e}");
}

#[test]
fn what_may_not_be_read_is_said_and_the_rest_is_looked_at() {
    let bench = Bench::folder();
    bench.write_key("dist/app.js", &stripe(0));
    bench.write_key("dist/locked.js", &stripe(1));
    bench.write_key("dist/private/more.js", &stripe(2));
    bench.gate("site: false", "http://127.0.0.1:9", "");
    let allow = |path: &str, mode| {
        fs::set_permissions(bench.at(path), fs::Permissions::from_mode(mode)).expect("it is ours");
    };
    allow("", 0o755);
    allow("dist/locked.js", 0o000);
    allow("dist/private", 0o000);
    let Some(ran) = as_somebody(&bench) else {
        return;
    };
    allow("dist/private", 0o755);
    ran.expect(1).never_says("panicked");
    ran.says("dist/app.js:2")
        .says("dist/locked.js")
        .says("dist/private")
        .says("denied");
    ran.never_says("dist/private/more.js");
}

/// Runs the gate as a user whom permissions stop, which they do not do with root; nothing, and said so,
/// where that user cannot run the binary either.
#[allow(
    clippy::print_stderr,
    reason = "a test that looks at nothing must not pass in silence"
)]
fn as_somebody(bench: &Bench) -> Option<Ran> {
    const NOBODY: u32 = 65_534;
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
    command
        .args(["run", "--no-preflight"])
        .current_dir(bench.path())
        .env_clear()
        .env("NO_COLOR", "1");
    if fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
        command.uid(NOBODY);
    }
    match command.output() {
        Ok(output) => Some(Ran::of(output)),
        Err(error) => {
            eprintln!("SKIPPED: the binary cannot be run as another user: {error}");
            None
        }
    }
}
