//! What sort of machine a host name means.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use crate::hosts;

/// What sort of machine a host name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in super::super) enum HostSort {
    /// The machine itself.
    ThisMachine,
    /// A name that only a local network knows.
    LocalName,
    /// An address of a home or office network.
    HomeNetwork,
    /// An address of a private network that a data centre may have.
    PrivateNetwork,
    /// A tunnel to the machine of a developer.
    Tunnel,
    /// A staging or development host, by its label.
    Staging,
    /// A deploy that was made for one change.
    Preview,
    /// Every address of the machine, to listen at.
    EveryAddress,
    /// Anything else.
    Other,
}

impl HostSort {
    /// What a person calls it.
    pub(in super::super) fn name(self) -> &'static str {
        match self {
            Self::ThisMachine => "this machine (`localhost`)",
            Self::LocalName => "a name that only a local network knows",
            Self::HomeNetwork => "an address of a home or office network",
            Self::PrivateNetwork => "an address of a private network",
            Self::Tunnel => "a tunnel to a developer's machine",
            Self::Staging => "a staging or development host",
            Self::Preview => "a preview deploy",
            Self::EveryAddress => "every address of the machine",
            Self::Other => "a host",
        }
    }

    /// Whether only a developer's machine or network answers there.
    pub(in super::super) fn is_local(self) -> bool {
        matches!(
            self,
            Self::ThisMachine | Self::LocalName | Self::HomeNetwork | Self::Tunnel
        )
    }

    /// Whether another environment answers there.
    pub(in super::super) fn is_staging(self) -> bool {
        matches!(self, Self::Staging | Self::Preview)
    }
}

/// Hosts of providers whose labels resemble ours.
const PROVIDERS: &[&str] = &[
    "azure.com",
    "visualstudio.com",
    "googleapis.com",
    "salesforce.com",
    "sentry.io",
    "microsoft.com",
    "apple.com",
];

/// The ends of names of tunnels to a developer's machine.
const TUNNELS: &[&str] = &[
    "ngrok.io",
    "ngrok.app",
    "ngrok.dev",
    "ngrok-free.app",
    "ngrok-free.dev",
    "trycloudflare.com",
    "loca.lt",
    "serveo.net",
    "localtunnel.me",
];

/// What sort of machine a host name means.
pub(in super::super) fn sort_of_host(host: &str) -> HostSort {
    let host = host.trim_matches(['[', ']']).trim_end_matches('.');
    let host = host.to_ascii_lowercase();
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return sort_of_ipv4(address);
    }
    if let Ok(address) = host.parse::<Ipv6Addr>() {
        return match address {
            _ if address.is_loopback() => HostSort::ThisMachine,
            _ if address.is_unspecified() => HostSort::EveryAddress,
            _ => address
                .to_ipv4_mapped()
                .map_or(HostSort::Other, sort_of_ipv4),
        };
    }
    let ends = |ends: &[&str]| {
        ends.iter().any(|end| {
            host.strip_suffix(end)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    };
    if host == "localhost" || host == "host.docker.internal" || ends(&["localhost"]) {
        HostSort::ThisMachine
    } else if ends(&["cluster.local"]) || ends(PROVIDERS) {
        HostSort::Other
    } else if host.contains('.') && ends(&["local", "test", "lan", "home.arpa", "localdomain"]) {
        HostSort::LocalName
    } else if ends(TUNNELS) {
        HostSort::Tunnel
    } else if is_preview(&host) {
        HostSort::Preview
    } else if is_staging(&host) {
        HostSort::Staging
    } else {
        HostSort::Other
    }
}

fn sort_of_ipv4(address: Ipv4Addr) -> HostSort {
    match address.octets() {
        [127, ..] => HostSort::ThisMachine,
        [0, 0, 0, 0] => HostSort::EveryAddress,
        [192, 168, ..] => HostSort::HomeNetwork,
        [10, ..] => HostSort::PrivateNetwork,
        [172, second, ..] if (16..32).contains(&second) => HostSort::PrivateNetwork,
        _ => HostSort::Other,
    }
}

/// The last two labels are the name somebody bought, or a provider's; they say nothing.
fn own_labels(host: &str) -> Vec<&str> {
    let mut labels: Vec<&str> = host.split('.').collect();
    labels.truncate(labels.len().saturating_sub(2));
    labels
}

/// Whole labels, and the last part of one: `devices` and `dev-portal` are ordinary words.
fn is_staging(host: &str) -> bool {
    let words = [
        "staging",
        "stage",
        "stg",
        "dev",
        "develop",
        "development",
        "qa",
        "uat",
        "preview",
        "preprod",
    ];
    own_labels(host).iter().any(|label| {
        words.contains(label)
            || label
                .rsplit_once('-')
                .is_some_and(|(_, last)| words.contains(&last))
            || label.starts_with("staging-")
            || label.starts_with("stg-")
    })
}

/// Vercel: `name-git-branch-team` and `name-hash-team`; Netlify: `branch--name`.
fn is_preview(host: &str) -> bool {
    if let Some(name) = host.strip_suffix(".vercel.app") {
        let parts: Vec<&str> = name.split('-').collect();
        let hash = |part: &&str| {
            part.len() == 9
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && part.bytes().any(|byte| byte.is_ascii_digit())
                && part.bytes().any(|byte| byte.is_ascii_alphabetic())
        };
        let inner = parts
            .get(1..parts.len().saturating_sub(1))
            .unwrap_or_default();
        return name.contains("-git-") || inner.iter().any(hash);
    }
    let netlify = host.strip_suffix(".netlify.app");
    netlify.is_some_and(|name| name.contains("--"))
}

/// Whether a value is a host and nothing else.
pub(super) fn is_bare(value: &str) -> bool {
    !value.contains("://") && !value.contains(',') && hosts_of(value).len() == 1
}

/// The sort of each host that a value names: in URLs, in `host:port`, alone, or in a list of those.
/// In a sentence only URLs count.
pub(in super::super) fn hosts_of(value: &str) -> Vec<HostSort> {
    let sentence = value.contains(char::is_whitespace) && !value.contains([',', ';']);
    let parts = value.split([',', ';', ' ', '\n']).take(100);
    let mut found: Vec<HostSort> = parts
        .map(|part| part.trim().trim_matches(['"', '\'', '[', ']']))
        .filter(|part| !sentence || part.contains("://") || part.starts_with("host="))
        .filter_map(host_in)
        .map(|host| sort_of_host(&host))
        .collect();
    found.dedup();
    found
}

fn host_in(part: &str) -> Option<String> {
    let part = part.strip_prefix("jdbc:").unwrap_or(part);
    if let Some(host) = part.strip_prefix("host=") {
        return Some(host.to_owned());
    }
    let after_scheme = part.split_once("://").map(|(_, rest)| rest);
    let rest = match after_scheme {
        Some(rest) => rest,
        None if part.contains("@tcp(") => part.split_once("@tcp(")?.1,
        None => return alone(part),
    };
    let authority = rest.split(['/', '?', '#', ')']).next()?;
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    if let Some(bracketed) = host.strip_prefix('[') {
        return bracketed.split_once(']').map(|(host, _)| host.to_owned());
    }
    let host = host.split(':').next()?;
    (!host.is_empty()).then(|| host.to_owned())
}

/// `host:port`, or a name or address that can be nothing else.
fn alone(part: &str) -> Option<String> {
    let (host, port) = match part.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (part, None),
    };
    let named = host
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    let is_port = |port: &str| !port.is_empty() && port.parse::<u16>().is_ok();
    let lettered = host.bytes().any(|byte| byte.is_ascii_alphabetic());
    let address = host.parse::<Ipv4Addr>().is_ok();
    let fits = match port {
        Some(port) => named && is_port(port) && (lettered || address),
        None => named && (host == "localhost" || address || (lettered && host.contains('.'))),
    };
    fits.then(|| host.to_owned())
}
/// The domain that a site and its sisters are on: `acme.example` for `https://portal.acme.example`;
/// `None` for an address, a bare name, and a name that a host gave.
pub(in super::super) fn family(url: &str) -> Option<String> {
    let host = host_in(url)?;
    let labels: Vec<&str> = host.split('.').collect();
    let given = hosts::has_strangers_beside(&host);
    let address = host.starts_with('[') || labels.iter().all(|label| label.parse::<u8>().is_ok());
    if labels.len() < 2 || given || address {
        return None;
    }
    // `acme.co.uk`: a short second label below a country's is no name of a company.
    let country = labels.last().is_some_and(|last| last.len() == 2);
    let second = labels
        .get(labels.len() - 2)
        .is_some_and(|label| label.len() <= 3);
    let kept = if country && second { 3 } else { 2 };
    let start = labels.len().checked_sub(kept)?;
    Some(labels.get(start..)?.join("."))
}

/// Whether a URL's host is on a domain.
pub(in super::super) fn is_below(url: &str, domain: &str) -> bool {
    host_in(url).is_some_and(|host| {
        host.strip_suffix(domain)
            .is_some_and(|before| before.is_empty() || before.ends_with('.'))
    })
}
