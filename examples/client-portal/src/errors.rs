//! The one error that handlers answer with.

use std::fmt;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// Says what is wrong with one field of the input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct FieldProblem {
    pub(crate) field: String,
    pub(crate) message: String,
}

/// An answer of status 4xx or 5xx; [`crate::envelope`] gives it its body and request id.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) fields: Vec<FieldProblem>,
    pub(crate) retry_after_seconds: Option<u64>,
    /// What really happened; written to the log, never to the answer.
    pub(crate) cause: Option<String>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            fields: Vec::new(),
            retry_after_seconds: None,
            cause: None,
        }
    }

    pub(crate) fn bad_request(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(crate) fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "unauthenticated",
            "log in to continue",
        )
    }

    pub(crate) fn forbidden(message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    /// The same for what does not exist and for what belongs to somebody else.
    pub(crate) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            "there is nothing at this address",
        )
    }

    pub(crate) fn invalid(fields: Vec<FieldProblem>) -> Self {
        let said: Vec<_> = fields
            .iter()
            .map(|one| format!("{} {}", one.field, one.message))
            .collect();
        let message = said.join("; ");
        Self {
            fields,
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-input", message)
        }
    }

    pub(crate) fn invalid_field(field: &str, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldProblem {
            field: field.to_owned(),
            message: message.into(),
        }])
    }

    pub(crate) fn conflict(field: &str, message: &str) -> Self {
        let problem = FieldProblem {
            field: field.to_owned(),
            message: message.to_owned(),
        };
        let said = format!("{field} {message}");
        Self {
            fields: vec![problem],
            ..Self::new(StatusCode::CONFLICT, "conflict", said)
        }
    }

    pub(crate) fn throttled(seconds: u64) -> Self {
        let message = "too many failed attempts; wait and try again";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "throttled", message).retry_after(seconds)
    }

    pub(crate) fn internal(cause: impl fmt::Display) -> Self {
        let error = Self::of_status(StatusCode::INTERNAL_SERVER_ERROR);
        error.caused_by(cause)
    }

    /// The error for a bare status that a layer below answered with.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status {
            StatusCode::NOT_FOUND => return Self::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => (
                "method-not-allowed",
                "this address does not accept the method",
            ),
            StatusCode::PAYLOAD_TOO_LARGE => ("too-large", "the request body is too large"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                ("unsupported-type", "the content type is not accepted here")
            }
            status if status.is_server_error() => (
                "internal",
                "something went wrong on our side; quote the request id",
            ),
            _ => ("bad-request", "the request could not be understood"),
        };
        Self::new(status, code, message)
    }

    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        Self {
            retry_after_seconds: Some(seconds),
            ..self
        }
    }

    pub(crate) fn caused_by(self, cause: impl fmt::Display) -> Self {
        Self {
            cause: Some(cause.to_string()),
            ..self
        }
    }
}

impl From<rusqlite::Error> for ApiError {
    fn from(error: rusqlite::Error) -> Self {
        Self::internal(error)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_input_names_every_field() {
        let problem = |field: &str| FieldProblem {
            field: field.into(),
            message: "is missing".into(),
        };
        let error = ApiError::invalid(vec![problem("title"), problem("amount")]);
        assert_eq!(error.message, "title is missing; amount is missing");
    }

    #[test]
    fn the_cause_is_kept_out_of_the_message() {
        let error = ApiError::internal("disk /dev/sda1 is full");
        assert!(!error.message.contains("disk"));
        assert_eq!(error.cause.as_deref(), Some("disk /dev/sda1 is full"));
    }
}
