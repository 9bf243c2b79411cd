//! Candidates that the gate starts itself: ready, checked and ended; or dead, and why.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::support::{Project, Ran, codes};

/// Tells this program to be the candidate, and where.
const LISTEN: &str = "TIDEGATE_TEST_CANDIDATE";

/// The candidate of the tests below: answers 200, and ends after an answer to `/die`.
#[test]
#[ignore = "the other tests start it as a program of its own"]
fn candidate() {
    let Ok(address) = std::env::var(LISTEN) else {
        return;
    };
    let listener = TcpListener::bind(address).expect("the address is free");
    for stream in listener.incoming() {
        let mut stream = stream.expect("a connection");
        let mut request = [0; 2048];
        let read = stream.read(&mut request).unwrap_or_default();
        let answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok";
        // Whoever hung up needs no answer.
        let _ = stream.write_all(answer);
        if request[..read].starts_with(b"GET /die") {
            return;
        }
    }
}

/// An address where nothing listens.
fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").to_string()
}

fn project(address: &str, command: &str, checks: &str) -> Project {
    Project::new(&format!(
        "version: 1\nname: test\nenvironments:\n  local:\n    kind: local\n    url: http://{address}\n    \
         start:\n      command: '{command}'\n      environment: {{ API_KEY: \"${{API_KEY}}\" }}\n      \
         ready: {{ get: /health }}\n      within: 30s\nchecks:\n{checks}"
    ))
}

/// A run whose candidate is this program.
fn run_candidate(address: &str, checks: &str) -> (Ran, serde_json::Value) {
    let command = r#""$PROGRAM" --ignored --exact start::candidate; echo out of memory; exit 7"#;
    let project = project(address, command, checks);
    let mut run = project.command(&[
        "run",
        "--report",
        "terminal",
        "--report",
        "json=report.json",
    ]);
    run.env("PROGRAM", std::env::current_exe().expect("this program"))
        .env(LISTEN, address)
        .env("API_KEY", "kept-to-itself");
    let ran = Ran::of(run.output().expect("the binary runs"));
    (ran, project.report())
}

#[test]
fn a_started_candidate_is_checked_and_ended() {
    let address = free_address();
    let (ran, report) = run_candidate(
        &address,
        "  fine: { flow: [{ get: /, expect: { body: ok } }] }\n",
    );
    ran.expect(0).says("starting the candidate");
    assert_eq!(report["results"][0]["outcome"]["name"], "passed");
    assert!(TcpStream::connect(&address).is_err(), "it still listens");
}

#[test]
fn a_candidate_that_dies_under_the_checks_is_named_as_the_reason() {
    let checks = "  journey: { flow: [{ get: /die }, { get: /, retry: { every: 100ms, within: 1s }, expect: 418 }] }\n";
    let (ran, report) = run_candidate(&free_address(), checks);
    ran.expect(1)
        .says("ended with exit code 7 while")
        .says("out of memory");
    assert_eq!(codes(&report), ["flow/unreachable"]);
}

#[test]
fn a_candidate_that_never_gets_ready_shows_its_log_without_secrets() {
    let command = r#"echo "no database for $API_KEY"; exit 3"#;
    let project = project(&free_address(), command, "  fine: { flow: [{ get: / }] }\n");
    let mut run = project.command(&["run"]);
    let output = run.env("API_KEY", "kept-to-itself").output();
    Ran::of(output.expect("the binary runs"))
        .expect(3)
        .says("ended with exit code 3 before")
        .says("no database for")
        .says("preflight/start")
        .never_says("kept-to-itself");
}

#[test]
fn a_program_that_holds_the_port_is_not_taken_for_the_candidate() {
    let app = tidegate_testkit::recorder::App::start(|_| {
        tidegate_testkit::recorder::Reply::text(200, "somebody else")
    });
    let address = app.url().trim_start_matches("http://").to_owned();
    let (ran, _) = run_candidate(&address, "  fine: { flow: [{ get: / }] }\n");
    ran.expect(3).says("something answers at");
}
