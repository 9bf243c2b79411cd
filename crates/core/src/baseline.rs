//! Findings that are known, and findings somebody answers for.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::fingerprint::Fingerprint;
use crate::name::{CheckId, Code};
use crate::span::Span;

/// The findings that were there before this deploy; they are shown and do not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The version of this format: 1.
    pub version: u32,
    /// What digests of secrets are keyed with, so that a fingerprint gives no secret away and is
    /// the same in every run: 64 hexadecimal digits. Made when findings are accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// What is known, sorted by check, code and fingerprint.
    pub findings: Vec<Known>,
}

/// A finding that is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// The check that found it.
    pub check: CheckId,
    /// What kind of thing it is.
    pub code: Code,
    /// Its identity.
    pub fingerprint: Fingerprint,
    /// What it said when it was accepted, for people.
    pub title: String,
    /// The day it was accepted.
    pub accepted: Date,
}

impl Default for Baseline {
    fn default() -> Self {
        Self {
            version: 1,
            salt: None,
            findings: Vec::new(),
        }
    }
}

impl Baseline {
    /// Whether the finding was known before.
    pub fn knows(&self, check: &CheckId, finding: &Finding) -> bool {
        self.findings.iter().any(|known| {
            known.fingerprint == finding.fingerprint
                && known.check == *check
                && known.code == finding.code
        })
    }

    /// Whether this entry is in it, whatever its title and its day.
    pub fn has(&self, entry: &Known) -> bool {
        self.findings.iter().any(|known| {
            known.fingerprint == entry.fingerprint
                && known.check == entry.check
                && known.code == entry.code
        })
    }

    /// What two states of a baseline have in common: a change can remove entries and add none. The
    /// salt is that of the first, unless it has none.
    #[must_use]
    pub fn common(&self, head: &Self) -> Self {
        let both = head.findings.iter().filter(|known| self.has(known));
        Self {
            version: head.version,
            salt: self.salt.clone().or_else(|| head.salt.clone()),
            findings: both.cloned().collect(),
        }
    }

    /// A baseline of just these findings; what was known keeps its day.
    #[must_use]
    pub fn accepting<'f>(
        &self,
        findings: impl IntoIterator<Item = (&'f CheckId, &'f Finding)>,
        today: Date,
    ) -> Self {
        let accepted: BTreeSet<Known> = findings
            .into_iter()
            .map(|(check, finding)| {
                let before = self
                    .findings
                    .iter()
                    .find(|known| known.fingerprint == finding.fingerprint);
                Known {
                    check: check.clone(),
                    code: finding.code.clone(),
                    fingerprint: finding.fingerprint.clone(),
                    title: finding.title.clone(),
                    accepted: before.map_or(today, |known| known.accepted),
                }
            })
            .collect();
        Self {
            version: 1,
            salt: self.salt.clone(),
            findings: accepted.into_iter().collect(),
        }
    }
}

/// A finding somebody answers for until a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// The code it covers.
    pub code: Code,
    /// The check it covers; every check when absent.
    pub check: Option<CheckId>,
    /// The one finding it covers; every finding of the code when absent.
    pub fingerprint: Option<Fingerprint>,
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The last day it applies.
    pub expires: Date,
    /// Where it is declared.
    pub span: Span,
}

impl Waiver {
    /// Whether it is about this finding, expired or not.
    pub fn matches(&self, check: &CheckId, finding: &Finding) -> bool {
        self.code == finding.code
            && self.check.as_ref().is_none_or(|only| only == check)
            && self
                .fingerprint
                .as_ref()
                .is_none_or(|only| *only == finding.fingerprint)
    }

    /// What this waiver and that of a change have in common, with the words of the latter: a change
    /// can narrow a waiver and end it earlier.
    pub fn common(&self, head: &Self) -> Option<Self> {
        fn both<T: Clone + PartialEq>(one: &Option<T>, other: &Option<T>) -> Option<Option<T>> {
            match (one, other) {
                (Some(one), Some(other)) if one != other => None,
                (Some(one), _) => Some(Some(one.clone())),
                (None, other) => Some(other.clone()),
            }
        }
        if self.code != head.code {
            return None;
        }
        Some(Self {
            check: both(&self.check, &head.check)?,
            fingerprint: both(&self.fingerprint, &head.fingerprint)?,
            expires: self.expires.min(head.expires),
            ..head.clone()
        })
    }

    /// Whether its last day is over.
    pub fn expired(&self, today: Date) -> bool {
        today > self.expires
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Source;

    fn waiver(check: Option<&str>, fingerprint: Option<&str>, expires: &str) -> Waiver {
        Waiver {
            code: Code::known("flow/status"),
            check: check.map(CheckId::from),
            fingerprint: fingerprint.map(Fingerprint::from_text),
            owner: "mia".into(),
            reason: "vendor".into(),
            expires: expires.parse().unwrap(),
            span: Span::new(Source::new("gate.yaml", ""), 0, 0),
        }
    }

    #[test]
    fn a_change_can_narrow_a_waiver_and_end_it_earlier_and_nothing_else() {
        let all = waiver(None, None, "2026-12-31");
        let one = waiver(Some("a"), Some("0123"), "2026-11-30");
        assert_eq!(all.common(&one), Some(one.clone()));
        assert_eq!(one.common(&all), Some(one.clone()));
        let later = waiver(Some("a"), Some("0123"), "2027-11-30");
        assert_eq!(one.common(&later), Some(one.clone()));
        assert_eq!(one.common(&waiver(Some("b"), None, "2026-11-30")), None);
        assert_eq!(one.common(&waiver(None, Some("4567"), "2026-11-30")), None);
        let other = Waiver {
            code: Code::known("flow/time"),
            ..all.clone()
        };
        assert_eq!(all.common(&other), None);
    }

    #[test]
    fn a_change_can_take_entries_out_of_the_baseline_and_bring_none() {
        let known = |fingerprint: &str| Known {
            check: "a".into(),
            code: Code::known("flow/status"),
            fingerprint: Fingerprint::from_text(fingerprint),
            title: "wrong status".into(),
            accepted: Date::constant(2026, 11, 1),
        };
        let baseline = |salt: Option<&str>, all: &[&str]| Baseline {
            salt: salt.map(str::to_owned),
            findings: all.iter().copied().map(known).collect(),
            ..Baseline::default()
        };
        let base = baseline(Some("a"), &["1", "2"]);
        assert_eq!(
            base.common(&baseline(Some("b"), &["2", "3"])),
            baseline(Some("a"), &["2"])
        );
        let unsalted = baseline(None, &["1"]);
        assert_eq!(
            unsalted.common(&baseline(Some("b"), &["1"])),
            baseline(Some("b"), &["1"])
        );
    }
}
