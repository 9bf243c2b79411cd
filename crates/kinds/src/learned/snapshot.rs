//! The file that holds what was learned: JSON with sorted keys, the same bytes for the same shapes.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};
use tidegate_core::diagnostic::Diagnostic;

use super::form::Form;
use super::shape::{Counting, Field, Object, SETTLED, Shape, Types};
use crate::specification::At;

/// The version of the file that this Tidegate writes.
const VERSION: i64 = 1;

/// The answers by their request, and by their status and media type.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Snapshot {
    /// `GET /api/records/{id}` to `200 application/json` to the shape.
    pub(super) requests: BTreeMap<String, BTreeMap<String, Shape>>,
}

/// Which answer: its request, and its status and media type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// `GET /api/records/{id}`.
    pub(super) request: String,
    /// `200 application/json`.
    pub(super) answer: String,
}

impl Snapshot {
    /// The shape of an answer.
    pub(super) fn get(&self, key: &Key) -> Option<&Shape> {
        self.requests.get(&key.request)?.get(&key.answer)
    }

    /// How many answers it holds.
    pub(super) fn answers(&self) -> usize {
        self.requests.values().map(BTreeMap::len).sum()
    }

    /// Takes out what is known of an answer.
    pub(super) fn forget(&mut self, key: &Key) {
        if let Some(answers) = self.requests.get_mut(&key.request) {
            answers.remove(&key.answer);
            if answers.is_empty() {
                self.requests.remove(&key.request);
            }
        }
    }

    /// Every answer with its shape.
    pub(super) fn into_answers(self) -> impl Iterator<Item = (Key, Shape)> {
        self.requests.into_iter().flat_map(|(request, answers)| {
            let answers = answers.into_iter();
            answers.map(move |(answer, shape)| {
                let request = request.clone();
                (Key { request, answer }, shape)
            })
        })
    }

    /// Adds a shape to what is known of an answer.
    pub(super) fn add(&mut self, key: Key, shape: Shape) {
        let answers = self.requests.entry(key.request).or_default();
        let shape = match answers.remove(&key.answer) {
            Some(known) => known.merge(shape, Counting::Between),
            None => shape,
        };
        answers.insert(key.answer, shape);
    }

    /// The content of the file.
    pub(super) fn text(&self) -> String {
        let requests = self.requests.iter().map(|(request, answers)| {
            let answers = answers.iter();
            let answers = answers.map(|(answer, shape)| (answer.clone(), write(shape, None)));
            (request.clone(), Json::Object(answers.collect()))
        });
        let requests: Map<String, Json> = requests.collect();
        format!("{:#}\n", json!({ "answers": requests, "version": VERSION }))
    }

    /// Reads the file.
    ///
    /// # Errors
    /// What is wrong with it, at its place.
    pub(super) fn read(root: At<'_>) -> Result<Self, Diagnostic> {
        let version = root.get("version").ok_or_else(|| {
            Diagnostic::at(root.span(), "the snapshot says no version")
                .label("expected `\"version\": 1`")
        })?;
        if version.number().and_then(serde_json::Number::as_i64) != Some(VERSION) {
            return Err(
                Diagnostic::at(version.span(), "the snapshot has an unknown version")
                    .label(format!("this Tidegate reads version {VERSION}"))
                    .help("A newer Tidegate wrote it: use that one, or a newer one still."),
            );
        }
        known_keys(root, &["answers", "version"])?;
        let mut requests = BTreeMap::new();
        for (request, answers) in child(root, "answers")?.entries() {
            let answers = map(answers)?.entries();
            let answers = answers.map(|(answer, shape)| Ok((answer.to_owned(), read(shape, &[])?)));
            requests.insert(
                request.to_owned(),
                answers.collect::<Result<_, Diagnostic>>()?,
            );
        }
        Ok(Self { requests })
    }
}

/// A shape with its keys sorted; `always` says of a field whether no object was without it.
fn write(shape: &Shape, always: Option<bool>) -> Json {
    let mut written = Map::new();
    let fields = shape.object.as_ref().map(|object| {
        if let Some(values) = &object.values {
            written.insert("additionalProperties".into(), write(values, None));
        }
        &object.fields
    });
    if let Some(form) = shape.form {
        written.insert("format".into(), form.name().into());
    }
    if let Some(items) = &shape.items {
        written.insert("items".into(), write(items, None));
    }
    if let Some(Some(fields)) = fields {
        let fields = fields.iter();
        let fields =
            fields.map(|(name, field)| (name.clone(), write(&field.shape, Some(field.always))));
        written.insert("properties".into(), Json::Object(fields.collect()));
    }
    match always {
        Some(true) if shape.settled() => drop(written.insert("required".into(), true.into())),
        Some(false) => drop(written.insert("required".into(), false.into())),
        _ => {}
    }
    if !shape.settled() {
        written.insert("samples".into(), shape.samples.into());
    }
    let mut names = shape.types.names();
    let types = match (names.next(), names.next()) {
        (Some(only), None) => only.into(),
        _ => shape.types.names().collect(),
    };
    written.insert("type".into(), types);
    Json::Object(written)
}

const KEYS: &[&str] = &[
    "additionalProperties",
    "format",
    "items",
    "properties",
    "samples",
    "type",
];

fn read(at: At<'_>, more: &[&str]) -> Result<Shape, Diagnostic> {
    map(at)?;
    known_keys(at, &[KEYS, more].concat())?;
    let inner = |key: &str| -> Result<Option<Box<Shape>>, Diagnostic> {
        let found = at.get(key).map(|inner| read(inner, &[]));
        Ok(found.transpose()?.map(Box::new))
    };
    let values = inner("additionalProperties")?;
    let fields = at.get("properties").map(read_fields).transpose()?;
    let is_described = fields.is_some() || values.is_some();
    Ok(Shape {
        samples: read_samples(at)?,
        types: read_types(child(at, "type")?)?,
        form: at.get("format").map(read_form).transpose()?,
        object: is_described.then_some(Object { fields, values }),
        items: inner("items")?,
    })
}

fn read_fields(at: At<'_>) -> Result<BTreeMap<String, Field>, Diagnostic> {
    let entries = map(at)?.entries();
    let fields = entries.map(|(name, at)| {
        let mut shape = read(at, &["required"])?;
        let always = match at.get("required").map(At::boolean) {
            Some(Some(required)) => required,
            // Whoever takes the word away does not want the field to be required.
            None => !shape.settled(),
            Some(None) => return Err(wrong(at, "required", "true or false")),
        };
        if at.flag("required") {
            shape.samples = SETTLED;
        }
        Ok((name.to_owned(), Field { always, shape }))
    });
    fields.collect()
}

fn read_samples(at: At<'_>) -> Result<u8, Diagnostic> {
    let Some(samples) = at.get("samples") else {
        return Ok(SETTLED);
    };
    let number = samples.number().and_then(serde_json::Number::as_u64);
    let number = number.and_then(|number| u8::try_from(number).ok());
    number
        .filter(|number| (1..=SETTLED).contains(number))
        .ok_or_else(|| wrong(at, "samples", "a number from 1 to 5"))
}

fn read_types(at: At<'_>) -> Result<Types, Diagnostic> {
    let one = |at: At<'_>| {
        let name = at.text().and_then(Types::named);
        name.ok_or_else(|| {
            Diagnostic::at(at.span(), "this is no type")
                .label("expected array, boolean, integer, null, number, object or string")
        })
    };
    if !at.is_list() {
        return one(at);
    }
    let mut types = Types::default();
    for name in at.elements() {
        types = types.and(one(name)?);
    }
    Ok(types)
}

fn read_form(at: At<'_>) -> Result<Form, Diagnostic> {
    let form = at.text().and_then(Form::named);
    form.ok_or_else(|| {
        Diagnostic::at(at.span(), "this is no format that Tidegate learns")
            .label("leave the line out to allow any text")
    })
}

fn map(at: At<'_>) -> Result<At<'_>, Diagnostic> {
    if at.is_map() {
        return Ok(at);
    }
    Err(Diagnostic::at(at.span(), format!("this is {}", at.describe())).label("expected a map"))
}

fn child<'l>(at: At<'l>, key: &str) -> Result<At<'l>, Diagnostic> {
    let found = at.get(key);
    found.ok_or_else(|| Diagnostic::at(at.span(), format!("`{key}` is missing here")))
}

fn wrong(at: At<'_>, key: &str, expected: &str) -> Diagnostic {
    let span = at.get(key).map_or_else(|| at.span(), At::span);
    Diagnostic::at(span, format!("`{key}` makes no sense")).label(format!("expected {expected}"))
}

fn known_keys(at: At<'_>, known: &[&str]) -> Result<(), Diagnostic> {
    let mut keys = at.entries().map(|(key, _)| key);
    let unknown = keys.find(|key| !known.contains(key));
    match unknown.and_then(|key| Some((key, at.key_span(key)?))) {
        Some((key, span)) => Err(Diagnostic::unknown(span, "key", key, known)),
        None => Ok(()),
    }
}
