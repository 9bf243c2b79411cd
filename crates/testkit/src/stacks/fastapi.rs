//! An interface with FastAPI: its documentation, its validation errors, its debug answers.
//!
//! | Route | Answer |
//! |---|---|
//! | `POST /api/login` | `{"access_token":…,"token_type":"bearer"}` from a JSON body |
//! | `GET /api/me` | who is logged in |
//! | `GET`, `POST /api/items` | list (`q`, `limit`); create from `{"name":…,"quantity":…}` |
//! | `GET`, `DELETE /api/items/{item_id}` | one item |
//! | `GET /docs`, `/redoc`, `/openapi.json` | 404 unless they are open |
//!
//! Answers are those of FastAPI 0.121 with Pydantic 2; [`DOCUMENT`] is what such an interface writes
//! about itself.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::desk::{Desk, Login, Person, is_json, parts, serve, text};
use super::faults::Faults;
use super::signed;
use crate::recorder::{App, RecordedRequest, Reply};

/// What can be wrong with it.
pub const FAULTS: &[&str] = &[
    "docs-open",
    "answers-differ",
    "input-unchecked",
    "fields-unnamed",
    "debug-on",
    "tokens-without-end",
    "expiry-ignored",
    "cors-reflected",
    "fields-taken-over",
    "items-of-others",
];

/// The key that tokens are signed with.
pub const SIGNING_KEY: &str = "testkit-fastapi-signing-key-9f3b7c51d2e84a06";

/// The OpenAPI document of the interface.
pub const DOCUMENT: &str = include_str!("fastapi.openapi.json");

/// How long a token lives, in seconds.
const LIFETIME: i64 = 30 * 60;

/// Starts the portal with a fault of [`FAULTS`], or with none for an empty name.
///
/// # Panics
/// When there is no such fault, or the machine refuses a loopback port or a thread.
pub fn start(fault: &str) -> App {
    let faults = Faults::named(fault, FAULTS);
    serve(Desk::seeded("name"), move |desk, request| {
        let reply = answer(faults, desk, request);
        match request.header("origin") {
            Some(origin) if faults.has("cors-reflected") => reply
                .header("access-control-allow-origin", origin)
                .header("access-control-allow-credentials", "true")
                .header("vary", "Origin"),
            _ => reply,
        }
    })
}

fn answer(faults: Faults, desk: &mut Desk, request: &RecordedRequest) -> Reply {
    let parts = parts(request.path());
    let method = request.method.as_str();
    match (method, parts.as_slice()) {
        ("POST", ["api", "login"]) => return log_in(faults, desk, request),
        ("GET", [page @ ("docs" | "redoc" | "openapi.json")]) if faults.has("docs-open") => {
            return documentation(page);
        }
        _ => {}
    }
    if !matches!(parts.as_slice(), ["api", "me" | "items", ..]) {
        return detail(404, "Not Found");
    }
    let Some(person) = person(faults, desk, request) else {
        return detail(401, "Not authenticated").header("www-authenticate", "Bearer");
    };
    match (method, parts.as_slice()) {
        ("GET", ["api", "me"]) => {
            let name: Value = if faults.has("answers-differ") {
                Value::Null
            } else {
                json!(person.email)
            };
            Reply::json(200, &json!({ "email": name, "tenant": person.tenant }))
        }
        ("GET", ["api", "items"]) => list(desk, person, request),
        ("POST", ["api", "items"]) => create(faults, desk, person, request),
        ("GET" | "DELETE", ["api", "items", id]) => one(faults, desk, person, method, id),
        ("GET" | "POST" | "DELETE", _) => detail(404, "Not Found"),
        _ => detail(405, "Method Not Allowed"),
    }
}

fn log_in(faults: Faults, desk: &mut Desk, request: &RecordedRequest) -> Reply {
    let body = request.json().unwrap_or_default();
    let Login::Done(session) = desk.log_in(&text(&body, "email"), &text(&body, "password")) else {
        return detail(401, "Incorrect username or password");
    };
    let now = Timestamp::now().as_second();
    let mut claims = json!({ "sub": session, "iat": now, "exp": now + LIFETIME });
    if faults.has("tokens-without-end") {
        claims["exp"] = json!(now + 365 * 24 * 3600);
    }
    let token = signed::token(SIGNING_KEY, &claims);
    Reply::json(
        200,
        &json!({ "access_token": token, "token_type": "bearer" }),
    )
}

fn person(faults: Faults, desk: &Desk, request: &RecordedRequest) -> Option<&'static Person> {
    let token = request.header("authorization")?.strip_prefix("Bearer ")?;
    let (claims, is_signed) = signed::claims(SIGNING_KEY, token)?;
    let is_over = claims["exp"].as_i64()? <= Timestamp::now().as_second();
    let is_good = is_signed && (!is_over || faults.has("expiry-ignored"));
    desk.who(claims["sub"].as_str()?).filter(|_| is_good)
}

fn list(desk: &Desk, person: &Person, request: &RecordedRequest) -> Reply {
    let limit = match request
        .query_value("limit")
        .map(|limit| limit.parse::<usize>())
    {
        None => 20,
        Some(Ok(limit @ 1..=100)) => limit,
        Some(_) => {
            return invalid(
                "less_than_equal",
                &["query", "limit"],
                "Input should be from 1 to 100",
            );
        }
    };
    let mut items = desk.things(person.tenant, &request.query_value("q").unwrap_or_default());
    items.truncate(limit);
    let items: Vec<Value> = items.into_iter().map(whole).collect();
    Reply::json(200, &json!(items))
}

/// An item with the defaults of its model.
fn whole(mut item: Value) -> Value {
    if item["quantity"].is_null() {
        item["quantity"] = json!(1);
    }
    item
}

fn create(faults: Faults, desk: &mut Desk, person: &Person, request: &RecordedRequest) -> Reply {
    if request.body.len() > 1024 * 1024 {
        return detail(413, "Content Too Large");
    }
    let body = match request.json().filter(|_| is_json(request)) {
        Some(Value::Object(body)) => body,
        _ if faults.has("debug-on") => return trace(),
        Some(_) => {
            return invalid(
                "model_attributes_type",
                &["body"],
                "Input should be a valid dictionary",
            );
        }
        None if is_json(request) => {
            return invalid("json_invalid", &["body", "0"], "JSON decode error");
        }
        None => {
            return invalid(
                "model_attributes_type",
                &["body"],
                "Input should be a valid dictionary",
            );
        }
    };
    if let Some((kind, field, message)) = wrong(&body).filter(|_| !faults.has("input-unchecked")) {
        return match () {
            () if faults.has("debug-on") => trace(),
            () if faults.has("fields-unnamed") => detail(422, "Unprocessable Entity"),
            () => invalid(kind, &["body", field], message),
        };
    }
    let is_kept =
        |name: &str| matches!(name, "name" | "quantity") || faults.has("fields-taken-over");
    let kept: Map<String, Value> = body.into_iter().filter(|(name, _)| is_kept(name)).collect();
    let id = desk.add(person.tenant, kept);
    let made = desk
        .thing(None, &id.to_string())
        .map(|(id, thing)| thing.shown(id));
    Reply::json(201, &whole(made.unwrap_or_default()))
}

/// What Pydantic says of the first field that is wrong.
fn wrong(body: &Map<String, Value>) -> Option<(&'static str, &'static str, &'static str)> {
    match body.get("name") {
        None => return Some(("missing", "name", "Field required")),
        Some(Value::String(name)) if name.is_empty() => {
            return Some((
                "string_too_short",
                "name",
                "String should have at least 1 character",
            ));
        }
        Some(Value::String(name)) if name.chars().count() > 200 => {
            return Some((
                "string_too_long",
                "name",
                "String should have at most 200 characters",
            ));
        }
        Some(Value::String(_)) => {}
        Some(_) => return Some(("string_type", "name", "Input should be a valid string")),
    }
    match body.get("quantity") {
        None => None,
        Some(Value::Number(number)) => match number.as_i64() {
            Some(1..=1000) => None,
            Some(_) => Some((
                "less_than_equal",
                "quantity",
                "Input should be from 1 to 1000",
            )),
            None => Some((
                "int_from_float",
                "quantity",
                "Input should be a valid integer",
            )),
        },
        Some(_) => Some(("int_type", "quantity", "Input should be a valid integer")),
    }
}

fn one(faults: Faults, desk: &mut Desk, person: &Person, method: &str, id: &str) -> Reply {
    if id.parse::<u64>().is_err() {
        return invalid(
            "int_parsing",
            &["path", "item_id"],
            "Input should be a valid integer",
        );
    }
    let tenant = Some(person.tenant);
    let seen = tenant.filter(|_| !faults.has("items-of-others"));
    match method {
        "GET" => match desk.thing(seen, id) {
            Some((id, thing)) => Reply::json(200, &whole(thing.shown(id))),
            None => detail(404, "Item not found"),
        },
        _ if desk.remove(tenant, id) => Reply::new(204),
        _ => detail(404, "Item not found"),
    }
}

fn detail(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "detail": message }))
}

fn invalid(kind: &str, place: &[&str], message: &str) -> Reply {
    let error = json!({ "type": kind, "loc": place, "msg": message, "input": {} });
    Reply::json(422, &json!({ "detail": [error] }))
}

/// What Starlette answers to an error when `debug` is on and no page is asked for.
fn trace() -> Reply {
    Reply::text(
        500,
        "Traceback (most recent call last):\n  File \"/srv/portal/.venv/lib/python3.11/site-packages/starlette/middleware/errors.py\", line 164, in __call__\n    await self.app(scope, receive, _send)\n  File \"/srv/portal/app/main.py\", line 58, in create_item\n    name = body[\"name\"].strip()\nKeyError: 'name'\n",
    )
}

fn documentation(page: &str) -> Reply {
    match page {
        "openapi.json" => Reply::bytes(200, "application/json", DOCUMENT),
        "docs" => Reply::html(
            200,
            "\n    <!DOCTYPE html>\n    <html>\n    <head>\n    <title>Portal - Swagger UI</title>\n    </head>\n    <body>\n    <div id=\"swagger-ui\">\n    </div>\n    <script>\n    const ui = SwaggerUIBundle({\n        url: '/openapi.json',\n    })\n    </script>\n    </body>\n    </html>\n    ",
        ),
        _ => Reply::html(
            200,
            "\n    <!DOCTYPE html>\n    <html>\n    <head>\n    <title>Portal - ReDoc</title>\n    </head>\n    <body>\n    <redoc spec-url=\"/openapi.json\"></redoc>\n    </body>\n    </html>\n    ",
        ),
    }
}
