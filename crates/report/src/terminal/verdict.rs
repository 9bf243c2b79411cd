//! The verdict, and everything about a run that is no finding.

use tidegate_core::event::Summary;
use tidegate_core::finding::Suppression;
use tidegate_core::period::Period;
use tidegate_core::plan::PlannedCheck;
use tidegate_core::ports::cleanup::Leftover;
use tidegate_core::verdict::Verdict;

use crate::codes::Codes;
use crate::digest::Digest;
use crate::headline::{extent, headline as sentence};
use crate::page::Page;
use crate::since::Since;
use crate::snippet::place;
use crate::starter;
use crate::style::Tone;
use crate::text::{clip, count, only_in_json};
use crate::why::{stops, why};

/// How many lines of a log or an answer are shown.
pub(super) const SHOWN_LINES: usize = 12;
/// How many characters of one line of them are shown.
const SHOWN_CHARACTERS: usize = 400;
/// How many ids are named before the rest is counted.
const SHOWN_NAMES: usize = 8;

pub(super) fn headline(page: &mut Page<'_>, summary: &Summary) {
    let style = page.style();
    let tone = match summary.judgement.verdict {
        _ if summary.interrupted => Tone::Bad,
        Verdict::Allow => Tone::Good,
        Verdict::AllowWithWarnings | Verdict::Inconclusive => Tone::Caution,
        Verdict::Block => Tone::Bad,
    };
    page.toned(tone, "", &style.line(&sentence(summary)));
    page.paragraph("", &style.line(&extent(summary)));
}

pub(super) fn since(page: &mut Page<'_>, since: Option<&Since>) {
    if let Some(since) = since {
        let sentence = page.style().line(&since.sentence());
        page.paragraph("", &sentence);
    }
}

pub(super) fn preflight(page: &mut Page<'_>, summary: &Summary, codes: &Codes) {
    let Some(failure) = &summary.preflight else {
        return;
    };
    page.title("Before the first check");
    let style = page.style();
    if let Some(location) = &failure.location {
        page.line(place(location, style));
    }
    if let Some(evidence) = &failure.evidence {
        excerpt(page, "Seen", evidence);
    }
    page.labelled("What to do", &failure.help);
    if codes.get(failure.code.as_str()).is_some() {
        page.labelled("More", &format!("tidegate explain {}", failure.code));
    }
}

/// Shows foreign text under a label: beside it when it is short, else on lines of its own.
pub(super) fn excerpt(page: &mut Page<'_>, label: &str, text: &str) {
    let style = page.style();
    let text = style.block(text.trim_end());
    if !text.contains('\n') && text.chars().count() <= SHOWN_CHARACTERS {
        return page.labelled(label, &text);
    }
    let lines: Vec<&str> = text.lines().collect();
    page.line(format!(
        "  {}",
        style.paint(Tone::Strong, &format!("{label}:"))
    ));
    for line in lines.iter().take(SHOWN_LINES) {
        page.line(format!("    {}", clip(line, SHOWN_CHARACTERS)).trim_end());
    }
    if let Some(more @ 1..) = lines.len().checked_sub(SHOWN_LINES) {
        page.line(format!("    ({})", only_in_json(count(more, "line"))));
    }
}

pub(super) fn unresolved(page: &mut Page<'_>, digest: &Digest<'_>) {
    if digest.unresolved.is_empty() {
        return;
    }
    page.title("Checks without a result");
    for result in &digest.unresolved {
        let Some(why) = why(result) else { continue };
        let style = page.style();
        let weight = if stops(result) {
            ""
        } else {
            " (only a warning)"
        };
        page.gap();
        let text = format!("{} {}{weight}", style.line(result.id.as_str()), why.ending);
        page.toned(Tone::Caution, "  ", &text);
        if let Some(location) = &why.location {
            page.line(place(location, style));
        }
        page.labelled("Why", &why.text);
        page.labelled("What to do", &why.help);
        if let Some(owner) = &result.owner {
            page.labelled("Looked after by", owner);
        }
    }
}

pub(super) fn warnings(page: &mut Page<'_>, summary: &Summary) {
    if summary.warnings.is_empty() {
        return;
    }
    page.title("About the run itself");
    for warning in &summary.warnings {
        let style = page.style();
        page.gap();
        page.toned(Tone::Caution, "  ", &style.line(&warning.message));
        if let Some(location) = &warning.location {
            page.line(place(location, style));
        }
        page.labelled("What to do", &warning.help);
    }
}

pub(super) fn flaky(page: &mut Page<'_>, digest: &Digest<'_>) {
    if digest.flaky.is_empty() {
        return;
    }
    page.title("Passed only when repeated");
    for result in &digest.flaky {
        let style = page.style();
        let first = result
            .attempts
            .first()
            .and_then(|attempt| attempt.findings.first());
        let reason = first.map_or(String::new(), |finding| format!(": {}", finding.title));
        let text = format!(
            "{} needed {}; at first{reason}",
            result.id,
            count(result.attempts.len(), "attempt"),
        );
        let text = text.strip_suffix("; at first").unwrap_or(&text);
        bullet(page, &style.line(text));
    }
}

pub(super) fn notes(page: &mut Page<'_>, summary: &Summary) {
    let notes = summary.results.iter().flat_map(|result| {
        result
            .notes
            .iter()
            .map(move |note| format!("{}: {note}", result.id))
    });
    let notes: Vec<String> = notes.chain(summary.plan.notes.iter().cloned()).collect();
    if notes.is_empty() {
        return;
    }
    page.title("Notes");
    for note in notes {
        let note = page.style().line(&note);
        bullet(page, &note);
    }
}

pub(super) fn leftovers(page: &mut Page<'_>, summary: &Summary) {
    if summary.leftovers.is_empty() {
        return;
    }
    page.title("Left behind on the portal");
    for leftover in &summary.leftovers {
        let text = page.style().line(&leftover_text(leftover));
        bullet(page, &text);
    }
    page.labelled(
        "What to do",
        "Run `tidegate clean`, or remove them by hand.",
    );
}

/// One thing that was left behind: what, by whom, why and how to remove it.
pub(crate) fn leftover_text(leftover: &Leftover) -> String {
    let by = match &leftover.identity {
        Some(identity) => format!(" as {identity}"),
        None => String::new(),
    };
    let remove = match &leftover.remove_with {
        Some(request) => format!("; remove it with {request}"),
        None => String::new(),
    };
    format!(
        "{} (created by {} in {}{by}): {}{remove}",
        leftover.marker, leftover.created_by, leftover.check, leftover.reason
    )
}

pub(super) fn skipped(page: &mut Page<'_>, summary: &Summary, digest: &Digest<'_>) {
    let all: usize = digest.skipped.iter().map(|(_, ids)| ids.len()).sum();
    if all == 0 {
        return;
    }
    page.title(&format!("{} did not run", count(all, "check")));
    for (reason, ids) in &digest.skipped {
        let mut names: Vec<&str> = ids.iter().map(|id| id.as_str()).take(SHOWN_NAMES).collect();
        let more = format!("{} more", ids.len().saturating_sub(SHOWN_NAMES));
        if ids.len() > SHOWN_NAMES {
            names.push(&more);
        }
        let text = format!("{reason} ({}): {}", ids.len(), names.join(", "));
        let text = page.style().line(&text);
        bullet(page, &text);
    }
    if digest.executed > 0 {
        // No option brings back what a change that is not trusted may not do.
        let left_out = |check: &PlannedCheck| !check.selected && !check.untrusted;
        let beyond = if summary.plan.checks.iter().any(left_out) {
            "; `--all` also runs those beyond the limit of 12"
        } else {
            ""
        };
        let text = format!("`tidegate plan` says why for each of them{beyond}.");
        page.paragraph("  ", &text);
    }
}

pub(super) fn suppressed(page: &mut Page<'_>, digest: &Digest<'_>) {
    if digest.known.is_empty() && digest.waived.is_empty() {
        return;
    }
    page.title("Not counted");
    for (result, finding) in &digest.known {
        let known = suppression_text(finding.suppressed.as_ref());
        let text = format!(
            "{} in {}: {} ({known})",
            finding.code, result.id, finding.title
        );
        let text = page.style().line(&text);
        bullet(page, &text);
    }
    for (result, finding) in &digest.waived {
        let waiver = suppression_text(finding.suppressed.as_ref());
        let text = format!("{} in {}: {waiver}", finding.code, result.id);
        let text = page.style().line(&text);
        bullet(page, &text);
    }
}

/// Why a finding of the baseline does not count.
const KNOWN: &str = "known before this deploy, in the baseline";

/// Why a finding does not count, and until when.
pub(crate) fn suppression_text(suppression: Option<&Suppression>) -> String {
    match suppression {
        Some(Suppression::Waived {
            owner,
            reason,
            expires,
        }) => format!("waived by {owner} until {expires} ({reason})"),
        Some(Suppression::Baseline { expires: Some(day) }) => format!("{KNOWN} until {day}"),
        _ => KNOWN.into(),
    }
}

/// What the starter set could not answer.
pub(super) fn unanswered(page: &mut Page<'_>, summary: &Summary) {
    let Some(open) = starter::open(summary) else {
        return;
    };
    page.title(&open.title);
    for answered in &open.questions {
        let number = format!("  {:>2}. ", answered.number);
        let text = page.style().line(&starter::line(answered));
        page.hanging(&number, "      ", &text);
    }
    page.labelled("What to do", starter::NEXT);
}

pub(super) fn footer(page: &mut Page<'_>, summary: &Summary) {
    page.gap();
    let text = format!(
        "{} in {}; seed {}",
        count(
            usize::try_from(summary.requests).unwrap_or(usize::MAX),
            "request"
        ),
        Period(summary.elapsed),
        summary.plan.seed
    );
    page.toned(Tone::Faint, "", &text);
}

pub(super) fn bullet(page: &mut Page<'_>, text: &str) {
    page.hanging("  - ", "    ", text);
}
