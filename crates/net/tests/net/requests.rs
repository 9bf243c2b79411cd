//! What is sent, and what is told of the answer.

use std::time::Duration;

use tidegate_core::ports::http::{Body, Part, PartContent, Request, Target};
use tidegate_core::ports::{Http, HttpError};
use tidegate_testkit::hostile::Hostile;
use tidegate_testkit::recorder::{App, Reply};

use crate::support::{World, block_on, cause, get};

fn post(path: &str, body: Body) -> Request {
    Request {
        body,
        ..Request::new(
            "POST",
            Target::Path {
                api: None,
                path: path.into(),
            },
            path,
            cause(),
        )
    }
}

#[test]
fn a_request_arrives_with_its_parts() {
    let app = App::start(|_| Reply::text(200, "fine").header("x-one", "1"));
    let world = World::at(app.url());
    let response = world
        .send(Request {
            query: vec![("q".into(), "a b&c".into())],
            headers: vec![("x-two".into(), "2".into()), ("x-two".into(), "3".into())],
            ..get("/r/ü?x=1")
        })
        .unwrap();
    assert_eq!(
        (response.status, response.version.as_str()),
        (200, "HTTP/1.1")
    );
    assert_eq!(response.header("x-one"), Some("1"));
    assert_eq!(response.text(), "fine");
    assert!(!response.authenticated && !response.truncated);
    let seen = &app.requests()[0];
    assert_eq!(seen.target, "/r/%C3%BC?x=1&q=a+b%26c");
    assert_eq!(seen.header("user-agent"), Some("tidegate/test"));
    assert_eq!(seen.header("host"), app.url().strip_prefix("http://"));
    assert_eq!(
        seen.headers
            .iter()
            .filter(|(name, _)| name == "x-two")
            .count(),
        2
    );
}

#[test]
fn bodies_arrive_with_their_types() {
    let app = App::start(|_| Reply::new(204));
    let world = World::at(app.url());
    let part = Part {
        name: "file".into(),
        file_name: Some("a.pdf".into()),
        content_type: Some("application/pdf".into()),
        content: PartContent::Bytes(b"%PDF".as_slice().into()),
    };
    for body in [
        Body::Json("{\"a\":1}".into()),
        Body::Form(vec![("a".into(), "1 2".into())]),
        Body::Text("hello".into()),
        Body::Bytes(b"raw".as_slice().into()),
        Body::Multipart(vec![part]),
        Body::Empty,
    ] {
        world.send(post("/", body)).unwrap();
    }
    let requests = app.requests();
    let types: Vec<&str> = requests
        .iter()
        .map(|request| request.header("content-type").unwrap_or_default())
        .collect();
    assert_eq!(types[0], "application/json");
    assert_eq!(types[1], "application/x-www-form-urlencoded");
    assert_eq!(types[2], "text/plain; charset=utf-8");
    assert_eq!(types[3], "");
    assert!(types[4].starts_with("multipart/form-data; boundary="));
    assert_eq!(requests[0].text(), "{\"a\":1}");
    assert_eq!(requests[1].form_value("a").as_deref(), Some("1 2"));
    assert!(requests[4].text().contains("filename=\"a.pdf\""));
    assert_eq!(requests[5].header("content-length"), Some("0"));
}

#[test]
fn the_requests_own_header_replaces_one_of_its_name() {
    let app = App::start(|_| Reply::new(204));
    let world = World::builder(app.url())
        .header("X-Shared", "theirs")
        .build();
    world
        .send(Request {
            headers: vec![
                ("content-type".into(), "text/csv".into()),
                ("x-shared".into(), "mine".into()),
                ("User-Agent".into(), "own".into()),
            ],
            ..post("/", Body::Text("a,b".into()))
        })
        .unwrap();
    let seen = &app.requests()[0];
    assert_eq!(seen.header("content-type"), Some("text/csv"));
    assert_eq!(seen.header("x-shared"), Some("mine"));
    assert_eq!(seen.header("user-agent"), Some("own"));
}

#[test]
fn a_connection_is_used_again_and_then_has_no_connecting_time() {
    let app = App::start(|_| Reply::text(200, "fine"));
    let world = World::at(app.url());
    let first = world.get("/").unwrap().timings;
    let second = world.get("/").unwrap().timings;
    assert!(first.connect.is_some() && first.dns.is_none() && first.tls.is_none());
    assert_eq!((second.connect, second.dns, second.tls), (None, None, None));
    assert!(first.first_byte > Duration::ZERO);
}

#[test]
fn a_connection_the_server_closed_is_replaced() {
    let app = App::start(|request| match request.path() {
        "/last" => Reply::text(200, "bye").header("connection", "close"),
        _ => Reply::new(204),
    });
    let world = World::at(app.url());
    world.get("/last").unwrap();
    let response = world.send(post("/", Body::Json("{}".into()))).unwrap();
    assert!(response.timings.connect.is_some());
    assert_eq!(app.requests_to("/").len(), 1);
}

#[test]
fn a_connection_that_waited_too_long_is_not_used_again() {
    let app = App::start(|_| Reply::new(204));
    let world = World::at(app.url());
    world.get("/").unwrap();
    world.machine.advance(Duration::from_secs(5));
    assert!(world.get("/").unwrap().timings.connect.is_some());
}

#[test]
fn only_safe_methods_are_sent_again_when_a_waiting_connection_broke() {
    let app = App::start(|request| match request.path() {
        "/lost" => Reply::lost(),
        _ => Reply::new(204),
    });
    let world = World::at(app.url());
    world.get("/").unwrap();
    let error = world.send(post("/lost", Body::Empty)).unwrap_err();
    assert!(matches!(error, HttpError::Broken { .. }), "{error:?}");
    assert_eq!(app.requests_to("/lost").len(), 1);
}

#[test]
fn framing_and_improper_headers_are_refused_before_anything_is_sent() {
    let app = App::start(|_| Reply::new(204));
    let world = World::at(app.url());
    for (name, value) in [
        ("x-a", "1\r\nx-evil: 1"),
        ("x-a", "nul\0"),
        ("x a", "1"),
        ("x-a\r\nx-evil", "1"),
        ("content-length", "5"),
        ("Transfer-Encoding", "chunked"),
    ] {
        let error = world
            .send(Request {
                headers: vec![(name.into(), value.into())],
                ..get("/")
            })
            .unwrap_err();
        assert!(matches!(error, HttpError::InvalidHeader { .. }), "{name:?}");
        assert!(!error.to_string().contains("evil: 1"), "{error}");
    }
    assert!(app.requests().is_empty());
    assert_eq!(world.exchanges.sent(), 0);
}

#[test]
fn a_line_break_in_a_secret_header_of_the_environment_is_refused() {
    let app = App::start(|_| Reply::new(204));
    let world = World::builder(app.url())
        .header("x-key", "${BROKEN}")
        .build();
    let error = world.get("/").unwrap_err();
    assert!(matches!(error, HttpError::InvalidHeader { .. }));
    assert!(!format!("{error:?} {error}").contains("x-evil"));
    assert!(app.requests().is_empty());
}

#[test]
fn a_secret_that_is_not_set_names_itself() {
    let app = App::start(|_| Reply::new(204));
    let world = World::builder(app.url())
        .header("x-key", "${ABSENT}")
        .build();
    let error = world.get("/").unwrap_err();
    assert!(error.to_string().contains("`ABSENT` is not set"), "{error}");
}

#[test]
fn production_is_only_looked_at() {
    let app = App::start(|_| Reply::new(204));
    let world = World::builder(app.url()).production().build();
    for method in ["GET", "HEAD", "OPTIONS"] {
        let request = Request {
            method: method.into(),
            ..get("/")
        };
        assert_eq!(world.send(request).unwrap().status, 204);
    }
    for method in ["POST", "PUT", "PATCH", "DELETE", "X"] {
        let request = Request {
            method: method.into(),
            ..get("/")
        };
        assert!(
            matches!(world.send(request), Err(HttpError::ReadOnly { .. })),
            "{method}"
        );
    }
    assert_eq!(app.requests().len(), 3);
}

#[test]
fn dropping_the_future_ends_the_request() {
    let app = App::start(|request| match request.path() {
        "/slow" => Reply::new(200).after(Duration::from_secs(30)),
        _ => Reply::new(204),
    });
    let world = World::at(app.url());
    let slow = world.client.send(get("/slow"));
    while app.requests_to("/slow").is_empty() {
        std::thread::yield_now();
    }
    drop(slow);
    assert_eq!(world.get("/").unwrap().status, 204);
}

#[test]
fn a_client_works_inside_a_foreign_runtime_too() {
    let server = Hostile::start();
    let world = World::at(server.url());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let response = runtime.block_on(world.client.send(get("/fine"))).unwrap();
    assert_eq!(response.status, 200);
    let many: Vec<_> = (0..50).map(|_| world.client.send(get("/fine"))).collect();
    for sent in many {
        assert_eq!(block_on(sent).unwrap().status, 200);
    }
}
