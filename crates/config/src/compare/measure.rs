//! What can be held against each other: numbers, times, sizes, and whole values.

use std::cmp::Ordering;
use std::collections::HashMap;

use tidegate_core::node::{Key, Node, Value};
use tidegate_core::period::Period;

/// A number and what it counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measure {
    unit: Unit,
    amount: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Unit {
    Number,
    Seconds,
    Bytes,
}

impl PartialOrd for Measure {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.unit == other.unit).then(|| self.amount.partial_cmp(&other.amount))?
    }
}

/// The number, the length of time or the size that a value says.
pub(super) fn measure(value: &Value) -> Option<Measure> {
    let number = |amount: f64| Measure {
        unit: Unit::Number,
        amount,
    };
    match value {
        Value::Integer(value) => Some(number(*value as f64)),
        Value::Float(value) => Some(number(*value)),
        Value::String(text) | Value::Substituted(text) => {
            let text = text.trim();
            let plain = text.parse().ok().map(number);
            let percent = || Some(number(text.strip_suffix('%')?.trim().parse().ok()?));
            let time = || {
                let period = Period::parse(text).ok()?;
                Some(Measure {
                    unit: Unit::Seconds,
                    amount: period.0.as_secs_f64(),
                })
            };
            plain.or_else(percent).or_else(time).or_else(|| size(text))
        }
        _ => None,
    }
}

fn size(text: &str) -> Option<Measure> {
    let split = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
    let (number, unit) = text.split_at(split);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "b" => 1.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "kib" => 1024.0,
        "mib" => 1024.0 * 1024.0,
        "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    let number: f64 = number.parse().ok()?;
    Some(Measure {
        unit: Unit::Bytes,
        amount: number * factor,
    })
}

/// Whether two values say the same, wherever and in whatever order of keys they are written.
pub(super) fn same(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::Map(ours), Value::Map(theirs)) => {
            let twins = by_key(theirs);
            ours.len() == theirs.len()
                && ours.iter().all(|(key, value)| {
                    let twin = twins.get(key.text.as_str());
                    twin.is_some_and(|twin| same(value, twin))
                })
        }
        (Value::Sequence(ours), Value::Sequence(theirs)) => {
            ours.len() == theirs.len()
                && ours.iter().zip(theirs).all(|(one, other)| same(one, other))
        }
        (Value::Substituted(text), other) | (other, Value::Substituted(text)) => {
            scalar(other).is_some_and(|other| other == *text)
        }
        (one, other) => one == other,
    }
}

/// The values of a map by their keys.
pub(super) fn by_key(entries: &[(Key, Node)]) -> HashMap<&str, &Node> {
    let pairs = entries
        .iter()
        .map(|(key, value)| (key.text.as_str(), value));
    pairs.collect()
}

/// A text that is one for values that say the same.
pub(super) fn canonical(node: &Node) -> String {
    match &node.value {
        Value::Map(entries) => {
            let mut parts: Vec<String> = entries
                .iter()
                .map(|(key, value)| format!("{:?}:{}", key.text, canonical(value)))
                .collect();
            parts.sort_unstable();
            format!("{{{}}}", parts.join(","))
        }
        Value::Sequence(elements) => {
            let parts: Vec<String> = elements.iter().map(canonical).collect();
            format!("[{}]", parts.join(","))
        }
        value => format!("{:?}", scalar(value).unwrap_or_default()),
    }
}

/// A value that is neither a list nor a map, as text.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Integer(value) => Some(value.to_string()),
        Value::Float(value) => Some(value.to_string()),
        Value::String(text) | Value::Substituted(text) => Some(text.clone()),
        Value::Sequence(_) | Value::Map(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_core::span::Source;

    fn node(text: &str) -> Node {
        crate::yaml::read(&Source::new("gate.yaml", text)).unwrap()
    }

    #[test]
    fn numbers_times_and_sizes_are_held_against_their_own_sort() {
        let measured = |text: &str| measure(&Value::String(text.into()));
        assert!(measured("2s") > measured("300ms"));
        assert!(measured("1MB") > measured("500kB"));
        assert!(measured("1.5") > measured("1"));
        assert!(measured("2%") > measured("1 %"));
        assert!(measure(&Value::Integer(5)) < measure(&Value::Float(5.5)));
        assert_eq!(measured("2s").partial_cmp(&measured("1MB")), None);
        for text in ["", "fast", "5 apples", "s"] {
            assert_eq!(measured(text), None, "{text}");
        }
    }

    #[test]
    fn values_are_the_same_in_whatever_order_of_keys() {
        let (one, other) = (
            node("{ a: 1, b: [x, { c: 2, d: 3 }] }"),
            node("b: [x, { d: 3, c: 2 }]\na: 1"),
        );
        assert!(same(&one, &other));
        assert_eq!(canonical(&one), canonical(&other));
        for text in [
            "{ a: 1 }",
            "{ a: 1, b: [{ c: 2, d: 3 }, x] }",
            "{ a: \"1\", b: [x, { c: 2, d: 3 }] }",
        ] {
            assert!(!same(&one, &node(text)), "{text}");
        }
    }
}
