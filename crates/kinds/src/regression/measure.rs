//! The sending of a schedule, and what became of each request.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use tidegate_core::ports::http::{HttpError, Request};
use tidegate_core::ports::load::{Arrival, Arrivals, Sample, Samples, Volume};
use tidegate_core::ports::{Http, Load};

use crate::measure::{Bursts, Departure, Outcome, milliseconds};

/// A deploy that is measured.
#[derive(Clone)]
pub(super) struct Deploy {
    /// What it is called in sentences: `the old deploy`.
    pub(super) name: &'static str,
    /// Single requests to it.
    pub(super) http: Arc<dyn Http>,
    /// Many requests to it.
    pub(super) load: Arc<dyn Load>,
}

/// What one deploy is sent.
pub(super) struct Errand {
    /// The requests.
    pub(super) series: Vec<Request>,
    /// When each is sent.
    pub(super) arrivals: Vec<Arrival>,
    /// The most that may wait for an answer at once.
    pub(super) in_flight: usize,
    /// The instant after which nothing is sent, though it may have been due before.
    pub(super) until: Duration,
}

/// What became of a request.
#[derive(Debug, Clone)]
pub(super) struct Taken {
    /// Which request it was.
    pub(super) series: usize,
    /// Its place in the order of arrivals.
    pub(super) number: usize,
    /// When it was due.
    pub(super) planned: Duration,
    /// When it was due, sent and over.
    pub(super) departure: Departure,
    /// How long it took from when it was due.
    pub(super) waited: Duration,
    /// How it ended.
    pub(super) end: End,
}

/// How a request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    /// With a success of this status.
    Answered(u16),
    /// Not in time; the time until then counts.
    TimedOut,
    /// With an error: the words say which.
    Failed(String),
    /// With another status, and where that leads to.
    Odd(u16, Option<String>),
}

impl Taken {
    fn of(sample: &Sample, end: End) -> Self {
        Self {
            series: sample.series,
            number: usize::try_from(sample.number).unwrap_or(usize::MAX),
            planned: sample.planned,
            departure: Departure::from(sample),
            waited: sample.waited(),
            end,
        }
    }

    /// How long it took, in milliseconds, when that says something of the route: it succeeded, or it
    /// did not end in time.
    pub(super) fn milliseconds(&self) -> Option<f64> {
        matches!(self.end, End::Answered(_) | End::TimedOut).then(|| milliseconds(self.waited))
    }
}

/// Everything that was measured of one deploy.
#[derive(Debug, Clone, Default)]
pub(super) struct Side {
    /// In order of arrival.
    pub(super) taken: Vec<Taken>,
    /// Why nothing more was sent, when it was stopped.
    pub(super) stopped: Option<Stopped>,
}

/// Why nothing more was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stopped {
    /// It asked for fewer requests (RFC 6585, 4): with this status, and for so many seconds, if it said so.
    Limited(u16, Option<u64>),
    /// It failed so often one after the other; the last failure.
    Failing(String),
    /// It was well, and the other one was not.
    Other,
}

/// How a request ended, and why nothing more is to be sent after it, if it is a reason.
fn end(bursts: &mut Bursts, sample: &Sample) -> Result<(End, Option<Stopped>), HttpError> {
    let status = sample.answer.as_ref().map_or(0, |answer| answer.status);
    let outcome = Outcome::of(sample, |status| (200..300).contains(&status))?;
    let limited = match outcome {
        Outcome::Limited(after) => Some(Stopped::Limited(status, after)),
        _ => None,
    };
    let end = match outcome {
        Outcome::Answered => End::Answered(status),
        Outcome::TimedOut => End::TimedOut,
        Outcome::Limited(_) => End::Failed(format!("status {status}")),
        Outcome::Failed(words) => End::Failed(words),
        Outcome::Odd(answer) => End::Odd(status, answer.header("location").map(str::to_owned)),
    };
    let failure = match &end {
        End::Failed(words) => Some(words.clone()),
        End::TimedOut => sample.answer.as_ref().err().map(ToString::to_string),
        End::Answered(_) | End::Odd(..) => None,
    };
    let burst = bursts.note(sample.number, failure.is_some());
    let failing = failure.filter(|_| burst).map(Stopped::Failing);
    Ok((end, limited.or(failing)))
}

async fn collect(
    mut samples: Box<dyn Samples>,
    until: Duration,
    halt: &AtomicBool,
) -> Result<Side, HttpError> {
    let mut side = Side::default();
    let mut bursts = Bursts::default();
    while let Some(sample) = samples.next().await {
        let (end, reason) = end(&mut bursts, &sample)?;
        if sample.ended >= until {
            samples.stop();
        }
        side.taken.push(Taken::of(&sample, end));
        let other = halt.load(Ordering::Relaxed).then_some(Stopped::Other);
        if side.stopped.is_none()
            && let Some(reason) = reason.or(other)
        {
            halt.store(true, Ordering::Relaxed);
            samples.stop();
            side.stopped = Some(reason);
        }
    }
    side.taken.sort_by_key(|taken| taken.number);
    Ok(side)
}

impl Deploy {
    async fn send(&self, errand: Errand, halt: &AtomicBool) -> Result<Side, HttpError> {
        let volume = Volume {
            series: errand.series,
            arrivals: Arrivals::Open(Box::new(errand.arrivals.into_iter())),
            in_flight: errand.in_flight,
        };
        let measured = match self.load.start(volume).await {
            Ok(samples) => collect(samples, errand.until, halt).await,
            Err(error) => Err(error),
        };
        if measured.is_err() {
            halt.store(true, Ordering::Relaxed);
        }
        measured
    }

    /// Sends everything to this deploy alone.
    ///
    /// # Errors
    /// When a request cannot be sent at all.
    pub(super) async fn alone(&self, errand: Errand) -> Result<Side, HttpError> {
        self.send(errand, &AtomicBool::new(false)).await
    }
}

/// Sends everything to both at the same time; when one has to stop, the other does.
pub(super) async fn both(
    (old, to_old): (&Deploy, Errand),
    (new, to_new): (&Deploy, Errand),
) -> (Result<Side, HttpError>, Result<Side, HttpError>) {
    let halt = AtomicBool::new(false);
    together(old.send(to_old, &halt), new.send(to_new, &halt)).await
}

/// Waits for both.
async fn together<A: Future, B: Future>(one: A, other: B) -> (A::Output, B::Output) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    let (mut first, mut second) = (None, None);
    poll_fn(|context| {
        if first.is_none()
            && let Poll::Ready(ended) = one.as_mut().poll(context)
        {
            first = Some(ended);
        }
        if second.is_none()
            && let Poll::Ready(ended) = other.as_mut().poll(context)
        {
            second = Some(ended);
        }
        match (first.take(), second.take()) {
            (Some(first), Some(second)) => Poll::Ready((first, second)),
            (one, other) => {
                (first, second) = (one, other);
                Poll::Pending
            }
        }
    })
    .await
}
