//! Keys that tell themselves: what a whole value is.

use super::{Class, Mode, jwt, link};

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

/// Beginning, slug, name, class, whether it is powerful, and the shortest length.
const TOKENS: &[(&str, &str, &str, Class, bool)] = &[
    (
        "sk_live_",
        "stripe-secret-key",
        "Stripe secret key",
        Class::Secret,
        true,
    ),
    (
        "sk_test_",
        "stripe-secret-key",
        "Stripe secret key",
        Class::Secret,
        true,
    ),
    (
        "rk_live_",
        "stripe-restricted-key",
        "Stripe restricted key",
        Class::Secret,
        true,
    ),
    (
        "rk_test_",
        "stripe-restricted-key",
        "Stripe restricted key",
        Class::Secret,
        true,
    ),
    (
        "pk_live_",
        "publishable-key",
        "publishable key",
        Class::Public,
        false,
    ),
    (
        "pk_test_",
        "publishable-key",
        "publishable key",
        Class::Public,
        false,
    ),
    (
        "whsec_",
        "webhook-secret",
        "webhook secret",
        Class::Secret,
        false,
    ),
    (
        "sb_secret_",
        "supabase-secret-key",
        "Supabase secret key",
        Class::Secret,
        true,
    ),
    (
        "sb_publishable_",
        "supabase-publishable-key",
        "Supabase publishable key",
        Class::Public,
        false,
    ),
    (
        "sbp_",
        "supabase-access-token",
        "Supabase access token",
        Class::Secret,
        true,
    ),
    (
        "sk-ant-",
        "anthropic-key",
        "Anthropic key",
        Class::Secret,
        false,
    ),
    ("sk-proj-", "openai-key", "OpenAI key", Class::Secret, false),
    ("ghp_", "github-token", "GitHub token", Class::Secret, false),
    (
        "github_pat_",
        "github-token",
        "GitHub token",
        Class::Secret,
        false,
    ),
    ("xoxb-", "slack-token", "Slack token", Class::Secret, false),
    ("SG.", "sendgrid-key", "SendGrid key", Class::Secret, false),
    ("re_", "resend-key", "Resend key", Class::Secret, false),
    (
        "phc_",
        "posthog-project-key",
        "PostHog project key",
        Class::Public,
        false,
    ),
    (
        "phx_",
        "posthog-personal-key",
        "PostHog personal key",
        Class::Secret,
        false,
    ),
    (
        "AIza",
        "google-api-key",
        "Google API key",
        Class::Depends,
        false,
    ),
    (
        "AKIA",
        "aws-access-key-id",
        "AWS access key id",
        Class::Depends,
        false,
    ),
    (
        "-----BEGIN",
        "private-key",
        "private key",
        Class::Secret,
        false,
    ),
];

/// What a whole value is, when it tells itself.
pub(super) fn recognise(value: &str) -> Option<Known> {
    if let Some(claims) = jwt::claims(value) {
        return Some(token_of(&claims));
    }
    if let Some(link) = link::Link::read(value) {
        return of_link(value, &link);
    }
    if link::firebase_account(value).is_some() {
        return Some(secret("google-service-account", "Google service account"));
    }
    if is_measurement_id(value) {
        return Some(public("google-measurement-id", "Google measurement id"));
    }
    let (start, slug, name, class, powerful) = TOKENS.iter().find(|(start, ..)| {
        value
            .strip_prefix(start)
            .is_some_and(|rest| rest.len() >= 10)
    })?;
    let mode = match *start {
        start if start.contains("_live_") => Mode::Live,
        start if start.contains("_test_") => Mode::Test,
        _ => Mode::Unsaid,
    };
    Some(Known {
        name,
        slug,
        class: *class,
        mode,
        powerful: *powerful && mode != Mode::Test,
    })
}

fn token_of(claims: &jwt::Claims) -> Known {
    match claims.role.as_deref() {
        Some("service_role") => secret("supabase-service-role", "Supabase service_role key"),
        Some("anon") => public("supabase-anon-key", "Supabase anon key"),
        _ => Known {
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
    if value.starts_with("https://hooks.slack.com/services/") {
        return Some(Known {
            powerful: false,
            ..secret("slack-webhook", "Slack webhook")
        });
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
