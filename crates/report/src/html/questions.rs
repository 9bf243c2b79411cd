//! The ten questions with their answers.

use super::writer::{Html, class};
use super::{Section, Source};
use crate::questions::{Answered, Reply};

pub(super) const SECTION: Section = Section {
    id: "questions",
    title: "Ten questions",
    shown: |_| true,
    write,
};

fn write(html: &mut Html, source: &Source<'_>) {
    html.lead("What anybody who takes a portal over should ask. “Yes” and “no” are said only where a check \
         of this run, or a person by name, stands behind them; what nobody knows is “not proven”.",
    );
    html.with("ol", &[class("card questions")], |html| {
        for answered in &source.answers {
            html.with("li", &[], |html| question(html, answered));
        }
    });
}

fn question(html: &mut Html, answered: &Answered) {
    html.leaf("span", &[class("number")], &answered.number.to_string());
    html.leaf("h3", &[class("question")], answered.question);
    let tone = match answered.good {
        Some(true) => "badge good",
        Some(false) => "badge bad",
        None => "badge doubt",
    };
    html.leaf("span", &[class(tone)], answered.reply.words());
    html.with("div", &[class("why")], |html| {
        html.prose("p", &[], &answered.reason);
        if let Some(add) = answered.add {
            html.prose("p", &[], &format!("What to do: {add}"));
        }
        html.prose("p", &[class("quiet")], answered.matters);
        if let Some(proof) = proof(answered) {
            html.prose("p", &[class("quiet")], &proof);
        }
    });
}

/// Who or what stands behind an answer.
fn proof(answered: &Answered) -> Option<String> {
    /// How many checks are named.
    const NAMED: usize = 4;
    if let Some(said_by) = &answered.said_by {
        return Some(format!("Answered by {said_by}; no check proves it."));
    }
    let checks = &answered.checks;
    if checks.is_empty() || answered.reply == Reply::NotProven {
        return None;
    }
    let mut names: Vec<String> = checks
        .iter()
        .take(NAMED)
        .map(|id| format!("`{id}`"))
        .collect();
    if let Some(more @ 1..) = checks.len().checked_sub(NAMED) {
        names.push(format!("{more} more"));
    }
    let verb = match answered.reply {
        Reply::Yes => "Proven",
        _ => "Found",
    };
    Some(format!("{verb} by {}.", names.join(", ")))
}
