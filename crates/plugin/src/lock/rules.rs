//! What the texts of a lock file must be like, whether a guest or a person wrote them.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use tidegate_core::plugin::is_name;
use tidegate_core::template;

use super::LARGEST;
use crate::limits::{LINE, NAME, PAGE, PARAGRAPH, hidden};

/// A text that a rule is held against.
fn text<'de, D: Deserializer<'de>>(
    deserializer: D,
    rule: impl FnOnce(&str) -> Result<(), String>,
) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    rule(&text).map_err(D::Error::custom)?;
    Ok(text)
}

fn bounded(text: &str, most: usize) -> Result<(), String> {
    if text.len() > most {
        return Err(format!("a text of {} bytes, of at most {most}", text.len()));
    }
    Ok(())
}

fn in_one_line(text: &str, most: usize) -> Result<(), String> {
    bounded(text, most)?;
    if text.trim().is_empty() {
        return Err("a text that is empty".to_owned());
    }
    if text.contains(|c: char| hidden(c) || matches!(c, '\n' | '\t')) {
        return Err("a line break or a hidden character in a text of one line".to_owned());
    }
    Ok(())
}

fn in_lines(text: &str, most: usize) -> Result<(), String> {
    bounded(text, most)?;
    if text.contains(hidden) {
        return Err("a hidden character in a text".to_owned());
    }
    Ok(())
}

/// One line of text.
pub(super) fn line<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    text(deserializer, |text| in_one_line(text, LINE))
}

/// One short line of text.
pub(super) fn short_line<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    text(deserializer, |text| in_one_line(text, NAME))
}

/// Lines of text.
pub(super) fn paragraph<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    text(deserializer, |text| in_lines(text, PARAGRAPH))
}

/// A page.
pub(super) fn page<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    text(deserializer, |text| in_lines(text, PAGE))
}

/// A name in lowercase words.
pub(super) fn slug<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    text(deserializer, |text| {
        let told = || {
            format!(
                "{text:?} is no name: lowercase words with hyphens between them, as in `total-differs`"
            )
        };
        bounded(text, NAME)?;
        if is_name(text) { Ok(()) } else { Err(told()) }
    })
}

/// The name of a secret.
pub(super) fn variable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    text(deserializer, |text| {
        bounded(text, NAME)?;
        if template::is_variable_name(text) {
            return Ok(());
        }
        Err(format!(
            "{text:?} is no name of a secret, as in `STRIPE_KEY`"
        ))
    })
}

/// A version by <https://semver.org>.
pub(super) fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    text(deserializer, |text| {
        bounded(text, NAME)?;
        if semver::Version::parse(text).is_ok() {
            return Ok(());
        }
        Err(format!("{text:?} is no version, as in `1.2.0`"))
    })
}

/// A SHA-256 in lowercase hexadecimal.
pub(super) fn digest<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    text(deserializer, |text| {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == 64 && text.bytes().all(digit) {
            return Ok(());
        }
        Err("no SHA-256: expected 64 lowercase hexadecimal digits".to_owned())
    })
}

/// The size of a component.
pub(super) fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let size = u64::deserialize(deserializer)?;
    if size == 0 || size > LARGEST {
        let told = format!("a component of {size} bytes: expected 1 to {LARGEST}");
        return Err(D::Error::custom(told));
    }
    Ok(size)
}

/// A list with an end, whose elements differ by their key.
pub(super) struct Few<'k, T, K> {
    /// The most elements.
    pub(super) most: usize,
    /// What an element is called.
    pub(super) what: &'k str,
    /// What no two elements share.
    pub(super) key: fn(&T) -> K,
}

impl<'de, T: Deserialize<'de>, K: PartialEq + fmt::Display> Visitor<'de> for Few<'_, T, K> {
    type Value = Vec<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "a list of at most {} of {}",
            self.most, self.what
        )
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<T>, A::Error> {
        let mut read: Vec<T> = Vec::new();
        while let Some(element) = elements.next_element()? {
            if read.len() == self.most {
                let told = format!("more than {} of {}", self.most, self.what);
                return Err(A::Error::custom(told));
            }
            let key = (self.key)(&element);
            if read.iter().any(|known| (self.key)(known) == key) {
                return Err(A::Error::custom(format!("`{key}` is there twice")));
            }
            read.push(element);
        }
        Ok(read)
    }
}
