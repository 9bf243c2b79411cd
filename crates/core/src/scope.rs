//! Where the references of an attempt find their values.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::name::CheckId;
use crate::ports::{Clock, Random, Secrets};
use crate::secret::Sensitive;
use crate::template::{Lookup, TemplateError};

/// The names of the built-in values; no capture may have one of them.
pub const BUILT_IN: &[&str] = &["unique", "canary", "uuid", "now"];

/// The built-in values of one attempt: each has one value for its whole length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Values {
    /// The mark of the run, which is in everything it creates: `tidegate-1f2e3d4c`.
    pub run_mark: String,
    /// A text that no other attempt has; starts with the run's mark.
    pub unique: String,
    /// A text planted where it must not come out again; starts with the run's mark.
    pub canary: String,
    /// A version 4 UUID (RFC 9562).
    pub uuid: String,
    /// When the attempt began (RFC 3339).
    pub now: String,
}

impl Values {
    /// Draws the values of an attempt; the seed, the check and the attempt decide all but `now`.
    pub fn draw(random: &dyn Random, clock: &dyn Clock, check: &CheckId, attempt: u32) -> Self {
        let run_mark = run_mark(random);
        let draw = |what: &str| random.derive(&format!("{what} {check} {attempt}"));
        let (high, low) = (draw("uuid high"), draw("uuid low"));
        let uuid = format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            0x8000 | (low >> 48 & 0x3fff),
            low & 0xffff_ffff_ffff,
        );
        Self {
            unique: format!("{run_mark}-{:012x}", draw("unique") & 0xffff_ffff_ffff),
            canary: format!(
                "{run_mark}-canary-{:012x}",
                draw("canary") & 0xffff_ffff_ffff
            ),
            uuid,
            now: clock.wall().to_string(),
            run_mark,
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        match name {
            "unique" => Some(&self.unique),
            "canary" => Some(&self.canary),
            "uuid" => Some(&self.uuid),
            "now" => Some(&self.now),
            _ => None,
        }
    }
}

/// The mark of a run, which is in everything it creates.
pub fn run_mark(random: &dyn Random) -> String {
    format!("tidegate-{:08x}", random.derive("run mark") & 0xffff_ffff)
}

/// Built-in values, captures and secrets of one attempt.
#[derive(Clone)]
pub struct Scope {
    values: Values,
    captures: BTreeMap<String, Json>,
    secrets: Arc<dyn Secrets>,
}

impl Scope {
    /// A scope without captures.
    pub fn new(values: Values, secrets: Arc<dyn Secrets>) -> Self {
        Self {
            values,
            captures: BTreeMap::new(),
            secrets,
        }
    }

    /// Remembers a capture under its name.
    pub fn capture(&mut self, name: impl Into<String>, value: Json) {
        self.captures.insert(name.into(), value);
    }

    /// The built-in values.
    pub fn values(&self) -> &Values {
        &self.values
    }
}

impl Lookup for Scope {
    fn secret(&self, name: &str) -> Result<Sensitive, TemplateError> {
        self.secrets.reveal(name)
    }

    fn value(&self, name: &str) -> Option<Json> {
        self.values
            .get(name)
            .map(Json::from)
            .or_else(|| self.captures.get(name).cloned())
    }
}
