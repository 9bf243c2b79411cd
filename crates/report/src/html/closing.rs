//! What comes next: steps, known limits, and what to look at after the deploy.

use std::collections::BTreeSet;

use jiff::civil::Date;
use tidegate_core::baseline::day;
use tidegate_core::finding::Suppression;
use tidegate_core::handover::Handover;

use super::kinds::{Plain, plain};
use super::writer::{Html, class};
use super::{Section, Source};
use crate::text::count;

/// How many points one list has.
const LISTED: usize = 50;

pub(super) const NEXT: Section = Section {
    id: "next",
    title: "Next steps and known limits",
    shown: |_| true,
    write: next,
};

pub(super) const WATCH: Section = Section {
    id: "watch",
    title: "What to watch after the deploy",
    shown: |_| true,
    write: watch,
};

fn next(html: &mut Html, source: &Source<'_>) {
    let handover = source.summary.handover.as_ref();
    let listed = |pick: fn(&Handover) -> &Vec<String>| handover.map_or(&[][..], |one| pick(one));
    let mut steps = own_steps(source);
    steps.extend(listed(|one| &one.next_steps).iter().cloned());
    html.with("div", &[class("two")], |html| {
        card(html, "Next steps", "ol", &steps, "Nothing is open.");
        let limits = listed(|one| &one.known_limits);
        let none =
            "None are written down in the gate file. That does not mean that there are none.";
        card(html, "Known limits", "ul", limits, none);
    });
}

/// What follows from the run itself.
fn own_steps(source: &Source<'_>) -> Vec<String> {
    let digest = &source.digest;
    let found = crate::digest::size(&digest.problems);
    let unproven = source
        .answers
        .iter()
        .filter(|one| one.good.is_none())
        .count();
    let mut steps = Vec::new();
    if found > 0 {
        steps.push(
            format!(
                "Mend the {} that stop the deploy, the worst first.",
                count(found, "finding")
            )
            .replace("1 finding that stop ", "1 finding that stops "),
        );
    }
    if !digest.unresolved.is_empty() {
        let checks = count(digest.unresolved.len(), "check");
        steps.push(format!(
            "Find out why {checks} came to no result, and run the gate again."
        ));
    }
    if unproven > 0 {
        steps.push(format!(
            "Prove what is not proven: {unproven} of the ten questions."
        ));
    }
    steps
}

fn card(html: &mut Html, title: &str, list: &'static str, points: &[String], none: &str) {
    html.with("div", &[class("card")], |html| {
        html.leaf("h3", &[], title);
        if points.is_empty() {
            html.leaf("p", &[class("quiet")], none);
            return;
        }
        html.with(list, &[], |html| {
            for point in points.iter().take(LISTED) {
                html.prose("li", &[], point);
            }
            html.more(points.len(), LISTED);
        });
    });
}

fn watch(html: &mut Html, source: &Source<'_>) {
    let lead = "No gate sees everything. Somebody should look at this after the deploy, and write down \
                what they saw.";
    html.lead(lead);
    let handover = source.summary.handover.as_ref();
    let own = |pick: fn(&Handover) -> &Vec<String>| handover.map_or(&[][..], |one| pick(one));
    let mut first = generic(source, |plain| plain.first_14_days);
    first.extend(ending(source, 0..=14));
    first.extend(own(|one| &one.watch.first_14_days).iter().cloned());
    let mut later = generic(source, |plain| plain.first_30_days);
    later.extend(ending(source, 15..=30));
    later.push("Run the gate against production once more, and compare the ten questions.".into());
    later.extend(own(|one| &one.watch.first_30_days).iter().cloned());
    html.with("div", &[class("two")], |html| {
        let none = "Nothing beyond what you watch anyway.";
        card(html, "In the first 14 days", "ul", &first, none);
        card(html, "In the first 30 days", "ul", &later, none);
    });
}

/// What to look at for each kind that ran.
fn generic(source: &Source<'_>, pick: fn(&Plain) -> &'static str) -> Vec<String> {
    let ran = source.summary.results.iter();
    let kinds: BTreeSet<&str> = ran
        .filter(|result| result.outcome.executed())
        .map(|result| result.kind.as_str())
        .collect();
    let known = kinds.into_iter().filter_map(plain).map(pick);
    known
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The acceptances that end so many days after the run.
fn ending(source: &Source<'_>, days: std::ops::RangeInclusive<i32>) -> BTreeSet<String> {
    let today = day(source.summary.started);
    let digest = &source.digest;
    let accepted = digest.waived.iter().chain(&digest.known);
    let ends = accepted.filter_map(|(_, finding)| {
        let (who, expires) = match &finding.suppressed {
            Some(Suppression::Waived { owner, expires, .. }) => (owner.as_str(), expires),
            Some(Suppression::Baseline { expires: Some(day) }) => ("The baseline", day),
            _ => return None,
        };
        let day: Date = expires.parse().ok()?;
        let left = (day - today).get_days();
        days.contains(&left).then(|| {
            format!(
                "{who} accepted `{}` until {expires}: from then on it counts again.",
                finding.code
            )
        })
    });
    ends.collect()
}
