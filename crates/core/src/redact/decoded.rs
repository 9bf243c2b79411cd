//! What a text says once its escapes are undone.

/// A text with one kind of its escapes undone: programs differ in what they escape, so that no list
/// of escaped forms would be whole.
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    /// Where in `bytes` an escape's own begin, and how many bytes all escapes up to it have saved.
    escapes: Vec<(usize, usize)>,
}

/// Reads the escape at the start of a text: its length, and what it stands for.
type ReadEscape = fn(&[u8], &mut [u8; 4]) -> Option<(usize, usize)>;

impl Decoded {
    /// The text as those read it who undo percent-encoding, the escapes of JSON, or those of HTML.
    pub(super) fn all(text: &str) -> impl Iterator<Item = Self> {
        let kinds: [(u8, ReadEscape); 3] = [
            (b'%', percent_escape),
            (b'\\', json_escape),
            (b'&', html_escape),
        ];
        let text = text.as_bytes();
        kinds
            .into_iter()
            .filter_map(move |(mark, read)| Self::of(text, mark, read))
    }

    /// `None` when nothing is escaped.
    fn of(text: &[u8], mark: u8, read: ReadEscape) -> Option<Self> {
        let mut decoded = Self {
            bytes: Vec::new(),
            escapes: Vec::new(),
        };
        let mut saved = 0;
        let mut rest = text;
        while let Some(at) = rest.iter().position(|byte| *byte == mark) {
            decoded.bytes.extend_from_slice(&rest[..at]);
            rest = &rest[at..];
            let mut meant = [mark, 0, 0, 0];
            let (length, bytes) = read(rest, &mut meant).unwrap_or((1, 1));
            if length > 1 {
                saved += length - bytes;
                decoded.escapes.push((decoded.bytes.len(), saved));
            }
            decoded.bytes.extend_from_slice(&meant[..bytes]);
            rest = &rest[length..];
        }
        if decoded.escapes.is_empty() {
            return None;
        }
        decoded.bytes.extend_from_slice(rest);
        Some(decoded)
    }

    /// The place in the text as it was written.
    pub(super) fn written(&self, at: usize) -> usize {
        let before = self.escapes.partition_point(|(start, _)| *start < at);
        at + before.checked_sub(1).map_or(0, |last| self.escapes[last].1)
    }
}

/// RFC 3986, 2.1: a byte as `%XX`.
fn percent_escape(text: &[u8], meant: &mut [u8; 4]) -> Option<(usize, usize)> {
    let byte = number(text.get(1..3)?, 16)?;
    meant[0] = u8::try_from(byte).ok()?;
    Some((3, 1))
}

/// RFC 8259, section 7: a character as `\X` or `\uXXXX`, or as two of the latter.
fn json_escape(text: &[u8], meant: &mut [u8; 4]) -> Option<(usize, usize)> {
    let unit = |at: usize| match text.get(at..at + 6)? {
        [b'\\', b'u', digits @ ..] => u16::try_from(number(digits, 16)?).ok(),
        _ => None,
    };
    let (length, letter) = match text.get(1)? {
        b'u' => {
            let first = [unit(0)?];
            match char::decode_utf16(first).next()? {
                Ok(letter) => (6, letter),
                Err(_) => (12, char::decode_utf16([first[0], unit(6)?]).next()?.ok()?),
            }
        }
        plain @ (b'"' | b'\\' | b'/') => (2, char::from(*plain)),
        b'b' => (2, '\u{8}'),
        b'f' => (2, '\u{c}'),
        b'n' => (2, '\n'),
        b'r' => (2, '\r'),
        b't' => (2, '\t'),
        _ => return None,
    };
    Some((length, letter.encode_utf8(meant).len()))
}

/// WHATWG HTML, 13.5: a character by its number, or by the name that XML knows, too.
fn html_escape(text: &[u8], meant: &mut [u8; 4]) -> Option<(usize, usize)> {
    /// No reference that stands for a character is longer, leading zeros aside.
    const LONGEST: usize = 10;
    let end = text.iter().take(LONGEST).position(|byte| *byte == b';')?;
    let letter = match &text[1..end] {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(number(digits, 16)?)?,
        [b'#', digits @ ..] => char::from_u32(number(digits, 10)?)?,
        _ => return None,
    };
    Some((end + 1, letter.encode_utf8(meant).len()))
}

/// The number that digits stand for.
fn number(digits: &[u8], radix: u32) -> Option<u32> {
    digits.iter().try_fold(0u32, |value, digit| {
        let digit = char::from(*digit).to_digit(radix)?;
        value.checked_mul(radix)?.checked_add(digit)
    })
}

/// A text whose percent-encoding is undone, such as what a program reads out of a cookie.
pub(super) fn percent_decoded(text: &str) -> Option<String> {
    let decoded = Decoded::of(text.as_bytes(), b'%', percent_escape)?;
    String::from_utf8(decoded.bytes).ok()
}
