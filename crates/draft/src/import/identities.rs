//! Who sends the requests: logins that are recognised, and credentials that requests carry.

mod login;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value as Json, json};
use tidegate_core::template::{escape, is_value_name};
use tidegate_kinds::draft::{holds_secret, is_data};

use super::model::{Auth, Draft, Identity, LeftOut, Step};
use super::names::{free, kebab};
use super::secrets::Secrets;
use super::values::references;

pub(crate) use login::{is_login, logins};

/// Cookies that measure visitors or remember their consent, by how their names begin.
const MEASURING: &[&str] = &[
    "_ga",
    "_gid",
    "_gcl",
    "_fbp",
    "_fbc",
    "_hj",
    "_clck",
    "_clsk",
    "ajs_",
    "amplitude",
    "intercom-",
    "mp_",
    "optimizely",
    "hubspot",
    "__hs",
    "_pk_",
    "cookieconsent",
    "cookie_consent",
    "ph_",
    "__cf_bm",
    "_cfuvid",
    "OptanonConsent",
    "CookieConsent",
    "_uetsid",
    "_uetvid",
    "__stripe",
];

/// Takes what proves who sends a request out of its headers.
pub(crate) fn take(step: &mut Step, left: &mut Vec<LeftOut>) {
    let mut cookies = Vec::new();
    let headers = std::mem::take(&mut step.headers);
    for (name, value) in headers {
        match name.as_str() {
            "authorization" if step.auth.is_none() => step.auth = Some(authorization(&value)),
            "authorization" => left.push(LeftOut::new(
                &step.place,
                "a header `authorization`",
                "the request has another credential, and an identity has one",
            )),
            "cookie" => cookies.extend(pairs(&value)),
            _ => step.headers.push((name, value)),
        }
    }
    let (measuring, cookies): (Vec<_>, Vec<_>) = cookies
        .into_iter()
        .partition(|(name, _)| MEASURING.iter().any(|begin| name.starts_with(begin)));
    if !measuring.is_empty() {
        left.push(LeftOut::new(
            &step.place,
            format!("the cookies {}", names(&measuring)),
            "they measure visitors",
        ));
    }
    if cookies.is_empty() {
        return;
    }
    match step.auth {
        None => step.auth = Some(Auth::Cookies(cookies)),
        Some(_) => left.push(LeftOut::new(
            &step.place,
            format!("the cookies {}", names(&cookies)),
            "the request has another credential, and an identity has one",
        )),
    }
}

fn names(cookies: &[(String, String)]) -> String {
    let names: Vec<&str> = cookies.iter().map(|(name, _)| name.as_str()).collect();
    names.join(", ")
}

/// The pairs of a `Cookie` header.
pub(crate) fn pairs(header: &str) -> Vec<(String, String)> {
    let parts = header
        .split(';')
        .filter_map(|part| part.trim().split_once('='));
    parts
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .filter(|(name, _)| !name.is_empty())
        .collect()
}

/// What a header `Authorization` says.
fn authorization(value: &str) -> Auth {
    let (scheme, rest) = value.trim().split_once(' ').unwrap_or(("", value));
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Auth::Bearer(rest.trim().to_owned()),
        "basic" => basic(rest.trim()).unwrap_or_else(|| Auth::Other(value.to_owned())),
        _ => Auth::Other(value.to_owned()),
    }
}

fn basic(encoded: &str) -> Option<Auth> {
    let decoded = BASE64_STANDARD.decode(encoded).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (user, password) = text.split_once(':')?;
    Some(Auth::Basic {
        user: escape(user),
        password: escape(password),
    })
}

/// Whether a text names a capture, which only the flow that takes it knows.
pub(crate) fn of_flow(text: &str) -> bool {
    references(text).iter().any(|name| is_value_name(name))
}

/// Makes identities of the credentials that requests carry.
pub(crate) fn credentials(draft: &mut Draft) {
    let mut secrets = std::mem::take(&mut draft.secrets);
    let mut taken: BTreeSet<String> = draft
        .identities
        .iter()
        .map(|one| one.name.clone())
        .collect();
    let mut known: Vec<(Auth, String)> = Vec::new();
    let mut identities = Vec::new();
    for journey in &mut draft.journeys {
        for step in &mut journey.steps {
            let Some(auth) = step.auth.take() else {
                continue;
            };
            if let Some((_, name)) = known.iter().find(|(other, _)| *other == auth) {
                step.identity = Some(name.clone());
                continue;
            }
            // A credential of another origin goes with the request: an identity's is shown to the portal.
            let settings = matches!(&auth, Auth::Cookies(all) if all.iter().all(|(name, value)| is_setting(name, value)));
            if step.target.on.is_some() || flows(&auth) || settings {
                explicit(step, auth, &mut secrets);
                continue;
            }
            let name = match &auth {
                Auth::Basic { user, password } if !is_key(user) && user != password => {
                    kebab(user, "user")
                }
                _ => "user".to_owned(),
            };
            let name = match secrets.spell(&name) {
                true => "user".to_owned(),
                false => name,
            };
            let name = free(&name, &mut taken, "-");
            let Some(credential) = credential(&auth, &name, &mut secrets) else {
                continue;
            };
            identities.push(Identity {
                name: name.clone(),
                credential,
                notes: Vec::new(),
            });
            step.identity = Some(name.clone());
            known.push((auth, name));
        }
    }
    draft.identities.extend(identities);
    draft.secrets = secrets;
}

/// Whether a credential needs what a flow captured.
fn flows(auth: &Auth) -> bool {
    match auth {
        Auth::Basic { user, password } => of_flow(user) || of_flow(password),
        Auth::Bearer(text) | Auth::Other(text) => of_flow(text),
        Auth::Cookies(cookies) => cookies.iter().any(|(_, value)| of_flow(value)),
        Auth::Session(_) => false,
    }
}

/// A user that is rather a key.
fn is_key(user: &str) -> bool {
    holds_secret(user) || (is_data(user) && user.len() >= 16) || !references(user).is_empty()
}

fn credential(auth: &Auth, name: &str, secrets: &mut Secrets) -> Option<Map<String, Json>> {
    let mut hide = |value: &str, called: &str, what: &str| match references(value).is_empty() {
        true => secrets.reference(value, &format!("{name}-{called}"), what),
        false => value.to_owned(),
    };
    let (key, value) = match auth {
        Auth::Basic { user, password } => {
            let user = match is_key(user) {
                true => hide(user, "key", "the user of the basic authentication, a key"),
                false => user.clone(),
            };
            let password = match password.as_str() {
                "" => String::new(),
                password => hide(
                    password,
                    "password",
                    "the password of the basic authentication",
                ),
            };
            ("basic", json!({ "user": user, "password": password }))
        }
        Auth::Bearer(token) => ("bearer", hide(token, "token", "the bearer token").into()),
        Auth::Other(value) => {
            let (scheme, rest) = value.split_once(' ').unwrap_or(("", value));
            let rest = hide(rest, "authorization", "the header `authorization`");
            let whole = format!("{scheme} {rest}");
            ("headers", json!({ "authorization": whole.trim() }))
        }
        Auth::Cookies(cookies) => {
            let cookies = cookies.iter().map(|(cookie, value)| {
                let value = match is_setting(cookie, value) {
                    true => value.clone(),
                    false => hide(value, cookie, &format!("the cookie `{cookie}`")),
                };
                (cookie.clone(), Json::from(value))
            });
            ("cookies", Json::Object(cookies.collect()))
        }
        Auth::Session(_) => return None,
    };
    Some(Map::from_iter([(key.to_owned(), value)]))
}

/// A cookie that holds a choice, such as a theme or a language.
fn is_setting(name: &str, value: &str) -> bool {
    value.len() <= 8 && !super::secrets::is_secret_name(name) && !is_data(value)
}

/// Sends a credential as headers of the request itself.
fn explicit(step: &mut Step, auth: Auth, secrets: &mut Secrets) {
    let of = step
        .target
        .on
        .clone()
        .unwrap_or_else(|| "portal".to_owned());
    let mut hide =
        |value: &str, called: &str| match value.is_empty() || !references(value).is_empty() {
            true => value.to_owned(),
            false => secrets.reference(
                value,
                &format!("{of}-{called}"),
                &format!("the {called} of `{of}`"),
            ),
        };
    let (name, value) = match auth {
        Auth::Bearer(token) => ("authorization", format!("Bearer {}", hide(&token, "token"))),
        Auth::Other(value) => {
            let (scheme, rest) = value.split_once(' ').unwrap_or(("", &value));
            let whole = format!("{scheme} {}", hide(rest, "authorization"));
            ("authorization", whole.trim().to_owned())
        }
        Auth::Basic { user, password } => {
            let encoded = BASE64_STANDARD.encode(format!("{user}:{password}"));
            match flows(&Auth::Bearer(format!("{user}{password}"))) {
                true => {
                    step.notes.push("Basic authentication with what an earlier step captured cannot be sent: make it an identity.".to_owned());
                    return;
                }
                false => (
                    "authorization",
                    format!("Basic {}", hide(&encoded, "basic")),
                ),
            }
        }
        Auth::Cookies(cookies) => {
            let cookies = cookies
                .iter()
                .map(|(name, value)| match is_setting(name, value) {
                    true => format!("{name}={value}"),
                    false => format!("{name}={}", hide(value, name)),
                });
            ("cookie", cookies.collect::<Vec<_>>().join("; "))
        }
        Auth::Session(_) => return,
    };
    step.headers.push((name.to_owned(), value));
}
