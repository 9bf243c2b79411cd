//! What git ignores below a folder, as the `git` program says.

use std::collections::HashSet;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::program;

/// The folders and files that git ignores, from the folder; nothing where there is no repository or no program.
pub(crate) fn all(root: &Path) -> HashSet<PathBuf> {
    let listed = program::output(
        root,
        &[
            "ls-files",
            "--others",
            "--ignored",
            "--exclude-standard",
            "--directory",
            "-z",
        ],
    );
    paths(&listed.unwrap_or_default())
}

/// Those of these paths that git ignores.
pub(crate) fn among(root: &Path, asked: &[PathBuf]) -> HashSet<PathBuf> {
    let child = program::git(root)
        .args(["check-ignore", "--stdin", "-z"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else {
        return HashSet::new();
    };
    let text: Vec<u8> = asked
        .iter()
        .flat_map(|path| {
            path.as_os_str()
                .as_encoded_bytes()
                .iter()
                .copied()
                .chain([0])
        })
        .collect();
    let writer = child.stdin.take().map(|mut stdin| {
        // One that ends early has said what it says.
        std::thread::spawn(move || drop(stdin.write_all(&text)))
    });
    let output = child.wait_with_output();
    if let Some(writer) = writer {
        // It writes and nothing else.
        let _ = writer.join();
    }
    output.map_or_else(|_| HashSet::new(), |output| paths(&output.stdout))
}

/// Paths with a zero behind each, folders without the slash that git gives them.
fn paths(listed: &[u8]) -> HashSet<PathBuf> {
    let listed = listed
        .split(|byte| *byte == 0)
        .filter(|path| !path.is_empty());
    listed
        .map(|path| path_of(path.strip_suffix(b"/").unwrap_or(path)))
        .collect()
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt as _;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).split('/').collect()
}
