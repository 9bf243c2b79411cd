//! What three switches do: they look first and write later, and what others write in between is
//! not seen. One request at a time is answered as by the good portal.

use std::time::Duration;

use rusqlite::Connection;

use super::Record;
use super::amounts::{with_amount, within_limits};
use super::input::Draft;
use super::queries::{self, Replayable};
use crate::app::App;
use crate::errors::ApiError;

/// What a call of another service would take between the look and the write.
const WINDOW: Duration = Duration::from_millis(2);

/// What [`Break::DuplicateCreate`] does with a new record.
///
/// [`Break::DuplicateCreate`]: crate::breaks::Break::DuplicateCreate
pub(super) async fn insert(
    app: &App,
    tenant: String,
    draft: Draft,
    request: Option<Replayable>,
) -> Result<(Record, bool), ApiError> {
    let (account, sought, again) = (tenant.clone(), draft.external_id.clone(), request.clone());
    let look = move |connection: &mut Connection| {
        let transaction = connection.transaction()?;
        if let Some(request) = &again
            && let Some(record) = queries::replayed(&transaction, &account, request)?
        {
            return Ok(Some(record));
        }
        if let Some(external_id) = &sought {
            queries::refuse_known(&transaction, &account, external_id)?;
        }
        Ok(None)
    };
    if let Some(record) = app.store.call(look).await? {
        return Ok((record, false));
    }
    tokio::time::sleep(WINDOW).await;
    let write = move |connection: &mut Connection| {
        let transaction = connection.transaction()?;
        let record = queries::insert(&transaction, &tenant, draft)?;
        if let Some(request) = &request {
            queries::remember_first(&transaction, &tenant, request, &record)?;
        }
        transaction.commit()?;
        Ok((record, true))
    };
    app.store.call(write).await
}

/// What [`Break::LostUpdate`] does: the amount that was read a moment ago is what is added to.
///
/// [`Break::LostUpdate`]: crate::breaks::Break::LostUpdate
pub(super) async fn overwrite_amount(
    app: &App,
    tenant: String,
    id: String,
    added: i64,
) -> Result<Record, ApiError> {
    change_later(app, tenant, id, added, |before, _| before).await
}

/// What [`Break::LimitOverrun`] does: whether there is enough is asked a moment before it is taken.
///
/// [`Break::LimitOverrun`]: crate::breaks::Break::LimitOverrun
pub(super) async fn overdraw(
    app: &App,
    tenant: String,
    id: String,
    added: i64,
) -> Result<Record, ApiError> {
    change_later(app, tenant, id, added, |_, now| now).await
}

/// Looks whether an amount may change, and changes it a moment later: what is added to is chosen from the
/// amount at the look and the one at the write.
async fn change_later(
    app: &App,
    tenant: String,
    id: String,
    added: i64,
    choose: fn(i64, i64) -> i64,
) -> Result<Record, ApiError> {
    let (account, sought) = (tenant.clone(), id.clone());
    let look = move |connection: &mut Connection| queries::existing(connection, &account, &sought);
    let before = app.store.call(look).await?.amount;
    within_limits(before, added)?;
    tokio::time::sleep(WINDOW).await;
    let write = move |connection: &mut Connection| {
        let transaction = connection.transaction()?;
        let existing = queries::existing(&transaction, &tenant, &id)?;
        let amount = choose(before, existing.amount) + added;
        let record = with_amount(&transaction, &tenant, existing, amount)?;
        transaction.commit()?;
        Ok(record)
    };
    app.store.call(write).await
}
