//! All rules of a user together: one pass over a text tells which of them are worth trying.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use tidegate_core::secret::Sensitive;

use super::allowlist::{Allowlist, Place, Seen};
use super::rule_file::{Adjustment, RuleFile};
use super::{CustomRule, Found, Search, Texts};
use crate::scan::allow::{allowed, line_around};
use crate::scan::engine::MOST_SIGHTINGS;
use crate::scan::rule::{Class, Mode};
use crate::scan::window::BEFORE;
use crate::scan::{Origin, Sighting, named};

/// How much of a text the rules look at, in bytes: 8 MiB.
pub(crate) const FIRST: usize = 8 * 1024 * 1024;

/// A text that is met more often is no help: the rule is tried everywhere.
const MOST_HITS: usize = 256;

/// The rules of a user, and what the user says is no secret.
pub(crate) struct CustomSet {
    members: Vec<Member>,
    /// Finds the keywords and required texts of all rules; absent when they have none.
    finder: Option<AhoCorasick>,
    /// The lengths of those texts.
    lengths: Vec<usize>,
    /// What is no secret whichever rule of Tidegate's sees it.
    allowlists: Vec<Arc<Allowlist>>,
    adjustments: Vec<Adjustment>,
}

/// A rule, with its texts by their number.
struct Member {
    rule: Arc<CustomRule>,
    keywords: Vec<usize>,
    search: Vec<usize>,
}

/// Where a rule is tried.
#[derive(Debug, PartialEq, Eq)]
enum Trial {
    /// Around these places.
    Near(Vec<Range<usize>>),
    Everywhere,
}

impl CustomSet {
    /// Puts the rules of a file together; `None` when they have more texts than can be looked for at
    /// once.
    pub(crate) fn of(file: RuleFile) -> Option<Self> {
        let mut texts = Numbered::default();
        let reported = file.rules.into_iter().filter(|rule| rule.reported);
        let members = reported
            .map(|rule| Member {
                keywords: texts.numbers(rule.keywords.as_ref()),
                search: match &rule.search {
                    Search::Near(wanted) | Search::Holding(wanted) => texts.numbers(Some(wanted)),
                    Search::Everywhere => Vec::new(),
                },
                rule,
            })
            .collect();
        let finder = match texts.texts.as_slice() {
            [] => None,
            texts => Some(
                AhoCorasick::builder()
                    .ascii_case_insensitive(true)
                    .match_kind(MatchKind::Standard)
                    .build(texts)
                    .ok()?,
            ),
        };
        Some(Self {
            members,
            finder,
            lengths: texts.texts.iter().map(String::len).collect(),
            allowlists: file.allowlists,
            adjustments: file.adjustments,
        })
    }

    /// What the rules see in the first 8 MiB of a text.
    pub(crate) fn look(&self, text: &[u8], place: &Place<'_>, found: &mut Vec<Sighting>) {
        let text = text.get(..FIRST).unwrap_or(text);
        self.find(text, place, &mut |rule, hit| {
            if found.len() < MOST_SIGHTINGS {
                found.push(sighting(text, rule, &hit));
            }
        });
    }

    /// The file as a sighting, for each rule that does not want it to be there.
    pub(crate) fn forbidden(&self, place: &Place<'_>) -> Vec<Sighting> {
        let forbid = |member: &&Member| member.rule.forbids(place);
        let path = place.path.unwrap_or_default();
        let of = |member: &Member| Sighting {
            value: Sensitive::from(path),
            ..sighting(&[], &member.rule, &Found::default())
        };
        self.members.iter().filter(forbid).map(of).collect()
    }

    /// Leaves out what Tidegate's own rules saw and the user says is no secret: of the sightings from
    /// number `from` on, in a text that starts at `offset` of the whole.
    pub(crate) fn leave_out(
        &self,
        found: &mut Vec<Sighting>,
        from: usize,
        (text, offset): (&[u8], usize),
        place: &Place<'_>,
    ) {
        if self.allowlists.is_empty() && self.adjustments.is_empty() {
            return;
        }
        let new = found.split_off(from);
        let kept = new
            .into_iter()
            .filter(|one| !self.allows(one, text, offset, place));
        found.extend(kept);
    }

    fn allows(&self, one: &Sighting, text: &[u8], offset: usize, place: &Place<'_>) -> bool {
        let range = one.range.start.saturating_sub(offset)..one.range.end.saturating_sub(offset);
        let seen = Seen {
            secret: one.value.expose().as_bytes(),
            matched: text.get(range.clone()).unwrap_or_default(),
            line: text.get(line_around(text, &range)).unwrap_or_default(),
            place: *place,
        };
        let any = |lists: &[Arc<Allowlist>]| lists.iter().any(|list| list.allows(&seen));
        any(&self.allowlists)
            || self
                .adjustments
                .iter()
                .any(|adjusted| adjusted.slugs.contains(&one.slug()) && any(&adjusted.allowlists))
    }

    /// Tells every secret in a text, rule by rule.
    fn find(&self, text: &[u8], place: &Place<'_>, visit: &mut dyn FnMut(&Arc<CustomRule>, Found)) {
        for (rule, trial) in self.trials(text, place) {
            let mut told = |found| visit(rule, found);
            match trial {
                Trial::Near(hits) => {
                    rule.find_near(text, &mut hits.into_iter(), place, &mut told);
                }
                Trial::Everywhere => rule.find_everywhere(text, place, &mut told),
            }
        }
    }

    /// The rules that may find something in a text, and where they are tried.
    fn trials<'s>(
        &'s self,
        text: &[u8],
        place: &Place<'_>,
    ) -> impl Iterator<Item = (&'s Arc<CustomRule>, Trial)> {
        let hits = self.hits(text);
        self.members.iter().filter_map(move |member| {
            let trial = self.trial(member, &hits)?;
            let tried = member.rule.pattern.is_some() && member.rule.looks_into(place.path);
            tried.then_some((&member.rule, trial))
        })
    }

    /// Where the texts stand, by number: the first bytes of the first places of each.
    fn hits(&self, text: &[u8]) -> Vec<Vec<usize>> {
        let mut hits = vec![Vec::new(); self.lengths.len()];
        let finder = self.finder.iter();
        for hit in finder.flat_map(|finder| finder.find_overlapping_iter(text)) {
            let places: Option<&mut Vec<usize>> = hits.get_mut(hit.pattern().as_usize());
            if let Some(places) = places.filter(|places| places.len() < MOST_HITS) {
                places.push(hit.start());
            }
        }
        hits
    }

    fn trial(&self, member: &Member, hits: &[Vec<usize>]) -> Option<Trial> {
        let stands = |number: &usize| hits.get(*number).is_some_and(|places| !places.is_empty());
        let often = |number: &usize| hits.get(*number).is_some_and(|all| all.len() >= MOST_HITS);
        let (keywords, search) = (&member.keywords, &member.search);
        if !keywords.is_empty() && !keywords.iter().any(stands) {
            return None;
        }
        match &member.rule.search {
            Search::Everywhere => Some(Trial::Everywhere),
            _ if !search.iter().any(stands) => None,
            Search::Near(_) if !search.iter().any(often) => {
                let ranges = search.iter().flat_map(|number| self.ranges(*number, hits));
                let mut ranges: Vec<Range<usize>> = ranges.collect();
                ranges.sort_unstable_by_key(|range| range.end);
                Some(Trial::Near(ranges))
            }
            Search::Near(_) | Search::Holding(_) => Some(Trial::Everywhere),
        }
    }

    fn ranges<'h>(
        &self,
        number: usize,
        hits: &'h [Vec<usize>],
    ) -> impl Iterator<Item = Range<usize>> + use<'h> {
        let length = self.lengths.get(number).copied().unwrap_or_default();
        let places = hits.get(number).into_iter().flatten();
        places.map(move |start| *start..*start + length)
    }
}

/// The texts of all rules, each once.
#[derive(Default)]
struct Numbered {
    texts: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Numbered {
    fn numbers(&mut self, texts: Option<&Texts>) -> Vec<usize> {
        let texts = texts.iter().flat_map(|texts| &texts.texts);
        texts.map(|text| self.number(text)).collect()
    }

    fn number(&mut self, text: &str) -> usize {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = self.texts.len();
        self.texts.push(text.to_owned());
        self.numbers.insert(text.to_owned(), number);
        number
    }
}

/// What a rule found in a text.
fn sighting(text: &[u8], rule: &Arc<CustomRule>, found: &Found) -> Sighting {
    let Range { start, end } = found.secret;
    let value = text.get(start..end).unwrap_or_default();
    let name_behind = |at: usize| {
        let behind = text.get(at.saturating_sub(BEFORE)..at);
        named::binding(behind.unwrap_or_default())
    };
    Sighting {
        range: start..end,
        value: Sensitive::from(&*String::from_utf8_lossy(value)),
        class: Class::Secret,
        mode: Mode::Unsaid,
        confidence: rule.confidence,
        facts: Vec::new(),
        binding: name_behind(start).or_else(|| name_behind(found.matched.start)),
        encoding: None,
        allowed: allowed(text, &found.secret, &rule.id),
        origin: Origin::Custom(Arc::clone(rule)),
    }
}

#[cfg(test)]
mod tests;
