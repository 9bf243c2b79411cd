//! What proves who a session is, and where it may be shown.

use std::time::Duration;

use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue};
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::Cookie;
use tidegate_core::secret::Sensitive;
use url::Origin;

use super::token;
use crate::headers;
use crate::origin::Sites;

/// A login is renewed this long before it ends, or a fifth of its length when that is less: a
/// request that starts just before the end would otherwise arrive after it.
const MARGIN: Duration = Duration::from_secs(30);

/// The credentials of a session.
#[derive(Default)]
pub(crate) struct Grant {
    headers: Vec<(HeaderName, HeaderValue)>,
    /// Headers that only the issuers get, such as the key of a Supabase project.
    issuer_headers: Vec<(HeaderName, HeaderValue)>,
    cookies: Vec<(String, Sensitive)>,
    issuers: Vec<Origin>,
    /// When it is renewed, on the monotonic clock.
    renew_at: Option<Duration>,
}

impl Grant {
    /// Shows a token as `Authorization: Bearer` (RFC 6750); the issuer a JWT names is one too.
    ///
    /// # Errors
    /// When the token holds what no header may hold.
    pub(crate) fn bearer(token: &Sensitive) -> Result<Self, HttpError> {
        let mut grant = Self::default();
        let value = Sensitive::new(format!("Bearer {}", token.expose()));
        grant.add_header(AUTHORIZATION, &value)?;
        grant.issuers.extend(token::claims(token.expose()).issuer);
        Ok(grant)
    }

    /// Adds a header to show.
    ///
    /// # Errors
    /// When the value holds what no header may hold.
    pub(crate) fn add_header(
        &mut self,
        name: HeaderName,
        value: &Sensitive,
    ) -> Result<(), HttpError> {
        let value = headers::credential(&name, value)?;
        self.headers.push((name, value));
        Ok(())
    }

    /// Adds a header that only the issuers get.
    ///
    /// # Errors
    /// When the value holds what no header may hold.
    pub(crate) fn add_issuer_header(
        &mut self,
        name: HeaderName,
        value: &Sensitive,
    ) -> Result<(), HttpError> {
        let value = headers::credential(&name, value)?;
        self.issuer_headers.push((name, value));
        Ok(())
    }

    /// Adds a ready cookie.
    pub(crate) fn add_cookie(&mut self, name: String, value: Sensitive) {
        self.cookies.push((name, value));
    }

    /// Names an origin that issued the credentials.
    pub(crate) fn add_issuer(&mut self, origin: Origin) {
        if !self.issuers.contains(&origin) {
            self.issuers.push(origin);
        }
    }

    /// Sets how long the credentials last from `now` on the monotonic clock. Credentials that are
    /// over when they arrive are kept: the clocks disagree, and a new login would not mend that.
    pub(crate) fn lasts(&mut self, now: Duration, length: Duration) {
        if !length.is_zero() {
            self.renew_at = Some(now + length.saturating_sub(MARGIN.min(length / 5)));
        }
    }

    /// Whether a length is known.
    pub(crate) fn ends(&self) -> bool {
        self.renew_at.is_some()
    }

    /// When it is time for a new login, if that is known.
    pub(crate) fn renew_at(&self) -> Option<Duration> {
        self.renew_at
    }

    /// Whether it is time for a new login.
    pub(crate) fn is_over(&self, now: Duration) -> bool {
        self.renew_at.is_some_and(|end| now >= end)
    }

    /// Whether the credentials may be shown to an origin: the environment's, or one that issued them.
    pub(crate) fn reaches(&self, origin: &Origin, sites: &Sites) -> bool {
        sites.is_environment(origin) || self.issuers.contains(origin)
    }

    /// The headers to show to an origin that [`Grant::reaches`].
    pub(crate) fn headers(
        &self,
        origin: &Origin,
    ) -> impl Iterator<Item = &(HeaderName, HeaderValue)> {
        let issued = self.issuers.contains(origin);
        let more = issued.then_some(&self.issuer_headers);
        self.headers.iter().chain(more.into_iter().flatten())
    }

    /// The headers to show to an origin, as texts; what is no text stays out.
    pub(crate) fn shown_headers(&self, origin: &Origin) -> Vec<(String, Sensitive)> {
        let texts = self.headers(origin).filter_map(|(name, value)| {
            let value = str::from_utf8(value.as_bytes()).ok()?;
            Some((name.as_str().to_owned(), value.into()))
        });
        texts.collect()
    }

    /// The ready cookies, which have no attributes.
    pub(crate) fn ready_cookies(&self) -> impl Iterator<Item = Cookie> {
        self.cookies.iter().map(|(name, value)| Cookie {
            name: name.clone(),
            value: value.clone(),
            attributes: Vec::new(),
        })
    }

    /// Name and value of the ready cookies.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.cookies
            .iter()
            .map(|(name, value)| (name.as_str(), value.expose()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_renewed_a_little_before_its_end() {
        let at = Duration::from_secs;
        let mut grant = Grant::default();
        assert!(!grant.is_over(at(1_000_000)));
        grant.lasts(at(100), at(3600));
        assert!(!grant.is_over(at(100 + 3569)));
        assert!(grant.is_over(at(100 + 3570)));
        grant.lasts(at(100), at(10));
        assert!(!grant.is_over(at(107)));
        assert!(grant.is_over(at(108)));
    }

    #[test]
    fn credentials_that_are_over_on_arrival_are_kept() {
        let mut grant = Grant::default();
        grant.lasts(Duration::from_secs(5), Duration::ZERO);
        assert!(!grant.is_over(Duration::from_secs(99)) && !grant.ends());
    }

    #[test]
    fn a_token_with_a_line_break_is_refused() {
        let grant = Grant::bearer(&"abc\r\nx-evil: 1".into());
        assert!(matches!(grant, Err(HttpError::InvalidHeader { .. })));
    }
}
