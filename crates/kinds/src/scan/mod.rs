//! What secrets look like, and how they are found in bytes: used by every kind that meets one.
//!
//! A [`rule::Rule`] is data. A [`Scanner`] looks through bytes once for the telling beginnings of all
//! rules and then at a bounded window behind each, so that a text gives the same sightings whole or
//! piece by piece.

pub(crate) mod allow;
pub(crate) mod counterpart;
pub(crate) mod custom;
mod encoded;
mod engine;
mod entropy;
mod judge;
pub(crate) mod jwt;
mod named;
mod overlap;
mod pem;
pub(crate) mod placeholder;
pub(crate) mod public_name;
pub(crate) mod rule;
pub(crate) mod rules;
mod shape;
mod stream;
mod telling;
#[cfg(test)]
mod tests;
mod told;
mod url;
mod window;

use std::ops::Range;
use std::sync::Arc;

use tidegate_core::meta::Confidence;
use tidegate_core::secret::Sensitive;

pub(crate) use engine::{Located, Scanner};
pub(crate) use stream::{PIECE, Stream};
pub(crate) use told::article;

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

impl Sighting {
    /// The name of its rule.
    pub(crate) fn slug(&self) -> &str {
        match &self.origin {
            Origin::BuiltIn(rule) => rule.slug,
            Origin::Custom(rule) => &rule.id,
        }
    }

    /// Whether the file itself is what a rule of the user's does not want, whatever it holds; the value
    /// is then its path.
    pub(crate) fn is_file(&self) -> bool {
        matches!(&self.origin, Origin::Custom(rule) if rule.pattern.is_none())
    }

    /// Whether a secret was seen, and not only the name of a file or a variable.
    pub(crate) fn holds_value(&self) -> bool {
        let of_names = |rule: &Rule| {
            let by_name = |shape: &rule::Shape| matches!(shape, rule::Shape::PublicName);
            rule.shapes.iter().all(by_name)
        };
        match &self.origin {
            Origin::BuiltIn(rule) => !of_names(rule),
            Origin::Custom(_) => !self.is_file(),
        }
    }

    /// The part of the value that somebody would have to guess: of a URL the password.
    pub(crate) fn guessable(&self) -> &str {
        let value = self.value.expose();
        let password = value
            .split_once("://")
            .and_then(|(_, rest)| rest.rsplit_once('@'))
            .and_then(|(userinfo, _)| userinfo.split_once(':'))
            .map(|(_, password)| password);
        password.unwrap_or(value)
    }

    /// The value as it may be shown: the beginning that its rule writes for all to read, and its
    /// length.
    pub(crate) fn redacted(&self) -> String {
        let value = self.value.expose();
        let length = value.chars().count();
        let telling = match &self.origin {
            Origin::BuiltIn(rule) => telling_of(rule, value),
            Origin::Custom(_) => "",
        };
        format!("{telling}… ({length} characters)")
    }
}

/// The literal that a value of the rule begins with.
fn telling_of<'v>(rule: &Rule, value: &'v str) -> &'v str {
    let literals = rule.shapes.iter().filter_map(|shape| match shape {
        rule::Shape::Token(parts) => parts.first(),
        _ => None,
    });
    let texts = literals.flat_map(|part| match part {
        rule::Part::Text(text) => std::slice::from_ref(text),
        rule::Part::Either(texts) => texts,
        _ => &[],
    });
    texts
        .filter(|text| value.starts_with(**text))
        .map(|text| text.len())
        .max()
        .and_then(|length| value.get(..length))
        .unwrap_or_default()
}

/// How much there is to guess in a value, in bits: its Shannon entropy times its length.
pub(crate) fn bits(value: &str) -> f64 {
    let bytes = value.as_bytes();
    entropy::entropy(bytes) * f64::from(u32::try_from(bytes.len()).unwrap_or(u32::MAX))
}

/// What a whole value is, such as that of a variable.
pub(crate) fn classify(value: &str) -> Option<Sighting> {
    let value = value.trim();
    let found = Scanner::built_in().scan(value.as_bytes());
    found
        .into_iter()
        .find(|sighting| sighting.range.len() == value.len())
}

/// Which rule a sighting comes from.
#[derive(Debug, Clone)]
pub(crate) enum Origin {
    /// One of Tidegate's own.
    BuiltIn(&'static Rule),
    /// One of the user's.
    Custom(Arc<CustomRule>),
}
