//! The run in numbers, as tiles and bars. Every bar has its number beside it as text.

use std::cmp::Reverse;
use std::time::Duration;

use tidegate_core::check::Unit;
use tidegate_core::meta::Severity;
use tidegate_core::period::Period;
use tidegate_core::result::{CheckResult, Outcome};

use super::Source;
use super::writer::{Html, class, fixed, number, whole};
use crate::digest::{Group, size};
use crate::distribution::words::amount;
use crate::slowest::slowest;

/// How many checks are shown that took long or sent much.
const LONGEST: usize = 6;

/// How few checks are not worth a comparison.
const FEWEST: usize = 3;

/// A bar: what it is, its class, its length and what stands beside it.
struct Bar {
    label: String,
    tone: &'static str,
    length: f64,
    text: String,
}

pub(super) fn write(html: &mut Html, source: &Source<'_>) {
    html.with(
        "section",
        &[super::writer::called("The run in numbers")],
        |html| {
            tiles(html, source);
            html.with("div", &[class("charts")], |html| {
                bars(html, "Checks by outcome", outcomes(source));
                bars(html, "Findings by severity", severities(source));
                bars(html, "Checks that took longest", longest(source));
                bars(html, "Checks that sent most requests", busiest(source));
                bars(html, "Slowest requests (p95)", slow(source));
            });
        },
    );
}

fn tiles(html: &mut Html, source: &Source<'_>) {
    let digest = &source.digest;
    let found = |groups: &[Group<'_>]| size(groups).to_string();
    let tiles = [
        (
            format!("{} of {}", digest.executed, digest.total),
            "checks ran",
        ),
        (found(&digest.problems), "findings stop a deploy"),
        (found(&digest.warnings), "findings want a look"),
        (
            (digest.waived.len() + digest.known.len()).to_string(),
            "findings are accepted for now",
        ),
        (source.summary.requests.to_string(), "requests were sent"),
    ];
    html.with("ul", &[class("tiles")], |html| {
        for (value, what) in tiles {
            html.with("li", &[class("tile")], |html| {
                html.leaf("strong", &[], &value);
                html.leaf("span", &[], what);
            });
        }
    });
}

fn bars(html: &mut Html, title: &'static str, bars: Vec<Bar>) {
    let longest = bars.iter().map(|bar| bar.length).fold(0.0, f64::max);
    if longest <= 0.0 {
        return;
    }
    html.with("figure", &[], |html| {
        html.leaf("figcaption", &[], title);
        html.with("ul", &[class("bars")], |html| {
            for bar in bars {
                html.with("li", &[class(bar.tone)], |html| {
                    html.leaf("span", &[], &bar.label);
                    drawn(html, bar.length / longest * 100.0);
                    html.leaf("b", &[], &bar.text);
                });
            }
        });
    });
}

/// A bar out of 100; the text beside it says the same to those who do not see it.
fn drawn(html: &mut Html, length: f64) {
    let shape = |width: f64, tone: &'static str| {
        [
            class(tone),
            number("width", width),
            fixed("height", "10"),
            fixed("rx", "1"),
        ]
    };
    let attributes = [
        fixed("viewBox", "0 0 100 10"),
        fixed("preserveAspectRatio", "none"),
        fixed("aria-hidden", "true"),
        fixed("focusable", "false"),
    ];
    html.with("svg", &attributes, |html| {
        html.with("rect", &shape(100.0, "track"), |_| {});
        html.with("rect", &shape(length, "bar"), |_| {});
    });
}

fn counted(label: &str, tone: &'static str, number: usize) -> Bar {
    Bar {
        label: label.to_owned(),
        tone,
        length: whole(number),
        text: number.to_string(),
    }
}

fn outcomes(source: &Source<'_>) -> Vec<Bar> {
    let checks = || source.summary.results.iter().filter(|one| !one.observer);
    let ended = |wanted: fn(&CheckResult) -> bool| checks().filter(|one| wanted(one)).count();
    let skipped: usize = source.digest.skipped.iter().map(|(_, ids)| ids.len()).sum();
    vec![
        counted(
            "passed",
            "good",
            ended(|one| one.outcome == Outcome::Passed),
        ),
        counted(
            "found a problem",
            "bad",
            ended(|one| one.outcome == Outcome::Failed),
        ),
        counted(
            "no result",
            "doubt",
            ended(|one| crate::why::why(one).is_some()),
        ),
        counted("did not run", "info", skipped),
    ]
}

fn severities(source: &Source<'_>) -> Vec<Bar> {
    let digest = &source.digest;
    let groups = || {
        let more = digest.warnings.iter().chain(&digest.remarks);
        digest.problems.iter().chain(more)
    };
    let of = |wanted: Severity| {
        let found = groups().filter(|group| group.finding.severity == wanted);
        found.map(Group::size).sum()
    };
    Severity::ALL
        .map(|one| counted(one.name(), one.name(), of(one)))
        .into()
}

fn longest(source: &Source<'_>) -> Vec<Bar> {
    let checks = source.summary.results.iter().filter(|one| !one.observer);
    let mut checks: Vec<(&CheckResult, Duration)> = checks
        .map(|one| (one, one.elapsed))
        .filter(|(_, elapsed)| *elapsed > Duration::ZERO)
        .collect();
    checks.sort_by_key(|(_, elapsed)| Reverse(*elapsed));
    let longest = checks.into_iter().take(LONGEST);
    longest
        .map(|(check, elapsed)| Bar {
            label: check.id.to_string(),
            tone: "low",
            length: elapsed.as_secs_f64(),
            text: Period(elapsed).to_string(),
        })
        .collect()
}

fn busiest(source: &Source<'_>) -> Vec<Bar> {
    let results = source.summary.results.iter();
    let sent = results.filter_map(|result| {
        let sent = result
            .metrics
            .iter()
            .find(|metric| metric.name == "requests")?;
        (sent.value.is_finite() && sent.value > 0.0).then_some((result, sent.value))
    });
    let mut sent: Vec<(&CheckResult, f64)> = sent.collect();
    sent.sort_by(|one, other| other.1.total_cmp(&one.1));
    if sent.len() < FEWEST {
        return Vec::new();
    }
    let busiest = sent.into_iter().take(LONGEST);
    busiest
        .map(|(check, value)| Bar {
            label: check.id.to_string(),
            tone: "low",
            length: value,
            text: format!("{value:.0}"),
        })
        .collect()
}

/// The slowest requests, by how long 95 of 100 took at most.
fn slow(source: &Source<'_>) -> Vec<Bar> {
    let slowest = slowest(source.summary).into_iter().take(LONGEST);
    slowest
        .map(|slow| Bar {
            label: slow.subject.to_owned(),
            tone: "low",
            length: slow.value,
            text: amount(slow.value, Unit::Milliseconds),
        })
        .collect()
}
