//! What strangers and other sites see of a portal: origins, headers, and what lies around.

use serde_json::Value;
use tidegate_client_portal::{Break, Options, Passwords, start_blocking};
use tidegate_testkit::foreign::{Fault, ForeignApp, HANNAH};
use tidegate_testkit::recorder::{App, Reply};

use crate::support::{Project, Ran, codes};

const CHECKS: &str = r#"checks:
  origins:
    as: anna
    cors:
      allowed: [https://app.acme.example]
      routes: [GET /api/me, { post: /api/records, headers: [content-type, authorization] }]
  protected-pages: { as: anna, headers: { pages: [/, /api/me] } }
  nothing-lies-around: { exposure: { public-docs: true } }
"#;

fn run(breaks: &[Break]) -> (Ran, Value) {
    let options = Options {
        breaks: breaks.iter().copied().collect(),
        quiet: true,
        ..Options::default()
    };
    let portal = start_blocking(options).expect("the portal starts");
    let project = Project::new(&format!(
        r#"version: 1
name: surface
environments:
  local: {{ kind: local, url: "{}" }}
identities:
  anna:
    tenant: acme
    login: {{ post: /api/login, json: {{ email: anna@acme.example, password: "${{ANNA_PASSWORD}}" }}, bearer: $.token }}
{CHECKS}"#,
        portal.url()
    ));
    let (ran, report) = project.run_with(&[("HANNAH_PASSWORD", HANNAH.password)], &[]);
    (ran, report, app)
}

#[test]
fn an_app_that_shows_one_page_at_every_unknown_path_has_nothing_to_find() {
    let (ran, report, app) = foreign(&[]);
    ran.expect(0);
    assert_eq!(codes(&report), Vec::<String>::new());
    let requests = app.requests();
    assert!(requests.iter().all(|request| {
        matches!(request.method.as_str(), "GET" | "OPTIONS") || request.path() == "/login"
    }));
    assert!(requests.len() < 200, "{}", requests.len());
}

#[test]
fn each_fault_of_the_foreign_apps_surface_is_found_by_its_code_alone() {
    let expected: &[(Fault, &[&str])] = &[
        (Fault::CorsReflected, &["cors/reflected-with-credentials"]),
        (Fault::EnvServed, &["exposure/dotenv"]),
        (Fault::FramingAllowed, &["headers/framing"]),
        (
            Fault::HeadersMissing,
            &["headers/csp", "headers/framing", "headers/nosniff"],
        ),
        (Fault::PublicCache, &["headers/cacheable"]),
    ];
    for (fault, found) in expected {
        let (ran, report, _app) = foreign(&[*fault]);
        assert_eq!(codes(&report), *found, "{fault:?}\n{}", ran.stdout);
        ran.expect(1);
    }
}

#[test]
fn production_is_only_read_and_touched_lightly() {
    let app = App::start(|request| match request.path() {
        "/" => Reply::html(200, "<!doctype html><h1>Portal</h1>"),
        _ => Reply::html(404, "<!doctype html><h1>Nothing here</h1>"),
    });
    let project = Project::new(&format!(
        "version: 1\nname: test\nenvironments:\n  live: {{ kind: production, url: \"{}\", rate: 50 }}\nchecks:\n  around: {{ exposure: {{}} }}\n  origins: {{ cors: {{ allowed: [https://app.acme.example], routes: [GET /, PUT /] }} }}\n",
        app.url()
    ));
    let (_, report) = project.run(&["--no-preflight"]);
    assert!(
        codes(&report)
            .iter()
            .all(|code| code == "cors/legitimate-refused"),
        "{:?}",
        codes(&report)
    );
    let requests = app.requests();
    assert!(
        requests
            .iter()
            .all(|request| matches!(request.method.as_str(), "GET" | "OPTIONS"))
    );
    let around = requests
        .iter()
        .filter(|request| request.header("origin").is_none())
        .count();
    assert!(around <= 75, "{around}");
}

#[test]
fn huge_answers_are_cut_and_broken_ones_survived() {
    let huge = "A=1\n".repeat(3 << 20);
    let app = App::start(move |request| match request.path() {
        "/" => Reply::html(200, "<!doctype html><h1>Portal</h1>"),
        "/.env" => Reply::bytes(200, "text/plain", huge.clone()),
        "/backup.zip" => Reply::bytes(
            200,
            "application/zip",
            [&b"PK\x03\x04"[..], &[0xff; 9 << 20]].concat(),
        ),
        _ => Reply::bytes(404, "text/html; charset=utf-16", vec![0xff, 0xfe, 0x00]),
    });
    let project = Project::checking(app.url(), "  around: { exposure: {} }\n");
    let (ran, report) = project.run(&["--no-preflight"]);
    ran.expect(1).says("more than 98304 bytes");
    assert_eq!(codes(&report), ["exposure/backup", "exposure/dotenv"]);
}
