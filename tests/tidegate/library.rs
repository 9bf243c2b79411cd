//! Tidegate inside another program.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use tidegate::{Event, Gate, RunOptions, Verdict};
use tidegate_testkit::recorder::{App, Reply};
use tidegate_testkit::tls::{Certificate, TlsApp};

use crate::support::Project;

const CHECKS: &str = "  healthy: { flow: [{ get: /health, expect: 200 }] }\n";

fn app() -> App {
    App::start(|_| Reply::text(200, "fine"))
}

fn gate(project: &Project) -> Gate {
    Gate::builder(project.gate())
        .without_process_environment()
        .load()
        .expect("the gate is right")
}

/// Polls a future on this thread alone, as an executor that is not tokio would.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

#[test]
fn a_run_blocks_outside_any_runtime_and_tells_its_events_in_order() {
    let app = app();
    let project = Project::checking(app.url(), CHECKS);
    let mut told = Vec::new();
    let summary = gate(&project)
        .run(RunOptions::default(), |event| {
            told.push(match event {
                Event::RunStarted { .. } => "started",
                Event::CheckFinished { .. } => "finished",
                Event::RunFinished { .. } => "ended",
                _ => "other",
            });
        })
        .expect("the run begins");
    assert_eq!(summary.judgement.verdict, Verdict::Allow);
    assert_eq!(
        (told.first(), told.last()),
        (Some(&"started"), Some(&"ended"))
    );
    assert!(told.contains(&"finished"));
}

#[test]
fn a_run_is_a_future_for_any_executor() {
    let app = app();
    let project = Project::checking(app.url(), CHECKS);
    let events = Arc::new(Mutex::new(0));
    let counted = events.clone();
    let started = gate(&project).start(RunOptions::default(), move |_| {
        *counted.lock().unwrap() += 1;
    });
    assert_eq!(
        block_on(started).expect("the run begins").judgement.verdict,
        Verdict::Allow
    );
    assert!(*events.lock().unwrap() >= 3);
}

#[test]
fn a_run_works_inside_a_tokio_runtime_of_either_kind() {
    let app = app();
    let project = Project::checking(app.url(), CHECKS);
    let current = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let inside = current.block_on(async {
        let blocking = gate(&project)
            .run(RunOptions::default(), |_| {})
            .expect("the run begins");
        let future = gate(&project)
            .start(RunOptions::default(), |_| {})
            .await
            .expect("the run begins");
        (blocking.judgement.verdict, future.judgement.verdict)
    });
    assert_eq!(inside, (Verdict::Allow, Verdict::Allow));
    let many = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let gate = gate(&project);
    let summary = many.block_on(async move { gate.start(RunOptions::default(), |_| {}).await });
    assert_eq!(
        summary.expect("the run begins").judgement.verdict,
        Verdict::Allow
    );
}

#[test]
fn the_programs_own_tls_provider_is_neither_used_nor_replaced() {
    let mut useless = rustls::crypto::ring::default_provider();
    useless.cipher_suites.clear();
    useless.install_default().expect("nothing is installed yet");
    let app = TlsApp::start(Certificate::Valid, |_| Reply::text(200, "fine"));
    let project = Project::new(&format!(
        "version: 1\nname: test\nenvironments:\n  local: {{ kind: local, url: \"{}\", ca: authority.pem }}\nchecks:\n{CHECKS}",
        app.url()
    ));
    project.write("authority.pem", app.authority_pem());
    let summary = gate(&project)
        .run(RunOptions::default(), |_| {})
        .expect("the run begins");
    assert_eq!(
        summary.judgement.verdict,
        Verdict::Allow,
        "{:#?}",
        summary.preflight
    );
    let installed = rustls::crypto::CryptoProvider::get_default().expect("still there");
    assert!(installed.cipher_suites.is_empty());
}

#[test]
fn a_missing_gate_file_is_an_error_with_help() {
    let error = Gate::builder("/nowhere/tidegate.yaml")
        .load()
        .err()
        .expect("there is no such file");
    assert_eq!(error.diagnostics().len(), 1);
    assert!(!error.help().is_empty());
}
