use serde_json::Value as Json;

use super::*;
use crate::specification::library::Library;

fn library(text: &str) -> Library {
    let nothing = |_: &str| Err("there are no other files".to_owned());
    Library::new("api.yaml", text.as_bytes().to_vec(), &nothing).unwrap()
}

fn fault(text: &str) -> String {
    let fault = Tree::read("api.yaml", text.as_bytes().to_vec()).unwrap_err();
    let place = fault.span.clone().unwrap().location();
    format!("{place}: {}", fault.message)
}

/// Every value with its place and its text there.
fn told(at: At<'_>, into: &mut Vec<String>) {
    let span = at.span();
    into.push(format!(
        "{} {}:{} {:?}",
        at.pointer(),
        at.location().line,
        at.location().column,
        span.text()
    ));
    at.entries().for_each(|(_, value)| told(value, into));
    at.elements().for_each(|value| told(value, into));
}

#[test]
fn json_values_know_their_places() {
    let text = "{ \"a\" : [1, -2.5e3 ,true],\n  \"b\\\"c\": {\"d\": \"x\\\\\\\"y\" , \"e\":null}, \"f\":[] }";
    let library = library(text);
    let mut lines = Vec::new();
    told(library.root(), &mut lines);
    assert_eq!(
        lines[1..],
        [
            "/a 1:4 \"[1, -2.5e3 ,true]\"",
            "/a/0 1:10 \"1\"",
            "/a/1 1:13 \"-2.5e3\"",
            "/a/2 1:21 \"true\"",
            "/b\"c 2:4 \"{\\\"d\\\": \\\"x\\\\\\\\\\\\\\\"y\\\" , \\\"e\\\":null}\"",
            "/b\"c/d 2:13 \"\\\"x\\\\\\\\\\\\\\\"y\\\"\"",
            "/b\"c/e 2:29 \"null\"",
            "/f 2:40 \"[]\"",
        ]
    );
    assert_eq!(library.root().span().text(), text);
}

#[test]
fn yaml_values_know_their_places() {
    let library = library("a:\n  - 1\n  - 'two'\nb: { c: yes, \"d\": ~ }\n");
    let mut lines = Vec::new();
    told(library.root(), &mut lines);
    assert_eq!(
        lines[1..],
        [
            "/a 1:1 \"- 1\\n  - 'two'\"",
            "/a/0 2:5 \"1\"",
            "/a/1 3:5 \"'two'\"",
            "/b 4:1 \"{ c: yes, \\\"d\\\": ~ }\"",
            "/b/c 4:6 \"yes\"",
            "/b/d 4:15 \"~\"",
        ]
    );
}

#[test]
fn aliases_and_merge_keys_are_unfolded() {
    let library = library("base: &base { a: 1, b: 2 }\nx: { <<: *base, b: 3 }\ny: *base\n");
    let root = library.root().to_json();
    assert_eq!(root["x"], serde_json::json!({ "b": 3, "a": 1 }));
    assert_eq!(root["y"], serde_json::json!({ "a": 1, "b": 2 }));
}

#[test]
fn large_maps_are_found_by_key_and_doubled_keys_are_told() {
    let mut text = String::from("{");
    for number in (0..40).rev() {
        text += &format!("\"k{number}\": {number},\n");
    }
    text += "\"k7\": 99, \"k3\": 98}";
    let library = library(&text);
    let root = library.root();
    assert_eq!(root.get("k7").unwrap().number().unwrap().as_i64(), Some(7));
    assert_eq!(root.entries().len(), 40);
    assert!(root.get("k40").is_none());
    let doubled: Vec<String> = library
        .doubled()
        .map(|fault| fault.message.clone())
        .collect();
    assert_eq!(
        doubled,
        [
            "`k7` stands twice in its map",
            "`k3` stands twice in its map"
        ]
    );
}

#[test]
fn numbers_beyond_64_bits_stay_numbers() {
    for text in [
        "{\"n\": 123456789012345678901234567890, \"u\": 18446744073709551615}",
        "n: 123456789012345678901234567890\nu: 18446744073709551615\n",
    ] {
        let library = library(text);
        let number = |key| library.root().get(key).unwrap().number().unwrap().clone();
        assert_eq!(number("n").as_f64(), Some(1.234_567_890_123_456_8e29));
        assert_eq!(number("u").as_u64(), Some(u64::MAX));
    }
}

#[test]
fn what_is_no_document_is_refused_at_its_place() {
    let cut = fault("{\"openapi\": \"3.1.0\",\n \"paths\": {");
    assert!(cut.starts_with("api.yaml:2:"), "{cut}");
    assert!(fault("a: [1, 2\nb: 3\n").starts_with("api.yaml:2:"));
    assert_eq!(fault(""), "api.yaml:1:1: api.yaml is empty");
    assert_eq!(
        fault("a: 1\n---\nb: 2\n"),
        "api.yaml:2:1: api.yaml holds several documents"
    );
    for inner in ["1", "a"] {
        let deep = format!("{}{inner}{}", "[".repeat(500), "]".repeat(500));
        let deep = Tree::read("api.json", deep.into_bytes()).unwrap_err();
        assert_eq!(deep.message, "api.json is nested too deeply");
        let label = &deep.label.unwrap();
        assert!(label.starts_with("128 or more lists and maps "), "{label}");
        assert!(deep.help.unwrap().contains("`$ref`"));
    }
    let binary = Tree::read("api.yaml", vec![b'a', 0xff]).unwrap_err();
    assert_eq!(binary.message, "api.yaml is no text");
    let huge = Tree::read("api.yaml", vec![b' '; SIZE_LIMIT + 1]).unwrap_err();
    assert_eq!(huge.message, "api.yaml is larger than 32 MiB");
}

#[test]
fn plain_scalars_mean_what_they_mean_in_a_gate_file() {
    for text in [
        "010",
        "1_000",
        "0x1f",
        "0o17",
        "0b11",
        "1e3",
        "-0",
        "+5",
        ".5",
        "-.5",
        "5.",
        "1.0",
        ".inf",
        "-.INF",
        ".nan",
        "1:30",
        "2026-01-02",
        "1.2.3",
        "--",
        "...x",
        "0",
        "00",
        "-7",
        "123456789012345678",
    ] {
        let options = serde_saphyr::options! {
            strict_booleans: true,
            leading_zero_numbers_as_strings: true,
            underscored_numbers_as_strings: true,
        };
        let theirs = serde_saphyr::from_str_with_options::<Json>(&format!("a: {text}"), options);
        let ours = library(&format!("a: {text}")).root().to_json();
        match theirs {
            Ok(theirs) => assert_eq!(ours, theirs, "{text}"),
            // No JSON number is infinite.
            Err(_) => assert!(ours["a"].is_string(), "{text}: {ours}"),
        }
    }
}

#[test]
fn a_key_that_stands_very_often_is_read_quickly_and_told_some_times() {
    let text = format!("{{{}\"b\": 2}}", "\"a\": 1, ".repeat(200_000));
    let tree = Tree::read("a.json", text.into_bytes()).unwrap();
    assert_eq!(tree.doubled.len(), DOUBLED_LIMIT);
    let Value::Map { length, .. } = tree.records[tree.root() as usize].value else {
        panic!("no map");
    };
    assert_eq!(length, 2);
}

#[test]
fn aliases_of_deep_values_do_not_add_up_to_deeper_ones() {
    let nested = |inner: &str| format!("{}{inner}{}", "[".repeat(100), "]".repeat(100));
    let mut text = format!("a0: &a0 {}\n", nested("1"));
    for number in 1..30 {
        let inner = nested(&format!("*a{}", number - 1));
        text += &format!("a{number}: &a{number} {inner}\n");
    }
    assert!(
        fault(&text).contains("nested too deeply"),
        "{}",
        fault(&text)
    );
    let merged = format!(
        "a: &a {{ k: {} }}\nb: {}\n",
        nested("1"),
        nested("{ <<: *a }")
    );
    assert!(fault(&merged).contains("nested too deeply"));
}

#[test]
fn merge_keys_are_read_in_linear_time_and_what_they_skip_counts() {
    let keys: String = (0..500).map(|number| format!("k{number}: 1, ")).collect();
    let again = "*a, ".repeat(300);
    let text = format!("a: &a {{ {keys} }}\nb: {{ <<: [{again}] }}\n");
    assert!(
        fault(&text).contains("unfolds into too much"),
        "{}",
        fault(&text)
    );
}
