//! Whether guessing goes on for ever.

use std::time::Duration;

use tidegate_core::check::CheckError;
use tidegate_core::finding::Finding;
use tidegate_core::ports::http::Response;

use super::codes;
use super::run::{Attempt, Heard};
use crate::attack::{Reply, Story, shape};

/// How many times as long as in the beginning an answer takes when guessing is slowed down.
const SLOWER: u32 = 4;

/// The shortest answer that counts as slowed down.
const SLOW: Duration = Duration::from_secs(1);

/// Words of what tells people from programs.
const PUZZLES: &[&str] = &[
    "captcha",
    "turnstile",
    "challenge-platform",
    "are you a robot",
    "are you human",
];

/// How guessing is slowed down.
#[derive(Debug, PartialEq, Eq)]
enum Brake {
    /// It is asked for fewer requests.
    Limited(u16),
    /// The account is told to be locked, or something else is told than before.
    Told,
    /// A puzzle is set.
    Puzzle,
    /// Answers take longer and longer.
    Delay,
}

impl Brake {
    fn words(&self) -> String {
        match self {
            Self::Limited(status) => format!("with status {status}"),
            Self::Told => "with another answer than before".to_owned(),
            Self::Puzzle => "with a puzzle that tells people from programs".to_owned(),
            Self::Delay => "with answers that take longer and longer".to_owned(),
        }
    }
}

/// Tries wrong passwords until the portal slows down, or the tries are used up.
pub(super) async fn run(
    attempt: &mut Attempt<'_>,
    right: &Heard,
    wrong: &[Heard],
) -> Result<(), CheckError> {
    let mut heard: Vec<Heard> = wrong.to_vec();
    let (mut brake, mut hint) = (None, None);
    // What is hinted at by one answer the next one must say again.
    while brake.is_none() && (hint.is_some() || attempt.guessed() < attempt.config.tries) {
        let user = attempt.user.clone();
        let Some(next) = attempt.guess(&user).await? else {
            return Ok(());
        };
        if is_broken(attempt, &next)? {
            let (login, status) = (attempt.login(), next.response.status);
            attempt.doubt(&format!("{login} failed with status {status} while passwords were guessed; look at the log of the portal."));
            return Ok(());
        }
        let found = found(&heard, &next);
        let is_sure =
            matches!(found, Some(Brake::Limited(_))) || (found.is_some() && found == hint);
        if is_sure {
            brake = found;
        } else {
            let is_spent = attempt.guessed() > attempt.config.tries;
            hint = found.filter(|_| !is_spent);
        }
        heard.push(next);
    }
    attempt.report.evaluated += 1;
    let tries = attempt.guessed();
    let login = attempt.login();
    match brake {
        Some(brake) => {
            let after = locked(attempt, right).await?;
            let note = format!(
                "{login} slows guessing down after {tries} wrong passwords, {}{after}.",
                brake.words()
            );
            attempt.report.notes.push(note);
        }
        None => {
            let last = heard.last().map(|last| last.response.clone());
            let finding = unlimited(attempt, right, last);
            attempt.found(finding);
        }
    }
    Ok(())
}

/// Whether the portal fails: a request to wait (503) is no failure.
fn is_broken(attempt: &Attempt<'_>, heard: &Heard) -> Result<bool, CheckError> {
    let response = &heard.response;
    if response.status == 503 && response.header("retry-after").is_some() {
        return Ok(false);
    }
    let scope = attempt.scope();
    Ok(attempt.config.failed.read(response, None, &scope)? == Reply::Failed)
}

fn found(before: &[Heard], next: &Heard) -> Option<Brake> {
    let first = before.first()?;
    let response = &next.response;
    if matches!(response.status, 429 | 423 | 503) {
        return Some(Brake::Limited(response.status));
    }
    if sets_puzzle(response) && !sets_puzzle(&first.response) {
        return Some(Brake::Puzzle);
    }
    if first.likeness.difference(&next.likeness).is_some() {
        return Some(Brake::Told);
    }
    // One slow answer may be noise.
    let usual = before
        .iter()
        .take(3)
        .map(|heard| heard.response.elapsed)
        .max()?;
    let slow = response.elapsed >= SLOW && response.elapsed >= usual * SLOWER;
    slow.then_some(Brake::Delay)
}

fn sets_puzzle(response: &Response) -> bool {
    let text = response.text().to_lowercase();
    PUZZLES.iter().any(|puzzle| text.contains(puzzle))
}

/// What the right password brings now.
async fn locked(attempt: &mut Attempt<'_>, right: &Heard) -> Result<&'static str, CheckError> {
    Ok(match attempt.log_in_rightly().await? {
        Some(heard) if heard.likeness.difference(&right.likeness).is_none() => {
            "; the right password still works"
        }
        Some(_) => "; the right password is not accepted for now either",
        None => "",
    })
}

fn unlimited(attempt: &Attempt<'_>, right: &Heard, last: Option<Response>) -> Finding {
    let (login, tries) = (attempt.login(), attempt.guessed());
    let last = last.map_or_else(String::new, |last| {
        format!(", the last one: {}", shape(&last))
    });
    let story = Story {
        before: format!(
            "{login} with the right password: {}",
            shape(&right.response)
        ),
        attack: format!("{login} with {tries} wrong passwords for one account{last}"),
        after: "no answer asked to wait, told of a lock, set a puzzle or took longer".to_owned(),
    };
    let title = format!("{login} lets a program guess passwords as often as it likes");
    let location = attempt.config.login.request().span.location();
    let finding = Finding::new(&codes::UNLIMITED, location, title)
        .subject(format!("{login} unlimited"))
        .advice("Count failed logins for each account and each address, and answer 429 with `Retry-After` after about ten of them: `express-rate-limit` or `rate-limiter-flexible` in Node, `slowapi` in FastAPI, `django-axes` in Django, `RateLimiter` in Laravel; Supabase Auth has limits of its own under Authentication. On hosts with several instances the counter belongs into a store that they share.");
    story.told(finding)
}
