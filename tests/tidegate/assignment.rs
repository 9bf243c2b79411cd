//! Fields that clients must not set, and lists that give too much, through the binary on the example
//! portal.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tidegate_client_portal::{Break, Options, Passwords, start_blocking};

use crate::support::{Project, Ran, codes};

const RECORDS: &str = r#"
  only-what-the-form-has:
    as: anna
    mass-assignment:
      create: { post: /api/records, json: { title: "${canary}" }, id: $.id, delete: "/api/records/${id}" }
      read: "/api/records/${id}"
      update: [{ patch: "/api/records/${id}", json: { title: "${unique}" } }]
"#;

const DOCUMENTED_RECORDS: &str = "
  only-what-the-form-has:
    as: anna
    mass-assignment: {}
";

const LISTS: &str = r#"
  lists-are-bounded:
    as: anna
    lists:
      routes: [{ get: /api/records, limit: per_page, max-items: 100 }, /api/invoices]
      objects: [/api/me]
"#;

const DOCUMENTED_LISTS: &str = "
  lists-are-bounded:
    as: anna
    lists: {}
";

/// Runs checks against a portal with these regressions; with the document of the example or without.
fn run(checks: &str, document: bool, breaks: &[Break]) -> (Ran, Value) {
    let options = Options {
        breaks: breaks.iter().copied().collect(),
        ..Options::default()
    };
    let portal = start_blocking(options).expect("the portal starts");
    let passwords = Passwords::default();
    let login = |name: &str, account: &str| {
        let password = passwords.of(name);
        let password = password.reveal();
        format!(
            "  {name}: {{ tenant: {account}, login: {{ post: /api/login, json: {{ email: {name}@{account}.example, password: \"{password}\" }}, bearer: $.token }} }}\n"
        )
    };
    let project = Project::checking(&portal.url(), checks.trim_start_matches('\n'));
    let gate = fs::read_to_string(project.gate()).expect("the gate file");
    let people = format!(
        "identities:\n{}{}",
        login("anna", "acme"),
        login("boris", "globex")
    );
    let openapi = if document {
        "openapi: openapi.json\n"
    } else {
        ""
    };
    project.write("tidegate.yaml", format!("{gate}{people}{openapi}"));
    let example =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/client-portal/src/openapi.json");
    fs::copy(example, project.path().join("openapi.json")).expect("the document is copied");
    project.run(&["--no-preflight", "--all"])
}

fn own(report: &Value, kind: &str) -> Vec<String> {
    let all = codes(report).into_iter();
    let mut own: Vec<String> = all.filter(|code| code.starts_with(kind)).collect();
    own.sort_unstable();
    own
}

#[test]
fn a_portal_that_takes_only_what_its_form_has_passes() {
    for (checks, document) in [
        (RECORDS, false),
        (RECORDS, true),
        (DOCUMENTED_RECORDS, true),
    ] {
        let (ran, report) = run(checks, document, &[]);
        ran.expect(0);
        assert_eq!(codes(&report), Vec::<String>::new(), "{report:#}");
    }
}

#[test]
fn stored_fields_are_found_with_and_without_the_document() {
    for (checks, document) in [(RECORDS, false), (DOCUMENTED_RECORDS, true)] {
        let (ran, report) = run(checks, document, &[Break::MassAssignment]);
        ran.expect(1)
            .says("A client can set approved with POST /api/records");
        let wanted = [
            "mass-assignment/price",
            "mass-assignment/tenant",
            "mass-assignment/verified",
        ];
        assert_eq!(own(&report, "mass-assignment/"), wanted);
    }
}

#[test]
fn good_lists_pass() {
    for (checks, document) in [(LISTS, false), (LISTS, true), (DOCUMENTED_LISTS, true)] {
        let (ran, report) = run(checks, document, &[]);
        ran.expect(0);
        assert_eq!(codes(&report), Vec::<String>::new(), "{report:#}");
    }
}

#[test]
fn lists_that_give_too_much_are_found() {
    for (checks, document) in [(LISTS, false), (DOCUMENTED_LISTS, true)] {
        let (ran, report) = run(checks, document, &[Break::NoPageLimit]);
        ran.expect(1);
        assert!(
            own(&report, "lists/").contains(&"lists/unlimited".to_owned()),
            "{report:#}"
        );
        let (ran, report) = run(checks, document, &[Break::Overfetch]);
        ran.expect(1)
            .says("$.items[*].author.password_hash")
            .never_says("argon2id");
        assert_eq!(own(&report, "lists/"), ["lists/sensitive-field"]);
    }
}
