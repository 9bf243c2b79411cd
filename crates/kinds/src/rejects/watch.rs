//! Whether something was stored: by its mark, by the state of the thing, or by a count that was proved.

use serde_json::Value as Json;
use tidegate_core::ports::http::Response;

use super::config::Count;
use crate::expect::Path;

/// How what is stored can be seen; the control proves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// One look shows everything that this operation stored.
    Together,
    /// A search shows what one request stored.
    Alone,
    /// The thing itself shows whether it was changed.
    State,
    /// Nothing shows it.
    None,
}

impl Sight {
    /// Whether every request is followed by a look.
    pub(super) fn looks_each_time(self) -> bool {
        matches!(self, Self::Alone | Self::State)
    }
}

/// Whether an answer shows a mark.
pub(super) fn shows(response: &Response, mark: &str) -> bool {
    response.status < 400 && response.text().contains(mark)
}

/// How many things an answer tells of.
pub(super) fn counted(count: &Count, response: &Response) -> Option<u64> {
    if response.status >= 400 {
        return None;
    }
    let document: Json = serde_json::from_slice(&response.body).ok()?;
    number(&count.total, &document)
}

fn number(total: &Path, document: &Json) -> Option<u64> {
    let found = total.all(document);
    match found.as_slice() {
        [Json::Number(number)] => number.as_u64(),
        [Json::Array(elements)] => u64::try_from(elements.len()).ok(),
        [Json::String(text)] => text.parse().ok(),
        many if !total.is_singular() => u64::try_from(many.len()).ok(),
        _ => None,
    }
}
