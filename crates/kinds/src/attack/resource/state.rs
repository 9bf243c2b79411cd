//! What a thing looks like, and whether two looks at it differ.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use tidegate_core::ports::http::Response;

use super::Made;
use crate::naming::without_data;

/// The deepest value that is taken apart.
const DEEPEST: usize = 64;

/// What a thing looked like.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// The answer that showed it.
    pub(crate) response: Response,
    content: Content,
}

#[derive(Debug, Clone, PartialEq)]
enum Content {
    /// The values of a JSON document by their paths: `/lines/0/amount`.
    Json(BTreeMap<String, Json>),
    /// Anything else.
    Bytes(Vec<u8>),
}

/// How two states of a thing differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// Not at all.
    None,
    /// In these fields, by their paths.
    Fields(BTreeSet<String>),
    /// In a body that is no JSON.
    Body,
}

impl State {
    /// The state that an answer shows.
    pub(crate) fn of(response: &Response) -> Self {
        let content = match serde_json::from_slice::<Json>(&response.body) {
            Ok(document) => {
                let mut leaves = BTreeMap::new();
                gather(&document, &mut String::new(), &mut leaves, DEEPEST);
                Content::Json(leaves)
            }
            Err(_) => Content::Bytes(response.body.to_vec()),
        };
        Self {
            response: response.clone(),
            content,
        }
    }

    /// What differs in another state.
    pub(crate) fn change(&self, other: &Self) -> Change {
        match (&self.content, &other.content) {
            (Content::Json(before), Content::Json(after)) => {
                let paths = before.keys().chain(after.keys());
                let differ = paths.filter(|path| before.get(*path) != after.get(*path));
                let fields: BTreeSet<String> = differ.cloned().collect();
                if fields.is_empty() {
                    Change::None
                } else {
                    Change::Fields(fields)
                }
            }
            (before, after) if before == after => Change::None,
            _ => Change::Body,
        }
    }

    /// Whether a look shows another thing under the same id: where each tenant counts for itself, one id
    /// names several.
    pub(crate) fn is_namesake(&self, made: &Made, other: &Self) -> bool {
        let has_id = other
            .leaves()
            .any(|(path, value)| *value == made.id && self.value(path) == Some(&made.id));
        let needle = made.needle();
        let is_marked = self.response.text().contains(needle);
        let is_same = if is_marked {
            other.response.text().contains(needle)
        } else {
            self.change(other) == Change::None
        };
        has_id && !is_same
    }

    /// The value at a path.
    pub(crate) fn value(&self, path: &str) -> Option<&Json> {
        match &self.content {
            Content::Json(leaves) => leaves.get(path),
            Content::Bytes(_) => None,
        }
    }

    /// Every value with its path; none when it is no JSON.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = (&str, &Json)> {
        let leaves = match &self.content {
            Content::Json(leaves) => Some(leaves),
            Content::Bytes(_) => None,
        };
        let leaves = leaves.into_iter().flatten();
        leaves.map(|(path, value)| (path.as_str(), value))
    }

    /// Whether another state is most of this one: the same thing, seen in another way.
    pub(crate) fn resembles(&self, other: &Self) -> bool {
        let (Content::Json(own), Content::Json(theirs)) = (&self.content, &other.content) else {
            return self.content == other.content && !self.response.body.is_empty();
        };
        let telling = |value: &&Json| !matches!(value, Json::Null | Json::Bool(_));
        let same = own
            .iter()
            .filter(|(path, value)| telling(value) && theirs.get(*path) == Some(value));
        let all = own.values().filter(telling).count();
        let same = same.count();
        same >= 3 && same * 2 > all
    }
}

impl Change {
    /// Without fields that change by themselves.
    pub(crate) fn without(self, volatile: &Self) -> Self {
        match (self, volatile) {
            (Self::Fields(fields), Self::Fields(volatile)) => {
                let fields: BTreeSet<String> = fields.difference(volatile).cloned().collect();
                if fields.is_empty() {
                    Self::None
                } else {
                    Self::Fields(fields)
                }
            }
            (Self::Body, Self::Body) => Self::None,
            (change, _) => change,
        }
    }

    /// What changed, for people: names of fields and no values.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::None => "unchanged".to_owned(),
            Self::Body => "another content".to_owned(),
            Self::Fields(fields) => {
                let shown: Vec<String> = fields
                    .iter()
                    .take(5)
                    .map(|path| without_data(path.trim_start_matches('/')))
                    .collect();
                let more = fields.len().saturating_sub(shown.len());
                let more = if more == 0 {
                    String::new()
                } else {
                    format!(" and {more} more")
                };
                format!("changed: {}{more}", shown.join(", "))
            }
        }
    }
}

/// Whether a value is shown with asterisks: stored again, it would replace what it stands for.
pub(crate) fn is_masked(value: &Json) -> bool {
    let text = value.as_str().unwrap_or_default();
    text.contains("***") || text.contains("•••")
}

fn gather(value: &Json, path: &mut String, leaves: &mut BTreeMap<String, Json>, depth: usize) {
    let length = path.len();
    let mut inside = |name: &str, value: &Json, path: &mut String| {
        path.push('/');
        path.push_str(name);
        gather(value, path, leaves, depth - 1);
        path.truncate(length);
    };
    match value {
        Json::Object(entries) if depth > 0 && !entries.is_empty() => {
            for (name, value) in entries {
                inside(name, value, path);
            }
        }
        Json::Array(elements) if depth > 0 && !elements.is_empty() => {
            for (number, value) in elements.iter().enumerate() {
                inside(&number.to_string(), value, path);
            }
        }
        leaf => {
            leaves.insert(path.clone(), leaf.clone());
        }
    }
}
