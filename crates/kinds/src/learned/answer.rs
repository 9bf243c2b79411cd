//! Which exchanges are learned from, and what their answers are called.

use tidegate_core::exchange::Exchange;
use tidegate_core::gate::Environment;
use tidegate_core::ports::http::Purpose;

use super::snapshot::Key;
use crate::naming::without_data;
use crate::observer;

/// The longest media type that is kept.
const MEDIA_TYPE_LIMIT: usize = 100;

/// Whether an answer is one that clients live on: a success of what a user would do.
pub(super) fn is_told(exchange: &Exchange) -> bool {
    let succeeded = exchange.status.is_some_and(|s| (200..300).contains(&s));
    succeeded
        && exchange.method != "HEAD"
        && matches!(exchange.purpose, Purpose::Normal | Purpose::Login)
}

/// What the request of an exchange is called in the snapshot: no value that it was sent with is in it.
pub(super) fn request(exchange: &Exchange, environment: Option<&Environment>) -> String {
    observer::asked_of(exchange, &route(&exchange.route), environment)
}

/// The path of a route with `{}` for every capture and for everything that looks like data.
fn route(route: &str) -> String {
    let route = without_captures(route);
    let path = match route.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => &route,
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    without_data(path)
}

/// Two flows name what they captured differently; the answer is the same.
fn without_captures(route: &str) -> String {
    let mut plain = String::with_capacity(route.len());
    let mut rest = route;
    while let Some((before, after)) = rest.split_once("${") {
        plain.push_str(before);
        plain.push_str("{}");
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    plain.push_str(rest);
    plain
}

/// The media type without its parameters, when it is one of JSON.
pub(super) fn json_type(exchange: &Exchange) -> Option<String> {
    let content_type = exchange.response_header("content-type")?;
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let media_type = media_type.to_ascii_lowercase();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/+.-_".contains(&byte);
    let known = media_type == "application/json"
        || media_type == "text/json"
        || media_type.ends_with("+json");
    (known && media_type.len() <= MEDIA_TYPE_LIMIT && media_type.bytes().all(plain))
        .then_some(media_type)
}

/// What an answer of JSON is called in the snapshot.
pub(super) fn key(request: &str, status: u16, media_type: &str) -> Key {
    Key {
        request: request.to_owned(),
        answer: format!("{status} {media_type}"),
    }
}

/// Whether the client asked for something that is not JSON.
pub(super) fn asked_for_other(exchange: &Exchange) -> bool {
    let mut headers = exchange.request_headers.iter();
    let accepted = headers.find(|(name, _)| name == "accept");
    accepted.is_some_and(|(_, value)| {
        let value = value.to_ascii_lowercase();
        !value.is_empty() && !value.contains("json") && !value.contains("*/*")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_lose_what_is_data() {
        let cases = [
            ("/api/records/${record}", "/api/records/{}"),
            ("/api/records/rec-${record}.csv", "/api/records/rec-{}.csv"),
            ("/api/records?page=2", "/api/records"),
            ("/api/search?q=${canary}", "/api/search"),
            ("/a/${x:-a?b/c}/c?d", "/a/{}/c"),
            ("/a/${x", "/a/{}"),
            ("https://acme.example/api/me?x=1", "/api/me"),
            ("https://acme.example", "/"),
            ("/api/records/4711/files", "/api/records/{}/files"),
            ("/api/people/anna@acme.example", "/api/people/{}"),
            ("/api/v2/months/2026-11", "/api/v2/months/{}"),
            ("/", "/"),
        ];
        for (written, wanted) in cases {
            assert_eq!(route(written), wanted);
        }
    }
}
