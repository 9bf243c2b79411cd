//! Servers that misbehave.

use std::time::Duration;

use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::{Request, Response};
use tidegate_testkit::hostile::{Behaviour, Hostile, RefusingPort};

use crate::support::{World, get, request};

fn meet(behaviour: Behaviour) -> Result<Response, HttpError> {
    let server = Hostile::start();
    World::at(server.url()).get(behaviour.path())
}

/// The most this process has had in memory so far, in KiB (Linux).
fn peak_memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn a_refused_connection_is_told_as_such() {
    let port = RefusingPort::take();
    let error = World::at(&port.url()).get("/").unwrap_err();
    assert_eq!(
        error,
        HttpError::Connect {
            origin: port.url(),
            reason: "connection refused".into()
        }
    );
}

#[test]
fn a_name_without_an_address_is_told_as_such() {
    // RFC 6761 keeps `.invalid` from ever having an address.
    let error = World::at("http://nowhere.invalid").get("/").unwrap_err();
    assert!(matches!(error, HttpError::Dns { .. }), "{error:?}");
}

#[test]
fn metadata_services_are_not_contacted() {
    for url in ["http://169.254.169.254", "http://[::ffff:a9fe:a9fe]"] {
        let error = World::at(url).get("/latest/meta-data/").unwrap_err();
        assert!(matches!(error, HttpError::ForbiddenAddress { .. }), "{url}");
    }
}

#[test]
fn a_broken_connection_says_when_it_broke() {
    for (behaviour, when) in [
        (Behaviour::Reset, "while reading the body"),
        (Behaviour::ShortBody, "while reading the body"),
        (Behaviour::Lost, "while waiting for the answer"),
    ] {
        match meet(behaviour) {
            Err(HttpError::Broken { phase, .. }) => assert_eq!(phase, when),
            other => panic!("{behaviour:?}: {other:?}"),
        }
    }
}

#[test]
fn what_is_not_http_is_malformed() {
    for behaviour in [
        Behaviour::NotHttp,
        Behaviour::DuplicateLength,
        Behaviour::GiganticHeader,
        Behaviour::ManyHeaders,
    ] {
        let result = meet(behaviour);
        assert!(
            matches!(result, Err(HttpError::Malformed { .. })),
            "{behaviour:?}: {result:?}"
        );
    }
}

#[test]
fn a_body_of_a_gigabyte_is_cut_and_memory_stays_flat() {
    let server = Hostile::start();
    let world = World::at(server.url());
    for behaviour in [Behaviour::Huge, Behaviour::HugeChunked, Behaviour::GzipBomb] {
        let response = world
            .send(Request {
                body_cap: 1 << 20,
                ..get(behaviour.path())
            })
            .unwrap();
        assert!(response.truncated, "{behaviour:?}");
        assert_eq!(response.body.len(), 1 << 20, "{behaviour:?}");
    }
    // What other tests do meanwhile counts, too.
    if let Some(peak) = peak_memory() {
        assert!(peak < 240 * 1024, "{peak} KiB");
    }
}

#[test]
fn a_server_that_never_ends_meets_the_timeout() {
    let server = Hostile::start();
    let world = World::at(server.url());
    for (behaviour, what) in [
        (Behaviour::Silent, "waiting for the answer"),
        (Behaviour::TrickleHeaders, "waiting for the answer"),
        (Behaviour::DripBody, "reading the body"),
    ] {
        let limit = Duration::from_millis(300);
        let error = world
            .send(Request {
                timeout: limit,
                ..get(behaviour.path())
            })
            .unwrap_err();
        assert_eq!(error, HttpError::Timeout { limit, phase: what });
    }
}

#[test]
fn an_endless_redirect_ends_at_the_limit_with_the_last_answer() {
    let server = Hostile::start();
    let response = World::at(server.url())
        .send(Request {
            redirects: 5,
            ..get(Behaviour::RedirectLoop.path())
        })
        .unwrap();
    assert_eq!(response.redirects.len(), 5);
    assert_eq!(response.status / 100, 3);
    assert!(response.header("location").is_some());
    assert_eq!(response.refused_redirect, None);
    assert_eq!(server.requests().len(), 6);
}

#[test]
fn odd_but_proper_answers_arrive_unharmed() {
    let binary = meet(Behaviour::Binary).unwrap();
    assert_eq!(&*binary.body, (0..=255).collect::<Vec<u8>>().as_slice());
    let text = meet(Behaviour::InvalidText).unwrap();
    assert!(std::str::from_utf8(&text.body).is_err());
    let header = meet(Behaviour::InvalidHeader).unwrap();
    let replaced = header
        .headers
        .iter()
        .any(|(_, value)| value.contains('\u{fffd}'));
    assert!(replaced, "{:?}", header.headers);
}

#[test]
fn an_unfinished_gzip_is_not_a_body() {
    use tidegate_testkit::recorder::{App, Reply};
    let app = App::start(|_| {
        Reply::bytes(200, "text/plain", b"not gzip at all".as_slice())
            .header("content-encoding", "gzip")
    });
    let error = World::at(app.url()).get("/").unwrap_err();
    assert!(matches!(error, HttpError::Malformed { .. }), "{error:?}");
}

#[test]
fn errors_show_no_secret_of_the_address() {
    let world = World::at("http://127.0.0.1:9");
    let error = world
        .send(request(
            "GET",
            &format!("ftp://127.0.0.1/{}", crate::support::PASSWORD),
        ))
        .unwrap_err();
    let shown = format!("{error} {error:?} {}", error.help());
    assert!(!shown.contains(crate::support::PASSWORD), "{shown}");
    assert!(shown.contains("[PASSWORD]"));
}
