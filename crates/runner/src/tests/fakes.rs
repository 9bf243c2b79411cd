//! Checks, observers, a client and gates made up for tests.

mod http;

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value as Json, json};
use tidegate_core::baseline::Baseline;
use tidegate_core::check::{
    Check, CheckError, CheckReport, Context, Forecast, Kind, Observer, ObserverContext,
    ObserverKind, ParseScope,
};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::event::{Event, Summary};
use tidegate_core::exchange::{Exchange, Observed};
use tidegate_core::finding::Finding;
use tidegate_core::gate::{
    Common, Credential, Entry, Environment, EnvironmentKind, Gate, Identity, ObserverEntry,
};
use tidegate_core::located::Located;
use tidegate_core::meta::{CodeInfo, Docs, Effort, Meta, Port, RetryClass, Severity};
use tidegate_core::name::CheckId;
use tidegate_core::node::Node;
use tidegate_core::ports::http::{Request, Response, Target, Timings};
use tidegate_core::ports::load::{Neighbour, Samples, Volume};
use tidegate_core::ports::volley::{Released, Way};
use tidegate_core::ports::{
    BoxFuture, HttpError, Load, Promise, Reply, Sink, SinkError, Sinks, Tasks, Variables, Volley,
};
use tidegate_core::result::CheckResult;
use tidegate_core::secret::Sensitive;
use tidegate_core::span::{Location, Source, Span};
use tidegate_core::template::Template;
use tidegate_testkit::machine::Shelf;

pub(crate) use self::http::FakeHttp;
use crate::{Cleaned, Connected, Options, Setup, Stop, Weakened};

pub(crate) const BROKEN: CodeInfo = CodeInfo::known(
    "fake/broken",
    Severity::High,
    Effort::Small,
    "it is broken",
    "Nobody can work.",
);

pub(crate) type Body =
    Arc<dyn Fn(Context) -> BoxFuture<'static, Result<CheckReport, CheckError>> + Send + Sync>;

/// A kind that reads nothing: its checks are made by hand.
struct FakeKind(Meta);

fn meta(always_run: bool) -> Meta {
    Meta {
        name: if always_run { "always" } else { "fake" }.into(),
        summary: "does what a test says".into(),
        docs: Docs::known(""),
        codes: Cow::Borrowed(const { &[BROKEN] }),
        always_run,
        retry: RetryClass::Allowed,
        ports: Cow::Borrowed(&[Port::Http, Port::Cleanup]),
    }
}

impl Kind for FakeKind {
    fn meta(&self) -> &Meta {
        &self.0
    }

    fn schema(&self) -> Json {
        json!({})
    }

    fn parse(&self, _: &Node, _: &ParseScope<'_>) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
        Err(Vec::new())
    }
}

/// What a check prepares.
pub(crate) type Preparation = Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

struct FakeCheck {
    forecast: Forecast,
    body: Body,
    preparation: Option<Preparation>,
}

impl Check for FakeCheck {
    fn forecast(&self) -> Forecast {
        self.forecast.clone()
    }

    fn prepare(&self, _: &Arc<dyn Tasks>) -> BoxFuture<'static, ()> {
        let preparation = self.preparation.as_ref();
        preparation.map_or_else(|| Box::pin(async {}) as _, |prepare| prepare())
    }

    fn run<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<CheckReport, CheckError>> {
        (self.body)(context.clone())
    }
}

pub(crate) fn span() -> Span {
    Span::new(Source::new("tidegate.yaml", "checks:\n  a: {}\n"), 10, 11)
}

pub(crate) fn location() -> Location {
    span().location()
}

pub(crate) fn body<F, R>(run: F) -> Body
where
    F: Fn(Context) -> R + Send + Sync + 'static,
    R: Future<Output = Result<CheckReport, CheckError>> + Send + 'static,
{
    Arc::new(move |context| Box::pin(run(context)))
}

pub(crate) fn passed() -> Result<CheckReport, CheckError> {
    Ok(CheckReport {
        evaluated: 1,
        ..CheckReport::default()
    })
}

pub(crate) fn broken(title: &str) -> Result<CheckReport, CheckError> {
    Ok(CheckReport {
        findings: vec![Finding::new(&BROKEN, location(), title)],
        evaluated: 1,
        ..CheckReport::default()
    })
}

/// A check that passes.
pub(crate) fn check(id: &str) -> Entry {
    check_that(id, body(|_| async { passed() }))
}

pub(crate) fn check_that(id: &str, body: Body) -> Entry {
    let forecast = Forecast {
        requests: 1,
        ..Forecast::default()
    };
    entry(id, false, forecast, body)
}

/// A check that ends only when it is cancelled.
pub(crate) fn endless(id: &str) -> Entry {
    check_that(id, body(|_| std::future::pending()))
}

pub(crate) fn entry(id: &str, always_run: bool, forecast: Forecast, body: Body) -> Entry {
    Entry {
        id: id.into(),
        kind: Arc::new(FakeKind(meta(always_run))),
        check: Arc::new(FakeCheck {
            forecast,
            body,
            preparation: None,
        }),
        common: Common::default(),
        span: span(),
    }
}

/// Gives a check another forecast.
pub(crate) fn forecasting(entry: Entry, forecast: Forecast) -> Entry {
    remade(entry, forecast, None)
}

/// Gives a check something to prepare.
pub(crate) fn preparing<F, R>(entry: Entry, prepare: F) -> Entry
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let forecast = entry.check.forecast();
    let preparation: Preparation = Arc::new(move || Box::pin(prepare()));
    remade(entry, forecast, Some(preparation))
}

fn remade(mut entry: Entry, forecast: Forecast, preparation: Option<Preparation>) -> Entry {
    let check = entry.check.clone();
    let run = body(move |context| {
        let check = check.clone();
        async move { check.run(&context).await }
    });
    entry.check = Arc::new(FakeCheck {
        forecast,
        body: run,
        preparation,
    });
    entry
}

pub(crate) fn needing(mut entry: Entry, needs: &[&str]) -> Entry {
    let need = |id: &&str| Located {
        value: CheckId::from(*id),
        span: span(),
    };
    entry.common.needs = needs.iter().map(need).collect();
    entry
}

/// An observer that judges by a closure.
pub(crate) struct FakeObserver<F>(pub(crate) F);

struct FakeObserverKind(Meta);

impl ObserverKind for FakeObserverKind {
    fn meta(&self) -> &Meta {
        &self.0
    }

    fn schema(&self) -> Json {
        json!({})
    }

    fn parse(
        &self,
        _: Option<&Node>,
        _: &tidegate_core::check::ObserverScope<'_>,
    ) -> Result<Option<Arc<dyn Observer>>, Vec<Diagnostic>> {
        Ok(None)
    }
}

impl<F: Fn(&Exchange) -> CheckReport + Send + Sync> Observer for FakeObserver<F> {
    fn begin(&self, context: &ObserverContext) -> Result<CheckReport, CheckError> {
        let note = format!("snapshots: {:?}", context.updating);
        context.snapshots.write("seen.json", b"{}").map_or_else(
            |error| Err(CheckError::new(error.to_string(), error.help())),
            |()| {
                Ok(CheckReport {
                    notes: vec![note],
                    ..CheckReport::default()
                })
            },
        )
    }

    fn observe(&self, exchange: &Observed<'_>) -> CheckReport {
        (self.0)(exchange)
    }
}

pub(crate) fn observer(
    name: &'static str,
    judge: impl Fn(&Exchange) -> CheckReport + Send + Sync + 'static,
) -> ObserverEntry {
    let meta = Meta {
        name: name.into(),
        ..meta(false)
    };
    ObserverEntry {
        kind: Arc::new(FakeObserverKind(meta)),
        observer: Arc::new(FakeObserver(judge)),
    }
}

/// Ports that no check here asks for.
struct Absent;

impl Sinks for Absent {
    fn listen(&self, port: u16, _: Reply) -> BoxFuture<'static, Result<Box<dyn Sink>, SinkError>> {
        let reason = "these tests have none".to_owned();
        Box::pin(async move { Err(SinkError { port, reason }) })
    }
}

impl Load for Absent {
    fn start(&self, _: Volume) -> BoxFuture<'static, Result<Box<dyn Samples>, HttpError>> {
        unreachable!("nothing here sends many requests")
    }

    fn beside(&self, _: Environment) -> Result<Neighbour, HttpError> {
        unreachable!("nothing here looks at another deploy")
    }
}

impl Volley for Absent {
    fn release(
        &self,
        _: Vec<Request>,
        _: &[Way],
    ) -> BoxFuture<'static, Result<Released, HttpError>> {
        unreachable!("nothing here releases requests together")
    }
}

pub(crate) fn gate(checks: Vec<Entry>) -> Gate {
    Gate {
        name: "acme".into(),
        file: "tidegate.yaml".into(),
        root: ".".into(),
        environment: Arc::new(Environment {
            name: "preview".into(),
            kind: EnvironmentKind::Preview,
            url: Located {
                value: "http://127.0.0.1:1".into(),
                span: span(),
            },
            headers: Vec::new(),
            apis: Vec::new(),
            start: None,
            certificate_authority: None,
            rate: None,
        }),
        identities: Vec::new(),
        checks,
        observers: Vec::new(),
        plugins: Vec::new(),
        openapi: None,
        learned: None,
        handover: None,
        protect: false,
        run_budget: None,
        levels: Default::default(),
        waivers: Vec::new(),
        warnings: Vec::new(),
        notes: Vec::new(),
        off: Vec::new(),
    }
}

pub(crate) fn identity(name: &str, token: &str) -> Identity {
    Identity {
        name: name.into(),
        role: None,
        tenant: None,
        credential: Credential::Bearer(Template::parse(token).unwrap()),
        lifetime: None,
        span: span(),
    }
}

pub(crate) fn response(status: u16) -> Response {
    Response {
        status,
        version: "HTTP/1.1".into(),
        headers: Vec::new(),
        body: Arc::from([]),
        truncated: false,
        url: "http://127.0.0.1:1/".into(),
        redirects: Vec::new(),
        refused_redirect: None,
        cookies: Vec::new(),
        timings: Timings::default(),
        elapsed: Duration::ZERO,
        authenticated: false,
    }
}

/// Variables of a test.
#[derive(Default)]
pub(crate) struct Set(HashMap<&'static str, &'static str>);

impl Variables for Set {
    fn get(&self, name: &str) -> Option<Sensitive> {
        self.0.get(name).map(|value| (*value).into())
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.0.keys().map(ToString::to_string).collect();
        names.sort();
        names
    }
}

/// A gate with everything around it, in a folder of its own.
pub(crate) struct Bench {
    pub(crate) gate: Gate,
    pub(crate) http: Arc<FakeHttp>,
    pub(crate) options: Options,
    pub(crate) variables: HashMap<&'static str, &'static str>,
    pub(crate) stop: Stop,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) state: PathBuf,
    pub(crate) baseline: Baseline,
    pub(crate) weakened: Weakened,
}

impl Bench {
    pub(crate) fn new(checks: Vec<Entry>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut gate = gate(checks);
        gate.root = folder.path().to_owned();
        Self {
            gate,
            http: FakeHttp::new(|_| Ok(response(200))),
            options: Options {
                seed: Some(1),
                all: true,
                ..Options::default()
            },
            variables: HashMap::new(),
            stop: Stop::new(),
            state: folder.path().join(".tidegate"),
            folder,
            baseline: Baseline::default(),
            weakened: Weakened::default(),
        }
    }

    pub(crate) fn environment(&mut self) -> &mut Environment {
        Arc::get_mut(&mut self.gate.environment).unwrap()
    }

    pub(crate) fn state(&self) -> &Path {
        &self.state
    }

    pub(crate) fn setup(&self) -> Setup {
        let variables = self.variables.clone();
        let http = self.http.clone();
        Setup {
            gate: self.gate.clone(),
            options: Options {
                stop: self.stop.clone(),
                ..self.options.clone()
            },
            files: Arc::new(Shelf::default()),
            repository: None,
            variables: Arc::new(Set(variables)),
            connect: Box::new(move |parts| {
                http.publish_to(parts.exchanges);
                Ok(Connected {
                    http,
                    sinks: Arc::new(Absent),
                    load: Arc::new(Absent),
                    volley: Arc::new(Absent),
                })
            }),
            baseline: self.baseline.clone(),
            weakened: self.weakened.clone(),
            snapshots: None,
            state: self.state.clone(),
        }
    }

    /// What a later `clean` does, which nobody stops.
    pub(crate) fn clean(&self) -> Cleaned {
        let mut setup = self.setup();
        setup.options.stop = Stop::new();
        crate::clean(setup).unwrap()
    }

    pub(crate) fn run(&self) -> Summary {
        self.run_with_events().0
    }

    pub(crate) fn run_with_events(&self) -> (Summary, Vec<Event>) {
        let mut events = Vec::new();
        let summary = crate::run(self.setup(), &mut |event| {
            events.push(event.clone());
        });
        (summary.unwrap(), events)
    }
}

/// The result of a check.
pub(crate) fn result<'s>(summary: &'s Summary, id: &str) -> &'s CheckResult {
    let mut results = summary.results.iter();
    results.find(|result| result.id.as_str() == id).unwrap()
}

/// The outcome of a check in one word.
pub(crate) fn outcome<'s>(summary: &'s Summary, id: &str) -> &'s str {
    result(summary, id).outcome.name()
}

/// A promise of a check, without a way to find what was created.
pub(crate) fn promise(context: &Context, marker: &str) -> Promise {
    Promise {
        check: context.check().clone(),
        identity: context.identity().cloned(),
        marker: marker.into(),
        created_by: "POST /things".into(),
        location: location(),
        recover: None,
    }
}

/// A request that removes something.
pub(crate) fn removal(context: &Context, path: &str) -> Request {
    let target = Target::Path {
        api: None,
        path: path.into(),
    };
    Request::new("DELETE", target, path, context.cause(&span()))
}
