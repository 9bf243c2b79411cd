//! Measures one address with the client's own load, and prints the times in milliseconds as JSON.
//!
//! Arguments: the address; then `open RATE SAMPLES` or `closed CLIENTS SECONDS`.

mod machine;

use std::time::Duration;

use machine::{cause, client};
use tidegate_core::ports::Clock as _;
use tidegate_core::ports::http::Request;
use tidegate_core::ports::load::{Arrival, Arrivals, Load, Sample, Volume};
use tidegate_testkit::machine::Plain;
use tidegate_testkit::truth::nearest_rank;

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
    let machine = Plain::start();
    let client = client(url, "", machine, runtime.handle())?;
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
        self.values.sort_by(f64::total_cmp);
        let at = |percentile| nearest_rank(&self.values, percentile);
        serde_json::json!({ "p50": at(50), "p90": at(90), "p95": at(95), "p99": at(99) })
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
