//! Pairs of schemas, each with exactly the rules that name its changes.

mod changed;
mod documents;
mod fields;
mod hostile;
mod same;
mod shaped;

use std::collections::BTreeSet;

use super::{Comparison, Reading, rules};
use crate::specification::diff::change::Change;
use crate::specification::{Direction, Library};

/// Name, base, head, and the rules of requests and of answers, each without its start.
pub(super) type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

/// A schema after the dialect it is written in: `3.0`, `old`, or nothing for the newest.
pub(super) fn read(text: &str) -> (Library, Reading) {
    let (reading, text) = if let Some(rest) = text.strip_prefix("3.0 ") {
        (Reading::OPENAPI_3_0, rest)
    } else if let Some(rest) = text.strip_prefix("old ") {
        (Reading::OLD, rest)
    } else {
        (Reading::MODERN, text)
    };
    let fetch = |_: &str| Err("no files here".to_owned());
    let library = Library::new("schema.yaml", text.as_bytes().to_vec(), &fetch);
    (
        library.unwrap_or_else(|fault| panic!("{text}: {fault:?}")),
        reading,
    )
}

pub(super) fn compare(base: &str, head: &str, direction: Direction) -> Vec<Change> {
    let (base, head) = (read(base), read(head));
    let mut comparison = Comparison::new((&base.0, base.1), (&head.0, head.1));
    let roots = (base.0.root(), head.0.root());
    comparison.compare(Some(roots.0), Some(roots.1), direction, "");
    comparison.finish()
}

fn codes(changes: &[Change], start: &str) -> Vec<String> {
    let codes = changes.iter().map(|change| {
        let code = change.rule.code.as_str();
        code.strip_prefix(start).unwrap_or(code).to_owned()
    });
    let mut codes: Vec<String> = codes.collect();
    codes.sort_unstable();
    codes
}

pub(super) fn all() -> impl Iterator<Item = &'static Case> {
    [same::CASES, changed::CASES, fields::CASES, shaped::CASES]
        .into_iter()
        .flatten()
}

#[test]
fn each_pair_has_exactly_its_rules() {
    let mut wrong = Vec::new();
    for (name, base, head, request, response) in all() {
        let directions = [
            (Direction::Request, request, "contract/request-"),
            (Direction::Response, response, "contract/response-"),
        ];
        for (direction, expected, start) in directions {
            let changes = compare(base, head, direction);
            let mut expected: Vec<&str> = expected.split_whitespace().collect();
            expected.sort_unstable();
            if codes(&changes, start) != expected {
                let told = changes
                    .iter()
                    .map(|one| format!("{}: {}", one.subject, one.text));
                let told: Vec<String> = told.collect();
                wrong.push(format!(
                    "{name} {direction:?}: {:?}, not {expected:?}\n    {}",
                    codes(&changes, start),
                    told.join("\n    ")
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn pairs_that_say_the_same_say_it_the_other_way_round() {
    for (name, base, head, _, _) in same::CASES {
        for direction in [Direction::Request, Direction::Response] {
            let changes = compare(head, base, direction);
            assert!(changes.is_empty(), "{name}: {changes:?}");
        }
    }
}

#[test]
fn there_are_enough_pairs_of_each_sort() {
    let names: BTreeSet<&str> = all().map(|case| case.0).collect();
    assert_eq!(names.len(), all().count(), "a name stands twice");
    assert!(names.len() >= 130, "{}", names.len());
    assert!(same::CASES.len() >= 50, "{}", same::CASES.len());
    assert!(
        same::CASES
            .iter()
            .all(|case| case.3.is_empty() && case.4.is_empty())
    );
}

#[test]
fn each_rule_is_raised_by_a_pair_and_left_alone_by_another() {
    for rule in rules::all() {
        let code = rule.info.code.as_str();
        let raises = |case: &&Case| {
            let (start, expected) = if let Some(name) = code.strip_prefix("contract/request-") {
                (name, case.3)
            } else {
                (code.trim_start_matches("contract/response-"), case.4)
            };
            expected.split_whitespace().any(|one| one == start)
        };
        assert!(all().any(|case| raises(&case)), "no pair raises {code}");
        assert!(all().any(|case| !raises(&case)), "each pair raises {code}");
    }
}
