//! Where the interface is.

use std::collections::BTreeSet;

use super::rules::servers as rules;
use super::{Diff, Pair, followed};
use crate::specification::openapi::OpenApi;
use crate::specification::{At, Place};

/// What changed about the servers that both documents name for everything.
pub(super) fn of_documents(diff: &mut Diff<'_>) {
    let (base, head) = (declared(diff.base), declared(diff.head));
    let old = base.iter().map(|place| diff.old(*place)).collect();
    let new = head.iter().map(|place| diff.new(*place)).collect();
    compare(diff, "", old, new);
}

/// What changed about the servers of an operation, where it or its path names servers of its own.
pub(super) fn of_operations(diff: &mut Diff<'_>, pair: &Pair<'_>) {
    let usual = |document: &OpenApi, places: &[Place]| declared(document) == places;
    if usual(diff.base, &pair.base.servers) && usual(diff.head, &pair.head.servers) {
        return;
    }
    let old = pair
        .base
        .servers
        .iter()
        .map(|place| diff.old(*place))
        .collect();
    let new = pair
        .head
        .servers
        .iter()
        .map(|place| diff.new(*place))
        .collect();
    compare(diff, &format!("{} ", pair.subject), old, new);
}

fn declared(document: &OpenApi) -> Vec<Place> {
    let servers = document.library.root().get("servers");
    servers
        .into_iter()
        .flat_map(At::elements)
        .map(At::place)
        .collect()
}

/// A server whose variables have their default values.
#[derive(Clone)]
struct Server<'d> {
    at: At<'d>,
    scheme: String,
    /// With its port; empty where the document's own host is meant.
    host: String,
    /// Without a slash at its end.
    path: String,
}

impl<'d> Server<'d> {
    fn of(at: At<'d>) -> Self {
        let mut url = at.text_of("url").unwrap_or("").to_owned();
        for (name, variable) in variables(at) {
            let value = variable.text_of("default").unwrap_or("");
            url = url.replace(&format!("{{{name}}}"), value);
        }
        let (scheme, rest) = match url.split_once("://") {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            None => (String::new(), url.as_str()),
        };
        let begins = if scheme.is_empty() {
            0
        } else {
            rest.find('/').unwrap_or(rest.len())
        };
        let (host, path) = rest.split_at(begins);
        let port = if scheme == "http" { ":80" } else { ":443" };
        let host = host.to_ascii_lowercase();
        Self {
            at,
            host: host.strip_suffix(port).unwrap_or(&host).to_owned(),
            path: path.trim_matches('/').to_owned(),
            scheme,
        }
    }

    /// Whether it is a machine of its developers.
    fn is_local(&self) -> bool {
        let name = self.host.split(':').next().unwrap_or("");
        name == "localhost"
            || name.ends_with(".localhost")
            || name == "127.0.0.1"
            || self.host.starts_with("[::1]")
    }

    /// Whether both have the same host, as far as the documents say.
    fn same_host(&self, other: &Self) -> bool {
        self.host == other.host || self.host.is_empty() || other.host.is_empty()
    }

    fn same_scheme(&self, other: &Self) -> bool {
        self.scheme == other.scheme || self.scheme.is_empty() || other.scheme.is_empty()
    }

    fn url(&self) -> String {
        let before = if self.scheme.is_empty() { "" } else { "://" };
        format!("{}{before}{}/{}", self.scheme, self.host, self.path)
    }
}

fn variables(server: At<'_>) -> impl Iterator<Item = (&str, At<'_>)> {
    let variables = server.get("variables").into_iter().flat_map(At::entries);
    variables.map(|(name, variable)| (name, followed(variable)))
}

/// The servers that count: those of developers say nothing where there are others.
fn counting<'d>(servers: Vec<At<'d>>) -> Vec<Server<'d>> {
    let all: Vec<Server<'d>> = servers.into_iter().map(Server::of).collect();
    let others: Vec<Server<'d>> = all.iter().filter(|one| !one.is_local()).cloned().collect();
    if others.is_empty() { all } else { others }
}

fn compare<'d>(diff: &mut Diff<'d>, before: &str, old: Vec<At<'d>>, new: Vec<At<'d>>) {
    // A document that named no server before promised no address.
    let promised = !old.is_empty();
    let mut old = counting(old);
    let mut new = counting(new);
    if new.is_empty() && promised {
        let root = diff.head.library.root();
        for one in old.into_iter().filter(|one| !one.path.is_empty()) {
            changed(
                diff,
                before,
                &one,
                &Server {
                    path: String::new(),
                    at: root,
                    ..one.clone()
                },
            );
        }
        return;
    }
    type Same = fn(&Server<'_>, &Server<'_>) -> bool;
    let alike: [Same; 4] = [
        |old, new| old.same_scheme(new) && old.same_host(new) && old.path == new.path,
        |old, new| old.same_host(new) && old.path == new.path,
        |old, new| old.same_host(new),
        |old, new| old.path == new.path,
    ];
    for same in alike {
        for one in std::mem::take(&mut old) {
            match new.iter().position(|other| same(&one, other)) {
                Some(at) => changed(diff, before, &one, &new.remove(at)),
                None => old.push(one),
            }
        }
    }
    if let ([one], [other]) = (&*old, &*new) {
        changed(diff, before, one, other);
        return;
    }
    let root = diff.head.library.root();
    let place = root.get("servers").unwrap_or(root);
    for one in old {
        let (subject, text) = (format!("{before}server {}", one.url()), "it is gone");
        diff.tell(
            &rules::SERVER_REMOVED,
            subject,
            text,
            Some(one.at),
            Some(place),
        );
    }
    for one in new {
        let (subject, text) = (format!("{before}server {}", one.url()), "it is new");
        diff.tell(&rules::SERVER_ADDED, subject, text, None, Some(one.at));
    }
}

/// What changed about a server.
fn changed<'d>(diff: &mut Diff<'d>, before: &str, old: &Server<'d>, new: &Server<'d>) {
    let subject = format!("{before}server {}", old.url());
    let mut tell =
        |rule, text: String| diff.tell(rule, &*subject, text, Some(old.at), Some(new.at));
    if old.path != new.path {
        tell(
            &rules::BASE_PATH_CHANGED,
            format!("the address is now {}", new.url()),
        );
    } else if !old.same_host(new) {
        tell(
            &rules::HOST_CHANGED,
            format!("the address is now {}", new.url()),
        );
    }
    if !old.same_scheme(new) {
        match &*new.scheme {
            "http" | "ws" => tell(
                &rules::SERVER_INSECURE,
                format!("{} is not encrypted", new.url()),
            ),
            "https" | "wss" => tell(
                &rules::SERVER_SECURED,
                format!("{} is encrypted", new.url()),
            ),
            _ => {}
        }
    }
    for (name, variable) in variables(old.at) {
        let kept = variables(new.at).find(|(other, _)| *other == name);
        let lost = narrowed(variable, kept.map(|(_, variable)| variable));
        if let Some(lost) = lost {
            tell(
                &rules::VARIABLE_NARROWED,
                format!("`{name}` in the address no longer takes {lost}"),
            );
        }
    }
}

/// The values that a variable no longer takes.
fn narrowed(old: At<'_>, new: Option<At<'_>>) -> Option<String> {
    let values = |at: At<'_>| -> Option<BTreeSet<String>> {
        let values = at.get("enum")?.elements().filter_map(At::text);
        Some(values.map(str::to_owned).collect())
    };
    let left = match new {
        Some(new) => values(new)?,
        None => old
            .text_of("default")
            .map(str::to_owned)
            .into_iter()
            .collect(),
    };
    let Some(values) = values(old) else {
        return Some("any value".to_owned());
    };
    let lost: Vec<String> = values
        .difference(&left)
        .map(|value| format!("`{value}`"))
        .collect();
    (!lost.is_empty()).then(|| lost.join(" and "))
}
