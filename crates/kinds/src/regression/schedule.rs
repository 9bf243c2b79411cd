//! When each request is sent: pairs at random instants, in a random order inside each pair.

use std::time::Duration;

use tidegate_core::ports::load::Arrival;

use crate::measure::{Instants, Rates};
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
#[derive(Debug, Clone)]
pub(super) struct Extent {
    /// The routes, by their places in the config.
    pub(super) routes: Vec<usize>,
    /// How many pairs of each come first and do not count.
    pub(super) warm_up: u32,
    /// How many pairs of each count.
    pub(super) samples: u32,
    /// How many pairs a second.
    pub(super) rates: Rates,
    /// How long it may take.
    pub(super) within: Duration,
}

/// The pairs of a measurement that begins at `start`, in order of time.
///
/// They come by chance, so that they meet whatever else goes on at regular intervals as often as a client
/// would. The second of a pair follows half way to the next pair.
pub(super) fn slots(extent: &Extent, start: Duration, seed: u64) -> Vec<Slot> {
    let mut random = Seeded::new(seed);
    let routes = extent.routes.len();
    let warm_up = (extent.warm_up as usize).saturating_mul(routes);
    let pairs = warm_up.saturating_add((extent.samples as usize).saturating_mul(routes));
    let end = start + extent.within;
    let mut instants = Instants::new(extent.rates, start, extent.within, random.draw())
        .take_while(|at| *at <= end)
        .peekable();
    let mut order = Vec::new();
    let mut slots = Vec::new();
    while slots.len() < pairs
        && let Some(at) = instants.next()
    {
        if order.is_empty() {
            order.clone_from(&extent.routes);
            random.shuffle(&mut order);
        }
        let next = instants.peek().copied().unwrap_or(end);
        let later = at + next.saturating_sub(at) / 2;
        let first = random.draw() & 1 == 0;
        slots.push(Slot {
            route: order.pop().unwrap_or_default(),
            old: if first { at } else { later },
            new: if first { later } else { at },
            counts: slots.len() >= warm_up,
        });
    }
    slots
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
    use tidegate_core::gate::EnvironmentKind;

    use super::*;

    fn extent() -> Extent {
        Extent {
            routes: vec![0, 1, 2],
            warm_up: 5,
            samples: 200,
            rates: Rates::new(EnvironmentKind::Staging, None, Some(20)),
            within: Duration::from_secs(300),
        }
    }

    #[test]
    fn each_route_gets_as_many_pairs_and_each_side_its_requests_in_order() {
        let start = Duration::from_secs(3);
        let slots = slots(&extent(), start, 7);
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
            let lasted = arrivals.last().unwrap().at - start;
            // 615 at 20 a second and half of the ramp: 33 s, and five standard deviations are 6.
            assert!((27..40).contains(&lasted.as_secs()), "{lasted:?}");
        }
        let both = interleaved(&slots, 3);
        assert!(both.is_sorted_by_key(|(_, arrival)| arrival.at));
        assert_eq!(both.len(), 2 * slots.len());
        let few = Extent {
            routes: vec![2],
            within: Duration::from_secs(5),
            ..extent()
        };
        let few = super::slots(&few, start, 7);
        assert!((60..110).contains(&few.len()) && few.iter().all(|slot| slot.route == 2));
        assert!(
            few.iter()
                .all(|slot| slot.old.max(slot.new) <= start + Duration::from_secs(5))
        );
    }

    #[test]
    fn who_is_asked_first_is_a_coin_that_the_seed_throws() {
        let thrown = slots(&extent(), Duration::ZERO, 7);
        let old_first = thrown.iter().filter(|slot| slot.old < slot.new).count();
        // 615 throws: five standard deviations are 62.
        assert!((246..=369).contains(&old_first), "{old_first}");
        assert_eq!(thrown, slots(&extent(), Duration::ZERO, 7));
        assert_ne!(thrown, slots(&extent(), Duration::ZERO, 8));
    }
}
