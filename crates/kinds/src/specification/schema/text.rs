//! What is wrong with a value, in plain English and without the value.

use jsonschema::JsonType;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value as Json;

/// The most values of the specification that are named.
const VALUES_SHOWN: usize = 10;

/// The longest value of the specification that is shown, in characters.
const VALUE_LIMIT: usize = 60;

/// What a value is, by the names of JSON Schema.
pub(super) fn type_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(number) if number.is_f64() => "number",
        Json::Number(_) => "integer",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

/// The types that a schema lets through.
pub(super) fn types_of(kind: &TypeKind) -> Vec<&'static str> {
    match kind {
        TypeKind::Single(one) => vec![one.as_str()],
        TypeKind::Multiple(several) => several.iter().map(JsonType::as_str).collect(),
    }
}

/// What the value breaks, as what follows the name of a field.
pub(super) fn constraint(kind: &Kind) -> String {
    match kind {
        Kind::AdditionalItems { limit } => format!("has more than {}", items(*limit as u64)),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => "fits none of the alternatives".into(),
        Kind::OneOfMultipleValid { .. } => "fits more than one of the alternatives".into(),
        Kind::Constant { expected_value } => format!("must be {}", shown(expected_value)),
        Kind::Contains => "has not as many matching items as it must have".into(),
        Kind::ContentEncoding { content_encoding } => {
            format!("must be encoded as {}", bounded(content_encoding))
        }
        Kind::ContentMediaType { content_media_type } => {
            format!("must hold {}", bounded(content_media_type))
        }
        Kind::Enum { options } => one_of(options),
        Kind::ExclusiveMaximum { limit } => format!("must be below {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("must be above {limit}"),
        Kind::Maximum { limit } => format!("must not be above {limit}"),
        Kind::Minimum { limit } => format!("must not be below {limit}"),
        Kind::FalseSchema => "must not be there".into(),
        Kind::Format { format } => format!("must match the format {}", bounded(format)),
        Kind::Custom { message, .. } => format!("must match the format {}", bounded(message)),
        Kind::MaxItems { limit } => format!("has more than {}", items(*limit)),
        Kind::MinItems { limit } => format!("has fewer than {}", items(*limit)),
        Kind::MaxLength { limit } => format!("is longer than {}", count(*limit, "character")),
        Kind::MinLength { limit } => format!("is shorter than {}", count(*limit, "character")),
        Kind::MaxProperties { limit } => format!("has more than {}", count(*limit, "field")),
        Kind::MinProperties { limit } => format!("has fewer than {}", count(*limit, "field")),
        Kind::MultipleOf { multiple_of } => format!("must be a multiple of {multiple_of}"),
        Kind::Not { .. } => "must not fit the schema under not".into(),
        Kind::Pattern { pattern } => format!("must match the pattern {}", bounded(pattern)),
        Kind::PropertyNames { error } => {
            format!("has a field whose name {}", constraint(error.kind()))
        }
        Kind::UnevaluatedItems { .. } => "has items that the schema does not allow".into(),
        Kind::UniqueItems => "has the same item twice".into(),
        _ => "does not fit the schema".into(),
    }
}

fn items(limit: u64) -> String {
    count(limit, "item")
}

fn count(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn one_of(options: &Json) -> String {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    if let [only] = options {
        return format!("must be {}", shown(only));
    }
    let mut names: Vec<String> = options.iter().take(VALUES_SHOWN).map(shown).collect();
    if options.len() > VALUES_SHOWN {
        names.push(format!("{} more", options.len() - VALUES_SHOWN));
    }
    format!("must be one of {}", names.join(", "))
}

fn shown(value: &Json) -> String {
    match value {
        Json::String(text) if text.is_empty() => "the empty text".to_owned(),
        Json::String(text) => bounded(text),
        other => bounded(&other.to_string()),
    }
}

fn bounded(text: &str) -> String {
    let mut shown: String = text.chars().take(VALUE_LIMIT).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// Names of types in a row, as in `string, number or null`.
pub(super) fn either(types: &[impl AsRef<str>]) -> String {
    let mut names: Vec<&str> = types.iter().map(AsRef::as_ref).collect();
    names.sort_by_key(|name| *name == "null");
    match &*names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [all @ .., last] => format!("{} or {last}", all.join(", ")),
    }
}

/// What is wrong with a value of another type.
pub(super) fn wrong_type(expected: &[&str], actual: &str) -> String {
    let expected: Vec<String> = expected.iter().map(|one| with_article(one)).collect();
    format!(
        "must be {}, not {}",
        either(&expected),
        with_article(actual)
    )
}

fn with_article(name: &str) -> String {
    match name {
        "null" => name.to_owned(),
        "array" | "integer" | "object" => format!("an {name}"),
        _ => format!("a {name}"),
    }
}
