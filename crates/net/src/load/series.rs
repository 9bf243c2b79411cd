//! The requests of a volume, checked and put together once.

use tidegate_core::name::IdentityName;
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::{Purpose, Request};
use url::Origin;

use crate::client::Inner;
use crate::courier::Persona;
use crate::message::Prepared;
use crate::provider;
use crate::trip::Trip;

/// One request, to be sent again and again.
pub(super) struct Series {
    /// As it was asked for.
    pub(super) request: Request,
    /// Whose it is.
    pub(super) identity: Option<IdentityName>,
    /// Ready to be sent.
    pub(super) prepared: Prepared,
    /// The place of its origin in the list of origins.
    pub(super) origin: usize,
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
        let origin = series.prepared.url().origin();
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
    let courier = &inner.courier;
    let session = request.session.and_then(|id| inner.sessions.get(id));
    let grant = match &session {
        Some(session) => session.grant(courier, Some(&request.cause.check)).await?,
        None => None,
    };
    let identity = session.as_ref().and_then(|session| session.identity());
    let persona = Persona {
        identity,
        jar: session.as_ref().map(|session| session.jar()),
        grant: grant.as_deref(),
        ..Persona::default()
    };
    let prepared = Trip::plan(courier, &request, &persona)?.prepare()?;
    let identity = identity.cloned();
    Ok(Series {
        request,
        identity,
        prepared,
        origin: 0,
    })
}
