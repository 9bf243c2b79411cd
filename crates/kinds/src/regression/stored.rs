//! A deploy held against what an earlier run stored, where no old one runs.

use tidegate_core::check::{CheckError, CheckReport, Context};
use tidegate_core::ports::State;
use tidegate_core::request::RequestTemplate;

use super::config::Config;
use super::fitness::{self, Asked, Measured};
use super::judge::{Question, judge_all};
use super::live::{greet, requests, too_slow, unanswered};
use super::measure::{Deploy, Errand, Side};
use super::origin;
use super::rounds::LEAD;
use super::schedule::{self, Extent, Slot};
use super::tell::{self, Told};
use crate::latency_references::{References, Series, Stored, kept, last_name, reference_name};
use crate::measure::{ClockWatch, sentence, stepped};
use crate::statistics::{Paired, Seeded, Timed, nearest_rank, normalise};

/// Into how many blocks a measurement is cut, each of which is held straight by its control.
const BLOCKS: usize = 10;

/// The times of a measurement in milliseconds, in order of time.
struct Times {
    control: Vec<Timed>,
    routes: Vec<Vec<Timed>>,
    /// Which requests failed and count in no pair.
    left_out: Vec<String>,
}

/// Runs one attempt.
pub(super) async fn run(
    config: &Config,
    control: &RequestTemplate,
    context: &Context,
) -> Result<CheckReport, CheckError> {
    let report = CheckReport::default();
    let new = Deploy {
        name: "the portal",
        http: context.http()?.clone(),
        load: context.load()?.clone(),
    };
    let times = match measure(config, control, context, &new).await? {
        Ok(times) => times,
        Err(reason) => return Ok(tell::no_evidence(report, reason)),
    };
    let name = reference_name(&context.environment().name);
    let suspicion = origin::suspicion(context, &name).await?;
    let attempt = Attempt {
        suspicion,
        config,
        control,
        context,
        times,
        seed: seed(context),
    };
    attempt.judge(report).await
}

fn seed(context: &Context) -> u64 {
    context
        .random()
        .derive(&format!("regression {}", context.check()))
}

/// Measures the routes, each request beside one to the control; or says why that proves nothing.
async fn measure(
    config: &Config,
    control: &RequestTemplate,
    context: &Context,
    new: &Deploy,
) -> Result<Result<Times, String>, CheckError> {
    let rates = config.pace(context.environment());
    let looks = match config.looks(rates) {
        Ok(looks) => looks,
        Err(fitting) => return Ok(Err(too_slow(config, rates, fitting))),
    };
    let extent = Extent {
        routes: (0..config.routes.len()).collect(),
        warm_up: config.warm_up,
        samples: looks.last,
        rates,
        within: config.within,
    };
    let mut series = match greet(new, config, context).await? {
        Ok((series, _)) => series,
        Err(reason) => return Ok(Err(reason)),
    };
    series.extend(requests([control], context, None)?);
    let clocks = ClockWatch::begin(&**context.clock());
    let start = context.clock().monotonic() + LEAD;
    let slots = schedule::slots(&extent, start, seed(context));
    let planned = schedule::interleaved(&slots, config.routes.len());
    let in_flight = rates.in_flight;
    let errand = Errand {
        series,
        arrivals: planned.iter().map(|(_, arrival)| *arrival).collect(),
        in_flight,
        until: start + config.within,
    };
    let side = match new.alone(errand).await {
        Ok(side) => side,
        Err(error) => return unanswered(new, error).map(Err),
    };
    if let Some(step) = clocks.step(&**context.clock()) {
        return Ok(Err(sentence(&stepped(step))));
    }
    let mut names: Vec<String> = config.routes.iter().map(RequestTemplate::name).collect();
    names.push(control.name());
    let measured = Measured {
        deploy: new,
        side: &side,
        in_flight,
    };
    let who = context.identity().map(ToString::to_string);
    let asked = Asked {
        names: &names,
        who: who.as_deref(),
    };
    let sides = [measured];
    if let Some(reason) = fitness::trouble(&sides, &asked) {
        return Ok(Err(sentence(&reason)));
    }
    let mut times = times(config.routes.len(), &slots, &planned, &side);
    times.left_out = fitness::left_out(&sides, &names);
    Ok(Ok(times))
}

fn times(
    routes: usize,
    slots: &[Slot],
    planned: &[(usize, tidegate_core::ports::load::Arrival)],
    side: &Side,
) -> Times {
    let mut times = Times {
        control: Vec::new(),
        routes: vec![Vec::new(); routes],
        left_out: Vec::new(),
    };
    for taken in &side.taken {
        let slot = planned
            .get(taken.number)
            .and_then(|(slot, _)| slots.get(*slot));
        let (Some(true), Some(value)) = (slot.map(|slot| slot.counts), taken.milliseconds()) else {
            continue;
        };
        let timed = Timed {
            at: taken.planned,
            value,
        };
        match times.routes.get_mut(taken.series) {
            Some(route) => route.push(timed),
            None => times.control.push(timed),
        }
    }
    times
}

fn values(times: &[Timed]) -> Vec<f64> {
    times.iter().map(|timed| timed.value).collect()
}

struct Attempt<'a> {
    /// Why the stored reference is not used, whatever it holds.
    suspicion: Option<String>,
    config: &'a Config,
    control: &'a RequestTemplate,
    context: &'a Context,
    times: Times,
    seed: u64,
}

impl Attempt<'_> {
    async fn judge(&self, mut report: CheckReport) -> Result<CheckReport, CheckError> {
        let state = self.context.state()?;
        let environment = &self.context.environment().name;
        let name = reference_name(environment);
        let read = match (state.read(&name), &self.suspicion) {
            (Ok(None), _) => Ok(References::new(self.context.gate_name(), environment)),
            (Ok(Some(_)), Some(suspicion)) => Err(suspicion.clone()),
            (Ok(Some(content)), None) => {
                let read = References::read(&content, self.context.gate_name(), environment);
                read.map_err(|error| format!("{error}. {}", error.help()))
            }
            (Err(error), _) => Err(format!("{error}. {}", error.help())),
        };
        let mut references = match read {
            Ok(references) => references,
            Err(reason) => {
                self.keep_last(&**state, false)?;
                let text = format!("The stored reference {name} is not used: {reason}");
                return Ok(tell::no_evidence(report, text));
            }
        };
        let stored = references.checks.get(self.context.check().as_str());
        if let Some(reason) = stored.and_then(|stored| self.incomparable(stored)) {
            self.keep_last(&**state, false)?;
            return Ok(tell::no_evidence(report, reason));
        }
        self.tell(stored, &mut report).await;
        self.keep_last(&**state, !report.findings.is_empty())?;
        if let Some(merged) = self.merged(stored, !report.findings.is_empty()) {
            references
                .checks
                .insert(self.context.check().to_string(), merged);
            state.write(&name, &references.content())?;
        }
        Ok(report)
    }

    /// Why the stored times were taken of something else.
    fn incomparable(&self, stored: &Stored) -> Option<String> {
        let renew =
            "Take this run's times as the new reference with `tidegate baseline latency accept`.";
        let (then, now) = (&stored.control.route, self.control.name());
        if *then != now {
            let then: String = then.chars().take(80).collect();
            return Some(format!(
                "The stored reference was measured beside {then}, and the check now names {now} as its control: they were not compared. {renew}"
            ));
        }
        let now = self.context.identity().map(ToString::to_string);
        (stored.identity != now).then(|| {
            let who = |name: &Option<String>| {
                name.as_deref().map_or_else(|| "nobody".to_owned(), |name| name.chars().take(80).collect())
            };
            format!(
                "The stored reference was measured as {}, and the check now asks as {}: they were not compared. {renew}",
                who(&stored.identity),
                who(&now),
            )
        })
    }

    /// Judges every route that the reference has.
    async fn tell(&self, stored: Option<&Stored>, report: &mut CheckReport) {
        let question = Question::of(self.config, 1, self.seed);
        let control = stored.and_then(|stored| nearest_rank(&stored.control.values, 0.5));
        let routes = self.config.routes.iter().zip(&self.times.routes);
        let compared = routes.clone().map(|(route, now)| {
            let then = stored?.route(&route.name())?;
            Some((then, normalise(now, &self.times.control, control?, BLOCKS)))
        });
        let compared: Vec<Option<(&[f64], Vec<f64>)>> = compared.collect();
        let pairs = compared.iter().flatten();
        let pairs = pairs.map(|(then, now)| self.paired(then, now)).collect();
        let judged = judge_all(&**self.context.tasks(), pairs, &question).await;
        let mut judged = judged.into_iter().map(|(_, judged)| judged);
        let (mut told, mut fresh) = (Vec::new(), Vec::new());
        for ((route, now), compared) in routes.zip(compared) {
            told.push(match compared {
                Some((then, straight)) => Told::new(route, then.to_vec(), straight, judged.next()),
                None => {
                    fresh.push(route.name());
                    Told::new(route, Vec::new(), values(now), None)
                }
            });
        }
        let old = stored.map_or_else(
            || "the reference".to_owned(),
            |stored| format!("the reference of {}", day(&stored.measured)),
        );
        self.notes(stored, &fresh, report);
        tell::routes(&told, &question, &old, report);
    }

    /// Pairs the new times with as many stored ones at random: under the hypothesis that both are
    /// alike, each of a pair may as well have been the other, as in pairs that were measured together.
    fn paired(&self, then: &[f64], now: &[f64]) -> Paired {
        let mut random = Seeded::new(self.seed ^ 0x7265_6665_7265_6e63);
        let count = then.len().min(now.len());
        Paired {
            old: chosen(then, count, &mut random),
            new: chosen(now, count, &mut random),
        }
    }

    fn notes(&self, stored: Option<&Stored>, fresh: &[String], report: &mut CheckReport) {
        let control = self.control.name();
        report.notes.push(format!(
            "No old deploy was asked: the times of {} blocks were divided by how much slower {control} was than when the reference was stored. That assumes that whatever slows the machine slows both routes by the same factor (multiplicative noise); an old deploy beside the new one proves more (seed {}).",
            BLOCKS, self.seed
        ));
        report.notes.extend(self.times.left_out.iter().cloned());
        if !fresh.is_empty() {
            report.notes.push(format!(
                "There was nothing to compare {} with yet: this run's times were stored as the reference, and nothing was held against anything. Let the CI carry the folder `.tidegate` to the next run.",
                fresh.join(", ")
            ));
        }
        let Some(stored) = stored else { return };
        let here = machine();
        if stored.machine != here {
            let there: String = stored.machine.chars().take(80).collect();
            report.notes.push(format!(
                "The reference was measured on another sort of machine ({there}; this one is {here}): the control makes up for its speed only in part."
            ));
        }
    }

    /// What this run measured.
    fn stored(&self, slower: bool) -> Stored {
        let series = |route: String, times: &[Timed]| Series {
            route,
            values: kept(values(times)),
        };
        let routes = self.config.routes.iter().zip(&self.times.routes);
        let url = &self.context.environment().url.value;
        let host = url::Url::parse(url).ok();
        let host = host.as_ref().and_then(|url| url.host_str());
        Stored {
            host: host.unwrap_or_default().to_owned(),
            identity: self.context.identity().map(ToString::to_string),
            measured: self.context.clock().wall().to_string(),
            seed: self.seed,
            machine: machine(),
            slower,
            control: series(self.control.name(), &self.times.control),
            routes: routes
                .map(|(route, times)| series(route.name(), times))
                .collect(),
        }
    }

    /// Whether enough was measured to be a reference.
    fn suffices(&self) -> bool {
        let mut all = std::iter::once(&self.times.control).chain(&self.times.routes);
        all.all(|times| times.len() >= self.config.least() as usize)
    }

    /// Keeps what was measured, for somebody to accept it as the reference.
    fn keep_last(&self, state: &dyn State, slower: bool) -> Result<(), CheckError> {
        if !self.suffices() {
            return Ok(());
        }
        let environment = &self.context.environment().name;
        let (gate, name) = (self.context.gate_name(), last_name(environment));
        let known = state.read(&name).ok().flatten();
        let known = known.and_then(|content| References::read(&content, gate, environment).ok());
        let mut last = known.unwrap_or_else(|| References::new(gate, environment));
        let stored = self.stored(slower);
        last.checks.insert(self.context.check().to_string(), stored);
        Ok(state.write(&name, &last.content())?)
    }

    /// The reference with what it lacked; nothing when it lacked nothing, or a route became slower.
    fn merged(&self, stored: Option<&Stored>, slower: bool) -> Option<Stored> {
        if slower || !self.suffices() {
            return None;
        }
        let measured = self.stored(false);
        let Some(stored) = stored else {
            return Some(measured);
        };
        // The reference stays one of its own day: what is added is put at its control's pace.
        let then = nearest_rank(&stored.control.values, 0.5)?;
        let mut merged = stored.clone();
        for (place, route) in self.config.routes.iter().enumerate() {
            if stored.route(&route.name()).is_none() {
                let times = &self.times.routes[place];
                let straight = normalise(times, &self.times.control, then, BLOCKS);
                merged.routes.push(Series {
                    route: route.name(),
                    values: kept(straight),
                });
            }
        }
        (merged.routes.len() > stored.routes.len()).then_some(merged)
    }
}

/// So many of the values, each at most once, in a random order.
fn chosen(values: &[f64], count: usize, random: &mut Seeded) -> Vec<f64> {
    let mut values = values.to_vec();
    random.shuffle(&mut values);
    values.truncate(count);
    values
}

/// The day of a stored time, which is a text of a file.
fn day(measured: &str) -> String {
    measured.chars().take(10).collect()
}

/// The sort of machine that measures.
fn machine() -> String {
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    let (system, architecture) = (std::env::consts::OS, std::env::consts::ARCH);
    format!("{system} {architecture}, {processors} processors")
}
