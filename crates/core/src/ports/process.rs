//! Programs on this machine.

use std::path::PathBuf;
use std::time::Duration;

use super::BoxFuture;
use crate::secret::Sensitive;

/// Starts programs, each in a process group of its own.
pub trait Processes: Send + Sync {
    /// Runs a program to its end; when the time is up the whole group is ended.
    fn run(
        &self,
        command: Command,
        limit: Duration,
    ) -> BoxFuture<'static, Result<Completed, ProcessError>>;

    /// Starts a program that goes on until it is stopped.
    fn start(&self, command: Command)
    -> BoxFuture<'static, Result<Box<dyn Running>, ProcessError>>;
}

/// A program to start.
#[derive(Debug, Clone)]
pub struct Command {
    /// What the system's shell is given (`sh -c`, `cmd /C` on Windows).
    pub line: Sensitive,
    /// The folder it starts in.
    pub directory: PathBuf,
    /// Added to the environment it inherits.
    pub environment: Vec<(String, Sensitive)>,
    /// The most bytes of output kept; of more, the first and the last are.
    pub output_cap: usize,
}

/// A program that ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completed {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Whether the time was up and it was ended.
    pub timed_out: bool,
    /// What it wrote to both outputs in order of arrival, redacted and capped.
    pub output: String,
    /// How long it ran.
    pub elapsed: Duration,
}

/// A program that goes on.
pub trait Running: Send + Sync {
    /// What it wrote to both outputs so far, redacted and capped.
    fn output(&self) -> String;

    /// Its exit code once it ended by itself; `Some(None)` when a signal ended it.
    fn exited(&self) -> Option<Option<i32>>;

    /// Asks the whole group to end, and ends it after `patience`.
    fn stop(&self, patience: Duration) -> BoxFuture<'static, ()>;
}

/// How many lines of a log are told in a sentence.
const LAST_LINES: usize = 3;

impl dyn Running {
    /// How it ended by itself, as the end of a sentence: `with exit code 3`, `by a signal`.
    pub fn ending(&self) -> Option<String> {
        let how = |code| format!("with exit code {code}");
        let exited = self.exited()?;
        Some(exited.map_or_else(|| "by a signal".to_owned(), how))
    }

    /// The last lines of its log in one sentence.
    pub fn last_words(&self) -> String {
        let log = self.output();
        let lines = log.lines().map(str::trim);
        let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
        match &lines[lines.len().saturating_sub(LAST_LINES)..] {
            [] => "It wrote no log.".to_owned(),
            last => format!("Its log ends: {}", last.join(" | ")),
        }
    }
}

/// Why a program did not start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProcessError {
    /// The folder to start in is not there.
    #[error("the folder {} does not exist", .0.display())]
    NoDirectory(PathBuf),
    /// The system refused.
    #[error("the command could not be started: {0}")]
    NotStarted(String),
}

impl ProcessError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NoDirectory(_) => {
                "Check `directory:`; it is relative to the folder of the gate file."
            }
            Self::NotStarted(_) => {
                "Check that the program is installed and may be run by this user."
            }
        }
    }
}
