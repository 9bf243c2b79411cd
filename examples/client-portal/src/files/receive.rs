//! Takes one file out of a multipart request.

use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;

use super::inspect::FIELD;
use crate::errors::ApiError;

/// Files above this are refused: the portal is for documents, and keeps them in its database.
const MOST_FILE_BYTES: usize = 2 * 1024 * 1024;

/// Up to here the rest of a body that is too large is read and dropped, because a connection that
/// is closed on a sender in mid-body loses the answer.
pub(crate) const MOST_BODY_BYTES: usize = 16 * 1024 * 1024;

/// A file as it arrived, not yet looked at.
#[derive(Debug)]
pub(crate) struct Received {
    pub(super) name: String,
    pub(super) content_type: String,
    pub(super) content: Vec<u8>,
}

impl<S: Send + Sync> FromRequest<S> for Received {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let form = Multipart::from_request(request, state).await;
        let mut form = form.map_err(|_| {
            let message = "send the file as multipart/form-data";
            ApiError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-type",
                message,
            )
        })?;
        let mut received = None;
        while let Some(field) = form.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            if name != FIELD || received.is_some() {
                return Err(ApiError::invalid_field(
                    FIELD,
                    "must be the only part of the form",
                ));
            }
            received = Some(receive(field).await?);
        }
        received.ok_or_else(|| ApiError::invalid_field(FIELD, "is missing"))
    }
}

async fn receive(mut field: Field<'_>) -> Result<Received, ApiError> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let content_type = field.content_type().unwrap_or_default().to_owned();
    let mut content = Vec::new();
    let mut fits = true;
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        fits = fits && content.len() + chunk.len() <= MOST_FILE_BYTES;
        if fits {
            content.extend_from_slice(&chunk);
        }
    }
    if fits {
        Ok(Received {
            name,
            content_type,
            content,
        })
    } else {
        Err(too_large())
    }
}

fn too_large() -> ApiError {
    let error = ApiError::invalid_field(FIELD, "must have at most 2097152 bytes");
    ApiError {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        code: "too-large",
        ..error
    }
}

fn broken(error: axum::extract::multipart::MultipartError) -> ApiError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    ApiError::bad_request("invalid-form", "the form is broken off or malformed")
}
