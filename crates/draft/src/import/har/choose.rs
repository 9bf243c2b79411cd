//! Which requests of a recording belong to a journey through the portal.

use std::collections::{BTreeMap, HashSet};

use super::super::model::LeftOut;
use super::super::origins::is_loopback;
use super::super::request::{address, method};
use super::log::{Entry, Log};

/// Hosts whose customers stand beside each other: a shared ending says nothing there.
const SHARED: &[&str] = &[
    "vercel.app",
    "netlify.app",
    "herokuapp.com",
    "github.io",
    "pages.dev",
    "workers.dev",
    "web.app",
    "firebaseapp.com",
    "fly.dev",
    "onrender.com",
    "lovable.app",
    "supabase.co",
    "azurewebsites.net",
    "amazonaws.com",
    "cloudfront.net",
    "co.uk",
    "com.au",
    "co.jp",
    "com.br",
    "co.nz",
];

/// Services that keep a portal's own data.
const BACKENDS: &[&str] = &[
    "supabase.co",
    "supabase.in",
    "firebaseio.com",
    "firestore.googleapis.com",
    "identitytoolkit.googleapis.com",
    "hasura.app",
    "convex.cloud",
    "appwrite.io",
    "pocketbase.io",
];

/// What measures visitors, by a part of its path.
const MEASURES: &[&str] = &[
    "/_vercel/",
    "/cdn-cgi/",
    "/g/collect",
    "/collect",
    "/analytics",
    "/gtag",
    "/gtm",
    "/pixel",
    "/beacon",
    "/telemetry",
    "/sentry",
    "/envelope/",
    "/rum",
    "/_next/webpack",
    "/__nextjs",
    "/@vite",
    "/ingest/",
    "/hot-update",
    "/sockjs-node",
];

/// Endings of files that pages load.
const ASSETS: &[&str] = &[
    ".js",
    ".mjs",
    ".css",
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".svg",
    ".webp",
    ".avif",
    ".ico",
    ".woff",
    ".woff2",
    ".ttf",
    ".otf",
    ".map",
    ".mp4",
    ".webm",
    ".mp3",
    ".wasm",
    ".webmanifest",
    ".tsx",
    ".ts",
    ".jsx",
];

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    Foreign,
    Asset,
    Measuring,
    Preflight,
    Unanswered,
    Failed,
    Stream,
    Repeated,
    Method,
}

impl Why {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Foreign => (
                "requests to other origins",
                "name one with `--origin` if it belongs to the portal",
            ),
            Self::Asset => (
                "files that pages load",
                "scripts, styles, pictures and page data are no steps; the kind `page` looks at them",
            ),
            Self::Measuring => ("measurements of visitors", "they are no part of a journey"),
            Self::Preflight => (
                "preflights",
                "browsers send them by themselves; the kind `cors` is about them",
            ),
            Self::Unanswered => (
                "requests without an answer",
                "they were blocked or cancelled when it was recorded",
            ),
            Self::Failed => (
                "requests that failed",
                "the portal answered with an error of its own when it was recorded",
            ),
            Self::Stream => ("streams", "a step ends with its answer"),
            Self::Repeated => (
                "repeated requests",
                "the same was asked before, and nothing was changed in between",
            ),
            Self::Method => (
                "requests with other methods",
                "a gate file has get, post, put, patch, delete, head and options",
            ),
        }
    }
}

/// The entries that are steps, with the origins that they may go to.
pub(super) struct Chosen<'l, 'a> {
    /// The portal's own origin.
    pub(super) portal: Option<String>,
    /// In the order in which they were sent, each with what it ended at after redirects.
    pub(super) entries: Vec<(&'l Entry<'a>, &'l Entry<'a>)>,
    /// What was left out.
    pub(super) left_out: Vec<LeftOut>,
}

/// Chooses the entries that are steps.
pub(super) fn choose<'l, 'a>(file: &str, log: &'l Log<'a>, origins: &[String]) -> Chosen<'l, 'a> {
    let origins: Vec<String> = origins
        .iter()
        .map(|origin| origin.trim_end_matches('/').to_ascii_lowercase())
        .collect();
    let portal = origins.first().cloned().or_else(|| guess(log));
    let mut all: Vec<&Entry<'a>> = log.entries.iter().collect();
    if all.iter().all(|entry| entry.started.is_some()) {
        all.sort_by(|one, other| one.started.cmp(&other.started));
    }
    let mut left: BTreeMap<(Why, String), usize> = BTreeMap::new();
    let mut entries = Vec::new();
    let mut asked: HashSet<String> = HashSet::new();
    let mut redirected: HashSet<usize> = HashSet::new();
    for (at, entry) in all.iter().enumerate() {
        if redirected.contains(&at) {
            continue;
        }
        if let Some(why) = unfit(entry, portal.as_deref(), &origins) {
            let host = match why {
                Why::Foreign => {
                    origin(entry).unwrap_or_else(|| "an address without a host".to_owned())
                }
                _ => String::new(),
            };
            *left.entry((why, host)).or_default() += 1;
            continue;
        }
        let end = redirects(&all, at, &mut redirected);
        let key = key(entry);
        if entry.request.method.eq_ignore_ascii_case("get") {
            if !asked.insert(key) {
                *left.entry((Why::Repeated, String::new())).or_default() += 1;
                continue;
            }
        } else {
            asked.clear();
        }
        entries.push((*entry, all[end]));
    }
    let left_out = left.into_iter().map(|((why, host), count)| {
        let (which, because) = why.words();
        let which = if host.is_empty() {
            which.to_owned()
        } else {
            format!("requests to {host}")
        };
        LeftOut::new(file, format!("{which} ({count})"), because)
    });
    Chosen {
        portal,
        entries,
        left_out: left_out.collect(),
    }
}

fn key(entry: &Entry<'_>) -> String {
    let rsc = entry.request.url.split('#').next().unwrap_or_default();
    rsc.to_owned()
}

/// The entry at which the redirects of another end; those in between are taken.
fn redirects(all: &[&Entry<'_>], start: usize, taken: &mut HashSet<usize>) -> usize {
    let mut end = start;
    for _ in 0..10 {
        let entry = all[end];
        if !entry
            .status()
            .is_some_and(|status| (300..400).contains(&status) && status != 304)
        {
            break;
        }
        let location = entry
            .response
            .as_ref()
            .and_then(|answer| answer.redirect.as_deref());
        let location = location.filter(|text| !text.is_empty());
        let Some(location) = location.or_else(|| entry.answered("location").next()) else {
            break;
        };
        let to = url::Url::parse(&entry.request.url).and_then(|base| base.join(location));
        let Ok(to) = to else { break };
        let follows =
            |other: &&Entry<'_>| url::Url::parse(&other.request.url).is_ok_and(|own| own == to);
        let next = all.iter().enumerate().skip(end + 1).take(20);
        let Some((next, _)) = next
            .into_iter()
            .find(|(at, other)| !taken.contains(at) && follows(other))
        else {
            break;
        };
        taken.insert(next);
        end = next;
    }
    end
}

fn origin(entry: &Entry<'_>) -> Option<String> {
    let scheme = entry.request.url.split_once("://")?.0;
    if !["http", "https"].contains(&scheme) {
        return None;
    }
    address(&entry.request.url, "https").target.origin
}

/// The origin of the page that was looked at.
fn guess(log: &Log<'_>) -> Option<String> {
    let titles = log
        .pages
        .iter()
        .flatten()
        .filter_map(|page| page.title.as_deref());
    let mut titles =
        titles.filter(|title| title.starts_with("http://") || title.starts_with("https://"));
    if let Some(title) = titles.next() {
        return address(title, "https").target.origin;
    }
    let page = log.entries.iter().find(|entry| {
        let is_page = entry.mime() == "text/html"
            && entry
                .resource
                .as_deref()
                .is_none_or(|kind| kind == "document");
        is_page && entry.status().is_some_and(|status| status < 400) && origin(entry).is_some()
    });
    if let Some(page) = page {
        return origin(page);
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for entry in log
        .entries
        .iter()
        .filter(|entry| entry.mime().contains("json"))
    {
        if let Some(origin) = origin(entry) {
            *counts.entry(origin).or_default() += 1;
        }
    }
    let most = counts.into_iter().max_by_key(|(_, count)| *count);
    most.map(|(origin, _)| origin)
        .or_else(|| log.entries.iter().find_map(origin))
}

/// Why an entry is no step.
fn unfit(entry: &Entry<'_>, portal: Option<&str>, origins: &[String]) -> Option<Why> {
    let Some(own) = origin(entry) else {
        return Some(Why::Foreign);
    };
    if !portal.is_some_and(|portal| belongs(&own, portal) || origins.contains(&own)) {
        return Some(Why::Foreign);
    }
    let path = address(&entry.request.url, "https")
        .target
        .path
        .to_ascii_lowercase();
    let resource = entry.resource.as_deref().unwrap_or_default();
    let mime = entry.mime();
    if entry.request.method.eq_ignore_ascii_case("options") || resource == "preflight" {
        return Some(Why::Preflight);
    }
    if method(&entry.request.method).is_none() {
        return Some(Why::Method);
    }
    if measures(&path) || resource == "ping" || resource == "beacon" {
        return Some(Why::Measuring);
    }
    if is_asset(entry, &path, resource, &mime) {
        return Some(Why::Asset);
    }
    if mime == "text/event-stream" || ["websocket", "eventsource"].contains(&resource) {
        return Some(Why::Stream);
    }
    match entry.status() {
        None | Some(100..200) => Some(Why::Unanswered),
        Some(500..) => Some(Why::Failed),
        Some(_) => None,
    }
}

/// Whether a path in small letters is one that measures visitors: `/collect`, and not `/collections`.
fn measures(path: &str) -> bool {
    MEASURES.iter().any(|part| {
        path.match_indices(part).any(|(at, _)| {
            let next = path[at + part.len()..].chars().next();
            part.ends_with('/') || !next.is_some_and(char::is_alphabetic)
        })
    })
}

fn is_asset(entry: &Entry<'_>, path: &str, resource: &str, mime: &str) -> bool {
    let kinds = [
        "image",
        "stylesheet",
        "script",
        "font",
        "media",
        "manifest",
        "texttrack",
    ];
    let begins = [
        "image/",
        "font/",
        "audio/",
        "video/",
        "text/css",
        "text/x-component",
        "application/wasm",
    ];
    let get = entry.request.method.eq_ignore_ascii_case("get");
    let scripts = mime.contains("javascript") || mime.contains("ecmascript");
    let by_path = ASSETS.iter().any(|end| path.ends_with(end))
        || path.starts_with("/_next/")
        || path.contains("/_nuxt/");
    let page_data = entry.request.url.contains("_rsc=") || entry.sent("rsc").next().is_some();
    get && (kinds.contains(&resource)
        || begins.iter().any(|begin| mime.starts_with(begin))
        || scripts
        || by_path
        || page_data)
}

/// Whether an origin is the portal's, its sibling, or a service that keeps its data.
fn belongs(origin: &str, portal: &str) -> bool {
    if origin == portal || (is_loopback(origin) && is_loopback(portal)) {
        return true;
    }
    let host = |origin: &str| -> String {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        host.split(':').next().unwrap_or_default().to_owned()
    };
    let (own, portal) = (host(origin), host(portal));
    let ends = |host: &str, end: &&str| host == *end || host.ends_with(&format!(".{end}"));
    if BACKENDS.iter().any(|end| ends(&own, end)) {
        return true;
    }
    let labels = if SHARED.iter().any(|end| ends(&portal, end)) {
        3
    } else {
        2
    };
    let site = |host: &str| -> Option<String> {
        let parts: Vec<&str> = host.rsplit('.').take(labels).collect();
        let is_name = host.parse::<std::net::IpAddr>().is_err();
        (parts.len() == labels && is_name).then(|| parts.join("."))
    };
    site(&own).is_some() && site(&own) == site(&portal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measurements_are_told_from_what_only_begins_alike() {
        for path in [
            "/g/collect",
            "/gtm.js",
            "/_next/webpack-hmr",
            "/__nextjs_font",
        ] {
            assert!(measures(path), "{path}");
        }
        for path in ["/api/collections/7", "/rumours", "/api/pixels"] {
            assert!(!measures(path), "{path}");
        }
    }

    #[test]
    fn siblings_of_the_portal_are_told_from_strangers() {
        let portal = "https://portal.acme.example";
        for own in [
            "https://portal.acme.example",
            "https://api.acme.example",
            "https://x.supabase.co",
        ] {
            assert!(belongs(own, portal), "{own}");
        }
        for other in [
            "https://www.google-analytics.com",
            "https://acme.example.evil.test",
            "http://127.0.0.1",
        ] {
            assert!(!belongs(other, portal), "{other}");
        }
        assert!(!belongs("https://b.vercel.app", "https://a.vercel.app"));
        assert!(belongs("http://localhost:4000", "http://localhost:3000"));
        assert!(!belongs("http://10.0.0.2", "http://10.0.0.1"));
    }
}
