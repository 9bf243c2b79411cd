//! What a check of tokens is told in the gate file.

use std::time::Duration;

use serde::Deserialize;
use tidegate_core::check::ParseScope;
use tidegate_core::de::gather;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::gate::Credential;
use tidegate_core::located::Located;
use tidegate_core::name::IdentityName;
use tidegate_core::node::{Node, Value};
use tidegate_core::period::Period;
use tidegate_core::ports::http::DEFAULT_TIMEOUT;
use tidegate_core::request::{RequestTemplate, request_keys};
use tidegate_core::scope::BUILT_IN;
use tidegate_core::template::Template;

use crate::attack::{Calls, Refusals, plain, whole};
use crate::budget;
use crate::expect::{Capture, Path, parse_captures};
use crate::flow::{references, take};

/// How long a token may live unless the gate file says otherwise: a week.
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long a used refresh token may be forgiven unless the gate file says otherwise.
const GRACE: Duration = Duration::from_secs(30);
/// The longest that it may be forgiven.
const LONGEST_GRACE: Duration = Duration::from_secs(120);
/// The most requests unless the gate file says otherwise.
const MOST: u32 = 150;
/// The most that it may say.
const LIMIT: u32 = 1_000;

/// The value of `token:`.
pub(super) struct Config {
    /// Whose credentials are tried.
    pub(super) identities: Vec<IdentityName>,
    /// The request that needs them.
    pub(super) probe: RequestTemplate,
    /// What a refusal looks like.
    pub(super) refusals: Refusals,
    /// What the portal signs with, when the gate knows it.
    pub(super) keys: Keys,
    /// Tokens that must be refused.
    pub(super) stale: Stale,
    /// How long a token may live.
    pub(super) lifetime: Duration,
    /// The page that people log in on.
    pub(super) login_page: Option<RequestTemplate>,
    /// The request that ends a session.
    pub(super) logout: Option<Calls>,
    /// How the password is changed and changed back.
    pub(super) password: Option<PasswordChange>,
    /// How a session is renewed.
    pub(super) refresh: Option<Refresh>,
    /// The most requests.
    pub(super) most: u32,
}

/// What tokens are signed with.
#[derive(Default)]
pub(super) struct Keys {
    /// The shared key.
    pub(super) signing: Option<Template>,
    /// The path of the set of public keys.
    pub(super) set: Option<Template>,
    /// The file with the public key.
    pub(super) public: Option<String>,
}

/// Tokens that must be refused although they are properly signed.
#[derive(Default)]
pub(super) struct Stale {
    /// One that is over.
    pub(super) expired: Option<Template>,
    /// One for another service.
    pub(super) audience: Option<Template>,
    /// One of another issuer.
    pub(super) issuer: Option<Template>,
}

/// How the password of an identity is changed and changed back.
#[derive(Clone)]
pub(super) struct PasswordChange {
    /// Whose password.
    pub(super) identity: IdentityName,
    /// The change.
    pub(super) request: RequestTemplate,
    /// The way back.
    pub(super) restore: Restore,
    /// Whether the identity logs in with the password, so that a login shows which one is good.
    pub(super) logs_in: bool,
}

/// How the password is changed back.
#[derive(Clone)]
pub(super) enum Restore {
    /// By a request of the session that changed it.
    Same(Calls),
    /// By requests of a new session, which log in first.
    Anew(Calls),
}

/// How a session is renewed.
pub(super) struct Refresh {
    /// The login whose answer brings the first refresh token.
    pub(super) login: RequestTemplate,
    /// The renewal.
    pub(super) request: RequestTemplate,
    /// What is taken from the answers of both.
    pub(super) captures: Vec<Capture>,
    /// Where their answers have the token for the probe.
    pub(super) bearer: Option<Path>,
    /// How long a used refresh token may be accepted.
    pub(super) grace: Duration,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Raw {
    #[serde(default)]
    identities: Option<Located<Vec<Located<String>>>>,
    probe: Node,
    #[serde(default)]
    refused: Option<Node>,
    #[serde(default)]
    signing_key: Option<Template>,
    #[serde(default)]
    jwks: Option<Template>,
    #[serde(default)]
    public_key: Option<String>,
    #[serde(default)]
    expired: Option<Template>,
    #[serde(default)]
    other_audience: Option<Template>,
    #[serde(default)]
    other_issuer: Option<Template>,
    #[serde(default)]
    max_lifetime: Option<Period>,
    #[serde(default)]
    login_page: Option<Node>,
    #[serde(default)]
    logout: Option<Node>,
    #[serde(default)]
    password_change: Option<Node>,
    #[serde(default)]
    refresh: Option<Node>,
    #[serde(default)]
    most: Option<Located<u32>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawPasswordChange {
    #[serde(default, rename = "as")]
    identity: Option<Located<String>>,
    restore: Node,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawRefresh {
    login: Node,
    #[serde(default)]
    capture: Option<Node>,
    #[serde(default)]
    bearer: Option<Located<String>>,
    #[serde(default)]
    grace: Option<Located<Period>>,
}

impl Config {
    /// Reads the value of `token:`.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn parse(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let raw: Raw = node.read()?;
        let mut faults = Vec::new();
        let identities = kept(
            &mut faults,
            identities(raw.identities.as_ref(), node, scope),
        );
        let probe = kept(&mut faults, probe(&raw.probe, scope).map(Some));
        let refusals = optional(&mut faults, raw.refused.as_ref(), Refusals::parse);
        let logout = optional(&mut faults, raw.logout.as_ref(), |node| {
            Calls::parse(node, scope, BUILT_IN)
        });
        let login_page = raw.login_page.as_ref();
        let login_page = optional(&mut faults, login_page, |node| page(node, scope));
        let password = raw.password_change.as_ref();
        let password = optional(&mut faults, password, |node| {
            PasswordChange::parse(node, scope)
        });
        let refresh = raw.refresh.as_ref();
        let refresh = optional(&mut faults, refresh, |node| Refresh::parse(node, scope));
        budget::check(raw.most.as_ref(), &(20..=LIMIT), &mut faults);
        let (Some(probe), true) = (probe, faults.is_empty()) else {
            return Err(faults);
        };
        let config = Self {
            identities,
            probe,
            refusals: refusals.unwrap_or_default(),
            keys: Keys {
                signing: raw.signing_key,
                set: raw.jwks,
                public: raw.public_key,
            },
            stale: Stale {
                expired: raw.expired,
                audience: raw.other_audience,
                issuer: raw.other_issuer,
            },
            lifetime: raw.max_lifetime.map_or(LIFETIME, |Period(length)| length),
            login_page,
            logout,
            password,
            refresh,
            most: raw.most.map_or(MOST, |most| most.value),
        };
        references::unknown(&config.loose(), BUILT_IN, &mut faults);
        if faults.is_empty() {
            Ok(config)
        } else {
            Err(faults)
        }
    }

    /// The templates that are resolved before anything is captured.
    fn loose(&self) -> Vec<Template> {
        let requests = [Some(&self.probe), self.login_page.as_ref()];
        let requests = requests.into_iter().flatten();
        let mut templates: Vec<Template> = requests.flat_map(RequestTemplate::templates).collect();
        let keys = [&self.keys.signing, &self.keys.set];
        let stale = [
            &self.stale.expired,
            &self.stale.audience,
            &self.stale.issuer,
        ];
        templates.extend(keys.into_iter().chain(stale).flatten().cloned());
        templates.extend(self.refusals.templates());
        templates
    }

    /// Every template in it.
    pub(super) fn templates(&self) -> Vec<Template> {
        let mut templates = self.loose();
        let requests = self.writes().into_iter();
        templates.extend(requests.flat_map(RequestTemplate::templates));
        templates
    }

    /// The requests that may change something.
    pub(super) fn writes(&self) -> Vec<&RequestTemplate> {
        let logout = self.logout.iter().flat_map(Calls::requests);
        let mut requests: Vec<&RequestTemplate> = logout.collect();
        if let Some(change) = &self.password {
            requests.push(&change.request);
            requests.extend(change.restore.calls().requests());
        }
        if let Some(refresh) = &self.refresh {
            requests.extend([&refresh.login, &refresh.request]);
        }
        requests
    }
}

impl Restore {
    /// Its requests in order.
    pub(super) fn calls(&self) -> &Calls {
        match self {
            Self::Same(calls) | Self::Anew(calls) => calls,
        }
    }
}

impl PasswordChange {
    fn parse(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let (request, rest) = take(node, scope)?;
        let raw: RawPasswordChange = rest.read_beside(&request_keys())?;
        let identity = match (&raw.identity, scope.identity) {
            (Some(name), _) => scope.identity(&name.value, &name.span),
            (None, Some(identity)) => Ok(identity.clone()),
            (None, None) => Err(nobody(node)),
        };
        let calls = Calls::parse(&raw.restore, scope, BUILT_IN)?;
        let restore = match &raw.restore.value {
            Value::Sequence(_) => Restore::Anew(calls),
            _ => Restore::Same(calls),
        };
        let mut faults = Vec::new();
        references::unknown(&request.templates(), BUILT_IN, &mut faults);
        let identity = identity.map_err(|fault| faults.push(fault)).ok();
        match identity {
            Some(identity) if faults.is_empty() => Ok(Self {
                logs_in: logs_in(&identity, scope),
                identity,
                request,
                restore,
            }),
            _ => Err(faults),
        }
    }
}

/// Whether an identity logs in with a password, and may do so twice in a row: one-time codes are good once.
fn logs_in(identity: &IdentityName, scope: &ParseScope<'_>) -> bool {
    let mut people = scope.people.iter();
    let person = people.find(|person| person.name == *identity);
    person.is_some_and(|person| match &person.credential {
        Credential::Login(login) => login.totp.is_none(),
        Credential::Supabase { .. } => true,
        _ => false,
    })
}

impl Refresh {
    fn parse(node: &Node, scope: &ParseScope<'_>) -> Result<Self, Vec<Diagnostic>> {
        let (request, rest) = take(node, scope)?;
        let raw: RawRefresh = rest.read_beside(&request_keys())?;
        let login = plain(&raw.login, scope)?;
        let captures = raw.capture.as_ref().map(parse_captures).transpose()?;
        let captures = captures.unwrap_or_default();
        let bearer = raw.bearer.as_ref();
        let bearer = bearer.map(|path| Path::parse(&path.value, &path.span));
        let grace = raw.grace.as_ref().map_or(GRACE, |grace| grace.value.0);
        if let Some(fault) = raw.grace.as_ref().filter(|_| grace > LONGEST_GRACE) {
            return Err(vec![
                Diagnostic::at(fault.span.clone(), "this is too long to wait for")
                    .label("expected two minutes at most"),
            ]);
        }
        let mut known = BUILT_IN.to_vec();
        let mut faults = Vec::new();
        references::unknown(&login.templates(), &known, &mut faults);
        known.extend(captures.iter().map(|capture| capture.name.as_str()));
        references::unknown(&request.templates(), &known, &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Self {
            login,
            request,
            captures,
            bearer: bearer.transpose().map_err(|fault| vec![fault])?,
            grace,
        })
    }
}

fn probe(node: &Node, scope: &ParseScope<'_>) -> Result<RequestTemplate, Vec<Diagnostic>> {
    let request = plain(node, scope)?;
    if request.writes() {
        return Err(vec![
            Diagnostic::at(request.span, "the probe may change something")
                .label("expected a GET")
                .help("It is sent many times; name a page or list that only people who logged in can read."),
        ]);
    }
    // What the environment is shown is copied, and no other origin may see that.
    let is_elsewhere = request.api.is_some() || !request.path.to_string().starts_with('/');
    if is_elsewhere {
        return Err(vec![
            Diagnostic::at(request.span, "the probe may go to another origin")
                .label("expected a path of the environment itself")
                .help("Credentials of the environment are copied, and sent to it alone; name a page or list of the environment, as in `/api/me`."),
        ]);
    }
    Ok(request)
}

/// A path, or a request that reads.
fn page(node: &Node, scope: &ParseScope<'_>) -> Result<RequestTemplate, Vec<Diagnostic>> {
    if matches!(node.value, Value::Map(_)) {
        return probe(node, scope);
    }
    plain(&whole(node, "get"), scope)
}

fn identities(
    written: Option<&Located<Vec<Located<String>>>>,
    node: &Node,
    scope: &ParseScope<'_>,
) -> Result<Vec<IdentityName>, Vec<Diagnostic>> {
    let listed = written
        .map(|list| list.value.as_slice())
        .unwrap_or_default();
    if !listed.is_empty() {
        return gather(listed.iter().map(|name| {
            scope
                .identity(&name.value, &name.span)
                .map_err(|fault| vec![fault])
        }));
    }
    match scope.identity {
        Some(identity) => Ok(vec![identity.clone()]),
        None => Err(vec![nobody(node)]),
    }
}

fn nobody(node: &Node) -> Diagnostic {
    Diagnostic::at(
        node.span.clone(),
        "nobody is named whose credentials are tried",
    )
    .label("needs `as:` beside the kind, or `identities:`")
    .help("Name a declared identity, as in `as: anna`.")
}

/// What was read, or its default beside the faults.
fn kept<T: Default>(faults: &mut Vec<Diagnostic>, read: Result<T, Vec<Diagnostic>>) -> T {
    read.unwrap_or_else(|more| {
        faults.extend(more);
        T::default()
    })
}

fn optional<T>(
    faults: &mut Vec<Diagnostic>,
    node: Option<&Node>,
    read: impl FnOnce(&Node) -> Result<T, Vec<Diagnostic>>,
) -> Option<T> {
    kept(faults, node.map(read).transpose())
}

/// How long a request may take.
pub(super) fn limit(request: &RequestTemplate) -> Duration {
    request
        .timeout
        .map_or(DEFAULT_TIMEOUT, |Period(limit)| limit)
}
