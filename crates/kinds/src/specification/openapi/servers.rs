//! The base paths that operations stand under, by the servers of a document.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::super::{At, Place};
use super::Reader;

/// The most values of a variable in a path that are told apart; with more it may be anything.
const VALUE_LIMIT: usize = 8;

/// The most base paths that the variables of one server make.
const COMBINATION_LIMIT: usize = 64;

/// The most base paths of a document.
const BASE_LIMIT: usize = 512;

/// What stays as it is in a path (RFC 3986, unreserved).
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Stands for a variable of the path that may be anything.
const ANY: &str = "\u{0}";

/// A base path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Base {
    /// Its segments, percent-decoded; `None` is one that may be anything.
    pub(super) segments: Vec<Option<String>>,
    /// Whether it continues the path that the portal stands under.
    pub(super) relative: bool,
    /// Which of the document's it is; `None` for one that is good for every operation.
    pub(super) number: Option<usize>,
}

impl Base {
    /// A path as it is written.
    pub(super) fn literal(path: &str) -> Self {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
        let segments = parts.map(|part| {
            let text = percent_decode_str(part).decode_utf8_lossy();
            (text != ANY).then(|| text.into_owned())
        });
        Self {
            segments: segments.collect(),
            relative: true,
            number: None,
        }
    }

    /// The same base behind a path.
    pub(super) fn after(&self, under: &Self) -> Self {
        let segments = under.segments.iter().chain(&self.segments);
        Self {
            segments: segments.cloned().collect(),
            ..*self
        }
    }

    /// What follows the base in a path that begins with it.
    pub(super) fn strip<'s>(&self, segments: &'s [String]) -> Option<&'s [String]> {
        if segments.len() < self.segments.len() {
            return None;
        }
        let (start, rest) = segments.split_at(self.segments.len());
        let mut both = self.segments.iter().zip(start);
        let fits = both.all(|(base, sent)| match base {
            Some(text) => text == sent,
            None => !sent.is_empty(),
        });
        fits.then_some(rest)
    }
}

/// Gathers the bases of the servers of all operations.
#[derive(Debug, Default)]
pub(super) struct Bases {
    pub(super) bases: Vec<Base>,
    known: Vec<(Place, Vec<usize>)>,
}

impl Bases {
    /// The numbers of the bases of a server.
    pub(super) fn of(&mut self, reader: &mut Reader<'_>, server: Place) -> Vec<usize> {
        if let Some((_, numbers)) = self.known.iter().find(|(place, _)| *place == server) {
            return numbers.clone();
        }
        let mut numbers = Vec::new();
        for base in bases(reader.library.at(server)) {
            if base.segments.is_empty() || self.bases.len() >= BASE_LIMIT {
                continue;
            }
            let number = self.bases.len();
            self.bases.push(Base {
                number: Some(number),
                ..base
            });
            numbers.push(number);
        }
        self.known.push((server, numbers.clone()));
        numbers
    }
}

impl<'l> Reader<'l> {
    /// The servers declared by one of a document's parts, the first that declares any.
    pub(super) fn servers(&mut self, parts: &[At<'l>]) -> Vec<Place> {
        let declared = parts.iter().find_map(|part| {
            let servers = part.get("servers")?;
            (servers.elements().len() > 0).then_some(servers)
        });
        let servers = declared.map(|servers| servers.elements().map(At::place).collect());
        servers.unwrap_or_default()
    }

    /// Tells servers that are none.
    pub(super) fn check_servers(&mut self, part: At<'l>) {
        let Some(servers) = part.get("servers") else {
            return;
        };
        if !servers.is_list() {
            self.fault(
                servers,
                "`servers` is no list",
                "Write each server as `- url: …`.",
            );
        }
        for server in servers.elements() {
            self.check_server(server);
        }
    }

    fn check_server(&mut self, server: At<'l>) {
        let Some(url) = server.text_of("url") else {
            self.fault(
                server,
                "a server has no `url`",
                "Add it, as in `url: /api/v1`.",
            );
            return;
        };
        let variables = server.get("variables");
        for name in names(url) {
            let declared = variables.and_then(|variables| variables.get(name));
            let Some(declared) = declared else {
                let message = format!("the variable `{name}` of a server is declared nowhere");
                self.fault(
                    server,
                    message,
                    "Declare it under `variables` with a `default`.",
                );
                continue;
            };
            if declared.text_of("default").is_none() {
                let message = format!("the variable `{name}` of a server has no default");
                self.fault(
                    declared,
                    message,
                    "Add the value that clients use, as text.",
                );
            }
        }
    }
}

/// The path of a server with the defaults of its variables: empty, or with a slash before each segment.
pub(super) fn usual(server: At<'_>) -> String {
    let bases = bases(server);
    let first = bases.first().into_iter().flat_map(|base| &base.segments);
    first.flatten().fold(String::new(), |path, segment| {
        let segment = utf8_percent_encode(segment, KEPT);
        format!("{path}/{segment}")
    })
}

/// The base paths of a server, one for each value of its variables.
fn bases(server: At<'_>) -> Vec<Base> {
    let Some(url) = server.text_of("url") else {
        return Vec::new();
    };
    let path_from = path_start(url);
    let variables = server.get("variables");
    let mut urls = vec![String::new()];
    let mut rest = url;
    while let Some((before, name, after)) = variable(rest) {
        let at = url.len() - rest.len() + before.len();
        let declared = variables.and_then(|variables| variables.get(name));
        let values = values(declared, at >= path_from);
        urls = combine(&urls, before, &values);
        rest = after;
    }
    let mut bases: Vec<Base> = Vec::new();
    for start in urls {
        let base = base(&format!("{start}{rest}"));
        if !bases.contains(&base) {
            bases.push(base);
        }
    }
    bases
}

fn combine(starts: &[String], before: &str, values: &[String]) -> Vec<String> {
    let all = starts.iter().flat_map(|start| {
        let values = values.iter();
        values.map(move |value| format!("{start}{before}{value}"))
    });
    all.take(COMBINATION_LIMIT).collect()
}

/// What a variable may be: the values of its enum, else its default and, in the path, anything.
fn values(declared: Option<At<'_>>, in_path: bool) -> Vec<String> {
    let default = declared.and_then(|declared| declared.text_of("default"));
    let allowed = declared.and_then(|declared| declared.get("enum"));
    let allowed: Vec<String> = allowed
        .iter()
        .flat_map(|allowed| allowed.elements())
        .filter_map(At::text)
        .map(str::to_owned)
        .collect();
    let mut values: Vec<String> = default.map(str::to_owned).into_iter().collect();
    if in_path && allowed.len() > VALUE_LIMIT {
        values.push(ANY.to_owned());
    } else if !allowed.is_empty() {
        values.extend(
            allowed
                .into_iter()
                .filter(|one| Some(one.as_str()) != default),
        );
    } else if in_path {
        values.push(ANY.to_owned());
    }
    if values.is_empty() {
        values.push(String::new());
    }
    values
}

/// The first variable of a server's URL with what stands before and after it.
fn variable(url: &str) -> Option<(&str, &str, &str)> {
    let open = url.find('{')?;
    let close = url[open..].find('}')? + open;
    Some((&url[..open], &url[open + 1..close], &url[close + 1..]))
}

fn names(url: &str) -> Vec<&str> {
    let (mut names, mut rest) = (Vec::new(), url);
    while let Some((_, name, after)) = variable(rest) {
        names.push(name);
        rest = after;
    }
    names
}

/// Where the path of a server's URL begins, before its variables are known.
fn path_start(url: &str) -> usize {
    let host = match url.find("://") {
        Some(scheme) => scheme + 3,
        None if url.starts_with("//") => 2,
        None if url.starts_with('{') => 0,
        None => return 0,
    };
    url[host..].find('/').map_or(url.len(), |at| host + at)
}

fn base(url: &str) -> Base {
    let host = match url.find("://") {
        Some(scheme) => Some(scheme + 3),
        None => url.starts_with("//").then_some(2),
    };
    let Some(host) = host else {
        return Base::literal(url);
    };
    let path = url[host..].find('/').map_or("", |at| &url[host + at..]);
    Base {
        relative: false,
        ..Base::literal(path)
    }
}
