//! Answers that are too long or never end.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time;

use super::{HUGE_BYTES, wire};

/// The size of a block in bytes; it divides [`HUGE_BYTES`].
const BLOCK_BYTES: usize = 50_000;

/// The block in which the huge bodies are written.
static BLOCK: [u8; BLOCK_BYTES] = [b'a'; BLOCK_BYTES];

/// How many blocks a huge body has.
const BLOCKS: u64 = HUGE_BYTES / BLOCK_BYTES as u64;

/// The pause between two pieces of a slow answer.
const PAUSE: Duration = Duration::from_millis(20);

/// Sends a huge body with its length announced.
pub(super) async fn huge(mut stream: TcpStream) -> io::Result<()> {
    let length = HUGE_BYTES.to_string();
    stream
        .write_all(&wire::head("200 OK", &[("content-length", &length)]))
        .await?;
    for _ in 0..BLOCKS {
        stream.write_all(&BLOCK).await?;
    }
    stream.shutdown().await
}

/// Sends a huge body in chunks (RFC 9112 §7.1).
pub(super) async fn huge_chunked(mut stream: TcpStream) -> io::Result<()> {
    stream
        .write_all(&wire::head("200 OK", &[("transfer-encoding", "chunked")]))
        .await?;
    let mut chunk = format!("{:x}\r\n", BLOCK.len()).into_bytes();
    chunk.extend(BLOCK);
    chunk.extend(b"\r\n");
    for _ in 0..BLOCKS {
        stream.write_all(&chunk).await?;
    }
    stream.write_all(b"0\r\n\r\n").await?;
    stream.shutdown().await
}

/// Keeps the connection open and says nothing until the client leaves.
pub(super) async fn silent(mut stream: TcpStream) -> io::Result<()> {
    let mut ignored = [0; 1024];
    while stream.read(&mut ignored).await? > 0 {}
    Ok(())
}

/// Sends headers one by one until the client leaves.
pub(super) async fn trickle_headers(mut stream: TcpStream) -> io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
    loop {
        stream.write_all(b"x-trickle: 1\r\n").await?;
        time::sleep(PAUSE).await;
    }
}

/// Sends body bytes one by one until the client leaves.
pub(super) async fn drip_body(mut stream: TcpStream) -> io::Result<()> {
    let length = HUGE_BYTES.to_string();
    stream
        .write_all(&wire::head("200 OK", &[("content-length", &length)]))
        .await?;
    loop {
        stream.write_all(b"a").await?;
        time::sleep(PAUSE).await;
    }
}
