//! How deep a JSONPath may go.

/// The most brackets that may be open at once; the time a reader takes may double with each.
const DEEPEST: usize = 10;

/// Whether brackets stand so deep inside each other (RFC 9535, 2.3.5) that reading the path would
/// take very long or more stack than there is.
pub fn is_too_deep(path: &str) -> bool {
    let mut open = 0usize;
    let mut quote = None;
    let mut characters = path.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            // What follows is part of the text whatever it is (RFC 9535, 2.3.1.1).
            (Some(_), '\\') => drop(characters.next()),
            (Some(mark), _) if mark == character => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '[' | '(') => open += 1,
            (None, ']' | ')') => open = open.saturating_sub(1),
            (None, _) => {}
        }
        if open > DEEPEST {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_brackets_inside_each_other_and_outside_of_texts_count() {
        let nested = |times: usize| format!("${}.a{}", "[?@".repeat(times), "]".repeat(times));
        assert!(!is_too_deep(&nested(DEEPEST)));
        assert!(is_too_deep(&nested(DEEPEST + 1)));
        assert!(is_too_deep(&format!("$[?{}", "!(".repeat(DEEPEST))));
        assert!(!is_too_deep(&"[0]".repeat(100)));
        assert!(!is_too_deep(&format!("$['\\'{}']", "[".repeat(100))));
        let closed_in_a_text = r#"['a"])\'])'][?("#.repeat(DEEPEST);
        assert!(is_too_deep(&closed_in_a_text));
    }
}
