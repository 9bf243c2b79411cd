//! A project folder, real processes and a context for the tests of this kind.

use std::path::{Path, PathBuf};
use std::process::{Command as Program, Stdio};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant, UNIX_EPOCH};

use serde_json::Value as Json;
use tempfile::TempDir;
use tidegate_core::check::{CheckError, CheckReport, Context, Forecast, Kind, ParseScope};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::exchange::Exchanges;
use tidegate_core::gate::{Common, Entry, Environment, EnvironmentKind, Gate};
use tidegate_core::located::Located;
use tidegate_core::name::{CheckId, IdentityName};
use tidegate_core::node::{Key, Node, Value};
use tidegate_core::ports::http::{Cookie, Credentials, Request, Response, SessionId, Sharing};
use tidegate_core::ports::{
    BoxFuture, Cleanup, Clock, Command, Completed, Files, FilesError, FoundFile, Http, HttpError,
    Ports, ProcessError, Processes, Promise, Random, Running, Secrets, State, StateError, Tasks,
    Ticket,
};
use tidegate_core::scope::Values;
use tidegate_core::secret::Sensitive;
use tidegate_core::span::{Source, Span};
use tidegate_core::template::TemplateError;

use super::CommandKind;

/// The value of the one secret there is.
pub(super) const SECRET: &str = "s3cret-value-of-the-suite";

/// A folder with a gate file in it.
pub(super) struct Project(TempDir);

impl Project {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(super) fn with(files: &[(&str, &str)]) -> Self {
        let project = Self::new();
        for (path, content) in files {
            project.write(path, content);
        }
        project
    }

    pub(super) fn root(&self) -> &Path {
        self.0.path()
    }

    pub(super) fn write(&self, path: &str, content: &str) {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Sets the time of a file some seconds back.
    pub(super) fn age(&self, path: &str, seconds: u64) {
        let file = std::fs::File::options()
            .append(true)
            .open(self.root().join(path))
            .unwrap();
        let modified = file.metadata().unwrap().modified().unwrap();
        file.set_modified(modified - Duration::from_secs(seconds))
            .unwrap();
    }

    /// Runs one attempt of the command with this config.
    pub(super) fn run(&self, config: &Json) -> CheckReport {
        self.try_run(config).unwrap()
    }

    pub(super) fn try_run(&self, config: &Json) -> Result<CheckReport, Box<CheckError>> {
        let node = node(config);
        let entry = entry(&node);
        let gate = gate(self.root());
        let values = Values {
            run_mark: "tidegate-00000001".into(),
            unique: "tidegate-00000001-a".into(),
            canary: "tidegate-00000001-canary-a".into(),
            uuid: "00000000-0000-4000-8000-000000000000".into(),
            now: "2026-03-02T10:00:00Z".into(),
        };
        let context = Context::new(&entry, &gate, values, ports(self.root()));
        ready(entry.check.run(&context)).map_err(Box::new)
    }
}

/// What a run of a config would do.
pub(super) fn forecast(config: &Json) -> Forecast {
    entry(&node(config)).check.forecast()
}

/// What is wrong with a config.
pub(super) fn faults(config: &Json) -> Vec<Diagnostic> {
    match parse(&node(config)) {
        Ok(_) => Vec::new(),
        Err(faults) => faults,
    }
}

/// The nodes of a JSON value; each stands on a line of its own in a gate file.
pub(super) fn node(config: &Json) -> Node {
    let text = format!("checks:\n{}", serde_json::to_string_pretty(config).unwrap());
    from_json(config, &Source::new("tidegate.yaml", text))
}

fn from_json(json: &Json, source: &Arc<Source>) -> Node {
    let mark = |text: &str| {
        let start = source.text().find(text).unwrap_or(0);
        Span::new(source.clone(), start, start + text.len())
    };
    let value = match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Integer(number.as_i64().unwrap()),
        Json::String(text) => Value::String(text.clone()),
        Json::Array(list) => {
            Value::Sequence(list.iter().map(|one| from_json(one, source)).collect())
        }
        Json::Object(map) => Value::Map(
            map.iter()
                .map(|(key, value)| {
                    let span = mark(&format!("\"{key}\""));
                    (
                        Key {
                            text: key.clone(),
                            span,
                        },
                        from_json(value, source),
                    )
                })
                .collect(),
        ),
    };
    Node::new(value, mark(&json.to_string()))
}

fn parse(node: &Node) -> Result<Arc<dyn tidegate_core::check::Check>, Vec<Diagnostic>> {
    let id = CheckId::from("our-tests");
    CommandKind.parse(
        node,
        &ParseScope {
            id: &id,
            span: &node.span,
            identities: &[],
            people: &[],
            apis: &[],
            environment: EnvironmentKind::Local,
            identity: None,
            openapi: None,
            plugins: &[],
            elsewhere: &crate::testing::Nowhere,
            applies: true,
        },
    )
}

fn entry(node: &Node) -> Entry {
    Entry {
        id: "our-tests".into(),
        kind: Arc::new(CommandKind),
        check: parse(node).unwrap(),
        common: Common::default(),
        span: node.span.clone(),
    }
}

fn gate(root: &Path) -> Gate {
    let span = Span::new(Source::new("tidegate.yaml", ""), 0, 0);
    let url = Located {
        value: "http://127.0.0.1:4000".to_owned(),
        span,
    };
    Gate {
        name: "portal".into(),
        file: root.join("tidegate.yaml"),
        root: root.to_owned(),
        environment: Arc::new(Environment {
            name: "local".into(),
            kind: EnvironmentKind::Local,
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
        levels: std::collections::BTreeMap::new(),
        waivers: Vec::new(),
        warnings: Vec::new(),
        notes: Vec::new(),
        off: Vec::new(),
    }
}

fn ports(root: &Path) -> Ports {
    let absent = Arc::new(Absent);
    Ports {
        http: absent.clone(),
        repository: None,
        files: Arc::new(Folder(root.to_owned())),
        clock: absent.clone(),
        random: absent.clone(),
        tasks: absent.clone(),
        processes: Arc::new(Shell),
        cleanup: absent.clone(),
        state: absent.clone(),
        secrets: absent,
        exchanges: Arc::new(Exchanges::default()),
        variables: Arc::new(crate::testing::Bare),
        sinks: Arc::new(crate::testing::Bare),
        load: Arc::new(crate::testing::Bare),
        volley: Arc::new(crate::testing::Bare),
    }
}

/// The result of a future that never waits.
fn ready<T>(mut future: BoxFuture<'_, T>) -> T {
    let mut context = std::task::Context::from_waker(Waker::noop());
    match future.as_mut().poll(&mut context) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the ports of these tests block"),
    }
}

/// Files below a folder.
pub(super) struct Folder(pub(super) PathBuf);

impl Files for Folder {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, FilesError> {
        let content = std::fs::read(self.0.join(path))
            .map_err(|_| FilesError::Missing { path: path.into() })?;
        if content.len() > limit {
            return Err(FilesError::TooLarge {
                path: path.into(),
                limit,
            });
        }
        Ok(content)
    }

    fn list(&self, globs: &[String]) -> Result<Vec<String>, FilesError> {
        let mut set = globset::GlobSetBuilder::new();
        for glob in globs {
            set.add(
                globset::GlobBuilder::new(glob)
                    .literal_separator(true)
                    .build()
                    .unwrap(),
            );
        }
        let set = set.build().unwrap();
        let mut found = Vec::new();
        let mut folders = vec![self.0.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path
                    .strip_prefix(&self.0)
                    .unwrap()
                    .to_string_lossy()
                    .replace('\\', "/");
                if path.is_dir() {
                    folders.push(path);
                } else if set.is_match(&name) {
                    found.push(name);
                }
            }
        }
        found.sort();
        Ok(found)
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

    fn modified(&self, path: &str) -> Result<Option<Duration>, FilesError> {
        let Ok(metadata) = std::fs::metadata(self.0.join(path)) else {
            return Ok(None);
        };
        let modified = metadata.modified().unwrap();
        Ok(metadata
            .is_file()
            .then(|| modified.duration_since(UNIX_EPOCH).unwrap()))
    }
}

/// Programs run by the system's shell, ended with their group.
struct Shell;

impl Processes for Shell {
    fn run(
        &self,
        command: Command,
        limit: Duration,
    ) -> BoxFuture<'static, Result<Completed, ProcessError>> {
        Box::pin(async move { run(&command, limit) })
    }

    fn start(&self, _: Command) -> BoxFuture<'static, Result<Box<dyn Running>, ProcessError>> {
        unreachable!("a command is run to its end")
    }
}

fn run(command: &Command, limit: Duration) -> Result<Completed, ProcessError> {
    use std::os::unix::process::CommandExt as _;
    if !command.directory.is_dir() {
        return Err(ProcessError::NoDirectory(command.directory.clone()));
    }
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut child = Program::new("sh")
        .args(["-c", command.line.expose()])
        .current_dir(&command.directory)
        .envs(
            command
                .environment
                .iter()
                .map(|(name, value)| (name, value.expose())),
        )
        .stdin(Stdio::null())
        .stdout(log.reopen().unwrap())
        .stderr(log.as_file().try_clone().unwrap())
        .process_group(0)
        .spawn()
        .map_err(|error| ProcessError::NotStarted(error.to_string()))?;
    let began = Instant::now();
    let mut timed_out = false;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > limit && !timed_out {
            timed_out = true;
            let group = format!("-{}", child.id());
            Program::new("kill")
                .args(["-KILL", "--", &group])
                .status()
                .unwrap();
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let output = std::fs::read_to_string(log.path()).unwrap();
    Ok(Completed {
        code: status.code(),
        timed_out,
        output: output.replace(SECRET, "[SUITE_TOKEN]"),
        elapsed: began.elapsed(),
    })
}

/// The ports that a command does not use, a clock, and the one secret.
struct Absent;

impl Clock for Absent {
    fn wall(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep_until(&self, _: Duration) -> BoxFuture<'static, ()> {
        unreachable!()
    }
}

impl Secrets for Absent {
    fn reveal(&self, name: &str) -> Result<Sensitive, TemplateError> {
        match name {
            "SUITE_TOKEN" => Ok(SECRET.into()),
            _ => Err(TemplateError::SecretNotSet { name: name.into() }),
        }
    }

    fn learn(&self, _: &str, _: &str) {}

    fn redact(&self, text: &str) -> String {
        text.to_owned()
    }
}

impl Random for Absent {
    fn seed(&self) -> u64 {
        0
    }

    fn next(&self) -> u64 {
        0
    }

    fn derive(&self, _: &str) -> u64 {
        0
    }
}

impl Tasks for Absent {
    fn spawn(&self, _: BoxFuture<'static, ()>) {
        unreachable!()
    }

    fn spawn_blocking(&self, _: Box<dyn FnOnce() + Send>) {
        unreachable!()
    }
}

impl Http for Absent {
    fn open_session(&self, _: Option<&IdentityName>, _: Sharing) -> SessionId {
        unreachable!()
    }

    fn log_in(&self, _: SessionId) -> BoxFuture<'static, Result<(), HttpError>> {
        unreachable!()
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

    fn send(&self, _: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        unreachable!()
    }
}

impl Cleanup for Absent {
    fn promise(&self, _: Promise) -> Ticket {
        unreachable!()
    }

    fn fulfil(&self, _: Ticket, _: Request) {}

    fn release(&self, _: Ticket) {}
}

impl State for Absent {
    fn read(&self, _: &str) -> Result<Option<Vec<u8>>, StateError> {
        Ok(None)
    }

    fn write(&self, _: &str, _: &[u8]) -> Result<(), StateError> {
        Ok(())
    }
}

/// A clock that stands still and files that only say when they were written.
pub(super) struct Still {
    pub(super) now: Duration,
    pub(super) files: Mutex<std::collections::BTreeMap<String, (Duration, Vec<u8>)>>,
}

impl Still {
    pub(super) fn at(seconds: u64) -> Self {
        Self {
            now: Duration::from_secs(seconds),
            files: Mutex::default(),
        }
    }

    pub(super) fn put(&self, path: &str, milliseconds: u64, content: &str) {
        let file = (
            Duration::from_millis(milliseconds),
            content.as_bytes().to_vec(),
        );
        self.files.lock().unwrap().insert(path.into(), file);
    }
}

impl Clock for Still {
    fn wall(&self) -> jiff::Timestamp {
        let milliseconds = i64::try_from(self.now.as_millis()).unwrap();
        jiff::Timestamp::from_millisecond(milliseconds).unwrap()
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep_until(&self, _: Duration) -> BoxFuture<'static, ()> {
        unreachable!()
    }
}

impl Files for Still {
    fn read(&self, path: &str, _: usize) -> Result<Vec<u8>, FilesError> {
        let files = self.files.lock().unwrap();
        let file = files
            .get(path)
            .ok_or_else(|| FilesError::Missing { path: path.into() })?;
        Ok(file.1.clone())
    }

    fn list(&self, _: &[String]) -> Result<Vec<String>, FilesError> {
        Ok(self.files.lock().unwrap().keys().cloned().collect())
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

    fn modified(&self, path: &str) -> Result<Option<Duration>, FilesError> {
        Ok(self.files.lock().unwrap().get(path).map(|file| file.0))
    }
}
