//! Lines and columns.

/// A place in a text as source maps count it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Position {
    /// The line, from 0.
    pub(crate) line: u32,
    /// The column, from 0, in UTF-16 code units.
    pub(crate) column: u32,
}

impl Position {
    /// This place when the text it is in begins at `start`.
    pub(super) fn after(self, start: Self) -> Self {
        let shift = if self.line == 0 { start.column } else { 0 };
        Self {
            line: self.line.saturating_add(start.line),
            column: self.column.saturating_add(shift),
        }
    }

    /// This place counted from `start`, which is not behind it.
    pub(super) fn since(self, start: Self) -> Self {
        let shift = if self.line == start.line {
            start.column
        } else {
            0
        };
        Self {
            line: self.line.saturating_sub(start.line),
            column: self.column.saturating_sub(shift),
        }
    }
}

/// The place of a byte of a text as source maps count it; beyond the end, that of the end.
pub(crate) fn position_of(text: &[u8], offset: usize) -> Position {
    let (before, line) = split_line(text, offset);
    Position {
        line: small(before),
        column: small(units(line, |byte| byte >= 0xF0)),
    }
}

/// The 1-based line of a byte of a text and its 1-based column in characters; beyond the end, those
/// of the end.
pub(crate) fn line_of(text: &[u8], offset: usize) -> (usize, usize) {
    let (before, line) = split_line(text, offset);
    (before + 1, units(line, |_| false) + 1)
}

/// How many lines end before a byte, and what stands before it on its own line.
fn split_line(text: &[u8], offset: usize) -> (usize, &[u8]) {
    let before = text.get(..offset).unwrap_or(text);
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let (above, line) = before.split_at(start);
    (memchr::memchr_iter(b'\n', above).count(), line)
}

/// Counts characters by their first bytes, some of them twice.
fn units(line: &[u8], twice: impl Fn(u8) -> bool) -> usize {
    line.iter()
        .map(|byte| usize::from(byte & 0xC0 != 0x80) + usize::from(twice(*byte)))
        .sum()
}

fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
