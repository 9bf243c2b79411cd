//! The services of a Firebase project as they look from outside, behind one address.
//!
//! The hosted services cannot be reached from a test. Firestore and accounts answer here as their
//! emulators do (google-cloud-cli-firestore-emulator 528, firebase-tools 15); the Realtime Database
//! and Storage as firebase.google.com/docs/reference/rest/database and firebase.google.com/docs/storage
//! say.

use std::sync::Mutex;

use serde_json::{Value, json};

use crate::recorder::{App, RecordedRequest, Reply};

/// The web API key that every page carries.
pub const KEY: &str = "testkit-web-api-key-0123456789";

/// What everything holds and nothing may show.
pub const ROW: &str = "Ada Lovelace of Harbour Street";

/// The token of the anonymous account.
const TOKEN: &str = "testkit-id-token-0123456789";

/// Whom rules let in, to read and to write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rules {
    /// Everybody.
    Open,
    /// Whoever has an account.
    Account,
    /// Nobody.
    Closed,
}

/// The rules of each service.
#[derive(Clone, Copy, Debug)]
pub struct Project {
    /// Those of Firestore.
    pub firestore: Rules,
    /// Those of the Realtime Database.
    pub realtime: Rules,
    /// Those of Storage.
    pub storage: Rules,
}

/// A project whose services all have these rules.
pub fn start(rules: Rules) -> App {
    start_project(Project {
        firestore: rules,
        realtime: rules,
        storage: rules,
    })
}

/// A project whose services have rules of their own.
pub fn start_project(project: Project) -> App {
    let accounts: Mutex<usize> = Mutex::default();
    let stored: Mutex<Vec<String>> = Mutex::default();
    App::start(move |request| answer(&project, &accounts, &stored, request))
}

fn answer(
    project: &Project,
    accounts: &Mutex<usize>,
    stored: &Mutex<Vec<String>>,
    request: &RecordedRequest,
) -> Reply {
    let path = request.path();
    if path.starts_with("/v1/accounts:") {
        return account(accounts, request);
    }
    let is_firestore = path.starts_with("/v1/projects/");
    let rules = match () {
        () if is_firestore => project.firestore,
        () if path.ends_with(".json") => project.realtime,
        () => project.storage,
    };
    let is_let_in = match rules {
        Rules::Open => true,
        Rules::Account => proves(request),
        Rules::Closed => false,
    };
    if !is_let_in {
        return if path.ends_with(".json") {
            Reply::json(401, &json!({ "error": "Permission denied" }))
        } else {
            let message = "Missing or insufficient permissions.";
            let error = json!({ "code": 403, "message": message, "status": "PERMISSION_DENIED" });
            Reply::json(403, &json!({ "error": error }))
        };
    }
    let mut stored = lock(stored);
    let place = match request.query_value("documentId") {
        Some(id) => format!("{path}/{id}"),
        None => path.to_owned(),
    };
    match request.method.as_str() {
        "PUT" | "POST" => stored.push(place),
        "DELETE" => stored.retain(|known| *known != place),
        _ if place.contains("tidegate-") => {
            let found = stored.iter().find(|known| **known == place);
            return Reply::json(200, &json!(found));
        }
        _ => return list(is_firestore, path),
    }
    Reply::json(200, &json!({}))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn proves(request: &RecordedRequest) -> bool {
    let header = request.header("authorization").unwrap_or_default();
    header.ends_with(TOKEN) || request.query_value("auth").as_deref() == Some(TOKEN)
}

fn account(accounts: &Mutex<usize>, request: &RecordedRequest) -> Reply {
    if request.query_value("key").as_deref() != Some(KEY) {
        let message = "API key not valid. Please pass a valid API key.";
        return Reply::json(
            400,
            &json!({ "error": { "code": 400, "message": message } }),
        );
    }
    let mut accounts = lock(accounts);
    if request.path().ends_with(":delete") {
        let is_known = request.json().unwrap_or_default()["idToken"] == TOKEN;
        *accounts -= usize::from(is_known && *accounts > 0);
        return Reply::json(
            200,
            &json!({ "kind": "identitytoolkit#DeleteAccountResponse" }),
        );
    }
    *accounts += 1;
    Reply::json(
        200,
        &json!({ "idToken": TOKEN, "refreshToken": "renew-0123456789", "localId": "u1" }),
    )
}

fn list(is_firestore: bool, path: &str) -> Reply {
    let body: Value = if is_firestore {
        json!({ "documents": [{ "name": ROW }, { "name": ROW }] })
    } else if path.ends_with(".json") {
        json!({ "clients": true, "log": true })
    } else {
        json!({ "prefixes": [], "items": [{ "name": ROW, "bucket": "b" }] })
    };
    Reply::json(200, &body)
}
