//! A TCP proxy that delays what passes, as a network does that is not even.
//!
//! Every piece that is read waits before it is passed on, each direction by itself and in order. The
//! waits are exponentially distributed around a mean and come from a seed.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time;

use crate::random::Random;
use crate::server::Loopback;

/// The most bytes of one piece.
const PIECE: usize = 16 * 1024;

/// A wait is at most so many times the mean, which one in three million exceeds.
const LONGEST: f64 = 15.0;

/// A proxy before one address.
pub struct Jitter {
    server: Loopback,
}

impl Jitter {
    /// Starts a proxy before `target`, whose waits are `mean` on average.
    ///
    /// # Panics
    /// When the machine refuses a loopback port or a thread.
    pub fn start(target: SocketAddr, mean: Duration, seed: u64) -> Self {
        let connections = AtomicU64::new(0);
        let server = Loopback::start(move |client| {
            let number = connections.fetch_add(1, Ordering::Relaxed);
            let there = Waits::new(seed, 2 * number, mean);
            let back = Waits::new(seed, 2 * number + 1, mean);
            async move {
                let Ok(server) = TcpStream::connect(target).await else {
                    return;
                };
                // Nagle's delay would come on top of the waits.
                drop(server.set_nodelay(true));
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                tokio::join!(
                    pass(from_client, to_server, there),
                    pass(from_server, to_client, back)
                );
            }
        });
        Self { server }
    }

    /// Returns the address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }
}

/// Passes bytes on until one side ends, and tells the other.
async fn pass(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, mut waits: Waits) {
    let mut piece = vec![0; PIECE];
    while let Ok(count) = from.read(&mut piece).await {
        time::sleep(waits.next()).await;
        if count == 0 || to.write_all(&piece[..count]).await.is_err() {
            break;
        }
    }
    // The other side may have gone first.
    drop(to.shutdown().await);
}

/// Exponentially distributed waits.
struct Waits {
    random: Random,
    mean: Duration,
}

impl Waits {
    fn new(seed: u64, stream: u64, mean: Duration) -> Self {
        let mut random = Random::new(seed ^ stream.wrapping_mul(0xd134_2543_de82_ef95));
        // Streams that begin alike differ after a step.
        random.bits();
        Self { random, mean }
    }

    fn next(&mut self) -> Duration {
        self.mean.mul_f64(self.random.exponential().min(LONGEST))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use super::*;
    use crate::recorder::{App, Reply};

    #[test]
    fn waits_are_exponential_and_come_from_the_seed() {
        let draw = |seed| -> Vec<Duration> {
            let mut waits = Waits::new(seed, 3, Duration::from_millis(5));
            (0..10_000).map(|_| waits.next()).collect()
        };
        let waits = draw(7);
        assert_eq!(waits, draw(7));
        assert_ne!(waits, draw(8));
        let mean = waits.iter().sum::<Duration>() / 10_000;
        assert!((4.8..5.2).contains(&(mean.as_secs_f64() * 1e3)), "{mean:?}");
        // The median of an exponential distribution is ln 2 of its mean.
        let below = waits
            .iter()
            .filter(|wait| **wait < Duration::from_micros(3466));
        assert!((4800..5200).contains(&below.count()));
    }

    #[test]
    fn what_is_sent_arrives_whole_and_in_order() {
        let app = App::start(|request| Reply::text(200, &request.text()));
        let proxy = Jitter::start(app.address(), Duration::from_micros(200), 1);
        let mut stream = std::net::TcpStream::connect(proxy.address()).unwrap();
        let body: String = (0..60_000)
            .map(|number| char::from(b'a' + number as u8 % 26))
            .collect();
        let head = format!(
            "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with(&body));
    }
}
