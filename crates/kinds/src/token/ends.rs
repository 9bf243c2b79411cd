//! Whether sessions end when they should: at a logout, and when the password changes.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::check::CheckError;
use tidegate_core::meta::{CodeInfo, Severity};
use tidegate_core::name::IdentityName;
use tidegate_core::ports::http::{Cause, HttpError, Purpose, Response, SessionId, Sharing};
use tidegate_core::ports::{Files, Http, Promise, Ticket};
use tidegate_core::request::RequestTemplate;
use tidegate_core::scope::Scope;

use super::carrier::Carrier;
use super::codes;
use super::config::{PasswordChange, Restore};
use super::findings::{finding, line};
use super::run::{Attempt, Door};
use crate::attack::{Calls, Reply, Story, shape};

/// How long a session may take to end everywhere: some portals keep it in a cache for a moment. The
/// pauses between looks.
const SETTLING: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
];

/// The remaining life of a signed token that is the usual price of having no sessions, in seconds.
const SHORT: i64 = 15 * 60;

/// Logs out in a session of its own, and looks what its copy opens after it.
pub(super) async fn logout(
    attempt: &mut Attempt<'_>,
    name: &IdentityName,
) -> Result<(), CheckError> {
    let Some(calls) = &attempt.config.logout else {
        return Ok(());
    };
    let Some((session, carriers, before)) = copy(attempt, name).await? else {
        return Ok(());
    };
    let response = walk(attempt, calls, session).await?;
    forget_shared(attempt, name);
    let request = calls.request();
    let Some(done) = accepted(attempt, request, response)? else {
        attempt.doubt(format!(
            "Whether a session ends at its logout is not proven: {} did not succeed.",
            request.name()
        ));
        return Ok(());
    };
    let story = Story {
        before,
        attack: format!("{} as {name}: {}", request.name(), shape(&done)),
        after: String::new(),
    };
    judge(
        attempt,
        &codes::ALIVE_AFTER_LOGOUT,
        request,
        &carriers,
        story,
    )
    .await
}

/// Sends requests in order; the answer to the last one, when there is one.
async fn walk(
    attempt: &mut Attempt<'_>,
    calls: &Calls,
    session: SessionId,
) -> Result<Option<Response>, CheckError> {
    let http = attempt.sender.http.clone();
    let mut scope = attempt.scope.clone();
    let mut last = None;
    for call in calls.all() {
        let request = attempt
            .sender
            .render(&call.request, &scope, session, Purpose::Normal)?;
        let Some(response) = attempt.sender.send(request).await?.response() else {
            return Ok(None);
        };
        call.keep(&response, &*http, session, &mut scope);
        last = Some(response);
    }
    Ok(last)
}

/// Logs in and keeps a copy of what the session shows, which opens the probe.
async fn copy(
    attempt: &mut Attempt<'_>,
    name: &IdentityName,
) -> Result<Option<(SessionId, Vec<Carrier>, String)>, CheckError> {
    let Some((session, credentials)) = attempt.log_in(name).await? else {
        return Ok(None);
    };
    let carriers = Carrier::all(&credentials);
    match attempt.knock(&carriers, Purpose::Normal).await? {
        Door::Open(response) => {
            let before = line(
                &attempt.probe(),
                &format!("a copy of the session of {name}"),
                &response,
            );
            Ok(Some((session, carriers, before)))
        }
        door => {
            let why = door.trouble(&attempt.probe());
            attempt.doubt(format!("A copy of a session of {name} does not open the probe, so that its end proves nothing: {why}"));
            Ok(None)
        }
    }
}

/// The answer, when it says that what was asked for was done.
fn accepted(
    attempt: &Attempt<'_>,
    request: &RequestTemplate,
    response: Option<Response>,
) -> Result<Option<Response>, CheckError> {
    let Some(response) = response else {
        return Ok(None);
    };
    let reply = attempt
        .config
        .refusals
        .read(&response, None, &attempt.scope)?;
    // A logout, and many a form, lead to another page, often to the login.
    let moved = (300..400).contains(&response.status) && request.method != "GET";
    let done = reply == Reply::Served || moved || request.method == "GET" && response.status < 400;
    Ok(done.then_some(response))
}

/// Looks whether a copy of a session that is over still opens the probe.
async fn judge(
    attempt: &mut Attempt<'_>,
    code: &CodeInfo,
    request: &RequestTemplate,
    carriers: &[Carrier],
    mut story: Story,
) -> Result<(), CheckError> {
    let mut door = attempt.knock(carriers, Purpose::Attack).await?;
    let clock = attempt.sender.context.clock().clone();
    for pause in SETTLING {
        if !matches!(door, Door::Open(_)) {
            break;
        }
        clock.sleep_until(clock.monotonic() + pause).await;
        door = attempt.knock(carriers, Purpose::Attack).await?;
    }
    let response = match door {
        Door::Open(response) => response,
        Door::Shut(_) => {
            attempt.report.evaluated += 1;
            return Ok(());
        }
        door => {
            let why = door.trouble(&attempt.probe());
            attempt.doubt(format!(
                "Whether the session ended could not be told: {why}"
            ));
            return Ok(());
        }
    };
    attempt.report.evaluated += 1;
    let probe = attempt.probe();
    story.after = line(&probe, "the copy of the session", &response);
    let what = if code.code.as_str().ends_with("logout") {
        "the logout"
    } else {
        "the change of the password"
    };
    let title = format!(
        "{probe} still answers a copy of the session after {what} ({})",
        request.name()
    );
    let subject = format!("{probe} after {}", request.name());
    let finding = finding(code, &request.span, title, subject, &story);
    attempt.found(finding.severity(severity(attempt, carriers)));
    Ok(())
}

/// A signed token that is over within minutes is the usual price of having no sessions.
fn severity(attempt: &Attempt<'_>, carriers: &[Carrier]) -> Severity {
    let now = attempt.sender.context.clock().wall().as_second();
    let ends: Vec<i64> = carriers
        .iter()
        .filter_map(|carrier| carrier.token().ok()?.moment("exp"))
        .collect();
    let all_signed = ends.len() == carriers.len() && !ends.is_empty();
    match ends.iter().max() {
        Some(end) if all_signed && end - now <= SHORT => Severity::Low,
        _ => Severity::High,
    }
}

/// Lets the session that other checks share log in anew: some portals end all of them.
fn forget_shared(attempt: &Attempt<'_>, name: &IdentityName) {
    let http = &attempt.sender.http;
    http.forget_login(http.open_session(Some(name), Sharing::Shared));
}

/// Changes a password in one session, looks whether another one ends, and changes it back.
pub(super) async fn password(attempt: &mut Attempt<'_>) -> Result<(), CheckError> {
    let Some(change) = &attempt.config.password else {
        return Ok(());
    };
    let name = &change.identity;
    let Some((_, carriers, before)) = copy(attempt, name).await? else {
        return Ok(());
    };
    let Some((session, _)) = attempt.log_in(name).await? else {
        return Ok(());
    };
    let back = Way::back(attempt, change, session);
    let ticket = promise(attempt, change, &back)?;
    let response = attempt.send(&change.request, session).await?.response();
    let refused = match &response {
        Some(response) => {
            let reply = attempt
                .config
                .refusals
                .read(response, None, &attempt.scope)?;
            matches!(reply, Reply::Refused(_) | Reply::Invalid)
        }
        None => false,
    };
    let Some(done) = accepted(attempt, &change.request, response)? else {
        attempt.doubt(format!("Whether other sessions end when the password changes is not proven: {} did not succeed.", change.request.name()));
        // What is refused may have been done all the same.
        if refused && back.is_proven().await != Some(false) {
            attempt.sender.context.cleanup()?.release(ticket);
        }
        forget_shared(attempt, name);
        return Ok(());
    };
    let story = Story {
        before,
        attack: format!(
            "{} in another session of {name}: {}",
            change.request.name(),
            shape(&done)
        ),
        after: String::new(),
    };
    let judged = judge(
        attempt,
        &codes::ALIVE_AFTER_PASSWORD_CHANGE,
        &change.request,
        &carriers,
        story,
    )
    .await;
    if back.clone().walk().await.is_ok() {
        attempt.sender.context.cleanup()?.release(ticket);
    }
    forget_shared(attempt, name);
    judged
}

/// The promise that the old password comes back, whatever happens to the check.
fn promise(
    attempt: &Attempt<'_>,
    change: &PasswordChange,
    back: &Way,
) -> Result<Ticket, CheckError> {
    let context = attempt.sender.context;
    let back = back.clone();
    Ok(context.cleanup()?.promise(Promise {
        check: context.check().clone(),
        identity: None,
        marker: format!("the password of {}", change.identity),
        created_by: change.request.name(),
        location: change.request.span.location(),
        recover: Some(Box::new(move || {
            Box::pin(async move { back.make_sure().await.map(|()| Vec::new()) })
        })),
    }))
}

/// The way back to the old password, which needs nothing of the attempt.
#[derive(Clone)]
struct Way {
    identity: IdentityName,
    restore: Restore,
    /// The session that changed the password, with whatever the portal has renewed in it since.
    session: SessionId,
    /// Whether a login shows that the old password is good.
    logs_in: bool,
    scope: Scope,
    http: Arc<dyn Http>,
    files: Arc<dyn Files>,
    cause: Cause,
}

impl Way {
    fn back(attempt: &Attempt<'_>, change: &PasswordChange, session: SessionId) -> Self {
        let context = attempt.sender.context;
        Self {
            identity: change.identity.clone(),
            restore: change.restore.clone(),
            session,
            logs_in: change.logs_in,
            scope: attempt.scope.clone(),
            http: attempt.sender.http.clone(),
            files: attempt.sender.files.clone(),
            cause: context.cause(&change.request.span),
        }
    }

    /// Whether the old password is good; nothing when no login can show it, or the portal wants no more
    /// logins.
    async fn is_proven(&self) -> Option<bool> {
        if !self.logs_in {
            return None;
        }
        let session = self.http.open_session(Some(&self.identity), Sharing::Fresh);
        match self.http.log_in(session).await {
            Ok(()) => Some(true),
            Err(HttpError::Login(error)) => {
                let is_judged = !matches!(error.status, Some(429 | 500..));
                is_judged.then_some(false)
            }
            Err(_) => None,
        }
    }

    /// Goes back unless the old password is good: the change may never have come to the portal.
    ///
    /// # Errors
    /// Why the old password is not back.
    async fn make_sure(self) -> Result<(), String> {
        match self.is_proven().await {
            Some(true) => Ok(()),
            Some(false) | None => self.walk().await,
        }
    }

    /// Sends its requests in order, and logs in with the old password.
    ///
    /// # Errors
    /// Why the old password is not back.
    async fn walk(self) -> Result<(), String> {
        let sent = self.send().await;
        match self.is_proven().await {
            Some(true) => Ok(()),
            Some(false) => sent.and_then(|()| {
                Err(format!(
                    "{} cannot log in with the old password",
                    self.identity
                ))
            }),
            None => sent,
        }
    }

    async fn send(&self) -> Result<(), String> {
        let session = match self.restore {
            Restore::Same(_) => self.session,
            Restore::Anew(_) => self.http.open_session(None, Sharing::Fresh),
        };
        let mut scope = self.scope.clone();
        for call in self.restore.calls().all() {
            let name = call.request.name();
            let request = call
                .request
                .render(&scope, &*self.files, self.cause.clone());
            let mut request = request.map_err(|error| error.to_string())?;
            request.purpose = Purpose::Cleanup;
            request.session = Some(session);
            let sent = self.http.send(request).await;
            let response = sent.map_err(|error| error.to_string())?;
            if response.status >= 400 {
                return Err(format!(
                    "{name} was answered with status {}",
                    response.status
                ));
            }
            call.keep(&response, &*self.http, session, &mut scope);
        }
        Ok(())
    }
}
