use proptest::prelude::*;
use serde_json::{Value as Json, json};
use tidegate_core::secret::Sensitive;
use tidegate_core::template::{Lookup, TemplateError};

use super::predicate::{Subject, check, parse};
use crate::testing::{node, placed};

struct Values;

impl Lookup for Values {
    fn secret(&self, name: &str) -> Result<Sensitive, TemplateError> {
        Err(TemplateError::SecretNotSet { name: name.into() })
    }

    fn value(&self, name: &str) -> Option<Json> {
        match name {
            "id" => Some(json!(7)),
            "unique" => Some(json!("a.b")),
            _ => None,
        }
    }
}

fn holds(predicates: &str, subject: &Subject<'_>) -> bool {
    let predicates = parse(&node(predicates)).unwrap();
    check(&predicates, subject, &Values).unwrap().is_empty()
}

#[test]
fn each_predicate_holds_for_its_own_values_only() {
    for (predicate, good, bad) in [
        ("7", json!(7.0), json!("7")),
        ("[1, a]", json!([1.0, "a"]), json!(["a", 1])),
        ("null", Json::Null, json!(0)),
        ("'${id}'", json!(7), json!("7")),
        ("'n-${id}'", json!("n-7"), json!("n-8")),
        (
            "{ equals: { a: 1 } }",
            json!({ "a": 1 }),
            json!({ "a": 1, "b": 2 }),
        ),
        ("{ not: draft }", json!("final"), json!("draft")),
        (
            "{ not: { contains: x, is-empty: true } }",
            json!("abc"),
            json!(""),
        ),
        ("{ exists: true }", Json::Null, Json::Null),
        ("{ type: string }", json!("7"), json!(7)),
        ("{ type: integer }", json!(7.0), json!(7.5)),
        ("{ type: array }", json!([]), json!({})),
        ("{ gt: 3 }", json!(3.5), json!(3)),
        ("{ gte: 3, lt: 5 }", json!(3), json!(5)),
        ("{ lte: 3 }", json!(3), json!("2")),
        (
            "{ gt: '2026-01-01' }",
            json!("2026-01-02"),
            json!("2025-12-31"),
        ),
        ("{ starts-with: ab }", json!("abc"), json!("cab")),
        ("{ ends-with: '${id}' }", json!("n7"), json!("7n")),
        ("{ contains: b }", json!("abc"), json!("ac")),
        ("{ contains: '${id}' }", json!([1, 7]), json!([1, "7"])),
        (
            "{ contains: { id: 7 } }",
            json!([{ "id": 7, "n": 1 }]),
            json!([{ "id": 8 }]),
        ),
        ("{ contains: [1, 2] }", json!([2, 3, 1]), json!([2, 3])),
        ("{ matches: '^a.c$' }", json!("abc"), json!("abcd")),
        ("{ matches: '^${unique}$' }", json!("a.b"), json!("axb")),
        ("{ length: 2 }", json!("éa"), json!("abc")),
        ("{ count: { gte: 1 } }", json!([1]), json!([])),
        ("{ is-empty: true }", json!([]), json!([1])),
        ("{ is-empty: false }", json!("a"), Json::Null),
        ("{ one-of: [a, '${id}'] }", json!(7), json!("7")),
        ("{ each: { gt: 1 } }", json!([2, 3]), json!([2, 1])),
        (
            "{ is-uuid: true }",
            json!("0191b5d2-7e1c-4f7a-9c3d-1a2b3c4d5e6f"),
            json!("x"),
        ),
        ("{ is-date: false }", json!("soon"), json!("2026-01-01")),
    ] {
        assert!(
            holds(predicate, &Subject::of(Some(&good))),
            "{predicate} for {good}"
        );
        if predicate != "{ exists: true }" {
            assert!(
                !holds(predicate, &Subject::of(Some(&bad))),
                "{predicate} for {bad}"
            );
        }
    }
}

#[test]
fn a_missing_value_meets_nothing_but_its_absence() {
    let missing = Subject::of(None);
    for predicate in [
        "null",
        "{ not: draft }",
        "{ not: { is-empty: true } }",
        "{ is-empty: true }",
        "{ exists: true }",
        "{ each: 1 }",
        "{ length: 0 }",
    ] {
        assert!(!holds(predicate, &missing), "{predicate}");
    }
    assert!(holds("{ exists: false }", &missing));
    assert!(holds("{ not: { exists: true } }", &missing));
    assert!(!holds("{ exists: true }", &Subject::list(Vec::new())));
}

#[test]
fn a_text_without_a_type_is_held_against_what_is_written() {
    let header = Subject::text(Some("42"));
    assert!(holds("42", &header) && holds("'42'", &header));
    assert!(holds("{ gt: 9 }", &header) && holds("{ one-of: [41, 42] }", &header));
    assert!(!holds("42.5", &header));
}

#[test]
fn a_failing_element_is_named() {
    let predicates = parse(&node("{ each: { type: string } }")).unwrap();
    let document = json!(["a", 2]);
    let mismatches = check(&predicates, &Subject::of(Some(&document)), &Values).unwrap();
    assert_eq!(mismatches[0].below, "[1]");
    assert_eq!(mismatches[0].expected, "a text");
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,8}".prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            proptest::collection::vec(("[a-c]", inner), 0..4)
                .prop_map(|entries| Json::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_predicate_panics_and_not_is_its_opposite(value in any_json(), index in 0usize..16) {
        let all = [
            "a", "{ gt: 1 }", "{ lt: b }", "{ contains: a }", "{ contains: [1] }", "{ starts-with: a }",
            "{ matches: '[a-c]' }", "{ length: 1 }", "{ is-empty: true }", "{ one-of: [1, a] }",
            "{ each: { gt: 1 } }", "{ type: number }", "{ is-date: true }", "{ is-uuid: true }",
            "{ is-ipv6: true }", "{ equals: { a: 1 } }",
        ];
        let predicate = all[index];
        let subject = Subject::of(Some(&value));
        let negated = format!("{{ not: {predicate} }}");
        prop_assert_ne!(holds(predicate, &subject), holds(&negated, &subject), "{}", predicate);
    }

    #[test]
    fn no_value_under_a_predicate_makes_the_reader_panic(value in any_json(), index in 0usize..21) {
        let predicates = json!({ super::PREDICATES[index]: value });
        let _ = parse(&placed(&predicates, &predicates.to_string()));
    }
}
