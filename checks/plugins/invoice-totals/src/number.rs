//! Amounts, exact to eight decimal places.

use std::fmt;
use std::ops::{Add, Neg, Sub};

use tidegate_plugin_sdk::prelude::Value;

/// Decimal places that are kept.
const PLACES: u32 = 8;
const ONE: i128 = 10_i128.pow(PLACES);
/// Above this (a million millions) nothing is an amount; products stay within 128 bits.
const MOST: i128 = 1_000_000_000_000 * ONE;

/// A number without the errors of binary fractions: 0.1 is a tenth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number(i128);

impl Number {
    pub(crate) const ZERO: Self = Self(0);
    pub(crate) const ONE: Self = Self(ONE);

    /// Reads a number or a text such as `-19.99`; nothing for anything else, and for more than eight decimal places.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => Self::parse(&number.to_string()),
            Value::String(text) => Self::parse(text.trim()),
            _ => None,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let fraction = fraction.trim_end_matches('0');
        let numeric = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let few = whole.len() <= 13 && fraction.len() <= PLACES as usize;
        if whole.is_empty() || !numeric(whole) || !numeric(fraction) || !few {
            return None;
        }
        let padded: i128 = format!("{fraction:0<8}").parse().ok()?;
        let number = whole.parse::<i128>().ok()? * ONE + padded;
        let number = if negative { -number } else { number };
        (number.abs() <= MOST).then_some(Self(number))
    }

    /// So many of the smallest unit with this many decimal places.
    pub(crate) fn smallest(count: u32, places: u32) -> Self {
        Self(i128::from(count) * unit(places))
    }

    /// The product; beyond [`MOST`] it is no amount.
    pub(crate) fn times(self, other: Self) -> Option<Self> {
        let product = self.0.checked_mul(other.0)?;
        let product = divided(product, ONE);
        (product.abs() <= MOST).then_some(Self(product))
    }

    /// This part of the other number, rounded half away from zero; nothing of zero.
    pub(crate) fn share(self, part: Self, whole: Self, places: u32) -> Option<Self> {
        let product = self.0.checked_mul(part.0)?;
        let divisor = whole.0.checked_mul(unit(places))?;
        (divisor != 0).then(|| Self(divided(product, divisor) * unit(places)))
    }

    /// Rounded half away from zero.
    pub(crate) fn rounded(self, places: u32) -> Self {
        Self(divided(self.0, unit(places)) * unit(places))
    }

    pub(crate) fn is_near(self, other: Self, tolerance: Self) -> bool {
        (self.0 - other.0).abs() <= tolerance.0
    }

    pub(crate) fn is_negative(self) -> bool {
        self.0 < 0
    }
}

/// What the last of so many decimal places counts.
fn unit(places: u32) -> i128 {
    10_i128.pow(PLACES - places.min(PLACES))
}

/// A quotient rounded half away from zero (DIN 1333, "kaufmännisch").
fn divided(number: i128, divisor: i128) -> i128 {
    let (number, divisor) = if divisor < 0 {
        (-number, -divisor)
    } else {
        (number, divisor)
    };
    let half = divisor / 2 + divisor % 2;
    let moved = number.abs() % divisor >= half;
    (number.abs() / divisor + i128::from(moved)) * number.signum()
}

impl Add for Number {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Number {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Number {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl std::iter::Sum for Number {
    fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
        numbers.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, fraction) = (self.0.abs() / ONE, self.0.abs() % ONE);
        write!(formatter, "{sign}{whole}")?;
        if fraction > 0 {
            let digits = format!("{fraction:08}");
            let kept = digits.trim_end_matches('0');
            // Two at least, as money is written.
            write!(formatter, ".{kept:0<2}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use tidegate_plugin_sdk::prelude::json;

    use super::*;

    fn number(value: Value) -> Number {
        Number::read(&value).expect("a number")
    }

    #[test]
    fn numbers_and_texts_are_read_exactly() {
        for (value, shown) in [
            (json!(0), "0"),
            (json!(1999), "1999"),
            (json!(19.99), "19.99"),
            (json!("19.90"), "19.90"),
            (json!(-0.5), "-0.50"),
            (json!(" 7 "), "7"),
            (json!(0.1), "0.10"),
            (json!("1.00000001"), "1.00000001"),
        ] {
            assert_eq!(number(value.clone()).to_string(), shown, "{value}");
        }
        for value in [
            json!(null),
            json!(true),
            json!("1,99"),
            json!("."),
            json!(""),
            json!("-"),
            json!("1e3"),
            json!(1e300),
            json!("0.123456789"),
            json!("9999999999999"),
        ] {
            assert_eq!(Number::read(&value), None, "{value}");
        }
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        for (value, places, shown) in [
            (json!("1.005"), 2, "1.01"),
            (json!("1.0049"), 2, "1"),
            (json!("-1.005"), 2, "-1.01"),
            (json!(2.5), 0, "3"),
            (json!(-2.5), 0, "-3"),
            (json!(2.4), 0, "2"),
        ] {
            assert_eq!(number(value).rounded(places).to_string(), shown);
        }
    }

    #[test]
    fn products_and_shares_are_exact() {
        let product = number(json!("7.5")).times(number(json!("19.99")));
        assert_eq!(
            product.map(|one| one.to_string()).as_deref(),
            Some("149.925")
        );
        let share = number(json!(119)).share(number(json!(19)), number(json!(119)), 2);
        assert_eq!(share.map(|one| one.to_string()).as_deref(), Some("19"));
        let share = number(json!(100)).share(number(json!(19)), number(json!(119)), 2);
        assert_eq!(share.map(|one| one.to_string()).as_deref(), Some("15.97"));
        assert_eq!(number(json!(1)).share(Number::ONE, Number::ZERO, 2), None);
        let huge = number(json!("999999999999"));
        assert_eq!(huge.times(huge), None);
    }
}
