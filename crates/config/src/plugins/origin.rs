//! Addresses of components and of hosts that are granted.

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::node::Node;
use url::{Host, Url};

use crate::faults::Faults;

/// The address of a component.
pub(super) fn component(node: &Node, faults: &mut Faults) -> Option<Located<String>> {
    let text: Located<String> = faults.take(node.read())?;
    let label = match Url::parse(&text.value) {
        Err(_) => "expected a whole address",
        Ok(url) if !is_kept_from_others(&url) => "expected https://",
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            "user and password would stand here for everybody to read"
        }
        Ok(url) if url.fragment().is_some() => "expected no `#`",
        Ok(url) => {
            return Some(Located {
                value: url.into(),
                span: text.span,
            });
        }
    };
    faults.push(
        Diagnostic::at(text.span, "this is not the address of a component")
            .label(label)
            .help("Write it as in https://plugins.example.com/invoice-totals-1.2.0.wasm."),
    );
    None
}

/// An origin: in ASCII, and without the scheme's own port.
pub(super) fn origin(text: &Located<String>) -> Result<String, Diagnostic> {
    let url = Url::parse(&text.value).map_err(|_| improper(text, "expected scheme and host"))?;
    let label = match url.host_str() {
        _ if !matches!(url.scheme(), "https" | "http") => "expected https://",
        _ if !url.username().is_empty() || url.password().is_some() => {
            "user and password are sent by a secret in a header"
        }
        _ if !matches!(url.path(), "" | "/")
            || url.query().is_some()
            || url.fragment().is_some() =>
        {
            "expected scheme, host and port only: a grant holds for every path"
        }
        Some(host) if host.contains('*') => "expected one host: a grant names each",
        Some(host) if host.ends_with('.') => "expected no dot at the end",
        Some(_) => return Ok(url.origin().ascii_serialization()),
        None => "expected a host",
    };
    Err(improper(text, label))
}

fn improper(text: &Located<String>, label: &str) -> Diagnostic {
    Diagnostic::at(text.span.clone(), "this is not an origin")
        .label(label)
        .help("Write scheme and host, and the port when it is an unusual one, as in https://api.stripe.com.")
}

/// Whether nobody on the way to an origin can read what is sent there.
pub(super) fn is_private(origin: &str) -> bool {
    Url::parse(origin).is_ok_and(|url| is_kept_from_others(&url))
}

fn is_kept_from_others(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && loopback)
}
