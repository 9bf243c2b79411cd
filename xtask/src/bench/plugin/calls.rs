//! What the engine takes for a component and for a call, beside Extism with the same guest.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::programs::{LANGUAGES, Language, Programs};
use crate::bench::measure::Spread;
use crate::bench::table::{Bar, Page, Row, Unit};
use crate::failure::Failure;
use crate::process::{output, show};

/// The calls that one process makes; the first ones warm it up like any others.
const CALLS: &str = "200";

/// How many invoices a call adds up, with five lines each.
const INVOICES: i64 = 20;

/// Measures and prints the table.
///
/// # Errors
/// [`Failure`] when a program fails or tells something else than expected, and when a bar is missed.
pub(super) fn print(programs: &Programs, runs: usize) -> Result<(), Failure> {
    let folder = tempfile::tempdir().map_err(Failure::io("make a temporary folder"))?;
    let config = folder.path().join("config.json");
    let text = json!({ "invoices": invoices() }).to_string();
    fs::write(&config, text).map_err(Failure::io("write a config"))?;
    let engine = |component: &Path, config: &Path| {
        let mut command = Command::new(&programs.engine);
        command
            .arg(component)
            .arg(config)
            .arg(CALLS)
            .arg(folder.path().join("cache"));
        command
    };
    let mut ours = engine(&programs.bare, &config);
    let mut theirs = Command::new(&programs.peer);
    theirs.arg(&programs.peer_guest).arg(&config).arg(CALLS);
    let commands = vec![show(&ours), show(&theirs)];
    let (mut of_ours, mut of_peer) = (Told::default(), Told::default());
    for _ in 0..runs {
        of_ours.take(&mut ours)?;
        of_peer.take(&mut theirs)?;
    }
    let mut rows = against(&of_ours, &of_peer);
    let fields = folder.path().join("fields.json");
    fs::write(
        &fields,
        json!({ "path": "/api/records", "fields": ["id"] }).to_string(),
    )
    .map_err(Failure::io("write a config"))?;
    for language in LANGUAGES {
        let mut told = Told::default();
        let mut command = engine(&programs.guest(language), &fields);
        for _ in 0..runs.min(5) {
            told.take(&mut command)?;
        }
        rows.extend(alone(language, &told));
    }
    let page = Page {
        peers: &["Extism"],
        versions: vec![
            "Extism 1.41.0 without its cache and WASI, the same work in its guest".to_owned(),
        ],
        commands,
        rows,
    };
    page.print()
}

/// The same guest on both.
fn against(ours: &Told, theirs: &Told) -> Vec<Row> {
    let row = |name, bar, key| {
        Row::new(
            name,
            Unit::Microseconds,
            bar,
            ours.of(key),
            vec![Some(theirs.of(key))],
        )
    };
    vec![
        row(
            "Rust, the same guest: compile",
            Bar::AtMost(150_000.0),
            "compile",
        ),
        Row::new(
            "Rust: load compiled",
            Unit::Microseconds,
            Bar::AtMost(200.0),
            ours.of("load"),
            vec![None],
        ),
        row(
            "Rust, the same guest: instantiate",
            Bar::AtMost(20.0),
            "instantiate",
        ),
        row(
            "Rust, the same guest: call, instantiated",
            Bar::AtMost(100.0),
            "call",
        ),
    ]
}

/// A fresh project in one language; there is no peer for it.
fn alone(language: Language, told: &Told) -> [Row; 3] {
    let names = match language {
        Language::Rust => [
            "`plugin new`, Rust: compile",
            "Rust: load compiled",
            "Rust: call",
        ],
        Language::JavaScript => [
            "`plugin new`, JavaScript: compile",
            "JavaScript: load compiled",
            "JavaScript: call",
        ],
        Language::Python => [
            "`plugin new`, Python: compile",
            "Python: load compiled",
            "Python: call",
        ],
    };
    let load = match language {
        Language::Rust => Bar::AtMost(200.0),
        Language::JavaScript | Language::Python => Bar::AtMost(6000.0),
    };
    let row = |name, bar, key| Row::new(name, Unit::Microseconds, bar, told.of(key), vec![None]);
    [
        row(names[0], Bar::None, "compile"),
        row(names[1], load, "load"),
        row(names[2], Bar::None, "call"),
    ]
}

/// What processes told: arrays of nanoseconds by name.
#[derive(Default)]
struct Told(Vec<Value>);

impl Told {
    fn take(&mut self, command: &mut Command) -> Result<(), Failure> {
        let text = output(command)?;
        let told = serde_json::from_str(&text).map_err(|error| {
            Failure::Found(format!("`{}` wrote no JSON: {error}", show(command)))
        })?;
        self.0.push(told);
        Ok(())
    }

    /// The values under a name of all processes, in microseconds.
    fn of(&self, key: &str) -> Spread {
        let values = self
            .0
            .iter()
            .flat_map(|told| told[key].as_array().into_iter().flatten());
        Spread::of(
            values
                .filter_map(Value::as_f64)
                .map(|nanoseconds| nanoseconds / 1000.0)
                .collect(),
        )
    }
}

fn invoices() -> Vec<Value> {
    let line = |number: i64| json!({ "quantity": number, "price": 1995 });
    let invoice = |number: i64| {
        let lines: Vec<Value> = (1..=5).map(line).collect();
        json!({ "number": format!("2026-{number}"), "lines": lines, "total": 15 * 1995 })
    };
    (1..=INVOICES).map(invoice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_all_processes_are_taken_together_in_microseconds() {
        let told = Told(vec![
            json!({ "call": [1000, 3000] }),
            json!({ "call": [2000] }),
        ]);
        assert!((told.of("call").median - 2.0).abs() < 1e-9);
        assert!(told.of("load").median.is_nan());
    }

    #[test]
    fn the_invoices_add_up() {
        for invoice in invoices() {
            let lines = invoice["lines"].as_array().unwrap().iter();
            let sum: i64 = lines
                .map(|line| line["quantity"].as_i64().unwrap() * line["price"].as_i64().unwrap())
                .sum();
            assert_eq!(invoice["total"], sum);
        }
    }
}
