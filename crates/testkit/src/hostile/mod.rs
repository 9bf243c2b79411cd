//! Answers that no well-behaved server gives, for the tests of how Tidegate takes them.
//!
//! One raw TCP server speaks all of them; the path selects the behaviour, the [`Behaviour`] names
//! it. A connection carries one request, lives at most a minute and sends at most
//! [`HUGE_BYTES`] of body. Anything that is not HTTP, such as the first message of a TLS
//! handshake, is met with silence.
//!
//! ```
//! use tidegate_testkit::hostile::{Behaviour, Hostile};
//!
//! let server = Hostile::start();
//! assert!(server.url_of(Behaviour::Reset).ends_with("/reset"));
//! assert!(server.requests().is_empty());
//! ```

mod behaviour;
mod compressed;
mod endless;
mod forms;
mod short;
mod wire;

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::{TcpSocket, TcpStream};

use crate::escape;
use crate::recorder::{RecordedRequest, RequestLog};
use crate::server::Loopback;

pub use behaviour::Behaviour;
pub use forms::secret_forms;

/// The body size of the huge answers in bytes, and of the gzip bomb once decompressed.
pub const HUGE_BYTES: u64 = 1_000_000_000;

/// A loopback server that misbehaves as the path of the request says.
pub struct Hostile {
    server: Loopback,
    url: String,
    shared: Arc<Shared>,
}

/// What the connections of one server have in common.
#[derive(Default)]
struct Shared {
    log: RequestLog,
    /// How often each target of [`Behaviour::Unstable`] was asked for.
    attempts: Mutex<HashMap<String, u32>>,
}

impl Shared {
    /// Counts one more request for a target and returns how many came before it.
    fn earlier_attempts(&self, target: &str) -> u32 {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = attempts.entry(target.to_owned()).or_default();
        *count += 1;
        *count - 1
    }
}

impl Hostile {
    /// Starts the server.
    ///
    /// # Panics
    /// When the machine refuses a loopback port or a thread.
    pub fn start() -> Self {
        let shared = Arc::<Shared>::default();
        let handed = Arc::clone(&shared);
        let server = Loopback::start(move |stream| {
            let shared = Arc::clone(&handed);
            async move {
                // A client that hangs up early is what these answers are meant to bring about.
                drop(converse(stream, &shared).await);
            }
        });
        let url = format!("http://{}", server.address());
        Self {
            server,
            url,
            shared,
        }
    }

    /// Returns the origin without a trailing slash.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the address the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Returns the URL that brings about a behaviour.
    pub fn url_of(&self, behaviour: Behaviour) -> String {
        format!("{}{}", self.url, behaviour.path())
    }

    /// Returns a URL of this server that answers 302 with `location` as the target.
    pub fn redirect_to(&self, location: &str) -> String {
        format!(
            "{}?url={}",
            self.url_of(Behaviour::RedirectTo),
            escape::percent(location)
        )
    }

    /// Returns a URL of this server that answers 503 `failures` times and then 200.
    pub fn unstable(&self, failures: u32) -> String {
        format!("{}?failures={failures}", self.url_of(Behaviour::Unstable))
    }

    /// Returns every request received so far, in order of arrival.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.log.all()
    }
}

async fn converse(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let Some(request) = wire::read_request(&mut stream).await? else {
        return Ok(());
    };
    shared.log.push(request.clone());
    match Behaviour::of_path(request.path()) {
        Some(behaviour) => behaviour.perform(stream, &request, shared).await,
        None => wire::send(stream, "404 Not Found", &[], b"no such behaviour").await,
    }
}

/// A loopback address that refuses every connection for as long as this value lives.
///
/// The port is bound but not listened on, so that no other process can take it meanwhile.
pub struct RefusingPort {
    address: SocketAddr,
    _bound: TcpSocket,
}

impl RefusingPort {
    /// Takes a free port.
    ///
    /// # Panics
    /// When the machine refuses a loopback port.
    pub fn take() -> Self {
        let bound = TcpSocket::new_v4().expect("a socket can be made");
        bound
            .bind((Ipv4Addr::LOCALHOST, 0).into())
            .expect("a free loopback port is available");
        let address = bound.local_addr().expect("a bound socket has an address");
        Self {
            address,
            _bound: bound,
        }
    }

    /// Returns the origin that refuses, without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the address that refuses.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

#[cfg(test)]
mod tests;
