//! A bad case that raises it alone and a good case that it leaves alone, for every code.

use serde_json::json;

use super::META;
use super::testing::{ACCOUNT, Project, Table, token};
use crate::testing::each_code_has_a_case;

struct Case {
    code: &'static str,
    config: &'static str,
    bad: fn() -> Project,
    good: fn() -> Project,
}

const CLIENTS: &str = "{ on: db, tables: [clients] }";
const ACCOUNTS: &str = "{ on: db, tables: [clients], anonymous-user: true }";
const FILES: &str = "{ on: db, buckets: [contracts], public-buckets: [logos] }";
/// `SERVICE` stands for a token whose role is that.
const SERVICE: &str = "{ on: db, tables: [clients], key: SERVICE }";

fn open() -> Table {
    Table::new("clients").seen(|_| Some(vec![1, 2, 3]))
}

fn settings(change: fn(&mut serde_json::Value)) -> Project {
    let mut project = Project::default();
    change(&mut project.settings);
    project
}

fn with_accounts(table: Table) -> Project {
    let mut project = Project::with(&[table]);
    project.settings["external"]["anonymous_users"] = json!(true);
    project
}

static CASES: &[Case] = &[
    Case {
        code: "supabase/service-key",
        config: SERVICE,
        bad: Project::default,
        good: Project::default,
    },
    Case {
        code: "supabase/table-readable",
        config: CLIENTS,
        bad: || Project::with(&[open()]),
        good: Project::default,
    },
    Case {
        code: "supabase/table-writable",
        config: "{ on: db, writes: { clients: id } }",
        bad: || Project::with(&[Table::new("clients").insert("23502")]),
        good: Project::default,
    },
    Case {
        code: "supabase/sensitive-column",
        config: "{ on: db, public-tables: [clients] }",
        bad: || Project::with(&[open().columns(&["id", "title", "api_key"])]),
        good: || Project::with(&[open()]),
    },
    Case {
        code: "supabase/any-account",
        config: ACCOUNTS,
        bad: || {
            with_accounts(Table::new("clients").seen(|who| match who {
                "anna" | ACCOUNT => Some(vec![1, 2]),
                _ => Some(Vec::new()),
            }))
        },
        good: || with_accounts(Table::new("clients")),
    },
    Case {
        code: "supabase/cross-tenant",
        config: "{ on: db, tables: [clients], other: boris }",
        bad: || {
            Project::with(&[Table::new("clients").seen(|who| match who {
                "anna" | "boris" => Some(vec![1, 2]),
                _ => None,
            })])
        },
        good: Project::default,
    },
    Case {
        code: "supabase/buckets-listed",
        config: FILES,
        bad: || Project {
            buckets: json!([{ "id": "contracts", "public": false }]),
            ..Project::default()
        },
        good: || Project {
            buckets: json!([{ "id": "logos", "public": true }]),
            ..Project::default()
        },
    },
    Case {
        code: "supabase/files-listed",
        config: FILES,
        bad: || Project {
            lists: |_| true,
            ..Project::default()
        },
        good: Project::default,
    },
    Case {
        code: "supabase/function-open",
        config: "{ on: db, functions: [send-invoice] }",
        bad: || Project {
            edge: 200,
            ..Project::default()
        },
        good: Project::default,
    },
    Case {
        code: "supabase/rpc-open",
        config: "{ on: db, rpc: { close_month: { month: 2026-01 } } }",
        bad: || Project {
            calls: (200, json!([{ "total": 1 }])),
            ..Project::default()
        },
        good: Project::default,
    },
    Case {
        code: "supabase/rpc-open",
        config: "{ on: db, rpc: { close_month: {} } }",
        bad: || Project {
            calls: (
                405,
                json!({ "code": "25006", "message": "cannot execute UPDATE in a read-only transaction" }),
            ),
            ..Project::default()
        },
        good: Project::default,
    },
    Case {
        code: "supabase/rpc-listed",
        config: "{ on: db, tables: [clients], public-rpc: [search] }",
        bad: || Project {
            rpc: vec!["close_month"],
            ..Project::default()
        },
        good: || Project {
            rpc: vec!["search"],
            ..Project::default()
        },
    },
    Case {
        code: "supabase/graphql-open",
        config: CLIENTS,
        bad: || Project {
            graphql: json!({ "data": { "__schema": { "queryType": { "fields": [{ "name": "clientsCollection" }] } } } }),
            ..Project::default()
        },
        good: Project::default,
    },
    Case {
        code: "supabase/signups-open",
        config: "{ on: db, signups: false }",
        bad: || settings(|settings| settings["disable_signup"] = json!(false)),
        good: Project::default,
    },
    Case {
        code: "supabase/auto-confirm",
        config: CLIENTS,
        bad: || {
            settings(|settings| {
                settings["disable_signup"] = json!(false);
                settings["mailer_autoconfirm"] = json!(true);
            })
        },
        good: || settings(|settings| settings["mailer_autoconfirm"] = json!(true)),
    },
    Case {
        code: "supabase/anonymous-users",
        config: CLIENTS,
        bad: || {
            settings(|settings| {
                settings["disable_signup"] = json!(false);
                settings["external"]["anonymous_users"] = json!(true);
            })
        },
        good: || settings(|settings| settings["external"]["anonymous_users"] = json!(true)),
    },
];

#[test]
fn every_code_has_a_case_that_raises_it_alone_and_one_that_raises_nothing() {
    each_code_has_a_case(&META, CASES.iter().map(|case| case.code));
    for case in CASES {
        let config = case
            .config
            .replace("SERVICE", &token(r#"{"role":"service_role"}"#));
        let bad = (case.bad)().run(Some("anna"), &config);
        assert_eq!(bad.codes(), [case.code], "{:#?}", bad.report);
        let is_key = case.code == "supabase/service-key";
        let config = if is_key { CLIENTS } else { case.config };
        let good = (case.good)().run(Some("anna"), config);
        assert!(good.codes().is_empty(), "{}: {:#?}", case.code, good.report);
        assert_eq!(good.doubt(), "", "{}", case.code);
        assert!(good.report().evaluated > 0, "{}", case.code);
    }
}
