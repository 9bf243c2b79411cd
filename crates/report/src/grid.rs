//! Rows and columns as lines of text: every cell on one line, every column as wide as there is room.

use textwrap::core::display_width;
use tidegate_core::check::Table;

use crate::style::{Style, Tone};
use crate::text::{count, only_in_json};

/// What stands between two columns.
const BETWEEN: &str = "  ";
/// The narrowest a column is made before columns are left out instead.
const NARROWEST: usize = 7;
/// How many characters of a cell are looked at.
const CELL_LIMIT: usize = 300;

/// Rows and columns of harmless text.
pub(crate) struct Grid<'s> {
    style: &'s Style,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
    /// How many rows are left out.
    more: usize,
}

impl<'s> Grid<'s> {
    /// Takes over at most so many rows; nothing when the table has no column or no row.
    pub(crate) fn of(table: &Table, most: usize, style: &'s Style) -> Option<Self> {
        if table.columns.is_empty() || table.rows.is_empty() {
            return None;
        }
        let columns = table.columns.len();
        let rows = table.rows.iter().take(most);
        Some(Self {
            style,
            head: cells(&table.columns, columns, style),
            rows: rows.map(|row| cells(row, columns, style)).collect(),
            more: table.rows.len().saturating_sub(most),
        })
    }

    /// Whether every cell has room.
    pub(crate) fn fits(&self, indent: &str) -> bool {
        let room = self.room(indent);
        let wanted = self.wanted();
        let between = BETWEEN.len() * wanted.len().saturating_sub(1);
        wanted.iter().sum::<usize>() + between <= room
    }

    fn room(&self, indent: &str) -> usize {
        self.style.width.saturating_sub(display_width(indent))
    }

    /// The head, a rule and the rows, none wider than the style's width, and what is left out.
    pub(crate) fn lines(&self, indent: &str) -> Vec<String> {
        let widths = self.widths(self.room(indent));
        let dash = self.style.symbol("─", "-");
        let rule: Vec<String> = widths.iter().map(|width| dash.repeat(*width)).collect();
        let head = self.joined(&self.head, &widths);
        let mut lines = vec![
            format!("{indent}{}", self.style.paint(Tone::Strong, &head)),
            format!("{indent}{}", rule.join(BETWEEN)),
        ];
        let rows = self.rows.iter().map(|row| self.joined(row, &widths));
        lines.extend(rows.map(|row| format!("{indent}{row}").trim_end().to_owned()));
        let columns = self.head.len() - widths.len();
        lines.extend(left_out(self.more, columns).map(|text| format!("{indent}{text}")));
        lines
    }

    /// The cells in columns of these widths, those of columns without one left out.
    fn joined(&self, cells: &[String], widths: &[usize]) -> String {
        let cells = cells.iter().zip(widths).enumerate();
        let fitted: Vec<String> = cells
            .map(|(column, (cell, width))| fitted(cell, *width, column == 0, self.style))
            .collect();
        fitted.join(BETWEEN).trim_end().to_owned()
    }

    /// The width of the widest cell of each column.
    fn wanted(&self) -> Vec<usize> {
        let mut wanted: Vec<usize> = self.head.iter().map(|cell| display_width(cell)).collect();
        for row in &self.rows {
            for (width, cell) in wanted.iter_mut().zip(row) {
                *width = (*width).max(display_width(cell));
            }
        }
        wanted
    }

    /// The width of each column that has room: of the first, as many as can be read.
    fn widths(&self, room: usize) -> Vec<usize> {
        let mut wanted = self.wanted();
        loop {
            let between = BETWEEN.len() * wanted.len().saturating_sub(1);
            let room = room.saturating_sub(between);
            let least: usize = wanted.iter().map(|width| *width.min(&NARROWEST)).sum();
            if least <= room || wanted.len() <= 1 {
                return shared(&wanted, room);
            }
            wanted.pop();
        }
    }
}

/// A name in exactly this width; one that is longer loses its middle.
pub(crate) fn middle_cut(name: &str, width: usize, style: &Style) -> String {
    fitted(name, width, true, style)
}

/// A cell in exactly this width. One that is longer loses its end; a name, which is often told
/// from the others by its end, its middle.
fn fitted(cell: &str, width: usize, name: bool, style: &Style) -> String {
    let mut text = cell.to_owned();
    if display_width(cell) > width {
        let mark = style.symbol("…", "...");
        let kept = width.saturating_sub(display_width(mark));
        let end = if name { kept / 2 } else { 0 };
        let start = beginning(cell.chars(), kept - end);
        let end: String = beginning(cell.chars().rev(), end).chars().rev().collect();
        text = format!("{}{mark}{}", start.trim_end(), end.trim_start());
    }
    let room = width.saturating_sub(display_width(&text));
    text + &" ".repeat(room)
}

/// Harmless cells, as many as there are columns.
fn cells(row: &[String], columns: usize, style: &Style) -> Vec<String> {
    let cut = |cell: &String| {
        let cell = cell.trim_start();
        let end = cell.char_indices().nth(CELL_LIMIT);
        style.line(end.map_or(cell, |(end, _)| &cell[..end]))
    };
    let mut cells: Vec<String> = row.iter().take(columns).map(cut).collect();
    cells.resize(columns, String::new());
    cells
}

/// Gives each column what it wants while there is room; the widest are narrowed first.
fn shared(wanted: &[usize], room: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|&column| wanted[column]);
    let mut widths = wanted.to_vec();
    let mut left = room;
    for (served, &column) in order.iter().enumerate() {
        let share = left / (order.len() - served);
        widths[column] = wanted[column].min(share);
        left -= widths[column];
    }
    widths
}

/// As many of the first characters as fit into the width.
fn beginning(characters: impl Iterator<Item = char>, width: usize) -> String {
    let mut used = 0;
    let fits = |character: &char| {
        used += display_width(character.encode_utf8(&mut [0; 4]));
        used <= width
    };
    characters.take_while(fits).collect()
}

/// Says what only the JSON report has.
fn left_out(rows: usize, columns: usize) -> Option<String> {
    let parts: Vec<String> = [(rows, "row"), (columns, "column")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| count(number, noun))
        .collect();
    (!parts.is_empty()).then(|| format!("({})", only_in_json(parts.join(" and "))))
}

#[cfg(test)]
mod tests;
