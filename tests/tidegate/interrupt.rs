//! Ctrl-C at every stage: the run ends, cleans up and still gives its verdict.

use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use serde_json::json;
use tidegate_testkit::recorder::{App, Reply};

use crate::support::{Project, Ran};

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
    let signalled = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(signalled.success());
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
