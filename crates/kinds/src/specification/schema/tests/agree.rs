//! Schemas and values that nobody thought of.

use proptest::prelude::*;

use super::*;

/// Small values that fit small schemas now and then.
fn value() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Json::from),
        (-3..4i64).prop_map(Json::from),
        (-3.0..3.0f64).prop_map(Json::from),
        "[ab]{0,3}".prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            prop::collection::btree_map("[abc]", inner, 0..3)
                .prop_map(|entries| Json::Object(entries.into_iter().collect())),
        ]
    })
}

fn names() -> impl Strategy<Value = Json> {
    prop::collection::btree_set("[abc]", 0..3).prop_map(|names| names.into_iter().collect())
}

/// Schemas of 2020-12 that make sense; what refers to itself does so for a part of the value.
fn schema(refer: bool) -> impl Strategy<Value = Json> {
    let count = || (0..3u64).prop_map(Json::from);
    let number = || (-2..3i64).prop_map(Json::from);
    let types = || {
        prop::sample::select(vec![
            "null", "boolean", "integer", "number", "string", "array", "object",
        ])
    };
    let leaf = prop_oneof![
        any::<bool>().prop_map(Json::from),
        types().prop_map(|one| json!({ "type": one })),
        prop::collection::btree_set(types(), 1..3).prop_map(|some| json!({ "type": some })),
        names().prop_map(|names| json!({ "required": names })),
        prop::collection::vec(value(), 1..3).prop_map(|values| json!({ "enum": values })),
        value().prop_map(|one| json!({ "const": one })),
        number().prop_map(|one| json!({ "minimum": one, "exclusiveMaximum": 2 })),
        count().prop_map(|one| json!({ "maxLength": one, "minItems": one, "maxProperties": one })),
        Just(json!({ "pattern": "^a", "uniqueItems": true, "multipleOf": 0.5 })),
        prop::sample::select(if refer { TARGETS } else { &["#/$defs/true"] })
            .prop_map(|to| json!({ "$ref": to })),
        prop::sample::select(vec!["items", "additionalProperties"])
            .prop_map(|key| json!({ (key): { "$ref": "#" } })),
    ];
    leaf.prop_recursive(3, 24, 3, |inner| {
        let map = prop::collection::btree_map("[abc]", inner.clone(), 0..3);
        let list = || prop::collection::vec(inner.clone(), 1..3);
        let keyword = |name: &'static str| inner.clone().prop_map(move |one| json!({ (name): one }));
        prop_oneof![
            map.prop_map(|map| json!({ "properties": map })),
            list().prop_map(|list| json!({ "allOf": list })),
            list().prop_map(|list| json!({ "anyOf": list })),
            list().prop_map(|list| json!({ "oneOf": list })),
            list().prop_map(|list| json!({ "prefixItems": list, "items": false })),
            keyword("items"),
            keyword("not"),
            keyword("contains"),
            keyword("additionalProperties"),
            keyword("unevaluatedProperties"),
            keyword("propertyNames"),
            (inner.clone(), inner.clone()).prop_map(|(one, other)| merged(one, other)),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(one, then, other)| json!({ "if": one, "then": then, "else": other })),
            inner.prop_map(|one| json!({ "patternProperties": { "^a": one }, "dependentRequired": { "a": ["b"] } })),
        ]
    })
}

const TARGETS: &[&str] = &["#/$defs/a", "#/$defs/b"];

/// The keywords of both.
fn merged(one: Json, other: Json) -> Json {
    match (one, other) {
        (Json::Object(mut one), Json::Object(other)) => {
            one.extend(other);
            Json::Object(one)
        }
        (one, _) => one,
    }
}

/// Whatever may stand where a schema should.
fn nonsense() -> impl Strategy<Value = Json> {
    const KEYS: &[&str] = &[
        "$ref",
        "$id",
        "$anchor",
        "$dynamicRef",
        "$schema",
        "type",
        "properties",
        "required",
        "items",
        "allOf",
        "oneOf",
        "discriminator",
        "propertyName",
        "mapping",
        "nullable",
        "readOnly",
        "writeOnly",
        "enum",
        "format",
        "pattern",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "additionalProperties",
        "unevaluatedItems",
        "not",
        "if",
        "then",
        "dependencies",
        "patternProperties",
        "a",
    ];
    let text = prop::sample::select(vec![
        "#",
        "#/a",
        "#/properties/a",
        "a",
        "(",
        "string",
        "int32",
        "https://x.example/",
    ]);
    let leaf = prop_oneof![value(), text.prop_map(Json::from)];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            prop::collection::btree_map(prop::sample::select(KEYS), inner, 0..5).prop_map(
                |entries| {
                    Json::Object(
                        entries
                            .into_iter()
                            .map(|(key, one)| (key.to_owned(), one))
                            .collect(),
                    )
                }
            ),
        ]
    })
}

proptest! {
    // Each case compiles a schema three times or more.
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_translated_schema_judges_as_the_engine_does_alone(
        root in schema(true), a in schema(false), b in schema(false), value in value(),
    ) {
        let schema = merged(root, json!({ "$defs": { "a": a, "b": b, "true": true } }));
        let library = library(&schema.to_string());
        let schemas = Schemas::new(Dialect::Draft202012);
        let ours = schemas.check(library.root(), Direction::Response, &value);
        let engine = jsonschema::draft202012::new(&schema).unwrap();
        let ours = ours.unwrap();
        prop_assert_eq!(ours.mismatches.is_empty(), engine.is_valid(&value), "{:?}", ours);
        prop_assert_eq!(schemas.faults(), vec![]);
        let ready = schemas.mismatches(&Kept::default(), library.root(), Direction::Response, &value);
        prop_assert_eq!(ready.unwrap(), ours.mismatches);
        let handed = Schemas::for_json_schema(library.root()).unwrap();
        let handed = handed.check(library.root(), Direction::Response, &value).unwrap();
        prop_assert_eq!(handed.mismatches.is_empty(), engine.is_valid(&value));
    }

    #[test]
    fn no_schema_and_no_value_make_it_panic(schema in nonsense(), value in value(), sent in any::<bool>()) {
        let direction = if sent { Direction::Request } else { Direction::Response };
        let library = library(&schema.to_string());
        for dialect in [Dialect::OpenApi30, Dialect::Draft4, Dialect::Draft7, Dialect::Draft202012] {
            let schemas = Schemas::new(dialect);
            let once = schemas.check(library.root(), direction, &value);
            prop_assert_eq!(&schemas.check(library.root(), direction, &value), &once);
            let unusable = schemas.faults().into_iter().chain(once.err());
            let unusable = unusable.filter(|fault| matches!(fault.reason, Reason::Unusable(_)));
            prop_assert_eq!(unusable.collect::<Vec<_>>(), vec![], "the engine refuses what was translated");
        }
        if let Ok(schemas) = Schemas::for_json_schema(library.root()) {
            let _ = schemas.check(library.root(), direction, &value);
        }
    }
}
