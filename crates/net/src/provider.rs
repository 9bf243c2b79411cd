//! Requests to those who issue keys: one at a time, to a public address, with nothing of the portal.

use tidegate_core::ports::http::{Body, PROVIDER_BODY_CAP, PROVIDER_TIMEOUT, Request, Target};

use crate::addresses::Reach;
use crate::tls::Tls;

/// How those who issue keys are reached.
pub(crate) struct Providers {
    /// The system's trust alone: an authority of the environment says nothing about them.
    pub(crate) tls: Tls,
    /// Where they may be.
    pub(crate) reach: Reach,
}

impl Providers {
    /// Public addresses with the system's trust; nothing is read yet.
    ///
    /// # Errors
    /// In words, as for [`Tls::new`].
    pub(crate) fn new() -> Result<Self, String> {
        Ok(Self {
            tls: Tls::new(None)?,
            reach: Reach::Public,
        })
    }
}

/// Whether a request goes to who issued a key.
pub(crate) fn is_asked(request: &Request) -> bool {
    matches!(request.target, Target::Provider(_))
}

/// Whether a request goes to somebody beside the portal, and is therefore sent once and by itself.
pub(crate) fn is_beside(request: &Request) -> bool {
    matches!(request.target, Target::Provider(_) | Target::Granted { .. })
}

/// A request as it is sent: what goes to a provider has nothing but its own headers, and limits.
pub(crate) fn bounded(request: Request) -> Request {
    if !is_asked(&request) {
        return request;
    }
    Request {
        query: Vec::new(),
        body: Body::Empty,
        session: None,
        redirects: 0,
        timeout: request.timeout.min(PROVIDER_TIMEOUT),
        body_cap: request.body_cap.min(PROVIDER_BODY_CAP),
        ..request
    }
}

#[cfg(test)]
mod tests;
