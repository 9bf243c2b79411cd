//! A lock file written so that it can be reviewed, and in one step.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{Lock, Locked, VERSION};

/// Why a lock file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be written: {reason}", .path.display())]
pub struct WriteError {
    /// The file.
    pub path: PathBuf,
    /// What the system says.
    pub reason: String,
}

impl WriteError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        "The folder of the gate file must be writable; where it is not, run the command elsewhere and commit the file."
    }
}

/// The file as a whole.
#[derive(Serialize)]
struct File<'l> {
    version: u64,
    plugins: &'l std::collections::BTreeMap<String, Locked>,
}

impl Lock {
    /// The content of the file: the same for the same plugins, with a line for each value.
    ///
    /// # Errors
    /// When a value cannot be written as JSON; none of a lock is such.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        let file = File {
            version: VERSION,
            plugins: &self.plugins,
        };
        Ok(serde_json::to_string_pretty(&file)? + "\n")
    }

    /// Puts the file at a path in the place of another: a reader sees the old or the new one. A file that says the
    /// same already stays as it is.
    ///
    /// # Errors
    /// When the folder is not writable.
    pub fn write(&self, path: &Path) -> Result<(), WriteError> {
        let failed = |reason: String| WriteError {
            path: path.to_owned(),
            reason,
        };
        let text = self.text().map_err(|error| failed(error.to_string()))?;
        if std::fs::read(path).is_ok_and(|known| known == text.as_bytes()) {
            return Ok(());
        }
        replace(path, text.as_bytes()).map_err(|error| failed(error.to_string()))
    }
}

/// Writes a file beside the one at a path and puts it in its place: a reader sees the old or the new one.
///
/// # Errors
/// When the folder is not writable, or the disk is full.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|parent| *parent != Path::new(""));
    let mut file = beside(folder.unwrap_or(Path::new(".")))?;
    file.write_all(content)?;
    keep_mode(path, file.as_file())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// A temporary file that others may read as the umask lets them: what is written is committed.
#[cfg(unix)]
fn beside(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    use std::os::unix::fs::PermissionsExt as _;
    let usual = std::fs::Permissions::from_mode(0o666);
    tempfile::Builder::new()
        .permissions(usual)
        .tempfile_in(folder)
}

#[cfg(not(unix))]
fn beside(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::NamedTempFile::new_in(folder)
}

/// Gives a file the mode of the one whose place it takes.
#[cfg(unix)]
fn keep_mode(replaced: &Path, file: &std::fs::File) -> io::Result<()> {
    match std::fs::metadata(replaced) {
        Ok(known) if known.is_file() => file.set_permissions(known.permissions()),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn keep_mode(_replaced: &Path, _file: &std::fs::File) -> io::Result<()> {
    Ok(())
}
