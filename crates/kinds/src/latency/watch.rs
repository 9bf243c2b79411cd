//! What is watched while samples come: whether the portal fails, asks for patience, or is not what was
//! meant.

use tidegate_core::check::CheckError;
use tidegate_core::ports::load::Sample;

use super::subject::Subject;
use super::track::Track;
use crate::measure::{Bursts, Departure, Outcome};

/// Why a volume ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Requests failed or timed out one after the other.
    Burst {
        /// The route of the last one.
        route: usize,
    },
    /// Too many requests of a route failed for chance.
    Share {
        /// The route.
        route: usize,
    },
    /// The portal asks for fewer requests, in so many seconds if it says so.
    Limited {
        /// The route.
        route: usize,
        /// The seconds.
        after: Option<u64>,
        /// With which status.
        status: u16,
    },
    /// A route answers something else than what was to be measured.
    Odd {
        /// The route.
        route: usize,
        /// The status.
        status: u16,
        /// Where it leads to, for a redirect.
        location: Option<String>,
    },
}

/// The routes of a volume and what was seen of them.
pub(super) struct Watch<'c> {
    /// The routes.
    pub(super) subjects: Vec<Subject<'c>>,
    /// What was seen of each.
    pub(super) tracks: Vec<Track<'c>>,
    /// When each request of the volume was due, sent and over.
    pub(super) departures: Vec<Departure>,
    /// Those of all routes together, and then those of each.
    bursts: Vec<Bursts>,
}

/// What a sample is good for.
pub(super) enum Seen {
    /// It counts, with this time from when it was due in milliseconds.
    Counts(f64),
    /// It does not count.
    Nothing,
    /// It ends the volume.
    Ends(Trouble),
}

impl<'c> Watch<'c> {
    /// Nothing seen yet; `comparisons` are the claims that the check judges.
    pub(super) fn new(subjects: Vec<Subject<'c>>, comparisons: u32, seed: u64) -> Self {
        let routes = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
        let tracks = subjects.iter().zip(seed..).map(|(subject, seed)| {
            Track::new(
                subject.route,
                subject.name.clone(),
                (comparisons, routes),
                seed,
            )
        });
        let bursts = (0..=subjects.len()).map(|_| Bursts::default());
        Self {
            bursts: bursts.collect(),
            tracks: tracks.collect(),
            subjects,
            departures: Vec::new(),
        }
    }

    /// Looks at a sample; one of the warm-up does not count, but its failure does.
    ///
    /// # Errors
    /// When it could not be sent for a reason that is not the portal's.
    pub(super) fn see(&mut self, sample: &Sample, warm_up: bool) -> Result<Seen, CheckError> {
        self.departures.push(sample.into());
        let route = sample.series;
        let (Some(subject), Some(track)) = (self.subjects.get(route), self.tracks.get_mut(route))
        else {
            return Ok(Seen::Nothing);
        };
        let (failed, timed_out) = match subject.outcome(sample)? {
            Outcome::Answered => (None, false),
            Outcome::TimedOut => (None, true),
            Outcome::Failed(words) => (Some(words), false),
            Outcome::Limited(after) => return Ok(Seen::Ends(limited(sample, after))),
            Outcome::Odd(answer) if track.count() == 0 && track.warm.is_empty() => {
                return Ok(Seen::Ends(Trouble::Odd {
                    route,
                    status: answer.status,
                    location: answer.header("location").map(str::to_owned),
                }));
            }
            Outcome::Odd(answer) => (Some(format!("status {}", answer.status)), false),
        };
        track.errors.see(failed.as_deref());
        track.silent += u64::from(timed_out);
        let bad = failed.is_some() || timed_out;
        let mut burst = false;
        for place in [0, route + 1] {
            let bursts = self.bursts.get_mut(place);
            burst |= bursts.is_some_and(|bursts| bursts.note(sample.number, bad));
        }
        if burst {
            return Ok(Seen::Ends(Trouble::Burst { route }));
        }
        if track.errors.too_many() {
            return Ok(Seen::Ends(Trouble::Share { route }));
        }
        if failed.is_some() {
            return Ok(Seen::Nothing);
        }
        if warm_up {
            track
                .warm
                .push(crate::measure::milliseconds(sample.waited()));
            return Ok(Seen::Nothing);
        }
        Ok(Seen::Counts(track.take(sample)))
    }

    /// Notes by how much this machine was late, in milliseconds.
    pub(super) fn late_by(&mut self, late: f64) {
        for track in &mut self.tracks {
            track.late = late;
        }
    }

    /// A route of which too many requests failed for chance, now that no more come.
    pub(super) fn failing(&self) -> Option<Trouble> {
        let mut tracks = self.tracks.iter();
        let route = tracks.position(|track| track.errors.conclude())?;
        Some(Trouble::Share { route })
    }
}

fn limited(sample: &Sample, after: Option<u64>) -> Trouble {
    Trouble::Limited {
        route: sample.series,
        after,
        status: sample.answer.as_ref().map_or(429, |answer| answer.status),
    }
}
