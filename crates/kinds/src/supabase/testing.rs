//! A Supabase project in memory, which answers as the vendor's pages say.
//!
//! PostgREST: <https://docs.postgrest.org/en/latest/references/errors.html>; the gateway's refusal of a
//! wrong key, Auth and Storage as their documentation and issue trackers show them.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};
use tidegate_core::ports::http::{HttpError, Response};

use crate::testing::{Asked, FakePortal, Trial, Tried, answer, api};

/// The name of somebody without a login.
pub(super) const STRANGER: &str = "";
/// The name of an account that the check made.
pub(super) const ACCOUNT: &str = "an account";
/// The token of that account.
pub(super) const TOKEN: &str = "token-of-an-account";
/// What no row may show.
pub(super) const ROW: &str = "Ada Lovelace, DE02120300000000202051";

/// A table and who sees which rows of it.
#[derive(Clone)]
pub(super) struct Table {
    name: &'static str,
    columns: &'static [&'static str],
    /// The ids; none when the role has no right to read.
    sees: fn(&str) -> Option<Vec<u64>>,
    /// The code of the error that an insert ends with; empty when it is stored.
    insert: &'static str,
    /// Whether the row that was stored may not be read, so that the answer must not name it.
    is_blind: bool,
}

impl Table {
    /// A table that strangers have no row of, and others two.
    pub(super) fn new(name: &'static str) -> Self {
        Self {
            name,
            columns: &["id", "title"],
            sees: |who| match who {
                "anna" => Some(vec![1, 2]),
                "boris" => Some(vec![3]),
                _ => Some(Vec::new()),
            },
            insert: "42501",
            is_blind: false,
        }
    }

    /// The same whose new rows strangers must not read.
    pub(super) fn blind(self) -> Self {
        Self {
            is_blind: true,
            ..self
        }
    }

    /// The same with who sees which rows.
    pub(super) fn seen(self, sees: fn(&str) -> Option<Vec<u64>>) -> Self {
        Self { sees, ..self }
    }

    /// The same with these columns.
    pub(super) fn columns(self, columns: &'static [&'static str]) -> Self {
        Self { columns, ..self }
    }

    /// The same with what an insert ends with.
    pub(super) fn insert(self, insert: &'static str) -> Self {
        Self { insert, ..self }
    }
}

type Instead = fn(&Asked) -> Option<Result<Response, HttpError>>;

/// A project.
#[derive(Clone)]
pub(super) struct Project {
    pub(super) tables: Vec<Table>,
    pub(super) settings: Json,
    /// Whether strangers are told the tables.
    pub(super) tells: bool,
    /// Offered database functions.
    pub(super) rpc: Vec<&'static str>,
    /// What a call of one is answered with.
    pub(super) calls: (u16, Json),
    pub(super) buckets: Json,
    /// Who lists files.
    pub(super) lists: fn(&str) -> bool,
    /// The status of edge functions.
    pub(super) edge: u16,
    pub(super) graphql: Json,
    /// Answers before anything else.
    pub(super) instead: Instead,
}

impl Default for Project {
    /// A project in which everything is as it should be.
    fn default() -> Self {
        Self {
            tables: vec![Table::new("clients")],
            settings: json!({ "disable_signup": true, "mailer_autoconfirm": false, "external": { "email": true, "anonymous_users": false } }),
            tells: true,
            rpc: Vec::new(),
            calls: denied("function close_month"),
            buckets: json!([]),
            lists: |who| who == "anna",
            edge: 401,
            graphql: json!({ "data": { "__schema": { "queryType": { "fields": [{ "name": "node" }] } } } }),
            instead: |_| None,
        }
    }
}

fn denied(what: &str) -> (u16, Json) {
    let message = format!("permission denied for {what}");
    (
        401,
        json!({ "code": "42501", "details": null, "hint": null, "message": message }),
    )
}

fn told((status, body): (u16, Json)) -> Result<Response, HttpError> {
    answer(status, body.to_string())
}

impl Project {
    /// A project with these tables and everything else as it should be.
    pub(super) fn with(tables: &[Table]) -> Self {
        Self {
            tables: tables.to_vec(),
            ..Self::default()
        }
    }

    /// The same that answers something else to some requests.
    pub(super) fn instead(self, instead: Instead) -> Self {
        Self { instead, ..self }
    }

    /// The project as a portal in memory.
    pub(super) fn portal(self) -> Arc<FakePortal> {
        FakePortal::new(move |asked| {
            assert_eq!(asked.api.as_deref(), Some("db"), "{}", asked.line());
            (self.instead)(asked).unwrap_or_else(|| self.answer(asked))
        })
    }

    /// Runs a check against it as anna, or as nobody.
    pub(super) fn run(self, who: Option<&'static str>, config: &str) -> Tried {
        trial(who).run(config, &self.portal())
    }

    /// What it answers.
    pub(super) fn answer(&self, asked: &Asked) -> Result<Response, HttpError> {
        let who = who(asked);
        let (route, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
        let method = asked.method.as_str();
        match (method, route) {
            ("GET", "/auth/v1/settings") => told((200, self.settings.clone())),
            ("POST", "/auth/v1/signup") => self.sign_up(),
            ("GET", "/rest/v1/") => told(self.outline()),
            ("GET", "/storage/v1/bucket") => told((200, self.buckets.clone())),
            ("POST", "/graphql/v1") => told((200, self.graphql.clone())),
            _ if route.starts_with("/functions/v1/") => told((self.edge, json!({}))),
            _ if route.starts_with("/rest/v1/rpc/") => told(self.calls.clone()),
            _ if route.starts_with("/storage/v1/object/list/") => {
                let files = if (self.lists)(who) {
                    json!([{ "name": ROW }])
                } else {
                    json!([])
                };
                told((200, files))
            }
            _ => {
                let name = route.trim_start_matches("/rest/v1/");
                match self.tables.iter().find(|table| table.name == name) {
                    Some(table) if method == "POST" => insert(table, asked),
                    Some(table) => select(table, who, query),
                    None => told((
                        404,
                        json!({ "code": "PGRST205", "message": "Could not find the table" }),
                    )),
                }
            }
        }
    }

    fn sign_up(&self) -> Result<Response, HttpError> {
        if self.settings["external"]["anonymous_users"] == json!(true) {
            told((
                200,
                json!({ "access_token": TOKEN, "refresh_token": "renew", "user": { "id": "u1" } }),
            ))
        } else {
            told((
                422,
                json!({ "code": 422, "error_code": "anonymous_provider_disabled", "msg": "Anonymous sign-ins are disabled" }),
            ))
        }
    }

    fn outline(&self) -> (u16, Json) {
        if !self.tells {
            return (
                401,
                json!({ "message": "Access to schema is forbidden", "hint": "Only the service_role API key can be used for this endpoint." }),
            );
        }
        let mut paths = json!({ "/": {} });
        let mut definitions = json!({});
        for table in &self.tables {
            paths[format!("/{}", table.name)] = json!({});
            for column in table.columns {
                definitions[table.name]["properties"][*column] = json!({});
            }
        }
        for function in &self.rpc {
            paths[format!("/rpc/{function}")] = json!({});
        }
        (
            200,
            json!({ "swagger": "2.0", "paths": paths, "definitions": definitions }),
        )
    }
}

fn who(asked: &Asked) -> &str {
    match asked.header("authorization") {
        Some(bearer) if bearer.ends_with(TOKEN) => ACCOUNT,
        _ => asked.name(),
    }
}

/// Naming the new row takes the right to read it, which is asked for before constraints are.
fn insert(table: &Table, asked: &Asked) -> Result<Response, HttpError> {
    let prefer = asked.header("prefer").unwrap_or_default();
    let is_named = prefer.contains("return=headers-only");
    if table.is_blind && is_named {
        return told(denied("new row violates row-level security policy"));
    }
    if table.insert.is_empty() {
        let mut response = answer(201, "")?;
        if !is_named {
            return Ok(response);
        }
        let location = format!("/{}?id=eq.9", table.name);
        response.headers.push(("location".into(), location));
        return Ok(response);
    }
    let status = if table.insert == "42501" { 401 } else { 400 };
    told((
        status,
        json!({ "code": table.insert, "message": "new row", "details": ROW }),
    ))
}

fn select(table: &Table, who: &str, query: &str) -> Result<Response, HttpError> {
    let Some(mut ids) = (table.sees)(who) else {
        return told(denied(&format!("table {}", table.name)));
    };
    if let Some((_, wanted)) = query.split_once("in.(") {
        let wanted: Vec<&str> = wanted.trim_end_matches(')').split(',').collect();
        ids.retain(|id| wanted.contains(&id.to_string().as_str()));
    }
    let is_count = query.contains("limit=0");
    let row = |id: &u64| json!({ "id": id, "title": ROW });
    let rows: Vec<Json> = if is_count {
        Vec::new()
    } else {
        ids.iter().map(row).collect()
    };
    let mut response = answer(200, json!(rows).to_string())?;
    let range = if is_count {
        response.status = if ids.is_empty() { 200 } else { 206 };
        format!("*/{}", ids.len())
    } else {
        "*/*".to_owned()
    };
    response.headers.push(("content-range".into(), range));
    Ok(response)
}

/// A check as anna, or as nobody, with the project under `db`.
pub(super) fn trial(who: Option<&'static str>) -> Trial {
    let mut trial = Trial::of(super::kind());
    trial.who = who;
    trial.apis = vec![api("db", &[("apikey", "${KEY}")])];
    trial
}

/// A token with these claims whose signature is none; made here, so that no scanner finds one.
pub(super) fn token(claims: &str) -> String {
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let header = encode(r#"{"alg":"HS256"}"#);
    format!("{header}.{}.{}", encode(claims), "s".repeat(43))
}
