//! Tables of figures that each tool has, with a bar for ours.

use crate::bench::measure::Spread;
use crate::bench::table::table;

/// One row.
pub(super) struct Row {
    /// What was done.
    pub(super) name: String,
    /// Column and figure.
    pub(super) cells: Vec<(&'static str, String)>,
    /// What must be reached, in words.
    pub(super) bar: String,
    /// Whether it was.
    pub(super) met: bool,
}

impl Row {
    /// Prints the rows as Markdown; returns the names of those that missed their bar.
    pub(super) fn print(rows: &[Self]) -> Vec<String> {
        if let Some(first) = rows.first() {
            let columns = first.cells.iter().map(|(column, _)| *column);
            let head = [""].into_iter().chain(columns).chain(["Bar", "Met"]);
            let head: Vec<String> = head.map(str::to_owned).collect();
            println!("{}", table(&head, rows.iter().map(Self::line)));
        }
        let missed = rows.iter().filter(|row| !row.met);
        missed.map(|row| row.name.clone()).collect()
    }

    fn line(&self) -> Vec<String> {
        let met = if self.met { "yes" } else { "**no**" };
        let figures = self.cells.iter().map(|(_, figure)| figure.clone());
        [self.name.clone()]
            .into_iter()
            .chain(figures)
            .chain([self.bar.clone(), met.to_owned()])
            .collect()
    }
}

/// Milliseconds to two places.
pub(super) fn milliseconds(spread: Spread) -> String {
    format!(
        "{:.2} ({:.2} to {:.2})",
        spread.median, spread.low, spread.high
    )
}

/// Whole numbers.
pub(super) fn whole(spread: Spread) -> String {
    format!(
        "{:.0} ({:.0}–{:.0})",
        spread.median, spread.low, spread.high
    )
}
