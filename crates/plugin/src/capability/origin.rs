//! The one way in which addresses of other hosts are read and compared.

use url::{Host, Url};

/// Why a text is no origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no origin: {reason}")]
pub struct OriginError {
    /// The text.
    pub text: String,
    /// What is wrong with it, as a lowercase fragment.
    pub reason: String,
}

impl OriginError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        "Write scheme, host and, unless it is the scheme's own, port, as in `https://api.stripe.com`."
    }
}

/// An origin (RFC 6454) that somebody names: scheme and host in lowercase ASCII, and the port unless it is the
/// scheme's own.
///
/// # Errors
/// When it is no http(s) address, or more than an origin: a path, a user name, a pattern.
pub fn origin(text: &str) -> Result<String, OriginError> {
    let fault = |reason: &str| OriginError {
        text: text.to_owned(),
        reason: reason.to_owned(),
    };
    let url = address(text).map_err(|reason| fault(&reason))?;
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return Err(fault("a path, a query or a fragment follows the host"));
    }
    if let Some(Host::Domain(name)) = url.host() {
        if name.contains('*') {
            return Err(fault("a pattern names more than one host"));
        }
        if name.ends_with('.') {
            return Err(fault("the name ends with a dot"));
        }
    }
    Ok(url.origin().ascii_serialization())
}

/// A whole address of a host; its [`Url::origin`] is what grants are compared with, and it is what is sent.
///
/// # Errors
/// In words, when it is no http(s) address or holds a user name, which would hide the host from a reader.
pub(crate) fn address(text: &str) -> Result<Url, String> {
    // The URL parser drops or converts these, so that a reader would see another address than the one that is sent.
    if text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\') {
        return Err("a blank, a backslash or a control character is in it".to_owned());
    }
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("`{}` is not http or https", url.scheme()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("an address holds no user name or password".to_owned());
    }
    Ok(url)
}
