//! Rules of the user's own, as gitleaks users have them.

mod allowlist;
mod fields;
mod literals;
mod pattern;
mod read;
mod rule_file;

use std::ops::Range;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::{Captures, Regex};
use tidegate_core::meta::{Confidence, Severity};
use tidegate_core::span::Location;

use super::allow::line_around;
use super::entropy::entropy;

pub(crate) use allowlist::{Allowlist, Place, Seen};
pub(crate) use rule_file::{Adjustment, RuleFile};

/// What a search may look at behind the longest match: what stands after a match can decide about
/// it (`\b`, `$`).
const BEHIND: usize = 4;

/// A rule of the user's, as gitleaks users have them.
#[derive(Debug)]
pub(crate) struct CustomRule {
    /// Its id.
    pub(crate) id: String,
    /// What it finds, in the user's words.
    pub(crate) description: String,
    /// Where it is declared.
    pub(crate) location: Location,
    /// Texts of which one must be anywhere in the text; absent when there is no such condition, or
    /// `search` sees to it.
    pub(crate) keywords: Option<Texts>,
    /// Where in a text its expression must be tried.
    pub(crate) search: Search,
    /// What the secret looks like; absent when a file of that path is the finding.
    pub(crate) pattern: Option<Regex>,
    /// The longest match in bytes, when the expression has one.
    pub(crate) longest: Option<usize>,
    /// Which files it is for; all of them when absent.
    pub(crate) path: Option<Regex>,
    /// The group that is the secret; the first that is not empty when absent.
    pub(crate) group: Option<usize>,
    /// The Shannon entropy that the secret must exceed, in bits a character.
    pub(crate) entropy: Option<f64>,
    /// The user's own labels.
    pub(crate) tags: Vec<String>,
    /// What is no secret; any of them says so.
    pub(crate) allowlists: Vec<Arc<Allowlist>>,
    /// How bad it is.
    pub(crate) severity: Severity,
    /// How sure it is.
    pub(crate) confidence: Confidence,
}

/// Where in a text an expression must be tried.
#[derive(Debug)]
pub(crate) enum Search {
    /// Around any of these texts: every match holds one, and no match is longer than `longest`.
    Near(Texts),
    /// Everywhere in a text that holds one of these, as every match does.
    Holding(Texts),
    /// Everywhere.
    Everywhere,
}

/// Some texts and what finds them.
#[derive(Debug)]
pub(crate) struct Texts {
    /// The texts, in lowercase; they may stand in any case.
    pub(crate) texts: Vec<String>,
    finder: AhoCorasick,
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The bytes of the secret.
    pub(crate) secret: Range<usize>,
    /// The bytes of the whole match.
    pub(crate) matched: Range<usize>,
}

impl CustomRule {
    /// Whether it looks into a file of this path; it does when the path is not known.
    pub(crate) fn looks_into(&self, path: Option<&str>) -> bool {
        match (&self.path, path) {
            (Some(expression), Some(path)) => expression.is_match(path.as_bytes()),
            _ => true,
        }
    }

    /// Whether a file of this path is a finding by its being there.
    pub(crate) fn forbids(&self, place: &Place<'_>) -> bool {
        let path = place.path.unwrap_or_default().as_bytes();
        self.pattern.is_none()
            && self
                .path
                .as_ref()
                .is_some_and(|expression| expression.is_match(path))
            && !self.allowed(&Seen {
                secret: path,
                matched: path,
                line: path,
                place: *place,
            })
    }

    /// Tells every secret in a whole text, in the order they stand in.
    pub(crate) fn find(&self, text: &[u8], place: &Place<'_>, visit: &mut dyn FnMut(Found)) {
        let absent = |texts: &Texts| !texts.finder.is_match(text);
        if !self.looks_into(place.path) || self.keywords.as_ref().is_some_and(absent) {
            return;
        }
        match &self.search {
            Search::Near(texts) => {
                let hits = texts.finder.find_overlapping_iter(text);
                self.find_near(text, &mut hits.map(|hit| hit.range()), place, visit);
            }
            Search::Holding(texts) if absent(texts) => {}
            Search::Holding(_) | Search::Everywhere => self.find_everywhere(text, place, visit),
        }
    }

    /// Tells every secret around the places where a text of [`Search::Near`] stands.
    ///
    /// The hits are all there are, overlapping ones too, in the order of their ends. What it tells is
    /// what [`Self::find_everywhere`] would: a match that holds a hit lies within `longest` bytes of
    /// it, and matches follow each other without overlapping.
    pub(crate) fn find_near(
        &self,
        text: &[u8],
        hits: &mut dyn Iterator<Item = Range<usize>>,
        place: &Place<'_>,
        visit: &mut dyn FnMut(Found),
    ) {
        let (Some(pattern), Some(longest)) = (&self.pattern, self.longest) else {
            return self.find_everywhere(text, place, visit);
        };
        let mut from = 0;
        for hit in hits {
            while hit.start >= from {
                let start = hit.end.saturating_sub(longest).max(from);
                let end = hit.start.saturating_add(longest).saturating_add(BEHIND);
                let window = text.get(..end.min(text.len())).unwrap_or(text);
                let Some(groups) = captures_at(pattern, window, start) else {
                    break;
                };
                let matched = whole(&groups);
                if matched.start > hit.start || matched.is_empty() {
                    break;
                }
                from = matched.end;
                self.judge(text, &groups, place, visit);
            }
        }
    }

    /// Tells every secret in a text, trying the expression everywhere.
    pub(crate) fn find_everywhere(
        &self,
        text: &[u8],
        place: &Place<'_>,
        visit: &mut dyn FnMut(Found),
    ) {
        for groups in self
            .pattern
            .iter()
            .flat_map(|pattern| pattern.captures_iter(text))
        {
            self.judge(text, &groups, place, visit);
        }
    }

    /// Tells what was matched, unless it is no secret after all.
    fn judge(
        &self,
        text: &[u8],
        groups: &Captures<'_>,
        place: &Place<'_>,
        visit: &mut dyn FnMut(Found),
    ) {
        let matched = whole(groups);
        let secret = without_line_breaks(text, self.secret(groups));
        let bytes = text.get(secret.clone()).unwrap_or_default();
        if bytes.is_empty() || self.entropy.is_some_and(|least| entropy(bytes) <= least) {
            return;
        }
        let seen = Seen {
            secret: bytes,
            matched: text.get(matched.clone()).unwrap_or_default(),
            line: text.get(line_around(text, &matched)).unwrap_or_default(),
            place: *place,
        };
        if !self.allowed(&seen) {
            visit(Found { secret, matched });
        }
    }

    fn allowed(&self, seen: &Seen<'_>) -> bool {
        self.allowlists.iter().any(|list| list.allows(seen))
    }

    fn secret(&self, groups: &Captures<'_>) -> Range<usize> {
        let group = match self.group {
            Some(number) => groups.get(number),
            None => groups
                .iter()
                .skip(1)
                .flatten()
                .find(|group| !group.is_empty()),
        };
        match (group, self.group) {
            (Some(group), _) => group.range(),
            (None, None) => whole(groups),
            (None, Some(_)) => 0..0,
        }
    }
}

impl Texts {
    /// Prepares a search for any of the texts; `None` when there are none.
    fn new(texts: Vec<String>) -> Option<Self> {
        let finder = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .build(&texts)
            .ok()
            .filter(|_| !texts.is_empty())?;
        Some(Self { texts, finder })
    }
}

fn captures_at<'t>(pattern: &Regex, text: &'t [u8], start: usize) -> Option<Captures<'t>> {
    (start <= text.len())
        .then(|| pattern.captures_at(text, start))
        .flatten()
}

fn whole(groups: &Captures<'_>) -> Range<usize> {
    groups.get(0).map_or(0..0, |whole| whole.range())
}

fn without_line_breaks(text: &[u8], range: Range<usize>) -> Range<usize> {
    let bytes = text.get(range.clone()).unwrap_or_default();
    let line_break = |byte: &&u8| matches!(byte, b'\n' | b'\r');
    let before = bytes.iter().take_while(line_break).count();
    let after = bytes
        .iter()
        .skip(before)
        .rev()
        .take_while(line_break)
        .count();
    range.start + before..range.end.saturating_sub(after)
}

#[cfg(test)]
mod tests;
