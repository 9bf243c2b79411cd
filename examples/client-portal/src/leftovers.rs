//! What some switches serve to everybody where the good portal has nothing.

use crate::app::AppState;
use crate::breaks::Break;
use crate::keys;

const TEXT: &str = "text/plain; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";

const GIT_HEAD: &str = "ref: refs/heads/main\n";
const GIT_CONFIG: &str = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\
    [remote \"origin\"]\n\turl = git@git.acme.example:portal/client-portal.git\n\
    \tfetch = +refs/heads/*:refs/remotes/origin/*\n";

const DUMP: &str = "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 17.2\n\n\
    CREATE TABLE public.users (\n    id text NOT NULL,\n    email text NOT NULL\n);\n\n\
    COPY public.users (id, email) FROM stdin;\nusr_1\tsomebody@acme.example\n\\.\n\n\
    --\n-- PostgreSQL database dump complete\n--\n";

const CONSOLE: &str = "<!doctype html>\n<html lang=\"en\"><head><title>Console // Werkzeug Debugger</title>\
    <script>var CONSOLE_MODE = true, EVALEX = true, EVALEX_TRUSTED = false, SECRET = \"\";</script>\
    </head><body><h1>Interactive Console</h1><p>In this console you can execute Python expressions \
    in the context of the application.</p></body></html>\n";

const FIGURES: &str = "# HELP http_requests_total Requests by method and status.\n\
    # TYPE http_requests_total counter\n\
    http_requests_total{method=\"GET\",status=\"200\"} 1027\n\
    # HELP process_resident_memory_bytes Memory in use.\n\
    # TYPE process_resident_memory_bytes gauge\n\
    process_resident_memory_bytes 24117248\n";

/// The content type and the content of what lies at the path.
pub(crate) fn at(app: &AppState, path: &str) -> Option<(&'static str, String)> {
    let (switch, kind, content) = match path {
        "/.env" => (Break::DotenvServed, TEXT, keys::settings_file()),
        "/.git/HEAD" => (Break::GitServed, TEXT, GIT_HEAD.to_owned()),
        "/.git/config" => (Break::GitServed, TEXT, GIT_CONFIG.to_owned()),
        "/backup.sql" => (Break::BackupServed, TEXT, DUMP.to_owned()),
        "/console" => (Break::DebugConsole, HTML, CONSOLE.to_owned()),
        "/metrics" => (Break::MetricsOpen, METRICS, FIGURES.to_owned()),
        "/assets/" => (Break::DirectoryListing, HTML, listing(app)),
        _ => return None,
    };
    app.broken(switch).then_some((kind, content))
}

/// The page that web servers make of a folder.
fn listing(app: &AppState) -> String {
    let entry = |name| format!("<a href=\"{name}\">{name}</a>\n");
    let entries: String = app.frontend.asset_names().map(entry).collect();
    format!(
        "<html>\n<head><title>Index of /assets/</title></head>\n<body>\n<h1>Index of /assets/</h1><hr><pre>\
         <a href=\"../\">../</a>\n{entries}</pre><hr></body>\n</html>\n"
    )
}
