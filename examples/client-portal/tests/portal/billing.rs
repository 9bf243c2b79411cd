use serde_json::json;

use crate::client::Portal;

#[tokio::test]
async fn invoices_add_up_over_all_pages() {
    let portal = Portal::good().await;
    let anna = portal.log_in("anna").await;
    let all = anna.get("/api/invoices").await.json();
    let amounts = all["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|one| one["amount"].as_i64());
    let sum: Option<i64> = amounts.sum();
    assert_eq!(
        (all["total"].as_i64(), all["total_amount"].as_i64()),
        (Some(4), sum)
    );
    let page = anna.get("/api/invoices?per_page=1&page=2").await.json();
    assert_eq!(page["items"][0], all["items"][1]);
    assert_eq!(
        (&page["total"], &page["total_amount"]),
        (&all["total"], &all["total_amount"])
    );
}

#[tokio::test]
async fn the_lines_of_an_invoice_come_to_its_amount() {
    let portal = Portal::good().await;
    let anna = portal.log_in("anna").await;
    let all = anna.get("/api/invoices").await.json();
    for invoice in all["items"].as_array().expect("items") {
        let part = |name: &str| invoice[name].as_i64().expect("a number");
        assert_eq!(part("net") + part("tax"), part("amount"), "{invoice}");
        let of_line = |line: &serde_json::Value| {
            let number = |name: &str| line[name].as_f64().expect("a number");
            number("quantity") * number("unit_price")
        };
        let lines = invoice["lines"].as_array().expect("lines");
        let net: f64 = lines.iter().map(of_line).sum();
        assert_eq!(net, part("net") as f64, "{invoice}");
    }
    assert_eq!(all["items"][1]["lines"][1]["tax_rate"], 10);
}

#[tokio::test]
async fn invoices_are_private_to_their_tenant() {
    let portal = Portal::good().await;
    let (anna, boris) = (portal.log_in("anna").await, portal.log_in("boris").await);
    let invoice = anna.get("/api/invoices").await.json()["items"][0].clone();
    let path = format!("/api/invoices/{}", invoice["id"].as_str().expect("id"));
    assert_eq!(anna.get(&path).await.json(), invoice);
    assert_eq!(boris.get(&path).await.error(), "404 not-found");
    assert!(!boris.get("/api/invoices").await.text().contains("ACME"));
}

#[tokio::test]
async fn an_admin_changes_the_plan_of_the_own_account_and_back() {
    let portal = Portal::good().await;
    let (adam, greta) = (portal.log_in("adam").await, portal.log_in("greta").await);
    let changed = adam
        .put("/api/billing/plan", json!({ "plan": "business" }))
        .await;
    assert_eq!(
        changed.json(),
        json!({ "plan": "business", "monthly_price": 19_900 })
    );
    assert_eq!(adam.get("/api/billing/plan").await.json(), changed.json());
    assert_eq!(greta.get("/api/billing/plan").await.json()["plan"], "team");
    adam.put("/api/billing/plan", json!({ "plan": "team" }))
        .await;
    assert_eq!(adam.get("/api/billing/plan").await.json()["plan"], "team");
}

#[tokio::test]
async fn neither_an_unknown_plan_nor_a_chosen_price_is_taken() {
    let portal = Portal::good().await;
    let adam = portal.log_in("adam").await;
    for (body, field) in [
        (json!({}), "plan"),
        (json!({ "plan": "free" }), "plan"),
        (
            json!({ "plan": "business", "monthly_price": 0 }),
            "monthly_price",
        ),
    ] {
        assert_eq!(adam.put("/api/billing/plan", body).await.fields(), [field]);
    }
    assert_eq!(adam.get("/api/billing/plan").await.json()["plan"], "team");
}
