//! Addresses as people type them.

use url::Url;

/// Why a text is no address of a deploy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It cannot be read as an address.
    #[error("it is no address of a web site")]
    Unreadable,
    /// It begins with something else than http or https.
    #[error("only http and https can be looked at")]
    Scheme,
    /// It holds a user's name or a password.
    #[error("it holds a name or a password")]
    Credentials,
    /// It leads to one page, with something behind `?` or `#`.
    #[error("it leads to one page, with something behind ? or #")]
    Page,
}

impl AddressError {
    /// How to mend it.
    pub fn help(self) -> &'static str {
        match self {
            Self::Unreadable | Self::Scheme => {
                "Write it as in the address bar of a browser, such as https://portal.example or http://localhost:3000."
            }
            Self::Credentials => {
                "Leave them out: the gate file keeps secrets in variables of the environment, and has a place for them."
            }
            Self::Page => {
                "Write the address that the portal begins at, such as https://portal.example."
            }
        }
    }
}

/// The address that a text means, without a trailing slash; one without a scheme is https, or http on this
/// machine.
///
/// # Errors
/// When it is none, or more than the address that a portal begins at.
pub fn address(text: &str) -> Result<String, AddressError> {
    let text = text.trim();
    let full = match text.contains("://") {
        true => text.to_owned(),
        false => {
            let host = text.split(['/', ':']).next().unwrap_or_default();
            let is_here = host == "localhost" || host.starts_with("127.");
            if !is_here && !host.contains('.') {
                return Err(AddressError::Unreadable);
            }
            format!("{}://{text}", if is_here { "http" } else { "https" })
        }
    };
    let url = Url::parse(&full).map_err(|_| AddressError::Unreadable)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(AddressError::Scheme);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Credentials);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(AddressError::Page);
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_read_as_people_type_them() {
        for (text, read) in [
            ("https://portal.example/", "https://portal.example"),
            (" portal.example ", "https://portal.example"),
            ("localhost:3000", "http://localhost:3000"),
            ("127.0.0.1:8000/app/", "http://127.0.0.1:8000/app"),
            ("HTTP://Portal.Example", "http://portal.example"),
        ] {
            assert_eq!(address(text).as_deref(), Ok(read), "{text}");
        }
    }

    #[test]
    fn what_is_no_address_says_why() {
        for (text, error) in [
            ("", AddressError::Unreadable),
            ("portal", AddressError::Unreadable),
            ("https://", AddressError::Unreadable),
            ("two words.example", AddressError::Unreadable),
            ("ftp://portal.example", AddressError::Scheme),
            ("https://mia:pw@portal.example", AddressError::Credentials),
            ("https://portal.example/?page=2", AddressError::Page),
            ("https://portal.example/#top", AddressError::Page),
        ] {
            assert_eq!(address(text), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics_and_what_is_read_is_read_again(text in "\\PC{0,60}") {
            if let Ok(read) = address(&text) {
                prop_assert_eq!(address(&read).ok(), Some(read));
            }
        }
    }
}
