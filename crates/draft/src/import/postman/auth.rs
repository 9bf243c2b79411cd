//! How requests prove who sends them.

use serde_json::Value as Json;

use super::super::model::{Auth, LeftOut, Step};
use super::text_of;
use super::variables::Variables;

/// Gives a step the credential that it has itself or that its folders hand on.
pub(super) fn apply(
    step: &mut Step,
    auth: &Json,
    variables: &mut Variables,
    left: &mut Vec<LeftOut>,
) {
    let Some(kind) = auth.get("type").and_then(Json::as_str) else {
        return;
    };
    let mut value = |key: &str| variables.template(&parameter(auth, kind, key));
    let has = step.headers.iter().any(|(name, _)| name == "authorization");
    match kind {
        "noauth" => {}
        _ if has => {}
        "bearer" => step.auth = Some(Auth::Bearer(value("token"))).filter(|auth| *auth != Auth::Bearer(String::new())),
        "basic" => {
            step.auth = Some(Auth::Basic { user: value("username"), password: value("password") });
        }
        "apikey" => {
            let (name, key) = (value("key"), value("value"));
            if name.is_empty() || name.contains("${") {
                left.push(LeftOut::new(&step.place, "its API key", "it has no name"));
            } else if value("in") == "query" {
                step.query.push((name, key));
            } else if name.eq_ignore_ascii_case("authorization") {
                step.headers.push(("authorization".to_owned(), key));
            } else {
                step.headers.push((name.to_ascii_lowercase(), key));
            }
        }
        "oauth2" => {
            let token = value("accessToken");
            if !token.is_empty() {
                step.auth = Some(Auth::Bearer(token));
            }
            left.push(LeftOut::new(
                &step.place,
                "its OAuth 2 settings",
                "declare an identity with `oauth2: { token-url, client-id, client-secret }`; what is carried over is the token alone",
            ));
        }
        _ => left.push(LeftOut::new(
            &step.place,
            "its authentication",
            "an identity proves itself by login, token, basic authentication, cookies, headers or OAuth 2",
        )),
    }
}

/// A parameter: a list of pairs in 2.1, a map in 2.0.
fn parameter(auth: &Json, kind: &str, key: &str) -> String {
    match auth.get(kind) {
        Some(Json::Array(pairs)) => {
            let pair = pairs
                .iter()
                .find(|pair| pair.get("key").and_then(Json::as_str) == Some(key));
            text_of(pair.and_then(|pair| pair.get("value")))
        }
        Some(map) => text_of(map.get(key)),
        None => String::new(),
    }
}
