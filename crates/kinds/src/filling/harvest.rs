//! Values for path parameters out of answers: ids in lists, and what links of the document hand on.

use std::collections::HashMap;

use serde_json::Value as Json;
use tidegate_core::ports::http::Response;

use super::fill::Filled;
use crate::specification::openapi::{MediaType, OpenApi, Operation};
use crate::specification::{At, Place};

/// The most elements of a list that are kept.
const KEPT: usize = 20;

/// The keys under which lists stand, the likely ones first.
const LISTS: &[&str] = &[
    "items", "data", "results", "records", "entries", "content", "values", "value", "rows",
];

/// The keys under which ids stand, beside the name of the parameter.
const IDS: &[&str] = &["id", "uuid", "_id", "key", "slug"];

/// What answers told so far.
#[derive(Debug, Default)]
pub(crate) struct Harvest {
    /// The elements of lists, by the path that was asked, without its base.
    lists: HashMap<String, Vec<Json>>,
    /// What links hand on: the operation and the name of its parameter.
    linked: HashMap<(Place, String), Json>,
    /// The mark of what this run made: that may be gone soon.
    passing: Option<String>,
}

impl Harvest {
    /// The same that prefers what does not have the mark of a run in it.
    #[must_use]
    pub(crate) fn preferring_without(mut self, mark: &str) -> Self {
        self.passing = Some(mark.to_owned());
        self
    }

    /// Takes what an answer tells.
    pub(crate) fn learn(
        &mut self,
        api: &OpenApi,
        operation: &Operation,
        filled: &Filled,
        response: &Response,
    ) {
        let Some(body) = json(response) else {
            return;
        };
        self.keep(&filled.plain, &body);
        let declared = operation.response(response.status);
        let links = declared.and_then(|declared| api.at(declared.place).get("links"));
        for (_, link) in links.into_iter().flat_map(At::entries) {
            self.follow(api, link, filled, &body);
        }
    }

    /// Takes the ids of a list that no document knows, by the path that was asked.
    pub(crate) fn learn_list(&mut self, path: &str, response: &Response) {
        if let Some(body) = json(response) {
            self.keep(path, &body);
        }
    }

    fn keep(&mut self, path: &str, body: &Json) {
        if let Some(list) = list(body, 2) {
            let mut elements: Vec<Json> = list.iter().take(KEPT).cloned().collect();
            if let Some(mark) = &self.passing {
                elements.sort_by_key(|element| element.to_string().contains(mark.as_str()));
            }
            self.lists.entry(path.to_owned()).or_insert(elements);
        }
    }

    fn follow(&mut self, api: &OpenApi, link: At<'_>, filled: &Filled, body: &Json) {
        let Ok(link) = link.follow() else {
            return;
        };
        let Some(target) = target(api, link) else {
            return;
        };
        let parameters = link.get("parameters");
        for (name, expression) in parameters.into_iter().flat_map(At::entries) {
            let Some(value) = evaluate(expression, filled, body) else {
                continue;
            };
            let name = name.strip_prefix("path.").unwrap_or(name).to_owned();
            self.linked.entry((target.place, name)).or_insert(value);
        }
    }

    /// Values for a parameter that stands behind a path, the likely ones first.
    pub(crate) fn values(&self, operation: &Operation, before: &str, name: &str) -> Vec<Json> {
        let linked = self.linked.get(&(operation.place, name.to_owned()));
        let mut values: Vec<Json> = linked.cloned().into_iter().collect();
        values.extend(self.listed(before, name));
        values
    }

    /// The ids in the list at a path, for a parameter of this name.
    pub(crate) fn listed(&self, path: &str, name: &str) -> impl Iterator<Item = Json> {
        let elements = self.lists.get(path).into_iter().flatten();
        elements.filter_map(move |element| id(element, name).cloned())
    }
}

fn json(response: &Response) -> Option<Json> {
    let kind = response.header("content-type").unwrap_or_default();
    let is_json = MediaType::parse(kind).is_json();
    is_json
        .then(|| serde_json::from_slice(&response.body).ok())
        .flatten()
}

/// The list that an answer is, or holds.
fn list(body: &Json, depth: usize) -> Option<&Vec<Json>> {
    match body {
        Json::Array(elements) => Some(elements),
        Json::Object(entries) => {
            let likely = LISTS.iter().filter_map(|key| entries.get(*key));
            let lists = likely.chain(entries.values()).filter_map(Json::as_array);
            let mut lists = lists.filter(|list| !list.is_empty());
            lists.next().or_else(|| {
                let depth = depth.checked_sub(1)?;
                entries.values().find_map(|value| list(value, depth))
            })
        }
        _ => None,
    }
}

/// What an element of a list is known by.
fn id<'e>(element: &'e Json, name: &str) -> Option<&'e Json> {
    let scalar = |value: &&Json| value.is_string() || value.is_number();
    let Some(entries) = element.as_object() else {
        return Some(element).filter(scalar);
    };
    let plain = |text: &str| -> String {
        let letters = text.chars().filter(|letter| letter.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let wanted = plain(name);
    let same = entries.iter().find(|(key, _)| plain(key) == wanted);
    if let Some(value) = same.map(|(_, value)| value).filter(scalar) {
        return Some(value);
    }
    let is_id = ["id", "key", "slug"]
        .iter()
        .any(|end| wanted.ends_with(end));
    let mut ids = IDS
        .iter()
        .filter(|_| is_id)
        .filter_map(|key| entries.get(*key));
    ids.find(scalar)
}

/// The operation that a link leads to.
fn target<'o>(api: &'o OpenApi, link: At<'_>) -> Option<&'o Operation> {
    if let Some(id) = link.text_of("operationId") {
        return api
            .operations
            .iter()
            .find(|one| one.id.as_deref() == Some(id));
    }
    let reference = link.text_of("operationRef")?;
    let place = api
        .library
        .target(api.at(link.place()), reference)
        .ok()?
        .place();
    api.operations.iter().find(|one| one.place == place)
}

/// What a runtime expression of a link is.
fn evaluate(expression: At<'_>, filled: &Filled, body: &Json) -> Option<Json> {
    let Some(text) = expression.text() else {
        return Some(expression.to_json()).filter(|value| value.is_number() || value.is_boolean());
    };
    if let Some(pointer) = text.strip_prefix("$response.body#") {
        return body.pointer(pointer).cloned();
    }
    if let Some(name) = text.strip_prefix("$request.path.") {
        let mut values = filled.values.iter();
        return values
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone());
    }
    (!text.starts_with('$')).then(|| Json::from(text))
}
