//! What the new deploy is compared with.

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::{Environment, EnvironmentKind, Start};
use tidegate_core::located::Located;
use tidegate_core::node::{Node, Value};
use tidegate_core::request::RequestTemplate;
use tidegate_core::scope::BUILT_IN;
use tidegate_core::template::Template;
use url::Url;

use crate::attack::plain;
use crate::flow::references;
use crate::timed_routes;

/// The value that the command and the environment of a started program may use.
pub(super) const PORT: &str = "port";

/// The name by which errors call a place that has none in the gate file.
pub(super) const NAME: &str = "old";

/// What the new deploy is compared with.
pub(super) enum Old {
    /// A deploy that runs somewhere.
    Place(Box<Environment>),
    /// A program that is started beside the candidate.
    Program(Box<Start>),
    /// What an earlier run stored; the control is a route that should not change.
    Reference(Box<RequestTemplate>),
    /// It is not read, because `when:` keeps the check out of this environment.
    Absent,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawPlace {
    #[serde(rename = "url")]
    _url: Node,
    #[serde(default, rename = "kind")]
    _kind: Option<Node>,
    #[serde(default, rename = "headers")]
    _headers: Option<Node>,
    #[serde(default, rename = "ca")]
    _ca: Option<Node>,
    #[serde(default, rename = "rate")]
    _rate: Option<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawProgram {
    start: Node,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawReference {
    reference: Located<bool>,
    control: Node,
}

impl Old {
    /// Reads the value of `old:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn parse(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        if let Some(name) = node.text() {
            let name = Located {
                value: name.to_owned(),
                span: node.span.clone(),
            };
            return place(scope, node, || scope.elsewhere.environment(&name));
        }
        let has = |key: &str| node.get(key).is_some();
        let given: Vec<&str> = ["url", "start", "reference"]
            .into_iter()
            .filter(|key| has(key))
            .collect();
        match (&node.value, given.as_slice()) {
            (Value::Map(_), ["url"]) => {
                let _: RawPlace = node.read()?;
                place(scope, node, || scope.elsewhere.described(NAME, node))
            }
            (Value::Map(_), ["start"]) => {
                let raw: RawProgram = node.read()?;
                let start = scope.elsewhere.program(&raw.start, &[PORT])?;
                uses_port(&start, &raw.start)?;
                Ok(Self::Program(Box::new(start)))
            }
            (Value::Map(_), ["reference"]) => reference(&node.read()?, scope),
            _ => Err(vec![
                Diagnostic::at(node.span.clone(), "this does not say what to compare with")
                    .label("expected one of four things")
                    .help("Name another environment (`old: production`), an address (`old: { url: \"${OLD_URL}\" }`), a program to start (`old: { start: { command: …, ready: { get: /health } } }`) or what an earlier run stored (`old: { reference: true, control: { get: /health } }`)."),
            ]),
        }
    }

    /// What sort of place it is, when it is known.
    pub(super) fn kind(&self) -> Option<EnvironmentKind> {
        match self {
            Self::Place(environment) => Some(environment.kind),
            Self::Program(_) => Some(EnvironmentKind::Local),
            Self::Reference(_) | Self::Absent => None,
        }
    }

    /// Whom it asks beside the candidate, for the plan.
    pub(super) fn asked(&self) -> Option<String> {
        match self {
            Self::Place(old) => {
                let what = format!("the old deploy at {} how long it takes", old.url.value);
                Some(what)
            }
            _ => None,
        }
    }

    /// Every template in it.
    pub(super) fn templates(&self) -> Vec<Template> {
        match self {
            Self::Place(old) => old.headers.iter().map(|(_, value)| value.clone()).collect(),
            Self::Program(start) => {
                let mut templates = start.ready.templates();
                templates.push(start.command.value.clone());
                templates.extend(start.environment.iter().map(|(_, value)| value.clone()));
                templates
            }
            Self::Reference(control) => control.templates(),
            Self::Absent => Vec::new(),
        }
    }
}

/// A place that runs, unless it is where the new deploy is.
fn place(
    scope: &ParseScope<'_>,
    node: &Node,
    read: impl FnOnce() -> Result<Environment, Vec<Diagnostic>>,
) -> Result<Old, Vec<Diagnostic>> {
    if !scope.applies {
        return Ok(Old::Absent);
    }
    let old = read()?;
    let here = scope.elsewhere.here();
    if here.is_some_and(|here| same_origin(&here.value, &old.url.value)) {
        return Err(vec![
            Diagnostic::at(node.span.clone(), "the old and the new deploy have the same address")
                .label(format!("both are {}", old.url.value))
                .help("Compared with itself a deploy is never slower. Give the address that the old one still has, or start it beside the new one: `old: { start: … }`."),
        ]);
    }
    Ok(Old::Place(Box::new(old)))
}

/// Whether both addresses have the same scheme, host and port (RFC 6454, 4).
pub(super) fn same_origin(one: &str, other: &str) -> bool {
    match (Url::parse(one), Url::parse(other)) {
        (Ok(one), Ok(other)) => one.origin() == other.origin(),
        _ => one == other,
    }
}

/// A program that does not learn its port cannot listen on it.
fn uses_port(start: &Start, node: &Node) -> Result<(), Vec<Diagnostic>> {
    let in_environment = start.environment.iter().map(|(_, value)| value);
    let mut all = std::iter::once(&start.command.value).chain(in_environment);
    let named_so = start.environment.iter().any(|(name, _)| name == "PORT");
    if all.any(|template| template.values().any(|value| value == PORT)) || !named_so {
        return Ok(());
    }
    Err(vec![
        Diagnostic::at(node.span.clone(), "the old deploy would get a port of somebody else's")
            .label("expected `${port}`")
            .help("Tidegate chooses a free port: take `PORT` out, because it is set already, or write `PORT: \"${port}\"`."),
    ])
}

fn reference(raw: &RawReference, scope: &ParseScope<'_>) -> Result<Old, Vec<Diagnostic>> {
    if !raw.reference.value {
        return Err(vec![
            Diagnostic::at(
                raw.reference.span.clone(),
                "without a reference there is nothing to compare with",
            )
            .label("expected `true`"),
        ]);
    }
    let control = plain(&raw.control, scope)?;
    let mut faults = Vec::new();
    timed_routes::check(&control, false, scope, &mut faults);
    references::unknown(&control.templates(), BUILT_IN, &mut faults);
    if faults.is_empty() {
        Ok(Old::Reference(Box::new(control)))
    } else {
        Err(faults)
    }
}
