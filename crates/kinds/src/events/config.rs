//! What a check of events is told in the gate file.

use std::time::Duration;

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::de::gather;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::period::Period;
use tidegate_core::scope::BUILT_IN;
use tidegate_core::span::Span;
use tidegate_core::template::Template;

use super::contract::Source;
use super::incoming::Incoming;
use super::signature::Signature;
use crate::expect::Expectation;
use crate::flow::{Step, parse_steps, references};

/// What the portal is told when an event has arrived, unless the gate says otherwise: 204.
const REPLY: u16 = 204;
/// How long events are waited for unless the gate says otherwise.
const WITHIN: Duration = Duration::from_secs(10);
/// The longest that events are waited for.
const LONGEST: Duration = Duration::from_secs(300);

/// The value of `events:`.
pub(super) struct Config {
    /// What the portal must send.
    pub(super) outgoing: Option<Outgoing>,
    /// What others send to the portal.
    pub(super) incoming: Vec<Incoming>,
    /// The gate's OpenAPI document.
    pub(super) openapi: Option<Located<String>>,
}

/// What the portal must send, and what makes it do so.
pub(super) struct Outgoing {
    /// The port that the portal sends to.
    pub(super) port: Located<u16>,
    /// The status it is answered with.
    pub(super) reply: u16,
    /// The requests that make the portal send.
    pub(super) trigger: Vec<Step>,
    /// How long events are waited for after the last of them.
    pub(super) within: Duration,
    /// The events that must arrive.
    pub(super) expect: Vec<Expected>,
}

/// An event that must arrive.
pub(super) struct Expected {
    /// What reports call it.
    pub(super) name: String,
    /// The path it is sent to.
    pub(super) path: Option<String>,
    /// What it must look like.
    pub(super) contract: Option<Source>,
    /// What tells it from other events.
    pub(super) meant: Expectation,
    /// What must hold of it beside its contract.
    pub(super) held: Expectation,
    /// How it must be signed.
    pub(super) signature: Option<Signature>,
    /// Where it was written.
    pub(super) span: Span,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    #[serde(default)]
    outgoing: Option<Node>,
    #[serde(default)]
    incoming: Option<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawOutgoing {
    sink: Node,
    trigger: Node,
    #[serde(default)]
    within: Option<Located<Period>>,
    expect: Located<Vec<Node>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawSink {
    port: Located<u16>,
    #[serde(default)]
    reply: Option<Located<u16>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawExpected {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    path: Option<Located<String>>,
    #[serde(default)]
    schema: Option<Located<String>>,
    #[serde(default)]
    webhook: Option<Located<String>>,
    #[serde(default, rename = "where")]
    meant: Option<Node>,
    #[serde(default)]
    json: Option<Node>,
    #[serde(default)]
    headers: Option<Node>,
    #[serde(default)]
    signature: Option<Node>,
}

impl Config {
    /// Reads the value of `events:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn parse(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let raw: Raw = node.read()?;
        let mut faults = Vec::new();
        let outgoing = raw
            .outgoing
            .as_ref()
            .map(|node| Outgoing::parse(node, scope));
        let outgoing = outgoing.transpose().unwrap_or_else(|more| {
            faults.extend(more);
            None
        });
        let incoming = raw
            .incoming
            .as_ref()
            .map(|node| Incoming::parse_all(node, scope));
        let incoming = incoming.transpose().unwrap_or_else(|more| {
            faults.extend(more);
            None
        });
        if raw.outgoing.is_none() && raw.incoming.is_none() {
            faults.push(
                Diagnostic::at(node.span.clone(), "no events are named")
                    .label("needs `outgoing`, `incoming` or both")
                    .help(
                        "`outgoing` is what the portal sends, `incoming` what others send to it.",
                    ),
            );
        }
        if faults.is_empty() {
            Ok(Self {
                outgoing,
                incoming: incoming.unwrap_or_default(),
                openapi: scope.openapi.cloned(),
            })
        } else {
            Err(faults)
        }
    }
}

impl Outgoing {
    fn parse(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let raw: RawOutgoing = node.read()?;
        let trigger = parse_steps(&raw.trigger, scope)?;
        references::check(&trigger)?;
        if raw.expect.value.is_empty() {
            return Err(vec![
                Diagnostic::at(raw.expect.span, "no event is expected")
                    .label("needs at least one event")
                    .help("Say what must arrive, as in `- schema: schemas/record-created.json`."),
            ]);
        }
        let (port, reply) = sink(&raw.sink)?;
        let expected = raw.expect.value.iter();
        let outgoing = Self {
            port,
            reply,
            within: within(raw.within.as_ref())?,
            expect: gather(expected.map(|node| Expected::parse(node, scope)))?,
            trigger,
        };
        outgoing.check_references()?;
        Ok(outgoing)
    }

    fn check_references(&self) -> Result<(), Vec<Diagnostic>> {
        let captures = self.trigger.iter().flat_map(|step| &step.captures);
        let mut known = BUILT_IN.to_vec();
        known.extend(captures.map(|capture| capture.name.as_str()));
        let mut faults = Vec::new();
        for expected in &self.expect {
            references::unknown(&expected.templates(), &known, &mut faults);
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }
}

impl Expected {
    fn parse(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let raw: RawExpected = node.read()?;
        if let Some(path) = raw
            .path
            .as_ref()
            .filter(|path| !path.value.starts_with('/'))
        {
            return Err(vec![
                Diagnostic::at(path.span.clone(), format!("`{}` is not a path", path.value))
                    .label("expected a path that starts with `/`"),
            ]);
        }
        Ok(Self {
            name: raw.name.clone().unwrap_or_else(|| name(&raw)),
            path: raw.path.map(|path| path.value),
            contract: Source::parse(raw.schema, raw.webhook, scope)?,
            meant: expectation(&[("json", raw.meant.as_ref())], &node.span)?,
            held: expectation(
                &[
                    ("json", raw.json.as_ref()),
                    ("headers", raw.headers.as_ref()),
                ],
                &node.span,
            )?,
            signature: raw.signature.as_ref().map(Signature::parse).transpose()?,
            span: node.span.clone(),
        })
    }

    /// Every template in it.
    pub(super) fn templates(&self) -> Vec<Template> {
        let mut templates = self.meant.templates();
        templates.extend(self.held.templates());
        templates.extend(
            self.signature
                .iter()
                .map(|signature| signature.secret.clone()),
        );
        templates
    }
}

/// What reports call an event without a name.
fn name(raw: &RawExpected) -> String {
    let named = [&raw.webhook, &raw.path, &raw.schema];
    let named = named.into_iter().flatten().next();
    named.map_or_else(|| "the event".into(), |named| named.value.clone())
}

/// Assertions as an expectation of a response has them.
fn expectation(
    parts: &[(&str, Option<&Node>)],
    span: &Span,
) -> Result<Expectation, Vec<Diagnostic>> {
    let entries = parts.iter().filter_map(|(key, node)| {
        let node = (*node)?.clone();
        let key = Key {
            text: (*key).to_owned(),
            span: node.span.clone(),
        };
        Some((key, node))
    });
    Expectation::parse(&Node::new(Value::Map(entries.collect()), span.clone()))
}

/// A port, or a map with a port and the status of the reply.
fn sink(node: &Node) -> Result<(Located<u16>, u16), Vec<Diagnostic>> {
    let raw = match node.value {
        Value::Map(_) => node.read::<RawSink>()?,
        _ => RawSink {
            port: Located {
                value: node.read()?,
                span: node.span.clone(),
            },
            reply: None,
        },
    };
    if raw.port.value == 0 {
        return Err(vec![
            Diagnostic::at(raw.port.span, "the portal cannot send to just any port")
                .label("expected a port from 1 to 65535")
                .help(
                    "Choose one, such as 4010, and let the portal send to http://127.0.0.1:4010.",
                ),
        ]);
    }
    match raw.reply {
        Some(reply) if !(200..600).contains(&reply.value) => Err(vec![
            Diagnostic::at(reply.span, "this is no status of an answer")
                .label("expected a status from 200 to 599"),
        ]),
        reply => Ok((raw.port, reply.map_or(REPLY, |reply| reply.value))),
    }
}

fn within(raw: Option<&Located<Period>>) -> Result<Duration, Vec<Diagnostic>> {
    match raw {
        Some(within) if within.value.0 > LONGEST => Err(vec![
            Diagnostic::at(within.span.clone(), "this waits too long")
                .label("`within` is 5m at most"),
        ]),
        within => Ok(within.map_or(WITHIN, |within| within.value.0)),
    }
}
