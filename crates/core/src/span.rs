//! Where a value stands in the text it was read from.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

/// A text that was read, kept so that errors can point into it.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    name: String,
    text: String,
    line_starts: Vec<usize>,
    /// How many characters stand before each block of the text: a document may be one endless line.
    characters: OnceLock<Vec<usize>>,
}

/// The longest line that a brief location holds, in bytes.
const LINE_LIMIT: usize = 1_000;

/// The bytes of a block in which characters are counted.
const BLOCK: usize = 1024;

impl Source {
    /// Keeps `text` under the name a person knows it by, usually a path relative to the gate file.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        let text = text.into();
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Arc::new(Self {
            name: name.into(),
            text,
            line_starts,
            characters: OnceLock::new(),
        })
    }

    /// The name a person knows the text by.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a 1-based line without its line ending, empty past the end.
    pub fn line(&self, line: usize) -> &str {
        let Some(&start) = line
            .checked_sub(1)
            .and_then(|index| self.line_starts.get(index))
        else {
            return "";
        };
        let end = self
            .line_starts
            .get(line)
            .map_or(self.text.len(), |&next| next - 1);
        self.text
            .get(start..end.max(start))
            .unwrap_or("")
            .trim_end_matches('\r')
    }

    /// The byte offset of a 1-based line and column (in characters), clamped to the text.
    pub fn offset(&self, line: usize, column: usize) -> usize {
        let start = line
            .checked_sub(1)
            .and_then(|index| self.line_starts.get(index))
            .copied()
            .unwrap_or(self.text.len());
        let within = self.line(line).char_indices().nth(column.saturating_sub(1));
        start + within.map_or(self.line(line).len(), |(at, _)| at)
    }

    /// The 1-based line and column (in characters) of a byte offset.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let line = self
            .line_starts
            .partition_point(|&start| start <= offset)
            .max(1);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(0);
        let offset = offset.clamp(start, self.text.len().max(start));
        let column = self.characters_before(offset) - self.characters_before(start);
        (line, column + 1)
    }

    /// How many characters begin before a byte offset.
    fn characters_before(&self, offset: usize) -> usize {
        let bytes = self.text.as_bytes();
        let begin = |bytes: &[u8]| bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        let blocks = self.characters.get_or_init(|| {
            let mut total = 0;
            let before = |block: &[u8]| {
                total += begin(block);
                total
            };
            std::iter::once(0)
                .chain(bytes.chunks(BLOCK).map(before))
                .collect()
        });
        let block = (offset / BLOCK).min(blocks.len() - 1);
        let rest = bytes.get(block * BLOCK..offset.min(bytes.len()));
        blocks[block] + begin(rest.unwrap_or_default())
    }
}

/// A range of bytes in a [`Source`].
#[derive(Clone, PartialEq, Eq)]
pub struct Span {
    source: Arc<Source>,
    start: usize,
    end: usize,
}

impl Span {
    /// Marks the bytes `start..end` of `source`, clamped to its length.
    pub fn new(source: Arc<Source>, start: usize, end: usize) -> Self {
        let length = source.text.len();
        let start = start.min(length);
        Self {
            source,
            start,
            end: end.clamp(start, length),
        }
    }

    /// The text this span points into.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The byte offsets of the range.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.start..self.end
    }

    /// The marked text.
    pub fn text(&self) -> &str {
        self.source.text.get(self.start..self.end).unwrap_or("")
    }

    /// The 1-based line the range starts on.
    pub fn line(&self) -> usize {
        self.source.position(self.start).0
    }

    /// The span as plain data, with the text of its first line.
    pub fn location(&self) -> Location {
        self.with_line(usize::MAX)
    }

    /// The same without the text of a line that nobody could read: a document without line breaks
    /// is one line, and each finding in it would carry the whole.
    pub fn brief_location(&self) -> Location {
        self.with_line(LINE_LIMIT)
    }

    fn with_line(&self, limit: usize) -> Location {
        let (line, column) = self.source.position(self.start);
        let (end_line, end_column) = self.source.position(self.end);
        let text = self.source.line(line);
        Location {
            file: self.source.name.clone(),
            line,
            column,
            end_line,
            end_column,
            text: (text.len() <= limit).then(|| text.to_owned()),
        }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.source.position(self.start);
        write!(formatter, "{}:{line}:{column}", self.source.name)
    }
}

/// A place in a file, as plain data that can be redacted and written to reports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// The file's name as a person knows it, with forward slashes.
    pub file: String,
    /// The 1-based line the place starts on.
    pub line: usize,
    /// The 1-based column in characters.
    pub column: usize,
    /// The 1-based line the place ends on.
    pub end_line: usize,
    /// The 1-based column just past the end.
    pub end_column: usize,
    /// The text of the first line, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Location {
    /// A whole line of a file whose text is not at hand.
    pub fn line_of(file: impl Into<String>, line: usize) -> Self {
        Self {
            file: file.into(),
            line,
            column: 1,
            end_line: line,
            end_column: 1,
            text: None,
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}:{}", self.file, self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_survive_carriage_returns() {
        let source = Source::new("gate.yaml", "name: é\r\nurl: x\n");
        assert_eq!(source.position(0), (1, 1));
        assert_eq!(source.position("name: é".len()), (1, 8));
        assert_eq!(source.line(1), "name: é");
        assert_eq!(source.line(2), "url: x");
        assert_eq!(source.line(9), "");
        assert_eq!(source.offset(2, 6), source.text().find('x').unwrap());
    }

    #[test]
    fn a_brief_location_carries_no_endless_line() {
        let source = Source::new("api.json", "{}\n".to_owned() + &"x".repeat(LINE_LIMIT + 1));
        let text = |at: usize| Span::new(source.clone(), at, at).brief_location().text;
        assert_eq!(text(0).as_deref(), Some("{}"));
        assert_eq!(text(5), None);
    }

    #[test]
    fn columns_of_an_endless_line_count_characters() {
        let source = Source::new("api.json", "{}\n".to_owned() + &"é".repeat(5 * BLOCK));
        for column in [1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 4 * BLOCK, 5 * BLOCK + 1] {
            assert_eq!(source.position(3 + 2 * (column - 1)), (2, column));
        }
        assert_eq!(source.position(usize::MAX), (2, 5 * BLOCK + 1));
        assert_eq!(Source::new("empty", "").position(7), (1, 1));
    }

    #[test]
    fn a_span_past_the_end_is_clamped() {
        let source = Source::new("gate.yaml", "ab");
        let span = Span::new(source, 1, 99);
        assert_eq!(span.text(), "b");
        assert_eq!(span.location().end_column, 3);
    }
}
