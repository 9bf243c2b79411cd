//! Schemathesis, installed, and its exact command line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bench::command::Prepared;
use crate::bench::portal::Portal;
use crate::failure::Failure;
use crate::process::run;

pub(crate) const SCHEMATHESIS_VERSION: &str = "4.32.5";

/// The exit codes with which it has looked at everything: the second says that it found something.
const CODES: &[i32] = &[0, 1];

/// What ends the sessions that schemathesis works with.
const LEFT_OUT: [&str; 2] = ["logOut", "changePassword"];

/// What schemathesis is told beside the document and the address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    /// The files it reads, by name.
    pub(crate) files: &'static [(&'static str, &'static str)],
    /// Arguments of its own.
    pub(crate) arguments: &'static [&'static str],
}

/// Schemathesis, installed.
pub(crate) struct Peer {
    program: PathBuf,
}

impl Peer {
    /// Installs it into the scratch folder, once.
    ///
    /// # Errors
    /// [`Failure`] when Python or PyPI is not there.
    pub(crate) fn install(scratch: &Path) -> Result<Self, Failure> {
        let python = scratch.join(format!("schemathesis-{SCHEMATHESIS_VERSION}"));
        let program = python.join("bin/schemathesis");
        if !program.exists() {
            run(Command::new("python3").args(["-m", "venv"]).arg(&python))?;
            let package = format!("schemathesis=={SCHEMATHESIS_VERSION}");
            run(Command::new(python.join("bin/pip")).args(["install", "--quiet", &package]))?;
        }
        Ok(Self { program })
    }

    /// A run on the portal, all phases.
    ///
    /// # Errors
    /// [`Failure::Io`] when its settings cannot be written.
    pub(super) fn on(
        &self,
        portal: &Portal,
        settings: Settings,
        report: &Path,
    ) -> Result<Prepared, Failure> {
        for (name, text) in settings.files {
            fs::write(portal.folder().join(name), text)
                .map_err(Failure::io("write the peer's settings"))?;
        }
        let mut command = Command::new(&self.program);
        command.arg("run").arg(super::example::document());
        command.args(["--url", portal.url(), "--seed", "7"]);
        for operation in LEFT_OUT {
            command.args(["--exclude-operation-id", operation]);
        }
        command.args(settings.arguments);
        command.args(["--report", "json", "--report-json-path"]);
        command.arg(report).current_dir(portal.folder());
        Ok(Prepared::new(command, portal.folder()).ending_with(CODES))
    }
}
