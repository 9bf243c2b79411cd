//! Reading a request and writing an answer on a bare connection (HTTP/1.1, RFC 9112).

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::recorder::{BODY_LIMIT, RecordedRequest};

/// The most bytes of a request head that are read.
const HEAD_LIMIT: usize = 1 << 20;

/// Reads one request; `None` when the client hangs up, exceeds a bound or does not speak HTTP.
///
/// A chunked body is kept with its framing.
///
/// # Errors
/// Those of the connection.
pub(super) async fn read_request(stream: &mut TcpStream) -> io::Result<Option<RecordedRequest>> {
    let Some((head, mut rest)) = read_until(stream, Vec::new(), b"\r\n\r\n", HEAD_LIMIT).await?
    else {
        return Ok(None);
    };
    let Some(mut request) = parse_head(&head) else {
        return Ok(None);
    };
    let chunked = request
        .header("transfer-encoding")
        .is_some_and(|coding| coding == "chunked");
    if chunked {
        let body = read_until(stream, rest, b"\r\n0\r\n\r\n", BODY_LIMIT).await?;
        request.body = body.map(|(body, _)| body).unwrap_or_default();
    } else {
        let length = request
            .header("content-length")
            .and_then(|length| length.parse().ok());
        read_exactly(stream, &mut rest, length.unwrap_or(0).min(BODY_LIMIT)).await?;
        request.body = rest;
    }
    Ok(Some(request))
}

/// Reads until a delimiter; returns what ends with it and what came after it.
async fn read_until(
    stream: &mut TcpStream,
    mut buffer: Vec<u8>,
    delimiter: &[u8],
    limit: usize,
) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let mut searched = 0;
    loop {
        let unseen = &buffer[searched..];
        let found = unseen
            .windows(delimiter.len())
            .position(|window| window == delimiter);
        if let Some(start) = found {
            let rest = buffer.split_off(searched + start + delimiter.len());
            return Ok(Some((buffer, rest)));
        }
        // The next read may complete a delimiter that has come in half.
        searched = buffer.len().saturating_sub(delimiter.len());
        if buffer.len() >= limit || stream.read_buf(&mut buffer).await? == 0 {
            return Ok(None);
        }
    }
}

/// Reads until the buffer holds `length` bytes and drops what is beyond.
async fn read_exactly(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
    length: usize,
) -> io::Result<()> {
    while buffer.len() < length && stream.read_buf(buffer).await? > 0 {}
    buffer.truncate(length);
    Ok(())
}

fn parse_head(head: &[u8]) -> Option<RecordedRequest> {
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let headers = lines.filter_map(|line| line.split_once(':'));
    version.starts_with("HTTP/1.").then(|| RecordedRequest {
        method: method.to_owned(),
        target: target.to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect(),
        body: Vec::new(),
    })
}

/// Sends a complete answer and ends the connection in an orderly way.
///
/// # Errors
/// Those of the connection.
pub(super) async fn send(
    mut stream: TcpStream,
    status: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> io::Result<()> {
    let length = body.len().to_string();
    let mut bytes = head(status, headers);
    bytes.truncate(bytes.len() - 2);
    bytes.extend(format!("content-length: {length}\r\n\r\n").bytes());
    bytes.extend(body);
    stream.write_all(&bytes).await?;
    stream.shutdown().await
}

/// Writes the head of an answer, the empty line included.
pub(super) fn head(status: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    head.into_bytes()
}
