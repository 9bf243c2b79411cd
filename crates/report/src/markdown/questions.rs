//! The ten questions in a table that is folded.

use super::View;
use super::escape::{code, inline, labelled};
use super::paper::Paper;
use crate::questions::{Answered, Reply, answers};
use crate::starter;
use crate::text::clip;

/// How many characters of a reason are shown.
const REASON_LIMIT: usize = 200;

/// How many characters of a question and what would answer it are shown.
const LINE_LIMIT: usize = 400;

/// The ten questions with their answers, and how many are answered how.
pub(super) fn questions(view: &View<'_>, paper: &mut Paper) {
    let answers = answers(view.summary);
    let all = |reply: Reply| answers.iter().filter(|one| one.reply == reply).count();
    let replies = [Reply::Yes, Reply::No, Reply::NotProven];
    let counted = replies.map(|reply| format!("{} {}", all(reply), reply.words()));
    let rows: String = answers.iter().map(row).collect();
    paper.add(&format!(
        "\n<details>\n<summary>Ten questions: {}</summary>\n\n| Question | Answer | Why |\n|---|---|---|\n{rows}\n</details>\n",
        counted.join(", ")
    ));
}

/// What the starter set could not answer, and what would.
pub(super) fn unanswered(view: &View<'_>, paper: &mut Paper) {
    let Some(open) = starter::open(view.summary) else {
        return;
    };
    let lines = open.questions.iter().map(|answered| {
        let text = inline(&clip(&starter::line(answered), LINE_LIMIT));
        format!("- Question {}: {}\n", answered.number, code(&text))
    });
    let head = format!("\n## {}\n\n", inline(&open.title));
    paper.add_all(&head, lines, "question");
    paper.add(&labelled("What to do", starter::NEXT));
}

fn row(answered: &Answered) -> String {
    let said = answered.said_by.as_deref();
    let said = said.map_or_else(String::new, |by| format!(" ({by})"));
    format!(
        "| {} | {} | {} |\n",
        inline(answered.question),
        answered.reply.words(),
        inline(&clip(&format!("{}{said}", answered.reason), REASON_LIMIT))
    )
}
