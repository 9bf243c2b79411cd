//! The result as Markdown.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use super::measure::Spread;
use super::programs::Programs;
use crate::failure::Failure;
use crate::process::{output, root};

/// What must be reached.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bar {
    /// Shown for information only.
    None,
    /// Ours divided by the peer's, at most.
    AtMostRatio(f64),
    /// Ours divided by the peer's, at least.
    AtLeastRatio(f64),
    /// Ours alone, at most, in the row's unit.
    AtMost(f64),
}

/// What a row's figures are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unit {
    Milliseconds,
    Mebibytes,
    FlowsPerSecond,
}

impl Unit {
    fn show(self, value: f64) -> String {
        match self {
            Self::Milliseconds | Self::Mebibytes => format!("{value:.1}"),
            Self::FlowsPerSecond => format!("{value:.0}"),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Milliseconds => "ms",
            Self::Mebibytes => "MiB",
            Self::FlowsPerSecond => "flows/s",
        }
    }

    fn spread(self, spread: Spread) -> String {
        let [low, median, high] = [spread.low, spread.median, spread.high].map(|v| self.show(v));
        format!("{median} {} ({low}–{high})", self.name())
    }
}

/// One measure of both programs.
#[derive(Debug)]
pub(crate) struct Row {
    name: &'static str,
    unit: Unit,
    bar: Bar,
    ours: Spread,
    theirs: Option<Spread>,
}

impl Row {
    /// Puts a row together.
    pub(crate) fn new(
        name: &'static str,
        unit: Unit,
        bar: Bar,
        ours: Spread,
        theirs: Option<Spread>,
    ) -> Self {
        Self {
            name,
            unit,
            bar,
            ours,
            theirs,
        }
    }

    /// What was measured.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Whether the medians meet the bar; nothing without a bar or without the peer it needs.
    pub(crate) fn met(&self) -> Option<bool> {
        match self.bar {
            Bar::None => None,
            Bar::AtMost(most) => Some(self.ours.median <= most),
            Bar::AtMostRatio(most) => self.ratio().map(|ratio| ratio <= most),
            Bar::AtLeastRatio(least) => self.ratio().map(|ratio| ratio >= least),
        }
    }

    fn ratio(&self) -> Option<f64> {
        self.theirs.map(|theirs| self.ours.median / theirs.median)
    }

    fn bar(&self) -> String {
        match self.bar {
            Bar::None => "–".to_owned(),
            Bar::AtMost(most) => format!("≤ {} {}", self.unit.show(most), self.unit.name()),
            Bar::AtMostRatio(most) => format!("≤ {most:.2} × hurl"),
            Bar::AtLeastRatio(least) => format!("≥ {least:.2} × hurl"),
        }
    }

    fn cells(&self) -> [String; 6] {
        let met = match self.met() {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "–",
        };
        [
            self.name.to_owned(),
            self.unit.spread(self.ours),
            self.theirs
                .map_or_else(|| "–".to_owned(), |theirs| self.unit.spread(theirs)),
            self.ratio()
                .map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}")),
            self.bar(),
            met.to_owned(),
        ]
    }
}

/// The table, with what somebody needs to judge it.
///
/// # Errors
/// [`Failure`] when the machine cannot be described.
pub(crate) fn page(
    rows: &[Row],
    programs: &Programs,
    commands: &[String],
) -> Result<String, Failure> {
    let peer = programs.hurl.as_deref().unwrap_or("not installed");
    let commands = commands.join(
        "
",
    );
    let mut text = format!(
        "Machine: {}

Peer: {peer}

```text
{commands}
```

",
        machine()?
    );
    text += "| Measure | Tidegate | hurl | Ratio | Bar | Met |\n|---|---|---|---|---|---|\n";
    for row in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {} |", row.cells().join(" | "));
    }
    Ok(text)
}

/// Processor, cores, system, compiler, revision and date.
fn machine() -> Result<String, Failure> {
    let told = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        output(command.args(arguments).current_dir(root())).map(|text| text.trim().to_owned())
    };
    let cores = std::thread::available_parallelism().map_err(Failure::io("count the cores"))?;
    Ok([
        processor(),
        format!("{cores} cores"),
        told("uname", &["-srm"])?,
        told("rustc", &["--version"])?,
        format!(
            "Tidegate at {}",
            told("git", &["describe", "--always", "--dirty"])?
        ),
        told("date", &["-u", "+%Y-%m-%d"])?,
    ]
    .join("; "))
}

fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    model.map_or_else(
        || "unknown processor".to_owned(),
        |(_, name)| name.to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(median: f64) -> Spread {
        Spread {
            low: median - 1.0,
            median,
            high: median + 1.0,
        }
    }

    fn row(bar: Bar, ours: f64, theirs: Option<f64>) -> Row {
        Row::new(
            "CPU",
            Unit::Milliseconds,
            bar,
            spread(ours),
            theirs.map(spread),
        )
    }

    #[test]
    fn a_bar_is_met_up_to_its_edge() {
        assert_eq!(
            row(Bar::AtMostRatio(0.75), 7.5, Some(10.0)).met(),
            Some(true)
        );
        assert_eq!(
            row(Bar::AtMostRatio(0.75), 7.6, Some(10.0)).met(),
            Some(false)
        );
        assert_eq!(
            row(Bar::AtLeastRatio(1.0), 10.0, Some(10.0)).met(),
            Some(true)
        );
        assert_eq!(
            row(Bar::AtLeastRatio(1.0), 9.9, Some(10.0)).met(),
            Some(false)
        );
        assert_eq!(row(Bar::AtMost(5.0), 5.1, None).met(), Some(false));
    }

    #[test]
    fn what_was_not_measured_is_not_met() {
        assert_eq!(row(Bar::AtMostRatio(0.75), 7.5, None).met(), None);
        assert_eq!(row(Bar::AtMost(5.0), f64::NAN, None).met(), Some(false));
    }

    #[test]
    fn a_row_shows_median_quartiles_ratio_and_bar() {
        let cells = row(Bar::AtMostRatio(0.75), 5.0, Some(10.0)).cells();
        let expected = [
            "CPU",
            "5.0 ms (4.0–6.0)",
            "10.0 ms (9.0–11.0)",
            "0.50",
            "≤ 0.75 × hurl",
            "yes",
        ];
        assert_eq!(cells, expected);
    }
}
