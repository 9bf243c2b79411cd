//! Fakes of the ports, and gate files as texts, for the tests of this crate.

use std::collections::VecDeque;
use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::Duration;

use tidegate_core::check::{Check, CheckError, CheckReport, Context, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::exchange::Exchanges;
use tidegate_core::gate::{Api, Common, Entry, Environment, EnvironmentKind, Gate};
use tidegate_core::located::Located;
use tidegate_core::name::{ApiName, CheckId, IdentityName};
use tidegate_core::ports::http::{
    Cookie, Credentials, Http, HttpError, Request, Response, SessionId, Sharing, Timings,
};
use tidegate_core::ports::load::{Neighbour, Samples, Volume};
use tidegate_core::ports::volley::{Released, Way};
use tidegate_core::ports::{
    BoxFuture, Cleanup, Clock, Command, Completed, Files, Load, Ports, ProcessError, Processes,
    Promise, Random, Reply, Running, Secrets, Sink, SinkError, Sinks, State, StateError, Tasks,
    Ticket, Variables, Volley,
};
use tidegate_core::scope::Values;
use tidegate_core::secret::Sensitive;
use tidegate_core::span::{Source, Span};
use tidegate_core::template::TemplateError;

mod cases;
mod load;
mod nodes;
mod nowhere;
mod observed;
mod portal;

pub(crate) use crate::fake_files::FakeFiles;

pub(crate) use cases::{busy, each_code_has_a_case};
pub(crate) use load::{Bench, FakeLoad, Reached, Served, VirtualClock, served, timed_out};
pub(crate) use nodes::{examples, node, placed};
pub(crate) use nowhere::Nowhere;
pub(crate) use observed::{environment, exchange};
pub(crate) use portal::{Asked, FakePortal, LoggingIn, Trial, Tried, api, person};

/// Drives a future whose fakes are always ready.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut task = TaskContext::from_waker(Waker::noop());
    for _ in 0..10_000 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut task) {
            return output;
        }
    }
    panic!("a fake was not ready");
}

/// An answer of the fake portal.
pub(crate) fn answer(status: u16, body: impl Into<String>) -> Result<Response, HttpError> {
    let body = body.into();
    let kind = if body.starts_with(['{', '[']) {
        "application/json"
    } else {
        "text/html"
    };
    Ok(Response {
        status,
        version: "HTTP/1.1".into(),
        headers: vec![("content-type".into(), kind.into())],
        body: body.into_bytes().into(),
        truncated: false,
        url: "http://127.0.0.1/".into(),
        redirects: Vec::new(),
        refused_redirect: None,
        cookies: Vec::new(),
        timings: Timings::default(),
        elapsed: Duration::from_millis(5),
        authenticated: true,
    })
}

/// A portal whose answers are decided before, or by a closure.
pub(crate) struct FakeHttp {
    answers: Mutex<VecDeque<Result<Response, HttpError>>>,
    /// Everything that was sent.
    pub(crate) requests: Mutex<Vec<Request>>,
    /// The sessions that were opened.
    pub(crate) sessions: Mutex<Vec<(Option<IdentityName>, Sharing)>>,
    /// What the jar of every session holds.
    pub(crate) jar: Mutex<Vec<Cookie>>,
}

impl Http for FakeHttp {
    fn open_session(&self, identity: Option<&IdentityName>, sharing: Sharing) -> SessionId {
        let mut sessions = self.sessions.lock().unwrap();
        sessions.push((identity.cloned(), sharing));
        SessionId(sessions.len() as u64)
    }

    fn log_in(&self, _: SessionId) -> BoxFuture<'static, Result<(), HttpError>> {
        Box::pin(async { Ok(()) })
    }

    fn forget_login(&self, _: SessionId) {}

    fn cookies(&self, _: SessionId) -> Vec<Cookie> {
        self.jar.lock().unwrap().clone()
    }

    fn credentials(&self, _: SessionId) -> BoxFuture<'static, Result<Credentials, HttpError>> {
        unreachable!("nothing here copies credentials")
    }

    fn plant(&self, _: SessionId, _: Vec<Cookie>) {
        unreachable!("nothing here plants cookies")
    }

    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        self.requests.lock().unwrap().push(request);
        let answer = self.answers.lock().unwrap().pop_front();
        Box::pin(async move { answer.expect("one more answer of the fake portal") })
    }
}

/// What became of a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kept {
    Open,
    Fulfilled(String),
    Released,
}

/// Remembers promises instead of keeping them.
#[derive(Default)]
pub(crate) struct FakeCleanup {
    pub(crate) promises: Mutex<Vec<(Promise, Kept)>>,
}

impl FakeCleanup {
    /// What became of each promise, in order.
    pub(crate) fn kept(&self) -> Vec<Kept> {
        let promises = self.promises.lock().unwrap();
        promises.iter().map(|(_, kept)| kept.clone()).collect()
    }
}

/// The path of a request.
pub(crate) fn path(request: &Request) -> String {
    match &request.target {
        tidegate_core::ports::http::Target::Path { path, .. } => path.expose().to_owned(),
        tidegate_core::ports::http::Target::Url(url)
        | tidegate_core::ports::http::Target::Granted { url, .. } => url.expose().to_owned(),
        tidegate_core::ports::http::Target::Provider(url) => (*url).to_owned(),
    }
}

impl Cleanup for FakeCleanup {
    fn promise(&self, promise: Promise) -> Ticket {
        let mut promises = self.promises.lock().unwrap();
        promises.push((promise, Kept::Open));
        Ticket(promises.len() as u64 - 1)
    }

    fn fulfil(&self, ticket: Ticket, request: Request) {
        let with = format!("{} {}", request.method, path(&request));
        self.promises.lock().unwrap()[ticket.0 as usize].1 = Kept::Fulfilled(with);
    }

    fn release(&self, ticket: Ticket) {
        self.promises.lock().unwrap()[ticket.0 as usize].1 = Kept::Released;
    }
}

/// A clock that is always there already.
#[derive(Default)]
struct FakeClock(Arc<Mutex<Duration>>);

impl Clock for FakeClock {
    fn wall(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }

    fn monotonic(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn sleep_until(&self, instant: Duration) -> BoxFuture<'static, ()> {
        let now = self.0.clone();
        Box::pin(async move { *now.lock().unwrap() = instant })
    }
}

/// Everything a flow does not ask for, and a secret named `KEY`.
pub(crate) struct Bare;

impl Random for Bare {
    fn seed(&self) -> u64 {
        7
    }

    fn next(&self) -> u64 {
        7
    }

    fn derive(&self, _: &str) -> u64 {
        0x00c0_ffee
    }
}

impl Tasks for Bare {
    fn spawn(&self, _: BoxFuture<'static, ()>) {}

    fn spawn_blocking(&self, task: Box<dyn FnOnce() + Send>) {
        task();
    }
}

impl Processes for Bare {
    fn run(&self, _: Command, _: Duration) -> BoxFuture<'static, Result<Completed, ProcessError>> {
        unreachable!("no test of a flow starts a program")
    }

    fn start(&self, _: Command) -> BoxFuture<'static, Result<Box<dyn Running>, ProcessError>> {
        unreachable!("no test of a flow starts a program")
    }
}

impl State for Bare {
    fn read(&self, _: &str) -> Result<Option<Vec<u8>>, StateError> {
        Ok(None)
    }

    fn write(&self, _: &str, _: &[u8]) -> Result<(), StateError> {
        Ok(())
    }
}

impl Sinks for Bare {
    fn listen(&self, port: u16, _: Reply) -> BoxFuture<'static, Result<Box<dyn Sink>, SinkError>> {
        let reason = "these tests have none".to_owned();
        Box::pin(async move { Err(SinkError { port, reason }) })
    }
}

impl Load for Bare {
    fn start(&self, _: Volume) -> BoxFuture<'static, Result<Box<dyn Samples>, HttpError>> {
        unreachable!("nothing here sends many requests")
    }

    fn beside(&self, _: Environment) -> Result<Neighbour, HttpError> {
        unreachable!("nothing here looks at another deploy")
    }
}

impl Volley for Bare {
    fn release(
        &self,
        _: Vec<Request>,
        _: &[Way],
    ) -> BoxFuture<'static, Result<Released, HttpError>> {
        unreachable!("nothing here releases requests together")
    }
}

impl Variables for Bare {
    fn get(&self, _: &str) -> Option<Sensitive> {
        None
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Secrets for Bare {
    fn reveal(&self, name: &str) -> Result<Sensitive, TemplateError> {
        match name {
            "KEY" => Ok("s3cret-value".into()),
            _ => Err(TemplateError::SecretNotSet { name: name.into() }),
        }
    }

    fn learn(&self, _: &str, _: &str) {}

    fn redact(&self, text: &str) -> String {
        text.into()
    }
}

/// Reads a flow as `as: anna` in a gate with anna, boris and the api `db`.
pub(crate) fn parse(flow: &str) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
    parse_as(flow, Some("anna"))
}

/// Reads a flow as somebody.
pub(crate) fn parse_as(flow: &str, who: Option<&str>) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
    let config = node(flow);
    let id = CheckId::from("journey");
    let identity = who.map(IdentityName::from);
    crate::flow::kind().parse(
        &config,
        &ParseScope {
            id: &id,
            span: &config.span,
            identities: &["anna".into(), "boris".into()],
            people: &[],
            apis: &[ApiName::from("db")],
            environment: EnvironmentKind::Preview,
            identity: identity.as_ref(),
            openapi: None,
            plugins: &[],
            elsewhere: &Nowhere,
            applies: true,
        },
    )
}

/// A flow that was run against the fake portal.
pub(crate) struct Ran {
    pub(crate) report: Result<CheckReport, CheckError>,
    pub(crate) http: Arc<FakeHttp>,
    pub(crate) cleanup: Arc<FakeCleanup>,
}

impl Ran {
    /// The codes that were found, in order.
    pub(crate) fn codes(&self) -> Vec<&str> {
        let report = self.report.as_ref().unwrap();
        report
            .findings
            .iter()
            .map(|finding| finding.code.as_str())
            .collect()
    }
}

/// Runs a flow as anna against answers in the order they are asked for.
pub(crate) fn run(flow: &str, answers: Vec<Result<Response, HttpError>>) -> Ran {
    run_check(
        parse(flow).unwrap(),
        answers,
        Vec::new(),
        EnvironmentKind::Preview,
    )
}

/// Runs a check against answers, with cookies in the jar.
pub(crate) fn run_check(
    check: Arc<dyn Check>,
    answers: Vec<Result<Response, HttpError>>,
    jar: Vec<Cookie>,
    kind: EnvironmentKind,
) -> Ran {
    let http = Arc::new(FakeHttp {
        answers: Mutex::new(answers.into()),
        requests: Mutex::default(),
        sessions: Mutex::default(),
        jar: Mutex::new(jar),
    });
    let cleanup = Arc::new(FakeCleanup::default());
    let context = context(check.clone(), kind, http.clone(), cleanup.clone());
    let report = block_on(check.run(&context));
    Ran {
        report,
        http,
        cleanup,
    }
}

/// Lends the context of a check whose answers are these.
pub(crate) fn with_context(
    answers: Vec<Result<Response, HttpError>>,
    look: impl FnOnce(&Context, &FakeHttp),
) {
    let http = Arc::new(FakeHttp {
        answers: Mutex::new(answers.into()),
        requests: Mutex::default(),
        sessions: Mutex::default(),
        jar: Mutex::default(),
    });
    let check = parse("[{ get: /records }]").unwrap();
    let cleanup = Arc::new(FakeCleanup::default());
    look(
        &context(check, EnvironmentKind::Preview, http.clone(), cleanup),
        &http,
    );
}

/// The context of a check whose answers come from a fake portal.
pub(crate) fn context(
    check: Arc<dyn Check>,
    kind: EnvironmentKind,
    http: Arc<dyn Http>,
    cleanup: Arc<FakeCleanup>,
) -> Context {
    context_with(check, kind, http, cleanup, FakeFiles::new(&[]))
}

/// The same with files.
pub(crate) fn context_with(
    check: Arc<dyn Check>,
    kind: EnvironmentKind,
    http: Arc<dyn Http>,
    cleanup: Arc<FakeCleanup>,
    files: Arc<dyn Files>,
) -> Context {
    context_beside(check, kind, http, cleanup, files, &[], None)
}

/// The same beside apis, as somebody.
pub(crate) fn context_beside(
    check: Arc<dyn Check>,
    kind: EnvironmentKind,
    http: Arc<dyn Http>,
    cleanup: Arc<FakeCleanup>,
    files: Arc<dyn Files>,
    apis: &[Api],
    who: Option<IdentityName>,
) -> Context {
    let source = Source::new("tidegate.yaml", "checks:\n  journey:\n");
    let span = Span::new(source, 10, 17);
    let identity = who.map(|value| Located {
        value,
        span: span.clone(),
    });
    let entry = Entry {
        id: "journey".into(),
        kind: crate::flow::kind(),
        check,
        common: Common {
            identity,
            ..Common::default()
        },
        span: span.clone(),
    };
    let mut gate = gate(kind, span);
    Arc::make_mut(&mut gate.environment).apis = apis.to_vec();
    let values = Values::draw(&Bare, &FakeClock::default(), &"journey".into(), 1);
    let ports = Ports {
        files,
        ..ports(http, cleanup)
    };
    Context::new(&entry, &gate, values, ports)
}

/// Ports of which only these two do something.
pub(crate) fn ports(http: Arc<dyn Http>, cleanup: Arc<FakeCleanup>) -> Ports {
    Ports {
        http,
        repository: None,
        files: FakeFiles::new(&[]),
        clock: Arc::new(FakeClock::default()),
        random: Arc::new(Bare),
        tasks: Arc::new(Bare),
        processes: Arc::new(Bare),
        cleanup,
        state: Arc::new(Bare),
        secrets: Arc::new(Bare),
        exchanges: Arc::new(Exchanges::default()),
        variables: Arc::new(Bare),
        sinks: Arc::new(Bare),
        load: Arc::new(Bare),
        volley: Arc::new(Bare),
    }
}

/// A gate without checks for an environment at 127.0.0.1.
pub(crate) fn gate(kind: EnvironmentKind, span: Span) -> Gate {
    Gate {
        name: "acme".into(),
        file: PathBuf::from("tidegate.yaml"),
        root: PathBuf::from("."),
        environment: Arc::new(Environment {
            name: "preview".into(),
            kind,
            url: Located {
                value: "http://127.0.0.1".into(),
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
        levels: std::collections::BTreeMap::default(),
        waivers: Vec::new(),
        warnings: Vec::new(),
        notes: Vec::new(),
        off: Vec::new(),
    }
}
