//! The schemas that are held against the same value as another one.

use std::collections::HashSet;

use super::{At, Dialect};

/// Every schema that applies, or may apply, to the value that a schema applies to.
#[derive(Debug)]
pub(super) struct Members<'l> {
    /// The schemas, each of them a map, the one asked for first.
    pub(super) schemas: Vec<At<'l>>,
    /// Whether a part of them cannot be known or lets every object through.
    pub(super) loose: bool,
}

impl<'l> Members<'l> {
    /// The schemas in the same place as any of these.
    pub(super) fn of(roots: impl IntoIterator<Item = At<'l>>, dialect: Dialect) -> Self {
        let mut found = Self {
            schemas: Vec::new(),
            loose: false,
        };
        let mut seen = HashSet::new();
        let mut waiting: Vec<At<'l>> = roots.into_iter().collect();
        waiting.reverse();
        while let Some(at) = waiting.pop() {
            if at.is_map() && seen.insert(at.place()) {
                found.take(at, dialect, &mut waiting);
            }
        }
        found
    }

    fn take(&mut self, at: At<'l>, dialect: Dialect, waiting: &mut Vec<At<'l>>) {
        for reference in ["$ref", "$dynamicRef", "$recursiveRef"] {
            let Some(text) = at.text_of(reference) else {
                continue;
            };
            match at.library().target(at, text) {
                Ok(target) if reference == "$ref" => waiting.push(target),
                // What it leads to depends on how one came here.
                _ => self.loose = true,
            }
        }
        if dialect.references_stand_alone() && at.reference().is_some() {
            return;
        }
        self.schemas.push(at);
        let one_of = ["anyOf", "oneOf"].into_iter().filter_map(|key| at.get(key));
        let branches = one_of.flat_map(At::elements);
        self.loose |= branches.clone().any(lets_all_through);
        self.loose |= at.get("discriminator").is_some() && branches.clone().next().is_none();
        waiting.extend(branches);
        waiting.extend(at.get("allOf").into_iter().flat_map(At::elements));
        if dialect != Dialect::OpenApi30 {
            waiting.extend(
                ["if", "then", "else"]
                    .into_iter()
                    .filter_map(|key| at.get(key)),
            );
            let dependent = ["dependentSchemas", "dependencies"].into_iter();
            let dependent = dependent.filter_map(|key| at.get(key));
            waiting.extend(dependent.flat_map(At::entries).map(|(_, schema)| schema));
        }
    }
}

/// Whether an alternative is an object of any kind.
fn lets_all_through(at: At<'_>) -> bool {
    let is_object = || {
        let only = at.text_of("type") == Some("object");
        only && ![
            "properties",
            "required",
            "$ref",
            "allOf",
            "anyOf",
            "oneOf",
            "not",
        ]
        .iter()
        .any(|key| at.get(key).is_some())
    };
    at.boolean() == Some(true) || (at.is_map() && (at.entries().len() == 0 || is_object()))
}
