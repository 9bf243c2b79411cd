//! Collections of Postman, 2.0 and 2.1, with an environment.

mod auth;
mod body;
mod script;
mod variables;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::rc::Rc;

use serde_json::Value as Json;

use super::Source;
use super::error::{ImportError, text};
use super::loose::masked;
use super::model::{Capture, Draft, Journey, LeftOut, Step};
use super::names::kebab;
use super::request::{self, address, headers};
use super::values::literal_json;
use script::Effects;
use variables::Variables;

/// The most requests of one collection.
const REQUESTS: usize = 2_000;

/// The longest name of an entry that is told, in characters.
const NAME: usize = 120;

/// How to mend a file that is no collection.
const HELP: &str = "Export it again: the collection's menu in Postman, Export, Collection v2.1.";

/// How to mend a file that is no environment.
const HELP_ENVIRONMENT: &str = "Export it again: the environment's menu in Postman, Export.";

/// Reads a collection.
///
/// # Errors
/// When it or the environment is no JSON, with line and column, or no collection.
pub(crate) fn read(
    source: &Source<'_>,
    environment: Option<&Source<'_>>,
) -> Result<Draft, ImportError> {
    let collection = parse(source, HELP)?;
    let environment = environment
        .map(|source| parse(source, HELP_ENVIRONMENT))
        .transpose()?;
    // Older exports wrap the collection.
    let collection = collection.get("collection").unwrap_or(&collection);
    if !collection.get("item").is_some_and(Json::is_array) {
        return Err(ImportError::at(
            source.name,
            "",
            0,
            "there is no list `item`: this is no collection of Postman 2.0 or 2.1",
            HELP,
        ));
    }
    let mut reader = Reader {
        file: source.name,
        variables: Variables::read(collection, environment.as_ref()),
        draft: Draft::default(),
        count: 0,
    };
    reader.draft.name = kebab(
        &masked(
            collection
                .pointer("/info/name")
                .and_then(Json::as_str)
                .unwrap_or_default(),
        ),
        "portal",
    );
    reader.collection(collection);
    let Reader {
        variables,
        mut draft,
        ..
    } = reader;
    variables.finish(&mut draft);
    Ok(draft)
}

fn parse(source: &Source<'_>, help: &'static str) -> Result<Json, ImportError> {
    let text = text(source)?;
    serde_json::from_str(text).map_err(|error| ImportError::json(source.name, &error, help))
}

struct Reader<'r> {
    file: &'r str,
    variables: Variables,
    draft: Draft,
    count: usize,
}

/// What folders hand on to what is in them.
#[derive(Debug, Clone, Default)]
struct Around<'c> {
    auth: Option<&'c Json>,
    names: Vec<String>,
    /// What their tests ask of each answer.
    tests: Vec<Rc<Effects>>,
}

impl<'r> Reader<'r> {
    fn collection(&mut self, collection: &Json) {
        self.variables.note_sets(collection);
        let mut around = Around::default();
        self.enter(collection, &mut around, self.file.to_owned());
        let items = collection.get("item").and_then(Json::as_array);
        let (folders, requests): (Vec<&Json>, Vec<&Json>) = items
            .into_iter()
            .flatten()
            .partition(|item| item.get("item").is_some_and(Json::is_array));
        let mut own = Journey {
            name: self.draft.name.clone(),
            ..Journey::default()
        };
        for item in requests {
            self.item(item, &around, &mut own);
        }
        self.draft.journeys.push(own);
        for folder in folders {
            let name = name_of(folder);
            let mut journey = Journey {
                name: kebab(&name, "folder"),
                ..Journey::default()
            };
            self.folder(folder, &around, &mut journey);
            self.draft.journeys.push(journey);
        }
        self.draft
            .journeys
            .retain(|journey| !journey.steps.is_empty() || !journey.left_out.is_empty());
    }

    /// Takes what a collection or a folder hands on.
    fn enter<'c>(&mut self, of: &'c Json, around: &mut Around<'c>, place: String) {
        around.auth = of
            .get("auth")
            .filter(|auth| !auth.is_null())
            .or(around.auth);
        for (listen, script) in scripts(of) {
            if listen == "test" {
                let mut effects = script::read(&source_of(script));
                let unknown = std::mem::take(&mut effects.unknown);
                not_known(&place, unknown, &mut self.draft.left_out);
                around.tests.push(Rc::new(effects));
            } else if !source_of(script).trim().is_empty() {
                let effects = script::read(&source_of(script));
                self.before(&place, effects, "its script before requests");
            }
        }
    }

    fn folder<'c>(&mut self, folder: &'c Json, around: &Around<'c>, journey: &mut Journey) {
        let mut around = around.clone();
        around.names.push(name_of(folder));
        let place = self.place(&around.names);
        self.enter(folder, &mut around, place);
        for item in folder
            .get("item")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
        {
            if item.get("item").is_some_and(Json::is_array) {
                // A JSON text is nested 127 deep at most.
                self.folder(item, &around, journey);
            } else {
                self.item(item, &around, journey);
            }
        }
    }

    fn place(&self, names: &[String]) -> String {
        format!("{}: {}", self.file, names.join(" / "))
    }

    fn item<'c>(&mut self, item: &'c Json, around: &Around<'c>, journey: &mut Journey) {
        let mut names = around.names.clone();
        names.push(name_of(item));
        let place = self.place(&names);
        self.count += 1;
        if self.count > REQUESTS {
            if self.count == REQUESTS + 1 {
                journey.left_out.push(LeftOut::new(
                    place,
                    "every further request",
                    "2,000 are carried over at most",
                ));
            }
            return;
        }
        let request = item.get("request").unwrap_or(&Json::Null);
        let disabled = item.get("disabled").and_then(Json::as_bool) == Some(true);
        if request.is_null() || disabled {
            let why = if disabled {
                "it is switched off"
            } else {
                "it has no request"
            };
            journey.left_out.push(LeftOut::new(place, "an entry", why));
            return;
        }
        let mut step = Step {
            place: place.clone(),
            name: Some(name_of(item).chars().take(80).collect()),
            ..Step::default()
        };
        if !self.fill(&mut step, request, journey) {
            return;
        }
        let own = request
            .get("auth")
            .filter(|auth| !auth.is_null())
            .or(around.auth);
        if let Some(own) = own {
            auth::apply(&mut step, own, &mut self.variables, &mut journey.left_out);
        }
        for effects in &around.tests {
            self.after(&mut step, (**effects).clone(), false, &mut journey.left_out);
        }
        for (listen, script) in scripts(item) {
            let effects = script::read(&source_of(script));
            if listen == "test" {
                self.after(&mut step, effects, true, &mut journey.left_out);
            } else {
                self.before(&place, effects, "its script before the request");
            }
        }
        journey.steps.push(step);
    }

    fn fill(&mut self, step: &mut Step, request: &Json, journey: &mut Journey) -> bool {
        let url = if request.is_string() {
            Some(request)
        } else {
            request.get("url")
        };
        let Some(written) = url.and_then(raw_url) else {
            journey
                .left_out
                .push(LeftOut::new(&step.place, "a request", "it has no address"));
            return false;
        };
        let method = request
            .get("method")
            .and_then(Json::as_str)
            .unwrap_or("GET");
        let Some(method) = request::method(method) else {
            journey.left_out.push(request::unknown_method(&step.place));
            return false;
        };
        step.method = method;
        let parsed = address(&self.variables.template(&written), "http");
        step.target = parsed.target;
        if let Some((user, password)) = parsed.user {
            step.auth = Some(super::model::Auth::Basic { user, password });
        }
        let listed = url
            .and_then(|url| url.get("query"))
            .and_then(Json::as_array);
        match listed {
            Some(pairs) => {
                step.query = body::pairs(
                    pairs,
                    "query parameter",
                    &step.place,
                    &mut self.variables,
                    &mut journey.left_out,
                );
            }
            None => step.query = parsed.query,
        }
        self.path_variables(step, url.and_then(|url| url.get("variable")));
        let pairs = match request.get("header") {
            Some(Json::Array(pairs)) => body::pairs(
                pairs,
                "header",
                &step.place,
                &mut self.variables,
                &mut journey.left_out,
            ),
            // In 2.0 headers may be one text.
            Some(Json::String(text)) => {
                let lines = text.lines().filter_map(|line| line.split_once(':'));
                lines
                    .map(|(name, value)| {
                        (
                            name.trim().to_owned(),
                            self.variables.template(value.trim()),
                        )
                    })
                    .collect()
            }
            _ => Vec::new(),
        };
        headers(step, pairs, &mut journey.left_out);
        if let Some(sent) = request.get("body").filter(|body| !body.is_null()) {
            body::read(step, sent, &mut self.variables, &mut journey.left_out);
        }
        true
    }

    /// `/records/:id` with the values of its variables.
    fn path_variables(&mut self, step: &mut Step, listed: Option<&Json>) {
        // The first of a name counts.
        let values: HashMap<String, String> = listed
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .rev()
            .filter_map(|one| {
                let key = one.get("key").or_else(|| one.get("id"))?.as_str()?;
                Some((key.to_owned(), text_of(one.get("value"))))
            })
            .collect();
        let parts: Vec<String> = step.target.path.split('/').map(str::to_owned).collect();
        let parts = parts.into_iter().map(|part| {
            let Some(name) = part.strip_prefix(':').filter(|name| !name.is_empty()) else {
                return part;
            };
            let value = values.get(name).map(String::as_str);
            match value.filter(|value| !value.is_empty()) {
                Some(value) => self.variables.template(value),
                None => self.variables.template(&format!("{{{{{name}}}}}")),
            }
        });
        step.target.path = parts.collect::<Vec<_>>().join("/");
    }

    /// A script before requests can set variables to texts; nothing else of it has a place.
    fn before(&mut self, place: &str, effects: Effects, what: &str) {
        for (name, value) in effects.set {
            self.variables.set(&name, &value);
        }
        let lines: Vec<String> = effects
            .unknown
            .iter()
            .map(|(line, word)| format!("{line} ({word})"))
            .collect();
        let more = effects.captures.len();
        if !lines.is_empty() || more > 0 {
            let what = format!("{what}, line {}", lines.join(", "));
            self.draft.left_out.push(LeftOut::new(place, what, "a gate file runs no scripts; use ${unique}, ${uuid} and ${now}, or capture what an answer has"));
        }
    }

    fn after(&mut self, step: &mut Step, effects: Effects, own: bool, left: &mut Vec<LeftOut>) {
        for status in effects.expect.status {
            if step.expect.status.is_empty() || !own {
                step.expect.status.push(status);
            } else if !step.expect.status.contains(&status) {
                // What the request itself asks for is closer to it than what its folder does.
                step.expect.status = vec![status];
            }
        }
        step.expect.status.dedup();
        step.expect.status_is.extend(effects.expect.status_is);
        for (part, mut value) in effects.expect.parts {
            literal_json(&mut value);
            match (step.expect.parts.get_mut(&part), value) {
                (Some(Json::Object(known)), Json::Object(more)) => known.extend(more),
                (_, value) => {
                    step.expect.parts.insert(part, value);
                }
            }
        }
        for capture in effects.captures {
            let name = self.variables.captured(&capture.name);
            let known = step.captures.iter().any(|one| one.name == name);
            if !known {
                step.captures.push(Capture { name, ..capture });
            }
        }
        for (name, value) in effects.set {
            self.variables.set(&name, &value);
        }
        not_known(&step.place, effects.unknown, left);
    }
}

/// Lists the lines of a test script that are not known.
fn not_known(place: &str, lines: Vec<(usize, String)>, left: &mut Vec<LeftOut>) {
    left.extend(lines.into_iter().map(|(line, word)| {
        LeftOut::new(
            place,
            format!("line {line} of its test script ({word})"),
            "it is none of the sentences that have a place in `expect:` or `capture:`",
        )
    }));
}

/// The scripts of an entry with when they run.
fn scripts(of: &Json) -> Vec<(&str, &Json)> {
    let events = of.get("event").and_then(Json::as_array);
    events
        .into_iter()
        .flatten()
        .filter(|event| event.get("disabled").and_then(Json::as_bool) != Some(true))
        .filter_map(|event| Some((event.get("listen")?.as_str()?, event.get("script")?)))
        .collect()
}

fn source_of(script: &Json) -> String {
    let exec = script.get("exec").unwrap_or(script);
    match exec {
        Json::String(text) => text.clone(),
        Json::Array(lines) => {
            let lines: Vec<&str> = lines
                .iter()
                .map(|line| line.as_str().unwrap_or_default())
                .collect();
            lines.join("\n")
        }
        _ => String::new(),
    }
}

fn name_of(item: &Json) -> String {
    let name = item.get("name").and_then(Json::as_str).unwrap_or_default();
    let name: String = name
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    let name: String = masked(name.trim()).chars().take(NAME).collect();
    if name.is_empty() {
        "without a name".to_owned()
    } else {
        name
    }
}

/// A value as a text.
fn text_of(value: Option<&Json>) -> String {
    match value {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

/// The address as it was typed.
fn raw_url(url: &Json) -> Option<String> {
    if let Some(text) = url.as_str() {
        return Some(text.to_owned()).filter(|text| !text.is_empty());
    }
    if let Some(raw) = url
        .get("raw")
        .and_then(Json::as_str)
        .filter(|raw| !raw.is_empty())
    {
        return Some(raw.to_owned());
    }
    let joined = |key: &str, between: &str| match url.get(key)? {
        Json::Array(parts) => Some(
            parts
                .iter()
                .map(|part| text_of(Some(part)))
                .collect::<Vec<_>>()
                .join(between),
        ),
        value => value.as_str().map(str::to_owned),
    };
    let host = joined("host", ".")?;
    let scheme = url
        .get("protocol")
        .and_then(Json::as_str)
        .map(|scheme| format!("{scheme}://"));
    let port = url
        .get("port")
        .and_then(Json::as_str)
        .map(|port| format!(":{port}"));
    let path = joined("path", "/").unwrap_or_default();
    Some(format!(
        "{}{host}{}/{}",
        scheme.unwrap_or_default(),
        port.unwrap_or_default(),
        path.trim_start_matches('/')
    ))
}
