//! The endpoints of records.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::input::{Changes, Draft};
use super::{Record, extras, queries, racing};
use crate::app::{App, AppState};
use crate::auth::Caller;
use crate::breaks::Break;
use crate::cors::IDEMPOTENCY_KEY;
use crate::errors::ApiError;
use crate::identifiers;
use crate::input::Fields;
use crate::page::{Page, PageRequest};
use crate::report;
use crate::slowness;
use crate::store::tenants;
use queries::{Replayable, Scope};

pub(super) type Shown = ([(HeaderName, String); 1], Json<Value>);

const LONGEST_KEY: usize = 200;

pub(super) fn shown(app: &AppState, record: &Record) -> Shown {
    (
        [(header::ETAG, record.entity_tag())],
        Json(record.show(app)),
    )
}

fn shown_page(app: &AppState, page: Page<Record>) -> Json<Page<Value>> {
    let items = page.items.iter().map(|record| record.show(app)).collect();
    Json(Page {
        items,
        total: page.total,
        page: page.page,
        per_page: page.per_page,
    })
}

/// The page that is asked for; with the switch, of the records of all accounts.
async fn find_page(
    app: &App,
    caller: Caller,
    request: PageRequest,
    forgets_tenant: Break,
) -> Result<Page<Record>, ApiError> {
    let scope = if app.broken(forgets_tenant) {
        Scope::Everybody
    } else {
        Scope::Tenant
    };
    let read = move |connection: &Connection, table: &'static str| {
        queries::list(connection, table, (&caller.tenant, scope), &request)
    };
    app.store.read_records(read).await
}

/// `GET /api/records`
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    request: PageRequest,
) -> Result<Json<Page<Value>>, ApiError> {
    if app.broken_every(Break::FlakyList, 2, &app.list_calls) {
        let message = "the list is not available at the moment";
        let error = ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message);
        return Err(error.retry_after(1));
    }
    slowness::before_list(&app).await?;
    let author = caller.user.clone();
    let mut page = find_page(&app, caller, request, Break::TenantList).await?;
    if app.broken(Break::WrongTotal) {
        page.total += 1;
    }
    if app.broken(Break::NPlusOne) {
        look_up_each(&app, &page.items).await?;
    }
    let Json(mut shown) = shown_page(&app, page);
    if app.broken(Break::Overfetch) {
        add_author(&app, author, &mut shown.items).await?;
    }
    Ok(Json(shown))
}

/// What [`Break::NPlusOne`] does: a question for each record, one after the other.
async fn look_up_each(app: &App, records: &[Record]) -> Result<(), ApiError> {
    for record in records {
        let id = record.id.clone();
        let read = move |connection: &mut Connection| {
            queries::tenant_of(connection, "records", &id).map(|_| ())
        };
        app.store.call(read).await?;
        slowness::round_trip().await;
    }
    Ok(())
}

/// What [`Break::Overfetch`] does: a whole row of the users comes with each record.
async fn add_author(app: &App, user: String, records: &mut [Value]) -> Result<(), ApiError> {
    let read = move |connection: &mut Connection| {
        let sql = "select email, password_hash from users where id = ?1";
        let author = connection.query_row(sql, [user], |row| {
            let (email, hash): (String, String) = (row.get(0)?, row.get(1)?);
            Ok(json!({ "email": email, "password_hash": hash }))
        });
        Ok(author?)
    };
    let author = app.store.call(read).await?;
    for record in records {
        record["author"] = author.clone();
    }
    Ok(())
}

/// `GET /api/search`
pub(crate) async fn search(
    State(app): State<App>,
    caller: Caller,
    request: PageRequest,
) -> Result<Json<Page<Value>>, ApiError> {
    if request.query.is_none() {
        return Err(ApiError::invalid_field("q", "is missing"));
    }
    if app.broken(Break::SearchEmpty) {
        return Ok(Json(Page::new(&request, Vec::new(), 0)));
    }
    let _connection = slowness::connection(&app).await?;
    let page = find_page(&app, caller, request, Break::TenantSearch).await?;
    Ok(shown_page(&app, page))
}

/// `POST /api/records`
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    mut fields: Fields,
) -> Result<Response, ApiError> {
    let extras = extras::taken(&app, &mut fields);
    let tenant = chosen_tenant(&app, &caller, &mut fields);
    let (changes, checked) = Changes::whole(fields, &app);
    let draft = changes.apply_to(Draft::default());
    if checked.is_err() && app.broken(Break::StoresInvalid) && !draft.title.is_empty() {
        // Refused it is in any case, also for what cannot be stored twice.
        let _ = insert(&app, tenant.clone(), draft.clone(), None).await;
    }
    checked?;
    let request = replayable(&caller, &headers, &draft)?;
    if app.broken(Break::Create500) {
        return Err(ApiError::internal("switched on: create-500"));
    }
    if app.broken(Break::CreateSilent) {
        let failure = json!({ "status": "error", "error": "the record could not be saved" });
        return Ok(Json(failure).into_response());
    }
    let (record, is_new) = insert(&app, tenant, draft, request).await?;
    app.extras.keep(&record.id, extras);
    if is_new {
        report::record_created(&app, &json!(record))?;
    }
    let location = [(header::LOCATION, format!("/api/records/{}", record.id))];
    Ok((StatusCode::CREATED, location, shown(&app, &record)).into_response())
}

/// The account that gets the record: the caller's, or with [`Break::ForeignTenant`] the one named.
fn chosen_tenant(app: &AppState, caller: &Caller, fields: &mut Fields) -> String {
    let named = app
        .broken(Break::ForeignTenant)
        .then(|| fields.word("account", &tenants()));
    named.flatten().unwrap_or_else(|| caller.tenant.clone())
}

/// The key under which the create may be sent again, when it has one.
fn replayable(
    caller: &Caller,
    headers: &HeaderMap,
    draft: &Draft,
) -> Result<Option<Replayable>, ApiError> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    let key = value
        .to_str()
        .ok()
        .filter(|key| (1..=LONGEST_KEY).contains(&key.len()));
    let rule = format!("must be 1 to {LONGEST_KEY} printable ASCII characters");
    let key = key
        .ok_or_else(|| ApiError::invalid_field("idempotency-key", rule))?
        .to_owned();
    let request_digest = identifiers::digest(format!("{draft:?}").as_bytes());
    Ok(Some(Replayable {
        user: caller.user.clone(),
        key,
        request_digest,
    }))
}

/// Stores a record; the one stored before when the create is sent again, and then `false`.
async fn insert(
    app: &App,
    tenant: String,
    draft: Draft,
    request: Option<Replayable>,
) -> Result<(Record, bool), ApiError> {
    if app.broken(Break::DuplicateCreate) {
        return racing::insert(app, tenant, draft, request).await;
    }
    let inlined = app.broken(Break::Quote500);
    let write = move |connection: &mut Connection| {
        let transaction = connection.transaction()?;
        if inlined {
            queries::look_up_inlined(&transaction, &draft)?;
        }
        if let Some(request) = &request
            && let Some(record) = queries::replayed(&transaction, &tenant, request)?
        {
            return Ok((record, false));
        }
        let record = queries::insert(&transaction, &tenant, draft)?;
        if let Some(request) = &request {
            queries::remember(&transaction, &tenant, request, &record)?;
        }
        transaction.commit()?;
        Ok((record, true))
    };
    app.store.call(write).await
}

/// `GET /api/records/{id}`
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Shown, ApiError> {
    let shares = app.broken(Break::SharedCache);
    if let Some(record) = app.shared_cache.get(&id).filter(|_| shares) {
        return Ok(shown(&app, &record));
    }
    let reach = Reach::with(&app, Break::TenantRead);
    let find = move |connection: &Connection, table: &'static str| {
        let tenant = reach.tenant(connection, table, &caller, &id)?;
        queries::find(connection, table, &tenant, &id)
    };
    let record = app.store.read_records(find).await?;
    let record = record.ok_or_else(ApiError::not_found)?;
    if shares {
        app.shared_cache.keep(&record);
    }
    Ok(shown(&app, &record))
}

/// `PUT /api/records/{id}`
pub(crate) async fn put(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Shown, ApiError> {
    let (changes, checked) = Changes::whole(fields, &app);
    checked?;
    let draft = changes.apply_to(Draft::default());
    let reach = Reach::with(&app, Break::TenantWrite);
    let redraft = move |_| draft;
    change(&app, (caller, reach), id, headers, redraft).await
}

/// `PATCH /api/records/{id}`
pub(crate) async fn patch(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Shown, ApiError> {
    let changes = Changes::partial(fields, &app)?;
    let silent = app.broken(Break::TenantWriteSilent);
    let reach = if silent {
        Reach::Everywhere
    } else {
        Reach::with(&app, Break::TenantWrite)
    };
    let (found, tenant) = (id.clone(), caller.tenant.clone());
    let redraft = move |existing| changes.apply_to(existing);
    let changed = change(&app, (caller, reach), id, headers, redraft).await?;
    if silent {
        refuse_foreign(&app, tenant, found).await?;
    }
    Ok(changed)
}

/// The second half of [`Break::TenantWriteSilent`]: the change is made, then refused.
async fn refuse_foreign(app: &App, tenant: String, id: String) -> Result<(), ApiError> {
    let find = move |connection: &mut Connection| queries::existing(connection, &tenant, &id);
    app.store.call(find).await.map(|_| ())
}

/// How far a handler looks for the record with the given id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Own,
    /// For the switches that forget the tenant.
    Everywhere,
}

impl Reach {
    fn with(app: &AppState, forgets_tenant: Break) -> Self {
        if app.broken(forgets_tenant) {
            Self::Everywhere
        } else {
            Self::Own
        }
    }

    /// The tenant within which the record is looked for.
    fn tenant(
        self,
        connection: &Connection,
        table: &str,
        caller: &Caller,
        id: &str,
    ) -> Result<String, ApiError> {
        let elsewhere = match self {
            Self::Own => None,
            Self::Everywhere => queries::tenant_of(connection, table, id)?,
        };
        Ok(elsewhere.unwrap_or_else(|| caller.tenant.clone()))
    }
}

async fn change(
    app: &App,
    (caller, reach): (Caller, Reach),
    id: String,
    headers: HeaderMap,
    redraft: impl FnOnce(Draft) -> Draft + Send + 'static,
) -> Result<Shown, ApiError> {
    let inlined = app.broken(Break::Quote500);
    let write = move |connection: &mut Connection| {
        let transaction = connection.transaction()?;
        let tenant = reach.tenant(&transaction, "records", &caller, &id)?;
        let existing = queries::existing(&transaction, &tenant, &id)?;
        refuse_outdated(&headers, &existing)?;
        let draft = redraft(Draft::from(existing.clone()));
        if inlined {
            queries::look_up_inlined(&transaction, &draft)?;
        }
        let record = queries::update(&transaction, &tenant, existing, draft)?;
        transaction.commit()?;
        Ok(record)
    };
    let record = app.store.call(write).await?;
    app.shared_cache.forget(&record.id);
    Ok(shown(app, &record))
}

/// Keeps a change from overwriting one its author has not seen (RFC 9110, section 13.1.1).
fn refuse_outdated(headers: &HeaderMap, existing: &Record) -> Result<(), ApiError> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Ok(());
    };
    let mut tags = value.to_str().unwrap_or_default().split(',').map(str::trim);
    if tags.any(|tag| tag == "*" || tag == existing.entity_tag()) {
        return Ok(());
    }
    let message = "the record has changed since; read it again";
    Err(ApiError::new(
        StatusCode::PRECONDITION_FAILED,
        "outdated",
        message,
    ))
}

/// `DELETE /api/records/{id}`
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let keeps = app.broken(Break::DeleteKeeps);
    let reach = Reach::with(&app, Break::TenantDelete);
    app.shared_cache.forget(&id);
    let write = move |connection: &mut Connection| {
        let transaction = connection.transaction()?;
        let tenant = reach.tenant(&transaction, "records", &caller, &id)?;
        queries::delete(&transaction, &tenant, &id)?;
        if keeps {
            return Ok(transaction.rollback()?);
        }
        Ok(transaction.commit()?)
    };
    app.store.call(write).await?;
    Ok(if app.broken(Break::UndocumentedStatus) {
        StatusCode::ACCEPTED
    } else {
        StatusCode::NO_CONTENT
    })
}
