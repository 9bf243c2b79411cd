//! Addresses of environments and apis.

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::node::{Node, Value};
use tidegate_core::span::{Source, Span};
use tidegate_core::template::Template;
use url::{Host, Url};

use crate::faults::{Faults, wrong_type};
use crate::load::GivenUrl;

/// The address of an origin, known when the gate file is read.
pub(super) struct Address {
    url: Url,
    span: Span,
}

impl Address {
    /// Reads an address whose plain variables are replaced.
    pub(super) fn read(node: &Node, faults: &mut Faults) -> Option<Self> {
        let text = match &node.value {
            Value::Substituted(text) => text.clone(),
            Value::String(_) => faults.take(known(node))?,
            _ => {
                faults.push(wrong_type(node, "an address"));
                return None;
            }
        };
        match proper(&text) {
            Ok(url) => Some(Self {
                url,
                span: node.span.clone(),
            }),
            Err(label) => {
                // An unset variable leaves an empty text and has been told.
                if !text.is_empty() || matches!(node.value, Value::String(_)) {
                    faults.push(improper(&node.span, label));
                }
                None
            }
        }
    }

    /// Reads an address that comes from outside the gate file.
    pub(super) fn given(given: GivenUrl<'_>, faults: &mut Faults) -> Option<Self> {
        let shown = without_user(given.url);
        let span = Span::new(Source::new(given.from, shown.as_str()), 0, shown.len());
        match proper(given.url) {
            Ok(url) => Some(Self { url, span }),
            Err(label) => {
                faults.push(improper(&span, label));
                None
            }
        }
    }

    /// The address without a trailing slash.
    pub(super) fn located(&self) -> Located<String> {
        Located {
            value: self.url.as_str().trim_end_matches('/').to_owned(),
            span: self.span.clone(),
        }
    }

    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    /// Whether it is this machine (RFC 6761, 6.3; RFC 1122, 3.2.1.3; RFC 4291, 2.5.3).
    pub(super) fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.');
                name == "localhost" || name.ends_with(".localhost")
            }
            None => false,
        }
    }

    /// Whether nobody on the way can read what is sent there.
    pub(super) fn is_private(&self) -> bool {
        self.url.scheme() == "https" || self.is_loopback()
    }

    /// Whether both are one place: on this machine every port is a place of its own, elsewhere
    /// every port of a host is the same.
    pub(super) fn same_host(&self, other: &Self) -> bool {
        let host = |address: &Self| match address.url.host() {
            Some(Host::Domain(name)) => name.trim_end_matches('.').to_owned(),
            // RFC 4291, 2.5.5.2: an IPv4 address in the writing of IPv6 leads to the same machine.
            Some(Host::Ipv6(address)) => address.to_canonical().to_string(),
            Some(Host::Ipv4(address)) => address.to_string(),
            None => String::new(),
        };
        let port = |address: &Self| address.url.port_or_known_default();
        host(self) == host(other) && (!self.is_loopback() || port(self) == port(other))
    }
}

/// The text of a node in which nothing is left to resolve.
fn known(node: &Node) -> Result<String, Vec<Diagnostic>> {
    let template = Template::from_node(node)?;
    let fault = |message: String, help: String| {
        Diagnostic::at(node.span.clone(), message)
            .label("must be known when the gate file is read")
            .help(help)
    };
    let secrets = template.secrets().map(|name| {
        fault(
            format!("`{name}` is a secret, and an address is none"),
            format!("Declare it as a plain variable: variables: {{ {name}: {{}} }}."),
        )
    });
    let values = template.values().map(|name| {
        fault(
            format!("`${{{name}}}` has no value here"),
            "Name a variable of the environment in capitals, as in ${PREVIEW_URL}.".to_owned(),
        )
    });
    let faults: Vec<Diagnostic> = secrets.chain(values).collect();
    if faults.is_empty() {
        node.read()
    } else {
        Err(faults)
    }
}

/// An address without the user and the password in it, which are nobody's to read.
fn without_user(url: &str) -> String {
    let parts = url.split_once("://").and_then(|(scheme, rest)| {
        let authority = rest.split(['/', '?', '#']).next()?;
        Some((scheme, rest.get(authority.rfind('@')? + 1..)?))
    });
    parts.map_or_else(
        || url.to_owned(),
        |(scheme, rest)| format!("{scheme}://…@{rest}"),
    )
}

fn improper(span: &Span, label: &str) -> Diagnostic {
    Diagnostic::at(span.clone(), "this is not the address of a portal")
        .label(label)
        .help("Write scheme and host, as in https://portal.example.com.")
}

fn proper(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "expected scheme and host")?;
    if !matches!(url.scheme(), "http" | "https") {
        Err("expected https:// or http://")
    } else if !url.username().is_empty() || url.password().is_some() {
        Err("user and password belong to an identity")
    } else if url.query().is_some() || url.fragment().is_some() {
        Err("expected no `?` and no `#`")
    } else {
        Ok(url)
    }
}
