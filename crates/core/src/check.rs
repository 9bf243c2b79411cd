//! Check kinds, checks and observers: what Tidegate's own kinds, an embedder's and a plugin's share.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;

use crate::diagnostic::Diagnostic;
use crate::distribution::Distribution;
use crate::elsewhere::Elsewhere;
use crate::exchange::Observed;
use crate::finding::Finding;
use crate::gate::{Environment, EnvironmentKind, Identity};
use crate::located::Located;
use crate::meta::{Meta, Port};
use crate::name::{ApiName, CheckId, IdentityName};
use crate::node::Node;
use crate::plugin::Plugin;
use crate::ports::files::{FilesError, RepositoryError, StateError};
use crate::ports::http::{Cause, HttpError};
use crate::ports::{
    BoxFuture, Cleanup, Clock, Files, Http, Load, PortError, Ports, ProcessError, Processes,
    Random, Repository, Secrets, SinkError, Sinks, Snapshots, State, Tasks, Variables, Volley,
};
use crate::request::RenderError;
use crate::scope::Values;
use crate::span::{Location, Span};
use crate::template::TemplateError;

/// A type of check: reads its config and makes checks.
pub trait Kind: Send + Sync {
    /// What the kind says about itself.
    fn meta(&self) -> &Meta;

    /// The JSON Schema (draft-07) of its config, without `$schema`.
    fn schema(&self) -> Json;

    /// Makes a check from the value under the kind's key.
    ///
    /// # Errors
    /// Everything that is wrong with the value, each with its place.
    fn parse(
        &self,
        config: &Node,
        scope: &ParseScope<'_>,
    ) -> Result<Arc<dyn Check>, Vec<Diagnostic>>;
}

/// What a kind may know of the gate file around a check.
#[derive(Debug, Clone, Copy)]
pub struct ParseScope<'g> {
    /// The id of the check.
    pub id: &'g CheckId,
    /// Its key in the gate file.
    pub span: &'g Span,
    /// The declared identities.
    pub identities: &'g [IdentityName],
    /// Those of them that could be read: their roles, tenants and credentials.
    pub people: &'g [Identity],
    /// The declared apis of the environment.
    pub apis: &'g [ApiName],
    /// What sort of place the environment is.
    pub environment: EnvironmentKind,
    /// Who the check is, by `as:`.
    pub identity: Option<&'g IdentityName>,
    /// The path of the OpenAPI document, by `openapi:`.
    pub openapi: Option<&'g Located<String>>,
    /// The declared plugins.
    pub plugins: &'g [Arc<Plugin>],
    /// Other places that it may name.
    pub elsewhere: &'g dyn Elsewhere,
    /// Whether `when:` lets it run in this environment; what cannot be had here is no fault otherwise.
    pub applies: bool,
}

impl ParseScope<'_> {
    /// The declared identity of this name.
    ///
    /// # Errors
    /// A fault at `span` that names the nearest identity.
    pub fn identity(&self, name: &str, span: &Span) -> Result<IdentityName, Diagnostic> {
        declared(
            self.identities,
            IdentityName::as_str,
            "identity",
            name,
            span,
        )
    }

    /// The declared api of this name.
    ///
    /// # Errors
    /// A fault at `span` that names the nearest api.
    pub fn api(&self, name: &str, span: &Span) -> Result<ApiName, Diagnostic> {
        declared(self.apis, ApiName::as_str, "api", name, span)
    }
}

fn declared<N: Clone>(
    known: &[N],
    text: fn(&N) -> &str,
    what: &str,
    name: &str,
    span: &Span,
) -> Result<N, Diagnostic> {
    known
        .iter()
        .find(|candidate| text(candidate) == name)
        .cloned()
        .ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(text).collect();
            Diagnostic::unknown(span.clone(), what, name, &names)
        })
}

/// A configured instance of a kind.
pub trait Check: Send + Sync {
    /// What a run of it would do at most; told without any I/O.
    fn forecast(&self) -> Forecast;

    /// Why it cannot be in the environment it was read for; that is an error of the gate file unless `when:`
    /// leaves the check out there.
    fn unfit(&self) -> Option<Diagnostic> {
        None
    }

    /// Begins, when the run begins, with what takes long and asks nobody: compiling, for one. The run goes on
    /// meanwhile, but for checks that nothing may run beside; an error is for [`Check::run`] to tell.
    fn prepare(&self, tasks: &Arc<dyn Tasks>) -> BoxFuture<'static, ()> {
        let _ = tasks;
        Box::pin(std::future::ready(()))
    }

    /// Runs one attempt.
    ///
    /// Dropping the future stops it; what it created is removed by what it promised before.
    fn run<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<CheckReport, CheckError>>;
}

/// What a run of a check would do at most.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Forecast {
    /// Requests that may change something, as a person names them: `POST /api/records`.
    pub writes: Vec<String>,
    /// How many requests it sends at most when nothing is repeated; 0 says that it sends nothing, so that the
    /// candidate need not answer for it, whatever ports its kind declares.
    pub requests: u32,
    /// Others than the candidate that it may ask something, and what, as in `the providers of found
    /// keys whether these still work`.
    pub asks: Vec<String>,
    /// The longest one attempt may take by its own limits.
    pub worst: Duration,
    /// Everybody it acts as.
    pub identities: Vec<IdentityName>,
    /// The secrets it needs, by name.
    pub secrets: Vec<String>,
    /// Whether nothing else may run beside it.
    pub exclusive: bool,
    /// Whether it runs after all others that are not of this sort, because it reads what they did.
    pub last: bool,
    /// The powers that it was granted, each as a person reads it: `reads files that match exports/*.csv`.
    pub powers: Vec<String>,
    /// Whether it starts no program although its kind declares [`Port::Processes`]: such a check is not
    /// left out when the change is not trusted.
    pub starts_nothing: bool,
}

/// What one attempt of a check found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CheckReport {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What was measured.
    pub metrics: Vec<Metric>,
    /// How many expectations were evaluated; none means there is no evidence.
    pub evaluated: u32,
    /// Why it cannot say, when it cannot.
    pub inconclusive: Option<Inconclusive>,
    /// What a reader should know beside the findings.
    pub notes: Vec<String>,
    /// What is told best in rows and columns.
    pub tables: Vec<Table>,
    /// What is told best as a picture.
    pub distributions: Vec<Distribution>,
    /// Whether the outcome stands whatever another attempt would find, so that none follows: a live
    /// session that was refused once is a fault, not a flaky pass.
    pub decisive: bool,
}

/// Rows and columns of a report, such as variables by environment.
///
/// Where there is no room a cell of the first column loses its middle and every other one its end, so
/// what matters most stands first. Machines read the whole in the JSON report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it shows, in one phrase without a full stop.
    pub title: String,
    /// The head of each column; the first column names the rows.
    pub columns: Vec<String>,
    /// The rows, each with as many cells as there are columns.
    pub rows: Vec<Vec<String>>,
}

/// Why a check cannot say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inconclusive {
    /// What sort of doubt it is.
    pub reason: Doubt,
    /// What happened, in a plain sentence.
    pub text: String,
}

/// The two sorts of doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// No sample, a failed control, a noisy client: the deploy stops unless the gate says otherwise.
    NoEvidence,
    /// A measurement too near its budget: a warning unless the gate says otherwise.
    TooClose,
}

/// Something measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// What it is, as in `duration` or `p95`.
    pub name: String,
    /// What it was measured on, as in `GET /api/records`; empty for the whole check.
    pub subject: String,
    /// Its unit.
    pub unit: Unit,
    /// The value.
    pub value: f64,
    /// The samples behind it, in order; empty when it is a single reading.
    pub samples: Vec<f64>,
}

/// The unit of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Milliseconds.
    Milliseconds,
    /// Bytes.
    Bytes,
    /// A plain number.
    Count,
}

/// Why an attempt came to no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CheckError {
    /// What happened, as a lowercase fragment.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The line of the gate file it happened at, when it is narrower than the check.
    pub location: Option<Location>,
}

impl CheckError {
    /// States what happened and what to do.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: help.into(),
            location: None,
        }
    }

    /// Names the line it happened at, unless a narrower one is known.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location.get_or_insert(location);
        self
    }
}

macro_rules! check_error_from {
    ($($error:ty),*) => {
        $(impl From<$error> for CheckError {
            fn from(error: $error) -> Self {
                Self::new(error.to_string(), error.help())
            }
        })*
    };
}

check_error_from!(
    PortError,
    TemplateError,
    RenderError,
    FilesError,
    RepositoryError,
    StateError,
    SinkError,
    ProcessError
);

impl From<HttpError> for CheckError {
    fn from(error: HttpError) -> Self {
        let location = match &error {
            HttpError::Login(login) => Some(login.location.clone()),
            _ => None,
        };
        Self {
            location,
            ..Self::new(error.to_string(), error.help())
        }
    }
}

/// What an attempt may know and reach.
#[derive(Clone)]
pub struct Context {
    check: CheckId,
    span: Span,
    environment: Arc<Environment>,
    identity: Option<IdentityName>,
    timeout: Option<Duration>,
    gate: String,
    root: PathBuf,
    values: Values,
    changed_since: Option<String>,
    commit: Option<String>,
    salt: Option<String>,
    declared: Vec<Port>,
    ports: Ports,
}

impl Context {
    /// Puts an attempt's context together; `declared` are the ports of the kind's META.
    pub fn new(
        entry: &crate::gate::Entry,
        gate: &crate::gate::Gate,
        values: Values,
        ports: Ports,
    ) -> Self {
        Self {
            check: entry.id.clone(),
            span: entry.span.clone(),
            environment: gate.environment.clone(),
            identity: entry
                .common
                .identity
                .as_ref()
                .map(|identity| identity.value.clone()),
            timeout: entry.common.timeout,
            gate: gate.name.clone(),
            root: gate.root.clone(),
            values,
            changed_since: None,
            commit: None,
            salt: None,
            declared: entry.kind.meta().ports.to_vec(),
            ports,
        }
    }

    /// Names the revision that the judged change starts from.
    #[must_use]
    pub fn changed_since(mut self, revision: Option<String>) -> Self {
        self.changed_since = revision;
        self
    }

    /// The revision that the judged change starts from, when the caller names one.
    pub fn base(&self) -> Option<&str> {
        self.changed_since.as_deref()
    }

    /// Names the commit that is judged.
    #[must_use]
    pub fn judging(mut self, commit: Option<String>) -> Self {
        self.commit = commit;
        self
    }

    /// The full id of the commit that is judged, when it is known.
    pub fn commit(&self) -> Option<&str> {
        self.commit.as_deref()
    }

    /// Gives the salt of the baseline.
    #[must_use]
    pub fn salted(mut self, salt: Option<String>) -> Self {
        self.salt = salt;
        self
    }

    /// What digests of secrets in a finding's subject are keyed with; without one a subject says
    /// nothing about a value.
    pub fn salt(&self) -> Option<&[u8]> {
        self.salt.as_deref().map(str::as_bytes)
    }

    /// The id of the check.
    pub fn check(&self) -> &CheckId {
        &self.check
    }

    /// The check's key in the gate file.
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// Where the run looks.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Who the check is, by `as:`.
    pub fn identity(&self) -> Option<&IdentityName> {
        self.identity.as_ref()
    }

    /// How long the attempt may take, by `timeout:`.
    pub fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    /// The portal's name, as the gate file has it.
    pub fn gate_name(&self) -> &str {
        &self.gate
    }

    /// The folder of the gate file.
    pub fn root(&self) -> &std::path::Path {
        &self.root
    }

    /// The built-in values of the attempt.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// The cause of a request that the expectation at `span` asks for.
    pub fn cause(&self, span: &Span) -> Cause {
        Cause {
            check: self.check.clone(),
            location: span.location(),
        }
    }

    fn declared(&self, port: Port) -> Result<(), PortError> {
        if self.declared.contains(&port) {
            Ok(())
        } else {
            Err(PortError::NotDeclared(port))
        }
    }

    /// Requests to declared origins.
    ///
    /// # Errors
    /// When the kind does not declare the port.
    pub fn http(&self) -> Result<&Arc<dyn Http>, PortError> {
        self.declared(Port::Http).map(|()| &self.ports.http)
    }

    /// Many requests to declared origins, on time.
    ///
    /// # Errors
    /// When the kind does not declare the port.
    pub fn load(&self) -> Result<&Arc<dyn Load>, PortError> {
        self.declared(Port::Load).map(|()| &self.ports.load)
    }

    /// Requests to declared origins that are released together.
    ///
    /// # Errors
    /// When the kind does not declare the port.
    pub fn volley(&self) -> Result<&Arc<dyn Volley>, PortError> {
        self.declared(Port::Volley).map(|()| &self.ports.volley)
    }

    /// Revisions of the git repository.
    ///
    /// # Errors
    /// When the kind does not declare the port, or the gate stands in no repository.
    pub fn repository(&self) -> Result<&Arc<dyn Repository>, PortError> {
        self.declared(Port::Repository)?;
        self.ports
            .repository
            .as_ref()
            .ok_or(PortError::Absent(Port::Repository))
    }

    /// Files under granted roots.
    ///
    /// # Errors
    /// When the kind does not declare the port.
    pub fn files(&self) -> Result<&Arc<dyn Files>, PortError> {
        self.declared(Port::Files).map(|()| &self.ports.files)
    }

    /// Programs on this machine.
    ///
    /// # Errors
    /// When the kind does not declare the port.
    pub fn processes(&self) -> Result<&Arc<dyn Processes>, PortError> {
        self.declared(Port::Processes)
            .map(|()| &self.ports.processes)
    }

    /// Removal of what the check creates.
    ///
    /// # Errors
    /// When the kind does not declare the port.
    pub fn cleanup(&self) -> Result<&Arc<dyn Cleanup>, PortError> {
        self.declared(Port::Cleanup).map(|()| &self.ports.cleanup)
    }

    /// Small files that outlive the run.
    ///
    /// # Errors
    /// When the kind does not declare the port.
    pub fn state(&self) -> Result<&Arc<dyn State>, PortError> {
        self.declared(Port::State).map(|()| &self.ports.state)
    }

    /// Loopback servers that record what the portal sends out.
    ///
    /// # Errors
    /// When the kind does not declare the port.
    pub fn sinks(&self) -> Result<&Arc<dyn Sinks>, PortError> {
        self.declared(Port::Sinks).map(|()| &self.ports.sinks)
    }

    /// What checks sent and received so far.
    ///
    /// # Errors
    /// When the kind does not declare the port.
    pub fn exchanges(&self) -> Result<&Arc<crate::exchange::Exchanges>, PortError> {
        self.declared(Port::Exchanges)
            .map(|()| &self.ports.exchanges)
    }

    /// The process environment.
    ///
    /// # Errors
    /// When the kind does not declare the port.
    pub fn variables(&self) -> Result<&Arc<dyn Variables>, PortError> {
        self.declared(Port::Variables)
            .map(|()| &self.ports.variables)
    }

    /// Time.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.ports.clock
    }

    /// Randomness.
    pub fn random(&self) -> &Arc<dyn Random> {
        &self.ports.random
    }

    /// Concurrency.
    pub fn tasks(&self) -> &Arc<dyn Tasks> {
        &self.ports.tasks
    }

    /// Values by reference.
    pub fn secrets(&self) -> &Arc<dyn Secrets> {
        &self.ports.secrets
    }
}

/// A type of observer: reads its config and makes observers.
pub trait ObserverKind: Send + Sync {
    /// What the observer says about itself.
    fn meta(&self) -> &Meta;

    /// The JSON Schema (draft-07) of its config, without `$schema`.
    fn schema(&self) -> Json;

    /// Makes the observer; `config` is the value under its name in `observers:`, if there is one.
    ///
    /// # Errors
    /// Everything that is wrong with the value, each with its place.
    fn parse(
        &self,
        config: Option<&Node>,
        scope: &ObserverScope<'_>,
    ) -> Result<Option<Arc<dyn Observer>>, Vec<Diagnostic>>;
}

/// What an observer may know of the gate file around it.
#[derive(Debug, Clone, Copy, Default)]
pub struct ObserverScope<'g> {
    /// The path of the OpenAPI document, by `openapi:`.
    pub openapi: Option<&'g Located<String>>,
    /// The path of the snapshot of a learned contract, by `contract:`.
    pub learned: Option<&'g Located<String>>,
}

/// What an observer may know and reach before the first exchange and after the last.
#[derive(Clone)]
pub struct ObserverContext {
    /// Where the run looks.
    pub environment: Arc<Environment>,
    /// Files under granted roots.
    pub files: Arc<dyn Files>,
    /// Small files beside the gate file that people review.
    pub snapshots: Arc<dyn Snapshots>,
    /// What observers may do to snapshots.
    pub updating: Updating,
}

/// What a run may do to snapshots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Updating {
    /// Nothing: a run in CI judges by what was committed.
    Never,
    /// Write one that is missing, and add to one that nothing contradicts.
    #[default]
    Extend,
    /// Accept whatever was seen, by `--update`.
    Accept,
}

/// Judges what other checks sent and received, at no extra request.
pub trait Observer: Send + Sync {
    /// Reads what it judges by, once, before the first exchange.
    ///
    /// # Errors
    /// When it cannot judge at all; it is then asked nothing more, and its outcome is errored.
    fn begin(&self, context: &ObserverContext) -> Result<CheckReport, CheckError> {
        let _ = context;
        Ok(CheckReport::default())
    }

    /// Judges one exchange; its findings stand at the line that caused the exchange.
    fn observe(&self, exchange: &Observed<'_>) -> CheckReport;

    /// Judges all of them together, once the last check has ended.
    fn finish(&self) -> CheckReport {
        CheckReport::default()
    }
}
