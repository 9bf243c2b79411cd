//! Lengths of time as people write them.

use std::fmt;
use std::time::Duration;

use serde::de::{Deserialize, Deserializer, Error};
use serde::{Serialize, Serializer};

/// A length of time, written `300ms`, `10s`, `5m` or `1h`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Period(
    /// The length.
    pub Duration,
);

/// Why a text is not a length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a length of time: write a number and a unit, as in 300ms, 10s, 5m or 1h")]
pub struct PeriodError(String);

/// A length of time without what is shorter than a microsecond, so that a report says the same once it was written
/// and read again.
pub fn whole_microseconds(length: Duration) -> Duration {
    Duration::new(length.as_secs(), length.subsec_micros() * 1_000)
}

impl Period {
    /// Reads a length of time.
    ///
    /// # Errors
    /// When the number or the unit is missing, or the length is beyond reason (over a year).
    pub fn parse(text: &str) -> Result<Self, PeriodError> {
        let fault = || PeriodError(text.to_owned());
        let text_trimmed = text.trim();
        let split = text_trimmed
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .ok_or_else(fault)?;
        let (number, unit) = text_trimmed.split_at(split);
        let number: f64 = number.parse().map_err(|_| fault())?;
        let seconds = match unit {
            "ms" => number / 1e3,
            "s" => number,
            "m" => number * 60.0,
            "h" => number * 3600.0,
            _ => return Err(fault()),
        };
        if seconds > 366.0 * 86_400.0 {
            return Err(fault());
        }
        Duration::try_from_secs_f64(seconds)
            .map(Self)
            .map_err(|_| fault())
    }
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.0.as_millis();
        match milliseconds {
            0..1_000 => write!(formatter, "{milliseconds} ms"),
            1_000..60_000 if milliseconds.is_multiple_of(1_000) => {
                write!(formatter, "{} s", milliseconds / 1_000)
            }
            1_000..60_000 => write!(formatter, "{:.1} s", self.0.as_secs_f64()),
            _ => {
                let seconds = self.0.as_secs();
                match (seconds / 60, seconds % 60) {
                    (minutes, 0) => write!(formatter, "{minutes} min"),
                    (minutes, seconds) => write!(formatter, "{minutes} min {seconds} s"),
                }
            }
        }
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PeriodVisitor;
        impl serde::de::Visitor<'_> for PeriodVisitor {
            type Value = Period;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a length of time with its unit, as in 300ms, 10s, 5m or 1h")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Period, E> {
                Period::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(PeriodVisitor)
    }
}

impl Serialize for Period {
    /// Writes whole milliseconds.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_need_a_number_and_a_unit() {
        assert_eq!(
            Period::parse("300ms").unwrap().0,
            Duration::from_millis(300)
        );
        assert_eq!(
            Period::parse("1.5s").unwrap().0,
            Duration::from_millis(1500)
        );
        assert_eq!(Period::parse("2m").unwrap().0, Duration::from_secs(120));
        for bad in ["300", "ms", "3 days", "-1s", "1e9h", "", "99999999h"] {
            assert!(Period::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn lengths_are_shown_in_the_unit_a_person_would_use() {
        let shown = |milliseconds| Period(Duration::from_millis(milliseconds)).to_string();
        assert_eq!(shown(38), "38 ms");
        assert_eq!(shown(2_000), "2 s");
        assert_eq!(shown(2_340), "2.3 s");
        assert_eq!(shown(90_000), "1 min 30 s");
    }
}
