//! What is concluded from the samples of routes without load.

use std::time::Duration;

use tidegate_core::check::Doubt;
use tidegate_core::finding::Finding;
use tidegate_core::meta::Severity;
use tidegate_core::period::Period;

use super::growth::{Paged, Pages};
use super::loaded::Crowd;
use super::run::Attempt;
use super::told::{Stands, UNJUDGED};
use super::track::{Judged, Track};
use super::watch::{Trouble, Watch};
use super::{advice, codes, evidence, told, trouble};
use crate::measure::{count, milliseconds, percent, time};
use crate::statistics::{Conclusion, nearest_rank};
use tidegate_core::size::Size;

/// Concludes from what was seen of routes with latency budgets.
pub(super) fn conclude(
    attempt: &mut Attempt<'_>,
    watch: &Watch<'_>,
    ended: Option<&Trouble>,
    lasted: Duration,
) {
    let stands: Stands = match ended {
        None => |track, judged| track.stands(judged),
        Some(_) => UNJUDGED,
    };
    told::measured(&mut attempt.report, &watch.tracks, &[], stands);
    let table = told::where_the_time_goes(&watch.tracks);
    if !table.rows.is_empty() {
        attempt.report.tables.push(table);
    }
    attempt.report.notes.extend(told::notes(&watch.tracks));
    sizes(attempt, &watch.tracks);
    if let Some(ended) = ended {
        trouble::tell(attempt, watch, ended, "");
        return;
    }
    let note = how(attempt, watch, lasted);
    attempt.report.notes.push(note);
    for track in &watch.tracks {
        judge(attempt, track, None);
    }
}

/// How it was measured: rate, samples, seed, and what stopped it.
fn how(attempt: &Attempt<'_>, watch: &Watch<'_>, lasted: Duration) -> String {
    let samples: u64 = watch.tracks.iter().map(Track::count).sum();
    let most = attempt.config.samples;
    // Requests that failed used up places of samples.
    let is_full = |track: &Track<'_>| track.count() + track.errors.count() >= u64::from(most);
    let mut tracks = watch.tracks.iter();
    let stopped = if tracks.clone().all(Track::is_decided) {
        "every route was decided".to_owned()
    } else if tracks.all(|track| track.is_decided() || is_full(track)) {
        format!("`samples: {most}` of a route were taken")
    } else {
        format!("the time of {} was over", Period(attempt.config.within))
    };
    format!(
        "{} in {}, at random instants, {} a second on average; {stopped}; seed {}.",
        count(samples, "sample"),
        Period(lasted),
        trimmed(attempt.rates.mean),
        attempt.context.random().seed()
    )
}

/// A rate without needless digits.
fn trimmed(rate: f64) -> String {
    let text = format!("{rate:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// Judges the latency budgets of a route, or those under load where a crowd asked.
pub(super) fn judge(attempt: &mut Attempt<'_>, track: &Track<'_>, crowd: Option<&Crowd<'_>>) {
    let mut reported = false;
    // The worst first: over the budget that blocks is over the one that warns, too.
    let mut judged: Vec<&Judged<'_>> = track.judged.iter().collect();
    judged.sort_by_key(|one| std::cmp::Reverse(one.budget.severity));
    for one in judged {
        let stands = match crowd {
            Some(_) => track.stands_under_load(one),
            None => track.stands(one),
        };
        let Some(conclusion) = stands else {
            attempt.leave_open(one.budget);
            reported = true;
            continue;
        };
        attempt.report.evaluated += u32::from(conclusion != Conclusion::TooFew);
        let told = reported && one.budget.severity == Severity::Low;
        match conclusion {
            Conclusion::Within => attempt.within_though_late |= track.is_late_for(one.budget),
            Conclusion::TooFew => {
                attempt.doubt(Doubt::NoEvidence, too_few(track, one, crowd));
                // One sentence for a route is enough.
                return;
            }
            Conclusion::Over | Conclusion::TooClose if told => {}
            Conclusion::Over => {
                let finding = match crowd {
                    Some(crowd) => crowd.over(track, one),
                    None => over(attempt, track, one),
                };
                attempt.report.findings.push(finding);
                reported = true;
            }
            Conclusion::TooClose => {
                attempt.doubt(Doubt::TooClose, too_close(track, one, crowd));
                reported = true;
            }
        }
    }
}

fn over(attempt: &mut Attempt<'_>, track: &Track<'_>, judged: &Judged<'_>) -> Finding {
    let budget = judged.budget;
    let (name, percentile) = (&track.name, budget.percentile);
    let limit = time(milliseconds(budget.limit));
    let value = nearest_rank(&track.ascending(), percentile.quantile());
    let value = value.map_or_else(String::new, time);
    let title = if budget.severity == Severity::Low {
        format!("{name} takes {value} at {percentile}, more than the {limit} that are well")
    } else {
        format!("{name} takes {value} at {percentile}, over its latency budget of {limit}")
    };
    let (advice, queries) = advice::of(track);
    let finding = Finding::new(&codes::OVER_BUDGET, budget.span.location(), title)
        .severity(budget.severity)
        .subject(format!("{name} {percentile}"))
        .advice(advice);
    if queries {
        attempt.suspect_queries(&finding);
    }
    evidence::of_budget(finding, track, judged)
}

fn too_close(track: &Track<'_>, judged: &Judged<'_>, crowd: Option<&Crowd<'_>>) -> String {
    let budget = judged.budget;
    let (values, quantile) = (track.ascending(), budget.percentile.quantile());
    let value = nearest_rank(&values, quantile).map_or_else(String::new, time);
    format!(
        "{} is too close to call{}: {} is {value}, with 95 % confidence {}, and its latency budget is {} ({})",
        track.name,
        crowd.map_or_else(String::new, Crowd::words),
        budget.percentile,
        evidence::between(&values, quantile),
        time(milliseconds(budget.limit)),
        count(track.count(), "sample")
    )
}

fn too_few(track: &Track<'_>, judged: &Judged<'_>, crowd: Option<&Crowd<'_>>) -> String {
    let percentile = judged.budget.percentile;
    let failed = match track.errors.count() {
        0 => String::new(),
        failed => format!(
            "; {failed} of {} failed",
            count(track.errors.of(), "request")
        ),
    };
    let help = match crowd {
        Some(_) => "let them ask longer with `for:`",
        None => "give it more time with `within:`, or a higher `rate:`",
    };
    format!(
        "{} has {}{}, and {percentile} needs {}{failed}; {help}",
        track.name,
        count(track.count(), "sample"),
        crowd.map_or_else(String::new, Crowd::words),
        percentile.fewest()
    )
}

/// Judges size budgets: a size is a fact, and one answer is enough.
pub(super) fn sizes(attempt: &mut Attempt<'_>, tracks: &[Track<'_>]) {
    for track in tracks.iter().filter(|track| track.count() > track.timeouts) {
        let Some(size) = &track.route.size else {
            continue;
        };
        attempt.report.evaluated += 1;
        if track.oversized == 0 {
            continue;
        }
        let answered = track.count() - track.timeouts;
        let (largest, cut) = track.largest;
        let at_least = if cut { "at least " } else { "" };
        let (largest, limit) = (Size::words(largest), Size::words(size.value.0));
        let name = &track.name;
        let title = format!("{name} sends {at_least}{largest}, over its size budget of {limit}");
        let share = percent(track.oversized, answered);
        attempt.report.findings.push(
            Finding::new(&codes::SIZE, size.span.location(), title)
                .subject(format!("{name} size"))
                .evidence("expected", format!("at most {limit}, as it is sent"))
                .evidence(
                    "actual",
                    format!("{at_least}{largest}; {} of {} were larger ({share})", track.oversized, count(answered, "answer")),
                )
                .advice("Send the fields that the page shows and no more, page by page, and compress answers (gzip, brotli). Images and files belong at an address of their own, where a browser caches them."),
        );
    }
}

/// Concludes from pairs of pages; whether the check ends with that.
pub(super) fn pages(
    attempt: &mut Attempt<'_>,
    watch: &Watch<'_>,
    pages: Vec<Pages<'_>>,
    paged: &Paged,
) -> bool {
    let only_pages = |pages: &Pages<'_>| {
        let track = watch.tracks.get(pages.place + 1);
        track.filter(|track| !track.route.is_sampled())
    };
    for track in pages.iter().filter_map(only_pages) {
        let tracks = std::slice::from_ref(track);
        told::measured(&mut attempt.report, tracks, &[], UNJUDGED);
    }
    if let Some(ended) = &paged.trouble {
        trouble::tell(attempt, watch, ended, "");
        return true;
    }
    let comparisons = attempt.comparisons();
    for mut pages in pages {
        let seed = attempt.seed("permutations");
        let conclusion = pages.judge(comparisons, seed);
        let (Some(short), Some(long)) = (
            watch.tracks.get(pages.place),
            watch.tracks.get(pages.place + 1),
        ) else {
            continue;
        };
        if paged.lateness.is_too_late_for(pages.usual()) {
            attempt.doubt(Doubt::NoEvidence, late_for_pages(&long.name, &pages, paged));
            continue;
        }
        grown(attempt, &pages, conclusion, (short, long));
    }
    false
}

fn late_for_pages(name: &str, pages: &Pages<'_>, paged: &Paged) -> String {
    format!(
        "this machine is too busy to see how {name} grows: 1 in 100 requests was sent {} late or more, which is more than a tenth of what the long page takes ({}); run the check on a quieter machine, or nothing else beside it",
        time(milliseconds(paged.lateness.p99())),
        time(milliseconds(pages.usual()))
    )
}

fn grown(
    attempt: &mut Attempt<'_>,
    pages: &Pages<'_>,
    conclusion: Conclusion,
    (short, long): (&Track<'_>, &Track<'_>),
) {
    let name = &long.name;
    let number = pages.pairs.old.len() as u64;
    let Some(comparison) = pages
        .comparison
        .filter(|_| conclusion != Conclusion::TooFew)
    else {
        let text = format!(
            "{name} has {} of a short and a long page, and {} are needed; give the check more time with `within:`",
            count(number, "pair"),
            super::config::FEWEST_PAIRS
        );
        attempt.doubt(Doubt::NoEvidence, text);
        return;
    };
    attempt.report.evaluated += 1;
    let at_most = pages.growth.at_most;
    let middle =
        |track: &Track<'_>| nearest_rank(&track.ascending(), 0.5).map_or_else(String::new, time);
    let (few, many) = (middle(short), middle(long));
    let range = match comparison.interval {
        (Some(low), Some(high)) => format!("between {low:.1} and {high:.1} times"),
        (Some(low), None) => format!("at least {low:.1} times"),
        _ => "of unknown range".to_owned(),
    };
    let ratio = comparison.ratio;
    match conclusion {
        Conclusion::Over => {
            let seen = format!(
                "{ratio:.1} times, with 90 % confidence {range}; medians {few} and {many} in {}",
                count(number, "pair")
            );
            let finding = growing(pages, ratio, seen, (short, long));
            attempt.suspect_queries(&finding);
            attempt.report.findings.push(finding);
        }
        Conclusion::TooClose => {
            let text = format!(
                "{name} is too close to call: it takes {ratio:.1} times as long as {}, {range}, and {at_most} times is the most",
                short.name
            );
            attempt.doubt(Doubt::TooClose, text);
        }
        Conclusion::Within | Conclusion::TooFew => {
            let note = format!(
                "{name} takes {ratio:.1} times as long as {} ({few} and {many}, {}); {at_most} times would be too much.",
                short.name,
                count(number, "pair")
            );
            attempt.report.notes.push(note);
        }
    }
}

/// What is found of a page whose time grows too much.
fn growing(
    pages: &Pages<'_>,
    ratio: f64,
    seen: String,
    (short, long): (&Track<'_>, &Track<'_>),
) -> Finding {
    let (name, at_most) = (&long.name, pages.growth.at_most);
    let title = format!(
        "{name} takes {ratio:.1} times as long as {}, and {at_most} times is the most",
        short.name
    );
    let finding = Finding::new(&codes::GROWTH, pages.growth.span.location(), title)
        .subject(format!("{name} growth"))
        .evidence("expected", format!("at most {at_most} times as long as the short page"))
        .evidence("actual", seen)
        .evidence("sizes", format!("{} and {}", Size::words(short.largest.0), Size::words(long.largest.0)))
        .advice("The time grows with the number of rows, which is how one query for each row looks (n-plus-one). Load what belongs to the rows in one query for all of them, and look at the log of the database while the page loads: the same query again and again is the proof.");
    evidence::seen(finding, long)
}
