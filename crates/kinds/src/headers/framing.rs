//! Who may show a page inside their own (CSP Level 3, 6.4.2, and HTML, X-Frame-Options).

use url::Url;

use super::csp::Policy;

/// Who may show a page inside their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Frames {
    /// Everybody.
    Everybody,
    /// Nobody, or only pages of the portal.
    Own,
    /// These sources, by what each policy lists.
    Listed(Vec<Vec<String>>),
}

/// What the headers say about frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Framing {
    /// Who may, as browsers see it.
    pub(super) frames: Frames,
    /// What the older header says, when a browser that knows the newer one ignores it and the two differ.
    pub(super) conflict: Option<String>,
}

impl Framing {
    /// Reads the policies of the header and the values of `X-Frame-Options`.
    pub(super) fn of(policies: &[Policy], options: &[&str]) -> Self {
        let listed: Vec<Vec<String>> = policies
            .iter()
            .filter_map(|policy| policy.get("frame-ancestors"))
            .map(<[String]>::to_vec)
            .collect();
        let older = older(options);
        if listed.is_empty() {
            return Self {
                frames: older.unwrap_or(Frames::Everybody),
                conflict: None,
            };
        }
        let newer = newer(listed);
        let conflict = older.filter(|older| is_other(&newer, older, options));
        Self {
            conflict: conflict.map(|_| options.join(", ")),
            frames: newer,
        }
    }

    /// Whether pages of this origin may.
    pub(super) fn lets(&self, origin: &str, own: &str) -> bool {
        match &self.frames {
            Frames::Everybody => true,
            Frames::Own => origin == own,
            Frames::Listed(lists) => lists
                .iter()
                .all(|sources| sources.iter().any(|source| matches(source, origin, own))),
        }
    }

    /// The sources that let in others than these origins and the portal's own.
    pub(super) fn others(&self, origins: &[String], own: &str) -> Vec<String> {
        let Frames::Listed(lists) = &self.frames else {
            return Vec::new();
        };
        // Each of several policies must agree, so that the shortest list decides.
        let shortest = lists.iter().min_by_key(|sources| sources.len());
        let sources = shortest.into_iter().flatten();
        sources
            .filter(|source| {
                !source.starts_with('\'')
                    && !is_exactly(source, own)
                    && !origins.iter().any(|origin| is_exactly(source, origin))
            })
            .cloned()
            .collect()
    }
}

fn newer(lists: Vec<Vec<String>>) -> Frames {
    let is_own = |sources: &Vec<String>| {
        sources
            .iter()
            .all(|source| matches!(source.to_ascii_lowercase().as_str(), "'self'" | "'none'"))
    };
    let is_open = |sources: &Vec<String>| {
        sources.iter().any(|source| {
            let source = source.to_ascii_lowercase();
            matches!(
                source.as_str(),
                "*" | "http:" | "https:" | "http://*" | "https://*"
            )
        })
    };
    if lists.iter().any(is_own) {
        Frames::Own
    } else if lists.iter().all(is_open) {
        Frames::Everybody
    } else {
        Frames::Listed(lists)
    }
}

/// What the older header says: several values that differ keep everybody out, one that is unknown means
/// nothing.
fn older(options: &[&str]) -> Option<Frames> {
    let mut values: Vec<String> = options
        .iter()
        .flat_map(|value| value.split(','))
        .map(|value| value.trim().to_ascii_lowercase())
        .collect();
    values.sort_unstable();
    values.dedup();
    let is_known = |value: &String| matches!(value.as_str(), "deny" | "sameorigin");
    match values.as_slice() {
        [one] if is_known(one) => Some(Frames::Own),
        [_, ..] if values.len() > 1 && values.iter().any(is_known) => Some(Frames::Own),
        _ => None,
    }
}

/// Whether the older header means somebody else than the newer one.
fn is_other(newer: &Frames, older: &Frames, options: &[&str]) -> bool {
    let denies = options
        .iter()
        .any(|value| value.trim().eq_ignore_ascii_case("deny"));
    // A list beside SAMEORIGIN is a usual pair: browsers too old for lists keep the others out.
    match newer {
        Frames::Listed(_) => denies,
        newer => newer != older,
    }
}

/// Whether a source names this origin alone.
fn is_exactly(source: &str, origin: &str) -> bool {
    let source = source.trim_end_matches('/');
    let host = origin.split_once("://").map(|(_, host)| host);
    source.eq_ignore_ascii_case(origin)
        || host.is_some_and(|host| source.eq_ignore_ascii_case(host))
}

/// Whether a source of `frame-ancestors` fits an origin.
fn matches(source: &str, origin: &str, own: &str) -> bool {
    let source = source.to_ascii_lowercase();
    let Ok(url) = Url::parse(origin) else {
        return false;
    };
    let scheme = url.scheme();
    match source.as_str() {
        "*" => return matches!(scheme, "http" | "https"),
        "'self'" => return origin == own,
        _ => {}
    }
    if let Some(only) = source.strip_suffix(':') {
        return only == scheme || (only == "http" && scheme == "https");
    }
    let (wanted, rest) = match source.split_once("://") {
        Some((wanted, rest)) => (Some(wanted), rest),
        None => (None, source.as_str()),
    };
    let fits_scheme = match wanted {
        Some(wanted) => wanted == scheme || (wanted == "http" && scheme == "https"),
        None => scheme == "https" || own.starts_with("http://"),
    };
    let rest = rest.split('/').next().unwrap_or_default();
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (rest, None),
    };
    let known = url.host_str().unwrap_or_default();
    let fits_host = match host.strip_prefix("*.") {
        Some(below) => known
            .strip_suffix(below)
            .is_some_and(|name| name.len() > 1 && name.ends_with('.')),
        None => host == known || host == "*",
    };
    let usual = url.port_or_known_default().map(|port| port.to_string());
    let fits_port = match port {
        Some("*") => true,
        Some(port) => usual.as_deref() == Some(port),
        None => url.port().is_none(),
    };
    fits_scheme && fits_host && fits_port
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: &str = "https://portal.acme.example";
    const INTRANET: &str = "https://intranet.acme.example";

    fn framing(policy: &str, options: &[&str]) -> Framing {
        Framing::of(&Policy::all(policy), options)
    }

    #[test]
    fn browsers_follow_the_newer_header() {
        for (policy, options, expected) in [
            ("", vec![], Frames::Everybody),
            ("default-src 'none'", vec![], Frames::Everybody),
            ("", vec!["SAMEORIGIN"], Frames::Own),
            ("", vec!["deny"], Frames::Own),
            ("", vec!["ALLOW-FROM https://a.example"], Frames::Everybody),
            ("", vec!["deny", "sameorigin"], Frames::Own),
            ("", vec!["allowall"], Frames::Everybody),
            ("frame-ancestors 'none'", vec![], Frames::Own),
            ("frame-ancestors 'self'", vec!["SAMEORIGIN"], Frames::Own),
            ("frame-ancestors *", vec!["DENY"], Frames::Everybody),
            ("frame-ancestors https:", vec![], Frames::Everybody),
            (
                "frame-ancestors *, frame-ancestors 'none'",
                vec![],
                Frames::Own,
            ),
            ("frame-ancestors", vec![], Frames::Own),
        ] {
            assert_eq!(
                framing(policy, &options).frames,
                expected,
                "{policy} {options:?}"
            );
        }
    }

    #[test]
    fn two_headers_that_mean_different_things_are_told() {
        let conflict = |policy, options: &[&str]| framing(policy, options).conflict.is_some();
        assert!(conflict("frame-ancestors *", &["DENY"]));
        assert!(conflict("frame-ancestors https://a.example", &["DENY"]));
        assert!(!conflict(
            "frame-ancestors https://a.example",
            &["SAMEORIGIN"]
        ));
        assert!(!conflict("frame-ancestors 'none'", &["DENY"]));
        assert!(!conflict("frame-ancestors 'self'", &["DENY"]));
    }

    #[test]
    fn sources_fit_origins_as_browsers_see_it() {
        for (source, fits) in [
            (INTRANET, true),
            ("https://intranet.acme.example/", true),
            ("intranet.acme.example", true),
            ("INTRANET.acme.example", true),
            ("https://*.acme.example", true),
            ("*.acme.example:*", true),
            ("https://intranet.acme.example:443", true),
            ("http://intranet.acme.example", true),
            ("https:", true),
            ("https://acme.example", false),
            ("https://*.intranet.acme.example", false),
            ("https://intranet.acme.example:8443", false),
            ("'self'", false),
            ("", false),
        ] {
            let framing = framing(
                &format!("frame-ancestors 'self' {source} https://z.example"),
                &[],
            );
            let fits = fits || framing.frames == Frames::Everybody;
            assert_eq!(framing.lets(INTRANET, OWN), fits, "{source}");
        }
    }

    #[test]
    fn whoever_else_is_let_in_is_named() {
        let others = |policy: &str| framing(policy, &[]).others(&[INTRANET.to_owned()], OWN);
        assert_eq!(
            others("frame-ancestors 'self' https://intranet.acme.example"),
            [""; 0]
        );
        assert_eq!(
            others("frame-ancestors intranet.acme.example portal.acme.example"),
            [""; 0]
        );
        assert_eq!(
            others(
                "frame-ancestors https://*.acme.example https://intranet.acme.example https://b.example"
            ),
            ["https://*.acme.example", "https://b.example"]
        );
    }
}
