use super::*;
use crate::testing::{examples, exchange, node};
use tidegate_core::exchange::{Exchange, Observed};

fn json_error(status: u16, text: &str) -> Exchange {
    let body = json!({ "error": { "message": "x", "trace": text } });
    exchange(status, "application/json", &body.to_string())
}

fn page(status: u16, body: &str) -> Exchange {
    exchange(status, "text/html; charset=utf-8", body)
}

fn codes_with(config: Option<&str>, exchange: &Exchange) -> Vec<String> {
    let config = config.map(node);
    let observer = kind()
        .parse(config.as_ref(), &ObserverScope::default())
        .unwrap()
        .unwrap();
    let report = observer.observe(&Observed::new(exchange));
    assert_eq!(report.evaluated, 1);
    report
        .findings
        .iter()
        .map(|finding| finding.code.to_string())
        .collect()
}

fn codes(exchange: &Exchange) -> Vec<String> {
    codes_with(None, exchange)
}

const TRACES: &[&str] = &[
    "TypeError: x is undefined\n    at handler (/var/task/index.js:10:5)",
    "Error: no\n    at async node:internal/process/task_queues:95:5",
    "Traceback (most recent call last):\n  File \"views.py\", line 3, in show",
    "java.lang.NullPointerException\n\tat com.acme.portal.Records.create(Records.java:42)",
    "System.Exception: no\n   at Acme.Portal.Records.Create(Int32 id) in Records.cs:line 12",
    "   at System.Web.Mvc.Controller.Execute(RequestContext context)",
    "records.rb:12:in `create'",
    "#0 Records.php(12): create()",
    "PHP Fatal error:  Uncaught Error",
    "goroutine 17 [running]:\nmain.create()",
    "thread 'main' panicked at src/main.rs:3:5:\nno",
    "stack backtrace:\n   0: create",
    "    (phoenix 1.7.2) lib/phoenix/router.ex:354: Phoenix.Router.__call__/2",
];

const STATEMENTS: &[&str] = &[
    "syntax error at or near \"WHERE\"",
    "relation \"records\" does not exist",
    "column records.amount does not exist",
    "duplicate key value violates unique constraint \"records_pkey\"",
    "insert or update on table \"a\" violates foreign key constraint \"b\"",
    "null value in column \"title\" violates not-null constraint",
    "new row violates row-level security policy for table \"records\"",
    "invalid input syntax for type uuid: \"x\"",
    "SQLSTATE[42S02]: Base table or view not found",
    "psycopg2.errors.UndefinedTable",
    "PG::UndefinedColumn: ERROR",
    "You have an error in your SQL syntax; check the manual",
    "Unknown column 'amount' in 'field list'",
    "Duplicate entry 'x' for key 'records.title'",
    "SQLITE_CONSTRAINT: FOREIGN KEY",
    "SqliteFailure(Error)",
    "UNIQUE constraint failed: records.id",
    "no such table: records",
    "Invalid `prisma.record.create()` invocation",
    "PrismaClientKnownRequestError",
    "ORA-00942: table or view does not exist",
    "Unclosed quotation mark after the character string ''.",
    "INSERT INTO records (id, title) VALUES ('a', NULL)",
    "SELECT id, title FROM records WHERE tenant = 'acme'",
    "UPDATE records SET title = 'x' WHERE id = 1",
];

const PATHS: &[&str] = &[
    "cannot open /srv/portal/src/records/mod.rs",
    "in /var/www/html/index.php on line 3",
    "C:\\inetpub\\portal\\Records.cs",
    "file:///app/dist/server/records.js",
    "/home/deploy/portal/db.sqlite3",
];

const PAGES: &[&str] = &[
    "<html><h1>Whitelabel Error Page</h1>",
    "<p>You're seeing this error because you have <code>DEBUG = True</code> in your settings",
    "<title>KeyError: 'x' // Werkzeug Debugger</title>",
    "<title>Action Controller: Exception caught</title>",
    "<script>window.ignite({})</script>",
    "<title>Whoops! There was an error.</title>",
    "<div class=\"laravel-exceptions-renderer\">",
    "<h1 class=\"exception-message-wrapper\">",
    "<title>no</title><h1>Server Error in '/' Application.<hr>",
    "<title>Runtime Error</title>",
    "<h1>An unhandled exception occurred while processing the request.</h1>",
    "<body><nextjs-portal></nextjs-portal>",
    "<script id=\"__NEXT_DATA__\" type=\"application/json\">{\"props\":{},\"err\":{\"name\":\"Error\"}}</script>",
    "<h2>Application error: a server-side exception has occurred (see the logs)</h2>",
    "<br />\n<b>Warning</b>:  Undefined variable $x in <b>index</b> on line <b>12</b>",
    "<h3>Apache Tomcat/9.0.1</h3>",
    "<title>Error</title>\n</head>\n<body>\n<pre>Error: no</pre>",
];

#[test]
fn every_signature_is_seen_in_an_error_and_names_its_code() {
    for (code, texts) in [("stack-trace", TRACES), ("sql", STATEMENTS)] {
        for text in texts {
            let found = codes(&json_error(500, text));
            assert!(
                found.contains(&format!("error-hygiene/{code}")),
                "{text}: {found:?}"
            );
            let escaped = text
                .replace('"', "&quot;")
                .replace('\'', "&#39;")
                .replace('<', "&lt;");
            let found = codes(&page(400, &format!("<pre>{escaped}</pre>")));
            let lines_up =
                !text.starts_with(' ') || found.contains(&format!("error-hygiene/{code}"));
            assert!(lines_up, "{text}: {found:?}");
        }
    }
    for text in PATHS {
        assert_eq!(
            codes(&json_error(422, text)),
            ["error-hygiene/file-path"],
            "{text}"
        );
    }
    for text in PAGES {
        for status in [200, 500] {
            let found = codes(&page(status, text));
            assert_eq!(
                found.first().map(String::as_str),
                Some("error-hygiene/framework-page"),
                "{text}"
            );
        }
    }
}

#[test]
fn ordinary_pages_and_data_may_show_the_same_texts() {
    for text in TRACES.iter().chain(STATEMENTS).chain(PATHS).chain(PAGES) {
        let escaped = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        let documentation = format!("<html><title>Guide</title><pre>{escaped}</pre></html>");
        assert!(codes(&page(200, &documentation)).is_empty(), "{text}");
        let data = json!({ "items": [{ "id": 1, "text": text }] }).to_string();
        assert!(
            codes(&exchange(200, "application/json", &data)).is_empty(),
            "{text}"
        );
    }
}

#[test]
fn ordinary_errors_raise_nothing() {
    for body in [
        "the title must be given; select a file from the list where needed",
        "Cannot POST /api/records",
        "look at https://portal.example/app/help/index.js for details",
        "update your password, then set it where you log in",
        "there is nothing at this address",
        "the meeting is at 10:30:15",
    ] {
        assert!(codes(&json_error(422, body)).is_empty(), "{body}");
        assert!(
            codes(&page(404, &format!("<p>{body}</p>"))).is_empty(),
            "{body}"
        );
    }
    let mut asked = json_error(404, "nothing at /app/main.js");
    asked.url = "http://127.0.0.1/app/main.js".into();
    assert!(codes(&asked).is_empty());
    assert!(
        codes(&exchange(
            500,
            "image/png",
            "Traceback (most recent call last)"
        ))
        .is_empty()
    );
}

#[test]
fn several_leaks_of_one_answer_are_each_told_once() {
    let trace = "SqliteFailure: NOT NULL constraint failed: records.title in `INSERT INTO records (id) VALUES (1)`\nstack backtrace:\n   0: x\n at /srv/portal/src/a.rs:1:1\n at /srv/portal/src/b.rs:1:1";
    let mut found = codes(&json_error(422, trace));
    found.sort();
    assert_eq!(
        found,
        [
            "error-hygiene/file-path",
            "error-hygiene/sql",
            "error-hygiene/stack-trace"
        ]
    );
}

#[test]
fn a_server_error_needs_a_request_id_somewhere() {
    let without = |status: u16, body: &str| {
        let mut exchange = exchange(status, "application/json", body);
        exchange.response_headers.pop();
        exchange
    };
    assert_eq!(
        codes(&without(500, "{}")),
        ["error-hygiene/missing-request-id"]
    );
    assert!(codes(&without(404, "{}")).is_empty());
    for told in [
        r#"{"requestId":"req_8fk2lq90"}"#,
        r#"{"error":{"request_id":"0191-77ab"}}"#,
        "<p>Request ID: <code>7f3a91c2</code></p>",
        "Please quote the error id 4711-2290.",
    ] {
        assert!(codes(&without(500, told)).is_empty(), "{told}");
    }
    let only_spoken_of = r#"{"error":{"message":"something went wrong; quote the request id"}}"#;
    assert_eq!(
        codes(&without(500, only_spoken_of)),
        ["error-hygiene/missing-request-id"]
    );
    assert!(codes(&exchange(503, "text/plain", "")).is_empty());
    let mut own = without(500, "{}");
    own.response_headers
        .push(("x-acme-trace".into(), "a".into()));
    assert!(codes_with(Some("{ request-id-headers: [X-Acme-Trace] }"), &own).is_empty());
    let mut waking = without(503, "{}");
    waking.purpose = Purpose::Preflight;
    assert!(codes(&waking).is_empty());
}

#[test]
fn what_a_check_surveys_it_judges_itself() {
    let mut exchange = json_error(500, TRACES[0]);
    assert!(!codes(&exchange).is_empty());
    exchange.purpose = Purpose::Survey;
    let observer = kind().parse(None, &ObserverScope::default());
    let report = observer
        .unwrap()
        .unwrap()
        .observe(&Observed::new(&exchange));
    assert_eq!(report, CheckReport::default());
}

#[test]
fn a_hidden_failure_counts_for_what_a_user_would_do() {
    let failed = r#"{"status":"error","error":"the record could not be saved"}"#;
    let mut exchange = exchange(200, "application/json", failed);
    assert_eq!(codes(&exchange), ["error-hygiene/hidden-failure"]);
    exchange.purpose = Purpose::Negative;
    assert!(codes(&exchange).is_empty());
    exchange.status = Some(422);
    assert!(codes(&exchange).is_empty());
}

#[test]
fn a_finding_names_its_cause_and_shows_no_text_of_the_answer() {
    let exchange = json_error(
        500,
        "Duplicate entry 'mia@acme.example' for key 'users.email'",
    );
    let observer = kind()
        .parse(None, &ObserverScope::default())
        .unwrap()
        .unwrap();
    let finding = observer
        .observe(&Observed::new(&exchange))
        .findings
        .remove(0);
    assert_eq!(finding.cause.as_ref().unwrap().as_str(), "records");
    assert_eq!(finding.location.line, 12);
    assert_eq!(finding.subject, "error-hygiene/sql POST /api/records");
    assert!(
        finding
            .evidence
            .iter()
            .any(|one| one.text == "$.error.trace")
    );
    assert!(!format!("{finding:?}").contains("mia"));
}

#[test]
fn it_is_on_by_default_and_can_be_switched_off() {
    assert!(
        kind()
            .parse(None, &ObserverScope::default())
            .unwrap()
            .is_some()
    );
    assert!(
        kind()
            .parse(Some(&node("off")), &ObserverScope::default())
            .unwrap()
            .is_none()
    );
    assert!(
        kind()
            .parse(Some(&node("false")), &ObserverScope::default())
            .unwrap()
            .is_none()
    );
    let faults = kind()
        .parse(
            Some(&node("{ request-id-header: [a] }")),
            &ObserverScope::default(),
        )
        .err()
        .unwrap();
    assert_eq!(
        faults[0].label.as_deref(),
        Some("did you mean `request-id-headers`?")
    );
}

#[test]
fn an_exchange_without_an_answer_is_no_evidence() {
    let mut exchange = page(200, "");
    exchange.status = None;
    let observer = kind()
        .parse(None, &ObserverScope::default())
        .unwrap()
        .unwrap();
    assert_eq!(
        observer.observe(&Observed::new(&exchange)),
        CheckReport::default()
    );
}

#[test]
fn the_example_of_the_page_is_read_and_fits_the_schema() {
    let json = examples(&META.docs.text()).remove(0);
    let config = node(&json.to_string());
    assert!(
        kind()
            .parse(config.get("error-hygiene"), &ObserverScope::default())
            .unwrap()
            .is_some()
    );
    assert!(
        jsonschema::draft7::new(&kind().schema())
            .unwrap()
            .is_valid(&json["error-hygiene"])
    );
}

#[test]
fn the_error_object_of_postgrest_names_columns_on_purpose() {
    let standard = |code: &str| {
        json!({
            "code": code,
            "details": null,
            "hint": null,
            "message": "null value in column \"title\" violates not-null constraint",
        })
    };
    let told =
        |status: u16, body: &Json| codes(&exchange(status, "application/json", &body.to_string()));
    assert_eq!(told(400, &standard("23502")), Vec::<String>::new());
    assert_eq!(told(404, &standard("PGRST116")), Vec::<String>::new());
    // The same words are a leak where they are no refusal, or in another object.
    assert_eq!(told(500, &standard("23502")), ["error-hygiene/sql"]);
    assert_eq!(told(400, &standard("oops!")), ["error-hygiene/sql"]);
    let mut more = standard("23502");
    more["stack"] = json!("x");
    assert_eq!(told(400, &more), ["error-hygiene/sql"]);
}
