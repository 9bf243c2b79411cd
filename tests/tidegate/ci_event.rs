//! Runs that an event of GitHub Actions started: real repositories, real payloads, the real binary.

mod bench;
mod checkout;
mod distrust;

use std::path::Path;

use serde_json::{Value, json};

use tidegate::ci::{Search, Situation};
use tidegate::{Gate, RunOptions};

use crate::support::Ran;
use bench::{Event, Repository, app, deployment, pull_request, reason};

/// Two environments, and checks that need nothing, a secret, and a program of the change.
const GATE: &str = r#"version: 1
name: test
environments:
  preview: { kind: preview, url: "${PREVIEW_URL}" }
  live: { url: "https://portal.acme.example" }
variables: { PREVIEW_URL: {} }
identities:
  anna: { bearer: "${ANNA_TOKEN}" }
checks:
  healthy: { covers: ["src/**"], flow: [{ get: /health, expect: 200 }] }
  as-anna: { as: anna, flow: [{ get: /me, expect: 200 }] }
  suite: { command: { run: "touch ran" } }
"#;

#[test]
fn a_pull_request_is_compared_with_what_its_merge_goes_into() {
    let app = app();
    let (repository, main, change) = Repository::changed(GATE);
    let merge = repository.merge();
    let clone = repository.checkout(&merge);
    let event = Event::pull_request(&merge, (&main, &change), "acme/portal")
        .with("PREVIEW_URL", app.url())
        .with("ANNA_TOKEN", "a long token");
    let (ran, report) = clone.run(&event, &["--env", "preview"]);
    ran.expect(0).never_says("partly checked");
    // `src/other.rs` is what `main` got meanwhile.
    assert_eq!(
        reason(&report, "healthy"),
        "the change touches `src/changed.rs`"
    );
    let provenance = &report["run"]["provenance"];
    assert_eq!(provenance["commit"], json!(change));
    assert_eq!(provenance["base"], json!(main));
    assert_eq!(provenance["pull_request"], 7);
    assert_eq!(provenance["folder"], "");
    assert_eq!(
        provenance["run"],
        "https://github.com/acme/portal/actions/runs/42"
    );
    assert!(
        provenance["consequence"]
            .as_str()
            .is_some_and(|text| text.contains("required check"))
    );
}

#[test]
fn a_pull_request_whose_head_is_checked_out_is_compared_with_where_it_left_its_base() {
    let repository = Repository::new(GATE);
    let first = repository.head();
    let (main, change) = repository.with_change();
    let merge = repository.merge();
    let clone = repository.checkout(&change);
    let event = Event::pull_request(&merge, (&main, &change), "acme/portal")
        .with("PREVIEW_URL", "http://127.0.0.1:9");
    clone
        .plan(&event, &["--env", "preview"])
        .expect(0)
        .says("the change touches `src/changed.rs`");
    assert_eq!(clone.git(&["merge-base", &main, "HEAD"]), first);
}

#[test]
fn each_push_is_compared_with_what_was_there_before_it() {
    let (repository, _, change) = Repository::changed(GATE);
    let touched = "the change touches `src/changed.rs`";
    let before = repository.git(&["rev-parse", "change~1"]);
    let zeros = "0".repeat(40);
    let gone = "1".repeat(40);
    let rows = [
        (
            "push",
            json!({ "ref": "refs/heads/change", "before": before, "after": change }),
        ),
        (
            "push",
            json!({ "ref": "refs/heads/change", "before": zeros, "after": change }),
        ),
        (
            "push",
            json!({ "ref": "refs/heads/change", "before": gone, "after": change, "forced": true }),
        ),
        // The commit before it is nowhere, so its parent has to do.
        (
            "push",
            json!({ "ref": "refs/heads/change", "before": gone, "after": change }),
        ),
        (
            "push",
            json!({ "ref": "refs/tags/v1", "before": zeros, "after": gone }),
        ),
        (
            "merge_group",
            json!({ "merge_group": {
                "head_sha": change, "head_ref": "refs/heads/queue", "base_sha": before, "base_ref": "refs/heads/main",
            }}),
        ),
        (
            "deployment_status",
            deployment(&change, "success", "Preview", ""),
        ),
        ("workflow_dispatch", json!({ "ref": "refs/heads/change" })),
        (
            "deployment",
            json!({ "deployment": { "sha": change, "ref": change, "environment": "Preview" } }),
        ),
        (
            "workflow_run",
            json!({ "action": "completed", "workflow_run": {
                "conclusion": "success", "head_sha": change, "head_branch": "change",
                "head_repository": { "full_name": "acme/portal" }, "pull_requests": [],
            }}),
        ),
    ];
    for (name, payload) in rows {
        let clone = repository.checkout(&change);
        let event = Event::new(name, &change, payload.clone())
            .with("PREVIEW_URL", "http://127.0.0.1:9")
            .with("GITHUB_REF", "refs/heads/change");
        let planned = clone.plan(&event, &["--env", "preview"]);
        assert_eq!(planned.code, Some(0), "{planned:?}");
        assert!(
            planned.stdout.contains(touched),
            "{name} {payload}\n{}",
            planned.stdout
        );
    }
}

#[test]
fn where_no_change_is_known_everything_counts() {
    let (repository, main, _) = Repository::changed(GATE);
    for (name, payload) in [
        ("schedule", json!({ "schedule": "30 5 * * 1" })),
        ("workflow_dispatch", json!({ "ref": "refs/heads/main" })),
    ] {
        let clone = repository.checkout(&main);
        let event = Event::new(name, &main, payload)
            .with("PREVIEW_URL", "http://127.0.0.1:9")
            .with("GITHUB_REF", "refs/heads/main");
        let planned = clone.plan(&event, &["--env", "preview"]);
        planned
            .expect(0)
            .says("what changed is not known")
            .never_says("the change touches");
    }
}

#[test]
fn a_clone_that_cannot_be_deepened_is_judged_whole_and_says_so() {
    let (repository, main, change) = Repository::changed(GATE);
    let clone = repository.checkout(&change);
    clone.git(&[
        "remote",
        "set-url",
        "origin",
        "https://x:hunter2hunter2@127.0.0.1:9/gone.git",
    ]);
    let event = Event::pull_request(&change, (&main, &change), "acme/portal")
        .with("PREVIEW_URL", "http://127.0.0.1:9");
    clone
        .plan(&event, &["--env", "preview"])
        .expect(0)
        .says("the clone does not reach back to where this change begins")
        .never_says("hunter2");
}

#[test]
fn a_comparison_from_elsewhere_stands_in_for_what_the_clone_lacks() {
    let (repository, main, change) = Repository::changed(GATE);
    let clone = repository.checkout(&change);
    let payload = pull_request(&main, &change, "acme/portal");
    let event = Event::new("pull_request", &change, payload);
    let compare = |base: &str, head: &str| {
        let asked = (base, head) == (main.as_str(), change.as_str());
        asked.then(|| vec!["src/changed.rs".to_owned()])
    };
    let search = Search {
        compare: Some(&compare),
        ..Search::default()
    };
    let gate = clone.0.gate();
    let situation = Situation::of(&gate, event.occasion(), &search);
    assert_eq!(situation.changed_since, None);
    let builder = Gate::builder(&gate)
        .environment("preview")
        .url("http://127.0.0.1:9");
    let loaded = situation.choose(builder).load().expect("the gate is right");
    let plan = loaded
        .plan(&situation.options(RunOptions::default()))
        .expect("there is a plan");
    let healthy = &plan.checks[0];
    assert_eq!(healthy.reason, "the change touches `src/changed.rs`");
}

#[test]
fn a_pull_request_from_a_fork_is_checked_as_far_as_it_goes_without_secrets() {
    let app = app();
    let (repository, main, change) = Repository::changed(GATE);
    let merge = repository.merge();
    let clone = repository.checkout(&merge);
    let event =
        Event::pull_request(&merge, (&main, &change), "eve/portal").with("PREVIEW_URL", app.url());
    let (ran, report) = clone.run(&event, &["--env", "preview"]);
    ran.expect(0)
        .says("This deploy may go out: the one check that ran passed. It was only partly checked: 2 checks did not run, because this is a pull request from a fork.")
        .says("1 of 3 checks ran");
    assert_eq!(
        reason(&report, "as-anna"),
        "it needs secrets, which a pull request from a fork does not get"
    );
    assert!(!clone.0.path().join("ran").exists());
    assert!(app.requests_to("/me").is_empty());
}

#[test]
fn programs_of_a_fork_run_when_they_are_allowed() {
    let app = app();
    let (repository, main, change) = Repository::changed(GATE);
    let event =
        Event::pull_request(&change, (&main, &change), "eve/portal").with("PREVIEW_URL", app.url());
    let clone = repository.checkout(&change);
    let (_, report) = clone.run(&event, &["--env", "preview", "--allow-start"]);
    assert!(clone.0.path().join("ran").exists(), "{report}");
}

#[test]
fn the_secrets_of_pull_request_target_are_kept_from_the_change() {
    let app = app();
    let (repository, main, change) = Repository::changed(GATE);
    let clone = repository.checkout(&main);
    let payload = pull_request(&main, &change, "eve/portal");
    let event = Event::new("pull_request_target", &main, payload)
        .with("PREVIEW_URL", app.url())
        .with("ANNA_TOKEN", "a long token");
    let (ran, _) = clone.run(&event, &["--env", "preview"]);
    ran.expect(0)
        .says("partly checked")
        .says("runs with the secrets of the repository");
    // The base is checked out, so nothing is known of the change.
    ran.says("check that commit out");
    assert!(app.requests_to("/me").is_empty());
}

#[test]
fn a_deployment_that_is_out_is_gated_at_its_own_address() {
    let app = app();
    let (repository, _, change) = Repository::changed(GATE);
    let clone = repository.checkout(&change);
    let payload = deployment(&change, "success", "Preview – acme", app.url());
    let event =
        Event::new("deployment_status", &change, payload).with("ANNA_TOKEN", "a long token");
    let (ran, report) = clone.run(&event, &["--skip", "suite"]);
    ran.expect(0);
    assert_eq!(report["run"]["environment"], "preview");
    assert_eq!(app.requests_to("/health").len(), 1);
    // What is asked for by hand wins.
    let (ran, _) = clone.run(&event, &["--url", "http://127.0.0.1:9", "--skip", "suite"]);
    ran.expect(3).says("127.0.0.1:9");
    assert_eq!(app.requests_to("/health").len(), 1);
}

#[test]
fn a_deployment_at_an_address_of_production_is_only_looked_at() {
    let (repository, _, change) = Repository::changed(GATE);
    let clone = repository.checkout(&change);
    let url = "https://PORTAL.acme.example";
    let event = Event::new(
        "deployment_status",
        &change,
        deployment(&change, "success", "preview", url),
    );
    clone
        .plan(&event, &[])
        .expect(0)
        .says("`preview` is production, which is only looked at");
}

#[test]
fn a_deployment_that_is_not_out_yet_runs_nothing_and_says_why() {
    let app = app();
    let (repository, _, change) = Repository::changed(GATE);
    let clone = repository.checkout(&change);
    let why = "the state of the deployment is `in_progress`, and only a `success` is out";
    // It has no address yet, and what is reported does not depend on that.
    for address in ["", app.url()] {
        let payload = deployment(&change, "in_progress", "Preview", "");
        let event = Event::new("deployment_status", &change, payload).with("PREVIEW_URL", address);
        let (ran, report) = clone.run(&event, &[]);
        ran.expect(4)
            .says(&format!("no check ran, because {why}"))
            .says("if: github.event.deployment_status.state == 'success'");
        assert_eq!(report["verdict"]["exit_code"], 4);
        assert_eq!(report["run"]["provenance"]["pending"], why);
    }
    assert!(app.requests().is_empty());
    // Nor does the end of the run depend on what else the gate file lacks.
    let payload = deployment(&change, "in_progress", "storybook", "");
    let event = Event::new("deployment_status", &change, payload);
    let (ran, _) = clone.run(&event, &[]);
    ran.expect(4)
        .says(&format!("there is nothing to judge yet: {why}"));
}

#[test]
fn an_environment_that_the_gate_file_does_not_have_is_told() {
    let (repository, _, change) = Repository::changed(GATE);
    let clone = repository.checkout(&change);
    let payload = deployment(
        &change,
        "success",
        "storybook\u{1b}[2J",
        "http://127.0.0.1:9",
    );
    let event = Event::new("deployment_status", &change, payload);
    clone
        .plan(&event, &[])
        .expect(2)
        .says("several environments are declared");
    clone
        .plan(&event, &["--env", "preview"])
        .expect(0)
        .says("the gate file has none of that name")
        .never_says("\u{1b}[2J");
}

#[test]
fn the_event_is_left_alone_where_that_is_asked_for() {
    let (repository, main, change) = Repository::changed(GATE);
    let event = Event::pull_request(&change, (&main, &change), "eve/portal")
        .with("PREVIEW_URL", "http://127.0.0.1:9");
    let clone = repository.checkout(&change);
    clone
        .plan(&event, &["--env", "preview", "--ci", "off"])
        .expect(0)
        .says("what changed is not known")
        .never_says("fork");
}

#[test]
fn outside_ci_the_commit_and_the_named_start_are_known_and_nothing_is_fetched() {
    let app = app();
    let (repository, main, change) = Repository::changed(GATE);
    let clone = repository.checkout(&change);
    let run = |arguments: &[&str]| {
        let all = [
            "run",
            "--report",
            "json=report.json",
            "--env",
            "preview",
            "--only",
            "healthy",
        ];
        let all: Vec<&str> = all.iter().chain(arguments).copied().collect();
        let output = clone.0.command(&all).env("PREVIEW_URL", app.url()).output();
        Ran::of(output.expect("the binary runs"))
    };
    run(&[]).expect(0);
    assert_eq!(
        clone.0.report()["run"]["provenance"]["commit"],
        json!(change)
    );
    run(&["--changed-since", &main]).expect(2).says("shallow");
    run(&["--changed-since", &main, "--deepen"]).expect(0);
    let base = clone.git(&["merge-base", &main, "HEAD"]);
    assert_eq!(clone.0.report()["run"]["provenance"]["base"], json!(base));
}

#[test]
fn a_payload_that_names_no_base_leaves_a_change_of_unknown_origin_without_a_judge() {
    let app = app();
    let (repository, _, change) = Repository::changed(GATE);
    let clone = repository.checkout(&change);
    let payload = json!({ "pull_request": { "number": "seven", "head": [] } });
    let event = Event::new("pull_request", &change, payload).with("PREVIEW_URL", app.url());
    let (ran, _) = clone.run(&event, &["--env", "preview"]);
    ran.expect(2)
        .says("the event's `pull_request.number` is text, not a whole number")
        .says("the event's `pull_request.base.sha` is missing")
        .says("not trusted (a pull request of unknown origin), and its base is not known");
}

/// Every payload of npm's `@octokit/webhooks-examples` is read, whatever event it is given for.
#[test]
fn all_published_payloads_are_understood() {
    let Ok(folder) = std::env::var("TIDEGATE_WEBHOOK_EXAMPLES") else {
        return;
    };
    let index = Path::new(&folder).join("api.github.com/index.json");
    let text = std::fs::read_to_string(index).expect("the payloads are fetched");
    let events: Vec<Value> = serde_json::from_str(&text).expect("they are JSON");
    let file = tempfile::NamedTempFile::new().expect("a file for the event");
    let mut read = 0;
    for event in &events {
        let name = event["name"].as_str().expect("an event has a name");
        for payload in event["examples"].as_array().into_iter().flatten() {
            std::fs::write(file.path(), payload.to_string()).expect("the event is written");
            let variable = |variable: &str| match variable {
                "GITHUB_ACTIONS" => Some("true".to_owned()),
                "GITHUB_EVENT_NAME" => Some(name.to_owned()),
                "GITHUB_EVENT_PATH" => file.path().to_str().map(str::to_owned),
                _ => None,
            };
            let occasion = tidegate::ci::github(&variable).expect("it is GitHub's");
            let missed: Vec<&String> = occasion
                .notes
                .iter()
                .filter(|note| note.starts_with("the event's `"))
                .collect();
            assert!(missed.is_empty(), "{name}: {missed:?}");
            assert!(occasion.provenance.consequence.is_some(), "{name}");
            read += 1;
        }
    }
    assert!(read > 200, "only {read} payloads were there");
}
