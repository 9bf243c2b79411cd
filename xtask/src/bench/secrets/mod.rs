//! `cargo xtask bench secrets`: looking for secrets, against kingfisher and gitleaks.

mod accuracy;
mod inputs;
mod programs;
mod repository;

use super::command::Prepared;
use super::files;
use super::measure::Series;
use super::measured::Measured;
use super::table::{Bar, Page, Row, Unit, table};
use crate::failure::Failure;
use accuracy::Tally;
use inputs::{Input, Inputs};
use programs::{PEERS, Programs};

/// A megabyte in the unit of memory rows.
const MEGABYTE: f64 = 1e6 / (1024.0 * 1024.0);

/// Measures and prints a table.
///
/// # Errors
/// [`Failure`] when an input cannot be made or a program not run, and when a bar is missed.
pub(super) fn run(runs: usize) -> Result<(), Failure> {
    let inputs = Inputs::make()?;
    let programs = Programs::build(inputs.scratch())?;
    let mut bench = Bench {
        programs,
        runs,
        commands: Vec::new(),
    };
    let rows = [
        shown(bench.unchanged(&inputs.unchanged()?)?),
        shown(bench.bundle(&inputs.bundle()?)?),
        shown(bench.changed(&inputs.changed()?)?),
        shown(bench.tree(&inputs.tree()?)?),
    ];
    let page = Page {
        peers: &PEERS,
        versions: bench.programs.versions(),
        commands: bench.commands,
        rows: rows.into_iter().flatten().collect(),
    };
    page.print()
}

/// Tells what is measured already: the whole takes a quarter of an hour.
fn shown(rows: Vec<Row>) -> Vec<Row> {
    for row in &rows {
        eprintln!("{}", row.cells(&PEERS).join(" | "));
    }
    rows
}

/// Counts what the programs find in the bundles with planted secrets, and in those without.
///
/// # Errors
/// [`Failure`] when an input cannot be made, a program not run or its report not be read.
pub(super) fn accuracy() -> Result<(), Failure> {
    let inputs = Inputs::make()?;
    let programs = Programs::build(inputs.scratch())?;
    let tallies = accuracy::count(&inputs, &programs)?;
    let head = [
        "Program",
        "Planted",
        "Found",
        "Found where none is",
        "Missed",
    ];
    let head = head.map(str::to_owned);
    print!("{}", table(&head, tallies.iter().map(Tally::cells)));
    Ok(())
}

struct Bench {
    programs: Programs,
    runs: usize,
    /// The command lines that were measured, with their exit codes.
    commands: Vec<String>,
}

impl Bench {
    fn unchanged(&mut self, input: &Input) -> Result<Vec<Row>, Failure> {
        let measured = self.measure(input)?;
        let (cpu, peak) = ("empty diff, CPU", "empty diff, peak memory");
        Ok(vec![
            measured.row(cpu, Unit::Milliseconds, Bar::AtMost(20.0), Series::cpu),
            measured.row(
                peak,
                Unit::Mebibytes,
                Bar::AtMost(20.0 * MEGABYTE),
                Series::peak,
            ),
        ])
    }

    fn bundle(&mut self, input: &Input) -> Result<Vec<Row>, Failure> {
        let measured = self.measure(input)?;
        let (cpu, peak) = (
            "12 MB bundle with maps, CPU",
            "12 MB bundle with maps, peak memory",
        );
        Ok(vec![
            measured.row(cpu, Unit::Milliseconds, Bar::AtMost(150.0), Series::cpu),
            measured.row(peak, Unit::Mebibytes, Bar::None, Series::peak),
        ])
    }

    fn changed(&mut self, input: &Input) -> Result<Vec<Row>, Failure> {
        let measured = self.measure(input)?;
        let (cpu, peak) = (
            "diff of 200 commits, CPU",
            "diff of 200 commits, peak memory",
        );
        Ok(vec![
            measured.row(cpu, Unit::Milliseconds, Bar::AtMost(100.0), Series::cpu),
            measured.row(peak, Unit::Mebibytes, Bar::None, Series::peak),
        ])
    }

    fn tree(&mut self, input: &Input) -> Result<Vec<Row>, Failure> {
        let measured = self.measure(input)?;
        #[allow(
            clippy::cast_precision_loss,
            reason = "a folder is far below 2^53 bytes"
        )]
        let megabytes = input.bytes()? as f64 / 1e6;
        let rate = |series: &Series| series.rate_of_cpu(megabytes);
        let (speed, peak) = (
            "147 MB of npm text, a second of CPU",
            "147 MB of npm text, peak memory",
        );
        Ok(vec![
            measured.row(speed, Unit::MegabytesPerSecond, Bar::AtLeast(170.0), rate),
            measured.row(
                "147 MB of npm text, against the peer",
                Unit::MegabytesPerSecond,
                Bar::AtLeastRatio(1.5),
                rate,
            ),
            measured.row(
                peak,
                Unit::Mebibytes,
                Bar::AtMost(60.0 * MEGABYTE),
                Series::peak,
            ),
            measured.row(
                "147 MB of npm text, wall",
                Unit::Milliseconds,
                Bar::None,
                Series::wall,
            ),
        ])
    }

    fn measure(&mut self, input: &Input) -> Result<Measured, Failure> {
        let ours = self.programs.tidegate(input);
        let theirs = self.programs.peers(input);
        let shown: Vec<_> = std::iter::once(Some(&ours))
            .chain(theirs.iter().map(Option::as_ref))
            .map(|prepared| prepared.map(Prepared::show))
            .collect();
        eprintln!("measuring {}", input.name());
        let measured = Measured::take(self.runs, ours, theirs)?;
        let series =
            std::iter::once(Some(&measured.ours)).chain(measured.theirs.iter().map(Option::as_ref));
        for (shown, series) in shown.into_iter().zip(series) {
            if let (Some(shown), Some(series)) = (shown, series) {
                let codes: Vec<_> = series.codes().iter().map(i32::to_string).collect();
                self.commands
                    .push(format!("{shown}  # exit code {}", codes.join(", ")));
            }
        }
        Ok(measured)
    }
}
