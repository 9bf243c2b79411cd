//! The client as the other rooms see it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tidegate_core::exchange::Exchanges;
use tidegate_core::gate::{Environment, Identity};
use tidegate_core::name::IdentityName;
use tidegate_core::ports::http::{Cookie, Credentials, Request, Response, SessionId, Sharing};
use tidegate_core::ports::{BoxFuture, Clock, Files, Http, HttpError, Random, Secrets};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use url::Url;

use crate::courier::{Courier, Persona};
use crate::granted;
use crate::provider;
use crate::session::{Grant, Session, Sessions};

/// What a [`Client`] is made of.
#[derive(Clone)]
pub struct Wiring {
    /// Where it may go.
    pub environment: Arc<Environment>,
    /// Who it can be.
    pub identities: Vec<Identity>,
    /// Files that logins send, and the authority's certificate.
    pub files: Arc<dyn Files>,
    /// Secrets, and what keeps them out of every output.
    pub secrets: Arc<dyn Secrets>,
    /// Where exchanges are published.
    pub exchanges: Arc<Exchanges>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The runtime requests are sent on; it needs its I/O and time drivers.
    pub runtime: Handle,
    /// The `User-Agent` of every request that has none of its own.
    pub user_agent: String,
}

/// Sends requests to the declared origins of one environment.
///
/// A request starts when it is asked for, not when its future is first polled, and ends when its
/// future is dropped.
pub struct Client {
    pub(crate) inner: Arc<Inner>,
    pub(crate) runtime: Handle,
    wiring: Wiring,
    /// The environment's address.
    home: Url,
    /// How many clients were made beside this one, by whichever of them.
    family: Arc<AtomicU64>,
}

/// What sends requests, whoever asks for it.
pub(crate) struct Inner {
    pub(crate) courier: Courier,
    sessions: Sessions,
}

/// Whose request it is, logged in.
pub(crate) struct Visitor {
    session: Option<Arc<Session>>,
    grant: Option<Arc<Grant>>,
}

impl Visitor {
    /// As whom the request is sent.
    pub(crate) fn persona(&self) -> Persona<'_> {
        match &self.session {
            None => Persona::default(),
            Some(session) => Persona {
                identity: session.identity(),
                jar: Some(session.jar()),
                grant: self.grant.as_deref(),
                ..Persona::default()
            },
        }
    }
}

impl Client {
    /// Makes a client; nothing is sent, and the system's certificates are not read yet.
    ///
    /// # Errors
    /// When an address or a header's name of the environment is improper, or the file of its
    /// certificate authority cannot be used.
    pub fn new(wiring: Wiring) -> Result<Self, HttpError> {
        Self::in_family(wiring, Arc::default(), 0)
    }

    /// A client for another environment with the same identities, secrets and time. It shares neither
    /// sessions nor connections with this one, a number of a session of one is nobody's at the other, and
    /// what it sends is counted and published to nobody.
    ///
    /// # Errors
    /// As for [`Client::new`].
    pub(crate) fn neighbour(&self, environment: Environment) -> Result<Self, HttpError> {
        let wiring = Wiring {
            environment: Arc::new(environment),
            ..self.wiring.clone()
        };
        let place = self.family.fetch_add(1, Ordering::Relaxed) + 1;
        Self::in_family(wiring, Arc::clone(&self.family), place)
    }

    fn in_family(wiring: Wiring, family: Arc<AtomicU64>, place: u64) -> Result<Self, HttpError> {
        let observed = place == 0;
        let courier = Courier::new(&wiring, observed)?;
        let address = &wiring.environment.url.value;
        let home = Url::parse(address).map_err(|error| HttpError::InvalidUrl {
            url: wiring.secrets.redact(address),
            reason: error.to_string(),
        })?;
        Ok(Self {
            inner: Arc::new(Inner {
                courier,
                sessions: Sessions::new(wiring.identities.clone(), place << 32),
            }),
            runtime: wiring.runtime.clone(),
            wiring,
            home,
            family,
        })
    }
}

#[cfg(test)]
impl Client {
    /// Lets a server on loopback stand in for a provider.
    pub(crate) fn reach_providers(&mut self, providers: provider::Providers) {
        let inner = Arc::get_mut(&mut self.inner).unwrap();
        inner.courier.providers = providers;
    }

    /// Lets names have the addresses that a test says.
    pub(crate) fn resolve(&mut self, names: crate::names::Names) {
        let inner = Arc::get_mut(&mut self.inner).unwrap();
        inner.courier.names = names;
    }
}

impl Http for Client {
    fn open_session(&self, identity: Option<&IdentityName>, sharing: Sharing) -> SessionId {
        self.inner.sessions.open(identity, sharing)
    }

    fn log_in(&self, session: SessionId) -> BoxFuture<'static, Result<(), HttpError>> {
        let inner = Arc::clone(&self.inner);
        Errand::send(&self.runtime, async move {
            match inner.sessions.get(session) {
                Some(session) => session.grant(&inner.courier, None).await.map(drop),
                None => Ok(()),
            }
        })
    }

    fn forget_login(&self, session: SessionId) {
        if let Some(session) = self.inner.sessions.get(session) {
            session.forget();
        }
    }

    fn cookies(&self, session: SessionId) -> Vec<Cookie> {
        let session = self.inner.sessions.get(session);
        session.map_or_else(Vec::new, |session| session.cookies(&self.home))
    }

    fn credentials(
        &self,
        session: SessionId,
    ) -> BoxFuture<'static, Result<Credentials, HttpError>> {
        let inner = Arc::clone(&self.inner);
        let home = self.home.clone();
        Errand::send(&self.runtime, async move {
            match inner.sessions.get(session) {
                Some(session) => session.credentials(&inner.courier, &home).await,
                None => Ok(Credentials::default()),
            }
        })
    }

    fn plant(&self, session: SessionId, cookies: Vec<Cookie>) {
        if let Some(session) = self.inner.sessions.get(session) {
            for cookie in &cookies {
                let name = format!("planted cookie {}", cookie.name);
                let secrets = &self.inner.courier.secrets;
                secrets.learn(&name, cookie.value.expose());
            }
            session.plant(&cookies, &self.home);
        }
    }

    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>> {
        let inner = Arc::clone(&self.inner);
        Errand::send(&self.runtime, async move {
            inner
                .send(&granted::bounded(provider::bounded(request)))
                .await
        })
    }
}

impl Inner {
    async fn send(&self, request: &Request) -> Result<Response, HttpError> {
        // What is not permitted shall not cost a login.
        self.courier.permit(request)?;
        let visitor = self.admit(request).await?;
        self.courier.deliver(request, &visitor.persona()).await
    }

    /// Logs in whoever a request is sent as.
    ///
    /// # Errors
    /// When the login fails.
    pub(crate) async fn admit(&self, request: &Request) -> Result<Visitor, HttpError> {
        let session = request.session.and_then(|id| self.sessions.get(id));
        let grant = match &session {
            None => None,
            Some(session) => {
                let check = &request.cause.check;
                session.grant(&self.courier, Some(check)).await?
            }
        };
        Ok(Visitor { session, grant })
    }
}

/// Work on the client's runtime that may be awaited on any executor and ends when it is dropped.
pub(crate) struct Errand<T>(JoinHandle<Result<T, HttpError>>);

impl<T: Send + 'static> Errand<T> {
    /// Begins the work.
    pub(crate) fn send(
        runtime: &Handle,
        work: impl Future<Output = Result<T, HttpError>> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, HttpError>> {
        Box::pin(Self(runtime.spawn(work)))
    }
}

impl<T> Future for Errand<T> {
    type Output = Result<T, HttpError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|joined| {
            joined.unwrap_or_else(|error| match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The work is cut off only when its runtime ends.
                Err(_) => Err(HttpError::Stopped),
            })
        })
    }
}

impl<T> Drop for Errand<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
