use super::*;

/// What holding a value finds, and what is wrong with the schema.
fn both(text: &str, dialect: Dialect, value: &Json) -> (Vec<String>, Vec<String>) {
    let library = library(text);
    let schemas = Schemas::new(dialect);
    let verdict = schemas.check(library.root(), Direction::Response, value);
    let told = match verdict {
        Ok(verdict) => verdict.mismatches.into_iter().map(|one| one.text).collect(),
        Err(fault) => vec![format!("{}: {fault}", fault.location)],
    };
    let faults = schemas.faults();
    let faults = faults
        .iter()
        .map(|fault| format!("{}: {fault}", fault.location));
    (told, faults.collect())
}

#[test]
fn a_part_that_makes_no_sense_spoils_nothing_but_itself() {
    let text = "
type: object
required: true
maxProperties: -1
properties:
  a: { type: text, maxLength: '3', minLength: 2 }
  b: [1]
  c: { $ref: '#/nowhere' }
  d: { $ref: 'https://acme.example/d.json' }
  e: { allOf: [] }
";
    let (told, faults) = both(
        text,
        Dialect::Draft202012,
        &json!({ "a": "x", "b": 1, "c": 1, "d": 1, "e": 1 }),
    );
    assert_eq!(told, ["is shorter than 2 characters"]);
    assert_eq!(
        faults,
        [
            "api.yaml:3:1: `required` must be a list of names, and this is true or false",
            "api.yaml:4:1: `maxProperties` must be a whole number that is not negative, and this is a number",
            "api.yaml:6:8: `type` must be one of array, boolean, integer, null, number, object and string, or a list of them, and this is text",
            "api.yaml:6:20: `maxLength` must be a whole number that is not negative, and this is text",
            "api.yaml:7:3: a schema must be a map, true or false, and this is a list",
            "api.yaml:8:8: `#/nowhere` leads nowhere",
            "api.yaml:9:8: `https://acme.example/d.json` leads over the network, where Tidegate does not look",
            "api.yaml:10:8: `allOf` must be a list of schemas, with at least one, and this is a list",
        ]
    );
    let (told, faults) = both("{ type: object }", Dialect::Draft202012, &json!({}));
    assert!(told.is_empty() && faults.is_empty());
}

#[test]
fn a_pattern_that_is_none_is_left_out_and_told() {
    let text = "
properties:
  a: { pattern: '(', minLength: 2 }
  b: { pattern: '^b$' }
patternProperties: { '[': { type: string }, '^c$': { type: string } }
";
    let value = json!({ "a": "x", "b": "x", "c": 1 });
    let (told, faults) = both(text, Dialect::Draft202012, &value);
    assert_eq!(
        told,
        [
            "is shorter than 2 characters",
            "must match the pattern ^b$",
            "must be a string, not an integer"
        ]
    );
    assert_eq!(
        faults,
        [
            "api.yaml:3:8: this is not a regular expression that can be used",
            "api.yaml:5:23: this is not a regular expression that can be used",
        ]
    );
}

#[test]
fn a_pattern_that_takes_too_long_is_told_and_blames_no_value() {
    // Without look-around the time is linear whatever the repetitions.
    let text = format!("{}!", "a".repeat(40));
    let (told, faults) = both("pattern: '^(a+)+$'", Dialect::OpenApi30, &json!(text));
    assert_eq!((told.len(), faults.len()), (1, 0));
    let (told, faults) = both(
        "pattern: '^(?=a)(?:a|a|(?=a)a)+$'",
        Dialect::OpenApi30,
        &json!(text),
    );
    assert_eq!(told, NOTHING);
    assert_eq!(
        faults,
        ["api.yaml:1:1: this regular expression takes too long to be matched"]
    );
    let (told, _) = both(
        "pattern: '^(?=a)(?!b).*z$'",
        Dialect::OpenApi30,
        &json!("ab"),
    );
    assert_eq!(told.len(), 1, "look-around is understood");
    let (_, faults) = both(
        "pattern: '(((a{999}){999}){999}){999}'",
        Dialect::OpenApi30,
        &json!(text),
    );
    assert_eq!(faults.len(), 1, "too large to be compiled");
}

#[test]
fn a_circle_of_references_is_a_fault() {
    for dialect in [Dialect::OpenApi30, Dialect::Draft202012] {
        let text = "{ $ref: '#/a', a: { $ref: '#/b' }, b: { $ref: '#/a' } }";
        let text = text.replace("$ref: '#/a', a", "a");
        let whole = format!(
            "{{ properties: {{ x: {{ $ref: '#/a' }}, y: {{ type: string }} }}, {}",
            &text[1..]
        );
        let (told, faults) = both(&whole, dialect, &json!({ "x": 1, "y": 1 }));
        assert_eq!(told, ["must be a string, not an integer"]);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].contains("leads back to itself"));
        let (told, _) = both("$ref: '#'", dialect, &json!(1));
        assert_eq!(told, ["api.yaml:1:1: `#` leads back to itself"]);
    }
}

#[test]
fn a_schema_that_applies_itself_in_place_ends() {
    let text =
        "{ allOf: [{ $ref: '#' }, { type: string }], anyOf: [{ $ref: '#' }, { type: string }] }";
    for dialect in [Dialect::OpenApi30, Dialect::Draft202012] {
        assert_eq!(both(text, dialect, &json!("x")).0, NOTHING);
        assert!(!both(text, dialect, &json!(1)).0.is_empty());
    }
}

/// What a value 120 levels deep breaks by a schema that leads back to itself over so many others.
fn deep(chain: usize) -> Result<Verdict, SchemaFault> {
    let mut text = "properties: { next: { $ref: '#/c0' } }\n".to_owned();
    for number in 0..chain {
        let next = number + 1;
        text.push_str(&format!(
            "c{number}: {{ allOf: [{{ $ref: '#/c{next}' }}] }}\n"
        ));
    }
    text.push_str(&format!("c{chain}: {{ type: object, $ref: '#' }}\n"));
    let mut value = json!(1);
    for _ in 0..120 {
        value = json!({ "next": value });
    }
    let library = library(&text);
    Schemas::new(Dialect::Draft202012).check(library.root(), Direction::Response, &value)
}

#[test]
fn deep_values_and_long_chains_of_references_end() {
    let run = || {
        assert_eq!(deep(10).unwrap().mismatches.len(), 1);
        for chain in [40, 5_000] {
            assert_eq!(deep(chain).unwrap_err().reason, Reason::Deep);
        }
    };
    // Worker threads have this much.
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
    thread.spawn(run).unwrap().join().unwrap();
}

#[test]
fn a_huge_enum_is_shown_in_part() {
    let values: Vec<String> = (0..5_000).map(|number| format!("value-{number}")).collect();
    let text = json!({ "enum": values }).to_string();
    let told = response(&text, &json!("x"));
    assert!(told[0].ends_with("value-9, 4990 more"), "{told:?}");
    assert_eq!(response(&text, &json!("value-4999")), NOTHING);
}

#[test]
fn of_many_mismatches_some_are_told() {
    let text = "items: { type: string, properties: { a: {} } }";
    let value = Json::Array(vec![json!({ "b": 1 }); 1_000]);
    let library = library(text);
    let schemas = Schemas::new(Dialect::Draft202012);
    let verdict = schemas
        .check(library.root(), Direction::Response, &value)
        .unwrap();
    assert_eq!(
        (verdict.mismatches.len(), verdict.undocumented.len()),
        (LIMIT, LIMIT)
    );
}

#[test]
fn no_text_shows_a_value_and_no_path_breaks_out() {
    let text = r#"
properties: { "it's\n\\": { type: integer, const: 5 } }
additionalProperties: { type: integer, const: 5 }
required: [a]
propertyNames: { maxLength: 90 }
not: { required: [secret] }
"#;
    let value = json!({ "secret": "s3cr3t", "it's\n\\": "s3cr3t", "l".repeat(100): "s3cr3t" });
    let told = response(text, &value).join("\n");
    assert!(!told.contains("s3cr3t"), "{told}");
    assert!(
        told.contains("$['it\\'s\\u{a}\\\\']: must be an integer"),
        "{told}"
    );
    assert!(!told.contains("lll"), "{told}");
}
