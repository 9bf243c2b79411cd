//! Who may probably use a route.

use crate::filling::caution::does_more;
use crate::naming::words;
use crate::routes::{Guard, Method, Route};
use crate::shipped::path::is_invisible;

/// Routes that say whether the portal is up.
const ALIVE: [&str; 7] = [
    "health", "healthz", "livez", "readyz", "live", "ready", "ping",
];

/// Files that browsers and search engines ask for.
const FILES: [&str; 5] = [
    "favicon.ico",
    "robots.txt",
    "sitemap.xml",
    "manifest.json",
    "manifest.webmanifest",
];

/// Routes by which people get in who are not in yet.
const WAYS_IN: [&str; 14] = [
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
    "access-token",
    "unauthorized",
];

/// What may stand before all of these and says nothing about whose they are: behind anything else they
/// may be the health of a patient or the registering of a device.
const PREFIXES: [&str; 4] = ["api", "rest", "public", "portal"];

/// What may stand before the routes by which people get in.
const OF_PEOPLE: [&str; 8] = [
    "auth", "account", "accounts", "user", "users", "session", "login", "oauth",
];

/// What is called by others.
const WEBHOOKS: [&str; 2] = ["webhook", "webhooks"];

/// Pages that are usually open.
const PAGES: [&str; 10] = [
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

/// The longest path that is written, in bytes: a key of YAML has to be shorter than 1024 characters.
const LONGEST: usize = 500;

/// A route as the gate file writes it.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// The method, `*` for every one.
    pub(super) method: &'static str,
    /// The path with `{id}` for a part that varies and `*` for all that follows.
    pub(super) path: String,
}

impl Pattern {
    /// The pattern of a route; nothing where no gate file can say it.
    pub(super) fn of(route: &Route) -> Option<Self> {
        let method = match route.method {
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
            letter.is_whitespace() || is_invisible(letter) || "?#:[]$\"'\\".contains(letter)
        };
        let fits = path.starts_with('/') && path.len() <= LONGEST && !path.contains(odd);
        fits.then_some(Self { method, path })
    }

    /// How the gate file names it.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The same for two routes that differ by the names of their parameters alone.
    pub(super) fn key(&self) -> String {
        self.key_with(self.method)
    }

    /// The key of the route of every method at the same path.
    pub(super) fn key_of_all(&self) -> String {
        self.key_with("*")
    }

    fn key_with(&self, method: &str) -> String {
        let segments = self.path.split('/').map(|segment| {
            if segment.starts_with('{') {
                "{}"
            } else {
                segment
            }
        });
        format!("{} {method}", segments.collect::<Vec<_>>().join("/"))
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

/// A route with what all its places say.
#[derive(Debug, Clone)]
pub(super) struct Told {
    /// The route, where it was found first.
    pub(super) route: Route,
    /// What the documents say.
    document: Option<Guard>,
    /// What the code says.
    code: Option<Guard>,
}

impl Told {
    /// A route of a document or of code.
    pub(super) fn new(route: Route, documented: bool) -> Self {
        let mut told = Self {
            route,
            document: None,
            code: None,
        };
        let guard = told.route.guard.clone();
        told.add(&guard, documented);
        told
    }

    /// Adds what another place says: one that sees somebody kept out is believed.
    pub(super) fn add(&mut self, guard: &Guard, documented: bool) {
        let known = if documented {
            &mut self.document
        } else {
            &mut self.code
        };
        if !matches!(known, Some(Guard::Seen(_))) {
            *known = Some(guard.clone());
        }
    }

    /// Adds what is said of every method of its path.
    pub(super) fn add_all(&mut self, of_all: &Self) {
        for (said, documented) in [(&of_all.document, true), (&of_all.code, false)] {
            if let Some(guard @ Guard::Seen(_)) = said {
                self.add(guard, documented);
            }
        }
    }
}

/// Guesses who may use a route.
pub(super) fn guess(pattern: Pattern, told: &Told, roles: &[String]) -> Row {
    let route = &told.route;
    let (who, why) = who(&pattern, told, roles);
    let reads = matches!(route.method, Method::Get | Method::Any);
    Row {
        destructive: reads && does_more(&pattern.path, None).is_some(),
        who,
        why,
        place: format!("{}:{}", route.source.file, route.source.line),
        pattern,
    }
}

fn who(pattern: &Pattern, told: &Told, roles: &[String]) -> (Who, String) {
    let seen = match (&told.document, &told.code) {
        (Some(Guard::Seen(name)), _) => Some((name, format!("the document asks for {name}"))),
        (_, Some(Guard::Seen(name))) => Some((name, format!("{name} was seen"))),
        _ => None,
    };
    if seen.as_ref().is_some_and(|(name, _)| is_admin(name)) || is_admin(&pattern.path) {
        let roles = roles.iter().filter(|role| is_admin(role));
        let why = seen.map_or_else(|| "guess: its path says admin".to_owned(), |(_, why)| why);
        return (Who::Roles(roles.cloned().collect()), why);
    }
    if let Some((_, why)) = seen {
        return (Who::Identities, format!("{why}; guess: every identity"));
    }
    if told.document == Some(Guard::None) {
        return (Who::Everybody, "the document asks for no login".to_owned());
    }
    if is_open(told.route.method, &pattern.path) {
        return (Who::Everybody, "guess: usually public".to_owned());
    }
    let why = if told.code == Some(Guard::None) {
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

/// Whether routes of this name are usually open. One that is called open by mistake is looked at by
/// nobody, so that only what is plain counts.
fn is_open(method: Method, path: &str) -> bool {
    let shows = matches!(method, Method::Get | Method::Any);
    let comes_in = shows || method == Method::Post;
    let lower = path.to_ascii_lowercase();
    let segments: Vec<&str> = lower.split('/').filter(|part| !part.is_empty()).collect();
    let Some((last, before)) = segments.split_last() else {
        return shows;
    };
    if PAGES.contains(&lower.as_str()) {
        return shows;
    }
    if segments[0] == ".well-known" || before.is_empty() && FILES.contains(last) {
        return shows;
    }
    if let Some(at) = before.iter().position(|part| WEBHOOKS.contains(part)) {
        // Others send to `/webhooks/stripe`; the portal's own list of webhooks is for those logged in.
        let is_sender = at + 2 == segments.len() && is_name_of_sender(last);
        return is_sender && matches!(method, Method::Post | Method::Any);
    }
    if ALIVE.contains(last) {
        return shows && is_prefixed(before, &["health"]);
    }
    let of_login = before.last() == Some(&"auth") && matches!(*last, "*" | "callback");
    (of_login || WAYS_IN.contains(last)) && comes_in && is_prefixed(before, &OF_PEOPLE)
}

/// Whether a part of a path rather names who sends than what to do.
fn is_name_of_sender(part: &str) -> bool {
    const SENDERS: [&str; 16] = [
        "stripe",
        "github",
        "gitlab",
        "clerk",
        "resend",
        "sendgrid",
        "postmark",
        "mailgun",
        "twilio",
        "paypal",
        "paddle",
        "lemonsqueezy",
        "lemon-squeezy",
        "shopify",
        "slack",
        "svix",
    ];
    SENDERS.contains(&part)
}

/// Whether nothing stands before the name of a route but what is usual; a language may stand first.
fn is_prefixed(before: &[&str], others: &[&str]) -> bool {
    let is_version = |part: &str| {
        let number = part.strip_prefix('v').unwrap_or_default();
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    let usual = |part: &&str| PREFIXES.contains(part) || others.contains(part) || is_version(part);
    let rest = match before {
        ["{locale}" | "{lang}" | "{language}" | "{lng}", rest @ ..] => rest,
        all => all,
    };
    rest.iter().all(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_plainly_open_is_called_so() {
        for (method, path) in [
            (Method::Get, "/"),
            (Method::Get, "/health"),
            (Method::Get, "/api/v1/health"),
            (Method::Get, "/api/health/live"),
            (Method::Post, "/api/login"),
            (Method::Get, "/{locale}/login"),
            (Method::Post, "/login/access-token"),
            (Method::Post, "/api/v1/auth/register"),
            (Method::Post, "/api/webhooks/stripe"),
            (Method::Any, "/api/auth/*"),
            (Method::Get, "/auth/callback"),
            (Method::Get, "/.well-known/security.txt"),
            (Method::Get, "/robots.txt"),
        ] {
            assert!(is_open(method, path), "{method} {path}");
        }
        for (method, path) in [
            (Method::Post, "/"),
            (Method::Delete, "/login"),
            (Method::Get, "/api/health-records"),
            (Method::Get, "/api/login-history"),
            (Method::Get, "/api/patients/health"),
            (Method::Get, "/api/users/health"),
            (Method::Any, "/teams/auth/*"),
            (Method::Get, "/api/patients/{id}/health"),
            (Method::Post, "/health"),
            (Method::Get, "/webhooks/list"),
            (Method::Get, "/api/webhooks"),
            (Method::Post, "/api/webhooks"),
            (Method::Get, "/api/webhooks/stripe"),
            (Method::Delete, "/api/webhooks/{id}"),
            (Method::Get, "/api/webhooks/{id}/deliveries"),
            (Method::Get, "/webhooks/login"),
            (Method::Get, "/api/users/{id}/access-token"),
            (Method::Get, "/api/integrations/access-token"),
            (Method::Post, "/api/devices/register"),
            (Method::Post, "/api/users/{id}/reset-password"),
            (Method::Get, "/api/orders/live"),
            (Method::Get, "/{tenant}/register"),
            (Method::Delete, "/api/auth/*"),
            (Method::Get, "/files/.well-known/x"),
        ] {
            assert!(!is_open(method, path), "{method} {path}");
        }
    }
}
