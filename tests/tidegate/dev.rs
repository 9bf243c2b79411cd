//! `tidegate dev`: a saved file starts the checks again.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use tidegate_testkit::recorder::{App, Reply};

use crate::support::{Project, signal};

/// How long a line is waited for on a busy machine.
const LONG: Duration = Duration::from_secs(60);

/// `tidegate dev` as it runs, and what it writes.
struct Dev {
    child: Child,
    reports: Receiver<String>,
    messages: Receiver<String>,
}

impl Dev {
    fn start(project: &Project, arguments: &[&str]) -> Self {
        let mut child = project
            .command(&[&["dev", "--no-preflight"], arguments].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        Self {
            reports: lines(child.stdout.take().expect("it is piped")),
            messages: lines(child.stderr.take().expect("it is piped")),
            child,
        }
    }

    /// Waits for a message.
    #[track_caller]
    fn says(&self, text: &str) {
        until(&self.messages, text);
    }

    /// Waits for the verdict of a run, and gives its report.
    #[track_caller]
    fn reports(&self) -> String {
        until(&self.reports, " ran against ")
    }

    fn signal(&self, name: &str) {
        signal(name, &self.child);
    }

    fn ends(&mut self) -> Option<i32> {
        self.child.wait().expect("the child is ours").code()
    }
}

/// What is written to a pipe, line by line.
fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            // Nobody may wait for it any more.
            let _ = sender.send(line);
        }
    });
    lines
}

/// Waits for a line that holds the text, and gives what came up to it.
#[track_caller]
fn until(lines: &Receiver<String>, text: &str) -> String {
    let mut seen = Vec::new();
    loop {
        let Ok(line) = lines.recv_timeout(LONG) else {
            panic!("no `{text}` after\n{}", seen.join("\n"));
        };
        let found = line.contains(text);
        seen.push(line);
        if found {
            return seen.join("\n");
        }
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const CHECKS: &str = "  alive: { flow: [{ get: /, expect: 200 }] }\n  orders: { flow: [{ get: /orders, expect: 200 }] }\n";

/// An app whose `/orders` can be broken.
fn app() -> (App, Arc<AtomicBool>) {
    let broken = Arc::new(AtomicBool::new(false));
    let fails = Arc::clone(&broken);
    let app = App::start(move |request| {
        let fault = request.path() == "/orders" && fails.load(Ordering::SeqCst);
        Reply::text(if fault { 500 } else { 200 }, "answer")
    });
    (app, broken)
}

const WAITS: &str = "Waiting for a file to be saved";

#[test]
fn a_saved_file_runs_the_checks_again_and_what_turned_is_said_first() {
    let (app, broken) = app();
    let project = Project::checking(app.url(), CHECKS);
    project.write("app.js", "1");
    let mut dev = Dev::start(&project, &[]);
    let has = |report: String, text: &str| assert!(report.contains(text), "{report}");
    has(dev.reports(), "This deploy may go out");
    dev.says(WAITS);
    broken.store(true, Ordering::SeqCst);
    project.write("app.js", "22");
    dev.says("`app.js` was saved");
    let report = dev.reports();
    assert!(!report.contains("alive"), "{report}");
    has(report, "Turned from passed to failed\n  orders\n");
    dev.says(WAITS);
    project.write("app.js", "333");
    has(dev.reports(), "Still failing\n  orders\n");
    dev.says(WAITS);
    broken.store(false, Ordering::SeqCst);
    project.write("other.js", "1");
    has(dev.reports(), "Turned from failed to passed\n  orders\n");
    dev.says(WAITS);
    dev.signal("-INT");
    assert_eq!(dev.ends(), Some(130));
}

#[test]
fn a_gate_file_with_a_fault_is_told_and_waited_for() {
    let (app, _broken) = app();
    let project = Project::checking(app.url(), CHECKS);
    let good = std::fs::read_to_string(project.gate()).expect("the gate is there");
    let mut dev = Dev::start(&project, &["--only", "alive"]);
    assert!(dev.reports().contains("1 of 2 checks ran"));
    dev.says(WAITS);
    project.write("tidegate.yaml", good.replace("expect", "expext"));
    dev.says("expext");
    dev.says(WAITS);
    project.write("tidegate.yaml", good);
    assert!(dev.reports().contains("may go out"));
    dev.signal("-INT");
    assert_eq!(dev.ends(), Some(130));
}

#[test]
fn ctrl_c_during_a_run_removes_what_it_created() {
    let (asked, was_asked) = channel();
    let app = App::start(
        move |request| match (request.method.as_str(), request.path()) {
            (_, "/slow") => {
                let _ = asked.send(());
                Reply::text(200, "at last").after(Duration::from_secs(30))
            }
            ("POST", _) => Reply::json(201, &serde_json::json!({ "id": 17 })),
            _ => Reply::text(200, "fine"),
        },
    );
    let checks = "  a: { flow: [{ post: /records, json: { title: '${unique}' }, expect: 201, capture: { record: $.id }, cleanup: { delete: '/records/${record}' } }, { get: /slow, expect: 200 }] }\n";
    let project = Project::checking(app.url(), checks);
    let mut dev = Dev::start(&project, &[]);
    was_asked.recv_timeout(LONG).expect("the check runs");
    dev.signal("-INT");
    assert_eq!(dev.ends(), Some(130));
    assert_eq!(app.requests_to("/records/17").len(), 1);
}
