//! References between journeys: a flow knows only what it captured itself.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_core::scope::BUILT_IN;
use tidegate_core::template::{is_value_name, is_variable_name};

use super::model::{Draft, Journey, LeftOut, Plain, Step};
use super::secrets::{is_secret_name, upper};
use super::values::{references, rename, visit, visit_json, visit_request};

/// Joins journeys of which one uses what another captured, in their order.
pub(crate) fn connected(draft: &mut Draft) {
    let mut joined: Vec<Journey> = Vec::new();
    let mut captured: BTreeMap<String, usize> = BTreeMap::new();
    for mut journey in std::mem::take(&mut draft.journeys) {
        let own = captures(&journey);
        let mut needed = BTreeSet::new();
        for step in &mut journey.steps {
            named(step, &mut needed);
        }
        let from: BTreeSet<usize> = needed
            .iter()
            .filter(|name| !own.contains(*name))
            .filter_map(|name| captured.get(name).copied())
            .collect();
        let into = from.first().copied().unwrap_or(joined.len());
        match joined.get_mut(into) {
            Some(first) => {
                first.steps.append(&mut journey.steps);
                first.left_out.append(&mut journey.left_out);
            }
            None => joined.push(journey),
        }
        for name in own {
            captured.entry(name).or_insert(into);
        }
        // What was joined with several is moved into the first of them.
        for &other in from.iter().skip(1) {
            let mut moved = std::mem::take(&mut joined[other]);
            joined[into].left_out.append(&mut moved.left_out);
            let after = std::mem::take(&mut joined[into].steps);
            let (mut before, mut rest): (Vec<Step>, Vec<Step>) = (moved.steps, after);
            before.append(&mut rest);
            joined[into].steps = before;
            captured
                .values_mut()
                .filter(|at| **at == other)
                .for_each(|at| *at = into);
        }
    }
    joined.retain(|journey| !journey.steps.is_empty() || !journey.left_out.is_empty());
    draft.journeys = joined;
}

fn captures(journey: &Journey) -> BTreeSet<String> {
    let all = journey.steps.iter().flat_map(|step| &step.captures);
    all.map(|capture| capture.name.clone()).collect()
}

fn named(step: &mut Step, names: &mut BTreeSet<String>) {
    let mut note = |text: &str| {
        let all = references(text).into_iter();
        names.extend(all.filter(|name| is_value_name(name) && !BUILT_IN.contains(&name.as_str())));
    };
    if let Some(super::model::Auth::Bearer(text) | super::model::Auth::Other(text)) = &step.auth {
        note(text);
    }
    visit(step, &mut |_, text| note(text));
}

/// The variables of the environment that the draft names.
pub(crate) fn uppers(draft: &mut Draft) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut note = |text: &str| {
        names.extend(
            references(text)
                .into_iter()
                .filter(|name| is_variable_name(name)),
        );
    };
    for step in draft
        .journeys
        .iter_mut()
        .flat_map(|journey| &mut journey.steps)
    {
        visit(step, &mut |_, text| note(text));
    }
    for identity in &mut draft.identities {
        for value in identity.credential.values_mut() {
            visit_json(value, "", &mut |_, text| note(text));
        }
    }
    for origin in draft
        .apis
        .iter()
        .map(|api| &api.origin)
        .chain(&draft.origin)
    {
        note(origin);
    }
    names
}

/// Makes variables of the references that no earlier step gives a value to.
pub(crate) fn undefined(draft: &mut Draft) {
    let mut unknown: BTreeSet<(String, String)> = BTreeSet::new();
    for journey in &mut draft.journeys {
        let mut known: BTreeSet<String> = BUILT_IN.iter().map(|name| (*name).to_owned()).collect();
        for step in &mut journey.steps {
            let place = step.place.clone();
            let mut mend = |name: &str, known: &BTreeSet<String>| {
                if !is_value_name(name) || known.contains(name) {
                    return None;
                }
                unknown.insert((upper(name), place.clone()));
                Some(upper(name))
            };
            visit_request(step, &mut |_, text| {
                rename(text, &mut |name| mend(name, &known));
            });
            known.extend(step.captures.iter().map(|capture| capture.name.clone()));
            visit(step, &mut |_, text| {
                rename(text, &mut |name| mend(name, &known));
            });
        }
    }
    let before: BTreeSet<String> = draft.variables.iter().map(|one| one.name.clone()).collect();
    for name in uppers(draft) {
        if before.contains(&name) || draft.secrets.knows(&name) {
            continue;
        }
        if is_secret_name(&name) {
            draft
                .secrets
                .unknown(&name, "a value that the file names and does not have");
        } else {
            draft.variables.push(Plain {
                name,
                default: None,
            });
        }
    }
    // A variable of the file with the same name has a value, so that nothing is missing.
    unknown.retain(|(name, _)| !before.contains(name));
    draft
        .left_out
        .extend(unknown.into_iter().map(|(name, place)| {
            LeftOut::new(
                place,
                format!("the value of `{name}`"),
                "no earlier step captures it and the file does not have it: it has to be set",
            )
        }));
}
