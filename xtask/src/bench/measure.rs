//! What one process costs, and what many runs say.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4 as _;

use crate::failure::Failure;

/// What one whole process cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// User and system time of the process and the children it waited for.
    cpu: Duration,
    wall: Duration,
    /// The largest resident set in bytes. Linux counts in it what this process ever held, until it
    /// started the program (`setmax_mm_hiwater_rss` at exec): nothing below that is seen.
    peak: u64,
    /// The exit code.
    code: i32,
}

impl Sample {
    /// Runs the command to its end; what it prints goes to `log`.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be started, or ends with another than the `accepted` exit codes: then
    /// the measure is worth nothing.
    pub(crate) fn take(
        command: &mut Command,
        log: &Path,
        accepted: &[i32],
    ) -> Result<Self, Failure> {
        let action = || format!("measure {}", command.get_program().to_string_lossy());
        let (action, output) = (action(), File::create(log));
        let output = output.map_err(Failure::io(&action))?;
        let errors = output.try_clone().map_err(Failure::io(&action))?;
        command.stdin(Stdio::null()).stdout(output).stderr(errors);
        let started = Instant::now();
        let child = command.spawn().map_err(Failure::io(&action))?;
        let used = child.wait4().map_err(Failure::io(&action))?;
        let wall = started.elapsed();
        let code = used.status.code().filter(|code| accepted.contains(code));
        let code = code.ok_or_else(|| {
            let told = fs::read_to_string(log).unwrap_or_default();
            Failure::Found(format!("{command:?} ended with {}:\n{told}", used.status))
        })?;
        let cpu = used.rusage.utime + used.rusage.stime;
        Ok(Self {
            cpu,
            wall,
            peak: used.rusage.maxrss,
            code,
        })
    }
}

impl Sample {
    /// User and system time.
    pub(crate) fn cpu(&self) -> Duration {
        self.cpu
    }

    /// From before the start to after the end.
    pub(crate) fn wall(&self) -> Duration {
        self.wall
    }
}

/// The samples of many runs of the same command.
#[derive(Debug, Default)]
pub(crate) struct Series(Vec<Sample>);

impl Series {
    /// CPU time in milliseconds.
    pub(crate) fn cpu(&self) -> Spread {
        self.spread(|sample| milliseconds(sample.cpu))
    }

    /// Wall time in milliseconds.
    pub(crate) fn wall(&self) -> Spread {
        self.spread(|sample| milliseconds(sample.wall))
    }

    /// Largest resident set in MiB.
    pub(crate) fn peak(&self) -> Spread {
        self.spread(|sample| mebibytes(sample.peak))
    }

    /// Pieces of work per second of CPU time, when one run does that many.
    pub(crate) fn rate_of_cpu(&self, pieces: f64) -> Spread {
        self.spread(|sample| pieces / sample.cpu.as_secs_f64())
    }

    /// The exit codes of the runs.
    pub(crate) fn codes(&self) -> BTreeSet<i32> {
        self.0.iter().map(|sample| sample.code).collect()
    }

    /// Pieces of work per second, when one run does that many.
    pub(crate) fn rate(&self, pieces: f64) -> Spread {
        self.spread(|sample| pieces / sample.wall.as_secs_f64())
    }

    fn spread(&self, of: impl Fn(&Sample) -> f64) -> Spread {
        Spread::of(self.0.iter().map(of).collect())
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// Bytes as MiB.
#[allow(
    clippy::cast_precision_loss,
    reason = "a resident set is far below 2^53 bytes"
)]
pub(crate) fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

/// The median and the quartiles around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

impl Spread {
    /// Quartiles with linear interpolation (type 7 of Hyndman and Fan, 1996).
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |part: f64| quantile(&values, part);
        Self {
            low: at(0.25),
            median: at(0.5),
            high: at(0.75),
        }
    }
}

#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index into a few dozen values, rounded down on purpose"
)]
fn quantile(sorted: &[f64], part: f64) -> f64 {
    let position = part * sorted.len().saturating_sub(1) as f64;
    let below = position as usize;
    match (sorted.get(below), sorted.get(below + 1)) {
        (Some(low), Some(high)) => low + (high - low) * position.fract(),
        (Some(only), None) => *only,
        (None, _) => f64::NAN,
    }
}

/// A program that takes longer than this runs [`SLOW_RUNS`] times at most.
const SLOW: Duration = Duration::from_secs(10);

const SLOW_RUNS: usize = 3;

/// Runs the programs in turn, so that whatever else the machine does meets all of them.
///
/// Who goes first changes from round to round. The first run of each warms the file cache, and is not
/// counted.
///
/// # Errors
/// The [`Failure`] of the first run that fails.
pub(crate) fn in_turn(
    runs: usize,
    programs: &mut [impl FnMut() -> Result<Sample, Failure>],
) -> Result<Vec<Series>, Failure> {
    let warmed: Vec<Sample> = programs
        .iter_mut()
        .map(|run| run())
        .collect::<Result<_, _>>()?;
    let most = |warm: &Sample| {
        if warm.wall > SLOW {
            SLOW_RUNS.min(runs)
        } else {
            runs
        }
    };
    let most: Vec<usize> = warmed.iter().map(most).collect();
    let mut series: Vec<Series> = programs.iter().map(|_| Series::default()).collect();
    for round in 0..runs {
        for turn in 0..programs.len() {
            let which = (round + turn) % programs.len();
            if round < most[which] {
                series[which].0.push(programs[which]()?);
            }
        }
    }
    Ok(series)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn quartiles_lie_between_the_values() {
        let spread = Spread::of(vec![4.0, 1.0, 3.0, 2.0]);
        assert_eq!(
            spread,
            Spread {
                low: 1.75,
                median: 2.5,
                high: 3.25
            }
        );
        let single = Spread::of(vec![7.0]);
        assert_eq!(
            single,
            Spread {
                low: 7.0,
                median: 7.0,
                high: 7.0
            }
        );
    }

    #[test]
    fn nothing_measured_meets_no_bar() {
        assert!(Spread::of(Vec::new()).median.is_nan());
    }

    #[cfg(unix)]
    #[test]
    fn a_failing_command_is_no_sample() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut command = Command::new("sh");
        command.args(["-c", "echo went wrong >&2; exit 3"]);
        let failure = Sample::take(&mut command, &log, &[0, 1])
            .unwrap_err()
            .to_string();
        assert!(
            failure.contains("went wrong") && failure.contains('3'),
            "{failure}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_process_has_a_peak_and_a_wall_time() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let sample = Sample::take(&mut Command::new("true"), &log, &[0]).unwrap();
        assert!(sample.peak > 0 && sample.wall > Duration::ZERO);
    }

    fn sample(code: i32, seconds: u64) -> Sample {
        Sample {
            cpu: Duration::from_millis(500),
            wall: Duration::from_secs(seconds),
            peak: 1,
            code,
        }
    }

    #[test]
    fn the_programs_take_turns_and_a_slow_one_runs_less_often() {
        let order = RefCell::new(Vec::new());
        let run = |name: i32, seconds: u64| {
            let order = &order;
            move || {
                order.borrow_mut().push(name);
                Ok(sample(name, seconds))
            }
        };
        let series = in_turn(4, &mut [run(0, 1), run(1, 11)]).unwrap();
        let counts: Vec<usize> = series.iter().map(|series| series.0.len()).collect();
        assert_eq!(counts, [4, 3]);
        assert_eq!(*order.borrow(), [0, 1, 0, 1, 1, 0, 0, 1, 0]);
    }

    #[test]
    fn work_is_told_by_the_second_of_cpu_time() {
        let series = Series(vec![sample(0, 1), sample(1, 1)]);
        assert!((series.rate_of_cpu(100.0).median - 200.0).abs() < 1e-9);
        assert_eq!(series.codes(), BTreeSet::from([0, 1]));
    }
}
