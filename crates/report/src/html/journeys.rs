//! What works: the journeys that were walked to their end, and the other checks that passed.

use tidegate_core::distribution::Standing;
use tidegate_core::meta::Severity;
use tidegate_core::result::{CheckResult, Outcome};

use super::kinds::plain;
use super::writer::{Html, class};
use super::{Section, Source};
use crate::distribution::words::sentence;
use crate::distribution::{Room, beside, tidy, worst};
use crate::text::{capital, clip, count, ended};

/// The kinds whose checks do what people do.
const JOURNEYS: [&str; 3] = ["flow", "command", "events"];
/// How many of one sort are listed.
const LISTED: usize = 100;
/// Of how many routes of a check it is said how long people waited.
const WAITS: usize = 3;
/// How much of a plugin's own words is shown, in characters.
const SUMMARY: usize = 200;

pub(super) const SECTION: Section = Section {
    id: "journeys",
    title: "What was shown to work",
    shown: |_| true,
    write,
};

fn is_journey(source: &Source<'_>, result: &CheckResult) -> bool {
    let handover = source.summary.handover.as_ref();
    let told = handover.is_some_and(|handover| handover.journey(&result.id).is_some());
    told || JOURNEYS.contains(&result.kind.as_str())
}

/// Whether it passed with evidence and nothing stands against it: a finding that is accepted is still
/// true.
fn proven(result: &CheckResult) -> bool {
    let proves = plain(&result.kind).is_none_or(|plain| !plain.proves.is_empty());
    passed(result) && proves && stands(result) == 0
}

fn passed(result: &CheckResult) -> bool {
    result.outcome == Outcome::Passed && result.evaluated > 0
}

/// How many findings stand, accepted ones among them.
fn stands(result: &CheckResult) -> usize {
    let findings = result.findings.iter();
    findings
        .filter(|finding| finding.severity > Severity::Info)
        .count()
}

fn write(html: &mut Html, source: &Source<'_>) {
    let results = || source.summary.results.iter();
    let (journeys, others): (Vec<&CheckResult>, Vec<&CheckResult>) = results()
        .filter(|one| proven(one))
        .partition(|one| is_journey(source, one));
    let broken: Vec<&CheckResult> = results()
        .filter(|one| one.outcome == Outcome::Failed && is_journey(source, one))
        .collect();
    let reserved: Vec<&CheckResult> = results()
        .filter(|one| passed(one) && !proven(one))
        .collect();
    if journeys.is_empty() && others.is_empty() {
        html.leaf("p", &[], "Nothing was shown to work in this run.");
    } else {
        html.lead("Each line was tried against the running portal in this run, from its first step to its last.");
    }
    list(html, source, "Journeys proven", &journeys);
    list(html, source, "Protections proven", &others);
    named_only(html, "Journeys that did not work", &broken);
    named_only(html, "Passed, but not without findings", &reserved);
}

/// Checks that prove nothing; what they found stands elsewhere.
fn named_only(html: &mut Html, title: &'static str, results: &[&CheckResult]) {
    if results.is_empty() {
        return;
    }
    html.leaf("h3", &[], title);
    html.with("ul", &[class("proven not")], |html| {
        for result in results.iter().take(LISTED) {
            html.with("li", &[], |html| {
                html.line(&named(result.id.as_str()));
                html.space();
                let findings = count(stands(result), "finding");
                let text = format!("({}, {findings})", result.id);
                html.leaf("span", &[class("quiet")], &text);
            });
        }
        html.more(results.len(), LISTED);
    });
}

fn list(html: &mut Html, source: &Source<'_>, title: &'static str, results: &[&CheckResult]) {
    if results.is_empty() {
        return;
    }
    html.leaf("h3", &[], title);
    html.with("ul", &[class("proven")], |html| {
        for result in results.iter().take(LISTED) {
            html.with("li", &[], |html| {
                html.words(&told(source, result));
                html.space();
                let evaluated = usize::try_from(result.evaluated).unwrap_or(usize::MAX);
                let again = if result.flaky {
                    "; passed only when it was repeated"
                } else {
                    ""
                };
                let text = format!(
                    "({}, {} held{again})",
                    result.id,
                    count(evaluated, "expectation")
                );
                html.leaf("span", &[class("quiet")], &text);
                for waited in waits(result) {
                    html.leaf("p", &[class("quiet")], &waited);
                }
            });
        }
        html.more(results.len(), LISTED);
    });
}

/// How long people waited, as far as a check judged that.
fn waits(result: &CheckResult) -> Vec<String> {
    let routes = result.distributions.iter();
    let judged = routes.filter_map(|route| {
        let tidied = tidy(route, Room::default());
        let mark = worst(&tidied).filter(|mark| mark.standing != Standing::Unjudged)?;
        Some(format!(
            "{}: {}.",
            route.subject,
            sentence(mark, &tidied, beside(result))
        ))
    });
    judged.take(WAITS).collect()
}

/// What a check proves: in the gate file's words, else by its name or its kind.
fn told(source: &Source<'_>, result: &CheckResult) -> String {
    let handover = source.summary.handover.as_ref();
    if let Some(text) = handover.and_then(|handover| handover.journey(&result.id)) {
        return text.to_owned();
    }
    match plain(&result.kind) {
        Some(plain) if !JOURNEYS.contains(&result.kind.as_str()) => plain.proves.to_owned(),
        None => in_words_of_plugin(source, result),
        Some(_) => named(result.id.as_str()),
    }
}

/// What a check of a plugin proves, by its name and in the plugin's own words.
fn in_words_of_plugin(source: &Source<'_>, result: &CheckResult) -> String {
    let name = named(result.id.as_str());
    match source.codes.plugin(&result.kind) {
        Some(summary) => {
            let name = name.trim_end_matches('.');
            ended(format!("{name}: {}", clip(summary.trim(), SUMMARY)))
        }
        None => name,
    }
}

/// The id of a check as words, without the prefix of its pack.
fn named(id: &str) -> String {
    let name = id.rsplit('/').next().unwrap_or(id);
    ended(capital(&name.replace(['-', '_'], " ")))
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_check_without_words_is_told_by_its_name() {
        assert_eq!(named("portal/sign-in_again"), "Sign in again.");
    }
}
