//! `cargo xtask bench flow`: requests on loopback, against hurl.

pub(crate) mod inputs;
mod programs;

use super::command::Prepared;
use super::measure::Series;
use super::measured::Measured;
use super::portal::Portal;
use super::table::{Bar, Page, Row, Unit};
use crate::failure::Failure;
use programs::Programs;

/// The throughput run sends thousands of requests; a few of them are a sample large enough.
const THROUGHPUT_RUNS: usize = 5;

/// Measures and prints a table.
///
/// # Errors
/// [`Failure`] when a program does not build or run, and when a bar is missed.
pub(super) fn run(runs: usize) -> Result<(), Failure> {
    let programs = Programs::build()?;
    let folder = tempfile::tempdir().map_err(Failure::io("make a temporary folder"))?;
    inputs::write(folder.path())?;
    let portal = Portal::start(&programs.ours.portal, folder.path())?;
    let bench = Bench {
        programs,
        portal,
        runs,
    };

    let mut rows = bench.flow()?;
    rows.push(bench.start_up()?);
    rows.push(bench.loading()?);
    rows.extend(bench.throughput()?);

    let peer = bench.programs.hurl.as_deref().unwrap_or("not installed");
    let page = Page {
        peers: &["hurl"],
        versions: vec![peer.to_owned()],
        commands: bench.commands(),
        rows,
    };
    page.print()
}

struct Bench {
    programs: Programs,
    portal: Portal,
    runs: usize,
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
        let (programs, portal) = (&self.programs, &self.portal);
        let ours = programs.tidegate_flow(portal);
        let measured = Measured::take(self.runs, ours, vec![programs.hurl_flow(portal)])?;
        Ok(vec![
            measured.row(
                "10-step flow, CPU",
                Unit::Milliseconds,
                Bar::AtMostRatio(0.75),
                Series::cpu,
            ),
            measured.row(
                "10-step flow, peak memory",
                Unit::Mebibytes,
                Bar::AtMostRatio(1.0),
                Series::peak,
            ),
            measured.row(
                "10-step flow, wall",
                Unit::Milliseconds,
                Bar::None,
                Series::wall,
            ),
        ])
    }

    fn start_up(&self) -> Result<Row, Failure> {
        let prepared = self.programs.tidegate_version(&self.portal);
        self.ours("`--version`, CPU", Bar::AtMost(5.0), prepared)
    }

    fn loading(&self) -> Result<Row, Failure> {
        let prepared = self.programs.tidegate_plan(&self.portal);
        self.ours("plan of 500 checks, CPU", Bar::AtMost(50.0), prepared)
    }

    /// The CPU time of something that no peer does.
    fn ours(&self, name: &'static str, bar: Bar, prepared: Prepared) -> Result<Row, Failure> {
        let measured = Measured::take(self.runs, prepared, Vec::new())?;
        Ok(measured.row(name, Unit::Milliseconds, bar, Series::cpu))
    }

    /// A thousand flows of three requests, each program as parallel as it is by default.
    fn throughput(&self) -> Result<Vec<Row>, Failure> {
        let (programs, portal) = (&self.programs, &self.portal);
        let ours = programs.tidegate_many(portal);
        let measured = Measured::take(THROUGHPUT_RUNS, ours, vec![programs.hurl_many(portal)])?;
        let rate = |series: &Series| series.rate(f64::from(inputs::MANY));
        Ok(vec![
            measured.row(
                "1,000 flows of 3 requests",
                Unit::FlowsPerSecond,
                Bar::AtLeastRatio(1.0),
                rate,
            ),
            measured.row(
                "1,000 flows of 3 requests, CPU",
                Unit::Milliseconds,
                Bar::None,
                Series::cpu,
            ),
        ])
    }
}
