//! The result as Markdown.

use std::borrow::Borrow;
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use super::measure::Spread;
use crate::failure::Failure;
use crate::process::{output, root};

/// What must be reached.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bar {
    /// Shown for information only.
    None,
    /// Ours divided by the first peer's, at most.
    AtMostRatio(f64),
    /// Ours divided by the first peer's, at least.
    AtLeastRatio(f64),
    /// Ours alone, at most, in the row's unit.
    AtMost(f64),
    /// Ours alone, at least, in the row's unit.
    AtLeast(f64),
    /// Ours less the first peer's, at most, in the row's unit.
    AtMostMore(f64),
}

/// What a row's figures are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unit {
    Microseconds,
    Milliseconds,
    Mebibytes,
    FlowsPerSecond,
    MegabytesPerSecond,
}

impl Unit {
    fn show(self, value: f64) -> String {
        match self {
            Self::Microseconds | Self::Milliseconds | Self::Mebibytes => format!("{value:.1}"),
            Self::FlowsPerSecond | Self::MegabytesPerSecond => format!("{value:.0}"),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Microseconds => "µs",
            Self::Milliseconds => "ms",
            Self::Mebibytes => "MiB",
            Self::FlowsPerSecond => "flows/s",
            Self::MegabytesPerSecond => "MB/s",
        }
    }

    fn spread(self, spread: Spread) -> String {
        let [low, median, high] = [spread.low, spread.median, spread.high].map(|v| self.show(v));
        format!("{median} {} ({low}–{high})", self.name())
    }
}

/// One measure of all programs.
#[derive(Debug)]
pub(crate) struct Row {
    name: &'static str,
    unit: Unit,
    bar: Bar,
    ours: Spread,
    /// One for each peer of the table; none where it was not measured.
    theirs: Vec<Option<Spread>>,
}

impl Row {
    /// Puts a row together.
    pub(crate) fn new(
        name: &'static str,
        unit: Unit,
        bar: Bar,
        ours: Spread,
        theirs: Vec<Option<Spread>>,
    ) -> Self {
        Self {
            name,
            unit,
            bar,
            ours,
            theirs,
        }
    }

    /// Whether the medians meet the bar; nothing without a bar or without the peer it needs.
    fn met(&self) -> Option<bool> {
        match self.bar {
            Bar::None => None,
            Bar::AtMost(most) => Some(self.ours.median <= most),
            Bar::AtLeast(least) => Some(self.ours.median >= least),
            Bar::AtMostMore(most) => Some(self.ours.median - self.first()?.median <= most),
            Bar::AtMostRatio(most) => self.ratio().map(|ratio| ratio <= most),
            Bar::AtLeastRatio(least) => self.ratio().map(|ratio| ratio >= least),
        }
    }

    fn first(&self) -> Option<Spread> {
        self.theirs.first().copied().flatten()
    }

    fn ratio(&self) -> Option<f64> {
        Some(self.ours.median / self.first()?.median)
    }

    fn bar(&self, peer: &str) -> String {
        let absolute = |value: f64| format!("{} {}", self.unit.show(value), self.unit.name());
        match self.bar {
            Bar::None => "–".to_owned(),
            Bar::AtMost(most) => format!("≤ {}", absolute(most)),
            Bar::AtLeast(least) => format!("≥ {}", absolute(least)),
            Bar::AtMostMore(most) => format!("≤ {peer} + {}", absolute(most)),
            Bar::AtMostRatio(most) => format!("≤ {most:.2} × {peer}"),
            Bar::AtLeastRatio(least) => format!("≥ {least:.2} × {peer}"),
        }
    }

    /// The cells of the row in a table with these peers.
    pub(crate) fn cells(&self, peers: &[&str]) -> Vec<String> {
        let met = match self.met() {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "–",
        };
        let absent = || "–".to_owned();
        let theirs = (0..peers.len()).map(|peer| {
            let spread = self.theirs.get(peer).copied().flatten();
            spread.map_or_else(absent, |spread| self.unit.spread(spread))
        });
        [self.name.to_owned(), self.unit.spread(self.ours)]
            .into_iter()
            .chain(theirs)
            .chain([
                self.ratio()
                    .map_or_else(absent, |ratio| format!("{ratio:.2}")),
                self.bar(peers.first().copied().unwrap_or_default()),
                met.to_owned(),
            ])
            .collect()
    }
}

/// A whole result, with what somebody needs to judge it.
pub(crate) struct Page<'a> {
    /// The names of the peers, the one that ratios are of first.
    pub(crate) peers: &'a [&'a str],
    /// What the peers say of themselves.
    pub(crate) versions: Vec<String>,
    /// The command lines that were measured.
    pub(crate) commands: Vec<String>,
    /// The measures.
    pub(crate) rows: Vec<Row>,
}

impl Page<'_> {
    /// Prints the page as Markdown.
    ///
    /// # Errors
    /// [`Failure`] when the machine cannot be described, and when a bar is missed.
    pub(crate) fn print(&self) -> Result<(), Failure> {
        print!("{}", self.markdown(&machine()?));
        let missed = self.rows.iter().filter(|row| row.met() == Some(false));
        let missed: Vec<&str> = missed.map(|row| row.name).collect();
        all_met(&missed)
    }

    fn markdown(&self, machine: &str) -> String {
        let versions = self.versions.join("; ");
        let commands = self.commands.join("\n");
        let mut text =
            format!("Machine: {machine}\n\nPeers: {versions}\n\n```text\n{commands}\n```\n\n");
        let head = ["Measure", "Tidegate"];
        let head = head
            .iter()
            .chain(self.peers)
            .chain(&["Ratio", "Bar", "Met"]);
        let head: Vec<String> = head.map(|&name| name.to_owned()).collect();
        let rows = self.rows.iter().map(|row| row.cells(self.peers));
        text += &table(&head, rows);
        text
    }
}

/// Says which bars were missed, if any were.
///
/// # Errors
/// [`Failure`] with the names of what missed its bar.
pub(crate) fn all_met<S: Borrow<str>>(missed: &[S]) -> Result<(), Failure> {
    if missed.is_empty() {
        return Ok(());
    }
    Err(Failure::Found(format!("missed: {}", missed.join(", "))))
}

/// A table in Markdown.
pub(crate) fn table(head: &[String], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    text
}

/// Processor, cores, system, compiler, revision and date.
///
/// # Errors
/// [`Failure`] when one of them is not told.
pub(crate) fn machine() -> Result<String, Failure> {
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
            vec![theirs.map(spread)],
        )
    }

    #[test]
    fn a_bar_is_met_up_to_its_edge() {
        assert_eq!(
            row(Bar::AtMostMore(2.0), 12.0, Some(10.0)).met(),
            Some(true)
        );
        assert_eq!(
            row(Bar::AtMostMore(2.0), 12.1, Some(10.0)).met(),
            Some(false)
        );
        assert_eq!(row(Bar::AtMostMore(2.0), 1.0, None).met(), None);
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
        assert_eq!(row(Bar::AtLeast(5.0), 5.0, None).met(), Some(true));
        assert_eq!(row(Bar::AtLeast(5.0), 4.9, None).met(), Some(false));
    }

    #[test]
    fn what_was_not_measured_is_not_met() {
        assert_eq!(row(Bar::AtMostRatio(0.75), 7.5, None).met(), None);
        assert_eq!(row(Bar::AtMost(5.0), f64::NAN, None).met(), Some(false));
        assert_eq!(row(Bar::AtLeast(5.0), f64::NAN, None).met(), Some(false));
    }

    #[test]
    fn a_row_shows_median_quartiles_ratio_and_bar() {
        let cells = row(Bar::AtMostRatio(0.75), 5.0, Some(10.0)).cells(&["hurl", "curl"]);
        let expected = [
            "CPU",
            "5.0 ms (4.0–6.0)",
            "10.0 ms (9.0–11.0)",
            "–",
            "0.50",
            "≤ 0.75 × hurl",
            "yes",
        ];
        assert_eq!(cells, expected);
    }

    #[test]
    fn the_page_is_a_table_below_what_was_run() {
        let page = Page {
            peers: &["hurl"],
            versions: vec!["hurl 8".to_owned()],
            commands: vec!["tidegate run".to_owned()],
            rows: vec![row(Bar::None, 5.0, None)],
        };
        let expected = "Machine: m\n\nPeers: hurl 8\n\n```text\ntidegate run\n```\n\n\
            | Measure | Tidegate | hurl | Ratio | Bar | Met |\n\
            |---|---|---|---|---|---|\n\
            | CPU | 5.0 ms (4.0–6.0) | – | – | – | – |\n";
        assert_eq!(page.markdown("m"), expected);
    }
}
