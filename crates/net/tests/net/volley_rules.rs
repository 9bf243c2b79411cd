//! What holds for every request holds for those of a volley, too.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tidegate_core::ports::http::{Purpose, Request, Target};
use tidegate_core::ports::volley::Way;
use tidegate_core::ports::{HttpError, Volley as _};
use tidegate_testkit::arrivals::Shape;
use tidegate_testkit::hostile::RefusingPort;
use tidegate_testkit::recorder::{App, Reply};

use crate::support::{PASSWORD, World, get, json_login};
use crate::volley::{COUNT, echo, posts, release, texts, world};

/// An app with a login that says what it got.
fn portal() -> App {
    App::start(|request| match request.path() {
        "/login" => Reply::json(200, &json!({ "token": "token-of-anna" }))
            .header("set-cookie", "sid=cookie-of-anna; Path=/"),
        "/away" => Reply::redirect(302, "/records"),
        _ => Reply::text(
            200,
            &format!(
                "{} {} {}",
                request.header("authorization").unwrap_or("nobody"),
                request.cookie("sid").unwrap_or("none"),
                request.header("x-bypass").unwrap_or("shut"),
            ),
        )
        .header("set-cookie", "seen=seen-by-server; Path=/"),
    })
}

#[test]
fn sessions_go_along_and_their_login_happens_once() {
    for way in Way::ALL {
        let app = portal();
        let world = World::builder(app.url())
            .header("x-bypass", "${API_KEY}")
            .anna(json_login())
            .build();
        let anna = world.anna();
        let session = Some(anna);
        let requests = posts(COUNT).into_iter();
        let requests = requests.map(|request| Request { session, ..request });
        let released = release(&world, requests.collect(), &[way]).unwrap();
        let expected = "Bearer token-of-anna cookie-of-anna key-4711-0815";
        assert_eq!(texts(&released), [expected; COUNT]);
        let answer = released.answers[0].as_ref().unwrap();
        assert!(answer.authenticated);
        assert_eq!(answer.cookies[0].name, "seen");
        assert_eq!(world.redacted("seen-by-server"), "[cookie seen]");
        assert_eq!(app.requests_to("/login").len(), 1);
        let next = world.get_as(anna, "/records").unwrap();
        assert!(next.authenticated);
        let sent = app.requests();
        let cookies = sent.last().unwrap().header("cookie").unwrap();
        assert!(cookies.contains("seen=seen-by-server"), "{cookies}");
    }
}

#[test]
fn exchanges_are_published_without_secrets() {
    for way in Way::ALL {
        let app = portal();
        let world = World::builder(app.url()).anna(json_login()).build();
        let session = Some(world.anna());
        let requests = posts(2).into_iter().map(|request| Request {
            session,
            purpose: Purpose::Attack,
            headers: vec![("x-note".into(), PASSWORD.into())],
            ..request
        });
        release(&world, requests.collect(), &[way]).unwrap();
        let exchanges = world.exchanges.take();
        let volley = &exchanges[1..];
        assert_eq!(volley.len(), 2);
        for exchange in volley {
            assert_eq!(
                (exchange.purpose, exchange.status),
                (Purpose::Attack, Some(200))
            );
            assert_eq!(exchange.identity.as_ref().unwrap().as_str(), "anna");
            let told = format!("{:?}", exchange.request_headers);
            assert!(
                told.contains("[PASSWORD]") && !told.contains(PASSWORD),
                "{told}"
            );
            assert!(!told.contains("token-of-anna") && !told.contains("cookie-of-anna"));
        }
    }
}

#[test]
fn redirects_are_told_and_not_followed() {
    let app = portal();
    let world = World::at(app.url());
    for way in Way::ALL {
        let requests = vec![
            Request {
                redirects: 5,
                ..get("/away")
            };
            2
        ];
        let released = release(&world, requests, &[way]).unwrap();
        let answer = released.answers[1].as_ref().unwrap();
        assert_eq!(
            (answer.status, answer.header("location")),
            (302, Some("/records"))
        );
    }
    assert!(app.requests_to("/records").is_empty());
}

#[test]
fn one_request_that_may_not_be_sent_keeps_all_back() {
    let (server, stranger) = (echo(Shape::default()), echo(Shape::default()));
    let world = world(&server);
    for (target, expected) in [
        (
            Target::Url(format!("{}/x", stranger.url()).as_str().into()),
            "not an origin",
        ),
        (
            Target::Provider("https://api.example/keys"),
            "cannot be released together",
        ),
        (
            Target::Url("ftp://portal.example/".into()),
            "not a proper address",
        ),
    ] {
        let mut requests = vec![get("/records"); 2];
        requests.push(Request {
            target,
            ..get("/records")
        });
        let refused = release(&world, requests, &Way::ALL).unwrap_err();
        assert!(refused.to_string().contains(expected), "{refused}");
    }
    assert!(server.events().is_empty() && stranger.events().is_empty());
    assert!(world.exchanges.take().is_empty());
}

#[test]
fn addresses_that_nobody_may_reach_are_not_contacted() {
    for way in Way::ALL {
        let world = World::at("http://169.254.169.254");
        let refused = release(&world, vec![get("/latest/meta-data/"); 2], &[way]);
        assert!(matches!(refused, Err(HttpError::ForbiddenAddress { .. })));
    }
}

#[test]
fn production_is_only_looked_at() {
    let server = echo(Shape::default());
    let world = World::builder(server.url()).production().build();
    let refused = release(&world, posts(2), &Way::ALL);
    assert!(matches!(refused, Err(HttpError::ReadOnly { .. })));
    assert!(server.events().is_empty());
    let released = release(&world, vec![get("/records"); 2], &Way::ALL).unwrap();
    assert_eq!(texts(&released), ["GET ", "GET "]);
}

#[test]
fn nobody_there_is_an_error_of_all_and_published() {
    let port = RefusingPort::take();
    let world = World::at(&port.url());
    for way in Way::ALL {
        let refused = release(&world, posts(2), &[way]);
        assert!(matches!(refused, Err(HttpError::Connect { .. })));
        assert_eq!(world.exchanges.take().len(), 2);
    }
}

#[test]
fn an_answer_is_kept_up_to_its_cap() {
    let app = App::start(|_| Reply::text(200, &"x".repeat(200_000)));
    let world = World::at(app.url());
    for way in Way::ALL {
        let mut requests = posts(2);
        requests[0].body_cap = 1000;
        let released = release(&world, requests, &[way]).unwrap();
        let sizes = released.answers.iter().map(|answer| {
            let answer = answer.as_ref().unwrap();
            (answer.body.len(), answer.truncated)
        });
        assert_eq!(sizes.collect::<Vec<_>>(), [(1000, true), (200_000, false)]);
    }
}

#[test]
fn an_environment_with_a_rate_waits_for_as_many_turns() {
    let app = App::start(|_| Reply::new(204));
    for (rate, sleeps) in [(None, 1), (Some(1), 2)] {
        let mut builder = World::builder(app.url());
        if let Some(rate) = rate {
            builder = builder.rate(rate);
        }
        let world = builder.build();
        release(&world, vec![get("/"); 2], &[Way::LastByte]).unwrap();
        // The second turn of two, and the moment before the release.
        assert_eq!(world.machine.sleeps(), sleeps);
    }
}

#[test]
fn a_request_says_the_same_of_itself_however_it_is_sent() {
    let app = portal();
    let world = World::at(app.url());
    for way in Way::ALL {
        let mut requests = posts(1);
        requests[0].headers = vec![
            ("keep-alive".into(), "5".into()),
            ("x-own".into(), "é".into()),
        ];
        let nothing = Request {
            method: "POST".into(),
            ..get("/records/1?a=%20b")
        };
        requests.push(nothing);
        release(&world, requests, &[way]).unwrap();
        let mut sent = app.requests().split_off(app.requests().len() - 2);
        sent.sort_by_key(|request| request.target.len());
        let [with, without] = sent.as_slice() else {
            panic!("two requests");
        };
        let length = crate::volley::body(0).len().to_string();
        assert_eq!(with.header("content-length"), Some(length.as_str()));
        assert_eq!(with.header("content-type"), Some("application/json"));
        assert_eq!(with.header("user-agent"), Some("tidegate/test"));
        assert_eq!(with.header("x-own"), Some("é"));
        assert_eq!(without.header("content-length"), Some("0"));
        assert_eq!(without.target, "/records/1?a=%20b");
        assert!(without.header("content-type").is_none());
    }
}

/// Tells when it is dropped.
struct Guard(Arc<AtomicBool>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn who_stops_waiting_stops_the_volley() {
    let server = echo(Shape::default());
    for way in [Way::LastFrame, Way::LastByte] {
        let world = world(&server);
        let (begun, gone) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
        let (told, guard) = (Arc::clone(&begun), Guard(Arc::clone(&gone)));
        world.machine.hold_until(move || {
            let _guard = &guard;
            told.store(true, Ordering::SeqCst);
            false
        });
        let volley = world.client.release(posts(2), &[way]);
        wait_for(&begun);
        drop(volley);
        wait_for(&gone);
    }
    assert_eq!(server.whole(), 0);
}

fn wait_for(flag: &AtomicBool) {
    let started = Instant::now();
    while !flag.load(Ordering::SeqCst) {
        assert!(
            started.elapsed() < Duration::from_secs(15),
            "it did not happen"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
}
