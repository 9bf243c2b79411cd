//! A client that sends nothing.

use std::sync::{Arc, Mutex};

use tidegate_core::exchange::{Exchange, Exchanges};
use tidegate_core::name::IdentityName;
use tidegate_core::ports::http::{
    Cookie, Credentials, Request, Response, SessionId, Sharing, Target, Timings,
};
use tidegate_core::ports::{BoxFuture, Http, HttpError};

type Answer = dyn Fn(&str) -> Result<Response, HttpError> + Send + Sync;

/// A client that answers by a closure over `METHOD path` and remembers what it was asked.
pub(crate) struct FakeHttp {
    answer: Box<Answer>,
    sessions: Mutex<Vec<(Option<IdentityName>, Sharing)>>,
    sent: Mutex<Vec<(String, Option<SessionId>)>>,
    exchanges: Mutex<Option<Arc<Exchanges>>>,
}

impl FakeHttp {
    pub(crate) fn new(
        answer: impl Fn(&str) -> Result<Response, HttpError> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            answer: Box::new(answer),
            sessions: Mutex::default(),
            sent: Mutex::default(),
            exchanges: Mutex::default(),
        })
    }

    /// Everything that was sent, as `METHOD path`.
    pub(crate) fn sent(&self) -> Vec<String> {
        let sent = self.sent.lock().unwrap();
        sent.iter().map(|(name, _)| name.clone()).collect()
    }

    /// Who sent the request of this name, and in what sort of session.
    pub(crate) fn sender_of(&self, name: &str) -> (Option<IdentityName>, Sharing) {
        let sent = self.sent.lock().unwrap();
        let (_, session) = sent.iter().find(|(sent, _)| sent == name).unwrap();
        let index = usize::try_from(session.unwrap().0).unwrap();
        self.sessions.lock().unwrap()[index].clone()
    }

    /// Publishes what is sent from now on.
    pub(crate) fn publish_to(&self, exchanges: Arc<Exchanges>) {
        *self.exchanges.lock().unwrap() = Some(exchanges);
    }

    fn publish(&self, request: &Request, status: Option<u16>) {
        let guard = self.exchanges.lock().unwrap();
        let Some(exchanges) = guard.as_ref() else {
            return;
        };
        exchanges.publish(Exchange {
            number: 0,
            cause: request.cause.clone(),
            identity: None,
            purpose: request.purpose,
            method: request.method.clone(),
            route: request.route.clone(),
            url: request.route.clone(),
            request_headers: Vec::new(),
            request_body: Arc::from([]),
            status,
            response_headers: Vec::new(),
            response_body: Arc::from([]),
            truncated: false,
            timings: Timings::default(),
        });
    }
}

impl Http for FakeHttp {
    fn open_session(&self, identity: Option<&IdentityName>, sharing: Sharing) -> SessionId {
        let mut sessions = self.sessions.lock().unwrap();
        sessions.push((identity.cloned(), sharing));
        SessionId(sessions.len() as u64 - 1)
    }

    fn log_in(&self, session: SessionId) -> BoxFuture<'static, Result<(), HttpError>> {
        let index = usize::try_from(session.0).unwrap();
        let who = self.sessions.lock().unwrap()[index].0.clone().unwrap();
        let answer = (self.answer)(&format!("LOGIN {who}"));
        Box::pin(async move { answer.map(|_| ()) })
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
        let address = match &request.target {
            Target::Path { path, .. } => path.expose(),
            Target::Url(url) | Target::Granted { url, .. } => url.expose(),
            Target::Provider(url) => url,
        };
        let name = format!("{} {address}", request.method);
        let answer = (self.answer)(&name);
        self.sent.lock().unwrap().push((name, request.session));
        self.publish(&request, answer.as_ref().ok().map(|answer| answer.status));
        Box::pin(async move { answer })
    }
}
