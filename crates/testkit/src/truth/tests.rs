use std::time::Duration;

use super::plan::Course;
use super::*;
use crate::client::get;

const MILLISECOND: Duration = Duration::from_millis(1);

fn times(service: Service, count: usize) -> Vec<Duration> {
    let mut course = Course::new(Plan::of(service));
    (0..count).map(|_| course.next().service).collect()
}

/// Many of them, ascending.
fn ascending(service: Service) -> Vec<Duration> {
    let mut times = times(service, 20_000);
    times.sort_unstable();
    times
}

fn ratio(ascending: &[Duration], percentile: usize) -> f64 {
    nearest_rank(ascending, percentile).unwrap().as_secs_f64() / 0.001
}

#[test]
fn service_times_have_the_distribution_of_their_plan() {
    let normal = ascending(Service::LogNormal {
        median: MILLISECOND,
        sigma: 0.5,
    });
    assert!((ratio(&normal, 50) - 1.0).abs() < 0.03);
    // exp(0.5 × 1.645)
    assert!((ratio(&normal, 95) - 2.276).abs() < 0.1);
    let bimodal = ascending(Service::Bimodal {
        median: MILLISECOND,
    });
    assert!((ratio(&bimodal, 95) - 4.0).abs() < 0.3);
    let tail = ascending(Service::Tail {
        median: MILLISECOND,
        factor: 3.0,
    });
    assert!(ratio(&tail, 99) > ratio(&normal, 99) * 1.5);
    let drift = times(
        Service::Drift {
            median: MILLISECOND,
        },
        100,
    );
    assert!(drift.iter().all(|time| *time > Duration::ZERO));
    assert_eq!(
        drift,
        times(
            Service::Drift {
                median: MILLISECOND
            },
            100
        )
    );
}

#[test]
fn what_comes_in_a_stall_waits_for_its_end() {
    let stall = Stall {
        length: MILLISECOND * 200,
        every: MILLISECOND * 1000,
    };
    let rest = |at: u32| stall.rest(MILLISECOND * at);
    assert_eq!(rest(0), Duration::ZERO);
    assert_eq!(rest(799), Duration::ZERO);
    assert_eq!(rest(800), MILLISECOND * 200);
    assert_eq!(rest(2999), MILLISECOND);
}

#[test]
fn ranks_are_the_nearest() {
    let values: Vec<u32> = (1..=20).collect();
    assert_eq!(nearest_rank(&values, 95), Some(19));
    assert_eq!(nearest_rank(&values, 96), Some(20));
    assert_eq!(nearest_rank::<u32>(&[], 50), None);
}

#[test]
fn every_answer_is_written_down_and_takes_at_least_what_was_planned() {
    let plan = Plan::of(Service::Constant(MILLISECOND * 3));
    let truth = Truth::with_paths([("/slow", plan)]);
    for _ in 0..3 {
        let answer = get(truth.address(), "/slow?page=2");
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("server-timing"), Some("app;dur=3.000"));
    }
    assert_eq!(get(truth.address(), "/other").status, 404);
    let served = truth.served();
    assert_eq!(
        served
            .iter()
            .map(|served| served.number)
            .collect::<Vec<_>>(),
        [0, 1, 2]
    );
    assert!(served.iter().all(|served| served.took >= MILLISECOND * 3));
    truth.forget();
    assert!(truth.served().is_empty());
}

#[test]
fn a_connection_is_closed_after_as_many_requests_as_planned() {
    let plan = Plan {
        requests_per_connection: 1,
        ..Plan::of(Service::Constant(Duration::ZERO))
    };
    let truth = Truth::start(plan);
    get(truth.address(), "/");
    get(truth.address(), "/");
    assert_eq!(truth.connections_ever(), 2);
}
