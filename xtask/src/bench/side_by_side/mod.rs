//! Tidegate and schemathesis on the same portals: what each finds, and what it takes for it.

mod found;
mod peer;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use super::command::{Prepared, remove};
use super::example;
use super::ours::Ours;
use super::portal::Portal;
use super::table::table;
use crate::failure::Failure;
use crate::process::root;
use found::Found;
pub(crate) use peer::Settings;
use peer::{Peer, SCHEMATHESIS_VERSION};

/// What is run side by side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Match {
    /// The regressions.
    pub(crate) cases: &'static [Case],
    /// Our gate; the portal's own example gate when absent.
    pub(crate) gate: Option<&'static str>,
    /// What schemathesis is told.
    pub(crate) settings: Settings,
}

/// A regression of the portal and the failures with which each program would name it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    /// The switch; the good portal has none.
    pub(crate) regression: Option<&'static str>,
    /// How Tidegate's codes for it begin.
    pub(crate) ours: &'static [&'static str],
    /// How schemathesis' codes for it begin.
    pub(crate) theirs: &'static [&'static str],
}

impl Case {
    /// The portal without a regression, on which nothing is to be found.
    pub(crate) const GOOD: Self = Self {
        regression: None,
        ours: &[],
        theirs: &[],
    };

    /// A regression, and the beginnings of the codes that name it.
    pub(crate) const fn of(
        regression: &'static str,
        ours: &'static [&'static str],
        theirs: &'static [&'static str],
    ) -> Self {
        Self {
            regression: Some(regression),
            ours,
            theirs,
        }
    }
}

/// The columns of the table.
const HEAD: [&str; 8] = [
    "Portal",
    "Program",
    "Finds it",
    "By",
    "Also reports",
    "Requests",
    "Wall",
    "CPU",
];

/// What one program did with one portal.
#[derive(Debug)]
struct Ran {
    portal: Option<&'static str>,
    program: &'static str,
    named: Found,
    other: Found,
    requests: usize,
    wall: Duration,
    cpu: Duration,
}

/// Runs both on a fresh portal for each regression and prints what each found.
///
/// # Errors
/// [`Failure`] when a program does not build, cannot be installed, does not run or does not report, or
/// when a portal does not start.
pub(crate) fn print(which: Match) -> Result<(), Failure> {
    let scratch = root().join("target/bench/contract");
    fs::create_dir_all(&scratch).map_err(Failure::io("make a folder"))?;
    let beside = Beside {
        which,
        ours: Ours::build()?,
        peer: Peer::install(&scratch)?,
        report: scratch.join("report.json"),
        log: scratch.join("requests.log"),
    };
    let mut rows = Vec::new();
    for case in which.cases {
        eprintln!("gating the portal: {}", case.regression.unwrap_or("good"));
        rows.push(beside.by_tidegate(case)?.cells());
        rows.push(beside.by_schemathesis(case)?.cells());
    }
    println!("Peer: schemathesis {SCHEMATHESIS_VERSION}\n");
    print!("{}", table(&HEAD.map(str::to_owned), rows.into_iter()));
    Ok(())
}

/// Both programs, ready.
struct Beside {
    which: Match,
    ours: Ours,
    peer: Peer,
    report: PathBuf,
    log: PathBuf,
}

type Read = fn(&Value) -> Found;

impl Beside {
    fn by_tidegate(&self, case: &Case) -> Result<Ran, Failure> {
        let plan = |portal: &Portal| example::on(&self.ours, portal, self.which.gate, &self.report);
        self.ran(case, "Tidegate", case.ours, Found::by_tidegate, plan)
    }

    fn by_schemathesis(&self, case: &Case) -> Result<Ran, Failure> {
        let plan = |portal: &Portal| self.peer.on(portal, self.which.settings, &self.report);
        self.ran(
            case,
            "schemathesis",
            case.theirs,
            Found::by_schemathesis,
            plan,
        )
    }

    fn ran(
        &self,
        case: &Case,
        program: &'static str,
        names: &[&str],
        read: Read,
        plan: impl FnOnce(&Portal) -> Result<Prepared, Failure>,
    ) -> Result<Ran, Failure> {
        let folder = tempfile::tempdir().map_err(Failure::io("make a temporary folder"))?;
        remove(&self.report)?;
        let regression = case.regression;
        let portal = Portal::counted(&self.ours.portal, folder.path(), regression, &self.log)?;
        let mut prepared = plan(&portal)?;
        let sample = prepared.sample()?;
        drop(portal);
        let (named, other) = read(&json(&self.report)?).parted(names);
        Ok(Ran {
            portal: regression,
            program,
            named,
            other,
            requests: requests(&self.log)?,
            wall: sample.wall(),
            cpu: sample.cpu(),
        })
    }
}

fn json(path: &Path) -> Result<Value, Failure> {
    let text = fs::read_to_string(path).map_err(Failure::io(format!("read {}", path.display())))?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::Found(format!("a report is no JSON: {error}")))
}

/// How many requests the portal has answered, by its own log.
fn requests(log: &Path) -> Result<usize, Failure> {
    let text = fs::read_to_string(log).map_err(Failure::io("read the portal's log"))?;
    let answered = |line: &&str| line.contains("\"message\":\"request\"");
    Ok(text.lines().filter(answered).count())
}

impl Ran {
    fn cells(&self) -> Vec<String> {
        let finds = match (self.portal, self.named.is_empty()) {
            (None, _) => "–",
            (Some(_), false) => "yes",
            (Some(_), true) => "**no**",
        };
        let seconds = |time: Duration| format!("{:.2} s", time.as_secs_f64());
        vec![
            self.portal.unwrap_or("good").to_owned(),
            self.program.to_owned(),
            finds.to_owned(),
            self.named.show(),
            self.other.show(),
            self.requests.to_string(),
            seconds(self.wall),
            seconds(self.cpu),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_program_finds_a_regression_by_a_failure_that_names_it() {
        let report = json!({ "failures": [{ "code": "ST202", "title": "Rejected", "count": 2 }] });
        let (named, other) = Found::by_schemathesis(&report).parted(&["ST101"]);
        let ran = Ran {
            portal: Some("quote-500"),
            program: "schemathesis",
            named,
            other,
            requests: 2728,
            wall: Duration::from_millis(30_080),
            cpu: Duration::from_millis(20_170),
        };
        let expected = [
            "quote-500",
            "schemathesis",
            "**no**",
            "–",
            "ST202 Rejected ×2",
            "2728",
        ];
        assert_eq!(ran.cells()[..6], expected);
        assert_eq!(ran.cells()[6..], ["30.08 s", "20.17 s"]);
    }

    #[test]
    fn requests_are_counted_in_the_portals_log() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        fs::write(
            &log,
            "{\"message\":\"started\"}\n{\"message\":\"request\",\"path\":\"/\"}\n",
        )
        .unwrap();
        assert_eq!(requests(&log).unwrap(), 1);
    }
}
