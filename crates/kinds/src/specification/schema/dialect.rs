//! Which rules a schema is written by, and what its keywords hold.

use jsonschema::Draft;

use super::At;

/// The rules a schema is written by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Dialect {
    /// OpenAPI 3.0: `nullable`, exclusive bounds that are true or false, nothing beside `$ref`.
    OpenApi30,
    /// JSON Schema draft 4.
    Draft4,
    /// JSON Schema draft 6.
    Draft6,
    /// JSON Schema draft 7.
    Draft7,
    /// JSON Schema 2019-09.
    Draft201909,
    /// JSON Schema 2020-12, and with it OpenAPI 3.1 and 3.2.
    Draft202012,
}

impl Dialect {
    /// The dialect with a URI, as `$schema` and `jsonSchemaDialect` name it.
    pub(crate) fn named(uri: &str) -> Option<Self> {
        let uri = uri.trim_end_matches(['#', '/']);
        let name = uri.split_once("://").map_or(uri, |(_, name)| name);
        Some(match name {
            "json-schema.org/draft-04/schema" => Self::Draft4,
            "json-schema.org/draft-06/schema" => Self::Draft6,
            "json-schema.org/draft-07/schema" => Self::Draft7,
            "json-schema.org/draft/2019-09/schema" => Self::Draft201909,
            "json-schema.org/draft/2020-12/schema" => Self::Draft202012,
            _ if name.starts_with("spec.openapis.org/oas/3.0/") => Self::OpenApi30,
            _ if name.starts_with("spec.openapis.org/oas/3.") => Self::Draft202012,
            _ => return None,
        })
    }

    /// The dialect of the schemas of an OpenAPI document, by its root.
    pub(crate) fn of_openapi(root: At<'_>) -> Self {
        let version = root.get("openapi").and_then(|version| {
            let number = version.number().map(ToString::to_string);
            version.text().map(str::to_owned).or(number)
        });
        if version.is_some_and(|version| version.trim().starts_with("3.0")) {
            return Self::OpenApi30;
        }
        let named = root.text_of("jsonSchemaDialect").and_then(Self::named);
        named.unwrap_or(Self::Draft202012)
    }

    /// The dialect of a JSON Schema, by its root.
    pub(crate) fn of_json_schema(root: At<'_>) -> Self {
        let named = root.text_of("$schema").and_then(Self::named);
        named.unwrap_or(Self::Draft202012)
    }

    /// The draft by which the translated schema is held.
    pub(super) fn draft(self) -> Draft {
        match self {
            Self::Draft4 => Draft::Draft4,
            Self::Draft6 => Draft::Draft6,
            Self::Draft7 => Draft::Draft7,
            Self::Draft201909 => Draft::Draft201909,
            Self::OpenApi30 | Self::Draft202012 => Draft::Draft202012,
        }
    }

    /// Whether what stands beside a `$ref` counts for nothing.
    pub(super) fn references_stand_alone(self) -> bool {
        !matches!(self, Self::Draft201909 | Self::Draft202012)
    }

    /// What a keyword holds; `None` for one that constrains no value.
    pub(super) fn keyword(self, name: &str) -> Option<Holds> {
        let holds = Holds::of(name)?;
        if self == Self::OpenApi30 && !IN_OPENAPI_30.contains(&name) {
            return None;
        }
        Some(match (name, self) {
            ("exclusiveMinimum" | "exclusiveMaximum", Self::Draft4) => Holds::Flag,
            ("exclusiveMinimum" | "exclusiveMaximum", Self::OpenApi30) => Holds::Bound,
            ("items", Self::OpenApi30 | Self::Draft202012) => Holds::Schema,
            _ => holds,
        })
    }
}

/// What a keyword holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// A schema.
    Schema,
    /// A schema, or one for each element.
    SchemaOrList,
    /// A list of schemas, with at least one.
    Schemas,
    /// Schemas by name.
    SchemaMap,
    /// The schemas of the properties.
    Properties,
    /// Schemas or lists of names, by name.
    Dependencies,
    /// Lists of names, by name.
    NameMap,
    /// A list of names, without those that one side may not send or show.
    Required,
    /// A whole number that is not negative.
    Count,
    /// A number.
    Number,
    /// A number above zero.
    Step,
    /// True, false, or a number.
    Bound,
    /// True or false.
    Flag,
    /// A regular expression.
    Pattern,
    /// The name of a format.
    Format,
    /// One or several names of types.
    Type,
    /// A list of values.
    Values,
    /// Any value.
    Value,
    /// A reference.
    Reference,
}

impl Holds {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "$ref" | "$dynamicRef" => Self::Reference,
            "type" => Self::Type,
            "properties" => Self::Properties,
            "required" => Self::Required,
            "items" => Self::SchemaOrList,
            "allOf" | "anyOf" | "oneOf" | "prefixItems" => Self::Schemas,
            "additionalProperties"
            | "additionalItems"
            | "contains"
            | "not"
            | "if"
            | "then"
            | "else"
            | "propertyNames"
            | "unevaluatedItems"
            | "unevaluatedProperties" => Self::Schema,
            "patternProperties" | "dependentSchemas" => Self::SchemaMap,
            "dependencies" => Self::Dependencies,
            "dependentRequired" => Self::NameMap,
            "maxLength" | "minLength" | "maxItems" | "minItems" | "maxProperties"
            | "minProperties" | "minContains" | "maxContains" => Self::Count,
            "maximum" | "minimum" | "exclusiveMaximum" | "exclusiveMinimum" => Self::Number,
            "multipleOf" => Self::Step,
            "uniqueItems" => Self::Flag,
            "pattern" => Self::Pattern,
            "format" => Self::Format,
            "enum" => Self::Values,
            "const" => Self::Value,
            _ => return None,
        })
    }

    /// What it should be, in words.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Schema => "a schema",
            Self::SchemaOrList => "a schema or a list of them",
            Self::Schemas => "a list of schemas, with at least one",
            Self::SchemaMap | Self::Properties => "a map of schemas",
            Self::Dependencies => "a map of schemas or lists of names",
            Self::NameMap => "a map of lists of names",
            Self::Required => "a list of names",
            Self::Count => "a whole number that is not negative",
            Self::Number => "a number",
            Self::Step => "a number above zero",
            Self::Bound => "true, false or a number",
            Self::Flag => "true or false",
            Self::Pattern => "a regular expression",
            Self::Format => "the name of a format",
            Self::Type => {
                "one of array, boolean, integer, null, number, object and string, or a list of them"
            }
            Self::Values => "a list of values",
            Self::Value => "a value",
            Self::Reference => "a reference",
        }
    }
}

/// The keywords that OpenAPI 3.0 takes from JSON Schema.
const IN_OPENAPI_30: &[&str] = &[
    "$ref",
    "type",
    "properties",
    "required",
    "items",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "additionalProperties",
    "maxLength",
    "minLength",
    "maxItems",
    "minItems",
    "maxProperties",
    "minProperties",
    "maximum",
    "minimum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "multipleOf",
    "uniqueItems",
    "pattern",
    "format",
    "enum",
];
