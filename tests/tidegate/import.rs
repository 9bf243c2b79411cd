//! `tidegate import`: what was recorded at the example portal passes there, and stops a portal that broke.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};
use tidegate::import::{Format, Input, Source, Taken, import};
use tidegate_client_portal::{Break, Options, Passwords, RunningPortal, start_blocking};
use tidegate_repo::LocalFiles;

use crate::support::{Project, Ran};

fn portal(breaks: &[Break]) -> RunningPortal {
    let options = Options {
        breaks: breaks.iter().copied().collect(),
        ..Options::default()
    };
    start_blocking(options).expect("the portal starts")
}

fn password() -> String {
    let all = Passwords::default();
    let mut named = all.variables().filter(|(name, _)| name == "ANNA_PASSWORD");
    named
        .next()
        .map(|(_, password)| password.reveal().to_owned())
        .expect("anna has a password")
}

/// A folder without a gate file.
fn folder() -> Project {
    let project = Project::new("");
    std::fs::remove_file(project.gate()).expect("the gate file is removed");
    project
}

/// Writes down what a browser would see of a portal, as a HAR file.
struct Recorder {
    address: String,
    token: Option<String>,
    entries: Vec<Value>,
}

impl Recorder {
    fn new(portal: &RunningPortal) -> Self {
        let address = portal
            .url()
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .to_owned();
        Self {
            address,
            token: None,
            entries: Vec::new(),
        }
    }

    fn send(&mut self, method: &str, path: &str, body: Option<Value>) -> Value {
        let mut headers = vec![
            ("Host", self.address.clone()),
            ("User-Agent", "Mozilla/5.0".to_owned()),
            ("Accept", "*/*".to_owned()),
        ];
        if let Some(token) = &self.token {
            headers.push(("Authorization", format!("Bearer {token}")));
        }
        let text = body.as_ref().map(Value::to_string).unwrap_or_default();
        if body.is_some() {
            headers.push(("Content-Type", "application/json".to_owned()));
        }
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n",
            text.len()
        );
        for (name, value) in &headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut stream = TcpStream::connect(&self.address).expect("the portal listens");
        stream
            .write_all(format!("{request}\r\n{text}").as_bytes())
            .expect("the request is sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("the portal answers");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, content) = answer.split_once("\r\n\r\n").expect("an answer has a head");
        let mut lines = head.lines();
        let status: u16 = lines
            .next()
            .and_then(|line| line.split(' ').nth(1)?.parse().ok())
            .expect("a status");
        let received: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let mime = received
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let pairs = |all: &[(String, String)]| -> Value {
            all.iter()
                .map(|(name, value)| json!({ "name": name, "value": value }))
                .collect()
        };
        let sent: Vec<(String, String)> = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        self.entries.push(json!({
            "startedDateTime": format!("2026-11-27T10:00:{:02}.000Z", self.entries.len()),
            "request": {
                "method": method, "url": format!("http://{}{path}", self.address), "headers": pairs(&sent),
                "postData": body.as_ref().map(|_| json!({ "mimeType": "application/json", "text": text })),
            },
            "response": {
                "status": status, "headers": pairs(&received),
                "content": { "mimeType": mime.map_or("", |(_, value)| value), "text": content },
            },
        }));
        serde_json::from_str(content).unwrap_or_default()
    }

    fn har(&self) -> String {
        json!({ "log": { "version": "1.2", "creator": { "name": "test", "version": "1" }, "entries": self.entries } }).to_string()
    }
}

/// A journey of a member, as it is recorded.
fn recorded(portal: &RunningPortal) -> String {
    let mut recorder = Recorder::new(portal);
    recorder.send("GET", "/", None);
    recorder.send("GET", "/assets/portal.js", None);
    let login = recorder.send(
        "POST",
        "/api/login",
        Some(json!({ "email": "anna@acme.example", "password": password() })),
    );
    recorder.token = login["token"].as_str().map(str::to_owned);
    recorder.send("GET", "/api/me", None);
    let record = recorder.send(
        "POST",
        "/api/records",
        Some(json!({ "title": "Roof repair", "amount": 4200 })),
    );
    let id = record["id"]
        .as_str()
        .map_or_else(|| record["id"].to_string(), str::to_owned);
    recorder.send("GET", "/api/records", None);
    recorder.send("GET", "/api/search?q=Roof%20repair", None);
    recorder.send("GET", &format!("/api/records/{id}"), None);
    recorder.send(
        "PATCH",
        &format!("/api/records/{id}"),
        Some(json!({ "title": "Roof repair" })),
    );
    recorder.send("DELETE", &format!("/api/records/{id}"), None);
    recorder.send("GET", &format!("/api/records/{id}"), None);
    recorder.har()
}

/// Runs the gate file that was imported, with what it asks for.
fn run(project: &Project, portal: &RunningPortal) -> Ran {
    let password = password();
    let url = portal.url();
    let variables = [
        ("ANNA_PASSWORD", password.as_str()),
        ("USER_EMAIL", "anna@acme.example"),
        ("USER_PASSWORD", &password),
        ("PASSWORD", &password),
        ("BASE_URL", &*url),
        ("BASE", &*url),
        ("PORTAL_URL", &*url),
    ];
    project.run_with(&variables, &["--all"]).0
}

/// Lets a gate file that was recorded at one portal judge another.
fn aim(project: &Project, from: &RunningPortal, at: &RunningPortal) {
    let text = std::fs::read_to_string(project.gate()).expect("there is a gate file");
    project.write("tidegate.yaml", text.replace(&from.url(), &at.url()));
}

/// Imports a file, and sees that the good portal is let out and the broken one is not.
fn judged(
    format: &str,
    file: &str,
    text: &str,
    recorded_at: &RunningPortal,
    broken: Break,
) -> String {
    let project = folder();
    project.write(file, text);
    let ran = project.tidegate(&["import", format, file, "--output", "tidegate.yaml"]);
    ran.expect(0).never_says(&password());
    let gate = std::fs::read_to_string(project.gate()).expect("the gate file is written");
    assert!(!gate.contains(&password()), "{gate}");
    let good = portal(&[]);
    aim(&project, recorded_at, &good);
    run(&project, &good).expect(0);
    let bad = portal(&[broken]);
    aim(&project, &good, &bad);
    run(&project, &bad).expect(1);
    gate
}

#[test]
fn a_recording_of_the_portal_passes_there_and_stops_a_regression() {
    let source = portal(&[]);
    let gate = judged(
        "har",
        "portal.har",
        &recorded(&source),
        &source,
        Break::SearchEmpty,
    );
    for part in [
        "anna:",
        "bearer: $.token",
        "cleanup:",
        "${record}",
        "contains: \"${record}\"",
    ] {
        assert!(gate.contains(part), "{part} is missing in\n{gate}");
    }
}

const HURL: &str = r#"POST {{base_url}}/api/login
{ "email": "anna@acme.example", "password": "{{password}}" }
HTTP 200
[Captures]
token: jsonpath "$.token"

# create a record
POST {{base_url}}/api/records
Authorization: Bearer {{token}}
{ "title": "From Hurl {{newUuid}}" }
HTTP 201
[Captures]
record: jsonpath "$.id"
[Asserts]
jsonpath "$.title" startsWith "From Hurl"

# find it
GET {{base_url}}/api/search
Authorization: Bearer {{token}}
[Query]
q: From Hurl
HTTP 200
[Asserts]
jsonpath "$.items[*].id" includes "{{record}}"

DELETE {{base_url}}/api/records/{{record}}
Authorization: Bearer {{token}}
HTTP 204
"#;

#[test]
fn a_hurl_file_for_the_portal_passes_there_and_stops_a_regression() {
    let source = portal(&[]);
    let gate = judged("hurl", "portal.hurl", HURL, &source, Break::SearchEmpty);
    assert!(
        gate.contains("cleanup:") && gate.contains("bearer: $.token"),
        "{gate}"
    );
}

#[test]
fn a_postman_collection_for_the_portal_passes_there_and_stops_a_regression() {
    let source = portal(&[]);
    let test = |lines: &[&str]| json!([{ "listen": "test", "script": { "exec": lines } }]);
    let raw = |value: Value| json!({ "mode": "raw", "raw": value.to_string(), "options": { "raw": { "language": "json" } } });
    let collection = json!({
        "info": { "name": "Portal", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
        "variable": [{ "key": "base_url", "value": source.url() }],
        "auth": { "type": "bearer", "bearer": [{ "key": "token", "value": "{{token}}" }] },
        "item": [
            { "name": "Log in", "event": test(&["pm.response.to.have.status(200);", "pm.environment.set('token', pm.response.json().token);"]),
              "request": { "method": "POST", "auth": { "type": "noauth" }, "url": "{{base_url}}/api/login",
                "body": raw(json!({ "email": "anna@acme.example", "password": "{{password}}" })) } },
            { "name": "Records", "item": [
                { "name": "Create", "event": test(&["pm.test('created', () => { pm.response.to.have.status(201); });", "const data = pm.response.json();", "pm.environment.set('record', data.id);"]),
                  "request": { "method": "POST", "url": "{{base_url}}/api/records", "body": raw(json!({ "title": "Postman {{$guid}}" })) } },
                { "name": "Search", "event": test(&["pm.response.to.have.status(200);", "pm.expect(pm.response.json().items).to.not.be.empty;"]),
                  "request": { "method": "GET", "url": { "raw": "{{base_url}}/api/search?q=Postman", "query": [{ "key": "q", "value": "Postman" }] } } },
                { "name": "Delete", "event": test(&["pm.response.to.have.status(204);"]),
                  "request": { "method": "DELETE", "url": "{{base_url}}/api/records/{{record}}" } },
            ] },
        ],
    });
    judged(
        "postman",
        "portal.json",
        &collection.to_string(),
        &source,
        Break::SearchEmpty,
    );
}

#[test]
fn curl_commands_for_the_portal_pass_there_and_stop_a_regression() {
    let source = portal(&[]);
    let commands = format!(
        "BASE={}\nTOKEN=$(curl -s $BASE/api/login --json '{{\"email\":\"anna@acme.example\",\"password\":\"{}\"}}' | jq -r .token)\n\
         ID=$(curl -s $BASE/api/records -H \"Authorization: Bearer $TOKEN\" --json '{{\"title\":\"From curl\"}}' | jq -r .id)\n\
         curl \"$BASE/api/records/$ID\" -H \"Authorization: Bearer $TOKEN\"\n\
         curl -X DELETE \"$BASE/api/records/$ID\" -H \"Authorization: Bearer $TOKEN\"\n",
        source.url(),
        password()
    );
    judged("curl", "portal.sh", &commands, &source, Break::Create500);
}

#[test]
fn the_document_of_the_portal_becomes_checks_that_pass_there() {
    let project = folder();
    let document = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/examples/client-portal/src/openapi.json"
    );
    project.write(
        "openapi.json",
        std::fs::read(document).expect("the document"),
    );
    let ran = project.tidegate(&[
        "import",
        "openapi",
        "openapi.json",
        "--output",
        "tidegate.yaml",
    ]);
    ran.expect(0);
    let gate = std::fs::read_to_string(project.gate()).expect("the gate file is written");
    for part in [
        "contract: {}",
        "rejects: {}",
        "record-journey:",
        "bearer: $.token",
        "openapi: openapi.json",
    ] {
        assert!(gate.contains(part), "{part} is missing in\n{gate}");
    }
    let good = portal(&[]);
    run(&project, &good).expect(0);
}

#[test]
fn an_import_adds_to_a_gate_file_and_leaves_the_rest_as_it_is() {
    let gate = "version: 1\nname: test # ours\nenvironments:\n  local: { kind: local, url: \"http://127.0.0.1:1\" }\n\nchecks:\n  command: # taken\n    flow: [{ get: / }]\n\n# the end\n";
    let project = Project::new(gate);
    let command = "curl -u mia:correct-horse http://127.0.0.1:1/me";
    let ran = project.tidegate(&["import", "curl", command, "--into", "tidegate.yaml"]);
    ran.expect(0)
        .says("Added to tidegate.yaml: command-2.")
        .says("In the file its requests go to http://127.0.0.1:1")
        .says("Set MIA_PASSWORD before it runs")
        .never_says("correct-horse");
    let text = std::fs::read_to_string(project.gate()).expect("the gate file");
    assert!(
        text.starts_with("version: 1\nname: test # ours\n") && text.contains("# the end\n"),
        "{text}"
    );
    assert!(
        text.contains("  command-2:\n    as: mia\n") && text.contains("identities:\n  mia:"),
        "{text}"
    );
    assert!(!text.contains("correct-horse"), "{text}");
    project.tidegate(&["plan"]).expect(0);
    let flow = "version: 1\nname: test\nenvironments: {}\nchecks: { a: { flow: [{ get: / }] } }\n";
    project.write("tidegate.yaml", flow);
    let ran = project.tidegate(&["import", command, "--into", "tidegate.yaml"]);
    ran.expect(2)
        .says("left as it is, because its `checks:` are written in one line")
        .says("Add this to it");
    assert_eq!(
        std::fs::read_to_string(project.gate()).expect("the gate file"),
        flow
    );
}

#[test]
fn what_cannot_be_imported_says_why_and_writes_nothing() {
    let project = folder();
    project.write("cut.har", "{\"log\": {\"entries\": [{\"request\":");
    project.write("notes.txt", "hello");
    project.write("there.yaml", "kept");
    for (arguments, says) in [
        (
            &["import", "cut.har", "--output", "new.yaml"][..],
            "cut.har:1:32: the file ends too early",
        ),
        (
            &["import", "har", "missing.har"],
            "missing.har cannot be read",
        ),
        (
            &["import", "notes.txt"],
            "none of curl, HAR, Postman, Hurl and OpenAPI",
        ),
        (&["import", "har"], "no file is named"),
        (
            &["import", "curl", "curl 'http://x"],
            "a quote ' is opened here",
        ),
        (
            &["import", "curl http://x", "--origin", "x"],
            "`x` is no origin",
        ),
        (
            &["import", "curl http://x", "--output", "there.yaml"],
            "there.yaml is there already",
        ),
        (
            &["import", "curl http://x", "--into", "gone.yaml"],
            "gone.yaml cannot be used",
        ),
        (
            &["import", "har", "a.har", "b.har"],
            "several files are named",
        ),
    ] {
        project
            .tidegate(arguments)
            .expect(2)
            .says(says)
            .never_says("panicked");
    }
    assert!(!project.path().join("new.yaml").exists());
    assert_eq!(
        std::fs::read_to_string(project.path().join("there.yaml")).expect("it is kept"),
        "kept"
    );
}

#[test]
fn standard_input_is_read() {
    let project = folder();
    let mut command = project.command(&["import", "-"]);
    command
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut child = command.spawn().expect("the binary starts");
    child
        .stdin
        .take()
        .expect("its input")
        .write_all(b"curl https://acme.example/health")
        .expect("it reads");
    let ran = Ran::of(child.wait_with_output().expect("it ends"));
    ran.expect(0)
        .says("get: /health")
        .says("Read curl commands with 1 request");
}

/// Loads a gate file that was made, as the program would.
#[track_caller]
fn loads(gate: &str, what: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("tidegate.yaml");
    std::fs::write(&path, gate).expect("the gate file is written");
    let mut builder = tidegate::Gate::builder(&path);
    let names = gate.split(['$', '{', '}', ' ', ':', '\n']).filter(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    });
    for name in names.collect::<std::collections::BTreeSet<_>>() {
        builder = builder.variable(name, "http://127.0.0.1:1");
    }
    if let Err(error) = builder.load() {
        panic!("{what}: {error}: {:?}\n{gate}", error.diagnostics());
    }
}

#[test]
fn published_files_become_gate_files_that_load() {
    let Some(folder) = std::env::var_os("TIDEGATE_IMPORTS") else {
        eprintln!(
            "skipped: TIDEGATE_IMPORTS does not name the folder that tests/imports/fetch.mjs made"
        );
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    let listed = std::fs::read_to_string(folder.join("files.txt")).expect("files.txt");
    let (mut made, mut refused) = (0, Vec::new());
    for line in listed.lines() {
        let (format, path) = line.split_once('\t').expect("a format and a path");
        let format = Format::ALL
            .iter()
            .find(|(name, _)| *name == format)
            .map(|(_, format)| *format);
        let bytes = std::fs::read(folder.join(path)).expect("a file of the list");
        let files = LocalFiles::new(&folder);
        let source = Source {
            name: path,
            bytes: &bytes,
        };
        let input = Input {
            format,
            sources: &[source],
            environment: None,
            origins: &[],
            files: &files,
        };
        match import(&input, &Taken::default()) {
            Ok(imported) => {
                made += 1;
                if imported.document.is_none() {
                    loads(&imported.gate, path);
                }
            }
            Err(error) => refused.push(format!("{path}: {error}")),
        }
    }
    eprintln!(
        "{made} of {} files became gate files; not:\n{}",
        listed.lines().count(),
        refused.join("\n")
    );
    assert!(made > refused.len(), "{}", refused.join("\n"));
}
