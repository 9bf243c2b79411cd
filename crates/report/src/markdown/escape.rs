//! Foreign text in Markdown: written with character references and without markup, so that it can
//! neither end its place nor mention anybody.

use std::fmt::Write as _;

use crate::text::{clip, one_line, visible};

/// How many characters of a sentence are shown.
const SENTENCE_LIMIT: usize = 1_000;
/// How many lines a block has at most that is not folded.
const OPEN_LINES: usize = 12;

/// A paragraph behind a label; nothing when it is empty.
pub(super) fn labelled(label: &str, text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("\n**{label}:** {}\n", code(&inline(text)))
}

/// Foreign text on lines of its own.
pub(super) fn preformatted(text: &str) -> String {
    let text = visible(text.trim_end(), true);
    format!("\n<pre>{}</pre>\n", references(&text))
}

/// Foreign text on lines of its own, folded when there are many.
pub(super) fn folded(text: &str) -> String {
    let lines = text.lines().count();
    if lines <= OPEN_LINES {
        return preformatted(text);
    }
    let block = preformatted(text);
    format!("\n<details>\n<summary>What was seen: {lines} lines</summary>\n{block}\n</details>\n")
}

/// Foreign text within a line; an `@` is kept from mentioning anybody by a zero-width space.
pub(super) fn inline(text: &str) -> String {
    let text = one_line(&clip(text, SENTENCE_LIMIT), true);
    references(&text)
        .replace("&#64;", "&#64;&#8203;")
        .replace("www.", "www&#46;")
}

/// Shows what stands between two backticks as code; its content is written as references already.
pub(super) fn code(text: &str) -> String {
    let parts: Vec<&str> = text.split("&#96;").collect();
    if parts.len().is_multiple_of(2) {
        return text.to_owned();
    }
    let marked = parts.iter().enumerate().map(|(index, part)| {
        if index % 2 == 0 {
            (*part).to_owned()
        } else {
            format!("<code>{part}</code>")
        }
    });
    marked.collect()
}

/// Writes everything that Markdown, HTML or a CI system may give a meaning as a reference.
fn references(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    let mut previous = '\n';
    while let Some(character) = rest.next() {
        if plain(previous, character, rest.peek().copied()) {
            safe.push(character);
        } else {
            // Nothing can go wrong when a string is written to.
            let _ = write!(safe, "&#{};", u32::from(character));
        }
        previous = character;
    }
    safe
}

/// Whether a character has no meaning where it stands.
fn plain(previous: char, character: char, next: Option<char>) -> bool {
    match character {
        // Not `::command`, `https://` or `:emoji:`.
        ':' => previous.is_alphanumeric() && next.is_none_or(|c| c == ' ' || c.is_ascii_digit()),
        ' ' | '\n' | '\t' | '.' | ',' | ';' | '/' | '-' | '=' | '?' | '%' | '+' => true,
        '(' | ')' | '{' | '}' | '\'' | '"' => true,
        _ => character.is_alphanumeric() || !character.is_ascii(),
    }
}
