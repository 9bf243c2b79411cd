//! What is worth an annotation, and in which order.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use tidegate_core::event::{PreflightFailure, Summary, Warning};
use tidegate_core::finding::Finding;
use tidegate_core::meta::Severity;
use tidegate_core::ports::cleanup::Leftover;
use tidegate_core::result::CheckResult;
use tidegate_core::span::Location;

use super::command::Loudness;
use crate::codes::Codes;
use crate::digest::{Digest, Group};
use crate::places::{Place, Places};
use crate::terminal::{explain, leftover_text};
use crate::text::{clip, ended, one_line, visible};
use crate::why::{stops, why};

/// How many characters of what is wrong are shown.
const WHAT_LIMIT: usize = 600;
/// How many characters of what it costs or of what to do are shown.
const ADVICE_LIMIT: usize = 1_200;

/// One thing to be told, at one place or several.
pub(super) struct Item<'s> {
    pub(super) loudness: Loudness,
    /// Where it stands, the most telling place first.
    pub(super) stands: Vec<Stand>,
    /// What is wrong, in one sentence.
    pub(super) what: String,
    more: More<'s>,
    rank: Rank,
    /// Who says it, for the order of what is equally bad.
    order: &'s str,
}

/// Why, what to do, and the command that says more.
enum More<'s> {
    /// Lines that are put together already.
    Lines(Vec<String>),
    /// Those of a finding: there may be thousands, and few are told at length.
    Finding(&'s Finding, &'s Codes, Places<'s>),
}

/// A place of a thing, under the head that it has there.
pub(super) struct Stand {
    pub(super) place: Place,
    pub(super) title: String,
}

impl Item<'_> {
    /// The head at its first place.
    pub(super) fn title(&self) -> &str {
        self.stands.first().map_or("", |stand| &stand.title)
    }

    /// Why, what to do, and the command that says more, each on a line.
    pub(super) fn more(&self) -> Vec<String> {
        match &self.more {
            More::Lines(lines) => lines.clone(),
            More::Finding(finding, codes, places) => of_finding(finding, codes, places),
        }
    }
}

/// What comes first: a run that did not begin, then findings by severity and those of the change
/// before others, then what could not be found out.
type Rank = (u8, Reverse<Severity>, bool);

/// Everything that is worth an annotation, worst first.
pub(super) fn items<'s>(
    summary: &'s Summary,
    codes: &'s Codes,
    places: &Places<'s>,
) -> Vec<Item<'s>> {
    let digest = Digest::of(summary);
    let mut items: Vec<Item<'s>> = Vec::new();
    items.extend(
        summary
            .preflight
            .as_ref()
            .map(|one| unready(one, codes, places)),
    );
    let loud = [
        (Loudness::Error, &digest.problems),
        (Loudness::Warning, &digest.warnings),
        (Loudness::Notice, &digest.remarks),
    ];
    for (loudness, groups) in loud {
        items.extend(
            groups
                .iter()
                .map(|group| finding(group, loudness, codes, places)),
        );
    }
    let unresolved = digest.unresolved.iter().copied();
    items.extend(unresolved.filter_map(|result| doubt(result, places)));
    items.extend(
        digest
            .flaky
            .iter()
            .copied()
            .map(|result| repeated(result, places)),
    );
    items.extend(summary.warnings.iter().map(|one| warning(one, places)));
    let told = |leftover: &Leftover| {
        let mut warnings = summary.warnings.iter();
        warnings.any(|warning| warning.message.contains(&leftover.marker))
    };
    let leftovers = summary.leftovers.iter().filter(|one| !told(one));
    items.extend(leftovers.map(|one| left_behind(one, places)));
    items.sort_by(|one, other| (one.rank, one.order).cmp(&(other.rank, other.order)));
    items
}

fn finding<'s>(
    group: &Group<'s>,
    loudness: Loudness,
    codes: &'s Codes,
    places: &Places<'s>,
) -> Item<'s> {
    let finding = group.finding;
    let members = std::iter::once((group.result, finding)).chain(group.also.iter().copied());
    let mut known = BTreeSet::new();
    let mut stands: Vec<Stand> = Vec::new();
    for (result, finding) in members {
        let place = places.of_finding(result, finding);
        if known.insert(place.clone()) {
            let title = about(result, finding);
            stands.push(Stand { place, title });
        }
    }
    Item {
        loudness,
        stands,
        what: sentence(&finding.title),
        more: More::Finding(finding, codes, *places),
        rank: (1, Reverse(finding.severity), !finding.changed),
        order: "",
    }
}

fn of_finding(finding: &Finding, codes: &Codes, places: &Places<'_>) -> Vec<String> {
    let mut more = Vec::new();
    if places.place(&finding.location).is_none() {
        more.push(labelled("Where", &finding.location.to_string()));
    }
    if let Some(info) = codes.get(finding.code.as_str()) {
        more.push(labelled("Why it matters", &info.impact));
    }
    more.push(labelled("What to do", &finding.advice));
    more.push(format!("More: {}", explain(&finding.code)));
    more.retain(|line| !line.is_empty());
    more
}

/// Code, check and severity, as in `flow/status in create-record (high)`.
fn about(result: &CheckResult, finding: &Finding) -> String {
    let severity = finding.severity.name();
    let change = if finding.changed {
        ", on a line of this change"
    } else {
        ""
    };
    format!("{} in {} ({severity}{change})", finding.code, result.id)
}

fn unready<'s>(failure: &'s PreflightFailure, codes: &Codes, places: &Places<'_>) -> Item<'s> {
    let mut more = vec![labelled("What to do", &failure.help)];
    if codes.get(failure.code.as_str()).is_some() {
        more.push(format!("More: {}", explain(&failure.code)));
    }
    Item {
        loudness: Loudness::Error,
        stands: one(
            at(failure.location.as_ref(), places),
            format!("{} before the first check", failure.code),
        ),
        what: sentence(&failure.message),
        more: filled(more),
        rank: (0, Reverse(Severity::Critical), false),
        order: "",
    }
}

fn doubt<'s>(result: &'s CheckResult, places: &Places<'_>) -> Option<Item<'s>> {
    let why = why(result)?;
    let loudness = if stops(result) {
        Loudness::Error
    } else {
        Loudness::Warning
    };
    Some(Item {
        loudness,
        stands: one(
            at(why.location.as_ref(), places),
            format!("{} {}", result.id, why.ending),
        ),
        what: sentence(&why.text),
        more: filled(vec![labelled("What to do", &why.help)]),
        rank: (2, Reverse(Severity::High), false),
        order: result.id.as_str(),
    })
}

fn repeated<'s>(result: &'s CheckResult, places: &Places<'_>) -> Item<'s> {
    let first = result.attempts.first();
    let first = first.and_then(|attempt| attempt.findings.first());
    let at_first = first.map(|finding| labelled("At first", &finding.title));
    Item {
        loudness: Loudness::Warning,
        stands: one(
            at(result.location.as_ref(), places),
            format!("{} passed only when repeated", result.id),
        ),
        what: format!("It needed {} attempts.", result.attempts.len()),
        more: filled(at_first.into_iter().collect()),
        rank: (3, Reverse(Severity::Medium), false),
        order: result.id.as_str(),
    }
}

fn warning<'s>(warning: &'s Warning, places: &Places<'_>) -> Item<'s> {
    Item {
        loudness: Loudness::Warning,
        stands: one(
            at(warning.location.as_ref(), places),
            "About the run itself",
        ),
        what: sentence(&warning.message),
        more: filled(vec![labelled("What to do", &warning.help)]),
        rank: (4, Reverse(Severity::Low), false),
        order: "",
    }
}

fn left_behind<'s>(leftover: &'s Leftover, places: &Places<'_>) -> Item<'s> {
    let help = "Run `tidegate clean`, or remove it by hand.";
    Item {
        loudness: Loudness::Warning,
        stands: one(
            at(Some(&leftover.location), places),
            format!("{} left something behind on the portal", leftover.check),
        ),
        what: sentence(&leftover_text(leftover)),
        more: filled(vec![labelled("What to do", help)]),
        rank: (4, Reverse(Severity::Low), false),
        order: leftover.check.as_str(),
    }
}

fn one(place: Place, title: impl Into<String>) -> Vec<Stand> {
    let title = title.into();
    vec![Stand { place, title }]
}

fn at(location: Option<&Location>, places: &Places<'_>) -> Place {
    let place = location.and_then(|location| places.place(location));
    place.unwrap_or_else(|| places.gate())
}

/// What is wrong, as a sentence with its full stop.
fn sentence(text: &str) -> String {
    ended(one_line(&clip(text, WHAT_LIMIT), true))
}

fn labelled(label: &str, text: &str) -> String {
    let text = visible(clip(text, ADVICE_LIMIT).trim(), true);
    if text.is_empty() {
        return String::new();
    }
    format!("{label}: {text}")
}

fn filled<'s>(mut lines: Vec<String>) -> More<'s> {
    lines.retain(|line| !line.is_empty());
    More::Lines(lines)
}
