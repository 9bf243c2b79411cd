//! An app whose answers a closure decides and whose requests are recorded.
//!
//! ```
//! use tidegate_testkit::recorder::{App, Reply};
//!
//! let app = App::start(|request| match request.path() {
//!     "/health" => Reply::json(200, &serde_json::json!({ "ok": true })),
//!     _ => Reply::new(404),
//! });
//! assert!(app.url().starts_with("http://127.0.0.1:"));
//! assert!(app.requests().is_empty());
//! ```

mod reply;
mod request;

use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::server::Loopback;

pub(crate) use reply::Lost;
pub use reply::Reply;
pub use request::RecordedRequest;
pub(crate) use request::{BODY_LIMIT, RequestLog};

/// What decides the answer to a request; it runs on the server's thread and must not block.
pub(crate) type Handler = Arc<dyn Fn(&RecordedRequest) -> Reply + Send + Sync>;

/// A loopback HTTP server (HTTP/1.1, and HTTP/2 with prior knowledge) that answers as told.
///
/// A handler that panics closes its connection and no other.
pub struct App {
    server: Loopback,
    url: String,
    log: RequestLog,
}

impl App {
    /// Starts a server whose answers `handler` decides.
    ///
    /// # Panics
    /// When the machine refuses a loopback port or a thread.
    pub fn start<H>(handler: H) -> Self
    where
        H: Fn(&RecordedRequest) -> Reply + Send + Sync + 'static,
    {
        let log = RequestLog::default();
        let (handler, recorded): (Handler, _) = (Arc::new(handler), log.clone());
        let server = Loopback::start(move |stream| {
            serve(TokioIo::new(stream), Arc::clone(&handler), recorded.clone())
        });
        let url = format!("http://{}", server.address());
        Self { server, url, log }
    }

    /// Returns the origin without a trailing slash, such as `http://127.0.0.1:40001`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the address the server listens on.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Returns every request received so far, in order of arrival.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.log.all()
    }

    /// Returns the requests received so far for one path, the query left aside.
    pub fn requests_to(&self, path: &str) -> Vec<RecordedRequest> {
        self.log
            .all()
            .into_iter()
            .filter(|request| request.path() == path)
            .collect()
    }
}

/// Serves one connection: records each request, then answers as the handler says.
pub(crate) async fn serve<T>(io: TokioIo<T>, handler: Handler, log: RequestLog)
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| answer(request, Arc::clone(&handler), log.clone()));
    let builder = auto::Builder::new(TokioExecutor::new());
    // A client that hangs up is what many tests are about; there is nobody to tell.
    drop(builder.serve_connection(io, service).await);
}

async fn answer(
    request: Request<Incoming>,
    handler: Handler,
    log: RequestLog,
) -> Result<Response<Full<Bytes>>, reply::Lost> {
    let (parts, body) = request.into_parts();
    let reply = match read(body).await {
        Some(body) => {
            let request = RecordedRequest::from_parts(&parts, body);
            log.push(request.clone());
            handler(&request)
        }
        None => Reply::text(413, "the request body is incomplete or too large"),
    };
    reply.into_response().await
}

/// Reads a body within the limit; one that announces more is not waited for.
async fn read(body: Incoming) -> Option<Vec<u8>> {
    if body.size_hint().lower() > BODY_LIMIT as u64 {
        return None;
    }
    let body = Limited::new(body, BODY_LIMIT).collect().await.ok()?;
    Some(body.to_bytes().to_vec())
}

#[cfg(test)]
mod tests;
