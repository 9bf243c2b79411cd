//! `cargo xtask bench race`: how far apart requests arrive that are sent together, through a proxy that
//! delays each piece by 5 ms on average, and how often two of them slip through a window of 1 ms.

use std::process::Command;

use serde_json::Value;

use super::measure::Spread;
use super::table::{all_met, machine, table};
use crate::failure::Failure;
use crate::process::{build_example, output, show};

/// The seed of the proxy's delays.
const SEED: &str = "20261126";

/// The most milliseconds that the way chosen first may spread arrivals, in the median.
const MOST: f64 = 1.0;

/// What the example calls a row, what a reader does, and whether the bar holds for it.
const ROWS: [(&str, &str, bool); 8] = [
    ("last-frame", "HTTP/2, last frames together", true),
    ("last-frame-tls", "the same over TLS", true),
    ("last-byte", "HTTP/1.1, last bytes together", false),
    ("last-byte-tls", "the same over TLS", false),
    (
        "barrier",
        "HTTP/1.1, started together on warm connections",
        false,
    ),
    (
        "barrier-http2-tls",
        "HTTP/2 over TLS, started together",
        false,
    ),
    ("plain", "a plain warm client, HTTP/1.1", false),
    (
        "plain-http2-tls",
        "a plain warm client, HTTP/2 over TLS",
        false,
    ),
];

/// Measures and prints a table.
///
/// # Errors
/// [`Failure`] when the example does not build or run, and when the bar is missed.
pub(super) fn run(runs: usize) -> Result<(), Failure> {
    let program = build_example("spread", "tidegate-net")?;
    let mut command = Command::new(program);
    command.args([&runs.to_string(), SEED]);
    let told = output(&mut command)?;
    let lines: Vec<Value> = told
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()
        .map_err(|error| Failure::Found(format!("the example wrote no JSON: {error}")))?;
    println!(
        "Machine: {}\n\n```text\n{}\n```\n",
        machine()?,
        show(&command)
    );
    println!("Twelve POSTs, and two that create the same thing; {runs} rounds of each:\n");
    let rows: Vec<Row> = ROWS
        .iter()
        .map(|row| Row::read(row, &lines))
        .collect::<Result<_, _>>()?;
    let head = [
        "Sent as",
        "Arrivals spread, ms: median (quartiles)",
        "Sending spread, ms",
        "Created twice",
        "Bar",
        "Met",
    ];
    print!(
        "{}",
        table(&head.map(str::to_owned), rows.iter().map(Row::cells))
    );
    let missed: Vec<&str> = rows
        .iter()
        .filter(|row| !row.met())
        .map(|row| row.name)
        .collect();
    all_met(&missed)
}

/// What one way did.
struct Row {
    name: &'static str,
    barred: bool,
    arrived: Spread,
    sent: Spread,
    caught: String,
}

impl Row {
    fn read(
        (key, name, barred): &(&str, &'static str, bool),
        lines: &[Value],
    ) -> Result<Self, Failure> {
        let absent = || Failure::Found(format!("the example did not measure `{key}`"));
        let line = lines
            .iter()
            .find(|line| line["name"] == *key)
            .ok_or_else(absent)?;
        let spread = |field: &str| {
            let values = line[field].as_array().into_iter().flatten();
            Spread::of(values.filter_map(Value::as_f64).collect())
        };
        Ok(Self {
            name,
            barred: *barred,
            arrived: spread("arrived"),
            sent: spread("sent"),
            caught: format!("{} of {}", line["caught"], line["rounds"]),
        })
    }

    /// A median that is no number misses the bar.
    fn met(&self) -> bool {
        !self.barred || self.arrived.median < MOST
    }

    fn cells(&self) -> Vec<String> {
        let Spread { low, median, high } = self.arrived;
        let (bar, met) = match (self.barred, self.met()) {
            (false, _) => ("–".to_owned(), "–"),
            (true, true) => (format!("< {MOST} ms"), "yes"),
            (true, false) => (format!("< {MOST} ms"), "**no**"),
        };
        vec![
            self.name.to_owned(),
            format!("{median:.2} ({low:.2}–{high:.2})"),
            format!("{:.3}", self.sent.median),
            self.caught.clone(),
            bar,
            met.to_owned(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(arrived: &[f64]) -> Result<Row, Failure> {
        let line = serde_json::json!({
            "name": "last-frame", "arrived": arrived, "sent": [0.01], "caught": 21, "rounds": 30,
        });
        Row::read(&ROWS[0], &[line])
    }

    #[test]
    fn a_median_below_the_bar_meets_it() {
        let fine = row(&[0.02, 0.03, 9.0]).unwrap();
        assert!(fine.met());
        let cells = fine.cells();
        assert_eq!(cells[1], "0.03 (0.03–4.52)");
        assert_eq!(cells[3..], ["21 of 30", "< 1 ms", "yes"]);
    }

    #[test]
    fn a_median_above_the_bar_or_none_misses_it() {
        assert!(!row(&[0.5, 1.0, 2.0]).unwrap().met());
        assert!(!row(&[]).unwrap().met());
        assert!(Row::read(&ROWS[1], &[]).is_err());
    }
}
