//! Times as portals have them, with a true p95 that is known exactly.

use super::normal::{Normal, above, exceeded_by, solve};

/// The deviation of the logarithm of a log-normal time.
const SPREAD: f64 = 0.5;
/// The deviation of each half of the bimodal times.
const NARROW: f64 = 0.25;
/// The share of the slower half, and how much slower it is.
const SLOWER: (f64, f64) = (0.10, 4.0);
/// The share of requests that are slowed in `Tail8`.
const TAIL: f64 = 0.08;
/// The deviation of what drifts within a run, over how many requests it is forgotten, and the deviation
/// from run to run.
const WITHIN_RUN: f64 = 0.15;
const REMEMBERED: f64 = 100.0;
const RUN_TO_RUN: f64 = 0.10;
/// The deviation of a control route's times.
pub(crate) const CONTROL_SPREAD: f64 = 0.2;

/// A kind of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Log-normal.
    LogNormal,
    /// 90 % around 1 and 10 % around 4: a cache that misses.
    Bimodal,
    /// Log-normal, on a machine whose speed drifts.
    Drift,
    /// Log-normal, of which 8 % are slowed so that only the tail shows it.
    Tail8,
}

impl Shape {
    /// What tables call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::LogNormal => "log-normal",
            Self::Bimodal => "bimodal",
            Self::Drift => "drift",
            Self::Tail8 => "tail8",
        }
    }

    /// ln of the true p95 when nothing is scaled.
    fn ln_p95(self) -> f64 {
        let lone = exceeded_by(0.05);
        match self {
            Self::LogNormal | Self::Tail8 => SPREAD * lone,
            Self::Drift => {
                lone * (SPREAD * SPREAD + WITHIN_RUN * WITHIN_RUN + RUN_TO_RUN * RUN_TO_RUN).sqrt()
            }
            Self::Bimodal => solve(0.0, 3.0, |ln| {
                let slower = above((ln - SLOWER.1.ln()) / NARROW);
                (1.0 - SLOWER.0) * above(ln / NARROW) + SLOWER.0 * slower > 0.05
            }),
        }
    }
}

/// How fast a machine is just now: AR(1) in the logarithm of its slowness.
#[derive(Debug, Clone)]
pub(crate) struct Machine {
    steady: bool,
    whole_run: f64,
    now: f64,
}

impl Machine {
    /// The machine of one run.
    pub(crate) fn new(shape: Shape, normal: &mut Normal) -> Self {
        let steady = shape != Shape::Drift;
        let mut draw = || if steady { 0.0 } else { normal.draw() };
        Self {
            steady,
            whole_run: RUN_TO_RUN * draw(),
            now: WITHIN_RUN * draw(),
        }
    }

    /// ln of its slowness at the next request.
    fn step(&mut self, normal: &mut Normal) -> f64 {
        if self.steady {
            return 0.0;
        }
        let kept = (-1.0 / REMEMBERED).exp();
        self.now = kept * self.now + (1.0 - kept * kept).sqrt() * WITHIN_RUN * normal.draw();
        self.whole_run + self.now
    }
}

/// The times of one route, as multiples of its latency budget.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    shape: Shape,
    /// ln of what every time is multiplied by.
    scale: f64,
    /// ln of what the slowed requests are multiplied by besides.
    tail: f64,
}

impl Route {
    /// A route whose true p95 is so many times 1.
    pub(crate) fn new(shape: Shape, ratio: f64) -> Self {
        let scale = -shape.ln_p95();
        if shape == Shape::Tail8 {
            return Self {
                shape,
                scale,
                tail: tail(ratio),
            };
        }
        Self {
            shape,
            scale: scale + ratio.ln(),
            tail: 0.0,
        }
    }

    /// The next time, on this machine.
    pub(crate) fn time(&self, machine: &mut Machine, normal: &mut Normal) -> f64 {
        let logarithm = match self.shape {
            Shape::Bimodal => {
                let slower = if normal.happens(SLOWER.0) {
                    SLOWER.1.ln()
                } else {
                    0.0
                };
                slower + NARROW * normal.draw()
            }
            Shape::Tail8 => {
                let slowed = if normal.happens(TAIL) { self.tail } else { 0.0 };
                slowed + SPREAD * normal.draw()
            }
            Shape::LogNormal | Shape::Drift => SPREAD * normal.draw(),
        };
        (logarithm + self.scale + machine.step(normal)).exp()
    }
}

/// The next time of a control route, whose true median is 1 on a machine as it was.
pub(crate) fn control(machine: &mut Machine, normal: &mut Normal) -> f64 {
    (CONTROL_SPREAD * normal.draw() + machine.step(normal)).exp()
}

/// ln of how much 8 % of requests are slowed so that p95 is so many times what it was.
fn tail(ratio: f64) -> f64 {
    let p95 = Shape::LogNormal.ln_p95() + ratio.ln();
    // What the slowed ones must add to the share above.
    let missing = (0.05 - (1.0 - TAIL) * above(p95 / SPREAD)) / TAIL;
    p95 - SPREAD * exceeded_by(missing)
}
