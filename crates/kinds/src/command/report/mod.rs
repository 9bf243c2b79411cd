//! What a suite's report says, in one shape for every format.

pub(super) mod junit;
pub(super) mod sarif;
pub(super) mod tap;

use std::sync::LazyLock;

use regex::Regex;
use tidegate_core::meta::Severity;
use tidegate_core::ports::Secrets;

use super::output::clip;
use super::place::is_absolute;

/// The most bytes of reports that are read: 32 MiB.
pub(super) const CAPACITY: usize = 32 * 1024 * 1024;

/// How many failures keep their details; the others keep their names.
pub(super) const LISTED: usize = 50;

/// The most characters of a name or a message that are kept.
const NAME_WIDTH: usize = 300;

/// The most characters that are read of it: a secret that is cut there lies beyond what is shown.
const READ_WIDTH: usize = 1000;

/// The most bytes of a failure's text that are read.
const TEXT_CAPACITY: usize = 64 * 1024;

/// A report that was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Report {
    /// It lists tests.
    Tests(Tests),
    /// It lists what a scanner found.
    Scan(Scan),
}

/// What a test report says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Tests {
    /// How many tests passed.
    pub(super) passed: u32,
    /// How many were skipped, those that are still to be done included.
    pub(super) skipped: u32,
    /// Those that failed.
    pub(super) failures: Vec<Failure>,
    /// The names of those that passed only when repeated.
    pub(super) flaky: Vec<String>,
    /// Why the report does not tell the whole story, if it does not.
    pub(super) faults: Vec<String>,
}

impl Tests {
    /// The same without secrets. What decides was read before, so that no text that happens to be a
    /// secret hides a failure.
    pub(super) fn shown(mut self, secrets: &dyn Secrets) -> Self {
        self.failures.iter_mut().for_each(|one| one.show(secrets));
        show(secrets, self.flaky.iter_mut().chain(&mut self.faults));
        self
    }

    /// How many tests came to a result.
    pub(super) fn executed(&self) -> u32 {
        self.passed
            .saturating_add(u32::try_from(self.failures.len()).unwrap_or(u32::MAX))
    }

    /// Adds what another file of the same report says.
    pub(super) fn merge(&mut self, other: Self) {
        self.passed = self.passed.saturating_add(other.passed);
        self.skipped = self.skipped.saturating_add(other.skipped);
        self.failures.extend(other.failures);
        self.flaky.extend(other.flaky);
        self.faults.extend(other.faults);
    }

    /// Adds a failure; its details are kept while there is room.
    fn fail(&mut self, failure: Failure) {
        let room = self.failures.len() < LISTED;
        self.failures.push(if room {
            failure
        } else {
            failure.without_details()
        });
    }
}

/// A test that failed.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Failure {
    /// Its name with those of its suites.
    pub(super) name: String,
    /// What was wrong, in one line; may be empty.
    pub(super) message: String,
    /// What the suite printed about it.
    pub(super) details: String,
    /// The file it is declared in, as far as the report says.
    pub(super) file: Option<String>,
    /// Every place the report names, the most telling first.
    pub(super) places: Vec<Place>,
}

impl Failure {
    fn show(&mut self, secrets: &dyn Secrets) {
        show(secrets, [&mut self.name, &mut self.message]);
        // The line that was cut may end with a part of a secret.
        if self.details.len() + char::MAX.len_utf8() > TEXT_CAPACITY
            && let Some(end) = self.details.rfind('\n')
        {
            self.details.truncate(end);
        }
        self.details = secrets.redact(&self.details);
    }

    fn without_details(self) -> Self {
        Self {
            name: self.name,
            message: self.message,
            ..Self::default()
        }
    }
}

/// A place as a report names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// A path, absolute or relative to a folder the report does not name.
    pub(super) file: String,
    /// The line, from 1.
    pub(super) line: usize,
    /// The column, from 1.
    pub(super) column: usize,
}

impl Place {
    /// Whether the path starts at a root, in Windows' way of writing as well.
    pub(super) fn is_absolute(&self) -> bool {
        is_absolute(&self.file)
    }
}

/// What a scanner's report says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Scan {
    /// How many runs of the scanner it describes.
    pub(super) runs: u32,
    /// What was found and counts.
    pub(super) problems: Vec<Problem>,
    /// How much was found that somebody suppressed.
    pub(super) suppressed: u32,
    /// Why the scanner did not do its work, if it did not.
    pub(super) failed: Vec<String>,
}

impl Scan {
    /// The same without secrets.
    pub(super) fn shown(mut self, secrets: &dyn Secrets) -> Self {
        for one in &mut self.problems {
            show(
                secrets,
                [
                    &mut one.tool,
                    &mut one.rule,
                    &mut one.message,
                    &mut one.help,
                ],
            );
        }
        show(secrets, &mut self.failed);
        self
    }

    /// Adds what another file of the same report says.
    pub(super) fn merge(&mut self, other: Self) {
        self.runs = self.runs.saturating_add(other.runs);
        self.problems.extend(other.problems);
        self.suppressed = self.suppressed.saturating_add(other.suppressed);
        self.failed.extend(other.failed);
    }
}

/// Something a scanner found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Problem {
    /// The scanner.
    pub(super) tool: String,
    /// The rule that was broken; may be empty.
    pub(super) rule: String,
    /// What is wrong.
    pub(super) message: String,
    /// What the rule says to do; may be empty.
    pub(super) help: String,
    /// How bad it is.
    pub(super) severity: Severity,
    /// Where it is.
    pub(super) place: Option<Place>,
    /// What the scanner knows it by in the next run; may be empty.
    pub(super) identity: String,
}

/// A report that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ReportFault {
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It cannot be read as what it should be.
    #[error("{0}")]
    Broken(String),
}

/// Takes the secrets out of names and messages, and shortens them only then.
fn show<'t>(secrets: &dyn Secrets, texts: impl IntoIterator<Item = &'t mut String>) {
    for text in texts {
        *text = clip(&secrets.redact(text), NAME_WIDTH);
    }
}

/// The first line of a text, not too long for a title.
fn headline(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    clip(line.unwrap_or_default(), READ_WIDTH)
}

/// Adds to a text up to the bytes that are read of it.
fn push_bounded(text: &mut String, more: &str) {
    let room = TEXT_CAPACITY.saturating_sub(text.len());
    text.push_str(
        more.get(..more.floor_char_boundary(room))
            .unwrap_or_default(),
    );
}

/// The places a stack trace or a message names, in its order.
///
/// Understands `path:line`, `path:line:column`, `path(line,column)` Python's `File "path", line n` and
/// Perl's `at path line n.`
fn places_in(text: &str) -> Vec<Place> {
    /// More places than this make no finding clearer.
    const MOST: usize = 40;
    static SHAPE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(concat!(
            r#"File "(?<python>[^"\n]+)", line (?<python_line>\d+)"#,
            r"|at (?<perl>\S+) line (?<perl_line>\d+)\.",
            r#"|(?<path>(?:file://)?(?:[A-Za-z]:)?[^\s:()'"<>|,]+\.[A-Za-z][A-Za-z0-9]{0,9})"#,
            r"(?::(?<line>\d+)(?::(?<column>\d+))?|\((?<line_in_brackets>\d+),(?<column_in_brackets>\d+)\))",
        ))
        .ok()
    });
    let Some(shape) = SHAPE.as_ref() else {
        return Vec::new();
    };
    let places = shape.captures_iter(text).filter_map(|found| {
        let number = |names: &[&str]| {
            let digits = names.iter().find_map(|name| found.name(name))?;
            digits.as_str().parse::<usize>().ok()
        };
        let file = ["python", "perl", "path"]
            .into_iter()
            .find_map(|name| found.name(name))?;
        Some(Place {
            file: file.as_str().to_owned(),
            line: number(&["python_line", "perl_line", "line", "line_in_brackets"])
                .filter(|line| *line > 0)?,
            column: number(&["column", "column_in_brackets"])
                .unwrap_or(1)
                .max(1),
        })
    });
    places.take(MOST).collect()
}

#[cfg(test)]
mod tests;
