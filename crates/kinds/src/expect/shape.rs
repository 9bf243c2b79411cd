//! What a report may show of a response: paths and shapes, and values of the run's own making.

use std::sync::Arc;

use crate::naming::is_data;
use serde_json::Value as Json;
use tidegate_core::check::Context;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::ports::Secrets;

/// The longest value that is shown, in characters.
const LONGEST_VALUE: usize = 160;
/// The longest excerpt, in characters.
const LONGEST_EXCERPT: usize = 600;
/// How many levels of a document an excerpt shows.
const DEEPEST: usize = 5;
/// How many keys of an object an excerpt shows.
const MOST_KEYS: usize = 16;
/// How much of a text is searched for secrets, in bytes; nothing beyond is shown.
const SEARCHED: usize = 64 * 1024;
/// Left out at the end of a text that is longer: a secret that is cut there is not recognised.
const MARGIN: usize = 16 * 1024;

/// Decides which values of a response may be shown.
#[derive(Clone)]
pub(crate) struct Shown {
    run_mark: String,
    everything: bool,
    secrets: Option<Arc<dyn Secrets>>,
}

impl Shown {
    /// Shows texts that hold `run_mark`, or all of them when `everything` may be seen.
    pub(crate) fn new(run_mark: impl Into<String>, everything: bool) -> Self {
        Self {
            run_mark: run_mark.into(),
            everything,
            secrets: None,
        }
    }

    /// What an attempt may show: a portal on this machine holds no client's data.
    pub(crate) fn of(context: &Context) -> Self {
        let local = context.environment().kind == EnvironmentKind::Local;
        Self {
            secrets: Some(context.secrets().clone()),
            ..Self::new(context.values().run_mark.clone(), local)
        }
    }

    /// A text without secrets, to be shortened: of a secret that is cut in two, the first part would
    /// not be recognised any more.
    fn harmless(&self, text: &str) -> String {
        let start = &text[..text.floor_char_boundary(SEARCHED)];
        let mut shown = match &self.secrets {
            Some(secrets) => secrets.redact(start),
            None => start.to_owned(),
        };
        if start.len() < text.len() {
            shown.truncate(shown.floor_char_boundary(shown.len().saturating_sub(MARGIN)));
            shown.push('…');
        }
        shown
    }

    /// A text, or how long it is.
    pub(crate) fn text(&self, text: &str) -> String {
        if text.is_empty() {
            "an empty text".to_owned()
        } else if self.everything || text.contains(&self.run_mark) {
            cut(&Json::from(self.harmless(text)).to_string(), LONGEST_VALUE)
        } else {
            format!("a text of {} characters", text.chars().count())
        }
    }

    /// The value an expectation was held against; of lists and maps the shape.
    pub(crate) fn value(&self, value: &Json) -> String {
        match value {
            Json::String(text) => self.text(text),
            Json::Array(elements) if elements.is_empty() => "an empty list".to_owned(),
            Json::Array(_) | Json::Object(_) => self.shape(value),
            scalar => scalar.to_string(),
        }
    }

    /// The shape of a document: keys and types, and texts that hold the run's mark.
    pub(crate) fn shape(&self, value: &Json) -> String {
        let mut shape = String::new();
        self.write(value, DEEPEST, &mut shape);
        cut(&shape, LONGEST_EXCERPT)
    }

    /// What a body is: the shape of JSON, else its type and size, and on this machine its start.
    pub(crate) fn body(&self, body: &[u8], json: Option<&Json>, content_type: &str) -> String {
        if body.is_empty() {
            return "an empty body".to_owned();
        }
        if let Some(json) = json {
            return self.shape(json);
        }
        let kind = content_type.split(';').next().unwrap_or_default().trim();
        let what = match kind {
            "" => "a body without a content type".to_owned(),
            "text/html" => "an HTML page".to_owned(),
            other => format!("a body of type {other}"),
        };
        let described = format!("{what}, {} bytes", body.len());
        match std::str::from_utf8(body) {
            Ok(text) if self.everything => {
                let text = self.harmless(text);
                format!("{described}:\n{}", cut(&text, LONGEST_EXCERPT))
            }
            _ => described,
        }
    }

    fn write(&self, value: &Json, depth: usize, shape: &mut String) {
        if shape.len() > LONGEST_EXCERPT {
            return;
        }
        match value {
            Json::Null => shape.push_str("null"),
            Json::Bool(_) => shape.push_str("boolean"),
            Json::Number(_) => shape.push_str("number"),
            Json::String(text) if text.contains(&self.run_mark) => {
                shape.push_str(&self.text(text));
            }
            Json::String(_) => shape.push_str("string"),
            Json::Array(elements) => self.write_list(elements, depth, shape),
            Json::Object(entries) => self.write_map(entries, depth, shape),
        }
    }

    fn write_list(&self, elements: &[Json], depth: usize, shape: &mut String) {
        let Some(first) = elements.first() else {
            shape.push_str("[ ]");
            return;
        };
        shape.push_str("[ ");
        shape.push_str(&elements.len().to_string());
        shape.push_str(" × ");
        if depth == 0 {
            shape.push('…');
        } else {
            self.write(first, depth - 1, shape);
        }
        shape.push_str(" ]");
    }

    fn write_map(&self, entries: &serde_json::Map<String, Json>, depth: usize, shape: &mut String) {
        if depth == 0 && !entries.is_empty() {
            shape.push_str("{ … }");
            return;
        }
        let mut separator = "{ ";
        for (key, value) in entries.iter().take(MOST_KEYS) {
            shape.push_str(separator);
            separator = ", ";
            shape.push_str(&self.key(key));
            shape.push_str(": ");
            self.write(value, depth.saturating_sub(1), shape);
        }
        if entries.len() > MOST_KEYS {
            shape.push_str(", …");
        }
        shape.push_str(if entries.is_empty() { "{ }" } else { " }" });
    }

    /// A key that looks like a field's name; anything else may be a client's data.
    fn key(&self, key: &str) -> String {
        let field = key.len() <= 40
            && key.starts_with(|first: char| first.is_ascii_alphabetic() || "_$@".contains(first))
            && key
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_-.$:@".contains(c))
            && !key.trim_start_matches('@').contains('@')
            && !is_data(key);
        if field || key.contains(&self.run_mark) {
            format!("\"{}\"", self.harmless(key))
        } else {
            "<key>".to_owned()
        }
    }
}

/// The text up to a number of characters, with a mark when there was more.
pub(crate) fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn shown() -> Shown {
        Shown::new("tidegate-00c0ffee", false)
    }

    #[test]
    fn a_list_is_shown_by_its_size_and_the_shape_of_its_first_element() {
        let document = json!({ "items": [{ "id": "a", "n": 1 }, {}, {}], "next": null });
        assert_eq!(
            shown().shape(&document),
            r#"{ "items": [ 3 × { "id": string, "n": number } ], "next": null }"#
        );
        assert_eq!(shown().shape(&json!([])), "[ ]");
    }

    #[test]
    fn only_what_the_run_made_is_shown() {
        assert_eq!(shown().value(&json!("Mia Meyer")), "a text of 9 characters");
        assert_eq!(
            shown().value(&json!("tidegate-00c0ffee-1")),
            "\"tidegate-00c0ffee-1\""
        );
        assert_eq!(shown().value(&json!(41.5)), "41.5");
        assert_eq!(Shown::new("m", true).value(&json!("ok")), "\"ok\"");
    }

    #[test]
    fn keys_that_are_data_are_not_shown() {
        let document = json!({ "mia@acme.example": 1, "12-34": 2, "cus_8f3a21": 2, "total": 3 });
        assert_eq!(
            shown().shape(&document),
            r#"{ <key>: number, <key>: number, <key>: number, "total": number }"#
        );
    }

    #[test]
    fn a_body_that_is_not_json_is_only_named() {
        let page = b"<h1>Mia Meyer</h1>";
        assert_eq!(
            shown().body(page, None, "text/html; charset=utf-8"),
            "an HTML page, 18 bytes"
        );
        assert_eq!(shown().body(b"", None, ""), "an empty body");
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<i64>().prop_map(Json::from),
            "Q[a-z]{3,12}Z".prop_map(Json::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
                proptest::collection::vec(("[a-p]{1,6}", inner), 0..5)
                    .prop_map(|entries| Json::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn an_excerpt_holds_no_text_of_the_document_and_is_bounded(document in any_json()) {
            let shape = shown().shape(&document);
            prop_assert!(!shape.contains('Q') && !shape.contains('Z'), "{}", shape);
            prop_assert!(shape.chars().count() <= LONGEST_EXCERPT + 1);
        }
    }
}
