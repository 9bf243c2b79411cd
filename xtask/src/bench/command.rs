//! A command line that can be measured.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::measure::Sample;
use crate::failure::Failure;
use crate::process::show;

/// One run of a program, ready to be measured.
pub(crate) struct Prepared {
    command: Command,
    /// Where its log goes and what is stale is looked for.
    scratch: PathBuf,
    stale: &'static [&'static str],
    accepted: &'static [i32],
}

impl Prepared {
    /// A run that must succeed.
    pub(crate) fn new(command: Command, scratch: &Path) -> Self {
        Self {
            command,
            scratch: scratch.to_owned(),
            stale: &[],
            accepted: &[0],
        }
    }

    /// Names the files and folders of the scratch folder that must be gone before the run.
    pub(crate) fn without(self, stale: &'static [&'static str]) -> Self {
        Self { stale, ..self }
    }

    /// Names the exit codes with which the program has done its work.
    pub(crate) fn ending_with(self, accepted: &'static [i32]) -> Self {
        Self { accepted, ..self }
    }

    /// The command line as a person would type it.
    pub(crate) fn show(&self) -> String {
        show(&self.command)
    }

    /// Measures the run.
    ///
    /// # Errors
    /// [`Failure`] when it does not end as it should.
    pub(crate) fn sample(&mut self) -> Result<Sample, Failure> {
        for name in self.stale {
            remove(&self.scratch.join(name))?;
        }
        let log = self.scratch.join("last.log");
        Sample::take(&mut self.command, &log, self.accepted)
    }
}

/// Removes a file or folder, if it is there.
///
/// # Errors
/// [`Failure::Io`] when it cannot be removed.
pub(crate) fn remove(path: &Path) -> Result<(), Failure> {
    let removed = match path {
        path if path.is_dir() => fs::remove_dir_all(path),
        path if path.exists() => fs::remove_file(path),
        _ => Ok(()),
    };
    removed.map_err(Failure::io(format!("remove {}", path.display())))
}
