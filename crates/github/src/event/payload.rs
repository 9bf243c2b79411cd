//! A payload that may lack anything, or have it in another type than GitHub describes.

use std::collections::BTreeSet;
use std::io::Read as _;

use serde_json::Value;

use super::{Open, PAYLOAD_LIMIT};

/// The longest text that a field may have, in bytes; an address may be this long.
const LONGEST: usize = 2048;

/// The fields of an event; what is asked of it and not there is told once.
pub(super) struct Payload {
    value: Value,
    notes: BTreeSet<String>,
}

impl Payload {
    /// Reads the file of the event.
    pub(super) fn read(path: &str, open: Open<'_>) -> Self {
        let mut content = Vec::new();
        let read = open(path).and_then(|file| {
            let mut file = file.take(PAYLOAD_LIMIT + 1);
            file.read_to_end(&mut content)
        });
        if let Err(error) = read {
            return Self::absent(&format!("{error}"));
        }
        if u64::try_from(content.len()).unwrap_or(u64::MAX) > PAYLOAD_LIMIT {
            return Self::absent("it is larger than 25 MiB");
        }
        match serde_json::from_slice(&content) {
            Ok(value @ Value::Object(_)) => Self {
                value,
                notes: BTreeSet::new(),
            },
            Ok(_) => Self::absent("it is no JSON object"),
            Err(error) => Self::absent(&format!("it is no JSON: {error}")),
        }
    }

    /// An event without a payload, for this reason; only the variables are known of it.
    pub(super) fn absent(reason: &str) -> Self {
        let note = format!("the event's payload could not be read: {reason}");
        Self {
            value: Value::Null,
            notes: BTreeSet::from([note]),
        }
    }

    /// What was missed, without repetition.
    pub(super) fn into_notes(self) -> BTreeSet<String> {
        self.notes
    }

    fn at(&self, path: &str) -> Option<&Value> {
        let found =
            path.split('.')
                .try_fold(&self.value, |value, key| match key.parse::<usize>() {
                    Ok(index) => value.get(index),
                    Err(_) => value.get(key),
                });
        found.filter(|value| !value.is_null())
    }

    /// Whether there is a value at a path.
    pub(super) fn has(&self, path: &str) -> bool {
        self.at(path).is_some()
    }

    /// A text that need not be there; an empty one is none.
    pub(super) fn optional(&mut self, path: &str) -> Option<String> {
        let text = match self.at(path)? {
            Value::String(text) if text.len() > LONGEST => {
                Err(format!("is longer than {LONGEST} bytes"))
            }
            Value::String(text) => Ok(text.clone()),
            other => Err(format!("is {}, not text", described(other))),
        };
        match text {
            Ok(text) => Some(text).filter(|text| !text.is_empty()),
            Err(fault) => self.miss(path, &fault),
        }
    }

    /// A text that GitHub describes as always there.
    pub(super) fn text(&mut self, path: &str) -> Option<String> {
        if self.has(path) {
            self.optional(path)
        } else {
            self.miss(path, "is missing")
        }
    }

    /// The full id of a commit that GitHub describes as always there; zeros stand for no commit.
    pub(super) fn commit(&mut self, path: &str) -> Option<String> {
        let text = self.text(path)?;
        if is_commit(&text) {
            Some(text).filter(|text| !is_nothing(text))
        } else {
            self.miss(path, "is no id of a commit")
        }
    }

    /// A number that GitHub describes as always there.
    pub(super) fn number(&mut self, path: &str) -> Option<u64> {
        match self.at(path) {
            Some(Value::Number(number)) if number.is_u64() => number.as_u64(),
            Some(other) => {
                let fault = format!("is {}, not a whole number", described(other));
                self.miss(path, &fault)
            }
            None => self.miss(path, "is missing"),
        }
    }

    /// Whether something is so; not when it is not said.
    pub(super) fn is(&mut self, path: &str) -> bool {
        match self.at(path) {
            Some(Value::Bool(so)) => *so,
            Some(other) => {
                let fault = format!("is {}, not true or false", described(other));
                self.miss::<bool>(path, &fault).unwrap_or(false)
            }
            None => false,
        }
    }

    /// Whether there is a payload at all; without one no single field is missed.
    fn miss<T>(&mut self, path: &str, fault: &str) -> Option<T> {
        if self.value != Value::Null {
            self.notes.insert(format!("the event's `{path}` {fault}"));
        }
        None
    }
}

fn described(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Whether a text is the full id of a commit, in SHA-1 or SHA-256.
pub(super) fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether an id stands for no commit, as before the first push of a branch.
pub(super) fn is_nothing(commit: &str) -> bool {
    commit.bytes().all(|byte| byte == b'0')
}
