//! What a caller may say about a record.

use super::Record;
use crate::app::AppState;
use crate::breaks::Break;
use crate::errors::ApiError;
use crate::input::Fields;

/// Ten million in cents.
pub(super) const MOST_AMOUNT: i64 = 1_000_000_000;

/// The members of a request that were given; the others stay as they are.
#[derive(Debug, Default)]
pub(super) struct Changes {
    title: Option<String>,
    body: Option<String>,
    amount: Option<i64>,
    tags: Option<Vec<String>>,
    external_id: Option<Option<String>>,
}

/// Everything about a record that its author decides.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) title: String,
    pub(super) body: String,
    pub(super) amount: i64,
    pub(super) tags: Vec<String>,
    pub(super) external_id: Option<String>,
}

impl Changes {
    /// Reads a whole record; only the title is required.
    pub(super) fn whole(mut fields: Fields, app: &AppState) -> (Self, Result<(), ApiError>) {
        fields.require("title");
        Self::read(fields, app)
    }

    /// Reads any selection of members.
    pub(super) fn partial(fields: Fields, app: &AppState) -> Result<Self, ApiError> {
        let (changes, checked) = Self::read(fields, app);
        checked.map(|()| changes)
    }

    /// The members that are right, and the refusal when others are not.
    fn read(mut fields: Fields, app: &AppState) -> (Self, Result<(), ApiError>) {
        let amount = if app.broken(Break::AcceptsInvalid) {
            Fields::nearest_integer
        } else {
            Fields::integer
        };
        let changes = Self {
            title: fields.text("title", 1..=200),
            body: fields.text("body", 0..=20_000),
            amount: amount(&mut fields, "amount", 0..=MOST_AMOUNT),
            tags: fields.texts("tags", 20, 1..=50),
            external_id: fields.nullable_text("external_id", 1..=100),
        };
        (changes, fields.finish())
    }

    /// The draft with the given members replaced.
    pub(super) fn apply_to(self, draft: Draft) -> Draft {
        Draft {
            title: self.title.unwrap_or(draft.title),
            body: self.body.unwrap_or(draft.body),
            amount: self.amount.unwrap_or(draft.amount),
            tags: self.tags.unwrap_or(draft.tags),
            external_id: self.external_id.unwrap_or(draft.external_id),
        }
    }
}

impl From<Record> for Draft {
    fn from(record: Record) -> Self {
        Self {
            title: record.title,
            body: record.body,
            amount: record.amount,
            tags: record.tags,
            external_id: record.external_id,
        }
    }
}
