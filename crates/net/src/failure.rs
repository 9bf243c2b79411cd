//! What the libraries report, as the errors of the port.

use std::error::Error;
use std::io;

use http::Method;
use hyper::client::conn::TrySendError;
use tidegate_core::ports::HttpError;

/// Waiting for the response's head.
pub(crate) const WAITING: &str = "while waiting for the answer";
/// Reading the response's body.
pub(crate) const READING: &str = "while reading the body";

/// What kept a request off a connection that had waited, when it may be sent on another.
pub(crate) enum Missed {
    /// The server had closed the connection before the request was on it.
    Unsent,
    /// The closing crossed the request. Only a safe one is sent again (RFC 9110, 9.2.2).
    Crossed,
}

/// Why a request failed on a connection that had waited.
///
/// # Errors
/// When it may have arrived, and is not to be sent again.
pub(crate) fn missed<M>(failure: &TrySendError<M>, method: &Method) -> Result<Missed, HttpError> {
    if failure.message().is_some() {
        return Ok(Missed::Unsent);
    }
    if method.is_safe() && closed(failure.error()) {
        return Ok(Missed::Crossed);
    }
    Err(exchange(failure.error(), WAITING))
}

/// Whether the connection ended before the answer's head came.
fn closed(error: &hyper::Error) -> bool {
    error.is_incomplete_message() || error.is_closed() || error.is_canceled() || reset(error)
}

/// Whether the system had word that the other side is gone: so it is told when a request meets the closing.
fn reset(error: &hyper::Error) -> bool {
    system_error(error).is_some_and(|error| {
        matches!(
            error.kind(),
            io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::NotConnected
        )
    })
}

fn system_error(error: &hyper::Error) -> Option<&io::Error> {
    error.source()?.downcast_ref()
}

/// What hyper reports about an exchange, by whether the connection or the message was at fault.
pub(crate) fn exchange(error: &hyper::Error, phase: &'static str) -> HttpError {
    let reason = told(error);
    if error.is_parse() || improper(error) {
        return HttpError::Malformed { reason };
    }
    HttpError::Broken { phase, reason }
}

/// What hyper reports while a body is read.
pub(crate) fn reading(error: hyper::Error) -> HttpError {
    exchange(&error, READING)
}

/// Whether the framing of a body is wrong (hyper reports that as an I/O error).
fn improper(error: &hyper::Error) -> bool {
    system_error(error).is_some_and(|error| {
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
