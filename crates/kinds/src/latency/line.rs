//! Which route is asked when: the arrivals of a volume, and which routes get no more of them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_core::ports::load::Arrival;

use crate::measure::Instants;
use crate::statistics::Seeded;

/// How long nothing is sent between the last warm-up and the first request that counts, so that a slow
/// first answer is over.
pub(super) const PAUSE: Duration = Duration::from_secs(1);

/// The arrivals of a volume; the client takes them one by one, and routes are closed meanwhile.
#[derive(Clone)]
pub(super) struct Line(Arc<Mutex<State>>);

struct State {
    instants: Instants,
    /// No arrival is later.
    until: Duration,
    /// Routes of warm-ups that are still to come.
    warm: VecDeque<usize>,
    paused: bool,
    /// How many requests each route may still get.
    left: Vec<u32>,
    /// How many all may still get.
    most: u32,
    /// Who comes next in this round, the last first.
    round: Vec<usize>,
    random: Seeded,
    number: u64,
    /// The numbers that each route got, those that were not observed yet.
    issued: Vec<VecDeque<u64>>,
    warm_ups: u64,
}

/// How much is sent.
pub(super) struct Amount {
    /// How many requests that count each route gets at most.
    pub(super) left: Vec<u32>,
    /// How many requests of each route come before those.
    pub(super) warm_up: u32,
    /// The most of all of them, warm-ups included.
    pub(super) most: u32,
    /// The instant after which nothing is sent.
    pub(super) until: Duration,
}

impl Line {
    /// Arrivals at these instants; the order of the routes in a round is left to chance.
    pub(super) fn new(instants: Instants, amount: Amount, seed: u64) -> Self {
        let open = |route: &usize| amount.left[*route] > 0;
        let routes: Vec<usize> = (0..amount.left.len()).filter(open).collect();
        let warm: VecDeque<usize> = (0..amount.warm_up).flat_map(|_| routes.clone()).collect();
        Self(Arc::new(Mutex::new(State {
            instants,
            until: amount.until,
            paused: warm.is_empty(),
            warm_ups: warm.len() as u64,
            warm,
            issued: vec![VecDeque::new(); amount.left.len()],
            left: amount.left,
            most: amount.most,
            round: Vec::new(),
            random: Seeded::new(seed),
            number: 0,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a request comes before those that count.
    pub(super) fn is_warm_up(&self, number: u64) -> bool {
        number < self.state().warm_ups
    }

    /// Gives a route no more arrivals.
    pub(super) fn close(&self, route: usize) {
        if let Some(left) = self.state().left.get_mut(route) {
            *left = 0;
        }
    }

    /// How many requests each route may still get.
    pub(super) fn left(&self) -> Vec<u32> {
        self.state().left.clone()
    }

    /// How many requests all routes may still get.
    pub(super) fn most(&self) -> u32 {
        self.state().most
    }

    /// The number of the route's first arrival that was not taken yet.
    pub(super) fn first(&self, route: usize) -> Option<u64> {
        self.state().issued.get(route)?.front().copied()
    }

    /// Takes it.
    pub(super) fn take_first(&self, route: usize) {
        if let Some(issued) = self.state().issued.get_mut(route) {
            issued.pop_front();
        }
    }
}

impl State {
    fn next_route(&mut self) -> Option<usize> {
        if let Some(route) = self.warm.pop_front() {
            return Some(route);
        }
        loop {
            if self.round.is_empty() {
                let open = |route: &usize| self.left[*route] > 0;
                self.round = (0..self.left.len()).filter(open).collect();
                self.random.shuffle(&mut self.round);
            }
            let route = self.round.pop()?;
            if let Some(left) = self.left[route].checked_sub(1) {
                self.left[route] = left;
                self.issued[route].push_back(self.number);
                return Some(route);
            }
        }
    }

    /// The next arrival.
    fn step(&mut self) -> Option<Arrival> {
        let warm = !self.warm.is_empty();
        let at = self.instants.next()?;
        if !warm && !self.paused {
            self.paused = true;
            self.instants.pause(PAUSE);
            return self.step();
        }
        if at > self.until {
            return None;
        }
        self.most = self.most.checked_sub(1)?;
        let series = self.next_route()?;
        self.number += 1;
        Some(Arrival { series, at })
    }
}

impl Iterator for Line {
    type Item = Arrival;

    fn next(&mut self) -> Option<Arrival> {
        self.state().step()
    }
}
