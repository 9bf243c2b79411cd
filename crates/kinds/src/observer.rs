//! What the observers share: their switch in the gate file, and findings about an exchange.

use serde::Deserialize;
use serde_json::{Value as Json, json};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::exchange::Exchange;
use tidegate_core::finding::Finding;
use tidegate_core::gate::Environment;
use tidegate_core::meta::CodeInfo;
use tidegate_core::node::{Node, Value};

/// Whether the value under the observer's name switches it off.
pub(crate) fn is_off(config: &Node) -> bool {
    config.text() == Some("off") || config.value == Value::Bool(false)
}

/// Whether an observer that has nothing but its switch is on.
pub(crate) fn is_on(config: Option<&Node>) -> Result<bool, Vec<Diagnostic>> {
    #[derive(Deserialize)]
    struct Switch {}
    match config {
        None => Ok(true),
        Some(node) if is_off(node) => Ok(false),
        Some(node) => node.read().map(|Switch {}| true),
    }
}

/// The JSON Schema of an observer with these properties.
pub(crate) fn schema(properties: Json) -> Json {
    json!({
        "description": "On unless it says `off`.",
        "anyOf": [
            { "enum": ["off", false] },
            {
                "type": "object",
                "additionalProperties": false,
                "properties": properties,
            },
        ],
    })
}

/// The method and the route of a request, as people name it.
pub(crate) fn asked(exchange: &Exchange) -> String {
    format!("{} {}", exchange.method, exchange.route)
}

/// The method and this path, and where it went to when that is not the environment's own origin, as in
/// `GET /rest/v1/records on db`.
pub(crate) fn asked_of(
    exchange: &Exchange,
    path: &str,
    environment: Option<&Environment>,
) -> String {
    let method = &exchange.method;
    match environment.and_then(|environment| api(exchange, environment)) {
        Some(api) => format!("{method} {path} on {api}"),
        None => format!("{method} {path}"),
    }
}

/// The api that an exchange went to; the environment's own origin is none.
fn api<'e>(exchange: &Exchange, environment: &'e Environment) -> Option<&'e str> {
    let below = |base: &str| {
        let rest = exchange.url.strip_prefix(base);
        !base.is_empty()
            && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
    };
    if below(&environment.url.value) {
        return None;
    }
    let mut apis = environment.apis.iter();
    apis.find(|api| below(&api.url.value))
        .map(|api| api.name.as_str())
}

/// A finding at the line that caused the exchange; `content_type` is what is told of the answer's.
pub(crate) fn finding(
    exchange: &Exchange,
    code: &CodeInfo,
    content_type: &str,
    title: String,
) -> Finding {
    let cause = &exchange.cause;
    let status = exchange.status.unwrap_or_default();
    let size = exchange.response_body.len();
    Finding::new(code, cause.location.clone(), title)
        .caused_by(cause.check.clone())
        .evidence("request", asked(exchange))
        .evidence(
            "response",
            format!("{status}, {content_type}, {size} bytes"),
        )
}
