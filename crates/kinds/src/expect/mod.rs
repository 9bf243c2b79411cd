//! What a response must be: typed expectations that later kinds share.
//!
//! A value of an expectation means equality when it is a scalar or a list, and predicates when it
//! is a map. Everything is compiled when the gate file is read; a body is parsed once.

mod capture;
mod cookie;
mod equality;
mod format;
mod judge;
mod operand;
mod path;
mod predicate;
mod received;
pub(crate) mod schema;
mod shape;
mod status;

use tidegate_core::de::gather;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::{Entries, Located};
use tidegate_core::node::{Node, Value};
use tidegate_core::period::Period;
use tidegate_core::span::Span;
use tidegate_core::template::{Lookup, Template, TemplateError};

use judge::Judging;

pub(crate) use capture::{Capture, parse_captures};
pub(crate) use cookie::CookieExpectation;
use path::Found;
pub(crate) use path::Path;
pub(crate) use predicate::{PREDICATES, Predicate};
pub(crate) use received::Received;
pub(crate) use shape::Shown;
pub(crate) use status::Status;

/// What a response must be.
#[derive(Debug, Clone, Default)]
pub(crate) struct Expectation {
    /// Its status; anything below 400 when absent.
    pub(crate) status: Option<Status>,
    headers: Vec<(String, Vec<Predicate>)>,
    cookies: Vec<CookieExpectation>,
    json: Vec<JsonExpectation>,
    body: Vec<Predicate>,
    size: Vec<Predicate>,
    time: Vec<Predicate>,
    redirects: Vec<Predicate>,
    url: Vec<Predicate>,
}

#[derive(Debug, Clone)]
struct JsonExpectation {
    path: Path,
    span: Span,
    predicates: Vec<Predicate>,
}

/// What part of a response an expectation is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aspect {
    /// The status.
    Status,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
    /// A place in the JSON body.
    Json,
    /// The body as text, or its size.
    Body,
    /// How long it took.
    Time,
    /// Where it came from.
    Redirect,
}

/// An expectation that is not met.
#[derive(Debug, Clone)]
pub(crate) struct Unmet {
    /// What part of the response it is about.
    pub(crate) aspect: Aspect,
    /// Which one: the JSON path, the name of the header, …
    pub(crate) target: String,
    /// Where it was written.
    pub(crate) span: Span,
    /// What was expected, as the gate file has it.
    pub(crate) expected: String,
    /// What was there, as far as it may be shown.
    pub(crate) actual: String,
    /// Whether there was a list, a map or a text without anything in it.
    pub(crate) empty: bool,
}

/// What became of the expectations of one response.
#[derive(Debug, Default)]
pub(crate) struct Judgement {
    /// How many were evaluated.
    pub(crate) evaluated: u32,
    /// How many were not, because the response is an error where none was expected.
    pub(crate) moot: u32,
    /// Those that are not met.
    pub(crate) unmet: Vec<Unmet>,
}

/// The keys of the long form.
const KEYS: &[&str] = &[
    "status",
    "headers",
    "cookies",
    "json",
    "body",
    "size",
    "time",
    "redirects",
    "url",
];

impl Expectation {
    /// Reads the value of `expect:`: a status in short, or a map of expectations.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn parse(node: &Node) -> Result<Self, Vec<Diagnostic>> {
        let mut expectation = Self::default();
        if !matches!(node.value, Value::Map(_)) {
            expectation.status = Some(Status::parse(node)?);
            return Ok(expectation);
        }
        gather(node.entries().iter().map(|(key, value)| {
            match key.text.as_str() {
                "status" => expectation.status = Some(Status::parse(value)?),
                "headers" => expectation.headers = headers(value)?,
                "cookies" => expectation.cookies = cookies(value)?,
                "json" => expectation.json = json(value)?,
                "body" => expectation.body = predicate::parse(value)?,
                "size" => expectation.size = predicate::number(value)?,
                "time" => expectation.time = time(value)?,
                "redirects" => expectation.redirects = predicate::number(value)?,
                "url" => expectation.url = predicate::parse(value)?,
                other => {
                    let fault = Diagnostic::unknown(key.span.clone(), "key", other, KEYS);
                    return Err(vec![fault]);
                }
            }
            Ok(())
        }))?;
        Ok(expectation)
    }

    /// Every template in it.
    pub(crate) fn templates(&self) -> Vec<Template> {
        let plain = [&self.body, &self.size, &self.redirects, &self.url];
        let keyed = self.headers.iter().map(|(_, predicates)| predicates);
        let placed = self.json.iter().map(|json| &json.predicates);
        let mut all: Vec<Template> = plain
            .into_iter()
            .chain(keyed)
            .chain(placed)
            .flat_map(|predicates| predicate::templates(predicates))
            .collect();
        all.extend(self.cookies.iter().flat_map(CookieExpectation::templates));
        all.extend(self.status.iter().flat_map(Status::templates));
        all
    }

    /// Whether the status is one that is asked for.
    ///
    /// # Errors
    /// The first reference without a value.
    pub(crate) fn admits(&self, status: u16, lookup: &dyn Lookup) -> Result<bool, TemplateError> {
        match &self.status {
            Some(expected) => Ok(expected.check(status, lookup)?.is_empty()),
            None => Ok(status < 400),
        }
    }

    /// Holds every expectation against a response; `span` is where a missing status would stand.
    ///
    /// What a page holds is not judged when the page is an error that nobody asked for: the error
    /// is the finding, and everything else follows from it.
    ///
    /// # Errors
    /// The first reference without a value.
    pub(crate) fn judge(
        &self,
        received: &Received<'_>,
        span: &Span,
        shown: &Shown,
        lookup: &dyn Lookup,
    ) -> Result<Judgement, TemplateError> {
        let mut judging = Judging::new(received, shown, lookup);
        let status = received.response.status;
        judging.status(self.status.as_ref(), span)?;
        let error = status >= 400 && !judging.judgement.unmet.is_empty();
        judging.time(&self.time)?;
        judging.address(&self.redirects, &self.url)?;
        if error {
            judging.judgement.moot = u32::try_from(self.content()).unwrap_or(u32::MAX);
            return Ok(judging.judgement);
        }
        judging.headers(&self.headers)?;
        judging.cookies(&self.cookies)?;
        judging.json(&self.json)?;
        judging.body(&self.body, &self.size)?;
        Ok(judging.judgement)
    }

    /// How many expectations are about what the response holds.
    fn content(&self) -> usize {
        let headers = self.headers.iter().map(|(_, predicates)| predicates.len());
        let json = self.json.iter().map(|json| json.predicates.len());
        let cookies = self.cookies.iter().map(CookieExpectation::count);
        headers.chain(json).chain(cookies).sum::<usize>() + self.body.len() + self.size.len()
    }
}

fn headers(node: &Node) -> Result<Vec<(String, Vec<Predicate>)>, Vec<Diagnostic>> {
    let entries: Entries<Node> = node.read()?;
    gather(
        entries
            .0
            .iter()
            .map(|(name, value)| Ok((name.value.to_ascii_lowercase(), predicate::parse(value)?))),
    )
}

fn cookies(node: &Node) -> Result<Vec<CookieExpectation>, Vec<Diagnostic>> {
    let entries: Entries<Node> = node.read()?;
    gather(
        entries
            .0
            .iter()
            .map(|(name, value)| CookieExpectation::parse(&name.value, value)),
    )
}

fn json(node: &Node) -> Result<Vec<JsonExpectation>, Vec<Diagnostic>> {
    let entries: Entries<Node> = node.read()?;
    gather(
        entries
            .0
            .iter()
            .map(|(path, value)| json_expectation(path, value)),
    )
}

fn json_expectation(
    key: &Located<String>,
    value: &Node,
) -> Result<JsonExpectation, Vec<Diagnostic>> {
    let path = Path::parse(&key.value, &key.span).map_err(|fault| vec![fault])?;
    let predicates = predicate::parse(value)?;
    if !path.is_singular() && predicates.iter().any(Predicate::wants_scalar) {
        return Err(vec![
            Diagnostic::at(value.span.clone(), "a list is never equal to one value")
                .label(format!("`{}` gives the list of everything it finds", path.text()))
                .help("Write a list, { contains: … }, { each: … } or { length: … }, or a path to one place."),
        ]);
    }
    Ok(JsonExpectation {
        path,
        span: key.span.clone(),
        predicates,
    })
}

/// Reads limits of time, as in `{ lt: 1500ms }`.
fn time(node: &Node) -> Result<Vec<Predicate>, Vec<Diagnostic>> {
    let fault = |span: &Span| {
        vec![
            Diagnostic::at(span.clone(), "a time is compared with a limit")
                .label("expected one of gt, gte, lt and lte")
                .help("Write { lt: 1500ms }."),
        ]
    };
    if node.entries().is_empty() {
        return Err(fault(&node.span));
    }
    gather(node.entries().iter().map(|(key, value)| {
        let period: Period = value.read()?;
        let milliseconds = Value::Float(period.0.as_secs_f64() * 1e3);
        let limit = Node::new(milliseconds, value.span.clone());
        Predicate::limit(key, value, &limit, period.to_string()).ok_or_else(|| fault(&key.span))
    }))
}

#[cfg(test)]
mod tests;
