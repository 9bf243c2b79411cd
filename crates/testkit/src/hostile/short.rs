//! Answers that end: malformed, misleading or harmful in what they say.

use std::io;

use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{Behaviour, Shared, secret_forms, wire};
use crate::recorder::RecordedRequest;

const JSON: (&str, &str) = ("content-type", "application/json");
const TEXT: (&str, &str) = ("content-type", "text/plain; charset=utf-8");
const BINARY: (&str, &str) = ("content-type", "application/octet-stream");

/// The size of the gigantic header's value in bytes.
const GIGANTIC: usize = 1 << 20;

/// How many headers "many" are.
const MANY: usize = 10_000;

/// Lines that GitHub Actions, Azure Pipelines and TeamCity act upon when a job prints them.
const WORKFLOW_COMMANDS: &str = "::error file=gate.yaml,line=1::forged\n\
    ::add-mask::a\n::stop-commands::resume\n::set-output name=verdict::allow\n\
    ##[error]forged\n##[group]hidden\n##vso[task.complete result=Succeeded;]forged\n\
    ##teamcity[buildStatus status='SUCCESS' text='forged']\n\
    text before\r::warning::after a carriage return\n%0A::error::after an encoded line feed\n";

/// Colour, erase, cursor, title, hyperlink and clipboard sequences (ECMA-48), and a lone C1 CSI.
const TERMINAL_ESCAPES: &str = "\u{1b}[31mred\u{1b}[2J\u{1b}[1;1Htop\
    \u{1b}]0;forged title\u{7}\u{1b}]8;;https://other.example\u{1b}\\link\u{1b}]8;;\u{1b}\\\
    \u{1b}]52;c;Zm9yZ2Vk\u{7}\u{9b}32mgreen\u{8}\u{8}\u{7f}\r\u{202e}desrever\n";

/// Sends a part of the body, then a TCP reset in place of the rest.
pub(super) async fn reset(mut stream: TcpStream) -> io::Result<()> {
    let mut bytes = wire::head("200 OK", &[TEXT, ("content-length", "100000")]);
    bytes.extend([b'a'; 1000]);
    stream.write_all(&bytes).await?;
    // Closing without lingering discards the connection's state: the peer gets RST, not FIN.
    stream.set_zero_linger()
}

/// Announces more than it sends.
pub(super) async fn short_body(mut stream: TcpStream) -> io::Result<()> {
    let mut bytes = wire::head("200 OK", &[TEXT, ("content-length", "100")]);
    bytes.extend(b"only these");
    stream.write_all(&bytes).await?;
    stream.shutdown().await
}

/// Announces two different lengths.
pub(super) async fn duplicate_length(mut stream: TcpStream) -> io::Result<()> {
    let lengths = [TEXT, ("content-length", "5"), ("content-length", "10")];
    let mut bytes = wire::head("200 OK", &lengths);
    bytes.extend(b"0123456789");
    stream.write_all(&bytes).await?;
    stream.shutdown().await
}

/// Answers as a server of another protocol would.
pub(super) async fn not_http(mut stream: TcpStream) -> io::Result<()> {
    stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n").await?;
    stream.shutdown().await
}

/// Sends one header that is larger than any client should hold.
pub(super) async fn gigantic_header(stream: TcpStream) -> io::Result<()> {
    let value = "a".repeat(GIGANTIC);
    wire::send(stream, "200 OK", &[TEXT, ("x-gigantic", &value)], b"small").await
}

/// Sends more headers than any client should keep.
pub(super) async fn many_headers(stream: TcpStream) -> io::Result<()> {
    let headers = vec![("x-many", "1"); MANY];
    wire::send(stream, "200 OK", &headers, b"small").await
}

/// Sends a header value in Latin-1 with a stray continuation byte.
pub(super) async fn invalid_header(mut stream: TcpStream) -> io::Result<()> {
    let mut bytes = b"HTTP/1.1 200 OK\r\nconnection: close\r\nx-name: J\xfcrgen\x80\r\n".to_vec();
    bytes.extend(b"content-length: 2\r\n\r\nok");
    stream.write_all(&bytes).await?;
    stream.shutdown().await
}

/// Sends an answer that is well-formed HTTP and whose content is the trouble.
pub(super) async fn answer(
    behaviour: Behaviour,
    stream: TcpStream,
    request: &RecordedRequest,
    shared: &Shared,
) -> io::Result<()> {
    match behaviour {
        Behaviour::RedirectLoop => redirect_loop(stream, request).await,
        Behaviour::RedirectTo => redirect_to(stream, request).await,
        Behaviour::Unstable => unstable(stream, request, shared).await,
        _ => {
            let (media_type, body) = content(behaviour, request);
            wire::send(stream, "200 OK", &[media_type], &body).await
        }
    }
}

fn content(
    behaviour: Behaviour,
    request: &RecordedRequest,
) -> ((&'static str, &'static str), Vec<u8>) {
    match behaviour {
        Behaviour::InvalidJson => (JSON, br#"{"items": [1, 2, "#.to_vec()),
        Behaviour::Binary => (BINARY, (0..=u8::MAX).collect()),
        Behaviour::InvalidText => (TEXT, b"caf\xe9 \xff\xfe \xc3\x28 end".to_vec()),
        Behaviour::EchoHeaders => (JSON, json!(request.headers).to_string().into_bytes()),
        Behaviour::LeakSecret => (TEXT, leak(request).into_bytes()),
        Behaviour::WorkflowCommands => (TEXT, WORKFLOW_COMMANDS.into()),
        Behaviour::TerminalEscapes => (TEXT, TERMINAL_ESCAPES.into()),
        _ => (JSON, json!({ "ok": true }).to_string().into_bytes()),
    }
}

fn leak(request: &RecordedRequest) -> String {
    let header = request.header("authorization");
    let credential = header.map(|value| value.split_once(' ').map_or(value, |(_, rest)| rest));
    let secret = credential
        .map(str::to_owned)
        .or_else(|| request.query_value("value"));
    let forms = secret_forms(&secret.unwrap_or_default());
    forms
        .iter()
        .map(|(name, form)| format!("{name}: {form}\n"))
        .collect()
}

async fn redirect_loop(stream: TcpStream, request: &RecordedRequest) -> io::Result<()> {
    let hop = request
        .query_value("hop")
        .and_then(|hop| hop.parse::<u32>().ok())
        .unwrap_or(0);
    let next = format!(
        "{}?hop={}",
        Behaviour::RedirectLoop.path(),
        hop.saturating_add(1)
    );
    wire::send(stream, "302 Found", &[("location", &next)], b"").await
}

async fn redirect_to(stream: TcpStream, request: &RecordedRequest) -> io::Result<()> {
    let status = request
        .query_value("status")
        .unwrap_or_else(|| "302".to_owned());
    // A decoded line break would let a test's URL write headers of its own.
    let location = request
        .query_value("url")
        .unwrap_or_default()
        .replace(['\r', '\n'], "");
    wire::send(
        stream,
        &format!("{status} Redirect"),
        &[("location", &location)],
        b"",
    )
    .await
}

async fn unstable(stream: TcpStream, request: &RecordedRequest, shared: &Shared) -> io::Result<()> {
    let failures = request
        .query_value("failures")
        .and_then(|count| count.parse().ok());
    let earlier = shared.earlier_attempts(&request.target);
    if earlier < failures.unwrap_or(1) {
        let body = json!({ "error": "try again" }).to_string();
        wire::send(stream, "503 Service Unavailable", &[JSON], body.as_bytes()).await
    } else {
        let body = json!({ "attempt": earlier + 1 }).to_string();
        wire::send(stream, "200 OK", &[JSON], body.as_bytes()).await
    }
}
