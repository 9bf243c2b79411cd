//! What is told, and how much of it.

use std::collections::BTreeMap;

use tidegate_plugin_sdk::prelude::*;

use crate::config::Config;
use crate::number::Number;

/// How many findings with the same code are told one by one.
const ONE_BY_ONE: u32 = 20;

/// Collects what was evaluated and found.
pub(crate) struct Report {
    outcome: Outcome,
    told: BTreeMap<&'static str, u32>,
    tolerance: Number,
}

impl Report {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            outcome: Outcome::new(),
            told: BTreeMap::new(),
            tolerance: Number::smallest(config.tolerance, config.places()),
        }
    }

    /// Evaluates an expectation about a thing that has a name.
    pub(crate) fn check(
        &mut self,
        code: &Code,
        subject: &str,
        holds: bool,
        otherwise: impl FnOnce(&Code) -> Finding,
    ) {
        self.outcome.evaluated = self.outcome.evaluated.saturating_add(1);
        if holds {
            return;
        }
        let told = self.told.entry(code.slug).or_default();
        *told += 1;
        if *told <= ONE_BY_ONE {
            let finding = otherwise(code).subject(subject);
            self.outcome.findings.push(finding);
        }
    }

    /// Evaluates that an amount is what it should be.
    pub(crate) fn equal(
        &mut self,
        code: &Code,
        subject: &str,
        what: &str,
        (expected, actual): (Number, Number),
        how: &str,
    ) {
        let holds = actual.is_near(expected, self.tolerance);
        self.check(code, subject, holds, |code| {
            code.finding(format!(
                "{what} of {subject} is {actual} instead of {expected}"
            ))
            .evidence("expected", format!("{expected}: {how}"))
            .evidence("actual", actual)
        });
    }

    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.outcome.note(text);
    }

    pub(crate) fn outcome(mut self) -> Outcome {
        for (slug, told) in self.told {
            if told > ONE_BY_ONE {
                let more = told - ONE_BY_ONE;
                self.outcome
                    .note(format!("{slug}: {more} more are not told one by one"));
            }
        }
        self.outcome
    }
}
