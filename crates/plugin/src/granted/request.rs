//! A request of a plugin: held against what is granted, sent, and answered.

use std::time::Duration;

use tidegate_core::name::{ApiName, IdentityName};
use tidegate_core::plugin::{Access, Destination};
use tidegate_core::ports::http::{Body, Request};

use super::headers::Setting;
use super::place::{Allowed, brief};
use super::{Granted, clean, drive, response};
use crate::deadline::Deadline;
use crate::interface::http::{self, HttpError, Place};
use crate::limits::{USUAL_BODY, USUAL_TIMEOUT};

/// The longest route, in bytes.
const ROUTE: usize = 500;

impl Granted {
    /// Sends a request and waits for the answer.
    ///
    /// # Errors
    /// Whatever keeps an answer away.
    pub(super) fn exchange(
        &mut self,
        wanted: http::Request,
        deadline: &Deadline,
    ) -> Result<http::Response, HttpError> {
        let limit = wanted.body_limit.unwrap_or(USUAL_BODY) as usize;
        let mut request = self.prepare(wanted)?;
        request.body_cap = limit.saturating_add(clean::CUT);
        request.timeout = request.timeout.min(deadline.left());
        let secrets = &*self.secrets;
        match drive::wait(self.http.send(request), deadline) {
            Some(Ok(answer)) => Ok(response::shown(&answer, limit, secrets)),
            Some(Err(error)) => Err(response::fault(&error, secrets)),
            None => Err(HttpError::Timeout(
                "the time of the check is over".to_owned(),
            )),
        }
    }

    /// The request as the port takes it.
    fn prepare(&mut self, wanted: http::Request) -> Result<Request, HttpError> {
        let Allowed {
            target,
            destination,
            route,
        } = self.allowed(&wanted.place)?;
        let writes = self.method(&wanted.method, &destination)?;
        let identity = self.who(wanted.identity.as_deref(), &destination)?;
        let setting = Setting {
            destination: &destination,
            identified: identity.is_some(),
            writes: writes || self.powers.target == Some(Access::Write),
        };
        let headers = self.own_headers(&wanted.headers, &setting)?;
        self.without_secrets(&wanted)?;
        let route = match wanted.route {
            Some(route) => named(route)?,
            None => route,
        };
        let mut request = Request::new(&wanted.method, target, &route, self.cause.clone());
        request.headers = headers;
        request.body = wanted
            .body
            .map_or(Body::Empty, |body| Body::Bytes(body.into()));
        request.redirects = wanted.redirects;
        request.timeout = wanted
            .timeout
            .map_or(USUAL_TIMEOUT, |limit| Duration::from_millis(limit.into()));
        if !matches!(destination, Destination::Host(_)) {
            request.within = Some(self.granted_places().into());
            request.session = Some(self.session(identity.as_ref()));
        }
        Ok(request)
    }

    /// The declared places that a redirect may lead to.
    fn granted_places(&self) -> Vec<Option<ApiName>> {
        let target = self.powers.target.map(|_| None);
        let apis = self.powers.apis.iter().cloned().map(Some);
        target.into_iter().chain(apis).collect()
    }

    /// Whether the method may change something (RFC 9110, 9.2.1).
    ///
    /// # Errors
    /// When it is none, or not granted.
    fn method(&self, method: &str, destination: &Destination) -> Result<bool, HttpError> {
        let shaped = !method.is_empty()
            && method.len() <= 32
            && method
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'-');
        if !shaped {
            let method = brief(method);
            return Err(HttpError::Invalid(format!(
                "`{method}` is no method: expected one in capitals, such as GET"
            )));
        }
        if matches!(method, "CONNECT" | "TRACE") {
            return Err(HttpError::Denied(format!("a plugin cannot send {method}")));
        }
        let writes = !matches!(method, "GET" | "HEAD" | "OPTIONS");
        let declared = !matches!(destination, Destination::Host(_));
        if writes && declared && self.powers.target != Some(Access::Write) {
            return Err(HttpError::Denied(format!(
                "{method} may change something, which is not granted; the gate file grants it by `grant: {{ target: write }}`, and the plugin has to ask for it"
            )));
        }
        if writes && !self.environment.writable() {
            return Err(HttpError::Denied(format!(
                "{method} is not sent from a check of a production environment"
            )));
        }
        Ok(writes)
    }

    /// As whom the request is sent.
    fn who(
        &self,
        named: Option<&str>,
        destination: &Destination,
    ) -> Result<Option<IdentityName>, HttpError> {
        let elsewhere = matches!(destination, Destination::Host(_));
        match named {
            Some("") => Ok(None),
            None if elsewhere => Ok(None),
            None => Ok(self.identity.clone()),
            Some(_) if elsewhere => Err(HttpError::Denied(
                "a request to another host is nobody's".to_owned(),
            )),
            Some(name) => {
                let mut known = self.identity.iter().chain(&self.powers.identities);
                let known = known.find(|known| known.as_str() == name).cloned();
                known.map(Some).ok_or_else(|| {
                    let name = brief(name);
                    HttpError::Denied(format!(
                        "the identity `{name}` is not granted; the gate file grants it by `grant: {{ identities: [{name}] }}`"
                    ))
                })
            }
        }
    }

    /// Refuses the name of a secret where no secret is put: its author expects that one is.
    fn without_secrets(&self, wanted: &http::Request) -> Result<(), HttpError> {
        let (Place::Target(address) | Place::Api((_, address)) | Place::Url(address)) =
            &wanted.place;
        let body = wanted.body.as_deref().unwrap_or_default();
        let places = [("an address", address.as_bytes()), ("a body", body)];
        for (place, text) in places {
            if let Some(name) = self.names_a_secret(text) {
                return Err(HttpError::Denied(format!(
                    "`${{{name}}}` stands in {place}; a secret is put into headers alone"
                )));
            }
        }
        Ok(())
    }
}

fn named(route: String) -> Result<String, HttpError> {
    if route.is_empty() || route.len() > ROUTE || route.contains(char::is_control) {
        return Err(HttpError::Invalid(format!(
            "the route is no line of 1 to {ROUTE} bytes"
        )));
    }
    Ok(route)
}
