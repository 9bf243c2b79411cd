//! Who may read and write what.

use axum::http::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Caller, Portal};

/// Anna of Acme, Boris of Globex, and the address of a record of Anna's.
async fn neighbours(portal: &Portal) -> (Caller, Caller, String) {
    let (anna, boris) = (portal.log_in("anna").await, portal.log_in("boris").await);
    let record = json!({ "title": "Annas", "amount": 5 });
    let path = anna.post("/api/records", record).await;
    (anna, boris, path.header("location").to_owned())
}

/// What Boris gets to see of one place, and whether Anna's record is in it.
async fn shows_annas(portal: &Portal, path: &str) -> bool {
    let (anna, boris, _) = neighbours(portal).await;
    assert!(anna.get(path).await.text().contains("Annas"));
    let seen = boris.get(path).await;
    assert_eq!(seen.status, 200);
    seen.text().contains("Annas")
}

/// The ways to read, search, change and delete somebody else's record that are open.
async fn open_ways(portal: &Portal) -> Vec<&'static str> {
    let (anna, boris, path) = neighbours(portal).await;
    let mut open = Vec::new();
    let amount = async || anna.get(&path).await.json()["amount"].clone();
    if boris.get(&path).await.status == 200 {
        open.push("read");
    }
    if boris.get("/api/records?q=Annas").await.json()["total"] != 0 {
        open.push("list");
    }
    if boris.get("/api/search?q=Annas").await.json()["total"] != 0 {
        open.push("search");
    }
    let patched = boris.patch(&path, json!({ "amount": 6 })).await.status;
    if amount().await == 6 {
        open.push(if patched == 200 {
            "patch"
        } else {
            "silent patch"
        });
    }
    boris
        .put(&path, json!({ "title": "Annas", "amount": 7 }))
        .await;
    if amount().await == 7 {
        open.push("put");
    }
    boris.delete(&path).await;
    if anna.get(&path).await.status == 404 {
        open.push("delete");
    }
    open
}

pub(crate) async fn open_route(portal: &Portal) -> bool {
    for path in ["/api/records", "/api/billing/plan", "/api/invoices/none"] {
        assert_eq!(portal.anonymous().get(path).await.status, 401, "{path}");
    }
    let boris = portal.log_in("boris").await.get("/api/invoices").await;
    assert!(boris.text().contains("GLOBEX") && !boris.text().contains("ACME"));
    let answer = portal.anonymous().get("/api/invoices").await;
    answer.status == 200 && answer.text().contains("ACME-2026-001")
}

pub(crate) async fn public_write(portal: &Portal) -> bool {
    let plan = json!({ "plan": "business" });
    let anna = portal.log_in("anna").await;
    assert_eq!(
        anna.put("/api/billing/plan", plan.clone()).await.status,
        403
    );
    let answer = portal.anonymous().put("/api/billing/plan", plan).await;
    let shown = anna.get("/api/billing/plan").await.json()["plan"].clone();
    assert_eq!(answer.status == 200, shown == "business");
    shown == "business"
}

pub(crate) async fn tenant_read(portal: &Portal) -> bool {
    open_ways(portal).await == ["read"]
}

pub(crate) async fn tenant_write(portal: &Portal) -> bool {
    open_ways(portal).await == ["patch", "put"]
}

pub(crate) async fn tenant_write_silent(portal: &Portal) -> bool {
    open_ways(portal).await == ["silent patch"]
}

pub(crate) async fn tenant_delete(portal: &Portal) -> bool {
    open_ways(portal).await == ["delete"]
}

pub(crate) async fn tenant_list(portal: &Portal) -> bool {
    open_ways(portal).await == ["list"] && shows_annas(portal, "/api/records").await
}

pub(crate) async fn tenant_search(portal: &Portal) -> bool {
    open_ways(portal).await == ["search"] && shows_annas(portal, "/api/search?q=nna").await
}

pub(crate) async fn tenant_file(portal: &Portal) -> bool {
    let (anna, boris) = (portal.log_in("anna").await, portal.log_in("boris").await);
    let uploaded = anna.upload("a.txt", "text/plain", b"for Acme alone").await;
    let path = uploaded.header("location").to_owned();
    assert_eq!(boris.get(&path).await.status, 404);
    let content = boris.get(&format!("{path}/content")).await;
    content.text() == "for Acme alone"
}

pub(crate) async fn foreign_tenant(portal: &Portal) -> bool {
    let (anna, boris, _) = neighbours(portal).await;
    let unknown = json!({ "title": "Planted", "account": "initech" });
    assert_eq!(
        boris.post("/api/records", unknown).await.fields(),
        ["account"]
    );
    let planted = json!({ "title": "Planted", "account": "acme" });
    boris.post("/api/records", planted).await;
    anna.get("/api/records?q=Planted").await.json()["total"] == 1
}

pub(crate) async fn public_cache(portal: &Portal) -> bool {
    let (anna, _, path) = neighbours(portal).await;
    let mut rules = Vec::new();
    for path in [path.as_str(), "/api/records", "/api/search?q=a"] {
        rules.push(anna.get(path).await.header("cache-control").to_owned());
    }
    for path in ["/api/me", "/api/invoices", "/api/records/none"] {
        let rule = anna.get(path).await.header("cache-control").to_owned();
        assert_eq!(rule, "private, no-store", "{path}");
    }
    rules.iter().all(|rule| rule == "public, max-age=300")
}

pub(crate) async fn shared_cache(portal: &Portal) -> bool {
    let (anna, boris, path) = neighbours(portal).await;
    assert_eq!(boris.get(&path).await.status, 404, "nobody has read it yet");
    let own = anna.get(&path).await;
    let foreign = boris.get(&path).await;
    assert_eq!(portal.anonymous().get(&path).await.status, 401);
    anna.patch(&path, json!({ "amount": 6 })).await;
    assert_eq!(anna.get(&path).await.json()["amount"], 6);
    assert_eq!(anna.delete(&path).await.status, 204);
    assert_eq!(anna.get(&path).await.status, 404);
    foreign.status == 200 && foreign.json() == own.json()
}

/// Creates a record with members that are not its author's to set.
async fn presumptuous(portal: &Portal) -> (Caller, Answer) {
    let anna = portal.log_in("anna").await;
    let record = json!({ "title": "x", "approved": true, "owner": "usr_boris", "status": "paid" });
    let answer = anna.call(Method::POST, "/api/records").json(&record);
    (anna, answer.send().await)
}

pub(crate) async fn mass_assignment(portal: &Portal) -> bool {
    let (anna, answer) = presumptuous(portal).await;
    if answer.status != 201 {
        let mut refused = answer.fields();
        refused.sort();
        assert_eq!(refused, ["approved", "owner", "status"]);
        return false;
    }
    let other = anna.post("/api/records", json!({ "title": "x", "role": "admin" }));
    assert_eq!(other.await.fields(), ["role"]);
    let shown: Value = anna.get(answer.header("location")).await.json();
    (&shown["approved"], &shown["owner"], &shown["status"])
        == (&json!(true), &json!("usr_boris"), &json!("paid"))
}

pub(crate) async fn no_page_limit(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    let shown = async |path: &str| {
        let list = anna.get(path).await.json();
        list["items"].as_array().map_or(0, Vec::len)
    };
    let one = shown("/api/records?per_page=1").await;
    let invoices = shown("/api/invoices?per_page=1&page=2").await;
    let many = anna.get("/api/records?per_page=1000").await.status;
    assert_eq!(one > 100, many == 200);
    one > 100 && invoices == 4
}

pub(crate) async fn overfetch(portal: &Portal) -> bool {
    let (anna, _, path) = neighbours(portal).await;
    assert_eq!(anna.get(&path).await.json().get("author"), None);
    let list = anna.get("/api/records").await.json();
    let author = &list["items"][0]["author"];
    let hash = author["password_hash"].as_str().unwrap_or_default();
    hash.starts_with("$argon2id$") && author["email"] == "anna@acme.example"
}
