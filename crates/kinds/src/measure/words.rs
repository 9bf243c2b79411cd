//! Words for times, shares and numbers.

use std::time::Duration;

pub(crate) use tidegate_core::words::{count, time};

/// A time in milliseconds as a number.
pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
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
    fn shares_read_well() {
        assert_eq!(
            [percent(1, 24), percent(1, 2), percent(0, 0)],
            ["4.2 %", "50 %", "0 %"]
        );
    }
}
