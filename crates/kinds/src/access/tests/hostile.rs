//! Logins that fail or end, portals that want patience, answers that differ or make no sense.

use super::*;
use crate::testing::answer;
use tidegate_core::ports::http::{Credentials, HttpError, LoginError};
use tidegate_core::span::Location;

#[test]
fn an_identity_that_cannot_log_in_is_named_and_the_others_are_judged() {
    let portal = Portal::with(&[Fault::UsersForMembers]);
    let fake = FakePortal::new(move |asked| portal.answer(asked));
    fake.admit(|asking| match asking.who.as_str() {
        "boris" => Err(HttpError::Login(LoginError {
            identity: "boris".into(),
            reason: "POST /login was answered with 401".into(),
            help: "Check the password.".into(),
            location: Location::line_of("tidegate.yaml", 3),
            status: Some(401),
        })),
        _ => Ok(Credentials::default()),
    });
    let tried = Trial::of(super::super::kind()).run(MATRIX, &fake);
    assert_eq!(tried.codes(), ["access/role-bypass"]);
    assert!(
        tried.doubt().contains("identity `boris` could not log in"),
        "{}",
        tried.doubt()
    );
    assert_eq!(
        cell(&tried, "GET /users", 4),
        "deny: not tried: it could not log in"
    );
}

#[test]
fn a_login_that_ends_midway_proves_nothing() {
    let tried = tried(MATRIX, &[Fault::TokensDie]);
    assert_eq!(tried.codes(), [""; 0], "{:#?}", tried.report().findings);
    assert!(
        tried.doubt().contains("its login ended midway"),
        "{}",
        tried.doubt()
    );
}

#[test]
fn an_identity_that_may_nothing_proves_nothing_unless_it_is_told_from_a_stranger() {
    let tried = tried("routes: { GET /users: [adam] }", &[]);
    assert_eq!(tried.doubt(), "", "403 for members and 401 for strangers");
    let tried = trial(
        "routes: { GET /users: [adam] }",
        &[Fault::Redirects],
        |_| {},
    );
    assert!(
        tried.doubt().contains("`anna` was served nowhere"),
        "{}",
        tried.doubt()
    );
    let config = "identities: [adam]\nroutes: { GET /users: [adam] }";
    assert_eq!(trial(config, &[Fault::Redirects], |_| {}).doubt(), "");
}

#[test]
fn too_many_requests_are_inconclusive_and_no_pass() {
    let tried = tried(MATRIX, &[Fault::Limits]);
    assert_eq!(tried.codes(), [""; 0]);
    assert!(
        tried.doubt().contains("wants no more requests"),
        "{}",
        tried.doubt()
    );
}

#[test]
fn the_budget_ends_the_asking() {
    let tried = tried(&format!("{MATRIX}most: 5\n"), &[]);
    assert!(
        tried.doubt().contains("The budget of requests is used up"),
        "{}",
        tried.doubt()
    );
    assert_eq!(tried.portal.lines().len(), 5);
}

#[test]
fn a_route_that_is_there_only_sometimes_is_not_proven() {
    let tried = tried(
        "identities: [anna]\nroutes: { GET /records: [anna] }",
        &[Fault::Flips],
    );
    assert_eq!(tried.codes(), [""; 0]);
    assert!(!tried.doubt().is_empty(), "{:#?}", rows(&tried));
}

#[test]
fn an_empty_list_for_everybody_is_not_proven() {
    let config = "identities: [anna]\nroutes: { GET /records: [anna] }";
    let tried = tried(config, &[Fault::Empty, Fault::OpenList]);
    assert_eq!(tried.codes(), [""; 0]);
    assert!(
        tried.doubt().contains("no data to compare"),
        "{}",
        tried.doubt()
    );
}

#[test]
fn without_identities_an_open_list_is_found_all_the_same() {
    let tried = trial(
        "routes: { GET /records: [] }",
        &[Fault::OpenList],
        |trial| {
            trial.people.clear();
        },
    );
    assert_eq!(tried.codes(), ["access/open"]);
}

#[test]
fn answers_that_make_no_sense_end() {
    let deep = "[".repeat(100_000);
    let bodies: Vec<String> = vec![
        deep,
        "<".repeat(300_000),
        "{\"a\":".to_owned(),
        "\u{0}\u{1}\u{fffd}".repeat(1000),
        String::new(),
    ];
    for body in bodies {
        for status in [200, 204, 301, 403, 500, 999] {
            let body = body.clone();
            let fake = FakePortal::new(move |_| answer(status, body.clone()));
            let tried = Trial::of(super::super::kind()).run(MATRIX, &fake);
            assert!(tried.report.is_ok());
        }
    }
}
