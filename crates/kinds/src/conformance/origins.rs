//! Which of the origins of a gate file the document describes.

use tidegate_core::gate::Environment;

use crate::specification::openapi::OpenApi;

/// The addresses that the document describes, each without a slash at its end.
#[derive(Debug, Default)]
pub(super) struct Origins {
    described: Vec<String>,
}

impl Origins {
    /// The environment's own, and every api whose origin a server of the document names.
    ///
    /// Where servers name an api and nothing else, the document is that api's and not the portal's. A
    /// preview has an origin that no document knows, so servers that name none of them say nothing.
    pub(super) fn new(document: &OpenApi, environment: &Environment) -> Self {
        let servers = servers(document);
        let named = |url: &str| origin(url).is_some_and(|own| servers.contains(&own));
        let apis = environment.apis.iter().map(|api| api.url.value.as_str());
        let mut described: Vec<String> = apis.filter(|url| named(url)).map(str::to_owned).collect();
        let own = environment.url.value.as_str();
        let only_apis =
            !described.is_empty() && !named(own) && servers.iter().all(|server| !server.is_empty());
        if !only_apis {
            described.push(own.to_owned());
        }
        Self { described }
    }

    /// Whether an address is one of them or below one.
    pub(super) fn describe(&self, url: &str) -> bool {
        self.described.iter().any(|base| {
            let rest = url.strip_prefix(base.trim_end_matches('/'));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
        })
    }
}

/// The origins of all servers of a document; an empty one stands for a server without a host.
fn servers(document: &OpenApi) -> Vec<String> {
    let mut places = Vec::new();
    for operation in &document.operations {
        for place in &operation.servers {
            if !places.contains(place) {
                places.push(*place);
            }
        }
    }
    let urls = places
        .into_iter()
        .filter_map(|place| document.at(place).text_of("url"));
    urls.map(|url| origin(url).unwrap_or_default()).collect()
}

/// The scheme and the host of an address in small letters, without a port that goes without saying.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let origin = format!("{scheme}://{host}").to_ascii_lowercase();
    let usual = match scheme {
        "https" => ":443",
        "http" => ":80",
        _ => return Some(origin),
    };
    Some(origin.strip_suffix(usual).unwrap_or(&origin).to_owned())
}

/// The path of an address, without its query.
pub(super) fn path(url: &str) -> &str {
    let rest = url
        .split_once("://")
        .map_or(url, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    rest.split(['?', '#']).next().unwrap_or_default()
}

/// Whether a part of an address holds something in the place of a secret.
pub(super) fn is_redacted(text: &str) -> bool {
    text.contains(['[', ']']) || text.contains("%5B") || text.contains("%5D")
}
