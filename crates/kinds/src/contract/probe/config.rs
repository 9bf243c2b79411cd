//! The keys of `contract:` that say what is asked.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value as Json, json};
use tidegate_core::check::ParseScope;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::name::IdentityName;
use tidegate_core::node::{Node, Value};
use tidegate_core::template::{JsonTemplate, Template};

use crate::budget;
use crate::filling;
use crate::flow;
use crate::specification::openapi::Operation;

/// The most requests unless the gate file says otherwise.
const MOST: u32 = 100;
/// The most that it may say.
const LIMIT: u32 = 2_000;

/// The keys as they are written.
#[derive(Debug, Default)]
pub(in super::super) struct Written {
    pub(in super::super) operations: Option<Node>,
    pub(in super::super) parameters: Option<Node>,
    pub(in super::super) most: Option<Located<u32>>,
}

/// What stands under `operations:`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct WrittenOperations {
    #[serde(default)]
    include: Vec<Located<String>>,
    #[serde(default)]
    exclude: Vec<Located<String>>,
}

/// What is asked.
#[derive(Debug)]
pub(in super::super) struct Probe {
    /// The gate's document.
    pub(super) document: Located<String>,
    /// Operations that are asked; all when there are none.
    pub(super) include: Vec<Located<String>>,
    /// Operations that are not.
    pub(super) exclude: Vec<Located<String>>,
    /// Values of parameters by their names.
    pub(super) parameters: BTreeMap<String, JsonTemplate>,
    /// The most requests of an attempt.
    pub(in super::super) most: u32,
    /// Who asks.
    pub(in super::super) identity: Option<IdentityName>,
}

impl Probe {
    /// Puts the keys together; nothing when `operations` is off, or when the gate has no document.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub(in super::super) fn read(
        written: &Written,
        scope: &ParseScope<'_>,
    ) -> Result<Option<Self>, Vec<Diagnostic>> {
        let off = written
            .operations
            .as_ref()
            .is_some_and(|node| match &node.value {
                // YAML 1.1 reads `off` as false.
                Value::Bool(on) => !on,
                Value::String(text) => text == "off",
                _ => false,
            });
        let Some(document) = scope.openapi.filter(|_| !off) else {
            return if off { Ok(None) } else { nothing(written) };
        };
        let mut faults = Vec::new();
        let operations = written.operations.as_ref().map(Node::read);
        let operations: WrittenOperations = match operations.transpose() {
            Ok(operations) => operations.unwrap_or_default(),
            Err(more) => return Err(more),
        };
        let parameters = filling::parameters(written.parameters.as_ref(), &mut faults);
        budget::check(written.most.as_ref(), &(1..=LIMIT), &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Some(Self {
            document: document.clone(),
            include: operations.include,
            exclude: operations.exclude,
            parameters,
            most: written.most.as_ref().map_or(MOST, |most| most.value),
            identity: scope.identity.cloned(),
        }))
    }

    /// The secrets that its values name.
    pub(in super::super) fn secrets(&self) -> Vec<String> {
        flow::secrets(&self.templates())
    }

    fn templates(&self) -> Vec<Template> {
        let values = self.parameters.values();
        values.flat_map(JsonTemplate::templates).collect()
    }
}

/// What is said about operations has no document to be about.
fn nothing(written: &Written) -> Result<Option<Probe>, Vec<Diagnostic>> {
    let operations = written.operations.iter().map(|node| &node.span);
    let parameters = written.parameters.iter().map(|node| &node.span);
    let mut places = operations.chain(parameters);
    let place = places
        .next()
        .or(written.most.as_ref().map(|most| &most.span));
    let Some(place) = place else {
        return Ok(None);
    };
    Err(vec![
        Diagnostic::at(
            place.clone(),
            "there is no document whose operations could be asked",
        )
        .help("Name it at the top of the gate file, as in `openapi: openapi.yaml`."),
    ])
}

/// Whether a pattern names an operation by its name or its id; `*` stands for anything.
pub(super) fn names(pattern: &str, operation: &Operation) -> bool {
    let id = operation.id.as_deref();
    fits(pattern, &operation.name()) || id.is_some_and(|id| fits(pattern, id))
}

fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(between) = last.replace(part) {
            let Some(found) = rest.find(between) else {
                return false;
            };
            rest = &rest[found + between.len()..];
        }
    }
    last.map_or(rest.is_empty(), |last| rest.ends_with(last))
}

/// The JSON Schema of the keys.
pub(in super::super) fn properties() -> [(&'static str, Json); 3] {
    let names = |description: &str| {
        json!({
            "type": "array",
            "description": description,
            "items": { "type": "string", "minLength": 1 },
        })
    };
    [
        (
            "operations",
            json!({
                "description": "Which safe operations (GET, HEAD) of the gate's document are asked; all when absent, none for `off`.",
                "anyOf": [
                    { "enum": ["off", false] },
                    {
                        "type": "object",
                        "additionalProperties": false,
                        "properties": {
                            "include": names("The operations that are asked, by name as in `GET /api/*` or by operationId; `*` stands for anything."),
                            "exclude": names("Operations that are not asked, written the same way."),
                        },
                    },
                ],
            }),
        ),
        (
            "parameters",
            json!({
                "type": "object",
                "description": "Values of parameters by their names, for what the document has no example of.",
            }),
        ),
        (
            "most",
            json!({
                "type": "integer",
                "description": "The most requests of one run, 100 when absent.",
                "minimum": 1,
                "maximum": LIMIT,
            }),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn patterns_fit_whole_names() {
        for (pattern, text, expected) in [
            ("GET /a", "GET /a", true),
            ("GET /a", "GET /ab", false),
            ("GET /a*", "GET /ab", true),
            ("*", "anything", true),
            ("*/b", "GET /a/b", true),
            ("*/b", "GET /a/b/c", false),
            ("GET */b/*", "GET /a/b/c", true),
            ("GET /*a", "GET /a", true),
            ("GET /a*a", "GET /a", false),
            ("list*", "listRecords", true),
            ("**", "", true),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }
}
