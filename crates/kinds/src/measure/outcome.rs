//! What became of a request of a volume.

use tidegate_core::ports::HttpError;
use tidegate_core::ports::load::{Answer, Sample};

use crate::flow::is_of_the_portal;

/// What became of a request.
pub(crate) enum Outcome<'s> {
    /// The expected answer.
    Answered,
    /// No answer in time.
    TimedOut,
    /// The portal asks for fewer requests, in so many seconds if it says so.
    Limited(Option<u64>),
    /// It failed: the words say how.
    Failed(String),
    /// It answered something else.
    Odd(&'s Answer),
}

impl<'s> Outcome<'s> {
    /// What became of a request where these statuses are the expected ones.
    ///
    /// # Errors
    /// When it could not be sent for a reason that is not the portal's.
    pub(crate) fn of(
        sample: &'s Sample,
        expected: impl FnOnce(u16) -> bool,
    ) -> Result<Self, HttpError> {
        let answer = match &sample.answer {
            Ok(answer) => answer,
            Err(HttpError::Timeout { .. }) => return Ok(Self::TimedOut),
            Err(error) if is_of_the_portal(error) => return Ok(Self::Failed(error.to_string())),
            Err(error) => return Err(error.clone()),
        };
        if expected(answer.status) {
            return Ok(Self::Answered);
        }
        let after = answer.header("retry-after").map(str::trim);
        Ok(match answer.status {
            429 => Self::Limited(after.and_then(|after| after.parse().ok())),
            503 if after.is_some() => Self::Limited(after.and_then(|after| after.parse().ok())),
            500.. => Self::Failed(format!("status {}", answer.status)),
            _ => Self::Odd(answer),
        })
    }
}
