//! Origins: those that may read the portal's answers, and what looks like them and may not.

use std::net::IpAddr;

use url::Url;

use crate::hosts;

/// The host of whoever attacks.
const EVIL: &str = "evil.example";

/// An origin as a browser writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    /// `http` or `https`.
    scheme: String,
    /// The host, lowercase.
    host: String,
    /// The port, unless it is the usual one.
    port: Option<u16>,
    /// Whether every host below this one is meant: `https://*.acme.example`.
    is_pattern: bool,
}

impl Origin {
    /// Reads an origin, or a pattern of hosts below one.
    ///
    /// # Errors
    /// What is wrong with it, as a lowercase fragment.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let below = text.split_once("://*.");
        let plain = below.map(|(scheme, host)| format!("{scheme}://{host}"));
        let url = hosts::origin(plain.as_deref().unwrap_or(text))?;
        Ok(Self {
            scheme: url.scheme().to_owned(),
            host: url.host_str().unwrap_or_default().to_owned(),
            port: url.port(),
            is_pattern: below.is_some(),
        })
    }

    /// The origin of an address.
    pub(super) fn of(address: &str) -> Option<Self> {
        let url = Url::parse(address).ok()?;
        Self::parse(&url.origin().ascii_serialization()).ok()
    }

    /// What a browser sends; one of the hosts that are meant for a pattern.
    pub(super) fn sent(&self) -> String {
        written(&self.scheme, &self.own_host(), self.port)
    }

    /// Its host; one of those that are meant for a pattern.
    fn own_host(&self) -> String {
        if self.is_pattern {
            format!("tidegate.{}", self.host)
        } else {
            self.host.clone()
        }
    }

    /// Whether an origin as a browser sends it is meant by this one.
    fn covers(&self, sent: &str) -> bool {
        if !self.is_pattern {
            return self.sent() == sent;
        }
        let other = Self::parse(sent);
        other.is_ok_and(|other| {
            let below = other.host.strip_suffix(&self.host);
            other.scheme == self.scheme
                && other.port == self.port
                && below.is_some_and(|below| below.len() > 1 && below.ends_with('.'))
        })
    }

    fn is_address(&self) -> bool {
        let host = self.host.trim_matches(['[', ']']);
        host.parse::<IpAddr>().is_ok() || self.host == "localhost"
    }

    /// What looks like it and is somebody else's.
    fn likes(&self) -> Vec<Foreign> {
        let Self {
            scheme, host, port, ..
        } = self;
        let like = |shape, host: &str| Foreign {
            origin: written(scheme, host, *port),
            shape,
        };
        let mut likes = vec![like(Shape::Suffix, &format!("{host}.{EVIL}"))];
        if self.is_address() {
            return likes;
        }
        likes.push(like(Shape::Prefix, &format!("evil{host}")));
        let domain = host.split_once('.').map(|(_, domain)| domain);
        if let Some(domain) = domain.filter(|domain| domain.contains('.')) {
            likes.push(like(Shape::Prefix, &format!("evil{domain}")));
        }
        likes.push(like(Shape::Prefix, &host.replacen('.', "x", 1)));
        // Some browsers send such hosts, and some expressions take them for the end of the host.
        for mark in ["_", "`"] {
            likes.push(like(Shape::Suffix, &format!("{host}{mark}.{EVIL}")));
        }
        if let Some((name, _)) = host.rsplit_once('.') {
            likes.push(like(Shape::Suffix, &format!("{name}.evil")));
        }
        let own = self.own_host();
        if scheme == "https" {
            likes.push(Foreign {
                origin: written("http", &own, *port),
                shape: Shape::Downgrade,
            });
        }
        likes.push(like(Shape::Subdomain, &self.neighbour()));
        likes.push(Foreign {
            origin: written(scheme, &own, Some(other_port(*port))),
            shape: Shape::Port,
        });
        likes
    }

    /// A host that a forgotten entry of the domain name system may hand to a stranger.
    fn neighbour(&self) -> String {
        match self.host.split_once('.') {
            Some((_, domain)) if domain.contains('.') && !self.is_pattern => {
                format!("forgotten.{domain}")
            }
            _ => format!("forgotten.{}", self.host),
        }
    }
}

/// An origin as a browser writes it.
fn written(scheme: &str, host: &str, port: Option<u16>) -> String {
    match port {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    }
}

fn other_port(port: Option<u16>) -> u16 {
    if port == Some(8443) { 9443 } else { 8443 }
}

/// In which way an origin is somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    /// It has nothing to do with the portal.
    Unrelated,
    /// What sandboxed pages and local files send.
    Null,
    /// A known origin with something behind it.
    Suffix,
    /// A known origin with something before it, or with another sign in the place of a dot.
    Prefix,
    /// A known host without TLS.
    Downgrade,
    /// Another name below the same domain.
    Subdomain,
    /// Another port of a known host.
    Port,
    /// The machine of whoever looks at the page.
    Localhost,
}

/// An origin that must not be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Foreign {
    /// As a browser sends it.
    pub(super) origin: String,
    /// In which way it is somebody else's.
    pub(super) shape: Shape,
}

impl Foreign {
    /// Whether anybody can have a host there within minutes.
    pub(super) fn is_shared(&self) -> bool {
        let domain = self.origin.split_once("forgotten.");
        domain.is_some_and(|(_, domain)| hosts::is_shared(domain))
    }
}

/// Every origin that must not be let in, the most telling first.
pub(super) fn foreign(own: &Origin, allowed: &[Origin], is_production: bool) -> Vec<Foreign> {
    let mut all = vec![
        Foreign {
            origin: format!("https://{EVIL}"),
            shape: Shape::Unrelated,
        },
        Foreign {
            origin: "null".to_owned(),
            shape: Shape::Null,
        },
    ];
    all.extend(allowed.iter().flat_map(Origin::likes));
    // The address of a portal on this machine says nothing about how it judges names.
    if allowed.is_empty() || !own.is_address() {
        all.extend(own.likes());
    }
    if is_production {
        for origin in ["http://localhost:3000", "https://localhost"] {
            all.push(Foreign {
                origin: origin.to_owned(),
                shape: Shape::Localhost,
            });
        }
    }
    let mut known: Vec<String> = vec![own.sent()];
    all.retain(|one| {
        let is_new = !known.contains(&one.origin);
        known.push(one.origin.clone());
        is_new && !allowed.iter().any(|allowed| allowed.covers(&one.origin))
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Origin {
        Origin::parse(text).unwrap()
    }

    fn sent(own: &str, allowed: &[&str], is_production: bool) -> Vec<(String, Shape)> {
        let allowed: Vec<Origin> = allowed.iter().map(|text| origin(text)).collect();
        foreign(&origin(own), &allowed, is_production)
            .into_iter()
            .map(|one| (one.origin, one.shape))
            .collect()
    }

    #[test]
    fn what_looks_like_an_allowed_origin_is_tried() {
        let all = sent("http://127.0.0.1:4000", &["https://app.acme.example"], true);
        let expected = [
            ("https://evil.example", Shape::Unrelated),
            ("null", Shape::Null),
            ("https://app.acme.example.evil.example", Shape::Suffix),
            ("https://evilapp.acme.example", Shape::Prefix),
            ("https://evilacme.example", Shape::Prefix),
            ("https://appxacme.example", Shape::Prefix),
            ("https://app.acme.example_.evil.example", Shape::Suffix),
            ("https://app.acme.example`.evil.example", Shape::Suffix),
            ("https://app.acme.evil", Shape::Suffix),
            ("http://app.acme.example", Shape::Downgrade),
            ("https://forgotten.acme.example", Shape::Subdomain),
            ("https://app.acme.example:8443", Shape::Port),
            ("http://localhost:3000", Shape::Localhost),
            ("https://localhost", Shape::Localhost),
        ];
        assert_eq!(all, expected.map(|(text, shape)| (text.to_owned(), shape)));
    }

    #[test]
    fn what_is_allowed_is_never_tried_as_foreign() {
        let allowed = [
            "https://*.acme.example",
            "http://app.acme.example",
            "https://app.acme.example:8443",
        ];
        let all = sent("https://app.acme.example", &allowed, false);
        assert!(
            all.iter().all(|(text, _)| !text.ends_with(".acme.example")
                || text.contains("evil")
                || text.starts_with("http://")),
            "{all:?}"
        );
        for text in ["http://app.acme.example", "https://app.acme.example:8443"] {
            assert!(all.iter().all(|(sent, _)| sent != text), "{all:?}");
        }
        // A name glued to the domain is below no allowed one.
        assert!(
            all.iter()
                .any(|(text, _)| text == "https://evilacme.example")
        );
    }

    #[test]
    fn an_address_of_this_machine_has_no_neighbours() {
        let all = sent("http://127.0.0.1:4000", &[], false);
        let texts: Vec<&str> = all.iter().map(|(text, _)| text.as_str()).collect();
        let expected = [
            "https://evil.example",
            "null",
            "http://127.0.0.1.evil.example:4000",
        ];
        assert_eq!(texts, expected);
        assert_eq!(sent("http://[::1]:4000", &[], false).len(), 3);
    }

    #[test]
    fn only_what_a_browser_sends_is_an_origin() {
        for (text, fault) in [
            ("https://app.acme.example/", "browsers write"),
            ("https://APP.acme.example", "browsers write"),
            ("https://app.acme.example:443", "browsers write"),
            ("https://app.acme.example/path", "browsers write"),
            ("https://anna@app.acme.example", "browsers write"),
            ("https://bücher.example", "browsers write"),
            ("app.acme.example", "expected"),
            ("*", "expected"),
            ("https://a.*.example", "expected"),
            ("ftp://app.acme.example", "expected"),
            ("https://", "expected"),
        ] {
            let error = Origin::parse(text).unwrap_err();
            assert!(error.contains(fault), "{text}: {error}");
        }
        assert_eq!(
            origin("https://*.a.example").sent(),
            "https://tidegate.a.example"
        );
        assert_eq!(
            Origin::of("https://a.example/base").unwrap().sent(),
            "https://a.example"
        );
    }

    #[test]
    fn a_neighbour_on_a_shared_host_is_anybody() {
        let all = foreign(&origin("https://acme.vercel.app"), &[], false);
        let shared: Vec<&str> = all
            .iter()
            .filter(|one| one.is_shared())
            .map(|one| one.origin.as_str())
            .collect();
        assert_eq!(shared, ["https://forgotten.vercel.app"]);
    }
}
