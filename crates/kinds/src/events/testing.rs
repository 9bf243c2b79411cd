//! A portal that sends and receives events, and the project it belongs to.

use std::collections::BTreeMap;
use std::hash::{Hash as _, Hasher as _};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value as Json;
use tidegate_core::check::{Check, CheckError, CheckReport, Context, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::{Common, Entry, Environment, EnvironmentKind};
use tidegate_core::located::Located;
use tidegate_core::name::{CheckId, IdentityName};
use tidegate_core::ports::http::{
    Body, Cookie, Credentials, Http, HttpError, Purpose, Request, Response, SessionId, Sharing,
};
use tidegate_core::ports::{
    BoxFuture, Files, FilesError, FoundFile, Overlooked, Random, Received, Reply, Sink, SinkError,
    Sinks,
};
use tidegate_core::scope::Values;
use tidegate_core::span::{Source, Span};

use super::signature::Signature;
use crate::testing::{FakeCleanup, answer, block_on, gate, node, path, ports};

/// The key that tests sign with: what the fake secret `KEY` is.
pub(super) const KEY: &str = "s3cret-value";

/// The contract that tests agree on.
pub(super) const CONTRACT: &str = r#"{
  "type": "object",
  "required": ["id", "amount"],
  "properties": {
    "id": { "type": "string" },
    "amount": { "type": "integer" },
    "note": { "type": "string" }
  }
}"#;

/// How the tests' events are signed.
pub(super) const SIGNED: &str = "{ secret: '${KEY}', header: x-sig, timestamp: x-time }";

/// What a portal answers to a request.
type Answers = dyn Fn(&Sent) -> u16 + Send + Sync;

/// A request as the portal sees it.
pub(super) struct Sent {
    pub(super) path: String,
    pub(super) purpose: Purpose,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Sent {
    fn of(request: &Request) -> Self {
        let headers = request.headers.iter();
        Self {
            path: path(request),
            purpose: request.purpose,
            headers: headers
                .map(|(name, value)| (name.to_ascii_lowercase(), value.expose().to_owned()))
                .collect(),
            body: match &request.body {
                Body::Text(text) | Body::Json(text) => text.expose().to_owned(),
                _ => String::new(),
            },
        }
    }

    /// Whether it is signed as [`SIGNED`] says, whenever that was.
    pub(super) fn is_signed(&self) -> bool {
        let signature = Signature::parse(&node(SIGNED)).unwrap();
        let header = |name: &str| {
            let found = self.headers.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone())
        };
        signature.verify(KEY, &header, self.body.as_bytes()).is_ok()
    }

    /// Whether it was signed at the time of the test, which is 1970.
    pub(super) fn is_fresh(&self) -> bool {
        self.headers
            .iter()
            .any(|(name, value)| name == "x-time" && value == "0")
    }

    /// Whether it fits [`CONTRACT`].
    pub(super) fn fits(&self) -> bool {
        let json: Json = serde_json::from_str(&self.body).unwrap();
        json["id"].is_string() && json["amount"].is_i64()
    }
}

/// A project and its portal.
pub(super) struct World {
    pub(super) files: BTreeMap<String, String>,
    pub(super) answers: Box<Answers>,
    /// What its answers hold, by what was sent so far.
    pub(super) shown: fn(&[Sent]) -> String,
    /// What the portal sends when it is first asked for something.
    pub(super) sends: Vec<Received>,
    pub(super) overlooked: Overlooked,
    pub(super) url: String,
    pub(super) kind: EnvironmentKind,
    pub(super) port_taken: bool,
}

impl Default for World {
    fn default() -> Self {
        let files = [("event.json", CONTRACT), ("openapi.yaml", OPENAPI)];
        Self {
            files: files
                .map(|(path, text)| (path.to_owned(), text.to_owned()))
                .into(),
            answers: Box::new(|_| 201),
            shown: |_| r#"{"id":"r1"}"#.to_owned(),
            sends: Vec::new(),
            overlooked: Overlooked::default(),
            url: "http://127.0.0.1:8080".into(),
            kind: EnvironmentKind::Preview,
            port_taken: false,
        }
    }
}

const OPENAPI: &str = r"
openapi: 3.1.0
info: { title: Portal, version: '1' }
paths:
  /hooks/payments:
    post:
      requestBody:
        content: { application/json: { schema: { $ref: '#/components/schemas/Event' } } }
      responses: { '202': { description: accepted } }
webhooks:
  recordCreated:
    post:
      requestBody:
        content: { application/json: { schema: { $ref: '#/components/schemas/Event' } } }
      responses: { '2XX': { description: received } }
  empty:
    post:
      responses: { '2XX': { description: received } }
components:
  schemas:
    Event:
      type: object
      required: [id, amount]
      properties: { id: { type: string }, amount: { type: integer } }
";

/// An event as the portal sends it, signed as [`SIGNED`] says.
pub(super) fn event(body: &str) -> Received {
    let signature = Signature::parse(&node(SIGNED)).unwrap();
    let message = super::signature::Message {
        body: body.as_bytes(),
        seconds: 0,
        id: "",
    };
    let mut headers = signature.sign(KEY, &message);
    headers.push(("content-type".into(), "application/json".into()));
    Received {
        method: "POST".into(),
        path: "/hooks?token=abc".into(),
        headers,
        body: body.as_bytes().into(),
        truncated: false,
    }
}

/// What came of a check.
pub(super) struct Ran {
    pub(super) report: Result<CheckReport, CheckError>,
    pub(super) sent: Vec<Sent>,
    pub(super) cleanup: Arc<FakeCleanup>,
}

impl Ran {
    /// The codes that were found, in order.
    pub(super) fn codes(&self) -> Vec<&str> {
        let findings = &self.report.as_ref().unwrap().findings;
        findings
            .iter()
            .map(|finding| finding.code.as_str())
            .collect()
    }
}

/// Reads a check as `as: anna` of a gate with an OpenAPI document.
pub(super) fn parse(config: &str) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
    parse_with(config, Some("openapi.yaml"))
}

/// Reads a check of a gate with or without an OpenAPI document.
pub(super) fn parse_with(
    config: &str,
    openapi: Option<&str>,
) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
    let config = node(config);
    let (id, anna) = (CheckId::from("events"), IdentityName::from("anna"));
    let openapi = openapi.map(|path| Located {
        value: path.to_owned(),
        span: config.span.clone(),
    });
    super::kind().parse(
        &config,
        &ParseScope {
            id: &id,
            span: &config.span,
            identities: std::slice::from_ref(&anna),
            people: &[],
            apis: &[],
            environment: EnvironmentKind::Preview,
            identity: Some(&anna),
            openapi: openapi.as_ref(),
            plugins: &[],
            elsewhere: &crate::testing::Nowhere,
            applies: true,
        },
    )
}

impl World {
    /// The same with one more file.
    pub(super) fn file(mut self, path: &str, text: &str) -> Self {
        self.files.insert(path.into(), text.into());
        self
    }

    /// The same with a portal that sends these.
    pub(super) fn sending(mut self, events: &[&str]) -> Self {
        self.sends = events.iter().map(|body| event(body)).collect();
        self
    }

    /// The same with a portal that answers so.
    pub(super) fn answering(
        mut self,
        answers: impl Fn(&Sent) -> u16 + Send + Sync + 'static,
    ) -> Self {
        self.answers = Box::new(answers);
        self
    }

    /// Runs a check in it.
    pub(super) fn run(self, config: &str) -> Ran {
        let check = parse(config).unwrap_or_else(|faults| panic!("{faults:?}"));
        self.run_check(check)
    }

    /// Runs a check that was read.
    pub(super) fn run_check(self, check: Arc<dyn Check>) -> Ran {
        let (kind, url) = (self.kind, self.url.clone());
        let stage = Arc::new(Stage {
            world: self,
            sent: Mutex::default(),
            received: Arc::default(),
        });
        let cleanup = Arc::new(FakeCleanup::default());
        let context = context(check.clone(), &stage, &cleanup, kind, url);
        let report = block_on(check.run(&context));
        let sent = std::mem::take(&mut *stage.sent.lock().unwrap());
        Ran {
            report,
            sent,
            cleanup,
        }
    }
}

fn context(
    check: Arc<dyn Check>,
    stage: &Arc<Stage>,
    cleanup: &Arc<FakeCleanup>,
    kind: EnvironmentKind,
    url: String,
) -> Context {
    let span = Span::new(Source::new("tidegate.yaml", "checks:\n  events:\n"), 10, 16);
    let entry = Entry {
        id: "events".into(),
        kind: super::kind(),
        check,
        common: Common::default(),
        span: span.clone(),
    };
    let mut gate = gate(kind, span.clone());
    let mut environment = Environment::clone(&gate.environment);
    environment.url = Located { value: url, span };
    gate.environment = Arc::new(environment);
    let mut ports = ports(stage.clone(), cleanup.clone());
    ports.files = stage.clone();
    ports.sinks = stage.clone();
    ports.random = stage.clone();
    let values = Values::draw(&**stage, &*ports.clock, &"events".into(), 1);
    Context::new(&entry, &gate, values, ports)
}

struct Stage {
    world: World,
    sent: Mutex<Vec<Sent>>,
    received: Arc<Mutex<Vec<Arc<Received>>>>,
}

impl Random for Stage {
    fn seed(&self) -> u64 {
        7
    }

    fn next(&self) -> u64 {
        7
    }

    fn derive(&self, what: &str) -> u64 {
        let mut hasher = std::hash::DefaultHasher::new();
        what.hash(&mut hasher);
        hasher.finish()
    }
}

impl Http for Stage {
    fn open_session(&self, _: Option<&IdentityName>, _: Sharing) -> SessionId {
        SessionId(1)
    }

    fn log_in(&self, _: SessionId) -> BoxFuture<'static, Result<(), HttpError>> {
        Box::pin(async { Ok(()) })
    }

    fn forget_login(&self, _: SessionId) {}

    fn cookies(&self, _: SessionId) -> Vec<Cookie> {
        Vec::new()
    }

    fn credentials(&self, _: SessionId) -> BoxFuture<'static, Result<Credentials, HttpError>> {
        unreachable!("nothing here copies credentials")
    }

    fn plant(&self, _: SessionId, _: Vec<Cookie>) {
        unreachable!("nothing here plants cookies")
    }

    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        let sent = Sent::of(&request);
        let status = (self.world.answers)(&sent);
        let mut all = self.sent.lock().unwrap();
        if all.is_empty() {
            let events = self.world.sends.iter().cloned().map(Arc::new);
            self.received.lock().unwrap().extend(events);
        }
        all.push(sent);
        let shown = (self.world.shown)(&all);
        let answer = match status {
            0 => Err(HttpError::Broken {
                phase: "while reading the head",
                reason: "reset".into(),
            }),
            status => answer(status, &shown),
        };
        Box::pin(async move { answer })
    }
}

impl Files for Stage {
    fn read(&self, path: &str, _: usize) -> Result<Vec<u8>, FilesError> {
        let found = self.world.files.get(path);
        let found = found.map(|text| text.clone().into_bytes());
        found.ok_or_else(|| FilesError::Missing { path: path.into() })
    }

    fn list(&self, globs: &[String]) -> Result<Vec<String>, FilesError> {
        let globs = globs
            .iter()
            .map(|glob| globset::Glob::new(glob).unwrap().compile_matcher());
        let globs: Vec<_> = globs.collect();
        let fits = |path: &&String| globs.iter().any(|glob| glob.is_match(path));
        Ok(self.world.files.keys().filter(fits).cloned().collect())
    }

    fn walk(
        &self,
        _: &str,
        _: &mut dyn FnMut(Result<FoundFile, FilesError>) -> std::ops::ControlFlow<()>,
    ) -> Result<(), FilesError> {
        Ok(())
    }

    fn open(&self, path: &str) -> Result<Box<dyn std::io::Read + Send>, FilesError> {
        Err(FilesError::Missing { path: path.into() })
    }

    fn modified(&self, _: &str) -> Result<Option<Duration>, FilesError> {
        Ok(None)
    }
}

impl Sinks for Stage {
    fn listen(&self, port: u16, _: Reply) -> BoxFuture<'static, Result<Box<dyn Sink>, SinkError>> {
        let opened = if self.world.port_taken {
            let reason = "address in use".to_owned();
            Err(SinkError { port, reason })
        } else {
            Ok(Box::new(FakeSink {
                received: self.received.clone(),
                overlooked: self.world.overlooked,
            }) as Box<dyn Sink>)
        };
        Box::pin(async move { opened })
    }
}

struct FakeSink {
    received: Arc<Mutex<Vec<Arc<Received>>>>,
    overlooked: Overlooked,
}

impl Sink for FakeSink {
    fn url(&self) -> String {
        "http://127.0.0.1:4010".into()
    }

    fn received(&self) -> Vec<Arc<Received>> {
        self.received.lock().unwrap().clone()
    }

    fn overlooked(&self) -> Overlooked {
        self.overlooked
    }

    fn wait(&self, _: usize, _: Duration) -> BoxFuture<'static, Vec<Arc<Received>>> {
        let received = self.received();
        Box::pin(async move { received })
    }
}
