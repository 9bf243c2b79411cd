//! Files that the two sides of the portal exchange.

mod handlers;
mod inspect;
mod receive;

pub(crate) use handlers::{delete, download, read, upload};
pub(crate) use receive::MOST_BODY_BYTES;

use rusqlite::{Connection, OptionalExtension as _};

use crate::errors::ApiError;

/// The text that a summary of the file is made from; only text files have one.
pub(crate) fn text_of(connection: &Connection, tenant: &str, id: &str) -> Result<String, ApiError> {
    let sql = "select content_type, content from files where tenant_id = ?1 and id = ?2";
    let row = connection.query_row(sql, [tenant, id], |row| Ok((row.get(0)?, row.get(1)?)));
    let (content_type, content): (String, Vec<u8>) =
        row.optional()?.ok_or_else(ApiError::not_found)?;
    let text = String::from_utf8(content)
        .ok()
        .filter(|_| content_type.starts_with("text/"));
    text.ok_or_else(|| ApiError::invalid_field("id", "must be a text file to be summarised"))
}
