//! A refusal that nobody asked for, and what the same request says the next moment.

use tidegate_core::ports::http::Response;
use tidegate_core::template::{Lookup, TemplateError};

use super::step::Step;

/// Whether the status says that the caller is not known or not allowed (RFC 9110, 15.5.2 and 15.5.4).
pub(super) fn is_refusal(status: u16) -> bool {
    matches!(status, 401 | 403)
}

/// Whether a session that carries credentials was refused although the step expects otherwise.
///
/// # Errors
/// The first reference of the expected status without a value.
pub(super) fn unexpected_refusal(
    step: &Step,
    response: &Response,
    lookup: &dyn Lookup,
) -> Result<bool, TemplateError> {
    Ok(is_refusal(response.status)
        && response.authenticated
        && !step.expect.admits(response.status, lookup)?)
}
