//! Texts with references in them, and where a step has them.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};
use tidegate_core::template::escape;

use super::model::{Body, Content, Step};
use super::secrets::is_secret_name;

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

/// Puts a reference wherever a value stands outside of references; whether it did. The value has its escapes.
pub(crate) fn replace(text: &mut String, value: &str, reference: &str) -> bool {
    // A value may end between the signs of an escape, so that both are compared as they are meant.
    let value = meant(value);
    if value.is_empty() {
        return false;
    }
    let mut changed = String::with_capacity(text.len());
    let mut any = false;
    for piece in pieces(text) {
        match piece {
            Piece::Literal(literal) => {
                let literal = meant(literal);
                any |= literal.contains(&*value);
                let around: Vec<String> = literal.split(&*value).map(escape).collect();
                changed.push_str(&around.join(reference));
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

/// A text without references as it is meant, without escapes.
pub(crate) fn meant(literal: &str) -> Cow<'_, str> {
    match literal.contains("$${") {
        true => Cow::Owned(literal.replace("$${", "${")),
        false => Cow::Borrowed(literal),
    }
}

/// Adds to a text so that no reference begins where the two meet.
pub(crate) fn append(text: &mut String, more: &str) {
    if text.ends_with('$') && more.starts_with('{') {
        text.push('$');
    }
    text.push_str(more);
}

/// Changes what stands outside of references, each piece as it is meant, without escapes.
pub(crate) fn map_literals(text: &str, change: &dyn Fn(&str) -> String) -> String {
    let mut changed = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Literal(literal) => {
                changed.push_str(&escape(&change(&meant(literal))));
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
        if text[..open].ends_with('$') {
            at = open + 2;
            continue;
        }
        // Without a bracket that closes there is no further reference either.
        let Some(close) = text[open..].find('}').map(|close| open + close) else {
            break;
        };
        if start < open {
            pieces.push(Piece::Literal(&text[start..open]));
        }
        pieces.push(Piece::Reference(&text[open + 2..close]));
        start = close + 1;
        at = start;
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

/// The name of what stands under a key: a mere `value` is called as what it is the value of.
pub(crate) fn name_below<'n>(name: &'n str, key: &'n str) -> &'n str {
    if key == "value" && !name.is_empty() {
        name
    } else {
        key
    }
}

/// The name that an entry has besides its value, as in `{"name": "pin", "value": 1}`, unless it stands below
/// the name of a secret already.
pub(crate) fn own_name(entries: &Map<String, Json>, below: &str) -> Option<String> {
    entries.get("value").filter(|_| !is_secret_name(below))?;
    let name = entries.get("name").or_else(|| entries.get("key"))?;
    let name = name.as_str()?;
    // What things are called, as `day pass`, says nothing of their values.
    let is_name = name.len() <= 64 && !name.is_empty() && !name.contains(char::is_whitespace);
    is_name.then(|| name.to_owned())
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
            let own = own_name(entries, name);
            let name = own.as_deref().unwrap_or(name);
            for (key, value) in entries.iter_mut() {
                visit_json(value, name_below(name, key), seen);
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

    #[test]
    fn a_value_that_ends_between_the_signs_of_an_escape_frees_no_reference() {
        let mut text = "secret$${HOME}".to_owned();
        assert!(replace(&mut text, "secret$", "${x}"));
        assert_eq!(text, "${x}{HOME}");
        let mut text = "$${HOME}".to_owned();
        append(&mut text, "{A}");
        assert_eq!(text, "$${HOME}{A}");
        let mut text = "$".to_owned();
        append(&mut text, "{HOME}");
        assert_eq!(text, "$${HOME}");
        assert!(references(&text).is_empty());
    }

    #[test]
    fn many_signs_that_open_a_reference_are_read_in_one_go() {
        let text = "${".repeat(500_000);
        assert!(references(&text).is_empty());
        let text = "$${".repeat(500_000) + "}";
        assert!(references(&text).is_empty());
    }
}
