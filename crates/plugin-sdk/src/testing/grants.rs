//! What a check may do in a test: what it asks for, as a generous gate file grants it.

use super::glob;
use crate::bindings::tidegate::check::http::{HttpError, Place, Request};
use crate::bindings::tidegate::check::types::Context;
use crate::{Capability, EnvironmentKind, Power};

/// What the connection and Tidegate set themselves.
const RESERVED: [&str; 7] = [
    "connection",
    "content-length",
    "cookie",
    "host",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// The powers that are asked for and not withheld.
#[derive(Debug)]
pub(super) struct Grants(Vec<Power>);

impl Grants {
    pub(super) fn new(asked: &[Capability], withheld: &[Power]) -> Self {
        let powers = asked.iter().map(|capability| capability.power);
        Self(powers.filter(|power| !withheld.contains(power)).collect())
    }

    fn has(&self, power: Power) -> bool {
        self.0.contains(&power)
    }

    pub(super) fn recorded(&self) -> bool {
        self.has(Power::Recorded)
    }

    pub(super) fn file(&self, path: &str) -> bool {
        let globs = self.0.iter().filter_map(|power| match power {
            Power::Files(glob) => Some(*glob),
            _ => None,
        });
        globs
            .into_iter()
            .any(|pattern| glob::matches(pattern, path))
    }

    /// Whether a request may be sent.
    pub(super) fn request(&self, request: &Request, context: &Context) -> Result<(), HttpError> {
        self.place(request, context)?;
        let identity = request.identity.as_deref().unwrap_or_default();
        if !identity.is_empty() && !context.identities.iter().any(|known| known == identity) {
            let text = format!("the identity `{identity}` is not among those that it may use");
            return Err(HttpError::Denied(text));
        }
        for header in &request.headers {
            let name = header.name.to_ascii_lowercase();
            if RESERVED.contains(&name.as_str()) {
                let text = format!("the header `{name}` is not the plugin's to set");
                return Err(HttpError::Denied(text));
            }
            self.secrets(&header.value)?;
        }
        Ok(())
    }

    fn place(&self, request: &Request, context: &Context) -> Result<(), HttpError> {
        let reads = ["GET", "HEAD", "OPTIONS"].contains(&request.method.as_str());
        let missing = match &request.place {
            Place::Target(_)
                if !reads && context.environment_kind == EnvironmentKind::Production =>
            {
                return Err(HttpError::Denied("production is only looked at".to_owned()));
            }
            Place::Target(_) if self.has(Power::TargetWrite) => return Ok(()),
            Place::Target(_) if reads && self.has(Power::TargetRead) => return Ok(()),
            Place::Target(_) if reads => "target_read".to_owned(),
            Place::Target(_) => "target_write".to_owned(),
            Place::Api((name, _)) if !context.apis.contains(name) => {
                return Err(HttpError::Denied(format!(
                    "no entry `{name}` under `apis:`"
                )));
            }
            Place::Api(_) if self.has(Power::Apis) => return Ok(()),
            Place::Api(_) => "apis".to_owned(),
            Place::Url(url) => {
                let origin = origin_of(url);
                let granted = |power: &Power| matches!(power, Power::Host(host) if *host == origin);
                if self.0.iter().any(granted) {
                    return Ok(());
                }
                format!("host(\"{origin}\")")
            }
        };
        Err(HttpError::Denied(format!("the check lacks {missing}")))
    }

    fn secrets(&self, value: &str) -> Result<(), HttpError> {
        let names = value
            .split("${")
            .skip(1)
            .filter_map(|rest| rest.split('}').next());
        for name in names {
            let granted = |power: &Power| matches!(power, Power::Secret(known) if *known == name);
            if !self.0.iter().any(granted) {
                let text = format!("the check lacks secret(\"{name}\")");
                return Err(HttpError::Denied(text));
            }
        }
        Ok(())
    }
}

/// Scheme, host and port of an address.
fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find(['/', '?', '#']);
    end.map_or(url, |end| &url[..host + end])
}
