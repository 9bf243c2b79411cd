//! Whether an answer shows what somebody owns.

use serde_json::Value as Json;
use tidegate_core::ports::http::Response;

use crate::attack::resource::{Made, State};

/// The shortest id that tells a thing by itself.
const TELLING_ID: usize = 8;

/// A thing that somebody created for this check, and what it looked like when its owner saw it last.
#[derive(Clone)]
pub(super) struct Canary {
    /// The thing.
    pub(super) made: Made,
    /// What it looked like.
    pub(super) state: State,
    /// Whether its mark can be seen in it.
    pub(super) is_marked: bool,
}

impl Canary {
    /// A thing as its owner sees it.
    pub(super) fn new(made: Made, state: State) -> Self {
        let is_marked = has(&state.response, made.needle());
        Self {
            made,
            state,
            is_marked,
        }
    }

    /// How an answer shows the thing, if it does.
    pub(super) fn shown_in(&self, response: &Response) -> Option<&'static str> {
        if has(response, self.made.needle()) {
            return Some("holds the canary");
        }
        let seen = State::of(response);
        let has_id = seen.leaves().any(|(path, value)| {
            let own = self.state.value(path);
            own == Some(&self.made.id) && value == &self.made.id
        });
        let is_success = (200..300).contains(&response.status);
        let is_it = is_success && has_id && !self.is_another(&seen) && self.state.resembles(&seen);
        is_it.then_some("holds most of its fields")
    }

    /// Whether there is another text where this thing has its mark.
    fn is_another(&self, seen: &State) -> bool {
        let needle = self.made.needle();
        let marked = self.state.leaves().filter(|(_, value)| {
            let text = value.as_str();
            text.is_some_and(|text| text.contains(needle))
        });
        let mut others = marked.filter_map(|(path, _)| seen.value(path));
        others.any(|other| !other.is_null())
    }

    /// Whether an answer shows another thing under the same id.
    pub(super) fn is_namesake_in(&self, response: &Response) -> bool {
        let is_success = (200..300).contains(&response.status);
        let is_another = self.state.is_namesake(&self.made, &State::of(response));
        is_success && is_another && self.shown_in(response).is_none()
    }

    /// How a list shows the thing, if it does.
    pub(super) fn listed_in(&self, response: &Response) -> Option<&'static str> {
        if has(response, self.made.needle()) {
            return Some("holds the canary");
        }
        let id = self.made.id_text();
        let is_telling = id.len() >= TELLING_ID;
        (is_telling && names(response, &self.made.id)).then_some("holds its id")
    }

    /// Whether lists can tell it from everything else.
    pub(super) fn can_be_listed(&self) -> bool {
        self.is_marked || self.made.id_text().len() >= TELLING_ID
    }
}

/// Whether a text is in an answer.
pub(super) fn has(response: &Response, text: &str) -> bool {
    count(response, text) > 0
}

/// How often a text is in an answer.
pub(super) fn count(response: &Response, text: &str) -> usize {
    response.text().matches(text).count()
}

/// Whether a value stands anywhere in an answer.
fn names(response: &Response, id: &Json) -> bool {
    State::of(response).leaves().any(|(_, value)| value == id)
}
