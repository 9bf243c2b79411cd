//! How it is known that a route is slow.

use tidegate_core::finding::Finding;
use tidegate_core::ports::http::Timings;
use tidegate_core::ports::load::{Answer, REQUEST_IDS, Sample};

use super::track::{Judged, Track, phases};
use crate::measure::{count, milliseconds, percent, server_timing, time};
use crate::statistics::{interval, nearest_rank};

/// The longest request id that is told, in characters.
const LONGEST_ID: usize = 80;

/// Between what a percentile lies, in words.
pub(super) fn between(ascending: &[f64], quantile: f64) -> String {
    match interval(ascending, quantile) {
        (Some(low), Some(high)) => format!("between {} and {}", time(low), time(high)),
        (Some(low), None) => format!("above {}", time(low)),
        (None, Some(high)) => format!("below {}", time(high)),
        (None, None) => "not known for so few samples".to_owned(),
    }
}

/// Adds what was seen to a finding about a latency budget.
pub(super) fn of_budget(finding: Finding, track: &Track<'_>, judged: &Judged<'_>) -> Finding {
    let budget = judged.budget;
    let (percentile, limit) = (budget.percentile, time(milliseconds(budget.limit)));
    let values = track.ascending();
    let value = nearest_rank(&values, percentile.quantile()).map_or_else(String::new, time);
    let share = percent(judged.over, track.count());
    let finding = finding
        .evidence("expected", format!("{percentile} at most {limit}"))
        .evidence(
            "actual",
            format!(
                "{percentile} is {value}, with 95 % confidence {}; {} of {} took longer than {limit} ({share})",
                between(&values, percentile.quantile()),
                judged.over,
                count(track.count(), "request")
            ),
        );
    let sent = track.sent(percentile).map_or_else(String::new, time);
    let finding = finding.evidence(
        "both clocks",
        format!(
            "{percentile} is {value} from when a request was due, and {sent} from when it was sent"
        ),
    );
    seen(finding, track)
}

/// Adds phases, the slowest request, connections and caches.
pub(super) fn seen(mut finding: Finding, track: &Track<'_>) -> Finding {
    if let Some(timings) = track.median().and_then(|taken| taken.timings) {
        finding = finding.evidence("a median request", words(&timings));
    }
    if let Some(slowest) = &track.slowest {
        finding = of_slowest(finding, slowest);
    }
    let fresh = percent(track.fresh, track.count());
    let connections = format!(
        "{} of {} opened a connection ({fresh}); {}",
        track.fresh,
        count(track.count(), "request"),
        track.version
    );
    finding = finding.evidence("connections", connections);
    if track.timeouts > 0 {
        finding = finding.evidence(
            "timeouts",
            format!(
                "{} got no answer in time and count as over",
                count(track.timeouts, "request")
            ),
        );
    }
    if track.cached.0 > 0 {
        let cached = format!(
            "{} of {} ({})",
            track.cached.0,
            count(track.count(), "answer"),
            track.cached.1
        );
        finding = finding.evidence("from a cache", cached);
    }
    finding
}

fn of_slowest(finding: Finding, slowest: &Sample) -> Finding {
    let waited = time(milliseconds(slowest.waited()));
    let took = time(milliseconds(slowest.took()));
    let clocks = format!("{waited} from when it was due, {took} from when it was sent");
    match &slowest.answer {
        Ok(answer) => {
            let id = request_id(answer).map_or_else(String::new, |id| format!("; {id}"));
            let text = format!(
                "{clocks}; {}; status {}{id}",
                words(&answer.timings),
                answer.status
            );
            let finding = finding.evidence("the slowest request", text);
            match answer.header("server-timing").map(spent) {
                Some(spent) if !spent.is_empty() => {
                    finding.evidence("what its server says (Server-Timing)", spent)
                }
                _ => finding,
            }
        }
        Err(error) => finding.evidence("the slowest request", format!("{clocks}; {error}")),
    }
}

/// What a server says about its time, the longest first.
fn spent(header: &str) -> String {
    let mut metrics = server_timing(header);
    metrics.retain(|one| one.duration.is_some());
    metrics.sort_by(|one, other| {
        other
            .duration
            .unwrap_or_default()
            .total_cmp(&one.duration.unwrap_or_default())
    });
    let words = metrics
        .iter()
        .map(|one| format!("{} {}", one.name, time(one.duration.unwrap_or_default())));
    words.collect::<Vec<_>>().join(", ")
}

/// The phases that took time, in words.
fn words(timings: &Timings) -> String {
    let happened = phases(timings).into_iter();
    let happened = happened.filter_map(|(name, spent)| Some(format!("{name} {}", time(spent?))));
    happened.collect::<Vec<_>>().join(", ")
}

/// What names a request in the logs of the portal.
fn request_id(answer: &Answer) -> Option<String> {
    let mut names = REQUEST_IDS.iter();
    names.find_map(|name| {
        let value = answer.header(name)?;
        let value: String = value
            .chars()
            .filter(|one| !one.is_control())
            .take(LONGEST_ID)
            .collect();
        Some(format!("{name}: {value}"))
    })
}
