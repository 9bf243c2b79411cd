//! What a plugin gets to see of an answer.

use std::time::Duration;

use tidegate_core::ports::Secrets;
use tidegate_core::ports::http::{self as port, Response};

use super::clean;
use crate::interface::http::{self, HttpError, Timings};

/// The answer without cookies and secrets, and of its body no more than `limit` bytes.
pub(super) fn shown(answer: &Response, limit: usize, secrets: &dyn Secrets) -> http::Response {
    let (body, truncated) = clean::beginning(secrets, &answer.body, answer.truncated, limit);
    let redirects = answer.redirects.iter();
    http::Response {
        status: answer.status,
        headers: clean::headers(secrets, &answer.headers),
        body,
        truncated,
        url: secrets.redact(&answer.url),
        redirects: redirects.map(|one| secrets.redact(&one.url)).collect(),
        timings: Timings {
            dns: answer.timings.dns.map(microseconds),
            connect: answer.timings.connect.map(microseconds),
            tls: answer.timings.tls.map(microseconds),
            first_byte: microseconds(answer.timings.first_byte),
            download: microseconds(answer.timings.download),
            total: microseconds(answer.elapsed),
        },
    }
}

/// Why there is no answer.
pub(super) fn fault(error: &port::HttpError, secrets: &dyn Secrets) -> HttpError {
    use port::HttpError as Port;
    let sort = match error {
        Port::InvalidUrl { .. } | Port::InvalidHeader { .. } => HttpError::Invalid,
        Port::UndeclaredOrigin { .. }
        | Port::UngrantedOrigin { .. }
        | Port::ReadOnly { .. }
        | Port::ForbiddenAddress { .. } => HttpError::Denied,
        Port::Dns { .. } => HttpError::Dns,
        Port::Connect { .. } => HttpError::Connect,
        Port::Tls { .. } => HttpError::Tls,
        Port::Timeout { .. } => HttpError::Timeout,
        Port::Login(_) => HttpError::Login,
        Port::Broken { .. } | Port::Malformed { .. } | Port::NoWay { .. } | Port::Stopped => {
            HttpError::Broken
        }
    };
    sort(secrets.redact(&error.to_string()))
}

fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
