//! Whether what was measured can be compared at all.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate_core::period::Period;

use super::measure::{Deploy, End, Side, Stopped, Taken};
use crate::measure::{Departure, Lateness};
use crate::statistics::nearest_rank;

/// The largest share of requests of a route that may come to nothing: those pairs are left out.
const FAILING: f64 = 0.01;

/// One deploy, what it is called, and what was measured of it.
pub(super) struct Measured<'m> {
    /// The deploy.
    pub(super) deploy: &'m Deploy,
    /// What was measured.
    pub(super) side: &'m Side,
    /// The most that waited for an answer at once.
    pub(super) in_flight: usize,
}

/// Why times of these routes prove nothing, in plain sentences; the first reason counts.
pub(super) fn trouble(sides: &[Measured<'_>], names: &[String]) -> Option<String> {
    let stopped = sides.iter().find_map(stopped);
    let stopped = stopped.or_else(|| sides.iter().find_map(|side| failing(side, names)));
    let unfit = stopped.or_else(|| statuses(sides, names));
    unfit.or_else(|| sides.iter().find_map(late))
}

/// What is said when the clock of this machine was set by so much, or it slept for so long.
pub(super) fn stepped(time: Duration) -> String {
    format!(
        "The clock of this machine was set, or the machine slept, for {} while it measured. Run the check again.",
        Period(time)
    )
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// It asked to be left alone, or failed several times one after the other.
fn stopped(measured: &Measured<'_>) -> Option<String> {
    let name = capital(measured.deploy.name);
    match measured.side.stopped.as_ref()? {
        Stopped::Limited(after) => {
            let after = after.as_deref();
            let after = after.map_or_else(String::new, |after| {
                let after: String = after.chars().take(40).collect();
                format!(", to be asked again after {after}")
            });
            Some(format!(
                "{name} answered 429 (too many requests{after}), so nothing more was sent. Set a lower `rate:`, or let the portal know the gate."
            ))
        }
        Stopped::Failing(last) => Some(format!(
            "{name} failed three times one after the other ({last}), so nothing more was sent. Mend this first: how long an error takes says nothing."
        )),
        Stopped::Other => None,
    }
}

fn of_route(side: &Side, series: usize) -> impl Iterator<Item = &Taken> {
    let taken = side.taken.iter();
    taken.filter(move |taken| taken.series == series)
}

/// More than a few requests of a route came to nothing.
fn failing(measured: &Measured<'_>, names: &[String]) -> Option<String> {
    names.iter().enumerate().find_map(|(series, name)| {
        let failure = |taken: &Taken| match &taken.end {
            End::Failed(error) => Some(error.clone()),
            End::Answered(status) if *status >= 500 => Some(format!("status {status}")),
            _ => None,
        };
        let all = of_route(measured.side, series).count();
        let failures: Vec<String> = of_route(measured.side, series).filter_map(failure).collect();
        let share = failures.len() as f64 / all.max(1) as f64;
        let first = failures.first().filter(|_| share > FAILING)?;
        Some(format!(
            "{name} failed in {} of {all} requests to {} (first: {first}), so its times were not compared. Mend this first.",
            failures.len(),
            measured.deploy.name,
        ))
    })
}

/// A route is not answered with success, or not by both.
fn statuses(sides: &[Measured<'_>], names: &[String]) -> Option<String> {
    names.iter().enumerate().find_map(|(series, name)| {
        let usual: Vec<(&str, u16)> = sides
            .iter()
            .filter_map(|one| Some((one.deploy.name, usual(one.side, series)?)))
            .collect();
        let (who, status) = *usual.iter().find(|(_, status)| !(200..300).contains(status))?;
        let other = usual.iter().find(|(other, _)| *other != who);
        Some(match other {
            Some((other, same)) if *same == status => format!(
                "{name} is answered with {status} by {who} and by {other}: how long that takes says nothing of the route. {}",
                remedy(status)
            ),
            Some((other, theirs)) => format!(
                "{name} is answered with {status} by {who} and with {theirs} by {other}: two different answers were not compared. {}",
                remedy(status)
            ),
            None => format!("{name} is answered with {status} by {who}: how long that takes says nothing of the route. {}", remedy(status)),
        })
    })
}

fn remedy(status: u16) -> &'static str {
    match status {
        300..=399 => "Name the path that it leads to.",
        401 | 403 => "Name somebody who may with `as:`, who must be known to both.",
        _ => "Name a path that answers 2xx.",
    }
}

/// The status that most answers of a route have, unless nearly all are of success.
fn usual(side: &Side, series: usize) -> Option<u16> {
    let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
    for taken in of_route(side, series) {
        if let End::Answered(status) = taken.end {
            *counts.entry(status).or_default() += 1;
        }
    }
    let all: usize = counts.values().sum();
    let wrong = counts
        .iter()
        .filter(|(status, _)| !(200..300).contains(*status));
    let (worst, _) = wrong.max_by_key(|(_, count)| **count).unzip();
    let failed: usize = counts
        .iter()
        .filter(|(status, _)| !(200..300).contains(*status))
        .map(|(_, count)| count)
        .sum();
    if failed as f64 > FAILING * all as f64 {
        return worst.copied();
    }
    counts
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .map(|(status, _)| status)
}

/// The client was late by more than the route's times bear, and not because the portal kept it waiting.
fn late(measured: &Measured<'_>) -> Option<String> {
    let taken = &measured.side.taken;
    let departures: Vec<Departure> = taken.iter().map(|one| one.departure).collect();
    let lateness = Lateness::of(&departures, measured.in_flight);
    if lateness.backwards {
        return Some("The clock of this machine went back while it measured, so its times prove nothing. Run the check again.".to_owned());
    }
    let mut waits: Vec<f64> = taken.iter().map(|one| one.waited.as_secs_f64()).collect();
    waits.sort_by(f64::total_cmp);
    let usual = Duration::from_secs_f64(nearest_rank(&waits, 0.95)?);
    lateness.is_too_late_for(usual).then(|| {
        format!(
            "This machine sent its requests to {} up to {} late, more than a tenth of what they take ({}): it is too busy to measure. Run the check on a quieter machine, or set a lower `rate:`.",
            measured.deploy.name,
            Period(lateness.p99()),
            Period(usual),
        )
    })
}
