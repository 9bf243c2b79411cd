//! What every answer carries beside its content.

use super::Fault;
use super::store::Store;
use crate::recorder::{RecordedRequest, Reply};

const POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'";

/// Adds the headers of caching, of security and of other origins.
pub(super) fn add(store: &Store, request: &RecordedRequest, reply: Reply) -> Reply {
    let kept = if store.has(Fault::PublicCache) {
        "public, max-age=600"
    } else {
        "private, no-store"
    };
    let reply = reply.header("cache-control", kept);
    let reply = if store.has(Fault::HeadersMissing) {
        reply
    } else {
        secured(reply, store.has(Fault::FramingAllowed))
    };
    match request.header("origin") {
        Some(origin) if store.has(Fault::CorsReflected) => reply
            .header("access-control-allow-origin", origin)
            .header("access-control-allow-credentials", "true")
            .header("vary", "origin"),
        _ => reply,
    }
}

fn secured(reply: Reply, framed: bool) -> Reply {
    let reply = reply
        .header("x-content-type-options", "nosniff")
        .header("referrer-policy", "same-origin")
        .header(
            "permissions-policy",
            "camera=(), geolocation=(), microphone=()",
        );
    if framed {
        return reply.header("content-security-policy", POLICY);
    }
    reply
        .header(
            "content-security-policy",
            &format!("{POLICY}; frame-ancestors 'none'"),
        )
        .header("x-frame-options", "DENY")
}
