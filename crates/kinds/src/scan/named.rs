//! Values that only their name tells: the name around a word, and what is assigned to it.

use std::ops::Range;

use super::window::Window;

/// How long a name may be, in bytes.
const LONGEST_NAME: usize = 80;

/// How much may stand between a name and its value, in bytes.
const LONGEST_GAP: usize = 48;

/// How long a value may be, in bytes.
const LONGEST_VALUE: usize = 1024;

/// A name and the value that is assigned to it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Assignment<'t> {
    /// The name as it is written.
    pub(crate) name: &'t str,
    /// Where the value stands in the window.
    pub(crate) range: Range<usize>,
    /// The value without its quotes.
    pub(crate) value: &'t str,
    /// Whether it stands in quotes.
    pub(crate) quoted: bool,
}

impl<'t> Assignment<'t> {
    /// Reads the assignment whose name holds the word at the window's telling beginning.
    pub(crate) fn read(window: &Window<'t>) -> Option<Self> {
        let text = window.text;
        let name = name_at(text, window.at)?;
        let start = value_start(text, name.end)?;
        let (range, quoted) = value_at(text, start)?;
        Some(Self {
            name: std::str::from_utf8(&text[name]).ok()?,
            value: std::str::from_utf8(&text[range.clone()]).ok()?,
            range,
            quoted,
        })
    }
}

/// A name in lowercase letters and digits only, so that `authToken` and `AUTH_TOKEN` are the same.
pub(crate) fn plain(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

/// The name that what stands behind these bytes is assigned to.
pub(crate) fn binding(behind: &[u8]) -> Option<String> {
    let spaces = |text: &[u8]| {
        text.len()
            - text
                .iter()
                .rev()
                .take_while(|byte| b" \t".contains(byte))
                .count()
    };
    let trimmed = |text: &[u8], what: &[u8]| {
        text.len()
            - text
                .iter()
                .rev()
                .take_while(|byte| what.contains(byte))
                .count()
    };
    let text = &behind[..spaces(behind)];
    let text = &text[..trimmed(text, b"\"'`\\")];
    let text = &text[..spaces(text)];
    let end = trimmed(text, b"=:|?>,(");
    if end == text.len() {
        return None;
    }
    let text = &text[..spaces(&text[..end])];
    let text = &text[..trimmed(text, b"\"'`\\])")];
    let name = name_at(text, text.len().checked_sub(1)?)?;
    let name = std::str::from_utf8(&text[name]).ok()?;
    (!name.is_empty()).then(|| name.to_owned())
}

/// The whole name around a position.
pub(crate) fn name_at(text: &[u8], at: usize) -> Option<Range<usize>> {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.$".contains(byte);
    let before = text[..at]
        .iter()
        .rev()
        .take(LONGEST_NAME)
        .take_while(|byte| part(byte));
    let mut start = at - before.count();
    let after = text[at..]
        .iter()
        .take(LONGEST_NAME)
        .take_while(|byte| part(byte));
    let mut end = at + after.count();
    // `"\nNAME=…"`: the letter belongs to the escape.
    if start > 0 && text[start - 1] == b'\\' && start < at {
        start += 1;
    }
    while end > start && text[end - 1] == b'.' {
        end -= 1;
    }
    (end - start < LONGEST_NAME).then_some(start..end)
}

/// Where the value begins that is assigned to a name which ends at `end`.
fn value_start(text: &[u8], end: usize) -> Option<usize> {
    let bound = &text[..text.len().min(end + LONGEST_GAP)];
    let mut at = closing_quote(bound, end);
    let quoted = at > end;
    at = spaces(bound, at);
    // A name and its value as two entries: `- name: X` and `value: Y` below it, or in JSON.
    if let Some(entry) = paired(bound, at) {
        return Some(spaces(bound, entry));
    }
    let operators: [&[u8]; 11] = [
        b"===", b"==", b"=>", b":=", b"||=", b"??=", b"||", b"??", b"?=", b"=", b":",
    ];
    let operator = operators
        .into_iter()
        .find(|operator| bound[at.min(bound.len())..].starts_with(operator));
    let after = match operator {
        Some(operator) => at + operator.len(),
        None if quoted && bound.get(at) == Some(&b',') => at + 1,
        // Closes a call or an index: `env("NAME") ?? "…"`, `env["NAME"] = "…"`.
        None if quoted && matches!(bound.get(at), Some(b')' | b']')) => {
            let next = spaces(bound, at + 1);
            let operator = operators
                .into_iter()
                .find(|operator| bound[next.min(bound.len())..].starts_with(operator))?;
            next + operator.len()
        }
        None => return None,
    };
    Some(spaces(bound, after))
}

/// Past the quote that ends a quoted name, escaped or not.
fn closing_quote(text: &[u8], at: usize) -> usize {
    let slashes = text.get(at..).unwrap_or_default();
    let slashes = slashes.iter().take_while(|byte| **byte == b'\\').count();
    match text.get(at + slashes) {
        Some(b'"' | b'\'' | b'`') => at + slashes + 1,
        _ => at,
    }
}

fn spaces(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count()
}

/// Past `value:` when a name is followed by an entry of that name.
fn paired(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let between = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b'"' | b'\\');
    let gap = rest.iter().take_while(between).count();
    if gap == 0 {
        return None;
    }
    let entry = rest[gap..].strip_prefix(b"value")?;
    let close = closing_quote(entry, 0);
    let close = spaces(entry, close);
    matches!(entry.get(close), Some(b':' | b'=')).then(|| at + gap + 5 + close + 1)
}

/// The value at a position: up to its closing quote, or up to what ends a bare one.
fn value_at(text: &[u8], at: usize) -> Option<(Range<usize>, bool)> {
    let bound = &text[..text.len().min(at + LONGEST_VALUE)];
    let open = closing_quote(bound, at);
    if open > at {
        let quote = bound[open - 1];
        let escaped = open - 1 - at;
        let rest = &bound[open..];
        let close = memchr::memchr(quote, rest)?;
        // The slashes of a closing quote are as many as those of the opening one.
        let end = close.checked_sub(escaped)?;
        return Some((open..open + end, true));
    }
    let rest = bound.get(at..)?;
    let ends = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`,;<>(){}[]\\".contains(byte);
    let length = rest.iter().position(ends).unwrap_or(rest.len());
    // `${NAME}` and calls are references, not values.
    let reference =
        matches!(rest.get(length), Some(b'(' | b'{' | b'[')) || rest.first() == Some(&b'$');
    (length > 0 && !reference).then_some((at..at + length, false))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, String, bool)> {
        let at = text.to_ascii_lowercase().find("token").unwrap();
        let window = Window::around(text.as_bytes(), at, 0);
        let read = Assignment::read(&window)?;
        assert_eq!(&text[read.range.clone()], read.value);
        Some((read.name.to_owned(), read.value.to_owned(), read.quoted))
    }

    #[test]
    fn a_value_is_found_however_it_is_assigned() {
        for (text, name, quoted) in [
            ("MY_TOKEN=abc123", "MY_TOKEN", false),
            ("export MY_TOKEN=\"abc123\"", "MY_TOKEN", true),
            ("authToken: 'abc123',", "authToken", true),
            ("{\"token\":\"abc123\"}", "token", true),
            (r#"{\"token\":\"abc123\"}"#, "token", true),
            (r#"{\\\"token\\\": \\\"abc123\\\"}"#, "token", true),
            (
                "const t = process.env.TOKEN || \"abc123\";",
                "process.env.TOKEN",
                true,
            ),
            ("setenv('TOKEN', 'abc123')", "TOKEN", true),
            ("os.environ[\"TOKEN\"] = \"abc123\"", "TOKEN", true),
            ("env(\"TOKEN\") ?? `abc123`", "TOKEN", true),
            ("- name: TOKEN\n  value: abc123\n", "TOKEN", false),
            ("{\"name\":\"TOKEN\",\"value\":\"abc123\"}", "TOKEN", true),
            ("token := abc123", "token", false),
            (r"A=1\nTOKEN=abc123\nB=2", "TOKEN", false),
        ] {
            let expected = (name.to_owned(), "abc123".to_owned(), quoted);
            assert_eq!(read(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn prose_references_and_calls_are_no_values() {
        for text in [
            "the token is secret",
            "TOKEN=${OTHER}",
            "token: getToken()",
            "token = { a: 1 }",
            "token",
            "token=\"never ends",
            "tokens.forEach(",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn names_are_compared_without_case_and_separators() {
        assert_eq!(plain("Auth-Token_2"), plain("authToken2"));
    }
}
