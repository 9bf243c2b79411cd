//! Probabilities of the binomial distribution.
//!
//! Not those of statrs 0.19, which ends its continued fraction after 140 terms without a word: it is off by
//! 4e-3 in the middle of ten million trials, and says 1.6 in the middle of a thousand million.

/// P(X ≥ `least`) for X successes in `trials` trials that each succeed with `probability`.
///
/// The terms are added up from the one at `least` outwards, each from the one before it, so that a small
/// tail keeps its digits; the tail that holds the mode is one less the other.
pub(super) fn at_least(trials: u64, probability: f64, least: u64) -> f64 {
    if least == 0 {
        return 1.0;
    }
    if least > trials {
        return 0.0;
    }
    if as_float(least) <= as_float(trials) * probability {
        return 1.0 - sum(trials, 1.0 - probability, trials - (least - 1));
    }
    sum(trials, probability, least)
}

/// P(X ≤ `most`) for X successes in `trials` trials that each succeed with `probability`.
pub(super) fn at_most(trials: u64, probability: f64, most: u64) -> f64 {
    if most >= trials {
        return 1.0;
    }
    // As many failures or more.
    at_least(trials, 1.0 - probability, trials - most)
}

/// The probabilities of `least` successes and more, where `least` is no less than the mode.
fn sum(trials: u64, probability: f64, least: u64) -> f64 {
    let odds = probability / (1.0 - probability);
    let mut term = exactly(trials, probability, least);
    let mut total = term;
    for successes in least..trials {
        term *= as_float(trials - successes) / as_float(successes + 1) * odds;
        total += term;
        // Also where every term is too small for a number.
        if term <= total * f64::EPSILON / 64.0 {
            break;
        }
    }
    total.min(1.0)
}

/// P(X = `successes`).
///
/// Loader, *Fast and Accurate Computation of Binomial Probabilities*, 2000: the saddle point, which keeps
/// its digits where differences of ln n! lose them.
fn exactly(trials: u64, probability: f64, successes: u64) -> f64 {
    let (n, x) = (as_float(trials), as_float(successes));
    let failing = 1.0 - probability;
    if successes == 0 {
        return (n * (-probability).ln_1p()).exp();
    }
    if successes == trials {
        return (n * probability.ln()).exp();
    }
    let exponent = stirling_error(n)
        - stirling_error(x)
        - stirling_error(n - x)
        - deviance(x, n * probability)
        - deviance(n - x, n * failing);
    exponent.exp() * (n / (std::f64::consts::TAU * x * (n - x))).sqrt()
}

/// ln n! less Stirling's formula ln(√(2πn) (n/e)ⁿ).
fn stirling_error(n: f64) -> f64 {
    /// From here on five terms of the series are exact to the last digits.
    const SERIES_FROM: f64 = 16.0;
    if n < SERIES_FROM {
        let mut factorial = 0.0;
        let mut factor = 2.0;
        while factor <= n {
            factorial += f64::ln(factor);
            factor += 1.0;
        }
        return factorial - (0.5 * (std::f64::consts::TAU * n).ln() + n * n.ln() - n);
    }
    let square = n * n;
    (1.0 / 12.0
        - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - 1.0 / 1188.0 / square) / square) / square)
            / square)
        / n
}

/// x ln(x / mean) + mean − x, without loss where both are near each other.
fn deviance(x: f64, mean: f64) -> f64 {
    if (x - mean).abs() >= 0.1 * (x + mean) {
        return x * (x / mean).ln() + mean - x;
    }
    let ratio = (x - mean) / (x + mean);
    let mut total = (x - mean) * ratio;
    let mut power = 2.0 * x * ratio;
    let mut divisor = 1.0;
    loop {
        power *= ratio * ratio;
        divisor += 2.0;
        let next = total + power / divisor;
        if next == total {
            return total;
        }
        total = next;
    }
}

/// A count as a number to calculate with; exact up to 2⁵³.
pub(super) fn as_float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests;
