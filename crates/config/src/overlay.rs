//! Lays what an environment says over what the whole gate file says.

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::node::{Node, Value};

use crate::faults::Faults;
use crate::include::{Declared, Fate};

/// The word that takes a check or an observer out.
pub(crate) const OFF: &str = "off";

/// Lays `over` on `base`: maps merge, anything else replaces; what was laid on keeps its place.
pub(crate) fn merge(base: &mut Node, over: &Node) {
    let (Value::Map(entries), Value::Map(more)) = (&mut base.value, &over.value) else {
        *base = over.clone();
        return;
    };
    for (key, value) in more {
        match entries.iter_mut().find(|(own, _)| own.text == key.text) {
            Some((_, own)) => merge(own, value),
            None => entries.push((key.clone(), value.clone())),
        }
    }
}

/// Lays `environments.X.checks` over the checks; one that is `off` is only marked.
pub(crate) fn apply(checks: &mut [Declared], section: Option<&Node>, faults: &mut Faults) {
    for (key, over) in known(checks, section, faults) {
        let Some(check) = checks.iter_mut().find(|check| check.id == key) else {
            continue;
        };
        if over.text() == Some(OFF) {
            check.fate = Fate::Off;
        } else if matches!(over.value, Value::Map(_)) {
            merge(&mut check.node, over);
        } else {
            faults.push(crate::faults::wrong_type(
                over,
                "a map of what differs, or `off`",
            ));
        }
    }
}

/// The entries of an overlay whose check exists; the others are told.
pub(crate) fn known<'n>(
    checks: &[Declared],
    section: Option<&'n Node>,
    faults: &mut Faults,
) -> Vec<(&'n str, &'n Node)> {
    let Some(node) = section.filter(|node| node.value != Value::Null) else {
        return Vec::new();
    };
    if !matches!(node.value, Value::Map(_)) {
        faults.push(crate::faults::wrong_type(
            node,
            "a map with the id of a check before each value",
        ));
    }
    let ids: std::collections::HashSet<&str> =
        checks.iter().map(|check| check.id.as_str()).collect();
    let (known, unknown): (Vec<_>, Vec<_>) = node
        .entries()
        .iter()
        .partition(|(key, _)| ids.contains(key.text.as_str()));
    for (key, _) in unknown {
        let names: Vec<&str> = checks.iter().map(|check| check.id.as_str()).collect();
        faults.push(Diagnostic::unknown(
            key.span.clone(),
            "check",
            &key.text,
            &names,
        ));
    }
    known
        .into_iter()
        .map(|(key, value)| (key.text.as_str(), value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_core::span::Source;

    #[test]
    fn maps_merge_and_everything_else_replaces() {
        let node = |name: &str, text: &str| crate::yaml::read(&Source::new(name, text)).unwrap();
        let mut base = node("base", "{ a: { x: 1, y: [1, 2] }, b: text }");
        let over = node("over", "{ a: { y: [3], z: 4 }, b: { c: 5 } }");
        merge(&mut base, &over);
        let list = base.get("a").and_then(|a| a.get("y")).unwrap();
        assert!(matches!(&list.value, Value::Sequence(elements) if elements.len() == 1));
        assert_eq!(list.span.source().name(), "over");
        let kept = base.get("a").and_then(|a| a.get("x")).unwrap();
        assert_eq!(kept.span.source().name(), "base");
        assert!(base.get("a").and_then(|a| a.get("z")).is_some());
        assert!(base.get("b").and_then(|b| b.get("c")).is_some());
    }
}
