//! The requests of a volume, checked and put together once.

use bytes::Bytes;
use http_body_util::Full;
use tidegate_core::name::IdentityName;
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::{Purpose, Request};
use url::Origin;

use crate::client::Inner;
use crate::prepared::{Prepared, Protocol};
use crate::provider;

/// One request, to be sent again and again.
pub(super) struct Series {
    /// As it was asked for.
    pub(super) request: Request,
    /// Whose it is.
    pub(super) identity: Option<IdentityName>,
    /// Put together.
    pub(super) prepared: Prepared,
    /// The place of its origin in the list of origins.
    pub(super) origin: usize,
    http1: http::Request<Full<Bytes>>,
    http2: http::Request<Full<Bytes>>,
}

impl Series {
    /// A copy for a connection; the texts in it are shared.
    pub(super) fn message(&self, protocol: Protocol) -> http::Request<Full<Bytes>> {
        match protocol {
            Protocol::Http1 => self.http1.clone(),
            Protocol::Http2 => self.http2.clone(),
        }
    }
}

/// Checks all requests, logs in where one needs it, and puts them together.
///
/// # Errors
/// When one may not or cannot be sent, or its session cannot log in.
pub(super) async fn prepare(
    inner: &Inner,
    requests: Vec<Request>,
) -> Result<Vec<Series>, HttpError> {
    // What is not permitted shall not cost a login.
    for request in &requests {
        permit(inner, request)?;
    }
    let mut origins: Vec<Origin> = Vec::new();
    let mut all = Vec::with_capacity(requests.len());
    for request in requests {
        let mut series = put_together(inner, request).await?;
        let origin = series.prepared.url.origin();
        let known = origins.iter().position(|known| *known == origin);
        series.origin = known.unwrap_or_else(|| {
            origins.push(origin);
            origins.len() - 1
        });
        all.push(series);
    }
    Ok(all)
}

fn permit(inner: &Inner, request: &Request) -> Result<(), HttpError> {
    if provider::is_asked(request) {
        return Err(HttpError::InvalidUrl {
            url: request.route.clone(),
            reason: "who issues keys is asked once, and not measured".to_owned(),
        });
    }
    inner.courier.permit(request).map(drop)
}

async fn put_together(inner: &Inner, request: Request) -> Result<Series, HttpError> {
    let request = Request {
        purpose: Purpose::Load,
        redirects: 0,
        ..request
    };
    let visitor = inner.admit(&request).await?;
    let persona = visitor.persona();
    let prepared = Prepared::new(&inner.courier, &request, &persona)?;
    let secrets = &*inner.courier.secrets;
    Ok(Series {
        http1: prepared.message(Protocol::Http1, secrets)?,
        http2: prepared.message(Protocol::Http2, secrets)?,
        identity: persona.identity.cloned(),
        prepared,
        request,
        origin: 0,
    })
}
