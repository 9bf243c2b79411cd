//! The parts of the table about comparisons.

use super::super::{Paired, Timed, compare, conclude, nearest_rank, normalise};
use super::Effort;
use super::budget::drift_run;
use super::generators::{Machine, Route, Shape};
use super::normal::Normal;
use super::shares::{Bar, Line, Section, Shares, percent};

/// How much slower the new deploy may be.
const TOLERANCE: f64 = 0.10;
/// The numbers of pairs.
const COUNTS: [u32; 5] = [50, 100, 200, 500, 1_000];

/// The conclusions of interleaved comparisons.
pub(crate) fn conclusions(effort: Effort) -> Section {
    let mut lines = Vec::new();
    for shape in [Shape::LogNormal, Shape::Bimodal, Shape::Drift, Shape::Tail8] {
        for count in COUNTS {
            for ratio in [1.0, 1.1, 1.25, 1.5, 2.0] {
                if effort.every_line || conclusions_bar(shape, count, ratio).is_some() {
                    lines.push(conclusions_line(shape, count, ratio, effort.paired));
                }
            }
        }
    }
    Section {
        title: "Old and new interleaved, labels permuted, tolerance 10 %",
        columns: &["times", "pairs", "new/old", "FAIL", "PASS", "must"],
        lines,
    }
}

fn conclusions_line(shape: Shape, count: u32, ratio: f64, runs: u32) -> Line {
    let mut shares = Shares::default();
    for run in 0..runs {
        let pairs = interleaved(shape, count, ratio, run);
        let conclusion = conclude(&pairs, TOLERANCE, 0.95, u64::from(run));
        shares.add(1.0 / f64::from(runs), conclusion, u64::from(count));
    }
    let cells = vec![
        shape.name().to_owned(),
        count.to_string(),
        format!("{ratio}"),
        percent(shares.over),
        percent(shares.within),
    ];
    let bar = conclusions_bar(shape, count, ratio).map(|bar| ("FAIL", shares.over, bar));
    Line::new(cells, runs, &Vec::from_iter(bar))
}

/// What the reference demands.
fn conclusions_bar(shape: Shape, count: u32, ratio: f64) -> Option<Bar> {
    match (shape, count) {
        (Shape::Drift, 100..) if ratio == 1.0 => Some(Bar::AtMost(0.02)),
        (Shape::Drift, 100..) if ratio == 1.1 => Some(Bar::AtMost(0.08)),
        (Shape::Drift, 200) if ratio == 1.5 => Some(Bar::AtLeast(0.90)),
        (Shape::Tail8, 500) if ratio == 1.5 => Some(Bar::AtLeast(0.90)),
        _ => None,
    }
}

/// What a comparison says that it could have seen, and whether the interval of its ratio holds.
pub(crate) fn visible(effort: Effort) -> Section {
    let mut lines = Vec::new();
    for shape in [Shape::LogNormal, Shape::Drift, Shape::Bimodal] {
        for count in COUNTS {
            // A thousand pairs take as long as all others together.
            if effort.every_line || count < 1_000 {
                lines.push(visible_line(shape, count, effort.visible));
            }
        }
    }
    Section {
        title: "The smallest slowdown seen 80 % of the time, and the interval of the ratio",
        columns: &[
            "times",
            "pairs",
            "said: median (middle half)",
            "reference",
            "seen at what the median says",
            "true ratio below the interval",
            "above it",
            "must",
        ],
        lines,
    }
}

fn visible_line(shape: Shape, count: u32, runs: u32) -> Line {
    let weight = 1.0 / f64::from(runs);
    let (mut said, mut below, mut above) = (Vec::new(), 0.0, 0.0);
    for run in 0..runs {
        let pairs = interleaved(shape, count, 1.0, run);
        let comparison = compare(&pairs, TOLERANCE, 0.95, u64::from(run));
        said.push(comparison.visible.unwrap_or(f64::INFINITY));
        let wrong = |wrong: Option<bool>| weight * f64::from(u8::from(wrong == Some(true)));
        below += wrong(comparison.interval.0.map(|end| end > 1.0));
        above += wrong(comparison.interval.1.map(|end| end < 1.0));
    }
    said.sort_by(f64::total_cmp);
    let [low, median, high] = [1, 2, 3].map(|quarter| said[said.len() * quarter / 4]);
    let mut seen = Shares::default();
    for run in 0..runs {
        let pairs = interleaved(shape, count, median, runs + run);
        let conclusion = conclude(&pairs, TOLERANCE, 0.95, u64::from(run));
        seen.add(weight, conclusion, u64::from(count));
    }
    let cells = vec![
        shape.name().to_owned(),
        count.to_string(),
        format!("{median:.2} ({low:.2}–{high:.2})"),
        reference(shape, count).to_owned(),
        percent(seen.over),
        percent(below),
        percent(above),
    ];
    // Each end may be wrong 5 % of the time, and the test is exact for these shapes.
    let bars = [
        ("below", below, Bar::AtMost(0.05)),
        ("above", above, Bar::AtMost(0.05)),
        ("seen", seen.over, Bar::AtLeast(0.70)),
    ];
    let mut line = Line::new(cells, runs, &bars);
    if let Some(known) = steady_reference(shape, count) {
        if let Some(must) = line.cells.last_mut() {
            must.push_str(&format!(", said {known} ± 6 %"));
        }
        line.met = Some(line.met == Some(true) && (median / known - 1.0).abs() <= 0.06);
    }
    line
}

/// What the median of a few runs comes near to: with fewer pairs, or two humps, single runs say too
/// different things.
fn steady_reference(shape: Shape, count: u32) -> Option<f64> {
    if shape == Shape::Bimodal || count < 200 {
        return None;
    }
    reference(shape, count).parse().ok()
}

/// The smallest slowdown that the reference saw 80 % of the time.
fn reference(shape: Shape, count: u32) -> &'static str {
    match (shape, count) {
        (Shape::LogNormal, 50) => "1.83",
        (Shape::LogNormal, 100) => "1.62",
        (Shape::Drift, 50) => "1.86",
        (Shape::Drift, 100) => "1.66",
        (Shape::LogNormal | Shape::Drift, 200) => "1.43",
        (Shape::LogNormal, 500) | (Shape::Bimodal, 1_000) => "1.29",
        (Shape::Drift, 500) => "1.32",
        (Shape::LogNormal | Shape::Drift, 1_000) => "1.25",
        (Shape::Bimodal, 50 | 100) => "> 2",
        (Shape::Bimodal, 200) => "1.86",
        (Shape::Bimodal, 500) => "1.42",
        _ => "",
    }
}

/// Two deploys asked in turn on the same machine, the first of each pair chosen by chance.
pub(crate) fn interleaved(shape: Shape, count: u32, ratio: f64, run: u32) -> Paired {
    let mut normal = Normal::new(u64::from(run));
    let mut machine = Machine::new(shape, &mut normal);
    let (old, new) = (Route::new(shape, 1.0), Route::new(shape, ratio));
    let mut pairs = Paired::default();
    for _ in 0..count {
        let new_first = normal.happens(0.5);
        if new_first {
            pairs.new.push(new.time(&mut machine, &mut normal));
        }
        pairs.old.push(old.time(&mut machine, &mut normal));
        if !new_first {
            pairs.new.push(new.time(&mut machine, &mut normal));
        }
    }
    pairs
}

/// Conclusions when there is only what another run stored, on a machine that drifts.
pub(crate) fn stored(effort: Effort) -> Section {
    let mut lines = Vec::new();
    for count in COUNTS {
        for ratio in [1.0, 1.1, 1.5] {
            if effort.every_line {
                lines.push(stored_line(count, ratio, effort.paired));
            }
        }
    }
    Section {
        title: "New held against what another run stored, tolerance 10 %, on a drifting machine",
        columns: &[
            "values each",
            "new/old",
            "FAIL",
            "PASS",
            "FAIL with control",
            "PASS with control",
            "must",
        ],
        lines,
    }
}

fn stored_line(count: u32, ratio: f64, runs: u32) -> Line {
    let (old, new) = (
        Route::new(Shape::Drift, 1.0),
        Route::new(Shape::Drift, ratio),
    );
    let (mut plain, mut controlled) = (Shares::default(), Shares::default());
    let weight = 1.0 / f64::from(runs);
    for run in 0..runs {
        let (then, control_then) = drift_run(&old, count, 2 * run);
        let (now, control_now) = drift_run(&new, count, 2 * run + 1);
        let values = |times: &[Timed]| -> Vec<f64> { times.iter().map(|one| one.value).collect() };
        let mut control_then = values(&control_then);
        control_then.sort_by(f64::total_cmp);
        let median = nearest_rank(&control_then, 0.5).unwrap_or(f64::NAN);
        let judge = |shares: &mut Shares, new: Vec<f64>| {
            let pairs = Paired {
                old: values(&then),
                new,
            };
            let conclusion = conclude(&pairs, TOLERANCE, 0.95, u64::from(run));
            shares.add(weight, conclusion, u64::from(count));
        };
        judge(&mut plain, values(&now));
        judge(&mut controlled, normalise(&now, &control_now, median, 10));
    }
    let cells = vec![
        count.to_string(),
        format!("{ratio}"),
        percent(plain.over),
        percent(plain.within),
        percent(controlled.over),
        percent(controlled.within),
    ];
    Line::new(cells, runs, &[])
}
