//! The endpoints of records.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::input::{Changes, Draft};
use super::{Record, queries};
use crate::app::{App, AppState};
use crate::auth::Caller;
use crate::breaks::Break;
use crate::cors::IDEMPOTENCY_KEY;
use crate::errors::ApiError;
use crate::identifiers;
use crate::input::Fields;
use crate::page::{Page, PageRequest};
use crate::report;
use queries::Replayable;

type Shown = ([(HeaderName, String); 1], Json<Value>);

const LONGEST_KEY: usize = 200;

fn shown(app: &AppState, record: &Record) -> Shown {
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

async fn find_page(
    app: &App,
    caller: Caller,
    request: PageRequest,
) -> Result<Page<Record>, ApiError> {
    let read = move |connection: &Connection, table: &'static str| {
        queries::list(connection, table, &caller.tenant, &request)
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
    if app.broken(Break::SlowList) {
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    let mut page = find_page(&app, caller, request).await?;
    if app.broken(Break::WrongTotal) {
        page.total += 1;
    }
    Ok(shown_page(&app, page))
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
    let page = find_page(&app, caller, request).await?;
    Ok(shown_page(&app, page))
}

/// `POST /api/records`
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, ApiError> {
    let (changes, checked) = Changes::whole(fields, &app);
    let draft = changes.apply_to(Draft::default());
    if checked.is_err() && app.broken(Break::StoresInvalid) && !draft.title.is_empty() {
        // Refused it is in any case, also for what cannot be stored twice.
        let _ = insert(&app, caller.tenant.clone(), draft.clone(), None).await;
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
    let (record, is_new) = insert(&app, caller.tenant, draft, request).await?;
    if is_new {
        report::record_created(&app, &json!(record))?;
    }
    let location = [(header::LOCATION, format!("/api/records/{}", record.id))];
    Ok((StatusCode::CREATED, location, shown(&app, &record)).into_response())
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
    let find = move |connection: &Connection, table: &'static str| {
        queries::find(connection, table, &caller.tenant, &id)
    };
    let record = app
        .store
        .read_records(find)
        .await?
        .ok_or_else(ApiError::not_found)?;
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
    change(&app, caller, id, headers, move |_| draft).await
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
    change(&app, caller, id, headers, move |existing| {
        changes.apply_to(existing)
    })
    .await
}

async fn change(
    app: &App,
    caller: Caller,
    id: String,
    headers: HeaderMap,
    redraft: impl FnOnce(Draft) -> Draft + Send + 'static,
) -> Result<Shown, ApiError> {
    let inlined = app.broken(Break::Quote500);
    let write = move |connection: &mut Connection| {
        let transaction = connection.transaction()?;
        let existing = queries::find(&transaction, "records", &caller.tenant, &id)?;
        let existing = existing.ok_or_else(ApiError::not_found)?;
        refuse_outdated(&headers, &existing)?;
        let draft = redraft(Draft::from(existing.clone()));
        if inlined {
            queries::look_up_inlined(&transaction, &draft)?;
        }
        let record = queries::update(&transaction, &caller.tenant, existing, draft)?;
        transaction.commit()?;
        Ok(record)
    };
    let record = app.store.call(write).await?;
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
    let write = move |connection: &mut Connection| {
        let transaction = connection.transaction()?;
        queries::delete(&transaction, &caller.tenant, &id)?;
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
