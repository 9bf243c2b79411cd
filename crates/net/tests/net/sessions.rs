//! What sessions share and what they do not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::json;
use tidegate_core::ports::http::{Cookie, Credentials, Request, Sharing};
use tidegate_core::ports::{Http, HttpError};
use tidegate_testkit::recorder::{App, Reply};

use crate::support::{World, block_on, get, json_login};

/// An app that hands out a new token with every login and accepts only the last.
fn counting_app(expires_in: Option<u64>) -> App {
    let logins = Arc::new(AtomicU32::new(0));
    App::start(move |request| match request.path() {
        "/login" => {
            let number = logins.fetch_add(1, Ordering::SeqCst) + 1;
            let mut answer = json!({ "token": format!("token-number-{number}") });
            if let Some(seconds) = expires_in {
                answer["expires_in"] = seconds.into();
            }
            Reply::json(200, &answer)
        }
        "/refuse" => Reply::new(401),
        _ => Reply::text(200, request.header("authorization").unwrap_or("nobody")),
    })
}

#[test]
fn many_requests_at_once_share_one_login() {
    let app = counting_app(None);
    let world = World::builder(app.url()).anna(json_login()).build();
    let sent: Vec<_> = (0..20)
        .map(|_| {
            let request = Request {
                session: Some(world.anna()),
                ..get("/me")
            };
            world.client.send(request)
        })
        .collect();
    for response in sent {
        assert_eq!(block_on(response).unwrap().text(), "Bearer token-number-1");
    }
    assert_eq!(app.requests_to("/login").len(), 1);
}

#[test]
fn a_fresh_session_logs_in_for_itself_and_a_shared_one_does_not() {
    let app = counting_app(None);
    let world = World::builder(app.url()).anna(json_login()).build();
    let fresh = || {
        world
            .client
            .open_session(Some(&"anna".into()), Sharing::Fresh)
    };
    let (first, second) = (fresh(), fresh());
    assert_ne!(first, second);
    assert_eq!(world.anna(), world.anna());
    for session in [first, second, world.anna(), world.anna()] {
        world.get_as(session, "/me").unwrap();
    }
    assert_eq!(app.requests_to("/login").len(), 3);
}

#[test]
fn anonymous_sessions_have_cookies_of_their_own_and_no_credentials() {
    let app = App::start(|request| match request.path() {
        "/set" => Reply::new(204).header("set-cookie", "basket=basket-0001; Path=/"),
        _ => Reply::text(200, request.cookie("basket").unwrap_or("none")),
    });
    let world = World::at(app.url());
    let open = || world.client.open_session(None, Sharing::Shared);
    let (one, other) = (open(), open());
    let set = world.get_as(one, "/set").unwrap();
    assert_eq!(set.cookies[0].name, "basket");
    assert_eq!(world.get_as(one, "/").unwrap().text(), "basket-0001");
    assert_eq!(world.get_as(other, "/").unwrap().text(), "none");
    assert_eq!(world.get("/").unwrap().text(), "none");
    assert!(!world.get_as(one, "/").unwrap().authenticated);
}

#[test]
fn a_known_end_brings_a_new_login_before_the_request() {
    for (app, lifetime) in [
        (counting_app(Some(600)), None),
        (counting_app(None), Some(Duration::from_secs(600))),
    ] {
        let mut builder = World::builder(app.url()).anna(json_login());
        if let Some(lifetime) = lifetime {
            builder = builder.lifetime(lifetime);
        }
        let world = builder.build();
        let me = || {
            world
                .get_as(world.anna(), "/me")
                .unwrap()
                .text()
                .into_owned()
        };
        assert_eq!(me(), "Bearer token-number-1");
        world.machine.advance(Duration::from_secs(500));
        assert_eq!(me(), "Bearer token-number-1");
        world.machine.advance(Duration::from_secs(90));
        assert_eq!(me(), "Bearer token-number-2");
    }
}

#[test]
fn the_end_that_a_jwt_names_is_known() {
    use base64::Engine as _;
    let app = App::start(|request| match request.path() {
        "/login" => {
            let claims = "{\"exp\":1795392300}";
            let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(claims);
            Reply::json(
                200,
                &json!({ "token": format!("eyJhbGciOiJub25lIn0.{payload}.c2ln") }),
            )
        }
        _ => Reply::new(200),
    });
    let world = World::builder(app.url()).anna(json_login()).build();
    world.get_as(world.anna(), "/").unwrap();
    world.get_as(world.anna(), "/").unwrap();
    assert_eq!(app.requests_to("/login").len(), 1);
    world.machine.advance(Duration::from_secs(280));
    world.get_as(world.anna(), "/").unwrap();
    assert_eq!(app.requests_to("/login").len(), 2);
}

#[test]
fn a_refused_request_brings_no_login_and_no_retry() {
    let app = counting_app(None);
    let world = World::builder(app.url()).anna(json_login()).build();
    for _ in 0..3 {
        assert_eq!(world.get_as(world.anna(), "/refuse").unwrap().status, 401);
    }
    assert_eq!(app.requests_to("/login").len(), 1);
    assert_eq!(app.requests_to("/refuse").len(), 3);
}

#[test]
fn a_refused_login_is_not_repeated_until_it_is_forgotten() {
    let app = App::start(|_| Reply::new(401));
    let world = World::builder(app.url()).anna(json_login()).build();
    for _ in 0..5 {
        assert_eq!(world.login_error().status, Some(401));
    }
    assert_eq!(app.requests().len(), 1);
    world.client.forget_login(world.anna());
    world.login_error();
    assert_eq!(app.requests().len(), 2);
}

#[test]
fn a_login_that_failed_for_a_moment_is_tried_again() {
    let calls = AtomicU32::new(0);
    let app = App::start(move |_| match calls.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::new(503),
        _ => Reply::json(200, &json!({ "token": "token-of-anna" })),
    });
    let world = World::builder(app.url()).anna(json_login()).build();
    assert_eq!(world.login_error().status, Some(503));
    block_on(world.client.log_in(world.anna())).unwrap();
}

#[test]
fn a_forgotten_login_is_made_anew() {
    let app = counting_app(None);
    let world = World::builder(app.url()).anna(json_login()).build();
    world.get_as(world.anna(), "/me").unwrap();
    world.client.forget_login(world.anna());
    assert_eq!(
        world.get_as(world.anna(), "/me").unwrap().text(),
        "Bearer token-number-2"
    );
}

#[test]
fn a_login_that_is_given_up_leaves_the_turn_to_the_next() {
    let calls = AtomicU32::new(0);
    let app = App::start(move |_| {
        let answer = Reply::json(200, &json!({ "token": "token-of-anna" }));
        match calls.fetch_add(1, Ordering::SeqCst) {
            0 => answer.after(Duration::from_secs(60)),
            _ => answer,
        }
    });
    let world = World::builder(app.url()).anna(json_login()).build();
    let given_up = world.client.log_in(world.anna());
    while app.requests().is_empty() {
        std::thread::yield_now();
    }
    drop(given_up);
    block_on(world.client.log_in(world.anna())).unwrap();
}

#[test]
fn an_identity_that_is_not_declared_never_goes_out_as_nobody() {
    let app = App::start(|_| Reply::new(200));
    let world = World::at(app.url());
    let session = world
        .client
        .open_session(Some(&"ghost".into()), Sharing::Shared);
    let error = world.get_as(session, "/").unwrap_err();
    assert!(matches!(error, HttpError::Login(_)));
    assert!(app.requests().is_empty());
}

#[test]
fn credentials_show_what_proves_who_a_session_is_and_log_in_for_it() {
    let app = App::start(|request| match request.path() {
        "/login" => Reply::json(200, &json!({ "token": "token-of-anna" }))
            .header("set-cookie", "sid=session-0001; Path=/; HttpOnly"),
        _ => Reply::text(200, request.header("authorization").unwrap_or("nobody")),
    });
    let world = World::builder(app.url()).anna(json_login()).build();
    let shown = block_on(world.client.credentials(world.anna())).unwrap();
    let [(name, value)] = shown.headers.as_slice() else {
        panic!("{shown:?}");
    };
    assert_eq!(
        (name.as_str(), value.expose()),
        ("authorization", "Bearer token-of-anna")
    );
    assert_eq!(shown.cookies[0].value.expose(), "session-0001");
    assert_eq!(shown.cookies[0].attribute("httponly"), Some(None));
    assert_eq!(app.requests().len(), 1);

    let mut copy = get("/me");
    copy.headers = vec![("authorization".into(), "Bearer changed".into())];
    assert_eq!(world.send(copy).unwrap().text(), "Bearer changed");
}

#[test]
fn nobody_has_no_credentials_but_the_cookies_that_were_set() {
    let app = App::start(|_| Reply::new(204).header("set-cookie", "sid=session-0001"));
    let world = World::at(app.url());
    let session = world.client.open_session(None, Sharing::Fresh);
    let before = block_on(world.client.credentials(session)).unwrap();
    assert_eq!(before, Credentials::default());
    world.get_as(session, "/").unwrap();
    let after = block_on(world.client.credentials(session)).unwrap();
    assert_eq!((after.headers.len(), after.cookies.len()), (0, 1));
}

#[test]
fn a_planted_cookie_is_there_when_its_session_logs_in() {
    let app = App::start(|request| match request.path() {
        "/login" => Reply::json(200, &json!({ "token": "token-of-anna" })),
        _ => Reply::text(200, request.cookie("sid").unwrap_or("none")),
    });
    let world = World::builder(app.url()).anna(json_login()).build();
    let planted = Cookie {
        name: "sid".into(),
        value: "planted-0001".into(),
        attributes: Vec::new(),
    };
    world.client.plant(world.anna(), vec![planted]);
    let me = || world.get_as(world.anna(), "/me").unwrap();
    assert_eq!(me().text(), "planted-0001");
    let login = &app.requests_to("/login")[0];
    assert_eq!(login.cookie("sid"), Some("planted-0001"));
    assert!(!world.redacted("planted-0001").contains("planted-0001"));
    world.client.forget_login(world.anna());
    assert_eq!(me().text(), "none");
}
