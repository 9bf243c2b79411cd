//! The name of a repository at GitHub.

use std::fmt;
use std::str::FromStr;

use super::error::AccessError;

/// Owner and name of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryName {
    owner: String,
    name: String,
}

impl RepositoryName {
    /// Reads the address of a repository's page, as in `https://github.com/acme/portal`.
    ///
    /// # Errors
    /// When there is no `owner/name` at its end.
    pub fn of_page(address: &str) -> Result<Self, AccessError> {
        let strange = || AccessError::Repository(shown(address));
        let (_, path) = address.split_once("://").ok_or_else(strange)?;
        let (_, path) = path.split_once('/').ok_or_else(strange)?;
        path.trim_end_matches('/')
            .trim_end_matches(".git")
            .parse()
            .map_err(|_| strange())
    }

    /// The account that owns it.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl FromStr for RepositoryName {
    type Err = AccessError;

    fn from_str(text: &str) -> Result<Self, AccessError> {
        match text.split_once('/') {
            Some((owner, name)) if sound(owner) && sound(name) => Ok(Self {
                owner: owner.to_owned(),
                name: name.to_owned(),
            }),
            _ => Err(AccessError::Repository(shown(text))),
        }
    }
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.owner, self.name)
    }
}

/// Whether it can be part of a path as it is.
fn sound(part: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !part.is_empty()
        && part.len() <= 100
        && part.chars().all(allowed)
        && !part.starts_with("..")
        && part != "."
}

fn shown(text: &str) -> String {
    let text = tidegate_report::text::one_line(text, true);
    tidegate_report::text::clip(&text, 100).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_a_page_are_read() {
        let name: RepositoryName = "acme/portal.js".parse().unwrap();
        assert_eq!((name.owner(), name.name()), ("acme", "portal.js"));
        let page = RepositoryName::of_page("https://github.example:8443/acme/portal.git").unwrap();
        assert_eq!(page.to_string(), "acme/portal");
    }

    #[test]
    fn what_would_lead_elsewhere_is_refused() {
        for text in [
            "", "acme", "acme/", "/portal", "a/b/c", "acme/..", "./x", "a/b?c", "a/b#c", "ä/b",
            "a b/c", "a/%2e",
        ] {
            assert!(text.parse::<RepositoryName>().is_err(), "{text}");
        }
        for text in [
            "acme/portal",
            "https://github.com",
            "https://github.com/acme",
        ] {
            assert!(RepositoryName::of_page(text).is_err(), "{text}");
        }
    }
}
