//! The values of literal texts.

/// The value of a literal as it is written, in the quotes of any language.
pub(super) fn value(raw: &str) -> String {
    let prefix = raw.find(['"', '\'', '`']).unwrap_or(0);
    let (prefix, quoted) = raw.split_at(prefix);
    let raw = prefix.contains(['r', 'R']);
    let inner = unquoted(quoted);
    if raw || !inner.contains('\\') {
        return inner.to_owned();
    }
    let mut value = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            value.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => value.push('\n'),
            Some('t') => value.push('\t'),
            Some('\n') | None => {}
            Some(other) => value.push(other),
        }
    }
    value
}

/// What is between the quotes; the last is missing where a text was not ended.
fn unquoted(quoted: &str) -> &str {
    for quote in ["\"\"\"", "'''", "\"", "'", "`"] {
        if let Some(rest) = quoted.strip_prefix(quote) {
            return rest.strip_suffix(quote).unwrap_or(rest);
        }
    }
    quoted
}
