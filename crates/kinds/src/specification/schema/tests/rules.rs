use super::*;

#[test]
fn what_a_value_breaks_is_told_with_the_line_that_says_so() {
    let text = "type: object
required: [id, name]
properties:
  id: { type: string }
  name: { type: string }
  state: { enum: [open, closed] }
  at: { type: string, format: date-time }
  note: { type: [string, 'null'], maxLength: 3 }
  items: { type: array, items: { $ref: '#/$defs/item' } }
$defs:
  item: { type: object, required: [price], properties: { price: { minimum: 0 } } }
";
    let value = json!({ "id": 5, "state": "half", "at": "now", "note": "long", "items": [{}, { "price": -1 }] });
    let library = library(text);
    let schemas = Schemas::new(Dialect::Draft202012);
    let verdict = schemas
        .check(library.root(), Direction::Response, &value)
        .unwrap();
    let mismatches = verdict.mismatches.iter();
    let mut told: Vec<String> = mismatches
        .map(|one| format!("{} {} {}", one.location, one.path, one.text))
        .collect();
    told.sort();
    assert_eq!(
        told,
        [
            "api.yaml:11:36 $.items[0] must have the field price",
            "api.yaml:11:67 $.items[1].price must not be below 0",
            "api.yaml:2:16 $ must have the field name",
            "api.yaml:4:9 $.id must be a string, not an integer",
            "api.yaml:6:12 $.state must be one of open, closed",
            "api.yaml:7:23 $.at must match the format date-time",
            "api.yaml:8:35 $.note is longer than 3 characters",
        ]
    );
    let good = json!({ "id": "a", "name": "b", "state": "open", "at": "2026-01-01T00:00:00Z", "note": null, "items": [{ "price": 0 }] });
    assert_eq!(response(text, &good), NOTHING);
}
