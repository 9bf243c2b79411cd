//! Names that an example file lists, and names it does not.

use std::collections::BTreeSet;

use tidegate_core::finding::Finding;

use super::super::codes;
use super::super::gather::{Expected, PROCESS};
use super::super::model::{Side, titled};
use super::{Judge, found, key};

/// The most missing or extra names that become findings of their own.
const NAME_LIMIT: usize = 50;

impl Judge<'_> {
    /// Holds the environment that the gate looks at against the example files.
    pub(super) fn names(&mut self) {
        let Some(side) = self
            .gathered
            .sides
            .iter()
            .find(|side| side.name == self.here)
        else {
            return;
        };
        let own: BTreeSet<&str> = side
            .variables
            .iter()
            .filter(|variable| !variable.inherited)
            .map(|variable| variable.name.as_str())
            .collect();
        if own.is_empty() || self.gathered.expected.is_empty() {
            return;
        }
        self.missing(side);
        self.extra(side);
    }

    fn missing(&mut self, side: &Side) {
        let expected: &[Expected] = &self.gathered.expected;
        self.evaluated(expected.len());
        let is_set = |expected: &&Expected| {
            let mut same = side
                .variables
                .iter()
                .filter(|one| one.name == expected.name);
            same.any(|variable| variable.is_set())
        };
        let missing: Vec<&Expected> = expected.iter().filter(|one| !is_set(one)).collect();
        for expected in missing.iter().take(NAME_LIMIT) {
            let name = titled(&expected.scope, &expected.name);
            let title = format!("{name} is not set in {}", side.name);
            let finding = found(&codes::MISSING_KEY, expected.place.clone(), title);
            let about = vec![(expected.scope.clone(), expected.name.clone())];
            self.add(rest(finding, missing.len()), about);
        }
    }

    fn extra(&mut self, side: &Side) {
        let folders: BTreeSet<&str> = self
            .gathered
            .expected
            .iter()
            .map(|expected| expected.scope.as_str())
            .collect();
        let listed = |name: &str| self.gathered.expected.iter().any(|one| one.name == name);
        let extra: Vec<_> = side
            .variables
            .iter()
            .filter(|variable| variable.place.file != PROCESS)
            .filter(|variable| folders.contains(variable.scope.as_str()) && !listed(&variable.name))
            .collect();
        for variable in extra.iter().take(NAME_LIMIT) {
            let title = format!(
                "{} is set in {} and no example file lists it",
                variable.title(),
                side.name
            );
            let finding = found(&codes::EXTRA_KEY, variable.place.clone(), title);
            self.add(rest(finding, extra.len()), vec![key(variable)]);
        }
    }
}

/// Says how many there are when not all become findings.
fn rest(finding: Finding, all: usize) -> Finding {
    if all > NAME_LIMIT {
        finding.evidence(
            "in all",
            format!("{all}, of which the first {NAME_LIMIT} are listed"),
        )
    } else {
        finding
    }
}
