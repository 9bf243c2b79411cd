//! Whole documents, and what a change says.

use super::super::{Comparison, Reading, compare_documents};
use super::{compare, read};
use crate::specification::Direction;

#[test]
fn more_schemas_than_are_compared_are_told() {
    let library = read("{ type: string }").0;
    let side = || (&library, Reading::of_json_schema(library.root()));
    let mut comparison = Comparison::new(side(), side());
    comparison.pairs.full = true;
    let told = comparison.finish();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].rule.code.as_str(), "contract/response-not-compared");
    let comparison = Comparison::new(side(), side());
    assert!(comparison.finish().is_empty());
}

#[test]
fn a_change_says_what_and_where() {
    let base = "type: object\nrequired: [items]\nproperties:\n  items:\n    type: array\n    items:\n      type: object\n      required: [amount]\n      properties:\n        amount: { type: number }\n        'due date': { type: string, maxLength: 9 }\n";
    let head = "type: object\nrequired: [items]\nproperties:\n  items:\n    type: array\n    items:\n      type: object\n      properties:\n        'due date':\n          type: string\n          maxLength: 12\n";
    let changes = compare(base, head, Direction::Response);
    let told: Vec<_> = changes
        .iter()
        .map(|change| {
            let line = |place: &Option<tidegate_core::span::Location>| {
                place.as_ref().map(std::string::ToString::to_string)
            };
            (
                change.subject.as_str(),
                change.text.as_str(),
                line(&change.base),
                line(&change.head),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "$.items[].amount",
                "an element of `items` no longer has the field `amount`",
                Some("schema.yaml:10:9".to_owned()),
                Some("schema.yaml:6:5".to_owned())
            ),
            (
                "$.items[][\"due date\"]",
                "`items[][\"due date\"]` has at most 12 characters now; it was at most 9 characters",
                Some("schema.yaml:11:37".to_owned()),
                Some("schema.yaml:11:11".to_owned())
            ),
        ]
    );
}

#[test]
fn documents_are_compared_in_both_directions() {
    let base = read("{ $schema: 'http://json-schema.org/draft-07/schema#', type: object, required: [id], properties: { id: { $ref: '#/definitions/Id', maxLength: 1 } }, definitions: { Id: { type: string } } }").0;
    let head = read("{ type: object, required: [id], properties: { id: { $ref: '#/$defs/Id' } }, $defs: { Id: { type: [string, integer] } } }").0;
    let both = [Direction::Request, Direction::Response];
    let changes = compare_documents(&base, &head, &both);
    let codes: Vec<&str> = changes
        .iter()
        .map(|change| change.rule.code.as_str())
        .collect();
    assert_eq!(
        codes,
        [
            "contract/request-type-widened",
            "contract/response-type-widened"
        ]
    );
    assert!(compare_documents(&base, &base, &both).is_empty());
}

#[test]
fn documents_of_definitions_are_compared_by_them() {
    let base = read("{ $defs: { A: { type: string }, B: { type: integer } } }").0;
    let head = read("{ $defs: { A: { type: string }, B: { type: boolean } } }").0;
    let changes = compare_documents(&base, &head, &[Direction::Response]);
    let told: Vec<_> = changes
        .iter()
        .map(|one| (one.rule.code.as_str(), one.subject.as_str()))
        .collect();
    assert_eq!(told, [("contract/response-type-changed", "response B $")]);
}
