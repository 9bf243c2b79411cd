//! Header names and values that are safe to send.
//!
//! A credential's value is marked sensitive: HPACK then never indexes it (RFC 7541, 7.1.3), `Debug`
//! does not show it and the published exchange has `[redacted]` in its place.

use http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, UPGRADE};
use http::{HeaderName, HeaderValue};
use tidegate_core::ports::{HttpError, Secrets};
use tidegate_core::redact::CREDENTIAL_HEADERS;
use tidegate_core::secret::Sensitive;
use tidegate_core::template::{Lookup, Template, TemplateError};

/// Headers that frame the message or govern the connection: they are the client's own.
const FRAMING: &[HeaderName] = &[CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION, UPGRADE];

/// A header's name.
///
/// # Errors
/// When it is no token (RFC 9110, 5.6.2), or one that only the client may set.
pub(crate) fn name(text: &str) -> Result<HeaderName, HttpError> {
    let fault = |reason: &str| HttpError::InvalidHeader {
        name: text.escape_default().take(100).collect(),
        reason: reason.to_owned(),
    };
    let name = HeaderName::from_bytes(text.as_bytes())
        .map_err(|_| fault("a name is made of letters, digits and hyphens"))?;
    if FRAMING.contains(&name) {
        return Err(fault("the client sets it itself"));
    }
    Ok(name)
}

/// A header's value.
///
/// # Errors
/// When it holds a control character (RFC 9110, 5.5); the message does not show the value.
pub(crate) fn value(name: &HeaderName, text: &str) -> Result<HeaderValue, HttpError> {
    if text
        .bytes()
        .any(|byte| byte.is_ascii_control() && byte != b'\t')
    {
        return Err(HttpError::InvalidHeader {
            name: name.to_string(),
            reason: "its value holds a line break or another control character".to_owned(),
        });
    }
    let mut value =
        HeaderValue::from_bytes(text.as_bytes()).map_err(|_| HttpError::InvalidHeader {
            name: name.to_string(),
            reason: "its value cannot be sent".to_owned(),
        })?;
    value.set_sensitive(CREDENTIAL_HEADERS.contains(&name.as_str()));
    Ok(value)
}

/// The value of a credential.
///
/// # Errors
/// As for [`value`].
pub(crate) fn credential(name: &HeaderName, text: &Sensitive) -> Result<HeaderValue, HttpError> {
    let mut value = value(name, text.expose())?;
    value.set_sensitive(true);
    Ok(value)
}

/// The value of a header of the environment or of an api.
///
/// # Errors
/// When a secret in it is not set, or as for [`value`].
pub(crate) fn rendered(
    name: &HeaderName,
    template: &Template,
    secrets: &dyn Secrets,
) -> Result<HeaderValue, HttpError> {
    let text =
        template
            .render(&SecretsOnly(secrets))
            .map_err(|error| HttpError::InvalidHeader {
                name: name.to_string(),
                reason: format!("{error}; {}", error.help()),
            })?;
    if template.secrets().next().is_some() {
        return credential(name, &text);
    }
    value(name, text.expose())
}

/// Finds secrets and nothing else: what stands in an environment has no attempt.
pub(crate) struct SecretsOnly<'a>(pub(crate) &'a dyn Secrets);

impl Lookup for SecretsOnly<'_> {
    fn secret(&self, name: &str) -> Result<Sensitive, TemplateError> {
        self.0.reveal(name)
    }

    fn value(&self, _name: &str) -> Option<serde_json::Value> {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn framing_headers_and_improper_names_are_refused() {
        for text in ["Content-Length", "transfer-encoding", "a b", "x\r\ny", ""] {
            assert!(
                matches!(name(text), Err(HttpError::InvalidHeader { .. })),
                "{text}"
            );
        }
        assert_eq!(name("X-One").unwrap(), "x-one");
    }

    #[test]
    fn credentials_are_marked() {
        let authorization = name("Authorization").unwrap();
        assert!(value(&authorization, "Bearer x").unwrap().is_sensitive());
        assert!(
            !value(&name("accept").unwrap(), "*/*")
                .unwrap()
                .is_sensitive()
        );
    }

    proptest! {
        #[test]
        fn no_control_character_gets_into_a_value(text: String) {
            let controls = text.bytes().any(|byte| byte < 0x20 && byte != b'\t' || byte == 0x7f);
            let result = value(&name("x-test").unwrap(), &text);
            prop_assert_eq!(result.is_err(), controls);
            if let Err(error) = result {
                prop_assert!(text.is_empty() || !error.to_string().contains(&text));
            }
        }
    }
}
