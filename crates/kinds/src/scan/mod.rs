//! What secrets look like, and how they are found in bytes: used by every kind that meets one.
//!
//! A [`rule::Rule`] is data. A [`Scanner`] looks through bytes once for the telling beginnings of all
//! rules (Aho and Corasick, 1975) and then at a bounded window behind each, so that a text gives the
//! same sightings whole or piece by piece.

pub(crate) mod allow;
pub(crate) mod counterpart;
pub(crate) mod custom;
pub(crate) mod entropy;
pub(crate) mod placeholder;
pub(crate) mod rule;
pub(crate) mod rules;

use std::ops::Range;
use std::sync::Arc;

use tidegate_core::meta::Confidence;
use tidegate_core::secret::Sensitive;

use custom::CustomRule;
use rule::{Class, Mode, Rule};

/// A key or password that was seen.
#[derive(Debug, Clone)]
pub(crate) struct Sighting {
    /// What it is.
    pub(crate) origin: Origin,
    /// Where it is written: the bytes of the text, of the encoded form when it is encoded.
    pub(crate) range: Range<usize>,
    /// The value, decoded, without quotes and escapes.
    pub(crate) value: Sensitive,
    /// Whether this one may be shown to everybody; a token may say so itself.
    pub(crate) class: Class,
    /// Which world it belongs to.
    pub(crate) mode: Mode,
    /// How sure it is.
    pub(crate) confidence: Confidence,
    /// What the value says about itself and is no secret: `role`, `ref`, `host`, `database`, `key id`.
    pub(crate) facts: Vec<(&'static str, String)>,
    /// The name it is assigned to, as it is written.
    pub(crate) binding: Option<String>,
    /// How it was hidden: `base64`, `percent`, `escapes`.
    pub(crate) encoding: Option<&'static str>,
    /// Whether its line carries a comment that allows it: `tidegate:allow` or `gitleaks:allow`.
    pub(crate) allowed: bool,
}

/// Which rule a sighting comes from.
#[derive(Debug, Clone)]
pub(crate) enum Origin {
    /// One of Tidegate's own.
    BuiltIn(&'static Rule),
    /// One of the user's.
    Custom(Arc<CustomRule>),
}
