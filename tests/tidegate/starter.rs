//! A run without a gate file: the starter set, and where it must not stand in.

use std::path::Path;

use tidegate::{Gate, RunOptions, Verdict};
use tidegate_core::gate::EnvironmentKind;
use tidegate_testkit::recorder::{App, Reply};

use crate::support::{Project, codes};

const PAGE: &str =
    "<!doctype html><title>Acme</title><h1>Acme</h1><script type=module src=/app.js></script>";

/// What the tests leave out of the set: the measurement takes its time, and an empty folder has no settings.
const QUICK: [&str; 2] = ["--skip", "home-page-is-fast,environments-apart"];

/// A portal with a home page, whose script is there or not.
fn portal(has_script: bool) -> App {
    App::start(move |request| match request.path() {
        "/" => Reply::html(200, PAGE),
        "/app.js" if has_script => Reply::bytes(200, "text/javascript", "document.title"),
        _ => Reply::html(404, "<h1>There is nothing here</h1>"),
    })
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let names = entries.map(|entry| {
        let name = entry.expect("an entry").file_name();
        name.to_string_lossy().into_owned()
    });
    let mut names: Vec<String> = names.filter(|name| name != ".git").collect();
    names.sort();
    names
}

#[test]
fn an_address_is_enough_for_a_first_verdict() {
    let app = portal(true);
    let project = Project::empty();
    let (ran, report) = project.run(&[&["--url", app.url()], &QUICK[..]].concat());
    ran.expect(0)
        .says("so the starter set of checks runs")
        .says("Not answered: ")
        .says("`isolation` with two identities")
        .says("`tidegate init`");
    assert_eq!(codes(&report), [""; 0], "{report:#}");
    assert_eq!(files(project.path()), ["report.json"]);
    let ids: Vec<&str> = report["results"]
        .as_array()
        .expect("results")
        .iter()
        .filter_map(|result| result["id"].as_str())
        .collect();
    assert!(
        ids.contains(&"home-page") && ids.contains(&"nothing-exposed"),
        "{ids:?}"
    );
}

#[test]
fn a_missing_script_blocks_and_stands_in_the_starter_set() {
    let app = portal(false);
    let project = Project::empty();
    let arguments = [
        "--url",
        app.url(),
        "--only",
        "home-page",
        "--report",
        "markdown=report.md",
        "--report",
        "sarif=report.sarif",
    ];
    let (ran, report) = project.run(&arguments);
    ran.expect(1).says("starter set:").says("/app.js");
    assert_eq!(codes(&report), ["page/asset-missing"]);
    let markdown = std::fs::read_to_string(project.path().join("report.md")).expect("a report");
    assert!(markdown.contains("## Not answered"), "{markdown}");
    // No file of that name is in the repository.
    let sarif = std::fs::read_to_string(project.path().join("report.sarif")).expect("a report");
    assert!(
        !sarif.contains("\"starter set\"") && !sarif.contains("starter%20set"),
        "{sarif}"
    );
}

#[test]
fn the_plan_shows_the_set_too() {
    let project = Project::empty();
    let ran = project.tidegate(&["plan", "--url", "https://portal.acme.example"]);
    ran.expect(0)
        .says("home-page")
        .says("production")
        .says("the starter set of checks runs");
    assert_eq!(files(project.path()), [""; 0]);
}

#[test]
fn without_an_address_or_with_a_named_file_it_stays_an_error() {
    let project = Project::empty();
    project.tidegate(&["run"]).expect(2).says("tidegate.yaml");
    let url = "http://127.0.0.1:9";
    for arguments in [
        ["run", "--url", url, "--gate", "tidegate.yaml"],
        ["run", "--gate", "tidegate.yaml", "--url", url],
        ["run", "--url", url, "--gate", "gate.yaml"],
    ] {
        project
            .tidegate(&arguments)
            .expect(2)
            .never_says("starter set");
    }
    project
        .tidegate(&["baseline", "accept", "--url", url])
        .expect(2);
    project
        .tidegate(&["run", "--url", "nowhere"])
        .expect(2)
        .says("--url");
}

#[test]
fn a_change_that_removes_its_gate_file_does_not_get_the_set() {
    let app = portal(true);
    let project = Project::checking(app.url(), "  home: { flow: [{ get: /, expect: 200 }] }\n");
    project.git(&["init", "-q", "-b", "main"]);
    project.git(&["add", "-A"]);
    project.git(&["commit", "-q", "-m", "the gate"]);
    // Only gone from the working copy.
    std::fs::remove_file(project.gate()).expect("the file is there");
    let run = ["run", "--url", app.url()];
    project
        .tidegate(&run)
        .expect(2)
        .says("removes its own gate");
    project.git(&["switch", "-q", "-c", "change"]);
    project.git(&["commit", "-q", "-a", "-m", "no gate"]);
    let since = ["run", "--url", app.url(), "--changed-since", "main"];
    project
        .tidegate(&since)
        .expect(2)
        .says("removes its own gate");
    // Long ago it was agreed upon.
    project.git(&["switch", "-q", "-c", "later"]);
    project.write("note.txt", "a");
    project.git(&["add", "-A"]);
    project.git(&["commit", "-q", "-m", "more"]);
    let later = [
        "run",
        "--url",
        app.url(),
        "--changed-since",
        "change",
        "--only",
        "home-page",
    ];
    project
        .tidegate(&later)
        .expect(0)
        .says("the starter set of checks runs");
    // Nobody can see what the change began with.
    let lost = ["run", "--url", app.url(), "--changed-since", "nowhere"];
    project.tidegate(&lost).expect(2).says("is not a revision");
}

#[test]
fn an_embedder_asks_for_the_set_itself() {
    let app = portal(true);
    let gate = Gate::starter(app.url())
        .without_process_environment()
        .load()
        .expect("the set can be read");
    let options = RunOptions {
        only: vec!["home-page".to_owned()],
        ..RunOptions::default()
    };
    let summary = gate.run(options, |_| ()).expect("the run begins");
    assert_eq!(summary.judgement.verdict, Verdict::Allow, "{summary:#?}");
    assert_eq!(summary.plan.file, "starter set");
    let state = gate.state_folder();
    drop(gate);
    assert!(!state.exists() && !state.parent().is_some_and(Path::exists));
}

#[test]
fn a_deploy_of_which_nobody_said_what_it_is_is_only_looked_at() {
    let set = |url: &str| {
        let gate = Gate::starter(url).without_process_environment().load();
        gate.expect("the set can be read")
            .definition()
            .environment
            .kind
    };
    for url in [
        "https://portal-git-main-acme.vercel.app",
        "https://portal.example",
    ] {
        assert_eq!(set(url), EnvironmentKind::Production, "{url}");
    }
    assert_eq!(set("http://127.0.0.1:4300"), EnvironmentKind::Local);
}
