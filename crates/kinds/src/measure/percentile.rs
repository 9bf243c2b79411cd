//! The percentiles that are judged and told.

use std::fmt;

use crate::statistics::fewest;

/// A percentile that can be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Percentile {
    /// The median.
    P50,
    /// What 90 of 100 requests keep to.
    P90,
    /// What 95 of 100 requests keep to.
    P95,
    /// What 99 of 100 requests keep to.
    P99,
}

impl Percentile {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::P50, Self::P90, Self::P95, Self::P99];
    /// As the gate file names them, in the same order.
    pub(crate) const NAMES: [&'static str; 4] = ["p50", "p90", "p95", "p99"];

    /// The one of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let mut all = Self::NAMES.into_iter().zip(Self::ALL);
        all.find_map(|(known, percentile)| (known == name).then_some(percentile))
    }

    /// As in `95`.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::P50 => 50,
            Self::P90 => 90,
            Self::P95 => 95,
            Self::P99 => 99,
        }
    }

    /// As in `.95`.
    pub(crate) fn quantile(self) -> f64 {
        f64::from(self.number()) / 100.0
    }

    /// The fewest samples that can show how much it is at most, at 95 % confidence.
    pub(crate) fn fewest(self) -> u32 {
        fewest(self.quantile(), 0.95)
    }
}

impl fmt::Display for Percentile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "p{}", self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_its_name() {
        for percentile in Percentile::ALL {
            assert_eq!(Percentile::named(&percentile.to_string()), Some(percentile));
        }
        assert_eq!(Percentile::named("p100"), None);
    }
}
