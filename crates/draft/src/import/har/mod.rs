//! Recordings of browsers and proxies: HTTP Archive 1.2.
//!
//! What belongs to the portal becomes one journey; values that an earlier answer gave are captured, and what
//! an answer must be is what of the recorded one will be the same again.

mod choose;
pub(crate) mod correlate;
mod expected;
mod log;
mod page;
mod people;
mod step;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::error::{ImportError, text};
use super::model::{Auth, Capture, Draft, Journey, LeftOut, Source as From, Step};
use super::names::kebab;
use super::{Source, cleanup};
use step::Answer;

/// The most requests of one journey.
const STEPS: usize = 400;

/// How to mend a file that is no recording.
const HELP: &str =
    "Export it again: in the browser's developer tools, network, \"Save all as HAR with content\".";

/// Reads a recording.
///
/// # Errors
/// When it is no HAR file, with line and column.
pub(crate) fn read(source: &Source<'_>, origins: &[String]) -> Result<Draft, ImportError> {
    let text = text(source)?;
    let file: log::File<'_> =
        serde_json::from_str(text).map_err(|error| ImportError::json(source.name, &error, HELP))?;
    let mut chosen = choose::choose(source.name, &file.log, origins);
    let mut journey = Journey {
        name: journey_name(source.name),
        left_out: std::mem::take(&mut chosen.left_out),
        ..Journey::default()
    };
    let (mut steps, mut answers) = (Vec::new(), Vec::new());
    for (number, (first, last)) in chosen.entries.iter().enumerate() {
        if steps.len() >= STEPS {
            let rest = chosen.entries.len() - number;
            let what = format!("{rest} requests at the end");
            journey.left_out.push(LeftOut::new(
                source.name,
                what,
                "a journey has at most 400; record a shorter one",
            ));
            break;
        }
        let step = step::step(source.name, number + 1, first, &mut journey.left_out);
        if people::is_logout(&step) {
            journey.left_out.push(LeftOut::new(
                &step.place,
                step.title(),
                "it would end the session that all checks share; the kind `token` looks at logouts",
            ));
            continue;
        }
        steps.push(step);
        answers.push(step::answer(first, last));
    }
    let mut draft = Draft {
        name: "portal".to_owned(),
        origin: chosen.portal,
        ..Draft::default()
    };
    people::recognise(&mut steps, &answers, &mut draft.notes);
    let mut captured = correlate::correlate(&mut steps, &answers);
    ids_of_creates(&mut steps, &answers, &mut captured);
    for (at, answer) in answers.iter().enumerate() {
        expected::expect(&mut steps[at], at, answer, &captured);
    }
    expected::mark(&mut steps, &answers, &captured);
    journey.steps = without_strangers(steps, &mut journey.left_out);
    unused(&mut journey.steps);
    draft.journeys = vec![journey];
    Ok(draft)
}

fn journey_name(file: &str) -> String {
    let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let stem = file.strip_suffix(".har").unwrap_or(file);
    kebab(stem, "recorded")
}

/// Captures the id of what a create made although nothing used it, so that it can be removed.
fn ids_of_creates(steps: &mut [Step], answers: &[Answer<'_>], captured: &mut correlate::Captured) {
    for (at, step) in steps.iter_mut().enumerate() {
        let is_create = step.method == "POST" && cleanup::is_collection(&step.target.path);
        let created = matches!(answers[at].status, 200 | 201);
        if !is_create || !created || !step.captures.is_empty() {
            continue;
        }
        let Some(json) = &answers[at].json else {
            continue;
        };
        let id = |value: &serde_json::Value| value.is_string() || value.is_number();
        let place = ["id", "uuid", "_id"].into_iter().find_map(|key| {
            if json.get(key).is_some_and(id) {
                return Some((format!("$.{key}"), json.get(key)?));
            }
            let wrapped = json.get("data")?.get(key).filter(|value| id(value))?;
            Some((format!("$.data.{key}"), wrapped))
        });
        let Some((path, value)) = place else { continue };
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let name = captured.add(&correlate::resource(&step.target.path), at, value);
        step.captures.push(Capture {
            name,
            source: From::Json(path),
        });
    }
}

/// Forgets captures that nothing uses; those of creates are for their removal.
fn unused(steps: &mut [Step]) {
    let mut named = BTreeSet::new();
    for step in steps.iter_mut() {
        super::values::visit(step, &mut |_, text| {
            named.extend(super::values::references(text));
        });
        if let Some(Auth::Bearer(text) | Auth::Other(text)) = &step.auth {
            named.extend(super::values::references(text));
        }
    }
    for step in steps.iter_mut().filter(|step| step.method != "POST") {
        step.captures
            .retain(|capture| named.contains(&capture.name));
    }
}

/// Leaves out what would remove things that the journey did not create itself.
fn without_strangers(steps: Vec<Step>, left: &mut Vec<LeftOut>) -> Vec<Step> {
    let mut own: Vec<String> = Vec::new();
    let mut kept: Vec<Step> = Vec::new();
    for mut step in steps {
        let names = super::values::references(&step.target.path);
        let made = names.last().is_some_and(|name| own.contains(name));
        if step.method == "DELETE" && !made {
            left.push(LeftOut::new(
                &step.place,
                step.title(),
                "it removes what the recording did not create, and would do so in each run",
            ));
            continue;
        }
        if matches!(step.method.as_str(), "PUT" | "PATCH") && !made {
            step.notes
                .push("This changes what the journey did not create.".to_owned());
        }
        if step.method == "POST" {
            own.extend(step.captures.iter().map(|capture| capture.name.clone()));
        }
        kept.push(step);
    }
    kept
}
