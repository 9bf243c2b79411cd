//! The tools that measure, and what they say.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use wait4::Wait4 as _;

use crate::bench::measure::mebibytes;
use crate::failure::Failure;
use crate::process::{build_example, output, show};

/// What wrk prints at its end: percentiles in milliseconds, requests, and microseconds they took. Its own
/// report has no 95th percentile.
const SCRIPT: &str = r#"
done = function(summary, latency, requests)
  io.write(string.format('\n{"p50":%f,"p95":%f,"p99":%f,"count":%d,"microseconds":%d}\n',
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000,
    summary.requests, summary.duration))
end
"#;

/// Who measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    /// Tidegate's client.
    Ours,
    /// oha.
    Oha,
    /// oha with `--latency-correction`.
    OhaCorrected,
    /// wrk.
    Wrk,
}

impl Tool {
    /// Its name in a table.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ours => "Tidegate",
            Self::Oha => "oha -q",
            Self::OhaCorrected => "oha -q --latency-correction",
            Self::Wrk => "wrk (closed loop)",
        }
    }
}

/// What is measured.
#[derive(Debug, Clone, Copy)]
pub(super) enum Work {
    /// At a rate in requests a second; a closed loop takes so many connections instead.
    Open {
        rate: u32,
        seconds: u32,
        connections: u32,
    },
    /// As fast as so many clients can.
    Closed { clients: u32, seconds: u32 },
}

/// What a tool said; times in milliseconds.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) p95: f64,
    pub(super) p99: f64,
    /// Counted from the sending, where a tool counts from another instant otherwise.
    pub(super) p95_from_sending: Option<f64>,
    /// Requests a second.
    pub(super) rate: f64,
    /// Requests.
    pub(super) count: f64,
    /// The largest resident set in MiB.
    pub(super) peak: f64,
}

/// All of them, ready.
pub(super) struct Tools {
    ours: PathBuf,
    folder: PathBuf,
}

impl Tools {
    /// Builds ours for release; the peers are looked for in `PATH`.
    ///
    /// # Errors
    /// [`Failure`] when it does not build, or the folder cannot be written into.
    pub(super) fn find(folder: &Path) -> Result<Self, Failure> {
        eprintln!("building for release; this takes some minutes the first time");
        let ours = build_example("load", "tidegate-net")?;
        fs::write(folder.join("told.lua"), SCRIPT).map_err(Failure::io("write wrk's script"))?;
        Ok(Self {
            ours,
            folder: folder.to_owned(),
        })
    }

    /// What the peers say of themselves.
    ///
    /// # Errors
    /// [`Failure`] when one is not there: `cargo install oha`, `apt-get install wrk`.
    pub(super) fn versions(&self) -> Result<Vec<String>, Failure> {
        let oha = output(Command::new("oha").arg("--version"))?;
        // wrk tells its version with its usage, and ends as if that were a failure.
        let wrk = Command::new("wrk").arg("-v").output();
        let wrk = wrk.map_err(Failure::io("start wrk"))?;
        let wrk = String::from_utf8_lossy(&wrk.stdout).into_owned();
        let first = |text: &str| text.lines().next().unwrap_or_default().trim().to_owned();
        Ok(vec![first(&oha), first(&wrk)])
    }

    /// Lets a tool measure.
    ///
    /// # Errors
    /// [`Failure`] when it fails or says nothing that can be read.
    pub(super) fn measure(&self, tool: Tool, url: &str, work: Work) -> Result<Told, Failure> {
        let mut command = match tool {
            Tool::Ours => self.ours(url, work),
            Tool::Oha => oha(url, work),
            Tool::OhaCorrected => {
                let mut command = oha(url, work);
                command.arg("--latency-correction");
                command
            }
            Tool::Wrk => self.wrk(url, work),
        };
        let (text, peak) = self.run(&mut command)?;
        let told = match tool {
            Tool::Ours => ours_told(&text, peak),
            Tool::Oha | Tool::OhaCorrected => oha_told(&text, peak),
            Tool::Wrk => wrk_told(&text, peak),
        };
        told.ok_or_else(|| Failure::Found(format!("`{}` said:\n{text}", show(&command))))
    }

    fn ours(&self, url: &str, work: Work) -> Command {
        let mut command = Command::new(&self.ours);
        command.arg(url);
        match work {
            Work::Open { rate, seconds, .. } => {
                let samples = rate * seconds;
                command.args(["open", &rate.to_string(), &samples.to_string()]);
            }
            Work::Closed { clients, seconds } => {
                command.args(["closed", &clients.to_string(), &seconds.to_string()]);
            }
        }
        command
    }

    fn wrk(&self, url: &str, work: Work) -> Command {
        let (connections, seconds) = match work {
            Work::Open {
                connections,
                seconds,
                ..
            } => (connections, seconds),
            Work::Closed { clients, seconds } => (clients, seconds),
        };
        let mut command = Command::new("wrk");
        command.args(["-t1", &format!("-c{connections}"), &format!("-d{seconds}s")]);
        command.arg("-s").arg(self.folder.join("told.lua")).arg(url);
        command
    }

    /// What it wrote, and the most memory it had.
    fn run(&self, command: &mut Command) -> Result<(String, f64), Failure> {
        let shown = show(command);
        let log = self.folder.join("told.txt");
        let file = File::create(&log).map_err(Failure::io("make a file"))?;
        let child = command.stdin(Stdio::null()).stdout(file).spawn();
        let child = child.map_err(Failure::io(format!("start {shown}")))?;
        let used = child
            .wait4()
            .map_err(Failure::io(format!("wait for {shown}")))?;
        if !used.status.success() {
            return Err(Failure::Program {
                command: shown,
                code: used.status.code(),
            });
        }
        let text = fs::read_to_string(&log).map_err(Failure::io("read what it said"))?;
        Ok((text, mebibytes(used.rusage.maxrss)))
    }
}

fn oha(url: &str, work: Work) -> Command {
    let mut command = Command::new("oha");
    command.args(["--no-tui", "--output-format", "json"]);
    match work {
        Work::Open { rate, seconds, .. } => {
            let samples = rate * seconds;
            command.args(["-q", &rate.to_string(), "-n", &samples.to_string()]);
        }
        Work::Closed { clients, seconds } => {
            command.args(["-c", &clients.to_string(), "-z", &format!("{seconds}s")]);
        }
    }
    command.arg(url);
    command
}

fn ours_told(text: &str, peak: f64) -> Option<Told> {
    let told: Value = serde_json::from_str(text).ok()?;
    if told["errors"].as_u64()? > 0 {
        return None;
    }
    Some(Told {
        p95: told["waited"]["p95"].as_f64()?,
        p99: told["waited"]["p99"].as_f64()?,
        p95_from_sending: Some(told["took"]["p95"].as_f64()?),
        rate: told["rate"].as_f64()?,
        count: told["count"].as_f64()?,
        peak,
    })
}

fn oha_told(text: &str, peak: f64) -> Option<Told> {
    let told: Value = serde_json::from_str(text).ok()?;
    let at = |name: &str| Some(told["latencyPercentiles"][name].as_f64()? * 1000.0);
    let rate = told["summary"]["requestsPerSec"].as_f64()?;
    Some(Told {
        p95: at("p95")?,
        p99: at("p99")?,
        p95_from_sending: None,
        rate,
        count: rate * told["summary"]["total"].as_f64()?,
        peak,
    })
}

fn wrk_told(text: &str, peak: f64) -> Option<Told> {
    let line = text.lines().find(|line| line.starts_with('{'))?;
    let told: Value = serde_json::from_str(line).ok()?;
    let count = told["count"].as_f64()?;
    Some(Told {
        p95: told["p95"].as_f64()?,
        p99: told["p99"].as_f64()?,
        p95_from_sending: None,
        rate: count / (told["microseconds"].as_f64()? / 1_000_000.0),
        count,
        peak,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_tools_say_is_read() {
        let ours = r#"{"count":2,"errors":0,"rate":10.0,"waited":{"p95":3.0,"p99":4.0},"took":{"p95":2.0}}"#;
        let told = ours_told(ours, 1.0).unwrap();
        assert_eq!((told.p95, told.p95_from_sending), (3.0, Some(2.0)));
        assert!(ours_told(&ours.replace("\"errors\":0", "\"errors\":1"), 1.0).is_none());
        let oha = r#"{"summary":{"requestsPerSec":50.0,"total":2.0},"latencyPercentiles":{"p95":0.01,"p99":0.02}}"#;
        let told = oha_told(oha, 1.0).unwrap();
        assert_eq!((told.p95, told.p99, told.count), (10.0, 20.0, 100.0));
        let wrk = "Running\n\n{\"p50\":1.0,\"p95\":2.0,\"p99\":3.0,\"count\":50,\"microseconds\":2000000}\n";
        let told = wrk_told(wrk, 1.0).unwrap();
        assert_eq!((told.p95, told.rate), (2.0, 25.0));
        assert!(wrk_told("unable to connect", 1.0).is_none());
    }
}
