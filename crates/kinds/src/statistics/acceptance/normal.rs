//! The normal distribution.

use super::super::Seeded;

/// Normal random numbers with mean 0 and deviation 1, two at a time: Box and Muller, *A Note on the
/// Generation of Random Normal Deviates*, Annals of Mathematical Statistics 29(2), 1958.
#[derive(Debug, Clone)]
pub(crate) struct Normal {
    random: Seeded,
    spare: Option<f64>,
}

impl Normal {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            random: Seeded::new(seed),
            spare: None,
        }
    }

    /// The next number.
    pub(crate) fn draw(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = (-2.0 * (1.0 - self.random.unit()).ln()).sqrt();
        let (sine, cosine) = (std::f64::consts::TAU * self.random.unit()).sin_cos();
        self.spare = Some(radius * sine);
        radius * cosine
    }

    /// Whether something of this probability happens.
    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        self.random.unit() < probability
    }
}

/// P(Z > z) of a normal number: the series of Marsaglia, *Evaluating the Normal Distribution*, Journal of
/// Statistical Software 11(4), 2004, good to 1e-15 here.
pub(crate) fn above(z: f64) -> f64 {
    let (mut total, mut term, mut odd) = (z, z, 1.0);
    loop {
        odd += 2.0;
        term *= z * z / odd;
        let next = total + term;
        if next == total {
            break;
        }
        total = next;
    }
    let density = (-0.5 * z * z).exp() / std::f64::consts::TAU.sqrt();
    0.5 - density * total
}

/// The z for which P(Z > z) is this.
pub(crate) fn exceeded_by(share: f64) -> f64 {
    solve(-6.0, 6.0, |z| above(z) > share)
}

/// Where something that holds on the left ends to hold.
pub(crate) fn solve(mut left: f64, mut right: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..60 {
        let middle = f64::midpoint(left, right);
        if holds(middle) {
            left = middle;
        } else {
            right = middle;
        }
    }
    left
}
