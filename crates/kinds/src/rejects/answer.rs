//! What an answer to wrong input means.

use tidegate_core::ports::http::{HttpError, Response};

use super::negative::Negative;
use crate::error_hygiene::detect::{self, Leak};
use crate::specification::sample::Fault;

/// The most of an answer in which a field's name is looked for, in bytes.
const LOOKED_AT: usize = 256 * 1024;

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The portal took it.
    Accepted,
    /// The portal refused it as wrong.
    Refused,
    /// The portal failed.
    Failed,
    /// Something else stopped it before anybody looked at the input.
    NotReached,
    /// The portal asks to be left alone for a while.
    Limited,
}

impl Outcome {
    /// Reads it off the answer.
    pub(super) fn of(response: &Response) -> Self {
        match response.status {
            429 => Self::Limited,
            503 if response.header("retry-after").is_some() => Self::Limited,
            500.. => Self::Failed,
            401 | 402 | 403 | 404 | 405 | 407 | 408 | 409 | 410 | 412 | 421 | 423 | 426 | 428 => {
                Self::NotReached
            }
            400..500 => Self::Refused,
            200..300 => Self::Accepted,
            _ => Self::NotReached,
        }
    }

    /// Reads it off an answer that did not come: too large a body is often refused by hanging up.
    pub(super) fn of_silence(error: &HttpError, negative: &Negative) -> Self {
        match (error, negative) {
            (HttpError::Broken { .. }, Negative::Oversized) => Self::Refused,
            (HttpError::Login(_), _) => Self::NotReached,
            _ => Self::Failed,
        }
    }
}

/// Whether a refusal says what is wrong; a status of its own says it for the size and the type.
pub(super) fn names(response: &Response, negative: &Negative) -> bool {
    let Some(field) = negative.field() else {
        return true;
    };
    if matches!(negative, Negative::Value(wrong) if wrong.fault == Fault::ExtraField) {
        // "Unknown field" is enough: the client knows what it added.
        return !response.body.is_empty();
    }
    if matches!(response.status, 413..=415) {
        return true;
    }
    let text = response.text();
    let mut end = text.len().min(LOOKED_AT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text[..end].to_lowercase();
    spellings(field).iter().any(|name| stands_in(&text, name))
}

/// A field's name as people and programs write it, in small letters.
fn spellings(field: &str) -> Vec<String> {
    let mut words = String::new();
    for character in field.chars() {
        if character.is_uppercase() && !words.is_empty() && !words.ends_with(' ') {
            words.push(' ');
        }
        let other = matches!(character, '_' | '-' | ' ' | '.');
        words.extend(if other {
            vec![' ']
        } else {
            character.to_lowercase().collect()
        });
    }
    let mut all = vec![field.to_lowercase()];
    for between in [" ", "_", "-", ""] {
        let spelling = words.replace(' ', between);
        if !all.contains(&spelling) {
            all.push(spelling);
        }
    }
    all
}

/// Whether a name stands in a text as a word of its own.
fn stands_in(text: &str, name: &str) -> bool {
    let is_word = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !is_word(before) && !is_word(after)
    })
}

/// The database whose error or statement an answer shows, in words.
pub(super) fn shown_sql(response: &Response) -> Option<&'static str> {
    let json = serde_json::from_slice(&response.body).ok();
    if json.as_ref().is_some_and(detect::is_postgrest_error) {
        return None;
    }
    let sightings = detect::inside(&response.text(), json.as_ref(), &response.url);
    let sql = sightings
        .into_iter()
        .find(|sighting| sighting.leak == Leak::Sql);
    sql.map(|sighting| sighting.what)
}

/// Whether an answer is a page, by what it says of itself.
pub(super) fn is_page(response: &Response) -> bool {
    let kind = response.header("content-type").unwrap_or_default();
    let kind = kind.to_ascii_lowercase();
    kind.contains("text/html") || kind.contains("application/xhtml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_named_as_a_word_in_any_of_its_spellings() {
        for (field, text) in [
            ("title", r#"{"error":"title is missing"}"#),
            ("first_name", "First name must not be empty"),
            ("firstName", r#"{"field":"first_name"}"#),
            ("due-date", "dueDate: invalid"),
            ("id", "the id is wrong"),
        ] {
            let text = text.to_lowercase();
            assert!(
                spellings(field).iter().any(|name| stands_in(&text, name)),
                "{field}"
            );
        }
        for (field, text) in [("id", "invalid input"), ("amount", "the body is wrong")] {
            assert!(
                !spellings(field).iter().any(|name| stands_in(text, name)),
                "{field}"
            );
        }
    }
}
