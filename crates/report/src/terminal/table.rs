//! What checks tell in rows and columns.

use tidegate_core::event::Summary;
use tidegate_core::result::CheckResult;

use crate::grid::Grid;
use crate::page::Page;
use crate::style::Tone;
use crate::text::{count, only_in_json};

/// How many tables are shown; the rest is counted.
const SHOWN_TABLES: usize = 10;
/// How many rows of a table are shown; the rest is counted.
const SHOWN_ROWS: usize = 50;

/// The tables of checks, and of observers that found something: what an observer always has, such as a ranking,
/// stands in the reports that people keep.
pub(super) fn tables(page: &mut Page<'_>, summary: &Summary) {
    let style = page.style();
    let told = |result: &&CheckResult| !result.observer || !result.findings.is_empty();
    let results = summary.results.iter().filter(told);
    let mut grids = results.flat_map(|result| {
        result.tables.iter().filter_map(move |table| {
            let title = format!("{} ({})", table.title, result.id);
            Some((title, Grid::of(table, SHOWN_ROWS, style)?))
        })
    });
    for (title, grid) in grids.by_ref().take(SHOWN_TABLES) {
        page.gap();
        page.toned(Tone::Strong, "", &style.line(&title));
        grid.lines("  ").iter().for_each(|line| page.line(line));
    }
    let more = grids.count();
    if more > 0 {
        page.gap();
        page.line(format!("({})", only_in_json(count(more, "table"))));
    }
}
