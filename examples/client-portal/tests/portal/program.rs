//! The program itself: its output, its errors, its log, its end.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tidegate_client_portal::Break;

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_client-portal"));
    command
        .env_remove("PORTAL_PASSWORD_ANNA")
        .stdin(Stdio::null());
    command
}

fn output(arguments: &[&str]) -> Output {
    program().args(arguments).output().expect("run")
}

#[test]
fn the_switches_are_listed_with_what_they_do() {
    let output = output(&["--list-breaks"]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("text");
    assert_eq!(text.lines().count(), Break::ALL.len());
    for (line, one) in text.lines().zip(Break::ALL) {
        assert!(
            line.starts_with(one.name()) && line.ends_with(one.summary()),
            "{line}"
        );
    }
}

#[test]
fn an_unknown_switch_is_an_error_with_the_nearest_name() {
    let output = output(&["--break", "flaky-lits"]);
    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr).expect("text");
    assert!(text.contains("did you mean `flaky-list`?"), "{text}");
}

#[test]
fn a_folder_that_cannot_be_used_is_an_error_in_one_line() {
    let file = tempfile::NamedTempFile::new().expect("file");
    let output = output(&["--data", &file.path().join("x").to_string_lossy()]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stderr).expect("text");
    assert!(
        text.starts_with("error: cannot write to the data folder"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[cfg(unix)]
#[test]
fn it_prints_its_address_logs_json_and_ends_on_a_signal() {
    let mut command = program();
    command
        .env("PORTAL_PASSWORD_ANNA", "a chosen password")
        .args(["--environment", "staging"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("start");
    let mut line = String::new();
    let output = child.stdout.take().expect("output");
    BufReader::new(output).read_line(&mut line).expect("line");
    let url = line
        .trim_end()
        .strip_prefix("listening on ")
        .expect("address")
        .to_owned();
    let answer = exchange(&url, "GET /health HTTP/1.1\r\nx-request-id: run-7\r\n");
    assert!(answer.contains("\"environment\":\"staging\""), "{answer}");
    let body = r#"{"email":"anna@acme.example","password":"a chosen password"}"#;
    let head =
        "POST /api/login HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 60\r\n";
    assert_eq!(body.len(), 60);
    let answer = exchange_with(&url, head, body);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    end(&child);
    assert!(child.wait().expect("end").success());
    let mut log = String::new();
    child
        .stderr
        .take()
        .expect("log")
        .read_to_string(&mut log)
        .expect("log");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect("each line is JSON"))
        .collect();
    assert_eq!(
        (&lines[0]["request_id"], &lines[0]["status"]),
        (&"run-7".into(), &200.into())
    );
    assert_eq!(lines[1]["path"], "/api/login");
    assert!(
        !log.contains("chosen password") && !log.contains("anna@"),
        "{log}"
    );
}

#[cfg(unix)]
fn exchange(url: &str, head: &str) -> String {
    exchange_with(url, head, "")
}

#[cfg(unix)]
fn exchange_with(url: &str, head: &str, body: &str) -> String {
    use std::io::Write as _;
    let host = url.strip_prefix("http://").expect("plain HTTP");
    let mut stream = std::net::TcpStream::connect(host).expect("connect");
    write!(
        stream,
        "{head}host: {host}\r\nconnection: close\r\n\r\n{body}"
    )
    .expect("send");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answer");
    answer
}

/// Sends SIGINT, as Ctrl-C does.
#[cfg(unix)]
fn end(child: &std::process::Child) {
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(sent.expect("kill").success());
}
