//! The table of events over real payloads, trimmed to what matters, and over damaged ones.

mod details;

use std::fmt::Write as _;
use std::io::{self, Read};

use insta::assert_snapshot;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const PUSH: &str = include_str!("payloads/push-branch.json");
const PULL_REQUEST: &str = include_str!("payloads/pull-request.json");
const DEPLOYED: &str = include_str!("payloads/deployment-status.json");
const WORKFLOW_RUN: &str = include_str!("payloads/workflow-run.json");
const BEFORE: &str = "59b20b8d5c6ff8d09518454d4dd8b7b30f095ab5";
const SHA: &str = "d36000b7bd1cc8a7b3de4d5a9e1a1ab3a3a1f0f1";

/// A row of the table: the event, what is special about it, and its payload.
type Row = (&'static str, &'static str, Value);

fn rows() -> Vec<Row> {
    [pushes(), requests(), deploys()].concat()
}

fn payload(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn with(text: &str, changes: &[(&str, Value)]) -> Value {
    changed(payload(text), changes)
}

fn pushes() -> Vec<Row> {
    vec![
        ("push", "", with(PUSH, &[("before", json!(BEFORE))])),
        ("push", "first push of the default branch", payload(PUSH)),
        (
            "push",
            "first push of a branch",
            with(PUSH, &[("ref", json!("refs/heads/changes"))]),
        ),
        (
            "push",
            "force push",
            with(
                PUSH,
                &[
                    ("ref", json!("refs/heads/changes")),
                    ("before", json!(BEFORE)),
                    ("forced", json!(true)),
                ],
            ),
        ),
        (
            "push",
            "force push to the default branch",
            with(PUSH, &[("before", json!(BEFORE)), ("forced", json!(true))]),
        ),
        (
            "push",
            "tag",
            payload(include_str!("payloads/push-tag.json")),
        ),
        (
            "push",
            "deleted",
            payload(include_str!("payloads/push-deleted.json")),
        ),
        ("schedule", "", json!({ "schedule": "30 5 * * 1" })),
        (
            "workflow_dispatch",
            "",
            payload(include_str!("payloads/workflow-dispatch.json")),
        ),
        (
            "repository_dispatch",
            "",
            payload(include_str!("payloads/repository-dispatch.json")),
        ),
    ]
}

fn requests() -> Vec<Row> {
    vec![
        ("pull_request", "", payload(PULL_REQUEST)),
        (
            "pull_request",
            "fork",
            with(
                PULL_REQUEST,
                &[("pull_request.head.repo.full_name", json!("eve/Hello-World"))],
            ),
        ),
        (
            "pull_request",
            "fork that is gone",
            with(PULL_REQUEST, &[("pull_request.head.repo", Value::Null)]),
        ),
        (
            "pull_request",
            "Dependabot",
            with(
                PULL_REQUEST,
                &[("pull_request.user.login", json!("dependabot[bot]"))],
            ),
        ),
        ("pull_request_target", "", payload(PULL_REQUEST)),
        (
            "issue_comment",
            "on a pull request",
            json!({
                "issue": { "number": 7, "pull_request": { "url": "https://api.github.com" } },
                "repository": { "default_branch": "master" },
            }),
        ),
        ("issue_comment", "", json!({ "issue": { "number": 8 } })),
        (
            "merge_group",
            "",
            payload(include_str!("payloads/merge-group.json")),
        ),
    ]
}

fn deploys() -> Vec<Row> {
    vec![
        (
            "deployment_status",
            "success",
            with(
                DEPLOYED,
                &[
                    ("deployment.environment", json!("Preview – acme")),
                    ("deployment_status.environment", json!("Preview – acme")),
                    (
                        "deployment_status.environment_url",
                        json!("https://portal-git-changes.vercel.app"),
                    ),
                ],
            ),
        ),
        (
            "deployment_status",
            "in progress",
            payload(include_str!("payloads/deployment-status-in-progress.json")),
        ),
        (
            "deployment",
            "",
            payload(include_str!("payloads/deployment.json")),
        ),
        ("workflow_run", "", payload(WORKFLOW_RUN)),
        (
            "workflow_run",
            "fork",
            with(
                WORKFLOW_RUN,
                &[(
                    "workflow_run.head_repository.full_name",
                    json!("eve/octo-repo"),
                )],
            ),
        ),
        (
            "workflow_run",
            "failed",
            with(
                WORKFLOW_RUN,
                &[("workflow_run.conclusion", json!("failure"))],
            ),
        ),
        (
            "release",
            "",
            payload(include_str!("payloads/release.json")),
        ),
        ("watch", "any other", json!({})),
    ]
}

/// A payload with other values at some paths.
fn changed(mut payload: Value, changes: &[(&str, Value)]) -> Value {
    for (path, value) in changes {
        let mut at = &mut payload;
        for key in path.split('.') {
            at = &mut at[key];
        }
        *at = value.clone();
    }
    payload
}

/// The variables of a run; a test may add some.
fn variables<'v>(event: &'v str, more: &'v [(&str, &str)]) -> impl Fn(&str) -> Option<String> + 'v {
    move |name| {
        let more = more.iter().find(|(key, _)| *key == name);
        let value = match name {
            _ if more.is_some() => more?.1,
            "GITHUB_ACTIONS" => "true",
            "GITHUB_EVENT_NAME" => event,
            "GITHUB_EVENT_PATH" => "event.json",
            "GITHUB_SHA" => SHA,
            "GITHUB_REF" => "refs/heads/master",
            "GITHUB_SERVER_URL" => "https://github.com",
            "GITHUB_REPOSITORY" => "Codertocat/Hello-World",
            "GITHUB_RUN_ID" => "1658821493",
            "GITHUB_ACTOR" => "Codertocat",
            _ => return None,
        };
        Some(value.to_owned())
    }
}

fn occasion(event: &str, payload: &[u8], more: &[(&str, &str)]) -> Occasion {
    let payload = payload.to_vec();
    let open = move |path: &str| {
        assert_eq!(path, "event.json");
        Ok(Box::new(io::Cursor::new(payload.clone())) as Box<dyn Read>)
    };
    read(&variables(event, more), &open).unwrap()
}

fn of(event: &str, payload: &Value) -> Occasion {
    occasion(event, payload.to_string().as_bytes(), &[])
}

#[test]
fn each_event_judges_its_change() {
    let mut table = String::new();
    for (event, special, payload) in rows() {
        let occasion = of(event, &payload);
        let provenance = &occasion.provenance;
        assert!(provenance.consequence.is_some(), "{event}");
        let pairs = [
            ("commit", provenance.commit.clone()),
            ("begins", Some(format!("{:?}", occasion.beginnings))),
            ("branch", provenance.branch.clone()),
            (
                "pull request",
                provenance.pull_request.map(|number| number.to_string()),
            ),
            ("environment", occasion.environment.clone()),
            ("address", occasion.url.clone()),
            ("not trusted", provenance.untrusted.clone()),
            (
                "secrets",
                occasion.withhold_secrets.then(|| "withheld".into()),
            ),
            ("pending", provenance.pending.clone()),
            ("says", provenance.consequence.clone()),
        ];
        let title = format!("{event} {special}");
        writeln!(table, "{}", title.trim_end()).unwrap();
        for (name, value) in pairs {
            if let Some(value) = value {
                writeln!(table, "  {name}: {value}").unwrap();
            }
        }
        for note in occasion.notes {
            writeln!(table, "  note: {note}").unwrap();
        }
    }
    assert_snapshot!(table);
}

#[test]
fn the_pages_of_the_repository_and_the_run_are_known() {
    let provenance = of("push", &json!({})).provenance;
    let repository = "https://github.com/Codertocat/Hello-World";
    assert_eq!(provenance.repository.as_deref(), Some(repository));
    assert_eq!(
        provenance.run,
        Some(format!("{repository}/actions/runs/1658821493"))
    );
    assert_eq!(provenance.event.as_deref(), Some("push"));
    let enterprise = [("GITHUB_SERVER_URL", "https://git.acme.example/")];
    let provenance = occasion("push", b"{}", &enterprise).provenance;
    assert_eq!(
        provenance.repository.as_deref(),
        Some("https://git.acme.example/Codertocat/Hello-World")
    );
}

#[test]
fn elsewhere_there_is_no_occasion() {
    let open = |_: &str| -> io::Result<Box<dyn Read>> { panic!("nothing is to be read") };
    assert_eq!(read(&|_| None, &open), None);
    assert_eq!(
        read(
            &|name| (name == "GITHUB_ACTIONS").then(|| "false".into()),
            &open
        ),
        None
    );
}

#[test]
fn what_dependabot_starts_is_not_trusted_whatever_the_event() {
    let actor = [("GITHUB_ACTOR", "dependabot[bot]")];
    let occasion = occasion("push", PUSH.as_bytes(), &actor);
    assert_eq!(
        occasion.provenance.untrusted.as_deref(),
        Some("a run that Dependabot started")
    );
    // What it has are the secrets that were given to Dependabot.
    assert!(!occasion.withhold_secrets);
}

#[test]
fn the_branch_of_a_fork_may_be_called_like_the_default_one() {
    let changes = [
        (
            "workflow_run.head_repository.full_name",
            json!("eve/octo-repo"),
        ),
        ("workflow_run.head_branch", json!("master")),
        ("repository.default_branch", json!("master")),
    ];
    let occasion = of("workflow_run", &with(WORKFLOW_RUN, &changes));
    assert_eq!(
        occasion.beginnings.last(),
        Some(&Beginning::Branch("master".into()))
    );
}

#[test]
fn a_payload_that_cannot_be_read_leaves_what_the_variables_say() {
    let cases: [(&[u8], &str); 3] = [
        (b"{ \"ref\": ", "it is no JSON: EOF"),
        (b"[1]", "it is no JSON object"),
        (b"\xff\xfe", "it is no JSON: "),
    ];
    for (payload, reason) in cases {
        let occasion = occasion("pull_request", payload, &[]);
        let [note] = occasion.notes.as_slice() else {
            panic!("{:?}", occasion.notes);
        };
        assert!(note.starts_with("the event's payload could not be read: "));
        assert!(note.contains(reason), "{note}");
        assert_eq!(occasion.provenance.commit.as_deref(), Some(SHA));
        assert_eq!(
            occasion.provenance.untrusted.as_deref(),
            Some("a pull request of unknown origin")
        );
    }
}

#[test]
fn a_payload_without_end_is_not_read_to_its_end() {
    let open = |_: &str| Ok(Box::new(io::repeat(b' ')) as Box<dyn Read>);
    let occasion = read(&variables("push", &[]), &open).unwrap();
    assert_eq!(
        occasion.notes,
        ["the event's payload could not be read: it is larger than 25 MiB"]
    );
    let open = |_: &str| Err(io::ErrorKind::NotFound.into());
    let occasion = read(&variables("push", &[]), &open).unwrap();
    assert_eq!(
        occasion.notes,
        ["the event's payload could not be read: entity not found"]
    );
}

#[test]
fn fields_that_are_missing_or_of_another_type_are_named() {
    let payload = json!({
        "ref": ["refs/heads/main"],
        "before": "not a commit",
        "after": SHA,
        "forced": "yes",
    });
    let occasion = of("push", &payload);
    assert_eq!(
        occasion.notes,
        [
            "the event's `before` is no id of a commit",
            "the event's `forced` is text, not true or false",
            "the event's `ref` is a list, not text",
            "the event's `repository.default_branch` is missing",
        ]
    );
    assert_eq!(occasion.beginnings, [Beginning::Parent]);
    let long = json!({ "merge_group": { "head_sha": SHA, "head_ref": "a".repeat(5_000) } });
    let notes = of("merge_group", &long).notes;
    assert!(
        notes.contains(&"the event's `merge_group.head_ref` is longer than 2048 bytes".into()),
        "{notes:?}"
    );
}

#[test]
fn only_an_address_of_the_web_is_a_candidate() {
    let payload = |url: &str| {
        let changes = [("deployment_status.environment_url", json!(url))];
        changed(serde_json::from_str(DEPLOYED).unwrap(), &changes)
    };
    for url in ["file:///etc/passwd", "javascript:alert(1)", "portal"] {
        let occasion = of("deployment_status", &payload(url));
        assert_eq!(occasion.url, None);
        assert!(occasion.notes[0].contains("environment_url"));
    }
    assert_eq!(of("deployment_status", &payload("")).url, None);
}

/// Every path to a value below a payload.
fn paths(value: &Value, before: &str, all: &mut Vec<String>) {
    let Value::Object(fields) = value else {
        return;
    };
    for (key, value) in fields {
        let path = format!("{before}{key}");
        paths(value, &format!("{path}."), all);
        all.push(path);
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,50}".prop_map(Value::String),
        Just(json!([])),
        Just(json!([[{ "number": -1 }]])),
        Just(json!({})),
    ]
}

proptest! {
    #[test]
    fn damaged_payloads_never_panic(
        row in 0..26usize,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any_value()), 1..6),
    ) {
        let mut rows = rows();
        prop_assert_eq!(rows.len(), 26);
        let (event, _, mut payload) = rows.swap_remove(row);
        for (index, value) in damage {
            let mut all = Vec::new();
            paths(&payload, "", &mut all);
            if !all.is_empty() {
                payload = changed(payload, &[(index.get(&all).as_str(), value)]);
            }
        }
        let occasion = of(event, &payload);
        prop_assert_eq!(occasion.provenance.event.as_deref(), Some(event));
    }

    #[test]
    fn payloads_cut_off_never_panic(length in 0..PULL_REQUEST.trim_end().len()) {
        let occasion = occasion("pull_request", &PULL_REQUEST.as_bytes()[..length], &[]);
        prop_assert!(occasion.provenance.untrusted.is_some());
    }
}
