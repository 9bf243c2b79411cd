//! What every answer has: headers, request ids, one shape of errors; the pages.

use axum::http::Method;
use serde_json::json;
use tidegate_client_portal::Options;

use crate::client::{Answer, Portal};

#[tokio::test]
async fn health_tells_revision_and_environment() {
    let options = Options {
        environment: "preview".to_owned(),
        revision: "4f2a1c9".to_owned(),
        ..Options::default()
    };
    let portal = Portal::with(options).await;
    let health = portal.anonymous().get("/health").await.json();
    let expected = json!({ "status": "ok", "revision": "4f2a1c9", "environment": "preview" });
    assert_eq!(health, expected);
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let portal = Portal::good().await;
    let anna = portal.log_in("anna").await;
    for path in ["/", "/health", "/api/records", "/api/records/none", "/none"] {
        let answer = anna.get(path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(
            answer.header("cache-control"),
            "private, no-store",
            "{path}"
        );
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}");
    }
    let secure = Portal::with(Options {
        secure: Some(true),
        ..Options::default()
    })
    .await;
    let answer = secure.anonymous().get("/health").await;
    assert!(
        answer
            .header("strict-transport-security")
            .starts_with("max-age=63072000")
    );
}

#[tokio::test]
async fn a_request_id_is_taken_over_or_made() {
    let portal = Portal::good().await;
    let call = portal
        .anonymous()
        .call(Method::GET, "/api/me")
        .header("x-request-id", "run-7");
    let answer = call.send().await;
    assert_eq!(answer.header("x-request-id"), "run-7");
    assert_eq!(answer.json()["error"]["request_id"], "run-7");
    let answer = portal.anonymous().get("/health").await;
    assert!(answer.header("x-request-id").starts_with("req_"));
}

#[tokio::test]
async fn the_error_on_purpose_is_a_500_with_a_request_id_and_no_details() {
    let portal = Portal::good().await;
    let adam = portal.log_in("adam").await;
    let answer = adam.post("/api/diagnostics/error", json!({})).await;
    assert_eq!(answer.error(), "500 internal");
    assert_eq!(
        answer.json()["error"]["request_id"],
        answer.header("x-request-id")
    );
    assert!(!answer.text().contains("purpose"));
}

#[tokio::test]
async fn unknown_addresses_are_not_found_in_the_form_the_caller_reads() {
    let portal = Portal::good().await;
    for path in [
        "/none",
        "/assets/",
        "/assets",
        "/assets/app.js",
        "/api/none",
        "/.env",
        "/.git/HEAD",
    ] {
        let answer = portal.anonymous().get(path).await;
        assert_eq!(answer.error(), "404 not-found", "{path}");
        let call = portal
            .anonymous()
            .call(Method::GET, path)
            .header("accept", "text/html,*/*");
        let answer = call.send().await;
        let expected = if path.starts_with("/api/") {
            "application/json"
        } else {
            "text/html; charset=utf-8"
        };
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (404, expected),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_wrong_method_is_named_with_the_right_ones() {
    let portal = Portal::good().await;
    let answer = portal.anonymous().delete("/api/records").await;
    assert_eq!(answer.error(), "405 method-not-allowed");
    assert_eq!(answer.header("allow"), "GET,HEAD,POST");
}

async fn preflight(portal: &Portal, origin: &str) -> Answer {
    let call = portal
        .anonymous()
        .call(Method::OPTIONS, "/api/records")
        .header("origin", origin);
    let call = call.header("access-control-request-method", "POST");
    call.header("access-control-request-headers", "content-type")
        .send()
        .await
}

#[tokio::test]
async fn only_declared_origins_may_read_across_origins() {
    let allowed = "https://portal.example";
    let options = Options {
        allowed_origins: vec![allowed.to_owned()],
        ..Options::default()
    };
    let portal = Portal::with(options).await;
    let answer = preflight(&portal, allowed).await;
    assert_eq!(answer.header("access-control-allow-origin"), allowed);
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    assert!(
        answer
            .header("access-control-allow-methods")
            .contains("POST")
    );
    for origin in [
        "https://unrelated.example",
        "https://portal.example.evil",
        "https://evilportal.example",
        "http://portal.example",
        "http://localhost:3000",
        "null",
    ] {
        let read = portal
            .anonymous()
            .call(Method::GET, "/health")
            .header("origin", origin)
            .send();
        for answer in [preflight(&portal, origin).await, read.await] {
            assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
            assert_eq!(
                answer.header("access-control-allow-credentials"),
                "",
                "{origin}"
            );
            assert!(answer.header("vary").contains("origin"), "{origin}");
        }
    }
}

#[tokio::test]
async fn the_home_page_loads_its_script_and_style_for_good() {
    let portal = Portal::good().await;
    let page = portal.anonymous().get("/").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let text = page.text();
    let addresses = text.split('"').filter(|part| part.starts_with("/assets/"));
    for address in addresses.clone() {
        let asset = portal.anonymous().get(address).await;
        assert_eq!(asset.status, 200, "{address}");
        assert!(
            asset.header("cache-control").contains("immutable"),
            "{address}"
        );
        assert!(!asset.text().contains("sourceMappingURL"), "{address}");
        assert_eq!(
            portal
                .anonymous()
                .get(&format!("{address}.map"))
                .await
                .status,
            404
        );
    }
    assert_eq!(addresses.count(), 2);
}

#[tokio::test]
async fn the_source_map_is_served_when_asked_for() {
    let portal = Portal::with(Options {
        serve_source_map: true,
        ..Options::default()
    })
    .await;
    let page = portal.anonymous().get("/").await.text();
    let script = page
        .split('"')
        .find(|part| part.ends_with(".js"))
        .expect("script")
        .to_owned();
    let name = script.rsplit('/').next().expect("name");
    let content = portal.anonymous().get(&script).await.text();
    assert!(content.ends_with(&format!("//# sourceMappingURL={name}.map\n")));
    let map = portal
        .anonymous()
        .get(&format!("{script}.map"))
        .await
        .json();
    assert_eq!(
        (&map["version"], &map["sources"][0]),
        (&json!(3), &json!("src/config.js"))
    );
}
