//! URLs with a password in them.

use percent_encoding::percent_decode_str;

/// How far the `@` may stand from the scheme, in bytes.
const LONGEST_USERINFO: usize = 512;

/// How long the host and what follows it may be, in bytes.
const LONGEST_REST: usize = 512;

/// A URL with a password (RFC 3986, 3.2.1).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UrlWithPassword {
    /// How many bytes it takes.
    pub(crate) length: usize,
    /// The URL, its escaped slashes undone.
    pub(crate) url: String,
    /// The password, percent signs decoded.
    pub(crate) password: String,
    /// The host, in lowercase.
    pub(crate) host: String,
    /// The first part of the path: the database's name.
    pub(crate) database: String,
}

impl UrlWithPassword {
    /// Reads the URL that a text begins with, its scheme being `scheme`.
    pub(crate) fn read(text: &[u8], scheme: &str) -> Option<Self> {
        let rest = text.get(scheme.len()..)?;
        let slashes = ["://", ":\\/\\/"]
            .into_iter()
            .find(|slashes| rest.starts_with(slashes.as_bytes()))?;
        let start = scheme.len() + slashes.len();
        let userinfo = userinfo(text.get(start..)?)?;
        let (user, password) = userinfo.split_once(':')?;
        let after = start + userinfo.len() + 1;
        let rest = rest_of(text.get(after..)?)?;
        let rest_text = rest.replace("\\/", "/");
        let host_end = rest_text.find(['/', '?', '#']).unwrap_or(rest_text.len());
        let authority = &rest_text[..host_end];
        let host = host_of(authority)?;
        if password.is_empty() {
            return None;
        }
        Some(Self {
            length: after + rest.len(),
            url: format!("{scheme}://{user}:{password}@{rest_text}"),
            password: percent_decode_str(password).decode_utf8_lossy().into(),
            host: host.to_ascii_lowercase(),
            database: rest_text[host_end..]
                .trim_start_matches('/')
                .split(['?', '#', '/'])
                .next()
                .unwrap_or_default()
                .to_owned(),
        })
    }

    /// Whether the host is this machine, or a name that only a private network knows.
    pub(crate) fn nearby(&self) -> bool {
        let host = self.host.as_str();
        let local = ["localhost", "0.0.0.0", "[::1]", "host.docker.internal"];
        local.contains(&host)
            || host.starts_with("127.")
            || [
                ".local",
                ".localhost",
                ".internal",
                ".test",
                ".example",
                ".invalid",
            ]
            .iter()
            .any(|suffix| host.ends_with(suffix))
            || ["example.com", "example.org", "example.net"]
                .iter()
                .any(|name| host == *name || host.ends_with(&format!(".{name}")))
            || !host.contains(['.', ':'])
    }

    /// What it says that is no secret, for people.
    pub(crate) fn facts(&self) -> Vec<(&'static str, String)> {
        let mut facts = vec![("host", self.host.clone())];
        if !self.database.is_empty() {
            facts.push(("database", self.database.clone()));
        }
        facts
    }
}

/// What stands between the slashes and the last `@` before the path.
fn userinfo(text: &[u8]) -> Option<&str> {
    let bound = &text[..text.len().min(LONGEST_USERINFO)];
    let ends = |byte: &u8| {
        byte.is_ascii_whitespace() || byte.is_ascii_control() || b"/\"'`<>\\?#|^".contains(byte)
    };
    let end = bound.iter().position(ends).unwrap_or(bound.len());
    let at = memchr::memrchr(b'@', &bound[..end])?;
    std::str::from_utf8(&bound[..at]).ok()
}

/// The host and what follows it, up to what ends a URL in a text.
fn rest_of(text: &[u8]) -> Option<&str> {
    let bound = &text[..text.len().min(LONGEST_REST)];
    let mut end = 0;
    while let Some(&byte) = bound.get(end) {
        let slash = byte == b'\\' && bound.get(end + 1) == Some(&b'/');
        let ends = byte.is_ascii_whitespace()
            || byte.is_ascii_control()
            || b"\"'`<>\\,;)}]|".contains(&byte);
        if ends && !slash && !(byte == b']' && bound.first() == Some(&b'[')) {
            break;
        }
        end += if slash { 2 } else { 1 };
    }
    let text = std::str::from_utf8(&bound[..end.min(bound.len())]).ok()?;
    Some(text.trim_end_matches(['.', ':']))
}

fn host_of(authority: &str) -> Option<&str> {
    let host = if authority.starts_with('[') {
        &authority[..=authority.find(']')?]
    } else {
        authority.split(':').next().unwrap_or_default()
    };
    let fits = |letter: char| letter.is_alphanumeric() || "-._[]:".contains(letter);
    (!host.is_empty() && host.chars().all(fits)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<UrlWithPassword> {
        UrlWithPassword::read(text.as_bytes(), text.split(':').next().unwrap())
    }

    #[test]
    fn password_host_and_database_are_told_apart() {
        let text = "postgres://app:p%40ss:w0rd@db.acme.example:5432/portal?sslmode=require\" rest";
        let url = read(text).unwrap();
        assert_eq!(
            (&*url.password, &*url.host, &*url.database),
            ("p@ss:w0rd", "db.acme.example", "portal")
        );
        assert_eq!(&text[url.length..], "\" rest");
    }

    #[test]
    fn escaped_slashes_and_unescaped_at_signs_are_read_as_they_are_meant() {
        let url = read(r"mysql:\/\/root:a@b@db.acme.io\/shop").unwrap();
        assert_eq!(
            (&*url.password, &*url.database, &*url.url),
            ("a@b", "shop", "mysql://root:a@b@db.acme.io/shop")
        );
        let url = read("redis://:hunter22@[2001:db8::1]:6379/0").unwrap();
        assert_eq!((&*url.host, &*url.password), ("[2001:db8::1]", "hunter22"));
    }

    #[test]
    fn without_a_password_it_is_nothing() {
        for text in [
            "postgres://db.acme.io/portal",
            "postgres://app@db.acme.io/portal",
            "postgres://app:@db.acme.io/portal",
            "https://a.io/x:y@z",
            "https://a.io/?u=x:y@z",
            "postgres://${USER}:${PASSWORD}@",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn hosts_of_this_machine_and_of_private_names_are_nearby() {
        let nearby = |host: &str| read(&format!("postgres://a:b@{host}/d")).unwrap().nearby();
        for host in [
            "localhost",
            "127.0.0.1:5432",
            "db",
            "db.local",
            "[::1]",
            "pg.example.com",
        ] {
            assert!(nearby(host), "{host}");
        }
        for host in ["db.acme.io", "10.0.0.5", "localhost.acme.io"] {
            assert!(!nearby(host), "{host}");
        }
    }
}
