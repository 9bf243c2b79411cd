//! Who may probably use a route.

use crate::filling::caution::does_more;
use crate::naming::words;
use crate::routes::{Guard, Method, Route};

/// Names of routes that are usually open, whatever stands before them.
const OPEN_ENDS: [&str; 26] = [
    "health",
    "healthz",
    "livez",
    "readyz",
    "live",
    "ready",
    "ping",
    "login",
    "log-in",
    "signin",
    "sign-in",
    "signup",
    "sign-up",
    "register",
    "forgot-password",
    "reset-password",
    "password-reset",
    "verify-email",
    "csrf",
    "favicon.ico",
    "robots.txt",
    "sitemap.xml",
    "manifest.json",
    "manifest.webmanifest",
    "access-token",
    "unauthorized",
];

/// Pages that are usually open.
const OPEN_PAGES: [&str; 10] = [
    "/",
    "/about",
    "/pricing",
    "/terms",
    "/privacy",
    "/imprint",
    "/impressum",
    "/contact",
    "/legal",
    "/docs",
];

/// Words of what only administrators use.
const ADMIN: [&str; 4] = ["admin", "administrator", "superuser", "superadmin"];

/// A route as the gate file writes it.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// The method, `*` for every one.
    pub(super) method: &'static str,
    /// The path with `{id}` for a part that varies and `*` for all that follows.
    pub(super) path: String,
}

impl Pattern {
    /// The pattern of a route; nothing for what browsers ask by themselves, or no gate file can say.
    pub(super) fn of(route: &Route) -> Option<Self> {
        let method = match route.method {
            Method::Head | Method::Options => return None,
            Method::Any => "*",
            method => method.as_str(),
        };
        let path = route
            .path
            .split('/')
            .map(segment)
            .collect::<Vec<_>>()
            .join("/");
        let odd = |letter: char| {
            letter.is_whitespace() || letter.is_control() || "?#:[]$\"'\\".contains(letter)
        };
        (path.starts_with('/') && !path.contains(odd)).then_some(Self { method, path })
    }

    /// How the gate file names it.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The same for two routes that differ by the names of their parameters alone.
    pub(super) fn key(&self) -> String {
        let segments = self.path.split('/').map(|segment| {
            if segment.starts_with('{') {
                "{}"
            } else {
                segment
            }
        });
        format!("{} {}", segments.collect::<Vec<_>>().join("/"), self.method)
    }
}

/// A part of a path: the gate file knows whole parts that vary.
fn segment(segment: &str) -> String {
    if segment.contains('*') {
        return "*".to_owned();
    }
    let Some((_, rest)) = segment.split_once('{') else {
        return segment.replace('}', "");
    };
    let name: String = rest
        .chars()
        .take_while(|letter| letter.is_alphanumeric() || "_-".contains(*letter))
        .collect();
    if name.is_empty() {
        return "{id}".to_owned();
    }
    format!("{{{name}}}")
}

/// Who may probably use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    /// Everybody, without a login.
    Everybody,
    /// Every identity.
    Identities,
    /// The identities of these roles; when none is known somebody has to name them.
    Roles(Vec<String>),
}

/// A row of the proposal.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// The route.
    pub(super) pattern: Pattern,
    /// Who may probably use it.
    pub(super) who: Who,
    /// Where it is declared.
    pub(super) place: String,
    /// Why, in a phrase.
    pub(super) why: String,
    /// Whether it may do more than show something, though it is a GET.
    pub(super) destructive: bool,
}

/// Guesses who may use a route.
pub(super) fn guess(pattern: Pattern, route: &Route, documented: bool, roles: &[String]) -> Row {
    let (who, why) = who(&pattern, &route.guard, documented, roles);
    let reads = matches!(route.method, Method::Get | Method::Any);
    Row {
        destructive: reads && does_more(&pattern.path, None).is_some(),
        who,
        why,
        place: format!("{}:{}", route.source.file, route.source.line),
        pattern,
    }
}

fn who(pattern: &Pattern, guard: &Guard, documented: bool, roles: &[String]) -> (Who, String) {
    let seen = match guard {
        Guard::Seen(name) => Some(name.as_str()),
        Guard::None | Guard::Unknown => None,
    };
    if seen.is_some_and(is_admin) || is_admin(&pattern.path) {
        let admins = roles
            .iter()
            .filter(|role| is_admin(role))
            .cloned()
            .collect();
        let why = seen.map_or_else(
            || "guess: its path says admin".to_owned(),
            |name| format!("{name} was seen"),
        );
        return (Who::Roles(admins), why);
    }
    if let Some(name) = seen.filter(|_| documented) {
        let why = format!("the document asks for {name}; guess: every identity");
        return (Who::Identities, why);
    }
    if let Some(name) = seen {
        return (
            Who::Identities,
            format!("{name} was seen; guess: every identity"),
        );
    }
    if documented && *guard == Guard::None {
        return (Who::Everybody, "the document asks for no login".to_owned());
    }
    if is_open(&pattern.path) {
        return (Who::Everybody, "guess: usually public".to_owned());
    }
    let why = if *guard == Guard::None {
        "no check was seen; guess: every identity"
    } else {
        "guess: every identity"
    };
    (Who::Identities, why.to_owned())
}

fn is_admin(text: &str) -> bool {
    words(text)
        .iter()
        .any(|word| ADMIN.contains(&word.as_str()))
}

fn is_open(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let segments: Vec<&str> = lower.split('/').filter(|part| !part.is_empty()).collect();
    let any = |names: &[&str]| segments.iter().any(|part| names.contains(part));
    let last = segments.last().copied().unwrap_or_default();
    OPEN_PAGES.contains(&lower.as_str())
        || OPEN_ENDS.contains(&last)
        || any(&["webhook", "webhooks", ".well-known"])
        || (any(&["auth"]) && (last == "*" || last == "callback"))
}
