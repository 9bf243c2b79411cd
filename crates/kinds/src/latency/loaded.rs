//! What is concluded from many clients at once.

use tidegate_core::check::{CheckError, Doubt, Metric, Unit};
use tidegate_core::finding::Finding;
use tidegate_core::meta::Severity;
use tidegate_core::period::Period;

use super::clients::{self, Load};
use super::config::Clients;
use super::run::Attempt;
use super::track::{Judged, Track};
use super::{budgets, codes, evidence, told, trouble};
use crate::measure::{count, milliseconds, time};
use crate::statistics::{Claim, Conclusion, fixed, nearest_rank};

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
    told::measured(&mut attempt.report, &load.together.tracks, &alone, false);
    marks(attempt, &load);
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
            (
                &load.together,
                format!(" with {} clients at once", clients.count),
            )
        };
        trouble::tell(attempt, watch, ended, &when);
        return Ok(());
    }
    for (track, alone) in load.together.tracks.iter().zip(&alone) {
        judge(attempt, clients, track, alone);
    }
    Ok(())
}

/// Says in the pictures how each percentile stands to its latency budget under load.
fn marks(attempt: &mut Attempt<'_>, load: &Load<'_>) {
    if load.trouble.is_some() {
        return;
    }
    let comparisons = attempt.comparisons();
    for track in &load.together.tracks {
        let pictures = attempt.report.distributions.iter_mut();
        for picture in pictures.filter(|picture| picture.subject == track.name) {
            for judged in &track.judged {
                let number = f64::from(judged.budget.percentile.number());
                let limit = milliseconds(judged.budget.limit);
                let stands = told::stands(stands(track, judged, comparisons));
                let marks = picture.marks.iter_mut();
                marks
                    .filter(|mark| mark.percentile.total_cmp(&number).is_eq())
                    .filter(|mark| {
                        mark.budget
                            .is_some_and(|budget| budget.total_cmp(&limit).is_eq())
                    })
                    .for_each(|mark| mark.standing = stands);
            }
        }
    }
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

/// The number of requests was fixed by time and not by what they said, so that one look is right.
fn conclusion(track: &Track<'_>, judged: &Judged<'_>, comparisons: u32) -> Conclusion {
    let claim = Claim {
        quantile: judged.budget.percentile.quantile(),
        comparisons,
    };
    fixed(claim, track.count(), judged.over)
}

/// What is concluded, or nothing when this machine was too late to know. Clients that ask late are a lighter
/// load than was promised, so that only *over* stands, if it does from sending, too.
fn stands(track: &Track<'_>, judged: &Judged<'_>, comparisons: u32) -> Option<Conclusion> {
    let found = conclusion(track, judged, comparisons);
    let from_sending = || {
        let over = track.over_from_sending(judged.budget);
        let claim = Claim {
            quantile: judged.budget.percentile.quantile(),
            comparisons,
        };
        fixed(claim, track.kept().len() as u64, over) == Conclusion::Over
    };
    let known = found == Conclusion::TooFew
        || !track.is_late_for(judged.budget)
        || (found == Conclusion::Over && from_sending());
    known.then_some(found)
}

fn judge(attempt: &mut Attempt<'_>, clients: &Clients, track: &Track<'_>, alone: &[f64]) {
    let comparisons = attempt.comparisons();
    let mut judged: Vec<&Judged<'_>> = track.judged.iter().collect();
    judged.sort_by_key(|one| std::cmp::Reverse(one.budget.severity));
    let mut reported = false;
    for one in judged {
        let Some(stands) = stands(track, one, comparisons) else {
            attempt.leave_open(one.budget);
            reported = true;
            continue;
        };
        let skip = reported && one.budget.severity == Severity::Low;
        attempt.report.evaluated += u32::from(stands != Conclusion::TooFew);
        match stands {
            Conclusion::Within => {}
            Conclusion::Over if !skip => {
                let finding = over(clients, track, one, alone);
                attempt.report.findings.push(finding);
                reported = true;
            }
            Conclusion::TooClose if !skip => {
                let text = too_close(clients, track, one);
                attempt.doubt(Doubt::TooClose, text);
                reported = true;
            }
            Conclusion::Over | Conclusion::TooClose => {}
            Conclusion::TooFew => {
                let percentile = one.budget.percentile;
                let text = format!(
                    "{} has {} with {} clients at once, and {percentile} needs {}; let them ask longer with `for:`",
                    track.name,
                    count(track.count(), "sample"),
                    clients.count,
                    percentile.fewest()
                );
                attempt.doubt(Doubt::NoEvidence, text);
                return;
            }
        }
    }
}

fn over(clients: &Clients, track: &Track<'_>, judged: &Judged<'_>, alone: &[f64]) -> Finding {
    let budget = judged.budget;
    let (name, percentile) = (&track.name, budget.percentile);
    let many = clients.count;
    let of = |values: &[f64]| nearest_rank(values, percentile.quantile());
    let (value, before) = (of(&track.ascending()), of(alone));
    let words = |value: Option<f64>| value.map_or_else(|| "an unknown time".to_owned(), time);
    let title = format!(
        "{name} takes {} at {percentile} with {many} clients at once and {} with one, over its latency budget of {}",
        words(value),
        words(before),
        time(milliseconds(budget.limit))
    );
    let finding = Finding::new(&codes::UNDER_LOAD, budget.span.location(), title)
        .severity(budget.severity)
        .subject(format!("{name} {percentile} under load"))
        .evidence(
            "with one client",
            format!(
                "{percentile} is {} ({})",
                words(before),
                count(alone.len() as u64, "sample")
            ),
        )
        .advice(advice(before, milliseconds(budget.limit)));
    evidence::of_budget(finding, track, judged)
}

fn advice(alone: Option<f64>, limit: f64) -> &'static str {
    if alone.is_some_and(|alone| alone > limit) {
        "It is over its latency budget with a single client already: mend that first, with a check without `clients:`."
    } else {
        "It is quick for one and slow for many, so requests wait for each other. Look at what there are only a few of: connections to the database, workers of the server, a lock around a table or a file, work that keeps a processor busy. Then look at how many the plan of the host allows."
    }
}

fn too_close(clients: &Clients, track: &Track<'_>, judged: &Judged<'_>) -> String {
    let budget = judged.budget;
    let (values, quantile) = (track.ascending(), budget.percentile.quantile());
    let value = nearest_rank(&values, quantile).map_or_else(String::new, time);
    format!(
        "{} is too close to call with {} clients at once: {} is {value}, with 95 % confidence {}, and its latency budget is {}",
        track.name,
        clients.count,
        budget.percentile,
        evidence::between(&values, quantile),
        time(milliseconds(budget.limit))
    )
}
