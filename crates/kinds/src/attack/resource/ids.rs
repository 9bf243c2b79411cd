//! Where answers name things.

use serde_json::Value as Json;
use tidegate_core::ports::http::Response;

/// The id in an answer: at the top, or in the one thing that the answer wraps.
pub(crate) fn id_of(document: &Json, keys: &[String]) -> Option<Json> {
    own_id(document, keys).or_else(|| wrapped_id(document, keys))
}

/// The id of what a create with a mark made: at the top of its answer, else of what has the mark in it,
/// else of the one thing that the answer wraps.
pub(crate) fn id_of_made(document: &Json, mark: &str, keys: &[String]) -> Option<Json> {
    let marked = || match &*ids_of(document, mark, keys) {
        [one] => Some(one.clone()),
        _ => None,
    };
    own_id(document, keys)
        .or_else(marked)
        .or_else(|| wrapped_id(document, keys))
}

fn own_id(value: &Json, keys: &[String]) -> Option<Json> {
    let mut ids = keys.iter().filter_map(|key| value.get(key));
    ids.find(|id| id.is_string() || id.is_number()).cloned()
}

/// Among several things nothing says which one was made, and the wrong one would be removed in the end.
fn wrapped_id(document: &Json, keys: &[String]) -> Option<Json> {
    let members = document
        .as_object()
        .into_iter()
        .flat_map(|map| map.values());
    let elements = document.as_array().into_iter().flatten();
    let mut ids = members
        .chain(elements)
        .filter_map(|inside| own_id(inside, keys));
    let first = ids.next()?;
    ids.all(|other| other == first).then_some(first)
}

/// The last segment of the `Location` of an answer, which names what was created.
pub(crate) fn last_segment(response: &Response) -> Option<Json> {
    let location = response.header("location")?;
    let path = location.split(['?', '#']).next()?;
    let segment = path.trim_end_matches('/').rsplit('/').next()?;
    (!segment.is_empty()).then(|| Json::from(segment))
}

/// The ids of the things in an answer that have a text in them, the innermost of each.
pub(crate) fn ids_of(document: &Json, text: &str, keys: &[String]) -> Vec<Json> {
    let mut found = Vec::new();
    gather(document, text, keys, &mut found, 64);
    found
}

/// Whether the text is in the value; the ids of what has it are added.
fn gather(value: &Json, text: &str, keys: &[String], found: &mut Vec<Json>, depth: usize) -> bool {
    if depth == 0 {
        return false;
    }
    match value {
        Json::String(own) => own.contains(text),
        Json::Array(elements) => {
            let mut any = false;
            for element in elements {
                any |= gather(element, text, keys, found, depth - 1);
            }
            any
        }
        Json::Object(entries) => {
            let before = found.len();
            let mut any = false;
            for entry in entries.values() {
                any |= gather(entry, text, keys, found, depth - 1);
            }
            if any && found.len() == before {
                let mut ids = keys.iter().filter_map(|key| entries.get(key));
                found.extend(ids.find(|id| id.is_string() || id.is_number()).cloned());
            }
            any
        }
        _ => false,
    }
}
