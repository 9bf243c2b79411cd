//! A model without intelligence: it obeys whatever it is told, by whomever.
//!
//! It stands for the worst model a portal could use, so that tests see the portal's own guards.

use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

const CHOSEN: usize = 2;

/// Words after which the stub says what follows them.
const SAY: [&str; 6] = [
    "say ",
    "reply with ",
    "respond with ",
    "output ",
    "print ",
    "write ",
];

/// The stub as an HTTP server of the chat completions protocol.
pub(crate) fn router() -> Router {
    Router::new().route("/v1/chat/completions", post(complete))
}

async fn complete(Json(request): Json<Value>) -> Json<Value> {
    let said_by = |role: &str| {
        let messages = request["messages"].as_array().into_iter().flatten();
        let texts = messages
            .filter(|one| one["role"] == role)
            .filter_map(|one| one["content"].as_str());
        texts.collect::<Vec<_>>().join("\n")
    };
    let content = answer(&said_by("system"), &said_by("user"));
    let message = json!({ "role": "assistant", "content": content });
    Json(json!({ "choices": [{ "index": 0, "message": message, "finish_reason": "stop" }] }))
}

/// Obeys the document first; only a document without commands gets what the system asked for.
pub(super) fn answer(system: &str, user: &str) -> String {
    let lower = user.to_ascii_lowercase();
    if lower.contains("system prompt") || lower.contains("your instructions") {
        return system.to_owned();
    }
    let after = |words: &&str| lower.find(*words).map(|at| at + words.len());
    if let Some(start) = SAY.iter().filter_map(after).min() {
        return user[start..].to_owned();
    }
    let sentences: Vec<String> = serde_json::from_str(user).unwrap_or_default();
    let numbers: Vec<usize> = (0..sentences.len().min(CHOSEN)).collect();
    json!(numbers).to_string()
}
