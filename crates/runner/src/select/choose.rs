//! The rule of selection.
//!
//! Kinds that always run do so and are not counted. Of the others the plan takes at most
//! [`MOST`]: those whose `covers` fit the change, those that failed lately, then by severity and
//! the order of the file. A check whose `covers` the change leaves alone matters less; such checks
//! only fill the plan up to [`LEAST`]. What a chosen check needs is added.

use std::cmp::Reverse;
use std::collections::{BTreeSet, VecDeque};

use tidegate_core::check::Forecast;
use tidegate_core::gate::{Entry, Gate};
use tidegate_core::meta::Severity;
use tidegate_core::name::CheckId;

use super::{changes, needs_of};
use crate::error::SelectError;

/// The most checks that are chosen.
pub(super) const MOST: usize = 12;

/// The fewest checks that are chosen, where there are so many.
pub(super) const LEAST: usize = 5;

/// Everything the choice depends on.
pub(super) struct Inputs<'g> {
    pub(super) gate: &'g Gate,
    /// The forecast of each check, in the order of the file.
    pub(super) forecasts: &'g [Forecast],
    /// What `--only` names.
    pub(super) only: Option<BTreeSet<usize>>,
    /// What `--skip` names.
    pub(super) skip: BTreeSet<usize>,
    pub(super) all: bool,
    /// The changed files, when the base is known.
    pub(super) changed: Option<Vec<String>>,
    /// The checks that did not pass lately, when there is a record.
    pub(super) failed: Option<BTreeSet<CheckId>>,
    /// The checks that the judged change adds to the gate.
    pub(super) added: &'g BTreeSet<CheckId>,
    /// Why a check is out because the change is not trusted, in the order of the file.
    pub(super) untrusted: Vec<Option<String>>,
    /// Why there is nothing to judge yet.
    pub(super) pending: Option<&'g str>,
}

/// Whether a check is in, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) selected: bool,
    pub(super) reason: String,
    /// Whether it is out because the change is not trusted.
    pub(super) untrusted: bool,
}

impl Choice {
    fn inside(reason: impl Into<String>) -> Self {
        Self {
            selected: true,
            reason: reason.into(),
            untrusted: false,
        }
    }

    fn outside(reason: impl Into<String>) -> Self {
        Self {
            selected: false,
            reason: reason.into(),
            untrusted: false,
        }
    }

    fn untrusted(reason: impl Into<String>) -> Self {
        Self {
            untrusted: true,
            ..Self::outside(reason)
        }
    }
}

/// Decides about every check, in the order of the file.
pub(super) fn choose(inputs: &Inputs<'_>) -> Result<Vec<Choice>, SelectError> {
    let mut choices = barred(inputs)?;
    if let Some(only) = &inputs.only {
        for index in only {
            choices[*index].get_or_insert_with(|| Choice::inside("named by `--only`"));
        }
        add_needs(inputs.gate, &mut choices);
        return Ok(settle(choices, "not named by `--only`"));
    }
    for (entry, choice) in inputs.gate.checks.iter().zip(&mut choices) {
        if inputs.all {
            choice.get_or_insert_with(|| Choice::inside("every check runs"));
        } else if entry.kind.meta().always_run {
            let reason = || format!("`{}` always runs", entry.kind.meta().name);
            choice.get_or_insert_with(|| Choice::inside(reason()));
        }
    }
    rank(inputs, &mut choices)?;
    add_needs(inputs.gate, &mut choices);
    Ok(settle(choices, "other checks matter more for this change"))
}

fn settle(choices: Vec<Option<Choice>>, otherwise: &str) -> Vec<Choice> {
    choices
        .into_iter()
        .map(|choice| choice.unwrap_or_else(|| Choice::outside(otherwise)))
        .collect()
}

/// Why a check cannot be in, whatever else is asked for; also when one that it needs cannot.
fn barred(inputs: &Inputs<'_>) -> Result<Vec<Option<Choice>>, SelectError> {
    let mut barred = Vec::with_capacity(inputs.gate.checks.len());
    for (index, entry) in inputs.gate.checks.iter().enumerate() {
        barred.push(bar(inputs, index, entry)?);
    }
    let mut changed = true;
    while std::mem::take(&mut changed) {
        for index in 0..barred.len() {
            let lost = needs_of(inputs.gate, index)
                .find_map(|need| Some((need, barred[need].as_ref()?.untrusted)));
            if let (None, Some((need, untrusted))) = (&barred[index], lost) {
                let id = &inputs.gate.checks[need].id;
                barred[index] = Some(Choice {
                    untrusted,
                    ..Choice::outside(format!("it needs `{id}`, which is out"))
                });
                changed = true;
            }
        }
    }
    Ok(barred)
}

fn bar(inputs: &Inputs<'_>, index: usize, entry: &Entry) -> Result<Option<Choice>, SelectError> {
    if let Some(pending) = inputs.pending {
        return Ok(Some(Choice::outside(pending)));
    }
    let asked = unwanted(inputs, index, entry)?.map(Choice::outside);
    Ok(asked.or_else(|| inputs.untrusted[index].clone().map(Choice::untrusted)))
}

/// Why a check is out by what was asked for, the place it would run at, or the change.
fn unwanted(
    inputs: &Inputs<'_>,
    index: usize,
    entry: &Entry,
) -> Result<Option<String>, SelectError> {
    let environment = &inputs.gate.environment;
    let when = &entry.common.when;
    if inputs.skip.contains(&index) {
        return Ok(Some("left out by `--skip`".into()));
    }
    if !when.environments.is_empty() && !when.environments.contains(&environment.name) {
        return Ok(Some(format!("only for {}", listed(&when.environments))));
    }
    let writes = &inputs.forecasts[index].writes;
    if let (Some(write), false) = (writes.first(), environment.kind.writable()) {
        return Ok(Some(format!(
            "it would change data (`{write}`), and `{}` is production, which is only looked at",
            environment.name
        )));
    }
    if let (false, Some(changed)) = (when.changed.is_empty(), &inputs.changed)
        && changes::hit(&when.changed, changed)?.is_none()
    {
        return Ok(Some(format!(
            "nothing changed in {}",
            listed(&when.changed)
        )));
    }
    Ok(None)
}

fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// How much a check matters; the least comes first.
type Rank = (Tier, Reverse<Severity>, usize);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tier {
    Touched,
    FailedLately,
    Open,
    Untouched,
}

/// Chooses among those that are not decided yet.
fn rank(inputs: &Inputs<'_>, choices: &mut [Option<Choice>]) -> Result<(), SelectError> {
    let mut ranked: Vec<(Rank, String)> = Vec::new();
    for (index, entry) in inputs.gate.checks.iter().enumerate() {
        if choices[index].is_none() {
            let (tier, reason) = tier(inputs, entry)?;
            ranked.push(((tier, Reverse(severity(entry)), index), reason));
        }
    }
    ranked.sort_unstable();
    let mut place = 0;
    for ((tier, _, index), reason) in ranked {
        let most = if tier == Tier::Untouched { LEAST } else { MOST };
        if place < most {
            choices[index] = Some(Choice::inside(reason));
        } else if tier == Tier::Untouched {
            choices[index] = Some(Choice::outside("the change leaves what it covers alone"));
        }
        // What the change adds must not push out what would have judged it.
        if !inputs.added.contains(&inputs.gate.checks[index].id) {
            place += 1;
        }
    }
    Ok(())
}

fn tier(inputs: &Inputs<'_>, entry: &Entry) -> Result<(Tier, String), SelectError> {
    let covers = &entry.common.covers;
    if let Some(path) = changes::hit(covers, inputs.changed.as_deref().unwrap_or_default())? {
        return Ok((Tier::Touched, format!("the change touches `{path}`")));
    }
    let failed = inputs.failed.as_ref();
    if failed.is_some_and(|failed| failed.contains(&entry.id)) {
        return Ok((Tier::FailedLately, "it did not pass last time".into()));
    }
    if !covers.is_empty() && inputs.changed.is_some() {
        let reason = format!("the change leaves it alone, but at least {LEAST} checks run");
        return Ok((Tier::Untouched, reason));
    }
    let severity = format!("{:?}", severity(entry)).to_lowercase();
    Ok((Tier::Open, format!("chosen by severity ({severity})")))
}

/// How bad a failure of the check is: what the gate file says, or the worst its kind can find.
fn severity(entry: &Entry) -> Severity {
    let worst = || entry.kind.meta().codes.iter().map(|info| info.severity);
    entry
        .common
        .severity
        .or_else(|| worst().max())
        .unwrap_or(Severity::Medium)
}

/// Adds what the chosen checks need.
fn add_needs(gate: &Gate, choices: &mut [Option<Choice>]) {
    let selected = |choice: &Option<Choice>| choice.as_ref().is_some_and(|one| one.selected);
    let mut waiting: VecDeque<usize> = (0..choices.len())
        .filter(|index| selected(&choices[*index]))
        .collect();
    while let Some(index) = waiting.pop_front() {
        for need in needs_of(gate, index) {
            if !selected(&choices[need]) {
                let reason = format!("`{}` needs it", gate.checks[index].id);
                choices[need] = Some(Choice::inside(reason));
                waiting.push_back(need);
            }
        }
    }
}
