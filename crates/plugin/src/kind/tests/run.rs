use std::sync::mpsc::channel;
use std::task::{Context as TaskContext, Poll, Waker};
use std::time::Duration;

use tidegate_core::check::{CheckError, CheckReport, Doubt};
use tidegate_core::meta::{Confidence, Severity};
use tidegate_core::plugin::{Access, Grant};
use tidegate_core::ports::http::Response;

use super::*;
use crate::guest::{self, Guest};
use crate::interface::http::{Place, Request};
use crate::interface::types::{Evidence, Finding, Location, Metric, Outcome, Unit};
use crate::testing::{FakeFiles, FakeHttp, Surroundings, Threads, answer, block_on};

/// A loop that never ends.
const FOREVER: &str = "(loop $forever (br $forever)) unreachable";

/// Writes what the plugin is handed over as config into the log, as a warning.
const TELL_CONFIG: &str = "(call $log (i32.const 2) (i32.load (local.get $arguments)) (i32.load offset=4 (local.get $arguments)))";

/// A folder with the component, and the kind that finds it there.
struct Shelf {
    folder: tempfile::TempDir,
    kind: Arc<PluginKind>,
}

impl Shelf {
    fn of(guest: &Guest, asked: &[Power]) -> Self {
        let component = guest.component();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("totals.wasm"), &component).unwrap();
        let mut locked = locked(any(), asked);
        locked.source = Source::Path("totals.wasm".to_owned());
        locked.sha256 = digest(&component);
        locked.size = component.len() as u64;
        let kind = kind_in(locked, folder.path().to_owned());
        Self { folder, kind }
    }

    fn run_with(
        &self,
        surroundings: &Surroundings,
        config: &str,
        http: Arc<FakeHttp>,
    ) -> Result<CheckReport, CheckError> {
        let check = surroundings.parse(&*self.kind, config).unwrap();
        let context = surroundings.context(self.kind.clone(), check.clone(), http);
        block_on(check.run(&context))
    }

    fn run(&self, surroundings: &Surroundings) -> Result<CheckReport, CheckError> {
        self.run_with(surroundings, "{}", silent())
    }
}

fn silent() -> Arc<FakeHttp> {
    FakeHttp::new(|_| Ok(answer(&[], "ok")))
}

fn reads() -> Surroundings {
    Surroundings {
        grant: Grant {
            target: Some(Access::Read),
            ..Grant::default()
        },
        ..Surroundings::default()
    }
}

fn get_invoices() -> Request {
    Request {
        method: "GET".to_owned(),
        place: Place::Target("/api/invoices".to_owned()),
        route: None,
        identity: None,
        headers: Vec::new(),
        body: None,
        timeout: None,
        redirects: 0,
        body_limit: None,
    }
}

/// A plugin that sends a request and then finds nothing.
fn sending() -> Guest {
    let send = "(call $send (global.get $invoices) (global.get $answer))";
    Guest::answering_after(send, &guest::outcome())
        .request("invoices", &get_invoices())
        .words("answer", &[0; 64])
}

#[test]
fn what_a_plugin_finds_becomes_the_report() {
    let finding = Finding {
        title: "invoice 17\n::error::has another total".to_owned(),
        severity: Some(types::Severity::Low),
        confidence: types::Confidence::Medium,
        location: Some(Location {
            file: "exports/a.csv".to_owned(),
            line: Some(3),
            column: Some(5),
        }),
        evidence: vec![Evidence {
            label: "expected\n::warning::x".to_owned(),
            text: "12.00\n13.00".to_owned(),
        }],
        remediation: Some("Look at line 3.".to_owned()),
        subject: Some("invoice 17".to_owned()),
        ..guest::finding()
    };
    let elsewhere = Finding {
        location: Some(Location {
            file: "exports/none.csv".to_owned(),
            line: None,
            column: None,
        }),
        ..guest::finding()
    };
    let outcome = Outcome {
        evaluated: 4,
        findings: vec![finding, elsewhere],
        metrics: vec![Metric {
            name: "invoices".to_owned(),
            subject: String::new(),
            unit: Unit::Count,
            value: 17.0,
        }],
        notes: vec!["One invoice has no lines.".to_owned()],
        inconclusive: Some("The export is old.".to_owned()),
    };
    let shelf = Shelf::of(&Guest::answering_after(TELL_CONFIG, &outcome), &[]);
    let surroundings = Surroundings {
        files: FakeFiles::new(&[("exports/a.csv", "")]),
        ..Surroundings::default()
    };
    let report = shelf.run_with(
        &surroundings,
        r#"{ "most": 5, "mark": "${unique}" }"#,
        silent(),
    );
    let report = report.unwrap();
    assert_eq!(report.evaluated, 4);
    let [here, there] = &report.findings[..] else {
        panic!("{report:?}")
    };
    assert_eq!(here.code.as_str(), "plugin/invoice-totals/total-differs");
    assert_eq!(here.title, "invoice 17 ::error::has another total");
    assert_eq!(
        (here.severity, here.confidence),
        (Severity::Low, Confidence::Medium)
    );
    assert_eq!(here.location.to_string(), "exports/a.csv:3:5");
    assert_eq!(here.evidence[0].label, "expected ::warning::x");
    assert_eq!(here.advice, "Add up in cents. Look at line 3.");
    assert_eq!(here.subject, "invoice 17");
    assert_eq!((there.severity, there.location.line), (Severity::High, 6));
    assert_eq!(there.location.file, "tidegate.yaml");
    assert_eq!(there.evidence[0].text, "exports/none.csv");
    assert_eq!(
        (there.advice.as_str(), there.subject.as_str()),
        ("Add up in cents.", &*there.title)
    );
    assert_eq!(
        (report.metrics[0].name.as_str(), report.metrics[0].value),
        ("invoices", 17.0)
    );
    assert_eq!(report.inconclusive.unwrap().reason, Doubt::NoEvidence);
    assert_eq!(
        report.notes,
        [
            "One invoice has no lines.",
            r#"The plugin warns: {"most":5,"mark":"tidegate-00c0ffee-000000c0ffee"}"#
        ]
    );
}

#[test]
fn a_request_goes_out_as_the_check_and_once_only() {
    let shelf = Shelf::of(&sending(), &[Power::TargetRead]);
    let http = silent();
    shelf.run_with(&reads(), "{}", http.clone()).unwrap();
    assert_eq!(http.sent(), ["GET /api/invoices"]);
    // Without the power the call is the same, and nothing goes out.
    let shelf = Shelf::of(&sending(), &[]);
    let http = silent();
    shelf.run_with(&reads(), "{}", http.clone()).unwrap();
    assert!(http.sent().is_empty());
}

#[test]
fn a_fault_in_the_config_is_told_at_its_line() {
    let run = "
        (i32.store offset=8 (global.get $out) (global.get $pointer))
        (i32.store offset=12 (global.get $out) (global.get $pointer-length))
        (i32.store offset=16 (global.get $out) (global.get $message))
        (i32.store offset=20 (global.get $out) (global.get $message-length))
        (i32.store offset=24 (global.get $out) (global.get $message))
        (i32.store offset=28 (global.get $out) (global.get $message-length))
        (call $log (i32.const 0) (global.get $message) (global.get $message-length))
        (global.get $out)";
    let guest = Guest::new(run)
        .words("out", &[1, 0, 0, 0, 0, 0, 0, 0])
        .text("pointer", b"/limits/1")
        .text("message", b"write more");
    let shelf = Shelf::of(&guest, &[]);
    let config = "{\n\"limits\": [\n1,\n2\n] }";
    let error = shelf
        .run_with(&Surroundings::default(), config, silent())
        .unwrap_err();
    assert_eq!(
        error.message,
        "plugin/invoice-totals: the plugin refuses its config at `/limits/1`: write more"
    );
    assert_eq!(
        error.help,
        "write more The last lines of its log: write more"
    );
    assert_eq!(error.location.unwrap().line, 4);
}

#[test]
fn a_limit_is_told_with_the_key_that_raises_it() {
    let flood =
        "(loop $on (call $log (i32.const 0) (i32.const 0) (i32.const 0)) (br $on)) unreachable";
    let shelf = Shelf::of(&Guest::new(flood), &[]);
    let mut surroundings = Surroundings::default();
    surroundings.limits.log = 3;
    let error = shelf.run(&surroundings).unwrap_err();
    assert!(
        error.message.contains("its limit `log` (3 lines)"),
        "{error:?}"
    );
    assert!(error.help.contains("`log:` under `limits:`"), "{error:?}");
    assert_eq!(error.location, None);
}

#[test]
fn another_component_than_the_locked_is_not_run() {
    let shelf = Shelf::of(&Guest::answering(&guest::outcome()), &[]);
    let path = shelf.folder.path().join("totals.wasm");
    let mut component = std::fs::read(&path).unwrap();
    for change in ["longer", "other", "gone"] {
        match change {
            "longer" => component.push(0),
            _ => *component.last_mut().unwrap() ^= 1,
        }
        std::fs::write(&path, &component).unwrap();
        if change == "gone" {
            std::fs::remove_file(&path).unwrap();
        }
        let mut locked = shelf.kind.component.locked.clone();
        locked.describes.documentation = String::new();
        let kind = kind_in(locked, shelf.folder.path().to_owned());
        let (kind, folder) = (kind, tempfile::tempdir().unwrap());
        let error = Shelf { folder, kind }
            .run(&Surroundings::default())
            .unwrap_err();
        let expected = match change {
            "gone" => "cannot be read",
            _ => "is not the one in tidegate.lock",
        };
        assert!(error.message.contains(expected), "{change}: {error:?}");
        assert!(
            error.help.contains("tidegate plugin update invoice-totals"),
            "{error:?}"
        );
        component = std::fs::read(&path).unwrap_or_default();
    }
}

#[test]
fn what_was_prepared_is_read_once() {
    let shelf = Shelf::of(&Guest::answering(&guest::outcome()), &[]);
    let surroundings = Surroundings::default();
    let check = surroundings.parse(&*shelf.kind, "{}").unwrap();
    let tasks: Arc<dyn tidegate_core::ports::Tasks> = Arc::new(Threads);
    block_on(check.prepare(&tasks));
    std::fs::remove_file(shelf.folder.path().join("totals.wasm")).unwrap();
    let context = surroundings.context(shelf.kind.clone(), check.clone(), silent());
    assert_eq!(block_on(check.run(&context)).unwrap().evaluated, 1);
}

#[test]
fn what_no_plugin_is_fails_when_it_runs_and_not_before() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("totals.wasm"), "component").unwrap();
    let mut locked = locked(any(), &[]);
    locked.source = Source::Path("totals.wasm".to_owned());
    let kind = kind_in(locked, folder.path().to_owned());
    let surroundings = Surroundings::default();
    let check = surroundings.parse(&*kind, "{}").unwrap();
    let tasks: Arc<dyn tidegate_core::ports::Tasks> = Arc::new(Threads);
    block_on(check.prepare(&tasks));
    let context = surroundings.context(kind.clone(), check.clone(), silent());
    let error = block_on(check.run(&context)).unwrap_err();
    assert!(
        error.message.contains("no WebAssembly component"),
        "{error:?}"
    );
}

/// Begins a run, drops its future once `begun` tells, and waits until the thread has let go of the ports.
fn dropped(shelf: &Shelf, surroundings: &Surroundings, http: Arc<FakeHttp>, begun: &dyn Fn()) {
    let check = surroundings.parse(&*shelf.kind, "{}").unwrap();
    let tasks: Arc<dyn tidegate_core::ports::Tasks> = Arc::new(Threads);
    block_on(check.prepare(&tasks));
    let context = surroundings.context(shelf.kind.clone(), check.clone(), http.clone());
    let mut run = check.run(&context);
    let mut task = TaskContext::from_waker(Waker::noop());
    assert!(run.as_mut().poll(&mut task).is_pending());
    begun();
    assert!(matches!(run.as_mut().poll(&mut task), Poll::Pending));
    drop(run);
    drop(context);
    while Arc::strong_count(&http) > 1 {
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn dropping_the_future_ends_a_loop() {
    let shelf = Shelf::of(&Guest::new(FOREVER), &[]);
    let mut surroundings = Surroundings::default();
    surroundings.limits.time = Duration::from_secs(3_600);
    dropped(&shelf, &surroundings, silent(), &|| {});
}

#[test]
fn dropping_the_future_ends_a_request_that_hangs() {
    let shelf = Shelf::of(&sending(), &[Power::TargetRead]);
    let (asked, began) = channel();
    let http = FakeHttp::slow(move |_| {
        asked.send(()).unwrap();
        Box::pin(std::future::pending::<Result<Response, _>>())
    });
    let mut surroundings = reads();
    surroundings.limits.time = Duration::from_secs(3_600);
    dropped(&shelf, &surroundings, http, &|| began.recv().unwrap());
}

#[test]
fn many_warnings_are_counted_and_not_all_told() {
    let warn = "(call $log (i32.const 2) (global.get $line) (global.get $line-length))";
    let guest = Guest::answering_after(&warn.repeat(60), &guest::outcome()).text("line", b"a\n::b");
    let report = Shelf::of(&guest, &[])
        .run(&Surroundings::default())
        .unwrap();
    assert_eq!(report.notes.len(), 51);
    assert_eq!(report.notes[0], "The plugin warns: a ::b");
    assert_eq!(report.notes[50], "The plugin logged 10 more warnings.");
}
