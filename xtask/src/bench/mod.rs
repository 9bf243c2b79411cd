//! `cargo xtask bench flow`: whole processes on loopback, Tidegate and its peer in turn.

mod inputs;
mod measure;
mod portal;
mod programs;
mod table;

use lexopt::Parser;
use lexopt::prelude::{Long, Value, ValueExt as _};

use crate::failure::Failure;
use measure::{Sample, Series, in_turn};
use portal::Portal;
use programs::{Prepared, Programs};
use table::{Bar, Row, Unit};

/// Below this number of runs a median says little.
const FEWEST_RUNS: usize = 20;

/// The throughput run sends thousands of requests; a few of them are a sample large enough.
const THROUGHPUT_RUNS: usize = 5;

/// What `bench` is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// How often each program runs for one measure.
    runs: usize,
}

impl Options {
    /// Reads the arguments after `bench`.
    ///
    /// # Errors
    /// [`Failure::Usage`] when they make no sense.
    pub(crate) fn parse(mut arguments: Parser) -> Result<Self, Failure> {
        match arguments.next()? {
            Some(Value(name)) if name == "flow" => {}
            _ => return Err(Failure::Usage("the one benchmark is `flow`".to_owned())),
        }
        let mut runs = FEWEST_RUNS;
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("runs") => runs = arguments.value()?.parse()?,
                other => return Err(other.unexpected().into()),
            }
        }
        if runs < FEWEST_RUNS {
            return Err(Failure::Usage(format!(
                "--runs needs at least {FEWEST_RUNS}"
            )));
        }
        Ok(Self { runs })
    }
}

/// Measures and prints a table.
///
/// # Errors
/// [`Failure`] when a program does not build or run, and when a bar is missed.
pub(crate) fn run(options: Options) -> Result<(), Failure> {
    let programs = Programs::build()?;
    let folder = tempfile::tempdir().map_err(Failure::io("make a temporary folder"))?;
    inputs::write(folder.path())?;
    let portal = Portal::start(&programs.portal, folder.path())?;
    let bench = Bench {
        programs,
        portal,
        options,
    };

    let mut rows = bench.flow()?;
    rows.push(bench.start_up()?);
    rows.push(bench.loading()?);
    rows.extend(bench.throughput()?);

    print!(
        "{}",
        table::page(&rows, &bench.programs, &bench.commands())?
    );
    let missed: Vec<&str> = rows
        .iter()
        .filter(|row| row.met() == Some(false))
        .map(Row::name)
        .collect();
    if missed.is_empty() {
        return Ok(());
    }
    Err(Failure::Found(format!("missed: {}", missed.join(", "))))
}

struct Bench {
    programs: Programs,
    portal: Portal,
    options: Options,
}

impl Bench {
    /// The command lines that are measured.
    fn commands(&self) -> Vec<String> {
        let (programs, portal) = (&self.programs, &self.portal);
        let prepared = [
            Some(programs.tidegate_flow(portal)),
            programs.hurl_flow(portal),
            Some(programs.tidegate_version(portal)),
            Some(programs.tidegate_plan(portal)),
            Some(programs.tidegate_many(portal)),
            programs.hurl_many(portal),
        ];
        prepared.iter().flatten().map(Prepared::show).collect()
    }

    /// Ten steps with a JSON and a JUnit report.
    fn flow(&self) -> Result<Vec<Row>, Failure> {
        let (ours, theirs) = self.both(
            self.options.runs,
            || self.programs.tidegate_flow(&self.portal).sample(),
            || self.programs.hurl_flow(&self.portal).map(Prepared::sample),
        )?;
        let row = |name, unit, bar, of: fn(&Series) -> measure::Spread| {
            Row::new(name, unit, bar, of(&ours), theirs.as_ref().map(of))
        };
        Ok(vec![
            row(
                "10-step flow, CPU",
                Unit::Milliseconds,
                Bar::AtMostRatio(0.75),
                Series::cpu,
            ),
            row(
                "10-step flow, peak memory",
                Unit::Mebibytes,
                Bar::AtMostRatio(1.0),
                Series::peak,
            ),
            row(
                "10-step flow, wall",
                Unit::Milliseconds,
                Bar::None,
                Series::wall,
            ),
        ])
    }

    fn start_up(&self) -> Result<Row, Failure> {
        let series = self.ours(|| self.programs.tidegate_version(&self.portal).sample())?;
        Ok(Row::new(
            "`--version`, CPU",
            Unit::Milliseconds,
            Bar::AtMost(5.0),
            series.cpu(),
            None,
        ))
    }

    fn loading(&self) -> Result<Row, Failure> {
        let series = self.ours(|| self.programs.tidegate_plan(&self.portal).sample())?;
        let name = "plan of 500 checks, CPU";
        Ok(Row::new(
            name,
            Unit::Milliseconds,
            Bar::AtMost(50.0),
            series.cpu(),
            None,
        ))
    }

    /// A thousand flows of three requests, each program as parallel as it is by default.
    fn throughput(&self) -> Result<Vec<Row>, Failure> {
        let (ours, theirs) = self.both(
            THROUGHPUT_RUNS,
            || self.programs.tidegate_many(&self.portal).sample(),
            || self.programs.hurl_many(&self.portal).map(Prepared::sample),
        )?;
        let flows = f64::from(inputs::MANY);
        let rate = |series: &Series| series.rate(flows);
        Ok(vec![
            Row::new(
                "1,000 flows of 3 requests",
                Unit::FlowsPerSecond,
                Bar::AtLeastRatio(1.0),
                rate(&ours),
                theirs.as_ref().map(rate),
            ),
            Row::new(
                "1,000 flows of 3 requests, CPU",
                Unit::Milliseconds,
                Bar::None,
                ours.cpu(),
                theirs.as_ref().map(Series::cpu),
            ),
        ])
    }

    fn ours(&self, sample: impl Fn() -> Result<Sample, Failure>) -> Result<Series, Failure> {
        (0..self.options.runs).map(|_| sample()).collect()
    }

    /// Runs both in turn, or ours alone when the peer is not installed.
    fn both(
        &self,
        runs: usize,
        ours: impl Fn() -> Result<Sample, Failure>,
        theirs: impl Fn() -> Option<Result<Sample, Failure>>,
    ) -> Result<(Series, Option<Series>), Failure> {
        // The first run of each warms the file cache and the portal, and is not counted.
        ours()?;
        theirs().transpose()?;
        in_turn(runs, ours, theirs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Options, Failure> {
        Options::parse(Parser::from_args(arguments))
    }

    #[test]
    fn the_runs_can_be_chosen_above_the_least() {
        assert_eq!(parse(&["flow"]).unwrap(), Options { runs: 20 });
        assert_eq!(
            parse(&["flow", "--runs", "50"]).unwrap(),
            Options { runs: 50 }
        );
    }

    #[test]
    fn other_arguments_are_wrong_usage() {
        for arguments in [
            &[][..],
            &["latency"],
            &["flow", "--runs", "3"],
            &["flow", "--fast"],
        ] {
            let refused = parse(arguments);
            assert!(
                matches!(refused, Err(Failure::Usage(_))),
                "{arguments:?}: {refused:?}"
            );
        }
    }
}
