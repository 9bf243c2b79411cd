//! `cargo xtask bench report`: what every report of a run with 5,000 findings costs, together and each alone.

mod inputs;

use std::path::Path;
use std::process::Command;

use super::command::Prepared;
use super::measure::Series;
use super::measured::Measured;
use super::table::{Bar, Page, Unit};
use crate::failure::Failure;
use crate::process::build;

/// How many findings the run has.
const FINDINGS: usize = 5_000;

/// The JSON report that all others are made from.
const INPUT: &str = "run.json";

/// Every format with the file it is written into, and the name of its row.
const FORMATS: [(&str, &str, &str); 10] = [
    ("terminal", "terminal.txt", "terminal alone, CPU"),
    ("json", "again.json", "json alone, CPU"),
    ("junit", "junit.xml", "junit alone, CPU"),
    ("markdown", "markdown.md", "markdown alone, CPU"),
    ("sarif", "report.sarif", "sarif alone, CPU"),
    ("gitlab", "gitlab.json", "gitlab alone, CPU"),
    ("html", "report.html", "html alone, CPU"),
    ("annotations", "annotations.txt", "annotations alone, CPU"),
    ("step-summary", "summary.md", "step-summary alone, CPU"),
    ("outputs", "outputs.txt", "outputs alone, CPU"),
];

/// What a run appends to, and so must be gone before the next.
const APPENDED: &[&str] = &["summary.md", "outputs.txt"];

const CPU: &str = "every report of 5,000 findings, CPU";
const WALL: &str = "every report of 5,000 findings, wall";
const MEMORY: &str = "every report of 5,000 findings, peak memory";

/// Measures and prints a table.
///
/// # Errors
/// [`Failure`] when the program does not build or run, and when a bar is missed.
pub(super) fn run(runs: usize) -> Result<(), Failure> {
    eprintln!("building for release; this takes some minutes the first time");
    let tidegate = build("tidegate", &["--release"])?;
    let folder = tempfile::tempdir().map_err(Failure::io("make a temporary folder"))?;
    inputs::write(&folder.path().join(INPUT), FINDINGS)?;
    let prepared = |formats: &[(&str, &str, &str)]| {
        let command = render(&tidegate, folder.path(), formats);
        Prepared::new(command, folder.path()).without(APPENDED)
    };
    let together = prepared(&FORMATS);
    let commands = vec![together.show()];
    let measured = Measured::take(runs, together, Vec::new())?;
    // Before the runs of one format each, which remove the reports that are appended to.
    sizes(folder.path())?;
    let (unit, memory) = (Unit::Milliseconds, Unit::Mebibytes);
    let mut rows = vec![
        measured.row(CPU, unit, Bar::AtMost(300.0), Series::cpu),
        measured.row(WALL, unit, Bar::None, Series::wall),
        measured.row(MEMORY, memory, Bar::AtMost(60.0), Series::peak),
    ];
    for format in FORMATS {
        let alone = Measured::take(runs, prepared(&[format]), Vec::new())?;
        rows.push(alone.row(format.2, unit, Bar::None, Series::cpu));
    }
    let page = Page {
        peers: &[],
        versions: vec!["none, as no other program writes the same reports".to_owned()],
        commands,
        rows,
    };
    page.print()
}

/// The command that writes these reports.
fn render(tidegate: &Path, folder: &Path, formats: &[(&str, &str, &str)]) -> Command {
    let mut command = Command::new(tidegate);
    command.args(["render", INPUT]).current_dir(folder);
    for (format, file, _) in formats {
        command.args(["--report", &format!("{format}={file}")]);
    }
    command
}

/// Prints how large the reports are.
fn sizes(folder: &Path) -> Result<(), Failure> {
    let size = |file: &str| {
        let known = std::fs::metadata(folder.join(file));
        known
            .map(|known| known.len() / 1024)
            .map_err(Failure::io(format!("look at {file}")))
    };
    let input = size(INPUT)?;
    let written: Vec<String> = FORMATS
        .iter()
        .map(|(format, file, _)| Ok(format!("{format} {}", size(file)?)))
        .collect::<Result<_, Failure>>()?;
    println!("KiB read: {input}. KiB written: {}.\n", written.join(", "));
    Ok(())
}
