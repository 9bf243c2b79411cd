//! The fields of an answer: those that nobody may see, and those that are not listed.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::config::Bounds;
use super::sensitive::{self, Sort};
use crate::naming::{is_name, words};

/// The most fields of one answer that are told.
const MOST: usize = 50;

/// How often a field was seen, by its path and what it holds.
pub(super) type Seen = BTreeMap<(String, Sort), usize>;

/// Fields that no client may see.
pub(super) fn sensitive(document: &Json, bounds: &Bounds) -> Seen {
    let mut seen = Seen::new();
    walk(document, &mut Way::default(), &mut |way, value| {
        let Some(name) = way.names.last() else {
            return;
        };
        let sort = declared(way, name, value, bounds).or_else(|| match value {
            Json::String(text) => sensitive::sort(name, text, true),
            Json::Number(number) => sensitive::sort(name, &number.to_string(), false),
            _ => None,
        });
        let Some(sort) = sort else { return };
        let is_allowed = bounds.allow.iter().any(|entry| names(entry, way, name));
        let key = (way.path.clone(), sort);
        if !is_allowed && (seen.len() < MOST || seen.contains_key(&key)) {
            *seen.entry(key).or_default() += 1;
        }
    });
    seen
}

fn declared(way: &Way<'_>, name: &str, value: &Json, bounds: &Bounds) -> Option<Sort> {
    let says_something = match value {
        Json::Null | Json::Bool(false) => false,
        Json::String(text) => !text.is_empty(),
        _ => true,
    };
    let is_meant = bounds.sensitive.iter().any(|entry| names(entry, way, name));
    (says_something && is_meant).then_some(Sort::Declared)
}

/// Whether an entry of the gate file means this field: by its path, or by its name in any spelling.
fn names(entry: &str, way: &Way<'_>, name: &str) -> bool {
    if entry.starts_with('$') {
        return entry == way.path;
    }
    if entry.contains('.') {
        return way.dotted().ends_with(entry);
    }
    words(entry) == words(name)
}

/// Fields of things that are neither listed nor inside or around a listed one, each by its path below
/// the thing.
pub(super) fn unlisted(things: &[&Json], listed: &[String]) -> BTreeMap<String, usize> {
    let mut seen = BTreeMap::new();
    for thing in things {
        walk(thing, &mut Way::default(), &mut |way, _| {
            let dotted = way.dotted();
            let is_listed = listed.iter().any(|entry| is_part(&dotted, entry));
            if !is_listed
                && !dotted.is_empty()
                && (seen.len() < MOST || seen.contains_key(&way.path))
            {
                *seen.entry(way.path.clone()).or_insert(0) += 1;
            }
        });
    }
    seen
}

/// Whether a field is the listed one or inside it.
fn is_part(dotted: &str, entry: &str) -> bool {
    let entry = entry.strip_prefix("$.").unwrap_or(entry);
    dotted
        .strip_prefix(entry)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The way to a value in a document.
#[derive(Default)]
struct Way<'v> {
    /// As a JSONPath, with `*` for the places in lists.
    path: String,
    /// The names on it.
    names: Vec<&'v str>,
}

impl Way<'_> {
    fn dotted(&self) -> String {
        self.names.join(".")
    }
}

/// Shows every value that holds no others; an empty list or map is one.
fn walk<'v>(value: &'v Json, way: &mut Way<'v>, visit: &mut dyn FnMut(&Way<'v>, &'v Json)) {
    if way.path.is_empty() {
        way.path.push('$');
    }
    let before = way.path.len();
    match value {
        Json::Array(elements) if !elements.is_empty() => {
            way.path.push_str("[*]");
            for element in elements {
                walk(element, way, visit);
            }
        }
        Json::Object(entries) if !entries.is_empty() => {
            for (name, inner) in entries {
                // What is rather data than a name must not get into a report.
                if is_name(name) {
                    way.path.push('.');
                    way.path.push_str(name);
                } else {
                    way.path.push_str("[*]");
                }
                way.names.push(name);
                walk(inner, way, visit);
                way.names.pop();
                way.path.truncate(before);
            }
        }
        _ => visit(way, value),
    }
    way.path.truncate(before);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bounds(sensitive: &[&str], allow: &[&str]) -> Bounds {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Bounds {
            bytes: 1,
            bytes_declared: false,
            items: 1,
            fields: Vec::new(),
            sensitive: owned(sensitive),
            allow: owned(allow),
        }
    }

    #[test]
    fn a_field_is_told_once_with_how_often_it_was_seen() {
        let document = json!({ "items": [
            { "id": 1, "owner": { "password_hash": "$2b$10$abcdefghijklmnopqrstuv" } },
            { "id": 2, "owner": { "password_hash": "$2b$10$abcdefghijklmnopqrstuv" } },
            { "id": 3, "owner": { "password_hash": null, "has_password": true } },
        ] });
        let seen = sensitive(&document, &bounds(&[], &[]));
        let path = "$.items[*].owner.password_hash".to_owned();
        assert_eq!(seen, Seen::from([((path, Sort::PasswordHash), 2)]));
    }

    #[test]
    fn the_gate_file_says_what_is_sensitive_and_what_is_shown_on_purpose() {
        let document =
            json!({ "items": [{ "margin": 3, "owner": { "iban": "GB82WEST12345698765432" } }] });
        let paths = |bounds: &Bounds| {
            let seen = sensitive(&document, bounds);
            seen.into_keys().map(|(path, _)| path).collect::<Vec<_>>()
        };
        assert_eq!(
            paths(&bounds(&["margin"], &["iban"])),
            ["$.items[*].margin"]
        );
        assert_eq!(paths(&bounds(&[], &["owner.iban"])), Vec::<String>::new());
        assert_eq!(
            paths(&bounds(&[], &["$.items[*].owner.iban"])),
            Vec::<String>::new()
        );
        assert_eq!(paths(&bounds(&[], &["$.iban"])), ["$.items[*].owner.iban"]);
    }

    #[test]
    fn names_that_are_data_are_not_shown() {
        let document = json!({ "anna@acme.example": { "password": "Tr0ub4dor" } });
        let seen = sensitive(&document, &bounds(&[], &[]));
        assert_eq!(seen.into_keys().next().unwrap().0, "$[*].password");
    }

    #[test]
    fn fields_outside_the_listed_ones_are_unlisted() {
        let thing =
            json!({ "id": 1, "owner": { "name": "a", "mail": "b" }, "tags": ["x"], "cost": 3 });
        let listed = ["id", "owner.name", "tags"].map(str::to_owned);
        let seen = unlisted(&[&thing, &thing], &listed);
        let wanted = [("$.cost", 2), ("$.owner.mail", 2)];
        assert_eq!(
            seen,
            wanted.map(|(path, count)| (path.to_owned(), count)).into()
        );
    }
}
