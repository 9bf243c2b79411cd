//! Who may do what in an app of another style: the gate that a user would write for it, over the app
//! as it should be and with each fault.

use serde_json::Value;
use tidegate_testkit::foreign::{Account, Fault, ForeignApp, HANNAH, LEON, MARTA, TILDA};

use crate::support::{Project, Ran, codes};

/// Each fault with exactly the codes that it raises.
const FAULTS: &[(Fault, &[&str])] = &[
    (Fault::PagesOpen, &["access/open"]),
    (Fault::WriteOpen, &["access/public-write"]),
    (Fault::RoleBypass, &["access/role-bypass"]),
    (Fault::OrderReadable, &["isolation/read"]),
    (Fault::OrderWritable, &["isolation/write"]),
    (
        Fault::OrderWritableSilently,
        &["isolation/write-by-refused"],
    ),
    (Fault::OrderDeletable, &["isolation/delete"]),
    (Fault::ListShared, &["isolation/list"]),
    (Fault::ExportShared, &["isolation/list"]),
    (Fault::TenantChosen, &["isolation/foreign-tenant"]),
    (
        Fault::PublicCache,
        &["headers/cacheable", "isolation/public-cache"],
    ),
    (Fault::ExtraFieldStored, &["mass-assignment/verified"]),
    (Fault::SessionFixed, &["token/fixation"]),
    (Fault::LogoutForgotten, &["token/alive-after-logout"]),
    (Fault::CookieBare, &["token/cookie-flags"]),
    (Fault::ThrottleMissing, &["throttle/unlimited"]),
    (Fault::Enumeration, &["throttle/enumeration"]),
    (Fault::EnvServed, &["exposure/dotenv"]),
    (Fault::CorsReflected, &["cors/reflected-with-credentials"]),
    (Fault::FramingAllowed, &["headers/framing"]),
    (
        Fault::HeadersMissing,
        &["headers/csp", "headers/framing", "headers/nosniff"],
    ),
    (Fault::LimitIgnored, &["lists/limit-ignored"]),
    (Fault::SensitiveField, &["lists/sensitive-field"]),
];

const CHECKS: &str = r#"
  doors-are-shut:
    access:
      public: [GET /, GET /login, POST /login]
      routes:
        GET /dashboard: all
        GET /export/orders.csv: all
        POST /logout: all
        GET /settings: [marta]
        GET /api/me: all
        GET /api/orders: all
        POST /api/orders: all
        GET /api/settings: all
        PUT /api/settings: { allow: [marta], json: { markup: 35 }, read: /api/settings }
      resources:
        orders:
          create: { post: /api/orders, json: { title: "${canary}" }, id: $.data.id, delete: "/api/orders/${id}" }
          read: /api/orders/${id}
          absent-from: ["/api/orders?search=${canary}"]
      refused: { json: { $.status: fail } }
  tenants-apart:
    isolation:
      owner: hannah
      attacker: leon
      create: { post: /api/orders, json: { title: "${canary}" }, id: $.data.id, delete: "/api/orders/${id}" }
      read: /api/orders/${id}
      update: [{ put: "/api/orders/${id}", json: { title: "${canary}" } }]
      nested: ["/orders/${id}"]
      absent-from: ["/api/orders?search=${canary}", /dashboard, /export/orders.csv]
      tenant-fields: { tenant: harbour }
      refused: { json: { $.status: fail } }
  sessions-hold:
    as: hannah
    token:
      probe: { get: /api/me }
      login-page: /login
      logout:
        - get: /dashboard
          capture: { csrf: { regex: 'name="csrf"[^>]*value="([^"]+)"' } }
        - post: /logout
          form: { csrf: "${csrf}" }
      refused: { json: { $.status: fail } }
  guessing-is-slowed-down:
    throttle:
      account: { user: tilda@harbour.example, password: "${TILDA_PASSWORD}" }
      login:
        - get: /login
          capture: { csrf: { regex: 'name="csrf"[^>]*value="([^"]+)"' } }
        - post: /login
          form: { email: "${user}", password: "${password}", csrf: "${csrf}" }
  only-what-the-form-has:
    as: hannah
    mass-assignment:
      create: { post: /api/orders, json: { title: "${canary}" }, id: $.data.id, delete: "/api/orders/${id}" }
      read: /api/orders/${id}
      refused: { json: { $.status: fail } }
  nothing-lies-around:
    exposure: {}
  nobody-else-reads:
    as: hannah
    cors: { routes: [GET /api/me, POST /api/orders] }
  pages-are-protected:
    as: hannah
    headers: { pages: [/login, /dashboard, /api/orders], embedded-by: [] }
  lists-are-bounded:
    as: hannah
    lists:
      routes: [{ get: /api/orders, limit: limit, items: $.data }]
      refused: { json: { $.status: fail } }
"#;

/// One identity that signs in with the form.
fn identity(account: Account, role: &str) -> String {
    let (name, tenant) = (name(account), account.tenant);
    format!(
        r#"
  {name}:
    tenant: {tenant}
    role: {role}
    login:
      steps:
        - get: /login
          capture: {{ csrf: {{ regex: 'name="csrf"[^>]*value="([^"]+)"' }} }}
        - post: /login
          form: {{ email: "{email}", password: "${{{variable}}}", csrf: "${{csrf}}" }}"#,
        email = account.email,
        variable = variable(account),
    )
}

/// What stands before the `@` of the address.
fn name(account: Account) -> &'static str {
    account.email.split('@').next().unwrap_or_default()
}

fn variable(account: Account) -> String {
    format!("{}_PASSWORD", name(account).to_uppercase())
}

fn gate(app: &ForeignApp) -> Project {
    let people = [
        identity(HANNAH, "clerk"),
        identity(LEON, "clerk"),
        identity(MARTA, "manager"),
        identity(TILDA, "clerk"),
    ];
    Project::new(&format!(
        "version: 1\nname: back-office\nenvironments:\n  local: {{ kind: local, url: \"{}\" }}\nidentities:{}\nobservers: {{ error-hygiene: off }} # failures are told with 200 here\nchecks:{CHECKS}",
        app.url(),
        people.concat(),
    ))
}

fn run(app: &ForeignApp) -> (Ran, Value) {
    let project = gate(app);
    let arguments = [
        "run",
        "--all",
        "--report",
        "terminal",
        "--report",
        "json=report.json",
    ];
    let mut command = project.command(&arguments);
    for account in [HANNAH, LEON, MARTA, TILDA] {
        command.env(variable(account), account.password);
    }
    let ran = Ran::of(command.output().expect("the binary runs"));
    (ran, project.report())
}

#[test]
fn the_app_as_it_should_be_gives_no_finding_and_is_left_as_it_was() {
    let app = ForeignApp::start();
    let (ran, report) = run(&app);
    ran.expect(0);
    for account in [HANNAH, LEON, MARTA, TILDA] {
        ran.never_says(account.password);
    }
    assert_eq!(codes(&report), Vec::<String>::new());
    assert_eq!(
        app.stored_titles("harbour"),
        ["Mooring rope", "Buoy, red", "Fender"]
    );
    assert_eq!(
        app.stored_titles("lagoon"),
        ["Reed boat", "Bird \"hide\" kit"]
    );
}

#[test]
fn each_fault_raises_exactly_its_codes() {
    let mut wrong = Vec::new();
    for (fault, expected) in FAULTS {
        let app = ForeignApp::start_with(&[*fault]);
        let (ran, report) = run(&app);
        let raised = codes(&report);
        if raised != *expected || ran.code == Some(0) && !warns(&report) {
            wrong.push(format!("{fault:?}: {raised:?}\n{}", ran.stdout));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Whether the run was let through with warnings.
fn warns(report: &Value) -> bool {
    report["verdict"] == "allow-with-warnings"
}
