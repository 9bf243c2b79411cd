//! Findings: the worst at length, more of them in a line each.

use tidegate_core::finding::Finding;
use tidegate_core::span::Location;

use super::View;
use super::escape::{folded, inline, labelled, preformatted};
use super::paper::Paper;
use crate::digest::Group;
use crate::terminal::explain;
use crate::text::clip;

/// How many other places of the same finding are named.
const SHOWN_PLACES: usize = 8;
/// How many bytes a line of the shorter form is taken to need.
const BRIEF: usize = 240;

/// Findings under a head.
pub(super) fn list(
    view: &View<'_>,
    paper: &mut Paper,
    head: &str,
    noun: &str,
    groups: &[Group<'_>],
) {
    if groups.is_empty() || !paper.add(&format!("\n## {head}\n")) {
        return;
    }
    let mut briefly = false;
    let mut left_out = 0;
    for (index, group) in groups.iter().enumerate() {
        let after = groups.len() - index - 1;
        let kept = (after * BRIEF).min(paper.room() / 4);
        let whole = if briefly {
            String::new()
        } else {
            at_length(view, group)
        };
        if !briefly && whole.len() + kept <= paper.room() && paper.add(&whole) {
            continue;
        }
        let gap = if briefly { "" } else { "\n" };
        briefly = true;
        if left_out > 0 || !paper.add(&format!("{gap}{}", brief(view, group))) {
            left_out += 1;
        }
    }
    paper.count(left_out, noun);
}

fn at_length(view: &View<'_>, group: &Group<'_>) -> String {
    let finding = group.finding;
    let mut text = format!(
        "\n### {}\n\n{}\n",
        inline(&finding.title),
        about(view, group)
    );
    if let Some(line) = &finding.location.text {
        text.push_str(&preformatted(&clip(line.trim(), view.evidence)));
    }
    text.push_str(&evidence(view, finding));
    text.push_str(&also(view, group));
    let info = view.codes.get(finding.code.as_str());
    if let Some(info) = info {
        text.push_str(&labelled("Why it matters", &info.impact));
    }
    text.push_str(&labelled("What to do", &finding.advice));
    if info.is_some() {
        text.push_str(&labelled("More", &format!("`{}`", explain(&finding.code))));
    }
    text
}

/// As in `create-record · flow/status · high · on a line of this change · tidegate.yaml:6`.
fn about(view: &View<'_>, group: &Group<'_>) -> String {
    let finding = group.finding;
    let mut parts = vec![
        inline(group.result.id.as_str()),
        inline(finding.code.as_str()),
        format!("**{}**", finding.severity.name()),
    ];
    if view.new.has(&group.result.id, finding) {
        parts.push("new".to_owned());
    }
    if finding.changed {
        parts.push("on a line of this change".to_owned());
    }
    if let Some(owner) = &group.result.owner {
        parts.push(format!("looked after by {}", inline(owner)));
    }
    parts.push(place(view, &finding.location));
    parts.join(" · ")
}

/// A place as people know it, with a link to the line where the repository's page is known.
pub(super) fn place(view: &View<'_>, location: &Location) -> String {
    let Some(place) = view.places.place(location) else {
        return inline(&location.to_string());
    };
    let shown = inline(&format!("{}:{}", place.path, place.line));
    match view.places.link(&place) {
        Some(address) => format!("[{shown}]({address})"),
        None => inline(&location.to_string()),
    }
}

fn brief(view: &View<'_>, group: &Group<'_>) -> String {
    let finding = group.finding;
    let times = match group.size() {
        1 => String::new(),
        size => format!(", {size} times"),
    };
    format!(
        "- {} ({}, {}, {}{times})\n",
        inline(&clip(&finding.title, 200)),
        inline(finding.code.as_str()),
        finding.severity.name(),
        place(view, &finding.location)
    )
}

/// Everything that was seen, in one block: what takes several lines stands below its label.
fn evidence(view: &View<'_>, finding: &Finding) -> String {
    let seen = finding.evidence.iter().filter(|one| !one.text.is_empty());
    let told: Vec<String> = seen
        .map(|one| {
            let text = clip(&one.text, view.evidence);
            let lines = text.trim_end().replace('\n', "\n  ");
            let between = if lines.contains('\n') { "\n  " } else { " " };
            format!("{}:{between}{lines}", one.label)
        })
        .collect();
    if told.is_empty() {
        return String::new();
    }
    folded(&told.join("\n"))
}

fn also(view: &View<'_>, group: &Group<'_>) -> String {
    if group.also.is_empty() {
        return String::new();
    }
    let shown = group
        .also
        .iter()
        .take(SHOWN_PLACES)
        .map(|(result, finding)| {
            let check = inline(result.id.as_str());
            format!("{check} ({})", place(view, &finding.location))
        });
    let mut shown: Vec<String> = shown.collect();
    if let Some(more @ 1..) = group.also.len().checked_sub(SHOWN_PLACES) {
        shown.push(format!("{more} more"));
    }
    format!("\n**The same in:** {}\n", shown.join(", "))
}
