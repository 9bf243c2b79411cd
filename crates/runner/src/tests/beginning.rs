//! What checks prepare while the run goes on.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use tidegate_core::check::Forecast;
use tidegate_core::gate::Entry;
use tidegate_core::ports::HttpError;
use tidegate_core::verdict::Verdict;
use tokio::sync::Notify;

use super::fakes::*;

/// A check that counts how often it was prepared.
fn counted(id: &str, begun: &Arc<AtomicUsize>) -> Entry {
    let begun = begun.clone();
    preparing(check(id), move || {
        begun.fetch_add(1, Ordering::SeqCst);
        async {}
    })
}

/// A check whose preparation never ends.
fn unready(id: &str) -> Entry {
    preparing(check(id), std::future::pending)
}

/// A check that nothing may run beside.
fn alone(id: &str) -> Entry {
    let forecast = Forecast {
        exclusive: true,
        requests: 1,
        ..Forecast::default()
    };
    forecasting(check(id), forecast)
}

#[test]
fn checks_prepare_while_the_candidate_is_looked_at() {
    let (sender, begun) = mpsc::channel();
    let prepared = preparing(check("a"), move || {
        let sender = sender.clone();
        async move { sender.send(()).unwrap_or_default() }
    });
    let mut bench = Bench::new(vec![prepared]);
    let begun = Mutex::new(Some(begun));
    bench.http = FakeHttp::new(move |_| {
        if let Some(begun) = begun.lock().unwrap().take() {
            begun.recv_timeout(Duration::from_secs(20)).unwrap();
        }
        Ok(response(200))
    });
    assert_eq!(bench.run().judgement.verdict, Verdict::Allow);
}

#[test]
fn a_check_that_must_be_alone_waits_for_what_others_prepare_and_no_other_does() {
    let (ran, ready) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
    // It ends only once a check has run beside it.
    let slow = preparing(check("slow"), {
        let (ran, ready) = (ran.clone(), ready.clone());
        move || {
            let (ran, ready) = (ran.clone(), ready.clone());
            async move {
                ran.notified().await;
                // Long enough for one that does not wait to have begun.
                tokio::time::sleep(Duration::from_millis(200)).await;
                ready.store(true, Ordering::SeqCst);
            }
        }
    });
    let beside = check_that(
        "beside",
        body(move |_| {
            ran.notify_one();
            async { passed() }
        }),
    );
    let measured = check_that(
        "measured",
        body(move |_| {
            let ready = ready.load(Ordering::SeqCst);
            async move { if ready { passed() } else { broken("not alone") } }
        }),
    );
    let exclusive = alone("any").check.forecast();
    let checks = vec![forecasting(measured, exclusive), slow, beside];
    let summary = Bench::new(checks).run();
    for id in ["slow", "beside", "measured"] {
        assert_eq!(outcome(&summary, id), "passed", "{id}");
    }
}

#[test]
fn a_panic_while_preparing_is_told_by_nobody_but_the_check() {
    let panics = preparing(check("a"), || -> std::future::Ready<()> { panic!("boom") });
    let later = preparing(check("b"), || async { panic!("boom") });
    let summary = Bench::new(vec![panics, later, alone("c")]).run();
    assert_eq!(summary.judgement.verdict, Verdict::Allow);
    assert_eq!(summary.judgement.executed, 3);
}

#[test]
fn what_never_is_ready_keeps_no_run_from_its_end() {
    let summary = Bench::new(vec![unready("a"), check("b")]).run();
    assert_eq!(summary.judgement.verdict, Verdict::Allow);

    let mut bench = Bench::new(vec![unready("a"), alone("b")]);
    bench.options.run_budget = Some(Duration::from_millis(100));
    let summary = bench.run();
    let waited = result(&summary, "b");
    assert_eq!(waited.outcome.name(), "cancelled");
    assert!(
        waited.notes[0].starts_with("the run budget of"),
        "{waited:?}"
    );

    let bench = Bench::new(vec![unready("a"), alone("b")]);
    let stop = bench.stop.clone();
    let mut setup = bench.setup();
    setup.options.stop = stop.clone();
    let summary = crate::run(setup, &mut |event| {
        if matches!(event, tidegate_core::event::Event::CheckFinished { .. }) {
            stop.request();
        }
    });
    assert!(summary.unwrap().interrupted);
}

#[test]
fn nothing_is_prepared_that_does_not_run() {
    let begun = Arc::new(AtomicUsize::new(0));
    let mut bench = Bench::new(vec![counted("a", &begun), counted("b", &begun)]);
    crate::plan(&bench.setup()).unwrap();
    assert_eq!(begun.load(Ordering::SeqCst), 0);

    bench.options.only = vec!["b".into()];
    bench.run();
    assert_eq!(begun.load(Ordering::SeqCst), 1);

    bench.options.only = Vec::new();
    let mut keyed = bench.gate.checks[0].check.forecast();
    keyed.secrets = vec!["API_KEY".into()];
    bench.gate.checks = vec![forecasting(counted("a", &begun), keyed)];
    bench.options.provenance.untrusted = Some("a pull request from a fork".into());
    bench.run();
    assert_eq!(begun.load(Ordering::SeqCst), 1);
}

#[test]
fn what_is_prepared_for_a_run_that_cannot_begin_is_given_up() {
    struct Dropped(Arc<AtomicBool>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    let given_up = Arc::new(AtomicBool::new(false));
    let seen = given_up.clone();
    let prepared = preparing(check("a"), move || {
        let guard = Dropped(seen.clone());
        async move {
            let _guard = guard;
            std::future::pending::<()>().await;
        }
    });
    let mut bench = Bench::new(vec![prepared]);
    bench.http = FakeHttp::new(|_| {
        Err(HttpError::Connect {
            origin: "http://127.0.0.1:1".into(),
            reason: "refused".into(),
        })
    });
    assert!(bench.run().preflight.is_some());
    let mut tries = (0..2_000).map(|_| std::thread::sleep(Duration::from_millis(10)));
    while !given_up.load(Ordering::SeqCst) {
        tries.next().unwrap();
    }
}
