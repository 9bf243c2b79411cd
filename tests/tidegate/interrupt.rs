//! Ctrl-C at every stage: the run ends, cleans up and still gives its verdict.

use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use serde_json::json;
use tidegate_testkit::recorder::{App, Reply};

use crate::support::{Project, Ran, signal};

const CREATE: &str = "  a: { flow: [{ post: /records, json: { title: '${unique}' }, expect: 201, capture: { record: $.id }, cleanup: { delete: '/records/${record}' } }, { get: /slow, expect: 200 }] }\n";

/// Runs the gate and sends Ctrl-C once the app has been asked for `path`.
fn interrupted_at(path: &'static str, arguments: &[&str]) -> (Ran, App) {
    let (asked, was_asked) = mpsc::channel();
    let app = App::start(move |request| {
        if request.path() == path {
            let _ = asked.send(());
        }
        match (request.method.as_str(), request.path()) {
            (_, "/slow") => Reply::text(200, "at last").after(Duration::from_secs(20)),
            ("POST", _) => Reply::json(201, &json!({ "id": 17 })),
            ("GET", "/") if path == "/" => Reply::text(200, "fine").after(Duration::from_secs(20)),
            _ => Reply::text(200, "fine"),
        }
    });
    let project = Project::checking(app.url(), CREATE);
    let mut command = project.command(&[&["run"], arguments].concat());
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    was_asked
        .recv_timeout(Duration::from_secs(30))
        .expect("the app is asked");
    signal("-INT", &child);
    let ran = Ran::of(child.wait_with_output().expect("the child is ours"));
    (ran, app)
}

#[test]
fn during_the_preflight_nothing_was_created_and_the_code_says_interrupted() {
    let (ran, app) = interrupted_at("/", &[]);
    ran.expect(130);
    assert!(app.requests_to("/records").is_empty());
}

#[test]
fn during_a_check_what_was_created_is_removed() {
    let (ran, app) = interrupted_at("/slow", &["--no-preflight"]);
    ran.expect(130).never_says("panicked");
    assert_eq!(app.requests_to("/records/17").len(), 1);
}

/// Signals a run twice, once when the slow step of its check is asked for and once while it removes
/// what it created; then lets `clean` remove it.
fn stopped_twice(first: &str, second: &str) {
    let (asked, was_asked) = mpsc::channel();
    let healthy = Arc::new(AtomicBool::new(false));
    let recovered = Arc::clone(&healthy);
    let app = App::start(move |request| {
        let _ = asked.send(format!("{} {}", request.method, request.path()));
        let stuck = |reply: Reply| reply.after(Duration::from_secs(60));
        match (request.method.as_str(), request.path()) {
            (_, "/slow") => stuck(Reply::text(200, "at last")),
            ("POST", _) => Reply::json(201, &json!({ "id": 17 })),
            ("DELETE", _) if !recovered.load(Ordering::SeqCst) => stuck(Reply::new(204)),
            _ => Reply::text(200, "fine"),
        }
    });
    let project = Project::checking(app.url(), CREATE);
    let child = project
        .command(&["run", "--no-preflight"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let wait_for = |request: &str| {
        let heard = std::iter::from_fn(|| was_asked.recv_timeout(Duration::from_secs(30)).ok());
        assert!(heard.into_iter().any(|one| one == request), "no {request}");
    };
    wait_for("GET /slow");
    signal(first, &child);
    wait_for("DELETE /records/17");
    signal(second, &child);
    let ran = Ran::of(child.wait_with_output().expect("the child is ours"));
    if second == "-KILL" {
        assert_eq!(ran.code, None);
    } else {
        ran.expect(130)
            .says("the removal was abandoned")
            .says("DELETE /records/17");
    }
    healthy.store(true, Ordering::SeqCst);
    project.tidegate(&["clean"]).expect(0);
    assert_eq!(app.requests_to("/records/17").len(), 2);
    project.tidegate(&["clean"]).expect(0);
    assert_eq!(app.requests_to("/records/17").len(), 2);
}

#[test]
fn a_second_ctrl_c_abandons_the_removal_and_clean_takes_it_up() {
    stopped_twice("-INT", "-INT");
}

#[test]
fn a_second_request_to_terminate_abandons_the_removal_too() {
    stopped_twice("-TERM", "-TERM");
}

#[test]
fn what_a_killed_run_left_is_removed_by_clean() {
    stopped_twice("-INT", "-KILL");
}
