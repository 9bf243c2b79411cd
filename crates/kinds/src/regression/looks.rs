//! How fast pairs are sent, and when they are looked at.

use tidegate_core::gate::Environment;

use super::config::Config;
use super::old::Old;
use crate::measure::Rates;

/// After how many pairs a route is looked at for the first time.
const FIRST_LOOK: u32 = 200;

/// When the pairs of a route are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Looks {
    /// After so many pairs first.
    pub(super) first: u32,
    /// After so many for the last time; the same where there is one look.
    pub(super) last: u32,
}

impl Looks {
    /// How many there are.
    pub(super) fn count(self) -> u32 {
        1 + u32::from(self.last > self.first)
    }
}

impl Config {
    /// How many pairs a second the environment of a run bears, and the old deploy beside it.
    pub(super) fn pace(&self, environment: &Environment) -> Rates {
        pace(
            Rates::within(environment, Some(self.rate)),
            &self.old,
            self.rate,
        )
    }

    /// When the pairs of each route are looked at, at this pace; or how many pairs there would be, when
    /// those prove nothing.
    ///
    /// That does not depend on what the pairs say, so that the error of both looks is known.
    ///
    /// # Errors
    /// The number of pairs of each route that fit.
    pub(super) fn looks(&self, rates: Rates) -> Result<Looks, u32> {
        let routes = self.routes.len().max(1) as f64;
        let fitting = rates.surely(self.within) / routes - f64::from(self.warm_up);
        // The cast saturates, which is right here.
        let last = self.samples.min(fitting.max(0.0) as u32);
        let first = FIRST_LOOK.max(self.least());
        if last < self.least() {
            return Err(last);
        }
        // A few pairs more are not worth half of the error.
        let two = last >= first + first / 2;
        Ok(Looks {
            first: if two { first } else { last },
            last,
        })
    }
}

/// How many pairs a second this place bears, and the old deploy beside it.
pub(super) fn pace(here: Rates, old: &Old, rate: u32) -> Rates {
    match old {
        Old::Place(place) => here.and(Rates::within(place, Some(rate))),
        Old::Reference(_) => here.in_pairs(),
        Old::Program(_) | Old::Absent => here,
    }
}
