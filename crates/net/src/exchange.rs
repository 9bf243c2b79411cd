//! What the observers get to see of a request and its response.

use std::sync::Arc;

use http::HeaderMap;
use tidegate_core::exchange::Exchange;
use tidegate_core::name::IdentityName;
use tidegate_core::ports::http::{Request, Response, Timings};
use tidegate_core::ports::{HttpError, Secrets};
use tidegate_core::redact::CREDENTIAL_HEADERS;

/// The most bytes of a response's body that are published.
const RESPONSE_LIMIT: usize = 1024 * 1024;

/// The most bytes of a request's body that are published.
const REQUEST_LIMIT: usize = 64 * 1024;

/// Left out at the end of a shortened request body: a secret that was cut there is not recognised.
const CUT: usize = 4 * 1024;

/// Stands in the place of a credential.
const REDACTED: &str = "[redacted]";

/// What was sent.
pub(crate) struct Sent<'a> {
    /// The method of the last request.
    pub(crate) method: &'a str,
    /// The address of the last request.
    pub(crate) url: &'a str,
    /// Its headers; those marked sensitive are not shown.
    pub(crate) headers: &'a HeaderMap,
    /// Its body.
    pub(crate) body: &'a [u8],
}

/// Puts an exchange together, without its number.
pub(crate) fn record(
    request: &Request,
    identity: Option<&IdentityName>,
    sent: &Sent<'_>,
    outcome: &Result<Response, HttpError>,
    secrets: &dyn Secrets,
) -> Exchange {
    let response = outcome.as_ref().ok();
    let (response_body, shortened) = response.map_or_else(|| (Arc::from([]), false), bounded);
    Exchange {
        number: 0,
        cause: request.cause.clone(),
        identity: identity.cloned(),
        purpose: request.purpose,
        method: sent.method.to_owned(),
        route: request.route.clone(),
        url: secrets.redact(sent.url),
        request_headers: request_headers(sent.headers, secrets),
        request_body: request_body(sent.body, secrets),
        status: response.map(|response| response.status),
        response_headers: response.map_or_else(Vec::new, |response| {
            response_headers(&response.headers, secrets)
        }),
        truncated: response.is_some_and(|response| response.truncated) || shortened,
        response_body,
        timings: response.map_or_else(Timings::default, |response| response.timings),
    }
}

/// Shares a small body instead of copying it.
fn bounded(response: &Response) -> (Arc<[u8]>, bool) {
    match response.body.get(..RESPONSE_LIMIT) {
        Some(start) if start.len() < response.body.len() => (Arc::from(start), true),
        _ => (Arc::clone(&response.body), false),
    }
}

fn request_headers(headers: &HeaderMap, secrets: &dyn Secrets) -> Vec<(String, String)> {
    let shown = headers.iter().map(|(name, value)| {
        let value = if value.is_sensitive() {
            REDACTED.to_owned()
        } else {
            secrets.redact(&String::from_utf8_lossy(value.as_bytes()))
        };
        (name.as_str().to_owned(), value)
    });
    shown.collect()
}

fn response_headers(headers: &[(String, String)], secrets: &dyn Secrets) -> Vec<(String, String)> {
    let shown = headers.iter().map(|(name, value)| {
        let value = if CREDENTIAL_HEADERS.contains(&name.as_str()) {
            REDACTED.to_owned()
        } else {
            secrets.redact(value)
        };
        (name.clone(), value)
    });
    shown.collect()
}

/// A login's body holds passwords, so what is text is redacted; what is not text has no secret that
/// could be recognised.
fn request_body(body: &[u8], secrets: &dyn Secrets) -> Arc<[u8]> {
    let Some(start) = body
        .get(..REQUEST_LIMIT)
        .filter(|_| body.len() > REQUEST_LIMIT)
    else {
        return match std::str::from_utf8(body) {
            Ok("") | Err(_) => Arc::from(body),
            Ok(text) => secrets.redact(text).into_bytes().into(),
        };
    };
    let shown = secrets.redact(&String::from_utf8_lossy(start)).into_bytes();
    Arc::from(&shown[..shown.len().saturating_sub(CUT)])
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use tidegate_core::redact::Redactor;
    use tidegate_core::secret::Sensitive;
    use tidegate_core::template::TemplateError;

    use super::*;

    struct Known(Redactor);

    impl Secrets for Known {
        fn reveal(&self, name: &str) -> Result<Sensitive, TemplateError> {
            Err(TemplateError::SecretNotSet { name: name.into() })
        }
        fn learn(&self, name: &str, value: &str) {
            self.0.learn(name, value);
        }
        fn redact(&self, text: &str) -> String {
            self.0.redact(text)
        }
    }

    fn known() -> Known {
        let known = Known(Redactor::new());
        known.learn("PASSWORD", "correct-horse");
        known
    }

    #[test]
    fn a_secret_across_the_cut_of_a_long_body_is_not_shown_in_part() {
        let mut body = vec![b'x'; REQUEST_LIMIT - 6];
        body.extend_from_slice(b"correct-horse and more");
        let shown = request_body(&body, &known());
        assert!(shown.len() < REQUEST_LIMIT);
        assert!(shown.iter().all(|byte| *byte == b'x'));
        assert_eq!(
            &*request_body(b"p=correct-horse", &known()),
            b"p=[PASSWORD]"
        );
        assert_eq!(&*request_body(&[0xff, 0], &known()), &[0xff, 0]);
    }

    #[test]
    fn marked_headers_are_not_shown_and_others_are_redacted() {
        let mut headers = HeaderMap::new();
        let mut marked = HeaderValue::from_static("anything");
        marked.set_sensitive(true);
        headers.insert("x-auth", marked);
        headers.insert("x-note", HeaderValue::from_static("is correct-horse"));
        assert_eq!(
            request_headers(&headers, &known()),
            [
                ("x-auth".to_owned(), "[redacted]".to_owned()),
                ("x-note".to_owned(), "is [PASSWORD]".to_owned())
            ]
        );
        let received = [("set-cookie".to_owned(), "a=b".to_owned())];
        assert_eq!(response_headers(&received, &known())[0].1, "[redacted]");
    }
}
