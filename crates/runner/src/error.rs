//! Why there is no plan or no run.

use tidegate_core::ports::{HttpError, RepositoryError};

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectError {
    /// `--only` or `--skip` names a check that the gate file does not have.
    #[error("there is no check `{name}`")]
    UnknownCheck {
        /// What was asked for.
        name: String,
        /// The id that was probably meant.
        nearest: Option<String>,
    },
    /// A glob of `--only` or `--skip` fits no check.
    #[error("no check is called like `{glob}`")]
    NoMatch {
        /// The glob.
        glob: String,
    },
    /// A glob is malformed.
    #[error("`{glob}` is not a proper glob: {reason}")]
    Glob {
        /// The glob.
        glob: String,
        /// What is wrong with it.
        reason: String,
    },
    /// `--changed-since` was asked for outside a repository.
    #[error("`--changed-since` needs a git repository, and the gate file is not in one")]
    NoRepository,
    /// The repository could not say what changed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

impl SelectError {
    /// How to mend it.
    pub fn help(&self) -> String {
        match self {
            Self::UnknownCheck {
                nearest: Some(near),
                ..
            } => format!("Did you mean `{near}`?"),
            Self::UnknownCheck { nearest: None, .. } | Self::NoMatch { .. } => {
                "`tidegate plan --all` lists the checks of the gate file.".into()
            }
            Self::Glob { .. } => "Write it like `src/**/*.ts`, or `cp/*` for ids.".into(),
            Self::NoRepository => {
                "Run Tidegate inside a git checkout, or leave `--changed-since` out.".into()
            }
            Self::Repository(error) => error.help().into(),
        }
    }
}

/// Why there is no run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// There is no plan.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// The HTTP client could not be made.
    #[error("the client for the environment could not be set up: {0}")]
    Connect(Box<HttpError>),
    /// The system refused a thread or a runtime.
    #[error("the run could not be started: {0}")]
    Start(String),
    /// The journals of lost runs cannot be read.
    #[error("the journals of lost runs could not be read: {0}")]
    Journal(String),
    /// The runner itself failed.
    #[error("the runner failed: {0}")]
    Internal(String),
}

impl RunError {
    /// How to mend it.
    pub fn help(&self) -> String {
        match self {
            Self::Select(error) => error.help(),
            Self::Connect(error) => error.help(),
            Self::Start(_) => {
                "Free some memory or raise the limit of threads of this machine.".into()
            }
            Self::Journal(_) => {
                "Make the folder `.tidegate/journal` beside the gate file readable and writable."
                    .into()
            }
            Self::Internal(_) => "This is a fault of Tidegate; please report it.".into(),
        }
    }
}
