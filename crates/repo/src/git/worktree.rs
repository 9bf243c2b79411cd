//! What the working tree has that the head has not.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

use gix::Tree;
use tidegate_core::ports::RepositoryError;

use super::changes::{Changes, New, Sides};
use super::{blob, blob_at, unreadable};

/// Lays the state of the working tree over the changes between two trees.
pub(super) fn add(
    root: &Path,
    repository: &gix::Repository,
    old: &Tree<'_>,
    changes: &mut Changes,
) -> Result<(), RepositoryError> {
    for path in touched(root)? {
        let before = blob_at(old, &path)?;
        let exists = fs::symlink_metadata(root.join(&path)).is_ok_and(|found| !found.is_dir());
        let same = match before {
            Some(id) => {
                let size = repository.find_header(id).map_err(unreadable)?.size();
                let limit = usize::try_from(size).unwrap_or(usize::MAX);
                exists && read(root, &path, limit)? == blob(repository, id, limit)?
            }
            None => !exists,
        };
        if same {
            changes.0.remove(&path);
        } else {
            let new = if exists {
                New::WorkingTree
            } else {
                New::Removed
            };
            changes.0.insert(path, Sides { old: before, new });
        }
    }
    Ok(())
}

/// The content of a file of the working tree; `None` when it is larger than the limit. A link
/// counts as its target's name, as git has it.
pub(super) fn read(
    root: &Path,
    path: &str,
    limit: usize,
) -> Result<Option<Vec<u8>>, RepositoryError> {
    let path = root.join(path);
    let found = fs::symlink_metadata(&path).map_err(unreadable)?;
    if found.is_symlink() {
        let target = fs::read_link(&path).map_err(unreadable)?;
        let name = target.as_os_str().as_encoded_bytes().to_vec();
        return Ok((name.len() <= limit).then_some(name));
    }
    let mut content = Vec::new();
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    File::open(&path)
        .and_then(|file| file.take(bound).read_to_end(&mut content))
        .map_err(unreadable)?;
    Ok((content.len() <= limit).then_some(content))
}

/// The paths that differ from the head, untracked ones included and ignored ones not.
fn touched(root: &Path) -> Result<Vec<String>, RepositoryError> {
    let output = Command::new("git")
        // Neither a lock nor a program that the repository's config names.
        .args(["--no-optional-locks", "-c", "core.fsmonitor=false"])
        .args(["status", "--porcelain=v2", "-z", "--untracked-files=all"])
        .args(["--no-renames", "--ignore-submodules=all"])
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| unreadable(format!("the program `git` could not be started: {error}")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(unreadable(format!("`git status` failed: {}", said.trim())));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text
        .split('\0')
        .filter_map(path_of)
        .map(str::to_owned)
        .collect())
}

/// The path of one record (git-status(1), "Porcelain Format Version 2"): the ninth field of a
/// changed entry, the eleventh of an unmerged one, all the rest of an untracked one.
fn path_of(record: &str) -> Option<&str> {
    let fields = match record.as_bytes().first()? {
        b'1' => 9,
        b'u' => 11,
        b'?' => 2,
        _ => return None,
    };
    record.splitn(fields, ' ').nth(fields - 1)
}
