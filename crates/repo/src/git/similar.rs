//! Removed and added files that are one file, renamed and edited.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher as _};

use gix::ObjectId;
use gix::bstr::{BStr, BString, ByteSlice as _};
use tidegate_core::ports::Content;

use super::changes::{Changes, New};
use super::content::{self, Reader};
use super::origins::Origins;

/// How many bytes of each side are compared, and how many of one file.
const COMPARED: usize = 4 * 1024 * 1024;
const COMPARED_FILE: usize = 1024 * 1024;

/// A line that more removed files than this have in common tells none of them apart.
const COMMON: usize = 16;

/// How many removed files of the same name are weighed against each other.
const NAMESAKES: usize = 64;

/// Pairs each added file with the removed one it shares most lines with, if that is at least half the
/// lines of the smaller one. Several added files may be parts of one removed. That a pair is wrong
/// does no harm to what counts as new: its old lines were in the base, too.
pub(super) fn find(origins: &mut Origins, changes: &Changes, reader: &Reader<'_>) {
    let removed: Vec<_> = origins.left(changes).collect();
    let added: Vec<_> = origins.open(changes).collect();
    if removed.is_empty() || added.is_empty() {
        return;
    }
    let (index, all_removed) = Index::of(&removed, reader);
    let namesakes = Namesakes::of(&removed);
    let mut budget = COMPARED;
    for (path, sides) in added {
        let lines = text(reader, path.as_bstr(), &sides.new, &mut budget).map(lines);
        let best = lines.as_deref().and_then(|lines| index.best(lines));
        // Where not everything was compared, the name is the next best.
        let undecided = best.is_none() && (lines.is_none() || !all_removed);
        let namesake = || namesakes.best(path);
        let best = best.or_else(|| undecided.then(namesake).flatten());
        if let Some((from, blob)) = best.and_then(|best| removed.get(best)) {
            origins.rename(path, from, *blob);
        }
    }
}

/// Which removed files have a line, by the line's hash.
#[derive(Default)]
struct Index {
    lines: HashMap<u64, Vec<usize>>,
    /// How many lines of each removed file are in here.
    sizes: HashMap<usize, usize>,
}

impl Index {
    /// The lines of the removed files, and whether all of them are in.
    fn of(removed: &[(&BString, ObjectId)], reader: &Reader<'_>) -> (Self, bool) {
        let mut index = Self::default();
        let mut budget = COMPARED;
        let mut all = true;
        for (number, (_, blob)) in removed.iter().enumerate() {
            match text(reader, BStr::new(""), &New::Blob(*blob), &mut budget) {
                Some(text) => index.add(number, &lines(text)),
                None => all = false,
            }
        }
        (index, all)
    }

    fn add(&mut self, number: usize, lines: &[u64]) {
        for line in lines {
            let having = self.lines.entry(*line).or_default();
            if having.len() <= COMMON {
                having.push(number);
            }
        }
        self.sizes.insert(number, lines.len());
    }

    /// The removed file that shares most of these lines.
    fn best(&self, lines: &[u64]) -> Option<usize> {
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for line in lines {
            let having = self.lines.get(line).filter(|having| having.len() <= COMMON);
            for number in having.into_iter().flatten() {
                *shared.entry(*number).or_default() += 1;
            }
        }
        let alike = shared.into_iter().filter(|(number, shared)| {
            let size = self.sizes.get(number).copied().unwrap_or_default();
            shared.saturating_mul(2) >= size.min(lines.len())
        });
        let best = alike.max_by_key(|(number, shared)| (*shared, std::cmp::Reverse(*number)));
        best.map(|(number, _)| number)
    }
}

/// A content to be compared; `None` when it is too large for what is left to compare, or cannot be
/// read.
fn text(reader: &Reader<'_>, path: &BStr, new: &New, budget: &mut usize) -> Option<Vec<u8>> {
    let limit = COMPARED_FILE.min(*budget);
    let text = match new {
        New::Blob(id) => content::within(reader.repository, *id, limit).ok()??,
        New::WorkingTree(_) => {
            let size = reader.place(path).symlink_metadata().ok()?.len();
            let fits = usize::try_from(size).is_ok_and(|size| size <= limit);
            match fits.then(|| reader.file(path))? {
                Content::Whole(text) => text,
                Content::Large { .. } | Content::Unreadable(_) => return None,
            }
        }
        New::Removed | New::Unmerged => return None,
    };
    *budget = budget.saturating_sub(text.len());
    Some(text)
}

/// The hashes of the lines that say something, each once.
fn lines(text: Vec<u8>) -> Vec<u64> {
    let told = text.lines().map(<[u8]>::trim_ascii);
    let mut lines: Vec<u64> = told.filter(|line| line.len() > 2).map(hash).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

fn hash(line: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(line);
    hasher.finish()
}

/// The removed files by their names without the folders.
struct Namesakes<'c>(HashMap<&'c [u8], Vec<(usize, &'c BString)>>);

impl<'c> Namesakes<'c> {
    fn of(removed: &[(&'c BString, ObjectId)]) -> Self {
        let mut named: HashMap<&[u8], Vec<(usize, &BString)>> = HashMap::new();
        for (number, (path, _)) in removed.iter().enumerate() {
            let alike = named.entry(name(path)).or_default();
            if alike.len() < NAMESAKES {
                alike.push((number, path));
            }
        }
        Self(named)
    }

    /// The one whose path ends most like this.
    fn best(&self, path: &BString) -> Option<usize> {
        let alike = self.0.get(name(path))?.iter();
        let best = alike.max_by_key(|(number, other)| {
            let (one, other) = (path.rsplit_str("/"), other.rsplit_str("/"));
            let shared = one.zip(other).take_while(|(one, other)| one == other);
            (shared.count(), std::cmp::Reverse(*number))
        });
        best.map(|(number, _)| *number)
    }
}

fn name(path: &BString) -> &[u8] {
    path.rsplit_str("/").next().unwrap_or(path)
}
