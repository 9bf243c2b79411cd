//! Renewing sessions: twice at the same moment, and with a token that was used up.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use serde_json::Value as Json;
use tidegate_core::check::CheckError;
use tidegate_core::ports::http::{HttpError, Purpose, Request, Response, SessionId};
use tidegate_core::request::RequestTemplate;
use tidegate_core::scope::Scope;
use tidegate_core::secret::Sensitive;

use super::carrier::Carrier;
use super::codes;
use super::config::Refresh;
use super::findings::finding;
use super::run::{Attempt, Door};
use crate::attack::{Reply, Story, shape};
use crate::expect::Received;

/// What a login or a renewal brought.
#[derive(Clone)]
struct Brought {
    /// The captures, the refresh token among them.
    scope: Scope,
    /// What the probe is shown.
    shown: Vec<Carrier>,
    /// The answer as a line of evidence.
    line: String,
    /// The values that were captured.
    captured: Vec<Json>,
}

/// What came of a login or a renewal.
enum Renewal {
    /// It succeeded.
    Brought(Box<Brought>),
    /// It was refused.
    Refused,
    /// The portal failed or was silent, in a plain sentence.
    Unknown(String),
}

impl Renewal {
    /// What it brought, if it succeeded.
    fn brought(self) -> Option<Brought> {
        match self {
            Self::Brought(brought) => Some(*brought),
            Self::Refused | Self::Unknown(_) => None,
        }
    }
}

/// Renews a session as people with two open tabs do, and as a thief does.
pub(super) async fn run(attempt: &mut Attempt<'_>) -> Result<(), CheckError> {
    let Some(refresh) = &attempt.config.refresh else {
        return Ok(());
    };
    let session = attempt.sender.session(None);
    let scope = attempt.scope.clone();
    let first = ask(attempt, refresh, &refresh.login, &scope, session).await?;
    let Some(first) = first.brought() else {
        attempt.doubt(format!(
            "Renewing is not proven: {} did not succeed.",
            refresh.login.name()
        ));
        return Ok(());
    };
    let second = ask(attempt, refresh, &refresh.request, &first.scope, session).await?;
    let Some(second) = second.brought() else {
        attempt.doubt(format!(
            "Renewing is not proven: a single {} did not succeed.",
            refresh.request.name()
        ));
        return Ok(());
    };
    if lives(attempt, &second).await? != Some(true) {
        attempt.doubt(format!("What {} brings does not open {}, so that renewing is not proven; say with `bearer:` where the new token is.", refresh.request.name(), attempt.probe()));
        return Ok(());
    }
    race(attempt, refresh, &second, session).await?;
    reuse(attempt, refresh, &first, &second).await
}

/// Whether what was brought opens the probe; nothing when that cannot be told.
async fn lives(attempt: &mut Attempt<'_>, brought: &Brought) -> Result<Option<bool>, CheckError> {
    Ok(
        match attempt.knock(&brought.shown, Purpose::Normal).await? {
            Door::Open(_) => Some(true),
            Door::Shut(_) => Some(false),
            Door::Broken(_) | Door::Unknown(_) => None,
        },
    )
}

/// Two renewals with the same token at the same moment: the session must live on.
async fn race(
    attempt: &mut Attempt<'_>,
    refresh: &Refresh,
    before: &Brought,
    session: SessionId,
) -> Result<(), CheckError> {
    let sender = &mut attempt.sender;
    if sender.stopped.is_some() || sender.left < 2 {
        sender.left = 0;
        attempt.doubt(
            "Whether two renewals at once end the session was not tried: the budget of requests is used up.".to_owned(),
        );
        return Ok(());
    }
    let request = |attempt: &Attempt<'_>| {
        let template = &refresh.request;
        attempt
            .sender
            .render(template, &before.scope, session, Purpose::Login)
    };
    let pair = (request(attempt)?, request(attempt)?);
    attempt.sender.left -= 2;
    attempt.sender.sent += 2;
    let http = attempt.sender.http.clone();
    let (one, other) = both(http.send(pair.0), http.send(pair.1)).await;
    let mut lines = Vec::new();
    let mut is_silent = false;
    let mut renewed = Vec::new();
    for answer in [one, other] {
        match answer {
            Ok(response) if matches!(response.status, 429 | 503) => {
                attempt.doubt(format!("Whether two renewals at once end the session is not proven: {} was answered with status {}.", refresh.request.name(), response.status));
                return Ok(());
            }
            Ok(response) => {
                lines.push(shape(&response));
                let name = refresh.request.name();
                let renewal = brought(attempt, refresh, &before.scope, &name, response, session)?;
                renewed.extend(renewal.brought());
            }
            Err(HttpError::Stopped) => return Err(HttpError::Stopped.into()),
            Err(error) => {
                is_silent = true;
                lines.push(error.to_string());
            }
        }
    }
    attempt.report.evaluated += 1;
    let name = refresh.request.name();
    let mut unknown = is_silent;
    for one in &renewed {
        let opens = lives(attempt, one).await?;
        let renews = ask(attempt, refresh, &refresh.request, &one.scope, session).await?;
        if opens == Some(true) && renews.brought().is_some() {
            return Ok(());
        }
        unknown = unknown || opens.is_none();
    }
    if unknown || attempt.sender.stopped.is_some() {
        attempt.doubt(format!("Whether two renewals at once end the session is not proven: not every answer came ({}).", lines.join("; ")));
        return Ok(());
    }
    let story = Story {
        before: before.line.clone(),
        attack: format!("{name} twice at the same moment: {}", lines.join("; ")),
        after: format!(
            "{} of 2 renewals succeeded, and no session that lives on came of them",
            renewed.len()
        ),
    };
    let title = format!("Two renewals at the same moment ({name}) log the person out");
    let subject = format!("{name} race");
    attempt.found(finding(
        &codes::REFRESH_RACE,
        &refresh.request.span,
        title,
        subject,
        &story,
    ));
    Ok(())
}

/// Sends a refresh token that was used up before.
async fn reuse(
    attempt: &mut Attempt<'_>,
    refresh: &Refresh,
    first: &Brought,
    second: &Brought,
) -> Result<(), CheckError> {
    let name = refresh.request.name();
    if first.captured.is_empty() {
        attempt.note(format!(
            "Whether used refresh tokens are refused was not tried: nothing is captured for {name}."
        ));
        return Ok(());
    }
    if first.captured == second.captured {
        attempt.note(format!("{name} brings no new refresh token: the old one stays good until its end, so that a stolen one cannot be noticed."));
        return Ok(());
    }
    let session = attempt.sender.session(None);
    let Some(again) = renew_again(attempt, refresh, first, session).await? else {
        return Ok(());
    };
    let story = Story {
        before: second.line.clone(),
        attack: format!(
            "{} with the first refresh token, {} s after it was used up",
            again.line,
            refresh.grace.as_secs()
        ),
        after: String::new(),
    };
    let title = format!("{name} accepts a refresh token that was used up");
    let subject = format!("{name} reuse");
    attempt.found(finding(
        &codes::REFRESH_REUSE,
        &refresh.request.span,
        title,
        subject,
        &story,
    ));
    Ok(())
}

/// Renews with a token that was used up, at once and when it is forgiven no more; nothing when it is
/// refused, or when that cannot be told.
async fn renew_again(
    attempt: &mut Attempt<'_>,
    refresh: &Refresh,
    first: &Brought,
    session: SessionId,
) -> Result<Option<Brought>, CheckError> {
    let clock = attempt.sender.context.clock().clone();
    let mut accepted = None;
    for pause in [Duration::ZERO, refresh.grace] {
        clock.sleep_until(clock.monotonic() + pause).await;
        accepted = match ask(attempt, refresh, &refresh.request, &first.scope, session).await? {
            Renewal::Brought(again) => Some(*again),
            Renewal::Refused => {
                attempt.report.evaluated += 1;
                return Ok(None);
            }
            Renewal::Unknown(why) => {
                attempt.doubt(format!(
                    "Whether used refresh tokens are refused is not proven: {why}"
                ));
                return Ok(None);
            }
        };
    }
    attempt.report.evaluated += 1;
    Ok(accepted)
}

/// Sends a login or a renewal.
async fn ask(
    attempt: &mut Attempt<'_>,
    refresh: &Refresh,
    template: &RequestTemplate,
    scope: &Scope,
    session: SessionId,
) -> Result<Renewal, CheckError> {
    let request: Request = attempt
        .sender
        .render(template, scope, session, Purpose::Login)?;
    match attempt.sender.send(request).await?.response() {
        Some(response) => brought(attempt, refresh, scope, &template.name(), response, session),
        None => Ok(Renewal::Unknown(format!(
            "{} got no answer.",
            template.name()
        ))),
    }
}

/// What an answer brought.
fn brought(
    attempt: &Attempt<'_>,
    refresh: &Refresh,
    scope: &Scope,
    name: &str,
    response: Response,
    session: SessionId,
) -> Result<Renewal, CheckError> {
    let reply = attempt.config.refusals.read(&response, None, scope)?;
    match reply {
        Reply::Served => {}
        Reply::Refused(_) | Reply::Invalid => return Ok(Renewal::Refused),
        Reply::Failed | Reply::Limited => {
            let status = response.status;
            return Ok(Renewal::Unknown(format!(
                "{name} was answered with status {status}."
            )));
        }
    }
    let http = attempt.sender.http.clone();
    let jar = || http.cookies(session);
    let received = Received::new(&response, &jar);
    let mut scope = scope.clone();
    let mut captured = Vec::new();
    for capture in &refresh.captures {
        if let Some(value) = capture.take(&received) {
            learn(attempt, &value);
            captured.push(value.clone());
            scope.capture(capture.name.clone(), value);
        }
    }
    let mut shown: Vec<Carrier> = Vec::new();
    let bearer = refresh.bearer.as_ref().and_then(|path| {
        let token = path
            .all(received.json()?)
            .first()
            .copied()?
            .as_str()?
            .to_owned();
        Some(Sensitive::new(token))
    });
    match bearer {
        Some(token) => {
            learn(attempt, &Json::from(token.expose()));
            shown.push(Carrier {
                is_cookie: false,
                name: "authorization".to_owned(),
                scheme: "Bearer ".to_owned(),
                value: token,
            });
        }
        None => shown.extend(cookies(&response, &jar())),
    }
    Ok(Renewal::Brought(Box::new(Brought {
        scope,
        shown,
        line: format!("{name}: {}", shape(&response)),
        captured,
    })))
}

/// The cookies of a session as this answer left them: another answer may have come since.
fn cookies(response: &Response, held: &[tidegate_core::ports::http::Cookie]) -> Vec<Carrier> {
    let set = |name: &str| response.cookies.iter().find(|cookie| cookie.name == name);
    let kept = held.iter().filter(|cookie| set(&cookie.name).is_none());
    let all = response.cookies.iter().chain(kept).cloned().collect();
    let credentials = tidegate_core::ports::http::Credentials {
        headers: Vec::new(),
        cookies: all,
    };
    Carrier::all(&credentials)
}

fn learn(attempt: &Attempt<'_>, value: &Json) {
    if let Some(text) = value.as_str().filter(|text| text.len() >= 8) {
        attempt
            .sender
            .context
            .secrets()
            .learn("refreshed credential", text);
    }
}

/// Waits for two futures side by side.
async fn both<A, B>(one: impl Future<Output = A>, other: impl Future<Output = B>) -> (A, B) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    let (mut first, mut second) = (None, None);
    poll_fn(|task| {
        if first.is_none()
            && let Poll::Ready(output) = one.as_mut().poll(task)
        {
            first = Some(output);
        }
        if second.is_none()
            && let Poll::Ready(output) = other.as_mut().poll(task)
        {
            second = Some(output);
        }
        match (first.take(), second.take()) {
            (Some(one), Some(other)) => Poll::Ready((one, other)),
            (one, other) => {
                (first, second) = (one, other);
                Poll::Pending
            }
        }
    })
    .await
}
