//! Readers that take what tools take: JSON with comments, and single values out of code.

use serde_json::Value as Json;

/// The longest literal text that is taken out of code, in bytes.
const LITERAL_LIMIT: usize = 300;

/// How much of a line is looked at for a comment, in bytes.
const LINE_LIMIT: usize = 300;

/// Reads JSON; when it is none, as JSON with comments and with commas before closing brackets.
///
/// # Errors
/// The first place that is neither.
pub(super) fn json(text: &str) -> Result<Json, serde_json::Error> {
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&bare(text)))
}

/// The same text with spaces in place of comments and of commas that close a list, so that every place
/// stays where it is.
fn bare(text: &str) -> String {
    let mut bare: Vec<char> = Vec::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek()) {
            ('"', _) => {
                bare.push('"');
                text_literal(&mut letters, &mut bare);
            }
            ('/', Some('/')) => {
                bare.push(' ');
                while let Some(passed) = letters.next_if(|next| *next != '\n') {
                    bare.push(blank(passed));
                }
            }
            ('/', Some('*')) => {
                bare.push(' ');
                bare.extend(letters.next().map(blank));
                let mut before = ' ';
                for passed in letters.by_ref() {
                    bare.push(blank(passed));
                    if (before, passed) == ('*', '/') {
                        break;
                    }
                    before = passed;
                }
            }
            (']' | '}', _) => {
                let last = bare.iter().rposition(|letter| !letter.is_whitespace());
                if let Some(comma) = last
                    .and_then(|at| bare.get_mut(at))
                    .filter(|last| **last == ',')
                {
                    *comma = ' ';
                }
                bare.push(letter);
            }
            _ => bare.push(letter),
        }
    }
    bare.into_iter().collect()
}

fn text_literal(letters: &mut std::iter::Peekable<std::str::Chars<'_>>, bare: &mut Vec<char>) {
    while let Some(letter) = letters.next() {
        bare.push(letter);
        match letter {
            '\\' => bare.extend(letters.next()),
            '"' => break,
            _ => {}
        }
    }
}

fn blank(letter: char) -> char {
    if letter == '\n' { '\n' } else { ' ' }
}

/// The literal text that a key is given in code: `base: "/portal/"`, `STATIC_ROOT = 'files'`.
pub(super) fn text_of(code: &str, key: &str) -> Option<String> {
    values(code, key).find_map(literal)
}

/// The word that a key is given in code: `ssr: false`, `DEBUG = True`.
pub(super) fn word_of<'c>(code: &'c str, key: &str) -> Option<&'c str> {
    let mut words = values(code, key).map(|value| {
        let end = value.find(|letter: char| !letter.is_ascii_alphanumeric());
        value.get(..end.unwrap_or(value.len())).unwrap_or_default()
    });
    words.find(|word| !word.is_empty())
}

/// What stands behind each `key:` and `key =` that is not in a comment.
pub(super) fn values<'c>(code: &'c str, key: &str) -> impl Iterator<Item = &'c str> {
    let found = code.match_indices(key);
    let found: Vec<usize> = found.map(|(at, _)| at).collect();
    let length = key.len();
    found.into_iter().filter_map(move |at| {
        let (before, rest) = code.split_at_checked(at)?;
        let inside = before.chars().next_back().is_some_and(is_of_name);
        if inside || is_comment(before) {
            return None;
        }
        let rest = rest
            .get(length..)?
            .trim_start_matches(['"', '\''])
            .trim_start();
        let value = rest.strip_prefix([':', '='])?;
        (!value.starts_with(['=', '>'])).then(|| value.trim_start())
    })
}

/// The end of a text, of so many bytes at most: to look further back from each of many places in a file that
/// is one long line would take for ever.
pub(super) fn end_of(text: &str, bytes: usize) -> &str {
    let start = text.ceil_char_boundary(text.len().saturating_sub(bytes));
    text.get(start..).unwrap_or_default()
}

fn is_of_name(letter: char) -> bool {
    letter.is_alphanumeric() || "_$-.".contains(letter)
}

/// Whether the line that ends here is a comment so far, as far as its end tells.
fn is_comment(before: &str) -> bool {
    let line = end_of(before, LINE_LIMIT);
    let line = line.rsplit('\n').next().unwrap_or_default();
    let begins = line.trim_start();
    let begins = begins.starts_with("//") || begins.starts_with('#') || begins.starts_with('*');
    begins || line.contains(" //") || line.contains("/*")
}

/// The literal text at the beginning, without anything computed in it.
pub(super) fn literal(value: &str) -> Option<String> {
    let quote = value
        .chars()
        .next()
        .filter(|first| "\"'`".contains(*first))?;
    let (text, _) = value.get(1..)?.split_once(quote)?;
    let odd = |letter: char| letter.is_control() || letter == '\\';
    let computed = quote == '`' && text.contains("${");
    (text.len() <= LITERAL_LIMIT && !computed && !text.contains(odd)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn json_may_have_comments_and_last_commas() {
        let text = "{ // a\n \"u\": \"http://x/*y*/\", /* b\n */ \"l\": [1, 2, ],\n}";
        let expected = serde_json::json!({ "u": "http://x/*y*/", "l": [1, 2] });
        assert_eq!(json(text).unwrap(), expected);
        assert_eq!(json("{\"a\": \"\\\",}\"}").unwrap()["a"], "\",}");
        let fault = json("{ // a\n  \"a\": }").unwrap_err();
        assert_eq!((fault.line(), fault.column()), (2, 8));
    }

    #[test]
    fn single_values_are_taken_out_of_code() {
        let code = "// base: '/no/',\n  database: 'no',\n  base: \"/portal/\",\n  ssr: false,\n  'x': `a${b}`, y: 'it''s'";
        assert_eq!(text_of(code, "base").as_deref(), Some("/portal/"));
        assert_eq!(word_of(code, "ssr"), Some("false"));
        assert_eq!(text_of(code, "x"), None);
        assert_eq!(
            text_of("STATIC_ROOT = 'files'", "STATIC_ROOT").as_deref(),
            Some("files")
        );
        assert_eq!(text_of("if base == 'x'", "base"), None);
        assert_eq!(word_of("DEBUG = True\n", "DEBUG"), Some("True"));
    }

    #[test]
    fn no_more_of_a_long_line_is_looked_at_than_people_write() {
        assert_eq!(end_of("aéb", 2), "b");
        assert_eq!(end_of("aéb", 3), "éb");
        assert_eq!(end_of("ab", 9), "ab");
        let far = format!("// {} base: '/x/'", "a".repeat(LINE_LIMIT));
        assert_eq!(text_of(&far, "base").as_deref(), Some("/x/"));
        assert_eq!(text_of("// base: '/x/'", "base"), None);
        // With all of the line looked at from each place, this would take minutes.
        let hostile = "base:".repeat(50_000);
        assert_eq!(text_of(&hostile, "base"), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_readers_fail(text in "[a-c/*\"'`,\\[\\]{}:=\\\\é\n ]{0,60}") {
            let _ = (json(&text), text_of(&text, "a"), word_of(&text, "a"));
            prop_assert_eq!(bare(&text).chars().count(), text.chars().count());
        }
    }
}
