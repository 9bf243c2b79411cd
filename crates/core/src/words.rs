//! Measured times and counts as people read them.

/// A measured time in milliseconds: `0.8 ms`, `38 ms`, `2.34 s`.
pub fn time(milliseconds: f64) -> String {
    match milliseconds {
        value if !value.is_finite() => "unknown".to_owned(),
        value if value < 9.95 => format!("{value:.1} ms"),
        value if value < 999.5 => format!("{value:.0} ms"),
        value if value < 9_995.0 => format!("{:.2} s", value / 1e3),
        value => format!("{:.1} s", value / 1e3),
    }
}

/// A whole number with its thousands apart: `1,240`.
pub fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// A number with the noun that follows it, which takes an `s` for many: `1 sample`, `1,240 samples`.
pub fn count(amount: u64, noun: &str) -> String {
    let ending = if amount == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", number(amount))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_counts_read_well() {
        let times = [0.04, 9.96, 38.4, 999.7, 2_340.0, 12_345.0, f64::NAN].map(time);
        assert_eq!(
            times,
            [
                "0.0 ms", "10 ms", "38 ms", "1.00 s", "2.34 s", "12.3 s", "unknown"
            ]
        );
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(number),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [count(1, "sample"), count(1_240, "sample")],
            ["1 sample", "1,240 samples"]
        );
    }
}
