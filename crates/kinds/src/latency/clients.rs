//! Many clients at once: each asks again once it was answered, first one of them alone and then all.

use std::time::Duration;

use tidegate_core::check::CheckError;
use tidegate_core::ports::load::{Arrivals, Samples, Volume};

use super::config::{ALONE, Clients, Config};
use super::run::Attempt;
use super::watch::{Seen, Trouble, Watch};
use crate::measure::Lateness;

/// What came of both measurements.
pub(super) struct Load<'c> {
    /// One client.
    pub(super) alone: Watch<'c>,
    /// All of them.
    pub(super) together: Watch<'c>,
    /// How long all of them asked.
    pub(super) lasted: Duration,
    /// Whether it was one client already that it ended with.
    pub(super) ended_alone: bool,
    /// Why it ended early, if it did.
    pub(super) trouble: Option<Trouble>,
}

/// How a part of it is sent.
struct Part {
    clients: usize,
    lasting: Duration,
    requests: u64,
    /// How many requests come first and do not count.
    warm_up: u64,
}

/// Measures one client and then all.
pub(super) async fn measure<'c>(
    attempt: &mut Attempt<'c>,
    clients: &Clients,
) -> Result<Load<'c>, CheckError> {
    let comparisons = attempt.comparisons();
    let mut alone = Watch::new(attempt.subjects()?, comparisons, attempt.seed("alone"));
    let together = Watch::new(attempt.subjects()?, comparisons, attempt.seed("together"));
    let warm_up = u64::from(attempt.config.warm_up) * alone.subjects.len() as u64;
    let one = Part {
        clients: 1,
        lasting: ALONE.min(clients.lasting) + ALONE,
        requests: warm_up + Config::most_alone(),
        warm_up,
    };
    let trouble = send(attempt, &mut alone, &one).await?;
    let mut load = Load {
        alone,
        together,
        lasted: Duration::ZERO,
        ended_alone: trouble.is_some(),
        trouble,
    };
    if load.trouble.is_none() {
        let all = Part {
            clients: clients.count as usize,
            lasting: clients.lasting,
            requests: u64::from(clients.most_requests()),
            // The first request of each client opens its connection.
            warm_up: u64::from(clients.count),
        };
        let began = attempt.clock().monotonic();
        load.trouble = send(attempt, &mut load.together, &all).await?;
        load.lasted = attempt.clock().monotonic().saturating_sub(began);
    }
    Ok(load)
}

async fn send(
    attempt: &mut Attempt<'_>,
    watch: &mut Watch<'_>,
    part: &Part,
) -> Result<Option<Trouble>, CheckError> {
    let requests = watch.subjects.iter().map(|subject| subject.request.clone());
    let volume = Volume {
        series: requests.collect(),
        arrivals: Arrivals::Closed {
            clients: part.clients,
            until: attempt.clock().monotonic() + part.lasting,
            requests: part.requests,
        },
        in_flight: part.clients,
    };
    let samples = attempt.start(volume).await?;
    let trouble = listen(watch, samples, part.warm_up).await?;
    let departures = std::mem::take(&mut watch.departures);
    attempt.add_lateness(Lateness::of(&departures, part.clients));
    Ok(trouble.or_else(|| watch.failing()))
}

async fn listen(
    watch: &mut Watch<'_>,
    mut samples: Box<dyn Samples>,
    warm_up: u64,
) -> Result<Option<Trouble>, CheckError> {
    while let Some(sample) = samples.next().await {
        if let Seen::Ends(trouble) = watch.see(&sample, sample.number < warm_up)? {
            return Ok(Some(trouble));
        }
    }
    Ok(None)
}
