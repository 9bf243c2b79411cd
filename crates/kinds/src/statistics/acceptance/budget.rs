//! The parts of the table about budgets.

use std::time::Duration;

use super::super::{Claim, Conclusion, Sequential, Timed, fixed, is_over, nearest_rank, normalise};
use super::generators::{Machine, Route, Shape, control};
use super::normal::Normal;
use super::shares::{Bar, Line, Section, Shares, percent};
use super::{Effort, exact};

/// Of p95, as the only comparison or as one of several.
fn claim(comparisons: u32) -> Claim {
    Claim {
        quantile: 0.95,
        comparisons,
    }
}

/// A bar of one of the three shares.
#[derive(Clone, Copy)]
enum Must {
    Over(Bar),
    Within(Bar),
}

impl Must {
    fn of(self, shares: &Shares) -> (&'static str, f64, Bar) {
        match self {
            Self::Over(bar) => ("FAIL", shares.over, bar),
            Self::Within(bar) => ("PASS", shares.within, bar),
        }
    }
}

/// The fixed test at every number of samples, beside the usual gate that holds the measured p95 against
/// the budget.
pub(crate) fn fixed_number(effort: Effort) -> Section {
    let mut lines = Vec::new();
    for shape in [Shape::LogNormal, Shape::Bimodal] {
        for count in [50, 100, 200, 500, 1_000] {
            for ratio in [0.7, 0.9, 1.0, 1.25, 1.5] {
                if effort.every_line || !fixed_bars(shape, count, ratio).is_empty() {
                    lines.push(fixed_line(shape, count, ratio, effort.budget));
                }
            }
        }
    }
    Section {
        title: "A fixed number of samples",
        columns: &[
            "times",
            "n",
            "true/budget",
            "p95 > budget FAIL",
            "FAIL",
            "exact",
            "PASS",
            "exact",
            "must",
        ],
        lines,
    }
}

fn fixed_line(shape: Shape, count: u32, ratio: f64, runs: u32) -> Line {
    let route = Route::new(shape, ratio);
    let (mut shares, mut naive) = (Shares::default(), 0.0);
    let weight = 1.0 / f64::from(runs);
    for run in 0..runs {
        let mut normal = Normal::new(u64::from(run));
        let mut machine = Machine::new(shape, &mut normal);
        let mut times: Vec<f64> = (0..count)
            .map(|_| route.time(&mut machine, &mut normal))
            .collect();
        let over = times.iter().filter(|time| is_over(**time, 1.0)).count() as u64;
        shares.add(
            weight,
            fixed(claim(1), u64::from(count), over),
            u64::from(count),
        );
        times.sort_by(f64::total_cmp);
        naive += weight * f64::from(u8::from(nearest_rank(&times, 0.95) > Some(1.0)));
    }
    let exact = exact::fixed_number(claim(1), count, route.share_over());
    let cells = vec![
        shape.name().to_owned(),
        count.to_string(),
        format!("{ratio}"),
        percent(naive),
        percent(shares.over),
        percent(exact.over),
        percent(shares.within),
        percent(exact.within),
    ];
    let mut bars = vec![
        ("FAIL", shares.over, Bar::Near(exact.over)),
        ("PASS", shares.within, Bar::Near(exact.within)),
    ];
    bars.extend(
        fixed_bars(shape, count, ratio)
            .iter()
            .map(|must| must.of(&shares)),
    );
    Line::new(cells, runs, &bars)
}

/// What the reference demands.
fn fixed_bars(shape: Shape, count: u32, ratio: f64) -> Vec<Must> {
    let mut musts = Vec::new();
    if ratio == 1.0 {
        musts.push(Must::Over(Bar::AtMost(0.05)));
    }
    if ratio >= 1.25 {
        musts.push(Must::Within(Bar::AtMost(0.01)));
    }
    match (shape, count) {
        (_, 200) if ratio == 0.7 => musts.push(Must::Within(Bar::AtLeast(0.95))),
        (Shape::LogNormal, 200) if ratio == 1.5 => musts.push(Must::Over(Bar::AtLeast(0.95))),
        (Shape::Bimodal, 200) if ratio == 1.5 => musts.push(Must::Over(Bar::AtLeast(0.78))),
        _ => {}
    }
    musts
}

/// The most samples of the combined procedure.
const CAPS: [u64; 3] = [200, 500, 1_000];

/// The combined procedure at every cap.
pub(crate) fn combined(effort: Effort) -> Section {
    let mut lines = Vec::new();
    for shape in [Shape::LogNormal, Shape::Bimodal] {
        for comparisons in [1, 12] {
            for ratio in [0.6, 0.7, 0.8, 0.85, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0] {
                if effort.every_line || !combined_bars(CAPS[2], ratio).is_empty() {
                    lines.extend(combined_lines(shape, comparisons, ratio, effort.budget));
                }
            }
        }
    }
    Section {
        title: "The combined procedure",
        columns: &[
            "times",
            "comparisons",
            "cap",
            "true/budget",
            "FAIL",
            "exact",
            "PASS",
            "exact",
            "undecided",
            "exact",
            "reference",
            "mean samples",
            "exact",
            "reference",
            "must",
        ],
        lines,
    }
}

fn combined_lines(shape: Shape, comparisons: u32, ratio: f64, runs: u32) -> Vec<Line> {
    let route = Route::new(shape, ratio);
    let mut drawn = [Shares::default(); 3];
    for run in 0..runs {
        let outcomes = combined_run(&route, shape, comparisons, run);
        for (shares, (conclusion, samples)) in drawn.iter_mut().zip(outcomes) {
            shares.add(1.0 / f64::from(runs), conclusion, samples);
        }
    }
    let exact = exact::combined(claim(comparisons), &CAPS, route.share_over());
    let caps = CAPS.iter().zip(&drawn).zip(&exact);
    caps.map(|((cap, shares), exact)| {
        let (undecided, samples) = reference(shape, comparisons, *cap, ratio);
        let cells = vec![
            shape.name().to_owned(),
            comparisons.to_string(),
            cap.to_string(),
            format!("{ratio}"),
            percent(shares.over),
            percent(exact.over),
            percent(shares.within),
            percent(exact.within),
            percent(shares.undecided),
            percent(exact.undecided),
            undecided.to_owned(),
            format!("{:.0}", shares.samples),
            format!("{:.0}", exact.samples),
            samples.to_owned(),
        ];
        let mut bars = vec![
            ("FAIL", shares.over, Bar::Near(exact.over)),
            ("PASS", shares.within, Bar::Near(exact.within)),
            ("undecided", shares.undecided, Bar::Near(exact.undecided)),
        ];
        bars.extend(
            combined_bars(*cap, ratio)
                .iter()
                .map(|must| must.of(shares)),
        );
        Line::new(cells, runs, &bars)
    })
    .collect()
}

/// How one run ends at each cap, and after how many samples.
fn combined_run(route: &Route, shape: Shape, comparisons: u32, run: u32) -> [(Conclusion, u64); 3] {
    let mut normal = Normal::new(u64::from(run));
    let mut machine = Machine::new(shape, &mut normal);
    let mut procedure = Sequential::new(claim(comparisons));
    let mut stopped = None;
    CAPS.map(|cap| {
        while stopped.is_none() && procedure.count() < cap {
            stopped = procedure.observe(is_over(route.time(&mut machine, &mut normal), 1.0));
        }
        (procedure.conclude(), procedure.count())
    })
}

/// What is demanded.
fn combined_bars(cap: u64, ratio: f64) -> Vec<Must> {
    let mut musts = Vec::new();
    if ratio == 1.0 {
        musts.push(Must::Over(Bar::AtMost(0.05)));
    }
    if ratio == 0.7 {
        musts.push(Must::Within(Bar::AtLeast(0.95)));
    }
    if ratio == 0.8 && cap == 1_000 {
        musts.push(Must::Within(Bar::AtLeast(0.99)));
    }
    if ratio >= 1.25 {
        musts.push(Must::Within(Bar::AtMost(0.01)));
    }
    musts
}

/// The reference's share undecided and mean number of samples.
fn reference(shape: Shape, comparisons: u32, cap: u64, ratio: f64) -> (&'static str, &'static str) {
    if shape != Shape::LogNormal || comparisons != 1 {
        return ("", "");
    }
    let undecided = match (cap, ratio) {
        (200, 0.9) => "73",
        (200, 0.85) => "52",
        (500, 0.9) => "37",
        (500, 0.85) => "12",
        (1_000, 0.9) => "13",
        (1_000, 0.85) => "0.6",
        _ => "",
    };
    let samples = match (cap, ratio) {
        (1_000, 0.6) => "100",
        (1_000, 0.7) => "132",
        (1_000, 0.8) => "242",
        (1_000, 0.9) => "646",
        (1_000, 1.25) => "116",
        (1_000, 1.5) => "29",
        (1_000, 2.0) => "8",
        _ => "",
    };
    (undecided, samples)
}

/// The fixed test on a machine whose speed drifts, with and without a control route.
pub(crate) fn drift(effort: Effort) -> Section {
    let mut lines = Vec::new();
    for count in [50, 100, 200, 500, 1_000] {
        for ratio in [0.7, 0.9, 1.0, 1.5] {
            if effort.every_line || drift_bar(ratio).is_some() {
                lines.push(drift_line(count, ratio, effort.budget));
            }
        }
    }
    Section {
        title: "A drifting machine, with and without a control route",
        columns: &[
            "n",
            "true/budget",
            "FAIL",
            "PASS",
            "reference FAIL",
            "FAIL with control",
            "PASS with control",
            "must",
        ],
        lines,
    }
}

fn drift_line(count: u32, ratio: f64, runs: u32) -> Line {
    let route = Route::new(Shape::Drift, ratio);
    let (mut plain, mut controlled) = (Shares::default(), Shares::default());
    let over = |times: &[f64]| times.iter().filter(|time| is_over(**time, 1.0)).count() as u64;
    let weight = 1.0 / f64::from(runs);
    for run in 0..runs {
        let (times, now) = drift_run(&route, count, run);
        let values: Vec<f64> = times.iter().map(|time| time.value).collect();
        let judge = |over: u64| fixed(claim(1), u64::from(count), over);
        plain.add(weight, judge(over(&values)), u64::from(count));
        let normalised = normalise(&times, &now, 1.0, 10);
        controlled.add(weight, judge(over(&normalised)), u64::from(count));
    }
    let reference = if ratio == 1.0 { "14–42" } else { "" };
    let cells = vec![
        count.to_string(),
        format!("{ratio}"),
        percent(plain.over),
        percent(plain.within),
        reference.to_owned(),
        percent(controlled.over),
        percent(controlled.within),
    ];
    let bar = drift_bar(ratio).map(|bar| ("FAIL with control", controlled.over, bar));
    Line::new(cells, runs, &Vec::from_iter(bar))
}

fn drift_bar(ratio: f64) -> Option<Bar> {
    (ratio <= 0.9).then_some(Bar::AtMost(0.02))
}

/// The times of the route and of its control, asked in turn.
pub(super) fn drift_run(route: &Route, count: u32, run: u32) -> (Vec<Timed>, Vec<Timed>) {
    let mut normal = Normal::new(u64::from(run));
    let mut machine = Machine::new(Shape::Drift, &mut normal);
    let mut both = (Vec::new(), Vec::new());
    for number in 0..count {
        let at = Duration::from_millis(100) * number;
        let value = route.time(&mut machine, &mut normal);
        both.0.push(Timed { at, value });
        let value = control(&mut machine, &mut normal);
        let at = at + Duration::from_millis(50);
        both.1.push(Timed { at, value });
    }
    both
}
