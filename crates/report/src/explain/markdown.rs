//! The Markdown of check pages as text: headings, paragraphs, lists, tables, links and fenced code.

use tidegate_core::check::Table;

use crate::grid::Grid;
use crate::page::Page;

/// How far a list in a list may be indented, in columns.
const DEEPEST: usize = 16;
/// What stands before the outermost items.
const OUTERMOST: usize = 2;
/// What stands before fenced code.
const CODE: &str = "    ";

/// A heading's level and text without code marks, if the line is one.
pub(super) fn heading(line: &str) -> Option<(usize, String)> {
    let title = line.trim_start_matches('#');
    let level = line.len() - title.len();
    let title = title.strip_prefix(' ')?;
    (1..=6)
        .contains(&level)
        .then(|| (level, title.trim().replace('`', "")))
}

/// The number and its dot of a step, and what stands behind them, if the line begins one.
pub(super) fn step(line: &str) -> Option<(&str, &str)> {
    let (number, text) = line.split_once(". ")?;
    let digits = number.bytes().all(|byte| byte.is_ascii_digit());
    let marker = line.get(..=number.len())?;
    (digits && (1..=9).contains(&number.len())).then_some((marker, text))
}

/// Renders a page.
pub(super) fn markdown(page: &mut Page<'_>, text: &str) {
    let mut writer = Writer {
        page,
        items: Vec::new(),
        open: Block::None,
    };
    text.lines().for_each(|line| writer.line(line));
    writer.close();
}

struct Writer<'p, 's> {
    page: &'p mut Page<'s>,
    /// The items of lists that what comes next may belong to.
    items: Vec<Item>,
    open: Block,
}

/// An item of a list.
struct Item {
    /// The column of the page that its text begins at.
    column: usize,
    /// What stands before its further lines as they are shown.
    indent: String,
}

/// What further lines may belong to.
enum Block {
    None,
    Paragraph {
        first: String,
        rest: String,
        text: String,
    },
    Rows(Vec<String>),
    /// Fenced code, and how far its fence is indented.
    Code(usize),
}

impl Writer<'_, '_> {
    fn line(&mut self, line: &str) {
        let trimmed = line.trim();
        let column = line.len() - line.trim_start().len();
        let fence = trimmed.starts_with("```");
        match &mut self.open {
            Block::Code(_) if fence => self.open = Block::None,
            Block::Code(column) => {
                let column = *column;
                self.code(line, column);
            }
            _ if fence => {
                self.within(column);
                self.open = Block::Code(column);
            }
            _ if trimmed.is_empty() => {
                self.close();
                self.page.gap();
            }
            Block::Rows(rows) if trimmed.starts_with('|') => rows.push(trimmed.to_owned()),
            _ => self.prose(line, trimmed, column),
        }
    }

    fn prose(&mut self, line: &str, trimmed: &str, column: usize) {
        if let Some((_, title)) = heading(line) {
            self.within(0);
            let title = self.page.style().line(&title);
            return self.page.title(&title);
        }
        if trimmed.starts_with('|') {
            self.within(column);
            self.open = Block::Rows(vec![trimmed.to_owned()]);
        } else if let Some((marker, text)) = self.item(trimmed, column) {
            self.within(column);
            self.begin_item(column, marker, text);
        } else if let Block::Paragraph { text, .. } = &mut self.open {
            text.push(' ');
            text.push_str(trimmed);
        } else {
            self.within(column);
            let indent = self.indent();
            self.open = Block::Paragraph {
                first: indent.clone(),
                rest: indent,
                text: trimmed.to_owned(),
            };
        }
    }

    /// The mark of an item and its text. In the middle of a paragraph only the number 1 is a mark, as
    /// another one may have come to the beginning of the line by chance.
    fn item<'l>(&self, trimmed: &'l str, column: usize) -> Option<(&'l str, &'l str)> {
        let bullet = trimmed.strip_prefix("- ").or(trimmed.strip_prefix("* "));
        if let Some(text) = bullet {
            return Some(("-", text));
        }
        let plain = matches!(&self.open, Block::Paragraph { first, rest, .. } if first == rest);
        let beside = self.items.last().is_none_or(|item| item.column <= column);
        step(trimmed).filter(|(marker, _)| !(plain && beside) || *marker == "1.")
    }

    fn begin_item(&mut self, column: usize, marker: &str, text: &str) {
        let outer = match self.items.last() {
            Some(item) => item.indent.len(),
            None => OUTERMOST,
        };
        let first = format!("{}{marker} ", " ".repeat(outer.min(DEEPEST)));
        let rest = " ".repeat(first.len());
        self.items.push(Item {
            column: column + marker.len() + 1,
            indent: rest.clone(),
        });
        self.open = Block::Paragraph {
            first,
            rest,
            text: text.trim().to_owned(),
        };
    }

    /// Ends what is open, and every item that a line at this column does not belong to.
    fn within(&mut self, column: usize) {
        self.close();
        let belongs = |item: &Item| item.column <= column;
        while self.items.last().is_some_and(|item| !belongs(item)) {
            self.items.pop();
        }
    }

    /// What stands before a line that belongs to the open items.
    fn indent(&self) -> String {
        self.items
            .last()
            .map_or(String::new(), |item| item.indent.clone())
    }

    fn code(&mut self, line: &str, column: usize) {
        let margin = line.len() - line.trim_start_matches(' ').len();
        let code = line.get(margin.min(column)..).unwrap_or_default();
        let code = self.page.style().block(code);
        let line = format!("{}{CODE}{code}", self.indent());
        self.page.line(line.trim_end());
    }

    fn close(&mut self) {
        match std::mem::replace(&mut self.open, Block::None) {
            Block::None | Block::Code(_) => {}
            Block::Paragraph { first, rest, text } => {
                let text = self.page.style().line(&inline(&text));
                self.page.hanging(&first, &rest, &text);
            }
            Block::Rows(rows) => {
                let indent = self.indent();
                rows_of(self.page, &indent, &rows);
            }
        }
    }
}

/// A table: with columns where every cell has room, else row by row, as a list.
fn rows_of(page: &mut Page<'_>, indent: &str, lines: &[String]) {
    let rule = |row: &Vec<String>| {
        row.iter()
            .all(|cell| cell.trim_matches([':', '-']).is_empty())
    };
    let mut rows = lines
        .iter()
        .map(|line| cells(line))
        .filter(|row| !rule(row));
    let table = Table {
        title: String::new(),
        columns: rows.next().unwrap_or_default(),
        rows: rows.collect(),
    };
    let style = page.style();
    let indent = format!("{indent}{}", " ".repeat(OUTERMOST));
    match Grid::of(&table, usize::MAX, style) {
        Some(grid) if grid.fits(&indent) => {
            grid.lines(&indent).iter().for_each(|line| page.line(line));
        }
        _ => {
            for row in &table.rows {
                let text = style.line(&told(&table.columns, row));
                page.hanging(&format!("{indent}- "), &format!("{indent}  "), &text);
            }
        }
    }
}

/// The cells of a row; a `|` behind a backslash is part of its cell.
fn cells(line: &str) -> Vec<String> {
    let line = line.replace("\\|", "\u{0}");
    let line = line.strip_prefix('|').unwrap_or(&line);
    let line = line.strip_suffix('|').unwrap_or(line);
    let cells = line
        .split('|')
        .map(|cell| cell.trim().replace('\u{0}', "|"));
    cells.map(|cell| inline(&cell)).collect()
}

/// A row as a sentence: what it is about, what is said of it, and the further columns by name.
fn told(columns: &[String], row: &[String]) -> String {
    let mut cells = columns.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
    let mut text: Vec<String> = Vec::new();
    let first = cells.next().map(|(_, cell)| cell);
    let second = cells.next().map(|(_, cell)| cell);
    text.extend(match (first, second) {
        (Some(first), Some(second)) => Some(format!("{first}: {second}")),
        (first, _) => first.cloned(),
    });
    text.extend(cells.map(|(column, cell)| format!("({column}: {cell})")));
    text.join(" ")
}

/// A paragraph without marks for bold type, and with the addresses of its links; code is left alone.
fn inline(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['`', '[', '<', '*']) {
        let (before, marked) = rest.split_at(at);
        plain.push_str(before);
        let (shown, after) = code(marked)
            .or_else(|| link(marked))
            .or_else(|| address(marked))
            .or_else(|| Some((String::new(), marked.strip_prefix("**")?)))
            .unwrap_or_else(|| (marked[..1].to_owned(), &marked[1..]));
        plain.push_str(&shown);
        rest = after;
    }
    plain + rest
}

/// Code between two backticks.
fn code(text: &str) -> Option<(String, &str)> {
    let (code, after) = text.strip_prefix('`')?.split_once('`')?;
    Some((format!("`{code}`"), after))
}

/// `[text](address)`; an address within the page says nothing outside of it.
fn link(text: &str) -> Option<(String, &str)> {
    let (label, after) = text.strip_prefix('[')?.split_once("](")?;
    let (address, after) = after.split_once(')')?;
    if label.contains('[') {
        return None;
    }
    let label = label.replace("**", "");
    let shown = match address {
        _ if address.starts_with('#') || address == label => label,
        _ => format!("{label} ({address})"),
    };
    Some((shown, after))
}

/// `<https://…>`
fn address(text: &str) -> Option<(String, &str)> {
    let (address, after) = text.strip_prefix('<')?.split_once('>')?;
    address
        .starts_with("http")
        .then(|| (address.to_owned(), after))
}
