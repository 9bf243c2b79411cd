//! Carries removing requests out.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{self, Poll};
use std::time::Duration;

use tidegate_core::name::IdentityName;
use tidegate_core::ports::http::{Purpose, Request, Response, SessionId, Sharing};
use tidegate_core::ports::{Clock, Http, Leftover, Recover, Secrets};

use tokio::task::{JoinError, JoinHandle};

use super::Pledge;
use crate::stop::Stop;

/// How long one removing request may take.
const EACH: Duration = Duration::from_secs(10);

/// How long all removing of a run may take.
const IN_ALL: Duration = Duration::from_secs(60);

/// Sends removing requests within the time they have.
pub(crate) struct Remover {
    http: Arc<dyn Http>,
    clock: Arc<dyn Clock>,
    stop: Stop,
    spent: Mutex<Duration>,
}

/// Sessions that nothing else has used, one for each identity.
pub(crate) struct FreshSessions(Mutex<HashMap<Option<IdentityName>, SessionId>>);

impl Remover {
    /// Sends through `http` until `stop` abandons it.
    pub(crate) fn new(http: Arc<dyn Http>, clock: Arc<dyn Clock>, stop: Stop) -> Self {
        Self {
            http,
            clock,
            stop,
            spent: Mutex::default(),
        }
    }

    /// Opens the sessions of one round of removing.
    pub(crate) fn fresh_sessions(&self) -> FreshSessions {
        FreshSessions(Mutex::default())
    }

    /// Removes what was promised; gives back what stays, with the reason.
    pub(super) async fn keep(
        &self,
        mut pledge: Pledge,
        sessions: &FreshSessions,
        secrets: &dyn Secrets,
    ) -> Result<(), Box<Leftover>> {
        let recover = pledge.promise.recover.take();
        let requests = match (&pledge.remove_with, recover) {
            (Some(request), _) => Ok(vec![request.clone()]),
            (None, Some(recover)) => self.recover(recover).await,
            (None, None) => Err("the answer that names it was lost".to_owned()),
        };
        let requests = requests.map_err(|reason| pledge.leftover(reason, secrets))?;
        for request in requests {
            let identity = pledge.promise.identity.clone();
            let sent = self.remove(request.clone(), identity, sessions).await;
            if let Err(reason) = sent {
                pledge.remove_with = Some(request);
                return Err(pledge.leftover(reason, secrets));
            }
        }
        Ok(())
    }

    async fn recover(&self, recover: Recover) -> Result<Vec<Request>, String> {
        // A task of its own keeps a panic of the check's code out of the removal.
        let task = move || AbortOnDrop(tokio::spawn(async move { recover().await }));
        let found = self.in_time(task).await?;
        found
            .unwrap_or_else(|_| Err("looking for it failed".to_owned()))
            .map_err(|reason| format!("nothing is known that removes it: {reason}"))
    }

    /// Sends one removing request as an identity; says why when it did not remove.
    pub(crate) async fn remove(
        &self,
        mut request: Request,
        identity: Option<IdentityName>,
        sessions: &FreshSessions,
    ) -> Result<(), String> {
        request.session = Some(sessions.of(identity, &*self.http));
        request.purpose = Purpose::Cleanup;
        request.timeout = EACH;
        let response = self.in_time(|| self.http.send(request)).await?;
        let response = response.map_err(|error| error.to_string())?;
        if removed(&response) {
            Ok(())
        } else {
            Err(format!("the removal was answered {}", response.status))
        }
    }

    /// Waits for a removal as long as there is time, and as long as nobody abandons it.
    async fn in_time<F: Future + Unpin>(
        &self,
        removal: impl FnOnce() -> F,
    ) -> Result<F::Output, String> {
        let spent = *self.spent();
        let left = IN_ALL.saturating_sub(spent);
        if left.is_zero() {
            return Err("the time for removing was over".into());
        }
        if self.stop.is_abandoned() {
            return Err("the removal was abandoned".into());
        }
        let before = self.clock.monotonic();
        let ended = tokio::select! {
            done = removal() => Ok(done),
            () = tokio::time::sleep(EACH.min(left)) => Err("the removal took too long".into()),
            () = self.stop.abandoned() => Err("the removal was abandoned".into()),
        };
        *self.spent() += self.clock.monotonic().saturating_sub(before);
        ended
    }

    fn spent(&self) -> std::sync::MutexGuard<'_, Duration> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task that is cancelled when nobody waits for it any more.
struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Future for AbortOnDrop<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut task::Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context)
    }
}

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl FreshSessions {
    fn of(&self, identity: Option<IdentityName>, http: &dyn Http) -> SessionId {
        let mut sessions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *sessions
            .entry(identity)
            .or_insert_with_key(|identity| http.open_session(identity.as_ref(), Sharing::Fresh))
    }
}

/// Whether an answer means that the thing is gone: success, or nothing there (RFC 9110, 15.5.5 and
/// 15.5.11). A redirect is how server-rendered pages confirm, unless it leads to a login.
fn removed(response: &Response) -> bool {
    match response.status {
        200..300 | 404 | 410 => true,
        300..400 => response.header("location").is_some_and(|location| {
            let location = location.to_ascii_lowercase();
            !["login", "signin", "sign-in", "sign_in"]
                .iter()
                .any(|word| location.contains(word))
        }),
        _ => false,
    }
}
