//! What the surfaces bring together.

use std::collections::BTreeMap;

use tidegate_core::finding::Finding;

use super::content::{Looked, Seen};
use super::exposure::{Exposure, Known, Place, Surface, Way};
use crate::scan::custom::FIRST;
use crate::scan::rule::Class;
use crate::scan::{Origin, Sighting};

/// The most notes about what could not be looked at.
const MOST_UNTOLD: usize = 5;

/// Everything that was seen, and what a reader should know of the looking.
#[derive(Debug, Default)]
pub(super) struct Collected {
    /// The values that were seen.
    pub(super) exposures: Vec<Exposure>,
    /// Findings that are about no value: a file that is served.
    pub(super) findings: Vec<Finding>,
    /// How many files and answers were looked at.
    pub(super) looked: u32,
    /// How many bytes they had.
    pub(super) bytes: u64,
    /// What a reader should know.
    pub(super) notes: Vec<String>,
    /// What could not be looked at: the file and why.
    pub(super) untold: Vec<(String, String)>,
    /// How many files were so large that the user's own rules saw their beginning alone.
    pub(super) cut: u32,
    /// Why the deployed site could not be looked at.
    pub(super) unanswered: Option<String>,
    /// How many sightings a comment allows.
    pub(super) allowed: u32,
    /// Keys that are public by design, by the name of their rule.
    pub(super) public: BTreeMap<&'static str, u32>,
}

impl Collected {
    /// Takes what a look at a file came to.
    pub(super) fn take(&mut self, file: &str, looked: Looked, surface: Surface, way: Way) {
        self.count(file, &looked);
        for seen in looked.seen {
            self.see(file, seen, surface, way);
        }
    }

    /// Counts a look at a file without taking what was seen.
    pub(super) fn count(&mut self, file: &str, looked: &Looked) {
        self.looked = self.looked.saturating_add(1);
        self.bytes = self.bytes.saturating_add(looked.bytes);
        self.cut += u32::from(looked.cut);
        let untold = looked.untold.iter();
        self.untold
            .extend(untold.map(|why| (file.to_owned(), why.clone())));
    }

    /// Takes one thing that was seen in a file.
    pub(super) fn see(&mut self, file: &str, seen: Seen, surface: Surface, way: Way) {
        let place = Place {
            file: match &seen.inside {
                Some(inside) => format!("{file}!{inside}"),
                None => file.to_owned(),
            },
            line: seen.located.line,
            column: seen.located.column,
        };
        let sighting = seen.located.sighting;
        if self.matters(&sighting) {
            self.exposures.push(Exposure {
                sighting,
                surface,
                way,
                place,
                related: Vec::new(),
                commit: None,
                excused: false,
                answer: None,
            });
        }
    }

    /// Counts what is no finding, and says whether the rest is one.
    pub(super) fn matters(&mut self, sighting: &Sighting) -> bool {
        if sighting.class == Class::Public {
            if let Origin::BuiltIn(rule) = sighting.origin {
                *self.public.entry(rule.name).or_default() += 1;
            }
            return false;
        }
        !sighting.is_sample()
    }

    /// Leaves out what comments allow, and counts it.
    pub(super) fn leave_allowed(&mut self, known: &Known) {
        let before = self.exposures.len();
        self.exposures.retain(|one| !known.allowed(one));
        let left = before - self.exposures.len();
        self.allowed = u32::try_from(left).unwrap_or(u32::MAX);
    }

    /// Takes what another look brought together.
    pub(super) fn append(&mut self, mut other: Self) {
        self.exposures.append(&mut other.exposures);
        self.findings.append(&mut other.findings);
        self.looked = self.looked.saturating_add(other.looked);
        self.bytes = self.bytes.saturating_add(other.bytes);
        self.notes.append(&mut other.notes);
        self.untold.append(&mut other.untold);
        self.unanswered = self.unanswered.take().or(other.unanswered);
        self.cut += other.cut;
        for (name, count) in other.public {
            *self.public.entry(name).or_default() += count;
        }
    }

    /// What a reader should know, in sentences.
    pub(super) fn told(&self) -> Vec<String> {
        let mut notes = self.notes.clone();
        if !self.public.is_empty() {
            let names: Vec<&str> = self.public.keys().copied().collect();
            notes.push(format!(
                "keys that are public by design were seen and are fine: {}",
                names.join(", ")
            ));
        }
        if self.allowed > 0 {
            notes.push(format!(
                "{} allowed by comments that were there before this change",
                counted(self.allowed, "value is", "values are")
            ));
        }
        if self.cut > 0 {
            notes.push(format!(
                "your own rules saw the first {} MiB of {}",
                FIRST >> 20,
                counted(self.cut, "larger file", "larger files")
            ));
        }
        let untold = self.untold.iter().take(MOST_UNTOLD);
        notes.extend(untold.map(|(file, why)| format!("{file} was not looked at whole: {why}")));
        if let Some(more @ 1..) = self.untold.len().checked_sub(MOST_UNTOLD) {
            notes.push(format!(
                "{} more could not be looked at whole",
                counted(u32::try_from(more).unwrap_or(u32::MAX), "file", "files")
            ));
        }
        notes
    }
}

/// A number and what it counts.
pub(super) fn counted(count: u32, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
