//! `.env` files, in the dialect that the common readers share.
//!
//! Single quotes and backticks are literal, double quotes know escapes, all three may span lines; an
//! unquoted value ends at ` #` or at the end of its line. `$NAME`, `${NAME}` and `${NAME:-default}`
//! refer to other variables of the same file.

mod expand;
mod scan;

use super::text::SourceError;

use expand::{Piece, expand};

/// The most variables one file may have.
const ENTRY_LIMIT: usize = 5_000;

/// A variable of a file.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its name.
    pub(super) name: String,
    /// Its value with references replaced; `None` for a name without `=`.
    pub(super) value: Option<String>,
    /// The 1-based line of its name.
    pub(super) line: usize,
}

/// What a file holds.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct Dotenv {
    /// The variables in the order of the file; of a name that stands twice, the last.
    pub(super) entries: Vec<Entry>,
    /// What is odd but no error.
    pub(super) notes: Vec<String>,
}

/// A variable whose references are not replaced yet.
struct Raw {
    name: String,
    pieces: Option<Vec<Piece>>,
    line: usize,
}

/// Reads the text of a file.
///
/// # Errors
/// The first place that makes no sense, with a fix.
pub(super) fn parse(file: &str, text: &str) -> Result<Dotenv, SourceError> {
    let mut notes = Vec::new();
    let raw = last_of_each(file, scan::scan(file, text)?, &mut notes);
    if raw.len() > ENTRY_LIMIT {
        return Err(SourceError::new(
            file,
            (1, 1),
            format!("the file has more than {ENTRY_LIMIT} variables"),
            "Name a file that holds the variables of one environment.",
        ));
    }
    let values = expand(file, &raw, &mut notes)?;
    let entries = raw
        .into_iter()
        .zip(values)
        .map(|(raw, value)| Entry {
            name: raw.name,
            value,
            line: raw.line,
        })
        .collect();
    Ok(Dotenv { entries, notes })
}

fn last_of_each(file: &str, raw: Vec<Raw>, notes: &mut Vec<String>) -> Vec<Raw> {
    let mut places = std::collections::HashMap::<String, usize>::new();
    let mut kept: Vec<Raw> = Vec::new();
    for one in raw {
        match places.get(&one.name) {
            Some(&at) => {
                let Some(before) = kept.get_mut(at) else {
                    continue;
                };
                let name = &one.name;
                notes.push(format!(
                    "{file} sets {name} on lines {} and {}; the last one counts.",
                    before.line, one.line
                ));
                *before = one;
            }
            None => {
                places.insert(one.name.clone(), kept.len());
                kept.push(one);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests;
