//! What a write did, as the state shows it.

use serde_json::Value as Json;
use tidegate_core::ports::http::Body;
use tidegate_core::request::RequestTemplate;
use tidegate_core::scope::Scope;
use tidegate_core::template::Template;

use crate::attack::resource::{Change, State, ids_of, needle};

/// Said of a look that shows what was sent.
const STORED: &str = "holds what was sent";

/// What a write did.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Effect {
    /// The state shows it.
    Changed {
        /// The ids of what was created.
        ids: Vec<Json>,
        /// What the state shows, as the end of a line.
        shown: String,
    },
    /// The state is the same.
    None,
    /// There is no state to read.
    Unseen,
}

impl Effect {
    /// What a change of the state says.
    pub(super) fn of(change: &Change) -> Self {
        match change {
            Change::None => Self::None,
            Change::Fields(_) | Change::Body => Self::changed(change.words()),
        }
    }

    /// A change that created nothing; what shows it, as the end of a line.
    pub(super) fn changed(shown: impl Into<String>) -> Self {
        Self::Changed {
            ids: Vec::new(),
            shown: shown.into(),
        }
    }

    /// What the state shows, as the end of a line.
    pub(super) fn shown(&self) -> &str {
        match self {
            Self::Changed { shown, .. } => shown,
            Self::None => "unchanged",
            Self::Unseen => "",
        }
    }
}

/// Whether a request has a text that no other has.
pub(super) fn is_marked(request: &RequestTemplate) -> bool {
    let templates = request.templates();
    let mut names = templates.iter().flat_map(Template::values);
    names.any(|name| matches!(name, "unique" | "canary"))
}

/// Whether a change may come from what was sent. Others change things too, so that a field that was sent
/// must have the value that was sent, where the state has such fields at all.
pub(super) fn is_ours(sent: &Body, change: &Change, now: &State) -> bool {
    let (Body::Json(sent), Change::Fields(changed)) = (sent, change) else {
        return true;
    };
    let Ok(Json::Object(sent)) = serde_json::from_str(sent.expose()) else {
        return true;
    };
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let value = |path: &str| {
        sent.get(&last(path))
            .filter(|value| !value.is_object() && !value.is_array())
    };
    let is_shown = now.leaves().any(|(path, _)| value(path).is_some());
    let has_value = |path: &String| value(path).is_some_and(|value| now.value(path) == Some(value));
    !is_shown || changed.iter().any(has_value)
}

/// Whether the mark of a request is found in a list; an echo of a search is no find.
pub(super) fn found(
    state: &State,
    look: &RequestTemplate,
    scope: &Scope,
    keys: &[String],
) -> Effect {
    let values = scope.values();
    let mark = needle(&values.run_mark, &values.unique);
    let body = &state.response.body;
    let ids = serde_json::from_slice::<Json>(body).map(|document| ids_of(&document, mark, keys));
    match ids {
        Ok(ids) if !ids.is_empty() => Effect::Changed {
            ids,
            shown: STORED.to_owned(),
        },
        _ if is_marked(look) => Effect::None,
        _ if state.response.text().contains(mark) => Effect::changed(STORED),
        _ => Effect::None,
    }
}
