//! What counts in a check though nobody wrote it, where one missing key stands for several.

use std::borrow::Cow;

use tidegate_core::node::{Key, Node, Value};
use tidegate_core::request::METHOD_KEYS;

/// The kind whose routes have a usual latency budget.
const KIND: &str = "latency";
/// The percentile that a route is held to without a figure of its own, and what it may take.
const USUAL: (&str, &str) = ("p95", "500ms");
/// What takes the place of the usual latency budget.
const FIGURES: [&str; 5] = ["p50", "p90", "p95", "p99", "growth"];

/// The kind that opens the home page unless pages are listed.
const PAGES: &str = "page";

/// A map of a check of this kind, with what counts in it unwritten: a route of `latency` without a figure
/// keeps to 500 ms at p95, so that a first figure above that asks less, and so does `growth` alone; `page`
/// without `paths` opens the home page, so that a first list without it looks at less.
pub(super) fn written_out<'n>(kind: &str, node: &'n Node) -> Cow<'n, Node> {
    if kind == PAGES && node.get("paths").is_none() {
        let home = Node::new(Value::String("/".to_owned()), node.span.clone());
        return with(node, "paths", Value::Sequence(vec![home]));
    }
    let is_route = METHOD_KEYS.iter().any(|method| node.get(method).is_some());
    let has_figure = FIGURES.iter().any(|figure| node.get(figure).is_some());
    if kind != KIND || !is_route || has_figure {
        return Cow::Borrowed(node);
    }
    let (key, value) = USUAL;
    with(node, key, Value::String(value.to_owned()))
}

/// A map with one more entry.
fn with<'n>(node: &Node, key: &str, value: Value) -> Cow<'n, Node> {
    let key = Key {
        text: key.to_owned(),
        span: node.span.clone(),
    };
    let mut entries = node.entries().to_vec();
    entries.push((key, Node::new(value, node.span.clone())));
    Cow::Owned(Node::new(Value::Map(entries), node.span.clone()))
}
