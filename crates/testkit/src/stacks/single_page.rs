//! What Vite builds of a single page, on a host that answers every unknown path with it.
//!
//! Lovable, Bolt and many Firebase apps look like this: `index.html`, one script and one style sheet
//! below `/assets`, and everything else behind another address.

use super::faults::Faults;
use super::signed;
use crate::recorder::{App, RecordedRequest, Reply};

/// What can be wrong with it.
pub const FAULTS: &[&str] = &[
    "service-key-in-bundle",
    "provider-key-in-bundle",
    "service-account-in-bundle",
    "script-missing",
    "addresses-not-found",
    "dotenv-served",
];

const SCRIPT: &str = "/assets/index-B7xK2pQm.js";
const STYLE: &str = "/assets/index-C1dE9fGh.css";

/// What the script opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A Supabase project.
    Supabase,
    /// A Firebase project.
    Firebase,
}

/// Starts the app with a fault of [`FAULTS`], or with none for an empty name.
///
/// # Panics
/// When there is no such fault, or the machine refuses a loopback port or a thread.
pub fn start(backend: Backend, fault: &str) -> App {
    let faults = Faults::named(fault, FAULTS);
    App::start(move |request| answer(backend, faults, request))
}

fn answer(backend: Backend, faults: Faults, request: &RecordedRequest) -> Reply {
    if !matches!(request.method.as_str(), "GET" | "HEAD") {
        return Reply::text(405, "Method Not Allowed");
    }
    match request.path() {
        SCRIPT if !faults.has("script-missing") => Reply::bytes(
            200,
            "text/javascript; charset=utf-8",
            script(backend, faults),
        ),
        STYLE => Reply::bytes(200, "text/css; charset=utf-8", "body{margin:0}"),
        "/.env" if faults.has("dotenv-served") => Reply::bytes(
            200,
            "application/octet-stream",
            "DATABASE_URL=postgresql://portal:Kd83hfQ2mPz71sLw@db.harbour.example:5432/portal\nSMTP_PASSWORD=Vq6Tz0pRk2Xw9LmB\n",
        ),
        "/" => index(),
        _ if faults.has("addresses-not-found") => Reply::text(404, "Not Found"),
        _ => index(),
    }
}

fn index() -> Reply {
    Reply::html(
        200,
        &format!(
            "<!doctype html>\n<html lang=\"en\">\n  <head>\n    <meta charset=\"UTF-8\" />\n    <title>Harbour portal</title>\n    <script type=\"module\" crossorigin src=\"{SCRIPT}\"></script>\n    <link rel=\"stylesheet\" crossorigin href=\"{STYLE}\">\n  </head>\n  <body>\n    <div id=\"root\"></div>\n  </body>\n</html>\n"
        ),
    )
}

fn script(backend: Backend, faults: Faults) -> String {
    let opened = match backend {
        Backend::Supabase => {
            let role = if faults.has("service-key-in-bundle") {
                "service_role"
            } else {
                "anon"
            };
            let key = signed::project_key(role);
            format!("const s=ye(\"https://qhzjwmrvktpxbdnyslgc.supabase.co\",\"{key}\");")
        }
        Backend::Firebase => "const c={apiKey:\"AIzaSyD4k7Xq2LmN8pR3tV6wZ1bC5dF9gH0jKsQ\",authDomain:\"acme-portal.firebaseapp.com\",projectId:\"acme-portal\",storageBucket:\"acme-portal.firebasestorage.app\"};".to_owned(),
    };
    let mut script = format!("import{{r as e}}from\"./vendor.js\";{opened}");
    if faults.has("provider-key-in-bundle") {
        // Broken, so that no scanner of this repository takes it for a real one.
        let key = ["sk_", "live_51Q8xZvKq3LmR7tYb2NcW9dHfJ4sGpA6eXuViTo0"].concat();
        script.push_str(&format!("const k=\"{key}\";"));
    }
    if faults.has("service-account-in-bundle") {
        script.push_str(&service_account());
    }
    script
}

/// The key of a service account, as Google's console hands it out.
fn service_account() -> String {
    let line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
    let body = [line, "\\n", &line.chars().rev().collect::<String>(), "\\n"]
        .concat()
        .repeat(12);
    let name = ["PRIVATE", "KEY"].join(" ");
    format!(
        "const a={{\"type\":\"service_account\",\"project_id\":\"acme-portal\",\"private_key_id\":\"3f9a1c7be2d04856a7c9d1e3f5b70824c6e8fa19\",\"private_key\":\"-----BEGIN {name}-----\\n{body}-----END {name}-----\\n\",\"client_email\":\"firebase-adminsdk-x1y2z@acme-portal.iam.gserviceaccount.com\"}};"
    )
}
