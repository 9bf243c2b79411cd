//! Words for times, shares and numbers.

use std::time::Duration;

/// A time in milliseconds as a number.
pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// A time in milliseconds as a person reads it: `0.8 ms`, `38 ms`, `2.34 s`.
pub(crate) fn time(milliseconds: f64) -> String {
    match milliseconds {
        value if !value.is_finite() => "unknown".to_owned(),
        value if value < 9.95 => format!("{value:.1} ms"),
        value if value < 999.5 => format!("{value:.0} ms"),
        value if value < 9_995.0 => format!("{:.2} s", value / 1e3),
        value => format!("{:.1} s", value / 1e3),
    }
}

/// A share as a person reads it: `4.2 %`.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "0 %".to_owned();
    }
    // Counts of samples are far below what a float holds.
    let share = part as f64 / whole as f64 * 100.0;
    if share > 0.0 && share < 9.95 {
        format!("{share:.1} %")
    } else {
        format!("{share:.0} %")
    }
}

/// A number with the noun that follows it: `1 sample`, `1,240 samples`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let digits = number.to_string();
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    let ending = if number == 1 { "" } else { "s" };
    format!("{written} {noun}{ending}")
}

/// A fragment as a sentence.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_shares_and_numbers_read_well() {
        let times = [0.04, 9.96, 38.4, 999.7, 2_340.0, 12_345.0, f64::NAN].map(time);
        assert_eq!(
            times,
            [
                "0.0 ms", "10 ms", "38 ms", "1.00 s", "2.34 s", "12.3 s", "unknown"
            ]
        );
        assert_eq!(
            [percent(1, 24), percent(1, 2), percent(0, 0)],
            ["4.2 %", "50 %", "0 %"]
        );
        assert_eq!(
            [count(1, "sample"), count(1_240, "sample")],
            ["1 sample", "1,240 samples"]
        );
    }
}
