//! A project folder, a process environment, a portal and a context for the tests of this kind.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use globset::GlobBuilder;
use tempfile::TempDir;
use tidegate_core::check::{Check, CheckError, CheckReport, Context, Forecast, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::exchange::Exchanges;
use tidegate_core::gate::{Common, Entry, Environment, EnvironmentKind, Gate};
use tidegate_core::located::Located;
use tidegate_core::name::{CheckId, IdentityName};
use tidegate_core::ports::http::{
    Cookie, Credentials, Http, HttpError, Request, Response, SessionId, Sharing,
};
use tidegate_core::ports::{
    BoxFuture, ChangedBlob, ChangedFile, Clock, Commit, Files, FilesError, FoundFile, Head, Ports,
    Repository, RepositoryError, State, StateError, TreeFile, Variables,
};
use tidegate_core::scope::Values;
use tidegate_core::secret::Sensitive;

use crate::testing::{Bare, FakeCleanup, answer, block_on, node, path};

/// Where the portal is.
const SITE: &str = "https://portal.acme.example";

/// Answers by method, path and the origin that was sent.
type Answers = dyn Fn(&str, &str, Option<&str>) -> Result<Response, HttpError> + Send + Sync;

/// A folder with a gate file in it, and where the gate looks.
pub(super) struct Project {
    folder: TempDir,
    here: (String, EnvironmentKind),
    process: BTreeMap<String, String>,
    answers: Arc<Answers>,
    revisions: Vec<(String, String)>,
    state: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
}

impl Project {
    pub(super) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            here: ("production".into(), EnvironmentKind::Production),
            process: BTreeMap::new(),
            answers: Arc::new(|_, _, _| answer(404, "nothing")),
            revisions: Vec::new(),
            state: Arc::default(),
        }
    }

    /// Writes files; `~` in a text is left out, so that no key stands whole in this repository.
    pub(super) fn with(files: &[(&str, &str)]) -> Self {
        let project = Self::new();
        for (path, text) in files {
            project.write(path, text.replace('~', "").as_bytes());
        }
        project
    }

    pub(super) fn write(&self, path: &str, content: &[u8]) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(super) fn at(mut self, name: &str, kind: EnvironmentKind) -> Self {
        self.here = (name.into(), kind);
        self
    }

    pub(super) fn process(mut self, name: &str, value: &str) -> Self {
        self.process.insert(name.into(), value.replace('~', ""));
        self
    }

    pub(super) fn portal(
        mut self,
        answers: impl Fn(&str, &str, Option<&str>) -> Result<Response, HttpError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.answers = Arc::new(answers);
        self
    }

    pub(super) fn revision(mut self, name: &str, id: &str) -> Self {
        self.revisions.push((name.into(), id.into()));
        self
    }

    /// What the state holds under a name.
    pub(super) fn state(&self, name: &str) -> Option<Vec<u8>> {
        self.state.lock().unwrap().get(name).cloned()
    }

    pub(super) fn run(&self, config: &str) -> CheckReport {
        match self.try_run(config) {
            Ok(report) => report,
            Err(error) => panic!("{error} {}", error.help),
        }
    }

    pub(super) fn try_run(&self, config: &str) -> Result<CheckReport, Box<CheckError>> {
        let check = parse(config, self.here.1).unwrap();
        let config = node(config);
        let entry = Entry {
            id: "environments-apart".into(),
            kind: super::kind(),
            check: check.clone(),
            common: Common::default(),
            span: config.span.clone(),
        };
        let gate = self.gate(&config.span);
        let values = Values::draw(&Bare, &Stopped, &"environments-apart".into(), 1);
        let context = Context::new(&entry, &gate, values, self.ports());
        block_on(check.run(&context)).map_err(Box::new)
    }

    /// The codes that were found, sorted, each once.
    pub(super) fn codes(&self, config: &str) -> Vec<String> {
        let report = self.run(config);
        let codes = report
            .findings
            .iter()
            .map(|finding| finding.code.to_string());
        let codes: std::collections::BTreeSet<String> = codes.collect();
        codes.into_iter().collect()
    }

    fn gate(&self, span: &tidegate_core::span::Span) -> Gate {
        let url = Located {
            value: SITE.to_owned(),
            span: span.clone(),
        };
        Gate {
            name: "acme".into(),
            file: self.folder.path().join("tidegate.yaml"),
            root: self.folder.path().to_owned(),
            environment: Arc::new(Environment {
                name: self.here.0.clone(),
                kind: self.here.1,
                url,
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

    fn ports(&self) -> Ports {
        let repository: Arc<dyn Repository> = Arc::new(Revisions(self.revisions.clone()));
        Ports {
            http: Arc::new(Portal(self.answers.clone())),
            repository: (!self.revisions.is_empty()).then_some(repository),
            files: Arc::new(Folder(self.folder.path().to_owned())),
            clock: Arc::new(Stopped),
            random: Arc::new(Bare),
            tasks: Arc::new(Bare),
            processes: Arc::new(Bare),
            cleanup: Arc::new(FakeCleanup::default()),
            state: Arc::new(Kept(self.state.clone())),
            secrets: Arc::new(Bare),
            exchanges: Arc::new(Exchanges::default()),
            variables: Arc::new(Process(self.process.clone())),
            sinks: Arc::new(Bare),
            load: Arc::new(Bare),
            volley: Arc::new(Bare),
        }
    }
}

fn parse(config: &str, kind: EnvironmentKind) -> Result<Arc<dyn Check>, Vec<Diagnostic>> {
    let config = node(config);
    super::kind().parse(
        &config,
        &ParseScope {
            id: &CheckId::from("environments-apart"),
            span: &config.span,
            identities: &[],
            people: &[],
            apis: &[],
            environment: kind,
            identity: None,
            openapi: None,
            plugins: &[],
            elsewhere: &crate::testing::Nowhere,
            applies: true,
        },
    )
}

/// What is wrong with a config.
pub(super) fn faults(config: &str) -> Vec<Diagnostic> {
    parse(config, EnvironmentKind::Production)
        .err()
        .unwrap_or_default()
}

/// What a run of a config would do.
pub(super) fn forecast(config: &str, kind: EnvironmentKind) -> Forecast {
    parse(config, kind).unwrap().forecast()
}

struct Stopped;

impl Clock for Stopped {
    fn wall(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep_until(&self, _: Duration) -> BoxFuture<'static, ()> {
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

struct Kept(Arc<Mutex<BTreeMap<String, Vec<u8>>>>);

impl State for Kept {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StateError> {
        Ok(self.0.lock().unwrap().get(name).cloned())
    }

    fn write(&self, name: &str, content: &[u8]) -> Result<(), StateError> {
        self.0.lock().unwrap().insert(name.into(), content.to_vec());
        Ok(())
    }
}

struct Portal(Arc<Answers>);

impl Http for Portal {
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
        let origin = request.headers.iter().find(|(name, _)| name == "origin");
        let origin = origin.map(|(_, value)| value.expose());
        let path = path(&request);
        let path = path.strip_prefix(SITE).unwrap_or(&path);
        let mut response = (self.0)(&request.method, path, origin);
        if let Ok(response) = &mut response {
            response.url = format!("{SITE}{path}");
            if path.ends_with(".js") {
                response.headers = vec![("content-type".into(), "text/javascript".into())];
            }
        }
        Box::pin(async move { response })
    }
}

/// Knows revisions by name, and no content.
struct Revisions(Vec<(String, String)>);

impl Revisions {
    fn unknown<T>(revision: &str) -> Result<T, RepositoryError> {
        Err(RepositoryError::UnknownRevision {
            revision: revision.into(),
        })
    }
}

impl Repository for Revisions {
    fn changed_files(
        &self,
        base: &str,
        _: Option<&str>,
    ) -> Result<Vec<ChangedFile>, RepositoryError> {
        Self::unknown(base)
    }

    fn visit_changes(
        &self,
        _: Option<&str>,
        _: &Head,
        _: &mut dyn FnMut(ChangedBlob) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        Self::unknown("HEAD")
    }

    fn visit_tree(
        &self,
        revision: &str,
        _: &mut dyn FnMut(TreeFile) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        Self::unknown(revision)
    }

    fn visit_history(
        &self,
        _: Option<&str>,
        head: &str,
        _: &mut dyn FnMut(&Commit, ChangedBlob) -> ControlFlow<()>,
    ) -> Result<(), RepositoryError> {
        Self::unknown(head)
    }

    fn first_seen(&self, head: &str, _: &str, _: &[u8]) -> Result<Option<Commit>, RepositoryError> {
        Self::unknown(head)
    }

    fn read_at(
        &self,
        revision: &str,
        _: &str,
        _: usize,
    ) -> Result<Option<Vec<u8>>, RepositoryError> {
        Self::unknown(revision)
    }

    fn resolve(&self, revision: &str) -> Result<String, RepositoryError> {
        let known = self.0.iter().find(|(name, _)| name == revision);
        known.map_or_else(|| Self::unknown(revision), |(_, id)| Ok(id.clone()))
    }

    fn merge_base(&self, base: &str, _: &str) -> Result<String, RepositoryError> {
        self.resolve(base)
    }

    fn shallow(&self) -> Result<bool, RepositoryError> {
        Ok(false)
    }

    fn likely_base(&self) -> Result<Option<String>, RepositoryError> {
        Ok(None)
    }

    fn root(&self) -> &Path {
        Path::new(".")
    }
}

/// Real files below a folder.
struct Folder(std::path::PathBuf);

impl Files for Folder {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, FilesError> {
        let content = std::fs::read(self.0.join(path));
        let content = content.map_err(|_| FilesError::Missing { path: path.into() })?;
        if content.len() > limit {
            return Err(FilesError::TooLarge {
                path: path.into(),
                limit,
            });
        }
        Ok(content)
    }

    fn list(&self, globs: &[String]) -> Result<Vec<String>, FilesError> {
        let globs: Vec<_> = globs
            .iter()
            .map(|glob| {
                let glob = GlobBuilder::new(glob).literal_separator(true).build();
                glob.unwrap().compile_matcher()
            })
            .collect();
        let mut found = Vec::new();
        let mut folders = vec![self.0.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let relative = path
                    .strip_prefix(&self.0)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                if path.is_dir() {
                    folders.push(path);
                } else if globs.iter().any(|glob| glob.is_match(&relative)) {
                    found.push(relative);
                }
            }
        }
        found.sort();
        Ok(found)
    }

    fn walk(
        &self,
        folder: &str,
        visit: &mut dyn FnMut(Result<FoundFile, FilesError>) -> ControlFlow<()>,
    ) -> Result<(), FilesError> {
        for path in self.list(&[format!("{folder}/**")])? {
            let size = std::fs::metadata(self.0.join(&path)).unwrap().len();
            if visit(Ok(FoundFile { path, size })).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn open(&self, path: &str) -> Result<Box<dyn std::io::Read + Send>, FilesError> {
        Err(FilesError::Missing { path: path.into() })
    }

    fn modified(&self, _: &str) -> Result<Option<Duration>, FilesError> {
        Ok(None)
    }
}
