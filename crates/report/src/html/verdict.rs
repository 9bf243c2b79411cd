//! The verdict in words, at the top.

use tidegate_core::period::Period;
use tidegate_core::verdict::Verdict;

use super::Source;
use super::writer::{Html, Link, class};
use crate::headline::headline;
use crate::text::count;

pub(super) fn write(html: &mut Html, source: &Source<'_>) {
    let summary = source.summary;
    let client = summary.handover.as_ref();
    let client = client.and_then(|handover| handover.client.as_deref());
    let kicker = match client {
        Some(client) => format!("Handover report for {client}"),
        None => "Handover report".to_owned(),
    };
    html.leaf("p", &[class("kicker")], &kicker);
    html.leaf("h1", &[], &summary.plan.gate);
    let tone = match summary.judgement.verdict {
        _ if summary.interrupted => "verdict doubt",
        Verdict::Allow => "verdict good",
        Verdict::AllowWithWarnings | Verdict::Inconclusive => "verdict doubt",
        Verdict::Block => "verdict bad",
    };
    html.with("div", &[class(tone)], |html| {
        html.prose("p", &[class("word")], &headline(summary));
        html.prose("p", &[], &extent(source));
        if let Some(consequence) = &summary.provenance.consequence {
            html.prose("p", &[], consequence);
        }
        if let Some(untrusted) = &summary.provenance.untrusted {
            let text = format!("Only partly checked: {untrusted}.");
            html.prose("p", &[], &text);
        }
        because(html, source);
    });
    before(html, source);
}

/// As in `12 of 31 checks ran in 8.2 s and sent 142 requests.`
fn extent(source: &Source<'_>) -> String {
    let digest = &source.digest;
    let requests = usize::try_from(source.summary.requests).unwrap_or(usize::MAX);
    format!(
        "{} of {} ran, in {} and with {}.",
        digest.executed,
        count(digest.total, "check"),
        Period(source.summary.elapsed),
        count(requests, "request")
    )
}

/// What decided it, in the words of the findings.
fn because(html: &mut Html, source: &Source<'_>) {
    /// How many reasons are named.
    const NAMED: usize = 3;
    if source.summary.judgement.verdict == Verdict::Allow {
        return;
    }
    let reasons = reasons(source);
    if reasons.is_empty() {
        return;
    }
    html.leaf("p", &[], "What decided it:");
    html.with("ul", &[], |html| {
        for (check, reason) in reasons.iter().take(NAMED) {
            let text = format!("{reason} (`{check}`)");
            html.prose("li", &[], &text);
        }
        if let Some(more @ 1..) = reasons.len().checked_sub(NAMED) {
            html.with("li", &[], |html| {
                let text = format!("and {more} more, all below");
                let id = if source.digest.problems.is_empty() {
                    "gaps"
                } else {
                    "findings"
                };
                html.link(Some(&Link::anchor(id)), &text);
            });
        }
    });
}

/// The check and the reason, worst first.
fn reasons<'s>(source: &Source<'s>) -> Vec<(&'s str, &'s str)> {
    let problems = source.digest.problems.iter();
    let problems = problems.map(|one| (one.result.id.as_str(), one.finding.title.as_str()));
    let found: Vec<(&str, &str)> = problems.collect();
    if !found.is_empty() {
        return found;
    }
    let because = source.summary.judgement.because.iter();
    because
        .map(|(check, reason)| (check.as_str(), reason.as_str()))
        .collect()
}

/// Why no check was started.
fn before(html: &mut Html, source: &Source<'_>) {
    let Some(failure) = &source.summary.preflight else {
        return;
    };
    html.with("div", &[class("card verdict doubt")], |html| {
        html.leaf("h2", &[], "Before the first check");
        html.prose("p", &[], &failure.message);
        html.with("div", &[class("todo")], |html| {
            html.prose("p", &[], &failure.help);
        });
        if let Some(evidence) = &failure.evidence {
            html.with("pre", &[], |html| html.lines(evidence));
        }
    });
}
