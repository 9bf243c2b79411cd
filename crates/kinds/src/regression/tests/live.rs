//! Two deploys that answer, or do not.

use std::time::Duration;

use tidegate_core::check::{Doubt, Unit};
use tidegate_core::distribution::Standing;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::ports::http::HttpError;

use crate::regression::testing::{bench, beside, codes, deploy, doubt, notes, odd, run};
use crate::testing::{FakeLoad, Served, served, timed_out};
use crate::testing::{FakePortal, answer};

const CONFIG: &str = "{ get: /api/records, old: staging }";

#[test]
fn a_slower_deploy_is_found_with_everything_that_proves_it() {
    let report = run(CONFIG, &deploy(100.0, 1), &deploy(200.0, 2)).unwrap();
    assert_eq!(codes(&report), ["regression/slower"]);
    let finding = &report.findings[0];
    assert!(
        finding
            .title
            .starts_with("GET /api/records became slower: its p95 is ")
    );
    assert_eq!(finding.subject, "GET /api/records");
    let labels: Vec<&str> = finding
        .evidence
        .iter()
        .map(|one| one.label.as_str())
        .collect();
    assert_eq!(
        labels,
        [
            "p95 of the old deploy",
            "p95 of the new deploy",
            "ratio",
            "proof"
        ]
    );
    let proof = &finding.evidence[3].text;
    assert!(
        proof.contains("p = 0.00") && proof.contains("could have seen a slowdown of 1."),
        "{proof}"
    );
    assert!(finding.evidence[0].text.contains("95 % confidence"));
    assert!(notes(&report).contains("this run could have seen a slowdown of 1."));
    let metric = |name: &str| {
        report
            .metrics
            .iter()
            .find(|metric| metric.name == name)
            .unwrap()
    };
    assert!(metric("p95").value > 1.5 * metric("old-p95").value);
    assert!(metric("ratio").value > 1.5 && metric("visible").value > 1.1);
    assert_eq!(
        (metric("samples").value, metric("p95").unit),
        (200.0, Unit::Milliseconds)
    );
    let [distribution] = report.distributions.as_slice() else {
        panic!()
    };
    assert_eq!(
        (distribution.values.len(), distribution.reference.len()),
        (200, 200)
    );
    assert_eq!(distribution.marks[0].standing, Standing::Over);
}

#[test]
fn every_outcome_says_what_the_run_could_have_seen() {
    for (new, outcome) in [
        (60.0, "not slower"),
        (106.0, "ruled out"),
        (200.0, "is slower"),
    ] {
        let report = run(CONFIG, &deploy(100.0, 1), &deploy(new, 2)).unwrap();
        let notes = notes(&report);
        assert!(notes.contains(outcome), "{new}: {notes}");
        assert!(
            notes.contains("this run could have seen a slowdown of "),
            "{notes}"
        );
    }
}

#[test]
fn what_is_too_close_to_call_says_so_with_the_interval_and_the_remedy() {
    let config = "{ get: /api/records, old: staging, visible: 1.15, samples: 60 }";
    let report = run(config, &deploy(100.0, 1), &deploy(100.0, 2)).unwrap();
    assert_eq!(
        report.inconclusive.as_ref().unwrap().reason,
        Doubt::TooClose
    );
    let doubt = doubt(&report);
    for part in [
        "too close to call",
        "95 % confidence",
        "1.15×",
        "could have seen",
        "visible:",
    ] {
        assert!(doubt.contains(part), "{part}: {doubt}");
    }
    assert_eq!(
        report.distributions[0].marks[0].standing,
        Standing::TooClose
    );
}

#[test]
fn a_strikingly_faster_deploy_is_asked_whether_it_is_the_old_one() {
    let report = run(CONFIG, &deploy(200.0, 1), &deploy(60.0, 2)).unwrap();
    assert!(notes(&report).contains("are old and new swapped?"));
    let report = run(CONFIG, &deploy(100.0, 1), &deploy(90.0, 2)).unwrap();
    assert!(!notes(&report).contains("swapped"));
}

#[test]
fn deploys_that_answer_as_the_same_build_are_noted() {
    let portal = |build: &'static str| {
        FakePortal::new(move |_| {
            let mut response = answer(200, "{}")?;
            response.headers.push(("x-commit".into(), build.into()));
            Ok(response)
        })
    };
    for (old, same) in [("a1b2c3", true), ("d4e5f6", false), ("", false)] {
        let (of_old, of_new) = (deploy(100.0, 1), deploy(100.0, 2));
        beside(&of_old, &of_new, &portal(old));
        let mut bench = bench();
        bench.ports.http = portal("a1b2c3");
        let report = bench.run(CONFIG, &of_new).unwrap();
        assert_eq!(notes(&report).contains("x-commit: a1b2c3"), same, "{old}");
    }
}

#[test]
fn what_the_first_pairs_leave_open_is_looked_at_again_and_nothing_else_is() {
    // At 1.17 times 200 pairs prove neither that it is slower by 10 % nor that it is not by 25 %.
    let of_new = || {
        let (mut open, mut same) = (
            crate::regression::testing::Portal::of(117.0, 2),
            crate::regression::testing::Portal::of(50.0, 3),
        );
        odd(move |reached| match reached.request.route.as_str() {
            "/open" => served(200, open.time()),
            _ => served(200, same.time()),
        })
    };
    let config =
        "{ routes: [{ get: /open }, { get: /quick }], old: staging, samples: 700, visible: 1.25 }";
    let (old, new) = (deploy(100.0, 1), of_new());
    let report = run(config, &old, &new).unwrap();
    let counts = |load: &FakeLoad| (load.count("GET /open"), load.count("GET /quick"));
    assert_eq!(counts(&old), (705, 205), "{}", notes(&report));
    assert_eq!(counts(&new), (705, 205));
    assert!(notes(&report).contains("each of the two looks has half of the error"));
    assert!(notes(&report).contains("from 700 pairs"));
    assert_eq!(report.evaluated, 2);
}

#[test]
fn a_slow_deploy_does_not_make_it_longer_than_was_told() {
    let slow = || odd(|_| served(200, 9_000.0));
    let config = "{ get: /a, old: production, within: 60s }";
    let (old, new) = (slow(), slow());
    let report = run(config, &old, &new).unwrap();
    let worst = bench().parse(config).unwrap().forecast().worst;
    for load in [&old, &new] {
        let took = tidegate_core::ports::Clock::monotonic(&*load.clock());
        assert!(took < worst, "{took:?} {}", doubt(&report));
    }
    assert!(
        doubt(&report).contains("prove nothing"),
        "{}",
        doubt(&report)
    );
}

#[test]
fn both_get_the_same_requests_at_the_same_times_in_alternation() {
    let (old, new) = (deploy(5.0, 1), deploy(5.0, 2));
    let config = "{ routes: [{ get: /a }, { get: /b }], old: staging, samples: 60 }";
    run(config, &old, &new).unwrap();
    for load in [&old, &new] {
        assert_eq!((load.count("GET /a"), load.count("GET /b")), (65, 65));
    }
    let (old, new) = (old.sent.lock().unwrap(), new.sent.lock().unwrap());
    for (place, ((one, at_old), (other, at_new))) in old.iter().zip(&*new).enumerate() {
        assert_eq!(one, other, "{place}");
        let apart = at_old.abs_diff(*at_new);
        assert!(apart < Duration::from_millis(1_500), "{place}: {apart:?}");
    }
}

#[test]
fn production_gets_eight_a_second_and_at_most_eight_at_once() {
    let (old, new) = (odd(|_| served(200, 3_000.0)), odd(|_| served(200, 3_000.0)));
    run("{ get: /a, old: production, samples: 60 }", &old, &new).unwrap();
    for load in [&old, &new] {
        assert_eq!(*load.most_at_once.lock().unwrap(), 8);
        let sent = load.sent.lock().unwrap();
        let span = sent.last().unwrap().1 - sent[0].1;
        assert!(span >= Duration::from_secs(7), "{span:?}");
    }
}

#[test]
fn an_environment_that_allows_less_gets_less() {
    let mut bench = bench();
    bench.rate = Some(5);
    let (old, new) = (deploy(5.0, 1), deploy(5.0, 2));
    beside(&old, &new, &FakePortal::new(|_| answer(200, "{}")));
    let report = bench
        .run("{ get: /a, old: staging, samples: 200, within: 40s }", &new)
        .unwrap();
    assert_eq!(new.count("GET /a"), 5 + 122, "{}", doubt(&report));
    let report = bench
        .run("{ get: /a, old: staging, samples: 200, within: 11s }", &new)
        .unwrap();
    assert!(
        doubt(&report).contains("only 23 pairs"),
        "{}",
        doubt(&report)
    );
}

/// A way to be unfit, and what is said of it.
type Unfit = (fn(u64) -> Served, &'static str);

fn failed() -> Served {
    Served {
        answer: Err(HttpError::Broken {
            phase: "while reading the body",
            reason: "reset".into(),
        }),
        ..served(200, 1.0)
    }
}

static UNFIT: &[Unfit] = &[
    (
        |_| failed(),
        "failed three times one after the other (the connection broke",
    ),
    (
        |_| served(503, 1.0),
        "failed three times one after the other (status 503)",
    ),
    (
        |number| {
            if number % 20 == 0 {
                failed()
            } else {
                served(200, 50.0)
            }
        },
        "GET /api/records failed in 11 of 205 requests",
    ),
    (
        // One in a hundred would be two.
        |number| match number % 80 {
            0 => failed(),
            _ => served(200, 50.0),
        },
        "GET /api/records failed in 3 of 205 requests",
    ),
    (
        |_| served(429, 1.0).with("retry-after", "30"),
        "limits how often it may be asked: it answered 429 after 1 request and asks to wait 30 s",
    ),
    (
        |_| served(503, 1.0).with("retry-after", "7"),
        "it answered 503 after 1 request and asks to wait 7 s",
    ),
    (
        |number| {
            if number % 10 == 0 {
                served(404, 1.0)
            } else {
                served(200, 50.0)
            }
        },
        "is answered with 404 by",
    ),
    (|_| served(302, 1.0), "write the path that it leads to"),
    (
        |_| served(302, 1.0).with("location", "/login?next=/api"),
        "and leads to /login: it is not logged in",
    ),
    (
        |_| Served {
            late: Duration::from_millis(40),
            ..served(200, 50.0)
        },
        "too busy to measure",
    ),
];

#[test]
fn errors_refusals_and_a_late_client_prove_nothing_on_either_side() {
    for (way, expected) in UNFIT {
        for old_is_unfit in [true, false] {
            let unfit = odd(|reached| way(reached.number));
            let (old, new) = match old_is_unfit {
                true => (unfit, deploy(50.0, 1)),
                false => (deploy(50.0, 1), unfit),
            };
            let report = run(CONFIG, &old, &new).unwrap();
            let said = doubt(&report);
            assert!(said.contains(expected), "{expected}: {said}");
            let who = ["the new deploy", "the old deploy"][usize::from(old_is_unfit)];
            assert!(said.to_lowercase().contains(who), "{who}: {said}");
            let reason = report.inconclusive.as_ref().unwrap().reason;
            assert_eq!((reason, report.evaluated), (Doubt::NoEvidence, 0));
        }
    }
}

#[test]
fn different_statuses_of_the_same_route_are_named() {
    let report = run(CONFIG, &deploy(50.0, 1), &odd(|_| served(404, 1.0))).unwrap();
    assert!(
        doubt(&report).contains(
            "GET /api/records is answered with 404 by the new deploy and with 200 by the old deploy"
        ),
        "{}",
        doubt(&report)
    );
    let missing = || odd(|_| served(404, 1.0));
    let report = run(CONFIG, &missing(), &missing()).unwrap();
    assert!(doubt(&report).contains("404 by the old deploy and by the new deploy"));
}

#[test]
fn a_few_errors_are_left_out_and_never_count_as_quick_answers() {
    let mut portal = crate::regression::testing::Portal::of(100.0, 2);
    let new = odd(move |reached| match reached.number {
        50 | 150 => failed(),
        _ => served(200, portal.time()),
    });
    let config = "{ get: /api/records, old: staging, samples: 200 }";
    let report = run(config, &deploy(100.0, 1), &new).unwrap();
    assert!(report.inconclusive.is_none(), "{}", doubt(&report));
    let notes = notes(&report);
    for told in [
        "GET /api/records: 2 of 205 requests to the new deploy failed",
        "from 198 pairs",
    ] {
        assert!(notes.contains(told), "{told}: {notes}");
    }
    assert!(report.distributions[0].values[0] > 5.0);
}

#[test]
fn a_run_that_is_stopped_is_no_failure_of_a_deploy() {
    let stopped = |number: u64| Served {
        answer: Err(HttpError::Stopped),
        ..served(200, number as f64)
    };
    for new_is_stopped in [true, false] {
        let one = odd(move |reached| stopped(reached.number));
        let (old, new) = match new_is_stopped {
            true => (deploy(50.0, 1), one),
            false => (one, deploy(50.0, 1)),
        };
        let error = run(CONFIG, &old, &new).unwrap_err();
        assert!(error.to_string().contains("the run was stopped"), "{error}");
    }
}

#[test]
fn a_request_that_does_not_end_in_time_counts_with_the_time_until_then() {
    let mut portal = crate::regression::testing::Portal::of(100.0, 2);
    let new = odd(move |reached| match reached.number % 8 {
        0 => timed_out(reached.request),
        _ => served(200, portal.time()),
    });
    let report = run(CONFIG, &deploy(100.0, 1), &new).unwrap();
    assert_eq!(codes(&report), ["regression/slower"], "{}", doubt(&report));
    assert_eq!(report.distributions[0].values.last(), Some(&10_000.0));
}

#[test]
fn a_portal_that_keeps_the_client_waiting_is_slow_and_not_the_client_late() {
    let report = run(
        "{ get: /a, old: production, samples: 60 }",
        &deploy(100.0, 1),
        &odd(|_| served(200, 2_500.0)),
    )
    .unwrap();
    assert_eq!(codes(&report), ["regression/slower"], "{}", doubt(&report));
}

#[test]
fn an_old_deploy_that_does_not_answer_proves_nothing() {
    let (old, new) = (deploy(50.0, 1), deploy(50.0, 2));
    let gone = FakePortal::new(|_| {
        Err(HttpError::Connect {
            origin: "https://old.acme.example".into(),
            reason: "connection refused".into(),
        })
    });
    beside(&old, &new, &gone);
    let report = bench().run(CONFIG, &new).unwrap();
    let said = doubt(&report);
    assert!(
        said.starts_with("There was no answer from the old deploy: "),
        "{said}"
    );
    assert_eq!(
        (old.count("GET /api/records"), new.count("GET /api/records")),
        (0, 0)
    );
}

#[test]
fn a_step_of_the_clock_on_the_wall_changes_nothing() {
    let judged = |step: u64| {
        let (old, new) = (deploy(100.0, 1), deploy(130.0, 2));
        *new.clock().step.lock().unwrap() = Duration::from_secs(step);
        run(CONFIG, &old, &new).unwrap()
    };
    assert_eq!(judged(0), judged(7_200));
}

#[test]
fn where_the_check_is_out_there_is_nothing_to_compare() {
    let mut bench = bench().within(EnvironmentKind::Production);
    bench.applies = false;
    let report = bench
        .run("{ get: /a, old: twin }", &deploy(1.0, 1))
        .unwrap();
    assert!(doubt(&report).contains("There is no old deploy"));
}

#[test]
fn as_somebody_each_deploy_gets_a_session_of_its_own() {
    let (old, new) = (deploy(50.0, 1), deploy(50.0, 2));
    let portals = [(); 2].map(|()| FakePortal::new(|_| answer(200, "{}")));
    beside(&old, &new, &portals[0]);
    let mut bench = bench();
    bench.who = Some("anna");
    bench.ports.http = portals[1].clone();
    bench.run(CONFIG, &new).unwrap();
    for portal in portals {
        assert_eq!(portal.lines(), ["anna GET /api/records"]);
    }
}

/// Both sides of one machine that becomes slower: the pairs see no difference.
#[test]
fn a_machine_that_slows_down_slows_both() {
    let drifting = |seed| -> std::sync::Arc<FakeLoad> {
        let mut portal = crate::regression::testing::Portal::of(100.0, seed);
        odd(move |reached| served(200, portal.time() * (1.0 + reached.at.as_secs_f64() / 5.0)))
    };
    let report = run(CONFIG, &drifting(1), &drifting(2)).unwrap();
    assert!(report.findings.is_empty(), "{report:#?}");
}
