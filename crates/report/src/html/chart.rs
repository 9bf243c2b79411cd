//! A distribution as a picture: inline SVG without a width of its own, so that its text keeps its size on a
//! phone. Places along the axis are shares of the width; heights are pixels.

use tidegate_core::distribution::{Distribution, Mark, Standing};

use super::writer::{Attribute, Html, class, fixed, number, share, whole};
use crate::distribution::words::{amount, percentile, range, samples, sentence, ticks};
use crate::distribution::{Axis, same, shares, worst};

/// How many bars there are.
const BARS: usize = 40;
/// How high the highest bar is.
const HIGH: f64 = 96.0;
/// How high a line of text is.
const LINE: f64 = 18.0;
/// How high the axis with its numbers is.
const SCALE: f64 = 24.0;
/// How high an estimate with its label is.
const ESTIMATE: f64 = 34.0;
/// How many percentiles are drawn at most.
const DRAWN: usize = 4;
/// What is left free at either side, of 1.
const EDGE: f64 = 0.02;

/// What is drawn, and where.
struct Chart<'d> {
    distribution: &'d Distribution,
    /// What it is compared with.
    beside: &'static str,
    axis: Axis,
    /// The percentiles with a latency budget.
    limits: Vec<(&'d Mark, f64)>,
    /// The percentiles whose estimates are drawn.
    estimates: Vec<&'d Mark>,
}

/// Draws a tidied distribution; nothing when it has no value.
pub(super) fn draw(html: &mut Html, distribution: &Distribution, beside: &'static str) {
    let Some(axis) = Axis::of(distribution).filter(|_| !distribution.values.is_empty()) else {
        return;
    };
    let marks = || distribution.marks.iter();
    let limits = marks().filter_map(|mark| Some((mark, mark.budget?)));
    let mut limits: Vec<(&Mark, f64)> = limits.take(DRAWN).collect();
    // The label of a smaller one stands lower, so that no line crosses it.
    limits.sort_by(|one, other| other.1.total_cmp(&one.1));
    let judged = marks().filter(|mark| mark.standing != Standing::Unjudged);
    let measured = |mark: &&Mark| mark.value.is_finite();
    let mut estimates: Vec<&Mark> = judged.filter(measured).collect();
    // One percentile may be held against two latency budgets.
    estimates.dedup_by(|one, other| same(one.percentile, other.percentile));
    estimates.truncate(DRAWN);
    if estimates.is_empty() {
        estimates.extend(worst(distribution).filter(measured));
    }
    let chart = Chart {
        distribution,
        beside,
        axis,
        limits,
        estimates,
    };
    chart.write(html);
}

impl Chart<'_> {
    /// Where the bars begin, below the labels of the latency budgets.
    fn top(&self) -> f64 {
        LINE * whole(self.limits.len()) + 4.0
    }

    /// Where the bars stand.
    fn ground(&self) -> f64 {
        self.top() + HIGH
    }

    fn height(&self) -> f64 {
        self.ground() + SCALE + ESTIMATE * whole(self.estimates.len())
    }

    fn write(&self, html: &mut Html) {
        let attributes = [
            class("chart"),
            fixed("role", "img"),
            fixed("width", "100%"),
            number("height", self.height()),
        ];
        html.with("svg", &attributes, |html| {
            let title = format!("Where the values of {} lie", self.distribution.subject);
            html.leaf("title", &[], &title);
            html.leaf("desc", &[], &described(self.distribution, self.beside));
            self.beyond(html);
            self.bars(html);
            self.scale(html);
            self.limits(html);
            for (row, mark) in self.estimates.iter().enumerate() {
                self.estimate(html, mark, whole(row));
            }
        });
    }

    /// Where a value stands, as a share of the width.
    fn place(&self, value: f64) -> f64 {
        EDGE + self.axis.place(value) * (1.0 - 2.0 * EDGE)
    }

    /// What lies beyond the lowest latency budget is shaded.
    fn beyond(&self, html: &mut Html) {
        let limits = self.limits.iter().map(|(_, budget)| *budget);
        let Some(lowest) = limits.reduce(f64::min) else {
            return;
        };
        let from = self.place(lowest);
        let end = 1.0 - EDGE;
        let shape = [
            class("beyond"),
            share("x", from),
            number("y", self.top()),
            share("width", end - from),
            number("height", HIGH),
        ];
        html.with("rect", &shape, |_| {});
    }

    /// The bars of what it is compared with, and those of the distribution narrower before them.
    fn bars(&self, html: &mut Html) {
        let Distribution {
            values, reference, ..
        } = self.distribution;
        let [new, old] = [values, reference].map(|values| shares(values, &self.axis, BARS));
        let highest = new.iter().chain(&old).copied().fold(0.0, f64::max);
        self.bars_of(html, &old, highest, ("old", 1.0));
        let width = if reference.is_empty() { 0.9 } else { 0.5 };
        self.bars_of(html, &new, highest, ("new", width));
    }

    /// A bar for each part of the axis that holds a value, its width a part of what there is.
    fn bars_of(
        &self,
        html: &mut Html,
        parts: &[f64],
        highest: f64,
        (tone, width): (&'static str, f64),
    ) {
        let step = (1.0 - 2.0 * EDGE) / whole(BARS);
        for (index, part) in parts.iter().enumerate().filter(|(_, part)| **part > 0.0) {
            let high = (part / highest * HIGH).max(1.5);
            let from = EDGE + step * (whole(index) + (1.0 - width) / 2.0);
            let shape = [
                class(tone),
                share("x", from),
                number("y", self.ground() - high),
                share("width", step * width),
                number("height", high),
            ];
            html.with("rect", &shape, |_| {});
        }
    }

    /// The axis and its numbers.
    fn scale(&self, html: &mut Html) {
        let ground = self.ground();
        line(html, "axis", (EDGE, ground), (1.0 - EDGE, ground));
        let labels = ticks(&self.axis, self.distribution.unit);
        for (tick, text) in self.axis.ticks.iter().zip(labels) {
            let place = self.place(*tick);
            line(html, "axis", (place, ground), (place, ground + 4.0));
            label(html, "tick", (place, ground + 17.0), &text);
        }
    }

    /// A line for each latency budget, with its label above.
    fn limits(&self, html: &mut Html) {
        for (row, (mark, budget)) in self.limits.iter().enumerate() {
            let place = self.place(*budget);
            let base = LINE * whole(row) + 13.0;
            line(html, "limit", (place, base + 4.0), (place, self.ground()));
            let name = percentile(mark.percentile);
            let text = format!("{name} at most {}", amount(*budget, self.distribution.unit));
            label(html, "limit", (place, base), &text);
        }
    }

    /// The interval of a percentile as a bar, its value as a point in it.
    fn estimate(&self, html: &mut Html, mark: &Mark, row: f64) {
        let base = self.ground() + SCALE + ESTIMATE * row;
        let middle = base + 24.0;
        let value = self.place(mark.value);
        let (low, high) = mark.interval;
        if low.is_some() || high.is_some() {
            let from = low.map_or(EDGE, |low| self.place(low));
            let to = high.map_or(1.0 - EDGE, |high| self.place(high));
            line(html, "span", (from, middle), (to, middle));
            let ends = [low.map(|_| from), high.map(|_| to)];
            for end in ends.into_iter().flatten() {
                line(html, "span", (end, middle - 5.0), (end, middle + 5.0));
            }
        }
        let point = [
            class("point"),
            share("cx", value),
            number("cy", middle),
            fixed("r", "4"),
        ];
        html.with("circle", &point, |_| {});
        let text = format!(
            "{} {}",
            percentile(mark.percentile),
            amount(mark.value, self.distribution.unit)
        );
        label(html, "value", (value, base + 12.0), &text);
    }
}

/// A text at a place, on the side of it where there is room.
fn label(html: &mut Html, tone: &'static str, (x, y): (f64, f64), text: &str) {
    let anchor = match x {
        _ if x < 0.2 => "start",
        _ if x > 0.8 => "end",
        _ => "middle",
    };
    let attributes = [
        class(tone),
        share("x", x),
        number("y", y),
        fixed("text-anchor", anchor),
    ];
    html.leaf("text", &attributes, text);
}

fn line(html: &mut Html, tone: &'static str, from: (f64, f64), to: (f64, f64)) {
    let attributes: [Attribute; 5] = [
        class(tone),
        share("x1", from.0),
        number("y1", from.1),
        share("x2", to.0),
        number("y2", to.1),
    ];
    html.with("line", &attributes, |_| {});
}

/// The picture in words.
fn described(distribution: &Distribution, beside: &str) -> String {
    let unit = distribution.unit;
    let values = &distribution.values;
    let ends = (values.first().copied(), values.last().copied());
    let mut text = samples(distribution.count);
    if let Some(range) = range(ends, unit) {
        text.push_str(&format!(" from {range}"));
    }
    text.push('.');
    for mark in &distribution.marks {
        text.push_str(&format!(" {}.", sentence(mark, distribution, beside)));
    }
    text
}
