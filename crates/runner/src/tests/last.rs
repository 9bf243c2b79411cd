//! Checks that come last.

use std::sync::{Arc, Mutex};

use tidegate_core::check::{CheckError, Forecast};
use tidegate_core::gate::Entry;
use tidegate_core::result::Outcome;
use tokio::sync::Barrier;

use super::fakes::*;

type Order = Arc<Mutex<Vec<String>>>;

/// What a check of these tests does.
#[derive(Clone, Copy, PartialEq)]
enum Does {
    Pass,
    Fail,
    Break,
}

/// A check that notes when it runs.
fn noting(id: &str, does: Does, order: &Order) -> Entry {
    let order = order.clone();
    check_that(
        id,
        body(move |context| {
            order.lock().unwrap().push(context.check().to_string());
            async move {
                tokio::task::yield_now().await;
                match does {
                    Does::Pass => passed(),
                    Does::Fail => broken("no"),
                    Does::Break => Err(CheckError::new("no", "look")),
                }
            }
        }),
    )
}

fn placed(entry: Entry, last: bool, exclusive: bool) -> Entry {
    let forecast = Forecast {
        last,
        exclusive,
        ..entry.check.forecast()
    };
    forecasting(entry, forecast)
}

fn last(entry: Entry) -> Entry {
    placed(entry, true, false)
}

fn ran(order: &Order) -> Vec<String> {
    order.lock().unwrap().clone()
}

#[test]
fn a_last_check_runs_after_all_others_whatever_these_came_to() {
    let order = Order::default();
    let summary = Bench::new(vec![
        last(noting("reads", Does::Pass, &order)),
        noting("fails", Does::Fail, &order),
        noting("breaks", Does::Break, &order),
        placed(noting("measures", Does::Pass, &order), false, true),
        needing(noting("skipped", Does::Pass, &order), &["fails"]),
    ])
    .run();
    let order = ran(&order);
    assert_eq!(order.len(), 4);
    assert_eq!(order[3], "reads");
    assert_eq!(outcome(&summary, "reads"), "passed");
    let mut planned = summary.plan.checks.iter().map(|check| check.id.as_str());
    assert_eq!(planned.next_back(), Some("reads"));
}

#[test]
fn the_needs_of_a_last_check_hold_and_who_needs_it_comes_after_it() {
    let order = Order::default();
    let summary = Bench::new(vec![
        needing(noting("after", Does::Pass, &order), &["reads"]),
        last(noting("reads", Does::Pass, &order)),
        needing(last(noting("unmet", Does::Pass, &order)), &["fails"]),
        noting("fails", Does::Fail, &order),
    ])
    .run();
    assert_eq!(ran(&order), ["fails", "reads", "after"]);
    assert_eq!(
        result(&summary, "unmet").outcome,
        Outcome::Skipped("it needs `fails`, which failed".into())
    );
}

#[test]
fn last_checks_run_beside_each_other_unless_one_must_be_alone() {
    let meeting = Arc::new(Barrier::new(2));
    let meets = |id: &str| {
        let meeting = meeting.clone();
        let waits = body(move |_| {
            let meeting = meeting.clone();
            async move {
                meeting.wait().await;
                passed()
            }
        });
        last(check_that(id, waits))
    };
    let order = Order::default();
    let mut bench = Bench::new(vec![
        placed(noting("alone", Does::Pass, &order), true, true),
        meets("one"),
        meets("other"),
        noting("first", Does::Pass, &order),
    ]);
    bench.options.jobs = Some(4);
    let summary = bench.run();
    assert_eq!(ran(&order), ["first", "alone"]);
    for id in ["alone", "one", "other"] {
        assert_eq!(outcome(&summary, id), "passed", "{id}");
    }
}

#[test]
fn needs_in_a_circle_keep_no_last_check_from_its_turn() {
    let summary = Bench::new(vec![
        last(check("reads")),
        needing(check("a"), &["b"]),
        needing(check("b"), &["a"]),
        needing(last(check("c")), &["d"]),
        needing(check("d"), &["c"]),
    ])
    .run();
    assert_eq!(outcome(&summary, "reads"), "passed");
    for id in ["a", "b", "c", "d"] {
        let circle = Outcome::Skipped("its needs go in a circle".into());
        assert_eq!(result(&summary, id).outcome, circle, "{id}");
    }
}

#[test]
fn a_gate_of_last_checks_alone_runs_them() {
    let summary = Bench::new(vec![last(check("a")), last(check("b"))]).run();
    assert_eq!(summary.judgement.executed, 2);
}
