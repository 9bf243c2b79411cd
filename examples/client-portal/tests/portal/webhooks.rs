use axum::http::Method;
use serde_json::{Value, json};
use tidegate_client_portal::{Options, sign_webhook};

use crate::client::{Answer, Portal};

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn event(id: &str) -> Value {
    json!({
        "id": id, "type": "payment.succeeded", "account": "acme", "invoice": "ACME-2026-003",
        "amount": 625_000,
    })
}

/// Sends a payment event as the provider does.
pub(crate) async fn send(portal: &Portal, id: &str) -> Answer {
    send_signed(portal, &event(id), now(), Options::DEMO_WEBHOOK_SECRET).await
}

async fn send_signed(portal: &Portal, body: &Value, timestamp: i64, secret: &str) -> Answer {
    let body = body.to_string();
    let signature = sign_webhook(secret, timestamp, body.as_bytes());
    let call = portal
        .anonymous()
        .call(Method::POST, "/api/webhooks/payments");
    let call = call.header("x-portal-timestamp", &timestamp.to_string());
    call.header("x-portal-signature", &signature)
        .body(body)
        .send()
        .await
}

async fn stored(portal: &Portal) -> i64 {
    let adam = portal.log_in("adam").await;
    adam.get("/api/webhooks/events").await.json()["total"]
        .as_i64()
        .expect("total")
}

#[tokio::test]
async fn a_signed_event_is_accepted_once_and_shown_to_the_admin() {
    let portal = Portal::good().await;
    let answer = send(&portal, "evt_1").await;
    assert_eq!(
        (answer.status, answer.json()),
        (202, json!({ "id": "evt_1", "status": "accepted" }))
    );
    assert_eq!(send(&portal, "evt_1").await.error(), "409 conflict");
    let adam = portal.log_in("adam").await;
    let events = adam.get("/api/webhooks/events").await.json();
    assert_eq!(
        (&events["total"], &events["items"][0]["id"]),
        (&json!(1), &json!("evt_1"))
    );
    let greta = portal.log_in("greta").await;
    assert_eq!(greta.get("/api/webhooks/events").await.json()["total"], 0);
}

#[tokio::test]
async fn forged_and_stale_events_are_refused_and_not_stored() {
    let portal = Portal::good().await;
    let secret = Options::DEMO_WEBHOOK_SECRET;
    let refused = "401 invalid-signature";
    assert_eq!(
        send_signed(&portal, &event("e"), now(), "another key")
            .await
            .error(),
        refused
    );
    assert_eq!(
        send_signed(&portal, &event("e"), now() - 600, secret)
            .await
            .error(),
        refused
    );
    assert_eq!(
        send_signed(&portal, &event("e"), now() + 600, secret)
            .await
            .error(),
        refused
    );
    let unsigned = portal
        .anonymous()
        .post("/api/webhooks/payments", event("e"))
        .await;
    assert_eq!(unsigned.error(), refused);
    assert_eq!(stored(&portal).await, 0);
}

#[tokio::test]
async fn a_signed_event_with_wrong_content_is_refused() {
    let portal = Portal::good().await;
    let mut unknown = event("e");
    unknown["account"] = json!("initech");
    let secret = Options::DEMO_WEBHOOK_SECRET;
    assert_eq!(
        send_signed(&portal, &unknown, now(), secret).await.fields(),
        ["account"]
    );
    let empty = send_signed(&portal, &json!({}), now(), secret).await;
    assert_eq!(
        empty.fields(),
        ["account", "id", "type", "invoice", "amount"]
    );
    assert_eq!(stored(&portal).await, 0);
}

#[tokio::test]
async fn parallel_replays_are_stored_once() {
    let portal = Portal::good().await;
    let answers = futures_of(&portal).await;
    assert_eq!(
        answers.iter().filter(|status| **status == 202).count(),
        1,
        "{answers:?}"
    );
    assert_eq!(stored(&portal).await, 1);
}

async fn futures_of(portal: &Portal) -> Vec<u16> {
    let body = event("evt_many").to_string();
    let timestamp = now();
    let signature = sign_webhook(Options::DEMO_WEBHOOK_SECRET, timestamp, body.as_bytes());
    let calls = (0..8).map(|_| {
        let call = portal
            .anonymous()
            .call(Method::POST, "/api/webhooks/payments");
        let call = call.header("x-portal-timestamp", &timestamp.to_string());
        tokio::spawn(
            call.header("x-portal-signature", &signature)
                .body(body.clone())
                .send(),
        )
    });
    let mut statuses = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        statuses.push(call.await.expect("answer").status);
    }
    statuses
}
