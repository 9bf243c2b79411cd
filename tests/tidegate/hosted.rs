//! Supabase and Firebase from outside, by the real binary over loopback.

use serde_json::Value;
use tidegate_testkit::recorder::App;
use tidegate_testkit::supabase::Policy;
use tidegate_testkit::{firebase, supabase};

use crate::support::{Project, Ran, codes};

fn run(gate: &str, environment: &[(&str, &str)]) -> (Ran, Value, String) {
    let project = Project::new(gate);
    let mut command = project.command(&[
        "run",
        "--report",
        "terminal",
        "--report",
        "json=report.json",
    ]);
    command.envs(environment.iter().copied());
    let ran = Ran::of(command.output().expect("the binary runs"));
    let report = project.report();
    let everything = format!("{}{}{report}", ran.stdout, ran.stderr);
    (ran, report, everything)
}

fn supabase_gate(kind: &str, app: &App, config: &str) -> String {
    let url = app.url();
    format!(
        r#"version: 1
name: hosted
environments:
  here: {{ kind: {kind}, url: "{url}" }}
apis:
  db: {{ url: "{url}", headers: {{ apikey: "${{ANON_KEY}}" }} }}
identities:
  anna: {{ tenant: acme, supabase: {{ url: "{url}", key: "${{ANON_KEY}}", email: anna@acme.example, password: "${{PASSWORD}}" }} }}
  boris: {{ tenant: globex, supabase: {{ url: "{url}", key: "${{ANON_KEY}}", email: boris@globex.example, password: "${{PASSWORD}}" }} }}
checks:
  database:
    as: anna
    supabase: {config}
"#
    )
}

const SECRETS: &[(&str, &str)] = &[
    ("ANON_KEY", supabase::KEY),
    ("PASSWORD", supabase::PASSWORD),
];

#[test]
fn a_supabase_project_with_row_security_passes() {
    let app = supabase::start(&[("clients", Policy::Owner), ("vault", Policy::Revoked)]);
    let gate = supabase_gate(
        "local",
        &app,
        "{ on: db, tables: [clients, vault], signups: false, other: boris }",
    );
    let (ran, report, everything) = run(&gate, SECRETS);
    ran.expect(0);
    assert!(codes(&report).is_empty(), "{everything}");
    assert!(!everything.contains(supabase::ROW));
}

#[test]
fn tables_that_are_open_block_and_no_row_is_shown() {
    let app = supabase::start(&[("clients", Policy::Off), ("notes", Policy::AnyAccount)]);
    // Somebody of another tenant reads the notes; that they read the clients too is told once.
    let gate = supabase_gate(
        "local",
        &app,
        "{ on: db, tables: [clients, notes], other: boris }",
    );
    let (ran, report, everything) = run(&gate, SECRETS);
    ran.expect(1)
        .says("Anybody can read 3 rows of `clients` without a login");
    assert_eq!(
        codes(&report),
        ["supabase/cross-tenant", "supabase/table-readable"],
        "{everything}"
    );
    for hidden in [
        supabase::ROW,
        supabase::KEY,
        supabase::PASSWORD,
        "token-of-",
    ] {
        assert!(!everything.contains(hidden), "{hidden}: {everything}");
    }
}

#[test]
fn a_wrong_key_is_inconclusive_and_production_gets_nothing_but_reads() {
    let app = supabase::start(&[("clients", Policy::Off)]);
    let stranger = |gate: String| gate.replace("    as: anna\n", "");
    let gate = stranger(supabase_gate(
        "local",
        &app,
        "{ on: db, tables: [clients] }",
    ));
    let (ran, ..) = run(
        &gate,
        &[
            ("ANON_KEY", "another-key-0123"),
            ("PASSWORD", supabase::PASSWORD),
        ],
    );
    ran.expect(3).says("does not take the key");
    let config = "{ on: db, tables: [clients], writes: { clients: id }, anonymous-user: true, buckets: [b] }";
    let gate = stranger(supabase_gate("production", &app, config));
    let (ran, ..) = run(&gate, SECRETS);
    ran.expect(1).says("Anybody can read 3 rows");
    let requests = app.requests();
    assert!(requests.iter().all(|request| request.method == "GET"));
}

fn firebase_gate(app: &App) -> String {
    let url = app.url();
    format!(
        r#"version: 1
name: hosted
environments:
  here: {{ kind: local, url: "{url}" }}
apis:
  all: {{ url: "{url}" }}
checks:
  firebase:
    firebase:
      realtime: {{ on: all, paths: [/clients] }}
      firestore: {{ on: all, project: acme, collections: [clients] }}
      storage: {{ on: all, bucket: acme.firebasestorage.app }}
      accounts: {{ on: all, key: "${{FIREBASE_KEY}}" }}
      anonymous-user: true
      writes: true
"#
    )
}

#[test]
fn a_firebase_project_is_judged_by_its_rules_and_left_as_it_was() {
    for (rules, code, expected) in [
        (firebase::Rules::Closed, 0, 0),
        (firebase::Rules::Account, 1, 1),
        (firebase::Rules::Open, 1, 5),
    ] {
        let app = firebase::start(rules);
        let (ran, report, everything) =
            run(&firebase_gate(&app), &[("FIREBASE_KEY", firebase::KEY)]);
        ran.expect(code);
        assert_eq!(codes(&report).len(), expected, "{rules:?}: {everything}");
        assert!(!everything.contains(firebase::ROW) && !everything.contains("testkit-id-token"));
        let requests = app.requests();
        let count = |method: &str, path: &str| {
            let those = requests.iter();
            those
                .filter(|one| one.method == method && one.path().contains(path))
                .count()
        };
        assert_eq!(
            count("POST", ":signUp"),
            count("POST", ":delete"),
            "{rules:?}"
        );
        if rules == firebase::Rules::Open {
            assert_eq!(count("DELETE", "tidegate-"), 3);
        }
    }
}
