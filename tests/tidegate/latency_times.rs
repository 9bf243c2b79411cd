//! Stored times of environments: shown, accepted, removed.

use serde_json::{Value, json};

use crate::support::Project;

const GATE: &str = "
version: 1
name: acme
environments:
  staging: { kind: staging, url: https://staging.acme.example }
  production: { url: https://portal.acme.example }
checks:
  not-slower:
    regression: { get: /api/records, old: { reference: true, control: { get: /health } } }
";

fn stored(gate: &str, environment: &str, seed: u64, slower: bool) -> Value {
    let series = |route: &str| json!({ "route": route, "values": [10.0, 20.5, 300.0] });
    json!({
        "version": 1,
        "gate": gate,
        "environment": environment,
        "checks": { "not-slower": {
            "host": "staging.acme.example",
            "identity": "anna",
            "measured": "2026-11-26T10:00:00Z",
            "seed": seed,
            "machine": "linux x86_64, 2 processors",
            "slower": slower,
            "control": series("GET /health"),
            "routes": [series("GET /api/\u{1b}[31mrecords")],
        } },
    })
}

fn project() -> Project {
    let project = Project::new(GATE);
    std::fs::create_dir(project.path().join(".tidegate")).expect("the folder is made");
    project
}

fn keep(project: &Project, name: &str, content: &Value) {
    project.write(&format!(".tidegate/{name}.json"), content.to_string());
}

#[test]
fn the_times_of_every_environment_are_shown_and_foreign_text_is_harmless() {
    let project = project();
    let show = ["baseline", "latency", "show", "--env", "staging"];
    project
        .tidegate(&show)
        .expect(0)
        .says("No times are stored.");
    keep(
        &project,
        "latency-reference-staging",
        &stored("acme", "staging", 7, false),
    );
    keep(
        &project,
        "latency-last-staging",
        &stored("acme", "staging", 8, true),
    );
    keep(
        &project,
        "latency-reference-production",
        &stored("acme", "staging", 9, false),
    );
    let ran = project.tidegate(&show);
    ran.expect(0);
    for text in [
        "times of staging (reference)",
        "not-slower  measured 2026-11-26T10:00:00Z on staging.acme.example as anna, linux x86_64, 2 processors, seed 7",
        "GET /health (control)  p50 20 ms  p95 300 ms  3 samples",
        "times of staging (last run)",
        "seed 8, slower than the reference",
        "times of production (reference)",
        "not used: it belongs to the environment `staging`. Take it away",
    ] {
        ran.says(text);
    }
    assert!(!ran.stdout.contains('\u{1b}'), "{}", ran.stdout);
    let all = project.tidegate(&["baseline", "show", "--env", "staging"]);
    all.expect(0)
        .says("0 findings accepted")
        .says("times of staging (reference)");
}

#[test]
fn the_last_times_become_the_reference_and_both_can_be_removed() {
    let project = project();
    let run =
        |command: &str| project.tidegate(&["baseline", "latency", command, "--env", "staging"]);
    run("accept")
        .expect(2)
        .says("no run has measured times of the environment `staging`");
    keep(
        &project,
        "latency-last-staging",
        &stored("acme", "staging", 8, true),
    );
    for before in [json!("damaged"), stored("acme", "staging", 7, false)] {
        keep(&project, "latency-reference-staging", &before);
        run("accept")
            .expect(0)
            .says("its slower times are the reference now")
            .says("The times of 1 check are the reference of staging now.");
        run("show")
            .expect(0)
            .says("seed 8")
            .says("times of staging (reference)");
    }
    keep(
        &project,
        "latency-last-staging",
        &stored("other", "staging", 9, false),
    );
    run("accept")
        .expect(2)
        .says("it belongs to the gate `other`");
    run("remove")
        .expect(0)
        .says("latency-reference-staging.json is removed");
    run("remove")
        .expect(0)
        .says("No times of staging are stored.");
    run("show").expect(0).says("No times are stored.");
}
