//! What a JSON Web Token says about itself (RFC 7519); its signature is the server's concern.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value as Json;
use url::{Origin, Url};

/// The claims Tidegate goes by.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Claims {
    /// When it ends, in seconds since the Unix epoch (RFC 7519, 4.1.4).
    pub(crate) expires: Option<i64>,
    /// The origin of its issuer, when that is an address (RFC 7519, 4.1.1).
    pub(crate) issuer: Option<Origin>,
}

/// Reads the claims of a token; one that is no JWT has none.
pub(crate) fn claims(token: &str) -> Claims {
    payload(token).map_or_else(Claims::default, |payload| Claims {
        expires: payload.get("exp").and_then(seconds),
        issuer: payload
            .get("iss")
            .and_then(Json::as_str)
            .and_then(|issuer| Url::parse(issuer).ok())
            .map(|url| url.origin())
            .filter(Origin::is_tuple),
    })
}

fn payload(token: &str) -> Option<Json> {
    let mut parts = token.split('.');
    let (_header, payload, _signature) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// A NumericDate may have a fraction (RFC 7519, 2), which does not matter here.
fn seconds(value: &Json) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| value.as_f64().map(|seconds| seconds as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> String {
        format!("eyJhbGciOiJub25lIn0.{}.", URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn end_and_issuer_are_read() {
        let claims = claims(&token(
            r#"{"exp":1700000000.5,"iss":"https://x.supabase.example/auth/v1"}"#,
        ));
        assert_eq!(claims.expires, Some(1_700_000_000));
        assert_eq!(
            claims.issuer.unwrap().ascii_serialization(),
            "https://x.supabase.example"
        );
    }

    #[test]
    fn what_is_no_token_claims_nothing() {
        for text in [
            "",
            "a.b.c",
            "opaque",
            &token("[]"),
            &token(r#"{"iss":"supabase"}"#),
        ] {
            assert_eq!(claims(text), Claims::default(), "{text}");
        }
    }
}
