//! Since when a file holds something.

use std::io::Read;

use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice as _};
use tidegate_core::ports::{Commit, Content, RepositoryError};

use super::content::Reader;
use super::history::describe;
use super::revisions::{commit, parents};
use super::{tree, unreadable};

/// How many commits that touch the file are followed back, and how many in all.
const TOUCHING: usize = 1_000;
const MOST: usize = 20_000;

/// What [`tidegate_core::ports::Repository::first_seen`] promises.
pub(super) fn first(
    reader: &Reader<'_>,
    head: &str,
    path: &BStr,
    needle: &[u8],
) -> Result<Option<Commit>, RepositoryError> {
    let mut current = commit(reader.repository, head)?;
    let Some(mut blob) = version(&current, path)?.filter(|blob| holds(reader, *blob, needle))
    else {
        return Ok(None);
    };
    let mut touching = 0;
    for _ in 0..MOST {
        let Some((parent, version)) = before(reader, &current, path, blob, needle)? else {
            break;
        };
        touching += usize::from(version != blob);
        if touching > TOUCHING {
            break;
        }
        (current, blob) = (parent, version);
    }
    Ok(Some(describe(&current)))
}

/// The parent to go on with: one whose version is the same, else the first whose version holds the
/// needle.
fn before<'r>(
    reader: &Reader<'r>,
    commit: &gix::Commit<'r>,
    path: &BStr,
    blob: ObjectId,
    needle: &[u8],
) -> Result<Option<(gix::Commit<'r>, ObjectId)>, RepositoryError> {
    let mut having = Vec::new();
    for parent in parents(reader.repository, commit)? {
        match version(&parent, path)? {
            Some(version) if version == blob => return Ok(Some((parent, version))),
            Some(version) => having.push((parent, version)),
            None => {}
        }
    }
    let mut having = having.into_iter();
    Ok(having.find(|(_, version)| holds(reader, *version, needle)))
}

/// The blob of a file in a commit.
fn version(commit: &gix::Commit<'_>, path: &BStr) -> Result<Option<ObjectId>, RepositoryError> {
    tree::blob_at(&commit.tree().map_err(unreadable)?, path)
}

/// Whether a blob holds a text; one that cannot be read holds none.
fn holds(reader: &Reader<'_>, blob: ObjectId, needle: &[u8]) -> bool {
    match reader.blob(blob) {
        Content::Whole(content) => content.contains_str(needle),
        Content::Large { reader, .. } => found_in(reader, needle),
        Content::Unreadable(_) => false,
    }
}

/// Looks for a text piece by piece, the end of each kept for the next, which it may go over into.
fn found_in(mut reader: impl Read, needle: &[u8]) -> bool {
    let overlap = needle.len().saturating_sub(1);
    let mut window = Vec::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        match reader.read(&mut piece) {
            Ok(0) | Err(_) => return false,
            Ok(read) => window.extend_from_slice(piece.get(..read).unwrap_or_default()),
        }
        if window.contains_str(needle) {
            return true;
        }
        window.drain(..window.len().saturating_sub(overlap));
    }
}
