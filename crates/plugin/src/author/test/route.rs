//! The routes of the fake that answers a plugin in a test.

use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::node::Node;
use tidegate_core::period::Period;

use super::answer::{self, Answer, only, part};
use crate::interface::http::{HttpError, Place};
use crate::interface::recorded::Exchange;

/// The keys that say which request it is.
const CALL: &[&str] = &["get", "head", "post", "put", "patch", "delete", "options"];
/// The keys of a route beside those and the ones of its answer.
const ROUTE: &[&str] = &["on", "as", "delay", "fail", "times"];
/// The keys of a recorded exchange beside them.
const EXCHANGE: &[&str] = &["check", "as", "url", "provoked"];

/// The keys that say method and path.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawCall {
    #[serde(default)]
    get: Option<String>,
    #[serde(default)]
    head: Option<String>,
    #[serde(default)]
    post: Option<String>,
    #[serde(default)]
    put: Option<String>,
    #[serde(default)]
    patch: Option<String>,
    #[serde(default)]
    delete: Option<String>,
    #[serde(default)]
    options: Option<String>,
}

impl RawCall {
    /// Method and path, when exactly one is given.
    fn one(self) -> Option<(&'static str, String)> {
        let given = [
            ("GET", self.get),
            ("HEAD", self.head),
            ("POST", self.post),
            ("PUT", self.put),
            ("PATCH", self.patch),
            ("DELETE", self.delete),
            ("OPTIONS", self.options),
        ];
        let mut given = given
            .into_iter()
            .filter_map(|(method, path)| Some((method, path?)));
        given.next().filter(|_| given.next().is_none())
    }
}

fn call(node: &Node, beside: &[&str]) -> Result<(&'static str, String), Vec<Diagnostic>> {
    only(node, &[CALL, beside, answer::KEYS].concat())?;
    let raw: RawCall = part(node, CALL).read()?;
    raw.one().ok_or_else(|| {
        let fault = Diagnostic::at(node.span.clone(), "this says not which request it answers");
        vec![fault.help("Write one method with its path, such as `get: /api/invoices/{id}`.")]
    })
}

/// One request of the fake, and its answer.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub(super) method: &'static str,
    /// Where it is: nothing for the environment, else the name of an API or an origin.
    pub(super) on: Option<String>,
    path: String,
    query: Option<String>,
    /// Whose request it answers: everybody's when absent, nobody's when empty.
    identity: Option<String>,
    pub(super) answer: Result<Answer, HttpError>,
    pub(super) delay: Duration,
    /// How many times it still answers.
    left: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawRoute {
    #[serde(default)]
    on: Option<String>,
    #[serde(default, rename = "as")]
    identity: Option<String>,
    #[serde(default)]
    delay: Option<Period>,
    #[serde(default)]
    fail: Option<Fail>,
    #[serde(default)]
    times: Option<u32>,
}

/// Why there is no answer.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum Fail {
    Timeout,
    Connect,
    Dns,
    Tls,
    Login,
    Broken,
}

impl Fail {
    fn error(self) -> HttpError {
        let said = "as the case says".to_owned();
        match self {
            Self::Timeout => HttpError::Timeout(said),
            Self::Connect => HttpError::Connect(said),
            Self::Dns => HttpError::Dns(said),
            Self::Tls => HttpError::Tls(said),
            Self::Login => HttpError::Login(said),
            Self::Broken => HttpError::Broken(said),
        }
    }
}

impl Route {
    /// Reads an entry of `target:`; files are looked for in the folder of the case.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn read(node: &Node, folder: &Path) -> Result<Self, Vec<Diagnostic>> {
        let (method, whole) = call(node, ROUTE)?;
        let raw: RawRoute = part(node, ROUTE).read()?;
        let answer = Answer::read(node, folder)?;
        let (path, query) = split(&whole);
        Ok(Self {
            method,
            on: raw.on.map(|on| on.trim_end_matches('/').to_owned()),
            path: path.to_owned(),
            query: query.map(str::to_owned),
            identity: raw.identity,
            answer: raw.fail.map_or(Ok(answer), |fail| Err(fail.error())),
            delay: raw.delay.map_or(Duration::ZERO, |delay| delay.0),
            left: raw.times,
        })
    }

    /// Whether it answers this request.
    pub(super) fn answers(
        &self,
        method: &str,
        on: Option<&str>,
        path: &str,
        identity: Option<&str>,
    ) -> bool {
        let (path, query) = split(path);
        self.left != Some(0)
            && self.method == method
            && self.on.as_deref() == on
            && self
                .identity
                .as_deref()
                .is_none_or(|who| who == identity.unwrap_or(""))
            && self
                .query
                .as_deref()
                .is_none_or(|wanted| query == Some(wanted))
            && same_path(&self.path, path)
    }

    /// It in one line, as requests are told.
    pub(super) fn line(&self) -> String {
        let on = match &self.on {
            Some(origin) if origin.contains("://") => origin.clone(),
            Some(name) => format!("{name}:"),
            None => String::new(),
        };
        let query = self
            .query
            .as_ref()
            .map_or_else(String::new, |query| format!("?{query}"));
        let who = self
            .identity
            .as_ref()
            .map_or_else(String::new, |who| format!(" as {who}"));
        format!("{} {on}{}{query}{who}", self.method, self.path)
    }

    /// Counts an answer.
    pub(super) fn used(&mut self) {
        self.left = self.left.map(|left| left.saturating_sub(1));
    }
}

/// The parts of a place that a route is compared with: where, and the path with its query.
pub(super) fn parts(place: &Place) -> (Option<String>, String) {
    match place {
        Place::Target(path) => (None, path.clone()),
        Place::Api((name, path)) => (Some(name.clone()), path.clone()),
        Place::Url(url) => match url
            .find("://")
            .and_then(|at| url[at + 3..].find('/').map(|slash| at + 3 + slash))
        {
            Some(slash) => (Some(url[..slash].to_owned()), url[slash..].to_owned()),
            None => (Some(url.clone()), "/".to_owned()),
        },
    }
}

fn split(path: &str) -> (&str, Option<&str>) {
    path.split_once('?')
        .map_or((path, None), |(path, query)| (path, Some(query)))
}

/// Whether a path has the parts of a pattern; a part in braces stands for any one part.
fn same_path(pattern: &str, path: &str) -> bool {
    let any = |part: &str| part.starts_with('{') && part.ends_with('}');
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given))
                if wanted == given || (any(wanted) && !given.is_empty()) => {}
            _ => return false,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawExchange {
    #[serde(default)]
    check: Option<String>,
    #[serde(default, rename = "as")]
    identity: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    provoked: bool,
}

/// Reads an entry of `recorded:`.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn exchange(
    node: &Node,
    folder: &Path,
    target: &str,
) -> Result<Exchange, Vec<Diagnostic>> {
    let (method, route) = call(node, EXCHANGE)?;
    let raw: RawExchange = part(node, EXCHANGE).read()?;
    let answer = Answer::read(node, folder)?;
    Ok(Exchange {
        check: raw.check.unwrap_or_else(|| "another-check".to_owned()),
        identity: raw.identity,
        method: method.to_owned(),
        url: raw.url.unwrap_or_else(|| format!("{target}{route}")),
        route,
        status: Some(answer.status),
        headers: answer.headers,
        body: answer.body,
        truncated: false,
        provoked: raw.provoked,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_in_braces_stands_for_any_one_part() {
        assert!(same_path("/api/invoices/{id}", "/api/invoices/17"));
        assert!(!same_path("/api/invoices/{id}", "/api/invoices/"));
        assert!(!same_path("/api/invoices/{id}", "/api/invoices/17/lines"));
        assert!(!same_path("/api/invoices/{id}", "/api/invoices"));
        assert!(same_path("/", "/"));
    }

    #[test]
    fn an_address_is_an_origin_and_a_path() {
        let of = |url: &str| parts(&Place::Url(url.to_owned()));
        assert_eq!(
            of("https://a.example/x?y=/z"),
            (Some("https://a.example".to_owned()), "/x?y=/z".to_owned())
        );
        assert_eq!(
            of("https://a.example"),
            (Some("https://a.example".to_owned()), "/".to_owned())
        );
        assert_eq!(
            of("nonsense"),
            (Some("nonsense".to_owned()), "/".to_owned())
        );
    }
}
