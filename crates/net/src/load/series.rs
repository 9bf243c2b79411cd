//! The requests of a volume, checked and put together once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use tidegate_core::name::IdentityName;
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::{Purpose, Request};
use url::Origin;

use crate::client::Inner;
use crate::prepared::{Prepared, Protocol};
use crate::provider;
use crate::session::Grant;

/// One request, to be sent again and again.
pub(super) struct Series {
    /// As it was asked for.
    pub(super) request: Request,
    /// Whose it is.
    pub(super) identity: Option<IdentityName>,
    /// The place of its origin in the list of origins.
    pub(super) origin: usize,
    packed: Mutex<Arc<Packed>>,
    renewing: AtomicBool,
}

/// A request with the credentials of the moment.
pub(super) struct Packed {
    /// Put together.
    pub(super) prepared: Prepared,
    http1: http::Request<Full<Bytes>>,
    http2: http::Request<Full<Bytes>>,
    /// When its credentials are to be renewed; a while later they end.
    renew_at: Option<Duration>,
}

impl Packed {
    /// A copy for a connection; the texts in it are shared.
    pub(super) fn message(&self, protocol: Protocol) -> http::Request<Full<Bytes>> {
        match protocol {
            Protocol::Http1 => self.http1.clone(),
            Protocol::Http2 => self.http2.clone(),
        }
    }
}

impl Series {
    /// The request as it is sent now.
    pub(super) fn packed(&self) -> Arc<Packed> {
        Arc::clone(&self.packed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether somebody should renew the credentials; says so once.
    pub(super) fn wants_renewal(&self, packed: &Packed, now: Duration) -> bool {
        packed.renew_at.is_some_and(|end| now >= end)
            && !self.renewing.swap(true, Ordering::Relaxed)
    }

    /// Renews the credentials. Meanwhile the old ones, which have not ended yet, are sent; and afterwards,
    /// when the login fails: what the portal says to that is for the check to see.
    pub(super) async fn renew(&self, inner: &Inner) {
        if let Ok((packed, _)) = pack(inner, &self.request).await {
            *self.packed.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(packed);
            self.renewing.store(false, Ordering::Relaxed);
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
        let origin = series.packed().prepared.url.origin();
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
    if provider::is_beside(request) {
        return Err(HttpError::InvalidUrl {
            url: request.route.clone(),
            reason: "who is not of the portal is asked once, and not measured".to_owned(),
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
    let (packed, identity) = pack(inner, &request).await?;
    Ok(Series {
        request,
        identity,
        origin: 0,
        packed: Mutex::new(Arc::new(packed)),
        renewing: AtomicBool::new(false),
    })
}

async fn pack(
    inner: &Inner,
    request: &Request,
) -> Result<(Packed, Option<IdentityName>), HttpError> {
    let visitor = inner.admit(request).await?;
    let persona = visitor.persona();
    let prepared = Prepared::new(&inner.courier, request, &persona)?;
    let secrets = &*inner.courier.secrets;
    let packed = Packed {
        http1: prepared.message(Protocol::Http1, secrets)?,
        http2: prepared.message(Protocol::Http2, secrets)?,
        renew_at: persona.grant.and_then(Grant::renew_at),
        prepared,
    };
    Ok((packed, persona.identity.cloned()))
}
