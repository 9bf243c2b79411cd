//! What holds for any two schemas.

mod making;

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::Value as Json;
use tidegate_core::meta::Severity;

use self::making::{Dice, document, mutated, values};
use super::{Comparison, Reading};
use crate::specification::diff::change::Change;
use crate::specification::{Direction, Library};

/// How many pairs are tried; a longer run asks for more by this variable.
fn cases() -> u32 {
    let wanted = std::env::var("TIDEGATE_SCHEMA_CASES").ok();
    wanted.and_then(|wanted| wanted.parse().ok()).unwrap_or(96)
}

fn library(schema: &Json) -> Library {
    let fetch = |_: &str| Err("no files here".to_owned());
    Library::new("schema.json", schema.to_string().into_bytes(), &fetch).unwrap()
}

fn compare(base: &Json, head: &Json, reading: Reading, direction: Direction) -> Vec<Change> {
    let (base, head) = (library(base), library(head));
    let mut comparison = Comparison::new((&base, reading), (&head, reading));
    comparison.compare(Some(base.root()), Some(head.root()), direction, "");
    comparison.finish()
}

/// Names of fields that a request may have now; who sent them before did so on his own.
fn added(changes: &[Change]) -> Vec<String> {
    let added = changes
        .iter()
        .filter(|change| change.rule.code.as_str().ends_with("-field-added"));
    added
        .filter_map(|change| Some(change.subject.rsplit('.').next()?.to_owned()))
        .collect()
}

fn has_key(value: &Json, keys: &[String]) -> bool {
    match value {
        Json::Array(elements) => elements.iter().any(|one| has_key(one, keys)),
        Json::Object(entries) => entries
            .iter()
            .any(|(key, value)| keys.contains(key) || has_key(value, keys)),
        _ => false,
    }
}

/// A value that the producer may give and the consumer does not take.
fn counterexample<'v>(
    producer: &Validator,
    consumer: &Validator,
    values: &'v [Json],
    apart: &[String],
) -> Option<&'v Json> {
    values.iter().find(|value| {
        producer.is_valid(value) && !consumer.is_valid(value) && !has_key(value, apart)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn a_schema_has_not_changed_from_itself(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let one = document(&mut Dice::new(&bytes), 3);
        for reading in [Reading::MODERN, Reading::OLD, Reading::OPENAPI_3_0] {
            for direction in [Direction::Request, Direction::Response] {
                // Other words for people keep the short way for documents that are written alike away.
                let mut other = one.clone();
                if let Some(entries) = other.as_object_mut() {
                    entries.insert("title".to_owned(), "Other".into());
                }
                let changes = compare(&one, &other, reading, direction);
                prop_assert!(changes.is_empty(), "{one}\n{changes:?}");
            }
        }
    }

    #[test]
    fn any_two_schemas_can_be_compared(
        base in prop::collection::vec(any::<u8>(), 0..200),
        head in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let (base, head) = (document(&mut Dice::new(&base), 4), document(&mut Dice::new(&head), 4));
        for direction in [Direction::Request, Direction::Response] {
            compare(&base, &head, Reading::OPENAPI_3_0, direction);
            compare(&base, &head, Reading::MODERN, direction);
        }
    }

    /// The judge of it all: what is said to break nobody breaks nobody.
    #[test]
    fn what_breaks_nobody_takes_every_value(
        bytes in prop::collection::vec(any::<u8>(), 0..120),
        change in prop::collection::vec(any::<u8>(), 0..60),
        pool in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let base = document(&mut Dice::new(&bytes), 2);
        let head = mutated(&base, &mut Dice::new(&change));
        let (Ok(old), Ok(new)) = (
            jsonschema::draft202012::new(&base),
            jsonschema::draft202012::new(&head),
        ) else {
            return Ok(());
        };
        let values = values(&[&base, &head], &mut Dice::new(&pool));
        for direction in [Direction::Request, Direction::Response] {
            let changes = compare(&base, &head, Reading::MODERN, direction);
            if changes.iter().any(|change| change.rule.severity > Severity::Info) {
                continue;
            }
            let broken = match direction {
                Direction::Request => counterexample(&old, &new, &values, &added(&changes)),
                Direction::Response => counterexample(&new, &old, &values, &[]),
            };
            prop_assert!(
                broken.is_none(),
                "{direction:?}\nbase {base}\nhead {head}\nvalue {}\n{:?}",
                broken.unwrap(),
                changes.iter().map(|one| (&one.subject, &one.text)).collect::<Vec<_>>()
            );
        }
    }
}

/// How often a break that is told can be shown by a value: not all can, but most.
#[test]
fn breaks_that_are_told_can_mostly_be_shown() {
    let mut random: u64 = 7;
    let mut bytes = |length: usize| -> Vec<u8> {
        let next = |_| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) as u8
        };
        (0..length).map(next).collect()
    };
    let (mut told, mut shown) = (0, 0);
    for _ in 0..cases() * 2 {
        let base = document(&mut Dice::new(&bytes(120)), 2);
        let head = mutated(&base, &mut Dice::new(&bytes(60)));
        let (Ok(old), Ok(new)) = (
            jsonschema::draft202012::new(&base),
            jsonschema::draft202012::new(&head),
        ) else {
            continue;
        };
        let values = values(&[&base, &head], &mut Dice::new(&bytes(200)));
        let changes = compare(&base, &head, Reading::MODERN, Direction::Request);
        if changes
            .iter()
            .any(|change| change.rule.severity >= Severity::Medium)
        {
            told += 1;
            let is_shown = counterexample(&old, &new, &values, &[]).is_some();
            shown += usize::from(is_shown);
            if !is_shown && std::env::var_os("TIDEGATE_SCHEMA_SHOW").is_some() {
                let texts: Vec<_> = changes
                    .iter()
                    .map(|one| (&one.subject, &one.text))
                    .collect();
                println!("base {base}\nhead {head}\n{texts:?}\n");
            }
        }
    }
    assert!(told > 20, "{told}");
    assert!(shown * 100 >= told * 60, "{shown} of {told}");
}
