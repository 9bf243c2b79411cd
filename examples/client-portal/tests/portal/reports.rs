use serde_json::{Value, json};
use tidegate_client_portal::{Options, StartError, openapi, sign_webhook, start_blocking};

use crate::client::{Event, Portal};
use crate::documentation;

/// What of an event is not as the document says.
pub(crate) fn violations(event: &Event) -> Vec<String> {
    let document: Value = serde_json::from_str(openapi()).expect("JSON");
    let schema = &document["webhooks"]["recordCreated"]["post"]["requestBody"]["content"]["application/json"]
        ["schema"];
    let body = serde_json::from_str(&event.body).expect("an event is JSON");
    documentation::violations(schema, &body)
}

#[tokio::test]
async fn a_new_record_is_reported_signed_and_as_documented() {
    let portal = Portal::good().await;
    let anna = portal.log_in("anna").await;
    let record = anna
        .post("/api/records", json!({ "title": "New" }))
        .await
        .json();
    let event = portal.event().await;
    assert_eq!(event.line, "POST /hooks HTTP/1.1");
    assert_eq!(violations(&event), [""; 0]);
    let body: Value = serde_json::from_str(&event.body).expect("JSON");
    assert_eq!(
        (&body["type"], &body["data"]),
        (&json!("record.created"), &record)
    );
    let timestamp = event.headers["x-portal-timestamp"]
        .parse()
        .expect("seconds");
    let secret = Options::DEMO_WEBHOOK_SECRET;
    let signature = sign_webhook(secret, timestamp, event.body.as_bytes());
    assert_eq!(event.headers["x-portal-signature"], signature);
}

#[tokio::test]
async fn an_event_that_is_not_accepted_is_sent_again_as_it_was() {
    let portal = Portal::good().await;
    let anna = portal.log_in("anna").await;
    anna.post("/api/records", json!({ "title": "New" })).await;
    let first = portal.event_answered(503).await;
    assert_eq!(portal.event().await.body, first.body);
}

#[tokio::test]
async fn a_create_that_is_sent_again_is_reported_once() {
    let portal = Portal::good().await;
    let anna = portal.log_in("anna").await;
    for title in ["One", "One", "Two"] {
        let call = anna.call(axum::http::Method::POST, "/api/records");
        let call = call
            .header("idempotency-key", title)
            .json(&json!({ "title": title }));
        assert_eq!(call.send().await.status, 201);
    }
    let titles = [portal.event().await, portal.event().await].map(|event| {
        let body: Value = serde_json::from_str(&event.body).expect("JSON");
        body["data"]["title"].clone()
    });
    let mut titles = titles.to_vec();
    titles.sort_by_key(Value::to_string);
    assert_eq!(titles, ["One", "Two"]);
}

#[test]
fn an_address_that_cannot_be_reported_to_is_refused() {
    let error = start_blocking(Options {
        webhook_url: Some("https://hooks.example".into()),
        ..Options::default()
    })
    .expect_err("https");
    assert!(matches!(error, StartError::WebhookUrl(_)));
}
