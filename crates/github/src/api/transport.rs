//! How a request gets to GitHub and its answer back.
//!
//! Every request has a connection of its own. There are few, and so it is always known whether a
//! request can have reached GitHub: a connection that was kept may turn out dead at any moment.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONNECTION, HOST, USER_AGENT};
use http::{HeaderMap, HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tower_service::Service;
use url::{Host, Url};

use super::tls;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TransportError {
    /// The request was not sent.
    #[error("{0}")]
    NotSent(String),
    /// The request may have been sent.
    #[error("{0}")]
    Lost(String),
    /// The answer is larger than is read.
    #[error("the answer has more than {0} bytes")]
    TooLarge(usize),
}

/// Sends requests, each over a connection of its own.
#[derive(Clone)]
pub(crate) struct Transport {
    /// The address of the interface, for requests that name only a path.
    base: Arc<Url>,
    /// How long one request may take with its answer.
    limit: Duration,
    tls: Arc<OnceLock<Result<Arc<ClientConfig>, String>>>,
}

impl Transport {
    pub(crate) fn new(base: Url, limit: Duration) -> Self {
        Self {
            base: Arc::new(base),
            limit,
            tls: Arc::default(),
        }
    }

    /// Gets what lies at an address that GitHub named, without the token.
    pub(crate) async fn fetch(
        &self,
        url: &Url,
        most: usize,
    ) -> Result<Response<Bytes>, TransportError> {
        let request = Request::new(Full::new(Bytes::new()));
        self.send(url, request, most).await
    }

    async fn send<B>(
        &self,
        url: &Url,
        mut request: Request<B>,
        most: usize,
    ) -> Result<Response<Bytes>, TransportError>
    where
        B: hyper::body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        *request.uri_mut() = target(url)?;
        dress(request.headers_mut(), url)?;
        let all = async {
            let stream = timeout(CONNECT.min(self.limit), self.connect(url))
                .await
                .map_err(|_| TransportError::NotSent("no connection in time".to_owned()))??;
            exchange(stream, request, most).await
        };
        timeout(self.limit, all).await.map_err(|_| {
            TransportError::Lost(format!("no answer within {} s", self.limit.as_secs()))
        })?
    }

    async fn connect(&self, url: &Url) -> Result<Box<dyn Stream>, TransportError> {
        let not_sent = |reason: String| TransportError::NotSent(reason);
        let host = url.host_str().unwrap_or_default();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let port = url.port_or_known_default().unwrap_or(443);
        let stream = TcpStream::connect((bare, port))
            .await
            .map_err(|error| not_sent(format!("{host}: {error}")))?;
        // Without it small requests wait for the other side's acknowledgement.
        stream
            .set_nodelay(true)
            .map_err(|error| not_sent(error.to_string()))?;
        if url.scheme() != "https" {
            return Ok(Box::new(stream));
        }
        let config = self
            .tls
            .get_or_init(tls::config)
            .clone()
            .map_err(not_sent)?;
        let name = ServerName::try_from(bare.to_owned())
            .map_err(|error| not_sent(format!("{host}: {error}")))?;
        let stream = TlsConnector::from(config)
            .connect(name, stream)
            .await
            .map_err(|error| not_sent(format!("{host}: {error}")))?;
        Ok(Box::new(stream))
    }

    /// The address of a request that names a path below the interface's.
    fn address(&self, uri: &Uri) -> Result<Url, TransportError> {
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let base = self.base.as_str().trim_end_matches('/');
        Url::parse(&format!("{base}{path}"))
            .map_err(|error| TransportError::NotSent(error.to_string()))
    }
}

/// The most bytes of an answer of the interface: three hundred files with their changes fit.
const ANSWER: usize = 32 << 20;

impl<B> Service<Request<B>> for Transport
where
    B: hyper::body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Full<Bytes>>;
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let transport = self.clone();
        Box::pin(async move {
            let url = transport.address(request.uri())?;
            let answer = transport.send(&url, request, ANSWER).await?;
            Ok(answer.map(Full::new))
        })
    }
}

/// A connection, secured or not.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Sends a request and reads its answer.
async fn exchange<B>(
    stream: Box<dyn Stream>,
    request: Request<B>,
    most: usize,
) -> Result<Response<Bytes>, TransportError>
where
    B: hyper::body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let lost = |error: hyper::Error| TransportError::Lost(error.to_string());
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(lost)?;
    let conversation = async {
        let answer = sender.send_request(request).await.map_err(lost)?;
        let (parts, body) = answer.into_parts();
        let body = Limited::new(body, most).collect().await.map_err(|error| {
            match error.downcast_ref::<http_body_util::LengthLimitError>() {
                Some(_) => TransportError::TooLarge(most),
                None => TransportError::Lost(error.to_string()),
            }
        })?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    };
    // The connection is driven here and ends with the conversation: nothing is left running.
    let mut connection = std::pin::pin!(connection);
    let mut conversation = std::pin::pin!(conversation);
    tokio::select! {
        biased;
        answer = &mut conversation => answer,
        _ = &mut connection => conversation.await,
    }
}

/// The path of an address, as the first line of a request has it.
fn target(url: &Url) -> Result<Uri, TransportError> {
    let mut target = url.path().to_owned();
    if let Some(query) = url.query() {
        target.push('?');
        target.push_str(query);
    }
    target
        .parse()
        .map_err(|error: http::uri::InvalidUri| TransportError::NotSent(error.to_string()))
}

/// The headers that every request has.
fn dress(headers: &mut HeaderMap, url: &Url) -> Result<(), TransportError> {
    let host = match (url.host(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_string(),
        (None, _) => return Err(TransportError::NotSent(format!("{url} has no host"))),
    };
    let host =
        HeaderValue::try_from(host).map_err(|error| TransportError::NotSent(error.to_string()))?;
    headers.insert(HOST, host);
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    let agent = concat!("tidegate/", env!("CARGO_PKG_VERSION"));
    headers.insert(USER_AGENT, HeaderValue::from_static(agent));
    headers
        .entry(ACCEPT)
        .or_insert(HeaderValue::from_static("application/vnd.github+json"));
    Ok(())
}

/// Whether a token may be sent to the address, and a file be taken from it: it is secured, or it
/// stays on this machine.
pub(crate) fn trusted(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    url.scheme() == "https" || (here && url.scheme() == "http")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn paths_are_laid_below_the_address_of_an_enterprise_server() {
        let transport = Transport::new(url("https://ghe.example/api/v3"), CONNECT);
        let address = transport.address(&Uri::from_static("/repos/a/b?page=2"));
        assert_eq!(
            address.unwrap(),
            url("https://ghe.example/api/v3/repos/a/b?page=2")
        );
        assert_eq!(
            target(&url("https://ghe.example/api/v3/x?y=1")).unwrap(),
            "/api/v3/x?y=1"
        );
    }

    #[test]
    fn only_what_is_secured_or_local_is_trusted() {
        for good in [
            "https://api.github.com",
            "http://127.0.0.1:1",
            "http://localhost:1",
            "http://[::1]:1",
        ] {
            assert!(trusted(&url(good)), "{good}");
        }
        for bad in [
            "http://api.github.com",
            "http://127.0.0.1.evil.example",
            "ftp://localhost",
            "file:///x",
        ] {
            assert!(!trusted(&url(bad)), "{bad}");
        }
    }
}
