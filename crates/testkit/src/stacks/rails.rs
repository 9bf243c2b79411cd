//! Ruby on Rails with pages, JSON beside them, and the authentication that `rails generate authentication` writes.
//!
//! | Route | Answer |
//! |---|---|
//! | `GET /session/new`, `POST /session` | the form; the cookie `session_id` |
//! | `GET /` | the tenant's projects, for somebody who is logged in |
//! | `GET`, `POST /projects.json` | list (`q`); create from `{"name":…}` |
//! | `GET`, `DELETE /projects/{id}.json` | one project |
//!
//! Answers are those of Rails 8: `public/404.html` and `public/422.html`, an empty 403 for hosts that are not
//! listed, and in development the pages of `ActionDispatch::DebugExceptions`.

use serde_json::{Map, Value, json};

use super::desk::{Desk, Login, Person, parts, serve, text};
use super::faults::Faults;
use crate::recorder::{App, RecordedRequest, Reply};

/// What can be wrong with it.
pub const FAULTS: &[&str] = &[
    "development-pages",
    "info-served",
    "jobs-open",
    "key-served",
    "any-host",
    "login-unprotected",
    "fields-taken-over",
    "projects-of-others",
    "cookie-bare",
];

/// What protects forms in every session of this portal.
const CSRF: &str = "wq8TgKc1mZ0vR5yB3nXj7LpDf2HsA9eU";

/// Starts the portal with a fault of [`FAULTS`], or with none for an empty name.
///
/// # Panics
/// When there is no such fault, or the machine refuses a loopback port or a thread.
pub fn start(fault: &str) -> App {
    let faults = Faults::named(fault, FAULTS);
    serve(Desk::seeded("name"), move |desk, request| {
        answer(faults, desk, request)
            .header("x-frame-options", "SAMEORIGIN")
            .header("x-content-type-options", "nosniff")
            .header("referrer-policy", "strict-origin-when-cross-origin")
            .header("x-request-id", "4d1f1c9e-0a52-4c7c-9c30-6f1f3f0a7b21")
    })
}

fn answer(faults: Faults, desk: &mut Desk, request: &RecordedRequest) -> Reply {
    let is_known_host = request.header("x-forwarded-host").is_none();
    if !is_known_host && !faults.has("any-host") {
        return Reply::bytes(403, "text/html; charset=utf-8", "");
    }
    let parts = parts(request.path());
    let method = request.method.as_str();
    match (method, parts.as_slice()) {
        ("GET", ["session", "new"]) => return form(),
        ("POST", ["session"]) => return log_in(faults, desk, request),
        ("GET", ["rails", "info", "properties"]) if faults.has("info-served") => return info(),
        ("GET", ["rails", "info", "routes"]) if faults.has("info-served") => return routes(),
        ("GET", ["sidekiq"]) if faults.has("jobs-open") => return jobs(),
        ("GET", ["config", "master.key"]) if faults.has("key-served") => {
            return Reply::bytes(
                200,
                "application/octet-stream",
                "8f3a1d7c5b9e2046a1c3e5f7092b4d6e",
            );
        }
        _ => {}
    }
    let session = request.cookie("session_id").unwrap_or_default();
    let person = desk.who(session);
    match (parts.as_slice(), person) {
        ([] | ["projects.json"] | ["projects", _], None) if request.path().ends_with(".json") => {
            Reply::json(401, &json!({ "error": "Unauthorized" }))
        }
        ([], None) => redirect(request),
        ([], Some(person)) => home(desk, person),
        (["projects.json" | "projects", ..], Some(person)) => {
            projects(faults, desk, person, request, &parts)
        }
        _ => not_found(faults, request),
    }
}

/// A redirect with the whole address, which Rails makes of the host that was asked for.
fn redirect(request: &RecordedRequest) -> Reply {
    let host = request
        .header("x-forwarded-host")
        .or(request.header("host"));
    Reply::redirect(
        302,
        &format!("http://{}/session/new", host.unwrap_or_default()),
    )
}

fn form() -> Reply {
    Reply::html(
        200,
        &format!(
            "<!DOCTYPE html>\n<html>\n  <head>\n    <title>Portal</title>\n    <meta charset=\"utf-8\">\n    <meta name=\"csrf-param\" content=\"authenticity_token\" />\n<meta name=\"csrf-token\" content=\"{CSRF}\" />\n  </head>\n  <body>\n    <form action=\"/session\" accept-charset=\"UTF-8\" method=\"post\"><input type=\"hidden\" name=\"authenticity_token\" value=\"{CSRF}\" autocomplete=\"off\" />\n      <input type=\"email\" name=\"email_address\"><input type=\"password\" name=\"password\">\n    </form>\n  </body>\n</html>\n"
        ),
    )
}

fn log_in(faults: Faults, desk: &mut Desk, request: &RecordedRequest) -> Reply {
    let body = request.json().unwrap_or_default();
    let value = |name: &str| {
        request
            .form_value(name)
            .unwrap_or_else(|| text(&body, name))
    };
    let is_ours =
        value("authenticity_token") == CSRF || request.header("x-csrf-token") == Some(CSRF);
    if !is_ours && !faults.has("login-unprotected") {
        return error_page(422, "The change you wanted was rejected (422)");
    }
    match desk.log_in(&value("email_address"), &value("password")) {
        Login::Done(name) => {
            let flags = if faults.has("cookie-bare") {
                "path=/"
            } else {
                "path=/; httponly; samesite=lax"
            };
            redirect(request).header("set-cookie", &format!("session_id={name}; {flags}"))
        }
        Login::Wrong => redirect(request),
        Login::Limited => Reply::new(429),
    }
}

fn home(desk: &Desk, person: &Person) -> Reply {
    let rows: String = desk
        .things(person.tenant, "")
        .iter()
        .map(|thing| format!("<li>{}</li>", thing["name"].as_str().unwrap_or_default()))
        .collect();
    Reply::html(
        200,
        &format!("<!DOCTYPE html>\n<html>\n  <head>\n    <title>Portal</title>\n    <meta charset=\"utf-8\">\n    <meta name=\"csrf-token\" content=\"{CSRF}\" />\n  </head>\n  <body>\n    <ul>{rows}</ul>\n  </body>\n</html>\n"),
    )
    .header("cache-control", "max-age=0, private, must-revalidate")
}

fn projects(
    faults: Faults,
    desk: &mut Desk,
    person: &Person,
    request: &RecordedRequest,
    parts: &[&str],
) -> Reply {
    let is_write = request.method != "GET";
    if is_write && request.header("x-csrf-token") != Some(CSRF) {
        return Reply::json(422, &json!({ "error": "Invalid authenticity token" }));
    }
    let tenant = Some(person.tenant);
    let reply = match (request.method.as_str(), parts) {
        ("GET", ["projects.json"]) => {
            let text = request.query_value("q").unwrap_or_default();
            Reply::json(200, &json!(desk.things(person.tenant, &text)))
        }
        ("POST", ["projects.json"]) => create(faults, desk, person, request),
        ("GET", ["projects", id]) => {
            let seen = tenant.filter(|_| !faults.has("projects-of-others"));
            match desk.thing(seen, id.trim_end_matches(".json")) {
                Some((id, thing)) => Reply::json(200, &thing.shown(id)),
                None => Reply::json(404, &json!({ "error": "Not Found" })),
            }
        }
        ("DELETE", ["projects", id]) => {
            if desk.remove(tenant, id.trim_end_matches(".json")) {
                Reply::new(204)
            } else {
                Reply::json(404, &json!({ "error": "Not Found" }))
            }
        }
        _ => return not_found(faults, request),
    };
    reply.header("cache-control", "max-age=0, private, must-revalidate")
}

fn create(faults: Faults, desk: &mut Desk, person: &Person, request: &RecordedRequest) -> Reply {
    let Some(Value::Object(body)) = request.json() else {
        return Reply::json(400, &json!({ "error": "Bad Request" }));
    };
    let is_permitted = |name: &str| name == "name" || faults.has("fields-taken-over");
    let kept: Map<String, Value> = body
        .into_iter()
        .filter(|(name, _)| is_permitted(name))
        .collect();
    if !kept.get("name").is_some_and(Value::is_string) {
        return Reply::json(422, &json!({ "name": ["can't be blank"] }));
    }
    let id = desk.add(person.tenant, kept);
    let made = desk.thing(None, &id.to_string());
    let shown = made.map(|(id, thing)| thing.shown(id));
    Reply::json(201, &shown.unwrap_or_default())
}

/// `public/404.html` and its like.
fn error_page(status: u16, title: &str) -> Reply {
    Reply::html(
        status,
        &format!(
            "<!DOCTYPE html>\n<html>\n<head>\n  <title>{title}</title>\n  <meta charset=\"utf-8\">\n</head>\n<body class=\"rails-default-error-page\">\n  <h1>{title}</h1>\n  <p>If you are the application owner check the logs for more information.</p>\n</body>\n</html>\n"
        ),
    )
}

fn not_found(faults: Faults, request: &RecordedRequest) -> Reply {
    if !faults.has("development-pages") {
        return error_page(404, "The page you were looking for doesn't exist (404)");
    }
    let path: String = request
        .path()
        .chars()
        .filter(|letter| !"<>&\"".contains(*letter))
        .collect();
    Reply::html(
        404,
        &format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n  <meta charset=\"utf-8\" />\n  <title>Action Controller: Exception caught</title>\n</head>\n<body>\n<header role=\"banner\">\n  <h1>Routing Error</h1>\n</header>\n<main role=\"main\" id=\"container\">\n  <h2>No route matches [GET] &quot;{path}&quot;</h2>\n  <p><code>Rails.root: /srv/portal</code></p>\n  <div id=\"traces-wrapper\"><a href=\"#\">Application Trace</a> | <a href=\"#\">Framework Trace</a></div>\n  <code>actionpack (8.0.2) lib/action_dispatch/middleware/debug_exceptions.rb:31:in 'ActionDispatch::DebugExceptions#call'</code>\n</main>\n</body>\n</html>\n"
        ),
    )
}

fn info() -> Reply {
    Reply::html(
        200,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n  <meta charset=\"utf-8\" />\n  <title>Rails.application.properties</title>\n</head>\n<body>\n<table><tr><td class=\"name\">Rails version</td><td class=\"value\">8.0.2</td></tr><tr><td class=\"name\">Application root</td><td class=\"value\">/srv/portal</td></tr></table>\n</body>\n</html>\n",
    )
}

fn routes() -> Reply {
    Reply::html(
        200,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n  <meta charset=\"utf-8\" />\n  <title>Routes</title>\n</head>\n<body>\n<h2 style=\"padding-left: 10px;\">Routes</h2>\n<table id='route_table' class='route_table'><thead><tr><th>Helper</th><th>HTTP Verb</th><th>Path</th><th>Controller#Action</th></tr></thead><tbody><tr class='route_row' data-helper='path'><td data-route-name='projects'>projects_path</td><td>GET</td><td data-route-path='/projects(.:format)'>/projects(.:format)</td><td><p>projects#index</p></td></tr></tbody></table>\n</body>\n</html>\n",
    )
}

fn jobs() -> Reply {
    Reply::html(
        200,
        "<!doctype html>\n<html lang=\"en\" dir=\"ltr\">\n  <head>\n    <title>Sidekiq</title>\n    <meta charset=\"utf-8\">\n  </head>\n  <body>\n    <h1>Dashboard</h1>\n    <ul><li>Processed</li><li>Failed</li><li>Enqueued</li><li>Retries</li></ul>\n  </body>\n</html>\n",
    )
}
