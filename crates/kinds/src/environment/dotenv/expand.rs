//! References of one variable to others of the same file.

use std::collections::HashMap;

use super::super::text::SourceError;
use super::Raw;

/// How far references may lead from one variable to the next, and defaults may be nested.
const DEPTH_LIMIT: usize = 16;
/// The most bytes that the values of one file may have together: 4 MiB.
const TOTAL_LIMIT: usize = 4 * 1024 * 1024;

/// A part of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text that stands for itself.
    Literal(String),
    /// The value of another variable.
    Reference {
        /// Its name.
        name: String,
        /// The reference as it is written, for when there is no such variable.
        written: String,
        /// What stands in for it.
        default: Option<Vec<Piece>>,
    },
}

/// Takes a value apart; escapes are undone in double quotes alone.
pub(super) fn pieces(text: &str, escapes: bool) -> Vec<Piece> {
    take(text, escapes, 0)
}

fn take(text: &str, escapes: bool, depth: usize) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let after = rest.get(letter.len_utf8()..).unwrap_or("");
        if letter == '\\' && (escapes || after.starts_with('$')) {
            let (text, left) = escaped(after);
            literal.push_str(&text);
            rest = left;
        } else if letter == '\r' && after.starts_with('\n') {
            rest = after;
        } else if let Some((reference, left)) = reference(rest, escapes, depth) {
            if !literal.is_empty() {
                found.push(Piece::Literal(std::mem::take(&mut literal)));
            }
            found.push(reference);
            rest = left;
        } else {
            literal.push(letter);
            rest = after;
        }
    }
    if !literal.is_empty() {
        found.push(Piece::Literal(literal));
    }
    found
}

/// What a backslash and the text behind it stand for, and the rest.
fn escaped(after: &str) -> (String, &str) {
    let Some(letter) = after.chars().next() else {
        return ("\\".to_owned(), after);
    };
    let rest = after.get(letter.len_utf8()..).unwrap_or("");
    let text = match letter {
        'n' => "\n".to_owned(),
        'r' => "\r".to_owned(),
        't' => "\t".to_owned(),
        '\\' | '"' | '$' | '\'' | '`' => letter.to_string(),
        other => format!("\\{other}"),
    };
    (text, rest)
}

fn reference(text: &str, escapes: bool, depth: usize) -> Option<(Piece, &str)> {
    let after = text.strip_prefix('$')?;
    let Some(inside) = after.strip_prefix('{') else {
        let name = name_of(after)?;
        let rest = after.get(name.len()..)?;
        return Some((named(name, &format!("${name}"), None), rest));
    };
    let length = closing_brace(inside)?;
    let (inner, rest) = (inside.get(..length)?, inside.get(length + 1..)?);
    let name = name_of(inner)?;
    let operator = inner.get(name.len()..)?;
    let default = operator
        .strip_prefix(":-")
        .or_else(|| operator.strip_prefix('-'));
    if !operator.is_empty() && default.is_none() {
        return None;
    }
    let default = default
        .filter(|_| depth < DEPTH_LIMIT)
        .map(|default| take(default, escapes, depth + 1));
    Some((named(name, &format!("${{{inner}}}"), default), rest))
}

fn named(name: &str, written: &str, default: Option<Vec<Piece>>) -> Piece {
    Piece::Reference {
        name: name.to_owned(),
        written: written.to_owned(),
        default,
    }
}

fn name_of(text: &str) -> Option<&str> {
    let length = text
        .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .unwrap_or(text.len());
    text.get(..length).filter(|name| {
        name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
    })
}

fn closing_brace(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    text.char_indices().find_map(|(at, letter)| match letter {
        '{' => {
            open += 1;
            None
        }
        '}' if open == 0 => Some(at),
        '}' => {
            open -= 1;
            None
        }
        _ => None,
    })
}

/// The value of each variable in order. A reference to nothing, and one that leads back to itself,
/// stays as it is written.
///
/// # Errors
/// When the values grow beyond all bounds.
pub(super) fn expand(
    file: &str,
    raw: &[Raw],
    notes: &mut Vec<String>,
) -> Result<Vec<Option<String>>, SourceError> {
    let mut expander = Expander {
        raw,
        by_name: raw
            .iter()
            .enumerate()
            .map(|(at, one)| (one.name.as_str(), at))
            .collect(),
        done: HashMap::new(),
        path: Vec::new(),
        circular: Vec::new(),
        left: TOTAL_LIMIT,
    };
    let values: Option<Vec<_>> = (0..raw.len())
        .map(
            |at| match raw.get(at).is_some_and(|one| one.pieces.is_some()) {
                true => expander.value(at).map(Some),
                false => Some(None),
            },
        )
        .collect();
    notes.extend(expander.circular.iter().map(|name| {
        format!("{file} defines {name} by itself; the reference is left as it is written.")
    }));
    values.ok_or_else(|| {
        SourceError::new(
            file,
            (1, 1),
            "the references of this file make values larger than 4 MiB",
            "Write the values out, or refer to fewer variables.",
        )
    })
}

struct Expander<'r> {
    raw: &'r [Raw],
    by_name: HashMap<&'r str, usize>,
    done: HashMap<usize, String>,
    path: Vec<usize>,
    circular: Vec<String>,
    left: usize,
}

impl<'r> Expander<'r> {
    fn value(&mut self, at: usize) -> Option<String> {
        if let Some(known) = self.done.get(&at) {
            return Some(known.clone());
        }
        let pieces: &'r [Piece] = self.raw.get(at)?.pieces.as_deref().unwrap_or_default();
        self.path.push(at);
        let mut value = String::new();
        let fits = self.append(pieces, &mut value);
        self.path.pop();
        fits?;
        self.done.insert(at, value.clone());
        Some(value)
    }

    fn append(&mut self, pieces: &'r [Piece], value: &mut String) -> Option<()> {
        for piece in pieces {
            match piece {
                Piece::Literal(text) => self.push(text, value)?,
                Piece::Reference {
                    name,
                    written,
                    default,
                } => self.refer(name, written, default.as_deref(), value)?,
            }
        }
        Some(())
    }

    fn refer(
        &mut self,
        name: &str,
        written: &str,
        default: Option<&'r [Piece]>,
        value: &mut String,
    ) -> Option<()> {
        let target = self.by_name.get(name).copied();
        if let Some(target) = target
            && (self.path.contains(&target) || self.path.len() >= DEPTH_LIMIT)
        {
            if !self.circular.iter().any(|known| known == name) {
                self.circular.push(name.to_owned());
            }
            return self.push(written, value);
        }
        let found = match target {
            Some(target) => Some(self.value(target)?),
            None => None,
        };
        match (found, default) {
            (Some(text), None) => self.push(&text, value),
            (Some(text), Some(_)) if !text.is_empty() => self.push(&text, value),
            (_, Some(default)) => self.append(default, value),
            (None, None) => self.push(written, value),
        }
    }

    fn push(&mut self, text: &str, value: &mut String) -> Option<()> {
        self.left = self.left.checked_sub(text.len())?;
        value.push_str(text);
        Some(())
    }
}
