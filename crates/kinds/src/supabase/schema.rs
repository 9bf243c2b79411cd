//! The JSON Schema (draft-07) of `supabase:`.

use serde_json::{Value, json};

use super::config::KEY_COLUMN;
use crate::hosted::{most_schema, names_schema as names};

/// The schema of the whole value.
pub(super) fn supabase() -> Value {
    json!({
        "type": "object",
        "description": "Tries what a stranger can read and change at a Supabase project with its public key.",
        "additionalProperties": false,
        "required": ["on"],
        "properties": {
            "on": { "type": "string", "description": "The entry under `apis:` with the project's address." },
            "key": { "type": "string", "description": "The anon or publishable key; the `apikey` header of the api when absent." },
            "tables": names("Tables that strangers must not read, beside those that the project lists."),
            "public-tables": names("Tables that everybody may read."),
            "shared-tables": names("Tables of which every account may read all rows, such as plans or countries."),
            "key-columns": {
                "type": "object",
                "description": format!("The column that tells the rows of a table apart, by table; `{KEY_COLUMN}` when absent."),
                "additionalProperties": { "type": "string" },
            },
            "buckets": names("Buckets whose files strangers must not list."),
            "public-buckets": names("Buckets whose files everybody may list."),
            "rpc": {
                "type": "object",
                "description": "Database functions that are called as a stranger, by name, each with arguments that are safe.",
                "additionalProperties": {
                    "type": "object",
                    "additionalProperties": { "type": ["string", "number", "boolean"] },
                },
            },
            "public-rpc": names("Database functions that everybody may call."),
            "functions": names("Edge functions that strangers must not run; each is called."),
            "public-functions": names("Edge functions that everybody may run."),
            "signups": { "type": "boolean", "description": "Whether strangers may make accounts." },
            "anonymous-user": {
                "type": "boolean",
                "description": "Whether an anonymous account is made to try what every account can read. It stays in the project.",
            },
            "writes": {
                "type": "object",
                "description": "Tables that an insert is tried on as a stranger, each with a column that must not be null and is sent as null, so that nothing is stored.",
                "additionalProperties": { "type": "string" },
            },
            "other": { "type": "string", "description": "An identity of another tenant, which must not read the rows of `as`." },
            "code": names("The folders whose source code is searched for tables, buckets and functions; the whole project when absent."),
            "most": most_schema(),
        },
    })
}
