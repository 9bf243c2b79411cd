//! Next.js with the App Router, a middleware that asks for a session, and Supabase Auth's cookie.
//!
//! | Route | Answer |
//! |---|---|
//! | `GET /`, `GET /login` | pages for everybody |
//! | `POST /auth/login` | the cookie `sb-portal-auth-token` |
//! | `GET`, `POST /dashboard` | the page of somebody who is logged in; its server action |
//! | `GET /api/projects` | the tenant's projects |
//! | `/_next/static/chunks/…` | the bundle |
//!
//! Answers are those of Next.js 15: 307 by the middleware, forms with `$ACTION_ID_…`, RSC for actions.

use serde_json::json;

use super::desk::{Desk, Login, Person, parts, serve, text};
use super::faults::Faults;
use super::signed;
use crate::recorder::{App, RecordedRequest, Reply};

/// What can be wrong with it.
pub const FAULTS: &[&str] = &[
    "service-key-in-bundle",
    "source-maps",
    "route-open",
    "page-open",
    "middleware-skipped",
    "action-open",
];

/// The id of the page's server action.
const ACTION: &str = "7f2b9c0d4e5a61738495a6b7c8d9e0f1a2b3c4d5e6";

/// Where the bundle lies.
const CHUNK: &str = "/_next/static/chunks/main-app-6e2f1b7c9d3a4f50.js";

/// Starts the portal with a fault of [`FAULTS`], or with none for an empty name.
///
/// # Panics
/// When there is no such fault, or the machine refuses a loopback port or a thread.
pub fn start(fault: &str) -> App {
    let faults = Faults::named(fault, FAULTS);
    serve(Desk::seeded("name"), move |desk, request| {
        answer(faults, desk, request).header("x-powered-by", "Next.js")
    })
}

fn answer(faults: Faults, desk: &mut Desk, request: &RecordedRequest) -> Reply {
    let method = request.method.as_str();
    let path = request.path();
    let session = request.cookie("sb-portal-auth-token").unwrap_or_default();
    let person = desk.who(session.trim_start_matches("base64-"));
    match (method, parts(path).as_slice()) {
        ("GET", []) => page("Harbour portal", "<a href=\"/login\">Log in</a>"),
        ("GET", ["login"]) => page(
            "Log in",
            "<form><input name=\"email\"><input type=\"password\" name=\"password\"></form>",
        ),
        ("POST", ["auth", "login"]) => log_in(desk, request),
        ("GET" | "POST", ["dashboard"]) => dashboard(faults, desk, request, person),
        ("GET", ["api", "projects"]) => match person {
            Some(person) => Reply::json(200, &json!(desk.things(person.tenant, ""))),
            None if faults.has("route-open") => Reply::json(200, &json!(desk.things("acme", ""))),
            None => Reply::json(401, &json!({ "error": "Unauthorized" })),
        },
        ("GET", ["_next", ..]) => asset(faults, path),
        _ => not_found(),
    }
}

fn log_in(desk: &mut Desk, request: &RecordedRequest) -> Reply {
    let body = request.json().unwrap_or_default();
    match desk.log_in(&text(&body, "email"), &text(&body, "password")) {
        Login::Done(name) => {
            let cookie =
                format!("sb-portal-auth-token=base64-{name}; Path=/; HttpOnly; SameSite=Lax");
            Reply::json(200, &json!({ "ok": true })).header("set-cookie", &cookie)
        }
        _ => Reply::json(401, &json!({ "error": "Invalid login credentials" })),
    }
}

fn dashboard(
    faults: Faults,
    desk: &Desk,
    request: &RecordedRequest,
    person: Option<&Person>,
) -> Reply {
    let is_skipped = request
        .header("x-middleware-subrequest")
        .is_some_and(|value| value.matches("middleware").count() >= 5);
    let is_action = request.header("next-action").is_some();
    let is_let_through = person.is_some()
        || (is_skipped && faults.has("middleware-skipped"))
        || (is_action && faults.has("action-open"))
        || (request.method == "GET" && faults.has("page-open"));
    if !is_let_through {
        return Reply::redirect(307, "/login?next=%2Fdashboard");
    }
    if is_action {
        return Reply::bytes(
            200,
            "text/x-component",
            "0:{\"a\":\"$@1\",\"f\":\"\",\"b\":\"dev\"}\n1:{\"ok\":true}\n",
        );
    }
    let tenant = person.map_or("acme", |person| person.tenant);
    let rows: String = desk
        .things(tenant, "")
        .iter()
        .map(|thing| format!("<li>{}</li>", thing["name"].as_str().unwrap_or_default()))
        .collect();
    page(
        "Dashboard",
        &format!(
            "<ul>{rows}</ul><form action=\"\" enctype=\"multipart/form-data\" method=\"POST\"><input type=\"hidden\" name=\"$ACTION_ID_{ACTION}\"/><button>Archive</button></form>"
        ),
    )
}

fn page(title: &str, content: &str) -> Reply {
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charSet=\"utf-8\"/><title>{title}</title><script src=\"{CHUNK}\" async=\"\"></script></head><body><main>{content}</main><script>self.__next_f.push([1,\"\"])</script></body></html>"
    );
    Reply::html(200, &html)
        .header(
            "cache-control",
            "private, no-cache, no-store, max-age=0, must-revalidate",
        )
        .header("vary", "RSC, Next-Router-State-Tree, Next-Router-Prefetch")
}

fn not_found() -> Reply {
    Reply::html(
        404,
        "<!DOCTYPE html><html lang=\"en\"><head><meta charSet=\"utf-8\"/><title>404: This page could not be found.</title></head><body><h1>404</h1><h2>This page could not be found.</h2></body></html>",
    )
}

fn asset(faults: Faults, path: &str) -> Reply {
    let has_maps = faults.has("source-maps");
    if path == CHUNK {
        let key = if faults.has("service-key-in-bundle") {
            signed::project_key("service_role")
        } else {
            signed::project_key("anon")
        };
        let map = if has_maps {
            "\n//# sourceMappingURL=main-app-6e2f1b7c9d3a4f50.js.map"
        } else {
            ""
        };
        let code = format!(
            "(self.webpackChunk_N_E=self.webpackChunk_N_E||[]).push([[744],{{1:(e,t,r)=>{{let s=r(2).createClient(\"https://qhzjwmrvktpxbdnyslgc.supabase.co\",\"{key}\")}}}}]);{map}"
        );
        return Reply::bytes(200, "application/javascript; charset=UTF-8", code);
    }
    if has_maps && path.strip_suffix(".map") == Some(CHUNK) {
        let map = json!({
            "version": 3,
            "file": "main-app-6e2f1b7c9d3a4f50.js",
            "sources": ["webpack://_N_E/./lib/supabase.ts"],
            "sourcesContent": ["import { createClient } from '@supabase/supabase-js'\nexport const supabase = createClient(url, key)\n"],
            "names": [],
            "mappings": "AAAA",
        });
        return Reply::json(200, &map);
    }
    not_found()
}
