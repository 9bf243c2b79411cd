//! What must hold of an answer, before and after: whether more answers fit than before.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use tidegate_core::meta::Severity;
use tidegate_core::node::{Node, Value};
use tidegate_core::span::Span;

use super::measure::{measure, same};
use super::parts::{self, Pairing};
use super::path::Path;
use super::values::{Sides, Values};

/// Statuses of HTTP.
const STATUSES: std::ops::RangeInclusive<i64> = 100..=599;

impl Values<'_> {
    /// `expect:`: a status in short, a map, or a list of events that must arrive.
    pub(super) fn expectation(&mut self, severity: Severity, path: &Path, sides: Sides<'_>) {
        match (sides.before, sides.after) {
            (Some(before), None) => self.removed(severity, path, before, sides.around),
            (Some(before), Some(after)) => self.expected(path, before, after),
            (None, _) => {}
        }
    }

    /// What a refusal looks like: the more fits, the less is found.
    pub(super) fn refusal(&mut self, severity: Severity, path: &Path, sides: Sides<'_>) {
        match (sides.before, sides.after) {
            (None, Some(_)) => self.tell(severity, path, "was set", sides),
            (Some(before), Some(after)) => self.expected(path, before, after),
            (_, None) => {}
        }
    }

    fn expected(&mut self, path: &Path, before: &Node, after: &Node) {
        if same(before, after) {
            return;
        }
        match (short(before), short(after)) {
            (true, true) => self.status(path, before, after),
            (true, false) => match after.get("status") {
                Some(status) => self.status(path, before, status),
                None if events(after) => self.edit(path, before, after),
                None => self.removed(Severity::Medium, &path.key("status"), before, &after.span),
            },
            (false, true) => self.shortened(path, before, after),
            (false, false) => self.demands(path, before, after),
        }
    }

    /// A map became a status in short: whatever else stood in it is gone.
    fn shortened(&mut self, path: &Path, before: &Node, after: &Node) {
        for (key, value) in before.entries() {
            let path = path.key(&key.text);
            if key.text == "status" {
                self.status(&path, value, after);
            } else {
                self.removed(Severity::Medium, &path, value, &after.span);
            }
        }
    }

    /// Maps of what must hold, and lists of events: what is gone is no longer demanded.
    fn demands(&mut self, path: &Path, before: &Node, after: &Node) {
        if let (Value::Sequence(old), Value::Sequence(new)) = (&before.value, &after.value) {
            for pairing in parts::pair(old, new) {
                match pairing {
                    Pairing::Both(before, after) => {
                        self.demands(&path.item(&parts::label(before)), before, after);
                    }
                    Pairing::Gone(event) => {
                        let path = path.item(&parts::label(event));
                        self.removed(Severity::Medium, &path, event, &after.span);
                    }
                }
            }
            return;
        }
        parts::keys(before, after, |key, sides| {
            let path = &path.key(key);
            match (sides.before, sides.after) {
                (Some(before), None) => {
                    self.removed(Severity::Medium, path, before, sides.around);
                }
                (Some(before), Some(after)) if !same(before, after) => match key {
                    "status" => self.status(path, before, after),
                    "time" => self.at_most(path, sides),
                    "json" | "headers" | "cookies" | "form" | "where" => {
                        self.demands(path, before, after);
                    }
                    "name" => {}
                    _ => self.predicate(path, before, after),
                },
                _ => {}
            }
        });
    }

    fn at_most(&mut self, path: &Path, sides: Sides<'_>) {
        let (Some(before), Some(after)) = (sides.before, sides.after) else {
            return;
        };
        match (measure(&before.value), measure(&after.value)) {
            (Some(old), Some(new)) if new > old => self.widened(path, before, after),
            (Some(_), Some(_)) => {}
            _ => self.predicate(path, before, after),
        }
    }

    /// A status, a class such as `2xx`, or a list of those.
    fn status(&mut self, path: &Path, before: &Node, after: &Node) {
        let (Some(old), Some(new)) = (statuses(before), statuses(after)) else {
            self.predicate(path, before, after);
            return;
        };
        if old.is_subset(&new) {
            if new.len() > old.len() {
                self.widened(path, before, after);
            }
        } else if !new.is_subset(&old) {
            self.edit(path, before, after);
        }
    }

    /// One value and what must hold of it: a scalar or a list means equality, a map predicates.
    fn predicate(&mut self, path: &Path, before: &Node, after: &Node) {
        if same(before, after) {
            return;
        }
        match (&before.value, &after.value) {
            (Value::Map(_), Value::Map(_)) => {
                parts::keys(before, after, |key, sides| {
                    self.part(&path.key(key), key, sides);
                });
            }
            (Value::Map(_), _) => match before.get("equals") {
                Some(equals) => self.predicate(path, equals, after),
                None if may_be(before, after) => {}
                None => self.edit(path, before, after),
            },
            (_, Value::Map(_)) => match after.get("equals") {
                Some(equals) => self.predicate(path, before, equals),
                None => self.widened(path, before, after),
            },
            _ => self.edit(path, before, after),
        }
    }

    fn part(&mut self, path: &Path, key: &str, sides: Sides<'_>) {
        let (Some(before), Some(after)) = (sides.before, sides.after) else {
            if let Some(before) = sides.before {
                self.removed(Severity::Medium, path, before, sides.around);
            }
            return;
        };
        if same(before, after) {
            return;
        }
        let measured = (measure(&before.value), measure(&after.value));
        let wider = match (key, measured) {
            ("gt" | "gte", (Some(old), Some(new))) => new < old,
            ("lt" | "lte", (Some(old), Some(new))) => new > old,
            ("one-of", _) => {
                let (old, new) = (parts::list(sides.before), parts::list(sides.after));
                !parts::missing(&new, &old).is_empty() && parts::missing(&old, &new).is_empty()
            }
            ("each" | "length" | "count" | "status", _) => {
                return self.predicate(path, before, after);
            }
            _ => return self.edit(path, before, after),
        };
        if wider {
            self.widened(path, before, after);
        }
    }

    fn widened(&mut self, path: &Path, before: &Node, after: &Node) {
        let around: &Span = &after.span;
        let sides = Sides {
            before: Some(before),
            after: Some(after),
            around,
        };
        let what = format!(
            "was widened from {} to {}",
            super::remark::brief(before),
            super::remark::brief(after)
        );
        self.tell(Severity::Medium, path, &what, sides);
    }
}

/// Whether a value is one of those that predicates let through, so that it is the stricter demand;
/// what a regular expression or a schema says is not looked at.
fn may_be(predicates: &Node, value: &Node) -> bool {
    let number = measure(&value.value);
    predicates.entries().iter().all(|(key, bound)| {
        let sides = number.zip(measure(&bound.value));
        let ordered = sides.and_then(|(value, bound)| value.partial_cmp(&bound));
        match key.text.as_str() {
            "exists" => bound.value == Value::Bool(true),
            "gt" => ordered == Some(Ordering::Greater),
            "gte" => ordered.is_some_and(Ordering::is_ge),
            "lt" => ordered == Some(Ordering::Less),
            "lte" => ordered.is_some_and(Ordering::is_le),
            "one-of" => parts::list(Some(bound)).contains(&super::remark::brief(value)),
            "type" | "matches" | "contains" | "starts-with" | "ends-with" => true,
            _ => false,
        }
    })
}

/// Whether an expectation is a status in short.
fn short(node: &Node) -> bool {
    statuses(node).is_some()
}

/// Whether an expectation is a list of events.
fn events(node: &Node) -> bool {
    matches!(node.value, Value::Sequence(_))
}

/// Every status that a value speaks of; nothing when it says something else.
fn statuses(node: &Node) -> Option<BTreeSet<i64>> {
    let one = |value: &Value| -> Option<Vec<i64>> {
        match value {
            Value::Integer(status) => Some(vec![*status]),
            Value::String(text) | Value::Substituted(text) => {
                if let Ok(status) = text.parse() {
                    return Some(vec![status]);
                }
                let class: i64 = text.strip_suffix("xx")?.parse().ok()?;
                Some(STATUSES.filter(|status| status / 100 == class).collect())
            }
            _ => None,
        }
    };
    match &node.value {
        Value::Sequence(elements) => {
            let all: Option<Vec<Vec<i64>>> = elements.iter().map(|node| one(&node.value)).collect();
            Some(all?.into_iter().flatten().collect())
        }
        value => Some(one(value)?.into_iter().collect()),
    }
}
