//! Examples of incoming events, and what makes them wrong.

use serde_json::Value as Json;
use tidegate_core::check::{CheckError, CheckReport, Context};
use tidegate_core::finding::Finding;
use tidegate_core::located::Located;
use tidegate_core::ports::{Files, FilesError};
use tidegate_core::scope::{Scope, Values};
use tidegate_core::span::Location;
use tidegate_core::template::JsonTemplate;

use super::codes;
use super::contract::Contract;
use super::incoming::Incoming;
use crate::specification::schema::step;

/// The most examples of one address that are sent.
const EXAMPLES: usize = 20;
/// The most bytes of an example.
const SIZE_LIMIT: usize = 1024 * 1024;
/// The most wrong events of one address that are sent.
pub(super) const MUTATIONS: usize = 12;
/// How many levels of an event are made wrong.
const DEEPEST: usize = 3;
/// How many fields of an event are looked at.
const FIELDS: usize = 60;

/// What is sent.
#[derive(Debug, Clone)]
pub(super) enum Payload {
    /// Written in the gate file.
    Inline(JsonTemplate),
    /// Paths and globs of files.
    Files(Vec<Located<String>>),
}

impl Payload {
    /// How many examples it is at most.
    pub(super) fn most(&self) -> usize {
        match self {
            Self::Inline(_) => 1,
            Self::Files(paths) if paths.iter().any(|path| is_glob(&path.value)) => EXAMPLES,
            Self::Files(paths) => paths.len().min(EXAMPLES),
        }
    }
}

/// One event as it should be.
pub(super) struct Example {
    /// What reports call it.
    pub(super) name: String,
    /// Where it is written.
    pub(super) location: Location,
    content: Content,
}

enum Content {
    Template(JsonTemplate),
    File(Json),
}

impl Example {
    /// The event with the marks of one sending.
    ///
    /// # Errors
    /// The first reference without a value.
    pub(super) fn render(&self, values: &Values, context: &Context) -> Result<Json, CheckError> {
        match &self.content {
            Content::Template(template) => {
                let scope = Scope::new(values.clone(), context.secrets().clone());
                Ok(template.render(&scope)?)
            }
            Content::File(json) => {
                let mut json = json.clone();
                mark(&mut json, values);
                Ok(json)
            }
        }
    }
}

/// Puts the marks of one sending where an example asks for them; anything else is sent as it stands.
fn mark(json: &mut Json, values: &Values) {
    match json {
        Json::String(text) if text.contains("${") => {
            let marks = [
                ("${unique}", &values.unique),
                ("${canary}", &values.canary),
                ("${uuid}", &values.uuid),
                ("${now}", &values.now),
            ];
            for (name, value) in marks {
                *text = text.replace(name, value);
            }
        }
        Json::Array(elements) => elements
            .iter_mut()
            .for_each(|element| mark(element, values)),
        Json::Object(entries) => entries.values_mut().for_each(|value| mark(value, values)),
        _ => {}
    }
}

/// Reads the examples of an address; one that is no JSON is a finding.
///
/// # Errors
/// When there are none, or a file cannot be read.
pub(super) fn load(
    incoming: &Incoming,
    files: &dyn Files,
    report: &mut CheckReport,
) -> Result<Vec<Example>, CheckError> {
    let sources = match &incoming.payload {
        Payload::Inline(template) => {
            return Ok(vec![Example {
                name: "the event".into(),
                location: template.span().location(),
                content: Content::Template(template.clone()),
            }]);
        }
        Payload::Files(sources) => sources,
    };
    let mut paths = Vec::new();
    for source in sources {
        let found = found(source, files).map_err(|error| error.at(source.span.location()))?;
        paths.extend(found.into_iter().map(|path| (path, source)));
    }
    if paths.len() > EXAMPLES {
        let more = paths.len() - EXAMPLES;
        report
            .notes
            .push(format!("{more} more examples were not sent."));
        paths.truncate(EXAMPLES);
    }
    let mut examples = Vec::new();
    for (path, source) in paths {
        let bytes = files.read(&path, SIZE_LIMIT);
        let bytes = bytes.map_err(|error| CheckError::from(error).at(source.span.location()))?;
        match serde_json::from_slice(&bytes) {
            Ok(json) => examples.push(Example {
                location: Location::line_of(path.as_str(), 1),
                name: path,
                content: Content::File(json),
            }),
            Err(error) => {
                report.evaluated += 1;
                report.findings.push(no_json(&path, &error, source));
            }
        }
    }
    Ok(examples)
}

fn found(source: &Located<String>, files: &dyn Files) -> Result<Vec<String>, CheckError> {
    if !is_glob(&source.value) {
        return Ok(vec![source.value.clone()]);
    }
    let found = files.list(std::slice::from_ref(&source.value))?;
    if found.is_empty() {
        let missing = FilesError::Missing {
            path: source.value.clone(),
        };
        return Err(missing.into());
    }
    Ok(found)
}

fn is_glob(path: &str) -> bool {
    path.contains(['*', '?', '[', '{'])
}

fn no_json(path: &str, error: &serde_json::Error, source: &Located<String>) -> Finding {
    let place = Location::line_of(path, error.line().max(1));
    Finding::new(&codes::FIXTURE, place, format!("{path} is no JSON"))
        .advice("Bring the example in the form in which the sender sends it. It was not sent.")
        .subject(format!("{path} no json"))
        .evidence("expected", "JSON")
        .related("the check that sends it", source.span.location())
}

/// One thing that makes an event wrong.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mutation {
    /// The keys that lead to the field.
    keys: Vec<String>,
    /// What stands there instead; nothing when the field is left out.
    instead: Option<Json>,
    /// In words, as in `without $.amount`.
    pub(super) words: String,
    /// Where the contract says that it is wrong.
    pub(super) location: Location,
}

impl Mutation {
    /// Makes an event wrong.
    pub(super) fn apply(&self, json: &mut Json) {
        let Some((last, way)) = self.keys.split_last() else {
            return;
        };
        let mut at = json;
        for key in way {
            match at.get_mut(key) {
                Some(below) => at = below,
                None => return,
            }
        }
        if let Some(entries) = at.as_object_mut() {
            match &self.instead {
                Some(value) => drop(entries.insert(last.clone(), value.clone())),
                None => drop(entries.remove(last)),
            }
        }
    }
}

/// What makes an event break its contract: half of them fields that are left out, half of them
/// fields of another type.
///
/// # Errors
/// When the contract itself makes no sense.
pub(super) fn mutations(json: &Json, contract: &Contract) -> Result<Vec<Mutation>, CheckError> {
    let mut fields = Vec::new();
    walk(json, &mut Vec::new(), &mut fields);
    let mut chosen = Vec::new();
    for wrong_type in [false, true] {
        let mut more = MUTATIONS / 2;
        for (keys, value) in &fields {
            if more == 0 {
                break;
            }
            if let Some(mutation) = mutation(json, keys, value, wrong_type, contract)? {
                chosen.push(mutation);
                more -= 1;
            }
        }
    }
    Ok(chosen)
}

/// The fields of an event, the outer ones first.
fn walk<'j>(json: &'j Json, keys: &mut Vec<String>, fields: &mut Vec<(Vec<String>, &'j Json)>) {
    let Some(entries) = json.as_object() else {
        return;
    };
    for (key, value) in entries {
        if fields.len() < FIELDS {
            let mut path = keys.clone();
            path.push(key.clone());
            fields.push((path, value));
        }
    }
    if keys.len() + 1 < DEEPEST {
        for (key, value) in entries {
            keys.push(key.clone());
            walk(value, keys, fields);
            keys.pop();
        }
    }
}

fn mutation(
    json: &Json,
    keys: &[String],
    value: &Json,
    wrong_type: bool,
    contract: &Contract,
) -> Result<Option<Mutation>, CheckError> {
    let path = json_path(keys);
    let (instead, words) = if wrong_type {
        let (instead, words) = of_another_type(value);
        (Some(instead), format!("with {path} as {words}"))
    } else {
        (None, format!("without {path}"))
    };
    let mut mutation = Mutation {
        keys: keys.to_vec(),
        instead,
        words,
        location: contract.schema().location(),
    };
    let mut wrong = json.clone();
    mutation.apply(&mut wrong);
    let verdict = contract.check(&wrong)?;
    Ok(verdict.mismatches.into_iter().next().map(|mismatch| {
        mutation.location = mismatch.location;
        mutation
    }))
}

fn of_another_type(value: &Json) -> (Json, &'static str) {
    match value {
        Json::String(_) => (Json::from(4_711), "a number"),
        Json::Number(_) => (Json::from("not a number"), "a text"),
        Json::Bool(_) => (Json::from("neither"), "a text"),
        Json::Null | Json::Array(_) | Json::Object(_) => (Json::from("a text"), "a text"),
    }
}

fn json_path(keys: &[String]) -> String {
    keys.iter()
        .fold("$".to_owned(), |path, key| step(path, key))
}
