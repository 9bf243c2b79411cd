//! What goes wrong between Tidegate and GitHub.

use std::time::Duration;

/// Why nobody can be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// No token.
    #[error("there is no token for GitHub: the variable GITHUB_TOKEN is empty or not set")]
    NoToken,
    /// A token that cannot be sent.
    #[error("the token for GitHub holds white space or characters that no token has")]
    StrangeToken,
    /// No repository.
    #[error("it is not known which repository at GitHub this is about")]
    NoRepository,
    /// Something else than a repository.
    #[error("`{0}` is no repository at GitHub; `owner/name` is expected")]
    Repository(String),
    /// An address to which a token must not be sent.
    #[error("`{0}` is no address of GitHub's REST interface; `https://…` is expected")]
    Address(String),
}

impl AccessError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NoToken => {
                "Give this step, and only this step, `env: { GITHUB_TOKEN: \"${{ github.token }}\" }`."
            }
            Self::StrangeToken => {
                "Look at how the secret was stored; a line break at its end is the usual cause."
            }
            Self::NoRepository | Self::Repository(_) => {
                "Set GITHUB_REPOSITORY to `owner/name`, as GitHub Actions does."
            }
            Self::Address(_) => {
                "Set GITHUB_API_URL to the address of your server, as in `https://github.example/api/v3`."
            }
        }
    }
}

/// Why a call did not do what it was for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The token is not known, or no more.
    #[error("GitHub does not accept the token (401){}", told(.message))]
    Token {
        /// What GitHub said.
        message: String,
    },
    /// The token may not do this.
    #[error("the token may not {action} ({status}){}", told(.message))]
    Permission {
        /// What was to be done, as in `write the check run`.
        action: &'static str,
        /// The permission of the workflow that allows it, as in `checks: write`.
        permission: &'static str,
        /// 403 or 404.
        status: u16,
        /// What GitHub said.
        message: String,
    },
    /// There is no such thing, or the token may not see it.
    #[error("GitHub knows no {thing}, or the token may not see it (404)")]
    NotFound {
        /// What was asked for, as in `repository acme/portal`.
        thing: String,
    },
    /// GitHub takes no more requests for now.
    #[error("GitHub takes no more requests for {} s, which is longer than is waited", .wait.as_secs())]
    Limited {
        /// How long it would have to be waited.
        wait: Duration,
    },
    /// GitHub refused what was sent.
    #[error("GitHub refused to {action} ({status}){}", told(.message))]
    Refused {
        /// What was to be done.
        action: &'static str,
        /// The status of the answer.
        status: u16,
        /// What GitHub said.
        message: String,
    },
    /// GitHub was not there, whatever was tried.
    #[error("GitHub could not be asked to {action}: {reason}")]
    Unreachable {
        /// What was to be done.
        action: &'static str,
        /// What happened the last time.
        reason: String,
    },
    /// An answer that is not what GitHub's description says.
    #[error("GitHub's answer, asked to {action}, is not what was expected: {reason}")]
    Answer {
        /// What was to be done.
        action: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A file for code scanning that is none.
    #[error("the SARIF file {0}")]
    Sarif(String),
    /// More than GitHub takes.
    #[error("{what} is too large for GitHub: {size} bytes, at most {limit}")]
    TooLarge {
        /// What.
        what: &'static str,
        /// How large it is.
        size: usize,
        /// How large it may be.
        limit: usize,
    },
    /// Something that the call needs is not known.
    #[error("{0} is not known, so there is nothing to {1}")]
    Missing(&'static str, &'static str),
}

impl ApiError {
    /// How to mend it.
    pub fn help(&self) -> String {
        match self {
            Self::Token { .. } => "Use `${{ github.token }}`, or make a new token.".to_owned(),
            Self::Permission { permission, .. } => format!(
                "Add `{permission}` to the job's `permissions:`; runs for forks and for Dependabot get a token that only reads."
            ),
            Self::NotFound { .. } => {
                "Compare GITHUB_REPOSITORY and GITHUB_API_URL with the address of the repository, and check what the token may see.".to_owned()
            }
            Self::Limited { .. } => {
                "Publish from one job per run, not from each shard, and run it again later.".to_owned()
            }
            Self::Refused { .. } | Self::Answer { .. } => {
                "Run it again; when it stays, report it with the message above.".to_owned()
            }
            Self::Unreachable { .. } => {
                "Check GITHUB_API_URL and the network of the machine, and look at GitHub's status page.".to_owned()
            }
            Self::TooLarge { .. } => {
                "Mend or accept the findings that are many of a kind, so that there are fewer.".to_owned()
            }
            Self::Sarif(_) => "Give the file that `--report sarif=FILE` wrote.".to_owned(),
            Self::Missing(..) => {
                "Not every event of GitHub Actions has it: leave this place out for the others, or put a `?` behind it.".to_owned()
            }
        }
    }

    /// The permission that is missing, if that is what it is about.
    pub fn permission(&self) -> Option<&'static str> {
        match self {
            Self::Permission { permission, .. } => Some(permission),
            _ => None,
        }
    }
}

/// What GitHub said, behind a colon.
fn told(message: &str) -> String {
    if message.is_empty() {
        return String::new();
    }
    format!(": {message}")
}
