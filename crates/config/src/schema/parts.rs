//! Schemas of the values that the loader reads without a struct.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value, json};
use tidegate_core::gate::{EnvironmentKind, OnInconclusive};
use tidegate_core::meta::{Level, Severity};
use tidegate_core::plugin::{Access, LONGEST_NAME};
use tidegate_core::request::schema as request_schema;

use crate::contract::{LEARN, SNAPSHOT};
use crate::environments::{RawApi, RawEnvironment};
use crate::faults::NAME_PATTERN;
use crate::identities::{CREDENTIAL_KEYS, RawIdentity};
use crate::load::VERSION;
use crate::login::{RawCapture, RawLogin, RawStep};
use crate::plugins::{PLUGIN_NAME_PATTERN, RawPlugin};
use crate::variables::RawVariable;

fn of(value: Value) -> Schema {
    Schema::try_from(value).unwrap_or_default()
}

fn choices<T: Serialize>(variants: impl IntoIterator<Item = T>) -> Value {
    let names: Vec<Value> = variants.into_iter().map(|variant| json!(variant)).collect();
    json!({ "type": "string", "enum": names })
}

/// A map of names to values of one type.
fn named<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    json!({
        "type": "object",
        "propertyNames": { "pattern": NAME_PATTERN },
        "additionalProperties": generator.subschema_for::<T>(),
    })
}

/// The derived schema of what stands beside a request, with the request's keys added.
fn with_request<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    let mut schema = generator.subschema_for::<T>().to_value();
    if let Some(properties) = schema["properties"].as_object_mut() {
        let mut all = request_schema::properties();
        all.append(properties);
        *properties = all;
    }
    schema["oneOf"] = request_schema::one_method();
    schema
}

pub(crate) fn version(_: &mut SchemaGenerator) -> Schema {
    of(json!({ "type": "integer", "enum": [VERSION] }))
}

pub(crate) fn contract(_: &mut SchemaGenerator) -> Schema {
    of(json!({
        "anyOf": [
            { "type": "string", "enum": [LEARN] },
            {
                "type": "object",
                "additionalProperties": false,
                "required": ["learn"],
                "properties": {
                    "learn": { "type": "string", "description": format!("The file beside the gate file that holds what was learned; {SNAPSHOT} otherwise.") },
                },
            },
        ],
    }))
}

pub(crate) fn environment_kind(_: &mut SchemaGenerator) -> Schema {
    use EnvironmentKind::{Local, Preview, Production, Staging};
    of(choices([Preview, Staging, Local, Production]))
}

pub(crate) fn severity(_: &mut SchemaGenerator) -> Schema {
    use Severity::{Critical, High, Info, Low, Medium};
    of(choices([Info, Low, Medium, High, Critical]))
}

pub(crate) fn on_inconclusive(_: &mut SchemaGenerator) -> Schema {
    of(choices([OnInconclusive::Block, OnInconclusive::Warn]))
}

/// What a finding does to the verdict.
pub(crate) fn level() -> Value {
    choices([Level::Allow, Level::Warn, Level::Deny])
}

pub(crate) fn levels(_: &mut SchemaGenerator) -> Schema {
    of(json!({ "type": "object", "properties": {}, "additionalProperties": false }))
}

pub(crate) fn period(_: &mut SchemaGenerator) -> Schema {
    of(request_schema::period(""))
}

pub(crate) fn scalar(_: &mut SchemaGenerator) -> Schema {
    of(request_schema::scalar())
}

pub(crate) fn pairs(_: &mut SchemaGenerator) -> Schema {
    of(request_schema::pairs(""))
}

pub(crate) fn one_pair(_: &mut SchemaGenerator) -> Schema {
    let mut schema = request_schema::pairs("");
    schema["minProperties"] = json!(1);
    schema["maxProperties"] = json!(1);
    of(schema)
}

pub(crate) fn positive(_: &mut SchemaGenerator) -> Schema {
    of(json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX }))
}

/// A number of bytes.
pub(crate) fn size(_: &mut SchemaGenerator) -> Schema {
    of(
        json!({ "type": ["string", "integer"], "minimum": 1, "pattern": "^ *[0-9]+ *([KkMmGg][Ii]?)?[Bb]? *$" }),
    )
}

/// What a plugin may send to the environment.
pub(crate) fn access(_: &mut SchemaGenerator) -> Schema {
    of(choices([Access::Read, Access::Write]))
}

/// Where each secret may be sent.
pub(crate) fn secrets(_: &mut SchemaGenerator) -> Schema {
    of(json!({
        "type": "object",
        "propertyNames": { "pattern": "^[A-Z_][A-Z0-9_]*$" },
        "additionalProperties": { "type": ["string", "array"], "minItems": 1, "items": { "type": "string" } },
    }))
}

pub(crate) fn plugins(generator: &mut SchemaGenerator) -> Schema {
    let mut plugin = generator.subschema_for::<RawPlugin>().to_value();
    plugin["oneOf"] = json!([{ "required": ["path"] }, { "required": ["url", "sha256"] }]);
    plugin["dependencies"] = json!({ "sha256": ["url"] });
    of(json!({
        "type": "object",
        "propertyNames": { "pattern": PLUGIN_NAME_PATTERN, "maxLength": LONGEST_NAME },
        "additionalProperties": plugin,
    }))
}

/// A text, or a list of texts.
pub(crate) fn one_or_many(_: &mut SchemaGenerator) -> Schema {
    of(json!({ "type": ["string", "array"], "items": { "type": "string" } }))
}

/// A list of texts.
pub(crate) fn sentences(_: &mut SchemaGenerator) -> Schema {
    of(json!({ "type": "array", "items": { "type": "string", "minLength": 1 } }))
}

/// A text for each name.
pub(crate) fn sentences_by_name(_: &mut SchemaGenerator) -> Schema {
    of(json!({ "type": "object", "additionalProperties": { "type": "string", "minLength": 1 } }))
}

pub(crate) fn yes_or_no(_: &mut SchemaGenerator) -> Schema {
    of(json!({ "enum": ["yes", "no", true, false] }))
}

pub(crate) fn request(_: &mut SchemaGenerator) -> Schema {
    of(json!({
        "type": "object",
        "properties": request_schema::properties(),
        "additionalProperties": false,
        "oneOf": request_schema::one_method(),
    }))
}

pub(crate) fn login(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = with_request::<RawLogin>(generator);
    if let Some(one) = schema["oneOf"].as_array_mut() {
        one.insert(0, json!({ "required": ["steps"] }));
    }
    // With steps, what belongs to a request belongs into them.
    let elsewhere: Map<String, Value> = tidegate_core::request::REQUEST_KEYS
        .iter()
        .chain(&["capture"])
        .map(|key| {
            (
                (*key).to_owned(),
                json!({ "not": { "required": ["steps"] } }),
            )
        })
        .collect();
    schema["dependencies"] = Value::Object(elsewhere);
    of(schema)
}

pub(crate) fn login_steps(generator: &mut SchemaGenerator) -> Schema {
    let step = with_request::<RawStep>(generator);
    of(json!({ "type": "array", "minItems": 1, "items": step }))
}

pub(crate) fn captures(generator: &mut SchemaGenerator) -> Schema {
    let mut source = generator.subschema_for::<RawCapture>().to_value();
    source["type"] = json!(["string", "object"]);
    source["minProperties"] = json!(1);
    source["maxProperties"] = json!(1);
    of(json!({
        "type": "object",
        "propertyNames": {
            "pattern": "^[a-z][a-z0-9_-]*$",
            "not": { "enum": ["unique", "canary", "uuid", "now", "totp"] },
        },
        "additionalProperties": source,
    }))
}

pub(crate) fn apis(generator: &mut SchemaGenerator) -> Schema {
    of(named::<RawApi>(generator))
}

pub(crate) fn environments(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = named::<RawEnvironment>(generator);
    schema["minProperties"] = json!(1);
    of(schema)
}

pub(crate) fn identities(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = named::<RawIdentity>(generator);
    schema["additionalProperties"]["oneOf"] = CREDENTIAL_KEYS
        .iter()
        .map(|key| json!({ "required": [key] }))
        .collect();
    of(schema)
}

pub(crate) fn variables(generator: &mut SchemaGenerator) -> Schema {
    let mut variable = generator.subschema_for::<RawVariable>().to_value();
    variable["type"] = json!(["object", "string", "number", "boolean", "null"]);
    of(json!({
        "type": "object",
        "propertyNames": { "pattern": "^[A-Z_][A-Z0-9_]*$" },
        "additionalProperties": variable,
    }))
}

pub(crate) fn checks(_: &mut SchemaGenerator) -> Schema {
    of(json!({
        "type": "object",
        "propertyNames": { "pattern": NAME_PATTERN },
        "additionalProperties": { "$ref": "#/definitions/check" },
    }))
}

pub(crate) fn overlays(_: &mut SchemaGenerator) -> Schema {
    of(json!({
        "type": "object",
        "additionalProperties": { "$ref": "#/definitions/overlay" },
    }))
}

/// What the registry fills in.
pub(crate) fn placeholder(_: &mut SchemaGenerator) -> Schema {
    of(json!({ "type": "object" }))
}
