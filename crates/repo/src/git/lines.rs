//! Which lines of files a change added or edited.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use gix::bstr::{BStr, ByteSlice as _};
use imara_diff::{Algorithm, Diff, InternedInput};
use tidegate_core::ports::Content;

use super::changes::{Changes, Sides};
use super::content::Reader;
use super::origins::Origins;
use super::{similar, visit};

/// The changed lines of those of the paths that changed.
pub(super) fn of(
    reader: &Reader<'_>,
    changes: &Changes,
    paths: &BTreeSet<String>,
) -> BTreeMap<String, Vec<RangeInclusive<usize>>> {
    let asked = |path: &BStr| path.to_str().is_ok_and(|path| paths.contains(path));
    let touched: Vec<_> = changes
        .0
        .iter()
        .filter(|(path, _)| asked(path.as_bstr()))
        .collect();
    let mut origins = Origins::exact(changes);
    if touched.iter().any(|(_, sides)| sides.old.is_none()) {
        similar::find(&mut origins, changes, reader);
    }
    let lines = touched.into_iter().filter_map(|(path, sides)| {
        let lines = of_file(reader, path.as_bstr(), sides, &origins)?;
        Some((path.to_string(), lines))
    });
    lines.collect()
}

fn of_file(
    reader: &Reader<'_>,
    path: &BStr,
    sides: &Sides,
    origins: &Origins,
) -> Option<Vec<RangeInclusive<usize>>> {
    let new = whole(visit::after(reader, path, &sides.new)?)?;
    let old = match origins.before(path, sides) {
        Some(id) => whole(reader.blob(id))?,
        None => Vec::new(),
    };
    Some(between(&old, &new))
}

fn whole(content: Content) -> Option<Vec<u8>> {
    match content {
        Content::Whole(content) => Some(content),
        Content::Large { .. } | Content::Unreadable(_) => None,
    }
}

/// The lines of the new text that the old one has not; how lines end is no difference: a checkout on
/// Windows has other ends than its commit, and a last line without one gets one with the next.
fn between(old: &[u8], new: &[u8]) -> Vec<RangeInclusive<usize>> {
    let mut input = InternedInput::default();
    input.update_before(old.lines());
    input.update_after(new.lines());
    let diff = Diff::compute(Algorithm::Histogram, &input);
    let added = diff.hunks().filter(|hunk| !hunk.after.is_empty());
    added
        .map(|hunk| {
            let line = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
            line(hunk.after.start).saturating_add(1)..=line(hunk.after.end)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_and_edited_lines_are_told_and_removed_ones_are_not() {
        let told = |old: &str, new: &str| between(old.as_bytes(), new.as_bytes());
        assert_eq!(told("a\nb\nc\n", "a\nx\nc\n"), [2..=2]);
        assert_eq!(told("a\nc\n", "a\nb\nb2\nc\nd"), [2..=3, 5..=5]);
        assert_eq!(told("a\nb\nc\n", "a\nc\n"), []);
        assert_eq!(told("", "a\nb\n"), [1..=2]);
        assert_eq!(told("a", ""), []);
        assert_eq!(told("a\n", "a\n"), []);
        assert_eq!(told("a\nb", "a\nb\nc"), [3..=3]);
        assert_eq!(told("a\nb\n", "a\nb"), []);
        assert_eq!(told("a\nb\nc\n", "a\r\nx\r\nc\r\n"), [2..=2]);
        assert_eq!(told("a\r\nb\r\n", "a\nb\n"), []);
    }

    proptest::proptest! {
        #[test]
        fn every_line_that_the_old_text_lacks_is_told(
            old in "([abc]\n){0,30}",
            new in "([abcxy]\n){0,30}",
        ) {
            let ranges = between(old.as_bytes(), new.as_bytes());
            for (index, line) in new.lines().enumerate() {
                let told = ranges.iter().any(|range| range.contains(&(index + 1)));
                proptest::prop_assert!(told || old.lines().any(|other| other == line));
            }
            proptest::prop_assert!(ranges.iter().all(|range| *range.end() <= new.lines().count()));
        }
    }
}
