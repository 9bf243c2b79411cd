//! Sessions: cookies of their own and, for an identity, credentials that are obtained once.
//!
//! A login happens before the first request that needs it and again when a known end is near. It
//! never happens because of an answer: a 401 on a live session is something for a check to find.

mod answer;
mod captures;
mod desk;
mod grant;
pub(crate) mod jar;
mod login;
mod oauth;
mod ready;
mod supabase;
mod token;
mod totp;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidegate_core::gate::Identity;
use tidegate_core::name::{CheckId, IdentityName};
use tidegate_core::ports::http::{Cookie, Credentials, SessionId, Sharing};
use tidegate_core::ports::{HttpError, LoginError};
use tidegate_core::span::Location;
use url::Url;

pub(crate) use grant::Grant;
pub(crate) use jar::Jar;

use crate::courier::Courier;
use desk::Desk;

/// Every session of a run.
pub(crate) struct Sessions {
    identities: HashMap<IdentityName, Arc<Identity>>,
    /// The number of the first one.
    first: u64,
    opened: Mutex<Opened>,
}

#[derive(Default)]
struct Opened {
    all: Vec<Arc<Session>>,
    shared: HashMap<IdentityName, SessionId>,
}

/// One session.
pub(crate) struct Session {
    id: SessionId,
    who: Who,
    jar: Mutex<Jar>,
    /// What every login begins with in its jar.
    planted: Mutex<Jar>,
    state: Mutex<State>,
    /// Held by the one who logs in, so that others wait for the outcome.
    turn: tokio::sync::Mutex<()>,
}

enum Who {
    Nobody,
    Known(Arc<Identity>),
    /// A name that the gate file does not declare.
    Unknown(IdentityName),
}

#[derive(Default)]
struct State {
    grant: Option<Arc<Grant>>,
    /// What the server said no to; asking again and again would lock the account.
    refusal: Option<LoginError>,
}

impl Sessions {
    /// Sessions for these identities, numbered from `first`; none is open.
    pub(crate) fn new(identities: Vec<Identity>, first: u64) -> Self {
        let named = identities
            .into_iter()
            .map(|identity| (identity.name.clone(), Arc::new(identity)));
        Self {
            identities: named.collect(),
            first,
            opened: Mutex::default(),
        }
    }

    /// Opens a session, or finds the shared one of an identity.
    pub(crate) fn open(&self, identity: Option<&IdentityName>, sharing: Sharing) -> SessionId {
        let mut opened = lock(&self.opened);
        let shared = identity.filter(|_| sharing == Sharing::Shared);
        if let Some(known) = shared.and_then(|name| opened.shared.get(name)) {
            return *known;
        }
        let who = match identity {
            None => Who::Nobody,
            Some(name) => match self.identities.get(name) {
                Some(identity) => Who::Known(Arc::clone(identity)),
                None => Who::Unknown(name.clone()),
            },
        };
        let id = SessionId(self.first + opened.all.len() as u64);
        opened.all.push(Arc::new(Session {
            id,
            who,
            jar: Mutex::default(),
            planted: Mutex::default(),
            state: Mutex::default(),
            turn: tokio::sync::Mutex::new(()),
        }));
        if let Some(name) = shared {
            opened.shared.insert(name.clone(), id);
        }
        id
    }

    /// The session of this number.
    pub(crate) fn get(&self, id: SessionId) -> Option<Arc<Session>> {
        let index = usize::try_from(id.0.checked_sub(self.first)?).ok()?;
        lock(&self.opened).all.get(index).cloned()
    }
}

impl Session {
    /// Whose session it is.
    pub(crate) fn identity(&self) -> Option<&IdentityName> {
        match &self.who {
            Who::Nobody => None,
            Who::Known(identity) => Some(&identity.name),
            Who::Unknown(name) => Some(name),
        }
    }

    /// Its cookies.
    pub(crate) fn jar(&self) -> &Mutex<Jar> {
        &self.jar
    }

    /// The cookies it holds for the environment at `home`.
    pub(crate) fn cookies(&self, home: &Url) -> Vec<Cookie> {
        lock(&self.jar).held_for(home)
    }

    /// Puts cookies into its jar, and into that of every later login.
    pub(crate) fn plant(&self, cookies: &[Cookie], home: &Url) {
        for jar in [&self.jar, &self.planted] {
            let mut jar = lock(jar);
            cookies.iter().for_each(|cookie| jar.plant(cookie, home));
        }
    }

    /// What shows the environment at `home` who it is, obtained now unless it is there.
    ///
    /// # Errors
    /// When the login fails.
    pub(crate) async fn credentials(
        &self,
        courier: &Courier,
        home: &Url,
    ) -> Result<Credentials, HttpError> {
        let grant = self.grant(courier, None).await?;
        let mut shown = Credentials {
            headers: Vec::new(),
            cookies: self.cookies(home),
        };
        if let Some(grant) = grant {
            shown.headers = grant.shown_headers(&home.origin());
            shown.cookies.extend(grant.ready_cookies());
        }
        Ok(shown)
    }

    /// Forgets credentials, cookies, planted ones too, and a refusal.
    pub(crate) fn forget(&self) {
        *lock(&self.state) = State::default();
        *lock(&self.planted) = Jar::default();
        *lock(&self.jar) = Jar::default();
    }

    /// The credentials, obtained now unless they are there; `check` is the one that needs them.
    ///
    /// # Errors
    /// When the login fails, or failed before because the server refused it.
    pub(crate) async fn grant(
        &self,
        courier: &Courier,
        check: Option<&CheckId>,
    ) -> Result<Option<Arc<Grant>>, HttpError> {
        let identity = match &self.who {
            Who::Nobody => return Ok(None),
            Who::Known(identity) => identity,
            Who::Unknown(name) => return Err(unknown(name)),
        };
        if let Some(grant) = self.current(courier) {
            return Ok(Some(grant));
        }
        let _turn = self.turn.lock().await;
        if let Some(grant) = self.current(courier) {
            return Ok(Some(grant));
        }
        if let Some(refusal) = &lock(&self.state).refusal {
            return Err(refusal.clone().into());
        }
        *lock(&self.jar) = lock(&self.planted).clone();
        let desk = Desk::new(courier, identity, self, check);
        match desk.obtain().await {
            Ok(grant) => {
                let grant = Arc::new(grant);
                lock(&self.state).grant = Some(Arc::clone(&grant));
                Ok(Some(grant))
            }
            Err(error) => {
                if let HttpError::Login(refusal) = &error
                    && refusal.status.is_some_and(answer::is_refusal)
                {
                    lock(&self.state).refusal = Some(refusal.clone());
                }
                Err(error)
            }
        }
    }

    fn current(&self, courier: &Courier) -> Option<Arc<Grant>> {
        let now = courier.clock.monotonic();
        lock(&self.state)
            .grant
            .clone()
            .filter(|grant| !grant.is_over(now))
    }
}

fn unknown(name: &IdentityName) -> HttpError {
    HttpError::Login(LoginError {
        identity: name.clone(),
        reason: "the gate file declares no such identity".to_owned(),
        help: "Declare it under `identities:`, or correct the name.".to_owned(),
        location: Location::line_of("tidegate.yaml", 1),
        status: None,
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
