//! A gate of ours on the example portal.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bench::command::Prepared;
use crate::bench::ours::Ours;
use crate::bench::portal::Portal;
use crate::failure::Failure;
use crate::process::root;

const GATE: &str = "tidegate.yaml";
const DOCUMENT: &str = "src/openapi.json";

/// The demo people of the portal.
const PEOPLE: [&str; 6] = ["anna", "adam", "boris", "greta", "cora", "tess"];

/// The exit codes with which everything was looked at: the second says that something was found.
const CODES: &[i32] = &[0, 1];

/// The document that describes the portal.
pub(super) fn document() -> PathBuf {
    example().join(DOCUMENT)
}

/// A run of every check of a gate on the portal; of the portal's own example gate without one.
///
/// # Errors
/// [`Failure::Io`] when the gate or the document cannot be written.
pub(super) fn on(
    ours: &Ours,
    portal: &Portal,
    gate: Option<&str>,
    report: &Path,
) -> Result<Prepared, Failure> {
    let mut command = tidegate(ours, portal, gate)?;
    command
        .args(["run", "--all", "--report"])
        .arg(format!("json={}", report.display()));
    Ok(Prepared::new(command, portal.folder()).ending_with(CODES))
}

/// Tidegate beside the portal's data with a gate, the example gate without one, and with what its logins need.
///
/// What it is to do is still to be said.
///
/// # Errors
/// [`Failure::Io`] when the gate or the document cannot be written.
pub(super) fn tidegate(
    ours: &Ours,
    portal: &Portal,
    gate: Option<&str>,
) -> Result<Command, Failure> {
    write(portal.folder(), gate).map_err(Failure::io("write the gate"))?;
    let mut command = Command::new(&ours.tidegate);
    command
        .args(["--gate", GATE])
        .env("PORTAL_URL", portal.url());
    for name in PEOPLE {
        let variable = format!("{}_PASSWORD", name.to_uppercase());
        command.env(variable, format!("{name}-demo-password"));
    }
    command.current_dir(portal.folder());
    Ok(command)
}

fn example() -> PathBuf {
    root().join("examples/client-portal")
}

fn write(folder: &Path, gate: Option<&str>) -> std::io::Result<()> {
    fs::create_dir_all(folder.join("src"))?;
    fs::copy(document(), folder.join(DOCUMENT))?;
    match gate {
        Some(gate) => fs::write(folder.join(GATE), gate),
        None => fs::copy(example().join(GATE), folder.join(GATE)).map(drop),
    }
}
