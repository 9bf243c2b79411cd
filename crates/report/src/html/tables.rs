//! What checks tell in rows and columns, folded.

use tidegate_core::check::Table;
use tidegate_core::result::CheckResult;

use super::writer::{Html, called, class, fixed};
use super::{Section, Source};
use crate::text::{clip, count, only_in_json};

/// How many rows of a table are shown.
const ROWS: usize = 500;
/// How many tables are shown.
const TABLES: usize = 60;
/// How many characters of a cell are shown.
const CELL: usize = 200;
/// From how many bytes of the report on tables are left out.
const UNTIL: usize = 10 * 1024 * 1024;

pub(super) const SECTION: Section = Section {
    id: "tables",
    title: "In detail",
    shown: |source| tables(source).next().is_some(),
    write,
};

fn tables<'a>(source: &'a Source<'_>) -> impl Iterator<Item = (&'a CheckResult, &'a Table)> {
    let results = source.summary.results.iter();
    let all = results.flat_map(|one| one.tables.iter().map(move |table| (one, table)));
    all.filter(|(_, table)| !table.columns.is_empty() && !table.rows.is_empty())
}

fn write(html: &mut Html, source: &Source<'_>) {
    html.lead("What the checks saw, as tables. They are folded; open what you need.");
    let mut left_out = 0;
    for (index, (result, table)) in tables(source).enumerate() {
        if index >= TABLES || html.len() > UNTIL {
            left_out += 1;
        } else {
            folded(html, result, table);
        }
    }
    if left_out > 0 {
        let text = only_in_json(count(left_out, "table")) + ".";
        html.leaf("p", &[], &text);
    }
}

fn folded(html: &mut Html, result: &CheckResult, table: &Table) {
    html.with("details", &[class("fold")], |html| {
        let rows = count(table.rows.len(), "row");
        html.leaf(
            "summary",
            &[],
            &format!("{} ({}, {rows})", table.title, result.id),
        );
        grid(
            html,
            &table.title,
            &table.columns,
            table.rows.iter().map(Vec::as_slice),
            table.rows.len(),
        );
    });
}

/// A table that can be scrolled by itself; rows of another length are filled up or cut.
pub(super) fn grid<'r>(
    html: &mut Html,
    title: &str,
    columns: &[String],
    rows: impl Iterator<Item = &'r [String]>,
    number: usize,
) {
    let region = [
        class("scroll"),
        fixed("role", "group"),
        fixed("tabindex", "0"),
        called(title),
    ];
    html.with("div", &region, |html| {
        html.with("table", &[], |html| {
            html.with("thead", &[], |html| {
                html.with("tr", &[], |html| {
                    for column in columns {
                        html.leaf("th", &[fixed("scope", "col")], &clip(column, CELL));
                    }
                });
            });
            html.with("tbody", &[], |html| {
                for row in rows.take(ROWS) {
                    html.with("tr", &[], |html| {
                        for index in 0..columns.len() {
                            let cell = row.get(index).map_or("", String::as_str);
                            html.prose("td", &[], &clip(cell, CELL));
                        }
                    });
                }
            });
        });
    });
    if let Some(more @ 1..) = number.checked_sub(ROWS) {
        let text = only_in_json(count(more, "row")) + ".";
        html.leaf("p", &[class("quiet")], &text);
    }
}
