//! What is told of each route whatever is judged: metrics, a picture, and where the time goes.

use tidegate_core::check::{CheckReport, Metric, Table, Unit};
use tidegate_core::distribution::{Distribution, Mark, Standing};

use super::track::{Judged, Track, phases, sorted};
use crate::measure::{Percentile, count, milliseconds, percent, time};
use crate::statistics::{Conclusion, interval, nearest_rank};

/// The most milliseconds of a warm-up that are told.
const TOLD_WARM_UPS: usize = 5;

/// Adds the metrics and the picture of each route; what they were held against, where there is something.
pub(super) fn measured(
    report: &mut CheckReport,
    tracks: &[Track<'_>],
    reference: &[Vec<f64>],
    judged: bool,
) {
    for (place, track) in tracks
        .iter()
        .enumerate()
        .filter(|(_, track)| track.count > 0)
    {
        let values = track.ascending();
        report.metrics.extend(metrics(track, &values));
        let reference = reference.get(place).cloned().unwrap_or_default();
        report.distributions.push(Distribution {
            subject: track.name.clone(),
            unit: Unit::Milliseconds,
            marks: marks(track, &values, judged),
            values,
            count: track.count,
            reference,
        });
    }
}

fn metrics(track: &Track<'_>, ascending: &[f64]) -> Vec<Metric> {
    let metric = |name: String, unit, value| Metric {
        name,
        subject: track.name.clone(),
        unit,
        value,
        samples: Vec::new(),
    };
    let percentiles = Percentile::ALL.into_iter().filter_map(|percentile| {
        let value = nearest_rank(ascending, percentile.quantile())?;
        Some(metric(percentile.to_string(), Unit::Milliseconds, value))
    });
    let mut metrics: Vec<Metric> = percentiles.collect();
    // Counts of samples and sizes of answers are far below what a float holds.
    metrics.push(metric(
        "samples".to_owned(),
        Unit::Count,
        track.count as f64,
    ));
    if track.largest.0 > 0 {
        metrics.push(metric(
            "size".to_owned(),
            Unit::Bytes,
            track.largest.0 as f64,
        ));
    }
    metrics
}

fn marks(track: &Track<'_>, ascending: &[f64], told: bool) -> Vec<Mark> {
    let mut marks = Vec::new();
    for percentile in Percentile::ALL {
        let of = |judged: &&Judged<'_>| judged.budget.percentile == percentile;
        let mut budgets = track.judged.iter().filter(of).map(Some).collect::<Vec<_>>();
        if budgets.is_empty() {
            budgets.push(None);
        }
        let Some(value) = nearest_rank(ascending, percentile.quantile()) else {
            continue;
        };
        marks.extend(budgets.into_iter().map(|judged| Mark {
            percentile: f64::from(percentile.number()),
            value,
            interval: interval(ascending, percentile.quantile()),
            budget: judged.map(|judged| milliseconds(judged.budget.limit)),
            standing: match judged {
                Some(judged) if told => stands(track.stands(judged)),
                _ => Standing::Unjudged,
            },
        }));
    }
    marks
}

/// How a conclusion stands in a picture.
pub(super) fn stands(conclusion: Option<Conclusion>) -> Standing {
    match conclusion {
        Some(Conclusion::Within) => Standing::Within,
        Some(Conclusion::Over) => Standing::Over,
        Some(Conclusion::TooClose) => Standing::TooClose,
        Some(Conclusion::TooFew) | None => Standing::Unjudged,
    }
}

/// The medians of each phase, a row for each route.
pub(super) fn where_the_time_goes(tracks: &[Track<'_>]) -> Table {
    let columns = [
        "Route",
        "p50",
        "p95",
        "name",
        "connect",
        "TLS",
        "first byte",
        "download",
        "new connections",
    ];
    let row = |track: &Track<'_>| {
        let values = track.ascending();
        let percentile = |quantile| nearest_rank(&values, quantile).map_or_else(String::new, time);
        let mut row = vec![track.name.clone(), percentile(0.5), percentile(0.95)];
        row.extend((0..5).map(|phase| median(track, phase).map_or_else(|| "-".to_owned(), time)));
        row.push(percent(track.fresh, track.count));
        row
    };
    Table {
        title: "Where the time goes (medians of each phase)".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: tracks
            .iter()
            .filter(|track| track.count > 0)
            .map(row)
            .collect(),
    }
}

/// The median of a phase over the requests that had it, in milliseconds.
fn median(track: &Track<'_>, phase: usize) -> Option<f64> {
    let timings = track.kept.iter().filter_map(|taken| taken.timings);
    let of_phase = timings.filter_map(|timings| phases(&timings)[phase].1);
    nearest_rank(&sorted(of_phase), 0.5)
}

/// Sentences about what was seen beside the times: warm-ups, failures that did not count, caches.
pub(super) fn notes(tracks: &[Track<'_>]) -> Vec<String> {
    let mut notes = Vec::new();
    for track in tracks {
        let name = &track.name;
        if !track.warm.is_empty() {
            let warm: Vec<String> = track
                .warm
                .iter()
                .take(TOLD_WARM_UPS)
                .map(|one| time(*one))
                .collect();
            notes.push(format!(
                "{name}: the first requests took {}; they warm up and do not count.",
                warm.join(", ")
            ));
        }
        if track.timeouts > 0 {
            notes.push(format!(
                "{name}: {} got no answer in time and count as over.",
                count(track.timeouts, "request")
            ));
        }
        if track.errors.count > 0 && track.count > 0 {
            notes.push(format!(
                "{name}: {} of {} failed ({}) and are no samples: {}.",
                track.errors.count,
                count(track.errors.of, "request"),
                percent(track.errors.count, track.errors.of),
                track.errors.words()
            ));
        }
        if track.cached.0 > 0 {
            notes.push(format!(
                "{name}: {} of {} came from a cache ({}), so that the time is the cache's and not the portal's.",
                track.cached.0,
                count(track.count, "answer"),
                track.cached.1
            ));
        }
    }
    notes
}
