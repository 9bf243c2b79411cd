//! Values that come from an earlier answer: they are captured there and named where they are sent.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value as Json;
use tidegate_kinds::draft::{is_data, words};

use super::super::model::{Auth, Body, Capture, Source, Step};
use super::super::names::{capture, free, singular};
use super::super::values::Spot;
use super::super::{secrets, values};
use super::page::fields;
use super::step::Answer;

/// From how many characters on a text is looked for in pages.
const IN_PAGE: usize = 16;

/// The most places that are kept for one value.
const PLACES: usize = 40;

/// Last words of names under which things are named.
const IDS: &[&str] = &[
    "id", "ids", "uuid", "guid", "key", "slug", "token", "csrf", "xsrf", "nonce", "code", "cursor",
    "etag", "ref", "revision", "version",
];

/// The most values of one journey that are captured.
const CAPTURES: usize = 1_000;

/// Where a value stands in an answer.
#[derive(Debug, Clone)]
struct Found {
    step: usize,
    source: Source,
    /// What its capture is called.
    called: String,
    /// Whether things are named by what stands under its name.
    id: bool,
    /// Whether it is a token that each answer renews.
    rotates: bool,
}

impl Found {
    fn new(step: usize, source: Source, key: &str, called: String) -> Self {
        Self {
            step,
            source,
            called,
            id: names_something(key),
            rotates: key.contains("csrf") || key.contains("xsrf"),
        }
    }
}

/// What was captured: by the step and where in its answer, the name.
#[derive(Debug, Default)]
pub(super) struct Captured {
    /// The names that are taken.
    names: BTreeSet<String>,
    /// The names of each recorded value, with the step that captures it, the first first.
    values: HashMap<String, Vec<(usize, String)>>,
    /// The steps that capture something.
    steps: HashSet<usize>,
    /// The steps that create something.
    pub(super) created: HashSet<usize>,
}

impl Captured {
    /// Captures a value of the answer to a step, under a name that is free; the name.
    pub(super) fn add(&mut self, called: &str, step: usize, value: String) -> String {
        let name = free(&capture(called), &mut self.names, "_");
        self.steps.insert(step);
        let all = self.values.entry(value).or_default();
        all.push((step, name.clone()));
        name
    }

    /// The names that a value has before a step, with the steps that capture it.
    pub(super) fn named(&self, value: &str, before: usize) -> impl Iterator<Item = (usize, &str)> {
        let all = self.values.get(value).into_iter().flatten();
        all.filter(move |(step, _)| *step < before)
            .map(|(step, name)| (*step, name.as_str()))
    }

    /// Whether a step captures something.
    pub(super) fn is_by(&self, step: usize) -> bool {
        self.steps.contains(&step)
    }
}

/// Captures what later requests send.
pub(super) fn correlate(steps: &mut [Step], answers: &[Answer<'_>]) -> Captured {
    let needed = needed(steps);
    let found = find(steps, answers, &needed);
    let posts = steps
        .iter()
        .enumerate()
        .filter(|(_, step)| step.method == "POST");
    let mut captured = Captured {
        created: posts.map(|(at, _)| at).collect(),
        ..Captured::default()
    };
    let mut names: HashMap<(usize, String), String> = HashMap::new();
    let mut sent: HashMap<String, usize> = HashMap::new();
    for at in 0..steps.len() {
        // What a step sends may come from the same answers as what it sent a moment before: it is looked at twice.
        let mut uses: HashMap<String, Vec<&Found>> = HashMap::new();
        each(&mut steps[at], &mut |place, text| {
            let place = Sent::new(place, text);
            let all = found.get(text.as_str());
            let Some(best) = all.and_then(|all| best(all, at, &place, answers)) else {
                sent.entry(text.clone()).or_insert(at);
                return;
            };
            // What the client sent before it was answered is the client's own.
            let first = sent.get(text.as_str());
            if first.is_none_or(|first| *first > best.step) {
                let uses = uses.entry(text.clone()).or_default();
                if !uses.iter().any(|known| std::ptr::eq(*known, best)) {
                    uses.push(best);
                }
            }
        });
        if uses.is_empty() {
            continue;
        }
        let mut taken: Vec<(usize, Capture)> = Vec::new();
        each(&mut steps[at], &mut |place, text| {
            let place = Sent::new(place, text);
            let all = uses.get(text.as_str()).into_iter().flatten();
            let Some(found) = all.copied().find(|found| fits(&place, found)) else {
                return;
            };
            let key = (found.step, format!("{:?}", found.source));
            if names.len() >= CAPTURES && !names.contains_key(&key) {
                return;
            }
            let name = names.entry(key).or_insert_with(|| {
                let name = captured.add(&found.called, found.step, text.clone());
                let source = found.source.clone();
                let capture = Capture {
                    name: name.clone(),
                    source,
                };
                taken.push((found.step, capture));
                name
            });
            *text = format!("${{{name}}}");
        });
        for (step, capture) in taken {
            steps[step].captures.push(capture);
        }
    }
    captured
}

/// Where a value is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place<'p> {
    Segment,
    Field(&'p str),
    Header(&'p str),
    Token,
}

/// What is known of a value by itself and by where it is sent.
struct Sent<'p> {
    place: Place<'p>,
    length: usize,
    /// Whether no two things have it by chance.
    telling: bool,
    /// Whether its name is that of an id, a token or the like.
    id: bool,
}

impl<'p> Sent<'p> {
    fn new(place: Place<'p>, value: &str) -> Self {
        let id = match place {
            Place::Field(name) => names_something(name),
            Place::Header(name) => secrets::is_secret_name(name),
            Place::Segment | Place::Token => false,
        };
        Self {
            place,
            length: value.len(),
            telling: is_token(value),
            id,
        }
    }
}

/// Shows every whole value that is sent.
fn each(step: &mut Step, seen: &mut dyn FnMut(Place<'_>, &mut String)) {
    let mut parts: Vec<String> = step.target.path.split('/').map(str::to_owned).collect();
    for part in parts.iter_mut().filter(|part| !part.is_empty()) {
        seen(Place::Segment, part);
    }
    step.target.path = parts.join("/");
    if let Body::Json(json) = &mut step.body {
        numbers(json, "", seen);
    }
    values::visit_request(step, &mut |spot, text| match spot {
        Spot::Query(name) | Spot::Body(name) if !name.is_empty() => seen(Place::Field(name), text),
        Spot::Header(name) => seen(Place::Header(name), text),
        _ => {}
    });
    match &mut step.auth {
        Some(Auth::Bearer(token)) => seen(Place::Token, token),
        Some(Auth::Other(value)) => {
            if let Some((scheme, rest)) = value.split_once(' ') {
                let (scheme, mut rest) = (scheme.to_owned(), rest.to_owned());
                seen(Place::Token, &mut rest);
                *value = format!("{scheme} {rest}");
            }
        }
        _ => {}
    }
}

/// Numbers of a body, which become texts where a reference stands for them.
fn numbers(json: &mut Json, name: &str, seen: &mut dyn FnMut(Place<'_>, &mut String)) {
    match json {
        Json::Number(number) => {
            let before = number.to_string();
            let mut text = before.clone();
            seen(Place::Field(name), &mut text);
            if text != before {
                *json = Json::from(text);
            }
        }
        Json::Array(elements) => elements.iter_mut().for_each(|one| numbers(one, name, seen)),
        Json::Object(entries) => entries
            .iter_mut()
            .for_each(|(key, one)| numbers(one, key, seen)),
        _ => {}
    }
}

/// Every value that is sent and could come from an answer.
fn needed(steps: &mut [Step]) -> HashSet<String> {
    let mut needed = HashSet::new();
    for step in steps {
        each(step, &mut |place, text| {
            let ids = match place {
                Place::Field(name) | Place::Header(name) => names_something(name),
                Place::Segment | Place::Token => true,
            };
            if text.len() <= 4096 && (ids || is_token(text)) && !text.is_empty() {
                needed.insert(text.clone());
            }
        });
    }
    needed
}

/// Whether a name is that of an id, a token or the like.
fn names_something(name: &str) -> bool {
    let words = words(name);
    words
        .last()
        .is_some_and(|last| IDS.contains(&last.as_str()))
        || secrets::is_secret_name(name)
}

/// A text that no two things have by chance.
fn is_token(text: &str) -> bool {
    let plain = !text.contains([' ', '@', '/', ':']) && !text.contains("${");
    plain && ((text.len() >= 8 && is_data(text)) || text.len() >= 24) && !is_day(text)
}

/// A date or a time, which many things share.
fn is_day(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.matches('-').count() >= 2
        && digits >= 8
        && text.len() < 30
        && text.as_bytes().get(4) == Some(&b'-')
}

/// Whether a value that stands at a place in a request may come from where it was found.
fn fits(sent: &Sent<'_>, found: &Found) -> bool {
    match sent.place {
        Place::Segment => (found.id && sent.length < 200) || sent.telling,
        Place::Field(_) => sent.telling || (found.id && sent.id),
        Place::Header(_) => (sent.telling && found.id) || (sent.length >= 8 && sent.id),
        Place::Token => sent.length >= 8,
    }
}

/// The place that a value most likely comes from.
fn best<'f>(
    all: &'f [Found],
    at: usize,
    sent: &Sent<'_>,
    answers: &[Answer<'_>],
) -> Option<&'f Found> {
    let earlier = || {
        all.iter()
            .filter(|found| found.step < at && fits(sent, found))
    };
    let creates = |found: &&Found| answers[found.step].status == 201 && found.id;
    let last = earlier().rfind(|found| found.rotates);
    last.or_else(|| earlier().find(creates))
        .or_else(|| earlier().find(|found| found.id))
        .or_else(|| earlier().next())
}

/// Where the needed values stand in answers.
fn find(
    steps: &[Step],
    answers: &[Answer<'_>],
    needed: &HashSet<String>,
) -> HashMap<String, Vec<Found>> {
    let mut found: HashMap<String, Vec<Found>> = HashMap::new();
    for (at, answer) in answers.iter().enumerate() {
        let resource = resource(&steps[at].target.path);
        let mut add = |value: &str, source: Source, key: &str, called: String| {
            let all = found.entry(value.to_owned()).or_default();
            if all.len() < PLACES {
                all.push(Found::new(at, source, key, called));
            }
        };
        if let Some(json) = &answer.json {
            let mut path = Vec::new();
            walk(json, &mut path, needed, &mut |value, path| {
                let (key, called) = named(path, &resource);
                add(value, Source::Json(json_path(path)), &key, called);
            });
        }
        for (name, value) in &answer.headers {
            if needed.contains(value) {
                add(value, Source::Header(name.clone()), name, name.clone());
            }
        }
        for (name, value) in &answer.cookies {
            let plain = percent_encoding::percent_decode_str(value).decode_utf8_lossy();
            for value in [value.as_str(), &plain] {
                if needed.contains(value) {
                    add(value, Source::Cookie(name.clone()), name, name.clone());
                }
            }
        }
        if let Some(html) = answer.html.as_deref() {
            for field in fields(html) {
                let value = field.value;
                let may = value.len() >= IN_PAGE && !is_data(field.name);
                if may && needed.contains(value) && is_token(value) {
                    let key = format!("{}-token", field.name);
                    let called = field.name.to_owned();
                    add(value, Source::Regex(field.regex()), &key, called);
                }
            }
        }
    }
    found
}

/// A step of a path through a JSON value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way<'w> {
    /// Into a map.
    Key(&'w str),
    /// Into a list.
    Index(usize),
}

fn walk<'j>(
    json: &'j Json,
    path: &mut Vec<Way<'j>>,
    needed: &HashSet<String>,
    found: &mut dyn FnMut(&str, &[Way<'j>]),
) {
    if path.len() > 8 {
        return;
    }
    match json {
        Json::String(text) if needed.contains(text) => {
            found(text, path);
        }
        Json::Number(number) => {
            let text = number.to_string();
            if needed.contains(&text) {
                found(&text, path);
            }
        }
        Json::Array(elements) => {
            for (at, element) in elements.iter().enumerate().take(200) {
                path.push(Way::Index(at));
                walk(element, path, needed, found);
                path.pop();
            }
        }
        Json::Object(entries) => {
            // A key that is data is another one the next time, and may be a secret.
            for (key, value) in entries.iter().filter(|(key, _)| !is_data(key)) {
                path.push(Way::Key(key));
                walk(value, path, needed, found);
                path.pop();
            }
        }
        _ => {}
    }
}

/// A path as a JSONPath (RFC 9535).
pub(super) fn json_path(path: &[Way<'_>]) -> String {
    let mut text = "$".to_owned();
    for way in path {
        match way {
            Way::Index(at) => text.push_str(&format!("[{at}]")),
            Way::Key(key) => text.push_str(&member(key)),
        }
    }
    text
}

/// A name as a step of a JSONPath.
pub(crate) fn member(key: &str) -> String {
    let mut letters = key.chars();
    let plain = letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if plain {
        return format!(".{key}");
    }
    // Signs that are invisible are written as JSON writes them.
    let quoted = Json::from(key).to_string();
    let inside = quoted[1..quoted.len() - 1]
        .replace("\\\"", "\"")
        .replace('\'', "\\'");
    format!("['{inside}']")
}

/// The key of a value, and what a capture of it is called.
fn named(path: &[Way<'_>], resource: &str) -> (String, String) {
    let mut keys = path.iter().rev().filter_map(|way| match way {
        Way::Key(key) => Some(*key),
        Way::Index(_) => None,
    });
    let key = keys.next().unwrap_or("id");
    let last = words(key);
    let generic = [
        "items", "data", "results", "records", "rows", "entries", "content", "values", "result",
        "value",
    ];
    let called = match last.as_slice() {
        [one] if ["id", "uuid", "guid", "key", "slug"].contains(&one.as_str()) => {
            let parent = keys.next().map(str::to_ascii_lowercase);
            let parent = parent.filter(|parent| !generic.contains(&parent.as_str()));
            parent.map_or_else(|| resource.to_owned(), |parent| singular(&parent))
        }
        [before @ .., last] if last == "id" || last == "uuid" => before.join("-"),
        _ => key.to_owned(),
    };
    (key.to_owned(), called)
}

/// What a path is about: `record` for `/api/records/7`.
pub(super) fn resource(path: &str) -> String {
    let mut segments = path.split('/').rev();
    let word = segments.find(|segment| {
        segment.len() > 2
            && segment
                .chars()
                .all(|letter| letter.is_ascii_alphabetic() || "-_".contains(letter))
    });
    singular(&word.unwrap_or("thing").to_ascii_lowercase())
}

/// A text that a regular expression finds as it is.
pub(crate) fn regex_escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        if "\\.+*?()|[]{}^$#&-~/".contains(letter) && letter != '-' && letter != '/' {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}
