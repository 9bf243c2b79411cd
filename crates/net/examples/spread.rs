//! Sends volleys through a proxy with uneven delays, and prints how far apart they arrived as JSON.
//!
//! Arguments: ROUNDS SEED. For each way there are so many rounds of twelve POSTs, whose spread the server
//! takes in milliseconds, and so many of two POSTs that create the same thing at a server that looks
//! whether it is there and creates it a millisecond later.

mod machine;

use std::collections::HashMap;
use std::error::Error;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use machine::{cause, client};
use tidegate_core::ports::http::{Body, Request, Response, Target};
use tidegate_core::ports::volley::{Volley as _, Way};
use tidegate_core::ports::{Http as _, HttpError};
use tidegate_net::Client;
use tidegate_testkit::arrivals::{Arrivals, Part, Shape, Speaks};
use tidegate_testkit::jitter::Jitter;
use tidegate_testkit::machine::Plain;
use tidegate_testkit::recorder::{RecordedRequest, Reply};
use tokio::runtime::Runtime;

/// The mean delay of a piece in one direction.
const DELAY: Duration = Duration::from_millis(5);

/// How many requests a volley has whose spread is taken.
const MANY: usize = 12;

/// How many requests create the same thing.
const TWO: usize = 2;

/// From looking whether a thing is there to creating it.
const WINDOW: Duration = Duration::from_millis(1);

/// How requests are sent together.
#[derive(Clone, Copy)]
enum Manner {
    /// In this way.
    Way(Way),
    /// As a client does that has warm connections and sends all of them at once.
    Plain,
}

/// One row: its name, what the server speaks, whether over TLS, and how it is asked.
type Row = (&'static str, Speaks, bool, Manner);

const ROWS: [Row; 8] = [
    (
        "last-frame",
        Speaks::Both,
        false,
        Manner::Way(Way::LastFrame),
    ),
    (
        "last-frame-tls",
        Speaks::Both,
        true,
        Manner::Way(Way::LastFrame),
    ),
    (
        "last-byte",
        Speaks::Http1,
        false,
        Manner::Way(Way::LastByte),
    ),
    (
        "last-byte-tls",
        Speaks::Http1,
        true,
        Manner::Way(Way::LastByte),
    ),
    ("barrier", Speaks::Http1, false, Manner::Way(Way::Barrier)),
    (
        "barrier-http2-tls",
        Speaks::Both,
        true,
        Manner::Way(Way::Barrier),
    ),
    ("plain", Speaks::Http1, false, Manner::Plain),
    ("plain-http2-tls", Speaks::Both, true, Manner::Plain),
];

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [rounds, seed] = words.as_slice() else {
        return Err("expected: ROUNDS SEED".into());
    };
    let (rounds, seed) = (rounds.parse()?, seed.parse()?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    for row in ROWS {
        let told = measure(&runtime, row, rounds, seed)?;
        writeln!(std::io::stdout(), "{told}")?;
    }
    Ok(())
}

/// A server, a proxy before it and a client of the proxy.
struct Stage {
    server: Arrivals,
    _proxy: Jitter,
    client: Client,
}

fn measure(
    runtime: &Runtime,
    (name, speaks, tls, manner): Row,
    rounds: usize,
    seed: u64,
) -> Result<serde_json::Value, Box<dyn Error>> {
    let shape = Shape {
        speaks,
        tls,
        ..Shape::default()
    };
    let store = Store::default();
    let server = Arrivals::start(shape, move |request| store.create(request));
    let proxy = Jitter::start(server.address(), DELAY, seed);
    let scheme = if tls { "https" } else { "http" };
    let url = format!("{scheme}://{}", proxy.address());
    let stage = Stage {
        client: client(
            &url,
            server.authority_pem(),
            Plain::start(),
            runtime.handle(),
        )?,
        server,
        _proxy: proxy,
    };
    let (mut arrived, mut sent, mut caught) = (Vec::new(), Vec::new(), 0);
    for round in 0..rounds {
        let spread = stage
            .volley(runtime, manner, MANY, &format!("many-{round}"))?
            .0;
        arrived.push(milliseconds(stage.arrival_spread()));
        sent.push(milliseconds(spread));
    }
    for round in 0..rounds {
        let (_, created) = stage.volley(runtime, manner, TWO, &format!("two-{round}"))?;
        caught += usize::from(created > 1);
    }
    Ok(serde_json::json!({
        "name": name, "arrived": arrived, "sent": sent, "caught": caught, "rounds": rounds,
    }))
}

impl Stage {
    /// Sends a volley that creates one thing; the spread on this machine, and how often it was created.
    fn volley(
        &self,
        runtime: &Runtime,
        manner: Manner,
        count: usize,
        key: &str,
    ) -> Result<(Duration, usize), Box<dyn Error>> {
        let requests = vec![post(key); count];
        if let Manner::Plain = manner {
            runtime.block_on(self.warm(count))?;
        }
        self.server.forget();
        let (spread, answers) = match manner {
            Manner::Way(way) => {
                let released = runtime.block_on(self.client.release(requests, &[way]))?;
                (released.spread, released.answers)
            }
            Manner::Plain => runtime.block_on(self.plain(requests)),
        };
        let mut created = 0;
        for answer in answers {
            created += usize::from(answer?.status == 201);
        }
        Ok((spread, created))
    }

    /// Opens as many connections as there will be requests.
    async fn warm(&self, count: usize) -> Result<(), HttpError> {
        let sent = (0..count).map(|_| self.client.send(Request::get("/", cause())));
        let sent: Vec<_> = sent.collect();
        for answer in sent {
            answer.await?;
        }
        Ok(())
    }

    async fn plain(&self, requests: Vec<Request>) -> (Duration, Vec<Result<Response, HttpError>>) {
        let begun = Instant::now();
        let sent: Vec<_> = requests
            .into_iter()
            .map(|request| self.client.send(request))
            .collect();
        let spread = begun.elapsed();
        let mut answers = Vec::new();
        for answer in sent {
            answers.push(answer.await);
        }
        (spread, answers)
    }

    /// From the first whole request to the last, at the server.
    fn arrival_spread(&self) -> Duration {
        let events = self.server.events();
        let whole = events.iter().filter(|event| event.part == Part::End);
        let instants: Vec<Instant> = whole.map(|event| event.at).collect();
        match (instants.iter().min(), instants.iter().max()) {
            (Some(first), Some(last)) => *last - *first,
            _ => Duration::ZERO,
        }
    }
}

fn post(key: &str) -> Request {
    let target = Target::Path {
        api: None,
        path: "/things".into(),
    };
    Request {
        body: Body::Json(format!("{{\"key\":\"{key}\"}}").as_str().into()),
        ..Request::new("POST", target, "/things", cause())
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Things by their keys, and when each is there to be seen.
#[derive(Default)]
struct Store(Mutex<HashMap<Vec<u8>, Instant>>);

impl Store {
    /// Creates what is not there to be seen yet.
    fn create(&self, request: &RecordedRequest) -> Reply {
        if request.method != "POST" {
            return Reply::new(204);
        }
        let now = Instant::now();
        let mut things = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match things.get(&request.body) {
            Some(seen) if *seen <= now => Reply::new(409),
            _ => {
                things.entry(request.body.clone()).or_insert(now + WINDOW);
                Reply::new(201)
            }
        }
    }
}
