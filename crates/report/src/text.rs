//! Foreign text made harmless: nothing in it steers a terminal or a CI system, or hides.

use std::borrow::Cow;
use std::fmt;

/// Whether a character steers a terminal, reorders text or cannot be seen.
///
/// These are the control characters (C0, DEL, C1), the bidirectional controls of UAX #9, invisible
/// formatting characters, and what XML 1.0 cannot carry.
pub(crate) fn steers(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061c}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{fffe}'..='\u{ffff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// What is shown in the place of a character that steers: one character, so that columns stay.
pub(crate) fn stand_in(character: char, pictures: bool) -> char {
    match u32::from(character) {
        _ if !pictures => '?',
        code @ 0..0x20 => char::from_u32(0x2400 + code).unwrap_or('\u{fffd}'),
        0x7f => '\u{2421}',
        _ => '\u{fffd}',
    }
}

/// Foreign text with its line breaks and tabs; colour codes are dropped, other controls shown.
pub fn visible(text: &str, pictures: bool) -> String {
    // Most text is of this sort, and reports may have very much of it.
    if text
        .bytes()
        .all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t'))
    {
        return text.to_owned();
    }
    let text = text.replace("\r\n", "\n");
    without_colour(&text)
        .chars()
        .map(|character| match character {
            '\n' | '\t' => character,
            _ if steers(character) => stand_in(character, pictures),
            _ => character,
        })
        .collect()
}

/// Foreign text on one line.
pub fn one_line(text: &str, pictures: bool) -> String {
    let mut line = visible(text.trim(), pictures);
    if line.contains(['\n', '\t']) {
        line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    line
}

/// Drops `ESC [ digits m` (ECMA-48, SGR): test suites colour their output, and it means nothing.
fn without_colour(text: &str) -> Cow<'_, str> {
    if !text.contains("\u{1b}[") {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut parts = text.split("\u{1b}[");
    kept.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let parameters = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        match parameters.strip_prefix('m') {
            Some(rest) => kept.push_str(rest),
            None => {
                kept.push_str("\u{1b}[");
                kept.push_str(part);
            }
        }
    }
    // What was taken apart may have come together as another code, so that is left visible.
    Cow::Owned(kept)
}

/// Breaks what a CI system would take from a log as a command to itself.
///
/// GitHub Actions honours `::command` after leading white space and `##[command]` anywhere; Azure
/// Pipelines honours `##vso[…]` and TeamCity `##teamcity[…]`.
pub fn defuse(text: &str) -> String {
    let mut harmless = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let start = command_start(line);
        if line[start..].starts_with("::") {
            harmless.push_str(&line[..=start]);
            harmless.push(' ');
            push_without_hash_commands(&mut harmless, &line[start + 1..]);
        } else {
            push_without_hash_commands(&mut harmless, line);
        }
    }
    harmless
}

/// Where the first character stands that is neither white space nor part of a colour code.
fn command_start(line: &str) -> usize {
    let mut rest = line;
    loop {
        let trimmed = rest.trim_start();
        let after_colour = trimmed.strip_prefix("\u{1b}[").and_then(|code| {
            code.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';')
                .strip_prefix('m')
        });
        match after_colour {
            Some(after) => rest = after,
            None => return line.len() - trimmed.len(),
        }
    }
}

fn push_without_hash_commands(out: &mut String, line: &str) {
    let mut rest = line;
    while let Some(at) = rest.find("##") {
        let after = &rest[at + 2..];
        let command = after
            .trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-')
            .starts_with('[');
        out.push_str(&rest[..=at]);
        if command {
            out.push(' ');
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

/// At most `limit` characters, with a word on how many were cut off.
pub fn clip(text: &str, limit: usize) -> Cow<'_, str> {
    // There are never more characters than bytes.
    if text.len() <= limit {
        return Cow::Borrowed(text);
    }
    match text.char_indices().nth(limit) {
        None => Cow::Borrowed(text),
        Some((end, _)) => {
            let more = text[end..].chars().count();
            Cow::Owned(format!("{}… ({more} more characters)", &text[..end]))
        }
    }
}

/// A number with its noun, as in `1 check` or `3 checks`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

/// What is not shown, as in `3 rows more in the JSON report`.
pub(crate) fn only_in_json(what: impl fmt::Display) -> String {
    format!("{what} more in the JSON report")
}

/// A text with a capital at its beginning.
pub(crate) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).collect()
}

/// A text that ends as a sentence does.
pub(crate) fn ended(mut text: String) -> String {
    if !text.ends_with(['.', '!', '?', '…']) {
        text.push('.');
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn colour_codes_go_and_other_controls_are_shown() {
        assert_eq!(visible("\u{1b}[1;31mred\u{1b}[0m\r\nx", true), "red\nx");
        assert_eq!(visible("a\u{1b}]0;title\u{7}", true), "a␛]0;title␇");
        assert_eq!(visible("a\u{1b}[2Jb\u{9b}c", false), "a?[2Jb?c");
        assert_eq!(visible("user\u{202e}txt.exe", true), "user\u{fffd}txt.exe");
        assert_eq!(one_line(" a\n\tb ", true), "a b");
    }

    #[test]
    fn ci_commands_are_broken_and_ordinary_text_is_not() {
        assert_eq!(defuse("::error::x"), ": :error::x");
        assert_eq!(defuse("a\n  ::set-env x\n"), "a\n  : :set-env x\n");
        assert_eq!(defuse("\u{1b}[1m ::x"), "\u{1b}[1m : :x");
        assert_eq!(defuse("a ##[error]b"), "a # #[error]b");
        assert_eq!(defuse("##vso[task.x]"), "# #vso[task.x]");
        assert_eq!(defuse("###[x]"), "## #[x]");
        for kept in ["std::fmt", "## Heading", "[::1]:80", "x ## [y]"] {
            assert_eq!(defuse(kept), kept);
        }
    }

    #[test]
    fn long_text_says_how_much_is_missing() {
        assert_eq!(clip("abc", 3), "abc");
        assert_eq!(clip("äbcdef", 2), "äb… (4 more characters)");
    }

    proptest! {
        #[test]
        fn nothing_that_steers_is_left(text in "[\\PC\u{0}-\u{20}\u{7f}-\u{9f}\u{202e}\\[0-9;m]{0,80}") {
            for character in visible(&text, true).chars() {
                prop_assert!(matches!(character, '\n' | '\t') || !steers(character));
            }
            prop_assert!(!one_line(&text, false).chars().any(steers));
        }

        #[test]
        fn no_ci_command_is_left(text in "([ \n:#a-z\\[\\]]|::|##\\[|\u{1b}\\[1m){0,40}") {
            let text = defuse(&text);
            prop_assert!(!text.contains("##["));
            for line in text.lines() {
                prop_assert!(!line[command_start(line)..].starts_with("::"), "{line:?}");
            }
        }
    }
}
