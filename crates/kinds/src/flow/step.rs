//! The steps of a flow as the gate file has them.

use std::time::Duration;

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::de::gather;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::name::IdentityName;
use tidegate_core::node::{Node, Value};
use tidegate_core::period::Period;
use tidegate_core::ports::http::{DEFAULT_TIMEOUT, Purpose, Sharing};
use tidegate_core::request::{RequestTemplate, request_keys};
use tidegate_core::template::Template;

use super::cleanup::CleanupTemplate;
use super::parts::keep;
use crate::expect::{Capture, Expectation, Status, parse_captures};

/// How many redirects a step follows unless it says otherwise.
const FOLLOWED: u8 = 10;
/// The longest a step may be repeated.
const LONGEST_RETRY: Duration = Duration::from_secs(600);
/// The shortest pause between two repetitions.
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);

/// One step of a flow.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    /// What reports call it.
    pub(crate) name: String,
    /// What is sent.
    pub(crate) request: RequestTemplate,
    /// Who sends it.
    pub(crate) identity: Option<IdentityName>,
    /// Whether the session is shared with other checks.
    pub(crate) sharing: Sharing,
    /// How many redirects are followed.
    pub(crate) redirects: u8,
    /// What the response must be.
    pub(crate) expect: Expectation,
    /// What is kept of it.
    pub(crate) captures: Vec<Capture>,
    /// How to remove what it creates.
    pub(crate) cleanup: Option<CleanupTemplate>,
    /// How it is repeated until its expectations are met.
    pub(crate) retry: Option<Retry>,
    /// Whether the flow goes on when it fails.
    pub(crate) goes_on: bool,
    /// What the request is for: where nothing but a refusal is expected it is wrong on purpose.
    pub(crate) purpose: Purpose,
}

/// How a step is repeated until its expectations are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Retry {
    /// The pause between two requests.
    pub(crate) every: Duration,
    /// How long after the first request the last one may start.
    pub(crate) within: Duration,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    #[serde(default)]
    name: Option<String>,
    #[serde(default, rename = "as")]
    identity: Option<Located<String>>,
    #[serde(default)]
    session: Option<Session>,
    #[serde(default)]
    redirects: Option<Node>,
    #[serde(default)]
    expect: Option<Node>,
    #[serde(default)]
    capture: Option<Node>,
    #[serde(default)]
    cleanup: Option<Node>,
    #[serde(default)]
    retry: Option<Located<RawRetry>>,
    #[serde(default, rename = "continue")]
    goes_on: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Session {
    Fresh,
    Shared,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawRetry {
    #[serde(default = "RawRetry::every")]
    every: Period,
    #[serde(default = "RawRetry::within")]
    within: Period,
}

impl RawRetry {
    fn every() -> Period {
        Period(Duration::from_millis(500))
    }

    fn within() -> Period {
        Period(Duration::from_secs(10))
    }
}

/// Reads the value of `flow:`.
///
/// # Errors
/// Everything that is wrong with every step.
pub(crate) fn parse_steps(
    node: &Node,
    scope: &ParseScope<'_>,
) -> Result<Vec<Step>, Vec<Diagnostic>> {
    let elements = match &node.value {
        Value::Sequence(elements) if !elements.is_empty() => elements,
        Value::Sequence(_) => {
            return Err(vec![
                Diagnostic::at(node.span.clone(), "a flow without a step")
                    .label("needs at least one step")
                    .help("Add one, as in `- get: /health`."),
            ]);
        }
        _ => {
            return Err(vec![
                Diagnostic::at(node.span.clone(), format!("this is {}", node.describe()))
                    .label("expected a list of steps")
                    .help("Begin every step with a dash, as in `- get: /health`."),
            ]);
        }
    };
    gather(elements.iter().map(|element| Step::parse(element, scope)))
}

impl Step {
    /// Reads one step.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn parse(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let (request, rest) = match RequestTemplate::take(node) {
            Ok(taken) => taken,
            Err(mut faults) => {
                faults.extend(slips(node, &faults));
                return Err(faults);
            }
        };
        let raw: Raw = rest.read_beside(&request_keys())?;
        let mut faults = Vec::new();
        if let Some(api) = &request.api {
            let known = scope.api(api.value.as_str(), &api.span);
            faults.extend(known.err());
        }
        let identity = keep(&mut faults, identity(raw.identity.as_ref(), scope));
        let expect = keep(
            &mut faults,
            optional(raw.expect.as_ref(), Expectation::parse),
        );
        let captures = keep(&mut faults, optional(raw.capture.as_ref(), parse_captures));
        let cleanup = keep(
            &mut faults,
            raw.cleanup
                .as_ref()
                .map(|node| CleanupTemplate::parse(node, scope))
                .transpose(),
        );
        let redirects = keep(
            &mut faults,
            raw.redirects.as_ref().map(redirects).transpose(),
        );
        let retry = keep(&mut faults, raw.retry.as_ref().map(retry).transpose());
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            name: raw.name.unwrap_or_else(|| request.name()),
            sharing: sharing(raw.session.as_ref(), identity.as_ref()),
            redirects: redirects.unwrap_or_else(|| default_redirects(&expect)),
            goes_on: raw.goes_on,
            purpose: purpose(&expect),
            request,
            identity,
            expect,
            captures,
            cleanup,
            retry,
        })
    }

    /// The longest it may take.
    pub(crate) fn worst(&self) -> Duration {
        let timeout = self
            .request
            .timeout
            .map_or(DEFAULT_TIMEOUT, |period| period.0);
        let repeated = self.retry.map_or(Duration::ZERO, |retry| retry.within);
        repeated.saturating_add(timeout)
    }

    /// Every template in it.
    pub(crate) fn templates(&self) -> Vec<Template> {
        let mut templates = self.templates_before();
        templates.extend(self.templates_after());
        templates
    }

    /// The templates that are resolved before its response is there.
    pub(crate) fn templates_before(&self) -> Vec<Template> {
        self.request.templates()
    }

    /// The templates that are resolved with what it captures.
    pub(crate) fn templates_after(&self) -> Vec<Template> {
        let mut templates = self.expect.templates();
        templates.extend(self.cleanup.iter().flat_map(CleanupTemplate::templates));
        templates
    }
}

/// Unknown keys of a step whose request cannot be read, so that all faults are told at once.
fn slips(node: &Node, told: &[Diagnostic]) -> Vec<Diagnostic> {
    let request = request_keys();
    let rest = node
        .entries()
        .iter()
        .filter(|(key, _)| !request.contains(&key.text.as_str()))
        .filter(|(key, _)| {
            told.iter()
                .all(|fault| fault.span.as_ref() != Some(&key.span))
        });
    let rest = Node::new(Value::Map(rest.cloned().collect()), node.span.clone());
    match node.value {
        Value::Map(_) => rest.read_beside::<Raw>(&request).err().unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn optional<T: Default>(
    node: Option<&Node>,
    read: fn(&Node) -> Result<T, Vec<Diagnostic>>,
) -> Result<T, Vec<Diagnostic>> {
    node.map(read).transpose().map(Option::unwrap_or_default)
}

fn identity(
    name: Option<&Located<String>>,
    scope: &ParseScope<'_>,
) -> Result<Option<IdentityName>, Vec<Diagnostic>> {
    match name {
        Some(name) => scope
            .identity(&name.value, &name.span)
            .map(Some)
            .map_err(|fault| vec![fault]),
        None => Ok(scope.identity.cloned()),
    }
}

/// An identity's session is everybody's; nobody's is the flow's own.
fn sharing(session: Option<&Session>, identity: Option<&IdentityName>) -> Sharing {
    match (session, identity) {
        (Some(Session::Shared), _) | (None, Some(_)) => Sharing::Shared,
        (Some(Session::Fresh), _) | (None, None) => Sharing::Fresh,
    }
}

fn purpose(expect: &Expectation) -> Purpose {
    match &expect.status {
        Some(status) if status.lists_only_errors() => Purpose::Negative,
        _ => Purpose::Normal,
    }
}

/// Redirects are followed as a browser does, unless one of them is what the step expects to see.
fn default_redirects(expect: &Expectation) -> u8 {
    if expect.status.as_ref().is_some_and(Status::lists_redirect) {
        0
    } else {
        FOLLOWED
    }
}

fn redirects(node: &Node) -> Result<u8, Vec<Diagnostic>> {
    if node.text() == Some("none") {
        return Ok(0);
    }
    node.read::<u8>()
        .ok()
        .filter(|followed| *followed <= 50)
        .ok_or_else(|| {
            vec![
                Diagnostic::at(node.span.clone(), "this is not a number of redirects")
                    .label("expected `none` or a number up to 50"),
            ]
        })
}

fn retry(raw: &Located<RawRetry>) -> Result<Retry, Vec<Diagnostic>> {
    let retry = Retry {
        every: raw.value.every.0,
        within: raw.value.within.0,
    };
    let label = if retry.within > LONGEST_RETRY {
        "`within` is 10m at most"
    } else if retry.every < SHORTEST_PAUSE {
        "`every` is 20ms at least"
    } else {
        return Ok(retry);
    };
    Err(vec![
        Diagnostic::at(raw.span.clone(), "this repeats too much").label(label),
    ])
}
