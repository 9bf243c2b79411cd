//! How long a server takes, request by request.

use std::time::Duration;

use crate::random::Random;

/// What a server does with the requests of a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// How long each takes.
    pub service: Service,
    /// When nothing is served.
    pub stall: Option<Stall>,
    /// The size of an answer's body in bytes.
    pub body: usize,
    /// The status of its answers.
    pub status: u16,
    /// How many requests a connection carries before the server closes it without a word; at least one.
    pub requests_per_connection: u32,
    /// The seed of all randomness.
    pub seed: u64,
}

/// Where service times come from; the log-normal, bimodal and drifting ones are those of the acceptance
/// table of the latency checks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Service {
    /// Always the same.
    Constant(Duration),
    /// The median times exp(N(0, `sigma`)).
    LogNormal {
        /// The time of half the requests, at most.
        median: Duration,
        /// The standard deviation of its logarithm.
        sigma: f64,
    },
    /// Nine of ten by one median and one of ten by four times that, times exp(N(0, 0.25)).
    Bimodal {
        /// The median of the fast ones.
        median: Duration,
    },
    /// Log-normal with σ 0.5, times exp of an AR(1) with a standard deviation of 0.15 that forgets in 100
    /// requests.
    Drift {
        /// The median without the drift.
        median: Duration,
    },
    /// Log-normal with σ 0.5, and eight of a hundred take so many times as long.
    Tail {
        /// The median of the others.
        median: Duration,
        /// How many times as long.
        factor: f64,
    },
}

/// Nothing is served for a while, again and again: the end of each period. What comes then waits for its
/// end, and what is being served goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stall {
    /// How long nothing is served.
    pub length: Duration,
    /// From the end of one to the end of the next.
    pub every: Duration,
}

impl Plan {
    /// A plan without stalls, with small answers of 200 and connections that stay open.
    pub fn of(service: Service) -> Self {
        Self {
            service,
            stall: None,
            body: 32,
            status: 200,
            requests_per_connection: u32::MAX,
            seed: 1,
        }
    }

    /// The same with stalls.
    pub fn stalling(self, length: Duration, every: Duration) -> Self {
        Self {
            stall: Some(Stall { length, every }),
            ..self
        }
    }
}

impl Stall {
    /// How long something waits that comes at an instant.
    pub(super) fn rest(self, at: Duration) -> Duration {
        let period = self.every.as_nanos().max(1);
        // Less than the period, which is a duration.
        let within = Duration::from_nanos(u64::try_from(at.as_nanos() % period).unwrap_or(0));
        if within + self.length < self.every {
            return Duration::ZERO;
        }
        self.every - within
    }
}

/// A plan as it is carried out.
pub(super) struct Course {
    plan: Plan,
    random: Random,
    number: u64,
    drift: f64,
}

/// What is done with one request.
pub(super) struct Step {
    pub(super) number: u64,
    pub(super) service: Duration,
    pub(super) stall: Option<Stall>,
    pub(super) body: usize,
    pub(super) status: u16,
    pub(super) requests_per_connection: u32,
}

impl Course {
    pub(super) fn new(plan: Plan) -> Self {
        Self {
            plan,
            random: Random::new(plan.seed),
            number: 0,
            drift: 0.0,
        }
    }

    pub(super) fn restart(&mut self) {
        *self = Self::new(self.plan);
    }

    pub(super) fn next(&mut self) -> Step {
        let number = self.number;
        self.number += 1;
        Step {
            number,
            service: self.service(),
            stall: self.plan.stall,
            body: self.plan.body,
            status: self.plan.status,
            requests_per_connection: self.plan.requests_per_connection.max(1),
        }
    }

    fn service(&mut self) -> Duration {
        let random = &mut self.random;
        match self.plan.service {
            Service::Constant(time) => time,
            Service::LogNormal { median, sigma } => median.mul_f64((sigma * random.normal()).exp()),
            Service::Bimodal { median } => {
                let times = if random.uniform() < 0.1 { 4.0 } else { 1.0 };
                median.mul_f64(times * (0.25 * random.normal()).exp())
            }
            Service::Drift { median } => {
                let kept = (-1.0_f64 / 100.0).exp();
                let new = 0.15 * (1.0 - kept * kept).sqrt() * random.normal();
                self.drift = kept * self.drift + new;
                median.mul_f64((0.5 * random.normal() + self.drift).exp())
            }
            Service::Tail { median, factor } => {
                let times = if random.uniform() < 0.08 { factor } else { 1.0 };
                median.mul_f64(times * (0.5 * random.normal()).exp())
            }
        }
    }
}
