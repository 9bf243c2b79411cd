//! As whom requests are sent, where credentials go, and what observers see.

use std::sync::Arc;

use serde_json::json;
use tidegate_core::ports::http::{Purpose, Request, Sharing};
use tidegate_core::ports::load::{Load, Volume};
use tidegate_core::ports::{HttpError, LoginError};
use tidegate_testkit::machine::environment;
use tidegate_testkit::recorder::{App, Reply};

use super::*;
use crate::support::{get, json_login, request};

/// An app whose login gives this token.
fn app(token: &'static str) -> App {
    App::start(move |request| match request.path() {
        "/login" => Reply::json(200, &json!({ "token": token }))
            .header("set-cookie", &format!("sid=cookie-of-{token}; Path=/")),
        _ => Reply::text(200, "fine"),
    })
}

fn sent(app: &App, path: &str) -> Vec<(Option<String>, Option<String>, Option<String>)> {
    let requests = app.requests_to(path).into_iter();
    let header = |request: &tidegate_testkit::recorder::RecordedRequest, name: &str| {
        request.header(name).map(str::to_owned)
    };
    requests
        .map(|request| {
            let [authorization, cookie, bypass] =
                ["authorization", "cookie", "x-bypass"].map(|name| header(&request, name));
            (authorization, cookie, bypass)
        })
        .collect()
}

#[test]
fn requests_go_as_who_they_are_of_and_credentials_stay_at_their_origin() {
    let (portal, api) = (app("token-of-anna"), app("other"));
    let world = World::builder(portal.url())
        .header("x-bypass", "${API_KEY}")
        .api("db", api.url(), &[])
        .anna(json_login())
        .build();
    let anna = Some(world.anna());
    let series = vec![
        Request {
            session: anna,
            ..get("/mine")
        },
        get("/public"),
        Request {
            session: anna,
            ..request("GET", &format!("{}/rows", api.url()))
        },
    ];
    let samples = open(&world, series, milliseconds(3), 9);
    assert_eq!(statuses(&samples), [(Some(200), 9)].into());
    assert_eq!(portal.requests_to("/login").len(), 1, "one login for all");
    let key = Some("key-4711-0815".to_owned());
    let mine = (
        Some("Bearer token-of-anna".to_owned()),
        Some("sid=cookie-of-token-of-anna".to_owned()),
        key.clone(),
    );
    assert_eq!(sent(&portal, "/mine"), vec![mine; 3]);
    assert_eq!(sent(&portal, "/public"), vec![(None, None, key); 3]);
    assert_eq!(sent(&api, "/rows"), vec![(None, None, None); 3]);
}

#[test]
fn production_is_sent_nothing_that_changes_it_and_no_login_for_that() {
    let portal = app("token-of-anna");
    let world = World::builder(portal.url())
        .anna(json_login())
        .production()
        .build();
    let write = Request {
        session: Some(world.anna()),
        ..request("POST", &format!("{}/", portal.url()))
    };
    let arrivals = every(&world, milliseconds(1), 2, 4);
    let refused = start(&world, vec![get("/"), write], arrivals).err();
    assert!(matches!(refused, Some(HttpError::ReadOnly { .. })));
    assert!(portal.requests().is_empty());
    assert_eq!(open(&world, vec![get("/")], milliseconds(1), 4).len(), 4);
}

#[test]
fn a_login_that_fails_is_told_before_anything_is_sent() {
    let portal = App::start(|_| Reply::new(401));
    let world = World::builder(portal.url()).anna(json_login()).build();
    let request = Request {
        session: Some(world.anna()),
        ..get("/mine")
    };
    let arrivals = every(&world, milliseconds(1), 1, 4);
    let refused = start(&world, vec![request], arrivals).err();
    assert!(matches!(refused, Some(HttpError::Login(LoginError { .. }))));
    assert!(portal.requests_to("/mine").is_empty());
}

#[test]
fn credentials_are_renewed_before_they_end_while_others_are_sent() {
    let logins = std::sync::atomic::AtomicU32::new(0);
    let portal = App::start(move |request| match request.path() {
        "/login" => {
            let number = logins.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            Reply::json(200, &json!({ "token": format!("token-number-{number}") }))
        }
        _ => Reply::text(200, "fine"),
    });
    let world = World::builder(portal.url())
        .anna(json_login())
        .lifetime(Duration::from_secs(600))
        .build();
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let clock = Arc::clone(&world.machine);
    let schedule = std::iter::from_fn(move || {
        wait.recv().ok()?;
        let at = clock.monotonic();
        Some(Arrival { series: 0, at })
    });
    let series = vec![Request {
        session: Some(world.anna()),
        ..get("/mine")
    }];
    let mut samples = start(&world, series, Arrivals::Open(Box::new(schedule))).unwrap();
    let mut next = || {
        go.send(()).unwrap();
        let sample = block_on(samples.next()).unwrap();
        assert_eq!(sample.answer.unwrap().status, 200);
        sent(&portal, "/mine").pop().unwrap().0.unwrap()
    };
    assert_eq!(next(), "Bearer token-number-0");
    world.machine.advance(Duration::from_secs(580));
    let renewed = (0..1000).any(|_| next() == "Bearer token-number-1");
    assert!(renewed);
    assert_eq!(
        portal.requests_to("/login").len(),
        2,
        "one renewal, not one for each"
    );
}

#[test]
fn another_deploy_has_sessions_of_its_own_and_no_observers() {
    let (new, old) = (app("token-of-new"), app("token-of-old"));
    let world = World::builder(new.url()).anna(json_login()).build();
    let beside = world.client.beside(environment(old.url())).unwrap();
    let here = world.anna();
    let there = beside
        .http
        .open_session(Some(&"anna".into()), Sharing::Shared);
    assert_ne!(here, there);
    let to = |load: &dyn Load, session| {
        let volume = Volume {
            series: vec![Request {
                session: Some(session),
                ..get("/mine")
            }],
            arrivals: every(&world, milliseconds(2), 1, 4),
            in_flight: 10,
        };
        rest(&mut *block_on(load.start(volume)).unwrap()).len()
    };
    assert_eq!(to(&world.client, here), 4);
    assert_eq!(to(&*beside.load, there), 4);
    let bearers = |app: &App| {
        let sent = sent(app, "/mine").into_iter();
        sent.map(|(bearer, cookie, _)| (bearer.unwrap(), cookie.unwrap()))
            .collect::<Vec<_>>()
    };
    let of = |name: &str| (format!("Bearer {name}"), format!("sid=cookie-of-{name}"));
    assert_eq!(bearers(&new), vec![of("token-of-new"); 4]);
    assert_eq!(bearers(&old), vec![of("token-of-old"); 4]);
    // A session of the one is nobody at the other.
    assert_eq!(to(&*beside.load, here), 4);
    assert_eq!(sent(&old, "/mine")[4..], vec![(None, None, None); 4]);
    // Nor is the origin of the one declared at the other.
    let across = request("GET", &format!("{}/mine", new.url()));
    let refused = block_on(beside.http.send(across)).unwrap_err();
    assert!(matches!(refused, HttpError::UndeclaredOrigin { .. }));
    eventually("what the first answered is published", || {
        world.exchanges.take().len() == 2
    });
    // Two logins, and three volumes.
    eventually("all that was sent is counted", || {
        world.exchanges.sent() == 2 + 3 * 4
    });
    assert_eq!(world.redacted("token-of-old"), "[anna token]");
}

#[test]
fn observers_see_one_exchange_of_each_request_and_status() {
    let count = std::sync::atomic::AtomicU32::new(0);
    let app = App::start(move |request| {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        match (request.path(), number % 4) {
            ("/lost", _) => Reply::lost(),
            (_, 0) => Reply::text(500, "at /srv/app.js:1"),
            _ => Reply::json(200, &json!({ "ok": true }))
                .header("set-cookie", "sid=cookie-of-somebody; Path=/")
                .header("location", "/next?sid=cookie-of-somebody"),
        }
    });
    let world = World::at(app.url());
    let series = vec![
        get("/flaky"),
        Request {
            route: "/lost/${id}".into(),
            ..get("/lost")
        },
    ];
    let samples = open(&world, series, milliseconds(3), 40);
    assert_eq!(samples.len(), 40);
    let mut seen: Vec<Arc<_>> = Vec::new();
    let all = std::sync::Mutex::new(&mut seen);
    eventually("all three are published", || {
        let mut all = all.lock().unwrap();
        all.extend(world.exchanges.take());
        all.len() >= 3
    });
    std::thread::sleep(milliseconds(20));
    seen.extend(world.exchanges.take());
    let mut shown: Vec<_> = seen
        .iter()
        .map(|exchange| (exchange.route.as_str(), exchange.status))
        .collect();
    shown.sort_unstable();
    let expected = [
        ("/flaky", Some(200)),
        ("/flaky", Some(500)),
        ("/lost/${id}", None),
    ];
    assert_eq!(shown, expected);
    assert!(
        seen.iter()
            .all(|exchange| exchange.purpose == Purpose::Load)
    );
    let good = seen
        .iter()
        .find(|exchange| exchange.status == Some(200))
        .unwrap();
    assert_eq!(&*good.response_body, b"{\"ok\":true}");
    assert_eq!(
        good.response_header("location"),
        Some("/next?sid=[cookie sid]")
    );
    let told = samples
        .iter()
        .filter_map(|sample| sample.answer.as_ref().ok());
    let told: Vec<_> = told
        .filter_map(|answer| answer.header("location"))
        .collect();
    assert!(
        told.iter()
            .all(|location| *location == "/next?sid=[cookie]")
    );
    // Cookies of answers are not kept, so that every request is the same.
    assert!(
        app.requests()
            .iter()
            .all(|request| request.header("cookie").is_none())
    );
}
