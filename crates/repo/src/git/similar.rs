//! Removed and added files that are one file, renamed and edited.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher as _};

use gix::ObjectId;
use gix::bstr::{BString, ByteSlice as _};
use tidegate_core::ports::Content;

use super::changes::Changes;
use super::content::Reader;
use super::origins::Origins;
use super::visit::after;

/// How many bytes of each side are compared, and how many of one file.
const COMPARED: usize = 4 * 1024 * 1024;
const COMPARED_FILE: usize = 1024 * 1024;

/// A line that more removed files than this have in common tells none of them apart.
const COMMON: usize = 16;

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
    let mut budget = COMPARED;
    for (path, sides) in added {
        let lines = lines(after(reader, path.as_bstr(), &sides.new), &mut budget);
        let best = lines.as_deref().and_then(|lines| index.best(lines));
        // Where not everything was compared, the name is the next best.
        let undecided = best.is_none() && (lines.is_none() || !all_removed);
        let namesake = || namesake(path, &removed);
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
            match lines(Some(reader.blob(*blob)), &mut budget) {
                Some(lines) => index.add(number, &lines),
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

/// The hashes of the lines that say something, each once; `None` when the content is too large for
/// what is left to compare, or is not there.
fn lines(content: Option<Content>, budget: &mut usize) -> Option<Vec<u64>> {
    let Some(Content::Whole(content)) = content else {
        return None;
    };
    if content.len() > COMPARED_FILE.min(*budget) {
        return None;
    }
    *budget = budget.saturating_sub(content.len());
    let told = content.lines().map(<[u8]>::trim_ascii);
    let mut lines: Vec<u64> = told.filter(|line| line.len() > 2).map(hash).collect();
    lines.sort_unstable();
    lines.dedup();
    Some(lines)
}

fn hash(line: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(line);
    hasher.finish()
}

/// The removed file of the same name whose path ends most alike.
fn namesake(path: &BString, removed: &[(&BString, ObjectId)]) -> Option<usize> {
    let alike = |other: &BString| {
        let (one, other) = (path.rsplit_str("/"), other.rsplit_str("/"));
        one.zip(other)
            .take_while(|(one, other)| one == other)
            .count()
    };
    let alike = removed.iter().map(|(from, _)| alike(from)).enumerate();
    let best = alike.max_by_key(|(number, alike)| (*alike, std::cmp::Reverse(*number)));
    best.filter(|(_, alike)| *alike > 0)
        .map(|(number, _)| number)
}
