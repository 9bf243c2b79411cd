//! Cases against the fake and against a recording, asked as a plugin asks.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::case::{Answers, Case};
use super::fake::World;
use super::tape::{Player, Recorder, Tape, known, with_nearest};
use super::{Asked, Cassette, grant};
use crate::capability::Powers;
use crate::deadline::{Deadline, Stop};
use crate::imports::Imports;
use crate::interface::files::FilesError;
use crate::interface::http::{Header, HttpError, Place, Request};
use crate::interface::types::{Capability, Description, Power};
use crate::testing::node;

fn read(text: &str, folder: &Path) -> Case {
    Case::read(&node(text), "a-case", folder).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn wrong(text: &str, folder: &Path) -> String {
    let faults = Case::read(&node(text), "a-case", folder).expect_err("a wrong case");
    faults
        .iter()
        .map(|fault| format!("{} ", fault.message))
        .collect()
}

fn asks(powers: &[Power]) -> Vec<Capability> {
    let ask = |power: &Power| Capability {
        power: power.clone(),
        reason: "r".to_owned(),
        optional: false,
    };
    powers.iter().map(ask).collect()
}

/// The fake of a case, with what is asked for and granted, and what was asked of it.
fn world(case: &Case, powers: &[Power]) -> (World, Arc<Mutex<Asked>>) {
    let asked = Arc::new(Mutex::new(Asked::default()));
    let capabilities = asks(powers);
    let grant = case
        .grant
        .clone()
        .unwrap_or_else(|| grant::all(&capabilities, &case.context));
    let Answers::Fake(fake) = case.answers.clone() else {
        panic!("a fake")
    };
    let powers = Powers::of(&capabilities, &grant);
    let context = &case.context;
    (
        World::new(
            fake,
            powers,
            context.identity.clone(),
            context.target.clone(),
            Arc::clone(&asked),
        ),
        asked,
    )
}

fn request(method: &str, place: Place) -> Request {
    Request {
        method: method.to_owned(),
        place,
        route: None,
        identity: None,
        headers: Vec::new(),
        body: None,
        timeout: Some(1_000),
        redirects: 0,
        body_limit: Some(1_000),
    }
}

fn get(path: &str) -> Request {
    request("GET", Place::Target(path.to_owned()))
}

fn soon() -> Deadline {
    Deadline::new(Duration::from_secs(3_600), Stop::new())
}

fn denied(answer: Result<crate::interface::http::Response, HttpError>) -> String {
    match answer {
        Err(HttpError::Denied(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

const READ: &[Power] = &[Power::TargetRead];

#[test]
fn a_route_answers_the_requests_that_it_names_and_no_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let case = read(
        r#"{ "as": "anna", "target": [
            { "get": "/api/invoices/{id}", "as": "boris", "status": 403 },
            { "get": "/api/invoices/{id}", "json": { "id": 17 } },
            { "get": "/api/records?page=2", "body": "second" },
            { "get": "/once", "times": 1, "body": "first" },
            { "get": "/once", "status": 404 }
        ] }"#,
        folder.path(),
    );
    let (mut world, asked) = world(&case, READ);
    let mut status = |request| {
        world
            .send(request, soon())
            .map(|answer| (answer.status, answer.body))
    };
    assert_eq!(
        status(get("/api/invoices/17?x=1")),
        Ok((200, br#"{"id":17}"#.to_vec()))
    );
    let _ = status(Request {
        identity: Some("boris".to_owned()),
        ..get("/api/invoices/17")
    });
    assert_eq!(
        status(get("/api/records?page=2")),
        Ok((200, b"second".to_vec()))
    );
    assert_eq!(status(get("/once")), Ok((200, b"first".to_vec())));
    assert_eq!(status(get("/once")), Ok((404, Vec::new())));
    assert!(matches!(
        status(get("/api/records")),
        Err(HttpError::Connect(_))
    ));
    let asked = asked.lock().expect("nobody panicked");
    assert_eq!(asked.missing, ["GET /api/records as anna"]);
    assert_eq!(asked.requests[0], "GET /api/invoices/17?x=1 as anna → 200");
    assert!(
        asked.requests[1].contains("denied: the identity `boris`"),
        "{:?}",
        asked.requests
    );
}

#[test]
fn what_is_not_asked_for_or_not_granted_is_denied() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = r#"{ "grant": { "target": "read", "secrets": { "KEY": "target" } },
        "context": { "apis": ["db"] },
        "target": [{ "get": "/x" }, { "post": "/x" }, { "get": "/x", "on": "db" }] }"#;
    let case = read(text, folder.path());
    let powers = [
        Power::TargetWrite,
        Power::Apis,
        Power::Secret("KEY".to_owned()),
    ];
    let (mut world, _) = world(&case, &powers);
    assert!(world.send(get("/x"), soon()).is_ok());
    assert!(
        denied(world.send(request("POST", Place::Target("/x".to_owned())), soon()))
            .contains("POST")
    );
    let api = request("GET", Place::Api(("db".to_owned(), "/x".to_owned())));
    assert!(denied(world.send(api, soon())).contains("API `db`"));
    let host = request("GET", Place::Url("https://elsewhere.example/x".to_owned()));
    assert!(denied(world.send(host, soon())).contains("elsewhere.example"));
    let with = |value: &str| Request {
        headers: vec![Header {
            name: "x-key".to_owned(),
            value: value.to_owned(),
        }],
        ..get("/x")
    };
    assert!(world.send(with("Bearer ${KEY}"), soon()).is_ok());
    assert!(denied(world.send(with("${OTHER}"), soon())).contains("`OTHER`"));
}

#[test]
fn an_answer_can_be_slow_or_fail_without_anybody_waiting() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = r#"{ "target": [
        { "get": "/slow", "delay": "30s" }, { "get": "/late", "delay": "500ms" }, { "get": "/gone", "fail": "dns" }
    ] }"#;
    let case = read(text, folder.path());
    let (mut world, _) = world(&case, READ);
    assert!(matches!(
        world.send(get("/slow"), soon()),
        Err(HttpError::Timeout(_))
    ));
    assert_eq!(
        world
            .send(get("/late"), soon())
            .map(|answer| answer.timings.total),
        Ok(500_000)
    );
    assert!(matches!(
        world.send(get("/gone"), soon()),
        Err(HttpError::Dns(_))
    ));
}

#[test]
fn files_and_exchanges_are_those_beside_the_case() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("files/exports")).expect("made");
    fs::write(folder.path().join("files/exports/a.csv"), "1,2").expect("written");
    fs::write(folder.path().join("files/secret.txt"), "x").expect("written");
    fs::write(folder.path().join("answer.json"), "[1]").expect("written");
    let text = r#"{ "files": "files", "recorded": [
        { "check": "list", "get": "/api/records", "file": "answer.json" }, { "get": "/b" }, { "get": "/c" }
    ] }"#;
    let case = read(text, folder.path());
    let (mut world, _) = world(
        &case,
        &[Power::Files("exports/**".to_owned()), Power::Recorded],
    );
    assert_eq!(world.find("**"), Ok(vec!["exports/a.csv".to_owned()]));
    assert_eq!(world.read("exports/a.csv", 3), Ok(b"1,2".to_vec()));
    assert_eq!(world.read("exports/a.csv", 2), Err(FilesError::TooLarge(2)));
    assert!(matches!(
        world.read("exports/b.csv", 2),
        Err(FilesError::Missing(_))
    ));
    for path in ["secret.txt", "exports/../secret.txt", "/etc/passwd"] {
        assert!(
            matches!(world.read(path, 9), Err(FilesError::Denied(_))),
            "{path}"
        );
    }
    let (first, next) = world.page(0, 2).expect("granted");
    assert_eq!((first.len(), next), (2, Some(2)));
    assert_eq!(first[0].body, b"[1]");
    let (rest, end) = world.page(2, 2).expect("granted");
    assert_eq!((rest.len(), end), (1, None));
    let (mut none, _) = self::world(&case, READ);
    assert!(none.page(0, 1).is_err() && none.find("**") == Ok(Vec::new()));
}

#[test]
fn a_wrong_case_is_told_with_what_is_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let told = |text| wrong(text, folder.path());
    assert!(told(r#"{ "confg": {} }"#).contains("`confg`"));
    assert!(told(r#"{ "target": [{ "status": 200 }] }"#).contains("which request"));
    assert!(told(r#"{ "target": [{ "get": "/a", "post": "/b" }] }"#).contains("which request"));
    assert!(
        told(r#"{ "target": [{ "get": "/a", "json": 1, "body": "x" }] }"#).contains("one body")
    );
    assert!(told(r#"{ "target": [{ "get": "/a", "status": 42 }] }"#).contains("42"));
    assert!(told(r#"{ "target": [{ "get": "/a", "file": "../x" }] }"#).contains("cannot be read"));
    assert!(told(r#"{ "files": "nothing" }"#).contains("no folder"));
    assert!(told(r#"{ "context": { "now": "noon" } }"#).contains("noon"));
    assert!(told(r#"{ "cassette": "../tape.json" }"#).contains("out of the folder"));
    assert!(told(r#"{ "cassette": "tape.json", "target": [] }"#).contains("every answer"));
}

/// Records what a world answers.
fn recorded() -> Cassette {
    let folder = tempfile::tempdir().expect("a folder");
    let case = read(
        r#"{ "as": "anna", "target": [{ "get": "/a", "body": "A" }, { "get": "/b" }] }"#,
        folder.path(),
    );
    let (world, _) = world(&case, READ);
    let tape = Tape::default();
    assert_eq!(tape.take(), None);
    tape.begin(case.context);
    let mut recorder = Recorder::new(Box::new(world), tape.clone());
    for path in ["/a", "/b"] {
        recorder.send(get(path), soon()).expect("an answer");
    }
    let _ = recorder.find("*.csv");
    let _ = recorder.read("a.csv", 10);
    let _ = recorder.page(0, 10);
    tape.take().expect("a recording")
}

#[test]
fn a_recording_answers_as_what_was_recorded_did() {
    let asked = Arc::new(Mutex::new(Asked::default()));
    let mut player = Player::new(recorded(), Some("anna".to_owned()), Arc::clone(&asked));
    // In another order, and with another time left.
    let hurried = Request {
        timeout: Some(7),
        ..get("/b")
    };
    assert_eq!(
        player.send(hurried, soon()).map(|answer| answer.status),
        Ok(200)
    );
    assert_eq!(
        player.send(get("/a"), soon()).map(|answer| answer.body),
        Ok(b"A".to_vec())
    );
    assert_eq!(player.find("*.csv"), Ok(Vec::new()));
    assert!(matches!(
        player.read("a.csv", 10),
        Err(FilesError::Denied(_))
    ));
    assert!(player.page(0, 10).is_err());
    assert!(asked.lock().expect("nobody panicked").missing.is_empty());
}

#[test]
fn what_a_recording_does_not_have_is_told_with_the_nearest() {
    let cassette = recorded();
    let lines = known(&cassette);
    let asked = Arc::new(Mutex::new(Asked::default()));
    let mut player = Player::new(cassette, Some("anna".to_owned()), Arc::clone(&asked));
    assert!(matches!(
        player.send(get("/c"), soon()),
        Err(HttpError::Connect(_))
    ));
    assert!(player.send(get("/a"), soon()).is_ok() && player.send(get("/a"), soon()).is_err());
    assert!(
        player.read("b.csv", 1).is_err() && player.find("*").is_err() && player.page(3, 1).is_err()
    );
    let missing = asked.lock().expect("nobody panicked").missing.clone();
    assert_eq!(missing.len(), 5);
    let told = with_nearest(&missing[0], &lines);
    assert!(
        told.starts_with("GET /c as anna; the nearest is GET /"),
        "{told}"
    );
    assert!(
        with_nearest(&missing[1], &lines).contains("once more"),
        "{:?}",
        missing[1]
    );
    assert!(with_nearest(&missing[2], &lines).contains("the file a.csv"));
}

#[test]
fn a_case_may_be_written_before_it_is_recorded_and_takes_its_context_from_the_recording() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = r#"{ "cassette": "tape.json", "context": { "seed": 9 } }"#;
    let case = read(text, folder.path());
    assert!(matches!(case.answers, Answers::Cassette(_, None)));
    recorded()
        .save(&folder.path().join("tape.json"))
        .expect("saved");
    let case = read(text, folder.path());
    assert!(matches!(case.answers, Answers::Cassette(_, Some(_))));
    assert_eq!(
        (case.context.identity.as_deref(), case.context.seed),
        (Some("anna"), 9)
    );
    fs::write(folder.path().join("tape.json"), "{}").expect("written");
    assert!(wrong(text, folder.path()).contains("no cassette"));
}

#[test]
fn a_config_that_a_gate_file_could_not_have_is_told_at_its_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let schema = r#"{ "type": "object", "properties": { "fields": { "type": "array" } },
        "required": ["fields"], "additionalProperties": false }"#;
    let description = Description {
        config_schema: schema.to_owned(),
        ..crate::guest::description()
    };
    let held = |text| read(text, folder.path()).held(&description);
    assert_eq!(held(r#"{ "config": { "fields": [] } }"#), Ok(()));
    assert!(held("{}").is_err());
    let faults = held(r#"{ "config": { "fields": [], "filds": 1 } }"#).expect_err("a wrong config");
    assert!(faults[0].message.contains("`filds`") && faults[0].span.is_some());
}
