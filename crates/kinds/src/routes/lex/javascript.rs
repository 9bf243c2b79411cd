//! JavaScript and TypeScript.

use memchr::memmem;

use super::{Gatherer, Kind, Tokens, is_name_part, is_name_start, run, sign};

/// Signs of several characters that mean something else than their parts.
const SIGNS: [&str; 9] = ["...", "===", "!==", "=>", "==", "!=", "<=", ">=", "?."];

/// Keywords behind which a slash begins a regular expression.
const BEFORE_PATTERN: [&str; 8] = [
    "return", "typeof", "case", "in", "of", "delete", "void", "await",
];

/// The tokens of a text in JavaScript or TypeScript, with or without JSX.
pub(in super::super) fn javascript(text: &str) -> Tokens<'_> {
    let mut gatherer = Gatherer::new(text);
    let bytes = text.as_bytes();
    let mut at = 0;
    if text.starts_with("#!") {
        at = run(bytes, 0, |byte| byte != b'\n');
    }
    while let Some(&byte) = bytes.get(at) {
        if byte.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        if let Some(end) = comment(bytes, at) {
            at = end;
            continue;
        }
        let (kind, end) = match byte {
            b'"' | b'\'' => (Kind::Text, quoted(bytes, at)),
            b'`' => template(bytes, at),
            b'0'..=b'9' => (Kind::Literal, run(bytes, at, is_name_part)),
            b'/' if begins_pattern(&gatherer) => match pattern(bytes, at) {
                Some(end) => (Kind::Literal, end),
                None => (Kind::Sign, at + 1),
            },
            byte if is_name_start(byte) => (Kind::Name, run(bytes, at, is_name_part)),
            _ => (Kind::Sign, sign(text, at, &SIGNS)),
        };
        if !gatherer.add(kind, at..end) {
            break;
        }
        at = end;
    }
    Tokens::new(gatherer.list)
}

/// The end of a comment that begins here.
fn comment(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    if rest.starts_with(b"//") {
        return Some(run(bytes, at, |byte| byte != b'\n'));
    }
    if rest.starts_with(b"/*") {
        let end = memmem::find(rest.get(2..)?, b"*/");
        return Some(end.map_or(bytes.len(), |end| at + 2 + end + 2));
    }
    None
}

/// The end of a quoted text, which is the end of the line where the quote is none.
fn quoted(bytes: &[u8], start: usize) -> usize {
    let quote = bytes.get(start).copied();
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' => return at,
            _ if Some(byte) == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// The end of a template literal, and whether its value is known.
fn template(bytes: &[u8], start: usize) -> (Kind, usize) {
    #[derive(PartialEq)]
    enum In {
        Template,
        Code,
    }
    let mut kind = Kind::Text;
    let mut within = vec![In::Template];
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        let in_template = within.last() == Some(&In::Template);
        match byte {
            b'\\' => at += 1,
            b'`' if in_template => {
                within.pop();
                if within.is_empty() {
                    return (kind, at + 1);
                }
            }
            b'`' => within.push(In::Template),
            b'$' if in_template && bytes.get(at + 1) == Some(&b'{') => {
                kind = Kind::Template;
                within.push(In::Code);
                at += 1;
            }
            b'{' if !in_template => within.push(In::Code),
            b'}' if !in_template => {
                within.pop();
            }
            b'"' | b'\'' if !in_template => at = quoted(bytes, at) - 1,
            b'/' if !in_template => {
                if let Some(end) = comment(bytes, at) {
                    at = end - 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    (kind, bytes.len())
}

/// Whether a slash here begins a regular expression rather than dividing or ending a tag.
fn begins_pattern(gatherer: &Gatherer<'_>) -> bool {
    let Some(before) = gatherer.list.last() else {
        return true;
    };
    match before.kind {
        Kind::Name => BEFORE_PATTERN.contains(&before.raw),
        Kind::Sign => !matches!(before.raw, ")" | "]" | "}" | "<" | ">"),
        Kind::Text | Kind::Template | Kind::Literal => false,
    }
}

/// The end of a regular expression with its flags, when it ends on its line and is not too long.
fn pattern(bytes: &[u8], start: usize) -> Option<usize> {
    const LONGEST: usize = 1_000;
    let mut in_class = false;
    let mut at = start + 1;
    while at < start + LONGEST {
        match bytes.get(at)? {
            b'\\' => at += 1,
            b'\n' => return None,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => return Some(run(bytes, at + 1, is_name_part)),
            _ => {}
        }
        at += 1;
    }
    None
}
