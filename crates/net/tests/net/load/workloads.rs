//! When requests are sent, and when no more are.

use std::collections::BTreeSet;
use std::time::Duration;

use tidegate_core::ports::load::{Arrival, Arrivals, Load, Sample, Volume};
use tidegate_core::ports::{Clock, HttpError};
use tidegate_testkit::hostile::RefusingPort;
use tidegate_testkit::recorder::{App, Reply};
use tidegate_testkit::truth::{Plan, Service, Truth};

use super::*;
use crate::support::{get, request};

fn constant(milliseconds: u64) -> Plan {
    Plan::of(Service::Constant(Duration::from_millis(milliseconds)))
}

/// The most samples that were under way at once.
fn most_at_once(samples: &[Sample]) -> usize {
    let under_way = |at: Duration| {
        let samples = samples.iter();
        samples
            .filter(|sample| sample.sent <= at && at < sample.ended)
            .count()
    };
    let most = samples.iter().map(|sample| under_way(sample.sent)).max();
    most.unwrap_or(0)
}

#[test]
fn every_arrival_is_sent_once_and_not_before_it_is_due() {
    let truth = Truth::start(constant(1));
    let world = World::at(&truth.url());
    let begin = world.machine.monotonic() + milliseconds(20);
    let due = move |number: u32| begin + milliseconds(3) * number;
    let schedule = (0..40).map(move |number| Arrival {
        series: number as usize % 2,
        at: due(number),
    });
    let series = vec![get("/one"), get("/two")];
    let arrivals = Arrivals::Open(Box::new(schedule));
    let samples = rest(&mut *start(&world, series, arrivals).unwrap());
    assert_eq!(samples.len(), 40);
    for (number, sample) in (0u32..).zip(&samples) {
        assert_eq!(sample.number, u64::from(number));
        assert_eq!(sample.series, number as usize % 2);
        assert_eq!(sample.planned, due(number));
        assert!(sample.planned <= sample.sent && sample.sent < sample.ended);
    }
    let answers = answers(&samples);
    assert!(
        answers
            .iter()
            .all(|answer| answer.status == 200 && answer.bytes == 32)
    );
    assert!(
        answers
            .iter()
            .all(|answer| answer.timings.first_byte >= milliseconds(1))
    );
    // The phases of a connection are told by those that opened one.
    let opened = answers
        .iter()
        .filter(|answer| answer.timings.connect.is_some());
    assert_eq!(opened.count(), truth.connections_ever());
    assert_eq!(answers[0].header("server-timing"), Some("app;dur=1.000"));
    assert_eq!(answers[0].header("x-request-id"), Some("truth-0"));
}

#[test]
fn connections_are_used_again() {
    let truth = Truth::start(constant(0));
    let world = World::at(&truth.url());
    let samples = open(&world, vec![get("/")], milliseconds(10), 30);
    assert_eq!(samples.len(), 30);
    assert!(
        truth.connections_ever() < 15,
        "{}",
        truth.connections_ever()
    );
}

#[test]
fn an_open_workload_goes_on_while_the_server_stalls_and_hides_nothing() {
    let (stall, period) = (milliseconds(200), milliseconds(1000));
    let truth = Truth::start(constant(0).stalling(stall, period));
    let world = World::at(&truth.url());
    let samples = open(&world, vec![get("/")], milliseconds(10), 100);
    let mut waited: Vec<Duration> = samples.iter().map(Sample::waited).collect();
    waited.sort_unstable();
    // Of 100 in one period 20 are due in the stall, and the first of those wait for most of it.
    assert!(waited[94] >= milliseconds(130), "{:?}", waited[94]);
    assert!(most_at_once(&samples) >= 10);
}

#[test]
fn a_client_of_a_closed_workload_sends_nothing_while_it_waits() {
    let truth = Truth::start(constant(0).stalling(milliseconds(150), milliseconds(300)));
    let world = World::at(&truth.url());
    let arrivals = closed(&world, 1, milliseconds(600), u64::MAX);
    let samples = rest(&mut *start(&world, vec![get("/")], arrivals).unwrap());
    assert!(samples.len() > 3);
    for pair in samples.windows(2) {
        assert!(pair[0].ended <= pair[1].planned && pair[1].planned <= pair[1].sent);
    }
    let slow = samples
        .iter()
        .filter(|sample| sample.took() > milliseconds(75));
    assert!(
        slow.count() <= 4,
        "one for each stall, and the machine's own"
    );
    assert_eq!(truth.connections_ever(), 1);
}

#[test]
fn clients_share_the_requests_and_take_turns_through_the_series() {
    let truth = Truth::start(constant(1));
    let world = World::at(&truth.url());
    let series = vec![get("/one"), get("/two"), get("/three")];
    let arrivals = closed(&world, 5, PATIENCE, 60);
    let samples = rest(&mut *start(&world, series, arrivals).unwrap());
    let numbers: BTreeSet<u64> = samples.iter().map(|sample| sample.number).collect();
    assert_eq!((samples.len(), numbers.len()), (60, 60));
    assert!(
        samples
            .iter()
            .all(|sample| sample.series as u64 == sample.number % 3)
    );
    assert!(truth.connections_ever() <= 5 && most_at_once(&samples) <= 5);
}

#[test]
fn nothing_is_sent_after_the_end_of_a_closed_workload() {
    let truth = Truth::start(constant(1));
    let world = World::at(&truth.url());
    let until = world.machine.monotonic() + milliseconds(100);
    let arrivals = Arrivals::Closed {
        clients: 3,
        until,
        requests: u64::MAX,
    };
    let samples = rest(&mut *start(&world, vec![get("/")], arrivals).unwrap());
    assert!(samples.iter().all(|sample| sample.planned < until));
}

#[test]
fn no_more_wait_for_an_answer_than_the_volume_allows() {
    let truth = Truth::start(constant(20));
    let world = World::at(&truth.url());
    let begin = world.machine.monotonic();
    let arrival = Arrival {
        series: 0,
        at: begin,
    };
    let volume = Volume {
        series: vec![get("/")],
        arrivals: Arrivals::Open(Box::new(std::iter::repeat_n(arrival, 12))),
        in_flight: 3,
    };
    let samples = rest(&mut *block_on(world.client.start(volume)).unwrap());
    assert_eq!(samples.len(), 12);
    assert!(most_at_once(&samples) <= 3);
    // The time of those that were held back counts from when they were due.
    assert!(samples.iter().all(|sample| sample.planned == begin));
    assert!(samples[11].waited() >= milliseconds(80));
}

#[test]
fn a_connection_that_the_server_closes_is_replaced() {
    let plan = Plan {
        requests_per_connection: 2,
        ..constant(0)
    };
    let truth = Truth::start(plan);
    let world = World::at(&truth.url());
    let samples = open(&world, vec![get("/")], milliseconds(4), 20);
    assert_eq!(statuses(&samples), [(Some(200), 20)].into());
    let arrivals = closed(&world, 2, PATIENCE, 20);
    let samples = rest(&mut *start(&world, vec![get("/")], arrivals).unwrap());
    assert_eq!(statuses(&samples), [(Some(200), 20)].into());
    assert!(truth.connections_ever() >= 20);
}

/// An app that closes the connection of its second request without an answer.
fn losing_the_second() -> App {
    let count = std::sync::atomic::AtomicU32::new(0);
    App::start(
        move |_| match count.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            1 => Reply::lost(),
            _ => Reply::text(200, "fine"),
        },
    )
}

#[test]
fn a_safe_request_is_sent_again_when_the_closing_crossed_it() {
    let app = losing_the_second();
    let world = World::at(app.url());
    let arrivals = closed(&world, 1, PATIENCE, 3);
    let samples = rest(&mut *start(&world, vec![get("/")], arrivals).unwrap());
    assert_eq!(statuses(&samples), [(Some(200), 3)].into());
    assert_eq!(app.requests().len(), 4);
}

#[test]
fn another_is_not_sent_again_because_it_may_have_arrived() {
    let app = losing_the_second();
    let world = World::at(app.url());
    let post = request("POST", &format!("{}/", app.url()));
    let arrivals = closed(&world, 1, PATIENCE, 3);
    let samples = rest(&mut *start(&world, vec![post], arrivals).unwrap());
    assert_eq!(statuses(&samples), [(None, 1), (Some(200), 2)].into());
    assert!(matches!(samples[1].answer, Err(HttpError::Broken { .. })));
    assert_eq!(app.requests().len(), 3);
}

#[test]
fn a_client_pauses_when_nothing_listens() {
    let port = RefusingPort::take();
    let world = World::at(&port.url());
    let arrivals = closed(&world, 2, milliseconds(120), u64::MAX);
    let samples = rest(&mut *start(&world, vec![get("/")], arrivals).unwrap());
    assert!((2..=6).contains(&samples.len()), "{}", samples.len());
    let refused = |sample: &Sample| matches!(sample.answer, Err(HttpError::Connect { .. }));
    assert!(samples.iter().all(refused));
}

#[test]
fn after_a_stop_nothing_more_is_sent_and_what_was_sent_ends() {
    let truth = Truth::start(constant(30));
    let world = World::at(&truth.url());
    let arrivals = every(&world, milliseconds(2), 1, u32::MAX);
    let mut samples = start(&world, vec![get("/")], arrivals).unwrap();
    block_on(samples.next()).unwrap();
    samples.stop();
    let left = rest(&mut *samples);
    assert!(!left.is_empty() && left.iter().all(|sample| sample.answer.is_ok()));
    let served = truth.served().len();
    assert_eq!(served, left.len() + 1);
    drop(samples);
    eventually("the sockets are closed", || truth.connections() == 0);
    assert_eq!(truth.served().len(), served);
}

#[test]
fn a_stop_does_not_wait_for_what_is_due_much_later() {
    let truth = Truth::start(constant(0));
    let world = World::at(&truth.url());
    for arrivals in [
        every(&world, Duration::from_secs(3600), 1, 5),
        closed(&world, 1, Duration::from_secs(3600), u64::MAX),
    ] {
        let mut samples = start(&world, vec![get("/")], arrivals).unwrap();
        block_on(samples.next()).unwrap();
        samples.stop();
        rest(&mut *samples);
        assert!(block_on(samples.next()).is_none());
    }
}

#[test]
fn what_is_dropped_gives_up_and_closes_its_sockets() {
    let truth = Truth::start(constant(60_000));
    let world = World::at(&truth.url());
    let arrivals = every(&world, milliseconds(1), 1, u32::MAX);
    let samples = start(&world, vec![get("/")], arrivals).unwrap();
    eventually("some are sent", || truth.connections() > 5);
    drop(samples);
    eventually("the sockets are closed", || truth.connections() == 0);
    let ever = truth.connections_ever();
    std::thread::sleep(milliseconds(30));
    assert_eq!((truth.connections_ever(), truth.served().len()), (ever, 0));
}

#[test]
fn samples_that_nobody_fetches_hold_the_sending_back() {
    let truth = Truth::start(constant(0));
    let world = World::at(&truth.url());
    let arrivals = closed(&world, 4, Duration::from_secs(3600), u64::MAX);
    let mut samples = start(&world, vec![get("/")], arrivals).unwrap();
    eventually("many are answered", || truth.served().len() >= 1024);
    std::thread::sleep(milliseconds(50));
    assert!(truth.served().len() <= 1024 + 4);
    samples.stop();
    assert_eq!(rest(&mut *samples).len(), truth.served().len());
}
