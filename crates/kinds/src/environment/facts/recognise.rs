//! Keys that tell themselves: what a whole value is.

use tidegate_core::meta::Severity;

use super::{Class, Mode, link};
use crate::scan::jwt::Jwt;
use crate::scan::{self, Origin, Sighting};

/// A key that was recognised.
pub(super) struct Known {
    /// What people call it.
    pub(super) name: &'static str,
    /// What tells it from other kinds of keys.
    pub(super) slug: &'static str,
    /// Whether it may be shown.
    pub(super) class: Class,
    /// Which world it belongs to.
    pub(super) mode: Mode,
    /// Whether it opens everything: payments, a service key, a database.
    pub(super) powerful: bool,
}

/// What a whole value is, when it tells itself.
pub(super) fn recognise(value: &str) -> Option<Known> {
    if let Some(claims) = token(value) {
        return Some(token_of(&claims));
    }
    if let Some(known) = link::Link::read(value).and_then(|link| of_link(value, &link)) {
        return Some(known);
    }
    if link::firebase_account(value).is_some() {
        return Some(secret("google-service-account", "Google service account"));
    }
    if is_measurement_id(value) {
        return Some(public("google-measurement-id", "Google measurement id"));
    }
    scan::classify(value).and_then(|sighting| of_sighting(&sighting))
}

fn of_sighting(sighting: &Sighting) -> Option<Known> {
    // Users' rules are for the kind that looks for secrets.
    let Origin::BuiltIn(rule) = &sighting.origin else {
        return None;
    };
    let class = match sighting.class {
        scan::rule::Class::Public => Class::Public,
        scan::rule::Class::Depends => Class::Depends,
        scan::rule::Class::Secret => Class::Secret,
    };
    let mode = match sighting.mode {
        scan::rule::Mode::Live => Mode::Live,
        scan::rule::Mode::Test => Mode::Test,
        scan::rule::Mode::Unsaid => Mode::Unsaid,
    };
    let opens_all = rule.severity == Severity::Critical || mode == Mode::Live;
    Some(Known {
        name: rule.name,
        slug: rule.slug,
        class,
        mode,
        powerful: class == Class::Secret && opens_all && mode != Mode::Test,
    })
}

/// The JSON web token (RFC 7519) that a whole value is.
pub(super) fn token(value: &str) -> Option<Jwt> {
    Jwt::read(value.as_bytes()).filter(|token| token.length == value.len())
}

fn token_of(claims: &Jwt) -> Known {
    match claims.claim("role") {
        Some("service_role") => secret("supabase-service-role", "Supabase service_role key"),
        Some("anon") => public("supabase-anon-key", "Supabase anon key"),
        // Maps and the like have public ones; the name decides.
        _ => Known {
            class: Class::Depends,
            powerful: false,
            ..secret("json-web-token", "JSON web token")
        },
    }
}

fn of_link(value: &str, link: &link::Link) -> Option<Known> {
    if link.is_database() && link.has_password() {
        return Some(secret("database-url", "database URL with a password"));
    }
    if value.contains(".sentry.io/") && value.contains('@') && !link.has_password() {
        return Some(public("sentry-dsn", "Sentry DSN"));
    }
    link.has_password().then(|| Known {
        powerful: false,
        ..secret("url-with-password", "URL with a password")
    })
}

fn is_measurement_id(value: &str) -> bool {
    value.strip_prefix("G-").is_some_and(|rest| {
        (8..=12).contains(&rest.len())
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    })
}

fn secret(slug: &'static str, name: &'static str) -> Known {
    Known {
        name,
        slug,
        class: Class::Secret,
        mode: Mode::Unsaid,
        powerful: true,
    }
}

fn public(slug: &'static str, name: &'static str) -> Known {
    Known {
        class: Class::Public,
        powerful: false,
        ..secret(slug, name)
    }
}
