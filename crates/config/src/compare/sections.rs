//! What stands beside the checks: people, observers, documents, levels, and protection itself.

use tidegate_core::meta::{CodeInfo, Level, Severity};
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::policy;
use tidegate_core::registry::Registry;
use tidegate_core::span::Span;

use super::checks::told;
use super::measure::same;
use super::path::Path;
use super::remark::{NOTHING, Remark, brief};
use super::values::{Values, entry};
use crate::overlay::OFF;

/// A section of both files.
pub(super) struct Sections<'s> {
    pub(super) before: &'s Node,
    pub(super) after: &'s Node,
}

impl<'s> Sections<'s> {
    fn get(&self, key: &str) -> (Option<&'s Node>, Option<&'s Node>) {
        (self.before.get(key), self.after.get(key))
    }

    /// The line of the change that stands for what a section lacks.
    pub(super) fn line(&self, key: &str) -> Span {
        let found = entry(self.after, key).map(|(key, _)| key.span.clone());
        found.unwrap_or_else(|| crate::faults::head(self.after))
    }

    /// `protect:` was taken back.
    pub(super) fn protect(&self) -> Option<Remark> {
        let on = |side: Option<&Node>| side.is_some_and(|node| node.value == Value::Bool(true));
        let (before, after) = self.get("protect");
        (on(before) && !on(after)).then(|| {
            let place = after.map_or_else(|| self.line("protect"), |node| node.span.clone());
            let now = after.map_or_else(|| NOTHING.to_owned(), brief);
            let title = "The gate file is no longer protected against changes that weaken it";
            let remark = Remark::weaker(Severity::High, title, place).evidence("true", now);
            match (before, after) {
                (Some(before), None) => remark.gone(&before.span),
                _ => remark,
            }
        })
    }

    /// The document and the learned contract.
    pub(super) fn contracts(&self) -> Vec<Remark> {
        let gone = "Answers are no longer held against";
        let sorts = [
            ("openapi", "the OpenAPI document", Severity::High),
            ("contract", "the learned contract", Severity::Medium),
        ];
        let tell = |(key, what, severity): (&str, &str, Severity)| match self.get(key) {
            (Some(before), None) => Some(
                Remark::weaker(severity, format!("{gone} {what}"), self.line(key))
                    .evidence(brief(before), NOTHING)
                    .gone(&before.span),
            ),
            (Some(before), Some(after)) if !same(before, after) => Some(
                Remark::other(
                    format!("Answers are held against another {}", &what[4..]),
                    after.span.clone(),
                )
                .evidence(brief(before), brief(after)),
            ),
            _ => None,
        };
        sorts.into_iter().filter_map(tell).collect()
    }

    /// Who the gate can be.
    pub(super) fn identities(&self) -> Vec<Remark> {
        let (Some(before), after) = self.get("identities") else {
            return Vec::new();
        };
        let mut remarks = Vec::new();
        for (key, old) in before.entries() {
            let Some((place, new)) = after.and_then(|after| entry(after, &key.text)) else {
                let mut others = after.into_iter().flat_map(Node::entries);
                // Under another name it is the same person.
                if others.any(|(key, new)| before.get(&key.text).is_none() && same(old, new)) {
                    continue;
                }
                let title = format!("The identity `{}` was removed", key.text);
                remarks.push(
                    Remark::weaker(Severity::Medium, title, self.line("identities"))
                        .evidence(person(old), NOTHING)
                        .gone(&key.span),
                );
                continue;
            };
            remarks.extend(identity(key, old, place, new));
        }
        remarks
    }

    /// Observers that are off, or less strict.
    pub(super) fn observers(&self, registry: &Registry) -> Vec<Remark> {
        let (before, after) = self.get("observers");
        let off = |side: Option<&Node>| side.is_some_and(|node| node.text() == Some(OFF));
        let mut remarks = Vec::new();
        for kind in registry.observers() {
            let name = kind.meta().name.as_ref();
            let side = |section: Option<&'s Node>| section.and_then(|section| section.get(name));
            let (old, new) = (side(before), side(after));
            if off(old) {
                continue;
            }
            if let Some(new) = new.filter(|new| off(Some(new))) {
                let title = format!("The observer `{name}` was switched off");
                let was = old.map_or_else(|| "on".to_owned(), brief);
                remarks.push(
                    Remark::weaker(Severity::High, title, new.span.clone()).evidence(was, OFF),
                );
                continue;
            }
            remarks.extend(self.settings(name, old, new));
        }
        remarks
    }

    fn settings(&self, name: &str, old: Option<&Node>, new: Option<&Node>) -> Vec<Remark> {
        let of = format!("the observer `{name}`");
        let place = new.map_or_else(|| self.line("observers"), |node| node.span.clone());
        let empty = |side: Option<&Node>| {
            let none = Node::new(Value::Map(Vec::new()), place.clone());
            side.filter(|node| matches!(node.value, Value::Map(_)))
                .cloned()
                .unwrap_or(none)
        };
        let (before, after) = (empty(old), empty(new));
        let strictness = |node: Option<&Node>| match node.and_then(Node::text) {
            Some("ignore") => Some(0),
            Some("warn") => Some(1),
            Some("block") => Some(2),
            _ => None,
        };
        let mut remarks = Vec::new();
        let mut rest = (before.clone(), after.clone());
        let keys = before.entries().iter().chain(after.entries());
        let mut seen = std::collections::BTreeSet::new();
        for (key, _) in keys.filter(|(key, _)| seen.insert(key.text.clone())) {
            let (was, is) = (before.get(&key.text), after.get(&key.text));
            let (old, new) = (strictness(was), strictness(is));
            if old.is_none() && new.is_none() {
                continue;
            }
            let keys = [key.text.as_str()];
            rest = (
                super::checks::without(&rest.0, &keys),
                super::checks::without(&rest.1, &keys),
            );
            // `warn` counts when nothing is said.
            if new.unwrap_or(1) < old.unwrap_or(1) {
                let title = format!("`{}` of {of} was relaxed", key.text);
                let text = |side: Option<&Node>| side.map_or_else(|| "warn".to_owned(), brief);
                let place = is.map_or(&place, |node| &node.span).clone();
                remarks.push(
                    Remark::weaker(Severity::Medium, title, place).evidence(text(was), text(is)),
                );
            }
        }
        let mut values = Values::new(&of, name);
        values.plain(&Path::default(), &rest.0, &rest.1);
        remarks.append(&mut values.remarks);
        remarks.extend(told(&of, &values.edited));
        remarks
    }

    /// Levels of codes that were lowered.
    pub(super) fn levels(&self, registry: &Registry) -> Vec<Remark> {
        let levels = |side: &'s Node| side.get("policy").and_then(|policy| policy.get("levels"));
        let (before, after) = (levels(self.before), levels(self.after));
        let read = |side: Option<&Node>, code: &str| {
            let node = side.and_then(|side| side.get(code))?;
            node.read::<Level>().ok()
        };
        let mut remarks = Vec::new();
        for info in registry.codes() {
            let code = info.code.as_str();
            let usual = policy::level(info.severity, tidegate_core::meta::Confidence::High);
            let was = read(before, code).unwrap_or(usual);
            let is = read(after, code).unwrap_or(usual);
            if is < was {
                remarks.push(self.level(&info, (was, is), (before, after)));
            }
        }
        remarks
    }

    fn level(
        &self,
        info: &CodeInfo,
        (was, is): (Level, Level),
        (before, after): (Option<&'s Node>, Option<&'s Node>),
    ) -> Remark {
        let code = info.code.as_str();
        let find = |side: Option<&'s Node>| side.and_then(|side| entry(side, code));
        let (old, new) = (find(before), find(after));
        let place = new.map_or_else(|| self.line("policy"), |(key, _)| key.span.clone());
        let severity = if is == Level::Allow {
            Severity::High
        } else {
            Severity::Medium
        };
        let title = format!("The level of `{code}` was lowered");
        let remark = Remark::weaker(severity, title, place).evidence(word(was), word(is));
        match (old, new) {
            (Some((key, _)), None) => remark.gone(&key.span),
            _ => remark,
        }
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Allow => "allow",
        Level::Warn => "warn",
        Level::Deny => "deny",
    }
}

/// Who somebody is, without how they prove it.
fn person(node: &Node) -> String {
    let part = |key: &str| Some(format!("{key}: {}", brief(node.get(key)?)));
    let parts: Vec<String> = ["tenant", "role"].into_iter().filter_map(part).collect();
    if parts.is_empty() {
        "an identity".to_owned()
    } else {
        parts.join(", ")
    }
}

fn identity(name: &Key, old: &Node, place: &Key, new: &Node) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for key in ["tenant", "role"] {
        let (before, after) = (old.get(key), new.get(key));
        let text = |side: Option<&Node>| side.map_or_else(|| NOTHING.to_owned(), brief);
        // Who had none before is told apart better now.
        if before.is_some() && text(before) != text(after) {
            let title = format!("The identity `{}` has another {key}", name.text);
            let place = after.map_or(&place.span, |node| &node.span);
            remarks.push(
                Remark::weaker(Severity::Medium, title, place.clone())
                    .evidence(text(before), text(after)),
            );
        }
    }
    let rest = |node: &Node| super::checks::without(node, &["tenant", "role"]);
    if !same(&rest(old), &rest(new)) {
        let title = format!("The identity `{}` logs in another way", name.text);
        remarks.push(Remark::other(title, place.span.clone()));
    }
    remarks
}
