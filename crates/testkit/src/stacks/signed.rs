//! Texts that are signed with HMAC-SHA256: JSON web tokens and Stripe's events.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

/// The signature of a text.
pub(super) fn sign(key: &str, text: &[u8]) -> Vec<u8> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of every length");
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

/// The signature of a text in hexadecimal digits.
pub(super) fn hex(key: &str, text: &[u8]) -> String {
    let bytes = sign(key, text);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A JSON web token (RFC 7519), signed by HS256.
pub(super) fn token(key: &str, claims: &Value) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let head = part(r#"{"alg":"HS256","typ":"JWT"}"#);
    let text = format!("{head}.{}", part(&claims.to_string()));
    let signature = URL_SAFE_NO_PAD.encode(sign(key, text.as_bytes()));
    format!("{text}.{signature}")
}

/// The claims of a token, when its algorithm is HS256; whether the signature is right is the second part.
pub(super) fn claims(key: &str, token: &str) -> Option<(Value, bool)> {
    let (text, signature) = token.rsplit_once('.')?;
    let (head, body) = text.split_once('.')?;
    let read = |part: &str| -> Option<Value> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
    };
    let is_known = read(head)?["alg"] == "HS256";
    let is_signed = signature == URL_SAFE_NO_PAD.encode(sign(key, text.as_bytes()));
    Some((read(body)?, is_known && is_signed))
}

/// What a Supabase project signs its keys with here.
const PROJECT_KEY: &str = "testkit-project-signing-key-0123456789";

/// A key of a Supabase project, as its dashboard shows it.
pub(super) fn project_key(role: &str) -> String {
    let claims = serde_json::json!({
        "iss": "supabase",
        "ref": "qhzjwmrvktpxbdnyslgc",
        "role": role,
        "iat": 1_760_000_000,
        "exp": 2_075_576_000,
    });
    token(PROJECT_KEY, &claims)
}
