//! What becomes of requests at servers that misbehave, and what is told of their answers.

use std::io::Write as _;

use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::Request;
use tidegate_core::ports::load::Sample;
use tidegate_testkit::arrivals::{Arrivals as Server, Shape};
use tidegate_testkit::hostile::{Behaviour, Hostile};
use tidegate_testkit::recorder::{App, Reply};
use tidegate_testkit::tls::{Certificate, TlsApp};

use super::*;
use crate::support::get;

/// Sends a few requests to a server that misbehaves.
fn meet(behaviour: Behaviour, timeout: Duration) -> Vec<Sample> {
    let server = Hostile::start();
    let request = Request {
        timeout,
        body_cap: 10_000,
        ..get(behaviour.path())
    };
    open(&World::at(server.url()), vec![request], milliseconds(3), 5)
}

fn all(samples: &[Sample], expected: impl Fn(&HttpError) -> bool) -> bool {
    let mut errors = samples
        .iter()
        .map(|sample| sample.answer.as_ref().unwrap_err());
    samples.len() == 5 && errors.all(expected)
}

#[test]
fn what_does_not_end_in_time_is_a_timeout_counted_from_the_sending() {
    for behaviour in [
        Behaviour::Silent,
        Behaviour::TrickleHeaders,
        Behaviour::DripBody,
    ] {
        let samples = meet(behaviour, milliseconds(200));
        let timeout = |error: &HttpError| matches!(error, HttpError::Timeout { .. });
        assert!(all(&samples, timeout), "{behaviour:?}: {samples:?}");
        assert!(
            samples
                .iter()
                .all(|sample| sample.took() >= milliseconds(200))
        );
    }
}

#[test]
fn what_breaks_is_broken() {
    for behaviour in [Behaviour::Reset, Behaviour::ShortBody, Behaviour::Lost] {
        let samples = meet(behaviour, PATIENCE);
        let broken = |error: &HttpError| matches!(error, HttpError::Broken { .. });
        assert!(all(&samples, broken), "{behaviour:?}: {samples:?}");
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
        let samples = meet(behaviour, PATIENCE);
        let malformed = |error: &HttpError| matches!(error, HttpError::Malformed { .. });
        assert!(all(&samples, malformed), "{behaviour:?}: {samples:?}");
    }
}

#[test]
fn a_body_is_read_up_to_the_cap_and_counted_as_it_was_sent() {
    for behaviour in [Behaviour::Huge, Behaviour::HugeChunked, Behaviour::GzipBomb] {
        let samples = meet(behaviour, PATIENCE);
        for answer in answers(&samples) {
            assert!(answer.truncated, "{behaviour:?}");
            assert!(
                answer.bytes > 10_000 && answer.bytes < 1_000_000,
                "{answer:?}"
            );
        }
    }
}

#[test]
fn the_size_is_that_before_the_content_coding_is_undone() {
    let plain = vec![b'x'; 100_000];
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&plain).unwrap();
    let coded = encoder.finish().unwrap();
    let size = coded.len() as u64;
    let app = App::start(move |_| {
        Reply::bytes(200, "text/plain", coded.clone()).header("content-encoding", "gzip")
    });
    let world = World::at(app.url());
    let samples = open(&world, vec![get("/")], milliseconds(3), 3);
    for answer in answers(&samples) {
        assert_eq!((answer.bytes, answer.truncated), (size, false));
        assert_eq!(answer.header("content-encoding"), Some("gzip"));
    }
    // Observers see what a client would.
    eventually("the exchange is published", || {
        let seen = world.exchanges.take();
        seen.iter()
            .any(|exchange| *exchange.response_body == *plain)
    });
}

#[test]
fn redirects_and_refusals_for_too_many_requests_are_answers() {
    let app = App::start(|request| match request.path() {
        "/moved" => Reply::redirect(302, "/elsewhere"),
        _ => Reply::new(429).header("retry-after", "120"),
    });
    let world = World::at(app.url());
    let series = vec![
        Request {
            redirects: 10,
            ..get("/moved")
        },
        get("/limited"),
    ];
    let samples = open(&world, series, milliseconds(3), 10);
    assert_eq!(statuses(&samples), [(Some(302), 5), (Some(429), 5)].into());
    for sample in &samples {
        let answer = sample.answer.as_ref().unwrap();
        let told = [answer.header("location"), answer.header("retry-after")];
        let expected = [[Some("/elsewhere"), None], [None, Some("120")]];
        assert_eq!(told, expected[sample.series]);
    }
    assert!(app.requests_to("/elsewhere").is_empty());
}

#[test]
fn errors_that_come_faster_than_successes_are_told_by_their_status() {
    let count = std::sync::atomic::AtomicU32::new(0);
    let app =
        App::start(
            move |_| match count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) % 2 {
                0 => Reply::text(503, "no"),
                _ => Reply::text(200, "yes").after(milliseconds(40)),
            },
        );
    let world = World::at(app.url());
    let samples = open(&world, vec![get("/")], milliseconds(2), 20);
    assert_eq!(
        statuses(&samples),
        [(Some(200), 10), (Some(503), 10)].into()
    );
    for sample in &samples {
        let answer = sample.answer.as_ref().unwrap();
        assert!(answer.status == 503 || sample.took() >= milliseconds(40));
    }
}

#[test]
fn http2_is_spoken_where_the_server_does() {
    let app = TlsApp::start(Certificate::Valid, |_| {
        Reply::text(200, "fine").after(milliseconds(5))
    });
    let world = World::builder(app.url())
        .authority(app.authority_pem())
        .build();
    // The others are due once the first has its connection.
    let (go, wait) = std::sync::mpsc::channel();
    let at = world.machine.monotonic();
    let schedule = (0..20).map(move |number| {
        if number == 1 {
            wait.recv().unwrap();
        }
        Arrival { series: 0, at }
    });
    let arrivals = Arrivals::Open(Box::new(schedule));
    let mut samples = start(&world, vec![get("/")], arrivals).unwrap();
    let mut all = vec![block_on(samples.next()).unwrap()];
    go.send(()).unwrap();
    all.extend(rest(&mut *samples));
    let answers = answers(&all);
    assert_eq!(answers.len(), 20);
    assert!(answers.iter().all(|answer| answer.version == "HTTP/2.0"));
    assert!(answers[0].timings.tls.is_some() && answers[0].timings.connect.is_some());
    let opened = answers.iter().filter(|answer| answer.timings.tls.is_some());
    assert_eq!(opened.count(), 1, "a connection carries many requests");
    let arrivals = closed(&world, 3, PATIENCE, 12);
    let samples = rest(&mut *start(&world, vec![get("/")], arrivals).unwrap());
    let opened = samples
        .iter()
        .filter(|sample| sample.answer.as_ref().unwrap().timings.tls.is_some());
    assert!(opened.count() <= 3, "a client keeps its connection");
}

#[test]
fn no_request_waits_for_its_turn_on_a_connection_of_few() {
    let shape = Shape {
        tls: true,
        streams: Some(2),
        ..Shape::default()
    };
    let server = Server::start(shape, |_| Reply::text(200, "fine").after(milliseconds(200)));
    let world = World::builder(server.url())
        .authority(server.authority_pem())
        .build();
    // The first opens a connection and hears the limit; the others are due all at once.
    let begin = world.machine.monotonic();
    let schedule = (0u32..11).map(move |number| Arrival {
        series: 0,
        at: begin + milliseconds(500) * number.min(1),
    });
    let arrivals = Arrivals::Open(Box::new(schedule));
    let samples = rest(&mut *start(&world, vec![get("/")], arrivals).unwrap());
    let answers = answers(&samples);
    assert!(answers.iter().all(|answer| answer.version == "HTTP/2.0"));
    let opened = answers.iter().filter(|answer| answer.timings.tls.is_some());
    assert!(opened.count() > 1, "all waited on one connection");
}

#[test]
fn addresses_are_checked_as_for_every_request() {
    let world = World::at("http://169.254.169.254");
    let samples = open(&world, vec![get("/latest/meta-data/")], milliseconds(1), 5);
    let forbidden = |error: &HttpError| matches!(error, HttpError::ForbiddenAddress { .. });
    assert!(all(&samples, forbidden));
    let elsewhere = crate::support::request("GET", "http://other.example/");
    let arrivals = every(&world, milliseconds(1), 1, 5);
    let refused = start(&world, vec![elsewhere], arrivals).err();
    assert!(matches!(refused, Some(HttpError::UndeclaredOrigin { .. })));
}
