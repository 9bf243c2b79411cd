//! What is said when a measurement ended early.

use tidegate_core::check::Doubt;
use tidegate_core::finding::Finding;
use tidegate_core::period::Period;

use super::codes;
use super::run::Attempt;
use super::track::Track;
use super::watch::{Trouble, Watch};
use crate::measure::{Odd, count, limited, percent};

/// Says why a measurement ended early; `when` ends the sentence, as in ` with 30 clients at once`.
pub(super) fn tell(attempt: &mut Attempt<'_>, watch: &Watch<'_>, trouble: &Trouble, when: &str) {
    let (Trouble::Burst { route }
    | Trouble::Share { route }
    | Trouble::Limited { route, .. }
    | Trouble::Odd { route, .. }) = trouble;
    let Some(track) = watch.tracks.get(*route) else {
        return;
    };
    match trouble {
        Trouble::Burst { .. } | Trouble::Share { .. } => {
            let finding = failing(attempt, track, trouble, when);
            attempt.report.findings.push(finding);
            let text = "Latency is not judged, because requests failed.";
            attempt.report.notes.push(text.to_owned());
        }
        Trouble::Limited { after, status, .. } => {
            let sent = count(track.errors.of() + 1, "request");
            let answered = format!("{} answered {status}{when} after {sent}", track.name);
            let text = limited("the portal", &answered, *after);
            attempt.doubt(Doubt::NoEvidence, text);
        }
        Trouble::Odd {
            status, location, ..
        } => {
            let who = attempt.context.identity().map(ToString::to_string);
            let odd = Odd {
                status: *status,
                location: location.as_deref(),
                who: who.as_deref(),
                may_be_expected: true,
            };
            let text = format!("{} answered {status}{}", track.name, odd.told());
            attempt.doubt(Doubt::NoEvidence, text);
        }
    }
}

fn failing(attempt: &Attempt<'_>, track: &Track<'_>, trouble: &Trouble, when: &str) -> Finding {
    let errors = &track.errors;
    let bad = errors.count() + track.silent;
    let of = errors.of().max(bad);
    let timeout = Period(track.route.timeout);
    let silent = errors.count() == 0;
    let what = if silent {
        format!("answers nothing within {timeout}")
    } else {
        "fails".to_owned()
    };
    let title = format!(
        "{} {what}{when}: {bad} of {} ({})",
        track.name,
        count(of, "request"),
        percent(bad, of)
    );
    let mut seen = Vec::from([errors.words()]);
    if track.silent > 0 {
        seen.push(format!(
            "no answer within {timeout} ({})",
            count(track.silent, "time")
        ));
    }
    seen.retain(|words| !words.is_empty());
    let stopped = match trouble {
        Trouble::Burst { .. } => {
            "three failures one after the other, after which nothing more was sent"
        }
        _ => "more failures than one in a hundred, and too many for chance",
    };
    let advice = if silent {
        "Open the page by hand and look at what the server waits for: a query without an index, a lock, another service. An answer that never comes keeps a worker busy, too."
    } else {
        "Look at the application's log at this moment: it names the exception behind each of these. Too few database connections and limits of memory or workers are the usual reasons when a page works alone and fails when it is asked again and again."
    };
    Finding::new(&codes::ERRORS, track.route.request.span.location(), title)
        .subject(format!("{} fails", track.name))
        .evidence("expected", "an answer to at least 99 of 100 requests")
        .evidence("actual", seen.join(", "))
        .evidence("stopped by", stopped)
        .evidence("seed", attempt.context.random().seed().to_string())
        .advice(advice)
}
