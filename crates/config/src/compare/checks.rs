//! The checks of two states of a gate file.

use std::collections::HashMap;

use tidegate_core::gate::OnInconclusive;
use tidegate_core::meta::Severity;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::registry::{COMMON_KEYS, Registry};
use tidegate_core::span::Span;

use super::measure::{measure, same};
use super::parts;
use super::path::Path;
use super::remark::{NOTHING, PARTS, Remark, brief, joined};
use super::renamed;
use super::rules::{Weaker, rule};
use super::values::{Edited, Values};
use crate::include::{Declared, Fate};

/// Compares all checks; `gone` is the line for those that the change has no more.
pub(super) fn compare(
    before: &[Declared],
    after: &[Declared],
    gone: &Span,
    registry: &Registry,
) -> Vec<Remark> {
    let by_id = index(after);
    let renamed = renamed::checks(before, after, registry);
    let names = renamed.iter().map(|(old, new)| (*old, new.id.as_str()));
    let names: HashMap<&str, &str> = names.collect();
    let mut remarks = Vec::new();
    for old in before.iter().filter(|check| check.fate == Fate::Read) {
        let id = old.id.as_str();
        match by_id.get(id).or_else(|| renamed.get(id)) {
            Some(new) if new.fate == Fate::Read => {
                remarks.extend(check(old, new, &names, registry));
            }
            Some(new) => remarks.push(
                Remark::weaker(
                    Severity::High,
                    format!("The check `{}` was switched off", old.id),
                    new.span.clone(),
                )
                .evidence(summary(old, registry), "off"),
            ),
            None => remarks.push(
                Remark::weaker(
                    Severity::High,
                    format!("The check `{}` was removed", old.id),
                    gone.clone(),
                )
                .evidence(summary(old, registry), NOTHING)
                .gone(&old.span),
            ),
        }
    }
    remarks
}

fn index(checks: &[Declared]) -> HashMap<&str, &Declared> {
    let pairs = checks.iter().map(|check| (check.id.as_str(), check));
    pairs.collect()
}

/// What a check is, in a few words: its kind and its keys.
fn summary(check: &Declared, registry: &Registry) -> String {
    let Some((kind, config)) = kind(&check.node, registry) else {
        return check.id.clone();
    };
    let keys = parts::list(Some(config));
    let inside = match config.value {
        Value::Map(_) => joined(keys.iter().cloned(), keys.len()),
        Value::Sequence(_) if keys.len() == 1 => "1 step".to_owned(),
        Value::Sequence(_) => format!("{} steps", keys.len()),
        _ => return kind.text.clone(),
    };
    if keys.is_empty() {
        kind.text.clone()
    } else {
        format!("{}: {inside}", kind.text)
    }
}

/// The kind of an entry, as far as one is named.
pub(super) fn kind<'n>(entry: &'n Node, registry: &Registry) -> Option<&'n (Key, Node)> {
    let others = || {
        let entries = entry.entries().iter();
        entries.filter(|(key, _)| !COMMON_KEYS.contains(&key.text.as_str()))
    };
    let known = others().find(|(key, _)| registry.kind(&key.text).is_some());
    known.or_else(|| others().next())
}

fn check(
    old: &Declared,
    new: &Declared,
    names: &HashMap<&str, &str>,
    registry: &Registry,
) -> Vec<Remark> {
    if same(&old.node, &new.node) {
        return Vec::new();
    }
    let of = format!("the check `{}`", new.id);
    let (Some(before), Some(after)) = (kind(&old.node, registry), kind(&new.node, registry)) else {
        return Vec::new();
    };
    let mut remarks = Vec::new();
    let mut edited = Vec::new();
    if before.0.text == after.0.text {
        let mut values = Values::new(&of, &after.0.text);
        values.config(&before.1, &after.1);
        remarks.append(&mut values.remarks);
        edited.append(&mut values.edited);
    } else {
        let title = format!("The check `{}` is of another kind", new.id);
        remarks.push(
            Remark::weaker(Severity::High, title, after.0.span.clone())
                .evidence(before.0.text.as_str(), after.0.text.as_str()),
        );
    }
    let mut common = Common {
        id: &new.id,
        of: &of,
        place: &new.span,
        names,
        mild: mild(&after.0.text, registry),
        remarks: &mut remarks,
    };
    common.compare(&old.node, &new.node);
    let (was, is) = (old.node.get("as"), new.node.get("as"));
    let text = |side: Option<&Node>| side.map_or_else(|| NOTHING.to_owned(), brief);
    if text(was) != text(is) {
        edited.push(Edited {
            path: "`as`".to_owned(),
            values: Some((text(was), text(is))),
            span: is.map_or(&new.span, |node| &node.span).clone(),
        });
    }
    remarks.extend(told(&of, &edited));
    remarks
}

/// Whether a kind finds things that only warn by themselves.
fn mild(kind: &str, registry: &Registry) -> bool {
    let kind = registry.kind(kind);
    kind.is_some_and(|kind| {
        let mut codes = kind.meta().codes.iter();
        codes.any(|info| info.severity < Severity::Medium)
    })
}

/// One remark for everything that differs without a known direction.
pub(super) fn told(of: &str, edited: &[Edited]) -> Option<Remark> {
    let first = edited.first()?;
    let paths = joined(edited.iter().map(|one| one.path.clone()), edited.len());
    let side = |pick: fn(&(String, String)) -> &String| {
        let known = edited.iter().filter_map(|one| {
            let values = one.values.as_ref()?;
            Some(format!("{}: {}", one.path.replace('`', ""), pick(values)))
        });
        known.take(PARTS).collect::<Vec<_>>().join("\n")
    };
    let title = format!("In {of} {paths} changed");
    let remark = Remark::other(title, first.span.clone());
    Some(remark.evidence(side(|values| &values.0), side(|values| &values.1)))
}

impl Values<'_> {
    /// Compares the configs of a kind.
    pub(super) fn config(&mut self, before: &Node, after: &Node) {
        let listed =
            |key: &str| rule(self.kind, key).map(|rule| rule.weaker) == Some(Weaker::Listed);
        self.finds = !before.entries().iter().any(|(key, _)| listed(&key.text));
        let attacked = before.get("attacker").is_some() || before.get("attackers").is_some();
        if !attacked {
            return self.plain(&Path::default(), before, after);
        }
        let who = |node: &Node| {
            let mut names = parts::list(node.get("attacker"));
            names.extend(parts::list(node.get("attackers")));
            names
        };
        let (old, new) = (who(before), who(after));
        for name in parts::missing(&old, &new) {
            let place = after.get("attacker").or_else(|| after.get("attackers"));
            let title = format!("`{name}` is no longer an attacker of {}", self.of);
            let place = place.map_or(&after.span, |node| &node.span);
            self.remarks.push(
                Remark::weaker(Severity::High, title, place.clone())
                    .evidence(old.join(", "), joined(new.iter().cloned(), new.len())),
            );
        }
        let rest = |node: &Node| without(node, &["attacker", "attackers"]);
        self.plain(&Path::default(), &rest(before), &rest(after));
    }
}

/// A map without some of its keys.
pub(super) fn without(node: &Node, keys: &[&str]) -> Node {
    let mut node = node.clone();
    if let Value::Map(entries) = &mut node.value {
        entries.retain(|(key, _)| !keys.contains(&key.text.as_str()));
    }
    node
}

/// The keys that every entry may have.
struct Common<'c> {
    id: &'c str,
    of: &'c str,
    place: &'c Span,
    /// The new names of checks by their old ones.
    names: &'c HashMap<&'c str, &'c str>,
    /// Whether the kind finds things that only warn by themselves.
    mild: bool,
    remarks: &'c mut Vec<Remark>,
}

impl Common<'_> {
    fn compare(&mut self, before: &Node, after: &Node) {
        let sides = |key: &str| (before.get(key), after.get(key));
        self.severity(sides("severity"));
        self.inconclusive(sides("on-inconclusive"));
        self.retries(sides("retries"));
        let when =
            |node: &Node, key: &str| node.get("when").and_then(|when| when.get(key)).cloned();
        for key in ["environment", "changed"] {
            self.when(key, when(before, key).as_ref(), when(after, key).as_ref());
        }
        self.covers(sides("covers"));
        self.needs(sides("needs"));
    }

    fn tell(
        &mut self,
        severity: Severity,
        title: String,
        (before, after): (Option<&Node>, Option<&Node>),
    ) {
        let text = |side: Option<&Node>| side.map_or_else(|| NOTHING.to_owned(), brief);
        let place = after.map_or(self.place, |node| &node.span);
        let remark =
            Remark::weaker(severity, title, place.clone()).evidence(text(before), text(after));
        self.remarks.push(match (before, after) {
            (Some(before), None) => remark.gone(&before.span),
            _ => remark,
        });
    }

    fn severity(&mut self, sides: (Option<&Node>, Option<&Node>)) {
        let read = |side: Option<&Node>| side.and_then(|node| node.read::<Severity>().ok());
        let Some(after) = read(sides.1) else {
            if self.mild && read(sides.0) >= Some(Severity::Medium) {
                let title = format!("The severity of {} is that of each finding again", self.of);
                self.tell(Severity::Low, title, sides);
            }
            return;
        };
        // What a kind says itself is medium or worse for whatever matters.
        let before = read(sides.0).unwrap_or(Severity::Medium);
        if after < before {
            let silent = after < Severity::Medium;
            let severity = if silent {
                Severity::High
            } else {
                Severity::Low
            };
            let title = format!("The severity of {} was lowered", self.of);
            self.tell(severity, title, sides);
        }
    }

    fn inconclusive(&mut self, sides: (Option<&Node>, Option<&Node>)) {
        let rank = |side: Option<&Node>| match side.and_then(|node| node.read().ok()) {
            Some(OnInconclusive::Block) => 2,
            None => 1,
            Some(OnInconclusive::Warn) => 0,
        };
        let (before, after) = (rank(sides.0), rank(sides.1));
        if after < before {
            let severity = if after == 0 {
                Severity::High
            } else {
                Severity::Low
            };
            let title = if after == 0 {
                format!(
                    "The check `{}` no longer stops the deploy when it could not tell",
                    self.id
                )
            } else {
                format!(
                    "The check `{}` no longer stops the deploy when it is too close to call",
                    self.id
                )
            };
            self.tell(severity, title, sides);
        }
    }

    fn retries(&mut self, sides: (Option<&Node>, Option<&Node>)) {
        let number =
            |side: Option<&Node>| side.map_or(&Value::Integer(0), |node| &node.value).clone();
        if measure(&number(sides.1)) > measure(&number(sides.0)) {
            let title = format!("The check `{}` is retried more often", self.id);
            self.tell(Severity::Medium, title, sides);
        }
    }

    fn when(&mut self, key: &str, before: Option<&Node>, after: Option<&Node>) {
        let (old, new) = (parts::list(before), parts::list(after));
        let narrowed = match (old.is_empty(), new.is_empty()) {
            (_, true) => false,
            (true, false) => true,
            (false, false) => fewer(&old, &new),
        };
        if narrowed {
            let title = format!("The check `{}` runs less often, by `when.{key}`", self.id);
            self.tell(Severity::High, title, (before, after));
        }
    }

    /// A check whose need does not pass, or never runs, is left out.
    fn needs(&mut self, sides: (Option<&Node>, Option<&Node>)) {
        let (old, new) = (parts::list(sides.0), parts::list(sides.1));
        let called = |name: &String| {
            self.names
                .get(name.as_str())
                .map_or(name.clone(), ToString::to_string)
        };
        let old: Vec<String> = old.iter().map(called).collect();
        if !parts::missing(&new, &old).is_empty() {
            let title = format!("The check `{}` runs only when more others passed", self.id);
            self.tell(Severity::Low, title, sides);
        }
    }

    fn covers(&mut self, sides: (Option<&Node>, Option<&Node>)) {
        let (old, new) = (parts::list(sides.0), parts::list(sides.1));
        if fewer(&old, &new) {
            let title = format!("The check `{}` covers fewer files", self.id);
            self.tell(Severity::Low, title, sides);
        }
    }
}

/// Whether a list of globs lacks one that it had; `**` has them all.
fn fewer(old: &[String], new: &[String]) -> bool {
    !new.iter().any(|glob| glob == "**") && !parts::missing(old, new).is_empty()
}
