//! What the next commit would hold.

use std::path::Path;

use gix::bstr::BString;
use gix::{ObjectId, Tree};
use tidegate_core::ports::RepositoryError;

use super::changes::{Changes, New};
use super::{program, unreadable};

/// The mode of a submodule's entry.
const SUBMODULE: &[u8] = b"160000";

/// The files that differ between a tree and the index.
pub(super) fn changes(root: &Path, old: &Tree<'_>) -> Result<Changes, RepositoryError> {
    let output = program::output(
        root,
        &[
            "diff-index",
            "--cached",
            "--raw",
            "-z",
            "--no-abbrev",
            "--no-renames",
            "--ignore-submodules=all",
            // A file of which only the name was added is not in the next commit.
            "--ita-invisible-in-index",
            &old.id.to_string(),
        ],
    )?;
    let mut changes = Changes::default();
    let mut fields = output.split(|byte| *byte == 0);
    while let (Some(record), Some(path)) = (fields.next(), fields.next()) {
        let (old, new) = sides(record).ok_or_else(|| {
            let odd = String::from_utf8_lossy(record);
            unreadable(format!("`git diff-index` wrote the record `{odd}`"))
        })?;
        changes.put(BString::from(path), old, new);
    }
    Ok(changes)
}

/// One record (git-diff-index(1), "Raw output format"): `:old-mode new-mode old-id new-id status`.
/// The mode of a side that does not exist is zero.
fn sides(record: &[u8]) -> Option<(Option<ObjectId>, New)> {
    let mut fields = record.strip_prefix(b":")?.split(|byte| *byte == b' ');
    let (old_mode, new_mode) = (fields.next()?, fields.next()?);
    let (old, new) = (fields.next()?, fields.next()?);
    let status = fields.next()?;
    let id = |mode: &[u8], id: &[u8]| {
        let id = ObjectId::from_hex(id).ok()?;
        Some((mode != SUBMODULE && !id.is_null()).then_some(id))
    };
    let (old, new) = (id(old_mode, old)?, id(new_mode, new)?);
    let new = match new {
        _ if status == b"U" => New::Unmerged,
        Some(id) => New::Blob(id),
        None => New::Removed,
    };
    Some((old, new))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_tells_both_sides() {
        let (one, two, none) = ("1".repeat(40), "2".repeat(40), "0".repeat(40));
        let id = |hex: &str| ObjectId::from_hex(hex.as_bytes()).unwrap();
        let told = |record: &str| sides(record.as_bytes());
        assert_eq!(
            told(&format!(":100644 100755 {one} {two} M")),
            Some((Some(id(&one)), New::Blob(id(&two))))
        );
        assert_eq!(
            told(&format!(":000000 120000 {none} {two} A")),
            Some((None, New::Blob(id(&two))))
        );
        assert_eq!(
            told(&format!(":160000 100644 {one} {two} T")),
            Some((None, New::Blob(id(&two))))
        );
        assert_eq!(
            told(&format!(":100644 000000 {one} {none} U")),
            Some((Some(id(&one)), New::Unmerged))
        );
        for odd in ["", ":", ":100644 100644 1 2 M", "100644"] {
            assert_eq!(told(odd), None, "{odd}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_record_is_too_odd(record: Vec<u8>) {
            let _ = sides(&record);
        }
    }
}
