//! What this run does not say: what could not be told, what did not run, and what is accepted for now.

use tidegate_core::finding::{Finding, Suppression};
use tidegate_core::result::CheckResult;

use super::writer::{Html, class};
use super::{Section, Source, place};
use crate::questions::Answered;
use crate::terminal::leftover_text;
use crate::text::count;
use crate::why::{stops, why};

/// How many of one sort are listed.
const LISTED: usize = 100;
/// How many checks are named behind one reason.
const NAMED: usize = 20;

pub(super) const SECTION: Section = Section {
    id: "gaps",
    title: "What is not proven, and what is accepted",
    shown: |_| true,
    write,
};

fn write(html: &mut Html, source: &Source<'_>) {
    html.lead("What a report leaves out matters as much as what it says. This is everything that this run does \
         not vouch for.");
    let before = html.len();
    questions(html, source);
    unresolved(html, source);
    skipped(html, source);
    accepted(html, source);
    flaky(html, source);
    warnings(html, source);
    leftovers(html, source);
    if html.len() == before {
        html.leaf(
            "p",
            &[],
            "Every check of the gate ran to a result, and nothing is accepted.",
        );
    }
}

/// A list below a title, and how many did not have room.
fn list<T>(
    html: &mut Html,
    title: &'static str,
    items: &[T],
    mut write: impl FnMut(&mut Html, &T),
) {
    if items.is_empty() {
        return;
    }
    html.leaf("h3", &[], title);
    html.with("ul", &[class("proven not")], |html| {
        for item in items.iter().take(LISTED) {
            html.with("li", &[], |html| write(html, item));
        }
        html.more(items.len(), LISTED);
    });
}

fn questions(html: &mut Html, source: &Source<'_>) {
    let open = source.answers.iter().filter(|one| one.good.is_none());
    let open: Vec<&Answered> = open.collect();
    list(html, "Questions without an answer", &open, |html, one| {
        html.line(one.question);
        html.space();
        html.words(&one.reason);
    });
}

fn unresolved(html: &mut Html, source: &Source<'_>) {
    list(
        html,
        "Came to no result",
        &source.digest.unresolved,
        |html, result| {
            let Some(why) = why(result) else {
                return;
            };
            let weight = if stops(result) {
                ""
            } else {
                " (only a warning)"
            };
            let text = format!("`{}` {}{weight}: {}.", result.id, why.ending, why.text);
            html.words(&text);
            if !why.help.is_empty() {
                html.space();
                html.leaf("strong", &[], "What to do:");
                html.space();
                html.words(&why.help);
            }
        },
    );
}

fn skipped(html: &mut Html, source: &Source<'_>) {
    list(
        html,
        "Did not run",
        &source.digest.skipped,
        |html, (reason, ids)| {
            html.words(reason);
            let mut names: Vec<&str> = ids.iter().take(NAMED).map(|id| id.as_str()).collect();
            let more = format!("{} more", ids.len().saturating_sub(NAMED));
            if ids.len() > NAMED {
                names.push(&more);
            }
            let text = format!(" ({}): {}", count(ids.len(), "check"), names.join(", "));
            html.space();
            html.leaf("span", &[class("quiet")], text.trim_start());
        },
    );
}

fn accepted(html: &mut Html, source: &Source<'_>) {
    list(
        html,
        "Accepted by somebody until a day",
        &source.digest.waived,
        |html, found| {
            finding(html, source, found);
            if let Some(Suppression::Waived {
                owner,
                reason,
                expires,
            }) = &found.1.suppressed
            {
                let text = format!(" Accepted by {owner} until {expires}, because: {reason}");
                html.space();
                html.words(text.trim_start());
            }
        },
    );
    list(
        html,
        "Known before this deploy",
        &source.digest.known,
        |html, found| {
            finding(html, source, found);
            if let Some(Suppression::Baseline { expires: Some(day) }) = &found.1.suppressed {
                html.space();
                html.words(&format!("Accepted until {day}."));
            }
        },
    );
}

fn finding(html: &mut Html, source: &Source<'_>, (result, finding): &(&CheckResult, &Finding)) {
    html.words(&finding.title);
    html.space();
    html.with("span", &[class("quiet")], |html| {
        html.line(&format!("({}, {},", finding.severity.name(), result.id));
        html.space();
        place::write(html, source.summary, &finding.location);
        html.line(").");
    });
}

fn flaky(html: &mut Html, source: &Source<'_>) {
    list(
        html,
        "Passed only when repeated",
        &source.digest.flaky,
        |html, result| {
            let attempts = count(result.attempts.len(), "attempt");
            html.words(&format!("`{}` needed {attempts}.", result.id));
            let first = result.attempts.first();
            if let Some(finding) = first.and_then(|attempt| attempt.findings.first()) {
                html.space();
                html.words(&format!("At first: {}.", finding.title));
            }
        },
    );
}

fn warnings(html: &mut Html, source: &Source<'_>) {
    list(
        html,
        "About the run itself",
        &source.summary.warnings,
        |html, warning| {
            html.words(&warning.message);
            html.line(".");
            html.space();
            html.words(&warning.help);
        },
    );
}

fn leftovers(html: &mut Html, source: &Source<'_>) {
    let left = &source.summary.leftovers;
    list(
        html,
        "Left behind on the portal by this run",
        left,
        |html, leftover| {
            html.words(&leftover_text(leftover));
        },
    );
    if !left.is_empty() {
        html.prose("p", &[], "Run `tidegate clean`, or remove them by hand.");
    }
}
