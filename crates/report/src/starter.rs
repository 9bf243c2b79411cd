//! What a run of the starter set cannot say, because there is no gate file.

use tidegate_core::event::Summary;
use tidegate_core::place::is_starter_set;

use crate::questions::{Answered, Reply, answers};

/// What a run of the starter set leaves open.
pub(crate) struct Open {
    /// What it is about, as a heading.
    pub(crate) title: String,
    /// The questions that it could not answer.
    pub(crate) questions: Vec<Answered>,
}

/// How more is answered.
pub(crate) const NEXT: &str = "There is no gate file here, so the starter set of checks ran. `tidegate init` writes a gate \
    file to begin with: these checks, and places for the logins that others need.";

/// What a run leaves open; nothing when a gate file says what is looked at.
pub(crate) fn open(summary: &Summary) -> Option<Open> {
    if !is_starter_set(&summary.plan.file) {
        return None;
    }
    let all = answers(summary);
    let number = all.len();
    let unanswered = |one: &Answered| one.reply == Reply::NotProven;
    let questions: Vec<Answered> = all.into_iter().filter(unanswered).collect();
    Some(Open {
        title: format!(
            "Not answered: {} of the {number} questions of a handover",
            questions.len()
        ),
        questions,
    })
}

/// A question with what would answer it, in one line; where a check is there for it, with what kept that
/// from answering.
pub(crate) fn line(answered: &Answered) -> String {
    if !answered.checks.is_empty() {
        return format!("{} {}", answered.question, answered.reason);
    }
    format!(
        "{} {}",
        answered.question,
        answered.add.unwrap_or(&answered.reason)
    )
}

#[cfg(test)]
mod tests {
    use tidegate_core::place::STARTER_SET;

    use crate::markdown::{COMMENT_LIMIT, comment, render, step_summary};
    use crate::samples;
    use crate::style::Style;
    use crate::terminal::summary_text;

    #[test]
    fn every_report_for_people_says_what_the_set_left_open_and_what_would_answer_it() {
        let codes = samples::codes();
        let mut summary = samples::allowed();
        let told = |summary: &_| {
            [
                summary_text(summary, &codes, None, &Style::PLAIN),
                render(summary, &codes, None),
                step_summary(summary, &codes, None, 0).unwrap_or_default(),
                comment(summary, &codes, None, COMMENT_LIMIT),
            ]
        };
        for text in told(&summary) {
            assert!(!text.contains("Not answered"), "{text}");
        }
        summary.plan.file = STARTER_SET.to_owned();
        for text in told(&summary) {
            let words: Vec<&str> = text.split_whitespace().collect();
            let text = words.join(" ");
            assert!(text.contains("Not answered: "), "{text}");
            assert!(text.contains("Add a check of the kind"), "{text}");
            assert!(text.contains("tidegate init"), "{text}");
        }
    }
}
