//! A gate file that was read for one environment: everything typed, nothing run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::baseline::Waiver;
use crate::check::{Check, Kind, Observer, ObserverKind};
use crate::diagnostic::Diagnostic;
use crate::handover::Handover;
use crate::located::Located;
use crate::meta::{Level, Severity};
use crate::name::{ApiName, CheckId, Code, IdentityName};
use crate::plugin::Plugin;
use crate::ports::Command;
use crate::request::RequestTemplate;
use crate::span::Span;
use crate::template::{Lookup, Template, TemplateError};

/// A gate file that was read for one environment.
#[derive(Clone)]
pub struct Gate {
    /// The portal's name.
    pub name: String,
    /// The gate file's path as it was given.
    pub file: PathBuf,
    /// The folder of the gate file; every path in it is relative to this.
    pub root: PathBuf,
    /// Where this run looks.
    pub environment: Arc<Environment>,
    /// Who it can be.
    pub identities: Vec<Identity>,
    /// The checks in the order of the file.
    pub checks: Vec<Entry>,
    /// The checks of the file that are off in the environment.
    pub off: Vec<CheckId>,
    /// The observers that are switched on.
    pub observers: Vec<ObserverEntry>,
    /// The plugins that it declares.
    pub plugins: Vec<Arc<Plugin>>,
    /// The path of the OpenAPI document.
    pub openapi: Option<Located<String>>,
    /// The path of the snapshot of a learned contract.
    pub learned: Option<Located<String>>,
    /// How long the whole run may take.
    pub run_budget: Option<Duration>,
    /// Levels that differ from what the severity says, by code.
    pub levels: BTreeMap<Code, Level>,
    /// Findings somebody answers for.
    pub waivers: Vec<Waiver>,
    /// What it says to whoever the portal is handed to.
    pub handover: Option<Handover>,
    /// Whether a change that weakens the gate is stopped; what the base says counts.
    pub protect: bool,
    /// What is odd but no error.
    pub warnings: Vec<Diagnostic>,
    /// What a reader of the plan should know of it, such as checks of a pack that lack a parameter.
    pub notes: Vec<String>,
}

impl Gate {
    /// The identity of this name.
    pub fn identity(&self, name: &IdentityName) -> Option<&Identity> {
        self.identities
            .iter()
            .find(|identity| identity.name == *name)
    }
}

/// What sort of place an environment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EnvironmentKind {
    /// A deploy made for one change.
    Preview,
    /// A copy of production.
    Staging,
    /// This machine.
    Local,
    /// Where clients work; only looked at.
    Production,
}

impl EnvironmentKind {
    /// Whether checks may create and change things there.
    pub fn writable(self) -> bool {
        self != Self::Production
    }
}

/// Where a run looks.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Its key in the gate file.
    pub name: String,
    /// What sort of place it is.
    pub kind: EnvironmentKind,
    /// Its address without a trailing slash.
    pub url: Located<String>,
    /// Headers sent to its own origin with every request.
    pub headers: Vec<(String, Template)>,
    /// Other origins the portal talks to.
    pub apis: Vec<Api>,
    /// How the gate starts the candidate itself.
    pub start: Option<Start>,
    /// A PEM file of the authority that signed its certificate, relative to the gate file.
    pub certificate_authority: Option<String>,
    /// The most requests a second the gate sends there in all.
    pub rate: Option<u32>,
}

/// Another origin the portal talks to.
#[derive(Debug, Clone)]
pub struct Api {
    /// Its key in the gate file.
    pub name: ApiName,
    /// Its address without a trailing slash.
    pub url: Located<String>,
    /// Headers sent to this origin with every request.
    pub headers: Vec<(String, Template)>,
}

/// How the gate starts the candidate, or what it is compared with.
#[derive(Debug, Clone)]
pub struct Start {
    /// What the shell is given.
    pub command: Located<Template>,
    /// The folder it starts in, relative to the gate file.
    pub directory: Option<String>,
    /// Added to its environment.
    pub environment: Vec<(String, Template)>,
    /// Answers 2xx once the candidate is ready.
    pub ready: RequestTemplate,
    /// How long it may take to be ready.
    pub within: Duration,
}

impl Start {
    /// The program to start; its folder lies below `root`, and so many bytes of its output are kept.
    ///
    /// # Errors
    /// The first reference without a value.
    pub fn command(
        &self,
        scope: &dyn Lookup,
        root: &Path,
        output_cap: usize,
    ) -> Result<Command, TemplateError> {
        let variables = self.environment.iter();
        let variables = variables.map(|(name, value)| Ok((name.clone(), value.render(scope)?)));
        let directory = self.directory.as_ref();
        Ok(Command {
            line: self.command.value.render(scope)?,
            directory: directory.map_or_else(|| root.to_owned(), |below| root.join(below)),
            environment: variables.collect::<Result<_, TemplateError>>()?,
            output_cap,
        })
    }
}

/// Somebody the gate can be.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Their key in the gate file.
    pub name: IdentityName,
    /// What they may do, in the portal's own words.
    pub role: Option<String>,
    /// Whose data they see.
    pub tenant: Option<String>,
    /// How they prove who they are.
    pub credential: Credential,
    /// How long a login lasts when the credential does not say so itself.
    pub lifetime: Option<Duration>,
    /// Where they are declared.
    pub span: Span,
}

/// How an identity proves who it is.
#[derive(Debug, Clone)]
pub enum Credential {
    /// Requests that log in, like a user would.
    Login(Login),
    /// A ready token, sent as `Authorization: Bearer` (RFC 6750).
    Bearer(Template),
    /// User name and password with every request (RFC 7617).
    Basic {
        /// The user name.
        user: Template,
        /// The password.
        password: Template,
    },
    /// Ready cookies.
    Cookies(Vec<(String, Template)>),
    /// Ready headers.
    Headers(Vec<(String, Template)>),
    /// A token from an OAuth 2 token endpoint (RFC 6749, 4.3 and 4.4).
    OAuth2(OAuth2),
    /// A password login of Supabase Auth, its anon key sent along.
    Supabase {
        /// The project's address.
        url: Template,
        /// The project's anon or publishable key.
        key: Template,
        /// The user's address.
        email: Template,
        /// The user's password.
        password: Template,
    },
}

/// Requests that log in.
#[derive(Debug, Clone)]
pub struct Login {
    /// The requests in order, each with its captures.
    pub steps: Vec<LoginStep>,
    /// The JSONPath of the token in the last answer; it is sent as `Authorization: Bearer`.
    pub bearer: Option<Located<String>>,
    /// A header to send with every request: its name and a value made of captures.
    pub header: Option<(String, Template)>,
    /// The base32 secret of a time-based one-time password (RFC 6238), as `${totp}`.
    pub totp: Option<Template>,
}

/// One request of a login.
#[derive(Debug, Clone)]
pub struct LoginStep {
    /// The request.
    pub request: RequestTemplate,
    /// Name and source of what later steps need.
    pub capture: Vec<(String, Located<CaptureSource>)>,
}

/// Where a capture of a login comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaptureSource {
    /// A JSONPath (RFC 9535) in the body; the first node.
    JsonPath(String),
    /// A regular expression over the body; the first group.
    Regex(String),
    /// A header.
    Header(String),
    /// A cookie.
    Cookie(String),
}

/// A token from an OAuth 2 token endpoint.
#[derive(Debug, Clone)]
pub struct OAuth2 {
    /// The address of the token endpoint, or its path in the environment.
    pub token_url: Located<Template>,
    /// The client's id.
    pub client_id: Template,
    /// The client's secret.
    pub client_secret: Option<Template>,
    /// The user, for the password grant; the client-credentials grant otherwise.
    pub user: Option<(Template, Template)>,
    /// What is asked for.
    pub scope: Option<String>,
    /// Added to the form, as `audience` often is.
    pub parameters: Vec<(String, Template)>,
}

/// A check of a gate file.
#[derive(Clone)]
pub struct Entry {
    /// Its id.
    pub id: CheckId,
    /// Its kind.
    pub kind: Arc<dyn Kind>,
    /// The check itself.
    pub check: Arc<dyn Check>,
    /// The keys every entry may have.
    pub common: Common,
    /// Its key in the gate file.
    pub span: Span,
}

/// An observer that is switched on.
#[derive(Clone)]
pub struct ObserverEntry {
    /// Its kind.
    pub kind: Arc<dyn ObserverKind>,
    /// The observer itself.
    pub observer: Arc<dyn Observer>,
}

/// The keys every entry may have.
#[derive(Debug, Clone, Default)]
pub struct Common {
    /// Who the check is.
    pub identity: Option<Located<IdentityName>>,
    /// How bad every finding of it is.
    pub severity: Option<Severity>,
    /// When it is in.
    pub when: When,
    /// The checks that must pass before it.
    pub needs: Vec<Located<CheckId>>,
    /// Globs of the files it is about.
    pub covers: Vec<String>,
    /// How long one attempt may take.
    pub timeout: Option<Duration>,
    /// How often a failed attempt is repeated.
    pub retries: u8,
    /// Who looks after it.
    pub owner: Option<String>,
    /// What an inconclusive outcome does.
    pub on_inconclusive: Option<OnInconclusive>,
}

/// When a check is in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct When {
    /// Only in these environments, by name; any when empty.
    pub environments: Vec<String>,
    /// Only when a file that matches one of these globs changed; any when empty.
    pub changed: Vec<String>,
}

/// What an inconclusive outcome does to the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnInconclusive {
    /// It stops the deploy.
    Block,
    /// It is a warning.
    Warn,
}
