use super::*;

fn files(files: &[(&str, &str)]) -> Library {
    let known: HashMap<String, String> = files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    let fetch = move |path: &str| {
        let found = known.get(path).map(|text| text.clone().into_bytes());
        found.ok_or_else(|| "there is no such file".to_owned())
    };
    Library::open(files[0].0, &fetch).unwrap()
}

fn told(library: &Library, pointer: &str, value: &Json) -> Vec<String> {
    let schemas = Schemas::for_json_schema(library.root()).unwrap();
    let at = library.root().at_pointer(pointer).unwrap();
    let verdict = schemas.check(at, Direction::Response, value).unwrap();
    let mismatches = verdict.mismatches.iter();
    let mismatches = mismatches.map(|one| format!("{} {}: {}", one.location, one.path, one.text));
    let undocumented = verdict.undocumented.iter();
    mismatches
        .chain(undocumented.map(|one| format!("{} {}?", one.location, one.path)))
        .collect()
}

#[test]
fn references_by_path_and_by_id_lead_to_the_line() {
    let library = files(&[
        (
            "events/paid.json",
            r##"{ "$id": "https://acme.example/events/paid.json",
  "properties": { "by": { "$ref": "../types/user.json" }, "at": { "$ref": "#when" } },
  "$defs": { "when": { "$anchor": "when", "format": "date" },
    "own": { "$id": "own", "maximum": 3 } },
  "additionalProperties": { "$ref": "own" } }"##,
        ),
        (
            "types/user.json",
            "{ \"required\": [\"id\"],\n  \"properties\": { \"id\": { \"type\": \"string\" } } }",
        ),
    ]);
    let good = json!({ "by": { "id": "a" }, "at": "2026-01-31", "more": 3 });
    assert_eq!(told(&library, "", &good), NOTHING);
    let bad = json!({ "by": { "id": 1, "x": 1 }, "at": "now", "more": 4 });
    let mut found = told(&library, "", &bad);
    found.sort();
    assert_eq!(
        found,
        [
            "events/paid.json:3:44 $.at: must match the format date",
            "events/paid.json:4:29 $.*: must not be above 3",
            "types/user.json:1:1 $.by.x?",
            "types/user.json:2:28 $.by.id: must be a string, not an integer",
        ]
    );
    assert_eq!(
        told(&library, "/$defs/own", &json!(4)),
        ["events/paid.json:4:29 $: must not be above 3"]
    );
}

#[test]
fn the_draft_is_the_one_that_it_names() {
    let text = r##"{ "$schema": "http://json-schema.org/draft-07/schema#", "$ref": "#/definitions/a", "maxLength": 1, "definitions": { "a": { "type": "string" } } }"##;
    let library = files(&[("a.json", text)]);
    assert_eq!(told(&library, "", &json!("long")), NOTHING);
    let newer = text.replace("draft-07/schema#", "x").replace(
        "http://json-schema.org/x",
        "https://json-schema.org/draft/2020-12/schema",
    );
    let library = files(&[("a.json", &newer)]);
    assert_eq!(told(&library, "", &json!("long")).len(), 1);
}

#[test]
fn dynamic_references_depend_on_the_way() {
    let text = r##"{ "$id": "https://acme.example/page", "$ref": "list", "$defs": {
  "item": { "$dynamicAnchor": "item", "type": "string" },
  "list": { "$id": "list", "items": { "$dynamicRef": "#item" }, "$defs": { "item": { "$dynamicAnchor": "item" } } } } }"##;
    let library = files(&[("a.json", text)]);
    assert_eq!(told(&library, "", &json!(["x"])), NOTHING);
    assert_eq!(
        told(&library, "", &json!([1])),
        ["a.json:2:40 $[0]: must be a string, not an integer"]
    );
}

#[test]
fn what_leads_over_the_network_is_told() {
    let text = "{ \"$id\": \"https://acme.example/a\",\n  \"items\": { \"$ref\": \"https://other.example/b#/c\" } }";
    let library = files(&[("a.json", text)]);
    let fault = Schemas::for_json_schema(library.root()).unwrap_err();
    assert_eq!(fault.location.to_string(), "a.json:2:15");
    assert_eq!(
        fault.to_string(),
        "`https://other.example/b#/c` leads over the network, where Tidegate does not look"
    );
    let library = files(&[("a.json", "{ \"items\":\n { \"$ref\": \"b.json\" } }")]);
    let fault = Schemas::for_json_schema(library.root()).unwrap_err();
    assert_eq!(fault.location.to_string(), "a.json:2:5");
    assert_eq!(fault.to_string(), "`b.json` leads nowhere");
}

#[test]
fn a_schema_that_is_none_is_a_fault() {
    let library = files(&[("a.json", "{\n \"type\": \"text\" }")]);
    let schemas = Schemas::for_json_schema(library.root()).unwrap();
    let fault = schemas
        .check(library.root(), Direction::Request, &json!(1))
        .unwrap_err();
    assert_eq!(fault.location.to_string(), "a.json:2:3");
    let library = files(&[("a.json", "{\n \"items\": { \"pattern\": \"(\" } }")]);
    let schemas = Schemas::for_json_schema(library.root()).unwrap();
    let fault = schemas
        .check(library.root(), Direction::Request, &json!(1))
        .unwrap_err();
    assert_eq!(fault.reason, Reason::Pattern);
    assert_eq!(fault.location.to_string(), "a.json:2:14");
}
