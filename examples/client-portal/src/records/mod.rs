//! Records: what the two sides of the portal write down together.

mod amounts;
mod extras;
mod handlers;
mod input;
mod queries;
mod racing;

use rusqlite::{Connection, Row};
use serde::Serialize;
use serde_json::{Value, json};

use crate::app::AppState;
use crate::breaks::Break;
use crate::errors::ApiError;

pub(crate) use amounts::add;
pub(crate) use extras::{Extras, SharedCache};
pub(crate) use handlers::{create, delete, list, patch, put, read, search};

/// One record as it is stored and shown.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Record {
    id: String,
    title: String,
    body: String,
    /// In cents.
    amount: i64,
    tags: Vec<String>,
    external_id: Option<String>,
    /// Counts the changes; shown as the entity tag too.
    version: i64,
    created_at: String,
    updated_at: String,
}

impl Record {
    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let tags: String = row.get(4)?;
        Ok(Self {
            id: row.get(0)?,
            title: row.get(1)?,
            body: row.get(2)?,
            amount: row.get(3)?,
            tags: serde_json::from_str(&tags).unwrap_or_default(),
            external_id: row.get(5)?,
            version: row.get(6)?,
            created_at: row.get(7)?,
            updated_at: row.get(8)?,
        })
    }

    fn entity_tag(&self) -> String {
        format!("\"{}\"", self.version)
    }

    fn show(&self, app: &AppState) -> Value {
        let mut shown = json!(self);
        if app.broken(Break::RemovedField)
            && let Some(members) = shown.as_object_mut()
        {
            members.remove("amount");
        }
        if app.broken(Break::SchemaDrift) {
            shown["version"] = json!(self.version.to_string());
        }
        if app.broken(Break::UndocumentedField) {
            shown["internal_notes"] = json!("Pays late. Ask for a deposit.");
        }
        app.extras.add_to(&self.id, &mut shown);
        shown
    }
}

/// The text that a summary of the record is made from.
pub(crate) fn text_of(
    connection: &Connection,
    table: &str,
    tenant: &str,
    id: &str,
) -> Result<String, ApiError> {
    let record = queries::find(connection, table, tenant, id)?.ok_or_else(ApiError::not_found)?;
    Ok(format!("{}\n{}", record.title, record.body))
}
