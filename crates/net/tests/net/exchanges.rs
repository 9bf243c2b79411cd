//! What the observers get to see.

use serde_json::json;
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::{Body, Request};
use tidegate_testkit::hostile::{Behaviour, Hostile};
use tidegate_testkit::recorder::{App, Reply};

use crate::support::{PASSWORD, World, get, json_login};

#[test]
fn an_exchange_has_both_sides_and_no_credential() {
    let app = App::start(|request| match request.path() {
        "/login" => Reply::json(200, &json!({ "token": "token-of-anna" })),
        _ => Reply::json(200, &json!({ "ok": true }))
            .header("set-cookie", "sid=cookie-of-anna; Path=/")
            .header("x-echo", "Bearer token-of-anna"),
    });
    let world = World::builder(app.url())
        .header("x-bypass", "${API_KEY}")
        .anna(json_login())
        .build();
    let session = world.anna();
    world.get_as(session, "/first").unwrap();
    world
        .send(Request {
            method: "POST".into(),
            session: Some(session),
            query: vec![("token".into(), "token-of-anna".into())],
            headers: vec![("x-note".into(), PASSWORD.into())],
            body: Body::Json(json!({ "secret": PASSWORD }).to_string().into()),
            route: "/second/${id}".into(),
            ..get("/second/1")
        })
        .unwrap();
    let exchanges = world.exchanges.take();
    assert_eq!(exchanges.len(), 3);
    let second = &exchanges[2];
    assert_eq!(second.number, 3);
    assert_eq!((second.method.as_str(), second.status), ("POST", Some(200)));
    assert_eq!(second.route, "/second/${id}");
    assert_eq!(
        second.url,
        format!("{}/second/1?token=[anna token]", app.url())
    );
    assert_eq!(second.identity.as_ref().unwrap().as_str(), "anna");
    assert_eq!(&*second.request_body, b"{\"secret\":\"[PASSWORD]\"}");
    assert_eq!(&*second.response_body, b"{\"ok\":true}");
    let sent = |name: &str| {
        let found = second
            .request_headers
            .iter()
            .find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    };
    for name in ["authorization", "cookie", "x-bypass"] {
        assert_eq!(sent(name), Some("[redacted]"), "{name}");
    }
    assert_eq!(sent("x-note"), Some("[PASSWORD]"));
    assert_eq!(second.response_header("set-cookie"), Some("[redacted]"));
    assert_eq!(
        second.response_header("x-echo"),
        Some("Bearer [anna token]")
    );
    let shown = format!("{exchanges:?}");
    for secret in [PASSWORD, "token-of-anna", "cookie-of-anna", "key-4711-0815"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}

#[test]
fn a_failed_request_is_published_too() {
    let server = Hostile::start();
    let world = World::at(server.url());
    let error = world.get(Behaviour::Lost.path()).unwrap_err();
    assert!(matches!(error, HttpError::Broken { .. }));
    let exchange = &world.exchanges.take()[0];
    assert_eq!((exchange.status, exchange.route.as_str()), (None, "/lost"));
}

#[test]
fn a_large_body_is_shortened_for_the_observers_only() {
    let app = App::start(|_| Reply::bytes(200, "text/plain", vec![b'x'; 1_400_000]));
    let world = World::at(app.url());
    let response = world.get("/").unwrap();
    assert_eq!(
        (response.body.len(), response.truncated),
        (1_400_000, false)
    );
    let exchange = &world.exchanges.take()[0];
    assert_eq!(
        (exchange.response_body.len(), exchange.truncated),
        (1024 * 1024, true)
    );
}

#[test]
fn a_cookie_is_a_secret_before_anybody_sees_it_but_a_deletion_is_not() {
    let app = App::start(|_| {
        Reply::new(204)
            .header("set-cookie", "sid=cookie-of-nobody")
            .header("set-cookie", "old=deleted; Max-Age=0")
    });
    let world = World::at(app.url());
    world.get("/").unwrap();
    assert_eq!(world.redacted("cookie-of-nobody"), "[cookie sid]");
    assert_eq!(world.redacted("deleted"), "deleted");
}
