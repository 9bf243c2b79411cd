//! How events are signed: HMAC-SHA256 (RFC 2104) in the forms that are in use.

mod config;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use tidegate_core::fingerprint::hex;
use tidegate_core::template::Template;

pub(super) use config::schema;

/// The header of Stripe's signatures.
const STRIPE: &str = "stripe-signature";

/// The headers of Standard Webhooks.
const WEBHOOK_ID: &str = "webhook-id";
const WEBHOOK_TIMESTAMP: &str = "webhook-timestamp";
const WEBHOOK_SIGNATURE: &str = "webhook-signature";

/// How events are signed, and with what.
#[derive(Debug, Clone)]
pub(super) struct Signature {
    /// The key that both sides know.
    pub(super) secret: Template,
    scheme: Scheme,
}

#[derive(Debug, Clone)]
enum Scheme {
    /// A header of its own with the code, and maybe one with the time.
    Header(HeaderScheme),
    /// `stripe-signature: t=…,v1=…` over time and body.
    Stripe,
    /// `webhook-id`, `webhook-timestamp` and `webhook-signature: v1,…`.
    StandardWebhooks,
}

#[derive(Debug, Clone)]
struct HeaderScheme {
    header: String,
    prefix: String,
    encoding: Encoding,
    /// The header with the time in seconds since 1970.
    timestamp: Option<String>,
    signs: Vec<Piece>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Hex,
    Base64,
}

/// A piece of what is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Timestamp,
    Body,
}

/// What is signed.
pub(super) struct Message<'m> {
    /// The body as it is sent.
    pub(super) body: &'m [u8],
    /// When, in seconds since 1970.
    pub(super) seconds: i64,
    /// The event's id, where the scheme has one.
    pub(super) id: &'m str,
}

/// Why a signature does not count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum SignatureFault {
    /// The header is missing.
    Missing(String),
    /// It is not of the scheme's form.
    Malformed(String),
    /// It is another one than the key and the body give.
    Wrong(String),
}

impl Signature {
    /// The headers of a message: name and value.
    pub(super) fn sign(&self, key: &str, message: &Message<'_>) -> Vec<(String, String)> {
        let seconds = message.seconds.to_string();
        match &self.scheme {
            Scheme::Header(scheme) => {
                let signed = scheme.signed(&seconds, message.body);
                let code = scheme.encoding.write(&code(key.as_bytes(), &signed));
                let header = (scheme.header.clone(), format!("{}{code}", scheme.prefix));
                let timestamp = scheme.timestamp.clone().map(|name| (name, seconds));
                timestamp.into_iter().chain([header]).collect()
            }
            Scheme::Stripe => {
                let code = hex(&code(key.as_bytes(), &dotted(&[&seconds], message.body)));
                vec![(STRIPE.to_owned(), format!("t={seconds},v1={code}"))]
            }
            Scheme::StandardWebhooks => {
                let signed = dotted(&[message.id, &seconds], message.body);
                let code = STANDARD.encode(code(&standard_key(key), &signed));
                vec![
                    (WEBHOOK_ID.to_owned(), message.id.to_owned()),
                    (WEBHOOK_TIMESTAMP.to_owned(), seconds),
                    (WEBHOOK_SIGNATURE.to_owned(), format!("v1,{code}")),
                ]
            }
        }
    }

    /// Whether what is signed has a time in it, so that an old event can be told.
    pub(super) fn is_dated(&self) -> bool {
        match &self.scheme {
            Scheme::Header(scheme) => scheme.signs.contains(&Piece::Timestamp),
            Scheme::Stripe | Scheme::StandardWebhooks => true,
        }
    }

    /// Holds the headers of a message that was received against its body.
    pub(super) fn verify(
        &self,
        key: &str,
        header: &dyn Fn(&str) -> Option<String>,
        body: &[u8],
    ) -> Result<(), SignatureFault> {
        let found = |name: &str| header(name).ok_or_else(|| SignatureFault::Missing(name.into()));
        match &self.scheme {
            Scheme::Header(scheme) => {
                let given = found(&scheme.header)?;
                let seconds = match &scheme.timestamp {
                    Some(name) => found(name)?,
                    None => String::new(),
                };
                let malformed = || SignatureFault::Malformed(scheme.header.clone());
                let code = given.strip_prefix(&scheme.prefix).ok_or_else(malformed)?;
                let code = scheme.encoding.read(code).ok_or_else(malformed)?;
                let signed = scheme.signed(&seconds, body);
                one_fits(&scheme.header, key.as_bytes(), &signed, &[code])
            }
            Scheme::Stripe => {
                let given = found(STRIPE)?;
                let parts: Vec<(&str, &str)> = given
                    .split(',')
                    .filter_map(|part| part.trim().split_once('='))
                    .collect();
                let of = |name: &str| {
                    let named = parts.iter().filter(move |(known, _)| *known == name);
                    named.map(|(_, value)| *value).collect::<Vec<_>>()
                };
                let malformed = || SignatureFault::Malformed(STRIPE.into());
                let seconds = of("t").first().copied().ok_or_else(malformed)?;
                let codes = of("v1").into_iter().map(|code| Encoding::Hex.read(code));
                let codes = codes.collect::<Option<Vec<_>>>().ok_or_else(malformed)?;
                one_fits(STRIPE, key.as_bytes(), &dotted(&[seconds], body), &codes)
            }
            Scheme::StandardWebhooks => {
                let (id, seconds) = (found(WEBHOOK_ID)?, found(WEBHOOK_TIMESTAMP)?);
                let given = found(WEBHOOK_SIGNATURE)?;
                let codes = given
                    .split_whitespace()
                    .filter_map(|one| one.strip_prefix("v1,"));
                let codes: Vec<Vec<u8>> = codes
                    .filter_map(|code| Encoding::Base64.read(code))
                    .collect();
                let signed = dotted(&[&id, &seconds], body);
                one_fits(WEBHOOK_SIGNATURE, &standard_key(key), &signed, &codes)
            }
        }
    }
}

impl HeaderScheme {
    fn signed(&self, seconds: &str, body: &[u8]) -> Vec<u8> {
        let pieces = self.signs.iter().map(|piece| match piece {
            Piece::Literal(text) => text.as_bytes(),
            Piece::Timestamp => seconds.as_bytes(),
            Piece::Body => body,
        });
        pieces.collect::<Vec<_>>().concat()
    }
}

impl Encoding {
    fn write(self, code: &[u8]) -> String {
        match self {
            Self::Hex => hex(code),
            Self::Base64 => STANDARD.encode(code),
        }
    }

    fn read(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Base64 => STANDARD.decode(text).ok(),
            Self::Hex if text.len().is_multiple_of(2) => (0..text.len())
                .step_by(2)
                .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
                .collect(),
            Self::Hex => None,
        }
    }
}

/// The texts and the body with dots between them.
fn dotted(before: &[&str], body: &[u8]) -> Vec<u8> {
    let mut signed = before.join(".").into_bytes();
    signed.push(b'.');
    signed.extend_from_slice(body);
    signed
}

/// The key of Standard Webhooks is written in base64 behind `whsec_`.
fn standard_key(written: &str) -> Vec<u8> {
    let encoded = written.strip_prefix("whsec_").unwrap_or(written);
    let decoded = STANDARD.decode(encoded).ok();
    decoded.unwrap_or_else(|| written.as_bytes().to_vec())
}

fn signer(key: &[u8], signed: &[u8]) -> Option<Hmac<Sha256>> {
    let mut signer = Hmac::<Sha256>::new_from_slice(key).ok()?;
    signer.update(signed);
    Some(signer)
}

/// Keys of any length will do (RFC 2104, section 3), so there always is a code.
fn code(key: &[u8], signed: &[u8]) -> Vec<u8> {
    let signer = signer(key, signed);
    signer.map_or_else(Vec::new, |signer| signer.finalize().into_bytes().to_vec())
}

fn one_fits(
    header: &str,
    key: &[u8],
    signed: &[u8],
    codes: &[Vec<u8>],
) -> Result<(), SignatureFault> {
    if codes.is_empty() {
        return Err(SignatureFault::Malformed(header.into()));
    }
    let fits = |code: &Vec<u8>| {
        signer(key, signed).is_some_and(|signer| signer.verify_slice(code).is_ok())
    };
    if codes.iter().any(fits) {
        Ok(())
    } else {
        Err(SignatureFault::Wrong(header.into()))
    }
}

#[cfg(test)]
mod tests;
