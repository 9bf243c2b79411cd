//! Which checks run, and why: decided before anything is sent.

mod changes;
mod choose;
mod names;
#[cfg(test)]
mod tests;
pub(crate) mod trust;

use std::collections::BTreeSet;
use std::time::Duration;

use tidegate_core::check::Forecast;
use tidegate_core::gate::{Entry, Gate};
use tidegate_core::name::CheckId;
use tidegate_core::plan::{Plan, PlannedCheck};
use tidegate_core::ports::State as _;

pub use self::changes::below;
use crate::error::SelectError;
use crate::setup::Setup;
use crate::state::FolderState;
use crate::summary::{FAILURES, failures};

/// How long a run may take when neither the gate file nor the caller says so.
const DEFAULT_RUN_BUDGET: Duration = Duration::from_secs(600);

/// The bounds of an attempt's length when the gate file sets none.
const TIMEOUTS: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(30)..=Duration::from_secs(600);

/// Decides what a run would do and why.
///
/// Reads the recent failures and, with `changed_since`, the repository; sends nothing and needs no
/// secret. The same inputs give the same plan. The seed is 0 unless the options have one: a run
/// draws its own.
///
/// # Errors
/// When an option names a check that is not there, or the repository cannot say what changed.
pub fn plan(setup: &Setup) -> Result<Plan, SelectError> {
    let gate = &setup.gate;
    let options = &setup.options;
    let mut notes = options.notes.clone();
    notes.extend(setup.weakened.notes.iter().cloned());
    notes.extend(gate.notes.iter().cloned());
    let forecasts: Vec<Forecast> = gate
        .checks
        .iter()
        .map(|entry| entry.check.forecast())
        .collect();
    let inputs = choose::Inputs {
        gate,
        forecasts: &forecasts,
        only: names::named(gate, &options.only)?,
        skip: names::named(gate, &options.skip)?.unwrap_or_default(),
        all: options.all,
        changed: changes::changed(setup, &mut notes)?,
        failed: recent_failures(setup, &mut notes),
        added: &setup.weakened.added,
        untrusted: trust::left_out(setup, &forecasts),
        pending: options.provenance.pending.as_deref(),
    };
    let choices = choose::choose(&inputs)?;
    if inputs.failed.is_none() && choices.iter().any(|choice| !choice.selected) {
        notes.push("there is no record of recent failures yet, so none were preferred".into());
    }
    let run_budget = options
        .run_budget
        .or(gate.run_budget)
        .unwrap_or(DEFAULT_RUN_BUDGET);
    let order = in_order(gate, &forecasts);
    let mut planned: Vec<Option<PlannedCheck>> = gate
        .checks
        .iter()
        .zip(forecasts)
        .zip(choices)
        .map(|((entry, forecast), choice)| Some(planned(entry, forecast, choice, run_budget)))
        .collect();
    Ok(Plan {
        gate: gate.name.clone(),
        file: gate.file.to_string_lossy().replace('\\', "/"),
        environment: gate.environment.name.clone(),
        url: gate.environment.url.value.clone(),
        checks: order
            .into_iter()
            .filter_map(|index| planned[index].take())
            .collect(),
        observers: gate
            .observers
            .iter()
            .map(|observer| observer.kind.meta().name.to_string())
            .collect(),
        notes,
        run_budget,
        seed: options.seed.unwrap_or(0),
    })
}

/// The checks that did not pass the last time they ran; `None` when there is no record.
fn recent_failures(setup: &Setup, notes: &mut Vec<String>) -> Option<BTreeSet<CheckId>> {
    // The folder stands in the checkout, so that a change may bring a record that suits it.
    if setup.options.provenance.untrusted.is_some() {
        return None;
    }
    let state = FolderState::new(&setup.state);
    match state.read(FAILURES) {
        Ok(Some(content)) => {
            let failed = failures(&content);
            if failed.is_none() {
                notes.push("the record of recent failures is damaged and was left out".into());
            }
            Some(failed.unwrap_or_default())
        }
        Ok(None) => None,
        Err(error) => {
            notes.push(error.to_string());
            Some(BTreeSet::new())
        }
    }
}

fn planned(
    entry: &Entry,
    forecast: Forecast,
    choice: choose::Choice,
    run_budget: Duration,
) -> PlannedCheck {
    let bounded = forecast.worst.clamp(*TIMEOUTS.start(), *TIMEOUTS.end());
    PlannedCheck {
        id: entry.id.clone(),
        kind: entry.kind.meta().name.to_string(),
        selected: choice.selected,
        reason: choice.reason,
        untrusted: choice.untrusted,
        forecast,
        timeout: entry.common.timeout.unwrap_or(bounded).min(run_budget),
        needs: entry
            .common
            .needs
            .iter()
            .map(|need| need.value.clone())
            .collect(),
        location: entry.span.location(),
    }
}

/// The indices of the checks in the order of the file, each after those it needs, and after all others what comes
/// last.
fn in_order(gate: &Gate, forecasts: &[Forecast]) -> Vec<usize> {
    fn visit(gate: &Gate, index: usize, seen: &mut [bool], order: &mut Vec<usize>) {
        if std::mem::replace(&mut seen[index], true) {
            return;
        }
        for need in needs_of(gate, index) {
            visit(gate, need, seen, order);
        }
        order.push(index);
    }
    let mut seen = vec![false; gate.checks.len()];
    let mut order = Vec::with_capacity(gate.checks.len());
    for last in [false, true] {
        for (index, forecast) in forecasts.iter().enumerate() {
            if forecast.last == last {
                visit(gate, index, &mut seen, &mut order);
            }
        }
    }
    order
}

/// The indices of the checks that a check needs.
fn needs_of(gate: &Gate, index: usize) -> impl Iterator<Item = usize> {
    gate.checks[index]
        .common
        .needs
        .iter()
        .filter_map(|need| gate.checks.iter().position(|entry| entry.id == need.value))
}
