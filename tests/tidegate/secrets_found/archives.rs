//! Archives in the build output and in the change: looked into as far as it is reasonable.

use std::path::Path;
use std::process::{Command, Stdio};

use super::large;
use super::support::{Bench, settings, stripe};

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("the program runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
}

/// A zip archive of one entry that is not packed (APPNOTE.TXT, 4.3.7), as far as a reader from front to
/// back needs it.
fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len())
        .expect("it is small")
        .to_le_bytes();
    let length = u16::try_from(name.len())
        .expect("it is short")
        .to_le_bytes();
    let head: [&[u8]; 10] = [
        b"PK\x03\x04",
        &[10, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        &crc32(content).to_le_bytes(),
        &size,
        &size,
        &length,
        &[0, 0],
        name.as_bytes(),
        content,
        b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    ];
    head.concat()
}

/// The checksum of a content (ISO 3309).
fn crc32(content: &[u8]) -> u32 {
    !content.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 }
        })
    })
}

#[test]
fn a_key_in_a_jar_in_a_tar_in_a_zip_is_found_with_its_inner_path() {
    let bench = Bench::repository();
    let jar = zip(
        "config/application.properties",
        settings(&stripe(0)).as_bytes(),
    );
    bench.write("inner/lib/app.jar", jar);
    run(&bench.at("inner"), "tar", &["-czf", "app.tar.gz", "lib"]);
    let tar = std::fs::read(bench.at("inner/app.tar.gz")).expect("tar made it");
    std::fs::remove_dir_all(bench.at("inner")).expect("the folder goes");
    let place = "release.zip!app.tar.gz!/lib/app.jar!/config/application.properties:2";
    bench.write("release.zip", zip("app.tar.gz", &tar));
    bench
        .look("")
        .finds(&[&format!("stripe-secret-key {place}")]);
    bench.commit("Release");
    bench
        .look("tree: true")
        .finds(&[&format!("stripe-secret-key {place}")]);
    bench.write("dist/release.zip", zip("app.tar.gz", &tar));
    bench
        .look("")
        .finds(&[&format!("stripe-secret-key dist/{place}")]);
}

#[test]
fn a_damaged_archive_is_said_and_what_comes_before_the_damage_is_found() {
    let bench = Bench::folder();
    bench.write(
        "dist/keys.js",
        format!(
            "{}{}",
            settings(&stripe(0)),
            super::support::letters(7, 200_000)
        ),
    );
    run(&bench.at("dist"), "gzip", &["keys.js"]);
    let whole = std::fs::read(bench.at("dist/keys.js.gz")).expect("gzip made it");
    bench.write("dist/keys.js.gz", &whole[..whole.len() / 2]);
    let look = bench.look("");
    look.finds(&["stripe-secret-key dist/keys.js.gz:2"]);
    look.says("dist/keys.js.gz was not looked at whole");
}

#[test]
fn an_archive_in_a_format_that_is_not_looked_into_is_said() {
    let bench = Bench::folder();
    bench.write("dist/app.7z", b"7z\xBC\xAF\x27\x1C and so on");
    let look = bench.look("");
    look.finds(&[])
        .says("dist/app.7z was not looked at whole")
        .says("7z");
}

#[test]
fn a_bomb_is_left_alone_once_it_unfolds_too_far() {
    let bench = Bench::folder();
    let megabytes = 96;
    let mut bomb = format!("{}\n", stripe(0).whole).into_bytes();
    bomb.resize(megabytes << 20, b'0');
    bench.write("dist/bomb.txt", bomb);
    run(&bench.at("dist"), "gzip", &["--fast", "bomb.txt"]);
    let packed = std::fs::read(bench.at("dist/bomb.txt.gz")).expect("gzip made it");
    std::fs::remove_file(bench.at("dist/bomb.txt.gz")).expect("it goes");
    bench.write("dist/bomb.zip", zip("bomb.gz", &packed));
    let (look, peak) = large::look(&bench, "site: false");
    look.finds(&["stripe-secret-key dist/bomb.zip!bomb.gz:1"]);
    look.says("dist/bomb.zip was not looked at whole");
    assert!(peak < large::MOST, "{peak} kB");
}
