//! Private keys in PEM (RFC 7468), their line breaks as they are, escaped, or quoted line by line.

use std::iter::Peekable;

/// A private key in PEM.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PrivateKey {
    /// How many bytes it takes, from its first dash to its last as far as it is there.
    pub(crate) length: usize,
    /// Its base64 digits without anything between them.
    pub(crate) digits: String,
    /// Whether a password guards it.
    pub(crate) encrypted: bool,
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";

/// Fewer digits hold no key: one of Ed25519 has 64.
const FEWEST_DIGITS: usize = 60;

impl PrivateKey {
    /// Reads the key that a text begins with.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        let label = text.strip_prefix(BEGIN)?;
        let dashes = memchr::memmem::find(&label[..label.len().min(60)], b"-----")?;
        let kind = std::str::from_utf8(&label[..dashes]).ok()?;
        if !kind.contains("PRIVATE KEY")
            || !kind.bytes().all(|byte| {
                b" ".contains(&byte) || byte.is_ascii_uppercase() || byte.is_ascii_digit()
            })
        {
            return None;
        }
        let start = BEGIN.len() + dashes + 5;
        let (digits, end) = body(text, start)?;
        if digits.len() < FEWEST_DIGITS || single(&digits) {
            return None;
        }
        let encrypted = kind.starts_with("ENCRYPTED")
            || memchr::memmem::find(&text[start..end], b"ENCRYPTED").is_some();
        Some(Self {
            length: end,
            digits,
            encrypted,
        })
    }
}

/// The digits between the two lines, and where the second ends. Whatever may stand between two
/// lines of digits is passed over: breaks, escapes, quotes and what joins quoted texts. The headers
/// of an old encrypted key (RFC 1421) are passed over as well.
fn body(text: &[u8], start: usize) -> Option<(String, usize)> {
    let rest = text.get(start..)?;
    let close = memchr::memmem::find(rest, END);
    let inner = &rest[..close.unwrap_or(rest.len())];
    let mut digits = String::new();
    let mut bytes = inner.iter().enumerate().peekable();
    while let Some((at, &byte)) = bytes.next() {
        match byte {
            b'\\' => escape(&mut bytes),
            b'+' if joins(inner, at) => {}
            byte if byte.is_ascii_alphanumeric() || b"+/".contains(&byte) => {
                digits.push(char::from(byte));
            }
            b'=' | b'\r' | b'\n' | b' ' | b'\t' | b'"' | b'\'' | b'`' | b',' | b'-' | b':'
            | b'|' | b'>' | b'#' | b'*' => {}
            _ => return None,
        }
    }
    let end = match close {
        Some(close) => {
            let tail = &rest[close + END.len()..];
            let dashes = memchr::memmem::find(&tail[..tail.len().min(60)], b"-----")?;
            start + close + END.len() + dashes + 5
        }
        // Longer than the window, or cut off: the beginning is key enough.
        None => text.len(),
    };
    Some((digits, end))
}

/// Passes over an escape, however often it is escaped itself.
fn escape<'b>(bytes: &mut Peekable<impl Iterator<Item = (usize, &'b u8)>>) {
    while bytes.next_if(|(_, byte)| **byte == b'\\').is_some() {}
    bytes.next_if(|(_, byte)| b"nrt".contains(byte));
}

/// Whether a plus joins two quoted texts.
fn joins(text: &[u8], at: usize) -> bool {
    let quote = |byte: Option<&u8>| byte.is_some_and(|byte| b"\"'`".contains(byte));
    let before = text[..at].iter().rev().find(|byte| **byte != b' ');
    let after = text[at + 1..]
        .iter()
        .find(|byte| !byte.is_ascii_whitespace());
    quote(before) && quote(after)
}

/// Whether it is one letter over and over, or dots: a placeholder.
fn single(digits: &str) -> bool {
    let mut letters: Vec<u8> = digits.bytes().take(200).collect();
    letters.sort_unstable();
    letters.dedup();
    letters.len() < 16
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: &str = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v2VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g";

    fn pem(between: &str) -> String {
        format!(
            "-----{} PRIVATE KEY-----{between}{}{between}{}{between}-----END PRIVATE KEY-----",
            "BEGIN",
            &DIGITS[..40],
            &DIGITS[40..]
        )
    }

    #[test]
    fn a_key_is_read_however_its_lines_are_broken() {
        for between in [
            "\n",
            "\r\n",
            "\\n",
            "\\r\\n",
            "\\\\n",
            "\" + \"",
            "\\n' +\n  '",
            "\n    ",
        ] {
            let text = format!("{}\"; more", pem(between));
            let key = PrivateKey::read(text.as_bytes()).expect(between);
            assert_eq!(key.digits, DIGITS);
            assert_eq!(&text[key.length..], "\"; more");
            assert!(!key.encrypted);
        }
    }

    #[test]
    fn public_keys_placeholders_and_prose_are_left() {
        let public = pem("\n").replace("PRIVATE", "PUBLIC");
        let dots = "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----";
        let letters = pem("\n").replace(|letter: char| letter.is_ascii_lowercase(), "x");
        let code = "-----BEGIN PRIVATE KEY----- must stand first; (see below)";
        for text in [&*public, dots, code] {
            assert_eq!(PrivateKey::read(text.as_bytes()), None, "{text}");
        }
        assert!(PrivateKey::read(letters.as_bytes()).is_none_or(|key| key.digits != DIGITS));
    }

    #[test]
    fn a_guarded_key_says_so() {
        let text = pem("\n").replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
        assert!(PrivateKey::read(text.as_bytes()).unwrap().encrypted);
    }
}
