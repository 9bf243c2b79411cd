//! Joins scripts into one and writes the source map that leads back to them.

use serde_json::json;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A joined script and its source map (ECMA-426).
#[derive(Debug)]
pub(super) struct Bundle {
    pub(super) script: String,
    pub(super) map: String,
}

/// Joins the parts, each a name and a text, line by line.
pub(super) fn join(parts: &[(&str, String)]) -> Bundle {
    let mut script = String::new();
    let mut mappings = Vec::new();
    let (mut last_source, mut last_line) = (0, 0);
    for (source, (_, text)) in (0..).zip(parts) {
        for (line, content) in (0..).zip(text.lines()) {
            mappings.push(segment(source - last_source, line - last_line));
            (last_source, last_line) = (source, line);
            script.push_str(content);
            script.push('\n');
        }
    }
    let map = json!({
        "version": 3,
        "sources": parts.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        "sourcesContent": parts.iter().map(|(_, text)| text).collect::<Vec<_>>(),
        "names": [],
        "mappings": mappings.join(";"),
    });
    Bundle {
        script,
        map: map.to_string(),
    }
}

/// Says where column 0 of a line comes from, relative to the line before.
fn segment(source_step: i32, line_step: i32) -> String {
    [0, source_step, line_step, 0]
        .into_iter()
        .map(variable_length)
        .collect()
}

/// A base64 VLQ: the sign in the lowest bit, five bits a digit, lowest first.
fn variable_length(value: i32) -> String {
    let mut rest = (value.unsigned_abs() << 1) | u32::from(value < 0);
    let mut text = String::new();
    loop {
        let more = if rest > 0b1_1111 { 0b10_0000 } else { 0 };
        text.push(char::from(BASE64[(rest & 0b1_1111 | more) as usize]));
        rest >>= 5;
        if rest == 0 {
            return text;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn lines_are_joined_and_mapped_to_their_parts() {
        let bundle = join(&[
            ("a.js", "one\ntwo\n".to_owned()),
            ("b.js", "three".to_owned()),
        ]);
        assert_eq!(bundle.script, "one\ntwo\nthree\n");
        let map: Value = serde_json::from_str(&bundle.map).expect("json");
        assert_eq!(map["mappings"], "AAAA;AACA;ACDA");
        assert_eq!(map["sourcesContent"][1], "three");
    }

    #[test]
    fn numbers_of_several_digits_carry_over() {
        assert_eq!(variable_length(0), "A");
        assert_eq!(variable_length(-1), "D");
        assert_eq!(variable_length(15), "e");
        assert_eq!(variable_length(16), "gB");
        assert_eq!(variable_length(-40), "xC");
    }
}
