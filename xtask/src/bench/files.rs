//! Files below a folder.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Every file below the folder, sorted.
///
/// # Errors
/// [`Failure::Io`] when a folder cannot be read.
pub(super) fn below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let action = || format!("read {}", folder.display());
        for entry in fs::read_dir(&folder).map_err(Failure::io(action()))? {
            let entry = entry.map_err(Failure::io(action()))?;
            let kind = entry.file_type().map_err(Failure::io(action()))?;
            match kind {
                kind if kind.is_dir() => folders.push(entry.path()),
                kind if kind.is_file() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found.sort();
    Ok(found)
}

/// How many bytes all files below the folder have.
///
/// # Errors
/// [`Failure::Io`] when one cannot be looked at.
pub(super) fn bytes(folder: &Path) -> Result<u64, Failure> {
    below(folder)?.iter().map(|file| size(file)).sum()
}

/// How many bytes the file has.
///
/// # Errors
/// [`Failure::Io`] when it cannot be looked at.
pub(super) fn size(file: &Path) -> Result<u64, Failure> {
    let facts = fs::metadata(file).map_err(Failure::io(format!("look at {}", file.display())))?;
    Ok(facts.len())
}

/// Copies a file and makes the folders it needs.
///
/// # Errors
/// [`Failure::Io`] when it cannot be copied.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    make_parent(to)?;
    let copied = fs::copy(from, to);
    copied.map_err(Failure::io(format!("copy {}", from.display())))?;
    Ok(())
}

/// Writes a file and makes the folders it needs.
///
/// # Errors
/// [`Failure::Io`] when it cannot be written.
pub(super) fn write(to: &Path, text: &str) -> Result<(), Failure> {
    make_parent(to)?;
    fs::write(to, text).map_err(Failure::io(format!("write {}", to.display())))
}

/// Reads a text file.
///
/// # Errors
/// [`Failure::Io`] when it is not there or not UTF-8.
pub(super) fn read(file: &Path) -> Result<String, Failure> {
    fs::read_to_string(file).map_err(Failure::io(format!("read {}", file.display())))
}

fn make_parent(file: &Path) -> Result<(), Failure> {
    let parent = file.parent().unwrap_or(file);
    fs::create_dir_all(parent).map_err(Failure::io(format!("make {}", parent.display())))
}
