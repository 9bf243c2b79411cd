//! Texts with escapes and `{{variables}}`, and the values of predicates.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Number, Value as Json};
use tidegate_core::template::escape;

use super::super::names::capture;
use super::super::secrets::upper;
use super::super::values::append;

/// The names that captures of the file have.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) captured: BTreeSet<String>,
    /// Values that options give to variables; the last of a name counts.
    pub(super) given: HashMap<String, String>,
}

impl Names {
    /// A text with references for its variables; escapes of keys and values are undone.
    pub(super) fn template(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(open) = rest.find("{{") {
            let Some(close) = rest[open..].find("}}") else {
                break;
            };
            append(&mut out, &escape(&unescaped(&rest[..open])));
            append(
                &mut out,
                &self.reference(rest[open + 2..open + close].trim()),
            );
            rest = &rest[open + close + 2..];
        }
        append(&mut out, &escape(&unescaped(rest)));
        out
    }

    /// The same for a text in which a backslash stands for itself.
    pub(super) fn raw(&self, text: &str) -> String {
        self.template(&text.replace('\\', "\\\\"))
    }

    fn reference(&self, inside: &str) -> String {
        let name = inside.split_whitespace().next().unwrap_or_default();
        match name {
            "newUuid" => "${uuid}".to_owned(),
            "newDate" => "${now}".to_owned(),
            name if self.captured.contains(name) => format!("${{{}}}", capture(name)),
            name => match self.given.get(name) {
                Some(value) => escape(value),
                None => format!("${{{}}}", upper(name)),
            },
        }
    }
}

/// A text without its escapes.
fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some('b') => out.push('\u{8}'),
            Some('f') => out.push('\u{c}'),
            Some('u') if letters.peek() == Some(&'{') => {
                letters.next();
                let digits: String = letters
                    .by_ref()
                    .take_while(|letter| *letter != '}')
                    .collect();
                let code = u32::from_str_radix(&digits, 16)
                    .ok()
                    .and_then(char::from_u32);
                out.push(code.unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}

/// The words of an assert or a capture: texts in quotes are one.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Word {
    Plain(String),
    /// A text in quotes as it is written.
    Quoted(String),
    Regex(String),
    /// A text of several lines, or in backticks.
    Raw(String),
}

impl Word {
    /// It where it is no text in quotes.
    pub(super) fn plain(&self) -> Option<&str> {
        match self {
            Self::Plain(text) => Some(text),
            _ => None,
        }
    }
}

/// Splits a line; nothing when a quote is not closed.
pub(super) fn words(line: &str) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut rest = line.trim();
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '#' => break,
            '"' => quoted(rest, '"', Word::Quoted)?,
            '`' if rest.starts_with("```") => {
                let inside = &rest[3..];
                let end = inside.find("```")?;
                let text = inside[..end].strip_prefix('\n').unwrap_or(&inside[..end]);
                (Word::Raw(text.to_owned()), &inside[end + 3..])
            }
            '`' => quoted(rest, '`', Word::Raw)?,
            '/' => quoted(rest, '/', Word::Regex)?,
            '{' if rest.starts_with("{{") => {
                let end = rest.find("}}")? + 2;
                (Word::Quoted(rest[..end].to_owned()), &rest[end..])
            }
            _ => {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                (Word::Plain(rest[..end].to_owned()), &rest[end..])
            }
        };
        words.push(word);
        rest = after.trim_start();
    }
    Some(words)
}

fn quoted(text: &str, quote: char, make: fn(String) -> Word) -> Option<(Word, &str)> {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            letter if letter == quote => {
                return Some((make(text[1..at].to_owned()), &text[at + 1..]));
            }
            _ => {}
        }
    }
    None
}

/// The value behind a predicate.
pub(super) fn value(word: &Word, names: &Names) -> Option<Json> {
    Some(match word {
        Word::Quoted(text) => names.template(text).into(),
        Word::Raw(text) => names.raw(text).into(),
        Word::Regex(text) => Json::from(escape(&text.replace("\\/", "/"))),
        Word::Plain(text) => match text.as_str() {
            "true" => true.into(),
            "false" => false.into(),
            "null" => Json::Null,
            text => {
                let whole = text.parse::<i64>().ok().map(Number::from);
                Json::Number(whole.or_else(|| Number::from_f64(text.parse::<f64>().ok()?))?)
            }
        },
    })
}
