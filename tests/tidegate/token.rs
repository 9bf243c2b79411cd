//! Tokens, sessions and guessed passwords: the example portal and an app of another style, each as it
//! should be and with each fault of the family.

use std::collections::BTreeSet;

use serde_json::Value;
use tidegate_client_portal::{Break, Options, Passwords, start_blocking};
use tidegate_testkit::foreign::{Fault, ForeignApp, HANNAH, LEON};
use tidegate_testkit::recorder::{App, Reply};

use crate::support::{Project, Ran, codes};

/// What a user would write for the portal.
const PORTAL: &str = r#"version: 1
name: portal
environments:
  local: { kind: local, url: "${PORTAL_URL}" }
variables: { PORTAL_URL: {} }
identities:
  anna:
    login: { post: /api/login, json: { email: anna@acme.example, password: "${ANNA_PASSWORD}" }, bearer: $.token }
  greta:
    login: { post: /api/login, json: { email: greta@globex.example, password: "${GRETA_PASSWORD}" }, bearer: $.token }
checks:
  tokens-hold:
    as: anna
    token:
      probe: { get: /api/me }
      logout: { post: /api/logout }
      password-change:
        as: greta
        post: /api/me/password
        json: { current_password: "${GRETA_PASSWORD}", new_password: "${unique}" }
        restore: { post: /api/me/password, json: { current_password: "${unique}", new_password: "${GRETA_PASSWORD}" } }
  guessing-is-slowed-down:
    throttle:
      account: { user: tess@acme.example, password: "${TESS_PASSWORD}" }
      login: { post: /api/login, json: { email: "${user}", password: "${password}" } }
"#;

/// Each switch of the family with exactly the codes that it raises.
const SWITCHES: &[(Break, &[&str])] = &[
    (Break::SessionSurvivesLogout, &["token/alive-after-logout"]),
    (
        Break::SessionSurvivesPasswordChange,
        &["token/alive-after-password-change"],
    ),
    (Break::SessionFixation, &["token/fixation"]),
    (Break::JwtUnverified, &["token/bad-signature"]),
    (Break::JwtNone, &["token/alg-none"]),
    (Break::JwtWeakKey, &["token/weak-key"]),
    (Break::JwtEternal, &["token/lifetime"]),
    (Break::CookieWithoutFlags, &["token/cookie-flags"]),
    (Break::NoThrottle, &["throttle/unlimited"]),
    (Break::UserEnumeration, &["throttle/enumeration"]),
];

/// Switches of other families, which raise nothing here.
const OTHERS: &[Break] = &[
    Break::OpenRoute,
    Break::PublicWrite,
    Break::TenantRead,
    Break::CorsReflect,
    Break::NoSecurityHeaders,
];

fn gate_portal(breaks: &[Break]) -> (Ran, Value) {
    let options = Options {
        breaks: breaks.iter().copied().collect(),
        ..Options::default()
    };
    let portal = start_blocking(options).expect("the portal starts");
    let project = Project::new(PORTAL);
    let passwords = Passwords::default();
    let mut command = project.command(&arguments());
    command.env("PORTAL_URL", portal.url());
    for name in ["anna", "greta", "tess"] {
        let variable = format!("{}_PASSWORD", name.to_uppercase());
        command.env(variable, passwords.of(name).reveal());
    }
    let ran = Ran::of(command.output().expect("the binary runs"));
    let report = project.report();
    let written = report.to_string();
    let people = ["anna", "greta", "tess"].iter();
    let secrets = people.map(|name| passwords.of(name).reveal().to_owned());
    for secret in secrets.chain(["eyJ".to_owned()]) {
        ran.never_says(&secret);
        assert!(!written.contains(&secret), "the report holds a secret");
    }
    (ran, report)
}

fn arguments() -> Vec<&'static str> {
    let reports = ["--report", "terminal", "--report", "json=report.json"];
    ["run", "--all"].into_iter().chain(reports).collect()
}

/// The codes of a report, each once.
fn raised(report: &Value) -> BTreeSet<String> {
    codes(report).into_iter().collect()
}

fn named(codes: &[&str]) -> BTreeSet<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

#[test]
fn the_portal_as_it_should_be_gives_no_finding_and_keeps_its_passwords() {
    let (ran, report) = gate_portal(&[]);
    ran.expect(0);
    assert_eq!(raised(&report), BTreeSet::new());
    ran.never_says("still there");
    ran.says("slows guessing down after 11 wrong passwords");
}

#[test]
fn each_switch_raises_exactly_its_code() {
    let others = OTHERS.iter().map(|one| (*one, &[][..]));
    let mut wrong = Vec::new();
    for (switch, expected) in SWITCHES.iter().copied().chain(others) {
        let (ran, report) = gate_portal(&[switch]);
        if raised(&report) != named(expected) {
            wrong.push(format!(
                "{}: {:?}\n{}",
                switch.name(),
                raised(&report),
                ran.stdout
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_evidence_tells_before_attack_and_after() {
    let (ran, _) = gate_portal(&[Break::SessionSurvivesLogout]);
    ran.expect(1);
    ran.says("GET /api/me with a copy of the session of anna: 200");
    ran.says("POST /api/logout as anna: 204");
    ran.says("GET /api/me with the copy of the session: 200");
}

/// What a user would write for the app with forms and session cookies.
const FOREIGN: &str = r#"version: 1
name: back-office
environments:
  local: { kind: local, url: "${APP_URL}" }
variables: { APP_URL: {} }
identities:
  hannah:
    login:
      steps:
        - get: /login
          capture: { csrf: { regex: 'name="csrf"[^>]*value="([^"]+)"' } }
        - post: /login
          form: { email: "${HANNAH_EMAIL}", password: "${HANNAH_PASSWORD}", csrf: "${csrf}" }
checks:
  sessions-hold:
    as: hannah
    token:
      probe: { get: /dashboard }
      login-page: /login
      logout:
        - get: /login
          capture: { csrf: { regex: 'name="csrf"[^>]*value="([^"]+)"' } }
        - post: /logout
          form: { csrf: "${csrf}" }
  guessing-is-slowed-down:
    throttle:
      account: { user: "${LEON_EMAIL}", password: "${LEON_PASSWORD}" }
      login:
        - get: /login
          capture: { csrf: { regex: 'name="csrf"[^>]*value="([^"]+)"' } }
        - post: /login
          form: { email: "${user}", password: "${password}", csrf: "${csrf}" }
"#;

/// Each fault of the family with exactly the codes that it raises.
const FAULTS: &[(Fault, &[&str])] = &[
    (Fault::SessionFixed, &["token/fixation"]),
    (Fault::LogoutForgotten, &["token/alive-after-logout"]),
    (Fault::CookieBare, &["token/cookie-flags"]),
    (Fault::ThrottleMissing, &["throttle/unlimited"]),
    (Fault::Enumeration, &["throttle/enumeration"]),
    (Fault::OrderReadable, &[]),
    (Fault::HeadersMissing, &[]),
];

fn gate_foreign(faults: &[Fault]) -> (Ran, Value) {
    let app = ForeignApp::start_with(faults);
    let project = Project::new(FOREIGN);
    let mut command = project.command(&arguments());
    command.env("APP_URL", app.url());
    for (name, account) in [("HANNAH", HANNAH), ("LEON", LEON)] {
        command.env(format!("{name}_EMAIL"), account.email);
        command.env(format!("{name}_PASSWORD"), account.password);
    }
    let ran = Ran::of(command.output().expect("the binary runs"));
    (ran, project.report())
}

#[test]
fn an_app_with_forms_and_cookies_gives_no_finding_as_it_should_be() {
    let (ran, report) = gate_foreign(&[]);
    ran.expect(0);
    assert_eq!(raised(&report), BTreeSet::new());
}

#[test]
fn each_fault_of_an_app_with_forms_raises_exactly_its_code() {
    let mut wrong = Vec::new();
    for (fault, expected) in FAULTS {
        let (ran, report) = gate_foreign(&[*fault]);
        if raised(&report) != named(expected) {
            wrong.push(format!("{fault:?}: {:?}\n{}", raised(&report), ran.stdout));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_token_in_an_address_is_a_warning() {
    let app = App::start(|request| match request.path() {
        "/login" => Reply::redirect(302, "/home?token=opaque-token-of-anna").header(
            "set-cookie",
            "sid=session-of-anna; Path=/; HttpOnly; SameSite=Lax",
        ),
        "/home" => Reply::text(200, "hello"),
        "/me" if request.cookie("sid") == Some("session-of-anna") => Reply::text(200, "anna"),
        _ => Reply::new(401),
    });
    let project = Project::new(&format!(
        "version: 1\nname: test\nenvironments:\n  local: {{ kind: local, url: \"{}\" }}\n\
         identities:\n  anna: {{ login: {{ post: /login }} }}\n\
         checks:\n  tokens:\n    as: anna\n    token: {{ probe: {{ get: /me }} }}\n",
        app.url()
    ));
    let (ran, report) = project.run(&["--all"]);
    ran.expect(0).never_says("opaque-token-of-anna");
    assert_eq!(raised(&report), named(&["token/in-url"]));
}
