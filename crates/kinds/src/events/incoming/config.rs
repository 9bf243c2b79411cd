//! Incoming events as the gate file has them.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value as Json, json};
use tidegate_core::check::ParseScope;
use tidegate_core::de::gather;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::period::Period;
use tidegate_core::request::schema::{one_method, properties};
use tidegate_core::request::{BodyTemplate, METHOD_KEYS};
use tidegate_core::span::Span;

use super::once::Once;
use crate::events::contract::Source;
use crate::events::payload::{self, Payload};
use crate::events::refusals;
use crate::events::signature::{self, Message, Signature};
use crate::expect::{self, Expectation};
use crate::flow::{self, Step, references};

/// How long the portal may take to accept an event, unless the gate says otherwise: senders do not
/// wait longer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The keys of this kind alone.
const OWN: &[&str] = &["schema", "payload", "signature", "refuse", "once"];

/// The keys that an incoming event shares with a step of a flow, beside the method.
const SHARED: &[&str] = &[
    "on", "query", "headers", "json", "timeout", "name", "as", "expect", "capture", "cleanup",
];

/// An address that others send events to.
pub(in crate::events) struct Incoming {
    /// The request, with what is done about what it creates.
    pub(in crate::events) step: Step,
    /// What its content must be.
    pub(in crate::events) contract: Option<Source>,
    /// What is sent.
    pub(in crate::events) payload: Payload,
    /// How it is signed.
    pub(in crate::events) signature: Option<Signature>,
    /// Whether what breaks the contract must be refused.
    pub(in crate::events) refuse: bool,
    /// Where it is read how often events counted.
    pub(in crate::events) once: Option<Once>,
    /// What the answer to a wrong event must be.
    pub(in crate::events) refusal: Expectation,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    #[serde(default)]
    schema: Option<Located<String>>,
    #[serde(default)]
    payload: Option<Node>,
    #[serde(default)]
    signature: Option<Node>,
    #[serde(default)]
    refuse: bool,
    #[serde(default)]
    once: Option<Node>,
}

impl Incoming {
    /// Reads the value of `incoming:`.
    ///
    /// # Errors
    /// Everything that is wrong with every entry.
    pub(in crate::events) fn parse_all(
        node: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Vec<Self>, Vec<Diagnostic>> {
        let entries: Located<Vec<Node>> = node.read()?;
        if entries.value.is_empty() {
            return Err(vec![
                Diagnostic::at(node.span.clone(), "no incoming event is named")
                    .label("needs at least one")
                    .help("Add one, as in `- post: /api/webhooks/payments`."),
            ]);
        }
        gather(entries.value.iter().map(|entry| Self::parse(entry, scope)))
    }

    fn parse(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let (own, rest) = split(node)?;
        let raw: Raw = own.read()?;
        // Events come from other services, which have no login.
        let nobody = ParseScope {
            identity: None,
            ..*scope
        };
        let mut step = Step::parse(&rest, &nobody)?;
        references::check(std::slice::from_ref(&step))?;
        if step.expect.status.is_none() {
            step.expect.status = expecting("2xx", &node.span)?.status;
        }
        // A redirect leads to a page for people, often the login.
        step.redirects = 0;
        step.request.timeout.get_or_insert(Period(TIMEOUT));
        let payload = payload(&step, raw.payload.as_ref(), &step.request.span)?;
        Ok(Self {
            payload,
            contract: Source::parse(raw.schema, None, scope)?,
            signature: raw.signature.as_ref().map(Signature::parse).transpose()?,
            refuse: raw.refuse,
            once: raw
                .once
                .as_ref()
                .map(|once| Once::parse(once, scope))
                .transpose()?,
            refusal: expecting("4xx", &node.span)?,
            step,
        })
    }

    /// The headers that sign a message as they should.
    pub(in crate::events) fn sign(
        &self,
        key: &str,
        message: &Message<'_>,
    ) -> Vec<(String, String)> {
        let signature = self.signature.as_ref();
        signature.map_or_else(Vec::new, |signature| signature.sign(key, message))
    }

    /// Whether something is sent that must be refused.
    pub(in crate::events) fn demands_refusals(&self) -> bool {
        self.refuse || self.signature.is_some()
    }

    /// How many events are sent at most; what reads whether one counted is no event.
    pub(in crate::events) fn most_requests(&self) -> usize {
        let signed = self.signature.as_ref().map_or(0, refusals::signed_wrongly);
        let broken = if self.refuse { payload::MUTATIONS } else { 0 };
        let again = if self.once.is_some() { 2 } else { 0 };
        self.payload.most() + signed + broken + again
    }
}

/// The keys of this kind, and those of a step.
fn split(node: &Node) -> Result<(Node, Node), Vec<Diagnostic>> {
    let of = |entries: Vec<(Key, Node)>| Node::new(Value::Map(entries), node.span.clone());
    let known: Vec<&str> = [OWN, METHOD_KEYS, SHARED].concat();
    let faults: Vec<Diagnostic> = node
        .entries()
        .iter()
        .filter(|(key, _)| !known.contains(&key.text.as_str()))
        .map(|(key, _)| Diagnostic::unknown(key.span.clone(), "key", &key.text, &known))
        .collect();
    if !faults.is_empty() {
        return Err(faults);
    }
    if !matches!(node.value, Value::Map(_)) {
        return Ok((of(Vec::new()), node.clone()));
    }
    let is_own = |(key, _): &(Key, Node)| OWN.contains(&key.text.as_str());
    let (own, rest) = node.entries().iter().cloned().partition(is_own);
    Ok((of(own), of(rest)))
}

fn payload(step: &Step, files: Option<&Node>, span: &Span) -> Result<Payload, Vec<Diagnostic>> {
    let fault = |span: &Span, message: &str, label: &str| {
        Err(vec![
            Diagnostic::at(span.clone(), message.to_owned())
                .label(label.to_owned())
                .help("Name a file with `payload: fixtures/payment.json`, or write the event under `json:`."),
        ])
    };
    match (&step.request.body, files) {
        (BodyTemplate::Json(json), None) => Ok(Payload::Inline(json.clone())),
        (BodyTemplate::Json(_), Some(files)) => fault(
            &files.span,
            "two contents for one event",
            "keep either `payload` or `json`",
        ),
        (_, Some(files)) => Ok(Payload::Files(files.read_each()?)),
        (_, None) => fault(
            span,
            "nothing says what is sent here",
            "needs `payload` or `json`",
        ),
    }
}

fn expecting(status: &str, span: &Span) -> Result<Expectation, Vec<Diagnostic>> {
    Expectation::parse(&Node::new(Value::String(status.to_owned()), span.clone()))
}

/// The schema of `once:`.
fn once() -> Json {
    let mut request = properties();
    request.retain(|key, _| ["get", "on", "query", "headers", "timeout"].contains(&key.as_str()));
    request.insert(
        "as".to_owned(),
        json!({ "type": "string", "description": "The identity that reads it; the check's own when absent." }),
    );
    request.insert(
        "value".to_owned(),
        json!({ "type": "string", "description": "The JSONPath of what changes when an event counts." }),
    );
    json!({
        "description": "Where it is read that an event counted: a right one is sent twice, and must count once.",
        "type": "object",
        "additionalProperties": false,
        "required": ["get", "value"],
        "properties": request,
    })
}

/// The schema of `incoming:`.
pub(in crate::events) fn schema() -> Json {
    let mut entry = properties();
    entry.retain(|key, _| METHOD_KEYS.contains(&key.as_str()) || SHARED.contains(&key.as_str()));
    let more = [
        (
            "name",
            json!({ "type": "string", "description": "What reports call it." }),
        ),
        (
            "as",
            json!({ "type": "string", "description": "The identity that sends it; nobody when absent." }),
        ),
        ("expect", expect::schema::expectation()),
        ("capture", expect::schema::captures()),
        ("cleanup", flow::schema::cleanup()),
        (
            "schema",
            json!({
                "type": "string",
                "description": "A file with the JSON Schema of the event, and behind `#` the part of it; the body that the OpenAPI document declares when absent.",
            }),
        ),
        (
            "payload",
            json!({
                "description": "Files with examples of the event: a path, a glob or a list of those.",
                "anyOf": [
                    { "type": "string" },
                    { "type": "array", "minItems": 1, "items": { "type": "string" } },
                ],
            }),
        ),
        (
            "signature",
            signature::schema(
                "How the sender signs the event. Events without a valid signature must be refused.",
            ),
        ),
        (
            "refuse",
            json!({
                "type": "boolean",
                "description": "Whether events that break the contract must be refused; they are sent once the right ones were accepted.",
            }),
        ),
    ];
    entry.insert("once".to_owned(), once());
    entry.extend(more.map(|(key, schema)| (key.to_owned(), schema)));
    json!({
        "description": "Events that others send to the portal.",
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "additionalProperties": false,
            "properties": entry,
            "oneOf": one_method(),
        },
    })
}
