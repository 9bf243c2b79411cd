//! What was found: by severity, then by what kind of thing it is, with what it costs and what to do.

use std::collections::BTreeSet;

use tidegate_core::finding::{Evidence, Finding, Related};
use tidegate_core::meta::{Confidence, Effort, Level, Severity};

use super::writer::{Html, class, data, fixed, value};
use super::{Section, Source, place};
use crate::digest::Group;
use crate::text::{count, only_in_json};

/// From how many bytes of the report on evidence is left out.
const EVIDENCE_UNTIL: usize = 6 * 1024 * 1024;
/// From how many bytes of the report on findings are only counted.
const FINDINGS_UNTIL: usize = 9 * 1024 * 1024;
/// How many pieces of evidence a finding shows.
const PIECES: usize = 8;
/// How many other places a finding names.
const PLACES: usize = 10;
/// From how many findings on there is a filter.
const FILTER_FROM: usize = 4;

pub(super) const SECTION: Section = Section {
    id: "findings",
    title: "What was found",
    shown: |_| true,
    write,
};

/// What stands in the place of a severity's name, for people who do not know the scale.
fn meaning(one: Severity) -> &'static str {
    match one {
        Severity::Critical => "data leaks, or everybody is locked out",
        Severity::High => "a journey is broken, or data is at risk",
        Severity::Medium => "somebody will notice",
        Severity::Low => "a blemish",
        Severity::Info => "worth knowing",
    }
}

fn groups<'a, 's>(source: &'a Source<'s>) -> impl Iterator<Item = &'a Group<'s>> {
    let digest = &source.digest;
    let more = digest.warnings.iter().chain(&digest.remarks);
    digest.problems.iter().chain(more)
}

fn write(html: &mut Html, source: &Source<'_>) {
    let all = groups(source).count();
    if all == 0 {
        html.leaf("p", &[], "Nothing was found by the checks that ran.");
        return;
    }
    html.lead("The worst first. Each says what is wrong, what it costs the business, how much work it is to mend, \
         and what to do.");
    if all >= FILTER_FROM {
        filter(html, source);
    }
    let mut left_out = LeftOut::default();
    for wanted in Severity::ALL {
        let of: Vec<&Group<'_>> = groups(source)
            .filter(|group| group.finding.severity == wanted)
            .collect();
        if !of.is_empty() {
            with_severity(html, source, wanted, &of, &mut left_out);
        }
    }
    left_out.tell(html);
}

/// What did not have room.
#[derive(Default)]
struct LeftOut {
    evidence: usize,
    findings: usize,
}

impl LeftOut {
    fn tell(&self, html: &mut Html) {
        if self.evidence > 0 {
            let text = format!(
                "To keep this file small, {} no evidence here; the JSON report has all of it.",
                match self.evidence {
                    1 => "1 finding shows".to_owned(),
                    number => format!("{number} findings show"),
                }
            );
            html.leaf("p", &[], &text);
        }
        if self.findings > 0 {
            let text = format!(
                "{} more did not have room here; the JSON report has all of them.",
                count(self.findings, "finding")
            );
            html.leaf("p", &[], &text);
        }
    }
}

/// The form of the filter; the script shows it, so that nobody sees one that does nothing.
fn filter(html: &mut Html, source: &Source<'_>) {
    let severities: BTreeSet<Severity> =
        groups(source).map(|group| group.finding.severity).collect();
    let checks: BTreeSet<&str> = groups(source)
        .map(|group| group.result.id.as_str())
        .collect();
    let attributes = [
        class("filter"),
        fixed("id", "filter"),
        fixed("hidden", ""),
        fixed("role", "search"),
        fixed("aria-label", "Show only some findings"),
    ];
    html.with("form", &attributes, |html| {
        html.with("label", &[], |html| {
            html.line("Text");
            html.open("input", &[fixed("type", "search"), fixed("name", "words")]);
        });
        let names: Vec<&str> = severities.iter().rev().map(|one| one.name()).collect();
        choice(html, "Severity", "severity", &names);
        let names: Vec<&str> = checks.into_iter().collect();
        choice(html, "Check", "check", &names);
        html.with("label", &[class("tick")], |html| {
            html.open(
                "input",
                &[fixed("type", "checkbox"), fixed("name", "blocks")],
            );
            html.space();
            html.line("Only what stops a deploy");
        });
        html.with(
            "output",
            &[fixed("name", "shown"), fixed("aria-live", "polite")],
            |_| {},
        );
    });
}

fn choice(html: &mut Html, label: &'static str, name: &'static str, options: &[&str]) {
    html.with("label", &[], |html| {
        html.line(label);
        html.with("select", &[fixed("name", name)], |html| {
            html.leaf("option", &[fixed("value", "")], "all");
            for option in options {
                html.leaf("option", &[value(option)], option);
            }
        });
    });
}

fn with_severity(
    html: &mut Html,
    source: &Source<'_>,
    severity: Severity,
    groups: &[&Group<'_>],
    left_out: &mut LeftOut,
) {
    let mut codes: Vec<&str> = Vec::new();
    for group in groups {
        let code = group.finding.code.as_str();
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    html.with("div", &[class("severity")], |html| {
        let number: usize = groups.iter().map(|group| group.size()).sum();
        html.with("h3", &[class(severity.name())], |html| {
            html.leaf("span", &[class("badge")], severity.name());
            html.leaf("span", &[], &count(number, "finding"));
            html.leaf("span", &[class("quiet")], meaning(severity));
        });
        for code in codes {
            let of = groups
                .iter()
                .filter(|group| group.finding.code.as_str() == code);
            let of: Vec<&Group<'_>> = of.copied().collect();
            with_code(html, source, code, &of, left_out);
        }
    });
}

/// The findings of one code below what it means, which is said once.
fn with_code(
    html: &mut Html,
    source: &Source<'_>,
    code: &str,
    groups: &[&Group<'_>],
    left_out: &mut LeftOut,
) {
    html.with("div", &[class("group")], |html| {
        let info = source.codes.get(code);
        html.prose("h4", &[], info.map_or(code, |info| info.summary.as_ref()));
        html.with("p", &[class("impact")], |html| {
            if let Some(info) = info {
                html.leaf("strong", &[], "Why it matters:");
                html.space();
                html.words(&info.impact);
                html.space();
                html.leaf("strong", &[], "Work to mend it:");
                html.space();
                html.line(effort(info.effort));
                html.line(".");
                html.space();
            }
            html.leaf("code", &[], code);
        });
        let mut advice = "";
        for group in groups {
            if html.len() > FINDINGS_UNTIL {
                left_out.findings += group.size();
                continue;
            }
            let same = !advice.is_empty() && advice == group.finding.advice;
            advice = &group.finding.advice;
            article(html, source, group, same, left_out);
        }
    });
}

fn effort(effort: Effort) -> &'static str {
    match effort {
        Effort::Small => "usually minutes",
        Effort::Medium => "usually hours",
        Effort::Large => "usually days",
    }
}

fn article(
    html: &mut Html,
    source: &Source<'_>,
    group: &Group<'_>,
    same_advice: bool,
    left_out: &mut LeftOut,
) {
    let finding = group.finding;
    let blocks = match finding.level {
        Level::Deny => "yes",
        _ => "no",
    };
    let attributes = [
        class(match finding.severity {
            Severity::Critical => "finding critical",
            Severity::High => "finding high",
            Severity::Medium => "finding medium",
            Severity::Low => "finding low",
            Severity::Info => "finding info",
        }),
        data("data-severity", finding.severity.name()),
        data("data-check", group.result.id.as_str()),
        data("data-blocks", blocks),
    ];
    html.with("article", &attributes, |html| {
        html.prose("h5", &[], &finding.title);
        about(html, source, group);
        if !finding.advice.is_empty() {
            html.with("div", &[class("todo")], |html| {
                html.with("p", &[], |html| {
                    html.leaf("strong", &[], "What to do:");
                    html.space();
                    if same_advice {
                        html.line("the same as for the finding above.");
                    } else {
                        html.words(&finding.advice);
                    }
                });
            });
        }
        let more = !finding.evidence.is_empty() || !finding.related.is_empty();
        if more && html.len() < EVIDENCE_UNTIL {
            evidence(html, source, finding);
        } else if more {
            left_out.evidence += 1;
        }
        also(html, source, group);
    });
}

/// Weight, owner, check and place.
fn about(html: &mut Html, source: &Source<'_>, group: &Group<'_>) {
    let finding = group.finding;
    html.with("p", &[class("meta")], |html| {
        let weight = match finding.level {
            Level::Deny => "stops the deploy",
            Level::Warn => "a warning",
            Level::Allow => "only reported",
        };
        html.leaf("span", &[], weight);
        html.with("span", &[], |html| {
            html.line("Check:");
            html.space();
            html.line(group.result.id.as_str());
        });
        html.with("span", &[], |html| {
            html.line("Place:");
            html.space();
            place::write(html, source.summary, &finding.location);
        });
        if finding.changed {
            html.leaf("span", &[], "On a line of this change");
        }
        if source.new.has(&group.result.id, finding) {
            html.leaf("span", &[], "New since the last gate");
        }
        match finding.confidence {
            Confidence::High => {}
            Confidence::Medium => html.leaf("span", &[], "Likely, not certain"),
            Confidence::Low => html.leaf("span", &[], "Only a hint"),
        }
        match &group.result.owner {
            Some(owner) => html.leaf("span", &[], &format!("Looked after by {owner}")),
            None => html.leaf("span", &[], "No owner named yet"),
        }
        if let Some(cause) = &finding.cause {
            html.leaf("span", &[], &format!("Seen in a request of {cause}"));
        }
    });
}

fn evidence(html: &mut Html, source: &Source<'_>, finding: &Finding) {
    html.with("details", &[], |html| {
        html.leaf("summary", &[], "How it is known");
        html.with("dl", &[class("evidence")], |html| {
            if let Some(line) = &finding.location.text {
                piece(html, "the line", line);
            }
            for Evidence { label, text } in finding.evidence.iter().take(PIECES) {
                piece(html, label, text);
            }
            for Related { label, location } in finding.related.iter().take(PIECES) {
                html.leaf("dt", &[], label);
                html.with("dd", &[], |html| {
                    place::write(html, source.summary, location);
                });
            }
        });
        let pieces = finding.evidence.len().saturating_sub(PIECES)
            + finding.related.len().saturating_sub(PIECES);
        if pieces > 0 {
            let text = only_in_json(count(pieces, "piece")) + ".";
            html.leaf("p", &[class("quiet")], &text);
        }
    });
}

fn piece(html: &mut Html, label: &str, text: &str) {
    if text.is_empty() {
        return;
    }
    html.leaf("dt", &[], label);
    html.with("dd", &[], |html| {
        html.with("pre", &[], |html| html.lines(text));
    });
}

/// Where else the same was found.
fn also(html: &mut Html, source: &Source<'_>, group: &Group<'_>) {
    if group.also.is_empty() {
        return;
    }
    html.with("details", &[], |html| {
        let text = format!("The same in {}", count(group.also.len(), "more place"));
        html.leaf("summary", &[], &text);
        html.with("ul", &[], |html| {
            for (result, finding) in group.also.iter().take(PLACES) {
                html.with("li", &[], |html| {
                    html.line(result.id.as_str());
                    html.line(",");
                    html.space();
                    place::write(html, source.summary, &finding.location);
                });
            }
            html.more(group.also.len(), PLACES);
        });
    });
}
