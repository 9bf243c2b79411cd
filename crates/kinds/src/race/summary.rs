//! What is said about all rounds together.

use std::time::Duration;

use tidegate_core::check::{Metric, Unit};
use tidegate_core::ports::volley::Way;

use super::certainty::{POOR_CHANCE, percent, reached};
use super::findings::milliseconds;
use super::run::Attempt;
use crate::measure::milliseconds as in_milliseconds;

/// Requests that arrive further apart than this miss most races.
const WIDE: Duration = Duration::from_millis(5);

/// Adds notes and metrics; says that nothing is proven where too few rounds were judged.
pub(super) fn tell(attempt: &mut Attempt<'_>) {
    measured(attempt);
    let tally = &attempt.tally;
    let mut notes = Vec::new();
    let caught = attempt.report.findings.iter();
    let caught = caught.filter(|finding| finding.code.as_str() != "race/server-error");
    let passed = caught.count() == 0 && attempt.report.inconclusive.is_none();
    if passed && tally.judged > 0 {
        notes.push(pass(attempt));
    }
    if let Some(note) = far_apart(attempt).filter(|_| tally.judged > 0) {
        notes.push(note);
    }
    if tally.limited > 0 {
        notes.push(format!("Up to {} of {} requests at once were answered with 429; the others competed with each other.", tally.limited, attempt.config.times));
    }
    if tally.strangers > 0 {
        notes.push(format!("{} requests were answered with 401, as if nobody were logged in; the others competed with each other.", tally.strangers));
    }
    if tally.silent > 0 {
        notes.push(format!(
            "{} requests got no answer; what they may have done was allowed for.",
            tally.silent
        ));
    }
    if attempt.config.mode.creates() && attempt.config.cleanup.is_none() {
        notes.push(
            "What the rounds created stays: name the removing request under `cleanup:`.".into(),
        );
    }
    notes.extend(tally.notes.iter().cloned());
    attempt.report.notes.extend(notes);
}

/// What a pass is worth.
fn pass(attempt: &Attempt<'_>) -> String {
    let (config, tally) = (attempt.config, &attempt.tally);
    let widest = tally.spreads.iter().max().copied().unwrap_or_default();
    format!(
        "{} in {} rounds of {} requests, released within {} ({}). A fault that shows in {} of such rounds would have been caught with a certainty of {}; that there is none is not proven.",
        config.mode.absent(),
        tally.judged,
        config.times,
        milliseconds(widest),
        ways(attempt),
        percent(config.chance),
        percent(reached(tally.judged, config.chance)),
    )
}

/// That requests did not come close together, and what that leaves of the certainty.
fn far_apart(attempt: &Attempt<'_>) -> Option<String> {
    let tally = &attempt.tally;
    let median = median(&tally.spreads)?;
    if median <= WIDE && !tally.ways.contains(&Way::Barrier) {
        return None;
    }
    let chance = POOR_CHANCE.min(attempt.config.chance);
    Some(format!(
        "The requests did not come close together (median spread {}; {}): such rounds catch a fault in about {} of cases, so that {} of them are worth a certainty of {}. Serve HTTP/2 in this environment, or run the gate nearer to it.",
        milliseconds(median),
        ways(attempt),
        percent(chance),
        tally.judged,
        percent(reached(tally.judged, chance)),
    ))
}

/// How volleys were released.
fn ways(attempt: &Attempt<'_>) -> String {
    let ways = attempt.tally.ways.iter().map(|way| way.name());
    ways.collect::<Vec<_>>().join("; ")
}

fn median(spreads: &[Duration]) -> Option<Duration> {
    let mut ascending = spreads.to_vec();
    ascending.sort_unstable();
    ascending.get(ascending.len() / 2).copied()
}

fn measured(attempt: &mut Attempt<'_>) {
    let name = attempt.config.send.name();
    let metric = |name: &str, subject: &str, unit, value, samples| Metric {
        name: name.to_owned(),
        subject: subject.to_owned(),
        unit,
        value,
        samples,
    };
    let Some(median) = median(&attempt.tally.spreads) else {
        return;
    };
    let spreads = attempt.tally.spreads.iter();
    let samples = spreads.map(|spread| in_milliseconds(*spread)).collect();
    let rounds = f64::from(attempt.tally.judged);
    attempt.report.metrics.extend([
        metric(
            "spread",
            &name,
            Unit::Milliseconds,
            in_milliseconds(median),
            samples,
        ),
        metric("rounds", &name, Unit::Count, rounds, Vec::new()),
    ]);
}
