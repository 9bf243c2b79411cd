//! A Supabase project as it looks from outside: the gateway with its key, Auth, PostgREST and Storage.
//!
//! The hosted service cannot be reached from a test, so that this answers as its documentation says:
//! statuses and `Content-Range` of PostgREST (docs.postgrest.org, Pagination and count; Errors), the
//! password login and settings of Auth (github.com/supabase/auth), and the gateway's refusal of a wrong
//! key. Row security is one rule for each table.

use serde_json::{Value, json};

use crate::recorder::{App, RecordedRequest, Reply};

/// The key that every page carries.
pub const KEY: &str = "sb_publishable_testkit0123456789";

/// The password of every user.
pub const PASSWORD: &str = "correct-horse-battery";

/// What every row holds and nothing may show.
pub const ROW: &str = "Ada Lovelace of Harbour Street";

/// Who may read a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Row security is off.
    Off,
    /// Whoever is logged in.
    AnyAccount,
    /// Whoever owns the row.
    Owner,
    /// Strangers have no right on the table at all.
    Revoked,
}

/// What a project lets whom do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Project {
    /// Its tables, of three rows each: two of anna and one of boris.
    pub tables: &'static [(&'static str, Policy)],
    /// Whether strangers list the files of its buckets, beside anna, whose they are.
    pub lists_files: bool,
    /// Whether its edge functions answer whoever has the public key.
    pub opens_functions: bool,
    /// Whether strangers may make accounts.
    pub signs_up: bool,
    /// Whether strangers may add rows.
    pub takes_rows: bool,
}

/// A project with these tables, of three rows each: two of anna and one of boris.
pub fn start(tables: &'static [(&'static str, Policy)]) -> App {
    start_project(Project {
        tables,
        ..Project::default()
    })
}

/// A project that lets whom do what it says.
pub fn start_project(project: Project) -> App {
    App::start(move |request| answer(&project, request))
}

fn answer(project: &Project, request: &RecordedRequest) -> Reply {
    let tables = project.tables;
    if request.header("apikey") != Some(KEY) {
        let hint = "Double check your Supabase `anon` or `service_role` API key.";
        return Reply::json(401, &json!({ "message": "Invalid API key", "hint": hint }));
    }
    match (request.method.as_str(), request.path()) {
        ("GET", "/auth/v1/settings") => Reply::json(
            200,
            &json!({ "disable_signup": !project.signs_up, "mailer_autoconfirm": false, "external": { "email": true, "anonymous_users": false } }),
        ),
        ("POST", "/auth/v1/token") => log_in(request),
        ("GET", "/storage/v1/bucket") => Reply::json(200, &json!([])),
        ("GET", "/rest/v1/") => {
            Reply::json(401, &json!({ "message": "Access to schema is forbidden" }))
        }
        ("POST", path) if path.starts_with("/storage/v1/object/list/") => {
            let is_shown = project.lists_files || who(request) == Some("anna");
            let files = is_shown.then(|| json!({ "name": "contract.pdf", "id": "f1" }));
            Reply::json(200, &json!(files.into_iter().collect::<Vec<Value>>()))
        }
        ("GET" | "POST", path) if path.starts_with("/functions/v1/") => {
            if project.opens_functions || who(request).is_some() {
                Reply::json(200, &json!({ "sent": 1 }))
            } else {
                Reply::json(401, &json!({ "error": "Unauthorized" }))
            }
        }
        ("POST", path) if path.starts_with("/rest/v1/") => {
            let name = path.trim_start_matches("/rest/v1/");
            if project.takes_rows {
                let message = format!(
                    "null value in column \"id\" of relation \"{name}\" violates not-null constraint"
                );
                error(400, "23502", &message)
            } else {
                let message =
                    format!("new row violates row-level security policy for table \"{name}\"");
                error(401, "42501", &message)
            }
        }
        ("GET", path) => {
            let name = path.strip_prefix("/rest/v1/").unwrap_or_default();
            let table = tables.iter().find(|(known, _)| *known == name);
            table.map_or_else(
                || error(404, "PGRST205", "Could not find the table"),
                |(name, policy)| select(name, *policy, request),
            )
        }
        _ => Reply::json(
            404,
            &json!({ "message": "no Route matched with those values" }),
        ),
    }
}

fn log_in(request: &RecordedRequest) -> Reply {
    let body = request.json().unwrap_or_default();
    let name = body["email"]
        .as_str()
        .and_then(|email| email.split('@').next());
    match name {
        Some(name @ ("anna" | "boris")) if body["password"] == PASSWORD => {
            let token = format!("token-of-{name}-0123456789");
            Reply::json(
                200,
                &json!({ "access_token": token, "token_type": "bearer", "expires_in": 3600 }),
            )
        }
        _ => error(400, "invalid_credentials", "Invalid login credentials"),
    }
}

fn error(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(
        status,
        &json!({ "code": code, "details": null, "hint": null, "message": message }),
    )
}

/// Whose token goes with a request.
fn who(request: &RecordedRequest) -> Option<&'static str> {
    let bearer = request.header("authorization").unwrap_or_default();
    ["anna", "boris"]
        .into_iter()
        .find(|name| bearer.contains(&format!("token-of-{name}-")))
}

fn select(table: &str, policy: Policy, request: &RecordedRequest) -> Reply {
    let who = who(request);
    let rows = [(1, "anna"), (2, "anna"), (3, "boris")];
    let mut ids: Vec<u32> = match (policy, who) {
        (Policy::Revoked, None) => {
            return error(
                401,
                "42501",
                &format!("permission denied for table {table}"),
            );
        }
        (Policy::Off, _) | (Policy::AnyAccount, Some(_)) => vec![1, 2, 3],
        (Policy::AnyAccount | Policy::Owner, None) => Vec::new(),
        (Policy::Owner | Policy::Revoked, Some(who)) => {
            let own = rows.iter().filter(|(_, owner)| *owner == who);
            own.map(|(id, _)| *id).collect()
        }
    };
    if let Some(filter) = request.query_value("id") {
        let wanted = filter
            .trim_start_matches("in.(")
            .trim_end_matches(')')
            .to_owned();
        ids.retain(|id| wanted.split(',').any(|text| text == id.to_string()));
    }
    let total = ids.len();
    let limit = request
        .query_value("limit")
        .and_then(|limit| limit.parse().ok());
    ids.truncate(limit.unwrap_or(usize::MAX));
    let counts = request.header("prefer") == Some("count=exact");
    let range = match ids.len() {
        0 => "*".to_owned(),
        length => format!("0-{}", length - 1),
    };
    let told = if counts {
        total.to_string()
    } else {
        "*".to_owned()
    };
    let rows: Vec<Value> = ids
        .iter()
        .map(|id| json!({ "id": id, "name": ROW }))
        .collect();
    let status = if counts && ids.len() < total {
        206
    } else {
        200
    };
    Reply::json(status, &json!(rows)).header("content-range", &format!("{range}/{told}"))
}
