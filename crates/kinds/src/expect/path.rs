//! JSONPaths (RFC 9535) of a gate file.

use serde_json::Value as Json;
use serde_json_path::JsonPath;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::json_path::is_too_deep;
use tidegate_core::span::Span;

/// A JSONPath, read once when the gate file is.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    text: String,
    query: JsonPath,
    singular: bool,
}

/// What a path leads to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Found<'v> {
    /// The path can lead to one value only: that value, if it is there.
    One(Option<&'v Json>),
    /// The path can lead to several: all of them, in order.
    Many(Vec<&'v Json>),
}

impl Path {
    /// Reads a path that stands at `span`.
    ///
    /// # Errors
    /// A fault at the character that does not fit.
    pub(crate) fn parse(text: &str, span: &Span) -> Result<Self, Diagnostic> {
        if is_too_deep(text) {
            return Err(Diagnostic::at(span.clone(), "this JSONPath is too deep")
                .label("has too many brackets inside each other")
                .help("Take a simpler path, and hold the values against predicates."));
        }
        let query = JsonPath::parse(text).map_err(|error| {
            let at = character(text, span, error.position());
            Diagnostic::at(at, format!("`{text}` is not a JSONPath"))
                .label(label(text, error.message()))
                .help(HELP)
        })?;
        Ok(Self {
            singular: singular(text),
            text: text.to_owned(),
            query,
        })
    }

    /// The path as it was written.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it can lead to one value at most (RFC 9535, 2.3.5.1: a singular query).
    pub(crate) fn is_singular(&self) -> bool {
        self.singular
    }

    /// What it leads to in a document.
    pub(crate) fn find<'v>(&self, document: &'v Json) -> Found<'v> {
        let nodes = self.query.query(document);
        if self.singular {
            Found::One(nodes.first())
        } else {
            Found::Many(nodes.all())
        }
    }

    /// Everything it leads to, in order.
    pub(crate) fn all<'v>(&self, document: &'v Json) -> Vec<&'v Json> {
        self.query.query(document).all()
    }
}

const HELP: &str = "Write it like $.items[0].title, and put quotes around the whole key or value \
                    when it holds a bracket, as in \"$.tags[0]\". A name with a hyphen is $['like-this'].";

fn label(text: &str, reason: &str) -> String {
    if text.starts_with('$') {
        reason.to_owned()
    } else {
        "a path starts with `$`".to_owned()
    }
}

/// The place of the 1-based byte `position` of `text`, which stands somewhere inside `span`.
fn character(text: &str, span: &Span, position: usize) -> Span {
    let Some(start) = span.text().find(text) else {
        return span.clone();
    };
    let offset = position.saturating_sub(1).min(text.len().saturating_sub(1));
    let at = span.range().start + start + offset;
    Span::new(span.source().clone(), at, at + 1)
}

/// Whether no selector of the path can choose more than one node.
fn singular(text: &str) -> bool {
    let mut quote = None;
    let mut before = ' ';
    for character in text.chars() {
        match quote {
            Some(open) if character == open && before != '\\' => quote = None,
            Some(_) => {}
            None if matches!(character, '\'' | '"') => quote = Some(character),
            None if matches!(character, '*' | '?' | ':' | ',') => return false,
            None if character == '.' && before == '.' => return false,
            None => {}
        }
        before = if before == '\\' { ' ' } else { character };
    }
    true
}

#[cfg(test)]
mod suite;

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_core::span::Source;

    fn parse(text: &str) -> Result<Path, Diagnostic> {
        let source = Source::new("gate.yaml", format!("json: {{ \"{text}\": 1 }}"));
        let start = source.text().find(text).unwrap() - 1;
        Path::parse(text, &Span::new(source, start, start + text.len() + 2))
    }

    #[test]
    fn a_path_that_may_lead_to_several_values_is_told_apart() {
        for one in ["$", "$.a", "$.a[0]", "$['a*b'].c", "$['it\\'s'].d"] {
            assert!(parse(one).unwrap().is_singular(), "{one}");
        }
        for many in ["$.*", "$..a", "$.a[0,1]", "$.a[1:2]", "$.a[?@.b == 1]"] {
            assert!(!parse(many).unwrap().is_singular(), "{many}");
        }
    }

    #[test]
    fn one_value_many_values_and_none_differ() {
        let document = serde_json::json!({ "items": [{ "id": 1 }, { "id": 2 }] });
        let find = |text: &str| {
            let path = parse(text).unwrap();
            match path.find(&document) {
                Found::One(value) => value.map_or("none".into(), Json::to_string),
                Found::Many(values) => format!("{} values", values.len()),
            }
        };
        assert_eq!(find("$.items[1].id"), "2");
        assert_eq!(find("$.items[2].id"), "none");
        assert_eq!(find("$.items[*].id"), "2 values");
        assert_eq!(find("$.none[*]"), "0 values");
    }

    #[test]
    fn a_malformed_path_has_its_caret_where_it_stops_making_sense() {
        let fault = parse("$.items[").unwrap_err();
        assert!(fault.message.contains("`$.items[` is not a JSONPath"));
        assert!(fault.help.unwrap().contains("quotes"));
        let fault = parse("status").unwrap_err();
        assert_eq!(fault.label.as_deref(), Some("a path starts with `$`"));
        assert_eq!(fault.span.unwrap().text(), "s");
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\$?[ -~é]{0,24}") {
            let source = Source::new("gate.yaml", text.clone());
            let span = Span::new(source, 0, text.len());
            let _ = Path::parse(&text, &span);
        }
    }
}
