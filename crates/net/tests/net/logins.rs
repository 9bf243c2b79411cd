//! The ways of logging in.

use std::time::Duration;

use serde_json::json;
use tidegate_core::gate::{Credential, OAuth2};
use tidegate_core::ports::http::{Purpose, Request, Target};
use tidegate_core::ports::{Http, HttpError};
use tidegate_testkit::foreign::{ForeignApp, HANNAH};
use tidegate_testkit::recorder::{App, RecordedRequest, Reply};
use tidegate_testkit::sign_in_walls::{self, Wall};

use crate::support::{PASSWORD, World, block_on, get, json_login, located, login, template};

fn authorized(request: &RecordedRequest, value: &str) -> Reply {
    let status = if request.header("authorization") == Some(value) {
        200
    } else {
        401
    };
    Reply::new(status)
}

fn json_app() -> App {
    App::start(|request| match request.path() {
        "/login" => match request.json() {
            Some(body) if body["password"] == PASSWORD => Reply::json(
                200,
                &json!({ "user": { "id": 1 }, "token": "token-of-anna" }),
            ),
            _ => Reply::json(401, &json!({ "error": format!("{PASSWORD}x is wrong") })),
        },
        _ => authorized(request, "Bearer token-of-anna"),
    })
}

#[test]
fn a_json_login_gives_a_bearer_token() {
    let app = json_app();
    let world = World::builder(app.url()).anna(json_login()).build();
    let response = world.get_as(world.anna(), "/me").unwrap();
    assert_eq!((response.status, response.authenticated), (200, true));
    let exchange = &world.exchanges.take()[0];
    assert_eq!(exchange.purpose, Purpose::Login);
    assert_eq!(exchange.cause.location.line, 3);
    assert_eq!(exchange.cause.check.as_str(), "a-check");
}

#[test]
fn a_form_login_with_a_csrf_field_keeps_its_cookie() {
    let app = ForeignApp::start();
    let steps = [
        json!({ "get": "/login", "capture": { "csrf": { "regex": "name=\"csrf\" value=\"([^\"]+)\"" } } }),
        json!({ "post": "/login", "form": { "email": HANNAH.email, "password": HANNAH.password, "csrf": "${csrf}" } }),
    ];
    let world = World::builder(app.url())
        .anna(Credential::Login(login(&steps, None)))
        .build();
    let session = world.anna();
    let me = world.get_as(session, "/api/me").unwrap();
    assert!(me.text().contains(HANNAH.email), "{}", me.text());
    assert!(me.authenticated);
    let held = world.client.cookies(session);
    assert_eq!(held[0].name, "sid");
    assert_eq!(world.redacted(held[0].value.expose()), "[cookie sid]");
}

#[test]
fn a_form_that_is_shown_again_is_a_refused_login() {
    let app = ForeignApp::start();
    let steps = [
        json!({ "get": "/login", "capture": { "csrf": { "regex": "name=\"csrf\" value=\"([^\"]+)\"" } } }),
        json!({ "post": "/login", "form": { "email": HANNAH.email, "password": "${PASSWORD}", "csrf": "${csrf}" } }),
    ];
    let world = World::builder(app.url())
        .anna(Credential::Login(login(&steps, None)))
        .build();
    let error = world.login_error();
    assert!(error.reason.contains("a login form again"), "{error}");
    assert!(error.help.contains("PASSWORD"), "{}", error.help);
}

#[test]
fn header_cookie_and_totp_captures_reach_later_steps() {
    let app = App::start(|request| match request.path() {
        "/start" => Reply::json(200, &json!({ "challenge": 7 }))
            .header("x-csrf", "csrf-from-header")
            .header("set-cookie", "xsrf=from-cookie-1; Path=/"),
        "/finish" => {
            let body = request.json().unwrap();
            let proper = body["challenge"] == 7
                && body["csrf"] == "csrf-from-header"
                && body["xsrf"] == "from-cookie-1"
                && body["code"].as_str().is_some_and(|code| code.len() == 6);
            Reply::json(
                if proper { 200 } else { 403 },
                &json!({ "key": "key-of-the-session" }),
            )
        }
        _ => Reply::new(
            if request.header("x-session") == Some("key=key-of-the-session") {
                200
            } else {
                401
            },
        ),
    });
    let mut credential = login(
        &[
            json!({ "get": "/start", "capture": {
                "challenge": "$.challenge", "csrf": { "header": "X-CSRF" }, "xsrf": { "cookie": "xsrf" } } }),
            json!({ "post": "/finish", "json": {
                "challenge": "${challenge}", "csrf": "${csrf}", "xsrf": "${xsrf}", "code": "${totp}" },
                "capture": { "key": "$.key" } }),
        ],
        None,
    );
    credential.header = Some(("X-Session".into(), template("key=${key}")));
    credential.totp = Some(template("${TOTP}"));
    let world = World::builder(app.url())
        .anna(Credential::Login(credential))
        .build();
    assert_eq!(world.get_as(world.anna(), "/me").unwrap().status, 200);
    assert_eq!(world.redacted("key-of-the-session"), "[anna key]");
    let shown = format!("{:?}", world.exchanges.take());
    assert!(!shown.contains("csrf-from-header") && shown.contains("[anna csrf]"));
}

#[test]
fn ready_credentials_are_sent() {
    let app = App::start(|_| Reply::new(200));
    let cases = [
        (
            Credential::Bearer(template("${API_KEY}")),
            "authorization",
            "Bearer key-4711-0815",
        ),
        (
            Credential::Basic {
                user: template("anna"),
                password: template("${API_KEY}"),
            },
            "authorization",
            "Basic YW5uYTprZXktNDcxMS0wODE1",
        ),
        (
            Credential::Cookies(vec![
                ("sid".into(), template("${API_KEY}")),
                ("b".into(), template("2")),
            ]),
            "cookie",
            "sid=key-4711-0815; b=2",
        ),
        (
            Credential::Headers(vec![("X-Api-Key".into(), template("${API_KEY}"))]),
            "x-api-key",
            "key-4711-0815",
        ),
    ];
    for (number, (credential, name, value)) in cases.into_iter().enumerate() {
        let world = World::builder(app.url()).anna(credential).build();
        assert!(world.get_as(world.anna(), "/").unwrap().authenticated);
        assert_eq!(app.requests()[number].header(name), Some(value));
        let exchange = &world.exchanges.take()[0];
        let shown = exchange
            .request_headers
            .iter()
            .find(|(known, _)| known == name);
        assert_eq!(shown.unwrap().1, "[redacted]");
    }
}

#[test]
fn a_missing_secret_is_told_with_its_place() {
    let app = json_app();
    let world = World::builder(app.url())
        .anna(Credential::Bearer(template("${ABSENT}")))
        .build();
    let error = world.login_error();
    assert!(error.reason.contains("`ABSENT` is not set"));
    assert_eq!((error.location.line, error.status), (3, None));
    assert!(app.requests().is_empty());
}

fn oauth(user: bool) -> Credential {
    Credential::OAuth2(OAuth2 {
        token_url: located(template("/oauth/token")),
        client_id: template("client 1"),
        client_secret: Some(template("${API_KEY}")),
        user: user.then(|| (template("${EMAIL}"), template("${PASSWORD}"))),
        scope: Some("read write".into()),
        parameters: vec![("audience".into(), template("portal"))],
    })
}

#[test]
fn oauth_client_credentials_and_password_grants_work() {
    for user in [false, true] {
        let app = App::start(move |request| match request.path() {
            "/oauth/token" => {
                assert_eq!(
                    request.header("authorization"),
                    Some("Basic Y2xpZW50KzE6a2V5LTQ3MTEtMDgxNQ==")
                );
                let grant = request.form_value("grant_type").unwrap();
                assert_eq!(
                    grant,
                    if user {
                        "password"
                    } else {
                        "client_credentials"
                    }
                );
                assert_eq!(
                    request.form_value("password").as_deref(),
                    user.then_some(PASSWORD)
                );
                assert_eq!(request.form_value("scope").as_deref(), Some("read write"));
                assert_eq!(request.form_value("audience").as_deref(), Some("portal"));
                Reply::json(
                    200,
                    &json!({ "access_token": "oauth-token-1", "token_type": "bearer", "expires_in": 3600 }),
                )
            }
            _ => authorized(request, "Bearer oauth-token-1"),
        });
        let world = World::builder(app.url()).anna(oauth(user)).build();
        assert_eq!(world.get_as(world.anna(), "/me").unwrap().status, 200);
    }
}

#[test]
fn a_token_endpoint_elsewhere_is_declared_by_the_identity_and_for_its_login_only() {
    let issuer = App::start(|_| Reply::json(200, &json!({ "access_token": "oauth-token-1" })));
    let app = App::start(|request| authorized(request, "Bearer oauth-token-1"));
    let Credential::OAuth2(mut client) = oauth(false) else {
        unreachable!()
    };
    client.token_url = located(template(&format!("{}/token", issuer.url())));
    let world = World::builder(app.url())
        .anna(Credential::OAuth2(client))
        .build();
    assert_eq!(world.get_as(world.anna(), "/me").unwrap().status, 200);
    let direct = world.send(crate::support::request(
        "GET",
        &format!("{}/token", issuer.url()),
    ));
    assert!(matches!(direct, Err(HttpError::UndeclaredOrigin { .. })));
}

#[test]
fn an_issuer_that_wants_the_secret_in_the_form_gets_it_there() {
    let app = App::start(|request| {
        if request.header("authorization").is_some() {
            return Reply::json(401, &json!({ "error": "invalid_client" }));
        }
        assert_eq!(request.form_value("client_id").as_deref(), Some("client 1"));
        assert_eq!(
            request.form_value("client_secret").as_deref(),
            Some("key-4711-0815")
        );
        Reply::json(200, &json!({ "access_token": "oauth-token-1" }))
    });
    let world = World::builder(app.url()).anna(oauth(false)).build();
    block_on(world.client.log_in(world.anna())).unwrap();
    assert_eq!(app.requests().len(), 2);
}

#[test]
fn a_refused_grant_is_explained() {
    let app = App::start(|_| {
        Reply::json(
            400,
            &json!({ "error": "invalid_grant", "error_description": PASSWORD }),
        )
    });
    let world = World::builder(app.url()).anna(oauth(true)).build();
    let error = world.login_error();
    assert!(error.reason.contains("`invalid_grant`"));
    assert!(error.help.contains("EMAIL, PASSWORD"), "{}", error.help);
    assert!(!format!("{error:?}").contains(PASSWORD));
}

#[test]
fn a_supabase_login_goes_to_the_project_and_its_token_too() {
    let project = App::start(|request| match request.path() {
        "/auth/v1/token" => {
            assert_eq!(request.query(), "grant_type=password");
            assert_eq!(request.header("apikey"), Some("key-4711-0815"));
            assert_eq!(request.json().unwrap()["password"], PASSWORD);
            Reply::json(
                200,
                &json!({ "access_token": "supabase-token", "expires_in": 3600, "refresh_token": "refresh-token-1" }),
            )
        }
        _ => authorized(request, "Bearer supabase-token"),
    });
    let app = App::start(|request| {
        assert_eq!(request.header("apikey"), None);
        authorized(request, "Bearer supabase-token")
    });
    let credential = Credential::Supabase {
        url: template(project.url()),
        key: template("${API_KEY}"),
        email: template("${EMAIL}"),
        password: template("${PASSWORD}"),
    };
    let world = World::builder(app.url())
        .api("db", project.url(), &[])
        .anna(credential)
        .build();
    let session = world.anna();
    assert_eq!(world.get_as(session, "/me").unwrap().status, 200);
    let rows = world.send(Request {
        target: Target::Path {
            api: Some("db".into()),
            path: "/rest/v1/records".into(),
        },
        session: Some(session),
        ..get("/rest/v1/records")
    });
    assert_eq!(rows.unwrap().status, 200);
    assert_eq!(
        project.requests_to("/rest/v1/records")[0].header("apikey"),
        Some("key-4711-0815")
    );
    assert_eq!(world.redacted("refresh-token-1"), "[anna refresh token]");
}

#[test]
fn failed_logins_are_told_apart_in_plain_english() {
    let answers: &[(u16, &str, &str)] = &[
        (
            401,
            "refused the credentials",
            "Check the value of EMAIL and PASSWORD",
        ),
        (404, "there is no POST /login", "Correct the path"),
        (405, "there is no POST /login", "Correct the path"),
        (429, "put POST /login off", "limits logins"),
        (500, "the server failed", "application's log"),
    ];
    for (status, reason, help) in answers {
        let app = App::start(|_| Reply::json(*status, &json!({ "error": "no" })));
        let world = World::builder(app.url()).anna(json_login()).build();
        let error = world.login_error();
        assert!(error.reason.contains(reason), "{error}");
        assert!(error.help.contains(help), "{}", error.help);
        assert_eq!((error.status, error.location.line), (Some(*status), 3));
    }
}

#[test]
fn a_missing_token_shows_the_shape_of_the_answer_and_no_value() {
    let app = App::start(|_| {
        Reply::json(
            200,
            &json!({ "user": { "id": 7 }, "access_token": "never-to-be-seen" }),
        )
    });
    let world = World::builder(app.url()).anna(json_login()).build();
    let error = world.login_error();
    assert!(error.reason.contains("no `$.token` in it"), "{error}");
    assert!(
        error
            .reason
            .contains("{ user: { id: number }, access_token: text }"),
        "{error}"
    );
    assert!(!format!("{error:?}").contains("never-to-be-seen"));
}

#[test]
fn a_sign_in_wall_is_recognised() {
    for (wall, reason) in [
        (Wall::VercelPage, "a web page"),
        (
            Wall::CloudflareAccess,
            "cloudflareaccess.com, which the gate file does not declare",
        ),
    ] {
        let app = App::start(sign_in_walls::behind(wall, |_| Reply::new(200)));
        let world = World::builder(app.url()).anna(json_login()).build();
        let error = world.login_error();
        assert!(error.reason.contains(reason), "{error}");
        assert!(error.help.contains("bypass header"), "{}", error.help);
    }
}

#[test]
fn a_page_in_place_of_json_is_told_as_such() {
    let app = App::start(|_| Reply::html(200, "<title>Portal</title>"));
    let world = World::builder(app.url()).anna(json_login()).build();
    assert!(
        world
            .login_error()
            .reason
            .contains("a web page instead of JSON")
    );
}

#[test]
fn a_login_without_cookie_and_token_is_no_login() {
    let app = App::start(|_| Reply::new(204));
    let step = json!({ "post": "/login", "json": {} });
    let world = World::builder(app.url())
        .anna(Credential::Login(login(&[step], None)))
        .build();
    assert!(world.login_error().reason.contains("set no cookie"));
}

#[test]
fn production_may_be_logged_in_to() {
    let app = json_app();
    let world = World::builder(app.url())
        .production()
        .anna(json_login())
        .build();
    assert_eq!(world.get_as(world.anna(), "/me").unwrap().status, 200);
}

#[test]
fn an_unreachable_server_is_no_login_error() {
    let port = tidegate_testkit::hostile::RefusingPort::take();
    let world = World::builder(&port.url()).anna(json_login()).build();
    let error = block_on(world.client.log_in(world.anna())).unwrap_err();
    assert!(matches!(error, HttpError::Connect { .. }));
}

#[test]
fn a_login_that_takes_long_does_not_eat_the_requests_time() {
    let app = App::start(|request| match request.path() {
        "/login" => {
            Reply::json(200, &json!({ "token": "token-of-anna" })).after(Duration::from_millis(400))
        }
        _ => Reply::new(200),
    });
    let world = World::builder(app.url()).anna(json_login()).build();
    let response = world.send(Request {
        session: Some(world.anna()),
        timeout: Duration::from_millis(350),
        ..get("/")
    });
    assert_eq!(response.unwrap().status, 200);
}
