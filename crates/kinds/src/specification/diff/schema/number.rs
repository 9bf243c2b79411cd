//! Numbers as schemas compare them.

use std::cmp::Ordering;

use serde_json::{Number, Value as Json};

/// The number when it is whole and not too large to be held exactly.
pub(super) fn whole(number: &Number) -> Option<i128> {
    if let Some(value) = number.as_i64() {
        return Some(i128::from(value));
    }
    if let Some(value) = number.as_u64() {
        return Some(i128::from(value));
    }
    let value = number.as_f64()?;
    // Up to here every whole number has a float of its own.
    let is_exact = value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and small")]
    is_exact.then_some(value as i128)
}

/// Whether it has no fraction, as a schema's `integer` asks.
pub(super) fn is_whole(number: &Number) -> bool {
    whole(number).is_some() || number.as_f64().is_some_and(|value| value.fract() == 0.0)
}

/// Which of two is larger.
pub(super) fn order(one: &Number, other: &Number) -> Ordering {
    if let (Some(one), Some(other)) = (whole(one), whole(other)) {
        return one.cmp(&other);
    }
    let value = |number: &Number| number.as_f64().unwrap_or(f64::NAN);
    value(one)
        .partial_cmp(&value(other))
        .unwrap_or(Ordering::Equal)
}

/// A whole number as JSON has it.
pub(super) fn number(value: i128) -> Option<Number> {
    let signed = i64::try_from(value).ok().map(Number::from);
    signed.or_else(|| u64::try_from(value).ok().map(Number::from))
}

/// A value as text that is the same for equal values: `1` for `1.0`, keys in order.
pub(super) fn canonical(value: &Json) -> String {
    match value {
        Json::Number(number) => canonical_number(number),
        Json::Array(elements) => {
            let elements: Vec<String> = elements.iter().map(canonical).collect();
            format!("[{}]", elements.join(","))
        }
        Json::Object(entries) => {
            let entries = entries.iter();
            let mut entries: Vec<String> = entries
                .map(|(key, value)| format!("{}:{}", Json::from(key.as_str()), canonical(value)))
                .collect();
            entries.sort_unstable();
            format!("{{{}}}", entries.join(","))
        }
        other => other.to_string(),
    }
}

/// A number as text that is the same for equal numbers.
pub(super) fn canonical_number(number: &Number) -> String {
    match whole(number) {
        Some(value) => value.to_string(),
        None => number.to_string(),
    }
}
