//! What an event and a change that is not trusted must not bring about.

use serde_json::json;

use super::GATE;
use super::bench::{Event, Repository, app, deployment, pull_request, reason};

#[test]
fn a_fork_does_not_choose_an_older_judge_by_where_it_left_the_base() {
    let app = app();
    let repository = Repository::new(GATE);
    let (_, change) = repository.with_change();
    let before = repository.git(&["rev-parse", "main"]);
    let later = format!("{GATE}  later: {{ flow: [{{ get: /later, expect: 200 }}] }}\n");
    let main = repository.commit("tidegate.yaml", &later);
    // What the event names is the base as it was when the change was made.
    let payload = pull_request(&before, &change, "eve/portal");
    let event = Event::new("pull_request", "", payload).with("PREVIEW_URL", app.url());
    let since = ["--changed-since", "origin/main"];
    for more in [&[][..], &since] {
        let clone = repository.checkout(&change);
        let arguments = [&["--env", "preview"], more].concat();
        let (_, report) = clone.run(&event, &arguments);
        assert_eq!(report["run"]["provenance"]["base"], json!(main), "{more:?}");
        assert_ne!(reason(&report, "later"), "", "{more:?}");
    }
}

#[test]
fn a_comment_on_a_pull_request_gives_it_no_secrets() {
    let app = app();
    let repository = Repository::new(GATE);
    let (main, change) = repository.with_change();
    let clone = repository.checkout(&change);
    let payload = json!({ "issue": { "number": 7, "pull_request": {} } });
    let event = Event::new("issue_comment", &main, payload)
        .with("PREVIEW_URL", app.url())
        .with("ANNA_TOKEN", "a long token");
    let (ran, report) = clone.run(&event, &["--env", "preview"]);
    ran.expect(0).says("partly checked");
    assert_eq!(report["run"]["provenance"]["base"], json!(main));
    assert!(!clone.0.path().join("ran").exists());
    assert!(app.requests_to("/me").is_empty());
}

#[test]
fn an_event_does_not_say_where_the_secrets_of_production_go() {
    let (app, other) = (app(), app());
    let gate = GATE
        .replace(
            r#"live: { url: "https://portal.acme.example" }"#,
            r#"live: { kind: production, url: "${LIVE_URL}", headers: { x-key: "${LIVE_KEY}" } }"#,
        )
        .replace("{ PREVIEW_URL: {} }", "{ PREVIEW_URL: {}, LIVE_URL: {} }");
    let repository = Repository::new(&gate);
    let (_, change) = repository.with_change();
    let clone = repository.checkout(&change);
    let event = |environment: &str, url: &str| {
        let payload = deployment(&change, "success", environment, url);
        Event::new("deployment_status", &change, payload)
            .with("LIVE_URL", app.url())
            .with("PREVIEW_URL", app.url())
            .with("LIVE_KEY", "a long key")
            .with("ANNA_TOKEN", "a long token")
    };
    let (ran, report) = clone.run(&event("Live", other.url()), &["--skip", "suite"]);
    ran.expect(0)
        .says("the event's address is not used: `live` is looked at under its own");
    assert_eq!(report["run"]["url"], app.url());
    // A preview's address is not that of an environment which was chosen by hand.
    let chosen = ["--env", "live", "--skip", "suite"];
    let (ran, _) = clone.run(&event("Preview", other.url()), &chosen);
    ran.expect(0);
    assert!(other.requests().is_empty());
    // Nor is a secret sent where it can be read on the way.
    let (ran, _) = clone.run(
        &event("Preview", "http://portal.acme.example"),
        &["--skip", "suite"],
    );
    ran.expect(0)
        .says("the event's address is not used: `preview` is looked at under its own");
}
