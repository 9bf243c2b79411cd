//! JSON values as YAML that a person would write: short things on one line, long ones below each other.

use serde_json::{Map, Value as Json};
use tidegate_kinds::draft::scalar;

/// How long a line may get.
const WIDTH: usize = 110;

/// Writes the entries of a map below each other.
pub(crate) fn entries(map: &Map<String, Json>, indent: usize, out: &mut String) {
    for (key, value) in map {
        pad(indent, out);
        entry(key, value, indent, out);
    }
}

/// Writes the entries of a map as an element of a list.
pub(crate) fn element(map: &Map<String, Json>, indent: usize, out: &mut String) {
    let mut first = true;
    for (key, value) in map {
        pad(indent, out);
        out.push_str(if first { "- " } else { "  " });
        first = false;
        entry(key, value, indent + 2, out);
    }
}

/// Writes a key with its value; the line has been indented already.
fn entry(key: &str, value: &Json, indent: usize, out: &mut String) {
    out.push_str(&name(key));
    out.push(':');
    below(value, indent, out);
}

/// Writes a value behind a colon.
fn below(value: &Json, indent: usize, out: &mut String) {
    if let Some(short) = inline(value, WIDTH.saturating_sub(indent + 12)) {
        out.push(' ');
        out.push_str(&short);
        out.push('\n');
        return;
    }
    match value {
        Json::Object(map) => {
            out.push('\n');
            entries(map, indent + 2, out);
        }
        Json::Array(elements) => {
            out.push('\n');
            list(elements, indent + 2, out);
        }
        plain => {
            out.push(' ');
            out.push_str(&text(plain, true));
            out.push('\n');
        }
    }
}

fn list(elements: &[Json], indent: usize, out: &mut String) {
    for value in elements {
        match value {
            Json::Object(map) if !map.is_empty() => {
                match inline(value, WIDTH.saturating_sub(indent + 12)) {
                    Some(short) => {
                        pad(indent, out);
                        out.push_str("- ");
                        out.push_str(&short);
                        out.push('\n');
                    }
                    None => element(map, indent, out),
                }
            }
            value => {
                pad(indent, out);
                out.push('-');
                below(value, indent, out);
            }
        }
    }
}

/// A value on one line of at most so many characters.
fn inline(value: &Json, width: usize) -> Option<String> {
    let mut out = String::new();
    match value {
        Json::Array(_) | Json::Object(_) => flow(value, width, &mut out)?,
        plain => return Some(text(plain, true)),
    }
    Some(out)
}

fn flow(value: &Json, width: usize, out: &mut String) -> Option<()> {
    match value {
        Json::Array(elements) => {
            out.push('[');
            for (number, one) in elements.iter().enumerate() {
                if number > 0 {
                    out.push_str(", ");
                }
                flow(one, width, out)?;
            }
            out.push(']');
        }
        Json::Object(map) if map.is_empty() => out.push_str("{}"),
        Json::Object(map) => {
            out.push_str("{ ");
            for (number, (key, one)) in map.iter().enumerate() {
                if number > 0 {
                    out.push_str(", ");
                }
                out.push_str(&name(key));
                out.push_str(": ");
                flow(one, width, out)?;
            }
            out.push_str(" }");
        }
        plain => out.push_str(&text(plain, false)),
    }
    (out.chars().count() <= width).then_some(())
}

/// A key, plain where it can be: a JSONPath without brackets, too.
fn name(key: &str) -> String {
    let path = key.strip_prefix('$').is_some_and(|rest| {
        rest.chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "._".contains(letter))
    });
    // In YAML 1.2 `on` is a text like others.
    if path || key == "on" {
        key.to_owned()
    } else {
        scalar(key, "-_.")
    }
}

/// A value that is neither a list nor a map; `alone` where no bracket stands around it.
fn text(value: &Json, alone: bool) -> String {
    let Json::String(text) = value else {
        return value.to_string();
    };
    let path = text.starts_with('/')
        && text
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "/-_.~${}?=&%".contains(letter));
    let jsonpath = name(text) == *text && text.starts_with("$.");
    // Inside of brackets a bracket would end the text.
    let whole = alone || !text.contains(['{', '}']);
    if (path || jsonpath) && whole {
        text.clone()
    } else {
        scalar(text, " /-_.~")
    }
}

fn pad(indent: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', indent));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_plain_unless_it_would_close_a_bracket() {
        let map = serde_json::json!({ "a": { "p": "/a}", "q": "/b/${c}", "r": "/d?e=%20" }, "get": "/f/${g}" });
        let mut out = String::new();
        entries(map.as_object().unwrap(), 0, &mut out);
        assert_eq!(
            out,
            "a: { p: \"/a}\", q: \"/b/${c}\", r: /d?e=%20 }\nget: /f/${g}\n"
        );
    }
}
