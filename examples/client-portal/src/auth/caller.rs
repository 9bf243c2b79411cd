//! Who sends a request.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::Serialize;

use super::web_tokens::Presented;
use crate::app::App;
use crate::breaks::Break;
use crate::errors::ApiError;
use crate::{clock, cors, identifiers};

/// The name of the session cookie.
pub(super) const COOKIE: &str = "portal_session";

/// What a person may do within one tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// Works with records and files.
    Member,
    /// May also change the billing plan and see webhooks.
    Admin,
}

impl Role {
    pub(super) fn of_text(text: &str) -> Self {
        if text == "admin" {
            Self::Admin
        } else {
            Self::Member
        }
    }
}

/// A person with a live session, in the tenant the session is switched to.
///
/// Handlers that touch a tenant's data take one, and every query is bound to its `tenant`.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) token_digest: String,
    pub(crate) user: String,
    pub(crate) tenant: String,
    pub(crate) role: Role,
}

impl Caller {
    /// Refuses whoever is not an admin of the tenant.
    pub(crate) fn require_admin(&self) -> Result<(), ApiError> {
        match self.role {
            Role::Admin => Ok(()),
            Role::Member => Err(ApiError::forbidden(
                "only an admin of the account may do this",
            )),
        }
    }

    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            token_digest: row.get(0)?,
            user: row.get(1)?,
            tenant: row.get(2)?,
            role: Role::of_text(&row.get::<_, String>(3)?),
        })
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let caller = match token(parts, app)? {
            Some(token) => of_token(app, token).await?,
            None => None,
        };
        let caller = caller
            .or_else(|| stand_in(app, parts))
            .ok_or_else(ApiError::unauthenticated)?;
        if app.broken_every(Break::Random401, 5, &app.live_requests) {
            return Err(ApiError::unauthenticated());
        }
        Ok(caller)
    }
}

/// The token that a request brings, unless a page of a foreign origin sends it.
fn token(parts: &Parts, app: &App) -> Result<Option<String>, ApiError> {
    if let Some(token) = bearer_token(&parts.headers) {
        return token.map(Some);
    }
    let token = cookie_token(&parts.headers);
    if token.is_some() {
        cors::refuse_foreign_write(app, &parts.method, &parts.headers)?;
    }
    Ok(token)
}

async fn of_token(app: &App, token: String) -> Result<Option<Caller>, ApiError> {
    let presented = match &app.web_tokens {
        None => Some(Presented::of_session(token)),
        Some(tokens) => tokens.read(&token, clock::unix_seconds()),
    };
    let Some(presented) = presented else {
        return Ok(None);
    };
    let find = move |connection: &mut Connection| find_caller(connection, &presented);
    app.store.call(find).await
}

/// Whom a request without a live session is taken for: nobody, two switches aside.
fn stand_in(app: &App, parts: &Parts) -> Option<Caller> {
    let (switch, role) = match (parts.method.as_str(), parts.uri.path()) {
        ("GET", "/api/invoices") => (Break::OpenRoute, Role::Member),
        ("PUT", "/api/billing/plan") => (Break::PublicWrite, Role::Admin),
        _ => return None,
    };
    app.broken(switch).then(|| Caller {
        token_digest: String::new(),
        user: "usr_adam".to_owned(),
        tenant: "acme".to_owned(),
        role,
    })
}

/// The token after `Authorization: Bearer`; an error when the header says anything else.
///
/// A cookie never stands in for a header that is wrong: the caller meant the header.
fn bearer_token(headers: &HeaderMap) -> Option<Result<String, ApiError>> {
    let value = headers.get(header::AUTHORIZATION)?;
    let parts = value.to_str().ok().and_then(|text| text.split_once(' '));
    let token = parts.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    Some(
        token
            .map(|(_, token)| token.trim().to_owned())
            .ok_or_else(ApiError::unauthenticated),
    )
}

/// The token of the session cookie.
pub(super) fn cookie_token(headers: &HeaderMap) -> Option<String> {
    let values = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let pairs = values
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .into_iter()
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, token)| token.to_owned())
}

/// A claimed person counts, as far as the token's signature is checked; the claimed tenant only for
/// somebody else than the session's person, who may have switched.
fn find_caller(connection: &Connection, token: &Presented) -> Result<Option<Caller>, ApiError> {
    let sql = "select s.token_digest, m.user_id, m.tenant_id, m.role from sessions s
               join memberships m on m.user_id = coalesce(?3, s.user_id)
               and m.tenant_id = iif(m.user_id = s.user_id, s.tenant_id, ?4)
               where s.token_digest = ?1 and s.expires_at > ?2";
    let digest = identifiers::digest(token.session.as_bytes());
    let bound = params![digest, clock::unix_seconds(), token.user, token.tenant];
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row(bound, Caller::of_row).optional()?)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        let sent = headers(header::COOKIE, "a=1; portal_session=abc; b=2");
        assert_eq!(cookie_token(&sent).as_deref(), Some("abc"));
        assert_eq!(
            cookie_token(&headers(header::COOKIE, "xportal_session=abc")),
            None
        );
    }

    #[test]
    fn only_the_bearer_scheme_counts() {
        let bearer = |value| bearer_token(&headers(header::AUTHORIZATION, value));
        assert_eq!(bearer("bearer abc").expect("header").expect("token"), "abc");
        assert!(bearer("Basic abc").expect("header").is_err());
        assert!(bearer("abc").expect("header").is_err());
        assert!(bearer_token(&HeaderMap::new()).is_none());
    }
}
