//! A command that somebody watches.

use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};

use super::{PATIENCE, end, lead, shell};
use crate::stop::Stop;

/// Runs a command with the shell of this system, with all its words on standard error.
///
/// Says how it ended; nothing when it was stopped, with whatever it had started.
///
/// # Errors
/// When it cannot be started or waited for.
pub fn shown(line: &str, folder: &Path, stop: &Stop) -> io::Result<Option<ExitStatus>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut shell = shell(line);
        shell
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::from(io::stderr()));
        let mut child = lead(shell)?;
        let ended = tokio::select! {
            status = child.wait() => Some(status?),
            () = stop.requested() => None,
        };
        if ended.is_none() {
            end(&mut *child, PATIENCE).await;
        }
        Ok(ended.filter(|_| !stop.is_requested()))
    })
}
