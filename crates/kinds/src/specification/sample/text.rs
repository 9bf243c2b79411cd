//! Texts of a wanted form and length.

use super::pattern;

/// The longest text that is made on purpose, in characters.
pub(super) const LONGEST: usize = 256 * 1024;

/// A text that looks by itself like a password: every sort of character that rules ask for.
const PASSWORD: &str = "Tidegate-1!";

/// The mark that stands in every free text, and what is drawn from it.
#[derive(Debug, Clone)]
pub(super) struct Mark(String);

impl Mark {
    /// Takes over a mark; two marks give two sets of texts.
    pub(super) fn new(mark: &str) -> Self {
        Self(mark.to_owned())
    }

    /// The mark as it was given, and a number behind it for all but the first of several.
    pub(super) fn text(&self, nth: usize) -> String {
        match nth {
            0 => self.0.clone(),
            _ => format!("{}-{nth}", self.0),
        }
    }

    /// A number that the mark decides.
    pub(super) fn number(&self, nth: usize) -> u64 {
        // FNV-1a, whose values stay the same with every compiler and version.
        let bytes = self.0.bytes().chain(nth.to_le_bytes());
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        })
    }

    /// A text of the mark between two lengths; short ones are drawn from it.
    pub(super) fn sized(&self, nth: usize, least: usize, most: Option<usize>) -> Option<String> {
        if least > LONGEST || most.is_some_and(|most| most < least) {
            return None;
        }
        let mut text = self.text(nth);
        let length = text.chars().count();
        if let Some(most) = most.filter(|most| *most < length) {
            text = format!("t{:016x}", self.number(nth)).repeat(most / 17 + 1);
            text.truncate(most);
        }
        let missing = least.saturating_sub(text.chars().count());
        text.extend(std::iter::repeat_n('x', missing));
        Some(text)
    }

    /// A version 4 UUID (RFC 9562).
    fn uuid(&self, nth: usize) -> String {
        let (high, low) = (self.number(nth), self.number(nth + 1_000_003));
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            (low >> 48) & 0xfff,
            low & 0xffff_ffff_ffff,
        )
    }

    /// Texts of a format; none for one that is not known.
    pub(super) fn of_format(&self, format: &str, nth: usize) -> Vec<String> {
        let mark = self.text(nth);
        let day = nth % 28 + 1;
        let text = match format {
            "date-time" => format!("2026-01-{day:02}T12:00:00Z"),
            "date" => format!("2026-01-{day:02}"),
            "time" => format!("12:{:02}:00Z", nth % 60),
            "duration" => format!("P{day}D"),
            "uuid" => self.uuid(nth),
            "email" | "idn-email" => {
                let short = format!("t{:x}@example.com", self.number(nth));
                return vec![format!("{mark}@example.com"), short];
            }
            "uri" | "url" | "iri" => format!("https://example.com/{mark}"),
            "uri-reference" | "iri-reference" => format!("/{mark}"),
            "uri-template" => format!("/{mark}/{{id}}"),
            "hostname" | "idn-hostname" => format!("{mark}.example.com"),
            // RFC 5737 and RFC 3849: addresses for documentation.
            "ipv4" => format!("192.0.2.{day}"),
            "ipv6" => format!("2001:db8::{day}"),
            "json-pointer" => format!("/{mark}"),
            "relative-json-pointer" => format!("{nth}"),
            "regex" => "^[a-z]+$".to_owned(),
            "byte" => base64_of(&mark),
            "password" => format!("{PASSWORD}{mark}"),
            _ => return Vec::new(),
        };
        vec![text]
    }

    /// Texts that may match a pattern: the mark in some spellings, then what is made for it.
    pub(super) fn of_pattern(&self, written: &str, nth: usize) -> Vec<String> {
        let mark = self.text(nth);
        let bare: String = mark.chars().filter(char::is_ascii_alphanumeric).collect();
        let hex = format!("{:016x}", self.number(nth));
        let letters: String = bare.chars().filter(char::is_ascii_alphabetic).collect();
        let mut texts = vec![
            mark.clone(),
            format!("{PASSWORD}{mark}"),
            bare.to_ascii_uppercase(),
            bare,
            hex,
            letters,
        ];
        texts.extend(pattern::matching(written));
        texts
    }
}

/// A text in base64 (RFC 4648, 4).
fn base64_of(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// A text that is not of a format, but as close to it as a slip of the hand.
pub(super) fn not_of_format(format: &str) -> Option<&'static str> {
    Some(match format {
        "date-time" => "2026-02-30T25:61:00Z",
        "date" => "2026-02-30",
        "time" => "25:61:00Z",
        "duration" => "P",
        "uuid" => "not-a-uuid",
        "email" | "idn-email" => "tidegate at example.com",
        "uri" | "url" | "iri" => "not a uri",
        "hostname" | "idn-hostname" => "-not a host-",
        "ipv4" => "192.0.2.256",
        "ipv6" => "2001:db8::g",
        "json-pointer" => "not/a/pointer",
        _ => return None,
    })
}
