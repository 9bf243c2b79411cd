//! Documents, answers and snapshots that are broken or hostile: said plainly, never a pass, never a panic.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::{Output, Stdio};
use std::thread;

use serde_json::{Value, json};
use tidegate_testkit::recorder::{App, Reply};

use crate::support::{Project, Ran, codes, watched};

const FLOW: &str = "  a: { flow: [{ get: /things, expect: 200 }] }\n";

/// A document of one operation whose answer has this schema.
fn document(schema: &Value) -> Value {
    let content = json!({ "application/json": { "schema": schema } });
    let responses = json!({ "200": { "description": "Things.", "content": content } });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Things", "version": "1" },
        "paths": { "/things": { "get": { "responses": responses } } },
    })
}

fn object(properties: &Value) -> Value {
    json!({ "type": "object", "properties": properties })
}

/// An app that answers everything with this JSON.
fn answering(body: &'static str) -> App {
    App::start(move |_| Reply::bytes(200, "application/json", body))
}

/// A gate with the key and the checks.
fn gate(url: &str, key: &str, checks: &str) -> Project {
    Project::new(&format!(
        "version: 1\nname: test\nenvironments: {{ local: {{ kind: local, url: \"{url}\" }} }}\n{key}\nchecks:\n{checks}"
    ))
}

/// One GET of `/things`, held against the document.
fn held(app: &App, document: impl AsRef<[u8]>) -> (Ran, Value) {
    let project = gate(app.url(), "openapi: openapi.json", FLOW);
    project.write("openapi.json", document);
    let (ran, report) = project.run(&["--no-preflight"]);
    ran.never_says("panicked");
    (ran, report)
}

/// The run has no verdict on the answers, says why, and has run the flow all the same.
#[track_caller]
fn stopped((ran, report): &(Ran, Value), says: &str) {
    ran.expect(3).says("openapi.json").says(says);
    assert_eq!(report["results"][0]["outcome"]["name"], "passed");
    assert_eq!(codes(report), [""; 0]);
}

#[test]
fn a_document_that_cannot_be_used_stops_the_deploy_and_says_why() {
    let app = answering("{}");
    let good = document(&object(&json!({}))).to_string();
    stopped(&held(&app, ""), "is empty");
    stopped(&held(&app, &good[..good.len() / 2]), "is no proper JSON");
    stopped(&held(&app, b"{\"openapi\": \"\xff\xfe\"}"), "not UTF-8");
    stopped(&held(&app, "{\"hello\": 1}"), "is no OpenAPI document");
    stopped(&held(&app, "[]"), "is no OpenAPI document");
    stopped(
        &held(&app, "{\"openapi\": \"4.0.0\", \"paths\": {}}"),
        "4.0.0",
    );
}

#[test]
fn a_document_of_swagger_2_is_named_as_such_with_the_way_out() {
    let app = answering("{}");
    let old = json!({ "swagger": "2.0", "info": { "title": "t", "version": "1" }, "paths": {} });
    let outcome = held(&app, old.to_string());
    stopped(&outcome, "Swagger 2.0");
    outcome.0.says("OpenAPI 3").says("swagger2openapi");
}

#[test]
fn a_missing_document_is_named_at_its_line_of_the_gate_file() {
    let app = answering("{}");
    let project = gate(app.url(), "openapi: docs/openapi.yaml", FLOW);
    let (ran, _) = project.run(&["--no-preflight"]);
    ran.expect(3)
        .says("there is no file docs/openapi.yaml")
        .says("tidegate.yaml:4:10");
}

#[test]
fn a_document_nested_without_end_is_refused() {
    let app = answering("{}");
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let nested = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        let written = format!("{{\"openapi\": \"3.1.0\", \"x\": {nested}, \"paths\": {{}}}}");
        stopped(&held(&app, written), "openapi.json");
    }
}

#[test]
fn a_schema_nested_to_the_limit_is_walked_without_harm() {
    let app = answering("{}");
    let deep = (0..60).fold(json!({}), |inner, _| json!({ "allOf": [inner] }));
    let (ran, _) = held(&app, document(&deep).to_string());
    assert!(matches!(ran.code, Some(0 | 3)), "{ran:?}");
}

/// The broken part is a warning at its place, the rest is held.
#[track_caller]
fn warned(schema: &Value, says: &str) {
    let app = answering("{\"id\": \"one\"}");
    let mut whole = document(&object(
        &json!({ "id": { "type": "integer" }, "broken": schema }),
    ));
    whole["components"] = json!({ "schemas": {
        "A": { "$ref": "#/components/schemas/B" },
        "B": { "$ref": "#/components/schemas/A" },
    } });
    let written = whole.to_string();
    let (ran, report) = held(&app, &written);
    ran.expect(1).says(says).says("openapi.json:1:");
    assert_eq!(
        codes(&report),
        ["conformance/document", "conformance/wrong-type"]
    );
}

#[test]
fn a_reference_that_leads_nowhere_or_in_a_circle_spoils_nothing_else() {
    warned(
        &json!({ "$ref": "#/components/schemas/Nowhere" }),
        "leads nowhere",
    );
    warned(
        &json!({ "$ref": "#/components/schemas/A" }),
        "leads back to itself",
    );
    warned(&json!({ "$ref": "missing.json#/a" }), "missing.json");
}

#[test]
fn a_reference_over_the_network_is_refused_and_nobody_is_asked() {
    let app = answering("{}");
    let elsewhere = answering("{\"type\": \"string\"}");
    let remote = format!("{}/schema.json", elsewhere.url());
    let schema = object(&json!({ "remote": { "$ref": remote } }));
    let (ran, report) = held(&app, document(&schema).to_string());
    ran.expect(0).says("over the network");
    assert_eq!(codes(&report), ["conformance/document"]);
    assert_eq!(elsewhere.requests().len(), 0);
}

#[test]
fn a_reference_out_of_the_folder_is_not_read() {
    let app = answering("{}");
    for target in [
        "/etc/hostname",
        "../../../../etc/hostname",
        "file:///etc/hostname",
    ] {
        let schema = object(&json!({ "outside": { "$ref": target } }));
        let (ran, report) = held(&app, document(&schema).to_string());
        ran.expect(0).says(target);
        assert_eq!(codes(&report), ["conformance/document"], "{target}");
    }
}

#[test]
fn a_schema_that_holds_itself_is_followed_as_far_as_the_answer_goes() {
    let app = answering("{\"next\": {\"next\": {\"next\": 3}}}");
    let mut whole = document(&json!({ "$ref": "#/components/schemas/Node" }));
    let node = json!({ "type": "object", "properties": { "next": { "$ref": "#/components/schemas/Node" } } });
    whole["components"] = json!({ "schemas": { "Node": node } });
    let (ran, report) = held(&app, whole.to_string());
    ran.expect(1).says("$.next.next.next");
    assert_eq!(codes(&report), ["conformance/wrong-type"]);
}

#[test]
fn numbers_beyond_64_bits_are_whole_and_have_limits() {
    let schema = "{ \"type\": \"object\", \"properties\": { \"id\": \
        { \"type\": \"integer\", \"maximum\": 123456789012345678901234567890 } } }";
    let whole = document(&json!("SCHEMA"))
        .to_string()
        .replace("\"SCHEMA\"", schema);
    let inside = answering("{\"id\": 123456789012345678901234567890}");
    held(&inside, &whole).0.expect(0);
    let outside = answering("{\"id\": 1234567890123456789012345678901}");
    let (ran, report) = held(&outside, &whole);
    ran.expect(1).never_says("1234567890123456789012345678901");
    assert_eq!(codes(&report), ["conformance/wrong-value"]);
}

#[test]
fn keys_that_stand_twice_are_named_in_documents() {
    let app = answering("{}");
    let whole = document(&object(&json!({}))).to_string();
    let doubled = whole.replace(
        "\"title\":\"Things\"",
        "\"title\":\"Things\",\n\"title\":\"Others\"",
    );
    let (ran, report) = held(&app, doubled);
    ran.expect(0)
        .says("`title` stands twice")
        .says("openapi.json:2:2");
    assert_eq!(codes(&report), ["conformance/document"]);
}

#[test]
fn a_pattern_that_explodes_neither_hangs_nor_passes() {
    let text = format!("{{\"name\": \"{}!\"}}", "a".repeat(50_000));
    let app = App::start(move |_| Reply::bytes(200, "application/json", text.clone()));
    for pattern in ["^(a+)+$", "^(a|aa)+$", "^((a*)*)*$", "^(?=(a+)+b)a*$"] {
        let schema = object(&json!({ "name": { "type": "string", "pattern": pattern } }));
        let (ran, report) = held(&app, document(&schema).to_string());
        let told = codes(&report);
        assert_eq!(told.len(), 1, "{pattern}: {ran:?}");
        let known = ["conformance/wrong-value", "conformance/document"];
        assert!(known.contains(&told[0].as_str()), "{pattern}: {told:?}");
    }
    let schema = object(&json!({ "name": { "pattern": "((x{1,1000}){1,1000}){1,1000}" } }));
    let (ran, report) = held(&app, document(&schema).to_string());
    ran.expect(0).says("regular expression");
    assert_eq!(codes(&report), ["conformance/document"]);
}

/// A run and the most memory that it held, in kilobytes.
fn measured(project: &Project) -> (Output, u64) {
    let mut command = project.command(&["run", "--no-preflight"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    watched(command.spawn().expect("the binary runs"))
}

#[test]
fn aliases_that_multiply_are_refused() {
    let mut text =
        String::from("openapi: 3.1.0\nx-0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for level in 1..12 {
        let links = vec![format!("*a{}", level - 1); 9].join(", ");
        text += &format!("x-{level}: &a{level} [{links}]\n");
    }
    let app = answering("{}");
    let project = gate(app.url(), "openapi: openapi.yaml", FLOW);
    project.write("openapi.yaml", text + "paths: {}\n");
    let (ended, peak) = measured(&project);
    assert!(matches!(ended.status.code(), Some(0 | 3)), "{ended:?}");
    assert!(peak < 200_000, "{peak} kB");
}

#[test]
fn a_document_of_fifty_megabytes_is_refused_before_it_is_read() {
    let app = answering("{}");
    let mut whole = document(&object(&json!({})));
    whole["info"]["description"] = json!("x".repeat(50_000_000));
    let project = gate(app.url(), "openapi: openapi.json", FLOW);
    project.write("openapi.json", whole.to_string());
    let (ended, peak) = measured(&project);
    let ran = Ran::of(ended);
    ran.expect(3).says("openapi.json is larger than");
    assert!(peak < 100_000, "{peak} kB");
}

#[test]
fn an_answer_that_is_no_json_is_a_finding() {
    let schema = document(&object(&json!({}))).to_string();
    let deep: &'static str = "[".repeat(100_000).leak();
    for body in [
        "<html>Error</html>",
        "{\"id\": 1",
        "{} {}",
        "\u{feff}{}x",
        deep,
    ] {
        let app = answering(body);
        let (ran, report) = held(&app, &schema);
        ran.expect(1);
        assert_eq!(codes(&report), ["conformance/not-json"], "{body:.20}");
    }
    let app = App::start(|_| Reply::bytes(200, "application/json", *b"\"\xff\xfe\""));
    let (ran, report) = held(&app, &schema);
    ran.expect(1);
    assert_eq!(codes(&report), ["conformance/not-json"]);
}

/// A server that sends this after each request, whatever it is.
fn sending(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // The client may be gone; the test is about what it says.
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    format!("http://{address}")
}

#[test]
fn chunked_garbage_is_no_answer_and_nothing_is_held_against_it() {
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    for chunks in [
        "ZZZ\r\ngarbage",
        "5\r\n{\"a\":\r\nFFFFFFFFFFFFFFFFF\r\n",
        "3\r\n{}",
    ] {
        let url = sending(format!("{head}{chunks}").leak());
        let project = gate(&url, "openapi: openapi.json", FLOW);
        project.write("openapi.json", document(&object(&json!({}))).to_string());
        let (ran, report) = project.run(&["--no-preflight"]);
        ran.expect(1).never_says("panicked");
        assert_eq!(codes(&report), ["flow/unreachable"], "{chunks}");
    }
}
