//! The text of a `.env` file, character by character.

use super::super::text::{SourceError, position};
use super::Raw;
use super::expand::{Piece, pieces};

/// Reads every assignment in the order of the text.
pub(super) fn scan(file: &str, text: &str) -> Result<Vec<Raw>, SourceError> {
    let mut scanner = Scanner { file, text, at: 0 };
    let mut found = Vec::new();
    while scanner.to_next_name() {
        found.push(scanner.assignment()?);
    }
    Ok(found)
}

struct Scanner<'t> {
    file: &'t str,
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip(&mut self, wanted: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|letter| !wanted(letter)).unwrap_or(rest.len());
    }

    fn skip_blanks(&mut self) {
        self.skip(|letter| matches!(letter, ' ' | '\t'));
    }

    fn to_next_name(&mut self) -> bool {
        loop {
            self.skip(char::is_whitespace);
            match self.peek() {
                None => return false,
                Some('#') => self.skip(|letter| letter != '\n'),
                Some(_) => return true,
            }
        }
    }

    fn fault(&self, at: usize, message: &str, help: &str) -> SourceError {
        SourceError::new(self.file, position(self.text, at), message, help)
    }

    fn assignment(&mut self) -> Result<Raw, SourceError> {
        if self.rest().starts_with("export ") || self.rest().starts_with("export\t") {
            self.at += "export".len();
            self.skip_blanks();
        }
        let start = self.at;
        let line = position(self.text, start).0;
        self.skip(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-'));
        let name = self.text.get(start..self.at).unwrap_or("");
        if name.is_empty() || name.starts_with(|letter: char| letter.is_ascii_digit()) {
            return Err(self.fault(
                start,
                "a name is expected here",
                "Write `NAME=value`; a value of several lines needs quotes around it.",
            ));
        }
        self.skip_blanks();
        let pieces = match self.peek() {
            None | Some('\n' | '\r' | '#') => {
                self.skip(|letter| letter != '\n');
                None
            }
            Some('=') => {
                self.at += 1;
                Some(self.value()?)
            }
            Some(':') if self.rest().starts_with(": ") => {
                self.at += 1;
                Some(self.value()?)
            }
            Some(_) => {
                return Err(self.fault(
                    self.at,
                    "`=` is expected after the name",
                    "Write `NAME=value`, and start a comment with `#`.",
                ));
            }
        };
        Ok(Raw {
            name: name.to_owned(),
            pieces,
            line,
        })
    }

    fn value(&mut self) -> Result<Vec<Piece>, SourceError> {
        let after_equals = self.at;
        self.skip_blanks();
        match self.peek() {
            Some(quote @ ('\'' | '"' | '`')) => self.quoted(quote),
            Some('#') if self.at > after_equals => {
                self.skip(|letter| letter != '\n');
                Ok(Vec::new())
            }
            _ => Ok(self.unquoted()),
        }
    }

    fn quoted(&mut self, quote: char) -> Result<Vec<Piece>, SourceError> {
        let open = self.at;
        self.at += 1;
        let Some(length) = closing(self.rest(), quote) else {
            return Err(self.fault(
                open,
                "the quote that opens here is never closed",
                "Close it, or write a quote inside the value as `\\\"` in double quotes.",
            ));
        };
        let inner = self.rest().get(..length).unwrap_or("");
        self.at += length + 1;
        self.skip_blanks();
        match self.peek() {
            None | Some('\n' | '\r' | '#') => self.skip(|letter| letter != '\n'),
            Some(_) => {
                return Err(self.fault(
                    self.at,
                    "text follows the closing quote",
                    "Put the whole value into one pair of quotes, or start a comment with `#`.",
                ));
            }
        }
        Ok(if quote == '"' {
            pieces(inner, true)
        } else {
            vec![Piece::Literal(inner.replace("\r\n", "\n"))]
        })
    }

    fn unquoted(&mut self) -> Vec<Piece> {
        let rest = self.rest();
        let line = rest.split('\n').next().unwrap_or("");
        self.at += line.len();
        let comment = [" #", "\t#"]
            .iter()
            .filter_map(|mark| line.find(mark))
            .min();
        let value = line.get(..comment.unwrap_or(line.len())).unwrap_or("");
        pieces(value.trim(), false)
    }
}

/// The bytes before the quote that closes; a backslash hides a double quote.
fn closing(text: &str, quote: char) -> Option<usize> {
    let mut hidden = false;
    text.char_indices().find_map(|(at, letter)| {
        let found = letter == quote && !hidden;
        hidden = quote == '"' && letter == '\\' && !hidden;
        found.then_some(at)
    })
}
