//! The cookies of one session (RFC 6265).
//!
//! Cookies do not tell ports and schemes apart (RFC 6265, 8.5), origins do. So a cookie without a
//! `Domain` goes back to the very origin that set it; one with a `Domain` goes to every declared
//! origin it matches, as its server asked for.

use std::cmp::Reverse;

use cookie_store::{Cookie as Stored, CookieStore, RawCookie};
use tidegate_core::ports::Secrets;
use tidegate_core::ports::http::Cookie;
use tidegate_core::secret::Sensitive;
use url::{Origin, Url};

/// The cookies of one session.
#[derive(Clone, Default)]
pub(crate) struct Jar {
    /// Those without a `Domain`, by the origin that set them.
    own: Vec<(Origin, CookieStore)>,
    /// Those with one.
    wide: CookieStore,
}

impl Jar {
    /// Keeps a cookie as a `Set-Cookie` header from this address has it; an improper one is dropped.
    pub(crate) fn store(&mut self, text: &str, url: &Url) {
        let Ok(cookie) = RawCookie::parse(text) else {
            return;
        };
        let origin = url.origin();
        let store = if cookie.domain().is_some() {
            &mut self.wide
        } else if let Some(at) = self.own.iter().position(|(known, _)| *known == origin) {
            &mut self.own[at].1
        } else {
            self.own.push((origin, CookieStore::default()));
            let last = self.own.len() - 1;
            &mut self.own[last].1
        };
        // What the rules refuse (a foreign domain, a deletion of nothing) is refused silently, as in
        // a browser.
        drop(store.insert_raw(&cookie, url));
    }

    /// Keeps a cookie as if this address had set it; for its whole site unless it has attributes.
    pub(crate) fn plant(&mut self, cookie: &Cookie, url: &Url) {
        let mut text = format!("{}={}", cookie.name, cookie.value.expose());
        for (name, value) in &cookie.attributes {
            text.push_str("; ");
            text.push_str(name);
            if let Some(value) = value {
                text.push('=');
                text.push_str(value);
            }
        }
        if cookie.attributes.is_empty() {
            text.push_str("; path=/");
        }
        self.store(&text, url);
    }

    /// Name and value of what goes to an address, longer paths first (RFC 6265, 5.4).
    pub(crate) fn matching(&self, url: &Url) -> impl Iterator<Item = (&str, &str)> {
        let mut cookies: Vec<&Stored<'static>> = self
            .stores(&url.origin())
            .flat_map(|store| store.matches(url))
            .collect();
        cookies.sort_by_key(|cookie| Reverse(cookie.path.len()));
        cookies.into_iter().map(|cookie| cookie.name_value())
    }

    /// The value of the first cookie of this name, whatever its path.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let stores = self.own.iter().map(|(_, store)| store);
        stores
            .chain([&self.wide])
            .flat_map(CookieStore::iter_unexpired)
            .find_map(|cookie| (cookie.name() == name).then(|| cookie.value()))
    }

    /// Whether no cookie is held.
    pub(crate) fn is_empty(&self) -> bool {
        let mut stores = self.own.iter().map(|(_, store)| store).chain([&self.wide]);
        stores.all(|store| store.iter_unexpired().next().is_none())
    }

    /// The cookies held for an origin, whatever their path.
    pub(crate) fn held_for(&self, url: &Url) -> Vec<Cookie> {
        self.stores(&url.origin())
            .flat_map(CookieStore::iter_unexpired)
            .filter(|cookie| cookie.domain.matches(url))
            .filter_map(|cookie| parse(&cookie.to_string()))
            .collect()
    }

    fn stores(&self, origin: &Origin) -> impl Iterator<Item = &CookieStore> {
        let own = self.own.iter().find(|(known, _)| known == origin);
        own.map(|(_, store)| store).into_iter().chain([&self.wide])
    }
}

/// Adds cookies to the text of a `Cookie` header (RFC 6265, 4.2.1).
pub(crate) fn write<'a>(header: &mut String, cookies: impl Iterator<Item = (&'a str, &'a str)>) {
    for (name, value) in cookies {
        if !header.is_empty() {
            header.push_str("; ");
        }
        header.push_str(name);
        header.push('=');
        header.push_str(value);
    }
}

/// Reads a `Set-Cookie` header as a browser does (RFC 6265, 5.2); `None` for one without a name.
pub(crate) fn parse(text: &str) -> Option<Cookie> {
    let mut parts = text.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let name = name.trim();
    if name.is_empty() {
        return None;
    }
    let attributes = parts
        .map(|part| match part.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim().to_owned())),
            None => (part.trim(), None),
        })
        .filter(|(name, _)| !name.is_empty())
        .map(|(name, value)| (name.to_ascii_lowercase(), value));
    Some(Cookie {
        name: name.to_owned(),
        value: Sensitive::from(value.trim()),
        attributes: attributes.collect(),
    })
}

/// Makes the value of a cookie a secret, unless the cookie is being deleted: what stands in a
/// deletion (`deleted`, `none`) is an ordinary word.
pub(crate) fn learn(text: &str, url: &Url, secrets: &dyn Secrets) {
    let Some(cookie) = parse(text) else {
        return;
    };
    if !Stored::parse(text, url).is_ok_and(|stored| stored.is_expired()) {
        let value = cookie.value.expose();
        secrets.learn(&format!("cookie {}", cookie.name), value.trim_matches('"'));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn sent(jar: &Jar, address: &str) -> String {
        let mut header = String::new();
        write(&mut header, jar.matching(&url(address)));
        header
    }

    #[test]
    fn a_cookie_goes_back_to_the_origin_that_set_it_and_no_other_port() {
        let mut jar = Jar::default();
        jar.store("sid=1; HttpOnly", &url("http://127.0.0.1:4000/login"));
        assert_eq!(sent(&jar, "http://127.0.0.1:4000/x"), "sid=1");
        assert_eq!(sent(&jar, "http://127.0.0.1:4001/x"), "");
    }

    #[test]
    fn a_cookie_with_a_domain_goes_to_its_subdomains_only() {
        let mut jar = Jar::default();
        jar.store(
            "sid=1; Domain=acme.example; Secure",
            &url("https://app.acme.example/"),
        );
        jar.store(
            "evil=1; Domain=other.example",
            &url("https://app.acme.example/"),
        );
        assert_eq!(sent(&jar, "https://api.acme.example/"), "sid=1");
        assert_eq!(sent(&jar, "http://api.acme.example/"), "");
        assert_eq!(sent(&jar, "https://other.example/"), "");
    }

    #[test]
    fn longer_paths_come_first_and_a_deletion_deletes() {
        let mut jar = Jar::default();
        let home = url("http://127.0.0.1/a/b");
        jar.store("x=1; Path=/", &home);
        jar.store("y=2; Path=/a", &home);
        assert_eq!(sent(&jar, "http://127.0.0.1/a/c"), "y=2; x=1");
        jar.store("x=; Path=/; Max-Age=0", &home);
        assert_eq!(sent(&jar, "http://127.0.0.1/a/c"), "y=2");
        assert_eq!(jar.value("x"), None);
        assert_eq!(jar.held_for(&home).len(), 1);
    }

    #[test]
    fn attributes_are_read_as_sent() {
        let cookie = parse("sid=a=b; Path=/; HttpOnly ; SameSite=Lax; Partitioned").unwrap();
        assert_eq!(cookie.value.expose(), "a=b");
        assert_eq!(cookie.attribute("path"), Some(Some("/")));
        assert_eq!(cookie.attribute("httponly"), Some(None));
        assert_eq!(cookie.attribute("samesite"), Some(Some("Lax")));
        assert_eq!(cookie.attribute("secure"), None);
        assert!(parse("no value; Path=/").is_none());
        assert!(parse("=x").is_none());
    }

    #[test]
    fn held_cookies_keep_their_attributes() {
        let mut jar = Jar::default();
        let home = url("https://app.example/");
        jar.store("sid=abc; Path=/; Secure; HttpOnly; SameSite=Strict", &home);
        let held = jar.held_for(&home);
        assert_eq!(held[0].attribute("httponly"), Some(None));
        assert_eq!(held[0].attribute("secure"), Some(None));
        assert_eq!(held[0].attribute("samesite"), Some(Some("Strict")));
    }

    proptest! {
        #[test]
        fn no_header_panics_the_jar(text in r"(sid|=|;|Domain|Path|/|Max-Age|Expires|[ -~é]){0,12}") {
            let mut jar = Jar::default();
            let home = url("https://app.example/");
            jar.store(&text, &home);
            let _ = parse(&text);
            let elsewhere = url("https://else.test/");
            prop_assert_eq!(jar.matching(&elsewhere).count(), 0);
        }
    }
}
