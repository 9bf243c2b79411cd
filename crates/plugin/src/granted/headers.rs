//! The headers of a plugin's request, with granted secrets in the place of their names.

use tidegate_core::plugin::Destination;
use tidegate_core::secret::Sensitive;
use tidegate_core::template::{Part, Template};

use super::Granted;
use super::place::brief;
use crate::interface::http::{Header, HttpError};

/// Headers that no plugin sets: they belong to the connection (RFC 9110, 7.6.1, and RFC 9112), choose another site,
/// prove an identity, or have an answer come in pieces or in a coding in which a secret is not recognised.
const RESERVED: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "expect",
    "host",
    "http2-settings",
    "if-range",
    "keep-alive",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Headers by which a request that reads becomes one that changes something, for servers that heed them.
const OTHER_METHOD: &[&str] = &[
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
];

/// What the headers of a request are held against.
pub(super) struct Setting<'s> {
    /// Where the request goes.
    pub(super) destination: &'s Destination,
    /// Whether it is sent as somebody.
    pub(super) identified: bool,
    /// Whether it may change something.
    pub(super) writes: bool,
}

impl Granted {
    /// The headers as the port takes them.
    ///
    /// # Errors
    /// When one is not the plugin's to set, or names a secret that is not granted for this destination.
    pub(super) fn own_headers(
        &self,
        headers: &[Header],
        setting: &Setting<'_>,
    ) -> Result<Vec<(String, Sensitive)>, HttpError> {
        let own = headers.iter().map(|header| {
            let name = header.name.to_ascii_lowercase();
            if let Some(reason) = reserved(&name, setting) {
                let name = brief(&name);
                return Err(HttpError::Denied(format!(
                    "a plugin cannot set the header `{name}`: {reason}"
                )));
            }
            let value = self.value(&header.value, setting.destination)?;
            Ok((name, value))
        });
        own.collect()
    }

    fn value(&self, text: &str, destination: &Destination) -> Result<Sensitive, HttpError> {
        let template = Template::parse(text)
            .map_err(|error| HttpError::Invalid(format!("in a header, {error}")))?;
        let mut value = String::new();
        for part in template.parts() {
            match part {
                Part::Literal(text) => value.push_str(text),
                Part::Value(name) => {
                    value.push_str("${");
                    value.push_str(name);
                    value.push('}');
                }
                Part::Secret(name) => value.push_str(self.secret(name, destination)?.expose()),
            }
        }
        Ok(Sensitive::new(value))
    }

    fn secret(&self, name: &str, destination: &Destination) -> Result<Sensitive, HttpError> {
        let mut granted = self.powers.secrets.iter();
        let to = granted.find(|(known, _)| known == name).map(|(_, to)| to);
        let place = match destination {
            Destination::Target => "target".to_owned(),
            Destination::Api(api) => format!("api:{api}"),
            Destination::Host(host) => format!("\"{host}\""),
        };
        if !to.is_some_and(|to| to.contains(destination)) {
            let name = brief(name);
            return Err(HttpError::Denied(format!(
                "the secret `{name}` is not granted to go there; the gate file grants it by `grant: {{ secrets: {{ {name}: {place} }} }}`, and the plugin has to ask for it"
            )));
        }
        let revealed = self.secrets.reveal(name);
        revealed.map_err(|error| HttpError::Denied(format!("{error}. {}", error.help())))
    }

    /// Whether a text holds `${NAME}` of a granted secret.
    pub(super) fn names_a_secret(&self, text: &[u8]) -> Option<&str> {
        let names = self.powers.secrets.iter().map(|(name, _)| name.as_str());
        let mut named = names.filter(|name| {
            let reference = format!("${{{name}}}");
            let reference = reference.as_bytes();
            text.windows(reference.len()).any(|part| part == reference)
        });
        named.next()
    }
}

fn reserved(name: &str, setting: &Setting<'_>) -> Option<&'static str> {
    if RESERVED.contains(&name) || name.starts_with("proxy-") || name.starts_with(':') {
        return Some("it is Tidegate's");
    }
    if name == "authorization" && setting.identified {
        return Some("the identity has its own; to send it, send as nobody with the identity \"\"");
    }
    if OTHER_METHOD.contains(&name) && !setting.writes {
        return Some("it can make a request that reads one that changes something");
    }
    None
}
