//! Which of the origins is the portal's, and what the others are called.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Api, Draft, LeftOut};
use super::names::{free, kebab};
use super::values::references;

/// Sorts the steps by where they go.
///
/// The portal is what was asked for, what the file says, or what most requests go to.
pub(crate) fn sort(draft: &mut Draft, wanted: Option<&str>) {
    for journey in &mut draft.journeys {
        let nowhere = journey.steps.extract_if(.., |step| {
            let origin = step.target.origin.as_deref();
            !origin.is_none_or(is_address)
        });
        for step in nowhere {
            let what = "a request to what is no address";
            let why = "scheme and host are needed, as in https://portal.example.com";
            journey.left_out.push(LeftOut::new(step.place, what, why));
        }
    }
    let portal = wanted
        .map(|wanted| wanted.trim_end_matches('/').to_ascii_lowercase())
        .or_else(|| draft.origin.clone())
        .or_else(|| usual(draft));
    let mut named: BTreeMap<String, String> = BTreeMap::new();
    let mut taken = BTreeSet::new();
    for journey in &mut draft.journeys {
        for step in &mut journey.steps {
            let Some(origin) = step.target.origin.take() else {
                continue;
            };
            let secure = origin
                .strip_prefix("http://")
                .map(|host| format!("https://{host}"));
            // Who leaves out the scheme means the portal, too.
            if portal.is_some() && (Some(&origin) == portal.as_ref() || secure == portal) {
                continue;
            }
            let name = named
                .entry(origin.clone())
                .or_insert_with(|| free(&api_name(&origin), &mut taken, "-"));
            step.target.on = Some(name.clone());
        }
    }
    draft.origin = portal;
    draft.apis = named
        .into_iter()
        .map(|(origin, name)| Api { name, origin })
        .collect();
}

/// Whether requests can go to an origin, as far as that is known before its variables are.
fn is_address(origin: &str) -> bool {
    let known = || url::Url::parse(origin).is_ok_and(|url| url.has_host());
    !references(origin).is_empty() || known()
}

/// The origin that most steps go to, the first of those that share the first place.
fn usual(draft: &Draft) -> Option<String> {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    let steps = draft.journeys.iter().flat_map(|journey| &journey.steps);
    for origin in steps.filter_map(|step| step.target.origin.as_deref()) {
        match counted.iter_mut().find(|(known, _)| *known == origin) {
            Some((_, count)) => *count += 1,
            None => counted.push((origin, 1)),
        }
    }
    let most = counted.iter().map(|(_, count)| *count).max()?;
    let first = counted.into_iter().find(|(_, count)| *count == most)?;
    Some(first.0.to_owned())
}

/// What an origin is called in a gate file.
fn api_name(origin: &str) -> String {
    if let [name, ..] = references(origin).as_slice() {
        let name = kebab(name, "api");
        let short = name.trim_end_matches("-url").trim_end_matches("-uri");
        return short.trim_end_matches("-base").to_owned();
    }
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let (host, port) = host.split_once(':').unwrap_or((host, ""));
    let labels: Vec<&str> = host.split('.').collect();
    let known = ["supabase", "firebaseio", "googleapis"];
    let telling = labels.iter().find(|label| known.contains(label));
    let first = labels
        .iter()
        .find(|label| !["www", "127", "localhost"].contains(label));
    match telling.or(first) {
        Some(label) if host.parse::<std::net::Ipv4Addr>().is_err() => kebab(label, "api"),
        _ => kebab(&format!("local {port}"), "api"),
    }
}

/// Whether an origin is this machine's.
pub(crate) fn is_loopback(origin: &str) -> bool {
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    let host = host.split('/').next().unwrap_or_default();
    let host = host
        .rsplit_once(':')
        .filter(|(_, port)| port.parse::<u16>().is_ok())
        .map_or(host, |(host, _)| host);
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "[::1]"
        || host
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_is_told_from_what_is_one() {
        for origin in ["https://portal.example", "http://[::1]:8080", "${BASE_URL}"] {
            assert!(is_address(origin), "{origin}");
        }
        for origin in ["http://[lib", "http://"] {
            assert!(!is_address(origin), "{origin}");
        }
    }

    #[test]
    fn apis_get_telling_names() {
        for (origin, name) in [
            ("https://api.acme.example", "api"),
            ("https://xyz.supabase.co", "supabase"),
            ("http://127.0.0.1:4000", "local-4000"),
            ("http://localhost:4000", "local-4000"),
            ("https://www.acme.example", "acme"),
            ("${ORDERS_BASE_URL}", "orders"),
        ] {
            assert_eq!(api_name(origin), name, "{origin}");
        }
        assert!(is_loopback("http://127.0.0.1:1") && is_loopback("http://localhost"));
        assert!(!is_loopback("http://127.0.0.1.acme.example"));
    }
}
