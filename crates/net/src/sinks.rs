//! Loopback servers that record what the portal sends out.

mod log;

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tidegate_core::ports::sinks::SINK_BODY_CAP;
use tidegate_core::ports::{BoxFuture, Overlooked, Received, Reply, Sink, SinkError, Sinks};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::task::{AbortHandle, JoinSet};

use log::Log;

/// How long a connection may be silent, and how long one body may take: a portal on the same machine
/// sends at once.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most connections at a time; more of them wait until one has ended.
const CONNECTION_CAP: usize = 64;

/// The most bytes of a request's head.
const HEAD_CAP: usize = 64 * 1024;

/// How long nothing is accepted after the system would not.
const PAUSE: Duration = Duration::from_millis(50);

/// Opens loopback servers on a runtime.
pub struct LoopbackSinks {
    runtime: Handle,
}

impl LoopbackSinks {
    /// Names the runtime that the servers run on; it needs its I/O and time drivers.
    pub fn new(runtime: Handle) -> Self {
        Self { runtime }
    }
}

impl Sinks for LoopbackSinks {
    fn listen(
        &self,
        port: u16,
        reply: Reply,
    ) -> BoxFuture<'static, Result<Box<dyn Sink>, SinkError>> {
        let opened = LoopbackSink::open(&self.runtime, port, reply);
        Box::pin(async move {
            match opened {
                Ok(sink) => Ok(Box::new(sink) as Box<dyn Sink>),
                Err(reason) => Err(SinkError { port, reason }),
            }
        })
    }
}

/// A server on loopback that is open until it is dropped.
struct LoopbackSink {
    address: SocketAddr,
    door: Arc<Door>,
    log: Arc<Log>,
    runtime: Handle,
    accepting: AbortHandle,
}

/// How connections are treated.
#[derive(Clone, Copy)]
struct Manner {
    status: StatusCode,
    patience: Duration,
}

/// The listening socket, which can be closed while somebody waits at it.
struct Door(Mutex<Option<TcpListener>>);

impl LoopbackSink {
    fn open(runtime: &Handle, port: u16, reply: Reply) -> Result<Self, String> {
        let status = StatusCode::from_u16(reply.status)
            .ok()
            .filter(|status| (200..600).contains(&status.as_u16()))
            .ok_or_else(|| format!("{} is no status of an answer", reply.status))?;
        let listener = listen(runtime, port).map_err(|error| error.to_string())?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let door = Arc::new(Door(Mutex::new(Some(listener))));
        let log = Arc::new(Log::default());
        let manner = Manner {
            status,
            patience: PATIENCE,
        };
        let accepting = runtime
            .spawn(accept(Arc::clone(&door), Arc::clone(&log), manner))
            .abort_handle();
        Ok(Self {
            address,
            door,
            log,
            runtime: runtime.clone(),
            accepting,
        })
    }
}

/// Binds without waiting, so that no executor is needed.
fn listen(runtime: &Handle, port: u16) -> std::io::Result<TcpListener> {
    let _entered = runtime.enter();
    let socket = tokio::net::TcpSocket::new_v4()?;
    // On Windows it would let two servers share the port.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    socket.listen(128)
}

impl Sink for LoopbackSink {
    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn received(&self) -> Vec<Arc<Received>> {
        self.log.received()
    }

    fn overlooked(&self) -> Overlooked {
        self.log.overlooked()
    }

    fn wait(&self, known: usize, within: Duration) -> BoxFuture<'static, Vec<Arc<Received>>> {
        let _entered = self.runtime.enter();
        let too_long = tokio::time::sleep(within);
        let log = Arc::clone(&self.log);
        Box::pin(async move {
            tokio::select! {
                () = log.more_than(known) => {}
                () = too_long => {}
            }
            log.received()
        })
    }
}

impl Drop for LoopbackSink {
    fn drop(&mut self) {
        self.door.close();
        self.accepting.abort();
    }
}

impl Door {
    /// The next visitor; `None` once it is closed.
    async fn next(&self) -> Option<std::io::Result<TcpStream>> {
        std::future::poll_fn(|context| self.poll_next(context)).await
    }

    fn poll_next(&self, context: &mut Context<'_>) -> Poll<Option<std::io::Result<TcpStream>>> {
        let listener = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*listener {
            Some(listener) => listener
                .poll_accept(context)
                .map(|accepted| Some(accepted.map(|(stream, _)| stream))),
            None => Poll::Ready(None),
        }
    }

    /// Closes the socket now rather than when a task comes to its end.
    fn close(&self) {
        let listener = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(listener);
    }
}

/// Serves whoever comes; its connections end with it.
async fn accept(door: Arc<Door>, log: Arc<Log>, manner: Manner) {
    let mut connections = JoinSet::new();
    loop {
        while connections.len() >= CONNECTION_CAP {
            let _ = connections.join_next().await;
        }
        tokio::select! {
            accepted = door.next() => match accepted {
                Some(Ok(stream)) => {
                    connections.spawn(serve(stream, Arc::clone(&log), manner));
                }
                Some(Err(_)) => tokio::time::sleep(PAUSE).await,
                None => return,
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
}

async fn serve(stream: TcpStream, log: Arc<Log>, manner: Manner) {
    let answering = Arc::clone(&log);
    let service = service_fn(move |request| answer(Arc::clone(&answering), manner, request));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(manner.patience)
        .max_buf_size(HEAD_CAP)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if served.is_err_and(|error| error.is_parse()) {
        log.broken();
    }
}

async fn answer(
    log: Arc<Log>,
    manner: Manner,
    request: Request<Incoming>,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    let (head, mut body) = request.into_parts();
    let read = tokio::time::timeout(manner.patience, read(&mut body)).await;
    Ok(match read {
        Ok(Some((body, truncated))) => {
            log.keep(received(&head, body, truncated));
            if truncated {
                last_answer(StatusCode::PAYLOAD_TOO_LARGE)
            } else {
                plain_answer(manner.status)
            }
        }
        Ok(None) => {
            log.broken();
            last_answer(StatusCode::BAD_REQUEST)
        }
        Err(_) => {
            log.broken();
            last_answer(StatusCode::REQUEST_TIMEOUT)
        }
    })
}

/// The body up to its cap and whether there is more; `None` when it breaks off or is malformed.
async fn read(body: &mut Incoming) -> Option<(Vec<u8>, bool)> {
    let mut read = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.ok()?.into_data() else {
            continue;
        };
        let room = SINK_BODY_CAP - read.len();
        read.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            return Some((read, true));
        }
    }
    Some((read, false))
}

fn received(head: &http::request::Parts, body: Vec<u8>, truncated: bool) -> Received {
    let headers = head.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.as_str().to_owned(), value.into_owned())
    });
    let path = head.uri.path_and_query();
    Received {
        method: head.method.as_str().to_ascii_uppercase(),
        path: path.map_or_else(|| head.uri.to_string(), ToString::to_string),
        headers: headers.collect(),
        body: body.into(),
        truncated,
    }
}

fn plain_answer(status: StatusCode) -> Response<Empty<Bytes>> {
    let mut response = Response::new(Empty::new());
    *response.status_mut() = status;
    response
}

/// An answer after which the connection ends: what follows on it is the rest of a body.
fn last_answer(status: StatusCode) -> Response<Empty<Bytes>> {
    let mut response = plain_answer(status);
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

#[cfg(test)]
mod tests;
