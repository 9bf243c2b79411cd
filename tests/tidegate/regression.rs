//! Old and new deploys side by side: how the old one is named, and the real client against servers.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_testkit::truth::{Plan, Service, Truth};

use crate::support::{Project, Ran};

fn gate(old: &str, when: &str) -> Project {
    Project::new(&format!(
        "
version: 1
name: acme
variables: {{ FAR_URL: {{}}, HOST: preview.acme.example }}
environments:
  preview: {{ kind: preview, url: \"https://${{HOST}}\" }}
  production:
    url: \"https://${{HOST}}\"
    headers: {{ x-key: \"${{PRODUCTION_KEY}}\" }}
    variables: {{ HOST: portal.acme.example }}
  far: {{ kind: staging, url: \"${{FAR_URL}}\" }}
checks:
  not-slower:
    {when}
    regression: {{ get: /api/records, old: {old}, samples: 60 }}
"
    ))
}

fn plan(project: &Project, environment: &str) -> Ran {
    project.tidegate(&["plan", "--env", environment])
}

#[test]
fn another_environment_is_read_with_its_own_variables_and_only_where_it_is_used() {
    let only_preview = "when: { environment: [preview] }";
    let project = gate("production", only_preview);
    plan(&project, "preview")
        .expect(0)
        .says("the old deploy at https://portal.acme.example how long it takes");
    plan(&project, "production").expect(0);
    let far = gate("far", only_preview);
    plan(&far, "preview")
        .expect(2)
        .says("the variable `FAR_URL` is not set");
    plan(&far, "production").expect(0).never_says("FAR_URL");
}

#[test]
fn an_environment_that_is_unknown_or_the_runs_own_is_refused_at_its_place() {
    plan(&gate("producton", "owner: mia"), "preview")
        .expect(2)
        .says("unknown environment `producton`")
        .says("did you mean `production`?");
    plan(&gate("preview", "owner: mia"), "preview")
        .expect(2)
        .says("`preview` is the environment that the run looks at");
    plan(
        &gate("{ url: \"https://preview.acme.example/\" }", "owner: mia"),
        "preview",
    )
    .expect(2)
    .says("the old and the new deploy have the same address");
    plan(&gate("{ url: \"portal\" }", "owner: mia"), "preview")
        .expect(2)
        .says("this is not the address of a portal");
    plan(&gate("{ start: { command: \"./old ${port}\", environment: { A: \"${id}\" }, ready: { get: / } } }", "owner: mia"), "preview")
        .expect(2)
        .says("`${id}` has no value here");
}

fn server(milliseconds: u64) -> Truth {
    let service = Service::Constant(Duration::from_millis(milliseconds));
    Truth::start(Plan::of(service))
}

fn check(new: &Truth, old: &str) -> Project {
    Project::checking(
        &new.url(),
        &format!(
            "  not-slower:\n    regression: {{ get: /api/records, old: {old}, percentile: p50, samples: 50, warm-up: 2, rate: 25 }}\n"
        ),
    )
}

/// The result of the check; nothing when the machine was too busy to measure, as it says.
fn result(report: &Value) -> Option<&Value> {
    let results = report["results"].as_array().expect("a report");
    let mut results = results.iter();
    let result = results.find(|result| result["id"] == "not-slower")?;
    let busy = result.to_string().contains("too busy to measure");
    (!busy).then_some(result)
}

#[test]
fn the_real_client_asks_both_and_tells_a_much_slower_deploy() {
    let (old, new) = (server(5), server(300));
    let project = check(&new, &format!("{{ url: \"{}\" }}", old.url()));
    let (ran, report) = project.run(&["--no-preflight"]);
    for server in [&old, &new] {
        assert_eq!(server.served().len(), 1 + 2 + 50, "{}", ran.stdout);
    }
    if let Some(result) = result(&report) {
        ran.expect(1);
        assert_eq!(result["findings"][0]["code"], "regression/slower");
        let notes = result["notes"].to_string();
        assert!(
            notes.contains("this run could have seen a slowdown of"),
            "{notes}"
        );
    }
}

#[test]
fn a_program_is_started_beside_the_candidate_and_ended() {
    let new = server(300);
    let command = r#"exec "$PROGRAM" --ignored --exact start::candidate"#;
    let old = format!(
        "{{ start: {{ command: '{command}', environment: {{ TIDEGATE_TEST_CANDIDATE: \"127.0.0.1:${{port}}\" }}, ready: {{ get: /health }}, within: 60s }} }}"
    );
    let project = check(&new, &old);
    let mut run = project.command(&["run", "--no-preflight", "--report", "json=report.json"]);
    run.env("PROGRAM", std::env::current_exe().expect("this program"));
    let ran = Ran::of(run.output().expect("the binary runs"));
    let report = project.report();
    if let Some(result) = result(&report) {
        ran.expect(1);
        assert_eq!(result["findings"][0]["code"], "regression/slower");
    }
    assert_eq!(new.served().len(), 1 + 2 + 50, "{}", ran.stderr);
}

#[test]
fn a_program_that_never_answers_stops_the_deploy_with_its_log() {
    let new = server(1);
    let old = "{ start: { command: 'echo no database; exit 4', ready: { get: / } } }";
    let (ran, report) = check(&new, old).run(&["--no-preflight"]);
    ran.expect(3);
    let outcome = report["results"][0]["outcome"].to_string();
    for part in ["ended with exit code 4", "no database"] {
        assert!(outcome.contains(part), "{outcome}");
    }
}

#[test]
fn times_are_stored_compared_and_accepted() {
    let (first, second) = (server(5), server(300));
    let old = "{ reference: true, control: { get: /health } }";
    let project = check(&first, old);
    let (ran, report) = project.run(&["--no-preflight"]);
    if result(&report).is_none() {
        return;
    }
    ran.expect(0);
    let notes = report["results"][0]["notes"].to_string();
    assert!(notes.contains("stored as the reference"), "{notes}");
    let shown = project.tidegate(&["baseline", "latency", "show"]);
    shown
        .expect(0)
        .says("GET /api/records  p50")
        .says("GET /health (control)");
    // Both routes are slower there: it is another machine, and no other deploy.
    let (_, report) = project.run(&["--no-preflight", "--url", &second.url()]);
    let result = &report["results"][0];
    assert_eq!(result["findings"], serde_json::json!([]), "{result:#}");
    project
        .tidegate(&["baseline", "latency", "accept"])
        .expect(0);
}

/// A reference of the check, in which both routes took as long.
fn reference() -> String {
    let series = |route: &str| json!({ "route": route, "values": vec![5.5; 60] });
    let stored = json!({
        "version": 1,
        "gate": "test",
        "environment": "local",
        "checks": { "not-slower": {
            "host": "127.0.0.1",
            "identity": null,
            "measured": "2026-11-26T10:00:00Z",
            "seed": 7,
            "machine": "another one",
            "slower": false,
            "control": series("GET /health"),
            "routes": [series("GET /api/records")],
        } },
    });
    stored.to_string()
}

#[test]
fn a_reference_that_a_commit_of_the_change_brings_is_not_used() {
    let portal = server(5);
    let project = Project::checking(
        &portal.url(),
        "  not-slower:\n    regression: { get: /api/records, old: { reference: true, control: { get: /health } }, percentile: p50, samples: 50, warm-up: 0, rate: 100 }\n",
    );
    project.git(&["init", "-q", "-b", "main"]);
    project.git(&["add", "tidegate.yaml"]);
    project.git(&["commit", "-qm", "the gate"]);
    project.git(&["switch", "-qc", "change"]);
    std::fs::create_dir(project.path().join(".tidegate")).expect("the folder is made");
    let name = ".tidegate/latency-reference-local.json";
    // As a CI cache brings it; then as the judged change does; then as one before it did.
    let ways: [(&[&[&str]], bool); 3] = [
        (&[], false),
        (
            &[&["add", "-f", name], &["commit", "-qm", "a reference"]],
            true,
        ),
        (&[&["branch", "-f", "main", "change"]], false),
    ];
    for (place, (way, is_brought)) in ways.into_iter().enumerate() {
        project.write(name, reference());
        way.iter()
            .for_each(|arguments| drop(project.git(arguments)));
        let (ran, report) = project.run(&["--no-preflight", "--changed-since", "main"]);
        let Some(result) = result(&report) else {
            return;
        };
        let said = result.to_string();
        let refused = said.contains("a commit of the change that is judged brings it");
        assert_eq!(refused, is_brought, "{place}: {said}");
        assert_eq!(
            result["distributions"].as_array().map_or(0, Vec::len),
            usize::from(!is_brought),
            "{place}: {said}"
        );
        if is_brought {
            ran.expect(3)
                .says("no change chooses what it is held against");
        }
        let kept = std::fs::read_to_string(project.path().join(name));
        assert_eq!(kept.ok(), Some(reference()), "{place}");
    }
}
