//! Serves [`tidegate_testkit::truth`] until its standard input ends, and prints where.
//!
//! Arguments: `constant:MS`, `lognormal:MEDIAN_MS:SIGMA`, `bimodal:MEDIAN_MS`, `drift:MEDIAN_MS` or
//! `tail:MEDIAN_MS:FACTOR`; then perhaps `LENGTH_MS/EVERY_MS` of stalls. On standard input `forget` begins
//! anew, and `tell` prints how long the requests took as JSON, in milliseconds.

use std::io::{BufRead, Write};
use std::time::Duration;

use tidegate_testkit::truth::{Plan, Service, Truth, nearest_rank};

const USAGE: &str = "constant:MS | lognormal:MEDIAN_MS:SIGMA | bimodal:MEDIAN_MS | drift:MEDIAN_MS | tail:MEDIAN_MS:FACTOR";

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let plan = plan(&arguments.next().unwrap_or_default(), arguments.next());
    let plan = plan.ok_or_else(|| std::io::Error::other(USAGE))?;
    let truth = Truth::start(plan);
    let mut output = std::io::stdout();
    writeln!(output, "{}", truth.url())?;
    output.flush()?;
    for line in std::io::stdin().lock().lines() {
        match line?.trim() {
            "forget" => {
                truth.forget();
                writeln!(output, "{{}}")?;
            }
            _ => writeln!(output, "{}", told(&truth))?,
        }
        output.flush()?;
    }
    Ok(())
}

fn plan(service: &str, stall: Option<String>) -> Option<Plan> {
    let mut words = service.split(':');
    let name = words.next()?;
    let mut number = || words.next()?.parse::<f64>().ok();
    let median = Duration::from_secs_f64(number()? / 1000.0);
    let service = match name {
        "constant" => Service::Constant(median),
        "lognormal" => Service::LogNormal {
            median,
            sigma: number()?,
        },
        "bimodal" => Service::Bimodal { median },
        "drift" => Service::Drift { median },
        "tail" => Service::Tail {
            median,
            factor: number()?,
        },
        _ => return None,
    };
    let plan = Plan::of(service);
    let Some(stall) = stall else {
        return Some(plan);
    };
    let (length, every) = stall.split_once('/')?;
    let time = |text: &str| text.parse().ok().map(Duration::from_millis);
    Some(plan.stalling(time(length)?, time(every)?))
}

fn told(truth: &Truth) -> String {
    let mut took: Vec<Duration> = truth.served().iter().map(|served| served.took).collect();
    took.sort_unstable();
    let at = |percentile| {
        let value = nearest_rank(&took, percentile);
        value.map(|value| value.as_secs_f64() * 1000.0)
    };
    serde_json::json!({
        "p50": at(50), "p90": at(90), "p95": at(95), "p99": at(99),
        "count": took.len(),
        "connections": truth.connections_ever(),
    })
    .to_string()
}
