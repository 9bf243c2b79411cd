//! How late this machine sent what was due.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use tidegate_core::ports::load::Sample;

use super::words::time;

/// The largest share of what is judged by which this machine may be late.
const LATE: f64 = 0.10;
/// So late it may always be where it is held against something measured: less is the grain of its own
/// clock and scheduler.
const GRAIN: Duration = Duration::from_millis(5);

/// When one request was due, sent and over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Departure {
    number: u64,
    planned: Duration,
    sent: Duration,
    ended: Duration,
}

impl From<&Sample> for Departure {
    fn from(sample: &Sample) -> Self {
        Self {
            number: sample.number,
            planned: sample.planned,
            sent: sample.sent,
            ended: sample.ended,
        }
    }
}

/// How late a volume was sent by this machine's own fault.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Lateness {
    /// How late each request was, ascending.
    ascending: Vec<Duration>,
    /// Whether a request ended before it began: its clock went back.
    pub(crate) backwards: bool,
}

impl Lateness {
    /// Of a volume of which at most so many waited for an answer at once. What waited for a place among
    /// them was held back to spare the portal: that is not counted as late.
    pub(crate) fn of(departures: &[Departure], in_flight: usize) -> Self {
        let mut ordered = departures.to_vec();
        ordered.sort_by_key(|one| one.number);
        let mut waiting: BinaryHeap<Reverse<Duration>> = BinaryHeap::new();
        let mut late = Vec::with_capacity(ordered.len());
        for one in &ordered {
            while waiting
                .peek()
                .is_some_and(|Reverse(end)| *end <= one.planned)
            {
                waiting.pop();
            }
            let mut due = one.planned;
            while waiting.len() >= in_flight.max(1) {
                let freed = waiting.pop().map_or(due, |Reverse(end)| end);
                due = due.max(freed);
            }
            waiting.push(Reverse(one.ended));
            late.push(one.sent.saturating_sub(due));
        }
        late.sort_unstable();
        Self {
            ascending: late,
            backwards: ordered.iter().any(|one| one.ended < one.sent),
        }
    }

    /// Adds those of another volume.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.ascending.extend(other.ascending);
        self.ascending.sort_unstable();
        self.backwards |= other.backwards;
        self
    }

    /// What all requests but one in a hundred kept to. A single late one never counts: with fewer than a
    /// hundred requests it would be the 99th percentile all by itself.
    pub(crate) fn p99(&self) -> Duration {
        let count = self.ascending.len();
        let forgiven = (count / 100).max(1);
        let place = count.checked_sub(forgiven + 1);
        place.map_or(Duration::ZERO, |place| self.ascending[place])
    }

    /// Whether it is too late to judge times that are usually so long.
    pub(crate) fn is_too_late_for(&self, usual: Duration) -> bool {
        self.p99() > Self::most_for(usual)
    }

    /// How late it may be where times are usually so long.
    pub(crate) fn most_for(usual: Duration) -> Duration {
        usual.mul_f64(LATE).max(GRAIN)
    }
}

/// That this machine was late by more than may be, in milliseconds, `of` what is judged.
pub(crate) fn busy(late: f64, most: f64, of: &str) -> String {
    format!(
        "this machine is too busy to measure: 1 in 100 requests was sent {} late or more, and {} is the most for {of}; run the check on a quieter machine, or nothing else beside it",
        time(late),
        time(most)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn departure(number: u64, planned: u64, sent: u64, ended: u64) -> Departure {
        let at = Duration::from_millis;
        Departure {
            number,
            planned: at(planned),
            sent: at(sent),
            ended: at(ended),
        }
    }

    #[test]
    fn what_waits_for_a_place_is_not_late() {
        let held_back = [
            departure(0, 0, 0, 100),
            departure(1, 10, 100, 200),
            departure(2, 20, 205, 300),
        ];
        let late = Lateness::of(&held_back, 1);
        assert_eq!(late.ascending.last(), Some(&Duration::from_millis(5)));
        let late = Lateness::of(&held_back, 8);
        assert_eq!(late.ascending.last(), Some(&Duration::from_millis(185)));
    }

    #[test]
    fn one_in_a_hundred_may_be_late_and_always_one() {
        let sent = |late: usize, count: u64| {
            let one = |number| {
                let lateness = if number < late as u64 { 40 } else { 0 };
                departure(
                    number,
                    number * 100,
                    number * 100 + lateness,
                    number * 100 + 50,
                )
            };
            let all: Vec<Departure> = (0..count).map(one).collect();
            Lateness::of(&all, 8).p99()
        };
        assert_eq!(sent(1, 60), Duration::ZERO);
        assert_eq!(sent(2, 60), Duration::from_millis(40));
        assert_eq!(sent(3, 300), Duration::ZERO);
        assert_eq!(sent(4, 300), Duration::from_millis(40));
        assert_eq!(sent(1, 1), Duration::ZERO);
        assert_eq!(sent(0, 0), Duration::ZERO);
    }

    #[test]
    fn a_request_that_ends_before_it_begins_is_told() {
        assert!(!Lateness::of(&[departure(0, 0, 5, 5)], 8).backwards);
        assert!(Lateness::of(&[departure(0, 0, 5, 4)], 8).backwards);
    }
}
