//! What is concluded from many clients at once.

use tidegate_core::check::{CheckError, Doubt, Metric, Unit};
use tidegate_core::finding::Finding;
use tidegate_core::period::Period;

use super::clients::{self, Load};
use super::config::Clients;
use super::run::Attempt;
use super::told::{Stands, UNJUDGED};
use super::track::{Judged, Track};
use super::{budgets, codes, evidence, told, trouble};
use crate::measure::{count, milliseconds, time};
use crate::statistics::nearest_rank;

/// Measures and concludes.
pub(super) async fn run(attempt: &mut Attempt<'_>, clients: &Clients) -> Result<(), CheckError> {
    if let Some(rate) = attempt.context.environment().rate {
        let text = format!(
            "the environment allows {rate} requests a second, and {} clients at once send more; raise its `rate:`, or leave `clients:` out there",
            clients.count
        );
        attempt.doubt(Doubt::NoEvidence, text);
        return Ok(());
    }
    let mut load = clients::measure(attempt, clients).await?;
    load.together.late_by(attempt.late());
    let alone: Vec<Vec<f64>> = load.alone.tracks.iter().map(Track::ascending).collect();
    let stands: Stands = match load.trouble {
        None => |track, judged| track.stands_under_load(judged),
        Some(_) => UNJUDGED,
    };
    told::measured(&mut attempt.report, &load.together.tracks, &alone, stands);
    attempt
        .report
        .metrics
        .extend(load.alone.tracks.iter().filter_map(metric));
    if !load.ended_alone {
        let table = told::where_the_time_goes(&load.together.tracks);
        attempt.report.tables.push(table);
        attempt.report.notes.extend(told::notes(&load.alone.tracks));
        attempt.report.notes.push(how(attempt, clients, &load));
    }
    budgets::sizes(attempt, &load.together.tracks);
    if let Some(ended) = &load.trouble {
        let (watch, when) = if load.ended_alone {
            (&load.alone, String::new())
        } else {
            (&load.together, at_once(clients))
        };
        trouble::tell(attempt, watch, ended, &when);
        return Ok(());
    }
    for (track, alone) in load.together.tracks.iter().zip(&alone) {
        budgets::judge(attempt, track, Some(&Crowd { clients, alone }));
    }
    Ok(())
}

fn at_once(clients: &Clients) -> String {
    format!(" with {} clients at once", clients.count)
}

fn metric(track: &Track<'_>) -> Option<Metric> {
    Some(Metric {
        name: "p95 of one client".to_owned(),
        subject: track.name.clone(),
        unit: Unit::Milliseconds,
        value: nearest_rank(&track.ascending(), 0.95)?,
        samples: Vec::new(),
    })
}

fn how(attempt: &Attempt<'_>, clients: &Clients, load: &Load<'_>) -> String {
    let answered: u64 = load.together.tracks.iter().map(Track::count).sum();
    let seconds = load.lasted.as_secs_f64().max(1e-3);
    // Counts of requests are far below what a float holds.
    let rate = answered as f64 / seconds;
    format!(
        "{} of {} clients in {}: {rate:.0} a second; before that one client alone; seed {}.",
        count(answered, "request"),
        clients.count,
        Period(load.lasted),
        attempt.context.random().seed()
    )
}

/// Clients that ask at once, and what one of them alone saw of a route.
pub(super) struct Crowd<'c> {
    clients: &'c Clients,
    /// Ascending, in milliseconds.
    alone: &'c [f64],
}

impl Crowd<'_> {
    /// As in ` with 30 clients at once`.
    pub(super) fn words(&self) -> String {
        at_once(self.clients)
    }

    /// What is found of a route that is over its latency budget under load.
    pub(super) fn over(&self, track: &Track<'_>, judged: &Judged<'_>) -> Finding {
        let budget = judged.budget;
        let (name, percentile) = (&track.name, budget.percentile);
        let of = |values: &[f64]| nearest_rank(values, percentile.quantile());
        let (value, before) = (of(&track.ascending()), of(self.alone));
        let words = |value: Option<f64>| value.map_or_else(|| "an unknown time".to_owned(), time);
        let title = format!(
            "{name} takes {} at {percentile}{} and {} with one, over its latency budget of {}",
            words(value),
            self.words(),
            words(before),
            time(milliseconds(budget.limit))
        );
        let samples = count(self.alone.len() as u64, "sample");
        let before_it = format!("{percentile} is {} ({samples})", words(before));
        let finding = Finding::new(&codes::UNDER_LOAD, budget.span.location(), title)
            .severity(budget.severity)
            .subject(format!("{name} {percentile} under load"))
            .evidence("with one client", before_it)
            .advice(advice(before, milliseconds(budget.limit)));
        evidence::of_budget(finding, track, judged)
    }
}

fn advice(alone: Option<f64>, limit: f64) -> &'static str {
    if alone.is_some_and(|alone| alone > limit) {
        "It is over its latency budget with a single client already: mend that first, with a check without `clients:`."
    } else {
        "It is quick for one and slow for many, so requests wait for each other. Look at what there are only a few of: connections to the database, workers of the server, a lock around a table or a file, work that keeps a processor busy. Then look at how many the plan of the host allows."
    }
}
