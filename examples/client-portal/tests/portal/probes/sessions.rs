//! Sessions, tokens and logins.

use axum::http::Method;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::client::{Portal, email};

const DEMO: &str = "anna-demo-password";

pub(crate) async fn session_survives_logout(portal: &Portal) -> bool {
    let anna = portal.log_in("anna").await;
    let answer = anna.call(Method::POST, "/api/logout").send().await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    anna.get("/api/me").await.status == 200
}

pub(crate) async fn session_survives_password_change(portal: &Portal) -> bool {
    let (here, there) = (portal.log_in("tess").await, portal.log_in("tess").await);
    let change =
        json!({ "current_password": "tess-demo-password", "new_password": "a longer password" });
    assert_eq!(here.post("/api/me/password", change).await.status, 204);
    there.get("/api/me").await.status == 200
}

pub(crate) async fn session_fixation(portal: &Portal) -> bool {
    let planted = "7".repeat(64);
    let with_planted = portal
        .anonymous()
        .with_cookie(&format!("portal_session={planted}"));
    assert_eq!(with_planted.get("/api/me").await.status, 401);
    let answer = with_planted.log_in("anna", DEMO).await;
    let signed_in = with_planted.get("/api/me").await.status == 200;
    assert_eq!(answer.json()["token"] == json!(planted), signed_in);
    signed_in
}

/// A token in its three parts, when it is a web token.
fn parts(token: &str) -> Option<(String, Value, String)> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).expect("base64");
    let claims = serde_json::from_slice(&claims).expect("JSON");
    Some((header.to_owned(), claims, signature.to_owned()))
}

fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Which forged tokens are taken for Adam's, in the hands of Anna; nothing for opaque tokens.
async fn forgeries(portal: &Portal) -> Option<Vec<&'static str>> {
    let answer = portal.anonymous().log_in("anna", DEMO).await;
    let token = answer.json()["token"].as_str().expect("token").to_owned();
    let me = portal.anonymous().with_token(&token).get("/api/me").await;
    assert_eq!(me.json()["email"], email("anna"));
    let (header, mut claims, signature) = parts(&token)?;
    claims["sub"] = json!("usr_adam");
    let named = part(&claims);
    let weak = sign("secret", &format!("{header}.{named}"));
    let unsigned = part(&json!({ "alg": "none", "typ": "JWT" }));
    let other_family = part(&json!({ "alg": "RS256", "typ": "JWT" }));
    let mut expired = claims.clone();
    expired["exp"] = json!(1_000);
    let mut elsewhere = claims.clone();
    elsewhere["aud"] = json!("another-app");
    let forged = [
        ("unverified", format!("{header}.{named}.{signature}")),
        ("none", format!("{unsigned}.{named}.")),
        ("weak key", format!("{header}.{named}.{weak}")),
        (
            "other family",
            format!("{other_family}.{named}.{signature}"),
        ),
        (
            "expired",
            format!("{header}.{}.{signature}", part(&expired)),
        ),
        (
            "other audience",
            format!("{header}.{}.{signature}", part(&elsewhere)),
        ),
    ];
    let mut taken = Vec::new();
    for (name, token) in forged {
        let me = portal.anonymous().with_token(&token).get("/api/me").await;
        if me.status == 200 && me.json()["email"] == email("adam") {
            taken.push(name);
        }
    }
    Some(taken)
}

fn sign(key: &str, signed: &str) -> String {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).expect("key");
    BASE64_URL_SAFE_NO_PAD.encode(mac.chain_update(signed).finalize().into_bytes())
}

pub(crate) async fn jwt_unverified(portal: &Portal) -> bool {
    forgeries(portal).await == Some(vec!["unverified", "weak key"])
}

pub(crate) async fn jwt_none(portal: &Portal) -> bool {
    forgeries(portal).await == Some(vec!["none"])
}

pub(crate) async fn jwt_weak_key(portal: &Portal) -> bool {
    forgeries(portal).await == Some(vec!["weak key"])
}

pub(crate) async fn jwt_eternal(portal: &Portal) -> bool {
    let token = portal.anonymous().log_in("anna", DEMO).await.json()["token"].clone();
    let Some((_, claims, _)) = parts(token.as_str().expect("token")) else {
        return false;
    };
    assert_eq!(forgeries(portal).await, Some(Vec::new()));
    let anna = portal.log_in("anna").await;
    anna.call(Method::POST, "/api/logout").send().await;
    assert_eq!(anna.get("/api/me").await.status, 401);
    claims["exp"]
        .as_i64()
        .zip(claims["iat"].as_i64())
        .map(|(exp, iat)| exp - iat)
        == Some(365 * 24 * 60 * 60)
}

pub(crate) async fn no_throttle(portal: &Portal) -> bool {
    let mut statuses = Vec::new();
    for _ in 0..12 {
        statuses.push(portal.anonymous().log_in("tess", "wrong").await.status);
    }
    statuses.iter().all(|status| *status == 401)
}

pub(crate) async fn user_enumeration(portal: &Portal) -> bool {
    let mut messages = Vec::new();
    for who in ["anna", "nobody"] {
        let answer = portal.anonymous().log_in(who, "wrong").await;
        assert_eq!(answer.error(), "401 invalid-credentials");
        messages.push(answer.json()["error"]["message"].clone());
    }
    messages[0] != messages[1]
}
