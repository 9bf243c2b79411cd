//! What the project tells of itself: tables, columns and functions.
//!
//! PostgREST describes at its root what whoever asks may use. Newer projects keep this to the secret key.
//! <https://docs.postgrest.org/en/latest/references/api/openapi.html>

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// What the root describes.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// The columns of each table and view.
    pub(super) tables: BTreeMap<String, Vec<String>>,
    /// The database functions.
    pub(super) functions: Vec<String>,
}

impl Outline {
    /// Reads the document of the root; nothing when it is another.
    pub(super) fn read(document: &Json) -> Option<Self> {
        let paths = document.get("paths")?.as_object()?;
        let definitions = document.get("definitions").and_then(Json::as_object);
        let columns = |name: &str| {
            let columns = definitions?.get(name)?.get("properties")?.as_object()?;
            Some(columns.keys().cloned().collect())
        };
        let mut outline = Self::default();
        for path in paths.keys() {
            let name = path.trim_start_matches('/');
            match name.strip_prefix("rpc/") {
                Some(function) => outline.functions.push(function.to_owned()),
                None if name.is_empty() || name.contains('/') => {}
                None => {
                    let columns = columns(name).unwrap_or_default();
                    outline.tables.insert(name.to_owned(), columns);
                }
            }
        }
        Some(outline)
    }

    /// The columns of a table; none when they are not known.
    pub(super) fn columns(&self, table: &str) -> &[String] {
        self.tables.get(table).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tables_columns_and_functions_are_read_and_anything_else_is_none() {
        let document = json!({
            "swagger": "2.0",
            "paths": { "/": {}, "/clients": {}, "/odd/er": {}, "/rpc/close_month": {} },
            "definitions": { "clients": { "properties": { "id": {}, "iban": {} } } },
        });
        let outline = Outline::read(&document).unwrap();
        assert_eq!(outline.columns("clients"), ["id", "iban"]);
        assert_eq!(outline.tables.len(), 1);
        assert_eq!(outline.functions, ["close_month"]);
        for other in [
            json!([]),
            json!({ "message": "hello" }),
            json!({ "paths": 3 }),
        ] {
            assert!(Outline::read(&other).is_none());
        }
    }
}
