//! What is asked of the `git` program.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use tidegate_core::ports::RepositoryError;

use super::unreadable;

/// What git sets for its hooks and what would lead it to another repository. The index that a hook
/// is told of stays: it is the one that is about to be committed.
const MISLEADING: [&str; 4] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_PREFIX"];

pub(super) fn git(root: &Path) -> Command {
    let mut command = Command::new("git");
    command
        // Neither a lock nor a program that the repository's config names.
        .args(["--no-optional-locks", "-c", "core.fsmonitor=false"])
        // Objects that a partial clone left out stay out: no request leaves from here.
        .env("GIT_NO_LAZY_FETCH", "1")
        .current_dir(root)
        .stdin(Stdio::null());
    for name in MISLEADING {
        command.env_remove(name);
    }
    command
}

/// What a command of git writes.
pub(super) fn output(root: &Path, arguments: &[&str]) -> Result<Vec<u8>, RepositoryError> {
    let output = git(root)
        .args(arguments)
        .output()
        .map_err(|error| missing(&error))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let command = arguments.first().copied().unwrap_or_default();
    let said = String::from_utf8_lossy(&output.stderr);
    Err(unreadable(format!(
        "`git {command}` failed: {}",
        said.trim()
    )))
}

/// Reads a blob of a known size piece by piece.
pub(super) fn blob(root: &Path, id: &str, size: u64) -> Result<Blob, RepositoryError> {
    let mut child = git(root)
        .args(["cat-file", "blob", id])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| missing(&error))?;
    let stdout = child.stdout.take();
    Ok(Blob {
        child,
        stdout,
        left: size,
    })
}

/// A blob that the `git` program unpacks.
pub(super) struct Blob {
    child: Child,
    stdout: Option<ChildStdout>,
    left: u64,
}

impl Read for Blob {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(stdout) = &mut self.stdout else {
            return Ok(0);
        };
        let read = stdout.read(buffer)?;
        if read == 0 && self.left > 0 && !buffer.is_empty() {
            let early = "`git cat-file` ended before the end of the blob";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, early));
        }
        self.left = self
            .left
            .saturating_sub(u64::try_from(read).unwrap_or(u64::MAX));
        Ok(read)
    }
}

impl Drop for Blob {
    fn drop(&mut self) {
        // It may have ended by itself; either way nothing of it must stay, and it must not wait for
        // a reader.
        self.stdout = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(super) fn missing(error: &io::Error) -> RepositoryError {
    RepositoryError::NoProgram {
        reason: error.to_string(),
    }
}

#[cfg(test)]
impl Blob {
    /// The id of the process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }
}
