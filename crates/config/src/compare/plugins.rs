//! The plugins of two states of a gate file, and which components its lock file had them be.

use std::collections::BTreeMap;

use tidegate_core::meta::Severity;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::plugin::Pinned;

use super::parts;
use super::path::Path;
use super::remark::{NOTHING, Remark, brief, joined};
use super::sections::Sections;
use super::values::{Values, entry};

/// What [`super::rules`] calls them, whose limits are held against each other.
const KIND: &str = "plugins";

/// The keys of a grant that are lists.
const LISTS: [(&str, &str); 5] = [
    ("apis", "api"),
    ("hosts", "host"),
    ("secrets", "secret"),
    ("files", "glob of files"),
    ("identities", "identity"),
];

/// Compares what both states declare and lock.
pub(super) fn compare(sections: &Sections<'_>, before: &[Pinned], after: &[Pinned]) -> Vec<Remark> {
    let (old, new) = (sections.before.get(KIND), sections.after.get(KIND));
    let mut remarks = Vec::new();
    for (key, was) in old.map_or(&[][..], Node::entries) {
        match new.and_then(|new| entry(new, &key.text)) {
            Some((place, is)) => {
                remarks.extend(source(place, was, is));
                remarks.extend(granted(place, was.get("grant"), is.get("grant")));
                remarks.extend(limits(place, was, is));
                let find = |all: &'_ [Pinned]| all.iter().find(|one| one.name == key.text).cloned();
                if let (Some(was), Some(is)) = (find(before), find(after)) {
                    remarks.extend(component(place, &was, &is));
                }
            }
            None => remarks.push(
                Remark::other(
                    format!("The plugin `{}` was removed", key.text),
                    sections.line(KIND),
                )
                .gone(&key.span),
            ),
        }
    }
    for (key, is) in new.map_or(&[][..], Node::entries) {
        if old.is_none_or(|old| old.get(&key.text).is_none()) {
            let powers = powers(is.get("grant"));
            let all = powers.len();
            remarks.push(
                Remark::other(
                    format!("The plugin `{}` was added", key.text),
                    key.span.clone(),
                )
                .evidence(NOTHING, joined(powers.into_iter(), all)),
            );
        }
    }
    remarks
}

/// Another place.
fn source(key: &Key, before: &Node, after: &Node) -> Option<Remark> {
    let place = |node: &Node| node.get("path").or_else(|| node.get("url")).cloned();
    let (was, is) = (place(before)?, place(after)?);
    let differs = brief(&was) != brief(&is);
    differs.then(|| {
        let title = format!("The plugin `{}` comes from another place", key.text);
        Remark::other(title, is.span.clone()).evidence(brief(&was), brief(&is))
    })
}

/// What a grant lets a plugin do, one text for each power.
fn powers(grant: Option<&Node>) -> Vec<String> {
    let Some(grant) = grant else {
        return Vec::new();
    };
    let mut powers = Vec::new();
    match grant.get("target").and_then(Node::text) {
        Some("write") => powers.extend(["target: write", "target: read"].map(str::to_owned)),
        Some(access) => powers.push(format!("target: {access}")),
        None => {}
    }
    for (key, what) in LISTS {
        let Some(node) = grant.get(key) else { continue };
        let secrets = key == "secrets";
        for name in parts::list(Some(node)) {
            let places = secrets.then(|| parts::list(node.get(&name)));
            match places {
                Some(places) => powers.extend(
                    places
                        .iter()
                        .map(|place| format!("{what} `{name}` to {place}")),
                ),
                None => powers.push(format!("{what} `{name}`")),
            }
        }
    }
    if grant
        .get("recorded")
        .is_some_and(|node| brief(node) == "true")
    {
        powers.push("what other checks sent and received".to_owned());
    }
    powers
}

/// Powers that were added, and powers without which the plugin sees less.
fn granted(key: &Key, before: Option<&Node>, after: Option<&Node>) -> Vec<Remark> {
    let (was, is) = (powers(before), powers(after));
    let line = || after.map_or_else(|| key.span.clone(), crate::faults::head);
    let mut remarks = Vec::new();
    let (more, less) = (parts::missing(&is, &was), parts::missing(&was, &is));
    if !more.is_empty() {
        let all = more.len();
        remarks.push(
            Remark::other(format!("The plugin `{}` is granted more", key.text), line())
                .evidence(NOTHING, joined(more.into_iter(), all)),
        );
    }
    if !less.is_empty() {
        let title = format!(
            "The plugin `{}` is granted less, and may miss what it found",
            key.text
        );
        let all = less.len();
        remarks.push(
            Remark::weaker(Severity::Medium, title, line())
                .evidence(joined(less.into_iter(), all), NOTHING),
        );
    }
    remarks
}

/// Limits that were raised.
fn limits(key: &Key, before: &Node, after: &Node) -> Vec<Remark> {
    let of = format!("the plugin `{}`", key.text);
    let empty = Node::new(Value::Map(Vec::new()), key.span.clone());
    let limits = |node: &Node| {
        let found = node.get("limits").filter(|node| !node.entries().is_empty());
        found.unwrap_or(&empty).clone()
    };
    let mut values = Values::new(&of, KIND);
    let path = Path::default().key("limits");
    values.plain(&path, &limits(before), &limits(after));
    values.remarks
}

/// Another component under the same name.
fn component(key: &Key, before: &Pinned, after: &Pinned) -> Vec<Remark> {
    let name = &key.text;
    let mut remarks = Vec::new();
    if before.sha256 != after.sha256 {
        let shown = |one: &Pinned| format!("version {}, SHA-256 {:.16}…", one.version, one.sha256);
        let title = format!("The plugin `{name}` is another component");
        remarks.push(Remark::other(title, key.span.clone()).evidence(shown(before), shown(after)));
    }
    let more = parts::missing(&after.asks, &before.asks);
    if !more.is_empty() {
        let all = more.len();
        let title = format!("The plugin `{name}` asks for more");
        remarks.push(
            Remark::other(title, key.span.clone()).evidence(NOTHING, joined(more.into_iter(), all)),
        );
    }
    let known: BTreeMap<&str, Severity> = after
        .codes
        .iter()
        .map(|(slug, severity)| (slug.as_str(), *severity))
        .collect();
    for (slug, was) in &before.codes {
        match known.get(slug.as_str()) {
            None => {
                let title = format!("The plugin `{name}` no longer finds `{slug}`");
                remarks.push(
                    Remark::weaker(Severity::Medium, title, key.span.clone())
                        .evidence(slug.as_str(), NOTHING),
                );
            }
            Some(is) if is < was => {
                let title = format!("The plugin `{name}` takes `{slug}` less seriously");
                remarks.push(
                    Remark::weaker(Severity::Medium, title, key.span.clone())
                        .evidence(word(*was), word(*is)),
                );
            }
            Some(_) => {}
        }
    }
    remarks
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}
