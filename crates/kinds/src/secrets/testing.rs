//! A project folder, a repository with a base and a head, a site and a context for the tests of this
//! kind.

mod revisions;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;

use tempfile::TempDir;
use tidegate_core::check::{Check, CheckError, CheckReport, Context, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::exchange::Exchanges;
use tidegate_core::finding::Finding;
use tidegate_core::gate::{Common, Entry, Environment, EnvironmentKind, Gate};
use tidegate_core::located::Located;
use tidegate_core::name::{CheckId, IdentityName};
use tidegate_core::ports::http::{
    Cookie, Credentials, Http, HttpError, Request, Response, SessionId, Sharing, Target,
};
use tidegate_core::ports::{
    BoxFuture, Clock, Files, FilesError, FoundFile, Ports, Repository, Secrets, Tasks, Variables,
};
use tidegate_core::scope::Values;
use tidegate_core::secret::Sensitive;
use tidegate_core::span::Span;
use tidegate_core::template::TemplateError;

use crate::testing::{Bare, FakeCleanup, answer, node, path};
use revisions::Revisions;

/// The id of the commit that [`Bench::base`] is.
pub(crate) const BASE: &str = "ba5e000000000000000000000000000000000000";
/// The id of the commit that [`Bench::head`] is.
pub(crate) const HEAD: &str = "4ead000000000000000000000000000000000000";

const ORIGIN: &str = "http://127.0.0.1";

/// Everything that a run of the kind sees.
///
/// In every text `~` is left out, so that no key stands whole in this repository.
pub(crate) struct Bench {
    /// The working tree; the gate file stands in `folder` of it.
    pub(crate) files: TempDir,
    /// Where in the working tree the gate file stands; empty for its root.
    pub(crate) folder: String,
    /// The files of the revisions `main` and `origin/main`.
    pub(crate) base: BTreeMap<String, Vec<u8>>,
    /// The files of the revision `HEAD`, of the index and of the working tree.
    pub(crate) head: BTreeMap<String, Vec<u8>>,
    /// The process environment.
    pub(crate) variables: BTreeMap<String, String>,
    /// What the site answers by path, everything else with 404; nobody answers when there are none.
    pub(crate) pages: BTreeMap<String, Answer>,
    /// Whether there is a repository.
    pub(crate) repository: bool,
    /// Whether the clone does not reach back to where the head left the base.
    pub(crate) shallow: bool,
    /// What `--changed-since` says.
    pub(crate) changed_since: Option<String>,
    /// The salt of the baseline.
    pub(crate) salt: Option<String>,
    /// What sort of place the site is.
    pub(crate) environment: EnvironmentKind,
    /// What every provider answers, by status and body; nobody answers without.
    pub(crate) provider: Option<(u16, String)>,
    /// What providers were asked, and when.
    pub(crate) asked: Arc<Mutex<Vec<(Duration, Request)>>>,
}

/// What the site answers to a path.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) cookies: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Bench {
    /// An empty repository whose head is its base, and no site.
    pub(crate) fn new() -> Self {
        Self {
            files: tempfile::tempdir().unwrap(),
            folder: String::new(),
            base: BTreeMap::new(),
            head: BTreeMap::new(),
            variables: BTreeMap::new(),
            pages: BTreeMap::new(),
            repository: true,
            shallow: false,
            changed_since: None,
            salt: None,
            environment: EnvironmentKind::Preview,
            provider: None,
            asked: Arc::default(),
        }
    }

    /// A file of the base alone.
    pub(crate) fn base(mut self, path: &str, text: &str) -> Self {
        self.base.insert(path.into(), whole(text));
        self
    }

    /// A file of the head, in the working tree too.
    pub(crate) fn head(mut self, path: &str, text: &str) -> Self {
        self.head.insert(path.into(), whole(text));
        self.file(path, text)
    }

    /// A file that was there before and is as it was.
    pub(crate) fn both(self, path: &str, text: &str) -> Self {
        self.base(path, text).head(path, text)
    }

    /// A file that the repository does not know, such as build output.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        let path = self.files.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, whole(text)).unwrap();
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.into(), value.replace('~', ""));
        self
    }

    /// A page or a script of the site; the name of the path tells its content type.
    pub(crate) fn page(mut self, path: &str, body: &str) -> Self {
        let kind = match path.rsplit_once('.').map(|(_, ending)| ending) {
            Some("js") => "text/javascript",
            Some("css") => "text/css",
            Some("json" | "map") => "application/json",
            Some("env" | "txt") => "text/plain",
            _ => "text/html; charset=utf-8",
        };
        let answer = Answer {
            status: 200,
            headers: vec![("content-type".into(), kind.into())],
            cookies: Vec::new(),
            body: whole(body),
        };
        self.pages.insert(path.into(), answer);
        self
    }

    /// What a run of a config reports; the gate file holds what stands under `secrets:`. No value that
    /// was learnt may stand in it.
    pub(crate) fn run(&self, config: &str) -> CheckReport {
        match self.try_run(config) {
            Ok(report) => report,
            Err(error) => panic!("{error} {}", error.help),
        }
    }

    /// What a run of a config comes to.
    pub(crate) fn try_run(&self, config: &str) -> Result<CheckReport, Box<CheckError>> {
        let check = parse(config).unwrap();
        self.attempt(super::kind(), &check, node(config).span)
    }

    /// What a run of a check of any kind comes to.
    pub(crate) fn attempt(
        &self,
        kind: Arc<dyn Kind>,
        check: &Arc<dyn Check>,
        span: Span,
    ) -> Result<CheckReport, Box<CheckError>> {
        let entry = Entry {
            id: "no-new-secrets".into(),
            kind,
            check: check.clone(),
            common: Common::default(),
            span: span.clone(),
        };
        let learnt = Arc::new(Learnt::default());
        let gate = self.gate(&span);
        let values = Values::draw(&Bare, &Stopped::default(), &"no-new-secrets".into(), 1);
        let context = Context::new(&entry, &gate, values, self.ports(learnt.clone()))
            .changed_since(self.changed_since.clone())
            .salted(self.salt.clone());
        let report = wait_for(check.run(&context)).map_err(Box::new)?;
        learnt.assert_unseen(&report);
        Ok(report)
    }

    /// Each finding as `code file:line`, in order.
    pub(crate) fn found(&self, config: &str) -> Vec<String> {
        self.run(config).findings.iter().map(told).collect()
    }

    fn gate(&self, span: &Span) -> Gate {
        let root = self.files.path().join(&self.folder);
        Gate {
            name: "acme".into(),
            file: root.join("tidegate.yaml"),
            root,
            environment: Arc::new(Environment {
                name: "preview".into(),
                kind: self.environment,
                url: Located {
                    value: ORIGIN.into(),
                    span: span.clone(),
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

    fn ports(&self, learnt: Arc<Learnt>) -> Ports {
        let repository = Revisions {
            base: self.base.clone(),
            head: self.head.clone(),
            root: self.files.path().to_owned(),
            shallow: self.shallow,
        };
        let clock = Stopped::default();
        Ports {
            http: Arc::new(Site {
                pages: self.pages.clone(),
                provider: self.provider.clone(),
                asked: self.asked.clone(),
                clock: clock.clone(),
            }),
            repository: self
                .repository
                .then(|| Arc::new(repository) as Arc<dyn Repository>),
            files: Arc::new(Folder(self.files.path().join(&self.folder))),
            clock: Arc::new(clock),
            random: Arc::new(Bare),
            tasks: Arc::new(Threads),
            processes: Arc::new(Bare),
            cleanup: Arc::new(FakeCleanup::default()),
            state: Arc::new(Bare),
            secrets: learnt,
            exchanges: Arc::new(Exchanges::default()),
            variables: Arc::new(Process(self.variables.clone())),
            sinks: Arc::new(Bare),
            load: Arc::new(Bare),
            volley: Arc::new(Bare),
        }
    }
}

/// A finding as `code file:line`.
pub(crate) fn told(finding: &Finding) -> String {
    let place = &finding.location;
    format!("{} {}:{}", finding.code, place.file, place.line)
}

/// What a piece of evidence of a finding says.
pub(crate) fn evidence<'f>(finding: &'f Finding, label: &str) -> Option<&'f str> {
    let found = finding.evidence.iter().find(|one| one.label == label);
    found.map(|one| one.text.as_str())
}

/// What is wrong with a config.
pub(crate) fn faults(config: &str) -> Vec<Diagnostic> {
    parse(config).err().unwrap_or_default()
}

/// Reads a config.
pub(crate) fn parse(config: &str) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
    let config = node(config);
    super::kind().parse(
        &config,
        &ParseScope {
            id: &CheckId::from("no-new-secrets"),
            span: &config.span,
            identities: &[],
            people: &[],
            apis: &[],
            environment: EnvironmentKind::Preview,
            identity: None,
            openapi: None,
            plugins: &[],
            elsewhere: &crate::testing::Nowhere,
            applies: true,
        },
    )
}

fn whole(text: &str) -> Vec<u8> {
    text.replace('~', "").into_bytes()
}

/// Waits for a future whose work is done on other threads.
fn wait_for<T>(mut future: BoxFuture<'_, T>) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = std::task::Context::from_waker(&waker);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        std::thread::park();
    }
}

/// Runs blocking work on threads of the system.
struct Threads;

impl Tasks for Threads {
    fn spawn(&self, _: BoxFuture<'static, ()>) {
        unreachable!("the kind runs nothing in the background")
    }

    fn spawn_blocking(&self, task: Box<dyn FnOnce() + Send>) {
        std::thread::spawn(task);
    }
}

/// A clock that moves only when somebody waits for it.
#[derive(Clone, Default)]
struct Stopped(Arc<Mutex<Duration>>);

impl Clock for Stopped {
    fn wall(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }

    fn monotonic(&self) -> Duration {
        *self.0.lock().unwrap()
    }

    fn sleep_until(&self, instant: Duration) -> BoxFuture<'static, ()> {
        *self.0.lock().unwrap() = instant;
        Box::pin(async {})
    }
}

struct Process(BTreeMap<String, String>);

impl Variables for Process {
    fn get(&self, name: &str) -> Option<Sensitive> {
        self.0.get(name).map(|value| value.as_str().into())
    }

    fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}

/// The values that the redactor was taught.
#[derive(Default)]
struct Learnt(Mutex<Vec<String>>);

impl Learnt {
    fn assert_unseen(&self, report: &CheckReport) {
        let shown = format!("{report:?}");
        for value in &*self.0.lock().unwrap() {
            let seen = value.len() >= 12 && shown.contains(value.as_str());
            assert!(!seen, "the report shows the value {value}");
        }
    }
}

impl Secrets for Learnt {
    fn reveal(&self, name: &str) -> Result<Sensitive, TemplateError> {
        Err(TemplateError::SecretNotSet { name: name.into() })
    }

    fn learn(&self, _: &str, value: &str) {
        self.0.lock().unwrap().push(value.to_owned());
    }

    fn redact(&self, text: &str) -> String {
        text.to_owned()
    }
}

/// A site that answers by path, and providers who all answer the same.
struct Site {
    pages: BTreeMap<String, Answer>,
    provider: Option<(u16, String)>,
    asked: Arc<Mutex<Vec<(Duration, Request)>>>,
    clock: Stopped,
}

impl Http for Site {
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
        if let Target::Provider(origin) = request.target {
            let answered = self.provider.as_ref();
            let response = answered.map(|(status, body)| answer(*status, body));
            let now = self.clock.monotonic();
            self.asked.lock().unwrap().push((now, request));
            return Box::pin(async move { response.unwrap_or_else(|| Err(unreachable(origin))) });
        }
        let address = path(&request);
        let path = address.strip_prefix(ORIGIN).unwrap_or(&address).to_owned();
        let response = self.answer(&path, request.body_cap);
        Box::pin(async { response })
    }
}

impl Site {
    fn answer(&self, path: &str, cap: usize) -> Result<Response, HttpError> {
        if self.pages.is_empty() {
            return Err(unreachable(ORIGIN));
        }
        let mut response = answer(404, "no such page")?;
        response.url = format!("{ORIGIN}{path}");
        if let Some(page) = self.pages.get(path) {
            response.status = page.status;
            response.headers.clone_from(&page.headers);
            let cookies = page.cookies.iter().map(|(name, value)| Cookie {
                name: name.clone(),
                value: value.as_str().into(),
                attributes: Vec::new(),
            });
            response.cookies = cookies.collect();
            response.truncated = page.body.len() > cap;
            response.body = page.body[..page.body.len().min(cap)].into();
        }
        Ok(response)
    }
}

fn unreachable(origin: &str) -> HttpError {
    HttpError::Connect {
        origin: origin.into(),
        reason: "nobody listens".into(),
    }
}

/// Real files below a folder.
struct Folder(PathBuf);

impl Folder {
    fn path(&self, path: &str) -> Result<PathBuf, FilesError> {
        if Path::new(path).is_absolute() || path.split('/').any(|part| part == "..") {
            return Err(FilesError::Outside { path: path.into() });
        }
        Ok(self.0.join(path))
    }

    fn collect(&self, folder: &Path, found: &mut Vec<FoundFile>) -> std::io::Result<()> {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                self.collect(&path, found)?;
            } else if let Ok(relative) = path.strip_prefix(&self.0) {
                found.push(FoundFile {
                    path: relative.to_string_lossy().replace('\\', "/"),
                    size: path.metadata()?.len(),
                });
            }
        }
        Ok(())
    }
}

fn missing(path: &str) -> FilesError {
    FilesError::Missing { path: path.into() }
}

impl Files for Folder {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, FilesError> {
        let content = std::fs::read(self.path(path)?).map_err(|_| missing(path))?;
        if content.len() > limit {
            return Err(FilesError::TooLarge {
                path: path.into(),
                limit,
            });
        }
        Ok(content)
    }

    fn list(&self, _: &[String]) -> Result<Vec<String>, FilesError> {
        unreachable!("the kind walks through folders")
    }

    fn walk(
        &self,
        folder: &str,
        visit: &mut dyn FnMut(Result<FoundFile, FilesError>) -> ControlFlow<()>,
    ) -> Result<(), FilesError> {
        let mut found = Vec::new();
        self.collect(&self.path(folder)?, &mut found)
            .map_err(|_| missing(folder))?;
        found.sort();
        let _ = found.into_iter().map(Ok).try_for_each(visit);
        Ok(())
    }

    fn open(&self, path: &str) -> Result<Box<dyn std::io::Read + Send>, FilesError> {
        let file = std::fs::File::open(self.path(path)?).map_err(|_| missing(path))?;
        Ok(Box::new(file))
    }

    fn modified(&self, _: &str) -> Result<Option<Duration>, FilesError> {
        Ok(None)
    }
}
