//! Requests and responses, whatever client sends them.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::BoxFuture;
use crate::name::{ApiName, CheckId, IdentityName};
use crate::period::Period;
use crate::secret::Sensitive;
use crate::span::Location;

/// The largest response body that is kept, in bytes, unless a request says otherwise: 8 MiB.
pub const DEFAULT_BODY_CAP: usize = 8 * 1024 * 1024;

/// How long one request may take unless it says otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// The most bytes of a body that are kept of a [`Target::Provider`]: 64 KiB.
pub const PROVIDER_BODY_CAP: usize = 64 * 1024;

/// How long a request to a [`Target::Provider`] may take.
pub const PROVIDER_TIMEOUT: Duration = Duration::from_secs(10);

/// Sends requests to the origins that the gate file declares, and to no others but those that [`Target::Provider`]
/// and [`Target::Granted`] name in that very request.
pub trait Http: Send + Sync {
    /// Opens a session: cookies of its own and, for an identity, its credentials.
    ///
    /// Logging in happens with the first request of the session, or with [`Http::log_in`]. A shared
    /// session of an identity is the same one for every check of the run.
    fn open_session(&self, identity: Option<&IdentityName>, sharing: Sharing) -> SessionId;

    /// Logs the session's identity in, unless it is logged in.
    fn log_in(&self, session: SessionId) -> BoxFuture<'static, Result<(), HttpError>>;

    /// Forgets the credentials of a session, so that its next request logs in anew.
    fn forget_login(&self, session: SessionId);

    /// The cookies a session holds for its environment, values included.
    fn cookies(&self, session: SessionId) -> Vec<Cookie>;

    /// What proves who a session is, once it is logged in: what the environment is shown with its
    /// requests. With it a copy, changed or not, can be sent in a session of nobody.
    ///
    /// # Errors
    /// When the login fails.
    fn credentials(&self, session: SessionId)
    -> BoxFuture<'static, Result<Credentials, HttpError>>;

    /// Puts cookies into a session as if the environment had set them, before it logs in and again
    /// whenever a login begins anew; [`Http::forget_login`] ends that.
    fn plant(&self, session: SessionId, cookies: Vec<Cookie>);

    /// Sends a request and reads the response up to its cap.
    ///
    /// The exchange is published to the bus whether it succeeds or not, unless it is one with a
    /// [`Target::Provider`] or [`Target::Granted`]: that is no answer of the portal.
    fn send(&self, request: Request) -> BoxFuture<'static, Result<Response, HttpError>>;
}

/// A session that was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SessionId(
    /// A number without a meaning.
    pub u64,
);

/// Whether a session is used by others too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sharing {
    /// One session of an identity for the whole run.
    Shared,
    /// A session that only its opener uses.
    Fresh,
}

/// A cookie as it was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Sensitive,
    /// Its attributes as they were sent: lowercase name, and value where there is one.
    pub attributes: Vec<(String, Option<String>)>,
}

impl Cookie {
    /// The value of an attribute; `Some(None)` for a flag such as `httponly`.
    pub fn attribute(&self, name: &str) -> Option<Option<&str>> {
        self.attributes
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_deref())
    }
}

/// What proves who a session is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Credentials {
    /// Name in lowercase, and value: a token, a key.
    pub headers: Vec<(String, Sensitive)>,
    /// Those that were set since the login began, and those that the gate file has ready.
    pub cookies: Vec<Cookie>,
}

/// What a request is for; observers judge by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// What a user would do.
    Normal,
    /// Wrong input on purpose; a refusal is expected.
    Negative,
    /// An attempt at what must not be possible.
    Attack,
    /// One of many that are sent to measure time, or to meet each other.
    Load,
    /// A login.
    Login,
    /// The removal of what a check created.
    Cleanup,
    /// A look at the candidate before the first check.
    Preflight,
    /// A look at what the site serves to everybody, by a check that judges it itself.
    Survey,
}

/// The check and the line of the gate file behind a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The check.
    pub check: CheckId,
    /// The line.
    pub location: Location,
}

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A path of the environment, or of one of its apis.
    Path {
        /// The entry under `apis:`; the environment itself when absent.
        api: Option<ApiName>,
        /// The path with its query, starting with a slash.
        path: Sensitive,
    },
    /// An absolute URL, which must belong to a declared origin.
    Url(Sensitive),
    /// An https URL of who issued a key. It stands in Tidegate's code, so that neither a gate file nor
    /// an answer nor a key can name one.
    ///
    /// The request is a GET that takes nothing along but its own headers: no session, and nothing of
    /// the environment. No redirect is followed, at most [`PROVIDER_BODY_CAP`] of the body are kept
    /// within [`PROVIDER_TIMEOUT`], and only public addresses are contacted.
    Provider(&'static str),
    /// An absolute URL for a plugin, which the gate file granted the origins.
    ///
    /// The request takes nothing along but its own headers and body: no session, and nothing of the
    /// environment. Redirects are followed only to these origins, and headers that hold a secret stay on the first.
    /// Addresses that are not public are contacted only when the environment's own is not public either. It is https
    /// unless the host is this machine, or the environment is neither public nor https itself.
    Granted {
        /// The address.
        url: Sensitive,
        /// The granted origins, each as [`crate::plugin::Grant::hosts`] has it.
        origins: Arc<[String]>,
    },
}

/// A request whose references are resolved.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method in capitals.
    pub method: String,
    /// Where it goes.
    pub target: Target,
    /// The path as the gate file has it, for grouping: `/api/records/${record}`.
    pub route: String,
    /// Added to the query of the target, encoded by the client.
    pub query: Vec<(String, Sensitive)>,
    /// Added to those of the environment and the session; a same-named one replaces those.
    pub headers: Vec<(String, Sensitive)>,
    /// What is sent.
    pub body: Body,
    /// Whose cookies and credentials go with it; none when absent.
    pub session: Option<SessionId>,
    /// How many redirects are followed; the next one is the response.
    pub redirects: u8,
    /// The declared places that redirects may lead to: an entry under `apis:`, or the environment for `None`. All
    /// of them when absent.
    pub within: Option<Arc<[Option<ApiName>]>>,
    /// From the first byte of name resolution to the last of the body, redirects included.
    pub timeout: Duration,
    /// The most bytes of the response body that are kept; the rest is not read.
    pub body_cap: usize,
    /// What it is for.
    pub purpose: Purpose,
    /// The check and line behind it.
    pub cause: Cause,
}

impl Request {
    /// A request without body or session that follows no redirect.
    pub fn new(method: &str, target: Target, route: &str, cause: Cause) -> Self {
        Self {
            method: method.to_owned(),
            target,
            route: route.to_owned(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::Empty,
            session: None,
            redirects: 0,
            within: None,
            timeout: DEFAULT_TIMEOUT,
            body_cap: DEFAULT_BODY_CAP,
            purpose: Purpose::Normal,
            cause,
        }
    }

    /// A GET of a path of the environment.
    pub fn get(path: &str, cause: Cause) -> Self {
        Self::new(
            "GET",
            Target::Path {
                api: None,
                path: path.into(),
            },
            path,
            cause,
        )
    }
}

/// What a request sends.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// `application/json`.
    Json(Sensitive),
    /// `application/x-www-form-urlencoded`.
    Form(Vec<(String, Sensitive)>),
    /// `multipart/form-data` (RFC 7578).
    Multipart(Vec<Part>),
    /// Bytes; the content type is the request's own header.
    Bytes(Arc<[u8]>),
    /// Text; `text/plain` unless the request has a header.
    Text(Sensitive),
}

/// A part of a multipart body.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The field's name.
    pub name: String,
    /// The file name, which makes it a file.
    pub file_name: Option<String>,
    /// The content type.
    pub content_type: Option<String>,
    /// The content.
    pub content: PartContent,
}

/// What a part of a multipart body holds.
#[derive(Debug, Clone, PartialEq)]
pub enum PartContent {
    /// Text.
    Text(Sensitive),
    /// Bytes of a file.
    Bytes(Arc<[u8]>),
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// `HTTP/1.1`, `HTTP/2.0`, …
    pub version: String,
    /// Name in lowercase and value, in the order received.
    pub headers: Vec<(String, String)>,
    /// The body with its content coding undone, up to the cap.
    pub body: Arc<[u8]>,
    /// Whether there was more than the cap.
    pub truncated: bool,
    /// The address the last response came from.
    pub url: String,
    /// The redirects that were followed, oldest first.
    pub redirects: Vec<Redirect>,
    /// A redirect to a place that the request may not lead to, which was not followed.
    pub refused_redirect: Option<String>,
    /// The cookies this response set.
    pub cookies: Vec<Cookie>,
    /// Where the time went, of the last request when redirects were followed.
    pub timings: Timings,
    /// How long it all took, redirects included.
    pub elapsed: Duration,
    /// Whether the session's credentials went with it.
    pub authenticated: bool,
}

impl Response {
    /// The first header of this lowercase name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The values of every header of this lowercase name, without the blanks around them.
    pub fn header_values(&self, name: &str) -> impl Iterator<Item = &str> {
        let headers = self.headers.iter();
        let headers = headers.filter(move |(known, _)| known == name);
        headers.map(|(_, value)| value.trim())
    }

    /// The body as text, wrong bytes replaced.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }
}

/// A redirect that was followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The status that asked for it.
    pub status: u16,
    /// The address it led to.
    pub url: String,
}

/// Where the time of one request went; absent phases did not happen (a reused connection has no
/// name resolution, no connecting and no TLS).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Timings {
    /// Name resolution.
    pub dns: Option<Duration>,
    /// TCP connecting.
    pub connect: Option<Duration>,
    /// The TLS handshake.
    pub tls: Option<Duration>,
    /// From the request's start on the connection to the response's head.
    pub first_byte: Duration,
    /// From the head to the last byte of the body.
    pub download: Duration,
}

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
