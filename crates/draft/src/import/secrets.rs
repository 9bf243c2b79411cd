//! Values that must not stand in a gate file: they become variables of the environment.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value as Json;
use tidegate_kinds::draft::{holds_secret, is_data, words};

use super::model::{Body, Draft, Step};
use super::values::{Spot, references, replace, visit, visit_json, visit_request};

/// From how many characters on a value is replaced wherever it stands, and not only where it was found.
const TELLING: usize = 6;

/// Names that a secret has, as their words.
const NAMES: &[&[&str]] = &[
    &["password"],
    &["passwd"],
    &["passphrase"],
    &["pwd"],
    &["pass"],
    &["secret"],
    &["token"],
    &["apikey"],
    &["api", "key"],
    &["access", "key"],
    &["auth", "key"],
    &["secret", "key"],
    &["private", "key"],
    &["subscription", "key"],
    &["functions", "key"],
    &["jwt"],
    &["otp"],
    &["totp"],
    &["pin"],
    &["credential"],
    &["credentials"],
    &["authorization"],
    &["auth"],
    &["session"],
    &["sessionid"],
    &["sid"],
    &["cookie"],
    &["csrf"],
    &["xsrf"],
    &["csrfmiddlewaretoken"],
    &["signature"],
    &["assertion"],
];

/// Last words of names that speak about a secret and hold none.
const ABOUT: &[&str] = &[
    "type", "expires", "in", "name", "count", "length", "limit", "hint", "url", "uri", "field",
    "policy", "enabled", "required", "method", "mode", "version", "strength", "changed", "at",
];

/// The secrets that a gate file names instead of having them.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    names: HashMap<String, String>,
    needed: BTreeMap<String, Needed>,
}

/// A variable that has to be set before the gate runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// Its name.
    pub name: String,
    /// What it is, as the end of a sentence.
    pub what: String,
    /// Whether the value that the file has is too short to be kept out of reports.
    pub short: bool,
}

impl Secrets {
    /// The reference that stands for a value, by a name that is free.
    pub(crate) fn reference(&mut self, value: &str, name: &str, what: &str) -> String {
        if let Some(known) = self.names.get(value) {
            return format!("${{{known}}}");
        }
        let name = self.free(&upper(name));
        self.names.insert(value.to_owned(), name.clone());
        self.add(&name, what, value.chars().count() < TELLING);
        format!("${{{name}}}")
    }

    /// A variable that the file names, with a value that must not be shown.
    pub(crate) fn named(&mut self, value: &str, name: &str, what: &str) {
        self.names
            .entry(value.to_owned())
            .or_insert_with(|| name.to_owned());
        self.add(name, what, value.chars().count() < TELLING);
    }

    /// A variable that the file names without a value.
    pub(crate) fn unknown(&mut self, name: &str, what: &str) {
        if !self.needed.contains_key(name) {
            self.add(name, what, false);
        }
    }

    /// Whether a variable is one of the secrets.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.needed.contains_key(name)
    }

    /// What has to be set, by name.
    pub(crate) fn needed(&self) -> impl Iterator<Item = &Needed> {
        self.needed.values()
    }

    /// Forgets what no reference names.
    pub(crate) fn keep(&mut self, named: &dyn Fn(&str) -> bool) {
        self.needed.retain(|name, _| named(name));
    }

    /// The values, the longest first, that must not be in any text.
    pub(crate) fn values(&self) -> Vec<(&str, &str)> {
        let all = self.names.iter();
        let mut values: Vec<_> = all
            .filter(|(value, _)| value.chars().count() >= TELLING)
            .map(|(value, name)| (value.as_str(), name.as_str()))
            .collect();
        values.sort_unstable_by_key(|(value, _)| (std::cmp::Reverse(value.len()), *value));
        values
    }

    fn add(&mut self, name: &str, what: &str, short: bool) {
        let needed = Needed {
            name: name.to_owned(),
            what: what.to_owned(),
            short,
        };
        self.needed.insert(name.to_owned(), needed);
    }

    fn free(&self, name: &str) -> String {
        let mut numbered = (2..).map(|number| format!("{name}_{number}"));
        let mut free = name.to_owned();
        while self.needed.contains_key(&free) {
            free = numbered.next().unwrap_or_default();
        }
        free
    }
}

/// A name as that of a variable of the environment.
pub(crate) fn upper(name: &str) -> String {
    let name = words(name).join("_").to_ascii_uppercase();
    let name: String = name
        .chars()
        .filter(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || *letter == '_')
        .take(48)
        .collect();
    match name.trim_matches('_') {
        "" => "SECRET".to_owned(),
        name if name.starts_with(|first: char| first.is_ascii_digit()) => format!("VALUE_{name}"),
        name => name.to_owned(),
    }
}

/// Whether what stands under a name is a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let words = words(name);
    let about = words.last().is_some_and(|last| ABOUT.contains(&&**last));
    let holds = |wanted: &&[&str]| words.windows(wanted.len()).any(|part| part == *wanted);
    !about && NAMES.iter().any(holds)
}

/// Whether a name is that of a password.
pub(crate) fn is_password(name: &str) -> bool {
    let words = words(name);
    let is = |word: &String| ["password", "passwd", "pwd", "pass", "passphrase"].contains(&&**word);
    words.iter().any(is) && is_secret_name(name)
}

/// Whether a value is a secret under its name, or by its shape under any.
fn is_secret(name: &str, value: &str) -> bool {
    if value.is_empty() || value.len() > 16 * 1024 {
        return false;
    }
    let literal = references(value).is_empty();
    let generic = matches!(name.to_ascii_lowercase().as_str(), "code" | "sig")
        || words(name).last().is_some_and(|last| last == "key");
    let random = value.len() >= 8 && is_data(value) && !value.contains(' ');
    literal && (is_secret_name(name) || (generic && random) || holds_secret(value))
}

/// Puts references for every secret of a draft, wherever it stands.
pub(crate) fn hide(draft: &mut Draft) {
    let mut secrets = std::mem::take(&mut draft.secrets);
    for journey in &mut draft.journeys {
        for step in &mut journey.steps {
            numbers(step);
            let on = step.target.on.clone();
            let of = user_of(step).or(on).map(|of| format!("{of}-"));
            let of = of.unwrap_or_default();
            visit_request(step, &mut |spot, text| one(&mut secrets, spot, text, &of));
        }
    }
    draft.secrets = secrets;
}

/// Whom a request logs in, where it has a name for it: `anna` for `anna@acme.example`.
pub(crate) fn user_of(step: &mut Step) -> Option<String> {
    const USERS: &[&str] = &["email", "mail", "username", "login", "user", "identifier"];
    let (mut user, mut logs_in) = (None, false);
    visit_request(step, &mut |spot, text| {
        let Spot::Body(name) = spot else { return };
        logs_in |= is_password(name);
        let words = words(name).concat();
        let names = USERS
            .iter()
            .any(|one| words == *one || words == format!("user{one}"));
        if names && user.is_none() && references(text).is_empty() {
            let local = text.split('@').next().unwrap_or_default();
            user = Some(super::names::kebab(local, "user"));
        }
    });
    user.filter(|_| logs_in)
}

/// Passwords that are numbers become texts, so that a reference can stand for them.
fn numbers(step: &mut Step) {
    fn walk(json: &mut Json, name: &str) {
        match json {
            Json::Number(number) if is_secret_name(name) => *json = number.to_string().into(),
            Json::Array(elements) => elements.iter_mut().for_each(|one| walk(one, name)),
            Json::Object(entries) => entries.iter_mut().for_each(|(key, one)| walk(one, key)),
            _ => {}
        }
    }
    if let Body::Json(json) = &mut step.body {
        walk(json, "");
    }
}

fn one(secrets: &mut Secrets, spot: Spot<'_>, text: &mut String, of: &str) {
    match spot {
        Spot::Query(name) | Spot::Body(name) if is_secret(name, text) => {
            let called = if name.is_empty() { "secret" } else { name };
            *text = secrets.reference(
                text,
                &format!("{of}{called}"),
                &format!("the value of `{name}`"),
            );
        }
        Spot::Header(name) if is_secret(name, text) && name != "content-type" => {
            let called = name.trim_start_matches("x-");
            *text = secrets.reference(
                text,
                &format!("{of}{called}"),
                &format!("the header `{name}`"),
            );
        }
        Spot::Path => {
            let hidden: Vec<String> = text
                .split('/')
                .filter(|part| {
                    part.len() >= 12 && references(part).is_empty() && holds_secret(part)
                })
                .map(str::to_owned)
                .collect();
            for part in hidden {
                let reference = secrets.reference(&part, "path-token", "a key in a path");
                replace(text, &part, &reference);
            }
        }
        _ => {}
    }
}

/// Puts references for known secrets wherever else they stand.
pub(crate) fn everywhere(draft: &mut Draft) {
    let secrets = std::mem::take(&mut draft.secrets);
    let known = secrets.values();
    let all = |text: &mut String| {
        for (value, name) in &known {
            replace(text, value, &format!("${{{name}}}"));
        }
    };
    for journey in &mut draft.journeys {
        for step in &mut journey.steps {
            visit(step, &mut |_, text| all(text));
        }
    }
    for identity in &mut draft.identities {
        for value in identity.credential.values_mut() {
            visit_json(value, "", &mut |_, text| all(text));
        }
    }
    draft.secrets = secrets;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_told_from_names_about_them() {
        for secret in [
            "password",
            "newPassword",
            "X-API-Key",
            "access_token",
            "csrfmiddlewaretoken",
            "sid",
            "client_secret",
            "Authorization",
            "X-CSRF-Token",
            "refreshToken",
        ] {
            assert!(is_secret_name(secret), "{secret}");
        }
        for plain in [
            "token_type",
            "title",
            "passenger",
            "password_hint",
            "tokenExpiresIn",
            "keyboard",
            "author",
        ] {
            assert!(!is_secret_name(plain), "{plain}");
        }
    }

    #[test]
    fn a_value_has_one_name_and_a_name_one_value() {
        let mut secrets = Secrets::default();
        assert_eq!(
            secrets.reference("first-value", "x-api-key", "a key"),
            "${X_API_KEY}"
        );
        assert_eq!(
            secrets.reference("first-value", "other", "a key"),
            "${X_API_KEY}"
        );
        assert_eq!(
            secrets.reference("second", "x-api-key", "a key"),
            "${X_API_KEY_2}"
        );
    }
}
