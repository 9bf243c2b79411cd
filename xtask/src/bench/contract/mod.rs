//! `cargo xtask bench contract`: what holding answers against a document costs, what comparing and
//! loading documents costs, and what Tidegate and schemathesis find on the same portal.

mod documents;
mod inputs;
mod programs;

use super::command::Prepared;
use super::measure::Series;
use super::measured::Measured;
use super::ours::Ours;
use super::portal::Portal;
use super::side_by_side::{self, Case, Match, Settings};
use super::table::{Bar, Page, Row, Unit};
use crate::failure::Failure;

/// The column that ratios are of: the same gate without `openapi:`.
const PEERS: [&str; 1] = ["without `openapi:`"];

/// The throughput run sends thousands of requests; fewer of them are a sample large enough.
const THROUGHPUT_RUNS: usize = 10;

/// Measures and prints a table.
///
/// # Errors
/// [`Failure`] when a program does not build or run, and when a bar is missed.
pub(super) fn run(runs: usize) -> Result<(), Failure> {
    let ours = Ours::build()?;
    let folder = tempfile::tempdir().map_err(Failure::io("make a temporary folder"))?;
    inputs::write(folder.path())?;
    let portal = Portal::start(&ours.portal, folder.path())?;
    let mut bench = Bench {
        ours,
        portal,
        runs,
        commands: Vec::new(),
    };
    let mut rows = bench.flow()?;
    rows.extend(bench.many()?);
    rows.extend(bench.comparing()?);
    rows.extend(bench.loading()?);
    let page = Page {
        peers: &PEERS,
        versions: vec!["Tidegate itself, the same gate without a document".to_owned()],
        commands: bench.commands,
        rows,
    };
    page.print()
}

/// How schemathesis logs in, as its documentation shows it.
const LOGIN: &str = r#"[auth.dynamic.openapi.bearer]
path = "/api/login"
payload = { email = "anna@acme.example", password = "anna-demo-password" }
extract_selector = "/token"
"#;

/// The regressions of the contract.
const CASES: &[Case] = &[
    Case::GOOD,
    Case::of("schema-drift", &["conformance/"], &["ST108"]),
    Case::of("undocumented-field", &["conformance/"], &["ST108"]),
    Case::of("undocumented-status", &["conformance/"], &["ST103"]),
    Case::of("removed-field", &["conformance/"], &["ST108"]),
    Case::of("accepts-invalid", &["rejects/"], &["ST201"]),
    Case::of("stores-invalid", &["rejects/"], &["ST201"]),
    Case::of("quote-500", &["rejects/"], &["ST101"]),
];

/// Runs the example gate and all checks of schemathesis, logged in as a member, on the good portal and
/// on broken ones, and prints what each found.
///
/// # Errors
/// [`Failure`] when a program does not build, cannot be installed or does not run.
pub(super) fn accuracy() -> Result<(), Failure> {
    side_by_side::print(Match {
        cases: CASES,
        gate: None,
        settings: Settings {
            files: &[("schemathesis.toml", LOGIN)],
            arguments: &[],
        },
    })
}

struct Bench {
    ours: Ours,
    portal: Portal,
    runs: usize,
    /// The command lines that were measured.
    commands: Vec<String>,
}

impl Bench {
    fn flow(&mut self) -> Result<Vec<Row>, Failure> {
        let [plain, described, portal] = inputs::FLOW;
        let measured = self.against(self.runs, described, plain)?;
        let whole = self.against(self.runs, portal, plain)?;
        let bar = Bar::AtMostRatio(1.05);
        let (unit, memory) = (Unit::Milliseconds, Unit::Mebibytes);
        Ok(vec![
            measured.row("10-step flow, CPU", unit, bar, Series::cpu),
            measured.row("10-step flow, peak memory", memory, Bar::None, Series::peak),
            whole.row(
                "10-step flow with the portal's whole document, CPU",
                unit,
                Bar::None,
                Series::cpu,
            ),
        ])
    }

    fn many(&mut self) -> Result<Vec<Row>, Failure> {
        let [plain, described] = inputs::MANY;
        let measured = self.against(THROUGHPUT_RUNS, described, plain)?;
        let (unit, memory) = (Unit::Milliseconds, Unit::Mebibytes);
        let bar = Bar::AtMostRatio(1.05);
        Ok(vec![
            measured.row("1,000 flows of 3 requests, CPU", unit, bar, Series::cpu),
            measured.row(
                "1,000 flows of 3 requests, peak memory",
                memory,
                Bar::None,
                Series::peak,
            ),
        ])
    }

    fn comparing(&mut self) -> Result<Vec<Row>, Failure> {
        let (same, other) = ([inputs::BASE; 2], [inputs::BASE, inputs::HEAD]);
        let bar = Bar::AtMost(150.0);
        Ok(vec![
            self.diff("1 MB document against itself, CPU", bar, same)?,
            self.diff("1 MB document with 50 changes, CPU", bar, other)?,
        ])
    }

    fn diff(
        &mut self,
        name: &'static str,
        bar: Bar,
        [base, head]: [&str; 2],
    ) -> Result<Row, Failure> {
        let prepared = programs::diff(&self.ours, &self.portal, base, head);
        let measured = self.measure(self.runs, prepared, Vec::new())?;
        Ok(measured.row(name, Unit::Milliseconds, bar, Series::cpu))
    }

    /// Start-up, reading the document and telling how much of it there is.
    fn loading(&mut self) -> Result<Vec<Row>, Failure> {
        let document = inputs::large()?;
        let prepared = programs::load(&self.ours, &self.portal, &document);
        let measured = self.measure(self.runs, prepared, Vec::new())?;
        let (unit, bar) = (Unit::Milliseconds, Bar::AtMost(200.0));
        Ok(vec![
            measured.row("loading a 6 MB document, wall", unit, bar, Series::wall),
            measured.row("loading a 6 MB document, CPU", unit, Bar::None, Series::cpu),
            measured.row(
                "loading a 6 MB document, peak memory",
                Unit::Mebibytes,
                Bar::None,
                Series::peak,
            ),
        ])
    }

    /// The gate with a document against the same without.
    fn against(&mut self, runs: usize, with: &str, without: &str) -> Result<Measured, Failure> {
        let ours = programs::gate(&self.ours, &self.portal, with);
        let theirs = programs::gate(&self.ours, &self.portal, without);
        self.measure(runs, ours, vec![Some(theirs)])
    }

    fn measure(
        &mut self,
        runs: usize,
        ours: Prepared,
        theirs: Vec<Option<Prepared>>,
    ) -> Result<Measured, Failure> {
        let all = std::iter::once(&ours).chain(theirs.iter().flatten());
        self.commands.extend(all.map(Prepared::show));
        Measured::take(runs, ours, theirs)
    }
}
