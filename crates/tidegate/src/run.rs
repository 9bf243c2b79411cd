//! What a run gives back: a summary, later or at once, or an error.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tidegate_config::LoadError;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::event::{Event, Summary};
use tidegate_core::ports::StateError;
use tidegate_core::registry::RegistryError;
use tidegate_core::verdict::exit;
use tidegate_runner::{Options, RunError, SelectError, Stop};
use tokio::sync::oneshot;

use crate::gate::Gate;
use crate::judge::JudgeError;
use crate::latency::LatencyError;

/// Why a gate could not be read or run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The gate file is wrong.
    #[error("the gate file has {} fault(s)", .0.diagnostics.len())]
    Gate(#[from] LoadError),
    /// An added kind's name is taken.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The selection cannot be made.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// The run could not begin.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The file of accepted findings cannot be used.
    #[error(transparent)]
    Baseline(#[from] StateError),
    /// Stored times cannot be replaced.
    #[error(transparent)]
    Latency(#[from] LatencyError),
    /// A change that is not trusted has no judge.
    #[error(transparent)]
    Judge(#[from] JudgeError),
    /// The starter set has no place for its files.
    #[error("the starter set of checks has no place for its files: {0}")]
    Starter(#[source] std::io::Error),
    /// The thread of the run ended without an answer.
    #[error("the run ended without an answer")]
    Lost,
}

impl Error {
    /// How to mend it.
    pub fn help(&self) -> String {
        match self {
            Self::Gate(_) => {
                "Mend the lines above; `tidegate schema` gives your editor the rules.".to_owned()
            }
            Self::Registry(error) => error.help().to_owned(),
            Self::Select(error) => error.help(),
            Self::Run(error) => error.help(),
            Self::Baseline(_) => {
                "Restore the file as git has it, or remove it and accept again; it must be readable \
                 and writable."
                    .to_owned()
            }
            Self::Latency(error) => error.help().to_owned(),
            Self::Judge(error) => error.help().to_owned(),
            Self::Starter(_) => {
                "See that the folder for temporary files is there and can be written to, or name another one with \
                 TMPDIR."
                    .to_owned()
            }
            Self::Lost => "This is a defect of Tidegate; please report it.".to_owned(),
        }
    }

    /// The exit code of a command that fails for it.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Lost | Self::Run(RunError::Start(_) | RunError::Internal(_)) => exit::INTERNAL,
            _ => exit::USAGE,
        }
    }

    /// Everything that is wrong in the gate file, each with its place.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        match self {
            Self::Gate(error) => &error.diagnostics,
            _ => &[],
        }
    }
}

/// A run that goes on; resolves to its summary on any executor.
///
/// Dropping it stops the run; what the run created is still removed.
#[must_use = "dropping it stops the run"]
pub struct Started {
    answer: oneshot::Receiver<Result<Summary, Error>>,
    stop: Stop,
    done: bool,
}

impl Started {
    pub(crate) fn spawn(
        gate: Gate,
        options: Options,
        on_event: impl FnMut(&Event) + Send + 'static,
    ) -> Self {
        let (sender, answer) = oneshot::channel();
        let stop = options.stop.clone();
        let thread = std::thread::Builder::new().name("tidegate-run".to_owned());
        let spawned = thread.spawn(move || {
            // Nobody waits for the answer of a run that was dropped.
            let _ = sender.send(gate.run(options, on_event));
        });
        // When the system has no thread left the sender is gone, and the answer is `Lost`.
        drop(spawned);
        Self {
            answer,
            stop,
            done: false,
        }
    }
}

impl Future for Started {
    type Output = Result<Summary, Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = Pin::new(&mut self.answer).poll(context);
        answer.map(|received| {
            self.done = true;
            received.unwrap_or(Err(Error::Lost))
        })
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if !self.done {
            self.stop.request();
        }
    }
}
