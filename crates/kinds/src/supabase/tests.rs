//! What the check makes of projects that are neither quite right nor quite wrong.

use serde_json::Value as Json;
use tidegate_core::gate::EnvironmentKind;
use tidegate_core::meta::Severity;
use tidegate_core::ports::http::HttpError;

use super::testing::{Project, ROW, STRANGER, TOKEN, Table, token, trial};
use crate::testing::{FakeFiles, FakePortal, Kept, Tried, answer};

const CLIENTS: &str = "{ on: db, tables: [clients] }";

fn open() -> Project {
    Project::with(&[Table::new("clients").seen(|_| Some(vec![1, 2, 3]))])
}

/// Everything that gets into reports.
fn everything(tried: &Tried) -> String {
    format!("{:?}", tried.report())
}

#[test]
fn rows_are_counted_and_none_is_asked_for() {
    let tried = open().run(None, CLIENTS);
    let finding = &tried.report().findings[0];
    assert_eq!(
        finding.title,
        "Anybody can read 3 rows of `clients` without a login"
    );
    assert_eq!(finding.severity, Severity::Critical);
    assert_eq!(finding.subject, "supabase/table-readable clients");
    assert!(
        finding.evidence[0]
            .text
            .contains("GET /rest/v1/clients without a login: 206")
    );
    let lines = tried.portal.lines();
    assert!(
        lines.contains(&"- GET /rest/v1/clients?select=*&limit=0".to_owned()),
        "{lines:?}"
    );
    assert!(!lines.iter().any(|line| line.contains("limit=1")));
}

#[test]
fn where_it_cannot_be_counted_one_row_is_asked_for_and_not_shown() {
    let tried = open()
        .instead(|asked| {
            asked.path.contains("limit=0").then(|| {
                let body =
                    r#"{"code":"57014","message":"canceling statement due to statement timeout"}"#;
                answer(500, body)
            })
        })
        .run(None, CLIENTS);
    assert_eq!(tried.codes(), ["supabase/table-readable"]);
    assert!(tried.report().findings[0].title.contains("at least 3 rows"));
    assert!(!everything(&tried).contains(ROW));
}

#[test]
fn nothing_of_a_row_or_of_an_error_is_shown() {
    let table = Table::new("clients")
        .seen(|_| Some(vec![1, 2]))
        .insert("23502");
    let project = Project {
        lists: |_| true,
        ..Project::with(&[table])
    };
    let config = "{ on: db, tables: [clients], buckets: [contracts], writes: { clients: id }, other: boris }";
    let tried = project.run(Some("anna"), config);
    assert_eq!(tried.codes().len(), 3, "{:?}", tried.codes());
    assert!(!everything(&tried).contains(ROW));
}

#[test]
fn an_empty_answer_proves_nothing_without_somebody_who_gets_rows() {
    let tried = Project::default().run(None, CLIENTS);
    assert!(tried.codes().is_empty());
    assert!(tried.doubt().contains("`as:`"), "{}", tried.doubt());
    let empty = Project::with(&[Table::new("clients").seen(|_| Some(Vec::new()))]);
    let tried = empty.run(Some("anna"), CLIENTS);
    assert!(
        tried.doubt().contains("Give anna a row"),
        "{}",
        tried.doubt()
    );
    let refused =
        Project::with(&[Table::new("clients").seen(|who| (who == STRANGER).then(Vec::new))]);
    let tried = refused.run(Some("anna"), CLIENTS);
    assert!(tried.doubt().contains("was refused"), "{}", tried.doubt());
}

#[test]
fn a_refusal_by_the_database_needs_nobody_else() {
    let closed = Project::with(&[Table::new("clients").seen(|_| None)]);
    let tried = closed.run(None, CLIENTS);
    assert_eq!((tried.codes().len(), tried.doubt()), (0, ""));
    assert_eq!(tried.report().evaluated, 1);
}

#[test]
fn tables_that_the_project_lists_are_tried_and_doubts_about_them_are_notes() {
    let project = Project::with(&[
        Table::new("clients"),
        Table::new("log").seen(|who| (who == STRANGER).then(|| vec![1])),
        Table::new("plans").seen(|_| None),
    ]);
    let tried = project.run(None, "{ on: db }");
    assert_eq!(tried.codes(), ["supabase/table-readable"]);
    assert_eq!(tried.doubt(), "");
    assert!(
        tried
            .report()
            .notes
            .iter()
            .any(|note| note.contains("`clients`"))
    );
}

#[test]
fn a_project_that_lists_no_table_is_tried_by_what_the_gate_file_names() {
    let project = Project {
        tells: false,
        ..open()
    };
    let tried = project.run(None, CLIENTS);
    assert_eq!(tried.codes(), ["supabase/table-readable"]);
}

#[test]
fn a_wrong_key_is_told_once_and_proves_nothing() {
    let tried = Project::default()
        .instead(|_| {
            Some(answer(
                401,
                r#"{"message":"Invalid API key","hint":"Double check your Supabase anon or service_role API key."}"#,
            ))
        })
        .run(Some("anna"), CLIENTS);
    assert_eq!((tried.codes().len(), tried.report().evaluated), (0, 0));
    assert!(
        tried.doubt().contains("does not take the key"),
        "{}",
        tried.doubt()
    );
    assert_eq!(tried.portal.lines().len(), 1);
}

#[test]
fn an_expired_key_is_not_tried() {
    let over = token(r#"{"role":"anon","exp":-5}"#);
    let config = format!("{{ on: db, tables: [clients], key: {over} }}");
    let tried = Project::default().run(None, &config);
    assert!(tried.doubt().contains("expired"), "{}", tried.doubt());
    assert!(tried.portal.lines().is_empty());
}

#[test]
fn an_api_without_a_key_is_an_error_that_says_what_to_do() {
    let mut trial = trial(None);
    trial.apis[0].headers.clear();
    let tried = trial.run(CLIENTS, &Project::default().portal());
    let error = tried.report.unwrap_err();
    assert!(error.help.contains("apikey"), "{}", error.help);
}

#[test]
fn a_key_of_the_check_goes_with_every_request() {
    let config = "{ on: db, tables: [clients], key: \"${KEY}\", anonymous-user: true }";
    let tried = open().run(None, config);
    let asked = tried.portal.asked.lock().unwrap();
    assert!(
        asked
            .iter()
            .all(|asked| asked.header("apikey") == Some("s3cret-value"))
    );
}

#[test]
fn an_anonymous_account_is_told_and_its_token_is_learned() {
    let mut project = Project::default();
    project.settings["external"]["anonymous_users"] = true.into();
    let tried = project.run(
        Some("anna"),
        "{ on: db, tables: [clients], anonymous-user: true }",
    );
    let sent = tried.portal.asked.lock().unwrap();
    let sign_up = sent
        .iter()
        .find(|asked| asked.path == "/auth/v1/signup")
        .unwrap();
    let marker = tried.cleanup.promises.lock().unwrap()[0].0.marker.clone();
    assert_eq!(sign_up.json()["data"]["tidegate"], marker.as_str());
    assert_eq!(tried.cleanup.kept(), [Kept::Open]);
    assert!(!everything(&tried).contains(TOKEN));
    let off = Project::default().run(Some("anna"), "{ on: db, anonymous-user: true }");
    assert_eq!((off.codes().len(), off.doubt()), (0, ""));
    assert_eq!(off.cleanup.kept(), [Kept::Released]);
}

#[test]
fn a_row_that_was_stored_all_the_same_is_removed() {
    let project = Project::with(&[Table::new("clients").insert("")]);
    let tried = project.run(None, "{ on: db, writes: { clients: id } }");
    assert_eq!(tried.codes(), ["supabase/table-writable"]);
    let removed = "DELETE /rest/v1/clients?id=eq.9".to_owned();
    assert_eq!(tried.cleanup.kept(), [Kept::Fulfilled(removed)]);
}

#[test]
fn a_table_that_strangers_fill_and_do_not_read_is_found_too() {
    let project = Project::with(&[Table::new("clients").insert("23502").blind()]);
    let tried = project.run(None, "{ on: db, writes: { clients: id } }");
    assert_eq!(tried.codes(), ["supabase/table-writable"]);
    assert!(tried.is_clean());
    let stored = Project::with(&[Table::new("clients").insert("").blind()]);
    let tried = stored.run(None, "{ on: db, writes: { clients: id } }");
    assert_eq!(tried.codes(), ["supabase/table-writable"]);
    assert!(
        tried
            .report()
            .notes
            .iter()
            .any(|note| note.contains("by hand"))
    );
    assert!(tried.cleanup.kept().contains(&Kept::Open));
}

#[test]
fn an_insert_that_fails_for_another_reason_proves_nothing() {
    for code in ["PGRST204", "428C9", "22P02"] {
        let project = Project::with(&[Table::new("clients").insert(code)]);
        let tried = project.run(None, "{ on: db, writes: { clients: id } }");
        assert!(tried.codes().is_empty());
        assert!(
            tried.doubt().contains("must not be null"),
            "{code}: {}",
            tried.doubt()
        );
        assert!(tried.is_clean());
    }
}

#[test]
fn production_is_only_read() {
    let mut trial = trial(Some("anna"));
    trial.environment = EnvironmentKind::Production;
    let config = "{ on: db, tables: [clients], buckets: [contracts], functions: [send], writes: { clients: id }, anonymous-user: true }";
    let check = trial.parse(config).unwrap();
    assert!(check.forecast().writes.is_empty());
    let tried = trial.run(config, &Project::default().portal());
    let lines = tried.portal.lines();
    assert!(lines.iter().all(|line| line.contains(" GET ")), "{lines:?}");
    let notes = tried.report().notes.join("\n");
    for what in [
        "no insert",
        "no anonymous account",
        "`contracts`",
        "GraphQL",
    ] {
        assert!(notes.contains(what), "{notes}");
    }
}

#[test]
fn pages_pauses_and_limits_are_no_pass() {
    let paused = Project::default().instead(|_| Some(answer(540, "{}")));
    let tried = paused.run(None, CLIENTS);
    assert!(tried.doubt().contains("paused"), "{}", tried.doubt());
    let page = Project::default().instead(|_| Some(answer(200, "<!doctype html><p>hi")));
    let tried = page.run(None, CLIENTS);
    assert!(tried.doubt().contains("a page"), "{}", tried.doubt());
    let limited = Project::default().instead(|_| Some(answer(429, "{}")));
    let tried = limited.run(None, CLIENTS);
    assert!(
        tried.doubt().contains("wants no more requests"),
        "{}",
        tried.doubt()
    );
    let gone = Project::default().instead(|_| {
        Some(Err(HttpError::Dns {
            host: "db.example".into(),
            reason: "no such host".into(),
        }))
    });
    let tried = gone.run(None, CLIENTS);
    assert_eq!(tried.report().evaluated, 0);
    assert!(tried.doubt().contains("no such host"), "{}", tried.doubt());
}

#[test]
fn a_login_of_elsewhere_is_no_control() {
    let trial = trial(Some("anna"));
    let portal = Project::default().portal();
    portal.unauthenticated();
    let tried = trial.run(CLIENTS, &portal);
    assert!(
        tried.doubt().contains("another place issued it"),
        "{}",
        tried.doubt()
    );
}

#[test]
fn a_budget_that_is_too_small_is_told() {
    let tried = open().run(
        None,
        "{ on: db, tables: [clients, a, b, c, d, e], most: 4 }",
    );
    assert!(tried.doubt().contains("`most:`"), "{}", tried.doubt());
    assert_eq!(tried.portal.lines().len(), 4);
}

#[test]
fn edge_functions_of_the_project_that_nobody_names_are_noted() {
    let mut trial = trial(None);
    trial.files = FakeFiles::new(&[
        ("supabase/functions/send-invoice/index.ts", ""),
        ("supabase/functions/hook/index.ts", ""),
        ("supabase/functions/_shared/index.ts", ""),
    ]);
    let config = "{ on: db, public-functions: [hook] }";
    let tried = trial.run(config, &Project::default().portal());
    let notes = tried.report().notes.join("\n");
    assert!(
        notes.contains("`send-invoice`") && !notes.contains("hook`") && !notes.contains("_shared")
    );
}

#[test]
fn faults_of_the_gate_file_are_told_with_what_to_write() {
    let fault = |config: &str| {
        let faults = trial(None).parse(config).err().unwrap();
        format!("{faults:?}")
    };
    assert!(fault("{ on: database }").contains("supabase.co"));
    assert!(fault("{ on: db, other: boris }").contains("as:"));
    assert!(fault("{ on: db, tables: [a], public-tables: [a] }").contains("one of the two lists"));
    assert!(fault("{ on: db, most: 0 }").contains("from 4"));
    assert!(fault("{ on: db, table: [a] }").contains("tables"));
    assert!(fault("{ tables: [a] }").contains("on"));
    let mut same = trial(Some("anna"));
    same.who = Some("anna");
    assert!(
        format!("{:?}", same.parse("{ on: db, other: anna }").err().unwrap())
            .contains("themselves")
    );
}

#[test]
fn an_anon_key_of_the_older_form_goes_to_edge_functions_as_a_token() {
    let anon = token(r#"{"role":"anon"}"#);
    let config = format!("{{ on: db, functions: [send-invoice], key: {anon} }}");
    let tried = Project::default().run(None, &config);
    let asked = tried.portal.asked.lock().unwrap();
    let mut calls = asked.iter();
    let call = calls.find(|asked| asked.path == "/functions/v1/send-invoice");
    let bearer = format!("Bearer {anon}");
    assert_eq!(call.unwrap().header("authorization"), Some(bearer.as_str()));
}

#[test]
fn an_edge_function_that_answers_neither_way_is_a_doubt() {
    for (status, says) in [
        (500, "neither 401 nor"),
        (400, "neither 401 nor"),
        (404, "no edge function"),
    ] {
        let project = Project {
            edge: status,
            ..Project::default()
        };
        let tried = project.run(None, "{ on: db, functions: [send-invoice] }");
        assert!(tried.codes().is_empty());
        assert!(tried.doubt().contains(says), "{status}: {}", tried.doubt());
    }
}

#[test]
fn tenants_are_told_apart_by_the_column_that_the_gate_file_names() {
    let config = "{ on: db, tables: [clients], other: boris, key-columns: { clients: title } }";
    let tried = Project::default().run(Some("anna"), config);
    let lines = tried.portal.lines();
    let asked = |who: &str| {
        lines.iter().any(|line| {
            line.starts_with(&format!("{who} GET /rest/v1/clients?select=title&limit=50"))
        })
    };
    assert!(asked("anna") && asked("boris"), "{lines:#?}");
    let none = Project::with(&[Table::new("clients").seen(|_| Some(Vec::new()))]);
    let tried = none.run(Some("anna"), "{ on: db, tables: [clients], other: boris }");
    assert!(
        tried.doubt().contains("no row of it as anna"),
        "{}",
        tried.doubt()
    );
}

#[test]
fn a_tenant_that_gets_no_answer_is_a_doubt() {
    for who in ["anna", "boris"] {
        let portal = FakePortal::new(move |asked| {
            if asked.name() == who && asked.path.contains("limit=50") {
                return Err(HttpError::Dns {
                    host: "db.example".into(),
                    reason: "no such host".into(),
                });
            }
            Project::default().answer(asked)
        });
        let config = "{ on: db, tables: [clients], other: boris }";
        let tried = trial(Some("anna")).run(config, &portal);
        let wanted = format!("`clients` could not be asked as {who}");
        assert!(tried.doubt().contains(&wanted), "{}", tried.doubt());
    }
}

#[test]
fn what_the_source_code_asks_for_is_tried_too() {
    let mut trial = trial(None);
    trial.files = FakeFiles::new(&[(
        "src/page.ts",
        "import { createClient } from '@supabase/supabase-js'\n\
         const supabase = createClient(url, key)\n\
         await supabase.from('clients').select()\n\
         await supabase.storage.from('contracts').list()\n\
         await supabase.rpc('close_month')\n\
         await supabase.functions.invoke('send-invoice')\n",
    )]);
    let project = Project {
        tells: false,
        lists: |_| true,
        ..open()
    };
    let tried = trial.run("{ on: db }", &project.portal());
    assert_eq!(
        tried.codes(),
        ["supabase/table-readable", "supabase/files-listed"]
    );
    let related = &tried.report().findings[0].related;
    assert_eq!(related[0].location.file, "src/page.ts");
    for name in ["`send-invoice`", "`close_month`"] {
        let mut notes = tried.report().notes.iter();
        assert!(notes.any(|note| note.contains(name)), "{name}");
    }
}

#[test]
fn source_code_that_is_not_read_is_told_and_read_only_where_the_key_opens_something() {
    let large = "/".repeat(1024 * 1024 + 1);
    let mut trial = trial(None);
    trial.files = FakeFiles::new(&[("src/large.ts", &large)]);
    let tried = trial.run(CLIENTS, &open().portal());
    let notes = tried.report().notes.join("\n");
    assert!(
        notes.contains("src/large.ts is larger than 1 MiB"),
        "{notes}"
    );
    let over = token(r#"{"role":"anon","exp":-5}"#);
    let config = format!("{{ on: db, tables: [clients], key: {over} }}");
    let tried = trial.run(&config, &Project::default().portal());
    assert_eq!(tried.report().notes, [""; 0]);
}

#[test]
fn the_examples_of_the_page_are_read_and_fit_the_schema() {
    let schema = jsonschema::draft7::new(&super::kind().schema()).unwrap();
    let mut read = 0;
    for block in super::META.docs.text().split("```yaml\n").skip(1) {
        let (block, _) = block.split_once("```").unwrap();
        let entry: Json = serde_saphyr::from_str(block).unwrap();
        let (_, check) = entry.as_object().unwrap().iter().next().unwrap();
        let who = check.get("as").map(|_| "anna");
        trial(who).parse(&check["supabase"].to_string()).unwrap();
        schema.validate(&check["supabase"]).unwrap();
        read += 1;
    }
    assert_eq!(read, 3);
}

#[test]
fn refusals_of_something_else_prove_nothing() {
    let other = Project::default().instead(|_| Some(answer(401, r#"{"error":"unauthorized"}"#)));
    let tried = other.run(None, CLIENTS);
    assert!(
        tried
            .doubt()
            .contains("nothing in its answers is of Supabase"),
        "{}",
        tried.doubt()
    );
}
