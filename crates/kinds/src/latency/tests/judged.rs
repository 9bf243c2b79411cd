//! Verdicts: within, over, too close, and what is told with them.

use tidegate_core::check::{CheckReport, Doubt};
use tidegate_core::distribution::Standing;
use tidegate_core::meta::Severity;

use super::super::testing::{Times, answering, codes, doubt, portal, run};
use crate::statistics::Seeded;
use crate::testing::served;

fn metric(report: &CheckReport, name: &str) -> f64 {
    let mut metrics = report.metrics.iter();
    metrics.find(|metric| metric.name == name).unwrap().value
}

fn evidence(report: &CheckReport) -> String {
    let evidence = &report.findings[0].evidence;
    let lines = evidence
        .iter()
        .map(|one| format!("{}: {}", one.label, one.text));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_quick_route_is_decided_early_and_everything_about_it_is_told() {
    let portal = portal(150.0);
    let report = run("{ get: /api/records, p95: 300ms }", &portal);
    assert!(
        report.findings.is_empty() && report.inconclusive.is_none(),
        "{report:#?}"
    );
    assert_eq!(report.evaluated, 1);
    let sent = portal.count("GET /api/records");
    assert!((64..300).contains(&sent), "{sent}");
    let names: Vec<&str> = report
        .metrics
        .iter()
        .map(|metric| metric.name.as_str())
        .collect();
    assert_eq!(names, ["p50", "p90", "p95", "p99", "samples", "size"]);
    assert!((110.0..200.0).contains(&metric(&report, "p95")));
    let picture = &report.distributions[0];
    assert_eq!(
        (picture.subject.as_str(), picture.count),
        ("GET /api/records", sent as u64 - 5)
    );
    let p95 = picture
        .marks
        .iter()
        .find(|mark| mark.percentile == 95.0)
        .unwrap();
    assert_eq!((p95.budget, p95.standing), (Some(300.0), Standing::Within));
    assert!(
        picture
            .marks
            .iter()
            .filter(|mark| mark.budget.is_none())
            .count()
            == 3
    );
    let table = &report.tables[0];
    assert_eq!(table.rows[0][0], "GET /api/records");
    assert_eq!(table.columns[3], "warm-up");
    assert!(table.rows[0][3].ends_with(" ms"), "{:?}", table.rows);
    let notes = report.notes.join("\n");
    for told in ["20 a second", "every route was decided", "seed 7"] {
        assert!(notes.contains(told), "{told}: {notes}");
    }
}

#[test]
fn a_slow_route_is_found_by_few_samples_and_proven() {
    let portal = portal(900.0);
    let report = run("{ get: /api/records, p95: 300ms }", &portal);
    assert_eq!(codes(&report), ["latency/over-budget"]);
    assert!(portal.count("GET /api/records") < 60);
    let finding = &report.findings[0];
    assert_eq!(finding.severity, Severity::High);
    assert!(
        finding.title.contains("over its latency budget of 300 ms"),
        "{}",
        finding.title
    );
    assert!(finding.advice.contains("queries"), "{}", finding.advice);
    let evidence = evidence(&report);
    for told in [
        "expected: p95 at most 300 ms",
        "with 95 % confidence",
        "took longer than 300 ms",
        "from when a request was due",
        "a median request: first byte",
        "the slowest request",
        "opened a connection",
    ] {
        assert!(evidence.contains(told), "{told}: {evidence}");
    }
}

#[test]
fn a_route_near_its_budget_is_too_close_to_call_after_all_samples() {
    let portal = portal(300.0);
    let report = run("{ get: /api/records, p95: 300ms }", &portal);
    assert!(report.findings.is_empty(), "{report:#?}");
    let inconclusive = report.inconclusive.as_ref().unwrap();
    assert_eq!(inconclusive.reason, Doubt::TooClose);
    assert!(
        inconclusive.text.contains("with 95 % confidence between"),
        "{}",
        inconclusive.text
    );
    assert!(
        inconclusive.text.contains("(1,000 samples)"),
        "{}",
        inconclusive.text
    );
    assert_eq!(portal.count("GET /api/records"), 1_005);
    assert!(
        report
            .notes
            .join(" ")
            .contains("`samples: 1000` of a route were taken")
    );
    let standing = report.distributions[0].marks[2].standing;
    assert_eq!(standing, Standing::TooClose);
}

#[test]
fn without_a_figure_it_warns_above_300_ms_and_blocks_above_500() {
    let at = |p95| {
        let report = run("{ get: /api/records }", &portal(p95));
        let told = report.findings.iter().map(|one| one.severity);
        (told.collect::<Vec<_>>(), doubt(&report).is_empty())
    };
    assert_eq!(at(200.0), (vec![], true));
    assert_eq!(at(400.0), (vec![Severity::Low], true));
    assert_eq!(at(800.0), (vec![Severity::High], true));
}

#[test]
fn one_route_that_is_over_counts_whatever_is_not_known_of_another() {
    let (mut close, mut slow) = (Times::with_p95(300.0, 1), Times::with_p95(900.0, 2));
    let portal = answering(move |reached| match reached.request.route.as_str() {
        "/slow" => served(200, slow.draw()),
        _ => served(200, close.draw()),
    });
    let report = run(
        "{ routes: [{ get: /slow, p95: 300ms }, { get: /close, p95: 300ms }] }",
        &portal,
    );
    assert_eq!(codes(&report), ["latency/over-budget"]);
    assert!(
        report
            .notes
            .join(" ")
            .contains("GET /close is too close to call")
    );
    assert!(
        portal.count("GET /slow") < 100,
        "{}",
        portal.count("GET /slow")
    );
    assert_eq!(portal.count("GET /close"), 1_005);
    let sent = portal.sent.lock().unwrap();
    let first: Vec<&str> = sent[10..20].iter().map(|(name, _)| name.as_str()).collect();
    let slow = first.iter().filter(|name| **name == "GET /slow").count();
    assert_eq!(slow, 5, "{first:?}");
}

#[test]
fn routes_of_the_same_name_are_told_apart() {
    let report = run(
        "{ routes: [{ post: /find, json: { q: a }, idempotent: true }, { post: /find, json: { q: b }, idempotent: true }] }",
        &portal(100.0),
    );
    let names: Vec<&str> = report
        .distributions
        .iter()
        .map(|one| one.subject.as_str())
        .collect();
    assert_eq!(names, ["POST /find", "POST /find (2)"]);
}

#[test]
fn quick_answers_that_overtake_slow_ones_do_not_end_it_early() {
    // A tenth of the requests needs 3 s: while the first of them wait, only quick ones end.
    let portal = answering(|reached| match reached.number % 10 {
        9 => served(200, 3_000.0),
        _ => served(200, 5.0),
    });
    let report = run(
        "{ get: /api/records, p95: 1s, rate: 100, warm-up: 0 }",
        &portal,
    );
    assert_eq!(codes(&report), ["latency/over-budget"], "{report:#?}");
}

#[test]
fn a_portal_that_stands_still_now_and_then_is_not_found_quick_before_it_does() {
    // It answers at once for eight seconds, and then stands still for two.
    let portal = answering(|reached| {
        let within = reached.at.as_secs_f64() % 10.0;
        served(
            200,
            if within > 8.0 {
                (10.0 - within) * 1e3
            } else {
                5.0
            },
        )
    });
    let report = run("{ get: /api/records, p95: 300ms, rate: 50 }", &portal);
    assert_eq!(codes(&report), ["latency/over-budget"], "{report:#?}");
}

#[test]
fn a_portal_that_stalls_cannot_hide_it() {
    // It stands still for the first second of every ten; the true p95 is 520 ms.
    let portal = answering(|reached| {
        let within = reached.at.as_secs_f64() % 10.0;
        served(
            200,
            if within < 1.0 {
                (1.0 - within) * 1e3 + 20.0
            } else {
                20.0
            },
        )
    });
    let report = run(
        "{ get: /api/records, p95: 520ms, rate: 40, samples: 2000 }",
        &portal,
    );
    let p95 = metric(&report, "p95");
    assert!((468.0..572.0).contains(&p95), "{p95}");
}

#[test]
fn what_the_server_says_about_itself_is_told() {
    let portal = answering(|_| {
        served(200, 800.0)
            .with("server-timing", "app;dur=30, db;dur=640;desc=\"5 queries\"")
            .with("x-request-id", "req-4711")
            .with("x-cache", "HIT from edge")
    });
    let report = run("{ get: /api/records, p95: 300ms }", &portal);
    let evidence = evidence(&report);
    assert!(
        evidence.contains("(Server-Timing): db 640 ms, app 30 ms"),
        "{evidence}"
    );
    assert!(evidence.contains("x-request-id: req-4711"), "{evidence}");
    let advice = &report.findings[0].advice;
    assert!(advice.contains("into the database"), "{advice}");
    assert!(
        report
            .notes
            .join(" ")
            .contains("came from a cache (x-cache: hit)")
    );
}

#[test]
fn what_the_server_says_of_its_work_decides_the_advice() {
    let advice = |said: &'static str| {
        let portal = answering(move |_| served(200, 800.0).with("server-timing", said));
        run("{ get: /api/records, p95: 300ms }", &portal).findings[0]
            .advice
            .clone()
    };
    for (said, expected) in [
        ("app;dur=790", "in the work of the server"),
        ("app;dur=16", "waited before the work began"),
        ("app", "header would tell which"),
    ] {
        let advice = advice(said);
        assert!(advice.contains(expected), "{said}: {advice}");
    }
}

#[test]
fn advice_follows_where_the_time_goes() {
    let spent = |connect: f64, first_byte: f64, download: f64| {
        let portal = answering(move |_| {
            let mut served = served(200, connect + first_byte + download);
            let answer = served.answer.as_mut().unwrap();
            let time = |milliseconds: f64| std::time::Duration::from_secs_f64(milliseconds / 1e3);
            answer.timings.connect = (connect > 0.0).then(|| time(connect));
            answer.timings.first_byte = time(first_byte);
            answer.timings.download = time(download);
            served
        });
        run("{ get: /a, p95: 100ms }", &portal).findings[0]
            .advice
            .clone()
    };
    assert!(spent(0.0, 400.0, 50.0).contains("before the first byte"));
    assert!(spent(0.0, 50.0, 400.0).contains("transferring the answer"));
    assert!(spent(400.0, 50.0, 50.0).contains("opening connections"));
    assert!(spent(150.0, 160.0, 170.0).contains("no part of the request alone"));
}

#[test]
fn growth_is_told_with_both_pages() {
    let mut times = Times::with_p95(12.0, 3);
    let portal = answering(move |reached| match reached.request.route.as_str() {
        "/records?limit=10" => served(200, times.draw()),
        _ => served(200, times.draw() * 9.0),
    });
    let config = "{ get: '/records?limit=100', growth: { from: '/records?limit=10', at-most: 3 } }";
    let report = run(config, &portal);
    let finding = &report.findings[0];
    assert!(
        finding
            .title
            .contains("times as long as GET /records?limit=10, and 3 times is the most"),
        "{}",
        finding.title
    );
    assert!(finding.advice.contains("n-plus-one"), "{}", finding.advice);
    assert!(evidence(&report).contains("in 100 pairs"));
    assert_eq!(portal.count("GET /records?limit=10"), 102);
    assert_eq!(report.distributions.len(), 1);
    let sent = portal.sent.lock().unwrap();
    let pairs = sent[4..].chunks(2);
    assert!(pairs.clone().all(|pair| pair[0].0 != pair[1].0));
    let short_first = pairs.filter(|pair| pair[0].0.ends_with("=10")).count();
    assert!((30..70).contains(&short_first), "{short_first}");
}

#[test]
fn pages_share_the_error_with_the_latency_budgets_of_their_check() {
    let finds = |factor: f64, others: &str| {
        let mut times = Times::with_p95(12.0, 3);
        let portal = answering(move |reached| match reached.request.route.as_str() {
            "/short" => served(200, times.draw()),
            "/long" => served(200, times.draw() * factor),
            _ => served(200, 5.0),
        });
        let growing = "{ get: /long, growth: { from: /short, at-most: 3 } }";
        let report = run(&format!("{{ routes: [{growing}{others}] }}"), &portal);
        codes(&report) == ["latency/growth"]
    };
    let budgets = ", { get: /a, p50: 1s, p90: 2s, p95: 3s }, { get: /b, p50: 1s, p95: 2s }";
    let mut only_alone = 0;
    for step in 0..20 {
        let factor = 3.0 + 0.05 * f64::from(step);
        let (alone, among) = (finds(factor, ""), finds(factor, budgets));
        assert!(alone || !among, "{factor}");
        only_alone += u32::from(alone && !among);
    }
    assert!(only_alone > 0);
}

#[test]
fn growth_is_seen_at_a_rate_that_is_too_much_for_the_portal() {
    // One worker, which needs twice the time there is at 20 requests a second.
    let (mut free, mut times) = (std::time::Duration::ZERO, Seeded::new(3));
    let portal = answering(move |reached| {
        let page = match reached.request.route.as_str() {
            "/records?limit=10" => 20.0,
            _ => 180.0,
        };
        let page = page * (0.9 + 0.2 * times.unit());
        free = free.max(reached.at) + std::time::Duration::from_secs_f64(page / 1e3);
        served(200, (free - reached.at).as_secs_f64() * 1e3)
    });
    let config = "{ get: '/records?limit=100', growth: { from: '/records?limit=10', at-most: 3 } }";
    let report = run(config, &portal);
    assert_eq!(codes(&report), ["latency/growth"], "{report:#?}");
    let title = &report.findings[0].title;
    assert!(
        title.contains("takes 8.") || title.contains("takes 9."),
        "{title}"
    );
    assert_eq!(*portal.most_at_once.lock().unwrap(), 1);
}

#[test]
fn a_load_that_is_too_much_is_told_beside_one_client() {
    let portal = answering(|reached| served(200, 20.0 * (reached.beside + 1) as f64));
    let report = run(
        "{ get: /api/records, p95: 300ms, clients: 30, for: 5s }",
        &portal,
    );
    let title = &report.findings[0].title;
    assert!(
        title.contains("600 ms at p95 with 30 clients at once and 20 ms with one"),
        "{title}"
    );
    assert!(
        report.findings[0]
            .advice
            .contains("connections to the database")
    );
    assert_eq!(*portal.most_at_once.lock().unwrap(), 30);
    let picture = &report.distributions[0];
    assert!(!picture.reference.is_empty());
    let p95 = picture
        .marks
        .iter()
        .find(|mark| mark.percentile == 95.0)
        .unwrap();
    assert_eq!(p95.standing, Standing::Over);
    assert_eq!(metric(&report, "p95 of one client"), 20.0);
}
