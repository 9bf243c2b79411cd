use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

use tokio::io::AsyncWriteExt;

use super::{Behaviour, Hostile, RefusingPort, secret_forms};
use crate::client;

/// Asks for a behaviour and reads at most `limit` bytes of what comes.
fn first_bytes(server: &Hostile, behaviour: Behaviour, limit: usize) -> Vec<u8> {
    let mut stream = client::connect(server.address());
    write!(
        stream,
        "GET {} HTTP/1.1\r\nhost: a\r\n\r\n",
        behaviour.path()
    )
    .unwrap();
    let mut bytes = Vec::new();
    stream.take(limit as u64).read_to_end(&mut bytes).unwrap();
    bytes
}

fn whole(server: &Hostile, behaviour: Behaviour) -> (Vec<u8>, std::io::Result<usize>) {
    let request = format!("GET {} HTTP/1.1\r\nhost: a\r\n\r\n", behaviour.path());
    client::exchange(server.address(), &request)
}

#[test]
fn every_path_selects_its_behaviour_and_no_two_share_one() {
    for &behaviour in Behaviour::ALL {
        assert_eq!(Behaviour::of_path(behaviour.path()), Some(behaviour));
    }
    assert_eq!(Behaviour::of_path("/"), None);
}

#[test]
fn records_requests_with_and_without_a_body() {
    let server = Hostile::start();
    client::send(
        server.address(),
        "POST",
        "/fine?a=1",
        &[("authorization", "Bearer t")],
        "x=1",
    );
    let (chunked, _) = client::exchange(
        server.address(),
        "POST /fine HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    );
    assert!(chunked.ends_with(b"{\"ok\":true}"));
    assert_eq!(client::get(server.address(), "/unknown").status, 404);
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!((requests[0].path(), requests[0].query()), ("/fine", "a=1"));
    assert_eq!(requests[0].header("Authorization"), Some("Bearer t"));
    assert_eq!(requests[0].body, b"x=1");
    assert_eq!(requests[1].text(), "3\r\nabc\r\n0\r\n\r\n");
}

#[tokio::test]
async fn finds_the_end_of_a_head_that_comes_in_pieces() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut client = tokio::net::TcpStream::connect(listener.local_addr().unwrap())
        .await
        .unwrap();
    let (mut accepted, _) = listener.accept().await.unwrap();
    let reading = tokio::spawn(async move { super::wire::read_request(&mut accepted).await });
    for byte in b"POST /fine HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc" {
        client.write_u8(*byte).await.unwrap();
        // Lets the reader see this byte before the next one is there.
        tokio::task::yield_now().await;
    }
    drop(client);
    let request = reading.await.unwrap().unwrap().unwrap();
    assert_eq!(
        (request.path(), request.body.as_slice()),
        ("/fine", b"abc".as_slice())
    );
}

#[test]
fn resets_in_the_middle_of_the_body() {
    let (bytes, end) = whole(&Hostile::start(), Behaviour::Reset);
    assert!(bytes.starts_with(b"HTTP/1.1 200 OK\r\n"));
    assert!(bytes.ends_with(b"aaa"));
    assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[test]
fn lies_about_the_length() {
    let server = Hostile::start();
    let answer = client::get(server.address(), Behaviour::ShortBody.path());
    assert_eq!(
        (answer.header("content-length"), answer.body.len()),
        (Some("100"), 10)
    );
    let (bytes, _) = whole(&server, Behaviour::DuplicateLength);
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("content-length: 5\r\n") && text.contains("content-length: 10\r\n"));
    assert!(whole(&server, Behaviour::Lost).0.is_empty());
    assert!(whole(&server, Behaviour::NotHttp).0.starts_with(b"SSH-2.0"));
}

#[test]
fn announces_and_sends_a_huge_body() {
    let server = Hostile::start();
    let bytes = first_bytes(&server, Behaviour::Huge, 5_000_000);
    assert_eq!(bytes.len(), 5_000_000);
    assert!(String::from_utf8_lossy(&bytes[..200]).contains("content-length: 1000000000\r\n"));
    let bytes = first_bytes(&server, Behaviour::HugeChunked, 5_000_000);
    assert_eq!(bytes.len(), 5_000_000);
    let start = String::from_utf8_lossy(&bytes[..200]).into_owned();
    assert!(start.contains("transfer-encoding: chunked\r\n\r\nc350\r\naaa"));
}

#[test]
fn sends_the_bomb_as_gzip() {
    let answer = client::get(Hostile::start().address(), Behaviour::GzipBomb.path());
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    assert!(answer.body.starts_with(&[0x1f, 0x8b]));
}

#[test]
fn redirects_without_end_and_off_the_origin() {
    let server = Hostile::start();
    let answer = client::get(server.address(), "/redirect-loop?hop=7");
    assert_eq!(
        (answer.status, answer.header("location")),
        (302, Some("/redirect-loop?hop=8"))
    );
    let url = server.redirect_to("http://other.example/a?b=c&d");
    let target = url.strip_prefix(server.url()).unwrap();
    let answer = client::get(server.address(), &format!("{target}&status=307"));
    assert_eq!(answer.status, 307);
    assert_eq!(
        answer.header("location"),
        Some("http://other.example/a?b=c&d")
    );
}

#[test]
fn stays_silent_to_http_and_to_tls() {
    let server = Hostile::start();
    let mut asked = client::connect(server.address());
    asked.write_all(b"GET /silent HTTP/1.1\r\n\r\n").unwrap();
    let mut greeted = client::connect(server.address());
    greeted.write_all(b"\x16\x03\x01\x02\x00\x01").unwrap();
    while server.requests().is_empty() {
        std::thread::yield_now();
    }
    for stream in [&mut asked, &mut greeted] {
        stream.set_nonblocking(true).unwrap();
        assert_eq!(
            stream.read(&mut [0; 1]).unwrap_err().kind(),
            ErrorKind::WouldBlock
        );
    }
}

#[test]
fn trickles_headers_and_drips_a_body() {
    let server = Hostile::start();
    let head = first_bytes(&server, Behaviour::TrickleHeaders, 60);
    let head = String::from_utf8(head).unwrap();
    assert!(head.contains("x-trickle: 1\r\nx-trickle: 1\r\n") && !head.contains("\r\n\r\n"));
    let bytes = first_bytes(&server, Behaviour::DripBody, 75);
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-length: 1000000000"));
    assert!(
        body.len() > 2 && body.bytes().all(|byte| byte == b'a'),
        "{body:?}"
    );
}

#[test]
fn sends_content_that_is_not_what_it_claims() {
    let server = Hostile::start();
    let answer = client::get(server.address(), Behaviour::InvalidJson.path());
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert!(serde_json::from_slice::<serde_json::Value>(&answer.body).is_err());
    let answer = client::get(server.address(), Behaviour::Binary.path());
    assert_eq!(answer.body.len(), 256);
    let answer = client::get(server.address(), Behaviour::InvalidText.path());
    assert!(String::from_utf8(answer.body).is_err());
}

#[test]
fn sends_headers_no_client_should_keep() {
    let server = Hostile::start();
    let answer = client::get(server.address(), Behaviour::GiganticHeader.path());
    assert_eq!(answer.header("x-gigantic").map(str::len), Some(1 << 20));
    let (bytes, _) = whole(&server, Behaviour::ManyHeaders);
    assert_eq!(
        String::from_utf8(bytes)
            .unwrap()
            .matches("x-many: 1\r\n")
            .count(),
        10_000
    );
    let (bytes, _) = whole(&server, Behaviour::InvalidHeader);
    assert!(String::from_utf8(bytes).is_err());
}

#[test]
fn echoes_headers_as_pairs() {
    let server = Hostile::start();
    let path = Behaviour::EchoHeaders.path();
    let answer = client::send(
        server.address(),
        "GET",
        path,
        &[("x-a", "1"), ("x-a", "2")],
        "",
    );
    let pairs = answer.json();
    let pairs = pairs.as_array().unwrap();
    assert!(pairs.contains(&serde_json::json!(["x-a", "1"])));
    assert!(pairs.contains(&serde_json::json!(["x-a", "2"])));
}

#[test]
fn leaks_the_secret_in_every_form() {
    let server = Hostile::start();
    let path = Behaviour::LeakSecret.path();
    let headers = [("authorization", "Bearer s<e>cret\"1")];
    let from_header = client::send(server.address(), "GET", path, &headers, "").text();
    let from_query = client::get(server.address(), "/leak-secret?value=s%3Ce%3Ecret%221").text();
    assert_eq!(from_header, from_query);
    for (name, form) in secret_forms("s<e>cret\"1") {
        assert!(from_header.contains(&format!("{name}: {form}\n")), "{name}");
    }
}

#[test]
fn sends_commands_and_escapes() {
    let server = Hostile::start();
    let commands = client::get(server.address(), Behaviour::WorkflowCommands.path()).text();
    for line in ["::error ", "##[error]", "##vso[", "\r::warning::"] {
        assert!(commands.contains(line), "{line:?}");
    }
    let escapes = client::get(server.address(), Behaviour::TerminalEscapes.path()).text();
    for sequence in ["\u{1b}[2J", "\u{1b}]0;", "\u{1b}]52;", "\u{9b}", "\u{202e}"] {
        assert!(escapes.contains(sequence), "{sequence:?}");
    }
}

#[test]
fn is_unstable_per_target_and_then_well() {
    let server = Hostile::start();
    let url = server.unstable(2);
    let target = url.strip_prefix(server.url()).unwrap();
    let statuses = [0; 4].map(|_| client::get(server.address(), target).status);
    assert_eq!(statuses, [503, 503, 200, 200]);
    let other = client::get(server.address(), "/unstable?failures=1&other");
    assert_eq!(other.status, 503);
}

#[test]
fn a_refusing_port_refuses_and_keeps_its_place() {
    let port = RefusingPort::take();
    let refused = TcpStream::connect(port.address()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    assert!(std::net::TcpListener::bind(port.address()).is_err());
    assert!(port.url().starts_with("http://127.0.0.1:"));
}
