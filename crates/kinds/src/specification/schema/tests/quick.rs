//! What a look says, the engine says too.

use proptest::prelude::*;

use super::*;

/// Texts at the edge of formats.
fn text() -> impl Strategy<Value = String> {
    let edge = |pattern: &'static str| pattern.prop_map(|text: String| text);
    prop_oneof![
        edge("[0-2][0-9]{3}-[01][0-9]-[0-3][0-9]"),
        edge(
            "2026-0[12]-2[0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,3})?(Z|z|[+-][0-2][0-9]:?[0-6][0-9])?"
        ),
        edge("2026-01-02[Tt ]10:00:00Z"),
        edge("[0-9a-fA-F]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-fg]{12}"),
        edge("[a-zA-Z0-9._+-]{1,6}@[a-z0-9.-]{1,8}"),
        edge("[a-z]{1,3}(\\.[a-z]{1,3})?@([a-z0-9]{1,4}\\.){0,2}[a-z0-9]{1,4}"),
        edge("/?/?[a-z0-9._~%/-]{0,6}"),
        edge("[ -~]{0,6}"),
        edge("\\PC{0,4}"),
    ]
}

const FORMATS: &[&str] = &[
    "date",
    "date-time",
    "uuid",
    "email",
    "password",
    "binary",
    "int32",
    "uri",
    "uri-reference",
    "nonsense",
];

const PATTERNS: &[&str] = &[
    "^[A-Za-z0-9._-]+$",
    "^a",
    "b$",
    "^\\d{1,3}$",
    "\\w\\s\\w",
    "[^a-c]",
    "^(a|b)*$",
    "\\.",
    "^\\/",
    "a{2,}",
    "^.$",
    "(?=a)",
    "[[:alpha:]]",
    "[a&&b]",
    "\\u0061",
    "^[^\\x00-\\x08\\x7F-\\x9F]*$",
    "\\x{41}",
    "\\cJ",
    "\\bword\\b",
    "^\\S+$",
    "[\\d-]",
    "^$",
];

/// Whether a look accepts a value, and whether the engine does.
fn both(schema: &Json, dialect: Dialect, value: &Json) -> (bool, bool) {
    let library = library(&schema.to_string());
    let schemas = Schemas::new(dialect);
    let patterns = Patterns::default();
    let look = Look::new(dialect, Direction::Response, &patterns);
    let looked = look.is_some_and(|mut look| look.fits(library.root(), value));
    let kept = Kept::default();
    let told = schemas.mismatches(&kept, library.root(), Direction::Response, value);
    (looked, told.is_ok_and(|told| told.is_empty()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn formats_and_patterns_fit_at_a_look_only_when_they_fit(
        text in text(),
        format in prop::sample::select(FORMATS),
        pattern in prop::sample::select(PATTERNS),
        old in any::<bool>(),
    ) {
        let dialect = if old { Dialect::OpenApi30 } else { Dialect::Draft202012 };
        for rule in [json!({ "format": format }), json!({ "pattern": pattern })] {
            let (looked, fits) = both(&rule, dialect, &Json::from(text.as_str()));
            prop_assert!(fits || !looked, "{rule} {text:?}");
        }
    }
}

#[test]
fn usual_texts_fit_at_a_look() {
    for (format, text) in [
        ("date", "2026-11-26"),
        ("date-time", "2026-11-26T10:15:00.123Z"),
        ("date-time", "2026-11-26T10:15:00+01:00"),
        ("uuid", "0d18ce14-d76c-46ee-9e52-4dad00000000"),
        ("email", "anna.b@mail.acme.example"),
    ] {
        let rule = json!({ "type": "string", "format": format });
        let (looked, fits) = both(&rule, Dialect::Draft202012, &Json::from(text));
        assert!(looked && fits, "{format} {text}");
    }
    let rule = json!({ "pattern": "^[A-Za-z0-9._-]+$" });
    assert_eq!(
        both(&rule, Dialect::OpenApi30, &json!("req_1.a-B")),
        (true, true)
    );
}

#[test]
fn a_look_leaves_what_is_unusual_to_the_engine() {
    let hidden = json!({ "properties": { "password": { "type": "string", "writeOnly": true } } });
    let shown = json!({ "password": "x" });
    for (rule, value) in [
        (hidden, shown),
        (json!({ "oneOf": [{ "type": "string" }] }), json!("a")),
        (json!({ "type": "integer" }), json!(1.0)),
        (json!({ "minimum": 1.5 }), json!(2)),
        (json!({ "$ref": "#" }), json!(1)),
        (json!({ "enum": [1.5] }), json!(1.5)),
    ] {
        assert!(!both(&rule, Dialect::Draft202012, &value).0, "{rule}");
    }
}

#[test]
fn the_engine_is_made_ready_for_many_values() {
    let library = library(&json!({ "type": "object", "required": ["id"] }).to_string());
    let schemas = Schemas::new(Dialect::Draft202012);
    let ready = |value: &Json| {
        let checked = schemas.check(library.root(), Direction::Response, value);
        let kept = schemas.kept(library.root(), Direction::Response);
        (
            checked.unwrap().mismatches.len(),
            kept.compiled.get().is_some(),
        )
    };
    let good = json!({ "id": 1 });
    for _ in 0..LOOKED_AT {
        assert_eq!(ready(&good), (0, false));
    }
    assert_eq!(ready(&good), (0, true));
    assert_eq!(ready(&json!({})), (1, true));
}

#[test]
fn the_engine_is_made_ready_when_a_look_is_not_enough() {
    let library = library(&json!({ "oneOf": [{ "type": "string" }] }).to_string());
    let schemas = Schemas::new(Dialect::Draft202012);
    let checked = schemas.check(library.root(), Direction::Response, &json!("a"));
    assert_eq!(checked.unwrap().mismatches, vec![]);
    let kept = schemas.kept(library.root(), Direction::Response);
    assert!(kept.compiled.get().is_some());
}
