//! The ten questions that whoever takes a portal over asks, answered from what a run proved.
//!
//! An answer is yes only when a check that proves it came to a result with evidence, no as soon as a
//! finding stands against it, and not proven otherwise. What no check can prove is asked in the gate
//! file.

mod table;

use tidegate_core::baseline::day;
use tidegate_core::event::Summary;
use tidegate_core::finding::{Finding, Suppression};
use tidegate_core::handover::{Age, Answer, Asked, FRESH_DAYS};
use tidegate_core::meta::{Confidence, Severity};
use tidegate_core::name::CheckId;
use tidegate_core::result::{CheckResult, Outcome};

use self::table::{QUESTIONS, Question};
use crate::slowest::{self, Slow};
use crate::text::{capital, count};
use crate::why::why;

/// How many of the slowest requests are named.
const SLOWEST: usize = 3;

/// An answer in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Proven, or answered for by a person.
    Yes,
    /// Something stands against it.
    No,
    /// Nobody knows.
    NotProven,
}

impl Reply {
    /// The answer as people read it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::NotProven => "not proven",
        }
    }
}

/// One of the ten questions with its answer. The texts may carry foreign text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Its number, from 1.
    pub number: usize,
    /// The question in plain words.
    pub question: &'static str,
    /// Why it matters, in one sentence.
    pub matters: &'static str,
    /// The answer.
    pub reply: Reply,
    /// Whether the answer is good news; nobody knows when it is not proven.
    pub good: Option<bool>,
    /// The reason in one sentence.
    pub reason: String,
    /// The checks that decide it.
    pub checks: Vec<CheckId>,
    /// What to add to the gate file so that it is proven, when it is not.
    pub add: Option<&'static str>,
    /// Who answers for it, when no check does.
    pub said_by: Option<String>,
}

/// The ten questions, answered for a run.
pub fn answers(summary: &Summary) -> Vec<Answered> {
    let numbered = QUESTIONS.iter().zip(1..);
    numbered
        .map(|(question, number)| answered(question, number, summary))
        .collect()
}

/// What is known of one question.
struct Known {
    reply: Reply,
    reason: String,
    checks: Vec<CheckId>,
    add: Option<&'static str>,
    said_by: Option<String>,
}

impl Known {
    fn new(reply: Reply, reason: String, checks: Vec<CheckId>) -> Self {
        Self {
            reply,
            reason,
            checks,
            add: None,
            said_by: None,
        }
    }

    fn unproven(reason: String, checks: Vec<CheckId>, add: &'static str) -> Self {
        Self {
            add: Some(add),
            ..Self::new(Reply::NotProven, reason, checks)
        }
    }
}

fn answered(question: &'static Question, number: usize, summary: &Summary) -> Answered {
    let known = against(question, summary)
        .or_else(|| question.slowest.then(|| slowest(question, summary)))
        .or_else(|| Some(said(question, question.asked?, summary)))
        .unwrap_or_else(|| proven(question, summary));
    let good = match known.reply {
        Reply::Yes => Some(!question.yes_is_bad),
        Reply::No => Some(question.yes_is_bad),
        Reply::NotProven => None,
    };
    Answered {
        number,
        question: question.text,
        matters: question.matters,
        reply: known.reply,
        good,
        reason: known.reason,
        checks: known.checks,
        add: known.add,
        said_by: known.said_by,
    }
}

/// What stands against a yes. A waived or known finding is as true as any other.
fn against(question: &Question, summary: &Summary) -> Option<Known> {
    let mut found: Vec<(&CheckResult, &Finding)> = summary
        .results
        .iter()
        .flat_map(|result| result.findings.iter().map(move |finding| (result, finding)))
        .filter(|(_, finding)| {
            finding.severity > Severity::Info
                && finding.confidence != Confidence::Low
                && question.denied_by(finding.code.as_str())
        })
        .collect();
    found.sort_by_key(|(_, finding)| std::cmp::Reverse((finding.counts(), finding.severity)));
    let (_, worst) = found.first()?;
    let more = match found.len() - 1 {
        0 => String::new(),
        more => format!("; and {} of this sort", count(more, "more finding")),
    };
    let weight = match &worst.suppressed {
        None => String::new(),
        Some(Suppression::Baseline { .. }) => {
            " (known before this deploy, and still true)".to_owned()
        }
        Some(Suppression::Waived { owner, expires, .. }) => {
            format!(" (accepted by {owner} until {expires}, and still true)")
        }
    };
    let reason = format!("{}{weight}{more}.", sentence(&worst.title));
    let checks = distinct(found.iter().map(|(result, _)| &result.id));
    Some(Known::new(Reply::No, reason, checks))
}

/// Whether checks that prove it came to a result, all of them.
fn proven(question: &Question, summary: &Summary) -> Known {
    let of_kind = |result: &&CheckResult| question.proven_by.contains(&result.kind.as_str());
    let proving: Vec<&CheckResult> = summary.results.iter().filter(of_kind).collect();
    if let Some((result, why)) = proving.iter().find_map(|one| Some((one, why(one)?))) {
        let reason = format!("`{}` {}: {}.", result.id, why.ending, bare(&why.text));
        return Known::unproven(reason, vec![result.id.clone()], question.add);
    }
    let good: Vec<&&CheckResult> = proving.iter().filter(|one| evidence(one)).collect();
    if !good.is_empty() {
        let expectations: u32 = good.iter().map(|one| one.evaluated).sum();
        let looks = count(usize::try_from(expectations).unwrap_or(usize::MAX), "look");
        let reason = format!("{} ({looks}, nothing found against it).", question.proof);
        return Known::new(Reply::Yes, reason, distinct(good.iter().map(|one| &one.id)));
    }
    let skipped = proving.iter().find_map(|one| match &one.outcome {
        Outcome::Skipped(reason) => Some((&one.id, reason.as_str())),
        _ => None,
    });
    let left_out = summary
        .plan
        .checks
        .iter()
        .find(|check| !check.selected && question.proven_by.contains(&check.kind.as_str()));
    match skipped.or_else(|| left_out.map(|check| (&check.id, check.reason.as_str()))) {
        Some((id, reason)) => {
            let text = format!("`{id}` did not run: {}.", bare(reason));
            Known::unproven(text, vec![id.clone()], question.add)
        }
        None => Known::unproven(
            "No check of this gate looks at it.".into(),
            Vec::new(),
            question.add,
        ),
    }
}

fn evidence(result: &CheckResult) -> bool {
    let decided = matches!(result.outcome, Outcome::Passed | Outcome::Failed);
    decided && result.evaluated > 0
}

/// The slowest requests by the 95th percentile; a yes needs each of them to be measured often enough, and to
/// be within a latency budget.
fn slowest(question: &Question, summary: &Summary) -> Known {
    let mut measured = slowest::slowest(summary);
    measured.truncate(SLOWEST);
    if measured.is_empty() {
        let reason = "No check of this run measured response times over enough requests.";
        return Known::unproven(reason.into(), Vec::new(), question.add);
    }
    let named: Vec<String> = measured.iter().map(Slow::told).collect();
    let reason = format!(
        "The slowest, as 95 of 100 requests saw them or faster: {}.",
        named.join(", ")
    );
    let checks = distinct(measured.iter().map(|slow| slow.check));
    if measured.iter().all(Slow::fast_enough) {
        Known::new(Reply::Yes, reason, checks)
    } else if measured.iter().all(Slow::judged) {
        let change = "Make the requests faster that are over their latency budgets, or give the budgets room.";
        Known::unproven(reason, checks, change)
    } else {
        Known::unproven(reason, checks, question.add)
    }
}

/// What a person answered in the gate file.
fn said(question: &Question, asked: Asked, summary: &Summary) -> Known {
    let handover = summary.handover.as_ref();
    let Some(answer) = handover.and_then(|handover| handover.answer(asked)) else {
        let reason = "No check can prove it, and nobody answered it in the gate file.";
        return Known::unproven(reason.into(), Vec::new(), question.add);
    };
    let today = day(summary.started);
    let reply = if answer.yes { Reply::Yes } else { Reply::No };
    let words = reply.words();
    let Answer {
        because, by, on, ..
    } = answer;
    let because = bare(because);
    let known = match answer.age(today) {
        Age::Fresh => Known::new(reply, format!("{}.", sentence(because)), Vec::new()),
        Age::Stale(days) => Known::unproven(
            format!(
                "{by} answered {words} {days} days ago ({because}); an answer holds for {FRESH_DAYS} days."
            ),
            Vec::new(),
            "Ask again and bring the answer in the gate file up to date.",
        ),
        Age::Ahead => Known::unproven(
            format!("{by} answered {words} on a day that has not come yet, {on}."),
            Vec::new(),
            "Correct the day of the answer in the gate file.",
        ),
    };
    Known {
        said_by: Some(format!("{by}, {on}")),
        ..known
    }
}

/// A text that begins as a sentence does and has no full stop.
fn sentence(text: &str) -> String {
    capital(bare(text))
}

fn bare(text: &str) -> &str {
    text.trim().trim_end_matches('.')
}

fn distinct<'c>(ids: impl Iterator<Item = &'c CheckId>) -> Vec<CheckId> {
    let mut kept: Vec<CheckId> = Vec::new();
    for id in ids {
        if !kept.contains(id) {
            kept.push(id.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests;
