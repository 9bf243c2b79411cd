//! Where requests go, and what goes with them.

use proptest::prelude::*;
use tidegate_core::gate::Credential;
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::{Body, Request, Target};
use tidegate_testkit::hostile::{Behaviour, Hostile};
use tidegate_testkit::recorder::{App, RecordedRequest, Reply};

use crate::support::{World, cause, get, json_login, request, template};

/// What must not be anywhere in a request to a stranger.
const CREDENTIALS: &[&str] = &["authorization", "cookie", "x-bypass", "apikey", "x-mine"];

fn bearer() -> Credential {
    Credential::Bearer(template("${API_KEY}"))
}

fn portal() -> App {
    App::start(|request| match request.path() {
        "/login" => Reply::json(200, &serde_json::json!({ "token": "the-portal-token" })),
        "/away" => Reply::redirect(302, &request.query_value("to").unwrap()),
        "/keep" => Reply::redirect(307, &request.query_value("to").unwrap()),
        "/cookie" => Reply::new(204).header("set-cookie", "sid=session-cookie-1"),
        _ => Reply::text(200, "home"),
    })
}

fn away(world: &World, path: &str, to: &str) -> tidegate_core::ports::http::Response {
    let session = world.anna();
    world.get_as(session, "/cookie").unwrap();
    world
        .send(Request {
            session: Some(session),
            redirects: 3,
            query: vec![("to".into(), to.into())],
            headers: vec![
                (
                    "x-mine".into(),
                    "${API_KEY}".replace("${API_KEY}", "key-4711-0815").into(),
                ),
                ("x-plain".into(), "plain".into()),
            ],
            ..get(path)
        })
        .unwrap()
}

fn assert_bare(request: &RecordedRequest) {
    for name in CREDENTIALS {
        assert_eq!(request.header(name), None, "{name}");
    }
}

#[test]
fn an_undeclared_origin_is_not_contacted() {
    let (app, stranger) = (portal(), portal());
    let world = World::at(app.url());
    let error = world.send(request("GET", &format!("{}/", stranger.url())));
    assert_eq!(
        error.unwrap_err(),
        HttpError::UndeclaredOrigin {
            origin: stranger.url().into()
        }
    );
    assert!(stranger.requests().is_empty());
}

#[test]
fn a_redirect_to_a_stranger_is_refused_and_credentials_stay_home() {
    let (app, stranger) = (portal(), portal());
    let world = World::builder(app.url())
        .header("x-bypass", "${PASSWORD}")
        .anna(bearer())
        .build();
    for to in [
        format!("{}/x", stranger.url()),
        format!("//{}/x", stranger.address()),
        format!("http://{}@{}/x", app.address(), stranger.address()),
        format!("http:\\\\{}\\x", stranger.address()),
    ] {
        let response = away(&world, "/away", &to);
        assert_eq!(response.status, 302);
        assert!(
            response
                .refused_redirect
                .unwrap()
                .contains(&stranger.address().to_string())
        );
    }
    assert!(stranger.requests().is_empty());
}

#[test]
fn a_user_name_in_a_redirect_is_refused_even_at_home() {
    let app = portal();
    let world = World::builder(app.url()).anna(bearer()).build();
    let response = away(
        &world,
        "/away",
        &format!("http://user:word@{}/x", app.address()),
    );
    assert!(response.refused_redirect.is_some());
}

#[test]
fn a_declared_api_gets_its_own_headers_and_no_others() {
    let (app, api) = (portal(), portal());
    let world = World::builder(app.url())
        .header("x-bypass", "${PASSWORD}")
        .api("db", api.url(), &[("apikey", "${API_KEY}")])
        .anna(bearer())
        .build();
    let session = world.anna();
    world.get_as(session, "/cookie").unwrap();
    world
        .send(Request {
            target: Target::Path {
                api: Some("db".into()),
                path: "/rest".into(),
            },
            session: Some(session),
            ..get("/rest")
        })
        .unwrap();
    let seen = &api.requests_to("/rest")[0];
    assert_eq!(seen.header("apikey"), Some("key-4711-0815"));
    assert_eq!(seen.header("authorization"), None);
    assert_eq!(seen.header("x-bypass"), None);
    assert_eq!(seen.cookie("sid"), None);
    let response = world.get_as(session, "/home").unwrap();
    assert!(response.authenticated);
    let seen = &app.requests_to("/home")[0];
    assert_eq!(seen.header("authorization"), Some("Bearer key-4711-0815"));
    assert_eq!(seen.header("x-bypass"), Some(crate::support::PASSWORD));
    assert_eq!(seen.header("apikey"), None);
    assert_eq!(seen.cookie("sid"), Some("session-cookie-1"));
}

#[test]
fn a_redirect_to_a_declared_api_takes_no_credential_along() {
    let (app, api) = (portal(), portal());
    let world = World::builder(app.url())
        .header("x-bypass", "${PASSWORD}")
        .api("files", api.url(), &[])
        .anna(bearer())
        .build();
    let response = away(&world, "/away", &format!("{}/file", api.url()));
    assert_eq!((response.status, response.redirects.len()), (200, 1));
    assert!(!response.authenticated);
    let seen = &api.requests_to("/file")[0];
    assert_bare(seen);
    assert_eq!(seen.header("x-plain"), Some("plain"));
}

#[test]
fn a_token_goes_to_the_api_that_issued_it() {
    let (app, api) = (portal(), portal());
    let step = serde_json::json!({ "post": "/login", "on": "auth", "json": {} });
    let credential = Credential::Login(crate::support::login(&[step], Some("$.token")));
    let world = World::builder(app.url())
        .api("auth", api.url(), &[])
        .api("other", "http://localhost:1", &[])
        .anna(credential)
        .build();
    let session = world.anna();
    let on_api = Request {
        target: Target::Url(format!("{}/rest", api.url()).into()),
        session: Some(session),
        ..get("/rest")
    };
    assert!(world.send(on_api).unwrap().authenticated);
    assert!(world.get_as(session, "/home").unwrap().authenticated);
    let expected = Some("Bearer the-portal-token");
    assert_eq!(
        api.requests_to("/rest")[0].header("authorization"),
        expected
    );
    assert_eq!(
        app.requests_to("/home")[0].header("authorization"),
        expected
    );
}

#[test]
fn a_jwt_goes_to_the_declared_api_that_it_names_as_its_issuer() {
    use base64::Engine as _;
    let (app, api) = (portal(), portal());
    let claims = format!("{{\"iss\":\"{}/auth/v1\"}}", api.url());
    let encoded = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims);
    let token = format!("eyJhbGciOiJub25lIn0.{encoded}.c2ln");
    let world = World::builder(app.url())
        .api("db", api.url(), &[])
        .anna(Credential::Bearer(template(&token)))
        .build();
    let on_api = Request {
        target: Target::Url(format!("{}/rest", api.url()).into()),
        session: Some(world.anna()),
        ..get("/rest")
    };
    assert!(world.send(on_api).unwrap().authenticated);
}

#[test]
fn methods_and_bodies_follow_redirects_as_they_should() {
    let app = portal();
    let world = World::at(app.url());
    for (path, method, body) in [("/away", "GET", ""), ("/keep", "POST", "{\"a\":1}")] {
        let response = world
            .send(Request {
                method: "POST".into(),
                body: Body::Json("{\"a\":1}".into()),
                redirects: 1,
                query: vec![("to".into(), "/there?from=1".into())],
                ..get(path)
            })
            .unwrap();
        assert_eq!(response.url, format!("{}/there?from=1", app.url()));
        let seen = app.requests_to("/there");
        let seen = seen.last().unwrap();
        assert_eq!((seen.method.as_str(), seen.text().as_ref()), (method, body));
        assert_eq!(seen.header("content-type").is_some(), method == "POST");
    }
}

#[test]
fn a_redirect_is_the_answer_when_none_is_to_be_followed() {
    let server = Hostile::start();
    let world = World::at(server.url());
    let response = world.get(Behaviour::RedirectLoop.path()).unwrap();
    assert_eq!(response.status / 100, 3);
    assert!(response.redirects.is_empty());
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn own_credentials_in_place_of_the_sessions_are_not_the_sessions() {
    let app = portal();
    let world = World::builder(app.url()).anna(json_login()).build();
    let response = world
        .send(Request {
            session: Some(world.anna()),
            headers: vec![("Authorization".into(), "Bearer forged".into())],
            ..get("/home")
        })
        .unwrap();
    assert!(!response.authenticated);
    assert_eq!(
        app.requests_to("/home")[0].header("authorization"),
        Some("Bearer forged")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_a_path_holds_the_environment_answers(value in r"(/|\\|@|:|\?|#|\.\.|%|[ -~éß\t\r\n]){0,16}") {
        thread_local! {
            static APP: (App, World) = {
                let app = App::start(|_| Reply::new(204));
                let world = World::at(app.url());
                (app, world)
            };
        }
        APP.with(|(app, world)| {
            let before = app.requests().len();
            let path = format!("/r/{value}");
            let target = Target::Path { api: None, path: path.as_str().into() };
            match world.send(Request::new("GET", target, "/r/${value}", cause())) {
                Ok(response) => {
                    assert!(response.url.starts_with(&format!("{}/", app.url())));
                    assert_eq!(app.requests().len(), before + 1);
                }
                Err(HttpError::InvalidUrl { .. }) => {}
                Err(other) => panic!("{other:?}"),
            }
        });
    }
}
