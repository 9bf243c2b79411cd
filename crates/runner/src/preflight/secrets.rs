//! The secrets that a gate names, and whether those that are needed are there.

use std::collections::BTreeSet;

use tidegate_core::event::PreflightFailure;
use tidegate_core::gate::{Credential, Environment, Gate, Identity, Login, OAuth2, Start};
use tidegate_core::name::IdentityName;
use tidegate_core::plan::Plan;
use tidegate_core::template::{Template, TemplateError};

use super::{failure, selected};
use crate::run::Session;

/// Every secret that the environment and the identities of a gate name.
pub(crate) fn of_gate(gate: &Gate) -> BTreeSet<String> {
    let mut templates = of_environment(&gate.environment);
    templates.extend(gate.environment.start.iter().flat_map(of_start));
    templates.extend(gate.identities.iter().flat_map(of_identity));
    names(&templates)
}

/// Every secret that these identities prove themselves with.
pub(crate) fn of_identities<'i>(
    identities: impl Iterator<Item = &'i Identity>,
) -> BTreeSet<String> {
    names(&identities.flat_map(of_identity).collect::<Vec<_>>())
}

/// Every secret that requests to an environment carry.
pub(crate) fn of_place(environment: &Environment) -> BTreeSet<String> {
    names(&of_environment(environment))
}

/// Every secret that a candidate is started with.
pub(crate) fn of_starting(start: &Start) -> BTreeSet<String> {
    names(&of_start(start))
}

fn names(templates: &[Template]) -> BTreeSet<String> {
    let secrets = templates.iter().flat_map(Template::secrets);
    secrets.map(str::to_owned).collect()
}

fn of_environment(environment: &Environment) -> Vec<Template> {
    let apis = environment.apis.iter().flat_map(|api| &api.headers);
    values(environment.headers.iter().chain(apis))
}

fn values<'p>(pairs: impl IntoIterator<Item = &'p (String, Template)>) -> Vec<Template> {
    pairs.into_iter().map(|(_, value)| value.clone()).collect()
}

fn of_start(start: &Start) -> Vec<Template> {
    let mut templates = start.ready.templates();
    templates.push(start.command.value.clone());
    templates.extend(values(&start.environment));
    templates
}

fn of_identity(identity: &Identity) -> Vec<Template> {
    match &identity.credential {
        Credential::Login(login) => of_login(login),
        Credential::Bearer(token) => vec![token.clone()],
        Credential::Basic { user, password } => vec![user.clone(), password.clone()],
        Credential::Cookies(pairs) | Credential::Headers(pairs) => values(pairs),
        Credential::OAuth2(oauth) => of_oauth(oauth),
        Credential::Supabase {
            url,
            key,
            email,
            password,
        } => [url, key, email, password].map(Template::clone).into(),
    }
}

fn of_login(login: &Login) -> Vec<Template> {
    let steps = login.steps.iter();
    let mut templates: Vec<Template> = steps.flat_map(|step| step.request.templates()).collect();
    templates.extend(values(&login.header));
    templates.extend(login.totp.clone());
    templates
}

fn of_oauth(oauth: &OAuth2) -> Vec<Template> {
    let mut templates = values(&oauth.parameters);
    templates.extend([oauth.token_url.value.clone(), oauth.client_id.clone()]);
    templates.extend(oauth.client_secret.clone());
    templates.extend(
        oauth
            .user
            .iter()
            .flat_map(|(user, word)| [user.clone(), word.clone()]),
    );
    templates
}

/// Everybody the selected checks act as, in the order of the gate file.
pub(super) fn acting<'g>(gate: &'g Gate, plan: &'g Plan) -> Vec<&'g Identity> {
    let own = selected(gate, plan).filter_map(|entry| entry.common.identity.as_ref());
    let own = own.map(|identity| &identity.value);
    let forecast = plan.selected();
    let forecast = forecast.flat_map(|planned| &planned.forecast.identities);
    let acting: BTreeSet<&IdentityName> = own.chain(forecast).collect();
    let identities = gate.identities.iter();
    identities
        .filter(|identity| acting.contains(&identity.name))
        .collect()
}

/// Every secret that the checks which are in need.
pub(super) fn needed(
    gate: &Gate,
    plan: &Plan,
    start: Option<&Start>,
    online: bool,
) -> BTreeSet<String> {
    let mut needed = of_identities(acting(gate, plan).into_iter());
    needed.extend(start.into_iter().flat_map(of_starting));
    if online {
        needed.extend(of_place(&gate.environment));
    }
    let planned = plan.selected();
    needed.extend(planned.flat_map(|planned| planned.forecast.secrets.iter().cloned()));
    needed
}

/// Names every secret at once that the selected checks need and that is missing or too short.
pub(super) fn check(session: &Session, online: bool) -> Result<(), Box<PreflightFailure>> {
    let needed = needed(&session.gate, &session.plan, session.start(), online);
    let faults: Vec<TemplateError> = needed
        .iter()
        .filter_map(|name| session.ports.secrets.reveal(name).err())
        .collect();
    if faults.is_empty() {
        return Ok(());
    }
    let (message, help) = told(&faults);
    Err(failure("preflight/secret", message, help, None))
}

/// What is wrong and how to mend it: several that are not set in one sentence, the others one by one.
fn told(faults: &[TemplateError]) -> (String, String) {
    let missing: Vec<&str> = faults.iter().filter_map(unset).collect();
    let (mut messages, mut helps) = (Vec::new(), Vec::new());
    let several = missing.len() > 1;
    if let (true, Some((last, rest))) = (several, missing.split_last()) {
        messages.push(format!(
            "the secrets `{}` and `{last}` are not set",
            rest.join("`, `")
        ));
        helps.push(format!(
            "Set {} and {last} in the environment of this run, in CI as secrets of the job.",
            rest.join(", ")
        ));
    }
    for fault in faults {
        if !several || unset(fault).is_none() {
            messages.push(fault.to_string());
            helps.push(fault.help());
        }
    }
    (messages.join("; "), helps.join(" "))
}

/// The name of a secret that is not set.
fn unset(fault: &TemplateError) -> Option<&str> {
    match fault {
        TemplateError::SecretNotSet { name } => Some(name),
        _ => None,
    }
}
