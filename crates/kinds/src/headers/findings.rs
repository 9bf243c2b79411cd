//! What `headers` says: one finding for each code, with every page it was seen on.

use tidegate_core::finding::Finding;
use tidegate_core::meta::{CodeInfo, Severity};
use tidegate_core::span::Location;

use super::judge::Judged;
use crate::attack::several;

/// A finding about pages.
pub(super) fn of(
    info: &CodeInfo,
    severity: Severity,
    pages: &[(&str, &Judged)],
    location: Location,
) -> Finding {
    let mut paths: Vec<&str> = pages.iter().map(|(path, _)| *path).collect();
    paths.dedup();
    let what = several(&paths);
    let seen = pages
        .iter()
        .map(|(path, judged)| format!("{path}: {}: {}", judged.item.name(), judged.says));
    Finding::new(info, location, title(info, &what))
        .severity(severity)
        .subject(paths.join(", "))
        .evidence("actual", seen.collect::<Vec<_>>().join("\n"))
        .advice(advice(info))
}

fn title(info: &CodeInfo, what: &str) -> String {
    match info.code.as_str() {
        "headers/csp" => format!("Nothing keeps foreign scripts out of {what}"),
        "headers/framing" => format!("Other sites can show {what} inside their own"),
        "headers/framing-conflict" => {
            format!("Two headers of {what} say different things about frames")
        }
        "headers/embedding-refused" => format!("{what} cannot be shown where it is meant to be"),
        "headers/hsts" => format!("Browsers are not told to ask for {what} over TLS only"),
        "headers/nosniff" => format!("Browsers may guess what {what} is"),
        "headers/referrer-policy" => format!("Links on {what} tell other sites its whole address"),
        "headers/cacheable" => format!("A shared cache may keep what one person sees at {what}"),
        "headers/charset" => format!("{what} does not say how its letters are encoded"),
        _ => format!("{what} switches on a filter that browsers have given up"),
    }
}

fn advice(info: &CodeInfo) -> &'static str {
    match info.code.as_str() {
        "headers/csp" => {
            "Begin with `Content-Security-Policy: default-src 'self'; object-src 'none'; base-uri 'none'` as \
             report-only, see what it stops, then enforce it. Give inline scripts a nonce in place of \
             'unsafe-inline'."
        }
        "headers/framing" => {
            "Send `Content-Security-Policy: frame-ancestors 'none'`, or the sites that may show the page, and list \
             these under `embedded-by`."
        }
        "headers/framing-conflict" => {
            "Send frame-ancestors alone, or make X-Frame-Options say the same."
        }
        "headers/embedding-refused" => {
            "List the site in `frame-ancestors`, and take X-Frame-Options away there: it cannot name sites. Look at \
             the proxy too, which may add it."
        }
        "headers/hsts" => {
            "Send `Strict-Transport-Security: max-age=31536000; includeSubDomains` once all names below the domain \
             have TLS."
        }
        "headers/nosniff" => "Send `X-Content-Type-Options: nosniff` with every answer.",
        "headers/referrer-policy" => {
            "Send `Referrer-Policy: strict-origin-when-cross-origin`, which browsers do unless they are told otherwise."
        }
        "headers/cacheable" => {
            "Send `Cache-Control: private, no-store` with everything that depends on who is logged in, and see that no \
             rule of the proxy or the CDN replaces it."
        }
        "headers/charset" => "Send `Content-Type: text/html; charset=utf-8`.",
        _ => "Leave X-XSS-Protection out, or send `0`.",
    }
}
