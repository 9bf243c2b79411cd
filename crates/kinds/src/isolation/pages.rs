//! Lists that come in pages.

use serde_json::Value as Json;
use tidegate_core::ports::http::{Request, Response, Target};
use tidegate_core::secret::Sensitive;

/// The most pages of one list that are looked at, the first included.
pub(super) const PAGES: usize = 4;

/// The requests for further pages of a list, the likeliest first.
///
/// A link to another origin is not followed: the credentials would go with it.
pub(super) fn further(first: &Request, response: &Response) -> Vec<Request> {
    let with = |name: &str, value: String| {
        let mut request = first.clone();
        request.query.retain(|(known, _)| known != name);
        request.query.push((name.to_owned(), Sensitive::new(value)));
        request
    };
    let document: Json = serde_json::from_slice(&response.body).unwrap_or_default();
    let mut requests = Vec::new();
    let link = linked(response).or_else(|| text(&document, &["next", "next_url", "nextUrl"]));
    if let Some(path) = link.and_then(|link| own_path(&response.url, &link)) {
        let mut request = first.clone();
        request.query.clear();
        let api = match &first.target {
            Target::Path { api, .. } => api.clone(),
            Target::Url(_) | Target::Provider(_) | Target::Granted { .. } => None,
        };
        let path = Sensitive::new(path);
        request.target = Target::Path { api, path };
        requests.push(request);
    }
    let cursors = ["next_cursor", "nextCursor", "cursor", "next_page_token"];
    if let Some(cursor) = text(&document, &cursors) {
        requests.push(with("cursor", cursor));
    }
    let total = number(&document, &["total", "total_count", "totalCount", "count"]);
    let size = number(
        &document,
        &["per_page", "perPage", "page_size", "pageSize", "limit"],
    );
    if number(&document, &["page", "current_page", "currentPage"]).is_some() {
        let pages = match (total, size) {
            (Some(total), Some(size)) if size > 0 => total.div_ceil(size),
            _ => 2,
        };
        // What was created last stands on the last page or on the first.
        let numbers = [pages, 2, pages.saturating_sub(1)];
        for (at, page) in numbers.iter().enumerate() {
            if *page >= 2 && !numbers[..at].contains(page) {
                requests.push(with("page", page.to_string()));
            }
        }
    }
    requests.truncate(PAGES - 1);
    requests
}

/// The target of a `Link` header with the relation `next` (RFC 8288).
fn linked(response: &Response) -> Option<String> {
    let link = response.header("link")?;
    let next = link
        .split(',')
        .find(|part| part.contains("rel=\"next\"") || part.contains("rel=next"))?;
    let (_, rest) = next.split_once('<')?;
    let (target, _) = rest.split_once('>')?;
    Some(target.to_owned())
}

/// The path and query of a link to the origin that it was found at.
fn own_path(url: &str, link: &str) -> Option<String> {
    let origin = |address: &str| {
        let (scheme, rest) = address.split_once("://")?;
        let host = rest.split(['/', '?', '#']).next()?;
        Some(format!("{scheme}://{host}"))
    };
    if link.starts_with('/') && !link.starts_with("//") {
        return Some(link.to_owned());
    }
    let own = origin(url)?;
    let path = link.strip_prefix(&own)?;
    path.starts_with('/').then(|| path.to_owned())
}

/// The places of an answer that speak of its pages: the top and one below.
fn places(document: &Json) -> impl Iterator<Item = &Json> {
    let below = [
        "meta",
        "links",
        "pagination",
        "page_info",
        "pageInfo",
        "data",
    ];
    std::iter::once(document).chain(below.into_iter().filter_map(|key| document.get(key)))
}

fn text(document: &Json, keys: &[&str]) -> Option<String> {
    let mut values =
        places(document).flat_map(|place| keys.iter().filter_map(|key| place.get(*key)));
    let found = values.find_map(|value| value.as_str().filter(|text| !text.is_empty()));
    found.map(str::to_owned)
}

fn number(document: &Json, keys: &[&str]) -> Option<u64> {
    let mut values =
        places(document).flat_map(|place| keys.iter().filter_map(|key| place.get(*key)));
    values.find_map(Json::as_u64)
}

#[cfg(test)]
mod tests {
    use tidegate_core::ports::http::Cause;
    use tidegate_core::span::Location;

    use super::*;
    use crate::testing::{answer, path};

    fn pages(body: &str) -> Vec<String> {
        let cause = Cause {
            check: "c".into(),
            location: Location::line_of("tidegate.yaml", 1),
        };
        let first = Request::get("/records", cause);
        let requests = further(&first, &answer(200, body).unwrap());
        let told = |request: &Request| {
            let query = request.query.iter();
            let query = query.map(|(name, value)| format!("?{name}={}", value.expose()));
            format!("{}{}", path(request), query.collect::<String>())
        };
        requests.iter().map(told).collect()
    }

    #[test]
    fn pages_are_found_in_the_ways_that_portals_have() {
        assert_eq!(pages("[]"), Vec::<String>::new());
        assert_eq!(
            pages(r#"{"items":[],"total":95,"page":1,"per_page":20}"#),
            ["/records?page=5", "/records?page=2", "/records?page=4"]
        );
        assert_eq!(
            pages(r#"{"next":"/records?after=7"}"#),
            ["/records?after=7"]
        );
        assert_eq!(
            pages(r#"{"meta":{"next_cursor":"x"}}"#),
            ["/records?cursor=x"]
        );
    }

    #[test]
    fn a_link_to_another_origin_is_not_followed() {
        for link in ["https://evil.example/records", "//evil.example/records"] {
            assert_eq!(
                pages(&format!(r#"{{"next":"{link}"}}"#)),
                Vec::<String>::new()
            );
        }
        let own = r#"{"next":"http://127.0.0.1/records?page=2"}"#;
        assert_eq!(pages(own), ["/records?page=2"]);
        let alike = r#"{"next":"http://127.0.0.1.evil.example/records"}"#;
        assert_eq!(pages(alike), Vec::<String>::new());
    }
}
