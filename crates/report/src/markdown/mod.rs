//! A summary in Markdown: the summary of a CI step, a comment, or a page of its own.
//!
//! All three are one text that is made to fit: the verdict first, then what is worst at length, then
//! more of it in a line each, and at last how much was left out.

mod escape;
mod finding;
mod paper;
mod questions;
mod sections;
#[cfg(test)]
mod tests;
mod waits;

use tidegate_core::event::Summary;
use tidegate_core::verdict::Verdict;

use self::escape::inline;
use self::paper::Paper;
use crate::codes::Codes;
use crate::digest::Digest;
use crate::headline::{code, headline};
use crate::places::Places;
use crate::since::{New, Since};
use crate::text::{clip, count};

/// The most bytes that GitHub takes as the summary of a step, whoever wrote them: 1 MiB.
pub const STEP_SUMMARY_LIMIT: usize = 1024 * 1024;
/// The most characters that GitHub takes as a comment.
pub const COMMENT_LIMIT: usize = 65_536;
/// The least room in which a report says anything.
const LEAST: usize = 1_024;
/// How many characters of a headline are shown.
const HEADLINE_LIMIT: usize = 400;

/// What is written, and how much of it.
struct View<'s> {
    summary: &'s Summary,
    codes: &'s Codes,
    since: Option<&'s Since>,
    /// What is new since the earlier gate.
    new: New<'s>,
    digest: Digest<'s>,
    places: Places<'s>,
    /// How many characters of one piece of evidence are shown.
    evidence: usize,
    /// Whether the tables of checks are shown.
    tables: bool,
}

/// The whole report as a page of its own, in at most 1 MiB.
pub fn render(summary: &Summary, codes: &Codes, since: Option<&Since>) -> String {
    let view = View::new(summary, codes, since, 4_000, true);
    view.within(STEP_SUMMARY_LIMIT)
}

/// The report as a part of a step's summary that holds so many bytes already; nothing when there is
/// no room left for it.
pub fn step_summary(
    summary: &Summary,
    codes: &Codes,
    since: Option<&Since>,
    taken: usize,
) -> Option<String> {
    // A line break before the text, when what stands there ends without one.
    let room = STEP_SUMMARY_LIMIT.checked_sub(taken)?.checked_sub(1)?;
    let view = View::new(summary, codes, since, 4_000, true);
    (room >= LEAST).then(|| view.within(room))
}

/// The report as a comment of at most so many bytes, which are never fewer than characters.
///
/// A marker by which the comment is found again stands before it, on a line of its own; its length
/// and the line break come off the limit.
pub fn comment(summary: &Summary, codes: &Codes, since: Option<&Since>, limit: usize) -> String {
    View::new(summary, codes, since, 1_000, false).within(limit)
}

impl<'s> View<'s> {
    fn new(
        summary: &'s Summary,
        codes: &'s Codes,
        since: Option<&'s Since>,
        evidence: usize,
        tables: bool,
    ) -> Self {
        Self {
            summary,
            codes,
            since,
            new: New::of(since),
            digest: Digest::of(summary),
            places: Places::of(summary),
            evidence,
            tables,
        }
    }

    fn within(&self, limit: usize) -> String {
        let first = self.first_line();
        if limit < LEAST.max(2 * first.len()) {
            let least = format!("{}\n", plainly(self.summary));
            return if first.len() < limit { first } else { least };
        }
        let checks = sections::checks(self, limit / 8);
        let mut paper = Paper::new(first, limit, checks.len());
        paper.add(&sections::about(self));
        paper.add(&sections::unready(self));
        finding::list(
            self,
            &mut paper,
            "Problems",
            "problem",
            &self.digest.problems,
        );
        sections::unresolved(self, &mut paper);
        finding::list(
            self,
            &mut paper,
            "Warnings",
            "warning",
            &self.digest.warnings,
        );
        sections::remarks(self, &mut paper);
        sections::changes(self, &mut paper);
        paper.add_reserved(&checks);
        questions::unanswered(self, &mut paper);
        waits::waits(self, &mut paper);
        questions::questions(self, &mut paper);
        sections::worth_knowing(self, &mut paper);
        if self.tables {
            sections::tables(self, &mut paper);
        }
        sections::skipped(self, &mut paper);
        sections::suppressed(self, &mut paper);
        paper.finish()
    }

    /// The verdict, how much ran, and whether this run stops anything.
    fn first_line(&self) -> String {
        let mark = match self.summary.judgement.verdict {
            _ if self.summary.interrupted => "❌",
            Verdict::Block => "❌",
            Verdict::Inconclusive | Verdict::AllowWithWarnings => "⚠️",
            Verdict::Allow => "✅",
        };
        let headline = inline(&clip(&headline(self.summary), HEADLINE_LIMIT));
        let ran = format!(
            "{} of {} ran.",
            self.digest.executed,
            count(self.digest.total, "check")
        );
        format!(
            "{mark} **{headline}** {ran} {}\n",
            inline(&effect(self.summary))
        )
    }
}

/// Whether the verdict stops anything here.
fn effect(summary: &Summary) -> String {
    if summary.advisory {
        return "Nothing is blocked, because the run is advisory.".to_owned();
    }
    let known = summary.provenance.consequence.as_deref();
    let consequence = known.unwrap_or("It stops what waits for this run.");
    if code(summary) != 0 {
        return consequence.to_owned();
    }
    let mut letters = consequence.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    let consequence: String = first.into_iter().chain(letters).collect();
    format!("What a block does here: {consequence}")
}

/// The verdict without any foreign text, for where nothing else fits.
fn plainly(summary: &Summary) -> &'static str {
    match summary.judgement.verdict {
        Verdict::Block => "This deploy is blocked.",
        Verdict::Inconclusive => "This deploy is stopped.",
        Verdict::Allow | Verdict::AllowWithWarnings if summary.interrupted => {
            "The run was interrupted."
        }
        Verdict::Allow | Verdict::AllowWithWarnings => "This deploy may go out.",
    }
}
