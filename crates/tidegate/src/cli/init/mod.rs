//! `tidegate init`

mod ask;
mod build;
mod decide;
mod target;
mod tell;
mod verdict;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use clap::{Args, ValueEnum};
use tidegate::init::{self, EnvironmentKind, GATE_FILE, InitError, Plan, Wish};
use tidegate::{Stop, exit};

use super::arguments::GateArguments;
use super::output::{Output, Usage};
use super::signals;
use ask::Asker;

/// What `tidegate init --help` says at its end.
pub(crate) const EXIT_CODES: &str = "Without a terminal nothing is asked: what cannot be guessed is named with the \
flag that answers it.\n\nExit codes: 0 the files are written, whatever the verdict of the run is (`tidegate run` gives \
it as its exit code), 2 nothing was written, 70 a defect of Tidegate, 130 interrupted: before the files were written \
nothing is left of them, afterwards they stay.";

/// How often whoever waits looks whether Ctrl-C was pressed.
const PAUSE: Duration = Duration::from_millis(30);

/// Options of `init`.
#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// The folder of the project, the address of a deploy, or an OpenAPI document; this folder when
    /// absent. `--url` gives an address beside a folder or a document.
    #[arg(value_name = "FOLDER|URL|FILE")]
    target: Option<String>,
    /// The app in a project that has several, by its folder.
    #[arg(long, value_name = "FOLDER")]
    app: Option<String>,
    /// What is at the address; production, which is only looked at, unless its name tells a preview.
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// The OpenAPI document of the interface; found by its usual names otherwise.
    #[arg(long, value_name = "FILE")]
    openapi: Option<PathBuf>,
    /// The portal's name; the app's own otherwise.
    #[arg(long)]
    name: Option<String>,
    /// Write no workflow for GitHub Actions.
    #[arg(long)]
    no_workflow: bool,
    /// Write the files and run nothing.
    #[arg(long)]
    no_run: bool,
    /// Build the app first, with its own command, when there is no build to start.
    #[arg(long, conflicts_with = "no_run")]
    build: bool,
    /// Accept what the first run finds for 30 days, so that only what is new stops a deploy.
    #[arg(long, conflicts_with = "no_run")]
    adopt: bool,
    /// Ask nothing: take what was guessed.
    #[arg(long, short)]
    yes: bool,
}

/// What sort of place an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// What clients use: it is only looked at.
    Production,
    /// A deploy made for one change: checks may create and remove things there.
    Preview,
    /// A copy of production: checks may create and remove things there.
    Staging,
    /// This machine.
    Local,
}

impl From<Kind> for EnvironmentKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Production => Self::Production,
            Kind::Preview => Self::Preview,
            Kind::Staging => Self::Staging,
            Kind::Local => Self::Local,
        }
    }
}

/// Somebody ended the command before it was done.
#[derive(Debug, thiserror::Error)]
#[error("interrupted")]
struct Interrupted;

/// What was decided before anything is written.
struct Decided {
    gate: PathBuf,
    wish: Wish,
    /// Whether somebody named the address, so that it may be contacted.
    confirmed: bool,
}

/// Writes a first gate file with what goes with it, and runs it.
pub(crate) fn init(
    gate: &GateArguments,
    arguments: &InitArguments,
    output: &Output,
) -> anyhow::Result<u8> {
    let stop = Stop::new();
    signals::listen(stop.clone())?;
    let mut asker = Asker::detect(output, &stop, arguments.yes);
    let (decided, plan) = match written(gate, arguments, &mut asker, output, &stop) {
        Ok(Some(written)) => written,
        Ok(None) => {
            output.say("Nothing was written.");
            return Ok(exit::USAGE);
        }
        Err(error) if error.is::<Interrupted>() => {
            output.say("Interrupted. Nothing was written.");
            return Ok(exit::INTERRUPTED);
        }
        Err(error) => return Err(error),
    };
    tell::written(&plan, output);
    let ended = verdict::look(gate, arguments, &decided, &mut asker, output, &stop);
    match ended {
        Ok(seen) => {
            tell::next(&decided, &plan, &seen, output);
            Ok(exit::ALLOW)
        }
        Err(error) if error.is::<Interrupted>() => {
            output.say("Interrupted. The files that were written stay as they are.");
            Ok(exit::INTERRUPTED)
        }
        Err(error) => Err(error),
    }
}

/// Decides what is written, shows it, and writes it; nothing when somebody does not want it.
fn written(
    gate: &GateArguments,
    arguments: &InitArguments,
    asker: &mut Asker<'_>,
    output: &Output,
    stop: &Stop,
) -> anyhow::Result<Option<(Decided, Plan)>> {
    let decided = decide::decide(gate, arguments, asker, output)?;
    let plan = init::prepare(&decided.gate, &decided.wish, !arguments.no_workflow)
        .map_err(|error| fault(&error))?;
    tell::plan(&decided, &plan, output);
    if asker.asks() && !asker.yes("Write these files?", true)? {
        return Ok(None);
    }
    match plan.write(&|| stop.is_requested()) {
        Ok(()) => Ok(Some((decided, plan))),
        Err(InitError::Stopped) => Err(Interrupted.into()),
        Err(error) => Err(fault(&error)),
    }
}

/// What some work gives. It is done on a thread of its own, so that Ctrl-C is heard meanwhile.
fn unless_stopped<T: Send + 'static>(
    thread: &str,
    stop: &Stop,
    work: impl FnOnce() -> T + Send + 'static,
) -> anyhow::Result<T> {
    let (sender, done) = mpsc::channel();
    std::thread::Builder::new()
        .name(thread.to_owned())
        .spawn(move || {
            // Nobody waits for it after Ctrl-C.
            let _ = sender.send(work());
        })?;
    loop {
        match done.recv_timeout(PAUSE) {
            Ok(given) => return Ok(given),
            Err(_) if stop.is_requested() => return Err(Interrupted.into()),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
        }
    }
}

fn fault(error: &InitError) -> anyhow::Error {
    usage(error.to_string(), error.help())
}

/// A fault of a command with `--adopt`, which a gate file that is there does not need.
fn adopting(error: &InitError) -> anyhow::Error {
    let InitError::Exists(path) = error else {
        return fault(error);
    };
    let help = format!(
        "Nothing was written. To accept for 30 days what {} finds today, type `tidegate baseline accept --for \
         30d`{}.",
        path.display(),
        match path == Path::new(GATE_FILE) {
            true => String::new(),
            false => format!(" with `--gate {}`", path.display()),
        }
    );
    usage(error.to_string(), help)
}

fn usage(message: impl Into<String>, help: impl Into<String>) -> anyhow::Error {
    Usage {
        message: message.into(),
        help: help.into(),
    }
    .into()
}

/// A word of a command as a shell takes it: in quotes where it would read more than a word.
fn typed(word: &str) -> String {
    let harmless = |letter: char| {
        letter.is_alphanumeric() || "/._-+=:@".contains(letter) || (cfg!(windows) && letter == '\\')
    };
    if !word.is_empty() && word.chars().all(harmless) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// A path as people type it: without a leading `./`.
fn shown(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ctrl_c_is_heard_while_something_takes_long() {
        let stop = Stop::new();
        let given = unless_stopped("init-test", &stop, || 7).unwrap();
        assert_eq!(given, 7);
        stop.request();
        let (hold, held) = mpsc::channel::<()>();
        let ended = unless_stopped("init-test", &stop, move || held.recv());
        assert!(ended.unwrap_err().is::<Interrupted>());
        drop(hold);
    }

    #[test]
    fn what_a_shell_would_read_as_more_than_a_word_is_quoted() {
        for word in ["apps/web", "./a_b-c.yaml", "é"] {
            assert_eq!(typed(word), word);
        }
        for (word, quoted) in [
            ("my app", "'my app'"),
            ("$(reboot)", "'$(reboot)'"),
            ("a;b", "'a;b'"),
            ("it's", "'it'\\''s'"),
            ("", "''"),
        ] {
            assert_eq!(typed(word), quoted);
        }
    }
}
