//! Credentials that need no login.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use tidegate_core::ports::HttpError;
use tidegate_core::secret::Sensitive;
use tidegate_core::template::Template;

use super::Grant;
use super::desk::Desk;
use crate::headers as names;

/// User name and password (RFC 7617).
pub(super) fn basic(
    desk: &Desk<'_>,
    user: &Template,
    password: &Template,
) -> Result<Grant, HttpError> {
    let mut grant = Grant::default();
    let value = basic_value(desk.render(user)?.expose(), desk.render(password)?.expose());
    desk.learn("basic credentials", value.expose());
    grant.add_header(AUTHORIZATION, &value)?;
    Ok(grant)
}

/// The value of an `Authorization` header of the basic scheme (RFC 7617, 2).
pub(super) fn basic_value(user: &str, password: &str) -> Sensitive {
    let encoded = STANDARD.encode(format!("{user}:{password}"));
    Sensitive::new(format!("Basic {encoded}"))
}

/// Ready cookies.
pub(super) fn cookies(desk: &Desk<'_>, cookies: &[(String, Template)]) -> Result<Grant, HttpError> {
    let mut grant = Grant::default();
    for (name, value) in cookies {
        grant.add_cookie(name.clone(), desk.render(value)?);
    }
    Ok(grant)
}

/// Ready headers.
pub(super) fn headers(desk: &Desk<'_>, headers: &[(String, Template)]) -> Result<Grant, HttpError> {
    let mut grant = Grant::default();
    for (name, value) in headers {
        grant.add_header(names::name(name)?, &desk.render(value)?)?;
    }
    Ok(grant)
}
