//! Holds expectations against a response, one aspect after the other.

use serde_json::Value as Json;
use tidegate_core::period::Period;
use tidegate_core::span::Span;
use tidegate_core::template::{Lookup, TemplateError};

use super::predicate::{self, Mismatch, Predicate, Subject};
use super::{
    Aspect, CookieExpectation, Found, JsonExpectation, Judgement, Received, Shown, Status, Unmet,
};

/// Headers that speak of the page and never of a client, so that their values may be shown.
const PUBLIC_HEADERS: &[&str] = &[
    "cache-control",
    "content-encoding",
    "content-length",
    "content-security-policy",
    "content-type",
    "permissions-policy",
    "referrer-policy",
    "server",
    "strict-transport-security",
    "vary",
    "x-content-type-options",
    "x-frame-options",
];

/// A judgement in the making.
pub(super) struct Judging<'a> {
    received: &'a Received<'a>,
    shown: &'a Shown,
    lookup: &'a dyn Lookup,
    /// What came of it so far.
    pub(super) judgement: Judgement,
}

impl<'a> Judging<'a> {
    /// Begins with nothing evaluated.
    pub(super) fn new(
        received: &'a Received<'a>,
        shown: &'a Shown,
        lookup: &'a dyn Lookup,
    ) -> Self {
        Self {
            received,
            shown,
            lookup,
            judgement: Judgement::default(),
        }
    }

    fn count(&mut self, expectations: usize) {
        self.judgement.evaluated += u32::try_from(expectations).unwrap_or(u32::MAX);
    }

    fn unmet(&mut self, aspect: Aspect, target: String, mismatch: Mismatch, actual: String) {
        let empty = mismatch.actual.as_ref().is_some_and(is_empty);
        self.judgement.unmet.push(Unmet {
            aspect,
            target: target + &mismatch.below,
            span: mismatch.span,
            expected: mismatch.expected,
            actual,
            empty,
        });
    }

    /// Holds predicates against one value and shows it as far as it may be.
    fn value(
        &mut self,
        aspect: Aspect,
        target: &str,
        predicates: &[Predicate],
        subject: &Subject<'_>,
    ) -> Result<(), TemplateError> {
        self.count(predicates.len());
        for mismatch in predicate::check(predicates, subject, self.lookup)? {
            let actual = self.actual(&mismatch);
            self.unmet(aspect, target.to_owned(), mismatch, actual);
        }
        Ok(())
    }

    fn actual(&self, mismatch: &Mismatch) -> String {
        let nothing = || "nothing there".to_owned();
        mismatch
            .actual
            .as_ref()
            .map_or_else(nothing, |value| self.shown.value(value))
    }

    /// Holds the status against what is expected, or against anything below 400.
    pub(super) fn status(
        &mut self,
        expected: Option<&Status>,
        span: &Span,
    ) -> Result<(), TemplateError> {
        let status = self.received.response.status;
        let mismatches = match expected {
            Some(expected) => expected.check(status, self.lookup)?,
            None if status < 400 => Vec::new(),
            None => vec![Mismatch {
                span: span.clone(),
                below: String::new(),
                expected: "a status below 400".into(),
                actual: None,
            }],
        };
        self.count(expected.map_or(1, Status::count));
        for mismatch in mismatches {
            self.unmet(
                Aspect::Status,
                "status".into(),
                mismatch,
                status.to_string(),
            );
        }
        Ok(())
    }

    /// Holds the time it took against its limits.
    pub(super) fn time(&mut self, predicates: &[Predicate]) -> Result<(), TemplateError> {
        let elapsed = self.received.response.elapsed;
        let subject = Subject::made(Json::from(elapsed.as_secs_f64() * 1e3));
        self.count(predicates.len());
        for mismatch in predicate::check(predicates, &subject, self.lookup)? {
            self.unmet(
                Aspect::Time,
                "time".into(),
                mismatch,
                Period(elapsed).to_string(),
            );
        }
        Ok(())
    }

    /// Holds where the answer came from against what is expected.
    pub(super) fn address(
        &mut self,
        redirects: &[Predicate],
        url: &[Predicate],
    ) -> Result<(), TemplateError> {
        let response = self.received.response;
        let followed = Subject::made(Json::from(response.redirects.len()));
        self.value(Aspect::Redirect, "redirects", redirects, &followed)?;
        self.count(url.len());
        for mismatch in predicate::check(
            url,
            &Subject::text(Some(response.url.as_str())),
            self.lookup,
        )? {
            self.unmet(
                Aspect::Redirect,
                "url".into(),
                mismatch,
                without_query(&response.url),
            );
        }
        Ok(())
    }

    /// Holds headers against what is expected.
    pub(super) fn headers(
        &mut self,
        expected: &[(String, Vec<Predicate>)],
    ) -> Result<(), TemplateError> {
        for (name, predicates) in expected {
            let subject = Subject::text(self.received.header(name));
            self.count(predicates.len());
            for mismatch in predicate::check(predicates, &subject, self.lookup)? {
                let actual = match mismatch.actual.as_ref() {
                    Some(value) if PUBLIC_HEADERS.contains(&name.as_str()) => value.to_string(),
                    _ => self.actual(&mismatch),
                };
                self.unmet(Aspect::Header, name.clone(), mismatch, actual);
            }
        }
        Ok(())
    }

    /// The value of a cookie is never shown: it may be a session's.
    pub(super) fn cookies(&mut self, expected: &[CookieExpectation]) -> Result<(), TemplateError> {
        for expectation in expected {
            let cookie = self.received.cookie(&expectation.name);
            self.count(expectation.count());
            for (attribute, mismatch) in expectation.check(cookie.as_ref(), self.lookup)? {
                let (target, actual) = match (attribute, &cookie) {
                    (_, None) => (expectation.name.clone(), "no such cookie".to_owned()),
                    ("", Some(_)) => (expectation.name.clone(), "another value".to_owned()),
                    (attribute, Some(_)) => {
                        let value = mismatch.actual.as_ref();
                        let actual = value.map_or("no such attribute".into(), Json::to_string);
                        (format!("{} {attribute}", expectation.name), actual)
                    }
                };
                self.unmet(Aspect::Cookie, target, mismatch, actual);
            }
        }
        Ok(())
    }

    /// Holds the JSON body against what is expected; a body that is none is one failure.
    pub(super) fn json(&mut self, expected: &[JsonExpectation]) -> Result<(), TemplateError> {
        let received = self.received;
        let Some(first) = expected.first() else {
            return Ok(());
        };
        let Some(document) = received.json() else {
            self.count(1);
            self.not_json(first);
            return Ok(());
        };
        for expectation in expected {
            let subject = match expectation.path.find(document) {
                Found::One(value) => Subject::of(value),
                Found::Many(values) => Subject::list(values),
            };
            let path = expectation.path.text();
            self.value(Aspect::Json, path, &expectation.predicates, &subject)?;
        }
        Ok(())
    }

    fn not_json(&mut self, first: &JsonExpectation) {
        let response = self.received.response;
        let actual = if response.truncated {
            format!(
                "a body larger than {} bytes, which was not read to its end",
                response.body.len()
            )
        } else {
            self.shown
                .body(&response.body, None, self.received.content_type())
        };
        self.judgement.unmet.push(Unmet {
            aspect: Aspect::Json,
            target: first.path.text().to_owned(),
            span: first.span.clone(),
            expected: "a JSON body".into(),
            actual,
            empty: response.body.is_empty(),
        });
    }

    /// Holds the body's text and size against what is expected.
    pub(super) fn body(
        &mut self,
        body: &[Predicate],
        size: &[Predicate],
    ) -> Result<(), TemplateError> {
        let response = self.received.response;
        if !body.is_empty() {
            let subject = Subject::text(Some(self.received.text()));
            self.value(Aspect::Body, "body", body, &subject)?;
        }
        if !size.is_empty() {
            let subject = Subject::made(Json::from(response.body.len()));
            self.value(Aspect::Body, "size", size, &subject)?;
        }
        Ok(())
    }
}

fn is_empty(value: &Json) -> bool {
    match value {
        Json::String(text) => text.is_empty(),
        Json::Array(elements) => elements.is_empty(),
        Json::Object(entries) => entries.is_empty(),
        _ => false,
    }
}

/// An address without its query, which may hold a token.
fn without_query(url: &str) -> String {
    url.split(['?', '#']).next().unwrap_or(url).to_owned()
}
