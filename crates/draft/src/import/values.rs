//! Texts with references in them, and where a step has them.

use serde_json::Value as Json;
use tidegate_core::template::escape;

use super::model::{Body, Content, Step};

/// Where in a request a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spot<'s> {
    /// In the path.
    Path,
    /// Under a name in the query.
    Query(&'s str),
    /// In a header.
    Header(&'s str),
    /// Under a name in the body, or the whole of it under no name.
    Body(&'s str),
    /// In what is expected of the answer.
    Expected,
}

/// The names of the references in a text, in order.
pub(crate) fn references(text: &str) -> Vec<String> {
    pieces(text)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Reference(name) => Some(name.to_owned()),
            Piece::Literal(_) => None,
        })
        .collect()
}

/// Whether a text is one reference and nothing else; its name.
pub(crate) fn lone(text: &str) -> Option<&str> {
    match pieces(text).as_slice() {
        [Piece::Reference(name)] => Some(name),
        _ => None,
    }
}

/// Puts a reference wherever a value stands outside of references; whether it did.
pub(crate) fn replace(text: &mut String, value: &str, reference: &str) -> bool {
    if value.is_empty() || !text.contains(value) {
        return false;
    }
    let mut changed = String::with_capacity(text.len());
    let mut any = false;
    for piece in pieces(text) {
        match piece {
            Piece::Literal(literal) => {
                any |= literal.contains(value);
                changed.push_str(&literal.replace(value, reference));
            }
            Piece::Reference(name) => {
                changed.push_str(&format!("${{{name}}}"));
            }
        }
    }
    if any {
        *text = changed;
    }
    any
}

/// Changes what stands outside of references, each piece as it is meant, without escapes.
pub(crate) fn map_literals(text: &str, change: &dyn Fn(&str) -> String) -> String {
    let mut changed = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Literal(literal) => {
                changed.push_str(&escape(&change(&literal.replace("$${", "${"))));
            }
            Piece::Reference(name) => {
                changed.push_str("${");
                changed.push_str(name);
                changed.push('}');
            }
        }
    }
    changed
}

/// Gives every reference a name of its own choice.
pub(crate) fn rename(text: &mut String, name: &mut dyn FnMut(&str) -> Option<String>) {
    if !text.contains("${") {
        return;
    }
    let mut changed = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Literal(literal) => changed.push_str(literal),
            Piece::Reference(old) => {
                let new = name(old).unwrap_or_else(|| old.to_owned());
                changed.push_str(&format!("${{{new}}}"));
            }
        }
    }
    *text = changed;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'t> {
    /// As it is written, with `$${` in it.
    Literal(&'t str),
    Reference(&'t str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(found) = text[at..].find("${") {
        let open = at + found;
        // `$${` stands for itself.
        let is_escaped = text[..open].ends_with('$');
        let close = text[open..].find('}').map(|close| open + close);
        match close {
            Some(close) if !is_escaped => {
                if start < open {
                    pieces.push(Piece::Literal(&text[start..open]));
                }
                pieces.push(Piece::Reference(&text[open + 2..close]));
                start = close + 1;
                at = start;
            }
            _ => at = open + 2,
        }
    }
    if start < text.len() {
        pieces.push(Piece::Literal(&text[start..]));
    }
    pieces
}

/// Shows every text of a request, those of what it expects and removes among them.
pub(crate) fn visit(step: &mut Step, seen: &mut dyn FnMut(Spot<'_>, &mut String)) {
    visit_request(step, seen);
    for value in step
        .expect
        .parts
        .values_mut()
        .chain(step.expect.status_is.values_mut())
    {
        visit_json(value, "", &mut |_, text| seen(Spot::Expected, text));
    }
    if let Some(cleanup) = &mut step.cleanup {
        seen(Spot::Expected, &mut cleanup.path);
    }
}

/// Shows every text that is sent.
pub(crate) fn visit_request(step: &mut Step, seen: &mut dyn FnMut(Spot<'_>, &mut String)) {
    seen(Spot::Path, &mut step.target.path);
    for (name, value) in &mut step.query {
        seen(Spot::Query(name), value);
    }
    for (name, value) in &mut step.headers {
        seen(Spot::Header(name), value);
    }
    match &mut step.body {
        Body::None => {}
        Body::Json(json) => visit_json(json, "", &mut |name, text| seen(Spot::Body(name), text)),
        Body::Form(fields) => {
            for (name, value) in fields {
                seen(Spot::Body(name), value);
            }
        }
        Body::Multipart(parts) => {
            for (name, part) in parts {
                let (Content::Text(text) | Content::File(text)) = &mut part.content;
                seen(Spot::Body(name), text);
            }
        }
        Body::Text(text) | Body::File(text) => seen(Spot::Body(""), text),
    }
}

/// Shows every text of a JSON value with the name that it stands under; elements of a list have the list's.
pub(crate) fn visit_json(json: &mut Json, name: &str, seen: &mut dyn FnMut(&str, &mut String)) {
    match json {
        Json::String(text) => seen(name, text),
        Json::Array(elements) => {
            for element in elements {
                visit_json(element, name, seen);
            }
        }
        Json::Object(entries) => {
            for (key, value) in entries.iter_mut() {
                visit_json(value, key, seen);
            }
        }
        _ => {}
    }
}

/// A JSON value whose texts stand for themselves.
pub(crate) fn literal_json(json: &mut Json) {
    visit_json(json, "", &mut |_, text| {
        if text.contains("${") {
            *text = escape(text);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_told_from_literals() {
        assert_eq!(references("/a/${b}/${C}$${d}"), ["b", "C"]);
        assert_eq!(lone("${b}"), Some("b"));
        assert_eq!(lone("x${b}"), None);
        assert_eq!(lone("$${b}"), None);
    }

    #[test]
    fn a_value_is_replaced_but_not_inside_of_references() {
        let mut text = "/token/${token}?token".to_owned();
        assert!(replace(&mut text, "token", "${x}"));
        assert_eq!(text, "/${x}/${token}?${x}");
        let mut text = "${token}".to_owned();
        assert!(!replace(&mut text, "token", "${x}"));
    }
}
