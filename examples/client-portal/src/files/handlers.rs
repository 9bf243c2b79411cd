//! The endpoints of files.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::Serialize;

use super::inspect::inspect;
use super::receive::Received;
use crate::app::App;
use crate::auth::Caller;
use crate::breaks::Break;
use crate::errors::ApiError;
use crate::{clock, identifiers};

/// What is known of a stored file.
#[derive(Debug, Serialize)]
pub(crate) struct FileFacts {
    id: String,
    name: String,
    content_type: String,
    /// In bytes.
    size: i64,
    created_at: String,
}

impl FileFacts {
    const COLUMNS: &'static str = "id, name, content_type, size, created_at";

    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            name: row.get(1)?,
            content_type: row.get(2)?,
            size: row.get(3)?,
            created_at: row.get(4)?,
        })
    }
}

/// `POST /api/files`
pub(crate) async fn upload(
    State(app): State<App>,
    caller: Caller,
    received: Received,
) -> Result<Response, ApiError> {
    let kind = inspect(&received.name, &received.content_type, &received.content)?;
    let facts = FileFacts {
        id: identifiers::identifier("fil")?,
        name: received.name,
        content_type: kind.content_type.to_owned(),
        size: i64::try_from(received.content.len()).map_err(ApiError::internal)?,
        created_at: clock::now_text(),
    };
    let mut content = received.content;
    if app.broken(Break::UploadTruncates) {
        content.truncate(content.len() / 2);
    }
    let facts = store(&app, caller.tenant, facts, content).await?;
    let location = [(header::LOCATION, format!("/api/files/{}", facts.id))];
    Ok((StatusCode::CREATED, location, Json(facts)).into_response())
}

async fn store(
    app: &App,
    tenant: String,
    facts: FileFacts,
    content: Vec<u8>,
) -> Result<FileFacts, ApiError> {
    let write = move |connection: &mut Connection| {
        let sql = "insert into files (tenant_id, id, name, content_type, size, created_at, content)
                   values (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let FileFacts {
            id,
            name,
            content_type,
            size,
            created_at,
        } = &facts;
        connection.execute(
            sql,
            params![tenant, id, name, content_type, size, created_at, content],
        )?;
        Ok(facts)
    };
    app.store.call(write).await
}

/// `GET /api/files/{id}`
pub(crate) async fn read(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<FileFacts>, ApiError> {
    let find = move |connection: &mut Connection| {
        let columns = FileFacts::COLUMNS;
        let sql = format!("select {columns} from files where tenant_id = ?1 and id = ?2");
        let facts = connection.query_row(&sql, [caller.tenant, id], FileFacts::of_row);
        facts.optional()?.ok_or_else(ApiError::not_found)
    };
    app.store.call(find).await.map(Json)
}

type Download = ([(HeaderName, String); 3], Vec<u8>);

/// `GET /api/files/{id}/content`: always as an attachment, in a sandbox should a browser show it.
pub(crate) async fn download(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Download, ApiError> {
    let sql = if app.broken(Break::TenantFile) {
        "select name, content_type, content from files where ?1 is not null and id = ?2"
    } else {
        "select name, content_type, content from files where tenant_id = ?1 and id = ?2"
    };
    let find = move |connection: &mut Connection| {
        let parts = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let found = connection
            .query_row(sql, [caller.tenant, id], parts)
            .optional()?;
        found.ok_or_else(ApiError::not_found)
    };
    let (name, content_type, content): (String, String, Vec<u8>) = app.store.call(find).await?;
    let content_type = match content_type {
        _ if app.broken(Break::DownloadWrongType) => "application/octet-stream".to_owned(),
        text if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        other => other,
    };
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_DISPOSITION, disposition(&name)),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; sandbox".to_owned(),
        ),
    ];
    Ok((headers, content))
}

/// The name twice: in ASCII for old clients and in full (RFC 6266, section 4.3).
fn disposition(name: &str) -> String {
    let ascii: String = name
        .chars()
        .map(|c| if c.is_ascii() { c } else { '_' })
        .collect();
    format!(
        "attachment; filename=\"{ascii}\"; filename*=UTF-8''{}",
        extended(name)
    )
}

/// Percent-encodes everything but the unreserved characters (RFC 8187, section 3.2.1).
fn extended(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let encoded = |byte| {
        if plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    name.bytes().map(encoded).collect()
}

/// `DELETE /api/files/{id}`
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let remove = move |connection: &mut Connection| {
        let sql = "delete from files where tenant_id = ?1 and id = ?2";
        Ok(connection.execute(sql, [caller.tenant, id])?)
    };
    match app.store.call(remove).await? {
        0 => Err(ApiError::not_found()),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_outside_ascii_are_given_twice() {
        assert_eq!(
            disposition("Größe 1.txt"),
            "attachment; filename=\"Gr__e 1.txt\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%201.txt"
        );
    }
}
