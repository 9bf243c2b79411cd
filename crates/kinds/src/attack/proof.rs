//! With what an identity's requests prove who it is.

use tidegate_core::check::ParseScope;
use tidegate_core::gate::Credential;

/// With what an identity's requests prove who it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Proof {
    /// Whether with cookies, which browsers add by themselves.
    pub(crate) cookies: bool,
    /// With these headers, in lowercase.
    pub(crate) headers: Vec<String>,
}

impl Proof {
    /// That of the check's identity; nothing without one.
    pub(crate) fn of(scope: &ParseScope<'_>) -> Self {
        let mut people = scope.people.iter();
        let person = people.find(|person| Some(&person.name) == scope.identity);
        let header = |name: &str| Self {
            cookies: false,
            headers: vec![name.to_ascii_lowercase()],
        };
        match person.map(|person| &person.credential) {
            None => Self::default(),
            Some(Credential::Cookies(_)) => Self::by_cookies(),
            Some(Credential::Headers(headers)) => Self {
                cookies: false,
                headers: headers
                    .iter()
                    .map(|(name, _)| name.to_ascii_lowercase())
                    .collect(),
            },
            Some(Credential::Login(login)) => match (&login.bearer, &login.header) {
                (Some(_), _) => header("authorization"),
                (None, Some((name, _))) => header(name),
                (None, None) => Self::by_cookies(),
            },
            Some(
                Credential::Bearer(_)
                | Credential::Basic { .. }
                | Credential::OAuth2(_)
                | Credential::Supabase { .. },
            ) => header("authorization"),
        }
    }

    fn by_cookies() -> Self {
        Self {
            cookies: true,
            headers: Vec::new(),
        }
    }
}
