//! A look at everything that a run relies on, for somebody who wants to know before there is a run.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tidegate_core::event::PreflightFailure;
use tidegate_core::gate::{Gate, Identity};
use tidegate_core::located::Located;
use tidegate_core::name::{ApiName, IdentityName};
use tidegate_core::period::Period;
use tidegate_core::plan::Plan;
use tidegate_core::ports::http::Sharing;
use tidegate_core::ports::{Http, HttpError, Secrets};
use tidegate_core::span::Location;
use tidegate_core::template::TemplateError;
use tokio::task::JoinSet;

use super::walls::wall;
use super::{failure, online, reach, secrets};
use crate::error::RunError;
use crate::redaction::Redaction;
use crate::run::{Base, on_own_runtime};
use crate::select::plan;
use crate::select::trust::Trust;
use crate::setup::{Options, Setup};

/// What was seen of everything that a run relies on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Looked {
    /// Whether the gate starts the candidate itself, so that nothing need answer yet.
    pub starts: bool,
    /// The candidate first, then each of the environment's apis in the order of the file.
    pub origins: Vec<LookedOrigin>,
    /// Everybody the gate can be, in the order of the file; empty when logins were not asked for.
    pub logins: Vec<LookedLogin>,
    /// Every secret that the gate names, by name.
    pub secrets: Vec<LookedSecret>,
}

/// What was seen of an origin.
#[derive(Debug, Clone, PartialEq)]
pub struct LookedOrigin {
    /// The entry under `apis:`; the candidate when absent.
    pub api: Option<ApiName>,
    /// Its address.
    pub url: String,
    /// Its answer, or why there is none of its own.
    pub seen: Result<Answer, PreflightFailure>,
}

/// How an origin answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// How long it took.
    pub elapsed: Duration,
}

/// What came of a login.
#[derive(Debug, Clone, PartialEq)]
pub struct LookedLogin {
    /// Who.
    pub identity: IdentityName,
    /// Whether a check acts as them.
    pub needed: bool,
    /// Whether they are in.
    pub seen: Result<(), PreflightFailure>,
}

/// Whether a secret is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookedSecret {
    /// Its name.
    pub name: String,
    /// Whether a check needs it.
    pub needed: bool,
    /// What is wrong with it, when something is.
    pub fault: Option<TemplateError>,
}

/// Looks at the secrets, the origins and the logins of a gate, each no longer than `within`; runs no check.
///
/// Everything is looked at as if every check ran. Nothing is started, and nothing that is seen of a secret is told.
///
/// # Errors
/// When there is no plan, or no client to look with.
pub fn look(mut setup: Setup, logins: bool, within: Duration) -> Result<Looked, RunError> {
    setup.options = Options {
        all: true,
        only: Vec::new(),
        skip: Vec::new(),
        ..setup.options
    };
    let plan = plan(&setup)?;
    let thread = std::thread::Builder::new().name("tidegate-look".into());
    let work = thread.spawn(move || on_own_runtime(observe(setup, plan, logins, within))?);
    work.map_err(|error| RunError::Start(error.to_string()))?
        .join()
        .unwrap_or_else(|_| {
            Err(RunError::Internal(
                "the thread of a look ended early".into(),
            ))
        })
}

async fn observe(
    setup: Setup,
    plan: Plan,
    logins: bool,
    within: Duration,
) -> Result<Looked, RunError> {
    let base = Base::new(&setup, 0);
    let named = plan.checks.iter().flat_map(|check| &check.forecast.secrets);
    base.learn_all(&setup.gate, named.map(String::as_str));
    let trust = Trust {
        gate: &setup.gate,
        options: &setup.options,
        variables: &*setup.variables,
    };
    let starts = trust.starts();
    let gate = setup.gate;
    let start = gate.environment.start.as_ref().filter(|_| starts);
    let needed = secrets::needed(&gate, &plan, start, online(&plan));
    let secrets = secrets_of(&gate, &plan, &needed, &*base.secrets);
    let http = base.connect(&gate, setup.files, setup.connect)?.http;
    let acting: BTreeSet<IdentityName> = secrets::acting(&gate, &plan)
        .into_iter()
        .map(|identity| identity.name.clone())
        .collect();
    let asked = if logins { &gate.identities[..] } else { &[] };
    let (mut origins, mut logins) = tokio::join!(
        origins(&gate, &http, within),
        log_in(asked, &acting, &http, within)
    );
    let redaction = Redaction(&*base.secrets);
    let failures = origins.iter_mut().filter_map(|one| one.seen.as_mut().err());
    let failures = failures.chain(logins.iter_mut().filter_map(|one| one.seen.as_mut().err()));
    failures.for_each(|failure| redaction.preflight(failure));
    for origin in &mut origins {
        origin.url = base.secrets.redact(&origin.url);
    }
    Ok(Looked {
        starts,
        origins,
        logins,
        secrets,
    })
}

fn secrets_of(
    gate: &Gate,
    plan: &Plan,
    needed: &BTreeSet<String>,
    secrets: &dyn Secrets,
) -> Vec<LookedSecret> {
    let mut all = secrets::of_gate(gate);
    let planned = plan.checks.iter();
    all.extend(planned.flat_map(|check| check.forecast.secrets.iter().cloned()));
    let look = |name: String| LookedSecret {
        needed: needed.contains(&name),
        fault: secrets.reveal(&name).err(),
        name,
    };
    all.into_iter().map(look).collect()
}

async fn origins(gate: &Gate, http: &Arc<dyn Http>, within: Duration) -> Vec<LookedOrigin> {
    let environment = &gate.environment;
    let candidate = std::iter::once((None, environment.url.clone()));
    let apis = environment
        .apis
        .iter()
        .map(|api| (Some(api.name.clone()), api.url.clone()));
    let mut looks = JoinSet::new();
    for (place, (api, url)) in candidate.chain(apis).enumerate() {
        let http = Arc::clone(http);
        looks.spawn(async move { (place, origin(&*http, api, url, within).await) });
    }
    in_order(looks).await
}

async fn origin(
    http: &dyn Http,
    api: Option<ApiName>,
    url: Located<String>,
    within: Duration,
) -> LookedOrigin {
    let location = url.span.location();
    let began = tokio::time::Instant::now();
    let sent = http.send(reach::request(api.clone(), location.clone(), within));
    let seen = match tokio::time::timeout(within, sent).await {
        Err(_) => Err(silent(within, location)),
        Ok(Err(HttpError::Timeout { .. })) => Err(silent(within, location)),
        Ok(Err(error)) => Err(*reach::unreachable(&error, location)),
        Ok(Ok(response)) => match wall(&response) {
            Some(standing) => Err(*reach::walled(standing, &response, location)),
            None => Ok(Answer {
                status: response.status,
                elapsed: began.elapsed(),
            }),
        },
    };
    LookedOrigin {
        api,
        url: url.value,
        seen,
    }
}

fn silent(within: Duration, location: Location) -> PreflightFailure {
    *failure(
        "preflight/unreachable",
        format!("no answer within {}", Period(within)),
        "Check the address, and whether the deploy is up and can be reached from here; a run waits longer.",
        Some(location),
    )
}

async fn log_in(
    identities: &[Identity],
    acting: &BTreeSet<IdentityName>,
    http: &Arc<dyn Http>,
    within: Duration,
) -> Vec<LookedLogin> {
    let mut logins = JoinSet::new();
    for (place, identity) in identities.iter().enumerate() {
        let (identity, location) = (identity.name.clone(), identity.span.location());
        let needed = acting.contains(&identity);
        let login = http.log_in(http.open_session(Some(&identity), Sharing::Shared));
        logins.spawn(async move {
            let seen = match tokio::time::timeout(within, login).await {
                Err(_) => Err(*failure(
                    "preflight/login",
                    format!(
                        "identity `{identity}` was not logged in within {}",
                        Period(within)
                    ),
                    "Look whether the login answers; a run waits longer.",
                    Some(location),
                )),
                Ok(Err(error)) => Err(*failure(
                    "preflight/login",
                    error.to_string(),
                    error.help(),
                    Some(location),
                )),
                Ok(Ok(())) => Ok(()),
            };
            let looked = LookedLogin {
                identity,
                needed,
                seen,
            };
            (place, looked)
        });
    }
    in_order(logins).await
}

/// What tasks gave back, by their places.
async fn in_order<T: 'static>(mut tasks: JoinSet<(usize, T)>) -> Vec<T> {
    let mut ended = Vec::new();
    while let Some(joined) = tasks.join_next().await {
        ended.extend(joined);
    }
    ended.sort_by_key(|(place, _)| *place);
    ended.into_iter().map(|(_, value)| value).collect()
}
