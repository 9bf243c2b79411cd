//! `cargo xtask bench first-hour`: what somebody new waits for. A first gate file in a large project, checks from a
//! large recording, and a look at whether a run has all that it needs.

mod projects;
mod recording;

use std::path::Path;
use std::process::Command;

use super::command::Prepared;
use super::example;
use super::measure::Series;
use super::measured::Measured;
use super::ours::Ours;
use super::portal::Portal;
use super::table::{Bar, Page, Row, Unit};
use crate::failure::Failure;
use crate::process;
use projects::Project;

/// The file that is imported.
const RECORDING: &str = "recording.har";

/// The folder with the portal's data and the example gate.
const PORTAL: &str = "portal";

/// The rows of a command: their names, and the most milliseconds that it may take.
struct Rows {
    cpu: (&'static str, Bar),
    wall: (&'static str, Bar),
    peak: &'static str,
}

const NEXT: Rows = Rows {
    cpu: (
        "init, 5,000 files of Next.js and Supabase, CPU",
        Bar::AtMost(500.0),
    ),
    wall: ("init, 5,000 files of Next.js and Supabase, wall", Bar::None),
    peak: "init, 5,000 files of Next.js and Supabase, peak memory",
};

const EXPRESS: Rows = Rows {
    cpu: (
        "init, 5,000 files of Express, 800 of them with routes, CPU",
        Bar::AtMost(500.0),
    ),
    wall: (
        "init, 5,000 files of Express, 800 of them with routes, wall",
        Bar::None,
    ),
    peak: "init, 5,000 files of Express, 800 of them with routes, peak memory",
};

const IMPORT: Rows = Rows {
    cpu: ("import of a 5 MB recording, CPU", Bar::None),
    wall: ("import of a 5 MB recording, wall", Bar::AtMost(200.0)),
    peak: "import of a 5 MB recording, peak memory",
};

const DOCTOR: Rows = Rows {
    cpu: ("doctor on the example gate, CPU", Bar::None),
    wall: ("doctor on the example gate, wall", Bar::AtMost(3_000.0)),
    peak: "doctor on the example gate, peak memory",
};

impl Rows {
    fn of(&self, measured: &Measured) -> Vec<Row> {
        let (cpu, wall) = (self.cpu, self.wall);
        vec![
            measured.row(cpu.0, Unit::Milliseconds, cpu.1, Series::cpu),
            measured.row(wall.0, Unit::Milliseconds, wall.1, Series::wall),
            measured.row(self.peak, Unit::Mebibytes, Bar::None, Series::peak),
        ]
    }
}

/// Measures and prints a table.
///
/// # Errors
/// [`Failure`] when a program does not build or run, and when a bar is missed.
pub(super) fn run(runs: usize) -> Result<(), Failure> {
    let ours = Ours::build()?;
    let folder = tempfile::tempdir().map_err(Failure::io("make a temporary folder"))?;
    let mut bench = Bench {
        ours,
        folder: folder.path(),
        runs,
        commands: Vec::new(),
    };
    let mut rows = bench.init(&projects::NEXT, &NEXT)?;
    rows.extend(bench.init(&projects::EXPRESS, &EXPRESS)?);
    rows.extend(bench.import()?);
    rows.extend(bench.doctor()?);
    let page = Page {
        peers: &[],
        versions: vec!["none, as no other program does the same work".to_owned()],
        commands: bench.commands,
        rows,
    };
    page.print()
}

struct Bench<'f> {
    ours: Ours,
    /// Where everything is written.
    folder: &'f Path,
    runs: usize,
    /// The command lines that were measured.
    commands: Vec<String>,
}

impl Bench<'_> {
    /// A first gate file; what the run before wrote is removed.
    fn init(&mut self, project: &Project, rows: &Rows) -> Result<Vec<Row>, Failure> {
        let folder = self.folder.join(project.name);
        repository(&folder)?;
        project.write(&folder)?;
        let mut command = Command::new(&self.ours.tidegate);
        command
            .args(["init", "--yes", "--no-run"])
            .current_dir(folder);
        let prepared = Prepared::new(command, self.folder).without(project.written);
        let shown = format!("{}  # in {}", prepared.show(), project.name);
        self.measure(prepared, shown, rows)
    }

    /// A recording, whose gate file is printed.
    fn import(&mut self) -> Result<Vec<Row>, Failure> {
        recording::write(&self.folder.join(RECORDING))?;
        let mut command = Command::new(&self.ours.tidegate);
        command
            .args(["import", "har", RECORDING])
            .current_dir(self.folder);
        let prepared = Prepared::new(command, self.folder);
        let shown = prepared.show();
        self.measure(prepared, shown, &IMPORT)
    }

    /// The example gate, whose people are logged in.
    fn doctor(&mut self) -> Result<Vec<Row>, Failure> {
        let folder = self.folder.join(PORTAL);
        repository(&folder)?;
        let portal = Portal::start(&self.ours.portal, &folder)?;
        let mut command = example::tidegate(&self.ours, &portal, None)?;
        command.arg("doctor");
        let prepared = Prepared::new(command, self.folder);
        let shown = prepared.show();
        self.measure(prepared, shown, &DOCTOR)
    }

    fn measure(
        &mut self,
        prepared: Prepared,
        shown: String,
        rows: &Rows,
    ) -> Result<Vec<Row>, Failure> {
        self.commands.push(shown);
        let measured = Measured::take(self.runs, prepared, Vec::new())?;
        Ok(rows.of(&measured))
    }
}

/// Makes a folder that is a repository without commits.
fn repository(folder: &Path) -> Result<(), Failure> {
    let mut git = Command::new("git");
    process::run(git.args(["init", "--quiet"]).arg(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_bar() {
        let nothing = Measured {
            ours: Series::default(),
            theirs: Vec::new(),
        };
        let bars: Vec<String> = [NEXT, EXPRESS, IMPORT, DOCTOR]
            .iter()
            .flat_map(|rows| rows.of(&nothing))
            .map(|row| row.cells(&[]))
            .filter(|cells| cells[3] != "–")
            .map(|cells| format!("{} {}", cells[0], cells[3]))
            .collect();
        assert_eq!(
            bars,
            [
                "init, 5,000 files of Next.js and Supabase, CPU ≤ 500.0 ms",
                "init, 5,000 files of Express, 800 of them with routes, CPU ≤ 500.0 ms",
                "import of a 5 MB recording, wall ≤ 200.0 ms",
                "doctor on the example gate, wall ≤ 3000.0 ms",
            ]
        );
    }
}
