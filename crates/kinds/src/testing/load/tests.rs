//! The order and the instants of samples in virtual time.

use tidegate_core::ports::http::Cause;
use tidegate_core::span::{Source, Span};

use super::*;

fn volume(arrivals: Arrivals, in_flight: usize) -> Volume {
    let span = Span::new(Source::new("tidegate.yaml", "a"), 0, 1);
    let cause = Cause {
        check: "journey".into(),
        location: span.location(),
    };
    Volume {
        series: vec![
            Request::get("/slow", cause.clone()),
            Request::get("/quick", cause),
        ],
        arrivals,
        in_flight,
    }
}

fn all(load: &FakeLoad, volume: Volume) -> Vec<Sample> {
    let mut samples = block_on(load.start(volume)).unwrap();
    std::iter::from_fn(|| block_on(samples.next())).collect()
}

fn server() -> Arc<FakeLoad> {
    FakeLoad::new(|reached| match reached.request.route.as_str() {
        "/slow" => served(200, 100.0),
        _ => served(200, 10.0),
    })
}

const MILLISECOND: Duration = Duration::from_millis(1);

#[test]
fn samples_of_an_open_workload_end_in_the_order_of_their_answers() {
    let at = |series, at: u32| Arrival {
        series,
        at: MILLISECOND * at,
    };
    let arrivals = || Arrivals::Open(Box::new([at(0, 0), at(1, 5), at(1, 50)].into_iter()));
    let ended = |in_flight| {
        let samples = all(&server(), volume(arrivals(), in_flight));
        let samples = samples.iter();
        let told = samples.map(|one| (one.number, one.sent.as_millis(), one.waited().as_millis()));
        told.collect::<Vec<_>>()
    };
    assert_eq!(ended(8), [(1, 5, 10), (2, 50, 10), (0, 0, 100)]);
    assert_eq!(ended(1), [(0, 0, 100), (1, 100, 105), (2, 110, 70)]);
}

#[test]
fn clients_of_a_closed_workload_wait_for_their_answers() {
    let load = server();
    let arrivals = Arrivals::Closed {
        clients: 2,
        until: MILLISECOND * 150,
        requests: 100,
    };
    let samples = all(&load, volume(arrivals, 100));
    let slow = samples.iter().filter(|sample| sample.series == 0).count();
    assert_eq!(*load.most_at_once.lock().unwrap(), 2);
    assert_eq!((slow, samples.len()), (4, 7));
}
