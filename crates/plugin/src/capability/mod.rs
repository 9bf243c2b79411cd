//! What a plugin asks for, what a gate file grants it, and what of both it therefore has.

mod difference;
mod globs;
mod origin;
mod standing;
#[cfg(test)]
mod tests;

use tidegate_core::name::{ApiName, IdentityName};
use tidegate_core::plugin::{Access, Destination, Grant};

pub use difference::Difference;
pub use globs::Globs;
pub(crate) use globs::glob;
pub(crate) use origin::address;
pub use origin::{OriginError, origin};
pub use standing::{faults, notes, warnings};

use crate::interface::types::{Capability, Power};

/// What a plugin has: of what it asks for, what the gate file grants.
#[derive(Debug, Clone, Default)]
pub struct Powers {
    /// Requests to the environment under test.
    pub target: Option<Access>,
    /// The entries under `apis:` that it may send requests to.
    pub apis: Vec<ApiName>,
    /// Other origins that it may send requests to, as [`origin`] writes them.
    pub hosts: Vec<String>,
    /// The secrets that may be sent for it, by name, and where each may go.
    pub secrets: Vec<(String, Vec<Destination>)>,
    /// Files that it may read: those that match a glob of both lists.
    pub files: Globs,
    /// Whether it may read what other checks sent and received.
    pub recorded: bool,
    /// The identities that its requests may name, beside the check's own.
    pub identities: Vec<IdentityName>,
}

impl Powers {
    /// What is both asked for and granted. A host that is no origin, and a glob that is no proper one, give nothing.
    pub fn of(asked: &[Capability], grant: &Grant) -> Self {
        let asks = |power: &Power| asked.iter().any(|one| one.power == *power);
        let granted: Vec<String> = grant
            .hosts
            .iter()
            .filter_map(|host| origin(&host.value).ok())
            .collect();
        let hosts = asked.iter().filter_map(|one| match &one.power {
            Power::Host(host) => origin(host).ok(),
            _ => None,
        });
        let apis = asks(&Power::Apis);
        let secrets = grant.secrets.iter();
        let secrets = secrets.filter(|one| asks(&Power::Secret(one.name.value.clone())));
        Self {
            target: access(asked).min(grant.target),
            apis: grant.apis.iter().filter(|_| apis).cloned().collect(),
            hosts: hosts.filter(|host| granted.contains(host)).collect(),
            secrets: secrets
                .map(|one| (one.name.value.clone(), one.to.clone()))
                .collect(),
            files: Globs::of(asked, grant),
            recorded: grant.recorded && asks(&Power::Recorded),
            identities: grant.identities.clone(),
        }
    }

    /// Whether it may send anything anywhere.
    pub fn sends(&self) -> bool {
        self.target.is_some() || !self.apis.is_empty() || !self.hosts.is_empty()
    }

    /// Each power as a person reads it, as in `reads files that match exports/*.csv`.
    pub fn sentences(&self) -> Vec<String> {
        let mut told = Vec::new();
        match self.target {
            Some(Access::Write) => told.push(phrase(&Power::TargetWrite)),
            Some(Access::Read) => told.push(phrase(&Power::TargetRead)),
            None => {}
        }
        if !self.apis.is_empty() {
            let names: Vec<&str> = self.apis.iter().map(ApiName::as_str).collect();
            told.push(format!(
                "sends requests to {} under `apis:`",
                names.join(" and ")
            ));
        }
        let hosts = self.hosts.iter().cloned();
        told.extend(hosts.map(|host| phrase(&Power::Host(host))));
        told.extend(self.secrets.iter().map(|(name, to)| {
            let to: Vec<String> = to.iter().map(place).collect();
            format!("has the secret {name} sent to {}", to.join(" and "))
        }));
        if !self.identities.is_empty() && (self.target.is_some() || !self.apis.is_empty()) {
            let names: Vec<&str> = self.identities.iter().map(IdentityName::as_str).collect();
            told.push(format!("acts as {}", names.join(" and ")));
        }
        if self.recorded {
            told.push(phrase(&Power::Recorded));
        }
        told.extend(self.files.sentence());
        told
    }
}

/// The most that is asked for of the environment under test.
fn access(asked: &[Capability]) -> Option<Access> {
    let of = |one: &Capability| match one.power {
        Power::TargetRead => Some(Access::Read),
        Power::TargetWrite => Some(Access::Write),
        _ => None,
    };
    asked.iter().filter_map(of).max()
}

/// A destination as a person reads it.
fn place(destination: &Destination) -> String {
    match destination {
        Destination::Target => "the environment".to_owned(),
        Destination::Api(name) => format!("the api {name}"),
        Destination::Host(host) => host.clone(),
    }
}

/// What a plugin with a power does, as what follows its name.
pub fn phrase(power: &Power) -> String {
    match power {
        Power::TargetRead => "sends requests that read from the environment".to_owned(),
        Power::TargetWrite => "sends requests that change things in the environment".to_owned(),
        Power::Apis => "sends requests to origins under `apis:`".to_owned(),
        Power::Host(host) => format!("sends requests to {host}"),
        Power::Secret(name) => format!("has the secret {name} sent for it"),
        Power::Files(glob) => format!("reads files that match {glob}"),
        Power::Recorded => "reads what other checks sent and received".to_owned(),
    }
}
