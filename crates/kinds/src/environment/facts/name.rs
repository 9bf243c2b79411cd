//! What the name of a variable says.

use super::recognise::recognise;
pub(in super::super) use crate::reading::is_public;
use crate::scan::public_name::named_like_a_secret;

/// Whether a name is rather a piece of a value: a key that stands where a name belongs, or a line of
/// a private key without quotes. Such a name is not to be shown.
pub(in super::super) fn looks_like_value(name: &str) -> bool {
    let has = |test: fn(&u8) -> bool| name.as_bytes().iter().any(test);
    let lower = has(u8::is_ascii_lowercase);
    let drawn = lower && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit);
    let whole = !name.contains(['_', '-', '.']);
    let hexadecimal = name.bytes().all(|byte| byte.is_ascii_hexdigit());
    name.len() > 200
        || (whole && name.len() >= 20 && drawn)
        || (name.len() >= 24 && hexadecimal)
        || recognise(name).is_some()
}

/// The parts of a name between `_`, `-` and `.`, in capitals.
pub(in super::super) fn tokens(name: &str) -> Vec<String> {
    name.split(['_', '-', '.'])
        .filter(|part| !part.is_empty())
        .map(str::to_ascii_uppercase)
        .collect()
}

fn has(name: &str, words: &[&str]) -> bool {
    tokens(name)
        .iter()
        .any(|token| words.contains(&token.as_str()))
}

/// Whether the name says that its value is a secret.
pub(super) fn says_secret(name: &str) -> bool {
    has(
        name,
        &[
            "SECRET",
            "SECRETS",
            "TOKEN",
            "PASSWORD",
            "PASSWD",
            "PASS",
            "PWD",
            "KEY",
            "PRIVATE",
            "CREDENTIAL",
            "CREDENTIALS",
            "SALT",
            "PEPPER",
            "APIKEY",
            "AUTH",
        ],
    )
}

/// Whether a key of this name is meant to be public whatever it looks like.
pub(super) fn is_public_by_design(name: &str) -> bool {
    has(
        name,
        &[
            "ANON",
            "PUBLISHABLE",
            "SITE",
            "SITEKEY",
            "PUBLIC",
            "DSN",
            "MEASUREMENT",
            "VAPID",
            "RECAPTCHA",
            "TURNSTILE",
            "CLIENT",
        ],
    ) && !has(name, &["SECRET", "PRIVATE", "PASSWORD", "TOKEN"])
        && !named_like_a_secret(name)
}

/// Whether a host that stands alone is a place to listen at.
pub(in super::super) fn holds_bind_address(name: &str) -> bool {
    has(
        name,
        &["BIND", "LISTEN", "HOSTNAME", "ADDR", "ADDRESS", "INTERFACE"],
    ) || matches!(name, "HOST" | "SERVER_HOST" | "IP")
}

/// Whether no client is sent to the value: lists of exceptions, and collectors of measurements that
/// run beside the program.
pub(in super::super) fn never_called(name: &str) -> bool {
    has(name, &["OTEL", "DD", "STATSD", "HEALTHCHECK", "NOPROXY"])
        || name.to_ascii_uppercase().contains("NO_PROXY")
        || name.to_ascii_uppercase().contains("ALLOWED_HOSTS")
}

/// Whether the name says that its value is a host.
pub(in super::super) fn says_address(name: &str) -> bool {
    has(
        name,
        &[
            "HOST", "URL", "URI", "ORIGIN", "DOMAIN", "ENDPOINT", "SERVER", "BASE", "API", "SITE",
        ],
    )
}

/// Whether the name says that the variable is about another environment than the one it stands in.
pub(in super::super) fn says_other_environment(name: &str) -> bool {
    has(
        name,
        &[
            "STAGING",
            "STAGE",
            "PREVIEW",
            "DEV",
            "DEVELOPMENT",
            "LOCAL",
            "LOCALHOST",
            "SANDBOX",
        ],
    ) || says_test(name)
}

/// Whether the name says that its value is for tests.
pub(in super::super) fn says_test(name: &str) -> bool {
    has(name, &["TEST", "TESTING", "SANDBOX"])
}

/// Whether the name lists the origins whose pages may call the portal.
pub(in super::super) fn is_cors_list(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    has(&name, &["CORS"]) || name.contains("ALLOWED_ORIGIN") || name.contains("TRUSTED_ORIGIN")
}

/// Whether logins lead back to the value.
pub(in super::super) fn is_redirect(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    let known = ["NEXTAUTH_URL", "AUTH_URL", "SITE_URL", "BETTER_AUTH_URL"];
    let ends = [
        "CALLBACK_URL",
        "CALLBACK_URI",
        "REDIRECT_URI",
        "REDIRECT_URL",
        "REDIRECT_URIS",
    ];
    known
        .iter()
        .any(|known| name == *known || (is_public(&name) && name.ends_with(known)))
        || ends.iter().any(|end| name.ends_with(end))
}

/// Whether the variable switches debugging on.
pub(in super::super) fn is_debug(name: &str) -> bool {
    matches!(
        name,
        "DEBUG" | "APP_DEBUG" | "FLASK_DEBUG" | "DJANGO_DEBUG" | "NEXT_PUBLIC_DEBUG" | "VITE_DEBUG"
    )
}

/// Whether the variable chooses the mode of a framework, in which `development` means debugging.
pub(in super::super) fn is_mode_switch(name: &str) -> bool {
    matches!(
        name,
        "RAILS_ENV" | "RACK_ENV" | "FLASK_ENV" | "APP_ENV" | "ASPNETCORE_ENVIRONMENT" | "MIX_ENV"
    )
}

/// Whether the variable names the environment that errors are reported under.
pub(in super::super) fn is_sentry_environment(name: &str) -> bool {
    name.ends_with("SENTRY_ENVIRONMENT") || name.ends_with("SENTRY_ENV")
}

/// Whether the value counts visits.
pub(in super::super) fn is_analytics(name: &str) -> bool {
    has(
        name,
        &[
            "GA",
            "GTM",
            "ANALYTICS",
            "MEASUREMENT",
            "POSTHOG",
            "PLAUSIBLE",
            "MIXPANEL",
            "SEGMENT",
            "AMPLITUDE",
            "HOTJAR",
            "UMAMI",
        ],
    ) && !has(name, &["SECRET", "PRIVATE", "PERSONAL", "PASSWORD"])
}
