use proptest::prelude::*;

use super::*;

fn node(text: &str) -> Node {
    read(&Source::new("gate.yaml", text)).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// Every span of a tree, keys included.
fn spans(node: &Node, visit: &mut dyn FnMut(&Span)) {
    visit(&node.span);
    match &node.value {
        Value::Sequence(elements) => elements.iter().for_each(|element| spans(element, visit)),
        Value::Map(entries) => entries.iter().for_each(|(key, value)| {
            visit(&key.span);
            spans(value, visit);
        }),
        _ => {}
    }
}

#[test]
fn scalars_are_what_they_look_like() {
    let read = node(
        "[no, 010, 1_000, 0x1F, 1.5, ~, true, yes, 2026-12-31, \"1\", 'it', +1, .5, 1e3, \"\"]",
    );
    let Value::Sequence(elements) = read.value else {
        panic!("a list");
    };
    let text = |text: &str| Value::String(text.into());
    let expected = [
        text("no"),
        text("010"),
        text("1_000"),
        Value::Integer(31),
        Value::Float(1.5),
        Value::Null,
        Value::Bool(true),
        text("yes"),
        text("2026-12-31"),
        text("1"),
        text("it"),
        Value::Integer(1),
        Value::Float(0.5),
        Value::Float(1000.0),
        text(""),
    ];
    let values: Vec<Value> = elements.into_iter().map(|element| element.value).collect();
    assert_eq!(values, expected);
}

#[test]
fn every_part_knows_its_exact_place() {
    let text = "é: \"ü\" # c\nmap: { a: [1, {b: c} ], # }\n  d: x, }\nblock:\n  - |\n    one\n    two\n  - e: f\nlast: 'q'\n";
    let read = node(text);
    let at = |path: &[&str]| {
        let found = path.iter().fold(&read, |node, key| node.get(key).unwrap());
        found.span.text().to_owned()
    };
    assert_eq!(at(&["é"]), "\"ü\"");
    assert_eq!(at(&["map"]), "{ a: [1, {b: c} ], # }\n  d: x, }");
    assert_eq!(at(&["map", "a"]), "[1, {b: c} ]");
    assert_eq!(at(&["map", "d"]), "x");
    assert_eq!(at(&["block"]), "- |\n    one\n    two\n  - e: f");
    assert_eq!(at(&["last"]), "'q'");
    assert_eq!(read.entries()[0].0.span.text(), "é");
    assert_eq!(read.get("last").unwrap().span.line(), 9);
}

#[test]
fn what_comes_from_an_anchor_stands_at_the_anchor() {
    let read = node("base: &b { x: 1, y: [2] }\nlist: [*b, 3]\nother:\n  <<: *b\n  x: 4\n");
    let list = read.get("list").unwrap();
    assert_eq!(list.span.text(), "[*b, 3]");
    let Value::Sequence(elements) = &list.value else {
        panic!("a list");
    };
    assert_eq!(elements[0].span.text(), "{ x: 1, y: [2] }");
    let other = read.get("other").unwrap();
    assert_eq!(other.get("x").unwrap().value, Value::Integer(4));
    assert_eq!(other.get("y").unwrap().span.line(), 1);
    assert_eq!(other.entries().len(), 2);
}

#[test]
fn every_double_key_is_told() {
    let faults = read(&Source::new(
        "gate.yaml",
        "a: 1\nb: { c: 1, c: 2 }\na: 3\na: 4\n",
    ))
    .unwrap_err();
    let lines: Vec<usize> = faults
        .iter()
        .map(|fault| fault.span.as_ref().unwrap().line())
        .collect();
    assert_eq!(lines, [2, 3, 4]);
    assert_eq!(faults[1].label.as_deref(), Some("first given in line 1"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_is_read_or_refused_and_places_lie_in_it(
        text in r##"([a-c]: |[-&*!|>'"#%@`{}\[\],:?~ \t\r\n]|<<: |\*a|&a |é|[0-9]|\$\{X\}|\n  ){0,40}"##
    ) {
        let source = Source::new("gate.yaml", text.clone());
        let mut inside = |span: &Span| {
            let range = span.range();
            assert!(text.is_char_boundary(range.start) && text.is_char_boundary(range.end), "{range:?}");
        };
        match read(&source) {
            Ok(node) => spans(&node, &mut inside),
            Err(faults) => faults.iter().filter_map(|fault| fault.span.as_ref()).for_each(inside),
        }
    }

    #[test]
    fn any_bytes_are_text_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(source) = decode(bytes, "gate.yaml") {
            let _ = read(&source);
        }
    }
}
