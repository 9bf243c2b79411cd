//! Sessions named by JSON web tokens (RFC 7519), for the switches that handle them badly.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use sha2::Sha256;

use crate::breaks::{Break, Breaks};
use crate::errors::ApiError;
use crate::identifiers;

const AUDIENCE: &str = "client-portal";
const ISSUER: &str = "https://portal.acme.example";

/// The key of [`Break::JwtWeakKey`]; every list of weak keys has it.
const WEAK_KEY: &str = "secret";

/// What a request says of its session.
#[derive(Debug)]
pub(super) struct Presented {
    /// The session's secret name.
    pub(super) session: String,
    /// Whom a web token names; an opaque one names nobody.
    pub(super) user: Option<String>,
    pub(super) tenant: Option<String>,
}

impl Presented {
    pub(super) const fn of_session(session: String) -> Self {
        Self {
            session,
            user: None,
            tenant: None,
        }
    }
}

#[derive(Debug, Deserialize)]
struct Header {
    alg: String,
}

#[derive(Debug, Deserialize)]
struct Claims {
    jti: String,
    sub: String,
    tenant: String,
    exp: i64,
    aud: String,
    iss: String,
}

/// Issues and reads the tokens.
#[derive(Debug)]
pub(crate) struct WebTokens {
    keyed: Hmac<Sha256>,
    any_signature: bool,
    accepts_unsigned: bool,
}

impl WebTokens {
    /// What the switches ask for; `None` when sessions have opaque names.
    pub(crate) fn of(breaks: &Breaks) -> Result<Option<Self>, ApiError> {
        let switches = [
            Break::JwtUnverified,
            Break::JwtNone,
            Break::JwtWeakKey,
            Break::JwtEternal,
        ];
        if !switches.iter().any(|switch| breaks.has(*switch)) {
            return Ok(None);
        }
        let key = if breaks.has(Break::JwtWeakKey) {
            WEAK_KEY.to_owned()
        } else {
            identifiers::token()?
        };
        Ok(Some(Self {
            keyed: Hmac::new_from_slice(key.as_bytes()).map_err(ApiError::internal)?,
            any_signature: breaks.has(Break::JwtUnverified),
            accepts_unsigned: breaks.has(Break::JwtNone),
        }))
    }

    /// A token for a session of the user in the tenant.
    pub(super) fn issue(
        &self,
        session: &str,
        (user, tenant): (&str, &str),
        now: i64,
        expires_at: i64,
    ) -> String {
        let header = json!({ "alg": "HS256", "typ": "JWT" });
        let claims = json!({
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": user,
            "tenant": tenant,
            "jti": session,
            "iat": now,
            "exp": expires_at,
        });
        let parts = [header, claims].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part.to_string()));
        let signed = parts.join(".");
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.mac(&signed).finalize().into_bytes());
        format!("{signed}.{signature}")
    }

    /// What a token says, when it is one of ours and has not ended.
    pub(super) fn read(&self, token: &str, now: i64) -> Option<Presented> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Header = decoded(header)?;
        let claims: Claims = decoded(claims)?;
        let authentic = self.is_authentic(&header.alg, signed, signature);
        let is_ours = claims.aud == AUDIENCE && claims.iss == ISSUER && claims.exp > now;
        (authentic && is_ours).then_some(Presented {
            session: claims.jti,
            user: Some(claims.sub),
            tenant: Some(claims.tenant),
        })
    }

    fn is_authentic(&self, algorithm: &str, signed: &str, signature: &str) -> bool {
        if algorithm == "none" {
            return self.accepts_unsigned && signature.is_empty();
        }
        let given = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
        let right = || self.mac(signed).verify_slice(&given).is_ok();
        algorithm == "HS256" && (self.any_signature || right())
    }

    fn mac(&self, signed: &str) -> Hmac<Sha256> {
        self.keyed.clone().chain_update(signed)
    }
}

/// The JSON in one part of a token.
fn decoded<T: DeserializeOwned>(part: &str) -> Option<T> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).ok()?;
    serde_json::from_slice(&bytes).ok()
}
