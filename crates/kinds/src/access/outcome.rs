//! What became of each cell of the matrix.

use tidegate_core::check::{CheckReport, Metric, Table, Unit};
use tidegate_core::name::IdentityName;

use super::config::Person;
use super::matrix::Row;

/// What is known of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// It is as it should be; what was seen.
    Right(String),
    /// There is a finding; what was seen.
    Wrong(String),
    /// It could not be told; why.
    Unproven(String),
    /// It was not tried; why.
    Untried(String),
}

impl Cell {
    fn words(&self) -> String {
        match self {
            Self::Right(seen) => seen.clone(),
            Self::Wrong(seen) => seen.to_uppercase(),
            Self::Unproven(why) => format!("not proven: {why}"),
            Self::Untried(why) => format!("not tried: {why}"),
        }
    }
}

/// What became of a row.
#[derive(Debug, Clone, Default)]
pub(super) struct Outcome {
    /// The route.
    pub(super) name: String,
    /// Whether it looks and does no more.
    pub(super) is_read: bool,
    /// Whether the gate file lists it with all that is needed to judge it.
    pub(super) is_owed: bool,
    /// Each cell: who (a stranger when absent), whether that is allowed, and what is known.
    pub(super) cells: Vec<(Option<IdentityName>, bool, Cell)>,
}

impl Outcome {
    /// Begins a row.
    pub(super) fn of(row: &Row<'_>) -> Self {
        Self {
            name: row.name(),
            is_read: row.is_read(),
            is_owed: row.is_listed(),
            cells: Vec::new(),
        }
    }

    /// Adds a cell and gives its number.
    pub(super) fn add(&mut self, who: Option<&IdentityName>, allowed: bool, cell: Cell) -> usize {
        self.cells.push((who.cloned(), allowed, cell));
        self.cells.len() - 1
    }

    /// Why a cell of it is not proven; nothing when all that was tried is.
    pub(super) fn doubt(&self) -> Option<String> {
        let unproven = self.cells.iter().filter_map(|(who, _, cell)| match cell {
            Cell::Unproven(why) => Some((who, why)),
            _ => None,
        });
        let mut unproven: Vec<_> = unproven.collect();
        let (who, why) = unproven.pop()?;
        let same = unproven.iter().filter(|(_, other)| *other == why).count();
        let who = match (who, same) {
            (_, 1..) => String::new(),
            (Some(who), 0) => format!(" for `{who}`"),
            (None, 0) => " without a login".to_owned(),
        };
        Some(format!("{}{who}: {why}", self.name))
    }
}

/// Tells who may do what, and how much of it is proven.
pub(super) fn tell(report: &mut CheckReport, outcomes: &[Outcome], people: &[Person]) {
    let tried = |outcome: &&Outcome| {
        let mut cells = outcome.cells.iter();
        cells.any(|(_, _, cell)| !matches!(cell, Cell::Untried(_)))
    };
    let rows: Vec<Vec<String>> = outcomes
        .iter()
        .filter(tried)
        .map(|outcome| row(outcome, people))
        .collect();
    if !rows.is_empty() {
        let mut columns = vec!["route".to_owned(), "without a login".to_owned()];
        columns.extend(people.iter().map(|one| one.name.to_string()));
        report.tables.push(Table {
            title: "Who may use which route, and what was seen".to_owned(),
            columns,
            rows,
        });
    }
    report.tables.extend(left_out(outcomes));
    coverage(report, outcomes);
}

fn row(outcome: &Outcome, people: &[Person]) -> Vec<String> {
    let cell = |who: Option<&IdentityName>| {
        let mut cells = outcome.cells.iter();
        let found = cells.find(|(other, _, _)| other.as_ref() == who);
        found.map_or_else(
            || "–".to_owned(),
            |(_, allowed, cell)| {
                let expected = if *allowed { "allow" } else { "deny" };
                format!("{expected}: {}", cell.words())
            },
        )
    };
    let mut row = vec![outcome.name.clone(), cell(None)];
    row.extend(people.iter().map(|one| cell(Some(&one.name))));
    row
}

fn left_out(outcomes: &[Outcome]) -> Option<Table> {
    let rows: Vec<Vec<String>> = outcomes
        .iter()
        .filter_map(|outcome| {
            let (_, _, first) = outcome.cells.first()?;
            match first {
                Cell::Untried(why) => Some(vec![outcome.name.clone(), why.clone()]),
                _ => None,
            }
        })
        .collect();
    (!rows.is_empty()).then(|| Table {
        title: "Routes that were not tried without a login".to_owned(),
        columns: vec!["route".to_owned(), "why".to_owned()],
        rows,
    })
}

fn coverage(report: &mut CheckReport, outcomes: &[Outcome]) {
    let mut rows = Vec::new();
    for (part, is_read) in [("reads", true), ("writes", false)] {
        let all: Vec<&Outcome> = outcomes
            .iter()
            .filter(|one| one.is_read == is_read)
            .collect();
        let cells = all.iter().flat_map(|one| &one.cells);
        let (mut proven, mut open, mut untried) = (0_u32, 0_u32, 0_u32);
        for (_, _, cell) in cells {
            match cell {
                Cell::Right(_) | Cell::Wrong(_) => proven += 1,
                Cell::Unproven(_) => open += 1,
                Cell::Untried(_) => untried += 1,
            }
        }
        let numbers = [
            u32::try_from(all.len()).unwrap_or(u32::MAX),
            proven,
            open,
            untried,
        ];
        let mut row = vec![part.to_owned()];
        row.extend(numbers.iter().map(ToString::to_string));
        rows.push(row);
        for (name, value) in [
            "routes",
            "cells-proven",
            "cells-not-proven",
            "cells-not-tried",
        ]
        .iter()
        .zip(numbers)
        {
            report.metrics.push(Metric {
                name: (*name).to_owned(),
                subject: part.to_owned(),
                unit: Unit::Count,
                value: f64::from(value),
                samples: Vec::new(),
            });
        }
    }
    let columns = ["part", "routes", "cells proven", "not proven", "not tried"];
    report.tables.push(Table {
        title: "How much of the matrix is proven".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows,
    });
}
