//! A server that tells when the parts of each request arrived.
//!
//! It serves HTTP/1.1, HTTP/2 or both, plain or over TLS, and answers a request once it is whole.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;

use crate::recorder::{BODY_LIMIT, Handler, Lost, RecordedRequest, Reply};
use crate::server::Loopback;
use crate::tls::{self, Certificate};

/// The most events that are kept.
const EVENTS: usize = 100_000;

/// Which protocols a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Speaks {
    /// HTTP/1.1 and HTTP/2.
    #[default]
    Both,
    /// HTTP/1.1 alone.
    Http1,
    /// HTTP/2 alone.
    Http2,
}

/// How a server behaves.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// What it speaks.
    pub speaks: Speaks,
    /// Whether over TLS.
    pub tls: bool,
    /// The most requests at a time on one HTTP/2 connection.
    pub streams: Option<u32>,
    /// The answer to every request as soon as its head is there; the rest is not read.
    pub early: Option<Reply>,
}

/// What arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The head of a request.
    Head,
    /// Part of its body; how many bytes of it there are so far.
    Body(usize),
    /// Its end.
    End,
}

/// Something that arrived.
#[derive(Debug, Clone)]
pub struct Event {
    /// When.
    pub at: Instant,
    /// What.
    pub part: Part,
    /// The number of the request, in the order in which heads arrived.
    pub request: u64,
    /// The number of its connection, in the order in which they were opened.
    pub connection: u64,
    /// Its path and query.
    pub target: String,
}

/// A loopback server that tells when the parts of each request arrived.
pub struct Arrivals {
    server: Loopback,
    url: String,
    authority: Option<String>,
    log: Log,
}

impl Arrivals {
    /// Starts a server that answers as `handler` says; it is asked once a request is whole.
    ///
    /// # Panics
    /// When the machine refuses a loopback port or a thread.
    pub fn start<H>(shape: Shape, handler: H) -> Self
    where
        H: Fn(&RecordedRequest) -> Reply + Send + Sync + 'static,
    {
        let log = Log::default();
        let (handler, shared): (Handler, _) = (Arc::new(handler), log.clone());
        let (acceptor, authority) = secured(&shape).unzip();
        let connections = AtomicU64::new(0);
        let tls = shape.tls;
        let server = Loopback::start(move |stream| {
            let desk = Desk {
                shape: shape.clone(),
                handler: Arc::clone(&handler),
                log: shared.clone(),
                connection: connections.fetch_add(1, Ordering::Relaxed),
            };
            let acceptor: Option<TlsAcceptor> = acceptor.clone();
            async move {
                match acceptor {
                    None => desk.serve(TokioIo::new(stream)).await,
                    Some(acceptor) => {
                        // A client that refuses the certificate or the protocol goes.
                        if let Ok(stream) = acceptor.accept(stream).await {
                            desk.serve(TokioIo::new(stream)).await;
                        }
                    }
                }
            }
        });
        let scheme = if tls { "https" } else { "http" };
        let url = format!("{scheme}://{}", server.address());
        Self {
            server,
            url,
            authority,
            log,
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

    /// Returns the PEM of the authority of a server with TLS, and nothing of one without.
    pub fn authority_pem(&self) -> &str {
        self.authority.as_deref().unwrap_or_default()
    }

    /// Returns everything that arrived so far, in order.
    pub fn events(&self) -> Vec<Event> {
        self.log.lock().clone()
    }

    /// Returns how many requests are whole so far.
    pub fn whole(&self) -> usize {
        let events = self.log.lock();
        events
            .iter()
            .filter(|event| event.part == Part::End)
            .count()
    }

    /// Returns the bytes of bodies that arrived so far, of all requests.
    pub fn bytes(&self) -> usize {
        let mut sizes = std::collections::HashMap::new();
        for event in self.log.lock().iter() {
            if let Part::Body(size) = event.part {
                sizes.insert(event.request, size);
            }
        }
        sizes.values().sum()
    }

    /// Forgets what arrived so far.
    pub fn forget(&self) {
        self.log.lock().clear();
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Event>>>);

impl Log {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Event>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What serves one connection.
#[derive(Clone)]
struct Desk {
    shape: Shape,
    handler: Handler,
    log: Log,
    connection: u64,
}

impl Desk {
    async fn serve<T>(self, io: TokioIo<T>)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder
            .http2()
            .max_concurrent_streams(self.shape.streams.unwrap_or(250));
        let builder = match self.shape.speaks {
            Speaks::Both => builder,
            Speaks::Http1 => builder.http1_only(),
            Speaks::Http2 => builder.http2_only(),
        };
        let service = service_fn(move |request| self.clone().answer(request));
        // A client that hangs up is what some tests are about.
        drop(builder.serve_connection(io, service).await);
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Lost> {
        let (parts, mut body) = request.into_parts();
        let target = parts.uri.path_and_query();
        let target = target.map_or_else(|| "/".to_owned(), ToString::to_string);
        let number = self.note(Part::Head, None, &target);
        if let Some(early) = self.shape.early {
            return early.into_response().await;
        }
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map(hyper::body::Frame::into_data) else {
                return Reply::text(400, "the request is not whole")
                    .into_response()
                    .await;
            };
            bytes.extend_from_slice(&data.unwrap_or_default());
            if bytes.len() > BODY_LIMIT {
                return Reply::text(413, "the request is too large")
                    .into_response()
                    .await;
            }
            self.note(Part::Body(bytes.len()), Some(number), &target);
        }
        self.note(Part::End, Some(number), &target);
        let reply = (self.handler)(&RecordedRequest::from_parts(&parts, bytes));
        reply.into_response().await
    }

    /// Notes an event while there is room; the number of its request.
    fn note(&self, part: Part, request: Option<u64>, target: &str) -> u64 {
        let at = Instant::now();
        let mut events = self.log.lock();
        let heads = || {
            events
                .iter()
                .filter(|event| event.part == Part::Head)
                .count() as u64
        };
        let request = request.unwrap_or_else(heads);
        if events.len() < EVENTS {
            events.push(Event {
                at,
                part,
                request,
                connection: self.connection,
                target: target.to_owned(),
            });
        }
        request
    }
}

fn secured(shape: &Shape) -> Option<(TlsAcceptor, String)> {
    let protocols: &[&[u8]] = match shape.speaks {
        Speaks::Both => &[b"h2", b"http/1.1"],
        Speaks::Http1 => &[b"http/1.1"],
        Speaks::Http2 => &[b"h2"],
    };
    shape.tls.then(|| {
        tls::acceptor(Certificate::Valid, protocols).expect("a certificate can be made and served")
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn the_parts_of_a_request_are_told_as_they_arrive() {
        let server = Arrivals::start(Shape::default(), |request| {
            Reply::text(200, &request.text())
        });
        let mut stream = TcpStream::connect(server.address()).unwrap();
        let head =
            b"POST /a?b HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\nconnection: close\r\n\r\nab";
        stream.write_all(head).unwrap();
        while server.bytes() < 2 {
            std::thread::yield_now();
        }
        assert_eq!(server.whole(), 0);
        stream.write_all(b"cd").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with("abcd"));
        let parts: Vec<Part> = server.events().iter().map(|event| event.part).collect();
        assert_eq!(parts, [Part::Head, Part::Body(2), Part::Body(4), Part::End]);
        assert_eq!(server.events()[0].target, "/a?b");
        server.forget();
        assert_eq!(server.whole(), 0);
    }

    #[test]
    fn an_early_answer_does_not_wait_for_the_body() {
        let shape = Shape {
            early: Some(Reply::new(413)),
            ..Shape::default()
        };
        let server = Arrivals::start(shape, |_| Reply::new(200));
        let mut stream = TcpStream::connect(server.address()).unwrap();
        stream
            .write_all(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nab")
            .unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 413");
        assert_eq!(server.whole(), 0);
    }
}
