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
    let password = Passwords::default().of("anna");
    project.run_with(&[("ANNA_PASSWORD", password.reveal())], &[])
}

#[test]
fn the_good_portal_shows_strangers_nothing() {
    let (ran, report) = run(&[]);
    ran.expect(0);
    assert_eq!(codes(&report), Vec::<String>::new());
}

#[test]
fn each_switch_of_the_surface_is_found_by_its_code_alone() {
    let expected: &[(Break, &[&str], i32)] = &[
        (Break::CorsReflect, &["cors/reflected-with-credentials"], 1),
        (Break::CorsSuffix, &["cors/suffix"], 1),
        (Break::CorsNull, &["cors/null"], 1),
        (Break::CorsBlocked, &["cors/legitimate-refused"], 1),
        (Break::NoVary, &["cors/missing-vary"], 0),
        (Break::GitServed, &["exposure/repository"], 1),
        (Break::BackupServed, &["exposure/backup"], 1),
        (Break::DebugConsole, &["exposure/debug-console"], 1),
        (Break::MetricsOpen, &["exposure/metrics"], 1),
        (Break::DirectoryListing, &["exposure/directory-listing"], 1),
        (Break::VersionBanner, &["exposure/version-banner"], 0),
        (Break::DotenvServed, &["exposure/dotenv"], 1),
        (Break::PublicSourcemap, &["exposure/source-map"], 1),
        (
            Break::NoSecurityHeaders,
            &["headers/csp", "headers/framing", "headers/nosniff"],
            1,
        ),
        (Break::Embeddable, &["headers/framing"], 1),
    ];
    for (regression, found, code) in expected {
        let (ran, report) = run(&[*regression]);
        assert_eq!(codes(&report), *found, "{regression}\n{}", ran.stdout);
        assert_eq!(ran.code, Some(*code), "{regression}\n{}", ran.stdout);
    }
}

#[test]
fn what_was_tried_is_told_and_nothing_of_what_was_served() {
    let (ran, _) = run(&[Break::CorsReflect, Break::DotenvServed]);
    ran.expect(1)
        .says("A page of any web site can read GET /api/me")
        .says("https://evil.example")
        .says("Strangers can fetch environment variables: /.env")
        .never_says("DATABASE_URL");
}

/// A gate for the app that shows one page at every unknown path, as somebody with a cookie.
fn foreign(faults: &[Fault]) -> (Ran, Value, ForeignApp) {
    let app = ForeignApp::start_with(faults);
    let project = Project::new(&format!(
        r#"version: 1
name: foreign
environments:
  local: {{ kind: local, url: "{}" }}
identities:
  hannah:
    tenant: harbour
    login:
      steps:
        - get: /login
          capture: {{ csrf: {{ regex: 'name="csrf"[^>]*value="([^"]+)"' }} }}
        - post: /login
          form: {{ email: "{}", password: "${{HANNAH_PASSWORD}}", csrf: "${{csrf}}" }}
checks:
  origins: {{ as: hannah, cors: {{ routes: [GET /api/me] }} }}
  protected-pages: {{ as: hannah, headers: {{ pages: [/dashboard, /api/me] }} }}
  nothing-lies-around: {{ exposure: {{}} }}
"#,
        app.url(),
        HANNAH.email
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
