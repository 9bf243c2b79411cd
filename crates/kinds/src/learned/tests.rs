use tidegate_core::meta::{Confidence, Severity};
use tidegate_core::ports::http::Purpose;
use tidegate_core::span::{Source, Span};

use super::cases::*;
use super::*;
use crate::testing::node;

#[test]
fn without_the_key_it_is_not_there_and_it_can_be_switched_off() {
    assert!(
        kind()
            .parse(None, &ObserverScope::default())
            .unwrap()
            .is_none()
    );
    let path = Located {
        value: PATH.to_owned(),
        span: Span::new(Source::new("tidegate.yaml", ""), 0, 0),
    };
    let scope = ObserverScope {
        learned: Some(&path),
        ..ObserverScope::default()
    };
    assert!(kind().parse(Some(&node("off")), &scope).unwrap().is_none());
    assert!(kind().parse(Some(&node("{}")), &scope).unwrap().is_some());
    assert!(kind().parse(Some(&node("strict: true")), &scope).is_err());
}

#[test]
fn the_first_run_writes_what_it_saw_and_later_ones_bring_the_file_to_rest() {
    let project = Project::default();
    let ran = project.run(Updating::Extend, &[get(RECORD)]);
    assert_eq!(ran.codes(), [""; 0]);
    assert_eq!(ran.evaluated, 1);
    assert!(
        ran.notes[0].starts_with("wrote tidegate.contract.json"),
        "{:?}",
        ran.notes
    );
    assert!(project.text().contains("\"samples\": 1"));
    assert!(!project.text().contains("\"required\": true"));
    for _ in 0..4 {
        project.run(Updating::Extend, &[get(RECORD)]);
    }
    let settled = project.text();
    assert!(!settled.contains("samples"));
    assert!(settled.contains("\"required\": true"));
    let writes = *project.snapshots.writes.lock().unwrap();
    let ran = project.run(Updating::Extend, &[get(RECORD), get(RECORD)]);
    assert_eq!(ran.notes, [""; 0]);
    assert_eq!(*project.snapshots.writes.lock().unwrap(), writes);
    insta::assert_snapshot!("settled", settled);
}

#[test]
fn each_change_is_found_under_its_code_at_its_line() {
    let project = Project::taught(RECORD, 5);
    let cases = [
        (
            "\"amount\":1200,",
            "",
            "learned/field-gone",
            Severity::High,
            "$.amount",
        ),
        (
            "{\"name\":\"New one\"}",
            "{}",
            "learned/field-gone",
            Severity::High,
            "$.tags[].name",
        ),
        (
            "1200",
            "\"1200\"",
            "learned/type-changed",
            Severity::High,
            "$.amount",
        ),
        (
            "\"Ship it, please\"",
            "null",
            "learned/null-appeared",
            Severity::Medium,
            "$.title",
        ),
        (
            "2026-11-26T07:01:00Z",
            "yesterday",
            "learned/format-changed",
            Severity::Low,
            "$.created_at",
        ),
        (
            "1200",
            "12.5",
            "learned/format-changed",
            Severity::Low,
            "$.amount",
        ),
        (
            "open",
            "OPEN",
            "learned/format-changed",
            Severity::Low,
            "$.state",
        ),
        (
            "\"note\"",
            "\"secret_note\":1,\"note\"",
            "learned/new-field",
            Severity::Info,
            "$.owner.secret_note",
        ),
    ];
    for (from, to, code, severity, path) in cases {
        let ran = project.run(Updating::Never, &[get(&record(from, to))]);
        let finding = ran.only();
        assert_eq!((finding.code.as_str(), finding.severity), (code, severity));
        assert_eq!(finding.confidence, Confidence::High);
        let evidence = finding
            .evidence
            .iter()
            .find(|evidence| evidence.label == "path");
        assert_eq!(evidence.unwrap().text, path);
        assert_eq!(finding.location.file, PATH);
        let name = path.rsplit('.').next().unwrap().trim_end_matches("[]");
        let named = if code == "learned/new-field" {
            "properties\": {"
        } else {
            name
        };
        let line = finding.location.text.clone().unwrap();
        assert!(
            line.contains(named) || code == "learned/new-field" && line.contains("owner"),
            "{line}"
        );
        assert_eq!(
            finding.related[0].location.to_string(),
            "tidegate.yaml:12:1"
        );
    }
}

#[test]
fn what_may_change_is_left_alone() {
    let project = Project::taught(RECORD, 5);
    let cases = [
        ("1200", "7"),
        ("open", "Waiting for Anna"),
        ("\"note\":null", "\"note\":\"a text\""),
        ("{\"name\":\"Big one\"},{\"name\":\"New one\"}", ""),
        ("anna@acme.example", "boris@globex.example"),
    ];
    for (from, to) in cases {
        let ran = project.run(Updating::Never, &[get(&record(from, to))]);
        assert_eq!(ran.codes(), [""; 0], "{to}");
    }
}

#[test]
fn what_fewer_than_five_answers_had_is_only_told_but_a_type_is_held_at_once() {
    let project = Project::taught(RECORD, 4);
    let told = project.run(
        Updating::Never,
        &[
            get(&record("\"amount\":1200,", "")),
            get(&record("\"Ship it, please\"", "null")),
        ],
    );
    assert_eq!(
        told.codes(),
        ["learned/field-gone", "learned/null-appeared"]
    );
    assert!(
        told.findings
            .iter()
            .all(|finding| finding.severity == Severity::Info)
    );
    let once = Project::taught(RECORD, 1);
    let ran = once.run(Updating::Never, &[get(&record("1200", "\"1200\""))]);
    assert_eq!(ran.only().severity, Severity::High);
}

#[test]
fn five_items_of_one_list_are_one_answer() {
    let list = format!("[{}]", [r#"{"id":1,"note":"a b"}"#; 9].join(","));
    let project = Project::taught(&list, 1);
    let ran = project.run(Updating::Extend, &[get(r#"[{"id":1}]"#)]);
    assert_eq!(ran.only().severity, Severity::Info);
    assert!(project.text().contains("\"required\": false"));
}

#[test]
fn an_answer_that_is_no_json_any_more_is_found() {
    let project = Project::taught(RECORD, 1);
    let mut page = get("<html>Sign in</html>");
    page.response_headers[0].1 = "text/html".into();
    let ran = project.run(Updating::Never, std::slice::from_ref(&page));
    assert_eq!(ran.codes(), ["learned/not-json"]);
    let ran = project.run(Updating::Never, &[get("{\"id\":")]);
    assert_eq!(ran.codes(), ["learned/not-json"]);
    page.request_headers
        .push(("accept".into(), "text/html".into()));
    assert_eq!(
        project
            .run(Updating::Never, std::slice::from_ref(&page))
            .codes(),
        [""; 0]
    );
    page.request_headers.clear();
    page.route = "/".into();
    assert_eq!(project.run(Updating::Never, &[page]).codes(), [""; 0]);
}

#[test]
fn an_answer_that_is_not_known_is_told_and_learned_outside_ci() {
    let project = Project::taught(RECORD, 1);
    let mut created = get(RECORD);
    created.status = Some(201);
    let ran = project.run(Updating::Never, std::slice::from_ref(&created));
    assert_eq!(ran.codes(), ["learned/new-answer"]);
    assert_eq!(ran.only().location.file, "tidegate.yaml");
    assert!(!project.text().contains("201"));
    project.run(Updating::Extend, std::slice::from_ref(&created));
    assert!(project.text().contains("201 application/json"));
    assert_eq!(project.run(Updating::Never, &[created]).codes(), [""; 0]);
}

#[test]
fn a_run_in_ci_without_a_snapshot_says_so_and_writes_nothing() {
    let project = Project::default();
    let ran = project.run(Updating::Never, &[get(RECORD)]);
    assert_eq!(ran.codes(), ["learned/no-snapshot"]);
    assert_eq!(ran.only().location.to_string(), "tidegate.yaml:2:11");
    assert_eq!(project.text(), "");
    assert_eq!(
        project.run(Updating::Extend, &[get(RECORD)]).codes(),
        [""; 0]
    );
}

#[test]
fn what_cannot_be_written_is_told() {
    let project = Project {
        snapshots: Arc::new(FakeSnapshots {
            read_only: true,
            ..FakeSnapshots::default()
        }),
    };
    let ran = project.run(Updating::Extend, &[get(RECORD)]);
    assert_eq!(ran.codes(), ["learned/not-written"]);
}

#[test]
fn a_contradiction_keeps_the_file_as_it_is_until_it_is_accepted() {
    let project = Project::taught(RECORD, 5);
    let before = project.text();
    let changed = get(&record("1200", "\"1200\""));
    let ran = project.run(Updating::Extend, std::slice::from_ref(&changed));
    assert_eq!(ran.codes(), ["learned/type-changed"]);
    assert!(ran.notes[0].contains("stays as it is"));
    assert_eq!(project.text(), before);
    let ran = project.run(Updating::Accept, std::slice::from_ref(&changed));
    assert_eq!(ran.only().severity, Severity::Info);
    assert_ne!(project.text(), before);
    assert_eq!(project.run(Updating::Never, &[changed]).codes(), [""; 0]);
}

#[test]
fn errors_attacks_and_what_is_cut_are_not_learned() {
    let mut attack = get(RECORD);
    attack.purpose = Purpose::Attack;
    let mut negative = get(RECORD);
    negative.purpose = Purpose::Negative;
    let mut failed = get(RECORD);
    failed.status = Some(500);
    let mut refused = get(RECORD);
    refused.status = Some(422);
    let mut cut = get(RECORD);
    cut.truncated = true;
    let mut page = get("<html></html>");
    page.response_headers[0].1 = "text/html".into();
    let empty = get("");
    let project = Project::default();
    let all = [attack, negative, failed, refused, cut, page, empty];
    let ran = project.run(Updating::Extend, &all);
    assert_eq!(project.text(), "");
    assert_eq!(ran.notes.len(), 1);
    assert_eq!(ran.evaluated, 0);
}

#[test]
fn damaged_and_newer_snapshots_are_errors_with_their_place() {
    let shaped = |shape: &str| {
        format!("{{\"version\":1,\"answers\":{{\"GET /\":{{\"200 a/json\":\n{shape}}}}}}}")
    };
    let cases = [
        ("{\"version\": 2}".to_owned(), 1, "unknown version"),
        ("{}".to_owned(), 1, "says no version"),
        ("{\"version\": 1}".to_owned(), 1, "`answers` is missing"),
        ("{\n<<<<<<< HEAD\n".to_owned(), 2, "cannot be read"),
        (String::new(), 1, "cannot be read"),
        (shaped("{\"type\":\"text\"}"), 2, "no type"),
        (
            shaped("{\"type\":\"string\",\"format\":\"bic\"}"),
            2,
            "no format",
        ),
        (
            shaped("{\"type\":\"string\",\"samples\":9}"),
            2,
            "`samples`",
        ),
        (
            shaped("{\"type\":\"string\",\"enum\":[1]}"),
            2,
            "unknown key",
        ),
        (shaped("{}"), 2, "`type` is missing"),
        (shaped("[]"), 2, "a list"),
        (
            shaped(
                "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"null\",\"required\":1}}}",
            ),
            2,
            "`required`",
        ),
    ];
    for (text, line, message) in cases {
        let project = Project::holding(&text);
        for updating in [Updating::Never, Updating::Extend, Updating::Accept] {
            let error = project.try_run(updating, &[get(RECORD)]).unwrap_err();
            assert!(error.message.contains(message), "{text}: {}", error.message);
            let location = error.location.unwrap();
            assert_eq!(
                (location.file.as_str(), location.line),
                (PATH, line),
                "{text}"
            );
            for way in [
                "estore tidegate.contract.json as git has it",
                "delete it and run the gate once",
                "`--update`",
            ] {
                assert!(error.help.contains(way), "{text}: {}", error.help);
            }
            let is_newer = message == "unknown version";
            assert_eq!(error.help.contains("A newer Tidegate"), is_newer);
            assert!(!error.help.contains("JSON editor"), "{}", error.help);
        }
        assert_eq!(project.text(), text);
    }
}

#[test]
fn documents_and_answers_of_too_many_parts_are_not_learned() {
    let fields = |count: usize| {
        let name = |at: usize| format!("{}{}", ["a", "b"][at % 2], "x".repeat(at / 2 % 60));
        let value = |at: usize| ["1", "true"][at % 2];
        let group = (0..60).map(|at| format!("\"{}\":{}", name(at), value(at)));
        let group = group.collect::<Vec<_>>().join(",");
        let groups =
            (0..count).map(|at| format!("\"{}\":{{\"own{}\":1,{group}}}", name(at), name(at)));
        format!("{{{}}}", groups.collect::<Vec<_>>().join(","))
    };
    let small = Project::taught(&fields(2), 1);
    assert!(!small.text().is_empty());
    let project = Project::default();
    let document = r#"{"openapi":"3.1.0","info":{},"paths":{"/":{}}}"#;
    let ran = project.run(Updating::Extend, &[get(&fields(40)), get(document)]);
    assert_eq!(project.text(), "");
    assert_eq!((ran.notes.len(), ran.evaluated), (1, 0));
}

#[test]
fn keys_that_are_data_are_not_stored() {
    let body = r#"{"totals":{"2026-11":{"sum":1},"2026-12":{"sum":2}},"by":{"anna@acme.example":3,"plain":1}}"#;
    let project = Project::taught(body, 2);
    for data in ["2026", "anna", "acme"] {
        assert!(!project.text().contains(data), "{}", project.text());
    }
    let other = body.replace("2026-11", "2027-01");
    assert_eq!(
        project.run(Updating::Never, &[get(&other)]).codes(),
        [""; 0]
    );
    let lacking = body.replace("{\"sum\":1}", "{}");
    assert_eq!(
        project.run(Updating::Never, &[get(&lacking)]).codes(),
        [""; 0]
    );
    let broken = body.replace("{\"sum\":1}", "{\"sum\":\"1\"}");
    let ran = project.run(Updating::Never, &[get(&broken)]);
    assert_eq!(ran.only().code.as_str(), "learned/type-changed");
    assert!(
        ran.only().title.contains("$.totals.*.sum"),
        "{}",
        ran.only().title
    );
}

#[test]
fn names_of_people_as_keys_are_taken_for_data() {
    let people = [
        "anna", "boris", "cora", "dora", "emil", "finn", "greta", "hans",
    ];
    let entries = people.map(|name| format!("\"{name}\":{{\"open\":1}}"));
    let project = Project::taught(&format!("{{{}}}", entries.join(",")), 1);
    assert!(people.iter().all(|name| !project.text().contains(name)));
    let come_and_go = (1..=32).map(|length| format!("{{\"{}\":1}}", "anna".repeat(length)));
    let come_and_go: Vec<String> = come_and_go
        .take(15)
        .chain((1..=32).map(|length| format!("{{\"{}\":1}}", "bo".repeat(length))))
        .collect();
    let project = Project::taught(&format!("[{}]", come_and_go.join(",")), 1);
    assert!(!project.text().contains("anna"), "{}", project.text());
}

#[test]
fn other_origins_are_told_apart() {
    let mut api = get(RECORD);
    api.url = "https://db.example/api/records/1".into();
    let project = Project::default();
    project.run(Updating::Extend, &[get(RECORD), api]);
    assert!(project.text().contains("\"GET /api/records/{}\""));
    assert!(project.text().contains("\"GET /api/records/{} on db\""));
}
