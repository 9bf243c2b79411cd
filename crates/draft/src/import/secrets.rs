//! Values that must not stand in a gate file: they become variables of the environment.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value as Json;
use tidegate_kinds::draft::{holds_secret, is_data, words};

use super::loose::{self, IN_ADDRESS, PAIRS};
use super::model::{Body, Draft, Step};
use super::values::{Spot, name_below, own_name, references, replace, visit_json, visit_request};

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
    &["jsessionid"],
    &["phpsessid"],
    &["sid"],
    &["cookie"],
    &["csrf"],
    &["xsrf"],
    &["bearer"],
    &["bypass"],
    &["passcode"],
    &["mfa"],
    &["signature"],
    &["assertion"],
];

/// How words end that are such names written together, as `accesstoken`.
const TOGETHER: &[&str] = &["token", "secret", "password", "passwd", "apikey"];

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

    /// How many different values are hidden.
    pub(crate) fn count(&self) -> usize {
        self.names.len()
    }

    /// Whether a name in kebab-case is made of a value that is hidden.
    pub(crate) fn spell(&self, name: &str) -> bool {
        let mut values = self.names.keys();
        values.any(|value| super::names::kebab(value, "user") == name)
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

/// The words of a name, without the numbers behind them, as in `password1`.
fn stems(name: &str) -> Vec<String> {
    let mut words = words(name);
    for word in &mut words {
        let stem = word.trim_end_matches(|last: char| last.is_ascii_digit());
        let length = stem.len();
        word.truncate(length);
    }
    words
}

/// Whether what stands under a name is a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let words = stems(name);
    let about = words.last().is_some_and(|last| ABOUT.contains(&&**last));
    let holds = |wanted: &&[&str]| words.windows(wanted.len()).any(|part| part == *wanted);
    let together = |word: &String| TOGETHER.iter().any(|end| word.ends_with(end));
    !about && (NAMES.iter().any(holds) || words.iter().any(together))
}

/// Whether what stands under a name is a secret where it is random.
pub(crate) fn is_generic(name: &str) -> bool {
    matches!(name.to_ascii_lowercase().as_str(), "code" | "sig")
        || words(name).last().is_some_and(|last| last == "key")
}

/// Whether a value is rather random.
pub(crate) fn is_random(value: &str) -> bool {
    value.len() >= 8 && is_data(value) && !value.contains(' ')
}

/// Whether a name is that of a password.
pub(crate) fn is_password(name: &str) -> bool {
    let words = stems(name);
    let is = |word: &String| ["password", "passwd", "pwd", "pass", "passphrase"].contains(&&**word);
    words.iter().any(is) && is_secret_name(name)
}

/// Whether a value is a choice, as in `auth: none` and `session: open`: a word too short for a secret, unless
/// people may have thought of it as one.
fn is_choice(name: &str, value: &str) -> bool {
    let short = value.chars().count() < TELLING && value.chars().all(char::is_alphabetic);
    let is_thought_of = |word: &String| word.ends_with("secret") || word == "passcode";
    short && !is_password(name) && !stems(name).iter().any(is_thought_of)
}

/// Whether a value is a secret under its name, or by its shape under any.
pub(crate) fn is_secret(name: &str, value: &str) -> bool {
    let named =
        (is_secret_name(name) && !is_choice(name, value)) || (is_generic(name) && is_random(value));
    !value.is_empty() && references(value).is_empty() && (named || holds_secret(value))
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
            expected(&mut secrets, step, &of);
        }
    }
    draft.secrets = secrets;
}

/// Whom a request logs in, where it has a name for it: `anna` for `anna@acme.example`.
pub(crate) fn user_of(step: &mut Step) -> Option<String> {
    const USERS: &[&str] = &["email", "mail", "username", "login", "user", "identifier"];
    let (mut user, mut passwords) = (None, Vec::new());
    visit_request(step, &mut |spot, text| {
        let Spot::Body(name) = spot else { return };
        if is_password(name) {
            passwords.push(super::names::kebab(text, "user"));
        }
        let words = words(name).concat();
        let names = USERS
            .iter()
            .any(|one| words == *one || words == format!("user{one}"));
        if names && user.is_none() && references(text).is_empty() {
            let local = text.split('@').next().unwrap_or_default();
            user = Some(super::names::kebab(local, "user"));
        }
    });
    // Somebody whose password is the own name has no name that may be shown.
    user.filter(|user| !passwords.is_empty() && !passwords.contains(user))
}

/// Passwords that are numbers become texts, so that a reference can stand for them.
fn numbers(step: &mut Step) {
    fn walk(json: &mut Json, name: &str) {
        match json {
            Json::Number(number) if is_secret_name(name) => *json = number.to_string().into(),
            Json::Array(elements) => elements.iter_mut().for_each(|one| walk(one, name)),
            Json::Object(entries) => {
                let own = own_name(entries, name);
                let name = own.as_deref().unwrap_or(name);
                for (key, one) in entries.iter_mut() {
                    walk(one, name_below(name, key));
                }
            }
            _ => {}
        }
    }
    if let Body::Json(json) = &mut step.body {
        walk(json, "");
    }
}

fn one(secrets: &mut Secrets, spot: Spot<'_>, text: &mut String, of: &str) {
    match spot {
        Spot::Path => in_path(secrets, text, of),
        Spot::Body("") => in_text(secrets, text, of, PAIRS, b"&"),
        Spot::Query(name) | Spot::Body(name) if is_secret(name, text) => {
            let called = called(name);
            let what = format!("the value of `{called}`");
            *text = secrets.reference(text, &format!("{of}{called}"), &what);
        }
        Spot::Header(name) if is_secret(name, text) && name != "content-type" => {
            let called = called(name);
            let name = format!("{of}{}", called.trim_start_matches("x-"));
            *text = secrets.reference(text, &name, &format!("the header `{called}`"));
        }
        _ if text.contains("://") => in_text(secrets, text, of, IN_ADDRESS, b"&;#,)' \t"),
        _ if !references(text).is_empty() && holds_secret(text) => shaped(secrets, text, of),
        _ => {}
    }
}

/// A name as that of a variable may repeat it: one that is a secret itself is not.
fn called(name: &str) -> &str {
    let telling = name.is_empty() || name.len() > 64 || holds_secret(name);
    if telling { "secret" } else { name }
}

/// Puts references for what stands behind names of secrets in a text without a form, and for keys in it.
fn in_text(secrets: &mut Secrets, text: &mut String, of: &str, signs: &[u8], ends: &[u8]) {
    let mut changed = String::with_capacity(text.len());
    let mut end = 0;
    for one in loose::named(text, signs, ends) {
        let value = &text[one.at.clone()];
        if value.replace("$${", "").contains("${") {
            continue;
        }
        let what = format!("the value of `{}`", one.name);
        changed.push_str(&text[end..one.at.start]);
        changed.push_str(&secrets.reference(value, &format!("{of}{}", one.name), &what));
        end = one.at.end;
    }
    changed.push_str(&text[end..]);
    *text = changed;
    if holds_secret(text) {
        shaped(secrets, text, of);
    }
}

/// Puts references for what is known as a key by its shape; for the whole text where its parts are none.
fn shaped(secrets: &mut Secrets, text: &mut String, of: &str) {
    const WHAT: &str = "a key in a text";
    let name = format!("{of}secret");
    let between = |letter: char| !letter.is_ascii_graphic() || "\"'<>{}$,;&=".contains(letter);
    let parts = text.split(between).filter(|part| holds_secret(part));
    for part in parts.map(str::to_owned).collect::<Vec<_>>() {
        let reference = secrets.reference(&part, &name, WHAT);
        replace(text, &part, &reference);
    }
    if holds_secret(text) {
        *text = secrets.reference(text, &name, WHAT);
    }
}

/// Puts references for keys in a path, for what stands below the name of a secret, and for pairs at its end.
fn in_path(secrets: &mut Secrets, text: &mut String, of: &str) {
    let mut hidden = Vec::new();
    let mut before = "";
    for part in text.split('?').next().unwrap_or_default().split('/') {
        let may = part.len() >= 12 && references(part).is_empty();
        if may && (holds_secret(part) || (is_secret_name(before) && is_data(part))) {
            hidden.push(part.to_owned());
        }
        before = part;
    }
    for part in hidden {
        let reference = secrets.reference(&part, "path-token", "a key in a path");
        replace(text, &part, &reference);
    }
    in_text(secrets, text, of, IN_ADDRESS, b"&;/?#");
}

/// Puts references for secrets that an answer must have.
fn expected(secrets: &mut Secrets, step: &mut Step, of: &str) {
    for (part, value) in &mut step.expect.parts {
        let subjects = match value {
            Json::Object(subjects) if ["headers", "cookies", "json"].contains(&part.as_str()) => {
                subjects
            }
            whole => {
                visit_json(whole, "", &mut |_, text| {
                    in_text(secrets, text, of, PAIRS, b"&");
                });
                continue;
            }
        };
        for (subject, predicates) in subjects.iter_mut() {
            let mut names = subject.rsplit(['.', '[', ']', '\'']);
            let subject = names.find(|name| !name.is_empty()).unwrap_or_default();
            visit_json(predicates, "", &mut |name, text| {
                let named = [name, subject].into_iter().any(is_secret_name);
                let is_own = (named && is_data(text)) || holds_secret(text);
                if is_own && references(text).is_empty() {
                    let called = format!("{of}{}", called(subject));
                    *text = secrets.reference(text, &called, "what an answer must have");
                }
            });
        }
    }
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
            "accesstoken",
            "password2",
            "JSESSIONID",
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
    fn a_short_word_is_a_choice_unless_people_think_of_secrets() {
        for (name, value) in [
            ("password", "abc"),
            ("client_secret", "dev"),
            ("pin", "1234"),
            ("session", "a1b2c"),
            ("token", "abcdef"),
        ] {
            assert!(is_secret(name, value), "{name}: {value}");
        }
        for (name, value) in [
            ("auth", "none"),
            ("x-session-state", "open"),
            ("mfa", "sms"),
        ] {
            assert!(!is_secret(name, value), "{name}: {value}");
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
