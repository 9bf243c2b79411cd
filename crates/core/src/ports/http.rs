//! Requests and responses, whatever client sends them.

mod error;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::error::{HttpError, LoginError};
use super::BoxFuture;
use crate::name::{ApiName, CheckId, IdentityName};
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
