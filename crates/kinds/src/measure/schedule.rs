//! When requests of an open workload are due.

use std::time::Duration;

use tidegate_core::gate::{Environment, EnvironmentKind};

use crate::statistics::Seeded;

/// Requests a second in production unless its environment allows more.
const PRODUCTION: u32 = 10;
/// The most that wait for an answer at once in production.
const PRODUCTION_IN_FLIGHT: usize = 8;
/// The most that wait for an answer at once elsewhere: enough that a portal which stalls for a second is
/// still asked on time.
const IN_FLIGHT: usize = 128;
/// The share of a limit that is used on average, so that arrivals by chance stay below it.
const USED: f64 = 0.8;

/// How fast requests go out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Rates {
    /// Requests a second on average, once the ramp is over.
    pub(crate) mean: f64,
    /// What no second may exceed.
    limit: Option<f64>,
    /// The most that may wait for an answer at once.
    pub(crate) in_flight: usize,
}

impl Rates {
    /// Those of an environment.
    pub(crate) fn within(environment: &Environment, written: Option<u32>) -> Self {
        Self::new(environment.kind, environment.rate, written)
    }

    /// Those of a place of this sort, which allows so many requests a second. Preview and staging get 20 and
    /// this machine 50 unless the check says otherwise.
    pub(crate) fn new(kind: EnvironmentKind, allowed: Option<u32>, written: Option<u32>) -> Self {
        let (usual, in_flight) = match kind {
            EnvironmentKind::Production => (PRODUCTION, PRODUCTION_IN_FLIGHT),
            EnvironmentKind::Preview | EnvironmentKind::Staging => (20, IN_FLIGHT),
            EnvironmentKind::Local => (50, IN_FLIGHT),
        };
        let in_production = kind == EnvironmentKind::Production;
        let limit = allowed.or(in_production.then_some(PRODUCTION));
        let limit = limit.map(|limit| f64::from(limit.max(1)));
        let wanted = f64::from(written.unwrap_or(usual).max(1));
        Self {
            mean: limit.map_or(wanted, |limit| wanted.min(limit * USED)),
            limit,
            in_flight,
        }
    }

    /// What two places bear that are asked side by side, each once for a pair.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            mean: self.mean.min(other.mean),
            limit: self.limit.into_iter().chain(other.limit).reduce(f64::min),
            in_flight: self.in_flight.min(other.in_flight),
        }
    }

    /// Pairs a second, where both of a pair go to the same place.
    pub(crate) fn in_pairs(self) -> Self {
        Self {
            mean: self.mean / 2.0,
            limit: self.limit.map(|limit| limit / 2.0),
            ..self
        }
    }

    /// The same at half the pace.
    pub(crate) fn halved(self) -> Self {
        Self {
            mean: self.mean / 2.0,
            ..self
        }
    }

    /// The most requests that a second has, chance set aside.
    pub(crate) fn most(self) -> f64 {
        self.limit.map_or(self.mean, |limit| limit.max(self.mean))
    }

    /// How many requests it comes to within a time on average; the ramp counts half.
    pub(crate) fn reach(self, within: Duration) -> f64 {
        let seconds = within.as_secs_f64() - ramp(within) / 2.0;
        (self.mean * seconds).max(0.0)
    }

    /// How many requests it comes to within a time in all but 1 of 40 measurements: their number is
    /// Poisson, so two standard deviations are two roots of it.
    pub(crate) fn surely(self, within: Duration) -> f64 {
        let reach = self.reach(within);
        (reach - 2.0 * reach.sqrt()).max(0.0)
    }

    /// Within how many seconds so many requests [surely](Self::surely) fit.
    pub(crate) fn sure_of(self, requests: u32) -> f64 {
        // Of reach − 2 √reach = requests.
        let root = 1.0 + (1.0 + f64::from(requests)).sqrt();
        root * root / self.mean + LONGEST_RAMP / 2.0
    }
}

/// The longest that the pace grows, in seconds.
const LONGEST_RAMP: f64 = 5.0;

/// How long the pace grows, in seconds: five, or a tenth of a shorter time.
fn ramp(within: Duration) -> f64 {
    (within.as_secs_f64() / 10.0).min(LONGEST_RAMP)
}

/// Instants by chance: a Poisson process whose rate grows in a ramp and then stays, with never more in a
/// second than the limit.
///
/// Each is `Λ⁻¹` of a sum of exponential steps, where Λ is what the rate comes to until then (inversion:
/// Çınlar, *Introduction to Stochastic Processes*, 1975, section 4.7). What would exceed the limit is moved
/// when it is planned, and not when it is sent, so that no wait of the client is hidden (the generic
/// cell rate algorithm, ITU-T I.371, annex A, as the client itself applies it).
pub(crate) struct Instants {
    random: Seeded,
    begin: f64,
    mean: f64,
    ramp: f64,
    passed: f64,
    gap: Option<f64>,
    even: f64,
}

impl Instants {
    /// From `begin` on; the ramp fits a measurement that takes `within`.
    pub(crate) fn new(rates: Rates, begin: Duration, within: Duration, seed: u64) -> Self {
        Self {
            random: Seeded::new(seed),
            begin: begin.as_secs_f64(),
            mean: rates.mean,
            ramp: ramp(within),
            passed: 0.0,
            gap: rates.limit.map(|limit| 1.0 / limit),
            even: 0.0,
        }
    }

    /// Moves everything that comes by so much.
    pub(crate) fn pause(&mut self, time: Duration) {
        self.begin += time.as_secs_f64();
    }

    /// The next instant, as seconds since the beginning.
    fn step(&mut self) -> f64 {
        // `unit` is below 1, so that the logarithm is finite.
        self.passed -= (1.0 - self.random.unit()).ln();
        let in_ramp = self.mean * self.ramp / 2.0;
        let by_chance = if self.passed < in_ramp {
            (2.0 * self.passed * self.ramp / self.mean).sqrt()
        } else {
            self.passed / self.mean + self.ramp / 2.0
        };
        let Some(gap) = self.gap else {
            return by_chance;
        };
        let even = by_chance.max(self.even);
        self.even = even + gap;
        by_chance.max(even - (1.0 - gap).max(0.0))
    }
}

impl Iterator for Instants {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let at = self.begin + self.step();
        Duration::try_from_secs_f64(at).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instants(rates: Rates, within: u64, seed: u64) -> Vec<f64> {
        let within = Duration::from_secs(within);
        let instants = Instants::new(rates, Duration::ZERO, within, seed);
        let instants = instants.take_while(|at| *at < within);
        instants.map(|at| at.as_secs_f64()).collect()
    }

    fn rates(kind: EnvironmentKind, allowed: Option<u32>, written: Option<u32>) -> Rates {
        Rates::new(kind, allowed, written)
    }

    #[test]
    fn each_sort_of_place_has_its_pace_and_no_limit_is_reached_on_average() {
        use EnvironmentKind::{Local, Preview, Production};
        let mean = |kind, allowed, written| rates(kind, allowed, written).mean;
        assert_eq!(mean(Local, None, None), 50.0);
        assert_eq!(mean(Preview, None, None), 20.0);
        assert_eq!(mean(Preview, None, Some(100)), 100.0);
        assert_eq!(mean(Preview, Some(10), Some(100)), 8.0);
        assert_eq!(mean(Production, None, None), 8.0);
        assert_eq!(mean(Production, None, Some(100)), 8.0);
        assert_eq!(mean(Production, Some(100), Some(50)), 50.0);
        assert_eq!(rates(Production, Some(100), None).in_flight, 8);
    }

    #[test]
    fn what_surely_fits_into_a_time_and_the_time_for_it_agree() {
        for rate in [1, 9, 100] {
            let rates = rates(EnvironmentKind::Preview, None, Some(rate));
            for requests in [1, 64, 304, 5_000] {
                let seconds = rates.sure_of(requests);
                let fit = |seconds: f64| rates.surely(Duration::from_secs_f64(seconds.max(0.0)));
                // A gate file has whole seconds.
                let told = fit(seconds.ceil());
                assert!(told >= f64::from(requests), "{rate} {requests}: {told}");
                assert!(
                    fit(seconds - 3.0) < f64::from(requests),
                    "{rate} {requests}"
                );
            }
        }
    }

    #[test]
    fn the_rate_grows_in_a_ramp_and_then_stays() {
        let at = instants(rates(EnvironmentKind::Preview, None, None), 100, 7);
        let between = |from: f64, to: f64| at.iter().filter(|at| (from..to).contains(*at)).count();
        // 1,950 are expected, ± 44; in the ramp 50 ± 7, and 200 ± 14 in ten seconds after it.
        assert!((1_800..2_100).contains(&at.len()), "{}", at.len());
        assert!(
            (25..80).contains(&between(0.0, 5.0)),
            "{}",
            between(0.0, 5.0)
        );
        assert!((140..260).contains(&between(50.0, 60.0)));
        assert!(at.is_sorted());
    }

    #[test]
    fn no_second_has_more_than_the_limit() {
        for seed in 0..20 {
            let at = instants(rates(EnvironmentKind::Production, None, None), 120, seed);
            assert!(at.len() > 800, "{}", at.len());
            for window in at.windows(12) {
                // A burst of ten, and what comes evenly while it passes.
                assert!(window[11] - window[0] > 0.1, "{window:?}");
            }
            for window in at.windows(21) {
                assert!(window[20] - window[0] > 0.99, "{window:?}");
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_instants() {
        let of = |seed| instants(rates(EnvironmentKind::Local, None, None), 2, seed);
        assert_eq!(of(3), of(3));
        assert_ne!(of(3), of(4));
    }
}
