//! Where an identity's credentials are obtained: what the ways of logging in share.

use std::time::Duration;

use serde_json::Value as Json;
use tidegate_core::gate::{Credential, Identity};
use tidegate_core::name::CheckId;
use tidegate_core::ports::http::{Cause, Purpose, Request, Response};
use tidegate_core::ports::{HttpError, LoginError};
use tidegate_core::secret::Sensitive;
use tidegate_core::span::Span;
use tidegate_core::template::{Lookup, Template};
use url::Origin;

use super::{Grant, Session, answer, login, oauth, ready, supabase, token};
use crate::courier::{Courier, Persona};
use crate::headers::SecretsOnly;

/// The check that a login belongs to when no check asked for it.
const PREFLIGHT: &str = "preflight";

/// How many redirects a login follows: a form leads to a page, and that to another.
const REDIRECTS: u8 = 10;

/// The largest answer of a login that is read, in bytes.
const ANSWER_LIMIT: usize = 1024 * 1024;

/// The place where one identity of one session gets its credentials.
pub(super) struct Desk<'a> {
    pub(super) courier: &'a Courier,
    pub(super) identity: &'a Identity,
    pub(super) session: &'a Session,
    check: CheckId,
}

impl<'a> Desk<'a> {
    /// The desk of a session; `check` is the one that needs its credentials.
    pub(super) fn new(
        courier: &'a Courier,
        identity: &'a Identity,
        session: &'a Session,
        check: Option<&CheckId>,
    ) -> Self {
        Self {
            courier,
            identity,
            session,
            check: check.cloned().unwrap_or_else(|| PREFLIGHT.into()),
        }
    }

    /// Obtains the credentials the way the identity declares.
    ///
    /// # Errors
    /// When a secret is missing, the server refuses, or its answer holds no credential.
    pub(super) async fn obtain(&self) -> Result<Grant, HttpError> {
        let mut grant = match &self.identity.credential {
            Credential::Login(login) => login::log_in(self, login).await?,
            Credential::Bearer(token) => Grant::bearer(&self.render(token)?)?,
            Credential::Basic { user, password } => ready::basic(self, user, password)?,
            Credential::Cookies(cookies) => ready::cookies(self, cookies)?,
            Credential::Headers(headers) => ready::headers(self, headers)?,
            Credential::OAuth2(client) => oauth::fetch(self, client).await?,
            Credential::Supabase {
                url,
                key,
                email,
                password,
            } => supabase::log_in(self, [url, key, email, password]).await?,
        };
        if !grant.ends()
            && let Some(lifetime) = self.identity.lifetime
        {
            grant.lasts(self.courier.clock.monotonic(), lifetime);
        }
        Ok(grant)
    }

    /// Sends a request of the login, with the session's cookies; `also` counts as declared, and
    /// `learn` gets the answer before it is published.
    ///
    /// # Errors
    /// When there is no answer. What the gate file can mend is told as a [`LoginError`].
    pub(super) async fn send(
        &self,
        mut request: Request,
        also: Option<&Origin>,
        learn: &(dyn Fn(&Response) + Sync),
    ) -> Result<Response, HttpError> {
        request.purpose = Purpose::Login;
        request.redirects = REDIRECTS;
        request.body_cap = ANSWER_LIMIT;
        let persona = Persona {
            identity: Some(&self.identity.name),
            jar: Some(self.session.jar()),
            grant: None,
            also,
            learn: Some(learn),
        };
        let location = request.cause.location.clone();
        let delivered = self.courier.deliver(&request, &persona).await;
        delivered.map_err(|error| match error {
            HttpError::InvalidUrl { .. }
            | HttpError::InvalidHeader { .. }
            | HttpError::UndeclaredOrigin { .. } => HttpError::Login(LoginError {
                identity: self.identity.name.clone(),
                reason: error.to_string(),
                help: error.help(),
                location,
                status: None,
            }),
            other => other,
        })
    }

    /// A text of the identity with its secrets.
    ///
    /// # Errors
    /// When one of them is not set.
    pub(super) fn render(&self, template: &Template) -> Result<Sensitive, HttpError> {
        self.render_with(template, &SecretsOnly(&*self.courier.secrets))
    }

    /// A text of the identity with its references.
    ///
    /// # Errors
    /// When one of them has no value.
    pub(super) fn render_with(
        &self,
        template: &Template,
        lookup: &dyn Lookup,
    ) -> Result<Sensitive, HttpError> {
        let span = template.span().unwrap_or(&self.identity.span);
        template
            .render(lookup)
            .map_err(|error| self.fault(span, &error.to_string(), error.help(), None))
    }

    /// The cause of a request that stands at a place of the gate file.
    pub(super) fn cause(&self, span: &Span) -> Cause {
        Cause {
            check: self.check.clone(),
            location: span.location(),
        }
    }

    /// Keeps what a login brought out of every output.
    pub(super) fn learn(&self, what: &str, value: &str) {
        let name = format!("{} {what}", self.identity.name);
        self.courier.secrets.learn(&name, value);
    }

    /// Learns the tokens in the answer of a token endpoint (RFC 6749, 5.1).
    pub(super) fn learn_tokens(&self, response: &Response) {
        let answer: Json = serde_json::from_slice(&response.body).unwrap_or_default();
        for (field, name) in [
            ("access_token", "token"),
            ("refresh_token", "refresh token"),
            ("id_token", "id token"),
        ] {
            if let Some(token) = answer.get(field).and_then(Json::as_str) {
                self.learn(name, token);
            }
        }
    }

    /// Takes a token out of an answer, by the end it names or that the answer names beside it.
    ///
    /// # Errors
    /// When it holds what no header may hold.
    pub(super) fn bearer(&self, token: &Sensitive, answer: &Json) -> Result<Grant, HttpError> {
        let mut grant = Grant::bearer(token)?;
        let clock = &self.courier.clock;
        // RFC 6749, 5.1: a number of seconds; some servers write it as text.
        let announced = answer.get("expires_in").and_then(|seconds| {
            let text = seconds.as_str().and_then(|text| text.parse().ok());
            seconds.as_f64().or(text)
        });
        let claimed = token::claims(token.expose()).expires.map(|end| {
            // The difference of two moments is well within a float's whole numbers.
            (end - clock.wall().as_second()) as f64
        });
        let length = announced.or(claimed).unwrap_or(0.0).max(0.0);
        if let Ok(length) = Duration::try_from_secs_f64(length) {
            grant.lasts(clock.monotonic(), length);
        }
        Ok(grant)
    }

    /// Refuses an answer that is no success.
    ///
    /// # Errors
    /// What the answer means in plain English.
    pub(super) fn accept(
        &self,
        span: &Span,
        name: &str,
        response: &Response,
        secrets: &[String],
    ) -> Result<(), HttpError> {
        match answer::judge(name, response, secrets) {
            Some(verdict) => {
                Err(self.fault(span, &verdict.reason, verdict.help, Some(response.status)))
            }
            None => Ok(()),
        }
    }

    /// A failed login at a place of the gate file.
    pub(super) fn fault(
        &self,
        span: &Span,
        reason: &str,
        help: String,
        status: Option<u16>,
    ) -> HttpError {
        HttpError::Login(LoginError {
            identity: self.identity.name.clone(),
            reason: self.courier.secrets.redact(reason),
            help,
            location: span.location(),
            status,
        })
    }
}
