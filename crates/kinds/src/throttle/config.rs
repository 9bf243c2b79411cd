//! What a check of logins is told in the gate file.

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::Credential;
use tidegate_core::located::Located;
use tidegate_core::node::Node;
use tidegate_core::request::RequestTemplate;
use tidegate_core::scope::BUILT_IN;
use tidegate_core::template::Template;

use crate::attack::{Calls, Refusals};
use crate::flow::references;

/// How many wrong passwords are tried unless the gate file says otherwise.
const TRIES: u32 = 15;
/// The most that it may say.
const LIMIT: u32 = 50;
/// The fewest that tell anything.
const FEWEST: u32 = 5;

/// The values that its requests may use beside the built-in ones.
const OWN: [&str; 2] = ["user", "password"];

/// The value of `throttle:`.
pub(super) struct Config {
    /// The name of the account that passwords are guessed for.
    pub(super) user: Template,
    /// Its password.
    pub(super) password: Template,
    /// The name of an account that does not exist; made up when absent.
    pub(super) unknown: Option<Template>,
    /// The login, with `${user}` and `${password}`.
    pub(super) login: Calls,
    /// What a failed login looks like.
    pub(super) failed: Refusals,
    /// The request for a new password, with `${user}`.
    pub(super) reset: Option<Calls>,
    /// How many wrong passwords are tried.
    pub(super) tries: u32,
    /// Whether it may be tried in production.
    pub(super) production: bool,
    /// An identity of the gate file that logs in with the same secrets.
    pub(super) shared_with: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    account: RawAccount,
    login: Node,
    #[serde(default)]
    failed: Option<Node>,
    #[serde(default)]
    reset: Option<Node>,
    #[serde(default)]
    tries: Option<Located<u32>>,
    #[serde(default)]
    production: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawAccount {
    user: Template,
    password: Template,
    #[serde(default)]
    unknown: Option<Template>,
}

impl Config {
    /// Reads the value of `throttle:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn parse(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let raw: Raw = node.read()?;
        let mut known = BUILT_IN.to_vec();
        known.extend(OWN);
        let login = Calls::parse(&raw.login, scope, &known)?;
        let failed = raw.failed.as_ref().map(Refusals::parse).transpose()?;
        let reset = raw.reset.as_ref();
        let reset = reset.map(|node| Calls::parse(node, scope, &known));
        let reset = reset.transpose()?;
        let config = Self {
            shared_with: shared(&raw.account.user, scope),
            user: raw.account.user,
            password: raw.account.password,
            unknown: raw.account.unknown,
            login,
            failed: failed.unwrap_or_default(),
            reset,
            tries: tries(raw.tries.as_ref())?,
            production: raw.production,
        };
        config.check_references()?;
        Ok(config)
    }

    fn check_references(&self) -> Result<(), Vec<Diagnostic>> {
        let mut faults = Vec::new();
        let names = [&self.user, &self.password]
            .into_iter()
            .chain(&self.unknown);
        let names: Vec<Template> = names.cloned().collect();
        references::unknown(&names, BUILT_IN, &mut faults);
        let mut known = BUILT_IN.to_vec();
        known.extend(OWN);
        references::unknown(&self.failed.templates(), &known, &mut faults);
        let uses = |calls: &Calls, name: &str| {
            let templates = calls.templates();
            templates
                .iter()
                .any(|one| one.values().any(|value| value == name))
        };
        let login = OWN.iter().map(|name| (&self.login, *name));
        let reset = self.reset.iter().map(|reset| (reset, "user"));
        let missed = login
            .chain(reset)
            .filter(|(calls, name)| !uses(calls, name));
        faults.extend(missed.map(|(calls, name)| missing(calls.request(), name)));
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }

    /// What is sent.
    pub(super) fn requests(&self) -> impl Iterator<Item = &RequestTemplate> {
        let all = std::iter::once(&self.login).chain(&self.reset);
        all.flat_map(Calls::requests)
    }

    /// Every template in it.
    pub(super) fn templates(&self) -> Vec<Template> {
        let mut templates: Vec<Template> = self
            .requests()
            .flat_map(RequestTemplate::templates)
            .collect();
        templates.extend([self.user.clone(), self.password.clone()]);
        templates.extend(self.unknown.clone());
        templates.extend(self.failed.templates());
        templates
    }

    /// How many requests are sent at most.
    pub(super) fn most_requests(&self) -> u32 {
        let length = |calls: &Calls| u32::try_from(calls.all().count()).unwrap_or(u32::MAX);
        // The right password before and after, two guesses for nobody, one to be sure, and four resets.
        let logins = (self.tries + 5).saturating_mul(length(&self.login));
        let resets = self.reset.as_ref().map_or(0, |reset| 4 * length(reset));
        logins.saturating_add(resets)
    }
}

fn missing(request: &RequestTemplate, name: &str) -> Diagnostic {
    Diagnostic::at(request.span.clone(), format!("this request does not use `${{{name}}}`"))
        .label(format!("needs `${{{name}}}` where the portal expects it"))
        .help("The check puts several accounts and passwords there, as in `json: { email: \"${user}\", password: \"${password}\" }`.")
}

fn tries(written: Option<&Located<u32>>) -> Result<u32, Vec<Diagnostic>> {
    match written {
        Some(tries) if !(FEWEST..=LIMIT).contains(&tries.value) => Err(vec![
            Diagnostic::at(tries.span.clone(), "this is no number of tries")
                .label(format!("expected a number from {FEWEST} to {LIMIT}")),
        ]),
        Some(tries) => Ok(tries.value),
        None => Ok(TRIES),
    }
}

/// The identity that logs in with a secret of the account.
fn shared(user: &Template, scope: &ParseScope<'_>) -> Option<String> {
    let own: Vec<&str> = user.secrets().collect();
    let uses = |credential: &Credential| match credential {
        Credential::Login(login) => login.steps.iter().any(|step| {
            let templates = step.request.templates();
            templates
                .iter()
                .flat_map(Template::secrets)
                .any(|name| own.contains(&name))
        }),
        Credential::Basic { user, .. } => user.secrets().any(|name| own.contains(&name)),
        Credential::Supabase { email, .. } => email.secrets().any(|name| own.contains(&name)),
        _ => false,
    };
    let found = scope.people.iter().find(|person| uses(&person.credential));
    found.map(|person| person.name.to_string())
}
