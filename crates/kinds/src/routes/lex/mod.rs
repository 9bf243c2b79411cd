//! Source code as words and signs, without comments; nothing is understood here.
//!
//! Code that is broken or of another dialect gives odd tokens and never a fault.

mod javascript;
mod python;
mod text;

use std::ops::Range;

pub(super) use javascript::javascript;
pub(super) use python::python;

/// The most tokens that are taken from a file.
const TOKEN_LIMIT: usize = 400_000;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Name,
    /// A literal text with its quotes.
    Text,
    /// A text with code inside, whose value is not known.
    Template,
    /// A number or a regular expression.
    Literal,
    /// Anything else: a bracket, an operator, a separator.
    Sign,
}

/// A word or sign of a source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'t> {
    /// What it is.
    pub(super) kind: Kind,
    /// As it is written.
    pub(super) raw: &'t str,
    /// The 1-based line it starts on.
    pub(super) line: usize,
    /// The number of bytes before it on its line.
    pub(super) column: usize,
    /// Whether nothing stands before it on its line but space.
    pub(super) first: bool,
}

/// What is behind the last token.
const END: Token<'static> = Token {
    kind: Kind::Sign,
    raw: "",
    line: 0,
    column: 0,
    first: true,
};

/// The tokens of a file with the brackets matched.
#[derive(Debug, Default)]
pub(super) struct Tokens<'t> {
    list: Vec<Token<'t>>,
    /// For an opening bracket its closing one and the reverse; the length where there is none.
    partner: Vec<usize>,
    /// The innermost curly bracket around each token; the length where there is none.
    block: Vec<usize>,
}

impl<'t> Tokens<'t> {
    /// Matches the brackets of a list of tokens.
    fn new(list: Vec<Token<'t>>) -> Self {
        let none = list.len();
        let (mut partner, mut block) = (vec![none; none], vec![none; none]);
        let mut open: Vec<usize> = Vec::new();
        let mut curly: Vec<usize> = Vec::new();
        for (index, token) in list.iter().enumerate() {
            block[index] = curly.last().copied().unwrap_or(none);
            if token.kind != Kind::Sign {
                continue;
            }
            match token.raw {
                "(" | "[" | "{" => {
                    open.push(index);
                    if token.raw == "{" {
                        curly.push(index);
                    }
                }
                ")" | "]" | "}" => {
                    let Some(opened) = opening(&list, &mut open, token.raw) else {
                        continue;
                    };
                    partner[opened] = index;
                    partner[index] = opened;
                    while curly.last().is_some_and(|&last| last >= opened) {
                        curly.pop();
                    }
                }
                _ => {}
            }
        }
        Self {
            list,
            partner,
            block,
        }
    }

    /// What was not taken from the file at this path, in a phrase that begins with it.
    pub(super) fn left_out(&self, path: &str) -> Option<String> {
        let message =
            || format!("{path}: what follows its first {TOKEN_LIMIT} words and signs was left out");
        (self.len() >= TOKEN_LIMIT).then(message)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// A token; an empty sign behind the last.
    pub(super) fn at(&self, index: usize) -> &Token<'t> {
        self.list.get(index).unwrap_or(&END)
    }

    /// Whether a token is this word or sign.
    pub(super) fn is(&self, index: usize, raw: &str) -> bool {
        let token = self.at(index);
        matches!(token.kind, Kind::Name | Kind::Sign) && token.raw == raw
    }

    /// Whether the tokens from here on are these words and signs.
    pub(super) fn are(&self, index: usize, raws: &[&str]) -> bool {
        let mut places = raws.iter().zip(index..);
        places.all(|(raw, index)| self.is(index, raw))
    }

    /// The name at a place.
    pub(super) fn name(&self, index: usize) -> Option<&'t str> {
        let token = self.at(index);
        (token.kind == Kind::Name).then_some(token.raw)
    }

    /// The value of the literal text at a place.
    pub(super) fn text(&self, index: usize) -> Option<String> {
        let token = self.at(index);
        (token.kind == Kind::Text).then(|| text::value(token.raw))
    }

    /// The end of a bracket. One that is never closed holds nothing, so that no reader goes through
    /// the rest of a broken file again and again.
    pub(super) fn close(&self, open: usize) -> usize {
        self.partner(open).unwrap_or((open + 1).min(self.len()))
    }

    /// The other bracket of a pair, when there is one.
    pub(super) fn partner(&self, index: usize) -> Option<usize> {
        let partner = self.partner.get(index).copied()?;
        (partner < self.len()).then_some(partner)
    }

    /// What lies in the innermost curly brackets around a place; the whole file outside of all.
    pub(super) fn block(&self, index: usize) -> Range<usize> {
        match self.block.get(index) {
            Some(&open) if open < self.len() => open..self.partner(open).unwrap_or(self.len()),
            _ => 0..self.len(),
        }
    }

    /// Whether a place lies in no curly brackets.
    pub(super) fn is_outermost(&self, index: usize) -> bool {
        self.block.get(index).is_none_or(|&open| open >= self.len())
    }

    /// The parts between the commas of a bracket.
    pub(super) fn parts(&self, open: usize) -> Vec<Range<usize>> {
        self.split(open + 1..self.close(open))
    }

    /// The parts between the commas of a stretch, brackets kept whole.
    pub(super) fn split(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let end = range.end.min(self.len());
        let mut parts = Vec::new();
        let mut start = range.start;
        let mut index = range.start;
        while index < end {
            if self.is(index, ",") {
                parts.push(start..index);
                start = index + 1;
            }
            index = self.after(index, end);
        }
        if start < end {
            parts.push(start..end);
        }
        parts
    }

    /// The place after a token, or after the whole bracket that it opens.
    pub(super) fn after(&self, index: usize, end: usize) -> usize {
        match self.partner(index) {
            Some(close) if close > index => (close + 1).min(end.max(index + 1)),
            _ => index + 1,
        }
    }

    /// The place behind type arguments, `<…>`, that stand here; the same place when there are none.
    pub(super) fn after_types(&self, index: usize) -> usize {
        const LONGEST: usize = 200;
        if !self.is(index, "<") {
            return index;
        }
        let mut depth = 0_usize;
        for place in index..self.len().min(index + LONGEST) {
            if self.is(place, "<") {
                depth += 1;
            } else if self.is(place, ">") {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return place + 1;
                }
            }
        }
        index
    }
}

/// The bracket that this one closes; a few that were never closed are given up for it.
fn opening(list: &[Token<'_>], open: &mut Vec<usize>, close: &str) -> Option<usize> {
    const GIVEN_UP: usize = 4;
    let mut candidates = open.iter().enumerate().rev().take(GIVEN_UP);
    let (place, &opened) = candidates.find(|(_, index)| {
        list.get(**index)
            .is_some_and(|token| fits(token.raw, close))
    })?;
    open.truncate(place);
    Some(opened)
}

fn fits(open: &str, close: &str) -> bool {
    matches!((open, close), ("(", ")") | ("[", "]") | ("{", "}"))
}

/// Gathers tokens and knows their lines.
struct Gatherer<'t> {
    text: &'t str,
    list: Vec<Token<'t>>,
    /// How far lines were counted.
    counted: usize,
    line: usize,
    line_start: usize,
    last_line: usize,
}

impl<'t> Gatherer<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            list: Vec::new(),
            counted: 0,
            line: 1,
            line_start: 0,
            last_line: 0,
        }
    }

    /// Adds what lies between two offsets; says whether there is room for more.
    fn add(&mut self, kind: Kind, range: Range<usize>) -> bool {
        let bytes = self.text.as_bytes();
        while self.counted < range.start {
            if bytes.get(self.counted) == Some(&b'\n') {
                self.line += 1;
                self.line_start = self.counted + 1;
            }
            self.counted += 1;
        }
        let raw = self.text.get(range.clone()).unwrap_or_default();
        self.list.push(Token {
            kind,
            raw,
            line: self.line,
            column: range.start - self.line_start,
            first: self.line != self.last_line,
        });
        self.last_line = self.line;
        self.list.len() < TOKEN_LIMIT
    }
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$' || byte >= 0x80
}

fn is_name_part(byte: u8) -> bool {
    is_name_start(byte) || byte.is_ascii_digit()
}

/// The end of a run of bytes.
fn run(bytes: &[u8], start: usize, within: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let length = rest.iter().position(|byte| !within(*byte));
    length.map_or(bytes.len(), |length| start + length)
}

/// The end of a sign at this place, which is one character of any width or a known pair.
fn sign(text: &str, start: usize, longer: &[&str]) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    if let Some(sign) = longer.iter().find(|sign| rest.starts_with(**sign)) {
        return start + sign.len();
    }
    let width = rest.chars().next().map_or(1, char::len_utf8);
    start + width
}

#[cfg(test)]
mod tests;
