//! How clients prove who they are.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Diff;
use super::rules::security as rules;
use crate::specification::At;
use crate::specification::openapi::{OpenApi, Requirement};

/// What the schemes of both documents have in common, whatever they are called.
pub(super) struct Schemes {
    base: HashMap<String, String>,
    head: HashMap<String, String>,
}

impl Schemes {
    /// The same text for the same scheme of either document.
    pub(super) fn identity<'s>(&'s self, requirement: &'s Requirement, in_head: bool) -> &'s str {
        let side = if in_head { &self.head } else { &self.base };
        let known = side.get(&requirement.scheme);
        known.map_or(&*requirement.scheme, String::as_str)
    }
}

/// Finds the schemes again that operations ask for, and tells what changed about them.
///
/// One that is only called otherwise is the same; one of the same name that is another now has changed,
/// unless the old one lives on under another name.
pub(super) fn compare(diff: &mut Diff<'_>) -> Schemes {
    let (base, head) = (used(diff.base), used(diff.head));
    let old: HashMap<String, String> = named(&base);
    let mut new: HashMap<String, String> = named(&head);
    let kept: HashSet<String> = new.values().cloned().collect();
    let known: HashSet<&String> = old.values().collect();
    for (name, after) in &head {
        let Some(before) = base.get(name) else {
            continue;
        };
        if !known.contains(&identity(*after)) && !kept.contains(&identity(*before)) {
            both(diff, name, *before, *after);
            new.insert((*name).to_owned(), identity(*before));
        }
    }
    for (name, before) in &base {
        let after = head
            .iter()
            .find(|(other, _)| new.get(**other) == old.get(*name));
        if let Some((_, after)) = after {
            withdrawn(diff, name, *before, *after);
        }
    }
    Schemes {
        base: old,
        head: new,
    }
}

/// The schemes that operations of a document ask for, by name.
fn used(document: &OpenApi) -> BTreeMap<&str, At<'_>> {
    let alternatives = document.operations.iter().flat_map(|one| &one.security);
    let requirements = alternatives.flatten();
    requirements
        .filter_map(|one| Some((&*one.scheme, super::followed(document.at(one.place?)))))
        .collect()
}

fn named(schemes: &BTreeMap<&str, At<'_>>) -> HashMap<String, String> {
    let schemes = schemes.iter();
    schemes
        .map(|(name, at)| ((*name).to_owned(), identity(*at)))
        .collect()
}

/// Everything by which a client notices that a scheme is another one.
fn identity(scheme: At<'_>) -> String {
    let text = |key: &str| scheme.text_of(key).unwrap_or("");
    match text("type") {
        "apiKey" => {
            let (place, name) = key(scheme);
            format!("apiKey {place} {name}")
        }
        "http" => format!("http {}", text("scheme").to_ascii_lowercase()),
        "oauth2" => {
            let mut flows: Vec<String> = flows(scheme)
                .map(|(name, flow)| format!("{name} {}", addresses(flow).join(" ")))
                .collect();
            flows.sort_unstable();
            format!("oauth2 {}", flows.join(" "))
        }
        kind => format!("{kind} {}", text("openIdConnectUrl")),
    }
}

/// Where an API key is sent, and under which name.
fn key(scheme: At<'_>) -> (&str, String) {
    let place = scheme.text_of("in").unwrap_or("");
    let name = scheme.text_of("name").unwrap_or("");
    let name = if place == "header" {
        name.to_ascii_lowercase()
    } else {
        name.to_owned()
    };
    (place, name)
}

fn flows(scheme: At<'_>) -> impl Iterator<Item = (&str, At<'_>)> {
    let flows = scheme.get("flows").into_iter().flat_map(At::entries);
    flows.filter(|(name, _)| !name.starts_with("x-"))
}

/// The addresses of a flow that clients call.
fn addresses(flow: At<'_>) -> Vec<&str> {
    let keys = [
        "authorizationUrl",
        "tokenUrl",
        "refreshUrl",
        "deviceAuthorizationUrl",
    ];
    keys.iter()
        .map(|key| flow.text_of(key).unwrap_or(""))
        .collect()
}

/// What changed about a scheme of the same name.
fn both<'d>(diff: &mut Diff<'d>, name: &str, before: At<'d>, after: At<'d>) {
    let subject = format!("security scheme {name}");
    let kind = |at: At<'d>| {
        (
            at.text_of("type"),
            at.text_of("scheme").map(str::to_ascii_lowercase),
        )
    };
    if kind(before) != kind(after) {
        let text = format!("`{name}` was {} and is now {}", told(before), told(after));
        diff.tell(
            &rules::SCHEME_TYPE_CHANGED,
            subject,
            text,
            Some(before),
            Some(after),
        );
        return;
    }
    match before.text_of("type") {
        Some("apiKey") => {
            let text = format!("`{name}` was {} and is now {}", told(before), told(after));
            diff.tell(
                &rules::SCHEME_MOVED,
                subject,
                text,
                Some(before),
                Some(after),
            );
        }
        Some("oauth2") => both_flows(diff, &subject, before, after),
        _ => {
            let text = "the address that OpenID Connect is discovered at changed";
            diff.tell(&rules::FLOW_MOVED, subject, text, Some(before), Some(after));
        }
    }
}

fn told(scheme: At<'_>) -> String {
    let text = |key: &str| scheme.text_of(key).unwrap_or("");
    match text("type") {
        "apiKey" => format!("a key in the {} `{}`", text("in"), text("name")),
        "http" => format!("HTTP {}", text("scheme")),
        "oauth2" => "OAuth 2".to_owned(),
        "openIdConnect" => "OpenID Connect".to_owned(),
        "mutualTLS" => "a client certificate".to_owned(),
        other => format!("`{other}`"),
    }
}

fn both_flows<'d>(diff: &mut Diff<'d>, subject: &str, before: At<'d>, after: At<'d>) {
    for (name, old) in flows(before) {
        let new = flows(after).find(|(other, _)| *other == name);
        let (rule, text, at) = match new {
            None => (
                &rules::FLOW_REMOVED,
                format!("the flow `{name}` is gone"),
                after,
            ),
            Some((_, new)) if addresses(old) != addresses(new) => (
                &rules::FLOW_MOVED,
                format!("the flow `{name}` has other addresses"),
                new,
            ),
            Some(_) => continue,
        };
        diff.tell(rule, format!("{subject} {name}"), text, Some(old), Some(at));
    }
    for (name, new) in flows(after) {
        if flows(before).all(|(other, _)| other != name) {
            let text = format!("the flow `{name}` is new");
            diff.tell(
                &rules::FLOW_ADDED,
                format!("{subject} {name}"),
                text,
                Some(before),
                Some(new),
            );
        }
    }
}

/// Scopes that the flows of a scheme no longer offer.
fn withdrawn<'d>(diff: &mut Diff<'d>, scheme: &str, before: At<'d>, after: At<'d>) {
    for (flow, old) in flows(before) {
        let Some((_, new)) = flows(after).find(|(other, _)| *other == flow) else {
            continue;
        };
        let offered = |scope: &str| {
            new.get("scopes")
                .is_some_and(|all| all.get(scope).is_some())
        };
        for (scope, at) in old.get("scopes").into_iter().flat_map(At::entries) {
            if !offered(scope) {
                let subject = format!("security scheme {scheme} {flow} {scope}");
                let text = format!("the flow `{flow}` no longer offers `{scope}`");
                diff.tell(&rules::SCOPE_WITHDRAWN, subject, text, Some(at), Some(new));
            }
        }
    }
}
