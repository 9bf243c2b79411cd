//! What a test report amounts to.

use tidegate_core::check::{CheckReport, Doubt, Inconclusive, Unit};
use tidegate_core::finding::Finding;
use tidegate_core::ports::Completed;
use tidegate_core::span::Location;

use super::{Judge, MESSAGE_WIDTH, listed, metric};
use crate::command::codes::{BROKEN_REPORT, FAILED_TEST, FLAKY_TEST, SKIPPED_TEST, TOO_FEW_TESTS};
use crate::command::output::{clip, excerpt};
use crate::command::place::placed;
use crate::command::report::{Failure, LISTED, Tests};

impl Judge<'_> {
    /// Judges a report that lists tests.
    pub(super) fn tests(&self, tests: &Tests, ended: &Completed) -> CheckReport {
        let mut findings = self.failures(&tests.failures);
        findings.extend(self.incomplete(&tests.faults));
        if findings.is_empty() && !self.succeeded(ended) {
            let finding = self.failed_exit(ended);
            findings.push(finding.evidence("report", "it lists no failure"));
        }
        let executed = tests.executed();
        let idle = (executed == 0 && findings.is_empty()).then(|| self.idle(tests));
        if executed > 0 && executed < self.config.min_tests {
            findings.push(self.too_few(executed));
        }
        if tests.skipped > 0 && !self.config.allow_skipped {
            findings.push(self.skipped(tests.skipped));
        }
        findings.extend(self.flaky(&tests.flaky));
        CheckReport {
            findings,
            metrics: vec![
                metric("tests", Unit::Count, executed.into()),
                metric("skipped", Unit::Count, tests.skipped.into()),
            ],
            evaluated: executed,
            inconclusive: idle,
            notes: vec![self.tally(tests)],
            ..CheckReport::default()
        }
    }

    fn tally(&self, tests: &Tests) -> String {
        format!(
            "`{}`: {} passed, {} failed, {} skipped",
            self.config.title(),
            tests.passed,
            tests.failures.len(),
            tests.skipped
        )
    }

    /// A suite in which nothing ran is no evidence.
    fn idle(&self, tests: &Tests) -> Inconclusive {
        let command = self.config.title();
        Inconclusive {
            reason: Doubt::NoEvidence,
            text: match tests.skipped {
                0 => format!("`{command}` ran no test"),
                1 => format!("`{command}` skipped its only test"),
                all => format!("`{command}` skipped all its {all} tests"),
            },
        }
    }

    fn too_few(&self, executed: u32) -> Finding {
        let title = format!(
            "`{}` ran {}, and at least {} are asked for",
            self.config.title(),
            tests(executed),
            self.config.min_tests
        );
        self.finding(&TOO_FEW_TESTS, title).advice(
            "Look for a filter, a focused test or a folder that is no longer found. Lower `min-tests:` only if tests were removed on purpose.",
        )
    }

    fn skipped(&self, skipped: u32) -> Finding {
        let title = format!("`{}` skipped {}", self.config.title(), tests(skipped));
        self.finding(&SKIPPED_TEST, title)
            .advice("Bring the tests back, or allow it with `allow-skipped: true`.")
    }

    fn flaky(&self, names: &[String]) -> Option<Finding> {
        let first = names.first()?;
        let title = match names.len() {
            1 => format!("the test `{first}` passed only when it was repeated"),
            count => format!("{count} tests passed only when they were repeated"),
        };
        let finding = self.finding(&FLAKY_TEST, title).advice(
            "Find out what it depends on: time, order, or a portal that is not always well.",
        );
        Some(finding.evidence("tests", listed(names.iter().map(String::as_str))))
    }

    fn incomplete(&self, faults: &[String]) -> Option<Finding> {
        let first = faults.first()?;
        let title = format!(
            "the report of `{}` is incomplete: {first}",
            self.config.title()
        );
        let finding = self
            .finding(&BROKEN_REPORT, title)
            .advice("Read the output of the suite for what stopped it, and run it again.");
        Some(finding.evidence("report", listed(faults.iter().map(String::as_str))))
    }

    fn failures(&self, failures: &[Failure]) -> Vec<Finding> {
        let mut places = self.places();
        let shown = failures.iter().take(LISTED);
        let mut findings: Vec<Finding> = shown
            .map(|failure| self.failed_test(failure, places.of_failure(failure)))
            .collect();
        let rest = failures.get(LISTED..).unwrap_or_default();
        if !rest.is_empty() {
            let title = format!(
                "{} more tests of `{}` failed",
                rest.len(),
                self.config.title()
            );
            let names = listed(rest.iter().map(|failure| failure.name.as_str()));
            findings.push(
                self.finding(&FAILED_TEST, title)
                    .advice("Mend the first ones: the others often have the same cause.")
                    .evidence("tests", names),
            );
        }
        findings
    }

    fn failed_test(&self, failure: &Failure, place: Option<Location>) -> Finding {
        let title = match clip(&failure.message, MESSAGE_WIDTH) {
            message if message.is_empty() => format!("the test `{}` failed", failure.name),
            message => format!("the test `{}` failed: {message}", failure.name),
        };
        let finding = placed(place, &self.gate, |place| {
            Finding::new(&FAILED_TEST, place, title)
        });
        let finding = finding.subject(failure.name.clone()).advice(format!(
            "Run `{}` on your machine to see it fail, then mend the portal or the test.",
            self.config.title()
        ));
        if failure.details.trim().is_empty() {
            finding
        } else {
            finding.evidence("failure", excerpt(&failure.details))
        }
    }
}

/// A number of tests in words.
fn tests(count: u32) -> String {
    match count {
        1 => "1 test".into(),
        count => format!("{count} tests"),
    }
}
