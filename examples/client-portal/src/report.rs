//! Events that the portal reports to another system, signed like those that it takes in.

use std::time::Duration;

use axum::http::{Request, Uri, header};
use bytes::Bytes;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::app::App;
use crate::breaks::Break;
use crate::errors::ApiError;
use crate::webhooks::{SIGNATURE, TIMESTAMP, sign};
use crate::{clock, identifiers};

/// How long the other system may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How long is waited before an event that was not accepted is sent again.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

/// Sends events to one address over plain HTTP.
pub(crate) struct Reporter {
    client: Client<HttpConnector, Full<Bytes>>,
    address: Uri,
}

impl Reporter {
    /// Sends to an address such as `http://127.0.0.1:4010/hooks`; `None` when it is no such address.
    pub(crate) fn new(address: &str) -> Option<Self> {
        let address: Uri = address.parse().ok()?;
        let plain = address.scheme_str() == Some("http") && address.authority().is_some();
        plain.then(|| Self {
            client: Client::builder(TokioExecutor::new()).build_http(),
            address,
        })
    }

    /// Whether the other system accepted the body.
    async fn deliver(&self, app: &App, body: &str) -> bool {
        let mut request =
            Request::post(self.address.clone()).header(header::CONTENT_TYPE, "application/json");
        if !app.broken(Break::WebhookUnsigned) {
            let now = clock::unix_seconds();
            let signature = sign(app.webhook_secret.reveal(), now, body.as_bytes());
            request = request.header(TIMESTAMP, now).header(SIGNATURE, signature);
        }
        let Ok(request) = request.body(Full::from(body.to_owned())) else {
            return false;
        };
        let answer = tokio::time::timeout(TIMEOUT, self.client.request(request)).await;
        answer.is_ok_and(|answer| answer.is_ok_and(|answer| answer.status().is_success()))
    }
}

/// Reports a new record, when there is somebody to report to; nobody waits for it.
///
/// # Errors
/// When no identifier can be made.
pub(crate) fn record_created(app: &App, record: &Value) -> Result<(), ApiError> {
    if app.reporter.is_none() {
        return Ok(());
    }
    let mut event = json!({
        "type": "record.created",
        "id": identifiers::identifier("evt")?,
        "created_at": clock::now_text(),
        "data": record,
    });
    if app.broken(Break::WebhookDrift)
        && let Some(members) = event.as_object_mut()
    {
        members.remove("created_at");
    }
    // Ends with the runtime.
    tokio::spawn(send(App::clone(app), event));
    Ok(())
}

async fn send(app: App, event: Value) {
    let Some(reporter) = &app.reporter else {
        return;
    };
    let body = event.to_string();
    for pause in PAUSES {
        if reporter.deliver(&app, &body).await {
            return;
        }
        tokio::time::sleep(pause).await;
    }
    if !reporter.deliver(&app, &body).await {
        let facts = json!({ "event": event["id"] });
        app.log.write("error", "an event was not accepted", facts);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_http_address_is_sent_to() {
        for (address, fits) in [
            ("http://127.0.0.1:4010", true),
            ("http://127.0.0.1:4010/hooks?a=1", true),
            ("https://hooks.example", false),
            ("127.0.0.1:4010", false),
            ("/hooks", false),
            ("", false),
        ] {
            assert_eq!(Reporter::new(address).is_some(), fits, "{address}");
        }
    }
}
