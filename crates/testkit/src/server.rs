//! The thread, the listener and the bounds that every server shares.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time;

/// The longest life of one connection, whatever its peer does.
const CONNECTION_LIMIT: Duration = Duration::from_secs(60);

/// The most connections served at once; more wait in the listener's queue.
const CONNECTIONS: usize = 512;

/// The pause after a failed accept, so that an exhausted machine is not made busier.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// A listener on 127.0.0.1 served by a thread of its own until it is dropped.
pub(crate) struct Loopback {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Loopback {
    /// Starts a server that hands each connection to `on_connection`.
    ///
    /// # Panics
    /// When the machine refuses a port, a thread or a runtime.
    pub(crate) fn start<S, F>(on_connection: S) -> Self
    where
        S: Fn(TcpStream) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .expect("a free loopback port is available");
        listener
            .set_nonblocking(true)
            .expect("a listener can be made non-blocking");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new()
            .name("testkit-server".to_owned())
            .spawn(move || run(listener, on_connection, stopped))
            .expect("a thread can be started");
        Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Returns the address it listens on.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the server thread has already printed itself; a second one here would
            // abort a test that is unwinding.
            drop(thread.join());
        }
    }
}

fn run<S, F>(listener: std::net::TcpListener, on_connection: S, stopped: oneshot::Receiver<()>)
where
    S: Fn(TcpStream) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be built");
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener).expect("the runtime takes the listener");
        tokio::select! {
            () = accept(&listener, on_connection) => {}
            _ = stopped => {}
        }
    });
}

async fn accept<S, F>(listener: &TcpListener, on_connection: S)
where
    S: Fn(TcpStream) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    // Nagle's delay would blur every timing a test looks at.
                    drop(stream.set_nodelay(true));
                    connections.spawn(time::timeout(CONNECTION_LIMIT, on_connection(stream)));
                }
                Err(_) => time::sleep(ACCEPT_PAUSE).await,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::Loopback;

    #[test]
    fn stops_listening_when_dropped() {
        let server = Loopback::start(|stream| async move { drop(stream) });
        let address = server.address();
        TcpStream::connect(address).unwrap();
        drop(server);
        assert!(TcpStream::connect(address).is_err());
    }

    #[tokio::test]
    async fn starts_and_stops_inside_a_runtime() {
        let server = Loopback::start(|stream| async move { drop(stream) });
        tokio::net::TcpStream::connect(server.address())
            .await
            .unwrap();
    }
}
