//! What is said when a measurement ended early.

use tidegate_core::check::Doubt;
use tidegate_core::finding::Finding;
use tidegate_core::period::Period;

use super::codes;
use super::run::Attempt;
use super::track::Track;
use super::watch::{Trouble, Watch};
use crate::measure::{count, percent};

/// The longest address that is told, in characters.
const ADDRESS: usize = 120;

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
            let text = limited(track, *after, *status, when);
            attempt.doubt(Doubt::NoEvidence, text);
        }
        Trouble::Odd {
            status, location, ..
        } => {
            let who = attempt.context.identity().map(ToString::to_string);
            let text = odd(&track.name, *status, location.as_deref(), who.as_deref());
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

fn limited(track: &Track<'_>, after: Option<u64>, status: u16, when: &str) -> String {
    let sent = count(track.errors.of() + 1, "request");
    let wait = after.map_or_else(String::new, |after| format!(" and asks to wait {after} s"));
    format!(
        "the portal limits how often it may be asked: {} answered {status}{when} after {sent}{wait}; ask less often with `rate:`, or let the account of the check through the limit",
        track.name
    )
}

fn odd(name: &str, status: u16, location: Option<&str>, who: Option<&str>) -> String {
    let answered = match location {
        Some(location) => format!("{name} answered {status} and leads to {}", clip(location)),
        None => format!("{name} answered {status}"),
    };
    let log_in = |what: &str| match who {
        Some(who) => format!(
            "{answered}: {who} {what}, so that there is nothing to measure; look at how {who} logs in"
        ),
        None => format!(
            "{answered}: it is not logged in, so that there is nothing to measure; say with `as:` who asks"
        ),
    };
    match status {
        401 => log_in("is not logged in there"),
        403 if who.is_some() => format!(
            "{answered}: {} may not see it, so that there is nothing to measure; choose another identity with `as:`",
            who.unwrap_or_default()
        ),
        403 => log_in("may not see it"),
        300..=399 if location.is_some_and(is_login) => log_in("is not logged in there"),
        300..=399 => format!(
            "{answered}, which is not followed; write the path that it leads to, or expect it with `status: {status}`"
        ),
        404 | 410 => format!(
            "{answered}: there is nothing to measure; check the path, and that the data it shows is there"
        ),
        405 => format!("{answered}: this method is not known there; check the method and the path"),
        _ => format!(
            "{answered}, which is not what is to be measured; mend the request, or expect it with `status: {status}`"
        ),
    }
}

/// Whether an address is that of a login.
fn is_login(address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    ["login", "signin", "sign-in", "sign_in", "/auth", "sso"]
        .iter()
        .any(|word| address.contains(word))
}

fn clip(text: &str) -> String {
    // What stands behind may be a token.
    let address = text.split(['?', '#']).next().unwrap_or_default();
    address
        .chars()
        .filter(|letter| !letter.is_control())
        .take(ADDRESS)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_odd_answer_says_what_to_do() {
        for (status, location, who, expected) in [
            (401, None, Some("anna"), "anna is not logged in there"),
            (401, None, None, "say with `as:` who asks"),
            (403, None, Some("anna"), "anna may not see it"),
            (403, None, None, "say with `as:` who asks"),
            (404, None, None, "check the path"),
            (405, None, None, "check the method"),
            (
                302,
                Some("/login?next=%2F"),
                Some("anna"),
                "leads to /login: anna is not logged in",
            ),
            (
                301,
                Some("/api/v2/records"),
                None,
                "write the path that it leads to",
            ),
            (422, None, None, "`status: 422`"),
        ] {
            let text = odd("GET /x", status, location, who);
            assert!(text.contains(expected), "{text}");
        }
    }
}
