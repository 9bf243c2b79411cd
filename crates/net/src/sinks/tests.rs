use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Instant;

use tidegate_core::ports::sinks::{SINK_MEMORY_CAP, SINK_REQUEST_CAP};
use tokio::runtime::Runtime;

use super::*;

/// Long enough for anything that happens at all.
const LONG: Duration = Duration::from_secs(20);

struct Open {
    sink: Box<dyn Sink>,
    runtime: Runtime,
}

fn open() -> Open {
    open_with(0, 204)
}

fn open_with(port: u16, status: u16) -> Open {
    let runtime = Runtime::new().unwrap();
    let sinks = LoopbackSinks::new(runtime.handle().clone());
    let sink = futures_free(sinks.listen(port, Reply { status })).unwrap();
    Open { sink, runtime }
}

/// Drives a future on a thread that belongs to no runtime.
fn futures_free<F: Future>(future: F) -> F::Output {
    struct Unpark(std::thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let mut context = Context::from_waker(&waker);
    let mut future = std::pin::pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

impl Open {
    fn port(&self) -> u16 {
        self.sink.url().rsplit(':').next().unwrap().parse().unwrap()
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port())).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream
    }

    /// What comes back for these bytes until the other side closes.
    fn say(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // The sink may answer and close before everything is written.
        let _ = stream.write_all(bytes);
        answer_on(&mut stream)
    }

    fn wait(&self, known: usize) -> Vec<Arc<Received>> {
        futures_free(self.sink.wait(known, LONG))
    }
}

fn answer_on(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A reset after the answer leaves what was read.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

fn post(body: &str, more: &str) -> Vec<u8> {
    let length = body.len();
    let head = "POST /hooks?a=1 HTTP/1.1\r\nhost: x\r\nX-Signature: abc";
    format!("{head}\r\ncontent-length: {length}\r\n{more}\r\n{body}").into_bytes()
}

#[test]
fn a_request_is_kept_whole_and_answered() {
    let open = open();
    let answer = open.say(&post("{\"id\":1}", "connection: close\r\n"));
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    let received = open.wait(0);
    assert_eq!(received.len(), 1);
    let one = &received[0];
    assert_eq!(
        (one.method.as_str(), one.path.as_str()),
        ("POST", "/hooks?a=1")
    );
    assert_eq!(one.header("x-signature"), Some("abc"));
    assert_eq!((&*one.body, one.truncated), (&b"{\"id\":1}"[..], false));
    assert!(open.sink.url().starts_with("http://127.0.0.1:"));
    assert_eq!(open.sink.overlooked(), Overlooked::default());
}

#[test]
fn one_connection_may_bring_several_requests_and_chunked_bodies() {
    let open = open_with(0, 202);
    let mut stream = open.connect();
    let chunked = "POST /c HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\n{\"a\r\n5\r\n\":1}\n\r\n0\r\n\r\n";
    stream.write_all(&post("{}", "")).unwrap();
    stream.write_all(chunked.as_bytes()).unwrap();
    stream
        .write_all(&post("[]", "connection: close\r\n"))
        .unwrap();
    assert_eq!(answer_on(&mut stream).matches("HTTP/1.1 202").count(), 3);
    let received = open.wait(2);
    let bodies: Vec<&[u8]> = received.iter().map(|one| &*one.body).collect();
    assert_eq!(bodies, [&b"{}"[..], b"{\"a\":1}\n", b"[]"]);
}

#[test]
fn what_is_no_http_is_refused_and_not_kept() {
    let garbage: [&[u8]; 4] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03hello TLS\r\n\r\n",
        b"POST /a HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"POST /b HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n",
        b"POST /c HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n{}",
    ];
    let open = open();
    for bytes in garbage {
        let answer = open.say(bytes);
        assert!(answer.starts_with("HTTP/1.1 400"), "{bytes:?}: {answer}");
    }
    open.say(&post("{}", "connection: close\r\n"));
    assert_eq!(open.wait(0).len(), 1);
    until(|| open.sink.overlooked().broken == garbage.len());
}

#[test]
fn a_request_that_breaks_off_is_counted_and_not_kept() {
    let open = open();
    let whole = post("{\"id\":1}", "");
    let mut stream = open.connect();
    stream.write_all(&whole[..whole.len() - 3]).unwrap();
    drop(stream);
    until(|| open.sink.overlooked().broken == 1);
    assert_eq!(open.sink.received(), []);
}

/// Waits for what must come to pass.
fn until(come: impl Fn() -> bool) {
    let started = Instant::now();
    while !come() {
        assert!(started.elapsed() < LONG, "it did not come to pass");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_large_body_is_kept_up_to_the_cap_and_refused() {
    let open = open();
    let exact = "x".repeat(SINK_BODY_CAP);
    let answer = open.say(&post(&exact, "connection: close\r\n"));
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    open.say(&post(&(exact + "yz"), ""));
    let received = open.wait(1);
    let kept: Vec<_> = received
        .iter()
        .map(|one| (one.body.len(), one.truncated))
        .collect();
    assert_eq!(kept, [(SINK_BODY_CAP, false), (SINK_BODY_CAP, true)]);
}

#[test]
fn more_requests_than_the_cap_are_answered_and_counted() {
    let open = open();
    let more = 7;
    let mut stream = open.connect();
    for _ in 0..SINK_REQUEST_CAP + more - 1 {
        stream.write_all(&post("{}", "")).unwrap();
        let mut answer = [0; 512];
        assert!(stream.read(&mut answer).unwrap() > 0);
    }
    stream
        .write_all(&post("{}", "connection: close\r\n"))
        .unwrap();
    assert!(answer_on(&mut stream).starts_with("HTTP/1.1 204"));
    assert_eq!(open.sink.received().len(), SINK_REQUEST_CAP);
    assert_eq!(open.sink.overlooked().beyond, more);
}

#[test]
fn what_is_kept_has_a_size() {
    let log = Log::default();
    let one = || Received {
        method: "POST".into(),
        path: "/".into(),
        headers: Vec::new(),
        body: vec![0; SINK_BODY_CAP].into(),
        truncated: false,
    };
    let fitting = SINK_MEMORY_CAP / (SINK_BODY_CAP + 1);
    for _ in 0..fitting + 3 {
        log.keep(one());
    }
    assert_eq!(
        (log.received().len(), log.overlooked().beyond),
        (fitting, 3)
    );
}

#[test]
fn waiting_ends_with_an_arrival_or_with_its_time() {
    let open = open();
    let nothing = futures_free(open.sink.wait(0, Duration::from_millis(20)));
    assert_eq!(nothing, []);
    let waiting = open.sink.wait(0, LONG);
    let port = open.port();
    let sender = std::thread::spawn(move || {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream
            .write_all(&post("{}", "connection: close\r\n"))
            .unwrap();
        answer_on(&mut stream)
    });
    assert_eq!(futures_free(waiting).len(), 1);
    sender.join().unwrap();
}

#[test]
fn a_port_that_is_taken_is_an_error_with_help() {
    let open = open();
    let sinks = LoopbackSinks::new(open.runtime.handle().clone());
    let port = open.port();
    let error = futures_free(sinks.listen(port, Reply { status: 204 }))
        .err()
        .unwrap();
    assert_eq!(error.port, port);
    assert!(!error.reason.is_empty() && error.help().contains("port"));
    let error = futures_free(sinks.listen(0, Reply { status: 100 }))
        .err()
        .unwrap();
    assert_eq!(error.reason, "100 is no status of an answer");
}

#[test]
fn a_dropped_sink_gives_its_port_and_its_connections_back() {
    let open = open();
    let port = open.port();
    let mut idle = open.connect();
    open.say(&post("{}", "connection: close\r\n"));
    let Open { sink, runtime } = open;
    drop(sink);
    let sinks = LoopbackSinks::new(runtime.handle().clone());
    let again = futures_free(sinks.listen(port, Reply { status: 204 })).unwrap();
    assert_eq!(again.received(), []);
    assert_eq!(answer_on(&mut idle), "", "the old connection is closed");
}

/// A server that gives up soon.
fn impatient() -> (Runtime, SocketAddr, Arc<Log>) {
    let runtime = Runtime::new().unwrap();
    let listener = listen(runtime.handle(), 0).unwrap();
    let address = listener.local_addr().unwrap();
    let door = Arc::new(Door(Mutex::new(Some(listener))));
    let log = Arc::new(Log::default());
    let manner = Manner {
        status: StatusCode::NO_CONTENT,
        patience: Duration::from_millis(200),
    };
    runtime.spawn(accept(door, Arc::clone(&log), manner));
    (runtime, address, log)
}

#[test]
fn silent_connections_do_not_lock_others_out() {
    let (_runtime, address, log) = impatient();
    let silent: Vec<TcpStream> = (0..CONNECTION_CAP)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(b"POST / HTTP/1.1\r\nx: ").unwrap();
            stream
        })
        .collect();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(&post("{}", "")).unwrap();
    until(|| log.received().len() == 1);
    for mut stream in silent {
        stream.set_read_timeout(Some(LONG)).unwrap();
        assert_eq!(answer_on(&mut stream), "", "it was given up");
    }
}

#[test]
fn a_body_that_does_not_come_is_given_up() {
    let (_runtime, address, log) = impatient();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    let whole = post("{\"id\":1}", "");
    stream.write_all(&whole[..whole.len() - 3]).unwrap();
    assert!(answer_on(&mut stream).starts_with("HTTP/1.1 408"));
    assert_eq!((log.received().len(), log.overlooked().broken), (0, 1));
}
