//! The readers of reports as the fuzz target sees them.

use super::report::{Place, Scan, Tests, junit, sarif, tap};

/// What of a report is shown to people.
#[derive(Debug, Default)]
pub struct ReportTexts {
    /// Names, messages, details and faults.
    pub texts: Vec<String>,
    /// Lines and columns, from 1.
    pub places: Vec<(usize, usize)>,
}

/// Reads bytes as JUnit, as TAP and as SARIF; `None` when they are no such report.
pub const REPORTS: &[fn(&[u8]) -> Option<ReportTexts>] = &[
    |bytes| junit::read(bytes).ok().map(tests),
    |bytes| tap::read(bytes).ok().map(tests),
    |bytes| sarif::read(bytes).ok().map(scan),
];

fn tests(report: Tests) -> ReportTexts {
    let mut shown = ReportTexts::default();
    shown.texts.extend(report.flaky);
    shown.texts.extend(report.faults);
    for failure in report.failures {
        shown
            .places
            .extend(failure.places.iter().map(line_and_column));
        shown
            .texts
            .extend([failure.name, failure.message, failure.details]);
    }
    shown
}

fn scan(report: Scan) -> ReportTexts {
    let mut shown = ReportTexts::default();
    shown.texts.extend(report.failed);
    for problem in report.problems {
        shown
            .places
            .extend(problem.place.iter().map(line_and_column));
        shown
            .texts
            .extend([problem.tool, problem.rule, problem.message, problem.help]);
    }
    shown
}

fn line_and_column(place: &Place) -> (usize, usize) {
    (place.line, place.column)
}
