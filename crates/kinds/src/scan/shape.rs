//! Holds bytes against the parts of a token.

use super::rule::{Part, Set};

impl Set {
    /// Whether a byte belongs to the set.
    pub(crate) const fn has(self, byte: u8) -> bool {
        let alnum = byte.is_ascii_alphanumeric();
        match self {
            Self::Digits => byte.is_ascii_digit(),
            Self::LowerHex => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::LowerAlnum => matches!(byte, b'0'..=b'9' | b'a'..=b'z'),
            Self::UpperAlnum => matches!(byte, b'0'..=b'9' | b'A'..=b'Z'),
            Self::Letters => byte.is_ascii_alphabetic(),
            Self::Alnum => alnum,
            Self::Word => alnum || byte == b'_',
            Self::Base64Url => alnum || matches!(byte, b'_' | b'-'),
            Self::Base64 => alnum || matches!(byte, b'+' | b'/'),
            Self::Base32 => matches!(byte, b'A'..=b'Z' | b'2'..=b'7'),
            Self::Dotted => alnum || matches!(byte, b'_' | b'-' | b'.'),
            Self::DottedEquals => alnum || matches!(byte, b'_' | b'-' | b'.' | b'='),
            Self::AnyBase64 => alnum || matches!(byte, b'+' | b'/' | b'_' | b'-'),
            Self::Password => {
                alnum
                    || matches!(
                        byte,
                        b'!' | b'#'
                            | b'$'
                            | b'%'
                            | b'&'
                            | b'*'
                            | b'+'
                            | b'='
                            | b'?'
                            | b'@'
                            | b'^'
                            | b'_'
                            | b'~'
                            | b'-'
                    )
            }
            Self::Unreserved => alnum || matches!(byte, b'_' | b'.' | b'~' | b'-'),
        }
    }
}

/// The length of the longest beginning of `text` that has the shape and after which nothing continues
/// it.
pub(crate) fn matched(parts: &[Part], text: &[u8]) -> Option<usize> {
    walk(parts, text, 0, None, &|end, last| {
        !continues(text.get(end).copied(), last)
    })
}

/// The length of the longest end of `text` that has the shape and before which nothing continues it.
pub(crate) fn matched_before(parts: &[Part], text: &[u8]) -> Option<usize> {
    let most = longest(parts).min(text.len());
    (0..=most).rev().find(|length| {
        let (before, held) = text.split_at(text.len() - length);
        whole(parts, held) && begins(parts, before)
    })
}

/// Whether the parts may begin after these bytes: where a word may, and after what their first run
/// could not hold, as digits may after letters.
fn begins(parts: &[Part], before: &[u8]) -> bool {
    let foreign = match (parts.first(), before.last()) {
        (Some(Part::Run(set, ..)), Some(byte)) => !set.has(*byte),
        _ => false,
    };
    foreign || super::window::begins_after(before)
}

/// Whether all of `text` has the shape.
pub(crate) fn whole(parts: &[Part], text: &[u8]) -> bool {
    walk(parts, text, 0, None, &|end, _| end == text.len()).is_some()
}

/// The largest number of bytes that the parts can match.
pub(crate) fn longest(parts: &[Part]) -> usize {
    let of = |part: &Part| match part {
        Part::Text(text) => text.len(),
        Part::Either(texts) => texts.iter().map(|text| text.len()).max().unwrap_or(0),
        Part::Run(_, _, most) => *most,
        Part::Maybe(parts) => longest(parts),
    };
    parts.iter().map(of).sum()
}

/// Whether a byte would make the token before it a longer one.
fn continues(next: Option<u8>, last: Option<Set>) -> bool {
    next.is_some_and(|byte| {
        byte.is_ascii_alphanumeric() || byte == b'_' || last.is_some_and(|set| set.has(byte))
    })
}

/// Tries the parts one after the other, the longest run first, until `accept` takes an end.
fn walk(
    parts: &[Part],
    text: &[u8],
    at: usize,
    last: Option<Set>,
    accept: &dyn Fn(usize, Option<Set>) -> bool,
) -> Option<usize> {
    let Some((part, rest)) = parts.split_first() else {
        return accept(at, last).then_some(at);
    };
    let left = text.get(at..)?;
    let next = |at: usize, last: Option<Set>| walk(rest, text, at, last, accept);
    match part {
        Part::Text(literal) => left
            .starts_with(literal.as_bytes())
            .then(|| next(at + literal.len(), None))?,
        Part::Either(literals) => literals
            .iter()
            .filter(|literal| left.starts_with(literal.as_bytes()))
            .find_map(|literal| next(at + literal.len(), None)),
        Part::Run(set, least, most) => {
            let there = left.iter().take(*most).take_while(|byte| set.has(**byte));
            let there = there.count();
            (*least..=there)
                .rev()
                .find_map(|length| next(at + length, Some(*set)))
        }
        Part::Maybe(inner) => {
            let with: Vec<Part> = inner.iter().chain(rest).copied().collect();
            walk(&with, text, at, last, accept).or_else(|| next(at, last))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPENAI: &[Part] = &[
        Part::Text("sk-"),
        Part::Maybe(&[Part::Text("proj-")]),
        Part::Run(Set::Base64Url, 4, 20),
        Part::Text("T3B"),
        Part::Run(Set::Base64Url, 4, 20),
    ];

    #[test]
    fn a_run_gives_back_what_the_next_part_needs() {
        assert_eq!(matched(OPENAI, b"sk-abcdT3Befgh"), Some(14));
        assert_eq!(matched(OPENAI, b"sk-proj-abcdT3BefghT3Bijkl\""), Some(26));
        assert_eq!(matched(OPENAI, b"sk-abcdT3Befg"), None);
    }

    #[test]
    fn what_continues_is_no_token() {
        let parts = [Part::Text("hf_"), Part::Run(Set::Letters, 4, 4)];
        assert_eq!(matched(&parts, b"hf_abcd"), Some(7));
        assert_eq!(matched(&parts, b"hf_abcd,"), Some(7));
        for text in ["hf_abcde", "hf_abcd1", "hf_abcd_x", "hf_abc"] {
            assert_eq!(matched(&parts, text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn what_stands_before_may_follow_what_its_first_run_cannot_hold() {
        let parts = [Part::Run(Set::Digits, 3, 4)];
        let before = |text: &str| matched_before(&parts, text.as_bytes());
        assert_eq!(before("bot123"), Some(3));
        assert_eq!(before("/1234"), Some(4));
        assert_eq!(before("12345"), None);
        assert_eq!(before("bot12"), None);
    }

    #[test]
    fn the_whole_value_must_fit() {
        let parts = [Part::Run(Set::Hex, 4, 4)];
        assert!(whole(&parts, b"12aF"));
        assert!(!whole(&parts, b"12aF "));
        assert_eq!(longest(OPENAI), 51);
    }
}
