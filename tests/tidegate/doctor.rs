//! `tidegate doctor`: what a run needs, and how to mend what is not there.

use std::net::TcpListener;

use serde_json::Value;
use tidegate::Gate;
use tidegate::doctor::{Look, examine};
use tidegate_testkit::recorder::{App, Reply};

use crate::support::{Project, Ran};

const CHECKS: &str = "  alive: { flow: [{ get: /, expect: 200 }] }\n";

fn app() -> App {
    App::start(|request| match request.path() {
        "/login" => Reply::json(200, &serde_json::json!({ "token": "a-token-of-a-test" })),
        _ => Reply::text(200, "fine"),
    })
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).expect("the answer is JSON")
}

/// The lines of a group as `state text`.
fn lines(report: &Value, group: &str) -> Vec<String> {
    let groups = report["groups"].as_array().expect("there are groups");
    let found = groups.iter().find(|one| one["name"] == group);
    let lines = found.and_then(|one| one["lines"].as_array());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    lines
        .into_iter()
        .flatten()
        .map(|line| format!("{} {}", text(&line["state"]), text(&line["text"])))
        .collect()
}

#[test]
fn a_gate_that_can_run_is_said_so() {
    let app = app();
    let project = Project::checking(app.url(), CHECKS);
    let ran = project.tidegate(&["doctor"]);
    ran.expect(0)
        .says("tidegate.yaml is right: test, 1 check")
        .says("Nothing stands in the way of a run")
        .says(app.url());
    let report = json(project.tidegate(&["doctor", "--json"]).expect(0));
    assert_eq!(report["version"], 1);
    assert_eq!(report["ready"], true);
    let addresses = lines(&report, "addresses");
    assert!(
        addresses[0].starts_with(&format!("ok {} answers (200 after ", app.url())),
        "{addresses:?}"
    );
    assert!(lines(&report, "repository")[0].contains("is in no git repository"));
}

#[test]
fn without_a_gate_file_it_says_how_to_get_one() {
    let folder = Project::empty();
    folder
        .tidegate(&["doctor"])
        .expect(2)
        .says("there is no gate file `tidegate.yaml`")
        .says("`tidegate init`")
        .says("tidegate 0.");
}

#[test]
fn an_address_alone_is_looked_at_with_the_starter_set() {
    let app = app();
    let folder = Project::empty();
    let ran = folder.tidegate(&["doctor", "--url", app.url(), "--json"]);
    let report = json(ran.expect(0));
    let gate = lines(&report, "gate");
    assert!(
        gate[0].starts_with("ok the starter set runs without a gate file: ")
            && gate[1].starts_with("note it knows no journey"),
        "{gate:?}"
    );
    let addresses = lines(&report, "addresses");
    assert!(addresses[0].contains(app.url()), "{addresses:?}");
    // One that is named must be there.
    folder
        .tidegate(&["doctor", "--url", app.url(), "--gate", "other.yaml"])
        .expect(2)
        .says("there is no gate file `other.yaml`");
    // One that was committed is not to be got rid of like this.
    let kept = Project::checking(app.url(), CHECKS);
    kept.git(&["init", "-q", "-b", "main"]);
    kept.git(&["add", "."]);
    kept.git(&["commit", "-q", "-m", "first"]);
    std::fs::remove_file(kept.gate()).expect("it was there");
    let ran = kept.tidegate(&["doctor", "--url", app.url(), "--json"]);
    let gate = lines(&json(ran.expect(2)), "gate");
    assert!(
        gate[0].starts_with("stop ") && !gate[0].contains("starter set runs"),
        "{gate:?}"
    );
}

#[test]
fn faults_of_the_gate_file_are_told_with_their_lines() {
    let project = Project::checking("http://127.0.0.1:1", "  alive: { flaw: [] }\n");
    let ran = project.tidegate(&["doctor"]);
    ran.expect(2).says("tidegate.yaml:6").says("flaw");
}

#[test]
fn what_is_not_there_is_named_with_its_remedy_and_no_secret_is_shown() {
    let app = app();
    let closed = TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("bound");
    let gate = format!(
        "version: 1\nname: test\nenvironments:\n  local:\n    kind: local\n    url: \"{}\"\n    headers: {{ x-key: \"${{GATE_KEY}}\" }}\n\
         apis: {{ db: {{ url: \"http://{closed}\" }} }}\n\
         identities:\n  anna: {{ login: {{ post: /login, json: {{ password: \"${{ANNA_PASSWORD}}\" }}, bearer: $.token }} }}\n  \
         boris: {{ login: {{ post: /login, json: {{ password: \"${{BORIS_PASSWORD}}\" }}, bearer: $.missing }} }}\n\
         checks:\n  alive: {{ as: anna, flow: [{{ get: /, expect: 200 }}] }}\n",
        app.url()
    );
    let project = Project::new(&gate);
    let ran = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = project.command(&[&["doctor", "--json"], arguments].concat());
        command.envs(variables.iter().copied());
        Ran::of(command.output().expect("the binary runs"))
    };
    let report = json(ran(&[], &[("GATE_KEY", "key-of-the-gate")]).expect(2));
    let variables = lines(&report, "variables");
    assert_eq!(variables.len(), 3, "{variables:?}");
    assert_eq!(variables[0], "ok `GATE_KEY` is set");
    assert!(
        variables[1].starts_with("stop ") && variables[1].contains("ANNA_PASSWORD"),
        "{variables:?}"
    );
    assert!(
        variables[2].starts_with("note ") && variables[2].contains("no check here needs it"),
        "{variables:?}"
    );
    let addresses = lines(&report, "addresses");
    assert!(
        addresses[1].starts_with(&format!("warning db, http://{closed}: ")),
        "{addresses:?}"
    );
    let logins = lines(&report, "logins");
    assert!(
        logins[0].starts_with("stop ") && logins[0].contains("anna"),
        "{logins:?}"
    );

    let all = [
        ("GATE_KEY", "key-of-the-gate"),
        ("ANNA_PASSWORD", "correct-horse"),
        ("BORIS_PASSWORD", "battery-staple"),
    ];
    let well = ran(&[], &all);
    let report = json(well.expect(0));
    let logins = lines(&report, "logins");
    assert_eq!(logins[0], "ok anna is in");
    assert!(
        logins[1].starts_with("warning ") && logins[1].contains("boris"),
        "{logins:?}"
    );
    for secret in all {
        well.never_says(secret.1);
    }
    let asked = app.requests_to("/login").len();
    let report = json(ran(&["--no-login"], &all).expect(0));
    assert_eq!(
        lines(&report, "logins"),
        ["note nobody was logged in, as you asked for"]
    );
    assert_eq!(app.requests_to("/login").len(), asked);
}

#[test]
fn an_address_that_never_answers_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("bound");
    let project = Project::checking(&format!("http://{address}"), CHECKS);
    project
        .tidegate(&["doctor"])
        .expect(2)
        .says("no answer within 2 s")
        .says("1 thing stops a run");
}

#[test]
fn a_wall_of_the_host_is_told_with_the_way_past_it() {
    let wall = App::start(|_| {
        Reply::text(401, "<a href=\"https://vercel.com/sso-api?url=x\">").header("server", "Vercel")
    });
    let project = Project::checking(wall.url(), CHECKS);
    project
        .tidegate(&["doctor"])
        .expect(2)
        .says("Vercel asks for a sign-in")
        .says("x-vercel-protection-bypass");
}

#[test]
fn a_candidate_that_the_gate_starts_need_not_answer_yet() {
    let port = TcpListener::bind("127.0.0.1:0")
        .expect("a port")
        .local_addr()
        .expect("bound")
        .port();
    let gate = format!(
        "version: 1\nname: test\nenvironments:\n  local: {{ kind: local, url: \"http://127.0.0.1:{port}\", start: {{ command: no-such-program --port {port}, ready: {{ get: / }} }} }}\nchecks:\n{CHECKS}"
    );
    let project = Project::new(&gate);
    let report = json(project.tidegate(&["doctor", "--json"]).expect(2));
    let addresses = lines(&report, "addresses");
    assert!(
        addresses[0].contains("nothing holds the port yet"),
        "{addresses:?}"
    );
    assert!(
        addresses[1].contains("a run starts the candidate itself"),
        "{addresses:?}"
    );
    let programs = lines(&report, "programs");
    assert!(
        programs[0].starts_with("stop there is no program `no-such-program`"),
        "{programs:?}"
    );
}

#[test]
fn the_addresses_of_a_change_that_is_not_trusted_get_no_secret() {
    let app = app();
    let gate = format!(
        "version: 1\nname: test\nenvironments: {{ preview: {{ kind: preview, url: \"{}\", headers: {{ x-key: \"${{GATE_KEY}}\" }} }} }}\n\
         identities:\n  anna: {{ login: {{ post: /login, json: {{ password: \"${{GATE_KEY}}\" }}, bearer: $.token }} }}\n\
         checks:\n  alive: {{ as: anna, flow: [{{ get: /, expect: 200 }}] }}\n",
        app.url()
    );
    let project = Project::new(&gate);
    let mut look = Look::default();
    let examined = |look: &Look| {
        let builder = Gate::builder(project.gate());
        let builder = builder.variable("GATE_KEY", "correct-horse-battery");
        examine(builder, look).json()
    };
    look.situation.provenance.untrusted = Some("a pull request from a fork".to_owned());
    let report = examined(&look);
    assert!(report.contains("nobody is logged in: this is a pull request from a fork"));
    assert_eq!(app.requests().len(), 0);
    look.situation.provenance.untrusted = None;
    examined(&look);
    assert_eq!(app.requests_to("/login").len(), 1);
}

#[test]
fn a_shallow_clone_and_the_beginning_of_a_change_are_told() {
    let app = app();
    let origin = Project::checking(app.url(), CHECKS);
    origin.git(&["init", "-q", "-b", "main"]);
    origin.git(&["add", "."]);
    origin.git(&["commit", "-q", "-m", "first"]);
    origin.git(&["commit", "-q", "--allow-empty", "-m", "second"]);
    let whole = json(origin.tidegate(&["doctor", "--json"]).expect(0));
    let told = lines(&whole, "repository");
    assert!(told[0].starts_with("ok the repository "), "{told:?}");
    assert!(
        told[1].starts_with("note no beginning of a change"),
        "{told:?}"
    );
    let clone = Project::empty();
    let from = format!("file://{}", origin.path().display());
    clone.git(&["clone", "-q", "--depth", "1", &from, "."]);
    let shallow = json(clone.tidegate(&["doctor", "--json"]).expect(0));
    let told = lines(&shallow, "repository");
    assert!(
        told[1].starts_with("warning the clone is shallow"),
        "{told:?}"
    );
}

#[cfg(feature = "github")]
#[test]
fn a_token_is_asked_what_it_sees_and_never_shown() {
    const TOKEN: &str = "ghs_0123456789abcdefghij";
    let app = app();
    let github = App::start(|request| match request.path() {
        "/repos/acme/portal" => Reply::json(
            200,
            &serde_json::json!({ "private": true, "permissions": { "push": false } }),
        )
        .header("x-oauth-scopes", "repo, workflow"),
        _ => Reply::new(404),
    });
    let project = Project::checking(app.url(), CHECKS);
    let ran = |repository: &str| {
        let mut command = project.command(&["doctor", "--json"]);
        command
            .env("GITHUB_TOKEN", TOKEN)
            .env("GITHUB_API_URL", github.url())
            .env("GITHUB_REPOSITORY", repository);
        Ran::of(command.output().expect("the binary runs"))
    };
    let seen = ran("acme/portal");
    let told = lines(&json(seen.expect(0)), "github");
    assert_eq!(
        told,
        ["ok GITHUB_TOKEN reads acme/portal (private); its scopes: repo, workflow"]
    );
    seen.never_says(TOKEN);
    let hidden = ran("acme/other");
    let told = lines(&json(hidden.expect(0)), "github");
    assert!(
        told[0].starts_with("warning GitHub knows no repository acme/other"),
        "{told:?}"
    );
    hidden.never_says(TOKEN);
}
