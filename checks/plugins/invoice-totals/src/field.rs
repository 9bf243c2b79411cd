//! Where things are in an answer.

use tidegate_plugin_sdk::prelude::Value;

/// The value behind names with dots between them, such as `totals.gross` or `lines.0.price`; the whole for none.
pub(crate) fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let mut names = path.split('.').filter(|name| !name.is_empty());
    names.try_fold(value, |value, name| match value {
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        other => other.get(name),
    })
}

/// The same as a short text, for reports; `?` when it is neither a text nor a number.
pub(crate) fn text(value: &Value, path: &str) -> String {
    match at(value, path) {
        Some(Value::String(text)) => text.chars().take(60).collect(),
        Some(Value::Number(number)) => number.to_string(),
        _ => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use tidegate_plugin_sdk::prelude::json;

    use super::*;

    #[test]
    fn names_lead_into_maps_and_numbers_into_lists() {
        let value = json!({ "a": { "b": [1, { "c": "x" }] } });
        assert_eq!(at(&value, "a.b.1.c"), Some(&json!("x")));
        assert_eq!(at(&value, ""), Some(&value));
        assert_eq!(at(&value, "a.c"), None);
        assert_eq!(at(&value, "a.b.x"), None);
        assert_eq!(
            (text(&value, "a.b.0"), text(&value, "a")),
            ("1".to_owned(), "?".to_owned())
        );
    }
}
