//! What is wrong with a config, in the words of a gate file.

use jsonschema::JsonType;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value as Json;

/// The most values of a schema that are named.
const VALUES_SHOWN: usize = 10;

/// The longest text of a schema that is shown, in characters.
const TEXT_SHOWN: usize = 60;

/// What was expected, as what stands beside a caret.
pub(super) fn expected(kind: &Kind) -> String {
    match kind {
        Kind::Type { kind } => format!("expected {}", either(&types(kind))),
        Kind::Enum { options } => format!("expected {}", one_of(options)),
        Kind::Constant { expected_value } => format!("expected {}", shown(expected_value)),
        Kind::Minimum { limit } => format!("expected {limit} or more"),
        Kind::Maximum { limit } => format!("expected {limit} or less"),
        Kind::ExclusiveMinimum { limit } => format!("expected more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("expected less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("expected a multiple of {multiple_of}"),
        Kind::MinLength { limit } => format!("expected at least {}", count(*limit, "character")),
        Kind::MaxLength { limit } => format!("expected at most {}", count(*limit, "character")),
        Kind::MinItems { limit } => format!("expected at least {}", entries(*limit)),
        Kind::MaxItems { limit } => format!("expected at most {}", entries(*limit)),
        Kind::AdditionalItems { limit } => format!("expected at most {}", entries(*limit as u64)),
        Kind::MinProperties { limit } => format!("expected at least {}", count(*limit, "key")),
        Kind::MaxProperties { limit } => format!("expected at most {}", count(*limit, "key")),
        Kind::Pattern { pattern } => format!("expected text that matches {}", bounded(pattern)),
        Kind::Format { format } => format!("expected text of the format {}", bounded(format)),
        Kind::UniqueItems => "expected no entry twice".to_owned(),
        Kind::Contains => "an entry that must be there is missing".to_owned(),
        Kind::OneOfMultipleValid { .. } => "fits more than one of what it can be".to_owned(),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => {
            "fits nothing of what it can be".to_owned()
        }
        Kind::Not { .. } | Kind::FalseSchema => "must not be so".to_owned(),
        Kind::PropertyNames { error } => format!("a key is wrong: {}", expected(error.kind())),
        _ => "does not fit the plugin's schema".to_owned(),
    }
}

/// The types that a schema lets through.
pub(super) fn types(kind: &TypeKind) -> Vec<JsonType> {
    match kind {
        TypeKind::Single(one) => vec![*one],
        TypeKind::Multiple(several) => several.iter().collect(),
    }
}

/// A type as people call it.
fn named(one: JsonType) -> &'static str {
    match one {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "nothing",
        JsonType::Number => "a number",
        JsonType::Object => "a map",
        JsonType::String => "text",
    }
}

fn either(types: &[JsonType]) -> String {
    let mut names: Vec<&str> = types.iter().copied().map(named).collect();
    names.sort_by_key(|name| *name == named(JsonType::Null));
    match names.as_slice() {
        [all @ .., last] if !all.is_empty() => format!("{} or {last}", all.join(", ")),
        names => names.concat(),
    }
}

fn one_of(options: &Json) -> String {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut names: Vec<String> = options.iter().take(VALUES_SHOWN).map(shown).collect();
    if options.len() > VALUES_SHOWN {
        names.push(format!("{} more", options.len() - VALUES_SHOWN));
    }
    match names.as_slice() {
        [only] => only.clone(),
        names => format!("one of {}", names.join(", ")),
    }
}

fn shown(value: &Json) -> String {
    match value {
        Json::String(text) if text.is_empty() => "the empty text".to_owned(),
        Json::String(text) => bounded(text),
        other => bounded(&other.to_string()),
    }
}

/// A text of the schema, which is foreign: bounded and in one line.
pub(super) fn bounded(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(TEXT_SHOWN)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

fn count(number: u64, what: &str) -> String {
    tidegate_core::words::count(number, what)
}

fn entries(number: u64) -> String {
    let ending = if number == 1 { "y" } else { "ies" };
    format!("{number} entr{ending}")
}
