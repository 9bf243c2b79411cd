//! Measures one address with the client's own load, and prints the times in milliseconds as JSON.
//!
//! Arguments: the address; then `open RATE SAMPLES` or `closed CLIENTS SECONDS`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tidegate_core::exchange::Exchanges;
use tidegate_core::gate::{Environment, EnvironmentKind};
use tidegate_core::located::Located;
use tidegate_core::ports::http::{Cause, Request};
use tidegate_core::ports::load::{Arrival, Arrivals, Load, Sample, Volume};
use tidegate_core::ports::{BoxFuture, Clock, Files, FilesError, FoundFile, Random, Secrets};
use tidegate_core::secret::Sensitive;
use tidegate_core::span::{Location, Source, Span};
use tidegate_core::template::TemplateError;
use tidegate_net::{Client, Wiring};

/// How many values are kept, the last ones, whatever the number of samples.
const KEPT: usize = 10_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [url, which, first, second] = words.as_slice() else {
        return Err("expected: URL open RATE SAMPLES, or URL closed CLIENTS SECONDS".into());
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let machine = Arc::new(Machine(Instant::now()));
    let client = client(url, &machine, &runtime)?;
    let begin = machine.monotonic() + Duration::from_millis(200);
    let arrivals = match which.as_str() {
        "open" => {
            let gap = Duration::from_secs(1).div_f64(first.parse()?);
            let schedule = (0..second.parse::<u32>()?).map(move |number| Arrival {
                series: 0,
                at: begin + gap * number,
            });
            Arrivals::Open(Box::new(schedule))
        }
        _ => Arrivals::Closed {
            clients: first.parse()?,
            until: machine.monotonic() + Duration::from_secs(second.parse()?),
            requests: u64::MAX,
        },
    };
    let volume = Volume {
        series: vec![Request::get("/", cause())],
        arrivals,
        in_flight: 1000,
    };
    let told = runtime.block_on(async {
        let mut samples = client.start(volume).await?;
        let mut told = Told::new();
        while let Some(sample) = samples.next().await {
            told.take(&sample);
        }
        Ok::<_, tidegate_core::ports::HttpError>(told)
    })?;
    use std::io::Write as _;
    writeln!(std::io::stdout(), "{}", told.json())?;
    Ok(())
}

struct Told {
    waited: Kept,
    took: Kept,
    late: Kept,
    count: u64,
    errors: u64,
    first: Option<Duration>,
    last: Duration,
}

/// The last values; room for all of them is taken at once, so that a longer run needs no more.
struct Kept {
    values: Vec<f64>,
    count: usize,
}

impl Kept {
    fn new() -> Self {
        Self {
            values: vec![f64::NAN; KEPT],
            count: 0,
        }
    }

    fn take(&mut self, time: Duration) {
        self.values[self.count % KEPT] = time.as_secs_f64() * 1000.0;
        self.count += 1;
    }

    fn percentiles(mut self) -> serde_json::Value {
        self.values.truncate(self.count);
        percentiles(&mut self.values)
    }
}

impl Told {
    fn new() -> Self {
        Self {
            waited: Kept::new(),
            took: Kept::new(),
            late: Kept::new(),
            count: 0,
            errors: 0,
            first: None,
            last: Duration::ZERO,
        }
    }

    fn take(&mut self, sample: &Sample) {
        self.count += 1;
        self.errors += u64::from(sample.answer.is_err());
        self.first.get_or_insert(sample.sent);
        self.last = sample.ended;
        self.waited.take(sample.waited());
        self.took.take(sample.took());
        self.late.take(sample.sent.saturating_sub(sample.planned));
    }

    fn json(self) -> serde_json::Value {
        let seconds = self.last.saturating_sub(self.first.unwrap_or_default());
        serde_json::json!({
            "count": self.count,
            "errors": self.errors,
            "rate": self.count as f64 / seconds.as_secs_f64(),
            "waited": self.waited.percentiles(),
            "took": self.took.percentiles(),
            "late": self.late.percentiles(),
        })
    }
}

fn percentiles(values: &mut [f64]) -> serde_json::Value {
    values.sort_by(f64::total_cmp);
    let at = |percentile: usize| {
        let rank = (values.len() * percentile).div_ceil(100).max(1);
        values.get(rank - 1).copied()
    };
    serde_json::json!({ "p50": at(50), "p90": at(90), "p95": at(95), "p99": at(99) })
}

fn client(
    url: &str,
    machine: &Arc<Machine>,
    runtime: &tokio::runtime::Runtime,
) -> Result<Client, tidegate_core::ports::HttpError> {
    let environment = Environment {
        name: "measured".into(),
        kind: EnvironmentKind::Local,
        url: Located {
            value: url.to_owned(),
            span: Span::new(Source::new("tidegate.yaml", "url"), 0, 3),
        },
        headers: Vec::new(),
        apis: Vec::new(),
        start: None,
        certificate_authority: None,
        rate: None,
    };
    Client::new(Wiring {
        environment: Arc::new(environment),
        identities: Vec::new(),
        files: machine.clone(),
        secrets: machine.clone(),
        exchanges: Arc::new(Exchanges::default()),
        clock: machine.clone(),
        random: machine.clone(),
        runtime: runtime.handle().clone(),
        user_agent: "tidegate/example".into(),
    })
}

fn cause() -> Cause {
    Cause {
        check: "example".into(),
        location: Location::line_of("tidegate.yaml", 1),
    }
}

/// A machine without secrets and files.
struct Machine(Instant);

impl Clock for Machine {
    fn wall(&self) -> jiff::Timestamp {
        jiff::Timestamp::now()
    }

    fn monotonic(&self) -> Duration {
        self.0.elapsed()
    }

    fn sleep_until(&self, instant: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep_until((self.0 + instant).into()))
    }
}

impl Secrets for Machine {
    fn reveal(&self, name: &str) -> Result<Sensitive, TemplateError> {
        Err(TemplateError::SecretNotSet { name: name.into() })
    }

    fn learn(&self, _: &str, _: &str) {}

    fn redact(&self, text: &str) -> String {
        text.to_owned()
    }
}

impl Random for Machine {
    fn seed(&self) -> u64 {
        1
    }

    fn next(&self) -> u64 {
        1
    }

    fn derive(&self, _: &str) -> u64 {
        1
    }
}

impl Files for Machine {
    fn read(&self, path: &str, _: usize) -> Result<Vec<u8>, FilesError> {
        Err(FilesError::Missing { path: path.into() })
    }

    fn list(&self, _: &[String]) -> Result<Vec<String>, FilesError> {
        Ok(Vec::new())
    }

    fn walk(
        &self,
        _: &str,
        _: &mut dyn FnMut(Result<FoundFile, FilesError>) -> std::ops::ControlFlow<()>,
    ) -> Result<(), FilesError> {
        Ok(())
    }

    fn open(&self, path: &str) -> Result<Box<dyn std::io::Read + Send>, FilesError> {
        Err(FilesError::Missing { path: path.into() })
    }

    fn modified(&self, _: &str) -> Result<Option<Duration>, FilesError> {
        Ok(None)
    }
}
