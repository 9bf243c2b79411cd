//! Names that an example file lists, and names it does not.

use std::collections::BTreeSet;

use tidegate_core::finding::Finding;

use super::super::codes;
use super::super::gather::{Expected, Gathered, PROCESS};
use super::super::model::{Side, titled};
use super::{Judge, found, key};

/// The most missing or extra names that become findings of their own.
const NAME_LIMIT: usize = 50;

impl<'j> Judge<'j> {
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
            .map(|variable| variable.scope.as_str())
            .collect();
        let expected = self.expected(&own);
        if !own.is_empty() && !expected.is_empty() {
            self.missing(side, &expected);
            self.extra(side, &expected);
        }
    }

    /// The names of the example files beside the variables; those of the only one wherever it is.
    fn expected(&self, own: &BTreeSet<&str>) -> Vec<&'j Expected> {
        let gathered: &'j Gathered = self.gathered;
        let folders: BTreeSet<&str> = gathered
            .expected
            .iter()
            .map(|one| one.scope.as_str())
            .collect();
        let counts = |expected: &&Expected| {
            folders.len() == 1 || expected.scope.is_empty() || own.contains(expected.scope.as_str())
        };
        gathered.expected.iter().filter(counts).collect()
    }

    fn missing(&mut self, side: &Side, expected: &[&Expected]) {
        self.evaluated(expected.len());
        let set = side.variables.iter().filter(|variable| variable.is_set());
        let set: BTreeSet<&str> = set.map(|variable| variable.name.as_str()).collect();
        let missing: Vec<&Expected> = expected
            .iter()
            .copied()
            .filter(|expected| !set.contains(expected.name.as_str()))
            .collect();
        for expected in missing.iter().take(NAME_LIMIT) {
            let name = titled(&expected.scope, &expected.name);
            let title = format!("{name} is not set in {}", side.name);
            let finding = found(&codes::MISSING_KEY, expected.place.clone(), title);
            let about = vec![(expected.scope.clone(), expected.name.clone())];
            self.add(rest(finding, missing.len()), about);
        }
    }

    fn extra(&mut self, side: &Side, expected: &[&Expected]) {
        let folders = expected.iter().map(|expected| expected.scope.as_str());
        let folders: BTreeSet<&str> = folders.collect();
        let listed = expected.iter().map(|expected| expected.name.as_str());
        let listed: BTreeSet<&str> = listed.collect();
        let extra: Vec<_> = side
            .variables
            .iter()
            .filter(|variable| variable.place.file != PROCESS)
            .filter(|variable| {
                folders.contains(variable.scope.as_str())
                    && !listed.contains(variable.name.as_str())
            })
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
