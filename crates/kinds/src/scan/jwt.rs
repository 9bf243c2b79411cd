//! JSON web tokens (RFC 7519) in compact form: what they say about themselves.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value as Json;

/// The largest token that is looked at, in bytes.
const LONGEST: usize = 8 * 1024;

/// A JSON web token whose header and payload are JSON objects.
#[derive(Debug)]
pub(crate) struct Jwt {
    /// How many bytes it takes.
    pub(crate) length: usize,
    payload: Json,
}

impl Jwt {
    /// Reads the token that a text begins with; one without a signature is none.
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        let text = &text[..text.len().min(LONGEST)];
        let header = run(text, 0)?;
        let payload = run(text, header + 1)?;
        let end = run_end(text, payload + 1);
        // The shortest signature in use is that of HMAC with SHA-256: 43 digits.
        if end < payload + 1 + 43 {
            return None;
        }
        object(&text[..header])?;
        let payload = object(&text[header + 1..payload])?;
        Some(Self {
            length: end,
            payload,
        })
    }

    /// A claim that is a text.
    pub(crate) fn claim(&self, name: &str) -> Option<&str> {
        self.payload.get(name)?.as_str()
    }

    /// Whether it says that it ended before a time, in seconds since the Unix epoch (RFC 7519, 4.1.4).
    pub(crate) fn ended_before(&self, time: i64) -> bool {
        let end = self.payload.get("exp").and_then(Json::as_i64);
        end.is_some_and(|end| end < time)
    }

    /// Whether Supabase issued it.
    pub(crate) fn of_supabase(&self) -> bool {
        let issuer = self.claim("iss").unwrap_or_default();
        issuer.starts_with("supabase")
            || (issuer.contains(".supabase.") && issuer.contains("/auth/v1"))
    }

    /// What it says that is no secret, for people.
    pub(crate) fn facts(&self) -> Vec<(&'static str, String)> {
        let names = [
            ("role", "role"),
            ("ref", "ref"),
            ("iss", "issuer"),
            ("aud", "audience"),
        ];
        let told = names
            .into_iter()
            .filter_map(|(claim, name)| Some((name, shortened(self.claim(claim)?))));
        told.collect()
    }
}

/// A claim as it may be shown: a tag of a few dozen characters.
fn shortened(claim: &str) -> String {
    claim
        .chars()
        .filter(|letter| !letter.is_control())
        .take(80)
        .collect()
}

/// Where the base64url run from `start` ends, when it is not empty and a dot follows.
fn run(text: &[u8], start: usize) -> Option<usize> {
    let end = run_end(text, start);
    (end > start && text.get(end) == Some(&b'.')).then_some(end)
}

fn run_end(text: &[u8], start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let digit = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    start + rest.iter().take_while(digit).count()
}

fn object(digits: &[u8]) -> Option<Json> {
    let bytes = URL_SAFE_NO_PAD.decode(digits).ok()?;
    let json: Json = serde_json::from_slice(&bytes).ok()?;
    json.is_object().then_some(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> String {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!(
            "{}.{}.{}",
            encode(r#"{"alg":"HS256"}"#),
            encode(payload),
            "s".repeat(43)
        )
    }

    #[test]
    fn claims_are_read_and_the_length_is_that_of_the_token() {
        let text = format!(
            "{}\" and more",
            token(r#"{"iss":"supabase","role":"anon","ref":"abc"}"#)
        );
        let jwt = Jwt::read(text.as_bytes()).unwrap();
        assert_eq!(&text[jwt.length..], "\" and more");
        assert!(jwt.of_supabase());
        assert_eq!(
            jwt.facts(),
            [
                ("role", "anon".to_owned()),
                ("ref", "abc".to_owned()),
                ("issuer", "supabase".to_owned())
            ]
        );
    }

    #[test]
    fn what_is_no_signed_token_is_left() {
        let unsigned = token("{}").trim_end_matches('s').to_owned();
        for text in [
            "eyJ",
            "eyJhbGciOiJIUzI1NiJ9.x.y",
            "eyJust.a.word",
            &unsigned,
        ] {
            assert!(Jwt::read(text.as_bytes()).is_none(), "{text}");
        }
    }
}
