//! Comma-separated values.

use std::error::Error;
use std::fmt;

/// A table of comma-separated values (RFC 4180), the names of its columns in the first line.
///
/// ```
/// use tidegate_plugin_sdk::Table;
///
/// let table = Table::parse("id;name\n1;\"Smith; Sons\"\n", ';').expect("a table");
/// let row = &table.rows[0];
/// assert_eq!((row.line, row.get("name")), (2, Some("Smith; Sons")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The rows beneath.
    pub rows: Vec<Row>,
}

/// A row of a [`Table`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line that it begins in, from 1, for [`Finding::at`](crate::Finding::at).
    pub line: u32,
    /// Its cells, in the order of the columns.
    pub cells: Vec<String>,
    columns: std::rc::Rc<[String]>,
}

impl Row {
    /// The cell of a column, when the row has it.
    pub fn get(&self, column: &str) -> Option<&str> {
        let place = self.columns.iter().position(|name| name == column)?;
        self.cells.get(place).map(String::as_str)
    }
}

/// Why a text is no table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TableError {
    /// It is empty.
    Empty,
    /// A quote that opens in this line is not closed.
    OpenQuote(u32),
    /// The row in this line has so many cells instead of one for each column.
    Cells {
        /// The line, from 1.
        line: u32,
        /// How many cells it has.
        found: usize,
        /// How many columns there are.
        wanted: usize,
    },
}

impl fmt::Display for TableError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(formatter, "it has no line with the names of the columns"),
            Self::OpenQuote(line) => write!(formatter, "line {line}: a quote is not closed"),
            Self::Cells {
                line,
                found,
                wanted,
            } => write!(formatter, "line {line}: {found} cells instead of {wanted}"),
        }
    }
}

impl Error for TableError {}

impl Table {
    /// Reads a text; empty lines are skipped.
    ///
    /// # Errors
    /// When it has no first line, a quote stays open, or a row has more or fewer cells than there are columns.
    pub fn parse(text: &str, separator: char) -> Result<Self, TableError> {
        let mut records = Records {
            rest: text,
            separator,
            line: 1,
        };
        let (_, columns) = records.next().ok_or(TableError::Empty)??;
        let shared: std::rc::Rc<[String]> = columns.clone().into();
        let mut rows = Vec::new();
        for record in records {
            let (line, cells) = record?;
            if cells.len() != columns.len() {
                return Err(TableError::Cells {
                    line,
                    found: cells.len(),
                    wanted: columns.len(),
                });
            }
            let columns = std::rc::Rc::clone(&shared);
            rows.push(Row {
                line,
                cells,
                columns,
            });
        }
        Ok(Self { columns, rows })
    }
}

struct Records<'t> {
    rest: &'t str,
    separator: char,
    line: u32,
}

impl Iterator for Records<'_> {
    type Item = Result<(u32, Vec<String>), TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(rest) = ["\r\n", "\n"]
            .iter()
            .find_map(|end| self.rest.strip_prefix(end))
        {
            self.rest = rest;
            self.line += 1;
        }
        (!self.rest.is_empty()).then(|| self.record())
    }
}

impl Records<'_> {
    fn record(&mut self) -> Result<(u32, Vec<String>), TableError> {
        let line = self.line;
        let mut cells = Vec::new();
        loop {
            let cell = match self.rest.strip_prefix('"') {
                Some(rest) => self.quoted(rest)?,
                None => self.plain(),
            };
            cells.push(cell);
            match self.rest.strip_prefix(self.separator) {
                Some(rest) => self.rest = rest,
                None => return Ok((line, cells)),
            }
        }
    }

    /// A cell up to the next separator or line break.
    fn plain(&mut self) -> String {
        let ends = |letter: char| letter == self.separator || letter == '\n';
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let (cell, rest) = self.rest.split_at(end);
        let cut = cell.ends_with('\r') && rest.starts_with('\n');
        let kept = cell.len() - usize::from(cut);
        self.rest = &self.rest[kept..];
        cell[..kept].to_owned()
    }

    /// A cell up to its closing quote, and what stands between that and the next separator or line break.
    fn quoted(&mut self, mut rest: &'_ str) -> Result<String, TableError> {
        let opened = self.line;
        let whole = self.rest;
        let mut cell = String::new();
        loop {
            let end = rest.find('"').ok_or(TableError::OpenQuote(opened))?;
            cell.push_str(&rest[..end]);
            rest = &rest[end + 1..];
            match rest.strip_prefix('"') {
                Some(after) => {
                    cell.push('"');
                    rest = after;
                }
                None => break,
            }
        }
        let breaks = cell.bytes().filter(|byte| *byte == b'\n').count();
        self.line += u32::try_from(breaks).unwrap_or(u32::MAX);
        self.rest = &whole[whole.len() - rest.len()..];
        cell.push_str(&self.plain());
        Ok(cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_separators_line_breaks_and_quotes() {
        let text = "id,text\r\n1,\"a, \"\"b\"\"\nc\"\r\n\r\n2,plain";
        let table = Table::parse(text, ',').expect("a table");
        assert_eq!(table.columns, ["id", "text"]);
        let rows: Vec<_> = table
            .rows
            .iter()
            .map(|row| (row.line, row.get("id"), row.get("text")))
            .collect();
        assert_eq!(
            rows,
            [
                (2, Some("1"), Some("a, \"b\"\nc")),
                (5, Some("2"), Some("plain"))
            ]
        );
        assert_eq!(table.rows[0].get("none"), None);
    }

    #[test]
    fn what_is_no_table_is_told_with_its_line() {
        for (text, error) in [
            ("", TableError::Empty),
            ("a,b\n1,\"x", TableError::OpenQuote(2)),
            (
                "a,b\n1,2\n3",
                TableError::Cells {
                    line: 3,
                    found: 1,
                    wanted: 2,
                },
            ),
        ] {
            assert_eq!(Table::parse(text, ','), Err(error), "{text:?}");
        }
    }

    #[test]
    fn empty_cells_are_cells() {
        let table = Table::parse("a,b,c\n,,\n", ',').expect("a table");
        assert_eq!(table.rows[0].cells, ["", "", ""]);
    }
}
