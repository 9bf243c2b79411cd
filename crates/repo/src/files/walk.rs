//! A walk through all files below a folder.

use std::ffi::OsString;
use std::fs::{self, DirEntry};
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use tidegate_core::ports::{FilesError, FoundFile};

use super::failed;

/// Tells each plain file below `start`, whose path below the root is `shown`, sorted by name within
/// each folder.
pub(super) fn each(
    root: &Path,
    start: PathBuf,
    shown: &str,
    visit: &mut dyn FnMut(Result<FoundFile, FilesError>) -> ControlFlow<()>,
) -> Result<(), FilesError> {
    let below = Path::new(shown).components();
    let names = below.filter_map(|component| match component {
        std::path::Component::Normal(name) => name.to_str(),
        _ => None,
    });
    let prefix = names.collect::<Vec<_>>().join("/");
    let mut waiting = Vec::new();
    list(root, &start, &prefix, &mut waiting).map_err(|error| failed(shown, &error))?;
    while let Some(next) = waiting.pop() {
        let told = match next {
            Waiting::Told(told) => told,
            Waiting::Folder { real, shown } => match list(root, &real, &shown, &mut waiting) {
                Ok(()) => continue,
                Err(error) => Err(failed(&shown, &error)),
            },
        };
        if visit(told).is_break() {
            break;
        }
    }
    Ok(())
}

/// What is still to be told or looked into.
enum Waiting {
    Folder { real: PathBuf, shown: String },
    Told(Result<FoundFile, FilesError>),
}

/// Puts what is in a folder on top of what waits, the first name uppermost.
fn list(root: &Path, folder: &Path, shown: &str, waiting: &mut Vec<Waiting>) -> io::Result<()> {
    let mut listed: Vec<(OsString, Waiting)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name == ".git" {
            continue;
        }
        let mut path = String::with_capacity(shown.len().saturating_add(name.len() + 1));
        path.push_str(shown);
        if !shown.is_empty() {
            path.push('/');
        }
        path.push_str(&name.to_string_lossy());
        if let Some(found) = look(root, &entry, path) {
            listed.push((name, found));
        }
    }
    listed.sort_unstable_by(|one, other| other.0.cmp(&one.0));
    waiting.extend(listed.into_iter().map(|(_, found)| found));
    Ok(())
}

/// What an entry is; `None` for one that is neither a folder nor a file to be told.
fn look(root: &Path, entry: &DirEntry, shown: String) -> Option<Waiting> {
    let told = |size| FoundFile {
        path: shown.clone(),
        size,
    };
    let fault = |error: io::Error| Waiting::Told(Err(failed(&shown, &error)));
    let kind = match entry.file_type() {
        Ok(kind) => kind,
        Err(error) => return Some(fault(error)),
    };
    if kind.is_dir() {
        let real = entry.path();
        return Some(Waiting::Folder { real, shown });
    }
    if kind.is_symlink() {
        let size = linked(root, &entry.path())?;
        return Some(Waiting::Told(Ok(told(size))));
    }
    if !kind.is_file() {
        return None;
    }
    Some(match entry.metadata() {
        Ok(found) => Waiting::Told(Ok(told(found.len()))),
        Err(error) => fault(error),
    })
}

/// The size of the file that a link leads to, when that is one inside the root.
fn linked(root: &Path, link: &Path) -> Option<u64> {
    let real = link.canonicalize().ok()?;
    let found = real.starts_with(root).then(|| fs::metadata(&real))?.ok()?;
    found.is_file().then_some(found.len())
}
