//! The claims of a JSON web token (RFC 7519) that tell where it belongs.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value as Json;

/// What a token says about itself.
pub(super) struct Claims {
    /// `role`
    pub(super) role: Option<String>,
    /// `ref`, the Supabase project.
    pub(super) project: Option<String>,
    /// `iss`
    pub(super) issuer: Option<String>,
}

/// The claims of a value that is a token.
pub(super) fn claims(value: &str) -> Option<Claims> {
    let mut parts = value.split('.');
    let (head, payload) = (parts.next()?, parts.next()?);
    parts.next()?;
    if !head.starts_with("eyJ") || parts.next().is_some() || payload.len() > 16 * 1024 {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Json = serde_json::from_slice(&bytes).ok()?;
    let text = |name: &str| claims.get(name).and_then(Json::as_str).map(str::to_owned);
    Some(Claims {
        role: text("role"),
        project: text("ref"),
        issuer: text("iss"),
    })
}
