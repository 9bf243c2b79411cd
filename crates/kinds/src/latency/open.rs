//! Latency budgets without load: requests that come by chance at a gentle rate, each route until enough is
//! proven.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate_core::check::CheckError;
use tidegate_core::ports::load::{Arrivals, Sample, Samples, Volume};

use super::line::{Amount, Line};
use super::run::Attempt;
use super::track::Track;
use super::watch::{Seen, Trouble, Watch};
use crate::measure::{Instants, Lateness, Rates};

/// For how long at least a route is measured before it is found within its budget, or a quarter of the
/// whole time if that is shorter: a portal that stands still for a second now and then needs time to
/// show it.
const SETTLING: Duration = Duration::from_secs(10);

/// What came of a request that counts.
struct Heard {
    /// From when it was due, in milliseconds; nothing when it failed.
    waited: Option<f64>,
    /// When it was due.
    planned: Duration,
}

/// A probe of several routes.
struct Probe<'w, 'c> {
    watch: &'w mut Watch<'c>,
    line: Line,
    /// Samples that ended before one of their route that was sent earlier: what each says.
    overtaking: BTreeMap<(usize, u64), Heard>,
    trouble: Option<Trouble>,
    /// Until when it is too early to find a route within its budget.
    early_until: Duration,
}

/// Measures the routes until each is decided, or until the time is over; why it ended early, if it did.
pub(super) async fn measure(
    attempt: &mut Attempt<'_>,
    watch: &mut Watch<'_>,
    until: Duration,
) -> Result<Option<Trouble>, CheckError> {
    let config = attempt.config;
    let mut left = vec![config.samples; watch.subjects.len()];
    let mut most = config.most_of_budgets();
    let mut rates = attempt.rates;
    loop {
        let amount = Amount {
            left,
            warm_up: config.warm_up,
            most,
            until,
        };
        let (trouble, line) = volume(attempt, watch, rates, amount).await?;
        let waited = match &trouble {
            Some(Trouble::Limited { after, .. }) => attempt.patience(*after, until).await,
            _ => false,
        };
        if !waited {
            return Ok(trouble);
        }
        rates = rates.halved();
        (left, most) = (line.left(), line.most());
    }
}

async fn volume(
    attempt: &mut Attempt<'_>,
    watch: &mut Watch<'_>,
    rates: Rates,
    amount: Amount,
) -> Result<(Option<Trouble>, Line), CheckError> {
    let now = attempt.clock().monotonic();
    let remaining = amount.until.saturating_sub(now);
    let instants = Instants::new(rates, now, remaining, attempt.seed("instants"));
    let line = Line::new(instants, amount, attempt.seed("order"));
    let requests = watch.subjects.iter().map(|subject| subject.request.clone());
    let volume = Volume {
        series: requests.collect(),
        arrivals: Arrivals::Open(Box::new(line.clone())),
        in_flight: rates.in_flight,
    };
    let samples = attempt.start(volume).await?;
    let mut probe = Probe {
        watch,
        line,
        overtaking: BTreeMap::new(),
        trouble: None,
        early_until: now + SETTLING.min(attempt.config.within / 4),
    };
    probe.listen(samples).await?;
    let Probe { line, trouble, .. } = probe;
    let departures = std::mem::take(&mut watch.departures);
    attempt.add_lateness(Lateness::of(&departures, rates.in_flight));
    Ok((trouble, line))
}

impl Probe<'_, '_> {
    async fn listen(&mut self, mut samples: Box<dyn Samples>) -> Result<(), CheckError> {
        while let Some(sample) = samples.next().await {
            self.take(&sample)?;
            match &self.trouble {
                // What was sent before still ends: it counts, and the portal is not left with it.
                Some(Trouble::Limited { .. }) => samples.stop(),
                Some(_) => return Ok(()),
                None if self.is_decided() => samples.stop(),
                None => {}
            }
        }
        self.settle();
        Ok(())
    }

    fn is_decided(&self) -> bool {
        self.watch.tracks.iter().all(Track::is_decided)
    }

    fn take(&mut self, sample: &Sample) -> Result<(), CheckError> {
        let route = sample.series;
        if self.line.is_warm_up(sample.number) {
            if let Seen::Ends(trouble) = self.watch.see(sample, true)? {
                self.trouble.get_or_insert(trouble);
            }
            return Ok(());
        }
        let waited = match self.watch.see(sample, false)? {
            Seen::Counts(waited) => Some(waited),
            Seen::Nothing => None,
            Seen::Ends(trouble) => {
                self.trouble.get_or_insert(trouble);
                None
            }
        };
        let heard = Heard {
            waited,
            planned: sample.planned,
        };
        self.overtaking.insert((route, sample.number), heard);
        while let Some(first) = self.line.first(route) {
            let Some(heard) = self.overtaking.remove(&(route, first)) else {
                break;
            };
            self.line.take_first(route);
            self.judge(route, heard);
        }
        Ok(())
    }

    fn judge(&mut self, route: usize, heard: Heard) {
        let early = heard.planned < self.early_until;
        let (Some(waited), Some(track)) = (heard.waited, self.watch.tracks.get_mut(route)) else {
            return;
        };
        track.judge(waited, early);
        if track.is_decided() {
            self.line.close(route);
        }
    }

    /// Lets the samples count that waited for one which was never sent.
    fn settle(&mut self) {
        for ((route, _), heard) in std::mem::take(&mut self.overtaking) {
            self.judge(route, heard);
        }
    }
}
