//! What the cases of several kinds have in common.

use tidegate_core::meta::Meta;
use tidegate_core::ports::http::{HttpError, Response};

use super::answer;

/// What a portal answers that wants no more requests for ten minutes.
pub(crate) fn busy() -> Result<Response, HttpError> {
    let mut response = answer(429, "")?;
    response.headers.push(("retry-after".into(), "600".into()));
    Ok(response)
}

/// Holds that every code of a kind has a case.
#[track_caller]
pub(crate) fn each_code_has_a_case<'c>(meta: &Meta, cases: impl Iterator<Item = &'c str>) {
    let cases: Vec<&str> = cases.collect();
    for info in meta.codes.iter() {
        assert!(cases.contains(&info.code.as_str()), "{}", info.code);
    }
}
