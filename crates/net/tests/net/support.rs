//! A client with everything it needs, and an executor that knows nothing of tokio.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use serde_json::Value as Json;
use tidegate_core::exchange::Exchanges;
use tidegate_core::gate::{
    Api, CaptureSource, Credential, Environment, EnvironmentKind, Identity, Login, LoginStep,
};
use tidegate_core::located::Located;
use tidegate_core::name::{ApiName, IdentityName};
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::ports::http::{Cause, Request, Response, SessionId, Sharing, Target};
use tidegate_core::ports::{BoxFuture, Clock, Http, HttpError, LoginError, Random, Secrets};
use tidegate_core::redact::{MINIMUM, Redactor};
use tidegate_core::request::RequestTemplate;
use tidegate_core::secret::Sensitive;
use tidegate_core::span::{Location, Source, Span};
use tidegate_core::template::{Template, TemplateError};
use tidegate_net::{Client, Wiring};
use tidegate_testkit::machine::{Shelf, environment};

/// What the logins of these tests send.
pub(crate) const PASSWORD: &str = "correct-horse-battery";

/// Secrets, time and randomness of one test.
pub(crate) struct Machine {
    redactor: Redactor,
    secrets: HashMap<&'static str, String>,
    started: Instant,
    /// Milliseconds added to the time.
    ahead: AtomicU64,
    drawn: AtomicU64,
    held: Mutex<Option<Condition>>,
    slept: AtomicU64,
}

/// What a sleep waits for beside its time.
type Condition = Box<dyn FnMut() -> bool + Send>;

impl Machine {
    /// How often somebody slept.
    pub(crate) fn sleeps(&self) -> u64 {
        self.slept.load(Ordering::SeqCst)
    }

    /// Makes the next sleep end only when this holds, or after twenty seconds.
    pub(crate) fn hold_until(&self, condition: impl FnMut() -> bool + Send + 'static) {
        *self.held.lock().unwrap() = Some(Box::new(condition));
    }

    /// Moves both clocks on.
    pub(crate) fn advance(&self, length: Duration) {
        let length = u64::try_from(length.as_millis()).unwrap();
        self.ahead.fetch_add(length, Ordering::SeqCst);
    }
}

impl Secrets for Machine {
    fn reveal(&self, name: &str) -> Result<Sensitive, TemplateError> {
        let value = self.secrets.get(name);
        value
            .map(|value| value.as_str().into())
            .ok_or_else(|| TemplateError::SecretNotSet { name: name.into() })
    }

    fn learn(&self, name: &str, value: &str) {
        if value.len() >= MINIMUM {
            self.redactor.learn(name, value);
        }
    }

    fn redact(&self, text: &str) -> String {
        self.redactor.redact(text)
    }
}

impl Clock for Machine {
    fn wall(&self) -> jiff::Timestamp {
        // 2026-11-23, moved on by the same amount as the other clock.
        let start = jiff::Timestamp::from_second(1_795_392_000).unwrap();
        start + jiff::SignedDuration::try_from(self.monotonic()).unwrap()
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed() + Duration::from_millis(self.ahead.load(Ordering::SeqCst))
    }

    fn sleep_until(&self, instant: Duration) -> BoxFuture<'static, ()> {
        let length = instant.saturating_sub(self.monotonic());
        let held = self.held.lock().unwrap().take();
        self.slept.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            tokio::time::sleep(length).await;
            let Some(mut condition) = held else {
                return;
            };
            for _ in 0..20_000 {
                if condition() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
    }
}

impl Random for Machine {
    fn seed(&self) -> u64 {
        1
    }

    fn next(&self) -> u64 {
        self.drawn
            .fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst)
    }

    fn derive(&self, label: &str) -> u64 {
        label
            .bytes()
            .fold(7, |hash, byte| hash * 31 % 1_000_003 + u64::from(byte))
    }
}

/// A client and what it was wired to.
pub(crate) struct World {
    pub(crate) client: Client,
    pub(crate) machine: Arc<Machine>,
    pub(crate) exchanges: Arc<Exchanges>,
    _runtime: tokio::runtime::Runtime,
}

/// Puts a [`World`] together.
pub(crate) struct Builder {
    environment: Environment,
    identities: Vec<Identity>,
    files: Shelf,
}

impl World {
    /// A world whose environment is a local one at this address.
    pub(crate) fn at(url: &str) -> Self {
        Self::builder(url).build()
    }

    pub(crate) fn builder(url: &str) -> Builder {
        Builder {
            environment: environment(url),
            identities: Vec::new(),
            files: Shelf::default(),
        }
    }

    pub(crate) fn send(&self, request: Request) -> Result<Response, HttpError> {
        block_on(self.client.send(request))
    }

    pub(crate) fn get(&self, path: &str) -> Result<Response, HttpError> {
        self.send(get(path))
    }

    /// Opens the shared session of anna.
    pub(crate) fn anna(&self) -> SessionId {
        self.client
            .open_session(Some(&"anna".into()), Sharing::Shared)
    }

    /// A GET in a session.
    pub(crate) fn get_as(&self, session: SessionId, path: &str) -> Result<Response, HttpError> {
        self.send(Request {
            session: Some(session),
            ..get(path)
        })
    }

    /// A text as a report would show it.
    pub(crate) fn redacted(&self, text: &str) -> String {
        self.machine.redact(text)
    }

    /// Logs anna in and returns why that failed.
    pub(crate) fn login_error(&self) -> LoginError {
        match block_on(self.client.log_in(self.anna())) {
            Err(HttpError::Login(error)) => error,
            other => panic!("a login error was expected, got {other:?}"),
        }
    }
}

impl Builder {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.environment
            .headers
            .push((name.into(), template(value)));
        self
    }

    pub(crate) fn api(mut self, name: &str, url: &str, headers: &[(&str, &str)]) -> Self {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), template(value)));
        self.environment.apis.push(Api {
            name: ApiName::new(name),
            url: located(url.to_owned()),
            headers: headers.collect(),
        });
        self
    }

    pub(crate) fn production(mut self) -> Self {
        self.environment.kind = EnvironmentKind::Production;
        self.environment.rate = Some(100_000);
        self
    }

    pub(crate) fn rate(mut self, rate: u32) -> Self {
        self.environment.rate = Some(rate);
        self
    }

    pub(crate) fn authority(mut self, pem: &str) -> Self {
        self.environment.certificate_authority = Some("ca.pem".into());
        self.files = Shelf::with("ca.pem", pem);
        self
    }

    /// Declares anna.
    pub(crate) fn anna(mut self, credential: Credential) -> Self {
        self.identities.push(identity("anna", credential));
        self
    }

    pub(crate) fn lifetime(mut self, lifetime: Duration) -> Self {
        for identity in &mut self.identities {
            identity.lifetime = Some(lifetime);
        }
        self
    }

    pub(crate) fn try_build(self) -> Result<World, HttpError> {
        let redactor = Redactor::new();
        let secrets = HashMap::from([
            ("PASSWORD", PASSWORD.to_owned()),
            ("EMAIL", "anna@acme.example".to_owned()),
            ("API_KEY", "key-4711-0815".to_owned()),
            ("TOTP", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned()),
            ("BROKEN", "one\r\nx-evil: two".to_owned()),
        ]);
        for (name, value) in &secrets {
            redactor.learn(name, value);
        }
        let machine = Arc::new(Machine {
            redactor,
            secrets,
            started: Instant::now(),
            ahead: AtomicU64::new(0),
            drawn: AtomicU64::new(1),
            held: Mutex::default(),
            slept: AtomicU64::new(0),
        });
        let exchanges = Arc::new(Exchanges::default());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let client = Client::new(Wiring {
            environment: Arc::new(self.environment),
            identities: self.identities,
            files: Arc::new(self.files),
            secrets: machine.clone(),
            exchanges: exchanges.clone(),
            clock: machine.clone(),
            random: machine.clone(),
            runtime: runtime.handle().clone(),
            user_agent: "tidegate/test".into(),
        })?;
        Ok(World {
            client,
            machine,
            exchanges,
            _runtime: runtime,
        })
    }

    pub(crate) fn build(self) -> World {
        self.try_build().unwrap()
    }
}

/// Drives a future on this thread, without any runtime.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

pub(crate) fn cause() -> Cause {
    Cause {
        check: "a-check".into(),
        location: Location::line_of("tidegate.yaml", 7),
    }
}

pub(crate) fn get(path: &str) -> Request {
    Request::get(path, cause())
}

/// A request of a method and a whole address.
pub(crate) fn request(method: &str, url: &str) -> Request {
    Request::new(method, Target::Url(url.into()), url, cause())
}

pub(crate) fn template(text: &str) -> Template {
    Template::parse(text).unwrap()
}

pub(crate) fn located<T>(value: T) -> Located<T> {
    Located {
        value,
        span: span(),
    }
}

pub(crate) fn span() -> Span {
    let text = "version: 1\nidentities:\n  anna: {}\n";
    Span::new(Source::new("tidegate.yaml", text), 25, 29)
}

pub(crate) fn identity(name: &str, credential: Credential) -> Identity {
    Identity {
        name: IdentityName::new(name),
        role: None,
        tenant: None,
        credential,
        lifetime: None,
        span: span(),
    }
}

/// A login of these steps, each the keys of a request and, under `capture`, name and source.
pub(crate) fn login(steps: &[Json], bearer: Option<&str>) -> Login {
    Login {
        steps: steps.iter().map(step).collect(),
        bearer: bearer.map(|path| located(path.to_owned())),
        header: None,
        totp: None,
    }
}

/// The login most tests use: e-mail address and password as JSON, the token under `$.token`.
pub(crate) fn json_login() -> Credential {
    let body = serde_json::json!({ "email": "${EMAIL}", "password": "${PASSWORD}" });
    let step = serde_json::json!({ "post": "/login", "json": body });
    Credential::Login(login(&[step], Some("$.token")))
}

fn step(keys: &Json) -> LoginStep {
    let (request, rest) = RequestTemplate::take(&node(keys)).unwrap();
    let captures = rest.get("capture").map(Node::entries).unwrap_or_default();
    let capture = captures.iter().map(|(name, source)| {
        let (kind, value) = match source.entries() {
            [(kind, value)] => (kind.text.as_str(), value),
            _ => ("jsonpath", source),
        };
        let text = value.text().unwrap().to_owned();
        let source = match kind {
            "regex" => CaptureSource::Regex(text),
            "header" => CaptureSource::Header(text),
            "cookie" => CaptureSource::Cookie(text),
            _ => CaptureSource::JsonPath(text),
        };
        (name.text.clone(), located(source))
    });
    LoginStep {
        request,
        capture: capture.collect(),
    }
}

fn node(value: &Json) -> Node {
    let value = match value {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Integer(number.as_i64().unwrap()),
        Json::String(text) => Value::String(text.clone()),
        Json::Array(values) => Value::Sequence(values.iter().map(node).collect()),
        Json::Object(fields) => Value::Map(
            fields
                .iter()
                .map(|(name, value)| {
                    let key = Key {
                        text: name.clone(),
                        span: span(),
                    };
                    (key, node(value))
                })
                .collect(),
        ),
    };
    Node::new(value, span())
}
