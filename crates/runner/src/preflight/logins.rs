//! Logs in everybody the selected checks act as, once for the whole run.

use std::sync::Arc;

use tidegate_core::event::PreflightFailure;
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::Sharing;
use tokio::task::JoinSet;

use super::failure;
use super::secrets::acting;
use crate::run::Session;

/// Logs everybody in at once; the first of the gate file that cannot is told.
pub(super) async fn check(session: &Arc<Session>) -> Result<(), Box<PreflightFailure>> {
    let identities = acting(&session.gate, &session.plan);
    if identities.is_empty() {
        return Ok(());
    }
    let listed: Vec<&str> = identities.iter().map(|one| one.name.as_str()).collect();
    let listed = listed.join(", ");
    session.emitter.preparing(format!("logging in as {listed}"));
    let http = &session.ports.http;
    let mut logins = JoinSet::new();
    for (index, identity) in identities.iter().enumerate() {
        let login = http.log_in(http.open_session(Some(&identity.name), Sharing::Shared));
        logins.spawn(async move { (index, login.await) });
    }
    let mut faults: Vec<(usize, HttpError)> = Vec::new();
    while let Some(joined) = logins.join_next().await {
        if let Ok((index, Err(error))) = joined {
            faults.push((index, error));
        }
    }
    faults.sort_unstable_by_key(|(index, _)| *index);
    let others: Vec<String> = faults
        .iter()
        .skip(1)
        .map(|(_, error)| error.to_string())
        .collect();
    let Some((index, first)) = faults.into_iter().next() else {
        return Ok(());
    };
    let location = match &first {
        HttpError::Login(login) => login.location.clone(),
        _ => identities[index].span.location(),
    };
    let (message, help) = (first.to_string(), first.help());
    let mut failure = failure("preflight/login", message, help, Some(location));
    failure.evidence = (!others.is_empty()).then(|| others.join("\n"));
    Err(failure)
}
