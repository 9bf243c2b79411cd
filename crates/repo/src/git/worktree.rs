//! What the working tree has that the head has not.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::Path;

use gix::bstr::{BStr, BString, ByteSlice as _};
use gix::objs::{Kind, encode::loose_header};
use gix::{ObjectId, Tree};
use tidegate_core::ports::RepositoryError;

use super::changes::{Changes, New};
use super::content::{self, Reader};
use super::{program, tree};

/// How many bytes of new files are hashed to recognise copies and files that only moved.
const HASHED: u64 = 8 * 1024 * 1024;

/// Lays the state of the working tree over the changes between two trees.
pub(super) fn add(
    reader: &Reader<'_>,
    old: &Tree<'_>,
    changes: &mut Changes,
) -> Result<(), RepositoryError> {
    let mut budget = HASHED;
    let output = program::output(
        reader.root,
        &[
            "status",
            "--porcelain=v2",
            "-z",
            "--untracked-files=all",
            "--no-renames",
            "--ignore-submodules=all",
        ],
    )?;
    for touched in output.split(|byte| *byte == 0).filter_map(touched) {
        let before = tree::blob_at(old, touched.path)?;
        let new = state(reader, &touched, before, &mut budget);
        changes.put(BString::from(touched.path), before, new);
    }
    Ok(())
}

/// What lies at a path that git found touched.
fn state(
    reader: &Reader<'_>,
    touched: &Touched<'_>,
    before: Option<ObjectId>,
    budget: &mut u64,
) -> New {
    let place = reader.place(touched.path);
    // What git calls removed may still be found, through a link that took a folder's place.
    let found = fs::symlink_metadata(&place).ok();
    let Some(found) = found.filter(|found| !touched.removed && !found.is_dir()) else {
        return New::Removed;
    };
    let size = found.len();
    let worthwhile = match before {
        Some(id) => content::size(reader.repository, id).is_ok_and(|old| old == size),
        None => size > 0 && size <= *budget,
    };
    if !worthwhile {
        return New::WorkingTree(None);
    }
    if before.is_none() {
        *budget = budget.saturating_sub(size);
    }
    New::WorkingTree(hash(reader.repository, &place, &found).ok())
}

/// The id that the blob of a file would have.
fn hash(repository: &gix::Repository, place: &Path, found: &Metadata) -> io::Result<ObjectId> {
    let mut hasher = gix::hash::hasher(repository.object_hash());
    hasher.update(&loose_header(Kind::Blob, found.len()));
    if found.is_symlink() {
        hasher.update(&content::target(place)?);
    } else if found.is_file() {
        let mut file = File::open(place)?.take(found.len());
        let mut piece = vec![0; 64 * 1024];
        loop {
            match file.read(&mut piece)? {
                0 => break,
                read => hasher.update(piece.get(..read).unwrap_or_default()),
            }
        }
    } else {
        return Err(io::ErrorKind::Unsupported.into());
    }
    hasher.try_finalize().map_err(io::Error::other)
}

/// A path that differs from the head.
#[derive(Debug, PartialEq, Eq)]
struct Touched<'o> {
    path: &'o BStr,
    removed: bool,
}

/// One record (git-status(1), "Porcelain Format Version 2"): the path is the ninth field of a changed
/// entry, the eleventh of an unmerged one, all the rest of an untracked one. The second field tells
/// of the index and of the working tree, a letter for each.
fn touched(record: &[u8]) -> Option<Touched<'_>> {
    let fields = match record.first()? {
        b'1' => 9,
        b'u' => 11,
        b'?' => 2,
        _ => return None,
    };
    let mut parts = record.splitn(fields, |byte| *byte == b' ');
    let removed = match record.first() {
        Some(b'1') => matches!(record.get(2..4), Some(b"D." | [_, b'D'])),
        _ => false,
    };
    let path = parts.nth(fields.checked_sub(1)?)?.as_bstr();
    Some(Touched { path, removed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_tells_the_path_and_whether_it_is_gone() {
        let told = |record: &str| {
            let touched = touched(record.as_bytes())?;
            Some((touched.path.to_string(), touched.removed))
        };
        let entry = |letters: &str| format!("1 {letters} N... 100644 100644 100644 aa bb a b.txt");
        for (letters, removed) in [
            (".M", false),
            ("A.", false),
            (".D", true),
            ("D.", true),
            ("MD", true),
            ("AM", false),
        ] {
            let expected = Some(("a b.txt".into(), removed));
            assert_eq!(told(&entry(letters)), expected, "{letters}");
        }
        let unmerged = "u UD N... 100644 100644 000000 100644 aa bb cc a b.txt";
        assert_eq!(told(unmerged), Some(("a b.txt".into(), false)));
        assert_eq!(told("? a b.txt"), Some(("a b.txt".into(), false)));
        for other in ["", "# branch", "! ignored", "1 .M N...", "?"] {
            assert_eq!(told(other), None, "{other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_record_is_too_odd(record: Vec<u8>) {
            let _ = touched(&record);
        }
    }
}
