//! Measured values in words.

use tidegate_core::check::Unit;
use tidegate_core::distribution::{Distribution, Mark, Standing};
use tidegate_core::words::{count, time};

use super::{Axis, nearest_rank};

/// A value with its unit, as in `412 ms`, `1.24 s` or `201 kB`; times as the findings of checks have them.
pub(crate) fn amount(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Milliseconds => time(value),
        Unit::Bytes | Unit::Count => exact(value, unit),
    }
}

/// Two values, as in `201 to 230 ms` or `380 ms to 6.40 s`; the end that is not known is said so.
pub(crate) fn range(interval: (Option<f64>, Option<f64>), unit: Unit) -> Option<String> {
    Some(match interval {
        (Some(low), Some(high)) => {
            let (first, last) = (amount(low, unit), amount(high, unit));
            match (first.split_once(' '), last.split_once(' ')) {
                (Some((number, one)), Some((_, other))) if one == other => {
                    format!("{number} to {last}")
                }
                _ => format!("{first} to {last}"),
            }
        }
        (Some(low), None) => format!("{} or more", amount(low, unit)),
        (None, Some(high)) => format!("up to {}", amount(high, unit)),
        (None, None) => return None,
    })
}

/// The name of a percentile, as in `p95` or `p99.9`.
pub(crate) fn percentile(percentile: f64) -> String {
    format!("p{}", trimmed(format!("{percentile:.3}")))
}

/// What was concluded of a percentile, in a word or two; `compared` says that it was held against the old
/// deploy's and not against a latency budget.
pub(crate) fn standing(mark: &Mark, compared: bool) -> &'static str {
    let compared = compared && mark.budget.is_none();
    match mark.standing {
        Standing::Within if compared => "no slower",
        Standing::Over if compared => "slower",
        Standing::Within => "within",
        Standing::Over => "over",
        Standing::TooClose => "too close to call",
        Standing::Unjudged if mark.budget.is_none() && !compared => "no latency budget",
        Standing::Unjudged => "not judged",
    }
}

/// The numbers at ticks: on a linear axis only the last has its unit, which is that of all.
pub(crate) fn ticks(axis: &Axis, unit: Unit) -> Vec<String> {
    let last = axis.ticks.last().copied().unwrap_or_default();
    let (divisor, _) = scale(last, unit);
    let text = |tick: &f64| {
        if axis.logarithmic || *tick >= last {
            exact(*tick, unit)
        } else {
            number(*tick / divisor)
        }
    };
    axis.ticks.iter().map(text).collect()
}

/// A percentile with all that is known of it, as in
/// `p95 is 212 ms (201 to 230 ms), of at most 300 ms: within`.
///
/// `beside` names what it is compared with, where there is something.
pub(crate) fn sentence(mark: &Mark, of: &Distribution, beside: &str) -> String {
    let unit = of.unit;
    let name = percentile(mark.percentile);
    let mut text = if mark.value.is_finite() {
        format!("{name} is {}", amount(mark.value, unit))
    } else {
        format!("{name} was not measured")
    };
    if let Some(range) = range(mark.interval, unit) {
        text.push_str(&format!(" ({range})"));
    }
    if let Some(budget) = mark.budget {
        text.push_str(&format!(", of at most {}", amount(budget, unit)));
    }
    let old = nearest_rank(&of.reference, mark.percentile);
    if let Some(old) = old {
        text.push_str(&format!(", {beside} {}", amount(old, unit)));
    }
    if mark.budget.is_some() || mark.standing != Standing::Unjudged {
        text.push_str(&format!(": {}", standing(mark, old.is_some())));
    }
    text
}

/// How many samples there are, as in `1 sample` or `1,000 samples`.
pub(crate) fn samples(number: u64) -> String {
    count(number, "sample")
}

/// A value of an axis with its unit and all its digits, as in `2.5 ms`.
fn exact(value: f64, unit: Unit) -> String {
    let (divisor, unit) = scale(value, unit);
    format!("{} {unit}", number(value / divisor))
        .trim_end()
        .to_owned()
}

/// By what a value is divided to be read easily, and the unit it then has.
fn scale(value: f64, unit: Unit) -> (f64, &'static str) {
    match unit {
        Unit::Milliseconds if value >= 1e3 => (1e3, "s"),
        Unit::Milliseconds => (1.0, "ms"),
        Unit::Bytes if value >= 1e6 => (1e6, "MB"),
        Unit::Bytes if value >= 1e3 => (1e3, "kB"),
        Unit::Bytes => (1.0, "bytes"),
        Unit::Count => (1.0, ""),
    }
}

/// Three figures, as many as people compare.
fn number(value: f64) -> String {
    match value {
        _ if value >= 1e6 => format!("{value:.0e}"),
        _ if value >= 100.0 => format!("{value:.0}"),
        _ if value >= 10.0 => trimmed(format!("{value:.1}")),
        _ => trimmed(format!("{value:.2}")),
    }
}

/// A number without zeros at the end of its fraction.
fn trimmed(text: String) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}
