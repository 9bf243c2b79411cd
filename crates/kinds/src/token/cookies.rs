//! How the cookies of a session are set.

use std::net::IpAddr;

use tidegate_core::meta::Severity;
use tidegate_core::ports::http::{Cookie, Purpose};
use url::Url;

use super::carrier;
use super::codes;
use super::findings::finding;
use super::jwt::Jwt;
use super::run::{Attempt, Person};
use crate::attack::Story;
use crate::hosts;
use crate::naming::words;

/// The longest that a session cookie should stay, in seconds: 90 days.
const LONGEST: i64 = 90 * 86_400;

/// Words in the names of cookies that prove who somebody is.
const TELLING: &[&str] = &[
    "session",
    "sessionid",
    "sess",
    "sid",
    "token",
    "auth",
    "jwt",
    "refresh",
    "remember",
    "connect",
];

/// Words in the names of cookies that scripts have to read.
const FOR_SCRIPTS: &[&str] = &["csrf", "xsrf", "csrftoken", "verifier", "nonce"];

/// Looks at the cookies that a login set.
pub(super) fn run(attempt: &mut Attempt<'_>, person: &Person<'_>) {
    let held = attempt.sender.http.cookies(person.session);
    let address = attempt.sender.context.environment().url.value.clone();
    let Ok(home) = Url::parse(&address) else {
        return;
    };
    let of_the_session = held
        .iter()
        .filter(|cookie| is_of_the_session(cookie, person));
    for cookie in of_the_session.take(carrier::MOST) {
        attempt.report.evaluated += 3;
        flags(attempt, cookie, home.scheme() == "https");
        scope(attempt, cookie, home.host_str().unwrap_or_default());
        // A signed token has an end of its own, which is judged by itself.
        let is_signed = Jwt::read(cookie.value.expose()).is_ok();
        if !is_signed && !is_meant_to_stay(&cookie.name) {
            lifetime(attempt, cookie);
        }
    }
    in_address(attempt, person);
}

/// Whether a cookie opens the probe, or has the name of one that proves who somebody is.
fn is_of_the_session(cookie: &Cookie, person: &Person<'_>) -> bool {
    let opens = person
        .openers
        .iter()
        .any(|opener| opener.carrier.is_cookie && opener.carrier.name == cookie.name);
    let words = words(&cookie.name);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    !has(FOR_SCRIPTS) && (opens || has(TELLING))
}

/// Whether a cookie by its name is there to be remembered by.
fn is_meant_to_stay(name: &str) -> bool {
    let words = words(name);
    words
        .iter()
        .any(|word| ["remember", "device", "trusted"].contains(&word.as_str()))
}

fn flags(attempt: &mut Attempt<'_>, cookie: &Cookie, is_secure: bool) {
    let same_site = cookie.attribute("samesite").flatten().unwrap_or_default();
    let mut missing = Vec::new();
    let mut severity = Severity::Low;
    if cookie.attribute("httponly").is_none() {
        missing.push("HttpOnly");
        severity = Severity::Medium;
    }
    if is_secure && cookie.attribute("secure").is_none() {
        missing.push("Secure");
        severity = Severity::Medium;
    }
    if same_site.is_empty() {
        missing.push("SameSite");
    }
    let name = &cookie.name;
    if same_site.eq_ignore_ascii_case("none") {
        attempt.note(format!("The session cookie `{name}` is sent with requests that other sites cause (SameSite=None); that is only needed when the portal is shown inside of them."));
    }
    if missing.is_empty() {
        return;
    }
    let flags = missing.join(", ");
    let story = Story {
        before: String::new(),
        attack: format!("the login set `{name}` with {}", attributes(cookie)),
        after: String::new(),
    };
    let title = format!("The session cookie `{name}` is set without {flags}");
    let span = &attempt.config.probe.span;
    let finding = finding(
        &codes::COOKIE_FLAGS,
        span,
        title,
        format!("cookie {name}"),
        &story,
    );
    attempt.found(finding.severity(severity));
}

/// The attributes of a cookie, for people.
fn attributes(cookie: &Cookie) -> String {
    let shown: Vec<String> = cookie
        .attributes
        .iter()
        .map(|(name, value)| match value {
            Some(value) => format!("{name}={value}"),
            None => name.clone(),
        })
        .collect();
    if shown.is_empty() {
        "no attributes".to_owned()
    } else {
        shown.join("; ")
    }
}

/// Where a cookie with a `Domain` goes beside the host that set it.
#[derive(Debug, PartialEq, Eq)]
enum Reach {
    /// To hosts of the same owner below this domain.
    Siblings(String),
    /// To hosts of strangers below this domain.
    Strangers(String),
}

impl Reach {
    fn of(domain: &str, host: &str) -> Option<Self> {
        let domain = domain.trim_start_matches('.').to_ascii_lowercase();
        if domain.is_empty() || host.parse::<IpAddr>().is_ok() || host == "localhost" {
            None
        } else if hosts::is_shared(&domain) {
            Some(Self::Strangers(domain))
        } else {
            Some(Self::Siblings(domain))
        }
    }
}

fn scope(attempt: &mut Attempt<'_>, cookie: &Cookie, host: &str) {
    let Some(domain) = cookie.attribute("domain").flatten() else {
        return;
    };
    let Some(reach) = Reach::of(domain, host) else {
        return;
    };
    let name = &cookie.name;
    let (title, severity) = match &reach {
        Reach::Strangers(domain) => (
            format!(
                "The session cookie `{name}` is meant for all of {domain}, where strangers have their hosts too"
            ),
            Severity::Medium,
        ),
        Reach::Siblings(domain) => (
            format!("The session cookie `{name}` goes to {domain} and every host below it"),
            Severity::Low,
        ),
    };
    let story = Story {
        before: String::new(),
        attack: format!(
            "the login on {host} set `{name}` with {}",
            attributes(cookie)
        ),
        after: String::new(),
    };
    let span = &attempt.config.probe.span;
    let finding = finding(
        &codes::COOKIE_SCOPE,
        span,
        title,
        format!("cookie {name}"),
        &story,
    );
    attempt.found(finding.severity(severity));
}

fn lifetime(attempt: &mut Attempt<'_>, cookie: &Cookie) {
    let now = attempt.sender.context.clock().wall();
    let most = cookie
        .attribute("max-age")
        .flatten()
        .and_then(|text| text.parse::<i64>().ok());
    let until = cookie.attribute("expires").flatten().and_then(|text| {
        let text = text.replace('-', " ");
        jiff::fmt::rfc2822::parse(&text).ok()
    });
    let until = until.map(|end| end.timestamp().as_second() - now.as_second());
    // Max-Age counts when both are there (RFC 6265, 5.3).
    let Some(length) = most.or(until).filter(|length| *length > LONGEST) else {
        return;
    };
    let name = &cookie.name;
    let days = length / 86_400;
    let story = Story {
        before: String::new(),
        attack: format!("the login set `{name}` for {days} days"),
        after: String::new(),
    };
    let title = format!("The session cookie `{name}` stays in the browser for {days} days");
    // The number changes from day to day when the cookie names a date.
    let subject = format!("cookie {name}");
    let span = &attempt.config.probe.span;
    attempt.found(finding(
        &codes::COOKIE_LIFETIME,
        span,
        title,
        subject,
        &story,
    ));
}

/// Looks for tokens in the addresses of the login.
fn in_address(attempt: &mut Attempt<'_>, person: &Person<'_>) {
    let Ok(exchanges) = attempt.sender.context.exchanges() else {
        return;
    };
    let recorded = exchanges.recorded();
    let of_the_login = recorded.iter().filter(|exchange| {
        exchange.purpose == Purpose::Login && exchange.identity.as_ref() == Some(person.name)
    });
    let holds = |exchange: &&std::sync::Arc<tidegate_core::exchange::Exchange>| {
        let location = exchange.response_header("location").unwrap_or_default();
        holds_token(location) || holds_token(&exchange.url)
    };
    let Some(found) = of_the_login.into_iter().find(holds) else {
        return;
    };
    let name = format!("{} {}", found.method, found.route);
    let story = Story {
        before: String::new(),
        attack: format!(
            "{name} as {}: led to an address with a token in it",
            person.name
        ),
        after: String::new(),
    };
    let title = format!("The login ({name}) puts a token into the address");
    let subject = format!("{name} token in address");
    let span = &attempt.config.probe.span;
    attempt.found(finding(&codes::IN_URL, span, title, subject, &story));
}

/// Whether an address has a parameter that is a token by its name.
fn holds_token(address: &str) -> bool {
    const NAMES: &[&str] = &[
        "token",
        "access_token",
        "accesstoken",
        "id_token",
        "refresh_token",
        "jwt",
        "session",
        "sid",
        "sessionid",
        "auth_token",
    ];
    let parameters = address.split_once(['?', '#']).map_or("", |(_, rest)| rest);
    parameters.split(['&', '#', '?', ';']).any(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        NAMES.contains(&name.to_ascii_lowercase().as_str()) && value.len() >= 6
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_reaches_siblings_and_strangers_and_on_loopback_nobody() {
        let reach = |domain: &str, host: &str| Reach::of(domain, host);
        assert_eq!(
            reach(".Acme.example", "portal.acme.example"),
            Some(Reach::Siblings("acme.example".into()))
        );
        assert_eq!(
            reach("vercel.app", "acme-portal.vercel.app"),
            Some(Reach::Strangers("vercel.app".into()))
        );
        assert_eq!(reach("127.0.0.1", "127.0.0.1"), None);
        assert_eq!(reach("localhost", "localhost"), None);
        assert_eq!(reach("", "portal.acme.example"), None);
    }

    #[test]
    fn tokens_in_addresses_are_seen() {
        for address in [
            "/home?token=abcdefgh",
            "https://a.example/cb#access_token=abcdefgh&x=1",
            "/x?a=1&jwt=abcdefgh",
        ] {
            assert!(holds_token(address), "{address}");
        }
        for address in [
            "/home",
            "/home?code=abcdefgh",
            "/x?token=",
            "/token=abcdefgh",
            "/x?csrf_token=abcdefgh",
        ] {
            assert!(!holds_token(address), "{address}");
        }
    }
}
