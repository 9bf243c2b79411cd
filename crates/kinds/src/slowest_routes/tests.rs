use std::time::Duration;

use tidegate_core::check::Metric;
use tidegate_core::exchange::{Exchange, Observed};
use tidegate_core::ports::http::Timings;

use super::*;
use crate::testing::{environment, examples, exchange, node, placed};

/// A request of a user for a route, that took so many milliseconds.
fn asked(route: &str, milliseconds: u64) -> Exchange {
    Exchange {
        method: "GET".into(),
        route: route.into(),
        timings: Timings {
            connect: Some(Duration::from_secs(9)),
            first_byte: Duration::from_millis(milliseconds),
            ..Timings::default()
        },
        ..exchange(200, "application/json", "{}")
    }
}

/// What is said of a run with these exchanges, and how many of them counted.
fn report(exchanges: impl IntoIterator<Item = Exchange>) -> (CheckReport, u32) {
    let observer = SlowestRoutes::default();
    observer.state.lock().unwrap().environment = Some(environment());
    let counted = exchanges
        .into_iter()
        .map(|one| observer.observe(&Observed::new(&one)).evaluated)
        .sum();
    (observer.finish(), counted)
}

fn value(metrics: &[Metric], name: &str, subject: &str) -> f64 {
    let of = |metric: &&Metric| metric.name == name && metric.subject == subject;
    metrics.iter().find(of).expect("a metric").value
}

fn times(route: &'static str, count: u64, milliseconds: u64) -> impl Iterator<Item = Exchange> {
    (0..count).map(move |_| asked(route, milliseconds))
}

#[test]
fn routes_are_ranked_by_their_p95_with_how_well_it_is_known() {
    let search = (1..=100).map(|milliseconds| asked("/api/search", milliseconds));
    let (report, counted) = report(times("/api/records/${record}", 3, 140).chain(search));
    assert_eq!(counted, 103);
    let [table] = report.tables.as_slice() else {
        panic!("{:?}", report.tables)
    };
    assert_eq!(
        table.title,
        "Slowest routes; 1 of 2 were seen too rarely to judge"
    );
    assert_eq!(
        table.rows,
        [
            [
                "GET /api/records/${record}",
                "140 ms",
                "140 ms",
                "3",
                "seen in passing"
            ],
            ["GET /api/search", "95 ms", "50 ms", "100", "measured"],
        ]
    );
    let metrics = &report.metrics;
    assert!((value(metrics, "p95", "GET /api/search") - 95.0).abs() < 1e-9);
    assert!((value(metrics, "samples", "GET /api/search") - 100.0).abs() < 1e-9);
    assert_eq!((report.findings.len(), report.notes.len()), (0, 0));
}

#[test]
fn only_what_a_user_would_send_and_was_answered_counts() {
    let of = |purpose| Exchange {
        purpose,
        ..asked("/x", 10)
    };
    let answered = |status| Exchange {
        status,
        ..asked("/x", 10)
    };
    let all = [
        of(Purpose::Load),
        of(Purpose::Login),
        of(Purpose::Attack),
        of(Purpose::Negative),
        of(Purpose::Cleanup),
        of(Purpose::Preflight),
        of(Purpose::Survey),
        answered(None),
        answered(Some(404)),
        answered(Some(500)),
    ];
    let (nothing, counted) = report(all);
    assert_eq!(counted, 0);
    assert_eq!(nothing, CheckReport::default());
    assert_eq!(report([answered(Some(304))]).1, 1);
}

#[test]
fn another_origin_is_another_route() {
    let elsewhere = Exchange {
        url: "https://db.example/rest/v1/records".into(),
        ..asked("/rest/v1/records", 5)
    };
    let (report, _) = report([elsewhere, asked("/rest/v1/records", 9)]);
    let rows: Vec<&str> = report.tables[0]
        .rows
        .iter()
        .map(|row| row[0].as_str())
        .collect();
    assert_eq!(rows, ["GET /rest/v1/records", "GET /rest/v1/records on db"]);
}

#[test]
fn what_is_kept_is_bounded_whatever_the_run_asks_for() {
    let routes = (0..1_200).map(|number| asked(&format!("/{number}"), number));
    let (many, counted) = report(routes);
    assert_eq!(counted, 1_200);
    assert_eq!(many.metrics.len(), 2 * 1_000);
    assert_eq!(many.tables[0].rows.len(), 10);
    assert_eq!(many.tables[0].rows[0][0], "GET /999");
    assert_eq!(
        many.notes,
        ["200 requests were of other routes than the first 1000, and are not ranked"]
    );
    let (long, _) = report(times("/a", 2_500, 7));
    assert!((value(&long.metrics, "samples", "GET /a") - 2_500.0).abs() < 1e-9);
}

#[test]
fn it_is_on_unless_it_says_off() {
    let scope = ObserverScope::default();
    let parsed = |text: &str| kind().parse(Some(&node(text)), &scope);
    assert!(kind().parse(None, &scope).unwrap().is_some());
    assert!(parsed("off").unwrap().is_none());
    assert!(parsed("{}").unwrap().is_some());
    assert!(parsed("{ top: 3 }").is_err());
    let example = examples(&META.docs.text()).remove(0);
    let off = placed(&example["slowest-routes"], "slowest-routes: off");
    assert!(kind().parse(Some(&off), &scope).unwrap().is_none());
}
