//! Holds the gate file of a change against the one it started from: what is less strict.
//!
//! Values are compared as they are written, with packs and environments laid together. Which way
//! a key leads is in one table, [`rules`]; what has no direction is told once for each check.

mod accepted;
mod checks;
mod expectations;
mod measure;
mod meta;
mod parts;
mod path;
mod places;
mod plugins;
mod remark;
mod renamed;
mod routes;
mod rules;
mod sections;
mod usual;
mod values;

pub use meta::gate_meta;

use std::collections::HashSet;

use tidegate_core::baseline::Baseline;
use tidegate_core::finding::Finding;
use tidegate_core::plugin::Pinned;
use tidegate_core::registry::Registry;

use crate::include::Declared;
use crate::written::Written;
use remark::{Effect, Remark};
use sections::Sections;

/// A gate as a state of the repository has it.
#[derive(Clone, Copy)]
pub struct State<'s> {
    /// The gate file.
    pub gate: &'s Written,
    /// The findings that are known.
    pub baseline: &'s Baseline,
    /// What its lock file says of plugins.
    pub pinned: &'s [Pinned],
}

/// What a change makes less strict in its own gate, worst first, and behind it what it edits without
/// a known direction. The levels are set: they are the base's word.
pub fn compare(
    before: State<'_>,
    after: State<'_>,
    environment: &str,
    registry: &Registry,
) -> Vec<Finding> {
    let (old, new) = (before.gate, after.gate);
    let sections = Sections {
        before: &old.root,
        after: &new.root,
    };
    let mut remarks: Vec<Remark> = sections.protect().into_iter().collect();
    remarks.extend(in_environments(old, new, environment, &sections, registry));
    remarks.extend(places::compare(
        &old.environments,
        &new.environments,
        &sections.line("environments"),
    ));
    remarks.extend(places::apis(old.root.get("apis"), new.root.get("apis")));
    remarks.extend(sections.contracts());
    remarks.extend(sections.identities());
    remarks.extend(plugins::compare(&sections, before.pinned, after.pinned));
    remarks.extend(sections.observers(registry));
    remarks.extend(sections.levels(registry));
    remarks.extend(accepted::waivers(&old.waivers, &new.waivers));
    let line = accepted::line(&new.root);
    remarks.extend(accepted::baseline(before.baseline, after.baseline, &line));
    remarks.sort_by_key(|one| {
        (
            one.effect != Effect::Weaker,
            std::cmp::Reverse(one.severity),
        )
    });
    let protected = old.protects();
    let findings = remarks.into_iter().map(|one| one.finding(protected));
    findings.collect()
}

/// What became of the checks in the environment of the run, and what else in the others.
fn in_environments(
    old: &Written,
    new: &Written,
    chosen: &str,
    sections: &Sections<'_>,
    registry: &Registry,
) -> Vec<Remark> {
    let gone = sections.line("checks");
    let mut remarks = checks::compare(laid(old, chosen), laid(new, chosen), &gone, registry);
    let mut seen: HashSet<String> = remarks.iter().map(|one| one.title.clone()).collect();
    for environment in &new.environments {
        let name = environment.key.text.as_str();
        if name == chosen {
            continue;
        }
        for mut remark in checks::compare(laid(old, name), &environment.checks, &gone, registry) {
            if seen.insert(remark.title.clone()) {
                remark.title = format!("{} in the environment `{name}`", remark.title);
                remarks.push(remark);
            }
        }
    }
    remarks
}

/// The checks of an environment; without it, those of the whole file.
fn laid<'w>(written: &'w Written, environment: &str) -> &'w [Declared] {
    let mut environments = written.environments.iter();
    environments
        .find(|laid| laid.key.text == environment)
        .map_or(&written.plain, |laid| &laid.checks)
}
