//! One file from an https address, for whoever has no environment: the component of a plugin.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, HOST, USER_AGENT};
use http::{HeaderValue, StatusCode};
use http_body_util::Full;
use tidegate_core::period::Period;
use tidegate_core::ports::{BoxFuture, Clock, HttpError};
use url::Url;

use crate::addresses::Reach;
use crate::connector::{self, Phase, Road};
use crate::decode;
use crate::failure;
use crate::names::Names;
use crate::origin;
use crate::prepared::{self, Protocol};
use crate::redirects::{self, Next};
use crate::tls::Tls;

/// How many redirects are followed: the place of a release leads to that of its files in one or two.
const REDIRECTS: usize = 5;

/// What it calls itself.
const NAME: &str = concat!("tidegate/", env!("CARGO_PKG_VERSION"));

/// Why there is no file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DownloadError {
    /// The address is none that is downloaded from.
    #[error("`{url}` is not downloaded: {reason}")]
    Address {
        /// The address, without user name and query.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A redirect leads to an address that is none.
    #[error("`{url}` leads to `{to}`, which is not downloaded: {reason}")]
    Redirect {
        /// The address.
        url: String,
        /// Where it leads, without user name and query.
        to: String,
        /// What is wrong with that.
        reason: String,
    },
    /// There are too many redirects.
    #[error("`{url}` leads on more than {REDIRECTS} times")]
    Redirects {
        /// The address.
        url: String,
    },
    /// There is no answer.
    #[error("`{url}` could not be downloaded: {error}")]
    Failed {
        /// The address.
        url: String,
        /// What happened.
        error: Box<HttpError>,
    },
    /// It did not come whole in its time.
    #[error("`{url}` was not downloaded within {}", Period(*.limit))]
    Slow {
        /// The address.
        url: String,
        /// The time it had.
        limit: Duration,
    },
    /// The answer is not the file.
    #[error("`{url}` answered {status} and no file")]
    Status {
        /// The address.
        url: String,
        /// The status of the last answer.
        status: u16,
    },
    /// The file is too large.
    #[error("`{url}` has more than {limit} bytes")]
    TooLarge {
        /// The address.
        url: String,
        /// The most bytes it may have.
        limit: usize,
    },
    /// This machine gives no thread for it.
    #[error("the download could not be started: {reason}")]
    Start {
        /// What the system said.
        reason: String,
    },
}

impl DownloadError {
    /// How to mend it.
    pub fn help(&self) -> String {
        match self {
            Self::Address { .. } | Self::Redirect { .. } => {
                "Write an address that begins with https:// and leads to https:// alone, or download the file yourself and name its `path`.".into()
            }
            Self::Redirects { .. } => "Name the address that the file itself has.".into(),
            Self::Failed { error, .. } => match &**error {
                HttpError::ForbiddenAddress { .. } => {
                    "Only public addresses are downloaded from; of a file on a private network name its `path`.".into()
                }
                HttpError::Tls { .. } => "Check the certificate of the host: its name, its expiry and its chain.".into(),
                HttpError::Connect { .. } => "Check the address for a slip, and that this machine reaches it; proxies are not used.".into(),
                other => other.help(),
            },
            Self::Slow { .. } | Self::Start { .. } => "Try again, or download the file yourself and name its `path`.".into(),
            Self::Status { status: 401 | 403 | 404, .. } => {
                "Check the address for a slip, and that it needs no login: nothing is sent with it.".into()
            }
            Self::Status { .. } => "Look at the address with a browser, and try again later.".into(),
            Self::TooLarge { .. } => "Check that the address leads to the file and not to something else; make the file smaller otherwise.".into(),
        }
    }
}

/// Downloads what is at an https address: at most `limit` bytes, within `timeout` in all.
///
/// At most five redirects are followed, to https alone. Only public addresses are contacted, and the one that was
/// checked is the one that is connected to. This machine is contacted, over http too, when the address names it
/// literally. Nothing is sent beside the request; proxy variables are not read, and the system's certificates are
/// trusted. Blocks, on a thread and a runtime of its own.
///
/// # Errors
/// When there is no such file, it may not be had, or it is too large or too slow.
pub fn download(url: &str, limit: usize, timeout: Duration) -> Result<Vec<u8>, DownloadError> {
    let start = |reason: String| DownloadError::Start { reason };
    let tls = Tls::new(None).map_err(start)?;
    on_own_thread(Download {
        address: url.to_owned(),
        limit,
        timeout,
        tls,
        names: Names::System,
    })
}

/// A file that is to be downloaded, and how.
struct Download {
    address: String,
    limit: usize,
    timeout: Duration,
    tls: Tls,
    names: Names,
}

fn on_own_thread(download: Download) -> Result<Vec<u8>, DownloadError> {
    let start = |error: &dyn std::fmt::Display| DownloadError::Start {
        reason: error.to_string(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| start(&error))?;
    let run = move || {
        let done = runtime.block_on(download.whole());
        // A name that is still being resolved is not waited for.
        runtime.shutdown_background();
        done
    };
    let thread = std::thread::Builder::new().name("tidegate-download".to_owned());
    let thread = thread.spawn(run).map_err(|error| start(&error))?;
    thread
        .join()
        .unwrap_or_else(|_| Err(start(&"its thread ended early")))
}

/// An answer of one address.
enum Answer {
    File(Vec<u8>),
    Elsewhere(Url),
}

impl Download {
    async fn whole(&self) -> Result<Vec<u8>, DownloadError> {
        let whole = tokio::time::timeout(self.timeout, self.follow());
        whole.await.unwrap_or_else(|_| {
            Err(DownloadError::Slow {
                url: shown(&self.address),
                limit: self.timeout,
            })
        })
    }

    async fn follow(&self) -> Result<Vec<u8>, DownloadError> {
        let improper = |reason: String| DownloadError::Address {
            url: shown(&self.address),
            reason,
        };
        let first = origin::parse(&self.address).map_err(improper)?;
        // An address that names this machine is meant.
        let at_home = connector::is_this_machine(&first);
        permit(&first, at_home).map_err(improper)?;
        let mut url = first;
        for _ in 0..=REDIRECTS {
            match self.ask(&url, at_home).await? {
                Answer::File(content) => return Ok(content),
                Answer::Elsewhere(next) => {
                    permit(&next, at_home).map_err(|reason| self.misled(next.as_str(), reason))?;
                    url = next;
                }
            }
        }
        Err(DownloadError::Redirects {
            url: shown(&self.address),
        })
    }

    /// Asks one address; only who began on this machine is led to it.
    async fn ask(&self, url: &Url, at_home: bool) -> Result<Answer, DownloadError> {
        let failed = |error: HttpError| DownloadError::Failed {
            url: shown(&self.address),
            error: Box::new(error),
        };
        let road = Road {
            tls: &self.tls,
            reach: if at_home && connector::is_this_machine(url) {
                Reach::Declared
            } else {
                Reach::Public
            },
            names: &self.names,
        };
        let connected = connector::connect(url, road, &Untimed, &Phase::new()).await;
        let (mut connection, _) = connected.map_err(failed)?;
        let message = message(url, connection.protocol()).map_err(failed)?;
        let sent = connection.send(message).await;
        let answer =
            sent.map_err(|missed| failed(failure::exchange(missed.error(), failure::WAITING)))?;
        let (head, body) = answer.into_parts();
        match redirects::next(head.status, &head.headers, url, |_| true) {
            Next::Follow(next) => return Ok(Answer::Elsewhere(next)),
            Next::Refuse(to) => {
                let reason = "it holds a user name or is not https".to_owned();
                return Err(self.misled(&to, reason));
            }
            Next::Stop => {}
        }
        if head.status != StatusCode::OK {
            return Err(DownloadError::Status {
                url: shown(&self.address),
                status: head.status.as_u16(),
            });
        }
        let kept = decode::read(&head.headers, body, self.limit, failure::reading);
        let kept = kept.await.map_err(failed)?;
        if kept.truncated {
            return Err(DownloadError::TooLarge {
                url: shown(&self.address),
                limit: self.limit,
            });
        }
        Ok(Answer::File(kept.bytes))
    }

    fn misled(&self, to: &str, reason: String) -> DownloadError {
        DownloadError::Redirect {
            url: shown(&self.address),
            to: shown(to),
            reason,
        }
    }
}

/// An address for a message: whoever sends one on often signs it in its query, and that is nobody's business.
fn shown(address: &str) -> String {
    let address = origin::without_user(address);
    let end = address.find(['?', '#']).unwrap_or(address.len());
    address[..end].to_owned()
}

/// Whether an address may be downloaded from, by what it says.
fn permit(url: &Url, at_home: bool) -> Result<(), String> {
    if url.scheme() == "https" || (at_home && connector::is_this_machine(url)) {
        return Ok(());
    }
    Err("it is not https".to_owned())
}

fn message(url: &Url, protocol: Protocol) -> Result<http::Request<Full<Bytes>>, HttpError> {
    let mut message = http::Request::new(Full::new(Bytes::new()));
    let uri = prepared::uri(url, protocol);
    *message.uri_mut() = uri.map_err(|error| HttpError::InvalidUrl {
        url: shown(url.as_str()),
        reason: error.to_string(),
    })?;
    let headers = message.headers_mut();
    headers.insert(USER_AGENT, HeaderValue::from_static(NAME));
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if protocol == Protocol::Http1 {
        headers.insert(HOST, prepared::host(url)?);
    }
    Ok(message)
}

/// A clock for what nobody times.
struct Untimed;

impl Clock for Untimed {
    fn wall(&self) -> jiff::Timestamp {
        jiff::Timestamp::UNIX_EPOCH
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep_until(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}

#[cfg(test)]
mod tests;
