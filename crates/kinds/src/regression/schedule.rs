//! When each request is sent: pairs at random instants, in a random order inside each pair.

use std::time::Duration;

use tidegate_core::ports::load::Arrival;

use crate::statistics::Seeded;

/// One request to each of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    /// The route, by its place in the config.
    pub(super) route: usize,
    /// When the old deploy, or the control, is asked.
    pub(super) old: Duration,
    /// When the new deploy is.
    pub(super) new: Duration,
    /// Whether it counts: it is no warm-up.
    pub(super) counts: bool,
}

/// How much is sent, and how fast.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    /// How many routes there are.
    pub(super) routes: usize,
    /// How many pairs of each come first and do not count.
    pub(super) warm_up: u32,
    /// How many pairs of each count.
    pub(super) samples: u32,
    /// The time from one pair to the next, on average.
    pub(super) gap: Duration,
}

/// The pairs of a measurement that begins at `start`, in order of time.
///
/// So many instants, each anywhere in the time they have, are Poisson arrivals of which the number is
/// known (Kingman, *Poisson Processes*, 1993, section 2.4): they meet whatever else goes on at regular
/// intervals as often as a client would. The second of a pair follows half way to the next pair.
pub(super) fn slots(extent: &Extent, start: Duration, seed: u64) -> Vec<Slot> {
    let mut random = Seeded::new(seed);
    let routes = u32::try_from(extent.routes).unwrap_or(u32::MAX);
    let (warm_up, samples) = (extent.warm_up * routes, extent.samples * routes);
    // A ramp: half the rate.
    let ramp = extent.gap * 2;
    let mut instants: Vec<Duration> = (0..warm_up).map(|number| start + ramp * number).collect();
    let from = start + ramp * warm_up;
    let length = u64::try_from((extent.gap * samples).as_nanos()).unwrap_or(u64::MAX);
    let mut measured: Vec<Duration> = (0..samples)
        .map(|_| from + Duration::from_nanos(random.below(length)))
        .collect();
    measured.sort_unstable();
    instants.extend(measured);
    let end = from + extent.gap * samples;
    let mut order = Vec::new();
    let mut slots = Vec::with_capacity(instants.len());
    for (number, at) in instants.iter().enumerate() {
        if order.is_empty() {
            order = shuffled(extent.routes, &mut random);
        }
        let next = instants.get(number + 1).copied().unwrap_or(end);
        let later = *at + next.saturating_sub(*at) / 2;
        let first = random.draw() & 1 == 0;
        slots.push(Slot {
            route: order.pop().unwrap_or_default(),
            old: if first { *at } else { later },
            new: if first { later } else { *at },
            counts: number >= warm_up as usize,
        });
    }
    slots
}

/// The places of so many routes in a random order (Fisher and Yates; Durstenfeld, CACM 7(7), 1964).
fn shuffled(routes: usize, random: &mut Seeded) -> Vec<usize> {
    let mut order: Vec<usize> = (0..routes).collect();
    for last in (1..routes).rev() {
        order.swap(last, random.index(last + 1));
    }
    order
}

/// What the old deploy is sent; the number of an arrival is the place of its pair.
pub(super) fn to_old(slots: &[Slot]) -> Vec<Arrival> {
    let arrivals = slots.iter().map(|slot| Arrival {
        series: slot.route,
        at: slot.old,
    });
    arrivals.collect()
}

/// The same for the new one.
pub(super) fn to_new(slots: &[Slot]) -> Vec<Arrival> {
    let arrivals = slots.iter().map(|slot| Arrival {
        series: slot.route,
        at: slot.new,
    });
    arrivals.collect()
}

/// Both to one deploy, where the control takes the place of the old one: each arrival with the place of
/// its pair, in order of time.
pub(super) fn interleaved(slots: &[Slot], control: usize) -> Vec<(usize, Arrival)> {
    let pair = |(place, slot): (usize, &Slot)| {
        let control = Arrival {
            series: control,
            at: slot.old,
        };
        let route = Arrival {
            series: slot.route,
            at: slot.new,
        };
        [(place, control), (place, route)]
    };
    let mut all: Vec<(usize, Arrival)> = slots.iter().enumerate().flat_map(pair).collect();
    all.sort_by_key(|(_, arrival)| arrival.at);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXTENT: Extent = Extent {
        routes: 3,
        warm_up: 5,
        samples: 200,
        gap: Duration::from_millis(50),
    };

    #[test]
    fn each_route_gets_as_many_pairs_and_each_side_its_requests_in_order() {
        let start = Duration::from_secs(3);
        let slots = slots(&EXTENT, start, 7);
        for route in 0..3 {
            let of = |counts| {
                let fits = |slot: &&Slot| slot.route == route && slot.counts == counts;
                slots.iter().filter(fits).count()
            };
            assert_eq!((of(false), of(true)), (5, 200), "{route}");
        }
        for arrivals in [to_old(&slots), to_new(&slots)] {
            assert!(arrivals.is_sorted_by_key(|arrival| arrival.at));
            assert!(arrivals[0].at >= start);
            let last = start + EXTENT.gap * (2 * 5 + 200) * 3;
            assert!(arrivals.last().unwrap().at <= last);
        }
        let both = interleaved(&slots, 3);
        assert!(both.is_sorted_by_key(|(_, arrival)| arrival.at));
        assert_eq!(both.len(), 2 * slots.len());
    }

    #[test]
    fn who_is_asked_first_is_a_coin_that_the_seed_throws() {
        let thrown = slots(&EXTENT, Duration::ZERO, 7);
        let old_first = thrown.iter().filter(|slot| slot.old < slot.new).count();
        // 615 throws: five standard deviations are 62.
        assert!((246..=369).contains(&old_first), "{old_first}");
        assert_eq!(thrown, slots(&EXTENT, Duration::ZERO, 7));
        assert_ne!(thrown, slots(&EXTENT, Duration::ZERO, 8));
    }
}
