use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use proptest::prelude::*;

use super::*;

/// What was visited: paths and contents, and the outcome.
struct Seen {
    contents: Vec<(String, Vec<u8>)>,
    outcome: Outcome,
}

impl Seen {
    fn paths(&self) -> Vec<&str> {
        self.contents
            .iter()
            .map(|(path, _)| path.as_str())
            .collect()
    }

    fn faults(&self) -> Vec<String> {
        self.outcome
            .faults
            .iter()
            .map(ToString::to_string)
            .collect()
    }
}

fn look_within(archive: &[u8], limits: &Limits) -> Seen {
    let mut contents = Vec::new();
    let outcome = look_into(&mut &*archive, limits, &mut |path, content| {
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes).unwrap();
        contents.push((path.to_owned(), bytes));
    });
    Seen { contents, outcome }
}

fn look(archive: &[u8]) -> Seen {
    look_within(archive, &Limits::default())
}

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let mut command = Command::new(program);
    let done = command
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(done.status.success(), "{program}: {done:?}");
}

/// A folder with `a.txt` and `sub/ü.txt`.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    std::fs::write(folder.path().join("a.txt"), "one\n".repeat(1000)).unwrap();
    std::fs::write(folder.path().join("sub/ü.txt"), "two").unwrap();
    folder
}

fn python(folder: &Path, script: &str) {
    run(folder, "python3", &["-c", script]);
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

/// A local header and the content of an entry that is stored unless it is given deflated.
struct Entry<'e> {
    name: &'e str,
    flags: u16,
    method: u16,
    checksum: u32,
    packed: u32,
    content: &'e [u8],
}

impl<'e> Entry<'e> {
    fn stored(name: &'e str, content: &'e [u8]) -> Self {
        let mut checksum = flate2::Crc::new();
        checksum.update(content);
        Self {
            name,
            flags: 0,
            method: 0,
            checksum: checksum.sum(),
            packed: u32::try_from(content.len()).unwrap(),
            content,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04\x14\0".to_vec();
        bytes.extend(self.flags.to_le_bytes());
        bytes.extend(self.method.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(self.checksum.to_le_bytes());
        bytes.extend(self.packed.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(u16::try_from(self.name.len()).unwrap().to_le_bytes());
        bytes.extend([0; 2]);
        bytes.extend(self.name.as_bytes());
        bytes.extend(self.content);
        bytes
    }
}

const END: &[u8] = b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

fn zip(entries: &[Entry<'_>]) -> Vec<u8> {
    let mut bytes: Vec<u8> = entries.iter().flat_map(Entry::bytes).collect();
    bytes.extend(END);
    bytes
}

/// An entry that deflates many zeros.
fn zeros(mebibytes: usize) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    for _ in 0..mebibytes {
        encoder.write_all(&[0; 1 << 20]).unwrap();
    }
    encoder.finish().unwrap()
}

fn deflated<'e>(name: &'e str, content: &'e [u8]) -> Entry<'e> {
    Entry {
        method: 8,
        flags: 8,
        ..Entry::stored(name, content)
    }
}

#[test]
fn archives_of_the_usual_programs_are_looked_into() {
    let folder = folder();
    let path = folder.path();
    run(
        path,
        "python3",
        &["-m", "zipfile", "-c", "python.zip", "a.txt", "sub"],
    );
    run(path, "zip", &["-qr", "zip.zip", "a.txt", "sub"]);
    run(path, "zip", &["-qr0", "stored.zip", "a.txt", "sub"]);
    run(path, "tar", &["-cf", "gnu.tar", "a.txt", "sub"]);
    run(
        path,
        "tar",
        &["--format=pax", "-cf", "pax.tar", "a.txt", "sub"],
    );
    run(
        path,
        "tar",
        &["--format=ustar", "-czf", "ustar.tar.gz", "a.txt", "sub"],
    );
    run(
        path,
        "sh",
        &["-c", "cat a.txt sub/* | zip -q - - > piped.zip"],
    );
    for name in [
        "python.zip",
        "zip.zip",
        "stored.zip",
        "gnu.tar",
        "pax.tar",
        "ustar.tar.gz",
    ] {
        let seen = look(&std::fs::read(path.join(name)).unwrap());
        assert_eq!(seen.faults(), [""; 0], "{name}");
        assert_eq!(seen.paths(), ["a.txt", "sub/ü.txt"], "{name}");
        assert_eq!(seen.contents[0].1.len(), 4000, "{name}");
        assert_eq!(seen.contents[1].1, b"two", "{name}");
    }
    let seen = look(&std::fs::read(path.join("piped.zip")).unwrap());
    assert_eq!((seen.paths(), seen.contents[0].1.len()), (vec!["-"], 4003));
    assert_eq!(seen.faults(), [""; 0]);
}

#[test]
fn entries_whose_size_stands_behind_them_are_read_to_their_end() {
    let folder = folder();
    let script = r#"
import zipfile
class Pipe:
    def __init__(self): self.out = open("piped.zip", "wb")
    def write(self, data): return self.out.write(data)
    def flush(self): self.out.flush()
inner = b"PK\x07\x08 and PK\x03\x04 within " * 5000
with zipfile.ZipFile(Pipe(), "w") as archive:
    archive.writestr("stored.bin", inner)
    archive.writestr("empty", "")
    archive.writestr(zipfile.ZipInfo("deflated.txt"), "three", zipfile.ZIP_DEFLATED)
with zipfile.ZipFile("large.zip", "w", allowZip64=True) as archive:
    with archive.open("zip64.txt", "w", force_zip64=True) as entry: entry.write(b"four")
    archive.writestr("behind", "five")
"#;
    python(folder.path(), script);
    let seen = look(&std::fs::read(folder.path().join("piped.zip")).unwrap());
    assert_eq!(seen.faults(), [""; 0]);
    assert_eq!(seen.paths(), ["stored.bin", "empty", "deflated.txt"]);
    assert_eq!(
        seen.contents[0].1,
        b"PK\x07\x08 and PK\x03\x04 within ".repeat(5000)
    );
    assert_eq!(seen.contents[2].1, b"three");
    let seen = look(&std::fs::read(folder.path().join("large.zip")).unwrap());
    assert_eq!(seen.faults(), [""; 0]);
    let contents: Vec<&[u8]> = seen
        .contents
        .iter()
        .map(|(_, content)| &**content)
        .collect();
    assert_eq!(contents, [b"four", b"five"]);
}

#[test]
fn long_names_and_sparse_files_of_tar_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let long = format!("{}/{}.txt", "d".repeat(120), "f".repeat(90));
    std::fs::create_dir(path.join("d".repeat(120))).unwrap();
    std::fs::write(path.join(&long), "long").unwrap();
    for format in ["gnu", "pax", "ustar"] {
        run(
            path,
            "tar",
            &[&format!("--format={format}"), "-cf", "a.tar", &long],
        );
        let seen = look(&std::fs::read(path.join("a.tar")).unwrap());
        assert_eq!(
            (seen.paths(), seen.faults()),
            (vec![long.as_str()], vec![]),
            "{format}"
        );
    }
    python(
        path,
        r#"
with open("holes", "wb") as file:
    for at in range(40):
        file.seek(at * 1_000_000); file.write(b"island")
"#,
    );
    run(
        path,
        "tar",
        &["--format=gnu", "-Scf", "sparse.tar", "holes", &long],
    );
    let seen = look(&std::fs::read(path.join("sparse.tar")).unwrap());
    assert_eq!(
        (seen.paths(), seen.faults()),
        (vec!["holes", long.as_str()], vec![])
    );
    assert_eq!(
        memchr::memmem::find_iter(&seen.contents[0].1, b"island").count(),
        40
    );
    assert_eq!(seen.contents[1].1, b"long");
}

#[test]
fn archives_in_archives_have_paths_that_say_so() {
    let jar = zip(&[Entry::stored("config.properties", b"key")]);
    let packed = gzip(&zip(&[Entry::stored("lib/app.jar", &jar)]));
    let outer = zip(&[
        Entry::stored("x/inner", &packed),
        Entry::stored("b", b"last"),
    ]);
    let seen = look(&outer);
    assert_eq!(seen.faults(), [""; 0]);
    assert_eq!(
        seen.paths(),
        ["x/inner!/lib/app.jar!/config.properties", "b"]
    );
    assert_eq!(seen.outcome.visited, 2);
}

#[test]
fn a_content_that_is_no_archive_is_visited_itself() {
    let seen = look(b"plain PK\x03\x04");
    assert_eq!(
        seen.contents,
        [(String::new(), b"plain PK\x03\x04".to_vec())]
    );
    assert_eq!(look(b"").contents, [(String::new(), Vec::new())]);
}

#[test]
fn what_is_known_and_not_looked_into_is_visited_as_it_is() {
    let folder = folder();
    run(
        folder.path(),
        "python3",
        &[
            "-c",
            "import bz2; open('a.bz2','wb').write(bz2.compress(b'x'))",
        ],
    );
    let bzip2 = std::fs::read(folder.path().join("a.bz2")).unwrap();
    let seen = look(&zip(&[Entry::stored("a.bz2", &bzip2)]));
    assert_eq!(seen.faults(), ["a.bz2: bzip2 archives are not looked into"]);
    assert_eq!(seen.contents[0].1, bzip2);
    assert_eq!(look(b"BZh is a word").faults(), [""; 0]);
}

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

#[test]
fn names_that_lead_outside_are_shown_harmlessly() {
    let names = [
        "/etc/passwd",
        "../../.env",
        "C:\\a\\..\\b",
        "a\n\u{1b}[2J",
        "",
    ];
    let entries: Vec<Entry<'_>> = names.iter().map(|name| Entry::stored(name, b"x")).collect();
    let seen = look(&zip(&entries));
    let shown = [
        "etc/passwd",
        ".env",
        "b",
        "a\u{FFFD}\u{FFFD}[2J",
        "(no name)",
    ];
    assert_eq!(seen.paths(), shown);
}

#[test]
fn a_content_need_not_be_read() {
    let big = vec![b'x'; 100_000];
    let archive = zip(&[Entry::stored("a", &big), Entry::stored("b", b"x")]);
    let mut paths = Vec::new();
    let outcome = look_into(&mut &*archive, &Limits::default(), &mut |path, _| {
        paths.push(path.to_owned());
    });
    assert_eq!((paths.len(), outcome.faults.len()), (2, 0));
}

#[test]
fn a_reader_that_fails_ends_the_content_and_is_told() {
    struct Failing(usize);
    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if self.0 == 0 {
                return Err(std::io::Error::other("the disk is gone"));
            }
            let count = buffer.len().min(self.0);
            buffer[..count].fill(b'x');
            self.0 -= count;
            Ok(count)
        }
    }
    let mut read = 0;
    let outcome = look_into(
        &mut Failing(70_000),
        &Limits::default(),
        &mut |_, content| {
            read = std::io::copy(content, &mut std::io::sink()).unwrap();
        },
    );
    assert!(read >= 65_536, "{read}");
    let problem = &outcome.faults[0].problem;
    assert_eq!(*problem, Problem::Unreadable("the disk is gone".into()));
    assert!(!problem.help().is_empty());
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        start in prop_oneof![Just(&b"PK\x03\x04"[..]), Just(&b"\x1f\x8b\x08"[..]), Just(&b""[..])],
        bytes in proptest::collection::vec(any::<u8>(), 0..2000),
    ) {
        look(&[start, &bytes].concat());
    }

    #[test]
    fn no_damage_makes_it_panic(at in 0_usize..3000, byte in any::<u8>()) {
        let inner = gzip(&zip(&[Entry::stored("a", b"one"), deflated("b", &gzip(&[7; 500]))]));
        let mut archive = zip(&[Entry::stored("x", &inner), Entry::stored("y", &[1; 300])]);
        if let Some(place) = archive.get_mut(at) {
            *place = byte;
        }
        look(&archive);
    }

    #[test]
    fn no_header_of_tar_makes_it_panic(fields in proptest::collection::vec((0_usize..512, any::<u8>()), 0..20)) {
        let mut block = [0_u8; 512];
        block[..4].copy_from_slice(b"file");
        block[257..263].copy_from_slice(b"ustar\0");
        for (at, byte) in fields {
            block[at] = byte;
        }
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        look(&[block, [b'x'; 512], block].concat());
    }
}
