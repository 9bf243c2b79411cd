//! What an answer says to somebody who asked for what is not theirs.
//!
//! It is a part of the evidence and never the verdict on a write: that is the state, read back.

use serde_json::Value as Json;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::node::Node;
use tidegate_core::ports::http::Response;
use tidegate_core::scope::BUILT_IN;
use tidegate_core::span::Span;
use tidegate_core::template::{Lookup, Template, TemplateError};

use super::Fallback;
use crate::error_hygiene::failure;
use crate::expect::{Expectation, Received, Shown};
use crate::flow::references;
use crate::naming::words;

/// How much of a page is searched for a login form, in bytes.
const PAGE: usize = 256 * 1024;

/// Words in the path of a page where people log in.
const LOGIN_WORDS: &[&str] = &[
    "login",
    "signin",
    "logon",
    "auth",
    "authenticate",
    "authorize",
    "oauth",
    "oauth2",
    "sso",
];

/// What an answer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reply {
    /// No.
    Refused(Refusal),
    /// Here it is.
    Served,
    /// The request itself is wrong, which says nothing about who may send it: 400, 405, 409, 422 and
    /// other statuses of the client's fault.
    Invalid,
    /// The portal failed.
    Failed,
    /// The portal wants fewer requests.
    Limited,
}

/// How an answer says no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// 401, 403, 404 or 410.
    Status(u16),
    /// A redirect to the page where people log in.
    ToLogin,
    /// A redirect to somewhere else, without the thing itself.
    Elsewhere,
    /// The page where people log in.
    LoginPage,
    /// A success by its status, whose body says that it failed, and where it says so.
    Body(String),
    /// The page that every unknown path gets.
    Fallback,
    /// What the gate file calls a refusal.
    Declared,
}

impl Refusal {
    /// How it was refused, for people.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Status(status) => format!("refused with {status}"),
            Self::ToLogin => "sent to the login".to_owned(),
            Self::Elsewhere => "sent elsewhere".to_owned(),
            Self::LoginPage => "shown the login".to_owned(),
            Self::Body(place) => format!("refused by the body at {place}"),
            Self::Fallback => "shown the page for unknown addresses".to_owned(),
            Self::Declared => "refused as the gate file describes it".to_owned(),
        }
    }
}

/// How this portal says no, beside what the standards have for it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Refusals {
    declared: Option<(Expectation, Span)>,
}

impl Refusals {
    /// Reads the value under `refused:`, an expectation that a refusal meets.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn parse(node: &Node) -> Result<Self, Vec<Diagnostic>> {
        Ok(Self {
            declared: Some((Expectation::parse(node)?, node.span.clone())),
        })
    }

    /// Reads it where it is written; it names nothing that a check captures.
    pub(crate) fn of(node: Option<&Node>, faults: &mut Vec<Diagnostic>) -> Self {
        let refusals = node.map(Self::parse).transpose();
        let refusals = refusals.unwrap_or_else(|more| {
            faults.extend(more);
            None
        });
        let refusals = refusals.unwrap_or_default();
        references::unknown(&refusals.templates(), BUILT_IN, faults);
        refusals
    }

    /// Every template in it.
    pub(crate) fn templates(&self) -> Vec<Template> {
        self.declared
            .as_ref()
            .map_or_else(Vec::new, |(declared, _)| declared.templates())
    }

    /// Reads an answer to a request that followed no redirect.
    ///
    /// # Errors
    /// When the gate file's own description names a value that is not known.
    pub(crate) fn read(
        &self,
        response: &Response,
        fallback: Option<&Fallback>,
        lookup: &dyn Lookup,
    ) -> Result<Reply, TemplateError> {
        if let Some((declared, span)) = &self.declared
            && meets(declared, span, response, lookup)?
        {
            return Ok(Reply::Refused(Refusal::Declared));
        }
        Ok(match response.status {
            401 | 403 | 404 | 410 => Reply::Refused(Refusal::Status(response.status)),
            429 => Reply::Limited,
            300..=399 if response.status != 304 => redirected(response),
            200..=299 => served(response, fallback),
            400..=499 => Reply::Invalid,
            500.. => Reply::Failed,
            _ => Reply::Served,
        })
    }
}

fn meets(
    declared: &Expectation,
    span: &Span,
    response: &Response,
    lookup: &dyn Lookup,
) -> Result<bool, TemplateError> {
    let jar = Vec::new;
    let received = Received::new(response, &jar);
    let shown = Shown::new(String::new(), false);
    let judgement = declared.judge(&received, span, &shown, lookup)?;
    Ok(judgement.unmet.is_empty() && judgement.moot == 0)
}

/// A redirect says no unless it leads to another spelling of the same path.
fn redirected(response: &Response) -> Reply {
    let target = response.header("location");
    let target = target.or(response.refused_redirect.as_deref());
    let Some(target) = target else {
        return Reply::Invalid;
    };
    let path = path_of(target);
    if is_login(path) {
        return Reply::Refused(Refusal::ToLogin);
    }
    let own = path_of(&response.url);
    if path.trim_end_matches('/') == own.trim_end_matches('/') {
        Reply::Invalid
    } else {
        Reply::Refused(Refusal::Elsewhere)
    }
}

/// The path of an absolute or relative address.
pub(crate) fn path_of(address: &str) -> &str {
    let rest = match address.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |start| &rest[start..]),
        None => address,
    };
    rest.split(['?', '#']).next().unwrap_or_default()
}

/// Whether an address is by its path one where people log in.
pub(crate) fn leads_to_login(address: &str) -> bool {
    is_login(path_of(address))
}

fn is_login(path: &str) -> bool {
    let words: Vec<String> = path.split('/').flat_map(words).collect();
    let pair = |pair: &[String]| matches!(pair, [one, two] if matches!((one.as_str(), two.as_str()), ("sign", "in") | ("log", "in")));
    words
        .iter()
        .any(|word| LOGIN_WORDS.contains(&word.as_str()))
        || words.windows(2).any(pair)
}

fn served(response: &Response, fallback: Option<&Fallback>) -> Reply {
    if fallback.is_some_and(|fallback| fallback.is(response)) {
        return Reply::Refused(Refusal::Fallback);
    }
    let kind = response.header("content-type").unwrap_or_default();
    let body = &response.body[..response.body.len().min(PAGE)];
    if kind.contains("json") || body.first().is_some_and(|first| b"{[".contains(first)) {
        let json: Option<Json> = serde_json::from_slice(&response.body).ok();
        let place = json.as_ref().and_then(failure::hidden);
        return place.map_or(Reply::Served, |place| {
            Reply::Refused(Refusal::Body(place.to_owned()))
        });
    }
    if kind.contains("html") && is_login_page(&String::from_utf8_lossy(body)) {
        return Reply::Refused(Refusal::LoginPage);
    }
    Reply::Served
}

/// Whether a page asks for a password and not for a new one.
fn is_login_page(page: &str) -> bool {
    let page = page.to_ascii_lowercase();
    let asks = |name: &str| {
        ["\"", "'", ""]
            .iter()
            .any(|quote| page.contains(&format!("type={quote}{name}{quote}")))
    };
    asks("password") && page.matches("password").count() <= 12 && !page.contains("new-password")
}

#[cfg(test)]
mod tests;
