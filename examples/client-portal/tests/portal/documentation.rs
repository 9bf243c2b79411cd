//! The OpenAPI document is true: routes, access, examples, and every answer of a good portal.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use axum::http::Method;
use serde_json::{Value, json};
use tidegate_client_portal::{Access, documented_routes, openapi};

use crate::client::{Answer, Portal};

/// Operations with the statuses they have answered: `GET /api/records 200`.
pub(crate) type Seen = BTreeSet<String>;

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(openapi()).expect("the document is JSON"));

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Method, path and description of every documented operation.
fn operations() -> Vec<(String, String, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let of_path = |(path, item): (&String, &'static Value)| {
        let operation = |method: &&str| {
            let described = item.get(*method)?;
            Some((method.to_uppercase(), path.clone(), described))
        };
        METHODS.iter().filter_map(operation).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

fn resolve(node: &'static Value) -> &'static Value {
    let target = node["$ref"]
        .as_str()
        .and_then(|link| link.strip_prefix('#'));
    target.map_or(node, |pointer| {
        DOCUMENT
            .pointer(pointer)
            .expect("the reference leads somewhere")
    })
}

pub(crate) fn violations(schema: &Value, instance: &Value) -> Vec<String> {
    let root = json!({ "allOf": [schema], "components": DOCUMENT["components"] });
    let options = jsonschema::options().should_validate_formats(true);
    let validator = options.build(&root).expect("schema");
    let described =
        |error: jsonschema::ValidationError<'_>| format!("{}: {error}", error.instance_path());
    validator.iter_errors(instance).map(described).collect()
}

fn matches(template: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let (template, path): (Vec<_>, Vec<_>) =
        (template.split('/').collect(), path.split('/').collect());
    let fits = |(wanted, given): (&&str, &&str)| wanted.starts_with('{') || wanted == given;
    template.len() == path.len() && template.iter().zip(&path).all(fits)
}

/// Holds an answer against the documentation; gives the operation it belongs to, if one does.
pub(crate) fn check(method: &Method, path: &str, answer: &Answer) -> Option<String> {
    let asked = format!("{method} {path} {}", answer.status);
    assert!(
        !answer.header("x-request-id").is_empty(),
        "{asked} has no request id"
    );
    let operation = operations()
        .into_iter()
        .find(|(known, template, _)| known == method.as_str() && matches(template, path));
    let Some((method, template, described)) = operation else {
        let expected = [200, 404, 405].contains(&answer.status);
        assert!(expected, "{asked} is not documented");
        return None;
    };
    let responses = &described["responses"];
    let status = answer.status.to_string();
    let class = format!("{}XX", &status[..1]);
    let response = responses.get(&status).or_else(|| responses.get(&class));
    let response = resolve(response.unwrap_or_else(|| panic!("{asked} is not documented")));
    check_headers(&asked, response, answer);
    check_body(&asked, response, answer);
    Some(format!("{method} {template} {status}"))
}

fn check_headers(asked: &str, response: &'static Value, answer: &Answer) {
    let documented = response["headers"].as_object().into_iter().flatten();
    for (name, header) in documented {
        let header = resolve(header);
        let value = answer.header(name);
        let required = header["required"] == true;
        assert!(!(required && value.is_empty()), "{asked} has no {name}");
        if !value.is_empty() {
            let value = match header["schema"]["type"].as_str() {
                Some("integer") => json!(value.parse::<i64>().expect(name)),
                _ => json!(value),
            };
            let found = violations(&header["schema"], &value);
            assert!(found.is_empty(), "{asked}: {name}: {found:?}");
        }
    }
}

fn check_body(asked: &str, response: &'static Value, answer: &Answer) {
    let Some(contents) = response.get("content") else {
        assert!(answer.body.is_empty(), "{asked} has an undocumented body");
        return;
    };
    let content_type = answer
        .header("content-type")
        .split(';')
        .next()
        .unwrap_or_default();
    let content = contents.get(content_type);
    let content = content.unwrap_or_else(|| panic!("{asked}: {content_type} is not documented"));
    if content_type == "application/json" {
        let found = violations(&content["schema"], &answer.json());
        assert!(found.is_empty(), "{asked}: {found:?} in {}", answer.text());
    }
}

#[test]
fn every_route_is_documented_and_every_documented_operation_is_routed() {
    let routed: BTreeSet<_> = documented_routes()
        .into_iter()
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    let documented: BTreeSet<_> = operations()
        .into_iter()
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    assert_eq!(routed, documented);
}

#[test]
fn the_documented_access_is_that_of_the_route() {
    for (method, path, access) in documented_routes() {
        let described = &DOCUMENT["paths"][path][method.as_str().to_lowercase()];
        let word = match access {
            Access::Public => "public",
            Access::Signature => "signature",
            Access::Session => "session",
            Access::Admin => "admin",
        };
        assert_eq!(described["x-access"], word, "{method} {path}");
        let open = described["security"] == json!([]);
        assert_eq!(
            open,
            matches!(access, Access::Public | Access::Signature),
            "{method} {path}"
        );
    }
}

/// What a schema does not name is no part of an answer; only errors may bring more.
#[test]
fn every_schema_of_an_object_says_whether_more_is_allowed() {
    let schemas = DOCUMENT["components"]["schemas"]
        .as_object()
        .expect("schemas");
    for (name, schema) in schemas {
        if schema["type"] == "object" {
            assert_eq!(schema["additionalProperties"], false, "{name}");
        }
    }
}

#[test]
fn every_example_fits_its_schema() {
    let mut checked = 0;
    let mut contents = Vec::new();
    for (method, path, described) in operations() {
        let responses = described["responses"]
            .as_object()
            .expect("responses")
            .values();
        let nodes = responses.chain(described.get("requestBody")).map(resolve);
        contents.extend(nodes.map(|node| (format!("{method} {path}"), node.get("content"))));
    }
    for (asked, content) in contents {
        for media in content
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(|one| one.values())
        {
            if let Some(example) = media.get("example") {
                let found = violations(&media["schema"], example);
                assert!(found.is_empty(), "{asked}: {found:?}");
                checked += 1;
            }
        }
    }
    assert!(checked > 100, "only {checked} examples");
}

#[tokio::test]
async fn the_portal_serves_the_document() {
    let portal = Portal::good().await;
    let served = portal.anonymous().get("/openapi.json").await;
    assert_eq!(served.json(), *DOCUMENT);
}

/// Nobody without a session gets further than 401, whatever the request says.
#[tokio::test]
async fn every_route_that_is_not_public_refuses_strangers_and_dead_tokens() {
    let portal = Portal::good().await;
    let strangers = [
        portal.anonymous(),
        portal.anonymous().with_token(&"0".repeat(64)),
        portal.anonymous().with_token(""),
        portal.anonymous().with_cookie("portal_session=0000"),
    ];
    for (method, path, access) in documented_routes() {
        if access == Access::Public {
            continue;
        }
        for stranger in &strangers {
            let call = stranger.call(method.clone(), &path.replace("{id}", "rec_1"));
            let answer = call.json(&json!({ "title": "x" })).send().await;
            assert_eq!(answer.status, 401, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn every_admin_route_refuses_members() {
    let portal = Portal::good().await;
    let anna = portal.log_in("anna").await;
    for (method, path, access) in documented_routes() {
        if access == Access::Admin {
            let answer = anna
                .call(method.clone(), path)
                .json(&json!({ "plan": "starter" }))
                .send();
            assert_eq!(answer.await.error(), "403 forbidden", "{method} {path}");
        }
    }
    assert_eq!(anna.get("/api/billing/plan").await.json()["plan"], "team");
}

/// Walks the whole interface once; [`check`] sees every answer on the way.
///
/// The document lists the intended answer of an operation first.
#[tokio::test]
async fn every_operation_answers_as_documented() {
    let portal = Portal::good().await;
    let (anna, adam) = (portal.log_in("anna").await, portal.log_in("adam").await);
    walk_pages(&portal).await;
    walk_records(&anna).await;
    walk_files(&anna).await;
    walk_account(&portal, &anna, &adam).await;
    let seen = portal.seen.lock().expect("lock").clone();
    for (method, path, described) in operations() {
        let responses = described["responses"].as_object().expect("responses");
        let first = responses.keys().next().expect("a response");
        assert!(
            seen.contains(&format!("{method} {path} {first}")),
            "{method} {path} {first}: {seen:?}"
        );
    }
}

async fn walk_pages(portal: &Portal) {
    let anyone = portal.anonymous();
    let page = anyone.get("/").await.text();
    let asset = page
        .split("src=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    for path in ["/health", "/openapi.json", asset.expect("script")] {
        assert_eq!(anyone.get(path).await.status, 200, "{path}");
    }
}

async fn walk_records(anna: &crate::client::Caller) {
    let body = json!({ "title": "Walk", "body": "The first of May. It rained all day." });
    let id = anna.post("/api/records", body).await.id();
    let path = format!("/api/records/{id}");
    anna.get(&path).await;
    anna.get("/api/records?per_page=2&page=2").await;
    anna.get("/api/search?q=walk").await;
    anna.patch(&path, json!({ "amount": 5 })).await;
    anna.post(&format!("{path}/amount"), json!({ "add": 3 }))
        .await;
    anna.post(&format!("{path}/summary"), json!({})).await;
    anna.put(&path, json!({ "title": "Walked" })).await;
    anna.delete(&path).await;
}

async fn walk_files(anna: &crate::client::Caller) {
    let id = anna
        .upload("walk.txt", "text/plain", b"It rained all day long.")
        .await
        .id();
    let path = format!("/api/files/{id}");
    anna.get(&path).await;
    anna.get(&format!("{path}/content")).await;
    anna.post(&format!("{path}/summary"), json!({})).await;
    anna.delete(&path).await;
}

async fn walk_account(portal: &Portal, anna: &crate::client::Caller, adam: &crate::client::Caller) {
    let invoices = anna.get("/api/invoices").await.json();
    let id = invoices["items"][0]["id"].as_str().expect("id").to_owned();
    anna.get(&format!("/api/invoices/{id}")).await;
    anna.get("/api/enquiries.csv").await;
    anna.get("/api/billing/plan").await;
    adam.put("/api/billing/plan", json!({ "plan": "business" }))
        .await;
    adam.get("/api/webhooks/events").await;
    crate::webhooks::send(portal, "evt_walk").await;
    adam.post("/api/diagnostics/error", json!({})).await;
    anna.get("/api/me").await;
    anna.post("/api/session/switch", json!({ "account": "acme" }))
        .await;
    let change =
        json!({ "current_password": "anna-demo-password", "new_password": "a longer password" });
    anna.post("/api/me/password", change).await;
    anna.call(Method::POST, "/api/logout").send().await;
}
