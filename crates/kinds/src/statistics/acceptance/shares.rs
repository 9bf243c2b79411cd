//! Shares of runs, and what they must be.

use super::super::Conclusion;

/// How runs were judged.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Shares {
    pub(crate) over: f64,
    pub(crate) within: f64,
    /// Too close or too few.
    pub(crate) undecided: f64,
    /// The mean number of samples used.
    pub(crate) samples: f64,
}

impl Shares {
    /// Adds runs of this weight that were judged so after so many samples.
    pub(crate) fn add(&mut self, weight: f64, conclusion: Conclusion, samples: u64) {
        match conclusion {
            Conclusion::Over => self.over += weight,
            Conclusion::Within => self.within += weight,
            Conclusion::TooClose | Conclusion::TooFew => self.undecided += weight,
        }
        self.samples += weight * samples as f64;
    }
}

/// What a share must be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bar {
    AtMost(f64),
    AtLeast(f64),
    /// What was computed without chance.
    Near(f64),
}

/// How many standard deviations chance may take a share past its bar: it goes further once in 30,000.
const ALLOWED: f64 = 4.0;

impl Bar {
    /// Whether a share of so many runs meets it. A share of N runs whose probability is b strays by
    /// √(b (1 − b) / N) (the standard deviation of a binomial share), so it may be past b by four of
    /// those, and by two runs more where b N is so small that the normal distribution says little.
    pub(crate) fn met(self, share: f64, runs: u32) -> bool {
        let runs = f64::from(runs);
        let stray = |bar: f64| ALLOWED * (bar * (1.0 - bar) / runs).max(0.0).sqrt() + 2.0 / runs;
        match self {
            Self::AtMost(bar) => share <= bar + stray(bar),
            Self::AtLeast(bar) => share >= bar - stray(bar),
            Self::Near(bar) => (share - bar).abs() <= stray(bar),
        }
    }

    /// As in `FAIL ≤ 5 %`; nothing for what was computed.
    pub(crate) fn show(self, of: &str) -> Option<String> {
        match self {
            Self::AtMost(bar) => Some(format!("{of} ≤ {:.0} %", 100.0 * bar)),
            Self::AtLeast(bar) => Some(format!("{of} ≥ {:.0} %", 100.0 * bar)),
            Self::Near(_) => None,
        }
    }
}

/// A part of the table.
#[derive(Debug)]
pub(crate) struct Section {
    pub(crate) title: &'static str,
    pub(crate) columns: &'static [&'static str],
    pub(crate) lines: Vec<Line>,
}

/// A line of the table.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) cells: Vec<String>,
    /// Whether every bar is met; none without a bar.
    pub(crate) met: Option<bool>,
}

impl Line {
    /// A line whose last cell names its bars: for each what it is of, the share, and the bar.
    pub(crate) fn new(mut cells: Vec<String>, runs: u32, bars: &[(&str, f64, Bar)]) -> Self {
        let shown: Vec<String> = bars
            .iter()
            .filter_map(|(of, _, bar)| bar.show(of))
            .collect();
        cells.push(shown.join(", "));
        let met = bars.iter().all(|(_, share, bar)| bar.met(*share, runs));
        Self {
            cells,
            met: (!bars.is_empty()).then_some(met),
        }
    }
}

/// As in `4.2`.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}
