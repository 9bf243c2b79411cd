//! Fakes of the ports for the tests of this room.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::Duration;

use tidegate_core::exchange::Exchange;
use tidegate_core::name::IdentityName;
use tidegate_core::ports::http::{
    Cause, Cookie, Credentials, Http, HttpError, Purpose, Request, Response, SessionId, Sharing,
    Target, Timings,
};
use tidegate_core::ports::{
    BoxFuture, Clock, Files, FilesError, FoundFile, Random, Secrets, Tasks,
};
use tidegate_core::redact::Redactor;
use tidegate_core::secret::Sensitive;
use tidegate_core::span::Location;
use tidegate_core::template::TemplateError;

mod surroundings;

pub(crate) use surroundings::{Surroundings, node};

/// What a fake portal does with a request.
type Answer = dyn Fn(&Request) -> BoxFuture<'static, Result<Response, HttpError>> + Send + Sync;

/// A portal whose answers a closure decides.
pub(crate) struct FakeHttp {
    answer: Box<Answer>,
    /// Everything that was sent.
    pub(crate) requests: Mutex<Vec<Request>>,
    /// The sessions that were opened.
    pub(crate) sessions: Mutex<Vec<(Option<IdentityName>, Sharing)>>,
}

impl FakeHttp {
    /// A portal that answers at once.
    pub(crate) fn new(
        answer: impl Fn(&Request) -> Result<Response, HttpError> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Self::slow(move |request| {
            let answer = answer(request);
            Box::pin(async move { answer })
        })
    }

    /// A portal whose answers come when the future is ready.
    pub(crate) fn slow(
        answer: impl Fn(&Request) -> BoxFuture<'static, Result<Response, HttpError>>
        + Send
        + Sync
        + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            answer: Box::new(answer),
            requests: Mutex::default(),
            sessions: Mutex::default(),
        })
    }

    /// Where each request went, as `GET /path`.
    pub(crate) fn sent(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        let named = requests.iter().map(|one| {
            let place = match &one.target {
                Target::Path { api: None, path } => path.expose().to_owned(),
                Target::Path {
                    api: Some(api),
                    path,
                } => format!("{api}:{}", path.expose()),
                Target::Url(url) | Target::Granted { url, .. } => url.expose().to_owned(),
                Target::Provider(url) => (*url).to_owned(),
            };
            format!("{} {place}", one.method)
        });
        named.collect()
    }

    /// The value of a header of the last request.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let requests = self.requests.lock().unwrap();
        let headers = &requests.last()?.headers;
        let found = headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.expose().to_owned())
    }
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
        Vec::new()
    }

    fn credentials(&self, _: SessionId) -> BoxFuture<'static, Result<Credentials, HttpError>> {
        unreachable!("no plugin copies credentials")
    }

    fn plant(&self, _: SessionId, _: Vec<Cookie>) {
        unreachable!("no plugin plants cookies")
    }

    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        let answer = (self.answer)(&request);
        self.requests.lock().unwrap().push(request);
        answer
    }
}

/// An answer with headers and a body.
pub(crate) fn answer(headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Response {
    let headers = headers.iter();
    let headers = headers.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Response {
        status: 200,
        version: "HTTP/1.1".into(),
        headers: headers.collect(),
        body: body.into().into(),
        truncated: false,
        url: "http://127.0.0.1/".into(),
        redirects: Vec::new(),
        refused_redirect: None,
        cookies: Vec::new(),
        timings: Timings::default(),
        elapsed: Duration::from_millis(5),
        authenticated: false,
    }
}

/// Files in memory.
#[derive(Default)]
pub(crate) struct FakeFiles(pub(crate) BTreeMap<String, Vec<u8>>);

impl FakeFiles {
    /// Files by their path.
    pub(crate) fn new(files: &[(&str, &str)]) -> Arc<Self> {
        let files = files.iter();
        let files = files.map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
        Arc::new(Self(files.collect()))
    }
}

impl Files for FakeFiles {
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, FilesError> {
        let path = path.to_owned();
        match self.0.get(&path) {
            None => Err(FilesError::Missing { path }),
            Some(content) if content.len() > limit => Err(FilesError::TooLarge { path, limit }),
            Some(content) => Ok(content.clone()),
        }
    }

    fn list(&self, _: &[String]) -> Result<Vec<String>, FilesError> {
        Ok(self.0.keys().cloned().collect())
    }

    fn walk(
        &self,
        _: &str,
        _: &mut dyn FnMut(Result<FoundFile, FilesError>) -> ControlFlow<()>,
    ) -> Result<(), FilesError> {
        Ok(())
    }

    fn open(&self, path: &str) -> Result<Box<dyn Read + Send>, FilesError> {
        Ok(Box::new(Cursor::new(self.read(path, usize::MAX)?)))
    }

    fn modified(&self, path: &str) -> Result<Option<Duration>, FilesError> {
        Ok(self.0.contains_key(path).then_some(Duration::ZERO))
    }
}

/// The secret `KEY`, which the redactor knows from the beginning.
pub(crate) const KEY: &str = "s3cret-value-of-key";

/// Secrets by their names, and a real redactor.
pub(crate) struct FakeSecrets(Redactor);

impl FakeSecrets {
    pub(crate) fn new() -> Arc<Self> {
        let redactor = Redactor::new();
        redactor.learn("KEY", KEY);
        Arc::new(Self(redactor))
    }
}

impl Secrets for FakeSecrets {
    fn reveal(&self, name: &str) -> Result<Sensitive, TemplateError> {
        match name {
            "KEY" => Ok(KEY.into()),
            _ => Err(TemplateError::SecretNotSet { name: name.into() }),
        }
    }

    fn learn(&self, name: &str, value: &str) {
        self.0.learn(name, value);
    }

    fn redact(&self, text: &str) -> String {
        self.0.redact(text)
    }
}

/// A clock that stands at the beginning of 1970, and randomness that is none.
pub(crate) struct Fixed;

impl Clock for Fixed {
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

impl Random for Fixed {
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

/// Threads of the machine.
pub(crate) struct Threads;

impl Tasks for Threads {
    fn spawn(&self, _: BoxFuture<'static, ()>) {
        unreachable!("no plugin spawns futures")
    }

    fn spawn_blocking(&self, task: Box<dyn FnOnce() + Send>) {
        std::thread::spawn(task);
    }
}

/// Waits for what threads of the machine do.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut task = TaskContext::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut task) {
            return output;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// An exchange of a check.
pub(crate) fn exchange(check: &str, body: &[u8]) -> Exchange {
    Exchange {
        number: 0,
        cause: Cause {
            check: check.into(),
            location: Location::line_of("tidegate.yaml", 1),
        },
        identity: Some("anna".into()),
        purpose: Purpose::Normal,
        method: "GET".into(),
        route: "/api/invoices/${id}".into(),
        url: "http://127.0.0.1/api/invoices/7".into(),
        request_headers: Vec::new(),
        request_body: Arc::from([]),
        status: Some(200),
        response_headers: vec![
            ("content-type".into(), "application/json".into()),
            ("set-cookie".into(), "[redacted]".into()),
        ],
        response_body: Arc::from(body),
        truncated: false,
        timings: Timings::default(),
    }
}
