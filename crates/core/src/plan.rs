//! What a run will do and why, decided before anything is sent.

use std::time::Duration;

use crate::check::Forecast;
use crate::name::CheckId;
use crate::span::Location;

/// What a run will do and why; the same inputs give the same plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The portal's name.
    pub gate: String,
    /// The gate file's path as it was given, with forward slashes: the name that findings have for it.
    pub file: String,
    /// The environment's name.
    pub environment: String,
    /// Where the run looks.
    pub url: String,
    /// Every check of the gate file in the order it would run.
    pub checks: Vec<PlannedCheck>,
    /// The observers that are switched on, by name.
    pub observers: Vec<String>,
    /// What a reader should know, such as a missing record of recent failures.
    pub notes: Vec<String>,
    /// How long the whole run may take.
    pub run_budget: Duration,
    /// The seed of everything random.
    pub seed: u64,
}

/// A check of the gate file, in or out.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedCheck {
    /// Its id.
    pub id: CheckId,
    /// The name of its kind.
    pub kind: String,
    /// Whether it is in.
    pub selected: bool,
    /// Why it is in or out, in a plain phrase.
    pub reason: String,
    /// Whether it is out because the change is not trusted.
    pub untrusted: bool,
    /// What it would do.
    pub forecast: Forecast,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// The checks that must pass before it.
    pub needs: Vec<CheckId>,
    /// Its key in the gate file.
    pub location: Location,
}

impl Plan {
    /// The checks that are in.
    pub fn selected(&self) -> impl Iterator<Item = &PlannedCheck> {
        self.checks.iter().filter(|check| check.selected)
    }
}
