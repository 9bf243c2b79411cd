//! What a portal is started with.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use crate::breaks::Breaks;

/// Holds a value that no output may show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps the value.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for the one place that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[hidden]")
    }
}

/// The passwords of the demo people, by first name in lower case.
///
/// A person without an entry has the documented demo password, `<name>-demo-password`.
#[derive(Clone, Debug, Default)]
pub struct Passwords(BTreeMap<String, Secret>);

impl Passwords {
    /// The first names of the demo people.
    pub const PEOPLE: [&str; 6] = ["anna", "adam", "boris", "greta", "cora", "tess"];

    /// Each person's password with the variable by which the example gate takes it.
    pub fn variables(&self) -> impl Iterator<Item = (String, Secret)> {
        let variable = |name: &str| format!("{}_PASSWORD", name.to_uppercase());
        Self::PEOPLE
            .iter()
            .map(move |name| (variable(name), self.of(name)))
    }

    /// Sets one person's password.
    pub fn set(&mut self, name: &str, password: Secret) {
        self.0.insert(name.to_owned(), password);
    }

    /// The password of the person of that first name.
    #[must_use]
    pub fn of(&self, name: &str) -> Secret {
        let chosen = self.0.get(name).cloned();
        chosen.unwrap_or_else(|| Secret::new(format!("{name}-demo-password")))
    }
}

/// Settings of one portal; the default is a good portal on a free loopback port.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The regressions to run with.
    pub breaks: Breaks,
    /// The environment's name, as the health page shows it.
    pub environment: String,
    /// The revision of the code, as the health page shows it.
    pub revision: String,
    /// Origins (`https://host[:port]`) whose pages may call the interface with credentials.
    pub allowed_origins: Vec<String>,
    /// The folder of the database; without one the data live in a temporary folder.
    pub data: Option<PathBuf>,
    /// The passwords of the demo people.
    pub passwords: Passwords,
    /// The key that signs webhooks, those of the payment provider and the portal's own.
    pub webhook_secret: Secret,
    /// Where events such as a new record are reported to, over plain HTTP and signed with the same
    /// key; nobody when absent.
    pub webhook_url: Option<String>,
    /// The base URL of the model server; without one a stub is started on loopback.
    pub model_url: Option<String>,
    /// Whether people reach the portal over TLS; unset means yes unless it listens on loopback.
    pub secure: Option<bool>,
    /// Whether the frontend's source map is served to everybody.
    pub serve_source_map: bool,
    /// Whether the log on standard error is off.
    pub quiet: bool,
}

impl Options {
    /// The documented key of the demo webhooks.
    pub const DEMO_WEBHOOK_SECRET: &'static str = "demo-webhook-signing-key";

    /// The origin of the app that may call the interface unless others are named.
    pub const DEMO_ORIGIN: &'static str = "https://app.acme.example";

    /// Whether cookies are marked `Secure` and HSTS is sent.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.secure
            .unwrap_or_else(|| !self.listen.ip().is_loopback())
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            breaks: Breaks::default(),
            environment: "local".to_owned(),
            revision: "development".to_owned(),
            allowed_origins: vec![Self::DEMO_ORIGIN.to_owned()],
            data: None,
            passwords: Passwords::default(),
            webhook_secret: Secret::new(Self::DEMO_WEBHOOK_SECRET),
            webhook_url: None,
            model_url: None,
            secure: None,
            serve_source_map: false,
            quiet: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_shows_no_secret() {
        let mut options = Options::default();
        options.passwords.set("anna", Secret::new("correct horse"));
        let shown = format!("{options:?}");
        assert!(!shown.contains("correct horse"));
        assert!(!shown.contains(Options::DEMO_WEBHOOK_SECRET));
    }

    #[test]
    fn only_loopback_is_insecure_by_default() {
        let mut options = Options::default();
        assert!(!options.is_secure());
        options.listen = SocketAddr::from(([0, 0, 0, 0], 80));
        assert!(options.is_secure());
        options.secure = Some(false);
        assert!(!options.is_secure());
    }
}
