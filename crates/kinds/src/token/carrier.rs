//! Where the credentials of a session stand, and copies of them with something changed.

use tidegate_core::ports::http::{Cookie, Credentials, Request};
use tidegate_core::secret::Sensitive;

use super::jwt::{Jwt, NotRead};

/// The most things of one session that are looked at; each costs a request.
pub(super) const MOST: usize = 20;

/// One thing that a session shows with its requests.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Carrier {
    /// Whether it is a cookie, and not a header.
    pub(super) is_cookie: bool,
    /// Its name.
    pub(super) name: String,
    /// What stands before the credential in it: `Bearer `.
    pub(super) scheme: String,
    /// The credential.
    pub(super) value: Sensitive,
}

impl Carrier {
    /// Everything that credentials consist of.
    pub(super) fn all(credentials: &Credentials) -> Vec<Self> {
        let headers = credentials
            .headers
            .iter()
            .map(|(name, value)| Self::header(name, value));
        let cookies = credentials.cookies.iter().map(Self::cookie);
        headers.chain(cookies).take(MOST).collect()
    }

    fn header(name: &str, value: &Sensitive) -> Self {
        let text = value.expose();
        let is_scheme = |word: &&str| word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let split = text.split_once(' ').filter(|(scheme, _)| is_scheme(scheme));
        let (scheme, rest) = split.map_or((String::new(), text), |(scheme, rest)| {
            (format!("{scheme} "), rest.trim_start())
        });
        Self {
            is_cookie: false,
            name: name.to_owned(),
            scheme,
            value: rest.into(),
        }
    }

    fn cookie(cookie: &Cookie) -> Self {
        Self {
            is_cookie: true,
            name: cookie.name.clone(),
            scheme: String::new(),
            value: cookie.value.clone(),
        }
    }

    /// A copy with another credential in it.
    pub(super) fn with(&self, value: impl Into<String>) -> Self {
        Self {
            value: Sensitive::new(value),
            ..self.clone()
        }
    }

    /// A copy with something else before the credential.
    pub(super) fn under(&self, scheme: &str) -> Self {
        Self {
            scheme: scheme.to_owned(),
            ..self.clone()
        }
    }

    /// What it is, for people.
    pub(super) fn label(&self) -> String {
        let what = if self.is_cookie { "cookie" } else { "header" };
        format!("the {what} `{}`", self.name)
    }

    /// The token in it.
    ///
    /// # Errors
    /// Why it is not taken apart.
    pub(super) fn token(&self) -> Result<Jwt, NotRead> {
        Jwt::read(self.value.expose())
    }

    /// The key of a finding about it, the same in every run.
    pub(super) fn key(&self) -> String {
        let what = if self.is_cookie { "cookie" } else { "header" };
        format!("{what} {}", self.name)
    }
}

/// Shows these, and nothing else, with a request of nobody.
pub(super) fn show(request: &mut Request, carriers: &[Carrier]) {
    let mut cookies = String::new();
    for carrier in carriers {
        let value = carrier.value.expose();
        if carrier.is_cookie {
            let gap = if cookies.is_empty() { "" } else { "; " };
            cookies.push_str(&format!("{gap}{}={value}", carrier.name));
        } else {
            let whole = format!("{}{value}", carrier.scheme);
            add(request, &carrier.name, whole.trim());
        }
    }
    if !cookies.is_empty() {
        add(request, "cookie", &cookies);
    }
}

fn add(request: &mut Request, name: &str, value: &str) {
    request
        .headers
        .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    request.headers.push((name.to_owned(), value.into()));
}

#[cfg(test)]
mod tests {
    use tidegate_core::ports::http::Cause;
    use tidegate_core::span::Location;

    use super::*;

    #[test]
    fn carriers_keep_what_stands_before_a_credential() {
        let header = |value: &str| Carrier::header("authorization", &value.into());
        for (value, scheme, rest) in [
            ("Bearer abc", "Bearer ", "abc"),
            ("Token  abc", "Token ", "abc"),
            ("abc", "", "abc"),
            ("a.b c", "", "a.b c"),
        ] {
            let carrier = header(value);
            assert_eq!(
                (carrier.scheme.as_str(), carrier.value.expose()),
                (scheme, rest)
            );
        }
    }

    #[test]
    fn what_is_shown_replaces_what_was_there() {
        let cause = Cause {
            check: "tokens".into(),
            location: Location::line_of("tidegate.yaml", 1),
        };
        let mut request = Request::get("/api/me", cause);
        request.headers.push(("Cookie".into(), "theme=dark".into()));
        let cookie = |name: &str| Carrier {
            is_cookie: true,
            name: name.into(),
            scheme: String::new(),
            value: "1".into(),
        };
        let bearer = Carrier::header("authorization", &"Bearer abc".into());
        show(&mut request, &[bearer.with(""), cookie("a"), cookie("b")]);
        let shown: Vec<_> = request
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.expose()))
            .collect();
        assert_eq!(shown, [("authorization", "Bearer"), ("cookie", "a=1; b=1")]);
    }
}
