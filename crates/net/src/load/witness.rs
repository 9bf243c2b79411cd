//! What the observers get to see of a volume: one exchange of each request and status.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::response;
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::Timings;

use super::probe::Received;
use super::series::Series;
use super::volume::Volume;
use crate::client::Inner;
use crate::courier::Persona;
use crate::decode::{self, Kept};
use crate::prepared::Answered;

/// The most bytes of a body that the observers get to see.
pub(super) const SHOWN: usize = 1024 * 1024;

/// The most exchanges of one request: a server may think of a new status for every answer.
const STATUSES: usize = 8;

/// Knows what was shown.
///
/// Place of the request and status, none where there was no answer.
#[derive(Default)]
pub(super) struct Witness(Mutex<BTreeSet<(usize, Option<u16>)>>);

impl Witness {
    /// Whether this exchange is shown; asked once for each answer.
    pub(super) fn wants(&self, series: usize, status: Option<u16>) -> bool {
        let mut chosen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if chosen.contains(&(series, status)) {
            return false;
        }
        let all = (series, None)..=(series, Some(u16::MAX));
        chosen.range(all).count() < STATUSES && chosen.insert((series, status))
    }
}

/// An answer that the observers get to see.
struct Witnessed {
    head: response::Parts,
    /// As it was received.
    body: Bytes,
    truncated: bool,
    timings: Timings,
}

impl Volume {
    /// Publishes an exchange that was chosen, on the runtime of the run: nothing here waits for it. Its
    /// cookies are secrets before anybody sees them. The others are counted.
    pub(super) fn show(&self, place: usize, outcome: &Result<Received, HttpError>) {
        let Some(series) = self.parts.series.get(place) else {
            return;
        };
        let courier = &self.parts.inner.courier;
        let chosen = match outcome {
            Ok(received) => Witnessed::of(received).map(Ok),
            Err(error) => {
                let wanted = self.witness.wants(place, None);
                wanted.then(|| Err(error.clone()))
            }
        };
        let Some(outcome) = chosen else {
            courier.count_unpublished();
            return;
        };
        if let Ok(witnessed) = &outcome {
            // Of nobody, so that they are learned and not kept.
            let (nobody, headers) = (Persona::default(), &witnessed.head.headers);
            series
                .packed()
                .prepared
                .keep_cookies(courier, &nobody, headers);
        }
        let inner = Arc::clone(&self.parts.inner);
        let all = Arc::clone(&self.parts.series);
        self.parts.runtime.spawn(async move {
            if let Some(series) = all.get(place) {
                publish(&inner, series, outcome);
            }
        });
    }
}

impl Witnessed {
    /// Its copy, when it was chosen.
    fn of(received: &Received) -> Option<Self> {
        Some(Self {
            body: received.body.kept.clone()?,
            head: received.head.clone(),
            truncated: received.body.truncated,
            timings: received.timings,
        })
    }

    /// The answer as a single request would have had it.
    fn answered(self, cap: usize) -> Answered {
        // What is not coded as it says is shown as nothing: nobody could read it.
        let kept = decode::undo(&self.head.headers, &self.body, cap).unwrap_or_default();
        Answered {
            kept: Kept {
                truncated: self.truncated || kept.truncated,
                ..kept
            },
            head: self.head,
            elapsed: self.timings.first_byte + self.timings.download,
            timings: self.timings,
        }
    }
}

fn publish(inner: &Inner, series: &Series, outcome: Result<Witnessed, HttpError>) {
    let (courier, request, packed) = (&inner.courier, &series.request, series.packed());
    let prepared = &packed.prepared;
    let persona = Persona {
        identity: series.identity.as_ref(),
        ..Persona::default()
    };
    let cap = SHOWN.min(request.body_cap);
    let outcome = outcome.map(|witnessed| prepared.response(witnessed.answered(cap)));
    courier.publish(prepared.record(courier, request, &persona, &outcome));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_of_each_request_is_chosen_once_and_not_without_end() {
        let witness = Witness::default();
        assert!(witness.wants(0, Some(200)));
        assert!(!witness.wants(0, Some(200)));
        assert!(witness.wants(0, Some(500)) && witness.wants(0, None) && !witness.wants(0, None));
        assert!(witness.wants(1, Some(200)));
        let more = (201..300).filter(|status| witness.wants(1, Some(*status)));
        assert_eq!(more.count(), STATUSES - 1);
    }
}
