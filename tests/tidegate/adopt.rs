//! What a project has on its first day is known until a day, and only new findings block.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::civil::Date;
use serde_json::Value;
use tidegate::finding::Finding;
use tidegate::meta::Severity;
use tidegate::{Gate, RunOptions, Summary};
use tidegate_testkit::recorder::{App, Reply};

use crate::support::Project;

const BASELINE: &str = "tidegate.baseline.json";

/// Forty pages that fail, the first two worse than the others, and one that fails from a moment on.
struct Portal {
    project: Project,
    worse: Arc<AtomicBool>,
    _app: App,
}

fn portal(beside: &str) -> Portal {
    let worse = Arc::new(AtomicBool::new(false));
    let fails = Arc::clone(&worse);
    let app = App::start(move |request| {
        let fine = request.path() == "/new" && !fails.load(Ordering::SeqCst);
        // An answer of 500 would be a finding of an observer, too.
        Reply::text(if fine { 200 } else { 404 }, "answer")
    });
    let mut checks: String = (1..=40)
        .map(|page| {
            let severity = if page > 38 { "critical" } else { "medium" };
            format!(
                "  page-{page}: {{ severity: {severity}, flow: [{{ get: /{page}, expect: 200 }}] }}\n"
            )
        })
        .collect();
    checks.push_str("  new: { flow: [{ get: /new, expect: 200 }] }\n");
    checks.push_str(beside);
    Portal {
        project: Project::checking(app.url(), &checks),
        worse,
        _app: app,
    }
}

fn gate(project: &Project) -> Gate {
    let gate = Gate::builder(project.gate()).without_process_environment();
    let loaded = gate.load().expect("the gate is right");
    loaded.salted().expect("a salt is made")
}

fn ran(gate: &Gate) -> Summary {
    let options = RunOptions {
        all: true,
        preflight: false,
        ..RunOptions::default()
    };
    gate.run(options, |_| {}).expect("the run begins")
}

fn in_days(days: i64) -> Date {
    let today = tidegate_core::baseline::day(jiff::Timestamp::now());
    today.saturating_add(jiff::Span::new().days(days))
}

fn baseline(project: &Project) -> String {
    std::fs::read_to_string(project.path().join(BASELINE)).expect("the baseline is there")
}

/// Lets the acceptances end on another day, as if time had passed.
fn move_the_end(project: &Project, from: Date, to: Date) {
    let moved = baseline(project).replace(
        &format!("\"expires\": \"{from}\""),
        &format!("\"expires\": \"{to}\""),
    );
    project.write(BASELINE, moved);
}

/// The checks with a finding that counts.
fn counting(report: &Value) -> Vec<&str> {
    let results = report["results"].as_array().into_iter().flatten();
    let counts = |result: &&Value| {
        let mut findings = result["findings"].as_array().into_iter().flatten();
        findings.any(|finding| finding["suppressed"].is_null())
    };
    results
        .filter(counts)
        .filter_map(|result| result["id"].as_str())
        .collect()
}

const RUN: &[&str] = &["--all", "--no-preflight"];

#[test]
fn forty_findings_are_known_for_a_month_and_only_a_new_one_blocks() {
    let portal = portal("");
    let project = &portal.project;
    project.run(RUN).0.expect(1);
    let gate = gate(project);
    let until = in_days(30);
    let adopted = gate.adopt(&ran(&gate), until).expect("the file is written");
    assert_eq!((adopted.findings.len(), adopted.known), (40, 0));
    assert_eq!(
        adopted.by_severity(),
        [(Severity::Critical, 2), (Severity::Medium, 38)]
    );
    let severity = |finding: &Finding| finding.severity;
    assert_eq!(severity(&adopted.findings[1].finding), Severity::Critical);
    assert_eq!(severity(&adopted.findings[2].finding), Severity::Medium);
    assert_eq!(baseline(project).matches("\"expires\"").count(), 40);
    let (run, report) = project.run(RUN);
    run.expect(0).never_says("expire");
    assert_eq!(report["verdict"]["verdict"], "allow", "{report}");

    portal.worse.store(true, Ordering::SeqCst);
    let (run, report) = project.run(RUN);
    run.expect(1);
    assert_eq!(counting(&report), ["new"]);
    portal.worse.store(false, Ordering::SeqCst);

    // Nothing is prolonged or forgotten by adopting again.
    let again = gate.adopt(&ran(&gate), in_days(60)).expect("written");
    assert_eq!((again.findings.len(), again.known), (0, 40));
    assert_eq!(baseline(project).matches(&until.to_string()).count(), 40);

    move_the_end(project, until, in_days(3));
    project
        .run(RUN)
        .0
        .expect(0)
        .says("the acceptance of 40 findings expires on")
        .says("in 3 days");
    let yesterday = in_days(-1);
    move_the_end(project, in_days(3), yesterday);
    let (run, _) = project.run(RUN);
    run.expect(1)
        .says(&format!(
            "the acceptance of 40 findings expired on {yesterday}"
        ))
        .says("Its acceptance expired on");
    let ended = gate.adopt(&ran(&gate), in_days(60)).expect("written");
    assert_eq!((ended.findings.len(), ended.expired), (0, 40));
    project.run(RUN).0.expect(1);
}

#[test]
fn accepting_for_some_days_prolongs_only_when_it_is_told_to() {
    let portal = portal("");
    let project = &portal.project;
    let accept = |arguments: &[&str]| {
        let all = [&["baseline", "accept"], RUN, arguments].concat();
        project.tidegate(&all)
    };
    accept(&["--for", "30d"])
        .expect(0)
        .says("40 findings accepted");
    let count = |days: i64| {
        baseline(project)
            .matches(&format!("\"expires\": \"{}\"", in_days(days)))
            .count()
    };
    assert_eq!(count(30), 40);
    portal.worse.store(true, Ordering::SeqCst);
    accept(&["--for", "60d"]).expect(0);
    assert_eq!((count(30), count(60)), (40, 1));
    accept(&[]).expect(0);
    assert_eq!((count(30), count(60)), (40, 1));
    accept(&["--for", "90d", "--extend"]).expect(0);
    assert_eq!(count(90), 41);
    let until = format!("until {}", in_days(90));
    project
        .tidegate(&["baseline", "show"])
        .expect(0)
        .says(&until);

    move_the_end(project, in_days(90), in_days(-1));
    accept(&["--for", "30d"])
        .expect(0)
        .says("accepting again does not prolong it")
        .says("--extend");
    project
        .tidegate(&["baseline", "show"])
        .expect(0)
        .says("expired on");
    project.run(RUN).0.expect(1);
    accept(&["--for", "30d", "--extend"]).expect(0);
    project.run(RUN).0.expect(0);
}

#[test]
fn accepting_forgets_what_is_gone_and_nothing_of_a_check_that_did_not_run() {
    let portal = portal("");
    let project = &portal.project;
    let accept = |arguments: &[&str]| {
        let all = [&["baseline", "accept", "--no-preflight"], arguments].concat();
        project.tidegate(&all)
    };
    accept(&["--all", "--for", "30d"])
        .expect(0)
        .says("40 findings accepted");
    let all = baseline(project);
    accept(&["--only", "page-1"]).expect(0);
    assert_eq!(baseline(project), all);
    // What its check no longer finds, and what belongs to no check of the gate.
    let gate = std::fs::read_to_string(project.gate()).expect("it is there");
    let mended = gate.replace("[{ get: /1, expect: 200 }]", "[{ get: /1, expect: 404 }]");
    project.write("tidegate.yaml", mended.replace("  page-2:", "  other:"));
    accept(&["--only", "page-1"])
        .expect(0)
        .says("38 findings accepted");
    let kept = baseline(project);
    assert!(!kept.contains("\"page-1\"") && !kept.contains("\"page-2\""));
}

#[test]
fn accepting_forgets_nothing_of_an_observer_that_did_not_see_every_check() {
    let app = App::start(|request| {
        let is_broken = request.path() == "/broken";
        Reply::text(if is_broken { 500 } else { 200 }, "answer")
    });
    let checks = "  one: { flow: [{ get: /broken, expect: 500 }] }\n  two: { flow: [{ get: /, expect: 200 }] }\n";
    let project = Project::checking(app.url(), checks);
    let accept = |arguments: &[&str]| {
        let all = [&["baseline", "accept", "--no-preflight"], arguments].concat();
        project.tidegate(&all)
    };
    accept(&["--all", "--for", "30d"]).expect(0);
    let all = baseline(&project);
    assert!(all.contains("\"error-hygiene\""), "{all}");
    accept(&["--only", "two"]).expect(0);
    assert_eq!(baseline(&project), all);
    let gate = std::fs::read_to_string(project.gate()).expect("it is there");
    let mended = gate.replace("get: /broken, expect: 500", "get: /fine, expect: 200");
    project.write("tidegate.yaml", mended);
    accept(&["--all"]).expect(0);
    assert!(!baseline(&project).contains("error-hygiene"));
}

#[test]
fn accepting_forgets_nothing_of_a_check_that_is_off_in_the_environment() {
    let app = App::start(|_| Reply::text(404, "answer"));
    let url = app.url();
    let project = Project::new(&format!(
        "version: 1\nname: test\nenvironments:\n  here: {{ kind: local, url: \"{url}\" }}\n\
         \u{20} there: {{ kind: local, url: \"{url}\", checks: {{ one: off }} }}\nchecks:\n\
         \u{20} one: {{ flow: [{{ get: /1, expect: 200 }}] }}\n\
         \u{20} two: {{ flow: [{{ get: /2, expect: 404 }}] }}\n"
    ));
    let accept = |environment: &str| {
        project.tidegate(&[
            "baseline",
            "accept",
            "--no-preflight",
            "--all",
            "--env",
            environment,
        ])
    };
    accept("here").expect(0).says("1 finding accepted");
    let all = baseline(&project);
    accept("there").expect(0);
    assert_eq!(baseline(&project), all);
}

#[test]
fn where_nothing_is_new_the_file_stays_as_it_is() {
    let app = App::start(|_| Reply::text(200, "fine"));
    let project = Project::checking(app.url(), "  alive: { flow: [{ get: /, expect: 200 }] }\n");
    let clean = gate(&project);
    let summary = ran(&clean);
    let adopted = clean.adopt(&summary, in_days(30)).expect("it is read");
    assert_eq!((adopted.findings.len(), adopted.known), (0, 0));
    assert!(!project.path().join(BASELINE).exists());
    let by_hand = "{ \"version\": 1, \"findings\": [] }";
    project.write(BASELINE, by_hand);
    let adopted = clean.adopt(&summary, in_days(30)).expect("it is read");
    assert_eq!(adopted.findings.len(), 0);
    assert_eq!(baseline(&project), by_hand);
}

#[test]
fn a_file_that_cannot_be_read_is_not_written_over() {
    let portal = portal("");
    let project = &portal.project;
    let gate = gate(project);
    let summary = ran(&gate);
    for broken in [
        "{ \"version\": 1, \"find",
        "{ \"version\": 2, \"findings\": [] }",
    ] {
        project.write(BASELINE, broken);
        assert!(gate.adopt(&summary, in_days(30)).is_err());
        assert!(gate.accept(&summary).is_err());
        assert_eq!(baseline(project), broken);
    }
}

#[test]
fn a_length_that_is_none_is_said_so() {
    let portal = portal("");
    for (wrong, told) in [
        (&["--for", "30"][..], "as in 30d"),
        (&["--for", "0d"], "from 1 to 3650"),
        (&["--extend"], "--for"),
    ] {
        let all = [&["baseline", "accept"], wrong].concat();
        portal.project.tidegate(&all).expect(2).says(told);
    }
    assert!(!portal.project.path().join(BASELINE).exists());
}

#[test]
fn a_check_without_a_result_is_named_and_stops_as_before() {
    let secretive = "  secretive: { flow: [{ get: /1, headers: { x-key: \"${SET_NOWHERE}\" }, expect: 200 }] }\n";
    let portal = portal(secretive);
    let gate = gate(&portal.project);
    let adopted = gate.adopt(&ran(&gate), in_days(30)).expect("written");
    assert_eq!(adopted.findings.len(), 40);
    let unresolved = adopted.unresolved.iter();
    let named: Vec<_> = unresolved
        .map(|one| (one.check.as_str(), one.outcome, one.stops))
        .collect();
    assert_eq!(named, [("secretive", "errored", true)]);
    portal.project.run(RUN).0.expect(3);
}
