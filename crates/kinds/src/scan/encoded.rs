//! Secrets behind an encoding: what the beginnings look like in it, and the text behind them.

use std::ops::Range;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The most base64 digits of a run that are decoded.
const LONGEST_RUN: usize = 4 * 1024;

/// A beginning of fewer digits would be met by chance too often.
const FEWEST_DIGITS: usize = 6;

/// A text that was decoded, and where its encoded form stands in the window.
pub(crate) struct Decoded {
    pub(crate) range: Range<usize>,
    pub(crate) text: Vec<u8>,
}

/// The base64 digits (RFC 4648, 4) that a beginning gives when it starts at each of the three places
/// of a group, with the number of digits of the group before them.
pub(crate) fn beginnings(text: &str) -> Vec<(String, usize)> {
    let engine = GeneralPurpose::new(&STANDARD, lenient());
    let at = |offset: usize| {
        let mut bytes = vec![0; offset];
        bytes.extend_from_slice(text.as_bytes());
        let digits = engine.encode(&bytes);
        let first = (offset * 8).div_ceil(6);
        let last = bytes.len() * 8 / 6;
        (digits[first..last].to_owned(), first)
    };
    (0..3)
        .map(at)
        .filter(|(digits, _)| digits.len() >= FEWEST_DIGITS)
        .collect()
}

const fn lenient() -> GeneralPurposeConfig {
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true)
}

/// Decodes the run of base64 digits around `at`, where `lead` digits of its group stand before.
pub(crate) fn base64(text: &[u8], at: usize, lead: usize) -> Option<Decoded> {
    let group = at.checked_sub(lead)?;
    let digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte);
    let before = text[..group].iter().rev().take_while(|byte| digit(byte));
    let before = before.count().min(LONGEST_RUN);
    let start = group - before / 4 * 4;
    let after = text[group..].iter().take(LONGEST_RUN);
    let end = group + after.take_while(|byte| digit(byte)).count();
    let run = &text[start..end];
    // One digit more than whole groups says nothing.
    let whole = if run.len() % 4 == 1 {
        run.len() - 1
    } else {
        run.len()
    };
    let alphabet = if run.iter().any(|byte| b"-_".contains(byte)) {
        URL_SAFE
    } else {
        STANDARD
    };
    let engine = GeneralPurpose::new(&alphabet, lenient());
    let text = engine.decode(&run[..whole]).ok()?;
    let range = group - before..end;
    Some(Decoded { range, text })
}

/// Undoes percent-encoding (RFC 3986, 2.1) in the word around `at`.
pub(crate) fn percent(text: &[u8], at: usize) -> Decoded {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"%-._~+*!".contains(byte);
    let range = around(text, at, part, 600);
    let text = percent_encoding::percent_decode(&text[range.clone()]).collect();
    Decoded { range, text }
}

/// Undoes `\xXX`, `\uXXXX` and `\/` in the word around `at`; `None` when what the escape there spells
/// cannot be part of a key.
pub(crate) fn escapes(text: &[u8], at: usize) -> Option<Decoded> {
    let (letter, _) = escape(&text[at..])?;
    let telling = letter.is_ascii_alphanumeric() || b"_-./:+=".contains(&letter);
    if !telling {
        return None;
    }
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || b"\\_-./:+=@".contains(byte);
    let range = around(text, at, part, 600);
    let mut rest = &text[range.clone()];
    let mut decoded = Vec::with_capacity(rest.len());
    while let Some(&byte) = rest.first() {
        let (letter, length) = escape(rest).unwrap_or((byte, 1));
        decoded.push(letter);
        rest = &rest[length..];
    }
    Some(Decoded {
        range,
        text: decoded,
    })
}

/// The ASCII character that an escape at the beginning spells, and the escape's length.
fn escape(text: &[u8]) -> Option<(u8, usize)> {
    let (digits, length) = match text {
        // JSON may write a slash so, and PHP's does (RFC 8259, 7).
        [b'\\', b'/', ..] => return Some((b'/', 2)),
        [b'\\', b'u', b'0', b'0', high, low, ..] => ([*high, *low], 6),
        [b'\\', b'x', high, low, ..] => ([*high, *low], 4),
        _ => return None,
    };
    let digits = std::str::from_utf8(&digits).ok()?;
    let letter = u8::from_str_radix(digits, 16).ok()?;
    letter.is_ascii().then_some((letter, length))
}

fn around(text: &[u8], at: usize, part: impl Fn(&u8) -> bool, most: usize) -> Range<usize> {
    let before = text[..at].iter().rev().take(most);
    let start = at - before.take_while(|byte| part(byte)).count();
    let after = text[at..].iter().take(most);
    start..at + after.take_while(|byte| part(byte)).count()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_that_spell_parts_of_keys_are_undone() {
        let text = br#"a = "sk\u005flive\x5Fabc";"#;
        let at = text.iter().position(|byte| *byte == b'\\').unwrap();
        let decoded = escapes(text, at).unwrap();
        assert_eq!(decoded.text, b"sk_live_abc");
        assert_eq!(&text[decoded.range], br"sk\u005flive\x5Fabc");
        let slashes = escapes(br"https:\/\/a.b\/c", 6).unwrap();
        assert_eq!(slashes.text, b"https://a.b/c");
        assert!(escapes(br"\u00e9", 0).is_none());
        assert!(escapes(br"\u00", 0).is_none());
    }

    #[test]
    fn percent_signs_are_undone_around_a_place() {
        let text = b"?url=postgres%3A%2F%2Fapp%3Apw%40host%2Fdb&x=1";
        let decoded = percent(text, 14);
        assert_eq!(decoded.text, b"postgres://app:pw@host/db");
    }

    proptest! {
        #[test]
        fn a_beginning_is_found_at_every_place_of_a_base64_group(
            before in "[ -~]{0,20}",
            after in "[ -~]{0,40}",
        ) {
            let whole = format!("{before}sk_live_{after}");
            let engine = GeneralPurpose::new(&STANDARD, lenient());
            let text = engine.encode(&whole);
            let hit = beginnings("sk_live_").into_iter().find_map(|(digits, lead)| {
                let at = text.match_indices(&*digits).map(|(at, _)| at).find(|at| {
                    (at + 4 - lead) % 4 == 0
                })?;
                base64(text.as_bytes(), at, lead)
            });
            let decoded = hit.expect("the digits are there").text;
            prop_assert!(String::from_utf8_lossy(&decoded).contains("sk_live_"));
        }

        #[test]
        fn hostile_text_never_panics(text in prop::collection::vec(any::<u8>(), 1..200), at in 0usize..200, lead in 0usize..4) {
            let at = at.min(text.len() - 1);
            let _ = base64(&text, at, lead);
            let _ = percent(&text, at);
            let _ = escapes(&text, at);
        }
    }
}
