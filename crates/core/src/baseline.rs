//! Findings that are known, and findings somebody answers for.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
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
    /// The last day that applies; it has no end when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
}

impl Known {
    /// Whether its last day is over.
    pub fn expired(&self, today: Date) -> bool {
        today > self.last_day()
    }

    /// The last day it applies, also where it has no end.
    pub fn last_day(&self) -> Date {
        self.expires.unwrap_or(Date::MAX)
    }

    fn same(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
            && self.check == other.check
            && self.code == other.code
    }
}

/// The day that waivers and entries are held against at a moment, which is that of UTC.
pub fn day(moment: Timestamp) -> Date {
    Offset::UTC.to_datetime(moment).date()
}

/// When findings are accepted, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The day they are accepted.
    pub today: Date,
    /// The last day that this applies; it has no end when absent.
    pub until: Option<Date>,
    /// Whether findings that were accepted before until an earlier day get this one, too; they keep
    /// theirs otherwise.
    pub extend: bool,
}

impl Terms {
    /// From a day on, without an end.
    pub fn from(today: Date) -> Self {
        Self {
            today,
            until: None,
            extend: false,
        }
    }
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
    /// The entry of a finding, expired or not; of several the one that lasts longest.
    pub fn entry(&self, check: &CheckId, finding: &Finding) -> Option<&Known> {
        let about = |known: &&Known| {
            known.fingerprint == finding.fingerprint
                && known.check == *check
                && known.code == finding.code
        };
        let entries = self.findings.iter().filter(about);
        entries.max_by_key(|known| known.last_day())
    }

    /// The entry about the same, whatever its title and its days; of several the one that lasts longest.
    pub fn counterpart(&self, entry: &Known) -> Option<&Known> {
        let entries = self.findings.iter().filter(|known| known.same(entry));
        entries.max_by_key(|known| known.last_day())
    }

    /// What two states of a baseline have in common: a change can remove entries and end them earlier,
    /// and add none. The salt is that of the first, unless it has none.
    #[must_use]
    pub fn common(&self, head: &Self) -> Self {
        let both = head.findings.iter().filter_map(|new| {
            let old = self.counterpart(new)?;
            let expires = [old.expires, new.expires].into_iter().flatten().min();
            Some(Known {
                expires,
                ..new.clone()
            })
        });
        Self {
            version: head.version,
            salt: self.salt.clone().or_else(|| head.salt.clone()),
            findings: both.collect(),
        }
    }

    /// A baseline of just these findings; what was known keeps its days.
    #[must_use]
    pub fn accepting<'f>(
        &self,
        findings: impl IntoIterator<Item = (&'f CheckId, &'f Finding)>,
        terms: Terms,
    ) -> Self {
        let accepted = findings
            .into_iter()
            .map(|(check, finding)| self.accepted(check, finding, terms));
        self.of(accepted.collect())
    }

    /// This baseline with what of these findings it has no entry of.
    #[must_use]
    pub fn adding<'f>(
        &self,
        findings: impl IntoIterator<Item = (&'f CheckId, &'f Finding)>,
        terms: Terms,
    ) -> Self {
        let new = findings
            .into_iter()
            .filter(|(check, finding)| self.entry(check, finding).is_none())
            .map(|(check, finding)| self.accepted(check, finding, terms));
        self.of(self.findings.iter().cloned().chain(new).collect())
    }

    fn of(&self, findings: BTreeSet<Known>) -> Self {
        Self {
            version: 1,
            salt: self.salt.clone(),
            findings: findings.into_iter().collect(),
        }
    }

    /// The entry of a finding that is accepted now, and may have been before.
    fn accepted(&self, check: &CheckId, finding: &Finding, terms: Terms) -> Known {
        let before = self.entry(check, finding);
        let expires = match before {
            None => terms.until,
            // What has no end keeps none.
            Some(known) if terms.extend => known.expires.and(known.expires.max(terms.until)),
            Some(known) => known.expires,
        };
        Known {
            check: check.clone(),
            code: finding.code.clone(),
            fingerprint: finding.fingerprint.clone(),
            title: finding.title.clone(),
            accepted: before.map_or(terms.today, |known| known.accepted),
            expires,
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
            expires: None,
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

    fn found(subject: &str) -> (CheckId, Finding) {
        let info = crate::meta::CodeInfo::known(
            "flow/status",
            crate::meta::Severity::High,
            crate::meta::Effort::Small,
            "a",
            "b",
        );
        let check = CheckId::from("a");
        let place = crate::span::Location::line_of("gate.yaml", 1);
        let mut finding = Finding::new(&info, place, subject);
        finding.fingerprint = Fingerprint::of(&check, &finding);
        (check, finding)
    }

    fn on(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn expiries(baseline: &Baseline) -> Vec<(String, Option<String>)> {
        let known = baseline.findings.iter();
        let mut all: Vec<_> = known
            .map(|known| {
                (
                    known.title.clone(),
                    known.expires.map(|day| day.to_string()),
                )
            })
            .collect();
        all.sort();
        all
    }

    fn is(title: &str, expires: Option<&str>) -> (String, Option<String>) {
        (title.to_owned(), expires.map(str::to_owned))
    }

    #[test]
    fn accepting_again_prolongs_nothing_unless_that_is_asked_for() {
        let (one, two, three) = (found("one"), found("two"), found("three"));
        let terms = |until: Option<&str>, extend| Terms {
            today: on("2026-11-27"),
            until: until.map(on),
            extend,
        };
        let refs = [(&one.0, &one.1), (&two.0, &two.1)];
        let first = Baseline::default().accepting([refs[0]], terms(Some("2026-12-27"), false));
        let forever = first.accepting(refs, terms(None, false));
        let all = [refs[0], refs[1], (&three.0, &three.1)];
        let kept = forever.accepting(all, terms(Some("2027-01-31"), false));
        let expected = [
            is("one", Some("2026-12-27")),
            is("three", Some("2027-01-31")),
            is("two", None),
        ];
        assert_eq!(expiries(&kept), expected);
        let extended = forever.accepting(all, terms(Some("2027-01-31"), true));
        let longer = [
            is("one", Some("2027-01-31")),
            is("three", Some("2027-01-31")),
            is("two", None),
        ];
        assert_eq!(expiries(&extended), longer);
        let shorter = forever.accepting(refs, terms(Some("2026-12-01"), true));
        assert_eq!(expiries(&shorter)[0], is("one", Some("2026-12-27")));
    }

    #[test]
    fn adding_keeps_what_is_there_and_takes_only_what_is_new() {
        let (one, two) = (found("one"), found("two"));
        let until = |text: &str| Terms {
            until: Some(on(text)),
            ..Terms::from(on("2026-11-27"))
        };
        let first = Baseline::default().adding([(&one.0, &one.1)], until("2026-12-01"));
        let both = first.adding(
            [(&one.0, &one.1), (&two.0, &two.1), (&two.0, &two.1)],
            until("2026-12-27"),
        );
        let expected = [is("one", Some("2026-12-01")), is("two", Some("2026-12-27"))];
        assert_eq!(expiries(&both), expected);
        let later = first.adding([(&two.0, &two.1)], until("2026-12-27"));
        assert_eq!(expiries(&later), expected);
    }

    #[test]
    fn a_change_can_end_an_entry_earlier_and_not_later() {
        let one = found("one");
        let ending = |expires: Option<&str>| {
            let terms = Terms {
                until: expires.map(on),
                ..Terms::from(on("2026-11-27"))
            };
            Baseline::default().accepting([(&one.0, &one.1)], terms)
        };
        let (short, long, endless) = (
            ending(Some("2026-12-01")),
            ending(Some("2027-12-01")),
            ending(None),
        );
        for (base, head) in [
            (&short, &long),
            (&long, &short),
            (&short, &endless),
            (&endless, &short),
        ] {
            assert_eq!(base.common(head), short);
        }
        assert_eq!(endless.common(&endless), endless);
    }

    #[test]
    fn a_file_without_days_of_expiry_reads_as_before() {
        let text = r#"{"version":1,"findings":[{"check":"a","code":"flow/status","fingerprint":"0123456789abcdef","title":"wrong","accepted":"2026-11-01"}]}"#;
        let read: Baseline = serde_json::from_str(text).unwrap();
        assert_eq!(read.findings[0].expires, None);
        assert!(!read.findings[0].expired(on("9999-12-31")));
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        let ends = text.replace(
            "\"2026-11-01\"",
            "\"2026-11-01\",\"expires\":\"2026-12-01\"",
        );
        let read: Baseline = serde_json::from_str(&ends).unwrap();
        assert!(!read.findings[0].expired(on("2026-12-01")));
        assert!(read.findings[0].expired(on("2026-12-02")));
        assert_eq!(serde_json::to_string(&read).unwrap(), ends);
        let wrong = ends.replace("2026-12-01", "2026-02-30");
        assert!(serde_json::from_str::<Baseline>(&wrong).is_err());
    }
}
