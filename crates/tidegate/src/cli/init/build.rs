//! Building the app, so that there is something to start.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tidegate::Stop;
use tidegate::init::App;

use super::super::output::Output;
use super::Interrupted;

/// How often a running build is looked at.
const PAUSE: Duration = Duration::from_millis(50);

/// Whether what a build writes is there.
pub(super) fn is_built(folder: &Path, app: &App) -> bool {
    let mut outputs = app.output.iter();
    let is_filled = |path: &String| {
        let entries = std::fs::read_dir(folder.join(path));
        entries.is_ok_and(|mut entries| entries.next().is_some())
    };
    // What is not built has nothing to miss.
    app.build.is_none() || app.output.is_empty() || outputs.any(is_filled)
}

/// Runs the project's own build; its words go to standard error. Says how it ended when it failed.
///
/// # Errors
/// After Ctrl-C.
pub(super) fn build(
    folder: &Path,
    app: &App,
    command: &str,
    stop: &Stop,
    output: &Output,
) -> anyhow::Result<Result<(), String>> {
    output.say(&format!("Building: {command}"));
    let mut shell = if cfg!(windows) {
        let mut shell = Command::new("cmd");
        shell.args(["/C", command]);
        shell
    } else {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]);
        shell
    };
    let started = shell
        .current_dir(folder.join(&app.folder))
        .stdin(Stdio::null())
        .stdout(Stdio::from(std::io::stderr()))
        .spawn();
    let mut child = match started {
        Ok(child) => child,
        Err(error) => return Ok(Err(format!("it cannot be started: {error}"))),
    };
    loop {
        if let Some(status) = child.try_wait()? {
            // What Ctrl-C ended did not fail.
            if stop.is_requested() {
                return Err(Interrupted.into());
            }
            return Ok(match status.success() {
                true => Ok(()),
                false => Err(format!("it ended with {status}")),
            });
        }
        if stop.is_requested() {
            // Ctrl-C at a terminal reached it as well; whoever signals this program alone means both.
            let _ = child.kill();
            child.wait()?;
            return Err(Interrupted.into());
        }
        std::thread::sleep(PAUSE);
    }
}
