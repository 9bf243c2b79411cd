//! What a value says about itself, without the value.

mod entropy;
mod host;
mod jwt;
mod link;
mod name;
mod recognise;

use serde::{Deserialize, Serialize};

use super::print::{Key, Print};

pub(super) use host::{HostSort, hosts_of};
pub(super) use name::{
    holds_bind_address, is_analytics, is_cors_list, is_debug, is_forbidden_in_public,
    is_mode_switch, is_public, is_redirect, is_sentry_environment, never_called, says_address,
    says_other_environment, says_test, tokens,
};
use recognise::recognise;

/// Whether a value may be shown to everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Class {
    /// No key at all, as far as its looks tell.
    Plain,
    /// A key that is public by design.
    Public,
    /// Public by design, and dangerous without restrictions that cannot be seen from here.
    Depends,
    /// For the owner's eyes only.
    Secret,
}

/// Which world a key belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Mode {
    /// Real money, real data.
    Live,
    /// The provider's sandbox.
    Test,
    /// The key does not say.
    Unsaid,
}

/// A word that switches something or names an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Word {
    /// `true`, `1`, `yes`, `on`, `*`
    On,
    /// `false`, `0`, `no`, `off`, nothing
    Off,
    /// `production` and its short forms
    Production,
    /// `staging` and its short forms
    Staging,
    /// `preview`
    Preview,
    /// `development`, `local` and their short forms
    Local,
    /// `test`, `testing`
    Test,
}

/// What a value says about itself, without the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Facts {
    /// What it is, as people call it.
    pub(super) what: String,
    /// Whether it may be shown.
    pub(super) class: Class,
    /// Which world it belongs to.
    pub(super) mode: Mode,
    /// Whether it opens everything: payments, a service key, a database.
    pub(super) powerful: bool,
    /// Whether it is nothing at all.
    pub(super) empty: bool,
    /// The hosts it names, by sort.
    pub(super) hosts: Vec<HostSort>,
    /// Whether it is a host and nothing else: it may be an address to listen at, or no host at all.
    pub(super) bare_host: bool,
    /// The database it leads to.
    pub(super) database: Option<Database>,
    /// The project it belongs to.
    pub(super) project: Option<Project>,
    /// Which of a payment provider's two keys it is.
    pub(super) pair: Option<Pair>,
    /// Whether its issuer is `supabase-demo`.
    pub(super) demo: bool,
    /// The word it is.
    pub(super) word: Option<Word>,
    /// The fingerprint of the whole value; none for what can be guessed.
    pub(super) print: Option<Print>,
}

/// A database that a value leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Database {
    /// Host, port and name of it.
    pub(super) print: Print,
    /// Whether its address may mean another machine in another network.
    pub(super) private: bool,
}

/// A project at a provider of a whole back end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Project {
    /// `Supabase` or `Firebase`.
    pub(super) provider: String,
    /// Its id.
    pub(super) print: Print,
    /// Whether the value is its address, so that a key can be held against it.
    pub(super) address: bool,
    /// Whether the value gives all rights over it.
    pub(super) service: bool,
}

/// The two keys of Stripe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Pair {
    /// `pk_`
    Publishable,
    /// `sk_`, `rk_`
    Secret,
}

impl Facts {
    /// What the value of a variable says.
    pub(super) fn of(name: &str, value: &str, key: &Key) -> Self {
        if is_reference(value) {
            return Self {
                what: "reference to another variable".into(),
                ..Self::blank()
            };
        }
        let value = entropy::normalised(value);
        if value.is_empty() {
            return Self::empty();
        }
        let word = word(&value);
        let known = recognise(&value);
        let link = link::Link::read(&value);
        let token = jwt::claims(&value);
        let hosts = host::hosts_of(&value);
        let class = class(name, &value, known.as_ref());
        let comparable = word.is_none() && entropy::comparable(&value, known.is_some(), &link);
        Self {
            what: what(&value, known.as_ref(), link.as_ref(), class),
            class,
            mode: known.as_ref().map_or(Mode::Unsaid, |known| known.mode),
            powerful: known.as_ref().is_some_and(|known| known.powerful),
            bare_host: host::is_bare(&value),
            hosts,
            database: link.as_ref().and_then(|link| link.database(key)),
            project: project(&value, link.as_ref(), token.as_ref(), key),
            pair: pair(&value),
            demo: token.is_some_and(|token| token.issuer.as_deref() == Some("supabase-demo")),
            word,
            print: comparable.then(|| {
                let class = known.map_or("text", |known| known.slug);
                key.print(class, &value)
            }),
            empty: false,
        }
    }

    fn blank() -> Self {
        Self {
            what: "text".into(),
            class: Class::Plain,
            mode: Mode::Unsaid,
            powerful: false,
            empty: false,
            hosts: Vec::new(),
            bare_host: false,
            database: None,
            project: None,
            pair: None,
            demo: false,
            word: None,
            print: None,
        }
    }

    /// What an empty value says.
    fn empty() -> Self {
        Self {
            what: "nothing".into(),
            empty: true,
            word: Some(Word::Off),
            ..Self::blank()
        }
    }

    /// Whether it is a secret, by its looks or by its name.
    pub(super) fn secret(&self) -> bool {
        self.class == Class::Secret
    }
}

/// Whether a value stands for another that only its reader knows: `${NAME}`, `@secret`, `{{ x }}`.
fn is_reference(value: &str) -> bool {
    let inside = ["${", "{{", "$("].iter().any(|mark| value.contains(mark));
    let whole = ["op://", "vault:", "ref+", "@"]
        .iter()
        .any(|mark| value.starts_with(mark) && !value.contains(' '));
    inside || whole
}

fn class(name: &str, value: &str, known: Option<&recognise::Known>) -> Class {
    match known {
        Some(known) => known.class,
        None if is_analytics(name) || name::is_public_by_design(name) => Class::Plain,
        None if is_public(name) && !is_forbidden_in_public(name) => Class::Plain,
        None if name::says_secret(name) && entropy::looks_random(value) => Class::Secret,
        None => Class::Plain,
    }
}

fn what(
    value: &str,
    known: Option<&recognise::Known>,
    link: Option<&link::Link>,
    class: Class,
) -> String {
    let text = match (known, link) {
        (Some(known), _) => known.name,
        (None, Some(_)) => "URL",
        (None, None) if class == Class::Secret => "secret",
        (None, None) if word(value).is_some() => "switch",
        (None, None) => "text",
    };
    text.to_owned()
}

fn project(
    value: &str,
    link: Option<&link::Link>,
    token: Option<&jwt::Claims>,
    key: &Key,
) -> Option<Project> {
    let (provider, id, address, service) = if let Some(token) = token {
        let service = token.role.as_deref() == Some("service_role");
        ("Supabase", token.project.clone()?, false, service)
    } else if let Some((provider, id)) = link.and_then(link::Link::project) {
        let database = link.is_some_and(link::Link::is_database);
        (provider, id, !database, database)
    } else if let Some(id) = link::firebase_account(value) {
        ("Firebase", id, false, true)
    } else {
        return None;
    };
    Some(Project {
        provider: provider.to_owned(),
        print: key.print(provider, &id),
        address,
        service,
    })
}

fn pair(value: &str) -> Option<Pair> {
    if value.starts_with("pk_live_51") || value.starts_with("pk_test_51") {
        return Some(Pair::Publishable);
    }
    let secret = ["sk_live_", "sk_test_", "rk_live_", "rk_test_"];
    let secret = secret.iter().any(|start| {
        value
            .strip_prefix(start)
            .is_some_and(|rest| rest.starts_with("51"))
    });
    secret.then_some(Pair::Secret)
}

fn word(value: &str) -> Option<Word> {
    Some(match value.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" | "*" => Word::On,
        "false" | "0" | "no" | "off" | "none" | "null" => Word::Off,
        "production" | "prod" | "live" => Word::Production,
        "staging" | "stage" | "stg" => Word::Staging,
        "preview" | "pr" | "deploy-preview" => Word::Preview,
        "development" | "develop" | "dev" | "local" | "localhost-dev" => Word::Local,
        "test" | "testing" | "ci" => Word::Test,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
