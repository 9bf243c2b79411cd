//! JSON web tokens in compact form (RFC 7515, 7519), to be read and to be made anew.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Map, Value as Json};
use sha2::{Sha256, Sha384, Sha512};

/// The largest token that is taken apart, in bytes.
const LONGEST: usize = 16 * 1024;

/// A token that was taken apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Jwt {
    /// What it says about its signature.
    pub(super) header: Map<String, Json>,
    /// Its claims.
    pub(super) claims: Map<String, Json>,
    head: String,
    body: String,
    signature: String,
}

/// Why a credential is not taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotRead {
    /// It has not the form of one.
    Opaque,
    /// It is encrypted (RFC 7516): five parts.
    Encrypted,
    /// It has the form, but header or claims are no JSON object.
    Malformed,
    /// It is larger than what is taken apart.
    TooLarge,
}

impl NotRead {
    /// Why the attacks on signed tokens are left out, in a plain sentence.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Opaque => "it is opaque: nothing in it can be changed",
            Self::Encrypted => "it is encrypted, so that nothing in it can be read or changed",
            Self::Malformed => "it looks like a JSON web token, but it cannot be read",
            Self::TooLarge => "it is larger than 16 KiB",
        }
    }
}

/// A hash function that a token is signed with (RFC 7518, 3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    /// `HS256`
    Sha256,
    /// `HS384`
    Sha384,
    /// `HS512`
    Sha512,
}

impl Hash {
    /// The hash of a symmetric algorithm.
    pub(super) fn of(algorithm: &str) -> Option<Self> {
        match algorithm {
            "HS256" => Some(Self::Sha256),
            "HS384" => Some(Self::Sha384),
            "HS512" => Some(Self::Sha512),
            _ => None,
        }
    }

    fn sign(self, key: &[u8], text: &str) -> Option<String> {
        let text = text.as_bytes();
        let digest = match self {
            Self::Sha256 => {
                let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
                mac.update(text);
                mac.finalize().into_bytes().to_vec()
            }
            Self::Sha384 => {
                let mut mac = Hmac::<Sha384>::new_from_slice(key).ok()?;
                mac.update(text);
                mac.finalize().into_bytes().to_vec()
            }
            Self::Sha512 => {
                let mut mac = Hmac::<Sha512>::new_from_slice(key).ok()?;
                mac.update(text);
                mac.finalize().into_bytes().to_vec()
            }
        };
        Some(URL_SAFE_NO_PAD.encode(digest))
    }
}

impl Jwt {
    /// Takes a credential apart.
    ///
    /// # Errors
    /// Why it is not.
    pub(super) fn read(text: &str) -> Result<Self, NotRead> {
        let parts: Vec<&str> = text.splitn(7, '.').collect();
        if !text.starts_with("ey") {
            return Err(NotRead::Opaque);
        }
        let [head, body, signature] = parts[..] else {
            let encrypted = parts.len() == 5;
            return Err(if encrypted {
                NotRead::Encrypted
            } else {
                NotRead::Opaque
            });
        };
        if text.len() > LONGEST {
            return Err(NotRead::TooLarge);
        }
        Ok(Self {
            header: object(head).ok_or(NotRead::Malformed)?,
            claims: object(body).ok_or(NotRead::Malformed)?,
            head: head.to_owned(),
            body: body.to_owned(),
            signature: signature.to_owned(),
        })
    }

    /// The algorithm that it says it is signed with; empty when it says none.
    pub(super) fn algorithm(&self) -> &str {
        let algorithm = self.header.get("alg").and_then(Json::as_str);
        algorithm.unwrap_or_default()
    }

    /// A claim that is a moment, in seconds since the Unix epoch (RFC 7519, 2); some portals write the
    /// number as text.
    pub(super) fn moment(&self, claim: &str) -> Option<i64> {
        let seconds = match self.claims.get(claim)? {
            Json::String(text) => text.trim().parse().ok()?,
            value => value.as_f64()?,
        };
        Some(seconds as i64)
    }

    /// Whether this key signed it.
    pub(super) fn is_signed_with(&self, key: &[u8]) -> bool {
        let Some(hash) = Hash::of(self.algorithm()) else {
            return false;
        };
        let signed = hash.sign(key, &format!("{}.{}", self.head, self.body));
        signed.is_some_and(|signed| signed == self.signature.trim_end_matches('='))
    }

    /// Whichever form of a written key signed it: its text, or the bytes that it is the Base64 of.
    pub(super) fn key_of(&self, written: &str) -> Option<Vec<u8>> {
        let text = written.trim();
        let decoded = [
            STANDARD.decode(text),
            URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')),
        ];
        let forms = [written.as_bytes().to_vec(), text.as_bytes().to_vec()];
        let mut forms = forms.into_iter().chain(decoded.into_iter().flatten());
        forms.find(|key| self.is_signed_with(key))
    }

    /// The same with a signature that is not the one it had, though it looks like one.
    pub(super) fn with_wrong_signature(&self) -> String {
        // The last digit may hold bits that do not count, so that one in the middle is changed.
        let at = self.signature.len() / 2;
        let mut wrong: Vec<char> = self.signature.chars().collect();
        match wrong.get_mut(at) {
            Some(digit) if *digit == 'A' => *digit = 'B',
            Some(digit) => *digit = 'A',
            None => wrong = "A".repeat(43).chars().collect(),
        }
        let wrong: String = wrong.into_iter().collect();
        format!("{}.{}.{wrong}", self.head, self.body)
    }

    /// The same without its signature.
    pub(super) fn without_signature(&self) -> String {
        format!("{}.{}.", self.head, self.body)
    }

    /// Other claims under the old signature.
    pub(super) fn with_old_signature(&self, claims: &Map<String, Json>) -> String {
        format!("{}.{}.{}", self.head, encode(claims), self.signature)
    }

    /// The same claims, said to be in need of no signature (RFC 7519, 6).
    pub(super) fn unsigned(&self, spelling: &str) -> String {
        let mut header = self.header.clone();
        header.insert("alg".to_owned(), Json::from(spelling));
        format!("{}.{}.", encode(&header), self.body)
    }

    /// Claims signed with a key; the header stays but for the algorithm.
    pub(super) fn signed(
        &self,
        claims: &Map<String, Json>,
        name: &str,
        key: &[u8],
    ) -> Option<String> {
        let hash = Hash::of(name)?;
        let mut header = self.header.clone();
        header.insert("alg".to_owned(), Json::from(name));
        let text = format!("{}.{}", encode(&header), encode(claims));
        let signature = hash.sign(key, &text)?;
        Some(format!("{text}.{signature}"))
    }
}

fn object(digits: &str) -> Option<Map<String, Json>> {
    let bytes = URL_SAFE_NO_PAD.decode(digits.trim_end_matches('=')).ok()?;
    match serde_json::from_slice(&bytes).ok()? {
        Json::Object(fields) => Some(fields),
        _ => None,
    }
}

fn encode(fields: &Map<String, Json>) -> String {
    URL_SAFE_NO_PAD.encode(Json::Object(fields.clone()).to_string())
}

/// An object as a part of a token, for tests.
#[cfg(test)]
pub(super) fn encoded(fields: &Json) -> String {
    encode(fields.as_object().unwrap())
}

/// A token for tests, signed with a key.
#[cfg(test)]
pub(super) fn made(algorithm: &str, claims: &Json, key: &str) -> String {
    let blank = Jwt {
        header: Map::from_iter([("typ".to_owned(), Json::from("JWT"))]),
        claims: Map::new(),
        head: String::new(),
        body: String::new(),
        signature: String::new(),
    };
    let claims = claims.as_object().unwrap();
    blank.signed(claims, algorithm, key.as_bytes()).unwrap()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// The example of jwt.io, signed with `your-256-bit-secret`.
    const KNOWN: &str = concat!(
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9",
        ".eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ",
        ".SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
    );

    #[test]
    fn a_known_token_is_read_and_its_key_is_known_again() {
        let jwt = Jwt::read(KNOWN).unwrap();
        assert_eq!(jwt.algorithm(), "HS256");
        assert_eq!(jwt.moment("iat"), Some(1_516_239_022));
        assert!(jwt.is_signed_with(b"your-256-bit-secret"));
        assert!(!jwt.is_signed_with(b"another"));
    }

    #[test]
    fn a_key_is_its_text_or_what_it_is_the_base64_of() {
        let token = made("HS256", &json!({ "sub": "anna" }), "sixteen bytes ÿÿ");
        let jwt = Jwt::read(&token).unwrap();
        for written in [
            "sixteen bytes ÿÿ",
            "sixteen bytes ÿÿ\n",
            "c2l4dGVlbiBieXRlcyDDv8O/",
            "c2l4dGVlbiBieXRlcyDDv8O_",
        ] {
            let key = jwt.key_of(written);
            assert_eq!(
                key.as_deref(),
                Some("sixteen bytes ÿÿ".as_bytes()),
                "{written}"
            );
        }
        assert_eq!(jwt.key_of("another"), None);
    }

    #[test]
    fn moments_are_numbers_however_they_are_written() {
        let claims = json!({ "a": 5, "b": 5.9, "c": "5", "d": "soon", "e": null, "f": 1e300 });
        let jwt = Jwt::read(&made("HS256", &claims, "key")).unwrap();
        for (claim, moment) in [
            ("a", Some(5)),
            ("b", Some(5)),
            ("c", Some(5)),
            ("d", None),
            ("e", None),
            ("f", Some(i64::MAX)),
        ] {
            assert_eq!(jwt.moment(claim), moment, "{claim}");
        }
    }

    #[test]
    fn every_hash_signs_what_it_knows_again() {
        for algorithm in ["HS256", "HS384", "HS512"] {
            let token = made(algorithm, &json!({ "sub": "anna" }), "key-of-a-test");
            let jwt = Jwt::read(&token).unwrap();
            assert!(jwt.is_signed_with(b"key-of-a-test"), "{algorithm}");
            let wrong = Jwt::read(&jwt.with_wrong_signature()).unwrap();
            assert!(!wrong.is_signed_with(b"key-of-a-test"));
            assert_eq!(wrong.claims, jwt.claims);
        }
    }

    #[test]
    fn forged_tokens_say_what_they_should() {
        let jwt = Jwt::read(KNOWN).unwrap();
        let unsigned = jwt.unsigned("nOnE");
        assert!(unsigned.ends_with('.'));
        let unsigned = Jwt::read(&unsigned).unwrap();
        assert_eq!(
            (unsigned.algorithm(), &unsigned.claims),
            ("nOnE", &jwt.claims)
        );
        assert!(
            jwt.without_signature()
                .starts_with(&KNOWN[..KNOWN.len() - 43])
        );
        let mut claims = jwt.claims.clone();
        claims.insert("role".into(), "admin".into());
        let changed = Jwt::read(&jwt.with_old_signature(&claims)).unwrap();
        assert_eq!(changed.claims["role"], "admin");
        assert_eq!(changed.signature, jwt.signature);
    }

    #[test]
    fn what_is_no_readable_token_is_told_apart() {
        let nested = format!("{{\"a\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
        let deep = format!("eyJhbGciOiJub25lIn0.{}.x", URL_SAFE_NO_PAD.encode(nested));
        for (text, why) in [
            ("opaque-token", NotRead::Opaque),
            ("s:abc.def.ghi", NotRead::Opaque),
            ("eyJhIjoxfQ.a.b.c.d", NotRead::Encrypted),
            ("eyJhIjoxfQ.a.b.c.d.e.f.g.h", NotRead::Opaque),
            ("eyJhIjoxfQ.not base64.c", NotRead::Malformed),
            ("eyJhIjoxfQ.WzFd.c", NotRead::Malformed),
            (&deep, NotRead::Malformed),
            (
                &format!("eyJhIjoxfQ.{}.c", "e".repeat(20_000)),
                NotRead::TooLarge,
            ),
        ] {
            assert_eq!(Jwt::read(text), Err(why), "{}", &text[..text.len().min(40)]);
        }
    }

    proptest! {
        #[test]
        fn no_token_panics(text in r"(ey)?[A-Za-z0-9._=é-]{0,60}") {
            if let Ok(jwt) = Jwt::read(&text) {
                let _ = (jwt.with_wrong_signature(), jwt.unsigned("none"), jwt.moment("exp"));
            }
        }
    }
}
