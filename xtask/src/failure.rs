//! Why a task did not succeed.

use std::fmt;
use std::io;
use std::process::ExitCode;

/// Says why a task did not succeed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The arguments make no sense.
    Usage(String),
    /// A program could not be started or read, or a file not be written.
    Io {
        /// What was being done, as in `start cargo`.
        action: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// A program ended with a failure, which it has told about itself.
    Program {
        /// The command line.
        command: String,
        /// Its exit code; none when a signal ended it.
        code: Option<i32>,
    },
    /// Something else than expected was found.
    Found(String),
}

impl Failure {
    /// Describes a failed operation, for `map_err`.
    pub(crate) fn io(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let action = action.into();
        move |source| Self::Io { action, source }
    }

    /// The exit code of the task: that of the program that failed, else 2 for wrong usage, else 1.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Program {
                code: Some(code), ..
            } => u8::try_from(*code).map_or(ExitCode::FAILURE, ExitCode::from),
            Self::Program { .. } | Self::Io { .. } | Self::Found(_) => ExitCode::FAILURE,
        }
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(error.to_string())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) => write!(formatter, "{message}; see `cargo xtask --help`"),
            Self::Io { action, source } => write!(formatter, "cannot {action}: {source}"),
            Self::Program {
                command,
                code: Some(code),
            } => {
                write!(formatter, "`{command}` ended with exit code {code}")
            }
            Self::Program {
                command,
                code: None,
            } => {
                write!(formatter, "`{command}` was ended by a signal")
            }
            Self::Found(message) => formatter.write_str(message),
        }
    }
}
