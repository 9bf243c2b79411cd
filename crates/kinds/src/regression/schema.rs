//! The JSON Schema (draft-07) of `regression:`.

use serde_json::{Value, json};
use tidegate_core::request::schema::{pairs, period};

use super::config::{RATES, SAMPLES, WARM_UPS};
use crate::attack::calls_schema::request;
use crate::timed_routes::{self, number};

/// The schema of the whole value.
pub(super) fn regression() -> Value {
    let check = vec![
        ("old", old()),
        (
            "tolerance",
            json!({
                "type": "string",
                "pattern": "^\\s*[0-9]+(\\.[0-9]+)?\\s*%$",
                "description": "By how much the new deploy may be slower; 10% when absent.",
            }),
        ),
        (
            "percentile",
            json!({
                "enum": ["p50", "p90", "p95", "p99"],
                "description": "What is compared; p95 when absent. p99 needs 299 samples.",
            }),
        ),
        (
            "visible",
            json!({
                "type": "number",
                "exclusiveMinimum": 1,
                "maximum": 10,
                "description": "The slowdown that must be ruled out where none is seen; 1.5 when absent.",
            }),
        ),
        (
            "samples",
            number(
                &SAMPLES,
                "How many pairs of each route are measured at most; 500 when absent. Most routes are decided by 200.",
            ),
        ),
        (
            "warm-up",
            number(
                &WARM_UPS,
                "How many pairs of each route come first and do not count; 5 when absent.",
            ),
        ),
        (
            "within",
            period("How long the measurement may take; 5m when absent."),
        ),
        (
            "rate",
            number(
                &RATES,
                "How many pairs a second are sent, all routes together; 20 when absent. Production gets 8, and no environment more than four fifths of its own `rate:`.",
            ),
        ),
    ];
    let route = vec![(
        "idempotent",
        json!({
            "type": "boolean",
            "description": "Whether sending it again changes nothing more; needed for a route that does not only read.",
        }),
    )];
    let mut schema = timed_routes::schema(
        "Compares how long the old and the new deploy take, asked at the same time.",
        check,
        route,
    );
    schema["required"] = json!(["old"]);
    schema
}

fn old() -> Value {
    let part = |description: &str, required: &[&str], properties: Value| {
        json!({
            "type": "object",
            "description": description,
            "additionalProperties": false,
            "required": required,
            "properties": properties,
        })
    };
    let text = |description: &str| json!({ "type": "string", "description": description });
    let url = part(
        "An address.",
        &["url"],
        json!({
            "url": text("Where the old deploy is, as in `${OLD_URL}`."),
            "kind": {
                "enum": ["preview", "staging", "local", "production"],
                "description": "What sort of place it is; production when absent, unless it is on this machine.",
            },
            "headers": pairs("Headers sent to its own origin with every request."),
            "ca": text("The path of a PEM file with the authority that signed its certificate."),
            "rate": { "type": "integer", "minimum": 1, "description": "The most requests a second it is sent." },
        }),
    );
    let start = part(
        "How the old deploy is started.",
        &["command", "ready"],
        json!({
            "command": text("What the shell is given; `${port}` is a free port, which is also in the variable PORT."),
            "directory": text("The folder it starts in, relative to the gate file."),
            "environment": pairs("Added to its environment."),
            "ready": request("A request that is answered with 2xx once it is ready.", &[]),
            "within": period("How long it may take to be ready; 60s when absent."),
        }),
    );
    json!({
        "description": "What the new deploy is compared with.",
        "oneOf": [
            text("The name of another environment of the gate file."),
            url,
            part("A program that is started beside the candidate.", &["start"], json!({ "start": start })),
            part(
                "What an earlier run stored.",
                &["reference", "control"],
                json!({
                    "reference": { "const": true, "description": "Compares with what an earlier run stored." },
                    "control": request("A route that should not change, as in `{ get: /health }`.", &[]),
                }),
            ),
        ],
    })
}
