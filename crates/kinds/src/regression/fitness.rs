//! Whether what was measured can be compared at all.

use std::collections::BTreeMap;
use std::time::Duration;

use super::measure::{Deploy, End, Side, Stopped};
use crate::measure::{Departure, Lateness, Odd, busy, count, limited, milliseconds, time};
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

/// The routes, and who asks for them.
pub(super) struct Asked<'a> {
    /// The names of the routes.
    pub(super) names: &'a [String],
    /// Who asks.
    pub(super) who: Option<&'a str>,
}

/// Why times of these routes prove nothing, without a full stop; the first reason counts.
pub(super) fn trouble(sides: &[Measured<'_>], asked: &Asked<'_>) -> Option<String> {
    let stopped = sides.iter().find_map(stopped);
    let stopped = stopped.or_else(|| sides.iter().find_map(|side| failing(side, asked.names)));
    let unfit = stopped.or_else(|| statuses(sides, asked));
    unfit.or_else(|| sides.iter().find_map(late))
}

/// Which requests failed, few enough to be left out: what was paired with them does not count.
pub(super) fn left_out(sides: &[Measured<'_>], names: &[String]) -> Vec<String> {
    let mut notes = Vec::new();
    for measured in sides {
        for (series, name) in names.iter().enumerate() {
            if let Some(failures) = Failures::of(ends(measured.side, series).map(words)) {
                notes.push(format!(
                    "{name}: {} to {} failed (first: {}) and count in no pair.",
                    failures.share(),
                    measured.deploy.name,
                    failures.first
                ));
            }
        }
    }
    notes
}

/// It asked to be left alone, or failed several times one after the other.
fn stopped(measured: &Measured<'_>) -> Option<String> {
    let name = measured.deploy.name;
    match measured.side.stopped.as_ref()? {
        Stopped::Limited(status, after) => {
            let sent = count(measured.side.taken.len() as u64, "request");
            let answered = format!("it answered {status} after {sent}");
            Some(limited(name, &answered, *after))
        }
        Stopped::Failing(last) => Some(format!(
            "{name} failed three times one after the other ({last}), so that nothing more was sent; mend this first, because how long an error takes says nothing"
        )),
        Stopped::Other => None,
    }
}

fn ends(side: &Side, series: usize) -> impl Iterator<Item = &End> {
    let taken = side.taken.iter();
    let taken = taken.filter(move |taken| taken.series == series);
    taken.map(|taken| &taken.end)
}

/// The words of a request that came to nothing.
fn words(end: &End) -> Option<String> {
    match end {
        End::Failed(words) => Some(words.clone()),
        End::Odd(status, _) => Some(format!("status {status}")),
        End::Answered(_) | End::TimedOut => None,
    }
}

/// Requests of a route of which some came to nothing.
struct Failures {
    /// How many did.
    count: u64,
    /// How many requests there were in all.
    of: u64,
    /// The words of the first that did.
    first: String,
}

impl Failures {
    /// Of requests with the words of each that came to nothing; nothing when none did.
    fn of(ends: impl Iterator<Item = Option<String>>) -> Option<Self> {
        let (mut count, mut of, mut first) = (0, 0, None);
        for words in ends {
            of += 1;
            count += u64::from(words.is_some());
            first = first.or(words);
        }
        let first = first?;
        Some(Self { count, of, first })
    }

    /// Whether they are more than a few.
    fn too_many(&self) -> bool {
        self.count as f64 > FAILING * self.of as f64
    }

    /// As in `2 of 205 requests`.
    fn share(&self) -> String {
        format!("{} of {}", self.count, count(self.of, "request"))
    }
}

/// More than a few requests of a route came to nothing.
fn failing(measured: &Measured<'_>, names: &[String]) -> Option<String> {
    names.iter().enumerate().find_map(|(series, name)| {
        let failed = |end: &End| words(end).filter(|_| matches!(end, End::Failed(_)));
        let failures = Failures::of(ends(measured.side, series).map(failed))?;
        failures.too_many().then(|| {
            format!(
                "{name} failed in {} to {} (first: {}), so that its times were not compared; mend this first",
                failures.share(),
                measured.deploy.name,
                failures.first
            )
        })
    })
}

/// A route is not answered with success, or not by both.
fn statuses(sides: &[Measured<'_>], asked: &Asked<'_>) -> Option<String> {
    asked.names.iter().enumerate().find_map(|(series, name)| {
        let usual: Vec<(&str, u16, Option<&str>)> = sides
            .iter()
            .filter_map(|one| {
                let (status, location) = usual(one.side, series)?;
                Some((one.deploy.name, status, location))
            })
            .collect();
        let (whom, status, location) = *usual
            .iter()
            .find(|(_, status, _)| !(200..300).contains(status))?;
        let other = usual.iter().find(|(other, ..)| *other != whom);
        let too = match other {
            Some((other, same, _)) if *same == status => format!(" and by {other}"),
            Some((other, theirs, _)) => format!(" and with {theirs} by {other}"),
            None => String::new(),
        };
        let odd = Odd {
            status,
            location,
            who: asked.who,
            may_be_expected: false,
        };
        Some(format!(
            "{name} is answered with {status} by {whom}{too}{}",
            odd.told()
        ))
    })
}

/// The status that most answers of a route have, and where it leads to: one that is no success when more
/// than a few are none.
fn usual(side: &Side, series: usize) -> Option<(u16, Option<&str>)> {
    let answered = ends(side, series).filter(|end| matches!(end, End::Answered(_) | End::Odd(..)));
    let is_odd = Failures::of(answered.map(words)).is_some_and(|odd| odd.too_many());
    let mut counts: BTreeMap<u16, (usize, Option<&str>)> = BTreeMap::new();
    for end in ends(side, series) {
        let (status, location) = match end {
            End::Answered(status) if !is_odd => (*status, None),
            End::Odd(status, location) if is_odd => (*status, location.as_deref()),
            _ => continue,
        };
        counts.entry(status).or_insert((0, location)).0 += 1;
    }
    let most = counts.into_iter().max_by_key(|(_, (count, _))| *count);
    most.map(|(status, (_, location))| (status, location))
}

/// The client was late by more than the route's times bear, and not because the portal kept it waiting.
fn late(measured: &Measured<'_>) -> Option<String> {
    let taken = &measured.side.taken;
    let departures: Vec<Departure> = taken.iter().map(|one| one.departure).collect();
    let lateness = Lateness::of(&departures, measured.in_flight);
    if lateness.backwards {
        return Some(
            "the clock of this machine went back while it measured; run it again".to_owned(),
        );
    }
    let mut waits: Vec<f64> = taken.iter().map(|one| one.waited.as_secs_f64()).collect();
    waits.sort_by(f64::total_cmp);
    let usual = Duration::from_secs_f64(nearest_rank(&waits, 0.95)?);
    let name = measured.deploy.name;
    let of = format!("the {} that {name} takes", time(milliseconds(usual)));
    lateness.is_too_late_for(usual).then(|| {
        let most = milliseconds(Lateness::most_for(usual));
        busy(milliseconds(lateness.p99()), most, &of)
    })
}
