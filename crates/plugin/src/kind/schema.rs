//! The JSON Schema of a plugin's config: foreign text that is read before anybody trusts it.
//!
//! Its author chooses it, so that it could send a validator into endless recursion. What could is refused when a
//! plugin is locked, and again when the schema is used.

use std::collections::BTreeMap;
use std::thread;

use jsonschema::{PatternOptions, Validator};
use serde_json::{Map, Value as Json};

/// The most definitions of a schema.
const DEFINITIONS: usize = 500;

/// The most schemas inside each other that hold for one and the same value.
const CHAIN: usize = 40;

/// The most schemas that hold for one and the same value, counted as often as they are come by.
const WAYS: u64 = 10_000;

/// The deepest nesting of a config.
pub(super) const DEEPEST: usize = 64;

/// How often a regular expression with look-around may turn back.
const BACKTRACK_LIMIT: usize = 100_000;

/// The largest regular expression, compiled, in bytes.
const PATTERN_LIMIT: usize = 1 << 20;

/// The stack of the thread on which schemas are compiled and held against values, in bytes. Only what is used of it
/// takes memory.
const STACK: usize = 64 * 1024 * 1024;

/// Keywords whose schemas hold for the same value (JSON Schema draft-07, 6.6 and 6.7).
const SAME_VALUE: [&str; 7] = ["allOf", "anyOf", "oneOf", "not", "if", "then", "else"];

/// Why a schema cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the schema of the plugin's config cannot be used: {reason}")]
pub struct SchemaError {
    /// What is wrong with it, as a lowercase fragment.
    pub reason: String,
}

impl SchemaError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        "The author of the plugin mends the `config-schema` of its description: a JSON Schema (draft-07) that refers to nothing but its own `definitions`."
    }

    fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
        }
    }
}

/// Looks whether a schema can be used; it is for whoever locks a plugin, too.
///
/// # Errors
/// When it refers to something else than its own definitions, or to itself for one and the same value; or when it is
/// no JSON Schema.
pub fn admit(schema: &Json) -> Result<(), SchemaError> {
    compile(schema).map(drop)
}

/// The schema, ready to hold values against it.
pub(super) fn compile(schema: &Json) -> Result<Validator, SchemaError> {
    let definitions = definitions(schema);
    if definitions.len() > DEFINITIONS {
        return Err(SchemaError::new(format!(
            "it has more than {DEFINITIONS} definitions"
        )));
    }
    references(schema, &definitions)?;
    let mut extents = BTreeMap::new();
    for name in definitions.keys() {
        referred(name, &definitions, &mut Vec::new(), &mut extents)?;
    }
    nested(schema, &definitions, &mut extents)?;
    let build = || {
        let patterns = PatternOptions::fancy_regex()
            .backtrack_limit(BACKTRACK_LIMIT)
            .size_limit(PATTERN_LIMIT);
        jsonschema::options()
            .with_draft(jsonschema::Draft::Draft7)
            .offline()
            .with_pattern_options(patterns)
            .build(schema)
            .map_err(|error| SchemaError::new(error.masked().to_string()))
    };
    on_large_stack(build)?
}

/// Does something that may need much stack.
///
/// # Errors
/// When there is no thread for it.
pub(super) fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, SchemaError> {
    let failed = |reason: String| SchemaError::new(reason);
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK);
        let thread = thread.spawn_scoped(scope, work);
        let thread = thread.map_err(|error| failed(error.to_string()))?;
        let joined = thread.join();
        joined.map_err(|_| failed("the validator gave up on it".to_owned()))
    })
}

type Definitions<'s> = BTreeMap<String, &'s Json>;

/// What can be referred to, by its reference.
fn definitions(schema: &Json) -> Definitions<'_> {
    let kept = ["definitions", "$defs"].into_iter().filter_map(|key| {
        let entries = schema.get(key)?.as_object()?;
        Some(
            entries
                .iter()
                .map(move |(name, one)| (format!("#/{key}/{name}"), one)),
        )
    });
    kept.flatten().collect()
}

/// Looks at every reference.
fn references(schema: &Json, known: &Definitions<'_>) -> Result<(), SchemaError> {
    match schema {
        Json::Object(entries) => {
            for (key, value) in entries {
                match value {
                    Json::String(target) if key == "$ref" && !known.contains_key(target) => {
                        let target: String = target.chars().take(100).collect();
                        return Err(SchemaError::new(format!(
                            "`{target}` is none of its own definitions"
                        )));
                    }
                    Json::String(_)
                        if matches!(key.as_str(), "$id" | "$dynamicRef" | "$recursiveRef") =>
                    {
                        return Err(SchemaError::new(format!("it uses `{key}`")));
                    }
                    value => references(value, known)?,
                }
            }
            Ok(())
        }
        Json::Array(elements) => elements.iter().try_for_each(|one| references(one, known)),
        _ => Ok(()),
    }
}

/// How much holds for one value.
#[derive(Clone, Copy)]
struct Extent {
    /// How many schemas inside each other.
    chain: usize,
    /// How many schemas, counted as often as they are come by.
    ways: u64,
}

/// Looks at every schema inside this one.
fn nested(
    schema: &Json,
    known: &Definitions<'_>,
    extents: &mut BTreeMap<String, Extent>,
) -> Result<(), SchemaError> {
    extent(schema, known, &mut Vec::new(), extents)?;
    match schema {
        Json::Object(entries) => entries
            .values()
            .try_for_each(|one| nested(one, known, extents)),
        Json::Array(elements) => elements
            .iter()
            .try_for_each(|one| nested(one, known, extents)),
        _ => Ok(()),
    }
}

fn extent(
    schema: &Json,
    known: &Definitions<'_>,
    open: &mut Vec<String>,
    extents: &mut BTreeMap<String, Extent>,
) -> Result<Extent, SchemaError> {
    let mut all = Extent { chain: 0, ways: 1 };
    let Some(entries) = schema.as_object() else {
        return Ok(all);
    };
    let mut add = |one: Extent| {
        all.chain = all.chain.max(one.chain);
        all.ways = all.ways.saturating_add(one.ways);
    };
    if let Some(target) = entries.get("$ref").and_then(Json::as_str) {
        add(referred(target, known, open, extents)?);
    }
    for one in same_value(entries) {
        add(extent(one, known, open, extents)?);
    }
    if all.chain >= CHAIN || all.ways > WAYS {
        return Err(SchemaError::new(
            "too many of its parts hold for one and the same value",
        ));
    }
    all.chain += 1;
    Ok(all)
}

fn referred(
    target: &str,
    known: &Definitions<'_>,
    open: &mut Vec<String>,
    extents: &mut BTreeMap<String, Extent>,
) -> Result<Extent, SchemaError> {
    if let Some(extent) = extents.get(target) {
        return Ok(*extent);
    }
    if open.iter().any(|one| one == target) {
        return Err(SchemaError::new(format!(
            "`{target}` refers to itself for the same value"
        )));
    }
    let Some(definition) = known.get(target) else {
        return Ok(Extent { chain: 0, ways: 1 });
    };
    open.push(target.to_owned());
    let found = extent(definition, known, open, extents)?;
    open.pop();
    extents.insert(target.to_owned(), found);
    Ok(found)
}

fn same_value(entries: &Map<String, Json>) -> impl Iterator<Item = &Json> {
    let own = SAME_VALUE.into_iter().filter_map(|key| entries.get(key));
    let own = own.flat_map(|one| match one {
        Json::Array(several) => several.iter().collect(),
        one => vec![one],
    });
    let dependent = ["dependencies", "dependentSchemas"].into_iter();
    let dependent = dependent.filter_map(|key| entries.get(key)?.as_object());
    own.chain(dependent.flat_map(Map::values))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(schema: &Json) -> String {
        admit(schema).unwrap_err().reason
    }

    #[test]
    fn schemas_that_are_derived_from_types_are_admitted() {
        let tree = json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "type": "object",
            "properties": {
                "limits": { "$ref": "#/definitions/Limits" },
                "old": { "allOf": [{ "$ref": "#/$defs/Node" }] },
            },
            "definitions": { "Limits": { "type": "array", "items": { "type": "integer" } } },
            "$defs": { "Node": { "properties": { "next": { "$ref": "#/$defs/Node" } } } },
        });
        admit(&tree).unwrap();
        admit(&json!({})).unwrap();
    }

    #[test]
    fn a_schema_that_never_ends_is_refused() {
        let itself = json!({ "$ref": "#/definitions/a", "definitions": { "a": { "$ref": "#/definitions/a" } } });
        assert!(refused(&itself).contains("refers to itself"));
        let unused = json!({ "definitions": {
            "a": { "anyOf": [{ "$ref": "#/definitions/b" }] },
            "b": { "not": { "$ref": "#/definitions/a" } },
        } });
        assert!(refused(&unused).contains("refers to itself"));
        let by_condition =
            json!({ "definitions": { "a": { "if": { "$ref": "#/definitions/a" } } } });
        assert!(refused(&by_condition).contains("refers to itself"));
        let root = json!({ "properties": { "a": { "$ref": "#" } } });
        assert!(refused(&root).contains("none of its own definitions"));
    }

    #[test]
    fn a_long_chain_is_refused_and_a_wide_one_is_quick() {
        let chain = |length: usize| {
            let mut definitions = Map::new();
            for at in 0..length {
                definitions.insert(
                    format!("d{at}"),
                    json!({ "$ref": format!("#/definitions/d{}", at + 1) }),
                );
            }
            definitions.insert(format!("d{length}"), json!({ "type": "string" }));
            json!({ "definitions": definitions })
        };
        admit(&chain(CHAIN - 1)).unwrap();
        assert!(refused(&chain(CHAIN + 1)).contains("hold for one"));
        assert!(refused(&chain(DEFINITIONS + 1)).contains("definitions"));
        // Each refers to the next one twice: 2^30 ways, each of which is known after the first.
        let mut definitions = Map::new();
        for at in 0..30 {
            let next = json!({ "$ref": format!("#/definitions/d{}", at + 1) });
            definitions.insert(
                format!("d{at}"),
                json!({ "properties": { "a": next, "b": next } }),
            );
        }
        definitions.insert("d30".to_owned(), json!({}));
        admit(&json!({ "definitions": definitions })).unwrap();
        // The same for one value would take for ever.
        let mut definitions = Map::new();
        for at in 0..30 {
            let next = json!({ "$ref": format!("#/definitions/d{}", at + 1) });
            definitions.insert(format!("d{at}"), json!({ "anyOf": [next, next] }));
        }
        definitions.insert("d30".to_owned(), json!({}));
        assert!(refused(&json!({ "definitions": definitions })).contains("hold for one"));
    }

    #[test]
    fn nothing_is_fetched() {
        for target in [
            "https://evil.example/schema.json",
            "file:///etc/passwd",
            "other.json",
        ] {
            assert!(refused(&json!({ "$ref": target })).contains("none of its own"));
        }
        assert!(refused(&json!({ "$id": "https://evil.example/" })).contains("$id"));
        assert!(!refused(&json!({ "type": "nonsense" })).is_empty());
        assert!(!refused(&json!({ "pattern": "(" })).is_empty());
    }
}
