//! The lock file beside the gate file of a command.

use std::path::{Path, PathBuf};

use tidegate_config::{Disk, LoadError, Reader as _};
use tidegate_plugin::Lock;
use tidegate_plugin::lock::{FILE, LIMIT};

use super::super::output::Usage;

/// Makes a fault of usage of an error that has help.
macro_rules! usage {
    () => {
        |error| $crate::cli::output::Usage {
            message: error.to_string(),
            help: error.help().to_string(),
        }
    };
}
pub(super) use usage;

/// The path of the lock file.
pub(super) fn path(gate: &Path) -> PathBuf {
    gate.with_file_name(FILE)
}

/// The lock file, if there is one.
pub(super) fn read(gate: &Path) -> Result<Option<Lock>, anyhow::Error> {
    let path = path(gate);
    let name = path.to_string_lossy().replace('\\', "/");
    match Disk.read(&path, LIMIT + 1) {
        Ok(bytes) => {
            let faults = |fault| {
                tidegate::Error::Gate(LoadError {
                    diagnostics: vec![fault],
                })
            };
            Ok(Some(Lock::read(&name, &bytes).map_err(faults)?))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Usage {
            message: format!("{name} cannot be read: {error}"),
            help: "See that it is a file which you may read.".to_owned(),
        }
        .into()),
    }
}

/// Writes the lock file.
pub(super) fn write(lock: &Lock, gate: &Path) -> Result<(), Usage> {
    lock.write(&path(gate)).map_err(usage!())
}
