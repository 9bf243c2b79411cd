use proptest::prelude::*;

use super::*;

fn values(text: &str) -> Vec<(String, Option<String>)> {
    let entries = parse(".env", text).unwrap().entries;
    let pairs = entries.into_iter().map(|entry| (entry.name, entry.value));
    pairs.collect()
}

fn value(text: &str) -> String {
    let last = values(text).pop().unwrap();
    last.1.unwrap()
}

fn fault(text: &str) -> (usize, usize, String) {
    let error = parse(".env", text).err().unwrap();
    assert!(!error.help.is_empty());
    (error.place.line, error.place.column, error.message)
}

#[test]
fn quotes_escapes_and_comments_are_read_as_the_common_readers_do() {
    assert_eq!(value("A=plain # comment"), "plain");
    assert_eq!(value("A=a#b"), "a#b");
    assert_eq!(value("A= # only a comment"), "");
    assert_eq!(value("A='it $B \\n'"), "it $B \\n");
    assert_eq!(
        value("A=\"a\\nb\\t\\\"c\\\" \\$B\" # comment"),
        "a\nb\t\"c\" $B"
    );
    assert_eq!(value("A=`it's \"fine\"`"), "it's \"fine\"");
    assert_eq!(value("export A = b "), "b");
    assert_eq!(value("A: b"), "b");
    assert_eq!(value("A='x'\r\nB=\"y\r\nz\"\r\n"), "y\nz");
    assert_eq!(value("A=\\$B"), "$B");
}

#[test]
fn values_in_quotes_span_lines_and_later_lines_keep_their_number() {
    let text = "# head\nA=\"-----BEGIN\nMII\n-----END\"\n\nB=2\n";
    let parsed = parse(".env", text).unwrap();
    let lines: Vec<usize> = parsed.entries.iter().map(|entry| entry.line).collect();
    assert_eq!(lines, [2, 6]);
    assert_eq!(value("A='one\ntwo'"), "one\ntwo");
}

#[test]
fn names_without_a_value_and_empty_values_differ() {
    let found = values("A\nexport B\nC=\nD=''");
    let values: Vec<Option<&str>> = found.iter().map(|(_, value)| value.as_deref()).collect();
    assert_eq!(values, [None, None, Some(""), Some("")]);
}

#[test]
fn the_last_of_two_counts_and_both_lines_are_told() {
    let parsed = parse(".env", "A=1\nB=2\nA=3").unwrap();
    assert_eq!(parsed.entries[0].value.as_deref(), Some("3"));
    assert_eq!(
        parsed.notes,
        [".env sets A on lines 1 and 3; the last one counts."]
    );
}

#[test]
fn references_lead_to_other_variables_and_have_defaults() {
    let text = "HOST=db\nUSER=\nURL=\"pg://${USER:-anna}@$HOST/${NAME:-app_${HOST}}\"";
    assert_eq!(value(text), "pg://anna@db/app_db");
    assert_eq!(value("A=${NONE}"), "${NONE}");
    assert_eq!(value("B=1\nA='${B}'"), "${B}");
    assert_eq!(value("A=pa$$word$1"), "pa$$word$1");
    assert_eq!(value("A=$B\nB=later\nC=$A"), "later");
}

#[test]
fn references_in_circles_end_and_are_told() {
    let parsed = parse(".env", "A=$B\nB=x$A\nC=$C").unwrap();
    assert_eq!(parsed.notes.len(), 2);
    assert!(parsed.notes[0].contains("defines A by itself"));
}

#[test]
fn references_that_grow_without_end_are_refused() {
    let mut text = format!("V0={}\n", "x".repeat(100));
    for level in 1..12 {
        text.push_str(&format!(
            "V{level}={}\n",
            format!("$V{}", level - 1).repeat(10)
        ));
    }
    assert!(fault(&text).2.contains("larger than 4 MiB"));
}

#[test]
fn faults_have_a_line_a_column_and_a_fix() {
    assert_eq!(fault("A=1\nB=\"open\nC=3").0, 2);
    assert_eq!(fault("A=1\nB=\"open").1, 3);
    assert_eq!((fault("A=1\n  9B=2").0, fault("A=1\n  9B=2").1), (2, 3));
    assert!(fault("A b").2.contains("`=` is expected"));
    assert!(fault("A='x' y").2.contains("follows the closing quote"));
    assert!(fault("=x").2.contains("a name is expected"));
}

/// A value as a careful person would write it.
fn quoted(value: &str) -> String {
    let mut text = String::from("\"");
    for letter in value.chars() {
        match letter {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\\' | '"' | '$' => text.extend(['\\', letter]),
            other => text.push(other),
        }
    }
    text + "\""
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "[A-Z=\"'`$\\\\{}:#\r\n -~é]{0,80}") {
        let _ = parse(".env", &text);
    }

    #[test]
    fn what_is_written_quoted_reads_back(first in "\\PC*|[\n\r\\\\\"$'#]{0,8}", second in "[ -~\n]{0,30}") {
        let text = format!("A={} # one\nB={}\n", quoted(&first), quoted(&second));
        let found = values(&text);
        prop_assert_eq!(found[0].1.as_deref(), Some(first.as_str()));
        prop_assert_eq!(found[1].1.as_deref(), Some(second.as_str()));
    }
}
