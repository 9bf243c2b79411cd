//! The commands beside `run`, as a person types them.

use crate::support::Project;

const FINE: &str = "  healthy: { flow: [{ get: /health, expect: 200 }] }\n";

fn project() -> Project {
    Project::checking("http://127.0.0.1:9", FINE)
}

#[test]
fn version_and_help_answer() {
    project()
        .tidegate(&["--version"])
        .expect(0)
        .says(env!("CARGO_PKG_VERSION"));
    project().tidegate(&["--help"]).expect(0).says("Exit codes");
    project().tidegate(&[]).expect(2);
    project().tidegate(&["rum"]).expect(2).says("run");
}

#[test]
fn plan_needs_no_secret_and_no_network() {
    project().tidegate(&["plan"]).expect(0).says("healthy");
}

#[test]
fn checks_and_explain_know_every_kind_and_code() {
    let listed = project().tidegate(&["checks"]);
    listed
        .expect(0)
        .says("flow")
        .says("command")
        .says("error-hygiene");
    for name in [
        "flow",
        "flow/status",
        "command/failed-test",
        "error-hygiene/stack-trace",
        "preflight/login",
    ] {
        project().tidegate(&["explain", name]).expect(0).says(name);
    }
    project()
        .tidegate(&["explain", "flow/statsu"])
        .expect(2)
        .says("flow/status");
}

#[test]
fn the_schema_is_a_json_schema() {
    let ran = project().tidegate(&["schema"]);
    let schema: serde_json::Value = serde_json::from_str(&ran.expect(0).stdout).expect("JSON");
    assert!(jsonschema::validator_for(&schema).is_ok());
}

#[test]
fn completions_and_manual_are_printed() {
    project()
        .tidegate(&["completions", "bash"])
        .expect(0)
        .says("tidegate");
    project().tidegate(&["man"]).expect(0).says(".TH");
}

#[test]
fn an_accepted_baseline_lets_a_known_finding_through_and_says_so() {
    let app = tidegate_testkit::recorder::App::start(|_| {
        tidegate_testkit::recorder::Reply::text(500, "no")
    });
    let checks = "  healthy: { flow: [{ get: /health, expect: 200 }] }\n";
    let project = Project::checking(app.url(), checks);
    project.run(&["--no-preflight"]).0.expect(1);
    project
        .tidegate(&["baseline", "accept", "--no-preflight"])
        .expect(0);
    project
        .tidegate(&["baseline", "show"])
        .expect(0)
        .says("flow/status");
    let (ran, report) = project.run(&["--no-preflight"]);
    ran.expect(0);
    assert_eq!(
        report["results"][0]["findings"][0]["suppressed"]["by"],
        "baseline"
    );
}
