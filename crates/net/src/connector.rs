//! From a URL to a connection that HTTP can be spoken on: resolve, check, connect, secure.

use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::ServerName;
use tidegate_core::ports::http::Timings;
use tidegate_core::ports::{Clock, HttpError};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use url::{Host, Url};

use crate::addresses::Reach;
use crate::failure;
use crate::names::Names;
use crate::pool::Connection;
use crate::prepared::Protocol;
use crate::tls::{Offer, Tls};
use crate::wire::Wire;

/// The most bytes of a response's head; also the size of the read buffer.
pub(crate) const HEAD_LIMIT: usize = 64 * 1024;

/// How long one address is tried alone before the next joins the race (RFC 8305, 5).
const HEAD_START: Duration = Duration::from_millis(250);

/// What a request is waiting for, so that a timeout can say it.
pub(crate) struct Phase(Mutex<&'static str>);

impl Phase {
    /// A request that has not been sent.
    pub(crate) fn new() -> Self {
        Self(Mutex::new("waiting for a connection"))
    }

    /// Notes what is waited for from now on.
    pub(crate) fn enter(&self, phase: &'static str) {
        *lock(&self.0) = phase;
    }

    /// What is waited for.
    pub(crate) fn get(&self) -> &'static str {
        *lock(&self.0)
    }
}

/// How a connection is made.
#[derive(Clone, Copy)]
pub(crate) struct Road<'a> {
    /// Whom it trusts.
    pub(crate) tls: &'a Tls,
    /// Which addresses it may lead to.
    pub(crate) reach: Reach,
    /// Where the addresses of names come from.
    pub(crate) names: &'a Names,
}

/// Opens a connection to the origin of a URL; the timings tell what it took.
///
/// # Errors
/// When the name has no address or a forbidden one, nothing answers, or TLS fails.
pub(crate) async fn connect(
    url: &Url,
    road: Road<'_>,
    clock: &dyn Clock,
    phase: &Phase,
) -> Result<(Connection, Timings), HttpError> {
    let (wire, timings) = open(url, (road, Offer::Any), clock, phase).await?;
    let connection = match wire.chosen() {
        Protocol::Http2 => speak_http2(wire).await?,
        Protocol::Http1 => speak_http1(wire).await?,
    };
    Ok((connection, timings))
}

/// Opens a connection to the origin of a URL on which nothing has been said but TLS.
///
/// # Errors
/// When the name has no address or a forbidden one, nothing answers, or TLS fails.
pub(crate) async fn open(
    url: &Url,
    (road, offer): (Road<'_>, Offer),
    clock: &dyn Clock,
    phase: &Phase,
) -> Result<(Wire, Timings), HttpError> {
    let mut timings = Timings::default();
    let host = host(url)?;
    let port = url.port_or_known_default().unwrap_or(80);
    phase.enter("resolving the name");
    let started = clock.monotonic();
    let addresses = resolve(&host, port, road.reach, road.names).await?;
    if matches!(host, Host::Domain(_)) {
        timings.dns = Some(clock.monotonic().saturating_sub(started));
    }
    phase.enter("connecting");
    let started = clock.monotonic();
    let stream = race(addresses)
        .await
        .map_err(|error| unreachable_origin(url, &error))?;
    timings.connect = Some(clock.monotonic().saturating_sub(started));
    // Without this a small request may wait for the acknowledgement of the one before.
    stream
        .set_nodelay(true)
        .map_err(|error| unreachable_origin(url, &error))?;
    if url.scheme() == "http" {
        return Ok((Wire::Plain(stream), timings));
    }
    phase.enter("making the connection secure");
    let started = clock.monotonic();
    let secured = road.tls.secure(server_name(&host)?, stream, offer).await;
    let stream = secured.map_err(|reason| HttpError::Tls {
        origin: url.origin().ascii_serialization(),
        reason,
    })?;
    timings.tls = Some(clock.monotonic().saturating_sub(started));
    Ok((Wire::Secure(Box::new(stream)), timings))
}

fn unreachable_origin(url: &Url, error: &io::Error) -> HttpError {
    HttpError::Connect {
        origin: url.origin().ascii_serialization(),
        reason: failure::system(error),
    }
}

fn host(url: &Url) -> Result<Host<String>, HttpError> {
    url.host()
        .map(|host| host.to_owned())
        .ok_or_else(|| HttpError::InvalidUrl {
            url: url.origin().ascii_serialization(),
            reason: "it has no host".to_owned(),
        })
}

fn server_name(host: &Host<String>) -> Result<ServerName<'static>, HttpError> {
    match host {
        Host::Domain(name) => {
            ServerName::try_from(name.clone()).map_err(|_| HttpError::InvalidUrl {
                url: name.clone(),
                reason: "its host cannot have a certificate".to_owned(),
            })
        }
        Host::Ipv4(address) => Ok(ServerName::from(IpAddr::V4(*address))),
        Host::Ipv6(address) => Ok(ServerName::from(IpAddr::V6(*address))),
    }
}

/// Whether every address of a URL's host is on this machine or in a private network.
///
/// # Errors
/// When the name has no address or a forbidden one.
pub(crate) async fn is_private(url: &Url, names: &Names) -> Result<bool, HttpError> {
    let port = url.port_or_known_default().unwrap_or(80);
    let addresses = resolve(&host(url)?, port, Reach::Declared, names).await?;
    let public = |address: &SocketAddr| Reach::Public.covers(address.ip());
    Ok(!addresses.iter().any(public))
}

/// Whether a URL names this machine itself, so that nobody is asked for its address (RFC 6761, 6.3).
pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => names_this_machine(name),
        None => false,
    }
}

/// The addresses of a host, every one of them checked.
async fn resolve(
    host: &Host<String>,
    port: u16,
    reach: Reach,
    names: &Names,
) -> Result<Vec<SocketAddr>, HttpError> {
    let addresses = match host {
        Host::Ipv4(address) => vec![SocketAddr::from((*address, port))],
        Host::Ipv6(address) => vec![SocketAddr::from((*address, port))],
        Host::Domain(name) if names_this_machine(name) => vec![
            SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
        ],
        Host::Domain(name) => names.look_up(name, port).await?,
    };
    let refused = |address: &&SocketAddr| !reach.covers(address.ip());
    match addresses.iter().find(refused) {
        Some(address) => Err(HttpError::ForbiddenAddress {
            host: host.to_string(),
            address: address.ip().to_string(),
        }),
        None => Ok(addresses),
    }
}

/// Names of this machine are not asked for anywhere (RFC 6761, 6.3).
fn names_this_machine(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

/// Connects to the first address that answers; each has a head start on the next (RFC 8305, 5).
async fn race(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    if let [only] = addresses.as_slice() {
        return TcpStream::connect(only).await;
    }
    let mut waiting = addresses.into_iter();
    let mut running = JoinSet::new();
    let mut last = io::Error::new(io::ErrorKind::AddrNotAvailable, "no address to connect to");
    loop {
        let more = match waiting.next() {
            Some(address) => {
                running.spawn(TcpStream::connect(address));
                true
            }
            None => false,
        };
        tokio::select! {
            joined = running.join_next() => match joined {
                Some(Ok(Ok(stream))) => return Ok(stream),
                Some(Ok(Err(error))) => last = error,
                Some(Err(error)) => last = io::Error::other(error),
                None => return Err(last),
            },
            () = tokio::time::sleep(HEAD_START), if more => {}
        }
    }
}

/// The connection's own task ends with the connection, which ends when its pool entry is dropped.
async fn speak_http1<T>(stream: T) -> Result<Connection, HttpError>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = http1::Builder::new()
        .max_buf_size(HEAD_LIMIT)
        .handshake::<_, Full<Bytes>>(TokioIo::new(stream))
        .await
        .map_err(|error| failure::exchange(&error, failure::WAITING))?;
    tokio::spawn(connection);
    Ok(Connection::Http1(sender))
}

async fn speak_http2<T>(stream: T) -> Result<Connection, HttpError>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = http2::Builder::new(TokioExecutor::new())
        .max_header_list_size(HEAD_LIMIT as u32)
        .handshake::<_, Full<Bytes>>(TokioIo::new(stream))
        .await
        .map_err(|error| failure::exchange(&error, failure::WAITING))?;
    let connection = Arc::new(Mutex::new(connection));
    let asked = Arc::downgrade(&connection);
    // Where the connection is gone there is no room on it.
    let room = move || {
        let connection = asked.upgrade();
        connection.map_or(0, |one| lock(&one).current_max_send_streams())
    };
    tokio::spawn(poll_fn(move |context| {
        Pin::new(&mut *lock(&connection)).poll(context)
    }));
    Ok(Connection::Http2(sender, Arc::new(room)))
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn forbidden_addresses_are_refused_however_they_are_written() {
        for text in [
            "http://169.254.169.254/latest/meta-data/",
            "http://2852039166/",
            "http://0xa9fea9fe/",
            "http://[::ffff:169.254.169.254]/",
            "http://[fd00:ec2::254]/",
            "http://0.0.0.0:1/",
        ] {
            let url = Url::parse(text).unwrap();
            let refused = resolve(&host(&url).unwrap(), 80, Reach::Declared, &Names::System).await;
            assert!(
                matches!(refused, Err(HttpError::ForbiddenAddress { .. })),
                "{text}"
            );
        }
    }

    #[tokio::test]
    async fn names_of_this_machine_are_loopback() {
        let host = Host::Domain("app.localhost".into());
        let addresses = resolve(&host, 80, Reach::Declared, &Names::System).await;
        assert!(addresses.unwrap().iter().all(|a| a.ip().is_loopback()));
        let refused = resolve(&host, 443, Reach::Public, &Names::System).await;
        assert!(matches!(refused, Err(HttpError::ForbiddenAddress { .. })));
    }

    #[tokio::test]
    async fn one_forbidden_address_among_others_is_enough() {
        let names = Names::told(|_| vec!["93.184.215.14", "::ffff:10.0.0.1"]);
        let host = Host::Domain("cdn.example".into());
        let refused = resolve(&host, 443, Reach::Public, &names).await;
        assert!(matches!(refused, Err(HttpError::ForbiddenAddress { .. })));
        let found = resolve(&host, 443, Reach::Declared, &names).await;
        assert_eq!(found.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_host_is_private_when_none_of_its_addresses_is_public() {
        let names = Names::told(|name| match name {
            "web" => vec!["172.18.0.2"],
            "both.example" => vec!["172.18.0.2", "93.184.215.14"],
            _ => Vec::new(),
        });
        for (text, private) in [
            ("http://127.0.0.1:1/", true),
            ("http://app.localhost/", true),
            ("http://10.1.2.3/", true),
            ("http://web:3000/", true),
            ("https://both.example/", false),
            ("https://93.184.215.14/", false),
        ] {
            let url = Url::parse(text).unwrap();
            assert_eq!(is_private(&url, &names).await.unwrap(), private, "{text}");
        }
        let nowhere = Url::parse("https://nowhere.example/").unwrap();
        assert!(is_private(&nowhere, &names).await.is_err());
    }

    #[tokio::test]
    async fn the_race_goes_on_after_a_refusal() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let open = listener.local_addr().unwrap();
        let refusing = tidegate_testkit::hostile::RefusingPort::take();
        let stream = race(vec![refusing.address(), open]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), open);
        assert!(
            race(vec![refusing.address(), refusing.address()])
                .await
                .is_err()
        );
    }
}
