//! What strangers and other sites see.

use axum::http::Method;

use crate::client::{Answer, Portal};

const ALLOWED: &str = "https://app.acme.example";

/// The origins that may read an answer with the visitor's session.
async fn readers(portal: &Portal) -> Vec<&'static str> {
    let origins = [
        ALLOWED,
        "https://app.acme.example.evil.example",
        "https://evilapp.acme.example",
        "http://app.acme.example",
        "https://unrelated.example",
        "null",
    ];
    let mut readers = Vec::new();
    for origin in origins {
        let call = portal.anonymous().call(Method::GET, "/health");
        let answer = call.header("origin", origin).send().await;
        let allowed = answer.header("access-control-allow-origin") == origin;
        let credentials = answer.header("access-control-allow-credentials") == "true";
        assert_eq!(allowed, credentials, "{origin}");
        let preflight = portal.anonymous().call(Method::OPTIONS, "/api/records");
        let preflight = preflight.header("origin", origin);
        let preflight = preflight
            .header("access-control-request-method", "POST")
            .send()
            .await;
        assert_eq!(
            preflight.header("access-control-allow-origin") == origin,
            allowed
        );
        if allowed {
            readers.push(origin);
        }
    }
    readers
}

pub(crate) async fn cors_reflect(portal: &Portal) -> bool {
    readers(portal).await.len() == 6
}

pub(crate) async fn cors_suffix(portal: &Portal) -> bool {
    readers(portal).await == [ALLOWED, "https://app.acme.example.evil.example"]
}

pub(crate) async fn cors_null(portal: &Portal) -> bool {
    readers(portal).await == [ALLOWED, "null"]
}

pub(crate) async fn cors_blocked(portal: &Portal) -> bool {
    readers(portal).await.is_empty()
}

pub(crate) async fn no_vary(portal: &Portal) -> bool {
    let call = portal.anonymous().call(Method::GET, "/health");
    let answer = call.header("origin", ALLOWED).send().await;
    assert_eq!(answer.header("access-control-allow-origin"), ALLOWED);
    let kept = answer.header("cache-control") == "private, max-age=60";
    kept && !answer.header("vary").contains("origin")
}

/// The places that serve something where a good portal has nothing.
async fn left_open(portal: &Portal) -> Vec<(&'static str, Answer)> {
    let mut open = Vec::new();
    for path in [
        "/.env",
        "/.git/HEAD",
        "/.git/config",
        "/backup.sql",
        "/console",
        "/metrics",
        "/assets/",
    ] {
        let answer = portal.anonymous().get(path).await;
        if answer.status == 200 {
            open.push((path, answer));
        }
    }
    open
}

/// Tells whether exactly these places are open, and the first says this.
async fn opens(portal: &Portal, paths: &[&str], said: &str) -> bool {
    let open = left_open(portal).await;
    let found: Vec<_> = open.iter().map(|(path, _)| *path).collect();
    found == paths && open[0].1.text().contains(said)
}

pub(crate) async fn git_served(portal: &Portal) -> bool {
    opens(
        portal,
        &["/.git/HEAD", "/.git/config"],
        "ref: refs/heads/main",
    )
    .await
}

pub(crate) async fn backup_served(portal: &Portal) -> bool {
    opens(portal, &["/backup.sql"], "PostgreSQL database dump").await
}

pub(crate) async fn debug_console(portal: &Portal) -> bool {
    opens(portal, &["/console"], "Interactive Console").await
}

pub(crate) async fn metrics_open(portal: &Portal) -> bool {
    opens(portal, &["/metrics"], "# TYPE http_requests_total counter").await
}

pub(crate) async fn directory_listing(portal: &Portal) -> bool {
    opens(portal, &["/assets/"], "<title>Index of /assets/</title>").await
        && left_open(portal).await[0].1.text().contains(".css\">app.")
}

pub(crate) async fn version_banner(portal: &Portal) -> bool {
    let answer = portal.anonymous().get("/api/me").await;
    answer.header("server") == "nginx/1.18.0 (Ubuntu)"
}

const SECURITY_HEADERS: [&str; 6] = [
    "content-security-policy",
    "cross-origin-opener-policy",
    "permissions-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
];

async fn present(portal: &Portal) -> Vec<&'static str> {
    let answer = portal.anonymous().get("/").await;
    let present = |name: &&&str| !answer.header(name).is_empty();
    SECURITY_HEADERS.iter().filter(present).copied().collect()
}

pub(crate) async fn no_security_headers(portal: &Portal) -> bool {
    present(portal).await.is_empty()
}

pub(crate) async fn embeddable(portal: &Portal) -> bool {
    let page = portal.anonymous().get("/").await;
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'self'"), "{policy}");
    !policy.contains("frame-ancestors") && present(portal).await == SECURITY_HEADERS[..5]
}
