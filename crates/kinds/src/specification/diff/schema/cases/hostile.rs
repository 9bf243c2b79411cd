//! Documents that nobody writes by hand, made to take long or to break something.

use std::fmt::Write as _;

use super::super::{Comparison, Reading};
use super::compare;
use crate::specification::{Direction, Library};

const BOTH: [Direction; 2] = [Direction::Request, Direction::Response];

/// A schema that refers to the first of many definitions.
fn definitions(names: usize, schema: impl Fn(usize) -> String) -> String {
    let mut text = "{\"$ref\": \"#/$defs/A0\", \"$defs\": {".to_owned();
    for name in 0..names {
        let comma = if name == 0 { "" } else { "," };
        write!(text, "{comma}\"A{name}\": {}", schema(name)).unwrap();
    }
    text + "}}"
}

fn reference(name: usize) -> String {
    format!("{{\"$ref\": \"#/$defs/A{name}\"}}")
}

fn both_ways(base: &str, head: &str) -> usize {
    let changes = BOTH.map(|direction| compare(base, head, direction).len());
    changes.iter().sum()
}

#[test]
fn a_long_chain_of_schemas_ends() {
    let chain = |last: &str| {
        definitions(5_000, |name| match name {
            4_999 => last.to_owned(),
            name => format!(
                "{{\"allOf\": [{}, {{\"minimum\": 1}}]}}",
                reference(name + 1)
            ),
        })
    };
    both_ways(
        &chain("{\"type\": \"integer\"}"),
        &chain("{\"type\": \"string\"}"),
    );
    let chain = |last: &str| {
        definitions(5_000, |name| match name {
            4_999 => last.to_owned(),
            name => format!("{{\"properties\": {{\"a\": {}}}}}", reference(name + 1)),
        })
    };
    let changes = both_ways(
        &chain("{\"type\": \"integer\"}"),
        &chain("{\"type\": \"string\"}"),
    );
    assert_eq!(changes, 2);
}

#[test]
fn schemas_that_all_lead_to_each_other_end() {
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let knot = |minimum: usize| {
            definitions(16, |name| {
                let others: Vec<String> =
                    (0..16).filter(|one| *one != name).map(reference).collect();
                format!(
                    "{{\"minimum\": {minimum}, \"{keyword}\": [{}]}}",
                    others.join(",")
                )
            })
        };
        both_ways(&knot(1), &knot(2));
    }
}

#[test]
fn many_variants_end() {
    let union = |kind: &str| {
        let branches = (0..200).map(|at| {
            format!("{{\"type\": \"object\", \"required\": [\"k{at}\"], \"properties\": {{\"k{at}\": {{\"type\": \"{kind}\"}}}}}}")
        });
        let branches: Vec<String> = branches.collect();
        format!("{{\"oneOf\": [{}]}}", branches.join(","))
    };
    assert!(both_ways(&union("string"), &union("integer")) > 0);
}

#[test]
fn rounds_of_different_lengths_that_hold_together_end() {
    let rounds = |kind: &str| {
        let lengths = [11, 13, 17];
        let mut text = format!(
            "{{\"allOf\": [{}, {}, {}], \"$defs\": {{",
            reference(0),
            reference(31),
            reference(68)
        );
        let mut start = 0;
        for length in lengths {
            for at in 0..length {
                let comma = if start + at == 0 { "" } else { "," };
                let next = reference(start + (at + 1) % length);
                write!(text, "{comma}\"A{}\": {{\"type\": \"object\", \"properties\": {{\"n\": {next}, \"v\": {{\"type\": \"{kind}\"}}}}}}", start + at).unwrap();
            }
            start += length;
        }
        text + "}}"
    };
    // 11 × 13 × 17 places lie below; the change is told once for each, or until there are too many.
    assert!(!compare(&rounds("string"), &rounds("integer"), Direction::Request).is_empty());
}

#[test]
fn patterns_that_explode_are_only_compared() {
    let base = "{ type: string, enum: [aaaa], pattern: '((a{1,500}){1,500}){1,500}' }";
    let head = "{ type: string, enum: [aaaa], pattern: '(?<=x)a' }";
    let codes: Vec<_> = compare(base, head, Direction::Request);
    let codes: Vec<&str> = codes.iter().map(|one| one.rule.code.as_str()).collect();
    assert_eq!(codes, ["contract/request-pattern-tightened"]);
}

#[test]
fn nonsense_is_compared_too() {
    let nonsense = [
        "[]",
        "null",
        "7",
        "{ type: 7, enum: a, properties: [], required: {}, items: 3, allOf: { a: 1 }, oneOf: a, minimum: x }",
        "{ type: [], enum: [], anyOf: [], oneOf: [], allOf: [], const: null, prefixItems: [] }",
        "{ type: what, minLength: -3, maxLength: 99999999999999999999999, multipleOf: 0, minimum: 1e400 }",
        "{ $ref: '#' }",
        "{ $ref: '#/nowhere' }",
        "{ $ref: 'https://x.example/a.json' }",
        "{ properties: { a: { $ref: '#/properties/a' } } }",
        "{ allOf: [{ $ref: '#' }], anyOf: [{ $ref: '#' }, { $ref: '#' }], not: { $ref: '#' }, items: { $ref: '#' } }",
        "{ discriminator: 3, oneOf: [{ $ref: 7 }] }",
        "{ oneOf: [false, false], if: false, then: 3, contains: null, patternProperties: { '(': 1 } }",
    ];
    for base in nonsense {
        for head in nonsense {
            both_ways(base, head);
        }
        assert_eq!(both_ways(base, base), 0, "{base}");
    }
}

/// A document of about a megabyte, with a name for its texts and a type for some of its fields.
fn large(text: &str, changed: &str) -> String {
    definitions(700, |name| {
        let mut fields = Vec::new();
        for field in 0..14 {
            let target = (name * 7 + field * 31) % 700;
            let schema = match field % 4 {
                0 => reference(target),
                1 => format!("{{\"type\": \"array\", \"items\": {}}}", reference(target)),
                2 if name % 14 == 0 && field == 2 => format!("{{\"type\": \"{changed}\"}}"),
                _ => format!(
                    "{{\"type\": \"string\", \"maxLength\": 80, \"description\": \"{text} number {field}\"}}"
                ),
            };
            fields.push(format!("\"field{field}\": {schema}"));
        }
        format!(
            "{{\"type\": \"object\", \"required\": [\"field3\", \"field7\"], \"properties\": {{{}}}}}",
            fields.join(", ")
        )
    })
}

fn compare_large(base: &Library, head: &Library) -> (usize, std::time::Duration) {
    let begun = std::time::Instant::now();
    let mut comparison = Comparison::new((base, Reading::MODERN), (head, Reading::MODERN));
    let (ours, theirs) = (
        base.root().get("$defs").unwrap(),
        head.root().get("$defs").unwrap(),
    );
    for (name, schema) in ours.entries() {
        comparison.compare(Some(schema), theirs.get(name), Direction::Response, name);
        comparison.compare(Some(schema), theirs.get(name), Direction::Request, name);
    }
    (comparison.finish().len(), begun.elapsed())
}

#[test]
fn large_documents_are_compared() {
    let read = |text: String| {
        let fetch = |_: &str| Err("no files here".to_owned());
        Library::new("large.json", text.into_bytes(), &fetch).unwrap()
    };
    let text = "A text that describes what stands in the field with the";
    let base = read(large(text, "string"));
    let changed = read(large(text, "integer"));
    let retold = read(large("Another text that says the same of the", "string"));
    let (same, took) = compare_large(&base, &base);
    println!("itself: {took:?}");
    let (changes, took) = compare_large(&base, &changed);
    println!("{changes} changes: {took:?}");
    let (words, took) = compare_large(&base, &retold);
    println!("other words: {took:?}");
    assert_eq!((same, words), (0, 0));
    assert!(changes >= 100, "{changes}");
}
