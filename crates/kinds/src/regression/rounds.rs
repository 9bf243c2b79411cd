//! The pairs of a comparison: first as many as show most slowdowns, and then, for the routes that they leave
//! open, as many as the gate file allows.

use std::time::Duration;

use tidegate_core::check::{CheckError, Context};
use tidegate_core::ports::http::Request;
use tidegate_core::request::RequestTemplate;

use super::config::Config;
use super::fitness::{self, Asked, Measured};
use super::judge::{Judged, Question, Standing, judge_all};
use super::live::unanswered;
use super::looks::Looks;
use super::measure::{Deploy, Errand, Side, both};
use super::schedule::{self, Extent, Slot};
use super::tell::Told;
use crate::measure::{ClockWatch, Rates, sentence, stepped};
use crate::statistics::Paired;

/// The time between the planning and the first request.
pub(super) const LEAD: Duration = Duration::from_millis(100);

/// What was measured of each route so far.
pub(super) struct Rounds<'c> {
    config: &'c Config,
    context: &'c Context,
    looks: Looks,
    rates: Rates,
    /// What is asked of the times.
    pub(super) question: Question,
    /// By the place of the route.
    pairs: Vec<Paired>,
    judged: Vec<Option<Judged>>,
    /// Whether some routes were looked at again.
    extended: bool,
    /// Which requests failed and count in no pair.
    pub(super) left_out: Vec<String>,
}

impl<'c> Rounds<'c> {
    /// Nothing measured yet.
    pub(super) fn new(
        config: &'c Config,
        context: &'c Context,
        looks: Looks,
        rates: Rates,
    ) -> Self {
        let seed = context.random();
        let seed = seed.derive(&format!("regression {}", context.check()));
        Self {
            config,
            context,
            looks,
            rates,
            question: Question::of(config, looks.count(), seed),
            pairs: vec![Paired::default(); config.routes.len()],
            judged: vec![None; config.routes.len()],
            extended: false,
            left_out: Vec::new(),
        }
    }

    /// Measures and judges every route, those that are too close to call a second time; or says why that
    /// proves nothing.
    pub(super) async fn measure(
        &mut self,
        sides: &[(&Deploy, Vec<Request>); 2],
    ) -> Result<Option<String>, CheckError> {
        let clock = self.context.clock();
        let clocks = ClockWatch::begin(&**clock);
        let until = clock.monotonic() + self.config.within;
        let mut extent = Extent {
            routes: (0..self.config.routes.len()).collect(),
            warm_up: self.config.warm_up,
            samples: self.looks.first,
            rates: self.rates,
            within: self.config.within,
        };
        let mut reason = self.round(sides, &extent, 0).await?;
        let close = |judged: &Option<Judged>| {
            judged.is_some_and(|judged| judged.standing == Standing::TooClose)
        };
        extent
            .routes
            .retain(|route| self.judged.get(*route).is_some_and(close));
        extent.warm_up = 0;
        extent.samples = self.looks.last - self.looks.first;
        extent.within = until.saturating_sub(self.context.clock().monotonic());
        if reason.is_none() && extent.samples > 0 && !extent.routes.is_empty() {
            self.extended = true;
            reason = self.round(sides, &extent, 1).await?;
        }
        let step = clocks.step(&**self.context.clock());
        Ok(step.map(|step| sentence(&stepped(step))).or(reason))
    }

    /// Measures so much more, and judges these routes by all of their pairs.
    async fn round(
        &mut self,
        [(old, to_old), (new, to_new)]: &[(&Deploy, Vec<Request>); 2],
        extent: &Extent,
        number: u64,
    ) -> Result<Option<String>, CheckError> {
        let start = self.context.clock().monotonic() + LEAD;
        let slots = schedule::slots(extent, start, self.question.seed.wrapping_add(number));
        let in_flight = self.rates.in_flight;
        let errand = |series: &[Request], arrivals| Errand {
            series: series.to_vec(),
            arrivals,
            in_flight,
            until: start + extent.within,
        };
        let to_old = errand(to_old, schedule::to_old(&slots));
        let to_new = errand(to_new, schedule::to_new(&slots));
        let (of_old, of_new) = match both((old, to_old), (new, to_new)).await {
            (Ok(of_old), Ok(of_new)) => (of_old, of_new),
            (Err(error), _) => return unanswered(old, error).map(Some),
            (_, Err(error)) => return unanswered(new, error).map(Some),
        };
        let sides = [(old, &of_old), (new, &of_new)].map(|(deploy, side)| Measured {
            deploy,
            side,
            in_flight,
        });
        let names: Vec<String> = self
            .config
            .routes
            .iter()
            .map(RequestTemplate::name)
            .collect();
        let who = self.context.identity().map(ToString::to_string);
        let asked = Asked {
            names: &names,
            who: who.as_deref(),
        };
        if let Some(reason) = fitness::trouble(&sides, &asked) {
            return Ok(Some(sentence(&reason)));
        }
        self.left_out.extend(fitness::left_out(&sides, &names));
        self.add(&slots, &of_old, &of_new);
        self.judge(&extent.routes).await;
        Ok(None)
    }

    /// Judges these routes by all of their pairs.
    async fn judge(&mut self, routes: &[usize]) {
        let pairs = routes.iter();
        let pairs = pairs.map(|route| std::mem::take(&mut self.pairs[*route]));
        let tasks = self.context.tasks();
        let judged = judge_all(&**tasks, pairs.collect(), &self.question).await;
        for (route, (pairs, judged)) in routes.iter().zip(judged) {
            self.pairs[*route] = pairs;
            self.judged[*route] = Some(judged);
        }
    }

    /// Adds the pairs that are whole and count.
    fn add(&mut self, slots: &[Slot], of_old: &Side, of_new: &Side) {
        let times = |side: &Side| {
            let mut times = vec![None; slots.len()];
            for taken in &side.taken {
                if let Some(slot) = times.get_mut(taken.number) {
                    *slot = taken.milliseconds();
                }
            }
            times
        };
        let both = times(of_old).into_iter().zip(times(of_new));
        for (slot, both) in slots.iter().zip(both).filter(|(slot, _)| slot.counts) {
            if let (Some(pairs), (Some(old), Some(new))) = (self.pairs.get_mut(slot.route), both) {
                pairs.old.push(old);
                pairs.new.push(new);
            }
        }
    }

    /// How it was measured.
    pub(super) fn how(&self) -> String {
        let (first, last) = (self.looks.first, self.looks.last);
        let looks = match (self.looks.count(), self.extended) {
            (1, _) => String::new(),
            (_, false) => {
                format!(" {first} pairs of each route told enough; up to {last} were planned for.")
            }
            (_, true) => format!(
                " What {first} pairs of a route left open was looked at again with up to {last}; each of the two looks has half of the error."
            ),
        };
        format!(
            "Old and new were asked at the same time, in pairs of random order (seed {}); {} of each route came first and did not count.{looks}",
            self.question.seed, self.config.warm_up
        )
    }

    /// What the pairs of each route prove.
    pub(super) fn told(&self) -> Vec<Told> {
        let routes = self.config.routes.iter().zip(&self.pairs).zip(&self.judged);
        let told = routes.map(|((route, pairs), judged)| {
            Told::new(route, pairs.old.clone(), pairs.new.clone(), *judged)
        });
        told.collect()
    }
}
