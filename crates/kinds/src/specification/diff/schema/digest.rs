//! What can be seen of a schema at a glance, to match the branches of two unions.

use std::fmt::Write as _;

use super::number::canonical_number;
use super::shape::{Bound, Limit, Node, Shape, What};

/// What a schema says itself, the same for schemas that say the same.
pub(super) fn own(shape: &Shape<'_>) -> String {
    let mut text = format!("{:?}{:?}", shape.kinds, shape.listed);
    let values: Vec<&String> = shape.values.keys().collect();
    let bound = |bound: &Option<Bound>| {
        let bound = bound.as_ref();
        bound.map(|bound| (canonical_number(&bound.value), bound.exclusive))
    };
    let limit = |limit: &Option<Limit>| limit.map(|limit| limit.value);
    let (number, string) = (&shape.number, &shape.text);
    let (list, map) = (&shape.list, &shape.map);
    // Writing to a string does not fail.
    let _ = write!(
        text,
        "{values:?}{}{:?}{:?}{:?}{:?}",
        number.whole,
        bound(&number.minimum),
        bound(&number.maximum),
        number.multiples.keys(),
        number.formats.keys(),
    );
    let _ = write!(
        text,
        "{:?}{:?}{:?}{:?}",
        limit(&string.minimum),
        limit(&string.maximum),
        string.patterns.keys(),
        string.formats.keys(),
    );
    let _ = write!(
        text,
        "{:?}{:?}{}{:?}{:?}{:?}{:?}",
        limit(&list.minimum),
        limit(&list.maximum),
        list.unique.is_some(),
        map.fields.keys(),
        map.required.keys(),
        limit(&map.minimum),
        limit(&map.maximum),
    );
    for condition in &shape.conditions {
        let _ = write!(text, "{:?}", condition.kinds);
    }
    text
}

/// The schemas in a schema, each with a name.
pub(super) fn children(shape: &Shape<'_>) -> Vec<(String, Node)> {
    let mut found = Vec::new();
    for (name, field) in &shape.map.fields {
        found.push((format!(".{name}"), field.node));
    }
    for (name, node) in &shape.map.patterns {
        found.push((format!("~{name}"), *node));
    }
    found.push(("*".to_owned(), shape.map.rest));
    for node in &shape.list.first {
        found.push(("[0]".to_owned(), *node));
    }
    found.push(("[]".to_owned(), shape.list.rest));
    for condition in &shape.conditions {
        if let What::Union(union) = &condition.what {
            let branches = union.branches.iter();
            found.extend(branches.map(|branch| ("|".to_owned(), branch.node)));
        }
    }
    found
}
