//! A login by requests, as a user would log in.

use std::collections::BTreeMap;

use http::HeaderName;
use serde_json::Value as Json;
use tidegate_core::gate::{CaptureSource, Login, LoginStep};
use tidegate_core::name::CheckId;
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::Response;
use tidegate_core::scope::{Scope, Values};
use tidegate_core::secret::Sensitive;
use tidegate_core::span::Span;
use tidegate_core::template::Template;
use url::Url;

use super::answer;
use super::captures::{self, Missing};
use super::desk::Desk;
use super::{Grant, lock, totp};
use crate::headers;

/// Sends the steps of a login and makes credentials of what they bring.
pub(super) async fn log_in(desk: &Desk<'_>, login: &Login) -> Result<Grant, HttpError> {
    let mut attempt = Attempt::begin(desk, login);
    let mut last = None;
    for step in &login.steps {
        last = Some((step, attempt.take(step).await?));
    }
    let Some((step, response)) = last else {
        let help = "Give it at least one request.".to_owned();
        return Err(desk.fault(&desk.identity.span, "its login has no request", help, None));
    };
    let mut grant = attempt.token(step, &response)?;
    if let Some((name, template)) = &login.header {
        let (name, value) = attempt.header(name, template)?;
        grant.add_header(name, &value)?;
    }
    let takes_token = attempt.takes_token();
    for issuer in attempt.answered {
        grant.add_issuer(issuer.origin());
    }
    if !takes_token && lock(desk.session.jar()).is_empty() {
        let reason = format!(
            "{} set no cookie and no token is taken from its answer",
            name(step)
        );
        return Err(desk.fault(
            &step.request.span,
            &reason,
            "Say where the token is, as in `bearer: $.token`; a login that sets a session cookie needs nothing more. A form that shows itself again with status 200 did not accept the password.".to_owned(),
            Some(response.status),
        ));
    }
    Ok(grant)
}

/// A login on its way.
struct Attempt<'a> {
    desk: &'a Desk<'a>,
    login: &'a Login,
    scope: Scope,
    captured: BTreeMap<String, Json>,
    /// The addresses that answered.
    answered: Vec<Url>,
}

impl<'a> Attempt<'a> {
    fn begin(desk: &'a Desk<'a>, login: &'a Login) -> Self {
        let courier = desk.courier;
        let id = CheckId::new(format!("login {}", desk.identity.name));
        // Every session draws values of its own.
        let number = u32::try_from(desk.session.id.0).unwrap_or(u32::MAX);
        let values = Values::draw(&*courier.random, &*courier.clock, &id, number);
        Self {
            desk,
            login,
            scope: Scope::new(values, courier.secrets.clone()),
            captured: BTreeMap::new(),
            answered: Vec::new(),
        }
    }

    /// Sends one step and captures what later ones need.
    async fn take(&mut self, step: &LoginStep) -> Result<Response, HttpError> {
        let desk = self.desk;
        self.refresh_password()?;
        let span = &step.request.span;
        let request = step
            .request
            .render(&self.scope, &*desk.courier.files, desk.cause(span))
            .map_err(|error| desk.fault(span, &error.to_string(), error.help(), None))?;
        let learn = |response: &Response| self.learn(step, response);
        let response = desk.send(request, None, &learn).await?;
        desk.accept(span, &name(step), &response, &secrets(step))?;
        if !self.takes_token() && self.is_form_again(step, &response) {
            let reason = format!("{} was answered with a login form again", name(step));
            let help = answer::check_secrets(&secrets(step));
            return Err(desk.fault(span, &reason, help, Some(response.status)));
        }
        self.answered.extend(Url::parse(&response.url));
        for (capture, source) in &step.capture {
            let value = self.capture(&source.value, &source.span, step, &response)?;
            self.scope.capture(capture.clone(), value.clone());
            self.captured.insert(capture.clone(), value);
        }
        Ok(response)
    }

    /// Makes secrets of everything that is taken from an answer.
    fn learn(&self, step: &LoginStep, response: &Response) {
        let jar = lock(self.desk.session.jar());
        for (name, source) in &step.capture {
            if let Ok(value) = captures::find(&source.value, response, &jar) {
                captures::learn(self.desk, name, &value);
            }
        }
        if let (Some(source), true) = (self.token_source(), self.is_last(step))
            && let Ok(value) = captures::find(&source, response, &jar)
        {
            captures::learn(self.desk, "token", &value);
        }
    }

    fn token_source(&self) -> Option<CaptureSource> {
        let path = self.login.bearer.as_ref()?;
        Some(CaptureSource::JsonPath(path.value.clone()))
    }

    fn is_last(&self, step: &LoginStep) -> bool {
        let last = self.login.steps.last();
        last.is_some_and(|last| std::ptr::eq(last, step))
    }

    fn takes_token(&self) -> bool {
        self.login.bearer.is_some() || self.login.header.is_some()
    }

    /// Whether the last step led back to where it came from, with a password to be typed in: many
    /// apps say no in this way, with status 200.
    fn is_form_again(&self, step: &LoginStep, response: &Response) -> bool {
        let back = |url: Url| self.answered.iter().any(|known| known.path() == url.path());
        self.is_last(step)
            && step.request.writes()
            && answer::asks_for_password(response)
            && (response.redirects.is_empty() || Url::parse(&response.url).is_ok_and(back))
    }

    /// Sets `${totp}` to the password of this moment.
    fn refresh_password(&mut self) -> Result<(), HttpError> {
        let Some(template) = &self.login.totp else {
            return Ok(());
        };
        let desk = self.desk;
        let secret = desk.render(template)?;
        let now = u64::try_from(desk.courier.clock.wall().as_second()).unwrap_or_default();
        let Some(password) = totp::password(secret.expose(), now) else {
            return Err(desk.fault(
                template.span().unwrap_or(&desk.identity.span),
                "the secret of its one-time password is not base32",
                "Use the text that the app shows beside its QR code: letters A to Z and digits 2 to 7.".to_owned(),
                None,
            ));
        };
        desk.learn("one-time password", &password);
        self.scope.capture("totp", Json::String(password));
        Ok(())
    }

    fn capture(
        &self,
        source: &CaptureSource,
        span: &Span,
        step: &LoginStep,
        response: &Response,
    ) -> Result<Json, HttpError> {
        let desk = self.desk;
        let found = captures::find(source, response, &lock(desk.session.jar()));
        found.map_err(|Missing { what, help }| {
            let reason = format!("{} answered {}, but {what}", name(step), response.status);
            desk.fault(span, &reason, help, Some(response.status))
        })
    }

    /// The credentials of the token in the last answer, if one is declared.
    fn token(&self, step: &LoginStep, response: &Response) -> Result<Grant, HttpError> {
        let (Some(path), Some(source)) = (&self.login.bearer, self.token_source()) else {
            return Ok(Grant::default());
        };
        let token = match self.capture(&source, &path.span, step, response)? {
            Json::String(token) => token,
            other => other.to_string(),
        };
        let answer = serde_json::from_slice(&response.body).unwrap_or_default();
        self.desk.bearer(&Sensitive::new(token), &answer)
    }

    fn header(
        &self,
        name: &str,
        template: &Template,
    ) -> Result<(HeaderName, Sensitive), HttpError> {
        let value = self.desk.render_with(template, &self.scope)?;
        self.desk.learn("header", value.expose());
        Ok((headers::name(name)?, value))
    }
}

fn name(step: &LoginStep) -> String {
    step.request.name()
}

/// The names of the secrets a step sends, for the help of a refused login.
fn secrets(step: &LoginStep) -> Vec<String> {
    let templates = step.request.templates();
    let names = templates.iter().flat_map(Template::secrets);
    names.map(str::to_owned).collect()
}
