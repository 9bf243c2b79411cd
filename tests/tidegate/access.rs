//! Who may use which route of the example portal, through the binary.

use serde_json::Value;
use tidegate_client_portal::{Break, Options, Passwords, start_blocking};

use tidegate_testkit::foreign::{Account, Fault, ForeignApp, HANNAH, LEON, MARTA};

use crate::support::{Project, Ran, codes};

/// The matrix that somebody would write for the portal.
const MATRIX: &str = r#"
      public: [GET /, GET /health, GET /openapi.json, "GET /assets/*", POST /api/login, POST /api/webhooks/payments]
      routes:
        GET /api/me: all
        POST /api/me/password: all
        POST /api/logout: all
        POST /api/session/switch: all
        GET /api/records: all
        POST /api/records: { allow: [anna, adam], json: { title: "${unique}" }, read: "/api/records?q=${unique}" }
        GET /api/records/{id}: all
        PUT /api/records/{id}: [anna, adam]
        PATCH /api/records/{id}: [anna, adam]
        DELETE /api/records/{id}: [anna, adam]
        POST /api/records/{id}/summary: all
        POST /api/records/{id}/amount: { allow: [anna, adam], json: { add: 1 } }
        GET /api/search: all
        "* /api/files": all
        "* /api/files/*": all
        GET /api/invoices: all
        GET /api/invoices/{id}: all
        GET /api/enquiries.csv: all
        GET /api/billing/plan: all
        PUT /api/billing/plan: { allow: [role:admin], json: { plan: business }, read: /api/billing/plan }
        GET /api/webhooks/events: [role:admin]
        POST /api/diagnostics/error: [role:admin]
"#;

fn gate(url: &str, kind: &str, config: &str) -> Project {
    let people = ["anna: member", "adam: admin"].map(|person| {
        let (name, role) = person.split_once(": ").unwrap_or_default();
        let variable = name.to_uppercase();
        format!(
            "  {name}:\n    tenant: acme\n    role: {role}\n    login: {{ post: /api/login, json: {{ email: {name}@acme.example, password: \"${{{variable}_PASSWORD}}\" }}, bearer: $.token }}\n"
        )
    });
    let project = Project::new(&format!(
        "version: 1\nname: access\nenvironments:\n  here: {{ kind: {kind}, url: \"{url}\" }}\nopenapi: openapi.json\nidentities:\n{}checks:\n  doors-are-shut:\n    access:{config}\n",
        people.concat(),
    ));
    let document = include_str!("../../examples/client-portal/src/openapi.json");
    project.write("openapi.json", document);
    project
}

fn run_in(kind: &str, config: &str, breaks: &[Break]) -> (Ran, Value) {
    let options = Options {
        breaks: breaks.iter().copied().collect(),
        quiet: true,
        ..Options::default()
    };
    let portal = start_blocking(options).expect("the portal starts");
    let project = gate(&portal.url(), kind, config);
    let mut command = project.command(&[
        "run",
        "--report",
        "terminal",
        "--report",
        "json=report.json",
    ]);
    for name in ["anna", "adam"] {
        let variable = format!("{}_PASSWORD", name.to_uppercase());
        command.env(variable, Passwords::default().of(name).reveal());
    }
    let ran = Ran::of(command.output().expect("the binary runs"));
    (ran, project.report())
}

fn run(config: &str, breaks: &[Break]) -> (Ran, Value) {
    run_in("local", config, breaks)
}

#[test]
fn the_good_portal_keeps_everybody_out_who_may_not() {
    let (ran, report) = run(MATRIX, &[]);
    ran.expect(0).says("Who may use which route");
    assert_eq!(codes(&report), Vec::<String>::new());
    for name in ["anna", "adam"] {
        ran.never_says(Passwords::default().of(name).reveal());
    }
    let (ran, report) = run(" {}", &[]);
    ran.expect(0);
    assert_eq!(codes(&report), Vec::<String>::new());
}

#[test]
fn each_open_door_of_the_portal_is_found_by_its_code_alone() {
    for (switch, by_the_document, by_the_matrix) in [
        (Break::OpenRoute, vec!["access/open"], vec!["access/open"]),
        (
            Break::PublicWrite,
            vec!["access/public-write"],
            vec!["access/public-write"],
        ),
        (Break::BillingOpen, vec![], vec!["access/role-bypass"]),
    ] {
        let (ran, report) = run(" {}", &[switch]);
        ran.expect(i32::from(!by_the_document.is_empty()));
        assert_eq!(codes(&report), by_the_document, "{switch} by the document");
        let (ran, report) = run(MATRIX, &[switch]);
        ran.expect(1);
        assert_eq!(codes(&report), by_the_matrix, "{switch} by the matrix");
    }
}

#[test]
fn production_is_read_as_a_stranger_and_never_written_to() {
    let (ran, report) = run_in("production", " {}", &[Break::OpenRoute, Break::PublicWrite]);
    ran.expect(1)
        .says("Anybody can read GET /api/invoices without a login");
    assert_eq!(codes(&report), ["access/open"]);
}

#[test]
fn a_matrix_that_cannot_be_is_told_before_anything_is_sent() {
    let project = gate(
        "http://127.0.0.1:9",
        "local",
        " { routes: { GET /api/me: [ana], \"GET,POST /api/records\": all } }",
    );
    let ran = project.tidegate(&["plan"]);
    ran.expect(2)
        .says("did you mean `anna`?")
        .says("one route has one method");
}

/// The matrix of an app with pages, redirects to its login, and refusals with 200.
const BACK_OFFICE: &str = r#"
      public: [GET /login, POST /login]
      routes:
        GET /: all
        GET /dashboard: all
        GET /settings: [role:manager]
        GET /export/orders.csv: all
        GET /api/me: all
        GET /api/orders: all
        GET /api/orders/{id}: all
        POST /api/orders: all
        DELETE /api/orders/{id}: all
        GET /api/settings: all
        PUT /api/settings: { allow: [role:manager], json: { markup: 33 }, read: /api/settings }
      resources:
        orders:
          create: { post: /api/orders, json: { title: "${canary}" }, id: $.data.id, delete: "/api/orders/${id}" }
          read: /api/orders/${id}
          absent-from: ["/api/orders?search=${canary}"]
      refused: { json: { $.status: fail } }
"#;

fn name(account: Account) -> &'static str {
    account.email.split('@').next().unwrap_or_default()
}

fn run_foreign(faults: &[Fault]) -> (Ran, Value) {
    let app = ForeignApp::start_with(faults);
    let people = [HANNAH, LEON, MARTA].map(|account| {
        let role = if account.manager { "manager" } else { "clerk" };
        let (name, tenant, email) = (name(account), account.tenant, account.email);
        let variable = name.to_uppercase();
        format!(
            "  {name}:\n    tenant: {tenant}\n    role: {role}\n    login:\n      steps:\n        - get: /login\n          capture: {{ csrf: {{ regex: 'name=\"csrf\"[^>]*value=\"([^\"]+)\"' }} }}\n        - post: /login\n          form: {{ email: {email}, password: \"${{{variable}_PASSWORD}}\", csrf: \"${{csrf}}\" }}\n"
        )
    });
    let project = Project::new(&format!(
        "version: 1\nname: back-office\nenvironments:\n  here: {{ kind: local, url: \"{}\" }}\nidentities:\n{}checks:\n  doors-are-shut:\n    access:{BACK_OFFICE}\n",
        app.url(),
        people.concat(),
    ));
    let mut command = project.command(&[
        "run",
        "--report",
        "terminal",
        "--report",
        "json=report.json",
    ]);
    for account in [HANNAH, LEON, MARTA] {
        command.env(
            format!("{}_PASSWORD", name(account).to_uppercase()),
            account.password,
        );
    }
    let ran = Ran::of(command.output().expect("the binary runs"));
    assert_eq!(app.stored_titles("harbour").len(), 3, "{}", ran.stdout);
    (ran, project.report())
}

#[test]
fn an_app_of_another_style_is_understood() {
    let (ran, report) = run_foreign(&[]);
    assert_eq!(codes(&report), Vec::<String>::new(), "{}", ran.stdout);
    ran.expect(0);
}

#[test]
fn each_open_door_of_an_app_of_another_style_is_found() {
    for (fault, expected) in [
        (Fault::PagesOpen, "access/open"),
        (Fault::WriteOpen, "access/public-write"),
        (Fault::RoleBypass, "access/role-bypass"),
    ] {
        let (ran, report) = run_foreign(&[fault]);
        assert_eq!(codes(&report), [expected], "{fault:?}\n{}", ran.stdout);
        ran.expect(1);
    }
}
