//! Requests that come at the same moment. Each probe is right one request after the other, too.

use serde_json::{Value, json};

use crate::client::{Caller, Portal};
use crate::records::at_once;

/// How many records a search finds.
async fn found(caller: &Caller, text: &str) -> i64 {
    let list = caller.get(&format!("/api/records?q={text}")).await;
    list.json()["total"].as_i64().expect("total")
}

pub(crate) async fn duplicate_create(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    let keyed = json!({ "title": "Keyed", "external_id": "crm-alone" });
    assert_eq!(anna.post("/api/records", keyed.clone()).await.status, 201);
    assert_eq!(anna.post("/api/records", keyed).await.status, 409);
    let body = json!({ "title": "Marked", "external_id": "crm-together" });
    at_once(&anna, "/api/records", None, &body).await;
    at_once(
        &anna,
        "/api/records",
        Some("k"),
        &json!({ "title": "Resent" }),
    )
    .await;
    let doubled = [found(&anna, "together").await, found(&anna, "Resent").await];
    assert!(
        doubled == [1, 1] || doubled.iter().all(|records| *records > 1),
        "{doubled:?}"
    );
    doubled != [1, 1]
}

/// A record with this amount, after one addition and then 12 at once; its address.
async fn changed(caller: &Caller, amount: i64, add: i64) -> (Value, Vec<u16>) {
    let record = json!({ "title": "Account", "amount": amount });
    let path = caller.post("/api/records", record).await;
    let path = path.header("location").to_owned();
    let address = format!("{path}/amount");
    let alone = caller.post(&address, json!({ "add": add })).await;
    assert_eq!(alone.json()["amount"], amount + add);
    let statuses = at_once(caller, &address, None, &json!({ "add": add })).await;
    (caller.get(&path).await.json()["amount"].clone(), statuses)
}

pub(crate) async fn lost_update(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    let (amount, statuses) = changed(&anna, 100, 5).await;
    assert_eq!(statuses, [200; 12]);
    amount != 100 + 13 * 5
}

pub(crate) async fn limit_overrun(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    let (amount, statuses) = changed(&anna, 40, -10).await;
    let served = statuses.iter().filter(|status| **status == 200).count();
    assert_eq!(amount, 30 - 10 * i64::try_from(served).expect("few"));
    served > 3
}
