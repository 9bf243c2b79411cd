//! Python.

use memchr::memmem;

use super::{Gatherer, Kind, Tokens, is_name_part, is_name_start, run, sign};

/// Signs of several characters that mean something else than their parts.
const SIGNS: [&str; 7] = ["...", "==", "!=", "<=", ">=", ":=", "->"];

/// The tokens of a text in Python.
pub(in super::super) fn python(text: &str) -> Tokens<'_> {
    let mut gatherer = Gatherer::new(text);
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte.is_ascii_whitespace() || byte == b'\\' {
            at += 1;
            continue;
        }
        if byte == b'#' {
            at = run(bytes, at, |byte| byte != b'\n');
            continue;
        }
        let (kind, end) = match byte {
            b'"' | b'\'' => (Kind::Text, literal(bytes, at, false)),
            b'0'..=b'9' => (Kind::Literal, run(bytes, at, is_name_part)),
            byte if is_name_start(byte) => word(bytes, at),
            _ => (Kind::Sign, sign(text, at, &SIGNS)),
        };
        if !gatherer.add(kind, at..end) {
            break;
        }
        at = end;
    }
    Tokens::new(gatherer.list)
}

/// A name, or a literal with a prefix such as `f"…"`.
fn word(bytes: &[u8], start: usize) -> (Kind, usize) {
    let end = run(bytes, start, is_name_part);
    let prefix = bytes.get(start..end).unwrap_or_default();
    let letters = |byte: &u8| b"rRbBfFuUtT".contains(byte);
    let quote = matches!(bytes.get(end), Some(b'"' | b'\''));
    if !quote || prefix.len() > 2 || !prefix.iter().all(letters) {
        return (Kind::Name, end);
    }
    let has = |letter: u8| prefix.iter().any(|byte| byte.eq_ignore_ascii_case(&letter));
    let kind = if has(b'f') || has(b't') {
        Kind::Template
    } else {
        Kind::Text
    };
    (kind, literal(bytes, end, has(b'r')))
}

/// The end of a literal that begins with its quote.
fn literal(bytes: &[u8], start: usize, raw: bool) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    for triple in [b"\"\"\"", b"'''"] {
        if rest.starts_with(triple) {
            let end = memmem::find(rest.get(3..).unwrap_or_default(), triple);
            return end.map_or(bytes.len(), |end| start + 3 + end + 3);
        }
    }
    let quote = bytes.get(start).copied();
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if !raw || bytes.get(at + 1).copied() == quote => at += 1,
            b'\n' => return at,
            _ if Some(byte) == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}
