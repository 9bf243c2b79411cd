//! The JSON Schema (draft-07) of `firebase:`.

use serde_json::{Value, json};

use super::config::DATABASE;
use crate::hosted::{most_schema, names_schema as names};

/// The schema of the whole value.
pub(super) fn firebase() -> Value {
    json!({
        "type": "object",
        "description": "Tries what a stranger can read and change at a Firebase project.",
        "additionalProperties": false,
        "properties": {
            "realtime": realtime(),
            "firestore": firestore(),
            "storage": storage(),
            "accounts": {
                "type": "object",
                "description": "Where accounts are made.",
                "additionalProperties": false,
                "required": ["on", "key"],
                "properties": {
                    "on": on("https://identitytoolkit.googleapis.com"),
                    "key": { "type": "string", "description": "The web API key of the project, which is public." },
                },
            },
            "anonymous-user": {
                "type": "boolean",
                "description": "Whether an anonymous account is made, and removed, to try what every account can read.",
            },
            "writes": {
                "type": "boolean",
                "description": "Whether strangers' writes are tried; what is stored is removed.",
            },
            "most": most_schema(),
        },
    })
}

fn on(address: &str) -> Value {
    let description = format!("The entry under `apis:` with the address {address}.");
    json!({ "type": "string", "description": description })
}

fn realtime() -> Value {
    json!({
        "type": "object",
        "description": "The Realtime Database; its root is always tried.",
        "additionalProperties": false,
        "required": ["on"],
        "properties": {
            "on": on("https://PROJECT-default-rtdb.firebaseio.com"),
            "paths": names("Paths that strangers must not read, without `.json`."),
            "public-paths": names("Paths that everybody may read."),
            "shared-paths": names("Paths that every account may read."),
        },
    })
}

fn firestore() -> Value {
    json!({
        "type": "object",
        "description": "Collections of Firestore.",
        "additionalProperties": false,
        "required": ["on", "project", "collections"],
        "properties": {
            "on": on("https://firestore.googleapis.com"),
            "project": { "type": "string", "description": "The id of the project." },
            "database": { "type": "string", "description": format!("The database, `{DATABASE}` when absent.") },
            "collections": names("Collections that strangers must not read."),
            "public-collections": names("Collections that everybody may read."),
            "shared-collections": names("Collections that every account may read."),
        },
    })
}

fn storage() -> Value {
    json!({
        "type": "object",
        "description": "A bucket of Cloud Storage for Firebase; its root is tried when no folder is named.",
        "additionalProperties": false,
        "required": ["on", "bucket"],
        "properties": {
            "on": on("https://firebasestorage.googleapis.com"),
            "bucket": { "type": "string", "description": "The name of the bucket, as in `acme.firebasestorage.app`." },
            "folders": names("Folders that strangers must not list; `/` is the root."),
            "public-folders": names("Folders that everybody may list."),
            "shared-folders": names("Folders that every account may list."),
        },
    })
}
