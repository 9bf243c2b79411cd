//! `cargo xtask bench latency`: what a measuring client adds to the times it measures, beside oha and wrk,
//! against a server that knows its own times.

mod accuracy;
mod catch;
mod gate;
mod outcome;
mod rows;
mod tools;
mod truth;

use std::path::Path;

use super::measure::Spread;
use super::table::{all_met, machine, table};
use crate::failure::Failure;
use crate::process::{build, build_example};
pub(super) use accuracy::print as accuracy;
pub(super) use catch::run as catch;
use rows::Row;
use tools::{Tool, Tools, Work};
use truth::Truth;

/// Service times of a portal: half of them below 5 ms, one of twenty above 11 ms.
const SERVICE: &str = "lognormal:5:0.5";
/// The mean of those in seconds: 0.005 × exp(0.5² / 2).
const MEAN_SERVICE: f64 = 0.005_666;
/// Rates in requests a second, and by how many milliseconds a 95th percentile may be too high.
const RATES: [(u32, f64); 2] = [(200, 1.0), (1000, 2.5)];
/// How long one run at a rate takes, in seconds.
const SECONDS: u32 = 2;
/// How many samples a whole run takes at each rate: the kind takes no more than 2,000, and begins slowly.
const GATE_SAMPLES: u32 = 1000;
/// A whole run takes some 8 s, of which 5 s are the slow beginning.
const GATE_RUNS: usize = 10;
/// How many connections are equal in the runs at full speed.
const CLIENTS: u32 = 20;
/// The least of oha's rate at full speed.
const LEAST_OF_OHA: f64 = 0.8;
/// The server that stops for 1 s of every 10.
const STALLING: &str = "constant:20";
const STALLS: &str = "1000/10000";
/// What is true of it, in milliseconds: a tenth of the requests comes in the stall and waits for up to 1 s.
const STALL_TRUTH: [f64; 2] = [520.0, 920.0];
/// Two whole periods.
const STALL_SECONDS: u32 = 20;
/// A run takes 20 s, and the figure hardly moves.
const STALL_RUNS: usize = 3;
/// How long the runs last that differ in the number of samples, in seconds.
const SHORT_AND_LONG: [u32; 2] = [1, 8];
const MEMORY_RUNS: usize = 3;
/// By how many MiB the longer run may differ.
const FLAT: f64 = 2.0;

/// Measures and prints tables.
///
/// # Errors
/// [`Failure`] when a program does not build, is not installed or does not run, and when a bar is missed.
pub(super) fn run(runs: usize) -> Result<(), Failure> {
    let folder = tempfile::tempdir().map_err(Failure::io("make a temporary folder"))?;
    let tools = Tools::find(folder.path())?;
    let server = build_example("truth", "tidegate-testkit")?;
    let tidegate = build("tidegate", &["--release"])?;
    println!("Machine: {}; {}\n", machine()?, load());
    println!("Peers: {}\n", tools.versions()?.join("; "));
    let missed = [
        overhead(runs, &tools, &server)?,
        whole(&tidegate, folder.path(), &server)?,
        peak(runs, &tools, &server)?,
        stalls(&tools, &server)?,
        memory(&tools, &server)?,
    ];
    all_met(&missed.concat())
}

/// How busy the machine is: what the figures were measured beside.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Vec<&str> = text.split(' ').take(3).collect();
    format!("load {}", load.join(" "))
}

/// How much too high each tool reports the 95th percentile.
fn overhead(runs: usize, tools: &Tools, server: &Path) -> Result<Vec<String>, Failure> {
    let mut rows = Vec::new();
    for (rate, most) in RATES {
        let mut truth = Truth::start(server, &[SERVICE])?;
        let work = Work::Open {
            rate,
            seconds: SECONDS,
            connections: closed_loop(rate),
        };
        let mut above = Above::default();
        in_turn(runs, &[Tool::Ours, Tool::Oha, Tool::Wrk], |tool| {
            truth.forget()?;
            let told = tools.measure(tool, truth.url(), work)?;
            let known = truth.tell()?;
            eprintln!(
                "{rate}/s, {tool:?}: p95 {:.3} ms of {:.3} ms",
                told.p95, known.p95
            );
            above.take(tool, &told, known.p95);
            Ok(())
        })?;
        rows.push(above.row(rate, most));
    }
    println!(
        "Reported p95 above the server's own, in milliseconds: median (quartiles) of {runs} runs"
    );
    println!(
        "of {SECONDS} s each in turn; service times {SERVICE}. wrk is a closed loop: it gets as many"
    );
    println!("connections as give about the rate, and its requests wait for each other.\n");
    Ok(Row::print(&rows))
}

/// As many connections as a closed loop needs for about this rate.
fn closed_loop(rate: u32) -> u32 {
    // A few connections at most.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small positive number"
    )]
    let connections = (f64::from(rate) * MEAN_SERVICE).ceil() as u32;
    connections.max(1)
}

/// Reported less true percentiles of each tool.
#[derive(Default)]
struct Above {
    ours: Vec<f64>,
    /// Counted from the sending, as the peers do.
    from_sending: Vec<f64>,
    oha: Vec<f64>,
    wrk: Vec<f64>,
}

impl Above {
    fn take(&mut self, tool: Tool, told: &tools::Told, known: f64) {
        let list = match tool {
            Tool::Ours => &mut self.ours,
            Tool::Wrk => &mut self.wrk,
            Tool::Oha | Tool::OhaCorrected => &mut self.oha,
        };
        list.push(told.p95 - known);
        if let Some(from_sending) = told.p95_from_sending {
            self.from_sending.push(from_sending - known);
        }
    }

    fn row(self, rate: u32, most: f64) -> Row {
        let [ours, from_sending, oha, wrk] =
            [self.ours, self.from_sending, self.oha, self.wrk].map(Spread::of);
        let better = oha.median.min(wrk.median);
        Row {
            name: format!("{rate} requests/s"),
            cells: vec![
                ("Tidegate, from when due", rows::milliseconds(ours)),
                ("Tidegate, from sending", rows::milliseconds(from_sending)),
                ("oha", rows::milliseconds(oha)),
                ("wrk", rows::milliseconds(wrk)),
            ],
            bar: format!("≤ {most} ms and no worse than the better peer"),
            met: ours.median <= most && from_sending.median <= better,
        }
    }
}

/// How much too high the report of a whole run has the 95th percentile.
fn whole(tidegate: &Path, folder: &Path, server: &Path) -> Result<Vec<String>, Failure> {
    let mut rows = Vec::new();
    for (rate, most) in RATES {
        let mut truth = Truth::start(server, &[SERVICE])?;
        let (mut above, mut samples) = (Vec::new(), Vec::new());
        // The first run learns the median, and is not counted.
        let mut known = truth::Known {
            p50: 6.0,
            p95: 12.0,
        };
        for run in 0..=GATE_RUNS {
            truth.forget()?;
            let pace = (rate, GATE_SAMPLES);
            let measured = gate::measure(tidegate, folder, truth.url(), pace, &known)?;
            known = truth.tell()?;
            if run > 0 {
                eprintln!(
                    "{rate}/s, tidegate run: p95 {:.3} ms of {:.3} ms",
                    measured.p95, known.p95
                );
                above.push(measured.p95 - known.p95);
                samples.push(measured.samples);
            }
        }
        let above = Spread::of(above);
        rows.push(Row {
            name: format!("{rate} requests/s, `tidegate run`"),
            cells: vec![
                ("p95 above the server's own, ms", rows::milliseconds(above)),
                ("samples", rows::whole(Spread::of(samples))),
            ],
            bar: format!("≤ {most} ms"),
            met: above.median <= most,
        });
    }
    println!(
        "The same of whole runs of the check `latency`, requests by chance (Poisson), {GATE_RUNS} runs\n"
    );
    Ok(Row::print(&rows))
}

/// How many requests a second each tool sends with equal connections.
fn peak(runs: usize, tools: &Tools, server: &Path) -> Result<Vec<String>, Failure> {
    let truth = Truth::start(server, &["constant:0"])?;
    let work = Work::Closed {
        clients: CLIENTS,
        seconds: SECONDS,
    };
    let (mut ours, mut oha, mut wrk) = (Vec::new(), Vec::new(), Vec::new());
    in_turn(runs, &[Tool::Ours, Tool::Oha, Tool::Wrk], |tool| {
        let told = tools.measure(tool, truth.url(), work)?;
        eprintln!("at full speed, {tool:?}: {:.0} requests/s", told.rate);
        match tool {
            Tool::Ours => ours.push(told.rate),
            Tool::Wrk => wrk.push(told.rate),
            Tool::Oha | Tool::OhaCorrected => oha.push(told.rate),
        }
        Ok(())
    })?;
    let [ours, oha, wrk] = [ours, oha, wrk].map(Spread::of);
    let ratio = ours.median / oha.median;
    let row = Row {
        name: format!("{CLIENTS} connections"),
        cells: vec![
            ("Tidegate", rows::whole(ours)),
            ("oha", rows::whole(oha)),
            ("wrk", rows::whole(wrk)),
            ("of oha", format!("{ratio:.2}")),
        ],
        bar: format!("≥ {LEAST_OF_OHA} × oha"),
        met: ratio >= LEAST_OF_OHA,
    };
    println!(
        "Requests a second at full speed (closed loop): median (quartiles) of {runs} runs of {SECONDS} s\n"
    );
    Ok(Row::print(&[row]))
}

/// What each tool says of a server that stops for 1 s of every 10.
fn stalls(tools: &Tools, server: &Path) -> Result<Vec<String>, Failure> {
    let rate = 200;
    let work = Work::Open {
        rate,
        seconds: STALL_SECONDS,
        connections: 5,
    };
    let all = [Tool::Ours, Tool::Oha, Tool::OhaCorrected, Tool::Wrk];
    let mut told = all.map(|_| (Vec::new(), Vec::new()));
    let mut truth = Truth::start(server, &[STALLING, STALLS])?;
    in_turn(STALL_RUNS, &all, |tool| {
        truth.forget()?;
        let one = tools.measure(tool, truth.url(), work)?;
        eprintln!(
            "stalls, {tool:?}: p95 {:.0} ms, p99 {:.0} ms",
            one.p95, one.p99
        );
        if let Some(at) = all.iter().position(|known| *known == tool) {
            told[at].0.push(one.p95);
            told[at].1.push(one.p99);
        }
        Ok(())
    })?;
    let [p95, p99] = STALL_TRUTH;
    let ours = Spread::of(told[0].0.clone()).median;
    let rows = all.iter().zip(told).map(|(tool, (at95, at99))| {
        let [at95, at99] = [Spread::of(at95).median, Spread::of(at99).median];
        let shown = |value: f64| format!("{value:.0} ms");
        let off = format!("{:+.0} %", (at95 / p95 - 1.0) * 100.0);
        vec![tool.name().to_owned(), shown(at95), off, shown(at99)]
    });
    println!(
        "A server that stops for 1 s of every 10 s and else takes 20 ms, at {rate} requests/s: median of"
    );
    println!(
        "{STALL_RUNS} runs of {STALL_SECONDS} s. True for who comes at any moment: p95 {p95} ms, p99 {p99} ms.\n"
    );
    let head = ["Tool", "p95", "off by", "p99"].map(str::to_owned);
    println!("{}", table(&head, rows));
    let met = (ours / p95 - 1.0).abs() <= 0.1;
    Ok(if met {
        Vec::new()
    } else {
        vec!["the stall".to_owned()]
    })
}

/// Whether more samples need more memory.
fn memory(tools: &Tools, server: &Path) -> Result<Vec<String>, Failure> {
    let truth = Truth::start(server, &["constant:0"])?;
    let mut cells = Vec::new();
    let mut peaks = Vec::new();
    for seconds in SHORT_AND_LONG {
        let work = Work::Closed {
            clients: CLIENTS,
            seconds,
        };
        let (mut counts, mut memory) = (Vec::new(), Vec::new());
        for _ in 0..MEMORY_RUNS {
            let told = tools.measure(Tool::Ours, truth.url(), work)?;
            counts.push(told.count);
            memory.push(told.peak);
        }
        let [counts, memory] = [counts, memory].map(|values| Spread::of(values).median);
        cells.push(vec![format!("{counts:.0}"), format!("{memory:.1} MiB")]);
        peaks.push(memory);
    }
    println!("Peak memory of the client alone, median of {MEMORY_RUNS} runs\n");
    let head = ["Samples", "Peak memory"].map(str::to_owned);
    println!("{}", table(&head, cells));
    let flat = matches!(peaks.as_slice(), [short, long] if long - short <= FLAT);
    Ok(if flat {
        Vec::new()
    } else {
        vec!["memory".to_owned()]
    })
}

/// Lets the tools take turns; who goes first changes from round to round.
fn in_turn(
    runs: usize,
    tools: &[Tool],
    mut measure: impl FnMut(Tool) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for round in 0..runs {
        for turn in 0..tools.len() {
            measure(tools[(round + turn) % tools.len()])?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_take_turns_and_each_is_first_as_often() {
        let mut order = Vec::new();
        in_turn(3, &[Tool::Ours, Tool::Oha, Tool::Wrk], |tool| {
            order.push(tool);
            Ok(())
        })
        .unwrap();
        assert_eq!(
            [order[0], order[3], order[6]],
            [Tool::Ours, Tool::Oha, Tool::Wrk]
        );
        assert_eq!(order.len(), 9);
    }

    #[test]
    fn a_closed_loop_gets_about_the_rate() {
        assert_eq!(
            (closed_loop(200), closed_loop(1000), closed_loop(1)),
            (2, 6, 1)
        );
    }

    #[test]
    fn the_better_peer_is_the_one_to_reach() {
        let above = |ours: f64, oha: f64, wrk: f64| Above {
            ours: vec![ours],
            from_sending: vec![ours],
            oha: vec![oha],
            wrk: vec![wrk],
        };
        assert!(above(0.2, 0.5, 0.3).row(200, 1.0).met);
        assert!(!above(0.4, 0.5, 0.3).row(200, 1.0).met);
        assert!(!above(1.2, 1.5, 1.3).row(200, 1.0).met);
    }
}
