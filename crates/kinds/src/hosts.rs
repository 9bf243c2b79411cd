//! Hosts: this machine, and those whose neighbours are strangers; and origins as browsers write them.

use url::{Host, Url};

/// Domains below which everybody can have a host within minutes. Browsers refuse cookies for most of
/// them; what else reads cookies does not.
const SHARED: &[&str] = &[
    "amazonaws.com",
    "amplifyapp.com",
    "appspot.com",
    "azurewebsites.net",
    "cloudfront.net",
    "firebaseapp.com",
    "fly.dev",
    "github.io",
    "gitlab.io",
    "herokuapp.com",
    "lovable.app",
    "netlify.app",
    "ngrok.app",
    "ngrok.io",
    "onrender.com",
    "pages.dev",
    "railway.app",
    "replit.app",
    "run.app",
    "supabase.co",
    "surge.sh",
    "up.railway.app",
    "vercel.app",
    "web.app",
    "workers.dev",
];

/// Whether everybody can have a host directly below this domain.
pub(crate) fn is_shared(domain: &str) -> bool {
    SHARED.contains(&domain)
}

/// Whether a host is below such a domain, or one itself.
pub(crate) fn has_strangers_beside(host: &str) -> bool {
    SHARED.iter().any(|shared| {
        let name = host.strip_suffix(shared);
        name.is_some_and(|name| name.is_empty() || name.ends_with('.'))
    })
}

/// Whether an address leads to this machine.
pub(crate) fn is_this_machine(address: &str) -> bool {
    let url = Url::parse(address).ok();
    url.as_ref()
        .and_then(Url::host)
        .is_some_and(|host| match host {
            Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        })
}

/// Reads an origin.
///
/// # Errors
/// What is wrong with it, as a lowercase fragment.
pub(crate) fn origin(text: &str) -> Result<Url, String> {
    const EXPECTED: &str = "expected scheme and host, as in `https://app.acme.example`";
    let url = Url::parse(text).map_err(|_| EXPECTED)?;
    let is_one_host = url.host_str().is_some_and(|host| !host.contains('*'));
    if !is_one_host || !matches!(url.scheme(), "http" | "https") {
        return Err(EXPECTED.to_owned());
    }
    let known = url.origin().ascii_serialization();
    if known == text {
        Ok(url)
    } else {
        Err(format!("browsers write this origin as `{known}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_strangers_beside_it_where_everybody_can_have_one() {
        for host in ["acme.vercel.app", "vercel.app", "a.b.up.railway.app"] {
            assert!(has_strangers_beside(host), "{host}");
        }
        for host in ["acmeweb.app", "portal.acme.example", "vercel.app.example"] {
            assert!(!has_strangers_beside(host), "{host}");
        }
        assert!(is_shared("vercel.app") && !is_shared("acme.vercel.app"));
    }

    #[test]
    fn this_machine_has_many_names() {
        for address in [
            "http://localhost:3000",
            "https://portal.localhost",
            "http://127.0.0.2",
            "http://[::1]:80",
        ] {
            assert!(is_this_machine(address), "{address}");
        }
        for address in [
            "https://portal.acme.example",
            "http://192.168.0.1",
            "localhost",
        ] {
            assert!(!is_this_machine(address), "{address}");
        }
    }

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for text in ["https://app.acme.example", "http://127.0.0.1:4000"] {
            assert_eq!(origin(text).unwrap().origin().ascii_serialization(), text);
        }
        for text in [
            "*",
            "app.acme.example",
            "ftp://a.example",
            "https://*.a.example",
        ] {
            assert!(origin(text).unwrap_err().contains("expected"), "{text}");
        }
        assert!(
            origin("https://A.example/")
                .unwrap_err()
                .contains("browsers write")
        );
    }
}
