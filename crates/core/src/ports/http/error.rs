//! Why there is no response.

use std::time::Duration;

use crate::name::IdentityName;
use crate::period::Period;
use crate::span::Location;

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The address is not one.
    #[error("`{url}` is not a proper address: {reason}")]
    InvalidUrl {
        /// The address, redacted.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A header's name or value cannot be sent.
    #[error("the header `{name}` cannot be sent: {reason}")]
    InvalidHeader {
        /// The header's name.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The origin is not declared in the gate file.
    #[error("`{origin}` is not an origin that the gate file declares")]
    UndeclaredOrigin {
        /// Scheme, host and port.
        origin: String,
    },
    /// The gate file does not grant the origin to the plugin that asks for it.
    #[error("`{origin}` is not an origin that the gate file grants this plugin")]
    UngrantedOrigin {
        /// Scheme, host and port.
        origin: String,
    },
    /// The environment is production, which is only looked at.
    #[error("{method} is not sent to the production environment `{environment}`")]
    ReadOnly {
        /// The method.
        method: String,
        /// The environment.
        environment: String,
    },
    /// An address that no check may reach, such as a cloud's metadata service.
    #[error("{host} leads to {address}, which Tidegate does not contact")]
    ForbiddenAddress {
        /// The host of the URL.
        host: String,
        /// The address it resolved to.
        address: String,
    },
    /// The host's name has no address.
    #[error("the name {host} could not be resolved: {reason}")]
    Dns {
        /// The host of the URL.
        host: String,
        /// What the resolver said.
        reason: String,
    },
    /// Nothing answers there.
    #[error("{origin} could not be reached: {reason}")]
    Connect {
        /// Scheme, host and port.
        origin: String,
        /// What the system said.
        reason: String,
    },
    /// The TLS handshake failed.
    #[error("no secure connection to {origin}: {reason}")]
    Tls {
        /// Scheme, host and port.
        origin: String,
        /// What the TLS library said.
        reason: String,
    },
    /// The time was up.
    #[error("no complete answer within {} (while {phase})", Period(*.limit))]
    Timeout {
        /// The request's timeout.
        limit: Duration,
        /// What it was waiting for.
        phase: &'static str,
    },
    /// The connection broke before the response was whole.
    #[error("the connection broke {phase}: {reason}")]
    Broken {
        /// When, as in `while reading the body`.
        phase: &'static str,
        /// What the library said.
        reason: String,
    },
    /// The response is not proper HTTP.
    #[error("the answer is not proper HTTP: {reason}")]
    Malformed {
        /// What the library said.
        reason: String,
    },
    /// Requests cannot be released together.
    #[error("the requests cannot be released together: {reason}")]
    NoWay {
        /// Why, in words.
        reason: String,
    },
    /// The session's identity could not be logged in.
    #[error(transparent)]
    Login(#[from] LoginError),
    /// The run was stopped.
    #[error("the run was stopped")]
    Stopped,
}

/// Why an identity has no credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("identity `{identity}` could not log in: {reason}")]
pub struct LoginError {
    /// Who.
    pub identity: IdentityName,
    /// What happened, redacted.
    pub reason: String,
    /// What to do.
    pub help: String,
    /// The line of the gate file that declares the login.
    pub location: Location,
    /// What the server answered, when it did.
    pub status: Option<u16>,
}

impl HttpError {
    /// How to mend it.
    pub fn help(&self) -> String {
        match self {
            Self::InvalidUrl { .. } => "Write a path that starts with `/`, or a whole http(s) address.".into(),
            Self::InvalidHeader { .. } => {
                "Header values hold no line breaks or control characters; look at the variable that fills it.".into()
            }
            Self::UndeclaredOrigin { origin } => {
                format!("Declare it under `apis:` if the portal really talks to it: `apis: {{ name: {{ url: {origin} }} }}`.")
            }
            Self::UngrantedOrigin { origin } => {
                format!("Add it to the plugin's `grant:` if the plugin may really talk to it: `hosts: [{origin}]`.")
            }
            Self::ReadOnly { .. } => {
                "Run this check against a preview or staging environment; if this is one, say so with `kind: preview` or `kind: staging`.".into()
            }
            Self::ForbiddenAddress { .. } => {
                "Check the host's DNS entry. Link-local and metadata addresses are never contacted; hosts beside the environment and its apis only at public ones, unless the environment is on this machine or in a private network itself.".into()
            }
            Self::Dns { .. } => "Check the address for a slip, and that this machine has a network.".into(),
            Self::Connect { .. } => "Check that the deploy is up and that the address and port are right.".into(),
            Self::Tls { .. } => {
                "Check the certificate of the host: its name, its expiry and its chain. A private authority is named with `ca:` in the environment.".into()
            }
            Self::Timeout { .. } => "See whether the page is slow by hand; a longer `timeout:` may be set on the step or the check.".into(),
            Self::Broken { .. } | Self::Malformed { .. } => {
                "Look at the application's log at this moment: it crashed, or a proxy before it cut the answer.".into()
            }
            Self::NoWay { .. } => {
                "Let all ways be tried, and see whether the server or a proxy before it takes several requests at a time.".into()
            }
            Self::Login(error) => error.help.clone(),
            Self::Stopped => "Run it again.".into(),
        }
    }
}
