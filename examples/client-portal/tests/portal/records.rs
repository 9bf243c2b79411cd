use axum::http::Method;
use serde_json::{Value, json};

use crate::client::{Caller, Portal};

async fn anna() -> (Portal, Caller) {
    let portal = Portal::good().await;
    let anna = portal.log_in("anna").await;
    (portal, anna)
}

#[tokio::test]
async fn what_is_created_is_read_back() {
    let (_portal, anna) = anna().await;
    let body = json!({
        "title": "Größe <b>", "body": "two\nlines", "amount": 12_34, "tags": ["a", "b"],
        "external_id": "crm-7",
    });
    let created = anna.post("/api/records", body.clone()).await;
    assert_eq!(created.status, 201);
    assert_eq!(
        created.header("location"),
        format!("/api/records/{}", created.id())
    );
    let read = anna.get(created.header("location")).await;
    assert_eq!(read.json(), created.json());
    for (name, value) in body.as_object().expect("object") {
        assert_eq!(&read.json()[name], value);
    }
}

#[tokio::test]
async fn invalid_records_are_refused_by_field_and_not_stored() {
    let (_portal, anna) = anna().await;
    let before = anna.get("/api/records").await.json()["total"].clone();
    let long = "x".repeat(201);
    for (body, field) in [
        (json!({}), "title"),
        (json!({ "title": "" }), "title"),
        (json!({ "title": 7 }), "title"),
        (json!({ "title": long }), "title"),
        (json!({ "title": "x", "amount": -1 }), "amount"),
        (json!({ "title": "x", "amount": "12" }), "amount"),
        (json!({ "title": "x", "tags": "a" }), "tags"),
        (json!({ "title": "x", "tags": [1] }), "tags"),
        (json!({ "title": "x", "tenant_id": "globex" }), "tenant_id"),
        (json!({ "title": "x", "id": "rec_1" }), "id"),
    ] {
        let answer = anna.post("/api/records", body.clone()).await;
        assert_eq!(
            (answer.error().as_str(), answer.fields()),
            ("422 invalid-input", vec![field.to_owned()])
        );
    }
    assert_eq!(anna.get("/api/records").await.json()["total"], before);
}

#[tokio::test]
async fn bodies_that_are_no_json_are_refused() {
    let (_portal, anna) = anna().await;
    let send = async |content_type: &str, body: &str| {
        let call = anna
            .call(Method::POST, "/api/records")
            .header("content-type", content_type);
        call.body(body.to_owned()).send().await.error()
    };
    assert_eq!(send("application/json", "{").await, "400 invalid-json");
    assert_eq!(send("application/json", "").await, "400 invalid-json");
    assert_eq!(
        send("application/json", &"[".repeat(100_000)).await,
        "400 invalid-json"
    );
    assert_eq!(
        send("text/plain", "{\"title\":\"x\"}").await,
        "415 unsupported-type"
    );
    let large = format!("{{\"title\":\"{}\"}}", "x".repeat(300_000));
    assert_eq!(send("application/json", &large).await, "413 too-large");
}

#[tokio::test]
async fn an_external_id_is_unique_within_its_tenant() {
    let (portal, anna) = anna().await;
    let body = json!({ "title": "x", "external_id": "crm-1" });
    assert_eq!(anna.post("/api/records", body.clone()).await.status, 201);
    let again = anna.post("/api/records", body.clone()).await;
    assert_eq!(
        (again.error().as_str(), again.fields()),
        ("409 conflict", vec!["external_id".to_owned()])
    );
    let other = anna
        .post("/api/records", json!({ "title": "y" }))
        .await
        .id();
    let path = format!("/api/records/{other}");
    assert_eq!(
        anna.patch(&path, json!({ "external_id": "crm-1" }))
            .await
            .error(),
        "409 conflict"
    );
    let boris = portal.log_in("boris").await;
    assert_eq!(boris.post("/api/records", body).await.status, 201);
}

/// Sends the same write many times at once; the statuses in order.
pub(crate) async fn at_once(
    caller: &Caller,
    path: &str,
    key: Option<&str>,
    body: &Value,
) -> Vec<u16> {
    let calls = (0..12).map(|_| {
        let mut call = caller.call(Method::POST, path).json(body);
        if let Some(key) = key {
            call = call.header("idempotency-key", key);
        }
        tokio::spawn(call.send())
    });
    let mut statuses = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        statuses.push(call.await.expect("answer").status);
    }
    statuses.sort_unstable();
    statuses
}

#[tokio::test]
async fn parallel_creates_of_one_external_id_make_one_record() {
    let (_portal, anna) = anna().await;
    let body = json!({ "title": "Marked", "external_id": "crm-2" });
    let statuses = at_once(&anna, "/api/records", None, &body).await;
    assert_eq!((statuses[0], &statuses[1..]), (201, &[409; 11][..]));
    assert_eq!(anna.get("/api/records?q=crm-2").await.json()["total"], 1);
}

#[tokio::test]
async fn parallel_creates_with_one_idempotency_key_make_one_record() {
    let (portal, anna) = anna().await;
    let body = json!({ "title": "Sent again and again" });
    assert_eq!(
        at_once(&anna, "/api/records", Some("k-1"), &body).await,
        [201; 12]
    );
    assert_eq!(anna.get("/api/records?q=again").await.json()["total"], 1);
    let create = async |caller: &Caller, title: &str| {
        let call = caller
            .call(Method::POST, "/api/records")
            .json(&json!({ "title": title }));
        call.header("idempotency-key", "k-1").send().await
    };
    assert_eq!(
        create(&anna, "Something else").await.error(),
        "409 conflict"
    );
    let adam = portal.log_in("adam").await;
    assert_eq!(create(&adam, "Something else").await.status, 201);
    let id = create(&anna, "Sent again and again").await.id();
    anna.delete(&format!("/api/records/{id}")).await;
    assert_eq!(
        create(&anna, "Sent again and again").await.error(),
        "409 conflict"
    );
}

#[tokio::test]
async fn put_replaces_and_patch_changes() {
    let (_portal, anna) = anna().await;
    let body = json!({ "title": "One", "body": "text", "amount": 5, "external_id": "crm-3" });
    let path = format!(
        "/api/records/{}",
        anna.post("/api/records", body).await.id()
    );
    let patched = anna
        .patch(&path, json!({ "amount": 6, "external_id": null }))
        .await
        .json();
    assert_eq!(
        (&patched["title"], &patched["amount"]),
        (&json!("One"), &json!(6))
    );
    assert_eq!(
        (&patched["external_id"], &patched["version"]),
        (&Value::Null, &json!(2))
    );
    let replaced = anna.put(&path, json!({ "title": "Two" })).await.json();
    assert_eq!(
        (&replaced["body"], &replaced["amount"]),
        (&json!(""), &json!(0))
    );
    assert_eq!(anna.get(&path).await.json(), replaced);
    assert_eq!(
        anna.put(&path, json!({ "body": "no title" }))
            .await
            .fields(),
        ["title"]
    );
    assert_eq!(
        anna.patch(&path, json!({ "role": "admin" })).await.fields(),
        ["role"]
    );
}

#[tokio::test]
async fn an_outdated_change_is_refused() {
    let (_portal, anna) = anna().await;
    let created = anna
        .post("/api/records", json!({ "title": "Counter" }))
        .await;
    let path = created.header("location").to_owned();
    let add = async |tag: &str| {
        let call = anna
            .call(Method::PATCH, &path)
            .json(&json!({ "amount": 1 }));
        call.header("if-match", tag).send().await
    };
    assert_eq!(add(created.header("etag")).await.header("etag"), "\"2\"");
    assert_eq!(add(created.header("etag")).await.error(), "412 outdated");
    assert_eq!(add("\"9\", \"2\"").await.status, 200);
    assert_eq!(add("*").await.status, 200);
}

#[tokio::test]
async fn a_deleted_record_is_gone() {
    let (_portal, anna) = anna().await;
    let created = anna
        .post("/api/records", json!({ "title": "Short-lived" }))
        .await;
    let path = created.header("location");
    assert_eq!(anna.delete(path).await.status, 204);
    assert_eq!(anna.get(path).await.error(), "404 not-found");
    assert_eq!(anna.delete(path).await.error(), "404 not-found");
}

#[tokio::test]
async fn pages_cover_the_list_once_newest_first() {
    let (_portal, anna) = anna().await;
    for number in 0..5 {
        anna.post(
            "/api/records",
            json!({ "title": format!("Paged {number}") }),
        )
        .await;
    }
    let mut titles = Vec::new();
    for page in 1..=3 {
        let list = anna
            .get(&format!("/api/records?q=paged&per_page=2&page={page}"))
            .await
            .json();
        assert_eq!(
            (&list["total"], &list["page"], &list["per_page"]),
            (&json!(5), &json!(page), &json!(2))
        );
        let items = list["items"].as_array().expect("items").clone();
        titles.extend(
            items
                .iter()
                .map(|one| one["title"].as_str().expect("title").to_owned()),
        );
    }
    assert_eq!(
        titles,
        ["Paged 4", "Paged 3", "Paged 2", "Paged 1", "Paged 0"]
    );
    assert_eq!(
        anna.get("/api/records?per_page=1000").await.fields(),
        ["per_page"]
    );
}

#[tokio::test]
async fn the_search_looks_everywhere_and_takes_wildcards_literally() {
    let (_portal, anna) = anna().await;
    let body = json!({ "title": "T-1", "body": "B-1", "tags": ["G-1"], "external_id": "X-1" });
    anna.post("/api/records", body).await;
    let found = async |q: &str| {
        anna.get(&format!("/api/search?q={q}")).await.json()["total"]
            .as_i64()
            .expect("total")
    };
    for q in ["t-1", "B-1", "G-1", "X-1"] {
        assert_eq!(found(q).await, 1, "{q}");
    }
    for q in ["%25", "_-1", "%27%20or%201=1--"] {
        assert_eq!(found(q).await, 0, "{q}");
    }
    assert_eq!(anna.get("/api/search").await.fields(), ["q"]);
    assert_eq!(anna.get("/api/search?q=").await.fields(), ["q"]);
}

#[tokio::test]
async fn tenants_see_and_touch_nothing_of_each_other() {
    let (portal, anna) = anna().await;
    let boris = portal.log_in("boris").await;
    let canary = anna
        .post("/api/records", json!({ "title": "canary-of-anna" }))
        .await;
    let path = canary.header("location");
    assert_eq!(boris.get(path).await.error(), "404 not-found");
    assert_eq!(
        boris.put(path, json!({ "title": "mine" })).await.error(),
        "404 not-found"
    );
    assert_eq!(
        boris.patch(path, json!({ "title": "mine" })).await.error(),
        "404 not-found"
    );
    assert_eq!(boris.delete(path).await.error(), "404 not-found");
    assert_eq!(
        boris
            .post(&format!("{path}/summary"), json!({}))
            .await
            .error(),
        "404 not-found"
    );
    for list in ["/api/records?per_page=100", "/api/search?q=canary"] {
        assert!(
            !boris.get(list).await.text().contains("canary-of-anna"),
            "{list}"
        );
    }
    assert_eq!(anna.get(path).await.json(), canary.json());
}

#[tokio::test]
async fn a_path_that_is_no_text_is_refused_politely() {
    let (_portal, anna) = anna().await;
    assert_eq!(
        anna.get("/api/records/%ff").await.error(),
        "400 bad-request"
    );
    assert_eq!(
        anna.get("/api/records/..%2f..%2fetc%2fpasswd")
            .await
            .error(),
        "404 not-found"
    );
}

#[tokio::test]
async fn an_amount_is_added_to_and_never_leaves_its_limits() {
    let (_portal, anna) = anna().await;
    let record = json!({ "title": "Account", "amount": 10 });
    let path = anna.post("/api/records", record).await;
    let path = format!("{}/amount", path.header("location"));
    let added = anna.post(&path, json!({ "add": 5 })).await.json();
    assert_eq!(
        (&added["amount"], &added["version"]),
        (&json!(15), &json!(2))
    );
    for (add, expected) in [
        (json!(-16), "409 conflict"),
        (json!(1_000_000_000), "409 conflict"),
        (json!("5"), "422 invalid-input"),
        (Value::Null, "422 invalid-input"),
    ] {
        assert_eq!(
            anna.post(&path, json!({ "add": add })).await.error(),
            expected
        );
    }
    assert_eq!(
        anna.post(&path, json!({})).await.error(),
        "422 invalid-input"
    );
    assert_eq!(
        anna.post(&path, json!({ "add": -15 })).await.json()["amount"],
        0
    );
    let nowhere = anna
        .post("/api/records/rec_0/amount", json!({ "add": 1 }))
        .await;
    assert_eq!(nowhere.error(), "404 not-found");
}
