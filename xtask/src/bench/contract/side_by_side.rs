//! Tidegate and schemathesis on the same portals: what each finds, and what it takes for it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::Found;
use super::programs::{Peer, Programs};
use crate::bench::command::{Prepared, remove};
use crate::bench::portal::Portal;
use crate::failure::Failure;

/// A regression of the portal and the failures with which each program would name it: Tidegate's codes
/// and schemathesis'. The good portal has none.
const PORTALS: [(Option<&str>, &[&str], &[&str]); 8] = [
    (None, &[], &[]),
    (Some("schema-drift"), &["conformance/"], &["ST108"]),
    (Some("undocumented-field"), &["conformance/"], &["ST108"]),
    (Some("undocumented-status"), &["conformance/"], &["ST103"]),
    (Some("removed-field"), &["conformance/"], &["ST108"]),
    (Some("accepts-invalid"), &["rejects/"], &["ST201"]),
    (Some("stores-invalid"), &["rejects/"], &["ST201"]),
    (Some("quote-500"), &["rejects/"], &["ST101"]),
];

/// The columns of the table.
pub(super) const HEAD: [&str; 8] = [
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
pub(super) struct Ran {
    portal: Option<&'static str>,
    program: &'static str,
    named: Found,
    other: Found,
    requests: usize,
    wall: Duration,
    cpu: Duration,
}

/// Runs both on a fresh portal for each regression.
///
/// # Errors
/// [`Failure`] when a portal does not start, or a program does not run or report.
pub(super) fn run(programs: &Programs, peer: &Peer, scratch: &Path) -> Result<Vec<Ran>, Failure> {
    let mut all = Vec::new();
    for (regression, ours, theirs) in PORTALS {
        let report = scratch.join("report.json");
        eprintln!("gating the portal: {}", regression.unwrap_or("good"));
        all.push(ran(programs, scratch, regression, "Tidegate", |portal| {
            let run = programs.example(portal, &report)?;
            Ok((run, Found::by_tidegate, ours))
        })?);
        all.push(ran(
            programs,
            scratch,
            regression,
            "schemathesis",
            |portal| {
                let run = peer.on(portal, &report)?;
                Ok((run, Found::by_schemathesis, theirs))
            },
        )?);
    }
    Ok(all)
}

type Planned = (Prepared, fn(&Value) -> Found, &'static [&'static str]);

fn ran(
    programs: &Programs,
    scratch: &Path,
    regression: Option<&'static str>,
    program: &'static str,
    plan: impl FnOnce(&Portal) -> Result<Planned, Failure>,
) -> Result<Ran, Failure> {
    let folder = tempfile::tempdir().map_err(Failure::io("make a temporary folder"))?;
    let (log, report) = (scratch.join("requests.log"), scratch.join("report.json"));
    remove(&report)?;
    let portal = Portal::counted(programs.portal(), folder.path(), regression, &log)?;
    let (mut prepared, read, names) = plan(&portal)?;
    let sample = prepared.sample()?;
    drop(portal);
    let (named, other) = read(&json(&report)?).parted(names);
    Ok(Ran {
        portal: regression,
        program,
        named,
        other,
        requests: requests(&log)?,
        wall: sample.wall(),
        cpu: sample.cpu(),
    })
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

/// The rows of the table.
pub(super) fn rows(all: &[Ran]) -> impl Iterator<Item = Vec<String>> {
    all.iter().map(Ran::cells)
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
        let (named, other) = Found::by_schemathesis(&report).parted(PORTALS[7].2);
        let ran = Ran {
            portal: PORTALS[7].0,
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
