//! `{{names}}`: what the collection and the environment give them, and what scripts capture.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use tidegate_core::template::escape;

use super::super::loose::{PAIRS, named};
use super::super::model::{Draft, Plain};
use super::super::names::capture;
use super::super::secrets::{is_secret, is_secret_name, upper};
use super::{script, scripts, source_of, text_of};

/// Whether the value of a variable is a secret or has one in it, such as the password of an address.
fn has_secret(name: &str, value: &str) -> bool {
    let (_, host) = value.split_once("://").unwrap_or_default();
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    host.contains('@') || is_secret(name, value) || !named(value, PAIRS, b"&;").is_empty()
}

/// How often values may name other values.
const DEEPEST: usize = 5;

/// A value that the file has.
#[derive(Debug, Clone)]
struct Known {
    value: String,
    secret: bool,
}

/// The variables of a collection.
#[derive(Debug, Default)]
pub(super) struct Variables {
    known: BTreeMap<String, Known>,
    captured: BTreeSet<String>,
    used: BTreeSet<String>,
}

impl Variables {
    /// Reads those of the collection, then those of the environment, which come first.
    pub(super) fn read(collection: &Json, environment: Option<&Json>) -> Self {
        let mut variables = Self::default();
        // Older exports have another name for them.
        let own = collection.get("variable");
        let own = own.or_else(|| collection.get("variables"));
        let around = environment.and_then(|environment| environment.get("values"));
        for list in [own, around].into_iter().flatten() {
            for one in list.as_array().into_iter().flatten() {
                let key = one
                    .get("key")
                    .or_else(|| one.get("id"))
                    .and_then(Json::as_str);
                let off = one.get("enabled").and_then(Json::as_bool) == Some(false)
                    || one.get("disabled").and_then(Json::as_bool) == Some(true);
                if let Some(key) = key.filter(|_| !off) {
                    let secret = one.get("type").and_then(Json::as_str) == Some("secret");
                    let value = text_of(one.get("value"));
                    variables
                        .known
                        .insert(key.to_owned(), Known { value, secret });
                }
            }
        }
        variables
    }

    /// Notes what scripts capture anywhere, so that it is known before the first request that uses it.
    pub(super) fn note_sets(&mut self, of: &Json) {
        for (_, script) in scripts(of) {
            for capture in script::read(&source_of(script)).captures {
                self.captured.insert(capture.name);
            }
        }
        for item in of
            .get("item")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
        {
            self.note_sets(item);
        }
    }

    /// The name of a capture in a gate file.
    pub(super) fn captured(&mut self, name: &str) -> String {
        self.captured.insert(name.to_owned());
        capture(name)
    }

    /// Gives a variable a value.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.known.insert(
            name.to_owned(),
            Known {
                value: value.to_owned(),
                secret: false,
            },
        );
    }

    /// A text with references for its variables.
    pub(super) fn template(&mut self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(open) = rest.find("{{") {
            let Some(close) = rest[open..].find("}}") else {
                break;
            };
            let name = rest[open + 2..open + close].trim();
            out.push_str(&escape(&rest[..open]));
            if name.is_empty() || name.len() > 200 {
                out.push_str(&escape(&rest[open..open + close + 2]));
            } else {
                out.push_str(&self.reference(name));
            }
            rest = &rest[open + close + 2..];
        }
        out.push_str(&escape(rest));
        out
    }

    fn reference(&mut self, name: &str) -> String {
        if let Some(dynamic) = name.strip_prefix('$') {
            let name = match dynamic {
                "guid" | "randomUUID" => "uuid",
                "isoTimestamp" | "timestamp" => "now",
                "randomEmail" | "randomExampleEmail" => return "${unique}@example.com".to_owned(),
                _ => "unique",
            };
            return format!("${{{name}}}");
        }
        if self.captured.contains(name) {
            return format!("${{{}}}", capture(name));
        }
        self.used.insert(name.to_owned());
        format!("${{{}}}", upper(name))
    }

    /// Declares the variables that were used.
    pub(super) fn finish(self, draft: &mut Draft) {
        for name in &self.used {
            let known = self.known.get(name);
            let called = upper(name);
            let value = known.and_then(|known| self.whole(&known.value, 0));
            let holds = value
                .as_deref()
                .is_some_and(|value| has_secret(name, value));
            // An address is no secret as a whole: one with a password in it has to be set.
            let is_address = value.as_deref().is_some_and(|value| value.contains("://"));
            let secret = known.is_some_and(|known| known.secret) || is_secret_name(name);
            if secret || (holds && !is_address) {
                let what = format!("`{name}` of the collection");
                match value.filter(|value| !value.is_empty()) {
                    Some(value) => draft.secrets.named(&value, &called, &what),
                    None => draft.secrets.unknown(&called, &what),
                }
            } else {
                draft.variables.push(Plain {
                    name: called,
                    default: value.filter(|value| !value.is_empty() && !holds),
                });
            }
        }
        // Names that differ in their spelling alone are one in capitals.
        let mut seen = BTreeSet::new();
        draft.variables.retain(|one| seen.insert(one.name.clone()));
    }

    /// A value without names of others; `None` when one has none.
    fn whole(&self, value: &str, depth: usize) -> Option<String> {
        let Some(open) = value.find("{{") else {
            return Some(value.to_owned());
        };
        let close = open + value[open..].find("}}")?;
        let inner = self
            .known
            .get(value[open + 2..close].trim())
            .filter(|_| depth < DEEPEST)?;
        let inner = self.whole(&inner.value, depth + 1)?;
        let rest = self.whole(&value[close + 2..], depth + 1)?;
        Some(format!("{}{inner}{rest}", &value[..open]))
    }
}
