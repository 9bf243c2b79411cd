//! The findings, worst first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use tidegate_core::event::Summary;
use tidegate_core::finding::{self, Finding};
use tidegate_core::meta;
use tidegate_core::result::CheckResult;
use tidegate_core::span;

use super::log::{
    ArtifactLocation, Fingerprints, Level, Location, PartialFingerprints, PhysicalLocation, Region,
    Result, ResultProperties, Suppression, Text,
};
use super::rules::Rules;
use super::{block, line, sentence};
use crate::places::{Place, Places, encoded};
use crate::text::clip;

/// How much of a title, of advice and of a piece of evidence is written, in characters.
const SHOWN: usize = 400;
/// How many pieces of evidence are written.
const PIECES: usize = 4;
/// How many other places are written.
const RELATED: usize = 10;
/// The longest line that is written, in bytes.
const LONGEST_LINE: usize = 400;

/// The longest path that a system takes, in bytes; nothing longer is the name of a file.
const LONGEST_PATH: usize = 4_096;

/// A finding with what found it.
pub(super) struct Found<'s> {
    pub(super) result: &'s CheckResult,
    pub(super) finding: &'s Finding,
    /// Which of those with the same fingerprint it is, from 1.
    number: usize,
}

/// All findings: what counts before what does not, what stops the deploy first, then what stands on
/// changed lines, then the worse.
pub(super) fn ranked(summary: &Summary) -> Vec<Found<'_>> {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    let all = summary.results.iter().flat_map(|result| {
        let findings = result.findings.iter();
        findings.map(move |finding| (result, finding))
    });
    let mut found: Vec<Found<'_>> = all
        .map(|(result, finding)| {
            let number = numbers.entry(finding.fingerprint.as_str()).or_default();
            *number += 1;
            Found {
                result,
                finding,
                number: *number,
            }
        })
        .collect();
    found.sort_by_key(|found| {
        let Finding {
            level,
            changed,
            severity,
            ..
        } = found.finding;
        Reverse((found.finding.counts(), *level, *changed, *severity))
    });
    found
}

/// Writes findings as results.
pub(super) struct Writer<'s> {
    places: Places<'s>,
    rules: &'s Rules,
    /// Whether the baseline knows any of the findings; then each says whether it does.
    baseline: bool,
}

impl<'s> Writer<'s> {
    pub(super) fn new(summary: &'s Summary, rules: &'s Rules, found: &[Found<'_>]) -> Self {
        let known = |one: &Found<'_>| one.finding.is_known();
        Self {
            places: Places::of(summary),
            rules,
            baseline: found.iter().any(known),
        }
    }

    /// A finding as a result.
    pub(super) fn result(&self, found: &Found<'_>) -> Result {
        let Found {
            result, finding, ..
        } = found;
        let place = self.places.of_finding(result, finding);
        let place = if place.path.len() > LONGEST_PATH {
            self.places.gate()
        } else {
            place
        };
        let known = finding.is_known();
        Result {
            rule_id: finding.code.to_string(),
            rule_index: self.rules.index(finding.code.as_str()),
            level: level(finding),
            message: Text {
                text: message(result, finding),
            },
            related_locations: self.related(result, finding, &place),
            locations: [located(
                &place,
                text_at(&place, result, finding, &self.places),
            )],
            partial_fingerprints: PartialFingerprints {
                primary_location_line_hash: format!("{}:{}", finding.fingerprint, found.number),
            },
            fingerprints: Fingerprints {
                tidegate: finding.fingerprint.to_string(),
            },
            baseline_state: self
                .baseline
                .then_some(if known { "unchanged" } else { "new" }),
            suppressions: finding.suppressed.iter().map(suppression).collect(),
            properties: ResultProperties {
                check: line(&clip(result.id.as_str(), SHOWN)),
                severity: finding.severity.name(),
                confidence: finding.confidence.name(),
                changed: finding.changed,
            },
        }
    }

    /// The other places that belong to a finding: its own, where it is shown elsewhere, those that it
    /// names, and where its check is declared.
    fn related(&self, result: &CheckResult, finding: &Finding, shown: &Place) -> Vec<Location> {
        let named = finding.related.iter();
        let named = named.map(|related| (&related.location, line(&clip(&related.label, SHOWN))));
        let declared = result.location.iter();
        let declared = declared.map(|location| (location, "the check in the gate file".to_owned()));
        let mut places: Vec<Place> = vec![shown.clone()];
        let mut related = Vec::new();
        for (location, label) in named.chain(declared) {
            let Some(place) = placed(&self.places, location) else {
                continue;
            };
            if related.len() == RELATED || places.contains(&place) {
                continue;
            }
            let mut other = located(&place, None);
            other.id = Some(related.len() + 1);
            other.message = Some(Text {
                text: sentence(&label),
            });
            related.push(other);
            places.push(place);
        }
        related
    }
}

/// The place of a location, when it can be one of a file in the repository.
pub(super) fn placed(places: &Places<'_>, location: &span::Location) -> Option<Place> {
    let place = places.place(location)?;
    (place.path.len() <= LONGEST_PATH).then_some(place)
}

/// The text of the line a finding is shown on, where it is known.
fn text_at<'f>(
    place: &Place,
    result: &'f CheckResult,
    finding: &'f Finding,
    places: &Places<'_>,
) -> Option<&'f str> {
    let related = finding.related.iter().map(|related| &related.location);
    let mut all = std::iter::once(&finding.location)
        .chain(related)
        .chain(result.location.as_ref());
    let shown: &span::Location =
        all.find(|location| places.place(location).as_ref() == Some(place))?;
    shown.text.as_deref()
}

/// A place with its line and what is marked in it.
pub(super) fn located(place: &Place, text: Option<&str>) -> Location {
    let text = text.filter(|text| text.len() <= LONGEST_LINE);
    let snippet = |text: &str| Text { text: block(text) };
    let (region_text, context) = match (text, place.columns) {
        (Some(text), Some((start, end))) => {
            let marked = text.chars().skip(start - 1).take(end - start).collect();
            let marked: String = marked;
            // A context must hold more than what is marked.
            let more = marked.len() < text.len() && !marked.is_empty();
            (Some(snippet(&marked)), more.then(|| snippet(text)))
        }
        (Some(text), None) if place.line == place.end_line => (Some(snippet(text)), None),
        _ => (None, None),
    };
    Location {
        id: None,
        message: None,
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation {
                uri: encoded(&place.path),
                uri_base_id: "%SRCROOT%",
            },
            region: Region {
                start_line: place.line,
                start_column: place.columns.map(|(start, _)| start),
                end_line: place.end_line,
                end_column: place.columns.map(|(_, end)| end),
                snippet: region_text,
            },
            context_region: context.map(|text| Region {
                start_line: place.line,
                start_column: None,
                end_line: place.end_line,
                end_column: None,
                snippet: Some(text),
            }),
        },
    }
}

/// What is wrong, how it is known, and what to do.
fn message(result: &CheckResult, finding: &Finding) -> String {
    let mut text = sentence(&clip(&finding.title, SHOWN));
    let evidence = finding.evidence.iter().filter(|one| !one.text.is_empty());
    for evidence in evidence.take(PIECES) {
        let label = line(&clip(&evidence.label, SHOWN));
        let seen = line(&clip(&evidence.text, SHOWN));
        text.push_str(&format!("\n{label}: {seen}"));
    }
    if !finding.advice.is_empty() {
        let advice = sentence(&clip(&finding.advice, SHOWN));
        text.push_str(&format!("\nWhat to do: {advice}"));
    }
    let check = line(&clip(result.id.as_str(), SHOWN));
    text.push_str(&format!("\nFound by the check \"{check}\"."));
    text
}

/// What it does to the verdict; what does not count is a note.
fn level(finding: &Finding) -> Level {
    match finding.level {
        _ if !finding.counts() => Level::Note,
        meta::Level::Allow => Level::Note,
        meta::Level::Warn => Level::Warning,
        meta::Level::Deny => Level::Error,
    }
}

fn suppression(suppression: &finding::Suppression) -> Suppression {
    let justification = match suppression {
        finding::Suppression::Baseline { expires: None } => "It is in the baseline.".to_owned(),
        finding::Suppression::Baseline { expires: Some(day) } => {
            format!("It is in the baseline until {}.", line(&clip(day, SHOWN)))
        }
        finding::Suppression::Waived {
            owner,
            reason,
            expires,
        } => format!(
            "{} Waived by {} until {}.",
            sentence(&clip(reason, SHOWN)),
            line(&clip(owner, SHOWN)),
            line(&clip(expires, SHOWN)),
        ),
    };
    Suppression {
        kind: "external",
        status: "accepted",
        justification,
    }
}
