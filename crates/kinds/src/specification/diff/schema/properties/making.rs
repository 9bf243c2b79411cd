//! Schemas, changes of them and values around them, made from bytes so that they can be shrunk.

use serde_json::{Map, Value as Json, json};

/// Choices, by bytes; all zeros when these run out.
pub(super) struct Dice<'b> {
    bytes: &'b [u8],
    at: usize,
    /// Whether schemas may refer to the definitions.
    refers: bool,
}

impl<'b> Dice<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            refers: false,
        }
    }

    fn below(&mut self, limit: usize) -> usize {
        let byte = self.bytes.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(byte) % limit.max(1)
    }

    fn of<T: Clone>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())].clone()
    }
}

const FIELDS: [&str; 4] = ["a", "b", "c", "xd"];
const TYPES: [&str; 7] = [
    "string", "integer", "number", "object", "array", "boolean", "null",
];
const KEYWORDS: [&str; 38] = [
    "type",
    "type",
    "type",
    "properties",
    "properties",
    "required",
    "enum",
    "const",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "items",
    "prefixItems",
    "minItems",
    "maxItems",
    "uniqueItems",
    "additionalProperties",
    "minProperties",
    "maxProperties",
    "allOf",
    "anyOf",
    "oneOf",
    "patternProperties",
    "propertyNames",
    "not",
    "contains",
    "$ref",
    "$ref",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
];

fn scalars() -> Vec<Json> {
    vec![
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(2),
        json!(3),
        json!(4),
        json!(6),
        json!(-1),
        json!(0.5),
        json!(1.5),
        json!(2.5),
        json!(""),
        json!("a"),
        json!("b"),
        json!("bb"),
        json!("ab"),
        json!("abc"),
        json!("xxxx"),
    ]
}

/// A schema, not deeper than that.
pub(super) fn schema(dice: &mut Dice<'_>, depth: usize) -> Json {
    if dice.below(12) == 11 {
        return json!(dice.below(3) > 0);
    }
    let mut entries = Map::new();
    for _ in 0..1 + dice.below(4) {
        let key = dice.of(&KEYWORDS);
        if let Some(value) = keyword(key, dice, depth) {
            entries.insert(key.to_owned(), value);
        }
    }
    Json::Object(entries)
}

fn keyword(key: &str, dice: &mut Dice<'_>, depth: usize) -> Option<Json> {
    let deeper = depth.checked_sub(1);
    Some(match key {
        "type" if dice.below(4) == 0 => {
            let (one, other) = (dice.of(&TYPES), dice.of(&TYPES));
            if one == other {
                json!([one])
            } else {
                json!([one, other])
            }
        }
        "type" => json!(dice.of(&TYPES)),
        "enum" => {
            let mut values: Vec<Json> = Vec::new();
            for _ in 0..1 + dice.below(3) {
                let value = dice.of(&scalars());
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            Json::Array(values)
        }
        "const" => dice.of(&scalars()),
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => {
            dice.of(&[json!(0), json!(1), json!(2), json!(3), json!(1.5)])
        }
        "multipleOf" => dice.of(&[json!(1), json!(2), json!(3), json!(0.5), json!(4)]),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            json!(dice.below(4))
        }
        "pattern" => json!(dice.of(&["^a", "b", "^b+$", "."])),
        "uniqueItems" => json!(dice.below(3) > 0),
        "required" => {
            let mut names: Vec<&str> = (0..1 + dice.below(2)).map(|_| dice.of(&FIELDS)).collect();
            names.dedup();
            json!(names)
        }
        "properties" => {
            let depth = deeper?;
            let fields =
                (0..1 + dice.below(3)).map(|_| (dice.of(&FIELDS).to_owned(), schema(dice, depth)));
            Json::Object(fields.collect())
        }
        "patternProperties" => json!({ dice.of(&["^x", "^a", "."]): schema(dice, deeper?) }),
        "propertyNames" => {
            let key = dice.of(&["minLength", "maxLength", "pattern", "enum", "const"]);
            json!({ key: keyword(key, dice, 0)? })
        }
        "items" | "additionalProperties" | "not" | "contains" | "if" | "then" | "else" => {
            schema(dice, deeper?)
        }
        "$ref" if dice.refers => json!(dice.of(&["#/$defs/D", "#/$defs/E"])),
        "dependentRequired" => json!({ dice.of(&FIELDS): [dice.of(&FIELDS)] }),
        "dependentSchemas" => json!({ dice.of(&FIELDS): schema(dice, deeper?) }),
        "prefixItems" => Json::Array(
            (0..1 + dice.below(2))
                .map(|_| schema(dice, depth.saturating_sub(1)))
                .collect(),
        ),
        "allOf" | "anyOf" | "oneOf" => {
            let depth = deeper?;
            Json::Array(
                (0..1 + dice.below(3))
                    .map(|_| schema(dice, depth))
                    .collect(),
            )
        }
        _ => return None,
    })
}

/// A schema with two definitions that it may refer to, of which the second refers to itself.
pub(super) fn document(dice: &mut Dice<'_>, depth: usize) -> Json {
    let one = schema(dice, 1);
    let mut other = schema(dice, 1);
    if let Some(entries) = other.as_object_mut() {
        let fields = entries.entry("properties").or_insert(json!({}));
        fields["a"] = json!({ "$ref": "#/$defs/E" });
    }
    dice.refers = true;
    let mut root = schema(dice, depth);
    if root.to_string().contains("$ref") {
        root["$defs"] = json!({ "D": one, "E": other });
    }
    root
}

/// The schema with a few changes.
pub(super) fn mutated(schema: &Json, dice: &mut Dice<'_>) -> Json {
    let mut changed = schema.clone();
    let mut definitions = changed
        .as_object_mut()
        .and_then(|entries| entries.remove("$defs"));
    for _ in 0..1 + dice.below(2) {
        dice.refers = definitions.is_some();
        match definitions.as_mut().filter(|_| dice.below(3) == 0) {
            Some(definitions) => {
                dice.refers = false;
                mutate(&mut definitions["D"], dice, 1);
            }
            None => mutate(&mut changed, dice, 2),
        }
    }
    if let (Some(definitions), true) = (definitions, changed.is_object()) {
        changed["$defs"] = definitions;
    }
    changed
}

fn mutate(at: &mut Json, dice: &mut Dice<'_>, depth: usize) {
    let Some(entries) = at.as_object_mut() else {
        *at = schema(dice, depth);
        return;
    };
    let keys: Vec<String> = entries.keys().cloned().collect();
    match dice.below(8) {
        0..=3 if !keys.is_empty() => {
            let key = dice.of(&keys);
            if let Some(value) = entries.get_mut(&key) {
                inside(&key, value, dice, depth);
            }
        }
        4 if !keys.is_empty() => {
            entries.remove(&dice.of(&keys));
        }
        5 => {
            let whole = at.take();
            *at = json!({ dice.of(&["allOf", "anyOf", "oneOf"]): [whole] });
        }
        6 => {
            let whole = at.take();
            let key = dice.of(&["allOf", "anyOf", "oneOf"]);
            let other = schema(dice, 1);
            *at = if dice.below(2) == 0 {
                json!({ key: [whole, other] })
            } else {
                json!({ key: [other, whole] })
            };
        }
        _ => {
            let key = dice.of(&KEYWORDS);
            if let Some(value) = keyword(key, dice, depth) {
                entries.insert(key.to_owned(), value);
            }
        }
    }
}

fn inside(key: &str, value: &mut Json, dice: &mut Dice<'_>, depth: usize) {
    let below = depth.saturating_sub(1);
    match (key, value) {
        ("properties" | "patternProperties", Json::Object(fields)) if !fields.is_empty() => {
            let names: Vec<String> = fields.keys().cloned().collect();
            let name = dice.of(&names);
            if dice.below(4) == 0 {
                fields.remove(&name);
            } else if let Some(field) = fields.get_mut(&name) {
                mutate(field, dice, below);
            }
        }
        ("allOf" | "anyOf" | "oneOf" | "prefixItems", Json::Array(parts)) if !parts.is_empty() => {
            let at = dice.below(parts.len());
            match dice.below(4) {
                0 if parts.len() > 1 => {
                    parts.remove(at);
                }
                1 => parts.reverse(),
                2 => parts.push(schema(dice, below)),
                _ => mutate(&mut parts[at], dice, below),
            }
        }
        ("items" | "additionalProperties" | "not" | "contains" | "if" | "then" | "else", value) => {
            mutate(value, dice, below);
        }
        (key, value) => {
            if let Some(new) = keyword(key, dice, depth) {
                *value = new;
            }
        }
    }
}

/// Values around the schemas: plain ones, combinations, and ones made to fit.
pub(super) fn values(schemas: &[&Json], dice: &mut Dice<'_>) -> Vec<Json> {
    let mut values = scalars();
    let plain = scalars();
    values.push(json!({}));
    values.push(json!([]));
    for one in &plain {
        values.push(json!([one]));
        values.push(json!([one, one]));
        values.push(json!([one, 1]));
        values.push(json!(["a", one, {}]));
        for field in FIELDS {
            values.push(json!({ field: one }));
            values.push(json!({ field: { "a": one } }));
            values.push(json!({ field: [one] }));
        }
        values.push(json!({ "a": one, "b": one }));
        values.push(json!({ "a": one, "b": "a", "c": 1 }));
        values.push(json!({ "a": 1, "b": one, "xd": {} }));
        values.push(json!([{ "a": one }, { "b": one }]));
    }
    for at in 0..120 {
        let schema = schemas[at % schemas.len()];
        values.push(fitting(schema, schema, dice, 4));
    }
    values
}

/// A value that more or less fits.
fn fitting(root: &Json, schema: &Json, dice: &mut Dice<'_>, depth: usize) -> Json {
    if dice.below(12) == 11 || depth == 0 {
        return dice.of(&scalars());
    }
    if let Some(reference) = schema
        .get("$ref")
        .and_then(Json::as_str)
        .filter(|_| dice.below(2) == 0)
    {
        let target = root.pointer(&reference[1..]).unwrap_or(&Json::Null);
        return fitting(root, target, dice, depth - 1);
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        if let Some(parts) = schema.get(key).and_then(Json::as_array)
            && !parts.is_empty()
            && dice.below(2) == 0
        {
            let part = &parts[dice.below(parts.len())];
            return fitting(root, part, dice, depth - 1);
        }
    }
    if let Some(value) = schema.get("const") {
        return value.clone();
    }
    if let Some(listed) = schema.get("enum").and_then(Json::as_array) {
        return dice.of(listed);
    }
    let of_map = [
        "properties",
        "required",
        "additionalProperties",
        "patternProperties",
        "minProperties",
    ];
    let of_list = [
        "items",
        "prefixItems",
        "minItems",
        "contains",
        "uniqueItems",
    ];
    let has = |keys: &[&str]| keys.iter().any(|key| schema.get(key).is_some());
    let named = |name: &str| {
        schema.get("type").is_some_and(|one| {
            one == name
                || one
                    .as_array()
                    .is_some_and(|list| list.iter().any(|one| one == name))
        })
    };
    if named("object") || has(&of_map) {
        let mut entries = Map::new();
        for field in FIELDS {
            let known = schema
                .get("properties")
                .and_then(|fields| fields.get(field));
            let required = schema
                .get("required")
                .is_some_and(|names| names.to_string().contains(field));
            if required || dice.below(3) == 0 {
                let other = schema.get("additionalProperties").unwrap_or(&Json::Null);
                entries.insert(
                    field.to_owned(),
                    fitting(root, known.unwrap_or(other), dice, depth - 1),
                );
            }
        }
        return Json::Object(entries);
    }
    if named("array") || has(&of_list) {
        let length = dice.below(4);
        let first = schema.get("prefixItems").and_then(Json::as_array);
        let element = |at: usize| {
            let first = first.and_then(|first| first.get(at));
            first
                .or(schema.get("items"))
                .or(schema.get("contains"))
                .unwrap_or(&Json::Null)
        };
        return (0..length)
            .map(|at| fitting(root, element(at), dice, depth - 1))
            .collect();
    }
    dice.of(&scalars())
}
