//! Where in a JSON text something stands.

use std::ops::Range;

/// How many objects and arrays may be open at once; deeper places get no path.
const DEEPEST: usize = 64;

/// The longest key that a path shows, in bytes.
const LONGEST_KEY: usize = 60;

/// An object or an array that is open, and where in it the reading is.
enum Open {
    /// An object, the bytes of the key, and whether a key comes next.
    Object(Range<usize>, bool),
    /// An array and the index of the element.
    Array(usize),
}

/// The path of what stands at a byte of a JSON text (RFC 8259), as in `$.keys[0].value`.
///
/// A key that touches one of the `hidden` ranges, or that cannot be told in plain letters, is a `*`.
pub(super) fn path(text: &[u8], at: usize, hidden: &[Range<usize>]) -> Option<String> {
    let mut open: Vec<Open> = Vec::new();
    let mut next = 0;
    while let Some(&byte) = text.get(next).filter(|_| next < at) {
        let start = next;
        next += 1;
        match byte {
            b'"' => {
                let end = end_of_string(text, next);
                if let Some(Open::Object(key, expected @ true)) = open.last_mut() {
                    (*key, *expected) = (next..end, false);
                }
                next = end + 1;
            }
            b'{' => open.push(Open::Object(start..start, true)),
            b'[' => open.push(Open::Array(0)),
            b'}' | b']' => drop(open.pop()),
            b',' => match open.last_mut() {
                Some(Open::Object(_, expected)) => *expected = true,
                Some(Open::Array(index)) => *index += 1,
                None => {}
            },
            _ => {}
        }
        if open.len() > DEEPEST {
            return None;
        }
    }
    let steps = open.iter().map(|one| match one {
        Open::Object(key, _) => key_step(text, key, hidden),
        Open::Array(index) => format!("[{index}]"),
    });
    Some(format!("${}", steps.collect::<String>()))
}

/// Where the quotation mark stands that ends a string; the end of the text when none does.
fn end_of_string(text: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

fn key_step(text: &[u8], key: &Range<usize>, hidden: &[Range<usize>]) -> String {
    let touched = hidden
        .iter()
        .any(|range| range.start < key.end && key.start < range.end);
    let letters = text.get(key.clone()).unwrap_or_default();
    let plain = |byte: &u8| matches!(byte, b' '..=b'~') && !b"'\\".contains(byte);
    let word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    match std::str::from_utf8(letters) {
        Ok(name) if !touched && name.len() <= LONGEST_KEY && letters.iter().all(plain) => {
            if !name.is_empty() && name.bytes().all(word) {
                format!(".{name}")
            } else {
                format!("['{name}']")
            }
        }
        _ => ".*".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value as Json, json};

    use super::*;

    #[track_caller]
    fn found(text: &str, mark: &str) -> Option<String> {
        path(text.as_bytes(), text.find(mark).unwrap(), &[])
    }

    #[test]
    fn every_place_has_its_path() {
        for (text, wanted) in [
            (r#""MARK""#, "$"),
            (r#"{"a":"MARK"}"#, "$.a"),
            (
                r#"{"a": {"b":1, "c" : [ [], {"x":"}]"}, "MARK" ]}}"#,
                "$.a.c[2]",
            ),
            (r#"[1,[2,3],{"a":"b,c","d":"xMARK"}]"#, "$[2].d"),
            (r#"{"a\"b":1,"c":"\\","d":"MARK"}"#, "$.d"),
            (
                r#"{"spring.datasource":{"password":"MARK"}}"#,
                "$['spring.datasource'].password",
            ),
            (r#"{"it's":"MARK"}"#, "$.*"),
            (r#"{"é":"MARK"}"#, "$.*"),
            (r#"{"a":1,"MARK":2}"#, "$.MARK"),
            (r#"{"a":[{"b":"cut MARK"#, "$.a[0].b"),
        ] {
            assert_eq!(found(text, "MARK").as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn a_key_that_is_hidden_or_long_is_not_shown() {
        let text = r#"{"KEY":{"b":"MARK"}}"#;
        let at = text.find("MARK").unwrap();
        assert_eq!(
            path(text.as_bytes(), at, std::slice::from_ref(&(2..5))).unwrap(),
            "$.*.b"
        );
        assert_eq!(
            path(text.as_bytes(), at, std::slice::from_ref(&(0..2))).unwrap(),
            "$.KEY.b"
        );
        let long = format!(r#"{{"{}":"MARK"}}"#, "k".repeat(61));
        assert_eq!(found(&long, "MARK").unwrap(), "$.*");
    }

    #[test]
    fn a_hostile_depth_has_no_path() {
        let deep = format!("{}\"MARK\"", "[".repeat(1_000_000));
        assert_eq!(found(&deep, "MARK"), None);
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(json!(null)),
            any::<i64>().prop_map(|number| json!(number)),
            ".{0,8}".prop_map(|text| json!(text)),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
                prop::collection::btree_map("[a-z\"\\\\]{1,4}", inner, 0..4)
                    .prop_map(|entries| entries.into_iter().collect::<Json>()),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_stands_before_does_not_matter(before: Vec<bool>, other in any_json()) {
            let mut whole = json!("MARK");
            let mut wanted = String::new();
            for array in before.iter().take(20) {
                if *array {
                    whole = json!([other, whole, other]);
                    wanted.insert_str(0, "[1]");
                } else {
                    whole = json!({ "a": other, "key": whole, "z": other });
                    wanted.insert_str(0, ".key");
                }
            }
            for text in [whole.to_string(), serde_json::to_string_pretty(&whole).unwrap()] {
                prop_assert_eq!(found(&text, "MARK").unwrap(), format!("${wanted}"));
            }
        }

        #[test]
        fn bytes_of_any_kind_do_no_harm(text: Vec<u8>, at: usize) {
            let _ = path(&text, at, &[]);
        }
    }
}
