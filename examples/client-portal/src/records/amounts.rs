//! Changing an amount by what comes in and goes out.

use axum::extract::{Path, State};
use rusqlite::Connection;

use super::handlers::{Shown, shown};
use super::input::{Draft, MOST_AMOUNT};
use super::{Record, queries, racing};
use crate::app::App;
use crate::auth::Caller;
use crate::breaks::Break;
use crate::errors::ApiError;
use crate::input::Fields;

/// `POST /api/records/{id}/amount`: adds to the amount, or takes away from it, never more than there is.
pub(crate) async fn add(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    mut fields: Fields,
) -> Result<Shown, ApiError> {
    fields.require("add");
    let added = fields.integer("add", -MOST_AMOUNT..=MOST_AMOUNT);
    let added = added.unwrap_or_default();
    fields.finish()?;
    let record = if app.broken(Break::LostUpdate) && added > 0 {
        racing::overwrite_amount(&app, caller.tenant, id, added).await?
    } else if app.broken(Break::LimitOverrun) && added < 0 {
        racing::overdraw(&app, caller.tenant, id, added).await?
    } else {
        let write = move |connection: &mut Connection| {
            let transaction = connection.transaction()?;
            let existing = queries::existing(&transaction, &caller.tenant, &id)?;
            let amount = within_limits(existing.amount, added)?;
            let record = with_amount(&transaction, &caller.tenant, existing, amount)?;
            transaction.commit()?;
            Ok(record)
        };
        app.store.call(write).await?
    };
    app.shared_cache.forget(&record.id);
    Ok(shown(&app, &record))
}

/// The new amount, unless there is less than what is to be taken, or no room for more.
pub(super) fn within_limits(amount: i64, added: i64) -> Result<i64, ApiError> {
    let sum = amount + added;
    if (0..=MOST_AMOUNT).contains(&sum) {
        return Ok(sum);
    }
    Err(ApiError::conflict(
        "add",
        "leads beyond what an amount can be",
    ))
}

/// Stores a record with another amount.
pub(super) fn with_amount(
    transaction: &rusqlite::Transaction<'_>,
    tenant: &str,
    existing: Record,
    amount: i64,
) -> Result<Record, ApiError> {
    let draft = Draft {
        amount,
        ..Draft::from(existing.clone())
    };
    queries::update(transaction, tenant, existing, draft)
}
