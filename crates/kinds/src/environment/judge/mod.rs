//! What is wrong in an environment, and between environments.

mod groups;
mod keys;
mod names;
mod single;

use tidegate_core::finding::Finding;
use tidegate_core::meta::{CodeInfo, Confidence, Severity};
use tidegate_core::span::Location;

use super::advice;
use super::gather::Gathered;
use super::model::{Side, Variable, fits};

pub(super) use groups::Equality;

/// A finding and the variables it is about.
#[derive(Debug)]
pub(super) struct Judged {
    /// What is wrong.
    pub(super) finding: Finding,
    /// Part of the project and name of each variable.
    pub(super) about: Vec<(String, String)>,
}

/// Everything that was judged.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    /// What is wrong, in the order it was met.
    pub(super) judged: Vec<Judged>,
    /// How many variables were judged, and how many were compared.
    pub(super) evaluated: u32,
    /// Which variables have the same value.
    pub(super) equalities: Vec<Equality>,
}

/// Judges all environments.
pub(super) struct Judge<'j> {
    gathered: &'j Gathered,
    shared: &'j [String],
    here: &'j str,
    found: Judgement,
}

impl<'j> Judge<'j> {
    /// Prepares to judge; `shared` are the patterns of what may be the same, `here` is where the
    /// gate looks.
    pub(super) fn new(gathered: &'j Gathered, shared: &'j [String], here: &'j str) -> Self {
        Self {
            gathered,
            shared,
            here,
            found: Judgement::default(),
        }
    }

    /// Judges each environment, what belongs together in it, and what several share.
    pub(super) fn judge(mut self) -> Judgement {
        let sides: &'j [Side] = &self.gathered.sides;
        for side in sides {
            for variable in &side.variables {
                self.single(side, variable);
            }
            self.together(side);
        }
        self.public_secrets();
        self.groups();
        self.names();
        self.found
    }

    fn may_be_shared(&self, name: &str) -> bool {
        self.shared.iter().any(|pattern| fits(pattern, name))
    }

    fn evaluated(&mut self, more: usize) {
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        self.found.evaluated = self.found.evaluated.saturating_add(more);
    }

    fn add(&mut self, finding: Finding, about: Vec<(String, String)>) {
        self.found.judged.push(Judged { finding, about });
    }

    /// Adds a finding about one variable of an environment.
    fn about(&mut self, code: &CodeInfo, side: &Side, variable: &Variable, says: &str) {
        let title = format!("{} of {} {says}", variable.title(), side.name);
        let mut finding = found(code, variable.place.clone(), title).subject(format!(
            "{} {} {}",
            code.code,
            side.name,
            variable.title()
        ));
        if let Some(facts) = &variable.facts {
            finding = finding.evidence("value", facts.what.clone());
        }
        self.add(guarded(finding, variable), vec![key(variable)]);
    }
}

/// A finding with the advice of its code.
pub(super) fn found(code: &CodeInfo, place: Location, title: String) -> Finding {
    Finding::new(code, place, title).advice(advice::of(code.code.as_str()))
}

/// What a file without an environment in its name sets may well be replaced where the environment
/// runs: then it is only a hint.
fn guarded(finding: Finding, variable: &Variable) -> Finding {
    if variable.inherited {
        let text =
            "this file names no environment, and no other file sets the variable for this one";
        finding.confidence(Confidence::Low).evidence("doubt", text)
    } else {
        finding
    }
}

fn key(variable: &Variable) -> (String, String) {
    (variable.scope.clone(), variable.name.clone())
}

/// High where production is concerned, low elsewhere.
fn severity_with(production: bool) -> Severity {
    if production {
        Severity::High
    } else {
        Severity::Low
    }
}
