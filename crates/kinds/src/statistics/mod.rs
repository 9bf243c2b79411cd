//! What measured values prove: latency budgets, comparisons of two deploys, and how sure that is.
//!
//! Pure functions: no clock, no input or output, and every random choice comes from a seed that is an
//! argument. No distribution is assumed of the values. A value that is no time at all (not a number,
//! negative, infinite) never helps a claim to be found right.

mod binomial;
mod budget;
mod control;
mod paired;
mod random;
mod rank;
mod reservoir;

pub use budget::{Claim, Sequential, fixed, is_over};
pub use control::{Timed, normalise};
pub use paired::{Comparison, PERMUTATIONS, Paired, as_fast, compare, compare_among, conclude};
pub use random::Seeded;
pub use rank::{ascending, fewest, interval, interval_ranks, nearest_rank};
pub use reservoir::Reservoir;

/// What the samples say about a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// It holds.
    Within,
    /// It does not hold.
    Over,
    /// There are enough samples, and they prove neither.
    TooClose,
    /// There are fewer samples than can prove that it holds, or none that can be used, and they do not
    /// prove that it does not hold either.
    TooFew,
}

#[cfg(test)]
pub(crate) mod acceptance;
#[cfg(test)]
mod tests;
