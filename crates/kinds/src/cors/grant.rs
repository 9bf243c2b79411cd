//! What an answer says about who may read it, as browsers understand it (Fetch, 4.9 and 3.2).

use tidegate_core::ports::http::Response;

/// How many signs of an odd value are told.
const SHOWN: usize = 120;

/// What an answer says about who may read it.
#[derive(Debug)]
pub(crate) struct Grant {
    /// The values of `Access-Control-Allow-Origin`, a header each.
    origins: Vec<String>,
    /// Whether cookies may go along.
    pub(crate) credentials: bool,
    /// Whether caches are told that it depends on the origin.
    pub(super) varies: bool,
    /// Which caches keep it.
    pub(super) keeping: Keeping,
}

/// Which caches keep an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Keeping {
    /// None.
    Nowhere,
    /// Those that decide for themselves.
    Unsaid,
    /// Those that many people share, which are asked to.
    Shared,
}

/// Whom an answer lets in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lets {
    /// Not this origin.
    No,
    /// This origin by its name.
    ByName,
    /// Everybody.
    Everybody,
}

impl Grant {
    /// Reads an answer.
    pub(crate) fn of(response: &Response) -> Self {
        let cache: Vec<String> = words(response, "cache-control").collect();
        let says = |word: &str| cache.iter().any(|one| one == word);
        Self {
            origins: response
                .header_values("access-control-allow-origin")
                .map(str::to_owned)
                .collect(),
            // Browsers want exactly this word.
            credentials: response
                .header_values("access-control-allow-credentials")
                .any(|value| value == "true"),
            varies: words(response, "vary").any(|word| word == "origin" || word == "*"),
            keeping: if says("no-store") {
                Keeping::Nowhere
            } else if says("public") || cache.iter().any(|one| one.starts_with("s-maxage=")) {
                Keeping::Shared
            } else {
                Keeping::Unsaid
            },
        }
    }

    /// Whether a page of this origin may read it.
    pub(crate) fn lets(&self, origin: &str) -> Lets {
        match self.origins.as_slice() {
            [one] if one == origin => Lets::ByName,
            [one] if one == "*" => Lets::Everybody,
            _ => Lets::No,
        }
    }

    /// Why a browser does not let a page of this origin read it; nothing when it does.
    pub(super) fn fault(&self, origin: &str, credentials: bool) -> Option<String> {
        let reason = match (self.lets(origin), self.origins.as_slice()) {
            (Lets::ByName, _) if credentials && !self.credentials => {
                "Access-Control-Allow-Credentials is not `true`, and the page sends cookies"
                    .to_owned()
            }
            (Lets::Everybody, _) if credentials => {
                "Access-Control-Allow-Origin is `*`, which browsers do not take for requests with cookies"
                    .to_owned()
            }
            (Lets::ByName | Lets::Everybody, _) => return None,
            (Lets::No, []) => "Access-Control-Allow-Origin is missing".to_owned(),
            (Lets::No, [one]) => odd(one, origin),
            (Lets::No, many) => format!(
                "Access-Control-Allow-Origin is there {} times, and browsers take one only",
                many.len()
            ),
        };
        Some(reason)
    }

    /// What it says, in a few words.
    pub(super) fn words(&self, origin: &str) -> String {
        let credentials = if self.credentials {
            ", with credentials"
        } else {
            ""
        };
        match self.lets(origin) {
            Lets::ByName => format!("lets {origin} in{credentials}"),
            Lets::Everybody => format!("lets everybody in{credentials}"),
            Lets::No => format!("does not let {origin} in"),
        }
    }
}

/// What is wrong with a value that is not the origin.
fn odd(value: &str, origin: &str) -> String {
    let why = if value.contains(',') || value.contains(' ') {
        "which are several origins, and browsers take one only"
    } else if value.trim_end_matches('/') == origin {
        "with a slash at its end, and browsers want the origin without it"
    } else if value.eq_ignore_ascii_case(origin) {
        "in other letters, and browsers want them as they sent them"
    } else {
        "which is another origin"
    };
    let value: String = value.chars().take(SHOWN).collect();
    format!("Access-Control-Allow-Origin is `{value}`, {why}")
}

/// The parts of a header that is a list, in lowercase.
fn words(response: &Response, name: &str) -> impl Iterator<Item = String> {
    let values = response
        .header_values(name)
        .flat_map(|value| value.split(','));
    values.map(|word| word.trim().to_ascii_lowercase())
}

/// Why a preflight keeps a browser from sending the request; nothing when it lets it.
pub(super) fn preflight_faults(
    response: &Response,
    origin: &str,
    method: &str,
    headers: &[String],
    credentials: bool,
) -> Vec<String> {
    match response.status {
        200..=299 => {}
        300..=399 => {
            return vec![format!(
                "the preflight is answered with a redirect ({}), which browsers do not follow",
                response.status
            )];
        }
        status @ (401 | 403) => {
            return vec![format!(
                "the preflight is refused with {status}; browsers send it without cookies and tokens, so it must \
                 be answered before anybody is asked to log in"
            )];
        }
        status => {
            return vec![format!(
                "the preflight is answered with {status}, and browsers want 2xx"
            )];
        }
    }
    let mut faults: Vec<String> = Grant::of(response)
        .fault(origin, credentials)
        .into_iter()
        .collect();
    let methods: Vec<&str> = response
        .header_values("access-control-allow-methods")
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let always = matches!(method, "GET" | "HEAD" | "POST");
    let any = methods.contains(&"*") && !credentials;
    if !always && !any && !methods.contains(&method) {
        faults.push(format!(
            "Access-Control-Allow-Methods does not have {method}"
        ));
    }
    let known: Vec<String> = words(response, "access-control-allow-headers").collect();
    let any = known.iter().any(|name| name == "*") && !credentials;
    for header in headers {
        let covered = any && header != "authorization";
        if !covered && !known.contains(header) {
            let star = known.iter().any(|name| name == "*");
            let why = match (star, header.as_str()) {
                (true, "authorization") => ", which `*` never covers",
                (true, _) => ", and `*` means nothing for requests with cookies",
                (false, _) => "",
            };
            faults.push(format!(
                "Access-Control-Allow-Headers does not have {header}{why}"
            ));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::answer;

    const APP: &str = "https://app.acme.example";

    fn with(status: u16, headers: &[(&str, &str)]) -> Response {
        let mut response = answer(status, "").unwrap();
        response.headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        response
    }

    fn fault(headers: &[(&str, &str)], credentials: bool) -> String {
        let grant = Grant::of(&with(200, headers));
        grant.fault(APP, credentials).unwrap_or_default()
    }

    #[test]
    fn an_origin_is_let_in_as_browsers_see_it() {
        const ALLOW: &str = "access-control-allow-origin";
        const CREDENTIALS: (&str, &str) = ("access-control-allow-credentials", "true");
        assert_eq!(fault(&[(ALLOW, APP)], false), "");
        assert_eq!(fault(&[(ALLOW, APP), CREDENTIALS], true), "");
        assert_eq!(fault(&[(ALLOW, "*")], false), "");
        for (headers, credentials, told) in [
            (vec![], false, "missing"),
            (vec![(ALLOW, APP)], true, "is not `true`"),
            (
                vec![(ALLOW, APP), ("access-control-allow-credentials", "True")],
                true,
                "is not `true`",
            ),
            (vec![(ALLOW, "*"), CREDENTIALS], true, "do not take"),
            (vec![(ALLOW, "https://app.acme.example/")], false, "slash"),
            (vec![(ALLOW, "https://App.acme.example")], false, "letters"),
            (
                vec![(ALLOW, "https://app.acme.example, https://b.example")],
                false,
                "several",
            ),
            (vec![(ALLOW, APP), (ALLOW, APP)], false, "2 times"),
            (vec![(ALLOW, "null")], false, "another origin"),
        ] {
            let said = fault(&headers, credentials);
            assert!(said.contains(told), "{headers:?}: {said}");
        }
    }

    #[test]
    fn a_preflight_must_allow_the_method_and_every_header() {
        let faults = |headers: &[(&str, &str)], method: &str, credentials: bool| {
            let mut all = vec![
                ("access-control-allow-origin", APP),
                ("access-control-allow-credentials", "true"),
            ];
            all.extend(headers);
            let asked = ["authorization".to_owned(), "content-type".to_owned()];
            preflight_faults(&with(204, &all), APP, method, &asked, credentials)
        };
        let headers = (
            "access-control-allow-headers",
            "Content-Type,  AUTHORIZATION",
        );
        let methods = ("access-control-allow-methods", "PUT, DELETE");
        assert_eq!(faults(&[headers, methods], "PUT", true), [""; 0]);
        assert_eq!(faults(&[headers], "POST", true), [""; 0]);
        assert_eq!(
            faults(&[headers], "PUT", true),
            ["Access-Control-Allow-Methods does not have PUT"]
        );
        let star = ("access-control-allow-headers", "*");
        let any = ("access-control-allow-methods", "*");
        assert_eq!(
            faults(&[star, any], "PATCH", false),
            ["Access-Control-Allow-Headers does not have authorization, which `*` never covers"]
        );
        assert_eq!(faults(&[star, any], "PATCH", true).len(), 3);
        let both = ("access-control-allow-headers", "*, Authorization");
        assert_eq!(faults(&[both, any], "PATCH", false), [""; 0]);
    }

    #[test]
    fn a_preflight_that_asks_for_a_login_or_redirects_is_explained() {
        for (status, told) in [
            (401, "before anybody"),
            (302, "redirect"),
            (404, "2xx"),
            (500, "2xx"),
        ] {
            let faults = preflight_faults(&with(status, &[]), APP, "GET", &[], false);
            assert!(faults[0].contains(told), "{faults:?}");
        }
    }
}
