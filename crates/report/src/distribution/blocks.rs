//! Distributions drawn with characters.

use tidegate_core::distribution::Distribution;

use super::histogram::part;
use super::{Axis, nearest_rank, shares, words, worst};
use crate::text::capital;

/// Eighths of a block, from nothing to all of it (Unicode, Block Elements).
const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// The same by the ink of ASCII characters.
const INK: [char; 9] = [' ', '.', ':', '-', '=', '+', 'o', '#', '@'];

/// How wide the large drawing is, in characters.
const WIDTH: usize = 56;
/// How many lines its bars have.
const LINES: usize = 4;

/// One line of so many characters that shows where a tidied distribution lies, with `|` where the latency
/// budget of the percentile is that matters most; only spaces when it has no value.
pub(crate) fn sparkline(distribution: &Distribution, width: usize, unicode: bool) -> String {
    let signs = if unicode { BLOCKS } else { INK };
    let Some(axis) = Axis::of(distribution) else {
        return " ".repeat(width);
    };
    let limit = worst(distribution).and_then(|mark| mark.budget);
    let limit = limit.map(|budget| part(budget, &axis, width));
    let heights = heights(&distribution.values, &axis, width, 8);
    let drawn = heights.into_iter().enumerate().map(|(at, height)| {
        if limit == Some(at) {
            if unicode { '┆' } else { '|' }
        } else {
            signs.get(height).copied().unwrap_or(' ')
        }
    });
    drawn.collect()
}

/// Several lines: the latency budgets, bars, the axis, and the percentile that matters most with its
/// interval. Nothing when a tidied distribution has no value.
pub(crate) fn drawing(distribution: &Distribution, beside: &str) -> Option<Vec<String>> {
    let axis = Axis::of(distribution)?;
    if distribution.values.is_empty() {
        return None;
    }
    let limits: Vec<(usize, String)> = budgets(distribution, &axis, WIDTH).collect();
    let mut lines: Vec<String> = limits
        .iter()
        .map(|(at, label)| labelled(*at, '▼', label))
        .collect();
    let heights = heights(&distribution.values, &axis, WIDTH, 8 * LINES);
    for line in (0..LINES).rev() {
        let cells = heights.iter().enumerate().map(|(at, height)| {
            let eighths = height.saturating_sub(8 * line).min(8);
            let limit = limits.iter().any(|(limit, _)| *limit == at);
            match BLOCKS.get(eighths) {
                Some(block) if eighths > 0 => *block,
                _ if limit => '┆',
                _ => ' ',
            }
        });
        lines.push(cells.collect::<String>());
    }
    lines.extend(scale(distribution, &axis));
    lines.extend(estimate(distribution, &axis, beside));
    lines.extend(compared(distribution, &axis, beside));
    Some(
        lines
            .iter()
            .map(|line| line.trim_end().to_owned())
            .collect(),
    )
}

/// One line with the values that it is compared with on the same axis, below their percentile.
fn compared(distribution: &Distribution, axis: &Axis, beside: &str) -> Vec<String> {
    let Some(mark) = worst(distribution) else {
        return Vec::new();
    };
    let Some(value) = nearest_rank(&distribution.reference, mark.percentile) else {
        return Vec::new();
    };
    let heights = heights(&distribution.reference, axis, WIDTH, 8);
    let bars = heights.into_iter().filter_map(|height| BLOCKS.get(height));
    let value = words::amount(value, distribution.unit);
    let name = words::percentile(mark.percentile);
    vec![
        format!("{}, {name} {value}:", capital(beside)),
        bars.collect(),
    ]
}

/// The height of the bar of each column, from 0 to so many; what has any value is at least 1 high.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share is between 0 and 1, and bars are a few lines high"
)]
fn heights(values: &[f64], axis: &Axis, columns: usize, most: usize) -> Vec<usize> {
    let shares = shares(values, axis, columns);
    let largest = shares.iter().copied().fold(0.0, f64::max);
    let height = |share: f64| ((share / largest * most as f64).round() as usize).clamp(1, most);
    let heights = shares
        .into_iter()
        .map(|share| if share > 0.0 { height(share) } else { 0 });
    heights.collect()
}

/// The column and the label of each latency budget.
fn budgets(
    distribution: &Distribution,
    axis: &Axis,
    columns: usize,
) -> impl Iterator<Item = (usize, String)> {
    distribution.marks.iter().filter_map(move |mark| {
        let budget = mark.budget?;
        let name = words::percentile(mark.percentile);
        let label = format!(
            "{name} at most {}",
            words::amount(budget, distribution.unit)
        );
        Some((part(budget, axis, columns), label))
    })
}

/// A sign in a column with a label on the side where there is room.
fn labelled(at: usize, sign: char, label: &str) -> String {
    let length = label.chars().count();
    if at + 2 + length <= WIDTH || at < length + 1 {
        format!("{}{sign} {label}", " ".repeat(at))
    } else {
        format!("{}{label} {sign}", " ".repeat(at - length - 1))
    }
}

/// The line of the axis, and the numbers below it as far as they have room.
fn scale(distribution: &Distribution, axis: &Axis) -> [String; 2] {
    let mut line = vec!['─'; WIDTH];
    let mut numbers = String::new();
    let labels = words::ticks(axis, distribution.unit);
    for (tick, text) in axis.ticks.iter().zip(labels) {
        let at = part(*tick, axis, WIDTH);
        if let Some(sign) = line.get_mut(at) {
            *sign = '┴';
        }
        let length = text.chars().count();
        let start = at
            .saturating_sub(length / 2)
            .min(WIDTH.saturating_sub(length));
        let used = numbers.chars().count();
        if used == 0 || start > used {
            numbers.push_str(&" ".repeat(start - used));
            numbers.push_str(&text);
        }
    }
    [line.into_iter().collect(), numbers]
}

/// The bar of the percentile that matters most, and its value.
fn estimate(distribution: &Distribution, axis: &Axis, beside: &str) -> Vec<String> {
    let Some(mark) = worst(distribution).filter(|mark| mark.value.is_finite()) else {
        return Vec::new();
    };
    let mut line = vec![' '; WIDTH];
    let at = |value: f64| part(value, axis, WIDTH);
    let value = at(mark.value);
    let (low, high) = mark.interval;
    let known = low.is_some() || high.is_some();
    let (first, last) = if known {
        (0, WIDTH - 1)
    } else {
        (value, value)
    };
    let (from, to) = (low.map_or(first, at), high.map_or(last, at));
    let ends = [
        (from, low.map_or('←', |_| '├')),
        (to, high.map_or('→', |_| '┤')),
    ];
    for sign in line.iter_mut().take(to + 1).skip(from) {
        *sign = '─';
    }
    for (at, sign) in ends.into_iter().chain([(value, '●')]) {
        if let Some(place) = line.get_mut(at) {
            *place = sign;
        }
    }
    vec![
        line.into_iter().collect(),
        words::sentence(mark, distribution, beside),
    ]
}
