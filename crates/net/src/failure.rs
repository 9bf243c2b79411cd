//! What the libraries report, as the errors of the port.

use std::error::Error;
use std::io;

use tidegate_core::ports::HttpError;

/// Waiting for the response's head.
pub(crate) const WAITING: &str = "while waiting for the answer";
/// Reading the response's body.
pub(crate) const READING: &str = "while reading the body";

/// What hyper reports about an exchange, by whether the connection or the message was at fault.
pub(crate) fn exchange(error: &hyper::Error, phase: &'static str) -> HttpError {
    let reason = told(error);
    if error.is_parse() || improper(error) {
        return HttpError::Malformed { reason };
    }
    HttpError::Broken { phase, reason }
}

/// Whether the framing of a body is wrong (hyper reports that as an I/O error).
fn improper(error: &hyper::Error) -> bool {
    error
        .source()
        .and_then(|source| source.downcast_ref::<io::Error>())
        .is_some_and(|error| {
            matches!(
                error.kind(),
                io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput
            )
        })
}

/// An error and its causes in one line; a cause that only repeats what was said is left out.
pub(crate) fn told(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = error.source();
    }
    text
}

/// The system's words for a failed call, without the number of the error.
pub(crate) fn system(error: &io::Error) -> String {
    let text = error.to_string();
    let end = text.find(" (os error").unwrap_or(text.len());
    text[..end].to_lowercase()
}
