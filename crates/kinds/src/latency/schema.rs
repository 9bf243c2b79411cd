//! The JSON Schema (draft-07) of `latency:`.

use serde_json::{Value, json};
use tidegate_core::request::schema::period;

use super::config::{CLIENTS, RATES, SAMPLES, WARM_UPS};
use crate::expect;
use crate::timed_routes::{self, number};

/// The schema of the whole value: one route, or a list of them.
pub(super) fn latency() -> Value {
    timed_routes::schema(
        "Measures how long a route takes, or each of several, and holds it against its latency budget: 500ms at p95 when none is given.",
        of_the_check(),
        of_a_route(),
    )
}

fn of_a_route() -> Vec<(&'static str, Value)> {
    let percentiles = [("p50", 50), ("p90", 90), ("p95", 95), ("p99", 99)];
    let percentiles = percentiles.map(|(key, share)| {
        let description = format!("What {share} of 100 requests take at most, as in `300ms`.");
        (key, period(&description))
    });
    let own = [
        (
            "size",
            json!({
                "type": ["string", "integer"],
                "minimum": 1,
                "description": "The most bytes of an answer, as it is sent: `200kB`, `1MB`.",
            }),
        ),
        ("status", expect::schema::status()),
        (
            "idempotent",
            json!({
                "type": "boolean",
                "description": "Sending it again changes nothing more, so that a POST may be measured outside of production.",
            }),
        ),
        (
            "growth",
            json!({
                "type": "object",
                "description": "How the time may grow from a short page to this one.",
                "additionalProperties": false,
                "required": ["from", "at-most"],
                "properties": {
                    "from": { "type": "string", "description": "The path of the short page, with its query, as in `/api/records?limit=10`." },
                    "at-most": { "type": "number", "exclusiveMinimum": 1, "maximum": 1000, "description": "How many times as long as the short page this one may take." },
                },
            }),
        ),
    ];
    percentiles.into_iter().chain(own).collect()
}

fn of_the_check() -> Vec<(&'static str, Value)> {
    vec![
        (
            "samples",
            number(
                &SAMPLES,
                "The most samples of a route; 1000 when absent. p95 needs 59, p99 needs 299.",
            ),
        ),
        (
            "within",
            period("The most time for all of it; 2m when absent."),
        ),
        (
            "rate",
            number(
                &RATES,
                "Requests a second, all routes together; when absent 20, on this machine 50. Production gets 10 at most unless its environment allows more.",
            ),
        ),
        (
            "warm-up",
            number(
                &WARM_UPS,
                "How many requests of each route come first, are told and do not count; 5 when absent.",
            ),
        ),
        (
            "clients",
            number(
                &CLIENTS,
                "So many clients ask at once, each again once it was answered; not in production.",
            ),
        ),
        ("for", period("How long the clients ask; 10s when absent.")),
    ]
}
