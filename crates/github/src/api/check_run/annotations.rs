//! The findings of a run as annotations of a check run.

use serde_json::{Value, json};
use tidegate_core::event::Summary;
use tidegate_core::finding::Finding;
use tidegate_core::meta::Level;
use tidegate_core::result::CheckResult;
use tidegate_report::Places;
use tidegate_report::text::{one_line, visible};

use crate::api::limits::{MESSAGE, TITLE, fit};

/// How many annotations a check run gets. Each page of fifty is a write, and GitHub takes eighty
/// writes a minute and five hundred an hour from everything in a repository.
const MOST: usize = 500;

/// How loud an annotation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnnotationLevel {
    /// The finding stops the deploy.
    Failure,
    /// The finding wants a look.
    Warning,
    /// The finding is told.
    Notice,
}

impl AnnotationLevel {
    /// GitHub's word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Failure => "failure",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// A finding on its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// The file, from the root of the repository.
    pub path: String,
    /// The first line, from 1.
    pub start_line: usize,
    /// The last line.
    pub end_line: usize,
    /// The first and the last column, from 1, when the finding is within one line.
    pub columns: Option<(usize, usize)>,
    /// How loud it is.
    pub level: AnnotationLevel,
    /// What is wrong.
    pub title: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl Annotation {
    /// As GitHub takes it.
    pub fn json(&self) -> Value {
        let mut annotation = json!({
            "path": self.path,
            "start_line": self.start_line,
            "end_line": self.end_line,
            "annotation_level": self.level.name(),
            "title": self.title,
            "message": self.message,
        });
        if let Some((start, end)) = self.columns {
            annotation["start_column"] = json!(start);
            annotation["end_column"] = json!(end);
        }
        annotation
    }
}

/// Every finding that counts, worst first and among equals those on changed lines first; the last
/// annotation says how many more there are when there are too many.
pub fn annotations(summary: &Summary) -> Vec<Annotation> {
    let mut ranked: Vec<(&CheckResult, &Finding)> = summary
        .results
        .iter()
        .flat_map(|result| result.findings.iter().map(move |finding| (result, finding)))
        .filter(|(_, finding)| finding.counts())
        .collect();
    ranked.sort_by_key(|(_, finding)| {
        let worst = std::cmp::Reverse(finding.severity);
        (level(finding), worst, !finding.changed)
    });
    let places = Places::of(summary);
    let shown = if ranked.len() > MOST { MOST - 1 } else { MOST };
    let mut all: Vec<Annotation> = ranked
        .iter()
        .take(shown)
        .map(|(result, finding)| of(places, result, finding))
        .collect();
    if ranked.len() > all.len() {
        all.push(rest(places, ranked.len() - all.len()));
    }
    all
}

fn level(finding: &Finding) -> AnnotationLevel {
    match finding.level {
        Level::Deny => AnnotationLevel::Failure,
        Level::Warn => AnnotationLevel::Warning,
        Level::Allow => AnnotationLevel::Notice,
    }
}

fn of(places: Places<'_>, result: &CheckResult, finding: &Finding) -> Annotation {
    let place = places.of_finding(result, finding);
    let advice = visible(&finding.advice, true);
    let message = format!(
        "{}\n\n{advice}\n\n{} in check {}",
        one_line(&finding.title, true),
        finding.code,
        result.id
    );
    Annotation {
        path: place.path,
        start_line: place.line,
        end_line: place.end_line,
        // Ours end just past the last character, GitHub's on it.
        columns: place
            .columns
            .map(|(start, end)| (start, (end - 1).max(start))),
        level: level(finding),
        title: fit(&one_line(&finding.title, true), TITLE),
        message: fit(&message, MESSAGE),
    }
}

/// The annotation that counts those that are not there.
fn rest(places: Places<'_>, more: usize) -> Annotation {
    Annotation {
        path: places.gate().path,
        start_line: 1,
        end_line: 1,
        columns: None,
        level: AnnotationLevel::Notice,
        title: format!("{more} more findings"),
        message: format!(
            "{more} more findings are not shown on their lines; the report of the run has all of them."
        ),
    }
}
