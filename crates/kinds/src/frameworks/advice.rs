//! How a fault is mended, for everybody and in each framework.

mod access;
mod browser;
mod data;
mod queries;

use super::Framework;

/// What a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Topic {
    /// Who may use a route.
    Access,
    /// Records of other tenants.
    Isolation,
    /// Tokens: how they are checked and how long they live.
    Tokens,
    /// Cookies of a session.
    Cookies,
    /// Which other sites may read answers.
    Cors,
    /// Headers that protect visitors.
    Headers,
    /// Files and consoles that are no part of the portal.
    Exposure,
    /// How often a login may be tried, and what its answers tell.
    Throttle,
    /// Fields that clients must not set.
    MassAssignment,
    /// How much a list gives out.
    Lists,
    /// How many queries a page makes.
    Queries,
}

impl Topic {
    /// Each topic.
    #[cfg(test)]
    pub(super) const ALL: [Self; 11] = [
        Self::Access,
        Self::Isolation,
        Self::Tokens,
        Self::Cookies,
        Self::Cors,
        Self::Headers,
        Self::Exposure,
        Self::Throttle,
        Self::MassAssignment,
        Self::Lists,
        Self::Queries,
    ];

    /// What to do, whatever the portal is made of.
    pub(super) fn general(self) -> &'static str {
        match self {
            Self::Access => {
                "Check on the server, in every route, who is asking and whether that person may, and refuse by default."
            }
            Self::Isolation => {
                "Take the tenant from the session, never from the request, and put it into the condition of every query: read, list, change and delete."
            }
            Self::Tokens => {
                "Verify the signature with one fixed algorithm, then expiry, issuer and audience, on every request; keep access tokens under an hour and refuse them after logout."
            }
            Self::Cookies => {
                "Set the session cookie with `HttpOnly`, `Secure` and `SameSite=Lax`, for this host only, and give it a new value at every login."
            }
            Self::Cors => {
                "Compare the whole origin with a fixed list, answer `Access-Control-Allow-Origin` only for those and always with `Vary: Origin`, and allow credentials only there."
            }
            Self::Headers => {
                "Send the headers from one place for every answer, errors too: `Strict-Transport-Security`, `Content-Security-Policy` with `frame-ancestors`, `X-Content-Type-Options: nosniff` and `Referrer-Policy`."
            }
            Self::Exposure => {
                "Serve only the folder that the build writes, keep development tools out of production, and replace every secret that was readable."
            }
            Self::Throttle => {
                "Count wrong passwords for each account and each address, answer 429 after about ten, and answer an unknown account exactly like a wrong password."
            }
            Self::MassAssignment => {
                "Copy the fields that a client may set by name, and set role, tenant, price and status on the server."
            }
            Self::Queries => {
                "Load what belongs to the rows of a page in one query for all of them, with an index for each condition, and only the columns that the page shows."
            }
            Self::Lists => {
                "Cap the page size on the server, and answer with the fields a page shows, chosen by name."
            }
        }
    }

    /// What to do in one framework, where that says more.
    pub(super) fn within(self, framework: Framework) -> Option<&'static str> {
        match self {
            Self::Access => access::access(framework),
            Self::Tokens => access::tokens(framework),
            Self::Throttle => access::throttle(framework),
            Self::Isolation => data::isolation(framework),
            Self::MassAssignment => data::mass_assignment(framework),
            Self::Lists => data::lists(framework),
            Self::Queries => queries::queries(framework),
            Self::Cookies => browser::cookies(framework),
            Self::Cors => browser::cors(framework),
            Self::Headers => browser::headers(framework),
            Self::Exposure => browser::exposure(framework),
        }
    }
}
