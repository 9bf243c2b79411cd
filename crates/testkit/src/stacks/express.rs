//! An interface with Express: sessions of express-session, errors of finalhandler and node-postgres.
//!
//! | Route | Answer |
//! |---|---|
//! | `POST /api/login`, `POST /api/logout` | the cookie `connect.sid`; ends the session |
//! | `GET /api/me` | who is logged in |
//! | `GET`, `POST /api/records` | list (`q`, `limit`); create from `{"title":…}` |
//! | `GET`, `DELETE /api/records/{id}` | one record |
//!
//! Error pages are those of finalhandler 2 with a trace of node-postgres 8, as they are sent when
//! `NODE_ENV` is not `production`.

use serde_json::{Map, Value, json};

use super::desk::{Desk, Login, Person, is_json, parts, serve, text};
use super::faults::Faults;
use crate::recorder::{App, RecordedRequest, Reply};

/// What can be wrong with it.
pub const FAULTS: &[&str] = &[
    "errors-shown",
    "cors-reflected",
    "limit-ignored",
    "fields-taken-over",
    "cookie-bare",
    "logout-forgotten",
    "login-unlimited",
    "stored-twice",
    "records-of-others",
    "input-unchecked",
];

/// The largest body that body-parser takes.
const BODY: usize = 100 * 1024;

/// The most records of one page.
const PAGE: usize = 100;

/// Starts the portal with a fault of [`FAULTS`], or with none for an empty name.
///
/// # Panics
/// When there is no such fault, or the machine refuses a loopback port or a thread.
pub fn start(fault: &str) -> App {
    let faults = Faults::named(fault, FAULTS);
    let mut desk = Desk::seeded("title");
    desk.is_unlimited = faults.has("login-unlimited");
    serve(desk, move |desk, request| {
        shared(faults, request, answer(faults, desk, request))
    })
}

/// What helmet and the other middleware add.
fn shared(faults: Faults, request: &RecordedRequest, reply: Reply) -> Reply {
    let reply = reply
        .header("x-content-type-options", "nosniff")
        .header("x-request-id", "9b6f0c9e-6f0b-4b6e-9d0a-1d7a7f3f2c11")
        .header("cache-control", "private, no-store")
        .header("vary", "Origin");
    match request.header("origin") {
        Some(origin) if faults.has("cors-reflected") => reply
            .header("access-control-allow-origin", origin)
            .header("access-control-allow-credentials", "true")
            .header(
                "access-control-allow-methods",
                "GET,HEAD,PUT,PATCH,POST,DELETE",
            )
            .header("access-control-allow-headers", "content-type"),
        _ => reply,
    }
}

fn answer(faults: Faults, desk: &mut Desk, request: &RecordedRequest) -> Reply {
    let parts = parts(request.path());
    let method = request.method.as_str();
    if method == "OPTIONS" {
        return Reply::text(200, "GET,HEAD,POST").header("allow", "GET,HEAD,POST");
    }
    if let ("POST", ["api", "login"]) = (method, parts.as_slice()) {
        return log_in(faults, desk, request);
    }
    if parts.first() != Some(&"api") {
        return not_found(request);
    }
    let session = session(request);
    let Some(person) = desk.who(&session) else {
        return problem(401, "Please log in.", None);
    };
    match (method, parts.as_slice()) {
        ("POST", ["api", "logout"]) => {
            if !faults.has("logout-forgotten") {
                desk.log_out(&session);
            }
            Reply::new(204).header("set-cookie", "connect.sid=; Path=/; Max-Age=0")
        }
        ("GET", ["api", "me"]) => Reply::json(
            200,
            &json!({ "email": person.email, "account": { "id": person.tenant } }),
        ),
        ("GET", ["api", "records"]) => list(faults, desk, person, request),
        ("POST", ["api", "records"]) => create(faults, desk, person, request),
        ("GET" | "DELETE", ["api", "records", id]) => one(faults, desk, person, method, id),
        _ => not_found(request),
    }
}

fn session(request: &RecordedRequest) -> String {
    let cookie = request.cookie("connect.sid").unwrap_or_default();
    let value = cookie.strip_prefix("s%3A").unwrap_or_default();
    value.split('.').next().unwrap_or_default().to_owned()
}

fn log_in(faults: Faults, desk: &mut Desk, request: &RecordedRequest) -> Reply {
    let body = request.json().unwrap_or_default();
    match desk.log_in(&text(&body, "email"), &text(&body, "password")) {
        Login::Done(name) => {
            let flags = if faults.has("cookie-bare") {
                "Path=/"
            } else {
                "Path=/; HttpOnly; SameSite=Lax"
            };
            let cookie = format!("connect.sid=s%3A{name}.Zk3pYx0wQm8r; {flags}");
            Reply::json(200, &json!({ "ok": true })).header("set-cookie", &cookie)
        }
        Login::Wrong => problem(401, "The address or the password is wrong.", None),
        Login::Limited => {
            problem(429, "Too many tries, please wait.", None).header("retry-after", "60")
        }
    }
}

fn list(faults: Faults, desk: &Desk, person: &Person, request: &RecordedRequest) -> Reply {
    let mut items = desk.things(person.tenant, &request.query_value("q").unwrap_or_default());
    let total = items.len();
    if !faults.has("limit-ignored") {
        let limit = match request
            .query_value("limit")
            .map(|limit| limit.parse::<usize>())
        {
            None => 20,
            Some(Ok(limit @ 1..=PAGE)) => limit,
            Some(_) => return problem(400, "limit is from 1 to 100.", Some("limit")),
        };
        items.truncate(limit);
    }
    Reply::json(200, &json!({ "items": items, "total": total }))
}

fn create(faults: Faults, desk: &mut Desk, person: &Person, request: &RecordedRequest) -> Reply {
    let body = match body(request) {
        Ok(body) => body,
        Err(reply) => return reply,
    };
    let title = body.get("title").and_then(Value::as_str).map(str::trim);
    let is_right = title.is_some_and(|title| (1..=200).contains(&title.chars().count()));
    if !is_right && !faults.has("input-unchecked") {
        return problem(422, "title is a text of 1 to 200 letters.", Some("title"));
    }
    let key = request.header("idempotency-key");
    let key = key.filter(|_| !faults.has("stored-twice"));
    let key = key.map(|key| format!("{}:{key}", person.tenant));
    if let Some(id) = key.as_ref().and_then(|key| desk.keys.get(key)).copied() {
        let found = desk.thing(Some(person.tenant), &id.to_string());
        let shown = found.map(|(id, thing)| thing.shown(id));
        return Reply::json(200, &shown.unwrap_or_default());
    }
    let fields = if faults.has("fields-taken-over") {
        body
    } else {
        body.into_iter()
            .filter(|(name, _)| name == "title")
            .collect()
    };
    let id = desk.add(person.tenant, fields);
    desk.keys.extend(key.map(|key| (key, id)));
    let made = desk.thing(None, &id.to_string());
    let shown = made.map(|(id, thing)| thing.shown(id));
    Reply::json(201, &shown.unwrap_or_default())
}

/// The body as body-parser and a schema let it through.
fn body(request: &RecordedRequest) -> Result<Map<String, Value>, Reply> {
    if request.body.len() > BODY {
        return Err(problem(413, "The request is too large.", None));
    }
    if !is_json(request) {
        return Err(problem(415, "Please send JSON.", None));
    }
    match request.json() {
        Some(Value::Object(body)) => Ok(body),
        Some(_) => Err(problem(422, "title is missing.", Some("title"))),
        None => Err(problem(400, "The request is no JSON.", None)),
    }
}

fn one(faults: Faults, desk: &mut Desk, person: &Person, method: &str, id: &str) -> Reply {
    if id.parse::<u64>().is_err() {
        return if faults.has("errors-shown") {
            database_error(id)
        } else {
            problem(404, "There is no such record.", None)
        };
    }
    let tenant = Some(person.tenant);
    let seen = tenant.filter(|_| !faults.has("records-of-others"));
    match method {
        "GET" => match desk.thing(seen, id) {
            Some((id, thing)) => Reply::json(200, &thing.shown(id)),
            None => problem(404, "There is no such record.", None),
        },
        _ if desk.remove(tenant, id) => Reply::new(204),
        _ => problem(404, "There is no such record.", None),
    }
}

fn problem(status: u16, message: &str, field: Option<&str>) -> Reply {
    let mut error = json!({ "message": message });
    if let Some(field) = field {
        error["field"] = json!(field);
    }
    Reply::json(status, &json!({ "error": error }))
}

/// The page of finalhandler.
fn page(status: u16, text: &str) -> Reply {
    Reply::html(
        status,
        &format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>{text}</pre>\n</body>\n</html>\n"
        ),
    )
    .header("content-security-policy", "default-src 'none'")
}

fn not_found(request: &RecordedRequest) -> Reply {
    page(
        404,
        &format!("Cannot {} {}", request.method, escaped(request.path())),
    )
}

fn database_error(id: &str) -> Reply {
    let id = escaped(id);
    page(
        500,
        &format!(
            "error: invalid input syntax for type bigint: &quot;{id}&quot;<br> &nbsp; &nbsp;at /srv/portal/node_modules/pg/lib/client.js:545:17<br> &nbsp; &nbsp;at process.processTicksAndRejections (node:internal/process/task_queues:105:5)<br> &nbsp; &nbsp;at async /srv/portal/src/records.js:31:20"
        ),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
