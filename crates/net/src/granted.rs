//! Requests of plugins to origins that the gate file grants them: with nothing of the portal, and nowhere else.

use http::HeaderName;
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::{DEFAULT_BODY_CAP, Request, Target};
use tokio::sync::OnceCell;
use url::{Origin, Url};

use crate::addresses::Reach;
use crate::connector;
use crate::names::Names;
use crate::pool::Pool;

/// Headers that say where a message goes or govern the connection (RFC 9110, 7.2 and 7.6.1; RFC 9113, 8.2.2), beside
/// those that nobody may set.
const OF_THE_CLIENT: &[&str] = &[
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
];

/// How granted hosts are reached.
#[derive(Default)]
pub(crate) struct Granted {
    /// Connections to them; those of the environment were made under other rules.
    pub(crate) pool: Pool,
    /// Known once the first of them is asked.
    reach: OnceCell<Reach>,
}

impl Granted {
    /// Where granted hosts may be: in the public internet, and wherever else the environment itself is. It is told
    /// once, so that a name of the environment that changes its address opens nothing later.
    pub(crate) async fn reach(&self, environment: &Url, names: &Names) -> Reach {
        let find = || async {
            let private = connector::is_private(environment, names).await?;
            Ok::<_, HttpError>(if private {
                Reach::Declared
            } else {
                Reach::Public
            })
        };
        // Whose environment is nowhere gets the strict answer, this time.
        *self
            .reach
            .get_or_try_init(find)
            .await
            .unwrap_or(&Reach::Public)
    }
}

/// The origins that a request of a plugin may go to; `None` for every other request.
pub(crate) fn origins(request: &Request) -> Option<&[String]> {
    match &request.target {
        Target::Granted { origins, .. } => Some(origins),
        _ => None,
    }
}

/// Whether an origin is among those that are granted.
pub(crate) fn cover(origins: &[String], origin: &Origin) -> bool {
    origin.is_tuple() && origins.contains(&origin.ascii_serialization())
}

/// A request as it is sent: what goes to a granted host belongs to no session.
pub(crate) fn bounded(request: Request) -> Request {
    if origins(&request).is_none() {
        return request;
    }
    Request {
        session: None,
        within: None,
        body_cap: request.body_cap.min(DEFAULT_BODY_CAP),
        ..request
    }
}

/// Whether an address may be asked without a secure connection, by where the environment is.
///
/// # Errors
/// When it must be https.
pub(crate) fn permit_scheme(url: &Url, environment: &Url, reach: Reach) -> Result<(), HttpError> {
    let open_home = environment.scheme() == "http" && reach == Reach::Declared;
    if url.scheme() == "https" || open_home || connector::is_this_machine(url) {
        return Ok(());
    }
    Err(HttpError::InvalidUrl {
        url: url.origin().ascii_serialization(),
        reason: "a granted host is asked over https".to_owned(),
    })
}

/// Refuses a header that is not the plugin's to set.
///
/// # Errors
/// When it is one of those.
pub(crate) fn permit_header(name: &HeaderName) -> Result<(), HttpError> {
    if OF_THE_CLIENT.contains(&name.as_str()) {
        return Err(HttpError::InvalidHeader {
            name: name.to_string(),
            reason: "the client sets it itself".to_owned(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
