//! What a case grants, written as in a gate file; everything that the plugin asks for unless it says otherwise.

use serde::Deserialize;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::{Entries, Located};
use tidegate_core::name::{ApiName, IdentityName};
use tidegate_core::node::Node;
use tidegate_core::plugin::{Access, Destination, Grant, GrantedSecret};
use tidegate_core::span::{Source, Span};

use crate::capability::origin;
use crate::interface::types::{Capability, Context, Power};

/// `grant:` of a case.
#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case", default)]
pub(super) struct Raw {
    target: Option<RawAccess>,
    apis: Vec<String>,
    hosts: Vec<Located<String>>,
    secrets: Entries<Node>,
    files: Vec<Located<String>>,
    recorded: bool,
    identities: Vec<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum RawAccess {
    Read,
    Write,
}

impl Raw {
    /// What it grants.
    ///
    /// # Errors
    /// When the destination of a secret is no text.
    pub(super) fn into_grant(self) -> Result<Grant, Vec<Diagnostic>> {
        let secrets = self.secrets.0.into_iter().map(|(name, to)| {
            let to: Vec<String> = to.read_each()?;
            Ok(GrantedSecret {
                name,
                to: to.iter().map(|to| destination(to)).collect(),
            })
        });
        Ok(Grant {
            span: None,
            target: self.target.map(|access| match access {
                RawAccess::Read => Access::Read,
                RawAccess::Write => Access::Write,
            }),
            apis: self.apis.into_iter().map(ApiName::new).collect(),
            hosts: self.hosts,
            secrets: tidegate_core::de::gather(secrets)?,
            files: self.files,
            recorded: self.recorded,
            identities: self.identities.into_iter().map(IdentityName::new).collect(),
        })
    }
}

fn destination(to: &str) -> Destination {
    match to.strip_prefix("api:") {
        Some(name) => Destination::Api(ApiName::new(name)),
        None if to == "target" => Destination::Target,
        None => host(to),
    }
}

/// A host as requests are compared with it.
fn host(text: &str) -> Destination {
    Destination::Host(origin(text).unwrap_or_else(|_| text.to_owned()))
}

/// A grant of everything that is asked for; secrets may go wherever requests may.
pub(super) fn all(asked: &[Capability], context: &Context) -> Grant {
    // Nobody wrote it, so it has no place.
    let nowhere = Span::new(Source::new("", ""), 0, 0);
    let located = |value: &String| Located {
        value: value.clone(),
        span: nowhere.clone(),
    };
    let mut grant = Grant {
        apis: context
            .apis
            .iter()
            .map(|name| ApiName::new(name.as_str()))
            .collect(),
        identities: context
            .identities
            .iter()
            .map(|name| IdentityName::new(name.as_str()))
            .collect(),
        ..Grant::default()
    };
    for capability in asked {
        match &capability.power {
            Power::TargetRead => grant.target = grant.target.max(Some(Access::Read)),
            Power::TargetWrite => grant.target = Some(Access::Write),
            Power::Host(host) => grant.hosts.push(located(host)),
            Power::Files(glob) => grant.files.push(located(glob)),
            Power::Recorded => grant.recorded = true,
            Power::Apis | Power::Secret(_) => {}
        }
    }
    let mut to = vec![Destination::Target];
    to.extend(grant.apis.iter().cloned().map(Destination::Api));
    to.extend(grant.hosts.iter().map(|one| host(&one.value)));
    let secret = |capability: &Capability| match &capability.power {
        Power::Secret(name) => Some(GrantedSecret {
            name: located(name),
            to: to.clone(),
        }),
        _ => None,
    };
    grant.secrets = asked.iter().filter_map(secret).collect();
    grant
}
