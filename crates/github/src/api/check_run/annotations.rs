//! The findings of a run as annotations of a check run.

use serde_json::{Value, json};
use tidegate_core::event::Summary;
use tidegate_core::finding::Finding;
use tidegate_core::meta::Level;
use tidegate_core::result::CheckResult;
use tidegate_core::span::Location;
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
    let folder = summary.provenance.folder.as_deref().unwrap_or_default();
    let mut all: Vec<Annotation> = ranked
        .iter()
        .filter_map(|(result, finding)| of(folder, result, finding))
        .collect();
    if all.len() > MOST {
        let more = all.len() - (MOST - 1);
        all.truncate(MOST - 1);
        all.extend(rest(folder, &all, more));
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

fn of(folder: &str, result: &CheckResult, finding: &Finding) -> Option<Annotation> {
    let place = &finding.location;
    let path = place_in_repository(folder, &place.file)?;
    let start_line = place.line.max(1);
    let end_line = place.end_line.max(start_line);
    let advice = visible(&finding.advice, true);
    let message = format!(
        "{}\n\n{advice}\n\n{} in check {}",
        one_line(&finding.title, true),
        finding.code,
        result.id
    );
    Some(Annotation {
        path,
        start_line,
        end_line,
        columns: columns(place, start_line == end_line),
        level: level(finding),
        title: fit(&one_line(&finding.title, true), TITLE),
        message: fit(&message, MESSAGE),
    })
}

/// Columns stand only where the finding is within one line, and both or none.
fn columns(place: &Location, one_line: bool) -> Option<(usize, usize)> {
    (one_line && place.column > 0 && place.end_column >= place.column)
        .then_some((place.column, place.end_column))
}

/// The annotation that counts those that are not there.
fn rest(folder: &str, shown: &[Annotation], more: usize) -> Option<Annotation> {
    let path = shown
        .last()
        .map(|last| last.path.clone())
        .or_else(|| place_in_repository(folder, "tidegate.yaml"))?;
    Some(Annotation {
        path,
        start_line: 1,
        end_line: 1,
        columns: None,
        level: AnnotationLevel::Notice,
        title: format!("{more} more findings"),
        message: format!(
            "{more} more findings are not shown on their lines; the report of the run has all of them."
        ),
    })
}

/// The path of a file from the repository's root; nothing when it lies elsewhere.
fn place_in_repository(folder: &str, file: &str) -> Option<String> {
    let file = file.replace('\\', "/");
    if file.is_empty() || file.starts_with('/') || file.contains(':') {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(file.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_start_at_the_root_of_the_repository() {
        let place = place_in_repository;
        assert_eq!(place("", "tidegate.yaml").as_deref(), Some("tidegate.yaml"));
        assert_eq!(
            place("apps/web", "./src/a.ts").as_deref(),
            Some("apps/web/src/a.ts")
        );
        assert_eq!(
            place("apps/web", "../api/b.ts").as_deref(),
            Some("apps/api/b.ts")
        );
        assert_eq!(place("apps", "src\\a.ts").as_deref(), Some("apps/src/a.ts"));
        for elsewhere in ["/etc/passwd", "../../x", "https://x/y", "C:/x", ""] {
            assert_eq!(place("apps", elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn columns_stand_only_within_one_line() {
        let mut place = Location::line_of("a", 3);
        (place.column, place.end_column) = (2, 5);
        assert_eq!(columns(&place, true), Some((2, 5)));
        assert_eq!(columns(&place, false), None);
        place.end_column = 1;
        assert_eq!(columns(&place, true), None);
    }
}
