//! Gate files and contexts around one check of a plugin.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value as Json;
use tidegate_core::check::{Check, Context, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::elsewhere::Elsewhere;
use tidegate_core::exchange::Exchanges;
use tidegate_core::gate::{Common, Entry, Environment, EnvironmentKind, Gate, Start};
use tidegate_core::located::Located;
use tidegate_core::name::{CheckId, IdentityName};
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::plugin::{Grant, Limits, Plugin, Source};
use tidegate_core::ports::http::Request;
use tidegate_core::ports::load::{Load, Neighbour, Samples, Volume};
use tidegate_core::ports::volley::{Released, Volley, Way};
use tidegate_core::ports::{
    BoxFuture, Cleanup, Command, Completed, HttpError, Ports, ProcessError, Processes, Promise,
    Reply, Running, Sink, SinkError, Sinks, State, StateError, Ticket, Variables,
};
use tidegate_core::scope::Values;
use tidegate_core::secret::Sensitive;
use tidegate_core::span::{self, Span};

use super::{FakeFiles, FakeHttp, FakeSecrets, Fixed, Threads};

/// Reads JSON as a gate file would be, with spans good enough to tell lines apart.
pub(crate) fn node(text: &str) -> Node {
    let json: Json = serde_json::from_str(text).expect("the JSON of a test");
    let source = span::Source::new("tidegate.yaml", text);
    Reader { source, at: 0 }.node(&json)
}

/// Finds each value where it stands, in the order of the text.
struct Reader {
    source: Arc<span::Source>,
    at: usize,
}

impl Reader {
    fn span(&mut self, text: &str) -> Span {
        let found = self.source.text()[self.at..].find(text);
        let start = found.map_or(self.at, |found| self.at + found);
        let end = found.map_or(start, |_| start + text.len());
        self.at = end;
        Span::new(self.source.clone(), start, end)
    }

    fn node(&mut self, json: &Json) -> Node {
        let start = self.at;
        let value = match json {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(*value),
            Json::Number(number) => number
                .as_i64()
                .map_or_else(|| Value::Float(number.as_f64().unwrap()), Value::Integer),
            // What a variable stands for is told from other text by its beginning.
            Json::String(text) => match text.strip_prefix("substituted:") {
                Some(text) => Value::Substituted(text.to_owned()),
                None => Value::String(text.clone()),
            },
            Json::Array(elements) => {
                Value::Sequence(elements.iter().map(|element| self.node(element)).collect())
            }
            Json::Object(entries) => {
                Value::Map(entries.iter().map(|one| self.entry(one)).collect())
            }
        };
        let span = match json {
            Json::Array(_) | Json::Object(_) | Json::Null => {
                Span::new(self.source.clone(), start, self.at)
            }
            Json::String(text) => self.span(text),
            other => self.span(&other.to_string()),
        };
        Node::new(value, span)
    }

    fn entry(&mut self, (key, value): (&String, &Json)) -> (Key, Node) {
        let span = self.span(key);
        let key = Key {
            text: key.clone(),
            span,
        };
        (key, self.node(value))
    }
}

/// What is around a check of a plugin, each part of which a test may change.
pub(crate) struct Surroundings {
    pub(crate) grant: Grant,
    pub(crate) limits: Limits,
    pub(crate) environment: EnvironmentKind,
    pub(crate) identity: Option<IdentityName>,
    pub(crate) files: Arc<FakeFiles>,
    pub(crate) exchanges: Arc<Exchanges>,
    pub(crate) declared: bool,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            grant: Grant::default(),
            limits: Limits::default(),
            environment: EnvironmentKind::Preview,
            identity: Some("anna".into()),
            files: FakeFiles::new(&[]),
            exchanges: Arc::default(),
            declared: true,
        }
    }
}

/// The gate file around the check: line 3 declares the plugin, line 6 the check.
const GATE: &str =
    "version: 1\nplugins:\n  invoice-totals:\n    path: totals.wasm\nchecks:\n  totals:\n";

fn span_of(text: &str) -> Span {
    let start = GATE.rfind(text).unwrap();
    Span::new(
        span::Source::new("tidegate.yaml", GATE),
        start,
        start + text.len(),
    )
}

impl Surroundings {
    /// Reads a check of the plugin.
    pub(crate) fn parse(
        &self,
        kind: &dyn Kind,
        config: &str,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        let plugin = Plugin {
            name: "invoice-totals".to_owned(),
            span: span_of("invoice-totals"),
            source: Source::File(Located {
                value: "totals.wasm".to_owned(),
                span: span_of("totals.wasm"),
            }),
            grant: self.grant.clone(),
            limits: self.limits,
        };
        let plugins = [Arc::new(plugin)];
        let scope = ParseScope {
            id: &CheckId::from("totals"),
            span: &span_of("totals"),
            identities: &["anna".into(), "boris".into()],
            people: &[],
            apis: &[],
            environment: self.environment,
            identity: self.identity.as_ref(),
            openapi: None,
            plugins: if self.declared { &plugins } else { &[] },
            elsewhere: &Nowhere,
            applies: true,
        };
        kind.parse(&node(config), &scope)
    }

    /// The context of an attempt.
    pub(crate) fn context(
        &self,
        kind: Arc<dyn Kind>,
        check: Arc<dyn Check>,
        http: Arc<FakeHttp>,
    ) -> Context {
        let span = span_of("totals");
        let identity = self.identity.clone().map(|value| Located {
            value,
            span: span.clone(),
        });
        let entry = Entry {
            id: "totals".into(),
            kind,
            check,
            common: Common {
                identity,
                ..Common::default()
            },
            span: span.clone(),
        };
        let values = Values::draw(&Fixed, &Fixed, &"totals".into(), 1);
        let ports = Ports {
            http,
            repository: None,
            files: self.files.clone(),
            clock: Arc::new(Fixed),
            random: Arc::new(Fixed),
            tasks: Arc::new(Threads),
            processes: Arc::new(Nowhere),
            cleanup: Arc::new(Nowhere),
            state: Arc::new(Nowhere),
            secrets: FakeSecrets::new(),
            exchanges: self.exchanges.clone(),
            variables: Arc::new(Nowhere),
            sinks: Arc::new(Nowhere),
            load: Arc::new(Nowhere),
            volley: Arc::new(Nowhere),
        };
        Context::new(&entry, &gate(self.environment, span), values, ports)
    }
}

fn gate(kind: EnvironmentKind, span: Span) -> Gate {
    Gate {
        name: "acme".into(),
        file: PathBuf::from("tidegate.yaml"),
        root: PathBuf::from("."),
        environment: Arc::new(Environment {
            name: "preview".into(),
            kind,
            url: Located {
                value: "http://127.0.0.1/".into(),
                span,
            },
            headers: Vec::new(),
            apis: Vec::new(),
            start: None,
            certificate_authority: None,
            rate: None,
        }),
        identities: Vec::new(),
        checks: Vec::new(),
        observers: Vec::new(),
        plugins: Vec::new(),
        openapi: None,
        learned: None,
        handover: None,
        protect: false,
        run_budget: None,
        levels: BTreeMap::default(),
        waivers: Vec::new(),
        warnings: Vec::new(),
        notes: Vec::new(),
        off: Vec::new(),
    }
}

/// Every port that no plugin uses, and places that are not there.
#[derive(Debug, Clone, Copy)]
struct Nowhere;

const UNUSED: &str = "no plugin uses this port";

impl Elsewhere for Nowhere {
    fn here(&self) -> Option<&Located<String>> {
        None
    }

    fn environment(&self, _: &Located<String>) -> Result<Environment, Vec<Diagnostic>> {
        Err(vec![Diagnostic::new(UNUSED)])
    }

    fn described(&self, _: &str, _: &Node) -> Result<Environment, Vec<Diagnostic>> {
        Err(vec![Diagnostic::new(UNUSED)])
    }

    fn program(&self, _: &Node, _: &[&str]) -> Result<Start, Vec<Diagnostic>> {
        Err(vec![Diagnostic::new(UNUSED)])
    }
}

impl Processes for Nowhere {
    fn run(
        &self,
        _: Command,
        _: std::time::Duration,
    ) -> BoxFuture<'static, Result<Completed, ProcessError>> {
        unreachable!("{UNUSED}")
    }

    fn start(&self, _: Command) -> BoxFuture<'static, Result<Box<dyn Running>, ProcessError>> {
        unreachable!("{UNUSED}")
    }
}

impl Cleanup for Nowhere {
    fn promise(&self, _: Promise) -> Ticket {
        unreachable!("{UNUSED}")
    }

    fn fulfil(&self, _: Ticket, _: Request) {
        unreachable!("{UNUSED}")
    }

    fn release(&self, _: Ticket) {
        unreachable!("{UNUSED}")
    }
}

impl State for Nowhere {
    fn read(&self, _: &str) -> Result<Option<Vec<u8>>, StateError> {
        unreachable!("{UNUSED}")
    }

    fn write(&self, _: &str, _: &[u8]) -> Result<(), StateError> {
        unreachable!("{UNUSED}")
    }
}

impl Sinks for Nowhere {
    fn listen(&self, _: u16, _: Reply) -> BoxFuture<'static, Result<Box<dyn Sink>, SinkError>> {
        unreachable!("{UNUSED}")
    }
}

impl Load for Nowhere {
    fn start(&self, _: Volume) -> BoxFuture<'static, Result<Box<dyn Samples>, HttpError>> {
        unreachable!("{UNUSED}")
    }

    fn beside(&self, _: Environment) -> Result<Neighbour, HttpError> {
        unreachable!("{UNUSED}")
    }
}

impl Volley for Nowhere {
    fn release(
        &self,
        _: Vec<Request>,
        _: &[Way],
    ) -> BoxFuture<'static, Result<Released, HttpError>> {
        unreachable!("{UNUSED}")
    }
}

impl Variables for Nowhere {
    fn get(&self, _: &str) -> Option<Sensitive> {
        None
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}
