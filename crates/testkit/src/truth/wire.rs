//! Requests and answers as bytes.

use std::time::Instant;

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use super::plan::Step;

/// The most bytes of a request that are read.
const LONGEST: usize = 1024 * 1024;

/// The answer to a path without a plan, after which the connection is closed.
pub(super) const NOT_FOUND: &[u8] =
    b"HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// A request that was read to its end.
pub(super) struct Request {
    pub(super) path: String,
    /// When its first byte was read.
    pub(super) first_byte: Instant,
    /// Whether it is the last one.
    pub(super) last: bool,
}

/// Reads one request; `None` when the client is done.
pub(super) async fn read(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
) -> std::io::Result<Option<Request>> {
    let mut first_byte = (!buffer.is_empty()).then(Instant::now);
    loop {
        if let Some(end) = end(buffer) {
            let request = Request {
                path: path(buffer),
                first_byte: first_byte.unwrap_or_else(Instant::now),
                last: header(&buffer[..end], "connection")
                    .is_some_and(|value| value.eq_ignore_ascii_case("close")),
            };
            buffer.drain(..end);
            return Ok(Some(request));
        }
        if buffer.len() > LONGEST || stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
        first_byte.get_or_insert_with(Instant::now);
    }
}

/// Waits until the client has closed; a client that sends more meanwhile is taken to stay.
pub(super) async fn gone(stream: &TcpStream) {
    if matches!(stream.peek(&mut [0]).await, Ok(1..)) {
        std::future::pending::<()>().await;
    }
}

/// Where the first request in the buffer ends, once it is there whole.
fn end(buffer: &[u8]) -> Option<usize> {
    let head = buffer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let length = header(&buffer[..head], "content-length").and_then(|value| value.parse().ok());
    let end = head.checked_add(length.unwrap_or(0))?;
    (end <= buffer.len()).then_some(end)
}

/// The value of a header; what stands in a body is found as well, which no test sends.
fn header<'a>(request: &'a [u8], name: &str) -> Option<&'a str> {
    let text = std::str::from_utf8(request).ok()?;
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// The path of the first request in the buffer, without its query.
fn path(buffer: &[u8]) -> String {
    let line = buffer
        .split(|byte| *byte == b'\r')
        .next()
        .unwrap_or_default();
    let target = line.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    let path = target
        .split(|byte| *byte == b'?')
        .next()
        .unwrap_or_default();
    String::from_utf8_lossy(path).into_owned()
}

/// The whole answer of a step.
pub(super) fn answer(step: &Step) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {} Planned\r\ncontent-type: text/plain\r\ncontent-length: {}\r\n\
         server-timing: app;dur={:.3}\r\nx-request-id: truth-{}\r\n\r\n",
        step.status,
        step.body,
        step.service.as_secs_f64() * 1000.0,
        step.number,
    );
    let mut answer = head.into_bytes();
    answer.resize(answer.len() + step.body, b'x');
    answer
}
