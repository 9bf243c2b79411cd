//! Requests that are released together: the ways, and what a server has seen before the release.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tidegate_core::ports::http::{Body, Request};
use tidegate_core::ports::volley::{LARGEST, Released, Way};
use tidegate_core::ports::{HttpError, Volley as _};
use tidegate_testkit::arrivals::{Arrivals, Part, Shape, Speaks};
use tidegate_testkit::recorder::Reply;

use crate::support::{World, block_on, cause, get};

/// How many requests most volleys have.
pub(crate) const COUNT: usize = 5;

/// The body of the request of a number.
pub(crate) fn body(number: usize) -> String {
    format!("{{\"number\":{number:03}}}")
}

/// POSTs, each with a body of its own.
pub(crate) fn posts(count: usize) -> Vec<Request> {
    let post = |number| Request {
        method: "POST".into(),
        body: Body::Json(body(number).as_str().into()),
        ..get("/records")
    };
    (0..count).map(post).collect()
}

/// A server that answers with what it was sent.
pub(crate) fn echo(shape: Shape) -> Arc<Arrivals> {
    Arc::new(Arrivals::start(shape, |request| {
        Reply::text(200, &format!("{} {}", request.method, request.text()))
    }))
}

pub(crate) fn world(server: &Arrivals) -> World {
    let builder = World::builder(server.url());
    if server.authority_pem().is_empty() {
        builder.build()
    } else {
        builder.authority(server.authority_pem()).build()
    }
}

pub(crate) fn release(
    world: &World,
    requests: Vec<Request>,
    ways: &[Way],
) -> Result<Released, HttpError> {
    let released = block_on(world.client.release(requests, ways))?;
    // Nothing need have been written of what failed before the release.
    if released.answers.iter().any(Result::is_ok) {
        assert!(!released.spread.is_zero());
    }
    Ok(released)
}

pub(crate) fn texts(released: &Released) -> Vec<String> {
    let answers = released.answers.iter();
    answers
        .map(|answer| answer.as_ref().unwrap().text().into_owned())
        .collect()
}

fn echoes(count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("POST {}", body(number)))
        .collect()
}

fn heads(server: &Arrivals) -> usize {
    let events = server.events();
    let heads = events.iter().filter(|event| event.part == Part::Head);
    heads.count()
}

fn connections(server: &Arrivals) -> usize {
    let events = server.events();
    let connections = events.iter().map(|event| event.connection);
    connections.collect::<std::collections::BTreeSet<_>>().len()
}

/// Keeps the release back until the server has so many heads and bytes of bodies; tells whether it did,
/// and fails when a request is whole before.
fn hold(world: &World, server: &Arc<Arrivals>, heads_seen: usize, bytes: usize) -> Arc<AtomicBool> {
    let reached = Arc::new(AtomicBool::new(false));
    let (told, server) = (Arc::clone(&reached), Arc::clone(server));
    world.machine.hold_until(move || {
        assert_eq!(server.whole(), 0, "a request was whole before the release");
        let there = (heads(&server), server.bytes()) == (heads_seen, bytes);
        told.fetch_or(there, Ordering::SeqCst);
        there
    });
    reached
}

#[test]
fn over_http2_all_but_the_last_byte_arrives_before_the_release() {
    for tls in [false, true] {
        let server = echo(Shape {
            tls,
            ..Shape::default()
        });
        let world = world(&server);
        let reached = hold(&world, &server, COUNT, COUNT * (body(0).len() - 1));
        let released = release(&world, posts(COUNT), &Way::ALL).unwrap();
        assert!(reached.load(Ordering::SeqCst));
        assert_eq!(released.way, Way::LastFrame);
        assert_eq!(released.notes, [""; 0]);
        assert_eq!(texts(&released), echoes(COUNT));
        assert_eq!(connections(&server), 1);
        let first = released.answers[0].as_ref().unwrap();
        assert_eq!(first.version, "HTTP/2.0");
        assert_eq!(first.timings.tls.is_some(), tls);
        assert!(first.timings.first_byte <= first.elapsed);
    }
}

#[test]
fn over_http2_a_request_without_a_body_is_ended_by_the_release() {
    let server = echo(Shape::default());
    let world = world(&server);
    let reached = hold(&world, &server, 4, 0);
    let methods = ["GET", "DELETE", "POST", "PUT"];
    let requests = methods.map(|method| Request {
        method: method.into(),
        ..get("/records/1")
    });
    let released = release(&world, requests.to_vec(), &[Way::LastFrame]).unwrap();
    assert!(reached.load(Ordering::SeqCst));
    assert_eq!(texts(&released), ["GET ", "DELETE ", "POST ", "PUT "]);
}

#[test]
fn over_http1_all_but_the_last_byte_arrives_before_the_release() {
    for tls in [false, true] {
        let server = echo(Shape {
            tls,
            speaks: Speaks::Http1,
            ..Shape::default()
        });
        let world = world(&server);
        let reached = hold(&world, &server, COUNT, COUNT * (body(0).len() - 1));
        let released = release(&world, posts(COUNT), &Way::ALL).unwrap();
        assert!(reached.load(Ordering::SeqCst));
        assert_eq!(released.way, Way::LastByte);
        let why = if tls {
            "the server chose HTTP/1.1"
        } else {
            "the server does not speak HTTP/2 without TLS"
        };
        let note = format!("not HTTP/2, last frames together: {why}");
        assert_eq!(released.notes, [note]);
        assert_eq!(texts(&released), echoes(COUNT));
        assert_eq!(connections(&server), COUNT);
        assert_eq!(released.answers[0].as_ref().unwrap().version, "HTTP/1.1");
    }
}

#[test]
fn over_http1_a_request_without_a_body_is_not_even_begun_before_the_release() {
    let server = echo(Shape {
        speaks: Speaks::Http1,
        ..Shape::default()
    });
    let world = world(&server);
    let reached = hold(&world, &server, 0, 0);
    let requests = vec![get("/records"); COUNT];
    let released = release(&world, requests, &[Way::LastByte]).unwrap();
    assert!(reached.load(Ordering::SeqCst));
    assert_eq!(texts(&released), ["GET "; COUNT]);
}

#[test]
fn a_barrier_sends_whole_requests_in_whatever_the_server_speaks() {
    for (tls, speaks, version) in [
        (false, Speaks::Both, "HTTP/1.1"),
        (true, Speaks::Both, "HTTP/2.0"),
        (true, Speaks::Http1, "HTTP/1.1"),
    ] {
        let server = echo(Shape {
            tls,
            speaks,
            ..Shape::default()
        });
        let world = world(&server);
        let mut requests = posts(COUNT);
        requests.push(get("/records"));
        let released = release(&world, requests, &[Way::Barrier]).unwrap();
        let mut expected = echoes(COUNT);
        expected.push("GET ".into());
        assert_eq!(texts(&released), expected);
        assert_eq!(released.way, Way::Barrier);
        assert_eq!(released.answers[0].as_ref().unwrap().version, version);
    }
}

#[test]
fn a_server_of_http2_alone_is_not_asked_for_last_bytes() {
    let server = echo(Shape {
        tls: true,
        speaks: Speaks::Http2,
        ..Shape::default()
    });
    let world = world(&server);
    let refused = release(&world, posts(2), &[Way::LastByte]).unwrap_err();
    let reason = "not HTTP/1.1, last bytes together: the server does not speak HTTP/1.1";
    assert_eq!(
        refused,
        HttpError::NoWay {
            reason: reason.into()
        }
    );
    let released = release(&world, posts(2), &[Way::LastByte, Way::Barrier]).unwrap();
    assert_eq!(
        (released.way, released.notes),
        (Way::Barrier, vec![reason.to_owned()])
    );
    assert_eq!(server.whole(), 2);
}

#[test]
fn a_server_that_takes_few_at_a_time_gets_several_connections() {
    for (streams, opened) in [(1, COUNT), (2, 3)] {
        let server = echo(Shape {
            streams: Some(streams),
            ..Shape::default()
        });
        let world = world(&server);
        let reached = hold(&world, &server, COUNT, COUNT * (body(0).len() - 1));
        let released = release(&world, posts(COUNT), &[Way::LastFrame]).unwrap();
        assert!(reached.load(Ordering::SeqCst));
        assert_eq!(texts(&released), echoes(COUNT));
        assert_eq!(connections(&server), opened);
        let note = format!(
            "the server takes {streams} at a time on an HTTP/2 connection, so there were {opened} connections"
        );
        assert_eq!(released.notes, [note]);
    }
}

#[test]
fn a_hundred_is_the_most_and_none_the_least() {
    let server = echo(Shape::default());
    let world = world(&server);
    for way in Way::ALL {
        let released = release(&world, posts(LARGEST), &[way]).unwrap();
        assert_eq!(texts(&released), echoes(LARGEST));
    }
    assert_eq!(server.whole(), 3 * LARGEST);
    for count in [0, LARGEST + 1] {
        let refused = release(&world, posts(count), &Way::ALL);
        assert!(matches!(refused, Err(HttpError::NoWay { .. })));
    }
    let refused = release(&world, posts(2), &[]);
    assert!(matches!(refused, Err(HttpError::NoWay { .. })));
    assert_eq!(server.whole(), 3 * LARGEST);
}

#[test]
fn bodies_larger_than_the_window_are_sent_before_the_release() {
    const SIZE: usize = 300_000;
    for (speaks, way) in [
        (Speaks::Both, Way::LastFrame),
        (Speaks::Http1, Way::LastByte),
        (Speaks::Both, Way::Barrier),
    ] {
        let server = Arc::new(Arrivals::start(
            Shape {
                speaks,
                ..Shape::default()
            },
            |request| Reply::text(200, &request.body.len().to_string()),
        ));
        let world = world(&server);
        let held = way != Way::Barrier;
        let reached = held.then(|| hold(&world, &server, 4, 4 * (SIZE - 1)));
        let large = Request {
            method: "PUT".into(),
            body: Body::Bytes(vec![7; SIZE].into()),
            ..get("/file")
        };
        let released = release(&world, vec![large; 4], &[way]).unwrap();
        assert!(reached.is_none_or(|reached| reached.load(Ordering::SeqCst)));
        assert_eq!(texts(&released), [SIZE.to_string().as_str(); 4]);
    }
}

#[test]
fn two_origins_are_released_together() {
    let (home, api) = (echo(Shape::default()), echo(Shape::default()));
    let world = World::builder(home.url())
        .api("db", api.url(), &[("apikey", "k")])
        .build();
    let mut requests = posts(2);
    requests.push(Request {
        target: tidegate_core::ports::http::Target::Path {
            api: Some("db".into()),
            path: "/rows".into(),
        },
        ..posts(1).remove(0)
    });
    requests.push(Request {
        cause: cause(),
        ..get("/last")
    });
    for way in Way::ALL {
        let released = release(&world, requests.clone(), &[way]).unwrap();
        let mut expected = echoes(2);
        expected.extend([format!("POST {}", body(0)), "GET ".into()]);
        assert_eq!(texts(&released), expected);
    }
    assert_eq!((home.whole(), api.whole()), (9, 3));
}
