//! The kind `isolation` through the binary: on the example portal with everything derived from its
//! document, and where a portal makes it hard.

use serde_json::Value;
use tidegate_client_portal::{Break, Options, Passwords, start_blocking};

use crate::support::{Project, Ran};

const DOCUMENT: &str = include_str!("../../examples/client-portal/src/openapi.json");

/// Each switch with exactly the code of this kind that it raises.
const SWITCHES: &[(&str, &str)] = &[
    ("tenant-read", "isolation/read"),
    ("tenant-file", "isolation/read"),
    ("tenant-list", "isolation/list"),
    ("tenant-search", "isolation/list"),
    ("tenant-write", "isolation/write"),
    ("tenant-write-silent", "isolation/write-by-refused"),
    ("tenant-delete", "isolation/delete"),
    ("foreign-tenant", "isolation/foreign-tenant"),
    ("shared-cache", "isolation/shared-cache"),
    ("public-cache", "isolation/public-cache"),
];

fn gate(url: &str, kind: &str) -> Project {
    let person = |name: &str, tenant: &str| {
        let variable = name.to_uppercase();
        format!(
            "  {name}:\n    tenant: {tenant}\n    login: {{ post: /api/login, json: {{ email: {name}@{tenant}.example, password: \"${{{variable}_PASSWORD}}\" }}, bearer: $.token }}\n"
        )
    };
    let project = Project::new(&format!(
        "version: 1\nname: portal\nenvironments:\n  local: {{ kind: {kind}, url: \"{url}\" }}\nopenapi: openapi.json\nidentities:\n{}{}checks:\n  tenants-apart:\n    isolation: {{}}\n",
        person("anna", "acme"),
        person("boris", "globex"),
    ));
    project.write("openapi.json", DOCUMENT);
    project
}

fn run_with(breaks: &[Break], kind: &str, boris: Option<&str>) -> (Ran, Value) {
    let options = Options {
        breaks: breaks.iter().copied().collect(),
        ..Options::default()
    };
    let portal = start_blocking(options).expect("the portal starts");
    let project = gate(&portal.url(), kind);
    let passwords = Passwords::default();
    let mut command = project.command(&[
        "run",
        "--report",
        "terminal",
        "--report",
        "json=report.json",
    ]);
    command.env("ANNA_PASSWORD", passwords.of("anna").reveal());
    let of_boris = passwords.of("boris");
    command.env("BORIS_PASSWORD", boris.unwrap_or(of_boris.reveal()));
    let ran = Ran::of(command.output().expect("the binary runs"));
    (ran, project.report())
}

fn run(breaks: &[Break]) -> (Ran, Value) {
    run_with(breaks, "local", None)
}

/// The codes of this kind that were raised.
fn codes(report: &Value) -> Vec<String> {
    let codes = crate::support::codes(report).into_iter();
    codes
        .filter(|code| code.starts_with("isolation/"))
        .collect()
}

/// The result of the check.
fn result(report: &Value) -> &Value {
    let results = report["results"].as_array();
    let mut results = results.into_iter().flatten();
    let found = results.find(|result| result["id"] == "tenants-apart");
    found.unwrap_or(&Value::Null)
}

#[test]
fn the_good_portal_passes_with_nothing_declared_and_few_requests() {
    let (ran, report) = run(&[]);
    ran.expect(0).says("anna owns and boris attacks");
    assert_eq!(codes(&report), Vec::<String>::new());
    assert_eq!(report["leftovers"].as_array().map_or(0, Vec::len), 0);
    let metrics = result(&report)["metrics"].as_array().cloned();
    let requests = metrics.unwrap_or_default();
    let requests = requests.iter().find(|one| one["name"] == "requests");
    let sent = requests.and_then(|one| one["value"].as_f64());
    assert!(
        sent.is_some_and(|sent| sent < 100.0),
        "{sent:?}\n{report:#}"
    );
}

#[test]
fn each_switch_raises_its_code_and_no_other() {
    let mut wrong = Vec::new();
    for (name, code) in SWITCHES {
        let one: Break = name.parse().expect("a switch");
        let (ran, report) = run(&[one]);
        if codes(&report) != [*code] || ran.code != Some(1) {
            wrong.push(format!("{name}: {:?}\n{}", codes(&report), ran.stdout));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_leak_is_told_in_plain_words_with_its_whole_story() {
    let (ran, _) = run(&["tenant-write-silent".parse().expect("a switch")]);
    ran.says("A client of globex is refused and changes records of acme all the same")
        .says("GET /api/records/${id} as anna: 200")
        .says("PATCH /api/records/${id} as boris: 404")
        .says("changed: ");
}

#[test]
fn production_is_only_read_and_not_stopped() {
    let (ran, report) = run_with(&[], "production", None);
    assert_eq!(codes(&report), Vec::<String>::new());
    ran.expect(0).says("nothing was created");
    let switch: Break = "tenant-read".parse().expect("a switch");
    let (ran, report) = run_with(&[switch], "production", None);
    assert_eq!(codes(&report), ["isolation/read"], "{}", ran.stdout);
}

#[test]
fn whoever_cannot_log_in_proves_nothing() {
    let (ran, report) = run_with(&[], "local", Some("not-the-password"));
    ran.expect(3).says("boris").never_says("not-the-password");
    assert_eq!(codes(&report), Vec::<String>::new());
}
