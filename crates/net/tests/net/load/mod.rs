//! Many requests, on time.

mod answers;
mod sessions;
mod workloads;

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate_core::ports::http::Request;
use tidegate_core::ports::load::{Answer, Arrival, Arrivals, Load, Sample, Samples, Volume};
use tidegate_core::ports::{Clock, HttpError};

use crate::support::{World, block_on};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(10);

fn milliseconds(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// Arrivals that take turns through so many series, this far apart.
fn every(world: &World, gap: Duration, series: usize, count: u32) -> Arrivals {
    let begin = world.machine.monotonic() + milliseconds(5);
    let schedule = (0..count).map(move |number| Arrival {
        series: number as usize % series,
        at: begin + gap * number,
    });
    Arrivals::Open(Box::new(schedule))
}

fn start(
    world: &World,
    series: Vec<Request>,
    arrivals: Arrivals,
) -> Result<Box<dyn Samples>, HttpError> {
    let volume = Volume {
        series,
        arrivals,
        in_flight: 100,
    };
    block_on(world.client.start(volume))
}

/// Every sample, in the order of arrival.
fn rest(samples: &mut dyn Samples) -> Vec<Sample> {
    let mut all = Vec::new();
    while let Some(sample) = block_on(samples.next()) {
        all.push(sample);
    }
    all.sort_by_key(|sample| sample.number);
    all
}

/// Runs an open workload to its end.
fn open(world: &World, series: Vec<Request>, gap: Duration, count: u32) -> Vec<Sample> {
    let arrivals = every(world, gap, series.len(), count);
    rest(&mut *start(world, series, arrivals).unwrap())
}

fn closed(world: &World, clients: usize, length: Duration, requests: u64) -> Arrivals {
    Arrivals::Closed {
        clients,
        until: world.machine.monotonic() + length,
        requests,
    }
}

fn answers(samples: &[Sample]) -> Vec<&Answer> {
    let answers = samples.iter().map(|sample| sample.answer.as_ref().unwrap());
    answers.collect()
}

/// How often each status came; none for what came to nothing.
fn statuses(samples: &[Sample]) -> BTreeMap<Option<u16>, usize> {
    let mut counted = BTreeMap::new();
    for sample in samples {
        let status = sample.answer.as_ref().ok().map(|answer| answer.status);
        *counted.entry(status).or_default() += 1;
    }
    counted
}

/// Waits until something holds.
fn eventually(what: &str, holds: impl Fn() -> bool) {
    let started = std::time::Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(milliseconds(5));
    }
}
