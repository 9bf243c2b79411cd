//! What the observers get to see of a volume: one exchange of each request and status.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::HeaderMap;
use http::header::SET_COOKIE;
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::{Response, Timings};

use super::probe::Received;
use super::series::Series;
use super::volume::Volume;
use crate::client::Inner;
use crate::exchange::{self, Sent};
use crate::session::jar;
use crate::{decode, headers};

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
    status: u16,
    version: &'static str,
    headers: HeaderMap,
    /// As it was received.
    body: Bytes,
    truncated: bool,
    timings: Timings,
}

impl Volume {
    /// Publishes an exchange that was chosen, on the runtime of the run: nothing here waits for it. Its
    /// cookies are secrets before anybody sees them.
    pub(super) fn show(&self, place: usize, outcome: &Result<Received, HttpError>) {
        let Some(series) = self.parts.series.get(place) else {
            return;
        };
        let outcome = match outcome {
            Ok(received) => match Witnessed::of(received) {
                Some(witnessed) => Ok(witnessed),
                None => return,
            },
            Err(error) if self.witness.wants(place, None) => Err(error.clone()),
            Err(_) => return,
        };
        if let Ok(witnessed) = &outcome {
            let secrets = &*self.parts.inner.courier.secrets;
            for value in witnessed.headers.get_all(SET_COOKIE) {
                let text = String::from_utf8_lossy(value.as_bytes());
                jar::learn(&text, series.prepared.url(), secrets);
            }
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
            status: received.head.status.as_u16(),
            version: super::probe::version(received.head.version),
            headers: received.head.headers.clone(),
            truncated: received.body.truncated,
            timings: received.timings,
        })
    }

    /// The response as a single request would have had it.
    fn response(self, series: &Series) -> Response {
        let cap = SHOWN.min(series.request.body_cap);
        // What is not coded as it says is shown as nothing: nobody could read it.
        let kept = decode::undo(&self.headers, &self.body, cap).unwrap_or_default();
        Response {
            status: self.status,
            version: self.version.to_owned(),
            headers: headers::shown(&self.headers),
            truncated: self.truncated || kept.truncated,
            body: kept.bytes.into(),
            url: series.prepared.url().to_string(),
            redirects: Vec::new(),
            refused_redirect: None,
            cookies: Vec::new(),
            elapsed: self.timings.first_byte + self.timings.download,
            timings: self.timings,
            authenticated: series.identity.is_some(),
        }
    }
}

fn publish(inner: &Inner, series: &Series, outcome: Result<Witnessed, HttpError>) {
    let sent = Sent {
        method: series.prepared.method().as_str(),
        url: series.prepared.url().as_str(),
        headers: series.prepared.headers(),
        body: series.prepared.body(),
    };
    let outcome = outcome.map(|witnessed| witnessed.response(series));
    let courier = &inner.courier;
    let identity = series.identity.as_ref();
    let recorded = exchange::record(
        &series.request,
        identity,
        &sent,
        &outcome,
        &*courier.secrets,
    );
    courier.publish(recorded);
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
