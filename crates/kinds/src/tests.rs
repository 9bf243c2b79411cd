//! What every kind and observer owes: a page, codes of its own, a schema, cases.

use std::collections::BTreeSet;

use tidegate_core::meta::Meta;

use super::*;

fn every_meta() -> Vec<Meta> {
    let registry = registry();
    let kinds = registry.kinds().iter().map(|kind| kind.meta().clone());
    let observers = registry
        .observers()
        .iter()
        .map(|observer| observer.meta().clone());
    kinds.chain(observers).collect()
}

#[test]
fn every_constructor_reaches_the_registry_under_a_name_of_its_own() {
    assert_eq!(every_meta().len(), KINDS.len() + OBSERVERS.len());
}

#[test]
fn codes_are_unique_and_belong_to_their_kind() {
    let mut seen = BTreeSet::new();
    for meta in every_meta() {
        for info in meta.codes.iter() {
            assert_eq!(info.code.kind(), meta.name, "{}", info.code);
            assert!(
                seen.insert(info.code.clone()),
                "{} is declared twice",
                info.code
            );
            assert!(
                !info.summary.ends_with('.') && info.impact.ends_with('.'),
                "{}",
                info.code
            );
        }
    }
}

#[test]
fn every_page_has_its_headings_and_one_for_each_code() {
    for meta in every_meta() {
        let page = meta.docs.text();
        let headings: Vec<&str> = page
            .lines()
            .filter(|line| line.starts_with('#'))
            .map(|line| line.trim_start_matches('#').trim())
            .collect();
        let wanted = [
            "What it does",
            "Why it is bad",
            "Example",
            "How to fix",
            "References",
        ];
        for heading in wanted {
            assert!(
                headings.contains(&heading),
                "{} lacks `{heading}`",
                meta.name
            );
        }
        for info in meta.codes.iter() {
            assert!(
                headings.contains(&info.code.as_str()),
                "{} is not described",
                info.code
            );
        }
    }
}

#[test]
fn every_schema_is_a_schema() {
    let registry = registry();
    let kinds = registry.kinds().iter().map(|kind| kind.schema());
    let observers = registry
        .observers()
        .iter()
        .map(|observer| observer.schema());
    for schema in kinds.chain(observers) {
        jsonschema::draft7::meta::validate(&schema).unwrap();
        assert!(schema["description"].is_string());
    }
}
