//! What can be held against each other: numbers, times, sizes, and whole values.

use std::cmp::Ordering;

use tidegate_core::node::{Node, Value};
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
            ours.len() == theirs.len()
                && ours.iter().all(|(key, value)| {
                    let twin = theirs.iter().find(|(other, _)| other.text == key.text);
                    twin.is_some_and(|(_, twin)| same(value, twin))
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
