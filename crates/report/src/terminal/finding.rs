//! Findings: what is wrong, where, how it is known, why it matters and what to do.

use std::collections::BTreeSet;

use tidegate_core::finding::Finding;
use tidegate_core::meta::Confidence;
use tidegate_core::name::Code;

use super::verdict::{bullet, excerpt};
use crate::codes::Codes;
use crate::digest::{Digest, Group};
use crate::page::Page;
use crate::snippet::place;
use crate::style::Tone;
use crate::text::capital;

/// How many findings of a sort are told at length; the rest is named and counted.
const AT_LENGTH: usize = 20;
/// The longest evidence that is repeated under the next finding, in characters.
const REPEATED: usize = 80;
/// How many other places of the same finding are named.
const SHOWN_PLACES: usize = 5;

pub(super) fn problems(page: &mut Page<'_>, digest: &Digest<'_>, codes: &Codes) {
    section(page, "Problem", Tone::Bad, &digest.problems, codes);
}

pub(super) fn warnings(page: &mut Page<'_>, digest: &Digest<'_>, codes: &Codes) {
    section(page, "Warning", Tone::Caution, &digest.warnings, codes);
}

pub(super) fn remarks(page: &mut Page<'_>, digest: &Digest<'_>) {
    if digest.remarks.is_empty() {
        return;
    }
    page.title("Worth knowing");
    for group in &digest.remarks {
        short(page, group);
    }
}

fn section(page: &mut Page<'_>, name: &str, tone: Tone, groups: &[Group<'_>], codes: &Codes) {
    let mut told = BTreeSet::new();
    let mut previous: Option<&Finding> = None;
    for (index, group) in groups.iter().take(AT_LENGTH).enumerate() {
        page.gap();
        let title = page.style().line(&group.finding.title);
        let number = index + 1;
        page.toned(
            tone,
            "",
            &format!("{name} {number} of {}: {title}", groups.len()),
        );
        let first = told.insert(&group.finding.code);
        body(page, group, first.then_some(codes), previous);
        previous = Some(group.finding);
    }
    if let Some(rest) = groups.get(AT_LENGTH..).filter(|rest| !rest.is_empty()) {
        page.title(&format!("And {} more", rest.len()));
        for group in rest {
            short(page, group);
        }
    }
}

/// One finding at length; what its code means is told where it appears first, and long evidence that
/// the previous finding has, too, is not repeated.
fn body(page: &mut Page<'_>, group: &Group<'_>, codes: Option<&Codes>, previous: Option<&Finding>) {
    let style = page.style();
    let finding = group.finding;
    page.toned(Tone::Faint, "  ", &style.line(&about(group)));
    page.line(place(&finding.location, style));
    for related in &finding.related {
        page.labelled(
            &capital(&style.line(&related.label)),
            &related.location.to_string(),
        );
    }
    for evidence in &finding.evidence {
        let label = capital(&style.line(&evidence.label));
        let long = evidence.text.chars().count() > REPEATED;
        if long && previous.is_some_and(|previous| previous.evidence.contains(evidence)) {
            page.labelled(&label, "as in the problem above");
        } else {
            excerpt(page, &label, &evidence.text);
        }
    }
    also(page, group);
    let info = codes.and_then(|codes| codes.get(finding.code.as_str()));
    if let Some(info) = info {
        page.labelled("Why it matters", &info.impact);
    }
    page.labelled("What to do", &finding.advice);
    if info.is_some() {
        page.labelled("More", &explain(&finding.code));
    }
}

/// The command that explains a code.
pub(crate) fn explain(code: &Code) -> String {
    format!("tidegate explain {code}")
}

/// Check, code, severity and doubts, as in `create-record, flow/status, high`.
fn about(group: &Group<'_>) -> String {
    let finding = group.finding;
    let mut parts = vec![
        group.result.id.to_string(),
        finding.code.to_string(),
        finding.severity.name().to_owned(),
    ];
    if finding.changed {
        parts.push("on a line of this change".to_owned());
    }
    if finding.confidence != Confidence::High {
        parts.push(sureness(finding).to_owned());
    }
    if let Some(cause) = &finding.cause {
        parts.push(format!("in a request of {cause}"));
    }
    if let Some(owner) = &group.result.owner {
        parts.push(format!("looked after by {owner}"));
    }
    parts.join(", ")
}

fn sureness(finding: &Finding) -> &'static str {
    match finding.confidence {
        Confidence::Low => "only a hint",
        Confidence::Medium => "likely",
        Confidence::High => "certain",
    }
}

fn also(page: &mut Page<'_>, group: &Group<'_>) {
    if group.also.is_empty() {
        return;
    }
    let places = group.also.iter().take(SHOWN_PLACES);
    let mut places: Vec<String> = places
        .map(|(result, finding)| {
            let at = &finding.location;
            format!("{} ({}:{})", result.id, at.file, at.line)
        })
        .collect();
    if group.also.len() > SHOWN_PLACES {
        places.push(format!("{} more", group.also.len() - SHOWN_PLACES));
    }
    page.labelled("The same in", &places.join(", "));
}

/// One finding on one line.
fn short(page: &mut Page<'_>, group: &Group<'_>) {
    let finding = group.finding;
    let times = match group.size() {
        1 => String::new(),
        size => format!(", {size} times"),
    };
    let text = format!(
        "{} ({}, {}, {}:{}{times})",
        finding.title, group.result.id, finding.code, finding.location.file, finding.location.line
    );
    let text = page.style().line(&text);
    bullet(page, &text);
}
