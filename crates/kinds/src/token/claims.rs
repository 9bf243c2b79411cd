//! What tokens say about themselves: told without any request.

use tidegate_core::meta::Severity;

use super::carrier::Carrier;
use super::findings::finding;
use super::jwt::Jwt;
use super::run::{Attempt, Person};
use super::{codes, keys};
use crate::attack::Story;
use crate::naming::words;

/// Words in the names of claims that nobody should be able to read.
const SENSITIVE: &[&str] = &[
    "password",
    "passwd",
    "pwd",
    "passwordhash",
    "hash",
    "secret",
    "ssn",
    "iban",
    "pin",
    "cvv",
    "apikey",
];

/// Looks at the tokens of a person.
pub(super) fn run(attempt: &mut Attempt<'_>, person: &Person<'_>) {
    let mut seen = Vec::new();
    for opener in &person.openers {
        // The same token often stands in a header and in a cookie.
        let value = &opener.carrier.value;
        let Ok(jwt) = opener.carrier.token() else {
            continue;
        };
        if seen.contains(&value) {
            continue;
        }
        seen.push(value);
        attempt.report.evaluated += 3;
        key(attempt, &opener.carrier, &jwt);
        lifetime(attempt, &opener.carrier, &jwt);
        sensitive(attempt, &opener.carrier, &jwt);
    }
}

/// The weak key that signed a token, if one did.
pub(super) fn weak_key(attempt: &Attempt<'_>, jwt: &Jwt) -> Option<String> {
    let host = attempt.sender.context.environment().url.value.clone();
    let host = host.split("://").last().unwrap_or_default();
    let host = host.split(['/', ':']).next().unwrap_or_default();
    let first = host.split('.').next().unwrap_or_default();
    let issuer = jwt.claims.get("iss").and_then(|issuer| issuer.as_str());
    let names = [host, first, issuer.unwrap_or_default()];
    let names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
    keys::weak(jwt, &names)
}

fn key(attempt: &mut Attempt<'_>, carrier: &Carrier, jwt: &Jwt) {
    let Some(key) = weak_key(attempt, jwt) else {
        return;
    };
    let shown = if key.is_empty() {
        "it is empty"
    } else {
        "it stands in lists that everybody has"
    };
    let story = Story {
        before: format!("the token in {} says {}", carrier.label(), jwt.algorithm()),
        attack: format!(
            "its signature was made again on this machine with a key from a short list: {shown}"
        ),
        after: String::new(),
    };
    let title = "Everybody can make tokens for any client: they are signed with a well-known key";
    let subject = format!("weak key {}", carrier.key());
    let span = &attempt.config.probe.span;
    attempt.found(finding(&codes::WEAK_KEY, span, title, subject, &story));
}

fn lifetime(attempt: &mut Attempt<'_>, carrier: &Carrier, jwt: &Jwt) {
    let now = attempt.sender.context.clock().wall().as_second();
    let begin = jwt.moment("iat").or(jwt.moment("nbf")).unwrap_or(now);
    let limit = attempt.config.lifetime;
    let (told, severity) = match jwt.moment("exp") {
        None => ("never ends".to_owned(), Severity::High),
        Some(end) => {
            let length = u64::try_from(end.saturating_sub(begin)).unwrap_or_default();
            if length <= limit.as_secs() {
                return;
            }
            (format!("is good for {}", days(length)), Severity::Medium)
        }
    };
    let label = carrier.label();
    let story = Story {
        before: String::new(),
        attack: format!(
            "the token in {label} {told}; the gate allows {}",
            days(limit.as_secs())
        ),
        after: String::new(),
    };
    let title = format!("The token in {label} {told}");
    let subject = format!("lifetime {}", carrier.key());
    let span = &attempt.config.probe.span;
    attempt.found(finding(&codes::LIFETIME, span, title, subject, &story).severity(severity));
}

fn days(seconds: u64) -> String {
    match (seconds / 86_400, seconds / 3600) {
        (0, 0) => format!("{} minutes", seconds / 60),
        (0, 1) => "1 hour".to_owned(),
        (0, hours) => format!("{hours} hours"),
        (1, _) => "1 day".to_owned(),
        (days, _) => format!("{days} days"),
    }
}

fn sensitive(attempt: &mut Attempt<'_>, carrier: &Carrier, jwt: &Jwt) {
    let is_sensitive = |name: &&String| {
        let words = words(name);
        let joined = words.concat();
        SENSITIVE.contains(&joined.as_str())
            || words.iter().any(|word| SENSITIVE.contains(&word.as_str()))
    };
    // The claims that OpenID Connect defines hold hashes of tokens, which tell nothing.
    let known = |name: &&String| !matches!(name.as_str(), "at_hash" | "c_hash" | "s_hash");
    let names: Vec<String> = jwt
        .claims
        .keys()
        .filter(is_sensitive)
        .filter(known)
        .take(5)
        .map(|name| format!("`{name}`"))
        .collect();
    if names.is_empty() {
        return;
    }
    let (names, label) = (names.join(", "), carrier.label());
    let story = Story {
        before: String::new(),
        attack: format!("the token in {label} holds the claims {names}, readable without a key"),
        after: String::new(),
    };
    let title = format!("Everybody who sees the token in {label} can read {names}");
    let subject = format!("claims {}", carrier.key());
    let span = &attempt.config.probe.span;
    attempt.found(finding(
        &codes::SENSITIVE_CLAIM,
        span,
        title,
        subject,
        &story,
    ));
}
