//! Keeps secrets out of every output.
//!
//! One pass over the text finds every known secret in every form it may take, also where one
//! secret is part of another or overlaps it, and replaces the union of what was found.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use self::decoded::{Decoded, percent_decoded};

mod decoded;

/// The shortest secret that can be told apart from ordinary text, in characters.
pub const MINIMUM: usize = 6;

/// Replaces secrets in texts; learns secrets as they appear.
#[derive(Default)]
pub struct Redactor {
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    seen: HashSet<String>,
    /// Name and value of what was learned since the last text.
    waiting: Vec<(String, String)>,
    /// Each about twice as large as the next, so that learning one by one stays cheap.
    segments: Vec<Arc<Segment>>,
}

/// Some of the secrets, ready to be found.
struct Segment {
    secrets: Vec<(String, String)>,
    automaton: AhoCorasick,
    /// The name of the secret behind each pattern.
    names: Vec<Arc<str>>,
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Redactor(…)")
    }
}

impl Redactor {
    /// A redactor that knows no secret but still replaces JWT-shaped text.
    pub fn new() -> Self {
        Self::default()
    }

    /// Remembers a secret; false when it is shorter than [`MINIMUM`] and was not taken.
    pub fn learn(&self, name: &str, value: &str) -> bool {
        if value.chars().count() < MINIMUM {
            return false;
        }
        let mut known = self.lock();
        if known.seen.insert(value.to_owned()) {
            known.waiting.push((name.to_owned(), value.to_owned()));
        }
        true
    }

    /// The text with every secret and every JWT replaced by its name in brackets.
    pub fn redact(&self, text: &str) -> String {
        let decodings: Vec<Decoded> = Decoded::all(text).collect();
        let mut found = Vec::new();
        for segment in self.segments() {
            found.extend(segment.find(text.as_bytes()));
            for decoded in &decodings {
                let hits = segment.find(&decoded.bytes);
                found.extend(hits.map(|hit| Found {
                    start: decoded.written(hit.start),
                    end: decoded.written(hit.end),
                    ..hit
                }));
            }
        }
        found.extend(json_web_tokens(text));
        if found.is_empty() {
            return text.to_owned();
        }
        replace(text, found)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn segments(&self) -> Vec<Arc<Segment>> {
        let mut known = self.lock();
        if !known.waiting.is_empty() {
            let mut secrets = std::mem::take(&mut known.waiting);
            while let Some(last) = known
                .segments
                .pop_if(|last| last.secrets.len() < 2 * secrets.len())
            {
                secrets.extend(last.secrets.iter().cloned());
            }
            known.segments.extend(Segment::of(secrets).map(Arc::new));
        }
        known.segments.clone()
    }
}

impl Segment {
    /// `None` only when the patterns exceed what an automaton can number. The texts are short and the
    /// automatons many, so they are of the kind that is built fastest.
    fn of(secrets: Vec<(String, String)>) -> Option<Self> {
        let mut patterns = Vec::new();
        let mut names = Vec::new();
        for (name, value) in &secrets {
            let name: Arc<str> = Arc::from(name.as_str());
            for form in forms(value) {
                patterns.push(form);
                names.push(name.clone());
            }
        }
        let automaton = AhoCorasick::builder()
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .match_kind(MatchKind::Standard)
            .build(patterns)
            .ok()?;
        Some(Self {
            secrets,
            automaton,
            names,
        })
    }

    fn find<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = Found> + 'a {
        let hits = self.automaton.find_overlapping_iter(text);
        hits.map(|hit| Found {
            start: hit.start(),
            end: hit.end(),
            name: self.names[hit.pattern().as_usize()].clone(),
        })
    }
}

#[derive(Debug, Clone)]
struct Found {
    start: usize,
    end: usize,
    name: Arc<str>,
}

/// Merges overlapping ranges and writes the name of the longest in place of each.
fn replace(text: &str, mut found: Vec<Found>) -> String {
    found.sort_by(|a, b| a.start.cmp(&b.start).then(b.end.cmp(&a.end)));
    let mut output = String::with_capacity(text.len());
    let mut written = 0;
    let mut rest = found.into_iter().peekable();
    while let Some(first) = rest.next() {
        let mut end = first.end;
        let mut longest = first.clone();
        while let Some(next) = rest.next_if(|next| next.start < end) {
            end = end.max(next.end);
            if next.end - next.start > longest.end - longest.start {
                longest = next;
            }
        }
        output.push_str(text.get(written..first.start).unwrap_or_default());
        output.push('[');
        output.push_str(&longest.name);
        output.push(']');
        written = end;
    }
    output.push_str(text.get(written..).unwrap_or_default());
    output
}

/// Every form in which a secret may show up in a text whose escapes of one kind are undone; spaces of
/// a form's data are pluses (WHATWG URL, 5.2).
fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![
        secret.to_owned(),
        secret.replace(' ', "+"),
        json_escaped(secret),
        json_escaped(secret).replace('/', "\\/"),
        json_ascii(secret),
        html_escaped(secret, "&quot;", "&#39;"),
        html_escaped(secret, "&quot;", "&#x27;"),
        html_escaped(secret, "&#34;", "&#39;"),
    ];
    let decoded = percent_decoded(secret).filter(|text| text.chars().count() >= MINIMUM);
    forms.extend(decoded);
    for alphabet in [STANDARD, URL_SAFE] {
        forms.extend((0..3).filter_map(|offset| base64_at(secret.as_bytes(), offset, alphabet)));
    }
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// RFC 8259, section 7, without the quotes.
fn json_escaped(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// As [`json_escaped`], with everything outside ASCII as `\uXXXX`.
fn json_ascii(text: &str) -> String {
    use std::fmt::Write as _;
    json_escaped(text)
        .chars()
        .fold(String::new(), |mut output, character| {
            if character.is_ascii() {
                output.push(character);
            } else {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let _ = write!(output, "\\u{unit:04x}");
                }
            }
            output
        })
}

fn html_escaped(text: &str, quote: &str, apostrophe: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', quote)
        .replace('\'', apostrophe)
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The base64 digits (RFC 4648) that depend on nothing but the secret when it starts `offset`
/// bytes into a group of three; `None` when so few are left that they would match ordinary text.
fn base64_at(secret: &[u8], offset: usize, alphabet: &[u8; 64]) -> Option<String> {
    let first_bit = offset * 8;
    let last_bit = first_bit + secret.len() * 8;
    let digits = first_bit.div_ceil(6)..last_bit / 6;
    let text: String = digits
        .map(|digit| {
            let value = (0..6).fold(0usize, |value, bit| {
                let at = digit * 6 + bit - first_bit;
                value << 1 | usize::from(secret[at / 8] >> (7 - at % 8) & 1)
            });
            char::from(alphabet[value])
        })
        .collect();
    (text.len() >= MINIMUM).then_some(text)
}

/// JWT-shaped text (RFC 7519): three base64url runs, the first of which spells `{"`.
fn json_web_tokens(text: &str) -> Vec<Found> {
    let bytes = text.as_bytes();
    let run = |from: usize| {
        bytes[from..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
            .count()
    };
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("eyJ") {
        let start = from + at;
        let header = start + run(start);
        from = header;
        if bytes.get(header) != Some(&b'.') {
            continue;
        }
        let payload = header + 1 + run(header + 1);
        if payload < header + 9 || bytes.get(payload) != Some(&b'.') {
            continue;
        }
        let end = payload + 1 + run(payload + 1);
        found.push(Found {
            start,
            end,
            name: Arc::from("JWT"),
        });
        from = end;
    }
    found
}

/// The names of headers whose values are credentials, in lowercase.
pub const CREDENTIAL_HEADERS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "x-api-key",
    "apikey",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn redactor(secrets: &[(&str, &str)]) -> Redactor {
        let redactor = Redactor::new();
        for (name, value) in secrets {
            assert!(redactor.learn(name, value));
        }
        redactor
    }

    #[test]
    fn a_secret_inside_or_across_another_leaves_nothing_behind() {
        let redactor = redactor(&[
            ("SHORT", "abcdef"),
            ("LONG", "xxabcdefyy"),
            ("NEXT", "defghijkl"),
        ]);
        assert_eq!(redactor.redact("see xxabcdefyy."), "see [LONG].");
        assert_eq!(redactor.redact("see abcdefghijkl."), "see [NEXT].");
        assert_eq!(redactor.redact("abcdefabcdef"), "[SHORT][SHORT]");
    }

    #[test]
    fn secrets_learned_one_by_one_are_all_found_and_few_automatons_are_kept() {
        let redactor = Redactor::new();
        for number in 0..1_000 {
            redactor.learn("KEY", &format!("secret-{number:04}"));
            assert_eq!(
                redactor.redact(&format!("a secret-{number:04} b")),
                "a [KEY] b"
            );
        }
        assert_eq!(
            redactor.redact("secret-0000 secret-0500 secret-0999"),
            "[KEY] [KEY] [KEY]"
        );
        assert!(
            redactor.segments().len() <= 12,
            "{}",
            redactor.segments().len()
        );
    }

    #[test]
    fn short_secrets_are_not_taken() {
        assert!(!Redactor::new().learn("PIN", "12345"));
    }

    #[test]
    fn json_web_tokens_are_replaced_without_being_declared() {
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl";
        assert_eq!(
            Redactor::new().redact(&format!("Bearer {token}!")),
            "Bearer [JWT]!"
        );
        assert_eq!(
            Redactor::new().redact("eyJust a word.and.more"),
            "eyJust a word.and.more"
        );
    }

    #[test]
    fn a_jwt_that_is_also_a_secret_is_replaced_whole() {
        let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl";
        assert_eq!(redactor(&[("TOKEN", token)]).redact(token), "[TOKEN]");
    }

    /// What a program writes that encodes the characters of `encoded`.
    fn percent_encoded(text: &str, encoded: impl Fn(char) -> bool) -> String {
        let bytes = |letter: char| letter.to_string().into_bytes();
        text.chars()
            .map(|letter| {
                if encoded(letter) {
                    let escapes = bytes(letter).into_iter().map(|byte| format!("%{byte:02X}"));
                    escapes.collect()
                } else {
                    letter.to_string()
                }
            })
            .collect()
    }

    #[test]
    fn a_secret_is_found_whatever_part_of_it_is_percent_encoded() {
        let redactor = redactor(&[("KEY", "p&s w~rd*1é")]);
        for (text, expected) in [
            ("k=p%26s+w%7Erd*1%C3%A9&x=%20", "k=[KEY]&x=%20"),
            ("/p&s%20w~rd*1é/%zz", "/[KEY]/%zz"),
            ("%70%26%73%20%77%7e%72%64%2a%31%c3%a9%", "[KEY]%"),
            ("100% p&s w~rd*1é", "100% [KEY]"),
            ("%C3p&s", "%C3p&s"),
        ] {
            assert_eq!(redactor.redact(text), expected);
        }
    }

    #[test]
    fn a_secret_is_found_however_json_and_html_escape_it() {
        let redactor = redactor(&[("KEY", "p&s<w>+\"é/😀")]);
        for (text, expected) in [
            (
                r#"k: "p\u0026s\u003cw\u003e+\"é/😀", n"#,
                r#"k: "[KEY]", n"#,
            ),
            (
                r"\n\u0070\u0026s\u003Cw\u003E\u002B\u0022\u00E9\/\uD83D\uDE00\ud83d",
                r"\n[KEY]\ud83d",
            ),
            (
                "&#x70;&amp;s&lt;w&gt;&#x2B;&#34;&#xE9;&#47;&#x1F600;&x;",
                "[KEY]&x;",
            ),
            (
                r"C:\users\u00 &#x110000; &#;",
                r"C:\users\u00 &#x110000; &#;",
            ),
        ] {
            assert_eq!(redactor.redact(text), expected);
        }
    }

    #[test]
    fn a_percent_encoded_cookie_is_found_as_the_portal_reads_it() {
        let redactor = redactor(&[("cookie sid", "s%3Aab%2Fcd%2Bef"), ("SHORT", "%61%62")]);
        for text in ["s:ab/cd+ef", "s%3Aab%2Fcd%2Bef", "s%253Aab%252Fcd%252Bef"] {
            assert_eq!(redactor.redact(text), "[cookie sid]");
        }
        assert_eq!(redactor.redact("ab %61%62"), "ab [SHORT]");
    }

    proptest! {
        #[test]
        fn no_form_of_a_secret_survives(
            secret in "[ -~é]{8,24}",
            before in "[a-z ]{0,9}",
            after in "[a-z ]{0,9}",
        ) {
            use base64::Engine as _;
            let redactor = redactor(&[("KEY", &secret)]);
            let whole = format!("{before}{secret}{after}");
            let encoded = base64::engine::general_purpose::STANDARD.encode(&whole);
            for text in [
                whole.clone(),
                serde_json::Value::from(whole.as_str()).to_string(),
                html_escaped(&whole, "&quot;", "&#39;"),
                encoded,
            ] {
                prop_assert!(redactor.redact(&text).contains("[KEY]"), "{text}");
            }
            prop_assert!(!redactor.redact(&whole).contains(&secret));
            let ways: [fn(char) -> bool; 3] =
                [|_| true, |letter| !letter.is_ascii_alphanumeric(), |letter| !letter.is_ascii()];
            for encoded in ways {
                // A percent sign of the secret itself is encoded by whoever encodes anything.
                let text = percent_encoded(&whole, |letter| letter == '%' || encoded(letter));
                prop_assert!(redactor.redact(&text).contains("[KEY]"), "{text}");
            }
        }

        #[test]
        fn redaction_never_panics_and_keeps_harmless_text(text in ".*") {
            prop_assume!(!text.contains("eyJ"));
            prop_assert_eq!(redactor(&[("KEY", "\u{1}never\u{1}")]).redact(&text), text);
        }
    }
}
