//! What of a recorded answer will be the same the next time.

use serde_json::Value as Json;
use tidegate_core::template::escape;
use tidegate_kinds::draft::{is_data, words};

use super::super::model::{Body, Step};
use super::super::secrets::is_secret_name;
use super::correlate::{Captured, Way, json_path};
use super::step::Answer;

/// How many places of a body are held against what was recorded.
const PLACES: usize = 4;

/// How many titles are looked for in the rest of the journey.
const TITLES: usize = 8;

/// The longest text that is expected.
const LONGEST: usize = 60;

/// Words of names whose values change from run to run.
const CHANGING: &[&str] = &[
    "id",
    "uuid",
    "guid",
    "token",
    "created",
    "updated",
    "modified",
    "deleted",
    "date",
    "time",
    "timestamp",
    "at",
    "on",
    "expires",
    "expiry",
    "count",
    "total",
    "hash",
    "etag",
    "url",
    "href",
    "link",
    "cursor",
    "request",
    "trace",
    "nonce",
    "csrf",
    "version",
    "revision",
    "build",
    "commit",
    "duration",
    "uptime",
    "size",
    "avatar",
    "image",
    "signature",
    "checksum",
    "last",
    "next",
    "key",
    "ip",
    "number",
    "position",
    "random",
];

/// Gives a step what its answer must be.
pub(super) fn expect(step: &mut Step, at: usize, answer: &Answer<'_>, captured: &Captured) {
    step.expect.status = vec![answer.status.to_string()];
    if answer.status == 204 || step.method == "HEAD" {
        return;
    }
    if !answer.mime.is_empty() {
        let _ = step.expect.about(
            "headers",
            "content-type",
            "starts-with",
            escape(&answer.mime).into(),
        );
    }
    if let Some(json) = &answer.json {
        of_json(step, at, json, captured);
    } else if let Some(title) = answer.html.as_deref().and_then(title) {
        let _ = step
            .expect
            .whole("body", "contains", format!("<title>{title}</title>").into());
    }
}

/// The title of a page, where it is one that stays.
fn title(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once("<title>")?;
    let (title, _) = rest.split_once("</title>")?;
    let plain = title.len() <= LONGEST
        && !title.contains(['&', '\n', '$'])
        && !title.bytes().any(|byte| byte.is_ascii_digit());
    (plain && !title.is_empty()).then_some(title)
}

/// A place that is expected, the most telling first.
struct Told {
    rank: u8,
    path: String,
    predicate: &'static str,
    value: Json,
}

fn of_json(step: &mut Step, at: usize, json: &Json, captured: &Captured) {
    let mut told = Vec::new();
    let mut path = Vec::new();
    walk(step, at, json, &mut path, captured, &mut told);
    told.sort_by_key(|one| one.rank);
    told.dedup_by(|one, other| one.path == other.path && one.predicate == other.predicate);
    for one in told.into_iter().take(PLACES) {
        let _ = step
            .expect
            .about("json", &one.path, one.predicate, one.value);
    }
    if step.expect.parts.get("json").is_none() {
        let kind = if json.is_array() { "array" } else { "object" };
        if json.is_array() || json.is_object() {
            let _ = step.expect.about("json", "$", "type", kind.into());
        }
    }
}

fn walk<'j>(
    step: &Step,
    at: usize,
    json: &'j Json,
    path: &mut Vec<Way<'j>>,
    captured: &Captured,
    told: &mut Vec<Told>,
) {
    if path.len() > 3 || told.len() > 200 {
        return;
    }
    match json {
        Json::Object(entries) => {
            for (key, value) in entries {
                // A key that is data is another one the next time.
                if is_secret_name(key) || is_data(key) {
                    continue;
                }
                path.push(Way::Key(key));
                walk(step, at, value, path, captured, told);
                path.pop();
            }
        }
        Json::Array(elements) if !elements.is_empty() => {
            list(step, at, elements, path, captured, told);
        }
        Json::Bool(_) | Json::String(_) | Json::Number(_) => {
            scalar(step, at, json, path, captured, told);
        }
        _ => {}
    }
}

/// A list is not empty, and has what the journey created.
fn list(
    step: &Step,
    at: usize,
    elements: &[Json],
    path: &[Way<'_>],
    captured: &Captured,
    told: &mut Vec<Told>,
) {
    let whole = json_path(path);
    told.push(Told {
        rank: 2,
        path: whole.clone(),
        predicate: "is-empty",
        value: false.into(),
    });
    if step.method != "GET" {
        return;
    }
    // What came from this very list proves nothing about it; what a create answered does.
    let own = |value: &Json| {
        let text = plain(value)?;
        let names = captured.named(&text, at);
        let created = names.filter(|(from, _)| captured.created.contains(from));
        created.map(|(_, name)| name.to_owned()).min()
    };
    for key in ["id", "uuid", "_id"] {
        let mut ids = elements.iter().filter_map(|element| element.get(key));
        if let Some(name) = ids.find_map(own) {
            told.push(Told {
                rank: 0,
                path: format!("{whole}[*].{key}"),
                predicate: "contains",
                value: format!("${{{name}}}").into(),
            });
        }
    }
}

fn plain(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn scalar(
    step: &Step,
    at: usize,
    value: &Json,
    path: &[Way<'_>],
    captured: &Captured,
    told: &mut Vec<Told>,
) {
    let text = json_path(path);
    let Some(Way::Key(key)) = path.last() else {
        return;
    };
    let names = words(key);
    let is_id = names
        .last()
        .is_some_and(|last| last == "id" || last == "uuid");
    let own = plain(value).filter(|_| is_id);
    let known = own
        .as_deref()
        .and_then(|own| captured.named(own, at).next());
    if let Some((_, name)) = known {
        told.push(Told {
            rank: 0,
            path: text,
            predicate: "equals",
            value: format!("${{{name}}}").into(),
        });
        return;
    }
    if echoes(step, key, value) {
        told.push(Told {
            rank: 1,
            path: text,
            predicate: "equals",
            value: value.clone(),
        });
    } else if !names.iter().any(|word| CHANGING.contains(&word.as_str())) && stays(value) {
        told.push(Told {
            rank: 3,
            path: text,
            predicate: "equals",
            value: value.clone(),
        });
    }
}

/// Whether a value is one that was just sent under the same name.
fn echoes(step: &Step, key: &str, value: &Json) -> bool {
    let Body::Json(sent) = &step.body else {
        return false;
    };
    sent.get(key) == Some(value) && !matches!(value, Json::String(text) if text.len() > LONGEST)
}

/// Whether a value looks like a word of the interface rather than like data.
fn stays(value: &Json) -> bool {
    match value {
        Json::Bool(_) => true,
        Json::String(text) => {
            let signs = text
                .chars()
                .all(|letter| letter.is_alphanumeric() || " -_.@".contains(letter));
            !text.is_empty()
                && text.len() <= LONGEST
                && signs
                && !is_data(text)
                && !text.bytes().any(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

/// Lets a create have a name of its own in each run, where the answer repeats the name and nothing looks for a part
/// of it.
pub(super) fn mark(steps: &mut [Step], answers: &[Answer<'_>], captured: &Captured) {
    let mut tried = 0;
    for at in 0..steps.len() {
        let is_create = steps[at].method == "POST"
            && super::super::cleanup::is_collection(&steps[at].target.path);
        if !is_create || !captured.is_by(at) {
            continue;
        }
        let Some((key, value)) = title_of(&steps[at], &answers[at]) else {
            continue;
        };
        tried += 1;
        if tried > TITLES {
            return;
        }
        let lower = value.to_lowercase();
        let mut part = false;
        for step in &mut steps[at + 1..] {
            super::super::values::visit_request(step, &mut |_, text| {
                let own = text.to_lowercase();
                part |=
                    own != lower && own.len() > 2 && (lower.contains(&own) || own.contains(&lower));
            });
        }
        if part {
            continue;
        }
        // From here on the name is the run's own.
        for step in &mut steps[at..] {
            super::super::values::visit(step, &mut |_, text| {
                if *text == value {
                    "${unique}".clone_into(text);
                }
            });
        }
        steps[at].notes.push(format!(
            "`{key}` is another one in each run, so that what is left over can be found."
        ));
        return;
    }
}

fn title_of(step: &Step, answer: &Answer<'_>) -> Option<(&'static str, String)> {
    let Body::Json(sent) = &step.body else {
        return None;
    };
    let answered = answer.json.as_ref()?;
    ["title", "name", "subject", "label"]
        .into_iter()
        .find_map(|key| {
            let value = sent.get(key)?;
            let wrapped = answered
                .as_object()
                .into_iter()
                .flat_map(|map| map.values());
            let mut places = std::iter::once(answered).chain(wrapped);
            let echoed = places.any(|place| place.get(key) == Some(value));
            let text = value
                .as_str()
                .filter(|text| text.len() >= 3 && !text.contains("${"))?;
            echoed.then(|| (key, text.to_owned()))
        })
}
