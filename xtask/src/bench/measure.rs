//! What one process costs, and what many runs say.

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
    /// The largest resident set in bytes.
    peak: u64,
}

impl Sample {
    /// Runs the command to its end; what it prints goes to `log`.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be started, or does not succeed: then the measure is worth nothing.
    pub(crate) fn take(command: &mut Command, log: &Path) -> Result<Self, Failure> {
        let action = || format!("measure {}", command.get_program().to_string_lossy());
        let (action, output) = (action(), File::create(log));
        let output = output.map_err(Failure::io(&action))?;
        let errors = output.try_clone().map_err(Failure::io(&action))?;
        command.stdin(Stdio::null()).stdout(output).stderr(errors);
        let started = Instant::now();
        let child = command.spawn().map_err(Failure::io(&action))?;
        let used = child.wait4().map_err(Failure::io(&action))?;
        let wall = started.elapsed();
        if !used.status.success() {
            let told = fs::read_to_string(log).unwrap_or_default();
            return Err(Failure::Found(format!(
                "{command:?} ended with {}:\n{told}",
                used.status
            )));
        }
        let cpu = used.rusage.utime + used.rusage.stime;
        Ok(Self {
            cpu,
            wall,
            peak: used.rusage.maxrss,
        })
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
        #[allow(
            clippy::cast_precision_loss,
            reason = "a resident set is far below 2^53 bytes"
        )]
        self.spread(|sample| sample.peak as f64 / (1024.0 * 1024.0))
    }

    /// Pieces of work per second, when one run does that many.
    pub(crate) fn rate(&self, pieces: f64) -> Spread {
        self.spread(|sample| pieces / sample.wall.as_secs_f64())
    }

    fn spread(&self, of: impl Fn(&Sample) -> f64) -> Spread {
        Spread::of(self.0.iter().map(of).collect())
    }
}

impl FromIterator<Sample> for Series {
    fn from_iter<I: IntoIterator<Item = Sample>>(samples: I) -> Self {
        Self(samples.into_iter().collect())
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
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

/// Runs two commands alternately, so that whatever else the machine does meets both.
///
/// Who goes first changes from round to round. `theirs` gives nothing when there is no peer.
///
/// # Errors
/// The [`Failure`] of the first run that fails.
pub(crate) fn in_turn(
    runs: usize,
    ours: impl Fn() -> Result<Sample, Failure>,
    theirs: impl Fn() -> Option<Result<Sample, Failure>>,
) -> Result<(Series, Option<Series>), Failure> {
    let (mut own, mut peer) = (Series::default(), Series::default());
    for round in 0..runs {
        if round % 2 == 0 {
            own.0.push(ours()?);
            peer.0.extend(theirs().transpose()?);
        } else {
            peer.0.extend(theirs().transpose()?);
            own.0.push(ours()?);
        }
    }
    let has_peer = !peer.0.is_empty();
    Ok((own, has_peer.then_some(peer)))
}

#[cfg(test)]
mod tests {
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
        let failure = Sample::take(&mut command, &log).unwrap_err().to_string();
        assert!(
            failure.contains("went wrong") && failure.contains('3'),
            "{failure}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_process_has_a_peak_and_a_wall_time() {
        let folder = tempfile::tempdir().unwrap();
        let sample = Sample::take(&mut Command::new("true"), &folder.path().join("log")).unwrap();
        assert!(sample.peak > 0 && sample.wall > Duration::ZERO);
    }
}
