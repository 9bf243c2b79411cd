//! Reads: who is shown what.

use super::*;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::meta::Severity;
use tidegate_core::ports::http::Purpose;

#[test]
fn a_list_without_a_login_is_critical_and_tells_no_data() {
    let tried = tried(MATRIX, &[Fault::OpenList]);
    assert_eq!(tried.codes(), ["access/open"]);
    let finding = &tried.report().findings[0];
    assert_eq!(
        finding.title,
        "Anybody can read GET /records without a login"
    );
    assert_eq!(finding.subject, "GET /records without a login");
    assert_eq!(finding.severity, Severity::Critical);
    let evidence = format!("{:?}", finding.evidence);
    assert!(
        evidence.contains("before") && evidence.contains("attack"),
        "{evidence}"
    );
    assert!(
        !evidence.contains("4711") && !evidence.contains("rec-"),
        "{evidence}"
    );
}

#[test]
fn ids_come_from_the_lists_of_whoever_asks() {
    let tried = tried(
        "routes: { GET /records: all, \"GET /records/{id}\": [anna, boris] }",
        &[],
    );
    let lines = tried.portal.lines();
    assert!(
        lines.contains(&"anna GET /records/rec-1001".to_owned()),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"- GET /records/rec-1001".to_owned()),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"boris GET /records/rec-2001".to_owned()),
        "{lines:?}"
    );
    assert_eq!(tried.doubt(), "");
}

#[test]
fn one_open_record_is_found_with_a_real_id() {
    let tried = tried(MATRIX, &[Fault::OpenRecord]);
    assert_eq!(tried.codes(), ["access/open"]);
}

#[test]
fn members_who_read_what_admins_may_are_named_with_their_role() {
    let tried = tried(MATRIX, &[Fault::UsersForMembers]);
    assert_eq!(tried.codes(), ["access/role-bypass"; 2]);
    let finding = &tried.report().findings[0];
    assert_eq!(
        finding.title,
        "`anna` (member) can read GET /users, which only `adam` may"
    );
    assert_eq!(cell(&tried, "GET /users", 2), "deny: SERVED WITH 200");
    assert_eq!(cell(&tried, "GET /users", 3), "allow: served with 200");
}

#[test]
fn every_way_to_say_no_is_understood() {
    for fault in [
        Fault::Fails200,
        Fault::Redirects,
        Fault::RedirectsAway,
        Fault::SinglePage,
    ] {
        let tried = tried(
            "routes: { GET /records: all, GET /users: [adam] }",
            &[fault],
        );
        assert_eq!(tried.codes(), [""; 0], "{fault:?}");
        assert_eq!(tried.doubt(), "", "{fault:?}");
    }
}

#[test]
fn a_refusal_with_the_data_in_it_is_found() {
    let tried = tried("routes: { GET /records: all }", &[Fault::DataInRefusal]);
    assert_eq!(tried.codes(), ["access/data-in-refusal"]);
}

#[test]
fn whoever_is_refused_what_they_may_is_locked_out_unless_the_login_ended() {
    let tried = tried(MATRIX, &[Fault::LockedOut]);
    assert_eq!(tried.codes(), ["access/locked-out"]);
    assert!(cell(&tried, "GET /users", 2).starts_with("deny: not proven"));
}

#[test]
fn visitors_are_let_in_at_public_routes() {
    assert_eq!(
        tried(MATRIX, &[Fault::HomeShut]).codes(),
        ["access/locked-out"]
    );
}

#[test]
fn without_a_matrix_the_document_says_what_needs_a_login() {
    let tried = documented("{}", &[Fault::OpenList], |_| {});
    assert_eq!(tried.codes(), ["access/open"]);
    let finding = &tried.report().findings[0];
    assert_eq!(finding.location.file, "openapi.json");
    let notes = tried.report().notes.join("\n");
    assert_eq!(
        notes.matches("only strangers were judged").count(),
        1,
        "{notes}"
    );
    let lines = tried.portal.lines();
    assert!(
        !lines.iter().any(|line| line.contains("logout")),
        "{lines:?}"
    );
    assert!(!lines.iter().any(|line| line == "- GET /"), "{lines:?}");
}

#[test]
fn names_that_speak_of_an_effect_are_tried_when_the_gate_file_says_so() {
    let config = r#"{ "allow-destructive": ["GET /sessions/logout"] }"#;
    let tried = documented(config, &[], |_| {});
    assert!(
        tried
            .portal
            .lines()
            .iter()
            .any(|line| line.contains("GET /sessions/logout"))
    );
}

#[test]
fn a_document_without_logins_proves_nothing() {
    let document = portal::DOCUMENT.replace(r#""security": [{ "bearer": [] }],"#, "");
    let tried = trial("{}", &[], |trial| {
        trial.openapi = Some("openapi.json");
        trial.files = FakeFiles::new(&[("openapi.json", &document)]);
    });
    assert!(
        tried.doubt().contains("declares no `security`"),
        "{}",
        tried.doubt()
    );
}

#[test]
fn a_route_of_the_document_must_be_in_the_matrix() {
    let config = "public: [GET /, POST /login, GET /gone, \"GET /records/old/{id}\"]\nroutes: { GET /records: all, \"* /records/*\": all, \"* /plan\": [adam], GET /users: [adam], \"GET /records/lost/{id}\": [adam] }\nskip: { \"GET /records/old/{id}\": old, \"GET /records/lost/{id}\": old }";
    let tried = documented(config, &[], |_| {});
    let found: Vec<_> = tried
        .report()
        .findings
        .iter()
        .map(|one| (one.code.as_str(), one.subject.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("access/unlisted-route", "POST /records"),
            ("access/unlisted-route", "GET /sessions/logout"),
            ("access/stale-route", "GET /records/old/{id}"),
            ("access/stale-route", "GET /records/lost/{id}"),
        ]
    );
}

#[test]
fn public_alone_needs_no_row_for_the_rest() {
    let tried = documented("public: [GET /, POST /login]", &[Fault::OpenList], |_| {});
    assert_eq!(tried.codes(), ["access/open"]);
}

#[test]
fn what_the_document_opens_and_the_gate_file_does_not_is_told_once() {
    let tried = documented("public: [GET /]", &[], |_| {});
    assert_eq!(tried.codes(), ["access/unlisted-route"]);
    let finding = &tried.report().findings[0];
    assert_eq!(finding.subject, "POST /login");
    assert!(finding.advice.contains("mend its `security`"));
}

#[test]
fn production_is_only_looked_at() {
    let tried = trial(MATRIX, &[Fault::OpenList, Fault::OpenCreate], |trial| {
        trial.environment = EnvironmentKind::Production;
    });
    assert_eq!(tried.codes(), ["access/open"]);
    let asked = tried.portal.asked.lock().unwrap();
    assert!(asked.iter().all(|asked| asked.method == "GET"));
    assert!(
        tried.report().notes.join(" ").contains("production"),
        "{:?}",
        tried.report().notes
    );
    drop(asked);
    assert!(cell(&tried, "POST /records", 1).is_empty());
}

#[test]
fn attacks_are_told_from_what_users_do() {
    let tried = tried(MATRIX, &[]);
    let asked = tried.portal.asked.lock().unwrap();
    for asked in asked.iter().filter(|asked| asked.path == "/users") {
        let is_attack = asked.purpose == Purpose::Attack;
        assert_eq!(is_attack, asked.name() != "adam", "{asked:?}");
    }
}

#[test]
fn a_matrix_costs_a_request_for_each_cell() {
    let tried = tried(
        "routes: { GET /records: all, GET /users: [adam], GET /plan: [adam] }",
        &[],
    );
    // The page for unknown addresses, then four cells for each route.
    assert_eq!(tried.portal.lines().len(), 1 + 3 * 4);
}

#[test]
fn a_page_without_numbers_is_told_from_a_frame_by_what_a_stranger_gets() {
    let page = "<html><h1>Settings</h1><p>Markup: twelve percent</p></html>";
    let config = "routes: { GET /settings: [adam], GET /records: all }";
    let run = |shut: bool| {
        let portal = Portal::with(&[]);
        let fake = FakePortal::new(move |asked| match (&*asked.path, asked.name()) {
            ("/settings", "") if shut => crate::testing::answer(401, "{}"),
            ("/settings", _) => crate::testing::answer(200, page),
            _ => portal.answer(asked),
        });
        Trial::of(super::super::kind()).run(config, &fake)
    };
    assert_eq!(run(true).codes(), ["access/role-bypass"; 2]);
    let frame = run(false);
    assert_eq!(frame.codes(), [""; 0]);
    assert_eq!(
        cell(&frame, "GET /settings", 1),
        "deny: shown a page without data"
    );
}
