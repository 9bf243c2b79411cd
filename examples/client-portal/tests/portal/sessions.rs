use axum::http::Method;
use serde_json::json;
use tidegate_client_portal::Options;

use crate::client::{Portal, email};

#[tokio::test]
async fn token_and_cookie_carry_the_same_session() {
    let portal = Portal::good().await;
    let answer = portal
        .anonymous()
        .log_in("anna", "anna-demo-password")
        .await;
    let token = answer.json()["token"].as_str().expect("token").to_owned();
    let cookie = answer
        .header("set-cookie")
        .split(';')
        .next()
        .expect("cookie")
        .to_owned();
    assert_eq!(cookie, format!("portal_session={token}"));
    for caller in [
        portal.anonymous().with_token(&token),
        portal.anonymous().with_cookie(&cookie),
    ] {
        let me = caller.get("/api/me").await.json();
        assert_eq!(
            (&me["email"], &me["account"]["role"]),
            (&json!("anna@acme.example"), &json!("member"))
        );
    }
}

#[tokio::test]
async fn a_wrong_header_is_not_made_good_by_a_cookie() {
    let portal = Portal::good().await;
    let answer = portal
        .anonymous()
        .log_in("anna", "anna-demo-password")
        .await;
    let cookie = answer
        .header("set-cookie")
        .split(';')
        .next()
        .expect("cookie")
        .to_owned();
    let caller = portal.anonymous().with_cookie(&cookie);
    let answer = caller
        .call(Method::GET, "/api/me")
        .header("authorization", "Bearer junk")
        .send();
    assert_eq!(answer.await.error(), "401 unauthenticated");
}

#[tokio::test]
async fn the_cookie_has_its_flags() {
    let flags = async |secure| {
        let portal = Portal::with(Options {
            secure,
            ..Options::default()
        })
        .await;
        let answer = portal
            .anonymous()
            .log_in("anna", "anna-demo-password")
            .await;
        let cookie = answer.header("set-cookie").to_owned();
        cookie.split_once("; ").expect("flags").1.to_owned()
    };
    assert_eq!(
        flags(None).await,
        "Path=/; Max-Age=28800; HttpOnly; SameSite=Lax"
    );
    assert_eq!(
        flags(Some(true)).await,
        "Path=/; Max-Age=28800; HttpOnly; SameSite=Lax; Secure"
    );
}

#[tokio::test]
async fn an_unknown_person_and_a_wrong_password_are_answered_alike() {
    let portal = Portal::good().await;
    let mut answers = Vec::new();
    for who in [email("anna"), "nobody@acme.example".to_owned()] {
        let credentials = json!({ "email": who, "password": "wrong" });
        let mut error = portal
            .anonymous()
            .post("/api/login", credentials)
            .await
            .json();
        error["error"]["request_id"] = json!("");
        answers.push(error);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0]["error"]["code"], "invalid-credentials");
}

#[tokio::test]
async fn guessing_is_throttled_per_account() {
    let portal = Portal::good().await;
    for who in ["anna", "nobody"] {
        for _ in 0..10 {
            let answer = portal.anonymous().log_in(who, "wrong").await;
            assert_eq!(answer.error(), "401 invalid-credentials");
        }
        let answer = portal
            .anonymous()
            .log_in(who, &format!("{who}-demo-password"))
            .await;
        assert_eq!(answer.error(), "429 throttled");
        assert!(
            answer
                .header("retry-after")
                .parse::<u64>()
                .is_ok_and(|wait| (1..=61).contains(&wait))
        );
    }
    portal.log_in("boris").await;
}

#[tokio::test]
async fn the_chosen_passwords_replace_the_demo_ones() {
    let mut options = Options::default();
    options.passwords.set(
        "anna",
        tidegate_client_portal::Secret::new("chosen by the operator"),
    );
    let portal = Portal::with(options).await;
    assert_eq!(
        portal
            .anonymous()
            .log_in("anna", "chosen by the operator")
            .await
            .status,
        200
    );
    assert_eq!(
        portal
            .anonymous()
            .log_in("anna", "anna-demo-password")
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn the_login_names_missing_and_unknown_fields() {
    let portal = Portal::good().await;
    let answer = portal
        .anonymous()
        .post("/api/login", json!({ "user": "anna", "email": 7 }))
        .await;
    assert_eq!(answer.fields(), ["email", "password", "user"]);
}

#[tokio::test]
async fn logging_out_ends_the_session() {
    let portal = Portal::good().await;
    let anna = portal.log_in("anna").await;
    let answer = anna.call(Method::POST, "/api/logout").send().await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(anna.get("/api/me").await.error(), "401 unauthenticated");
}

#[tokio::test]
async fn changing_the_password_ends_the_other_sessions() {
    let portal = Portal::good().await;
    let (here, there) = (portal.log_in("anna").await, portal.log_in("anna").await);
    let change = |current: &str, new: &str| {
        let body = json!({ "current_password": current, "new_password": new });
        let here = here.clone();
        async move { here.post("/api/me/password", body).await }
    };
    assert_eq!(
        change("wrong", "a longer password").await.fields(),
        ["current_password"]
    );
    assert_eq!(
        change("anna-demo-password", "short").await.fields(),
        ["new_password"]
    );
    assert_eq!(there.get("/api/me").await.status, 200);
    assert_eq!(
        change("anna-demo-password", "a longer password")
            .await
            .status,
        204
    );
    assert_eq!(here.get("/api/me").await.status, 200);
    assert_eq!(there.get("/api/me").await.status, 401);
    assert_eq!(
        portal
            .anonymous()
            .log_in("anna", "a longer password")
            .await
            .status,
        200
    );
    assert_eq!(
        portal
            .anonymous()
            .log_in("anna", "anna-demo-password")
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn switching_accounts_changes_what_is_shown() {
    let portal = Portal::good().await;
    let cora = portal.log_in("cora").await;
    let record = json!({ "title": "Only in Acme" });
    cora.post("/api/records", record).await;
    let answer = cora
        .post("/api/session/switch", json!({ "account": "globex" }))
        .await;
    assert_eq!(answer.json()["account"]["id"], "globex");
    assert_eq!(cora.get("/api/me").await.json()["account"]["id"], "globex");
    assert_eq!(cora.get("/api/records?q=Acme").await.json()["total"], 0);
    cora.post("/api/session/switch", json!({ "account": "acme" }))
        .await;
    assert_eq!(cora.get("/api/records?q=Acme").await.json()["total"], 1);
}

#[tokio::test]
async fn nobody_switches_to_an_account_of_others() {
    let portal = Portal::good().await;
    let anna = portal.log_in("anna").await;
    for account in ["globex", "initech"] {
        let answer = anna
            .post("/api/session/switch", json!({ "account": account }))
            .await;
        assert_eq!(answer.error(), "403 forbidden");
    }
    assert_eq!(anna.get("/api/me").await.json()["account"]["id"], "acme");
}

#[tokio::test]
async fn a_foreign_page_cannot_write_with_the_visitors_cookie() {
    let allowed_origins = vec!["https://app.acme.example".to_owned()];
    let portal = Portal::with(Options {
        allowed_origins,
        ..Options::default()
    })
    .await;
    let answer = portal
        .anonymous()
        .log_in("anna", "anna-demo-password")
        .await;
    let cookie = answer
        .header("set-cookie")
        .split(';')
        .next()
        .expect("cookie")
        .to_owned();
    let anna = portal.anonymous().with_cookie(&cookie);
    let create = async |origin: &str| {
        let call = anna
            .call(Method::POST, "/api/records")
            .header("origin", origin);
        call.json(&json!({ "title": "From a page" }))
            .send()
            .await
            .status
    };
    assert_eq!(create("https://evil.example").await, 403);
    assert_eq!(create("null").await, 403);
    assert_eq!(create("https://app.acme.example").await, 201);
}
