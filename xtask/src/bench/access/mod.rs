//! `cargo xtask bench access`: what looking at who may do what costs in an app of forty routes, and
//! what Tidegate and schemathesis find on the same portal.

mod gate;
mod office;

use std::process::Command;

use super::command::Prepared;
use super::measure::Series;
use super::measured::Measured;
use super::ours::Ours;
use super::side_by_side::{self, Case, Match, Settings};
use super::table::{Bar, Page, Unit};
use crate::failure::Failure;
use office::Office;

/// The most requests that forty routes, four identities and five resources may take.
const MOST_REQUESTS: usize = 600;

const WALL: &str = "40 routes × 4 identities and 5 resources, wall";
const CPU: &str = "40 routes × 4 identities and 5 resources, CPU";
const MEMORY: &str = "40 routes × 4 identities and 5 resources, peak memory";

/// Measures and prints a table.
///
/// # Errors
/// [`Failure`] when a program does not build or run, and when a bar is missed.
pub(super) fn run(runs: usize) -> Result<(), Failure> {
    let ours = Ours::build()?;
    let folder = tempfile::tempdir().map_err(Failure::io("make a temporary folder"))?;
    gate::write(folder.path())?;
    let office = Office::start()?;
    let mut command = Command::new(&ours.tidegate);
    command
        .args(["--gate", gate::OFFICE, "run", "--all"])
        .env("OFFICE_URL", office.url())
        .current_dir(folder.path());
    let prepared = Prepared::new(command, folder.path());
    let shown = prepared.show();
    let measured = Measured::take(runs, prepared, Vec::new())?;
    // One run warms the file cache and is not measured.
    let requests = office.stop()? / (runs + 1);
    println!("Requests of one run: {requests} (at most {MOST_REQUESTS})\n");
    let (unit, memory) = (Unit::Milliseconds, Unit::Mebibytes);
    let page = Page {
        peers: &[],
        versions: vec!["none, as no other program looks at both in one run".to_owned()],
        commands: vec![shown],
        rows: vec![
            measured.row(WALL, unit, Bar::AtMost(1500.0), Series::wall),
            measured.row(CPU, unit, Bar::None, Series::cpu),
            measured.row(MEMORY, memory, Bar::None, Series::peak),
        ],
    };
    page.print()?;
    if requests > MOST_REQUESTS {
        return Err(Failure::Found(format!("{requests} requests are too many")));
    }
    Ok(())
}

/// The regressions of access, and the codes that name them.
const CASES: &[Case] = &[
    Case::GOOD,
    Case::of("open-route", &["access/"], &["ST401"]),
    Case::of("public-write", &["access/"], &["ST401"]),
    Case::of("tenant-read", &["isolation/"], &["ST402"]),
    Case::of("tenant-write", &["isolation/"], &["ST402"]),
    Case::of("tenant-write-silent", &["isolation/"], &["ST402"]),
    Case::of("tenant-delete", &["isolation/"], &["ST402"]),
    Case::of("tenant-list", &["isolation/"], &["ST402"]),
    Case::of("tenant-search", &["isolation/"], &["ST402"]),
    Case::of("tenant-file", &["isolation/"], &["ST402"]),
    Case::of("foreign-tenant", &["isolation/"], &["ST402"]),
    Case::of("shared-cache", &["isolation/"], &["ST402"]),
    Case::of("mass-assignment", &["mass-assignment/"], &["ST4"]),
];

/// Two people of two tenants, as schemathesis' documentation shows it.
const PEOPLE: &str = r#"{ "auth": [
  { "name": "anna", "loginEndpointAuth": { "endpoint": "/api/login", "verb": "POST", "contentType": "application/json",
    "payloadRaw": "{\"email\": \"anna@acme.example\", \"password\": \"anna-demo-password\"}",
    "token": { "extractFrom": "body", "extractSelector": "/token", "sendIn": "header", "sendName": "Authorization", "sendTemplate": "Bearer {token}" } } },
  { "name": "boris", "loginEndpointAuth": { "endpoint": "/api/login", "verb": "POST", "contentType": "application/json",
    "payloadRaw": "{\"email\": \"boris@globex.example\", \"password\": \"boris-demo-password\"}",
    "token": { "extractFrom": "body", "extractSelector": "/token", "sendIn": "header", "sendName": "Authorization", "sendTemplate": "Bearer {token}" } } }
] }
"#;

const PEERS: &str = "[auth.wfc]\npath = \"people.json\"\npeers = [\"anna\", \"boris\"]\n";

/// Runs the checks of access of both programs, each as two people, on the good portal and on ones that
/// let in whom they should not, and prints what each found.
///
/// # Errors
/// [`Failure`] when a program does not build, cannot be installed or does not run.
pub(super) fn accuracy() -> Result<(), Failure> {
    side_by_side::print(Match {
        cases: CASES,
        gate: Some(gate::PORTAL),
        settings: Settings {
            files: &[("people.json", PEOPLE), ("schemathesis.toml", PEERS)],
            arguments: &["--checks", "ignored_auth,object_level_authorization"],
        },
    })
}
