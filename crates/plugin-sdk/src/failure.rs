//! Why a check comes to no result.

use std::error::Error;
use std::fmt;

use crate::bindings::tidegate::check::types;
use crate::{ConfigFault, FileError, FilesError, HttpError, RecordedError, RequestError};

/// Why a check came to no result.
///
/// Every error becomes one by `?`: what was not granted or took too long is told as such, anything else with its
/// causes.
///
/// ```
/// use tidegate_plugin_sdk::prelude::*;
///
/// fn amount(text: &str) -> Result<i64, Failure> {
///     Ok(text.parse::<i64>()?)
/// }
/// assert_eq!(amount("4x"), Err(Failure::failed("invalid digit found in string")));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The config is wrong in a way that its schema cannot express.
    Config(ConfigFault),
    /// It lacks a power, and says which and what for.
    Denied(String),
    /// Something did not answer in time.
    Timeout(String),
    /// Anything else, as a lowercase fragment.
    Failed(String),
}

impl Failure {
    /// Anything that keeps a check from a result, as a lowercase fragment.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::Failed(message.into())
    }

    /// A fault in the config: where, as a JSON Pointer (RFC 6901) such as `/limits/0`; what is wrong, as a lowercase
    /// fragment; and what to write instead.
    pub fn config(
        pointer: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self::Config(ConfigFault {
            pointer: pointer.into(),
            message: message.into(),
            help: help.into(),
        })
    }

    pub(crate) fn into_binding(self) -> types::Failure {
        match self {
            Self::Config(fault) => types::Failure::Config(fault),
            Self::Denied(message) => types::Failure::Denied(message),
            Self::Timeout(message) => types::Failure::Timeout(message),
            Self::Failed(message) => types::Failure::Failed(message),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(fault) if fault.pointer.is_empty() => {
                write!(formatter, "the config: {}", fault.message)
            }
            Self::Config(fault) => {
                write!(
                    formatter,
                    "the config at {}: {}",
                    fault.pointer, fault.message
                )
            }
            Self::Denied(message) | Self::Timeout(message) | Self::Failed(message) => {
                formatter.write_str(message)
            }
        }
    }
}

impl<E: Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        let message = with_causes(&error);
        let error: &(dyn Error + 'static) = &error;
        let http = error
            .downcast_ref::<RequestError>()
            .map(RequestError::error)
            .or_else(|| error.downcast_ref());
        match http {
            Some(HttpError::Denied(_)) => return Self::Denied(message),
            Some(HttpError::Timeout(_)) => return Self::Timeout(message),
            _ => {}
        }
        let file = error.downcast_ref::<FileError>().map(FileError::error);
        let denied = matches!(file, Some(FilesError::Denied(_))) || error.is::<RecordedError>();
        if denied {
            return Self::Denied(message);
        }
        Self::Failed(message)
    }
}

/// What an error says, and what each of its causes adds.
fn with_causes(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !message.contains(&text) {
            message.push_str(": ");
            message.push_str(&text);
        }
        cause = error.source();
    }
    message
}
