//! What is told of each route whatever is judged: metrics, a picture, and where the time goes.

use tidegate_core::check::{CheckReport, Metric, Table, Unit};
use tidegate_core::distribution::{Distribution, Mark, Standing};

use super::track::{Judged, Track, phases};
use crate::measure::{Percentile, count, milliseconds, percent, time};
use crate::statistics::{Conclusion, ascending, interval, nearest_rank};

/// What is concluded of a latency budget of a route, or nothing when it is not known.
pub(super) type Stands = fn(&Track<'_>, &Judged<'_>) -> Option<Conclusion>;

/// Of routes that are not judged.
pub(super) const UNJUDGED: Stands = |_, _| None;

/// Adds the metrics and the picture of each route; what they were held against, where there is something;
/// and how each latency budget stands.
pub(super) fn measured(
    report: &mut CheckReport,
    tracks: &[Track<'_>],
    reference: &[Vec<f64>],
    stands: Stands,
) {
    for (place, track) in tracks
        .iter()
        .enumerate()
        .filter(|(_, track)| track.count() > 0)
    {
        let values = track.ascending();
        report.metrics.extend(metrics(track, &values));
        let reference = reference.get(place).cloned().unwrap_or_default();
        report.distributions.push(Distribution {
            subject: track.name.clone(),
            unit: Unit::Milliseconds,
            marks: marks(track, &values, stands),
            values,
            count: track.count(),
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
        track.count() as f64,
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

fn marks(track: &Track<'_>, ascending: &[f64], stands: Stands) -> Vec<Mark> {
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
            standing: standing(judged.and_then(|judged| stands(track, judged))),
        }));
    }
    marks
}

/// How a conclusion stands in a picture.
fn standing(conclusion: Option<Conclusion>) -> Standing {
    match conclusion {
        Some(Conclusion::Within) => Standing::Within,
        Some(Conclusion::Over) => Standing::Over,
        Some(Conclusion::TooClose) => Standing::TooClose,
        Some(Conclusion::TooFew) | None => Standing::Unjudged,
    }
}

/// A row for each route: the slowest warm-up, which does not count, and the medians of each phase.
pub(super) fn where_the_time_goes(tracks: &[Track<'_>]) -> Table {
    let columns = [
        "Route",
        "p50",
        "p95",
        "warm-up",
        "name",
        "connect",
        "TLS",
        "first byte",
        "download",
        "reconnects",
    ];
    let row = |track: &Track<'_>| {
        let values = track.ascending();
        let percentile = |quantile| nearest_rank(&values, quantile).map_or_else(String::new, time);
        let known = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), time);
        let warm_up = known(track.warm.iter().copied().reduce(f64::max));
        let mut row = vec![
            track.name.clone(),
            percentile(0.5),
            percentile(0.95),
            warm_up,
        ];
        row.extend((0..5).map(|phase| known(median(track, phase))));
        row.push(percent(track.fresh, track.count()));
        row
    };
    Table {
        title: "Where the time goes: the slowest warm-up, and the median of each phase".to_owned(),
        columns: columns.map(str::to_owned).to_vec(),
        rows: tracks
            .iter()
            .filter(|track| track.count() > 0)
            .map(row)
            .collect(),
    }
}

/// The median of a phase over the requests that had it, in milliseconds.
fn median(track: &Track<'_>, phase: usize) -> Option<f64> {
    let timings = track.kept().iter().filter_map(|taken| taken.timings);
    let of_phase = timings.filter_map(|timings| phases(&timings)[phase].1);
    nearest_rank(&ascending(of_phase), 0.5)
}

/// Sentences about what was seen beside the times: failures that did not count, caches.
pub(super) fn notes(tracks: &[Track<'_>]) -> Vec<String> {
    let mut notes = Vec::new();
    for track in tracks {
        let name = &track.name;
        if track.timeouts > 0 {
            notes.push(format!(
                "{name}: {} got no answer in time and count as over.",
                count(track.timeouts, "request")
            ));
        }
        if track.errors.count() > 0 && track.count() > 0 {
            notes.push(format!(
                "{name}: {} of {} failed ({}) and are no samples: {}.",
                track.errors.count(),
                count(track.errors.of(), "request"),
                percent(track.errors.count(), track.errors.of()),
                track.errors.words()
            ));
        }
        if track.cached.0 > 0 {
            notes.push(format!(
                "{name}: {} of {} came from a cache ({}), so that the time is the cache's and not the portal's.",
                track.cached.0,
                count(track.count(), "answer"),
                track.cached.1
            ));
        }
    }
    notes
}
