//! The things in the answer of a list.

use serde_json::Value as Json;
use tidegate_core::ports::http::Response;

use crate::expect::Path;

/// The keys under which lists stand, the likeliest first.
const KEYS: &[&str] = &[
    "items",
    "data",
    "results",
    "records",
    "rows",
    "entries",
    "value",
    "content",
    "list",
    "nodes",
    "edges",
    "hits",
    "docs",
    "_embedded",
];

/// The keys under which an answer tells about its page.
const ABOUT: &[&str] = &[
    "meta",
    "pagination",
    "page",
    "paging",
    "page_info",
    "pageInfo",
];

/// The keys under which an answer tells how many items a page has at most.
const SIZES: &[&str] = &[
    "limit",
    "per_page",
    "perPage",
    "page_size",
    "pageSize",
    "size",
    "take",
    "first",
];

/// How deep in an answer a list is looked for.
const DEEPEST: usize = 3;

/// The JSON of an answer; lines of JSON are a list.
pub(super) fn document(response: &Response) -> Option<Json> {
    if response.truncated {
        return None;
    }
    if let Ok(document) = serde_json::from_slice(&response.body) {
        return Some(document);
    }
    let text = std::str::from_utf8(&response.body).ok()?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let values: Option<Vec<Json>> = lines.map(|line| serde_json::from_str(line).ok()).collect();
    let values = values.filter(|values| values.len() > 1 && values.iter().all(Json::is_object));
    values.map(Json::Array)
}

/// The items of a list: what a path leads to, else the list that the answer is or wraps.
pub(super) fn items<'v>(document: &'v Json, path: Option<&Path>) -> Option<Vec<&'v Json>> {
    let Some(path) = path else {
        return found(document, DEEPEST);
    };
    let all = path.all(document);
    match all.as_slice() {
        [Json::Array(items)] => Some(items.iter().collect()),
        [] | [Json::Null] => None,
        _ => Some(all),
    }
}

fn found(value: &Json, depth: usize) -> Option<Vec<&Json>> {
    match value {
        Json::Array(items) => Some(items.iter().collect()),
        Json::Object(entries) if depth > 0 => {
            let named = KEYS.iter().filter_map(|key| entries.get(*key));
            let others = entries.values().filter(|value| is_list_of_things(value));
            let mut candidates = named.chain(others);
            candidates.find_map(|value| found(value, depth - 1))
        }
        _ => None,
    }
}

fn is_list_of_things(value: &Json) -> bool {
    let things = value.as_array();
    things.is_some_and(|things| things.first().is_some_and(Json::is_object))
}

/// How many items a page has at most, as the answer itself tells.
pub(super) fn told_size(document: &Json) -> Option<u64> {
    let about = ABOUT.iter().filter_map(|key| document.get(key));
    let mut places = std::iter::once(document).chain(about);
    places.find_map(|place| SIZES.iter().find_map(|key| place.get(key)?.as_u64()))
}

/// How many items all pages have together, as the answer itself tells.
pub(super) fn told_total(document: &Json) -> Option<u64> {
    const TOTALS: &[&str] = &["total", "total_count", "totalCount", "count", "total_items"];
    let about = ABOUT.iter().filter_map(|key| document.get(key));
    let mut places = std::iter::once(document).chain(about);
    places.find_map(|place| TOTALS.iter().find_map(|key| place.get(key)?.as_u64()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::answer;

    #[test]
    fn items_are_found_wherever_they_are_wrapped() {
        for document in [
            json!([{ "id": 1 }, { "id": 2 }]),
            json!({ "items": [{ "id": 1 }, { "id": 2 }], "total": 2 }),
            json!({ "data": { "records": [{ "id": 1 }, { "id": 2 }] } }),
            json!({ "_embedded": { "invoices": [{ "id": 1 }, { "id": 2 }] }, "_links": {} }),
            json!({ "status": "success", "tags": ["a"], "invoices": [{ "id": 1 }, { "id": 2 }] }),
        ] {
            assert_eq!(items(&document, None).unwrap().len(), 2, "{document}");
        }
        for document in [json!({ "id": 1 }), json!("text"), json!({ "tags": ["a"] })] {
            assert!(items(&document, None).is_none(), "{document}");
        }
    }

    #[test]
    fn lines_of_json_are_a_list_and_cut_answers_are_nothing() {
        let lines = answer(200, "{\"id\":1}\n{\"id\":2}\n").unwrap();
        assert_eq!(items(&document(&lines).unwrap(), None).unwrap().len(), 2);
        let cut = answer(200, "[{\"id\":1},{\"id\":").unwrap();
        assert!(document(&cut).is_none());
        let mut long = answer(200, "[{\"id\":1}]").unwrap();
        long.truncated = true;
        assert!(document(&long).is_none());
        let deep = answer(200, "[".repeat(500_000)).unwrap();
        assert!(document(&deep).is_none());
    }

    #[test]
    fn the_size_of_a_page_is_read_off_the_answer() {
        assert_eq!(told_size(&json!({ "per_page": 20 })), Some(20));
        assert_eq!(told_size(&json!({ "meta": { "limit": 5 } })), Some(5));
        assert_eq!(told_size(&json!([1])), None);
        assert_eq!(told_total(&json!({ "total": 7 })), Some(7));
    }
}
