//! How the time grows from a short page to a long one: both are asked one after the other, and compared
//! pair by pair.
//!
//! A single request waits for an answer at any time, and its time counts from when it was sent. If both
//! pages waited in one queue, as at a rate that is too much for the portal, each would take as long as the
//! queue, and the growth would not be seen.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate_core::check::CheckError;
use tidegate_core::ports::load::{Arrival, Arrivals, Sample, Volume};

use super::config::{FEWEST_PAIRS, Growth, PAIR_WARM_UPS};
use super::run::Attempt;
use super::subject::Subject;
use super::watch::{Seen, Trouble, Watch};
use crate::measure::{Departure, Instants, Lateness, milliseconds};
use crate::statistics::{
    Comparison, Conclusion, Paired, Seeded, ascending, compare_among, nearest_rank,
};

/// How many requests wait for an answer at once.
const ALONE: usize = 1;

/// A short page and a long one, and what their times say.
pub(super) struct Pages<'c> {
    /// How it may grow.
    pub(super) growth: &'c Growth,
    /// The place of the short page among the subjects; the long one follows it.
    pub(super) place: usize,
    /// The times, pair by pair, in milliseconds.
    pub(super) pairs: Paired,
    /// What was concluded.
    pub(super) comparison: Option<Comparison>,
}

/// A request of the volume: which pair, and which of its pages.
#[derive(Clone, Copy)]
struct Ticket {
    pages: usize,
    pair: usize,
    series: usize,
}

/// The pages of the check and what is watched of them; nothing when no route grows.
pub(super) fn pages<'c>(
    attempt: &Attempt<'c>,
) -> Result<Option<(Watch<'c>, Vec<Pages<'c>>)>, CheckError> {
    let (mut subjects, mut all) = (Vec::new(), Vec::new());
    for route in &attempt.routes {
        let Some(growth) = &route.growth else {
            continue;
        };
        all.push(Pages {
            growth,
            place: subjects.len(),
            pairs: Paired::default(),
            comparison: None,
        });
        let (context, session) = (attempt.context, attempt.session);
        let name = growth.from.name();
        subjects.push(Subject::with(route, &growth.from, name, context, session)?);
        subjects.push(Subject::of(route, context, session)?);
    }
    let seed = attempt.seed("pages");
    let watch = (!all.is_empty()).then(|| Watch::new(subjects, 1, seed));
    Ok(watch.map(|watch| (watch, all)))
}

/// What came of the pairs.
pub(super) struct Paged {
    /// Why it ended early, if it did.
    pub(super) trouble: Option<Trouble>,
    /// How late this machine sent.
    pub(super) lateness: Lateness,
}

/// Measures all pairs.
pub(super) async fn measure(
    attempt: &mut Attempt<'_>,
    watch: &mut Watch<'_>,
    pages: &mut [Pages<'_>],
    until: Duration,
) -> Result<Paged, CheckError> {
    let wanted = attempt.config.pairs(attempt.rates) as usize;
    let mut most = attempt.config.most_of_growth() as usize;
    let mut lateness = Lateness::default();
    loop {
        let (trouble, departures) = volume(attempt, watch, pages, (wanted, most), until).await?;
        most = most.saturating_sub(departures.len());
        lateness = lateness.and(Lateness::of(&departures, ALONE));
        let waited = match &trouble {
            Some(Trouble::Limited { after, .. }) => attempt.patience(*after, until).await,
            _ => false,
        };
        if !waited {
            return Ok(Paged { trouble, lateness });
        }
        attempt.rates = attempt.rates.halved();
    }
}

/// Sends pairs until each route has so many, at most so many requests; and what became of each of them.
async fn volume(
    attempt: &Attempt<'_>,
    watch: &mut Watch<'_>,
    pages: &mut [Pages<'_>],
    (wanted, most): (usize, usize),
    until: Duration,
) -> Result<(Option<Trouble>, Vec<Departure>), CheckError> {
    let mut random = Seeded::new(attempt.seed("order of pages"));
    let (warm_ups, tickets) = order(pages, wanted, &mut random);
    let now = attempt.clock().monotonic();
    let time = until.saturating_sub(now);
    let instants = Instants::new(attempt.rates, now, time, attempt.seed("instants of pages"));
    let paged = tickets.iter().map(|one| one.series);
    let series: Vec<usize> = warm_ups.iter().copied().chain(paged).take(most).collect();
    let arrivals = series.into_iter().zip(instants);
    let arrivals = arrivals
        .map(|(series, at)| Arrival { series, at })
        .take_while(move |arrival| arrival.at <= until);
    let requests = watch.subjects.iter().map(|subject| subject.request.clone());
    let volume = Volume {
        series: requests.collect(),
        arrivals: Arrivals::Open(Box::new(arrivals)),
        in_flight: ALONE,
    };
    let mut samples = attempt.start(volume).await?;
    let (mut taken, mut departures) = (BTreeMap::new(), Vec::new());
    let mut trouble = None;
    while let Some(sample) = samples.next().await {
        departures.push(Departure::from(&sample));
        if sample.ended >= until {
            // What is due waits for its turn, so that a slow portal would be asked for longer.
            samples.stop();
        }
        let ticket = ticket(&sample, warm_ups.len(), &tickets);
        let sample = from_sending(sample);
        match watch.see(&sample, ticket.is_none())? {
            Seen::Counts(_) => {
                if let Some(ticket) = ticket {
                    let time = milliseconds(sample.took());
                    taken.insert((ticket.pages, ticket.pair, ticket.series), time);
                }
            }
            Seen::Nothing => {}
            Seen::Ends(ends) => {
                let go_on = matches!(ends, Trouble::Limited { .. });
                trouble.get_or_insert(ends);
                if !go_on {
                    break;
                }
                samples.stop();
            }
        }
    }
    for (place, pages) in pages.iter_mut().enumerate() {
        pages.take(place, &taken);
    }
    Ok((trouble, departures))
}

/// The same as if it had been due when it was sent: what it waited for its turn is not the page's time.
fn from_sending(sample: Sample) -> Sample {
    Sample {
        planned: sample.sent,
        ..sample
    }
}

/// Which requests come first and do not count, and which pairs follow, each in an order by chance.
fn order(pages: &[Pages<'_>], wanted: usize, random: &mut Seeded) -> (Vec<usize>, Vec<Ticket>) {
    let mut warm_ups = Vec::new();
    let mut tickets = Vec::new();
    for (place, pages) in pages.iter().enumerate() {
        let both = [pages.place, pages.place + 1];
        (0..PAIR_WARM_UPS).for_each(|_| warm_ups.extend(both));
        for pair in pages.pairs.old.len()..wanted {
            let first = random.index(2);
            tickets.extend([first, 1 - first].map(|one| Ticket {
                pages: place,
                pair,
                series: both[one],
            }));
        }
    }
    // Pairs of several routes take turns; the two of a pair stay together.
    tickets.sort_by_key(|ticket| ticket.pair);
    (warm_ups, tickets)
}

fn ticket(sample: &Sample, warm_ups: usize, tickets: &[Ticket]) -> Option<Ticket> {
    let number = usize::try_from(sample.number).ok()?;
    tickets.get(number.checked_sub(warm_ups)?).copied()
}

impl Pages<'_> {
    /// Takes in the pairs that are whole: one of which either failed says nothing.
    fn take(&mut self, place: usize, taken: &BTreeMap<(usize, usize, usize), f64>) {
        for ((_, pair, _), short) in taken
            .range((place, 0, 0)..(place + 1, 0, 0))
            .filter(|((.., series), _)| *series == self.place)
        {
            if let Some(long) = taken.get(&(place, *pair, self.place + 1)) {
                self.pairs.old.push(*short);
                self.pairs.new.push(*long);
            }
        }
    }

    /// Compares the medians, as one of so many comparisons.
    pub(super) fn judge(&mut self, comparisons: u32, seed: u64) -> Conclusion {
        if self.pairs.old.len() < FEWEST_PAIRS as usize {
            return Conclusion::TooFew;
        }
        let tolerance = self.growth.at_most - 1.0;
        let comparison = compare_among(&self.pairs, tolerance, 0.5, comparisons, seed);
        self.comparison = Some(comparison);
        comparison.conclusion
    }

    /// The median of the long page.
    pub(super) fn usual(&self) -> Duration {
        let long = ascending(self.pairs.new.iter().copied());
        let median = nearest_rank(&long, 0.5).unwrap_or_default();
        Duration::try_from_secs_f64(median / 1e3).unwrap_or(Duration::MAX)
    }
}
