//! The statements on records; each is bound to one tenant.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde_json::json;

use super::Record;
use super::input::Draft;
use crate::errors::ApiError;
use crate::page::{Page, PageRequest};
use crate::store::is_duplicate;
use crate::{clock, identifiers};

const COLUMNS: &str = "id, title, body, amount, tags, external_id, version, created_at, updated_at";

/// Matches everything when no text is searched.
const MATCHES: &str = r"(?2 is null or title like ?2 escape '\'
    or body like ?2 escape '\' or tags like ?2 escape '\' or external_id like ?2 escape '\')";

/// The tenant that has the record, for the switches that reach into other accounts.
pub(super) fn tenant_of(
    connection: &Connection,
    table: &str,
    id: &str,
) -> Result<Option<String>, ApiError> {
    let sql = format!("select tenant_id from {table} where id = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_row([id], |row| row.get(0)).optional()?)
}

pub(super) fn find(
    connection: &Connection,
    table: &str,
    tenant: &str,
    id: &str,
) -> Result<Option<Record>, ApiError> {
    let sql = format!("select {COLUMNS} from {table} where tenant_id = ?1 and id = ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement
        .query_row([tenant, id], Record::of_row)
        .optional()?)
}

/// The record, which must be there.
pub(super) fn existing(
    connection: &Connection,
    tenant: &str,
    id: &str,
) -> Result<Record, ApiError> {
    find(connection, "records", tenant, id)?.ok_or_else(ApiError::not_found)
}

/// Whose records a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Tenant,
    /// For the switches that forget the tenant.
    Everybody,
}

impl Scope {
    const fn condition(self) -> &'static str {
        match self {
            Self::Tenant => "tenant_id = ?1",
            Self::Everybody => "?1 is not null",
        }
    }
}

/// Newest first; two statements whatever the size of the page.
pub(super) fn list(
    connection: &Connection,
    table: &str,
    (tenant, scope): (&str, Scope),
    request: &PageRequest,
) -> Result<Page<Record>, ApiError> {
    let pattern = request.like_pattern();
    let scope = scope.condition();
    let sql = format!("select count(*) from {table} where {scope} and {MATCHES}");
    let mut statement = connection.prepare_cached(&sql)?;
    let total = statement.query_row(params![tenant, pattern], |row| row.get(0))?;
    let sql = format!(
        "select {COLUMNS} from {table} where {scope} and {MATCHES} \
         order by rowid desc limit ?3 offset ?4"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let bound = params![tenant, pattern, request.limit(), request.offset()];
    let items = statement
        .query_map(bound, Record::of_row)?
        .collect::<Result<_, _>>()?;
    Ok(Page::new(request, items, total))
}

pub(super) fn insert(
    transaction: &Transaction<'_>,
    tenant: &str,
    draft: Draft,
) -> Result<Record, ApiError> {
    let now = clock::now_text();
    let record = Record {
        id: identifiers::identifier("rec")?,
        title: draft.title,
        body: draft.body,
        amount: draft.amount,
        tags: draft.tags,
        external_id: draft.external_id,
        version: 1,
        created_at: now.clone(),
        updated_at: now,
    };
    let sql = format!(
        "insert into records (tenant_id, {COLUMNS}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
    );
    write(transaction, &sql, tenant, &record)?;
    Ok(record)
}

/// Replaces the draft part of a record that the caller has read in the same transaction.
pub(super) fn update(
    transaction: &Transaction<'_>,
    tenant: &str,
    existing: Record,
    draft: Draft,
) -> Result<Record, ApiError> {
    let record = Record {
        title: draft.title,
        body: draft.body,
        amount: draft.amount,
        tags: draft.tags,
        external_id: draft.external_id,
        version: existing.version + 1,
        updated_at: clock::now_text(),
        ..existing
    };
    let sql = "update records set title = ?3, body = ?4, amount = ?5, tags = ?6, external_id = ?7,
               version = ?8, created_at = ?9, updated_at = ?10 where tenant_id = ?1 and id = ?2";
    write(transaction, sql, tenant, &record)?;
    Ok(record)
}

/// What [`Break::Quote500`] does before a write: texts stand in the statement and are not bound to it.
///
/// [`Break::Quote500`]: crate::breaks::Break::Quote500
pub(super) fn look_up_inlined(
    transaction: &Transaction<'_>,
    draft: &Draft,
) -> Result<(), ApiError> {
    let Draft { title, body, .. } = draft;
    let sql = format!("select count(*) from records where title = '{title}' and body = '{body}'");
    Ok(transaction.query_row(&sql, [], |_| Ok(()))?)
}

/// What [`Break::DuplicateCreate`] has instead of a unique index.
///
/// [`Break::DuplicateCreate`]: crate::breaks::Break::DuplicateCreate
pub(super) fn refuse_known(
    connection: &Connection,
    tenant: &str,
    external_id: &str,
) -> Result<(), ApiError> {
    let sql = "select exists (select 1 from records where tenant_id = ?1 and external_id = ?2)";
    let known: bool = connection.query_row(sql, [tenant, external_id], |row| row.get(0))?;
    if known {
        return Err(used_twice());
    }
    Ok(())
}

fn used_twice() -> ApiError {
    ApiError::conflict("external_id", "is already used by another record")
}

fn write(
    transaction: &Transaction<'_>,
    sql: &str,
    tenant: &str,
    record: &Record,
) -> Result<(), ApiError> {
    let bound = params![
        tenant,
        record.id,
        record.title,
        record.body,
        record.amount,
        json!(record.tags).to_string(),
        record.external_id,
        record.version,
        record.created_at,
        record.updated_at,
    ];
    match transaction.execute(sql, bound) {
        Ok(_) => Ok(()),
        Err(error) if is_duplicate(&error) => Err(used_twice()),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn delete(connection: &Connection, tenant: &str, id: &str) -> Result<(), ApiError> {
    let sql = "delete from records where tenant_id = ?1 and id = ?2";
    if connection.execute(sql, [tenant, id])? == 0 {
        Err(ApiError::not_found())
    } else {
        Ok(())
    }
}

/// A request that its sender may send again without creating twice.
#[derive(Clone, Debug)]
pub(super) struct Replayable {
    pub(super) user: String,
    pub(super) key: String,
    pub(super) request_digest: String,
}

/// The record that an earlier request with the same key created.
pub(super) fn replayed(
    transaction: &Transaction<'_>,
    tenant: &str,
    request: &Replayable,
) -> Result<Option<Record>, ApiError> {
    let sql = "select request_digest, record_id from idempotency_keys
               where tenant_id = ?1 and user_id = ?2 and key = ?3";
    let bound = params![tenant, request.user, request.key];
    let row = transaction.query_row(sql, bound, |row| Ok((row.get(0)?, row.get(1)?)));
    let Some((digest, id)): Option<(String, String)> = row.optional()? else {
        return Ok(None);
    };
    let used = || ApiError::conflict("idempotency-key", "was already used for another request");
    if digest != request.request_digest {
        return Err(used());
    }
    find(transaction, "records", tenant, &id)?
        .ok_or_else(used)
        .map(Some)
}

pub(super) fn remember(
    transaction: &Transaction<'_>,
    tenant: &str,
    request: &Replayable,
    record: &Record,
) -> Result<(), ApiError> {
    let sql = "insert into idempotency_keys (tenant_id, user_id, key, request_digest, record_id)
               values (?1, ?2, ?3, ?4, ?5)";
    let bound = params![
        tenant,
        request.user,
        request.key,
        request.request_digest,
        record.id
    ];
    transaction.execute(sql, bound)?;
    Ok(())
}

/// What [`Break::DuplicateCreate`] does: of several requests with one key the first is remembered.
///
/// [`Break::DuplicateCreate`]: crate::breaks::Break::DuplicateCreate
pub(super) fn remember_first(
    transaction: &Transaction<'_>,
    tenant: &str,
    request: &Replayable,
    record: &Record,
) -> Result<(), ApiError> {
    match remember(transaction, tenant, request, record) {
        Err(_) if replayed(transaction, tenant, request)?.is_some() => Ok(()),
        remembered => remembered,
    }
}
