use serde::Deserialize;

use super::*;
use crate::located::{Entries, Located};
use crate::span::{Source, Span};

fn node(text: &str) -> Node {
    let json: serde_json::Value = serde_json::from_str(text).unwrap();
    let source = Source::new("gate.yaml", text);
    from_json(&json, &source)
}

fn from_json(json: &serde_json::Value, source: &std::sync::Arc<Source>) -> Node {
    let text = match json {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let start = source.text().find(&text).unwrap_or(0);
    let span = Span::new(source.clone(), start, start + text.len());
    let value = match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => number
            .as_i64()
            .map_or_else(|| Value::Float(number.as_f64().unwrap()), Value::Integer),
        serde_json::Value::String(text) => Value::String(text.clone()),
        serde_json::Value::Array(elements) => Value::Sequence(
            elements
                .iter()
                .map(|element| from_json(element, source))
                .collect(),
        ),
        serde_json::Value::Object(map) => Value::Map(
            map.iter()
                .map(|(key, value)| {
                    let start = source.text().find(key.as_str()).unwrap();
                    let span = Span::new(source.clone(), start, start + key.len());
                    (
                        Key {
                            text: key.clone(),
                            span,
                        },
                        from_json(value, source),
                    )
                })
                .collect(),
        ),
    };
    Node::new(value, span)
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Mode {
    Strict,
    Custom(u8),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Settings {
    max_items: u32,
    #[serde(default)]
    mode: Option<Mode>,
    #[serde(default)]
    name: Option<Located<String>>,
    #[serde(default)]
    raw: Option<Node>,
    #[serde(default)]
    entries: Entries<u8>,
}

#[test]
fn values_are_read_with_their_places() {
    let read: Settings = node(
        r#"{"max-items": 3, "mode": {"custom": 7}, "name": "zoe", "raw": [1, {"a": "${x}"}], "entries": {"q": 1}}"#,
    )
    .read()
    .unwrap();
    assert_eq!(read.max_items, 3);
    assert_eq!(read.mode, Some(Mode::Custom(7)));
    let name = read.name.unwrap();
    assert_eq!((name.value.as_str(), name.span.text()), ("zoe", "zoe"));
    assert!(matches!(read.raw.unwrap().value, Value::Sequence(_)));
    assert_eq!(read.entries.0[0].0.span.text(), "q");
}

#[test]
fn all_unknown_keys_are_told_with_the_nearest_name() {
    let faults = node(r#"{"max-itms": 3, "max-items": 1, "mdoe": 1}"#)
        .read::<Settings>()
        .unwrap_err();
    assert_eq!(faults.len(), 2);
    assert_eq!(
        faults[0].label.as_deref(),
        Some("did you mean `max-items`?")
    );
    assert_eq!(faults[0].span.as_ref().unwrap().text(), "max-itms");
    assert_eq!(faults[1].label.as_deref(), Some("did you mean `mode`?"));
}

#[test]
fn a_wrong_type_says_what_it_is_and_what_was_expected() {
    let faults = node(r#"{"max-items": "many"}"#)
        .read::<Settings>()
        .unwrap_err();
    assert_eq!(faults[0].message, "this is text");
    assert_eq!(faults[0].label.as_deref(), Some("expected a whole number"));
    assert_eq!(faults[0].span.as_ref().unwrap().text(), "many");
}

#[test]
fn a_missing_key_and_a_wrong_choice_have_help() {
    let faults = node(r#"{"mode": "strct"}"#).read::<Settings>().unwrap_err();
    assert_eq!(faults[0].label.as_deref(), Some("did you mean `strict`?"));
    let faults = node(r#"{"mode": "strict"}"#)
        .read::<Settings>()
        .unwrap_err();
    assert_eq!(faults[0].message, "`max-items` is missing");
}

#[test]
fn text_from_the_environment_is_read_as_the_asked_scalar_and_references_are_refused_in_plain_text()
{
    let source = Source::new("gate.yaml", "${COUNT}");
    let at = Span::new(source, 0, 8);
    let substituted = Node::new(Value::Substituted("12".into()), at.clone());
    assert_eq!(substituted.read::<u32>().unwrap(), 12);
    assert_eq!(substituted.read::<String>().unwrap(), "12");
    let reference = Node::new(Value::String("a${SECRET}".into()), at.clone());
    let faults = reference.read::<String>().unwrap_err();
    assert!(faults[0].message.contains("SECRET"), "{faults:?}");
    let literal = Node::new(Value::String("a$${b}".into()), at);
    assert_eq!(literal.read::<String>().unwrap(), "a${b}");
}

#[test]
fn every_element_of_a_list_is_read() {
    let faults = node(r#"["a", 2, "b"]"#).read_each::<u8>().unwrap_err();
    assert_eq!(faults.len(), 2);
    assert_eq!(node("7").read_each::<u8>().unwrap(), [7]);
}
