//! Whether answers tell who has an account.

use tidegate_core::check::CheckError;
use tidegate_core::finding::Finding;
use tidegate_core::ports::http::Purpose;

use super::codes;
use super::run::{Attempt, Heard};
use crate::attack::{Calls, Story, shape};

/// How often each account is asked about: answers that differ for one account tell nothing.
const TIMES: usize = 2;

/// What was answered about somebody who has an account and about somebody who has none.
struct Pair {
    known: Vec<Heard>,
    unknown: Vec<Heard>,
}

/// Compares wrong passwords for an account and for none; gives back the answers about the account when
/// they are those of failed logins.
pub(super) async fn logins(
    attempt: &mut Attempt<'_>,
    right: &Heard,
) -> Result<Option<Vec<Heard>>, CheckError> {
    let (user, unknown) = (attempt.user.clone(), attempt.unknown.clone());
    let mut pair = Pair {
        known: Vec::new(),
        unknown: Vec::new(),
    };
    for _ in 0..TIMES {
        let Some(heard) = attempt.guess(&unknown).await? else {
            return Ok(None);
        };
        pair.unknown.push(heard);
        let Some(heard) = attempt.guess(&user).await? else {
            return Ok(None);
        };
        pair.known.push(heard);
    }
    let Some(first) = pair.known.first() else {
        return Ok(None);
    };
    if !attempt.is_failure(first, right)? {
        let (login, status) = (attempt.login(), first.response.status);
        attempt.doubt(&format!("{login} with a wrong password was answered with status {status} and cannot be told from a success or a fault; say with `failed:` what a failed login looks like."));
        return Ok(None);
    }
    let login = attempt.config.login.clone();
    compare(attempt, &login, &pair, "a wrong password");
    Ok(Some(pair.known))
}

/// Compares requests for a new password, when the gate names one.
pub(super) async fn resets(attempt: &mut Attempt<'_>) -> Result<(), CheckError> {
    let Some(reset) = attempt.config.reset.clone() else {
        return Ok(());
    };
    let (user, unknown) = (attempt.user.clone(), attempt.unknown.clone());
    let mut pair = Pair {
        known: Vec::new(),
        unknown: Vec::new(),
    };
    for _ in 0..TIMES {
        for (who, heard) in [(&unknown, &mut pair.unknown), (&user, &mut pair.known)] {
            let Some(answer) = attempt.ask(&reset, who, "", Purpose::Attack).await? else {
                return Ok(());
            };
            if answer.response.status == 429 || answer.response.status >= 500 {
                let (name, status) = (reset.name(), answer.response.status);
                attempt.doubt(&format!("Whether {name} tells who has an account is not proven: it was answered with status {status}."));
                return Ok(());
            }
            heard.push(answer);
        }
    }
    compare(attempt, &reset, &pair, "a request for a new password");
    Ok(())
}

fn compare(attempt: &mut Attempt<'_>, request: &Calls, pair: &Pair, what: &str) {
    let name = request.name();
    let (Some(known), Some(unknown)) = (pair.known.first(), pair.unknown.first()) else {
        return;
    };
    let settled = |all: &[Heard]| {
        all.windows(2)
            .all(|two| two[0].likeness.difference(&two[1].likeness).is_none())
    };
    if !settled(&pair.known) || !settled(&pair.unknown) {
        let limited = pair
            .known
            .iter()
            .chain(&pair.unknown)
            .any(|heard| heard.response.status == 429);
        let why = if limited {
            "the portal wanted fewer requests"
        } else {
            "it differs from one request to the next"
        };
        attempt.doubt(&format!(
            "Whether the answer of {name} tells who has an account is not proven: {why}."
        ));
        return;
    }
    attempt.report.evaluated += 1;
    let Some(difference) = known.likeness.difference(&unknown.likeness) else {
        timing(attempt, &name, pair);
        return;
    };
    let story = Story {
        before: format!(
            "{name} with {what} for an account that exists: {}",
            shape(&known.response)
        ),
        attack: format!(
            "{name} with {what} for an account that does not exist: {}",
            shape(&unknown.response)
        ),
        after: format!("they differ in {}, each time", difference.words()),
    };
    let title = format!(
        "{name} tells whether an account exists: the answers differ in {}",
        difference.words()
    );
    let finding = Finding::new(&codes::ENUMERATION, request.request().span.location(), title)
        .subject(format!("{name} enumeration"))
        .advice("Give the same status and the same words in both cases, such as “the address or the password is wrong” or “if there is an account, we have sent a mail”, and do the same work in both: compare the password with a hash that belongs to nobody when there is no account.");
    attempt.found(story.told(finding));
}

/// Notes answers about nobody that come much sooner: a hint, as networks differ.
fn timing(attempt: &mut Attempt<'_>, name: &str, pair: &Pair) {
    let least = |all: &[Heard]| {
        all.iter()
            .map(|heard| heard.response.elapsed)
            .min()
            .unwrap_or_default()
    };
    let most = |all: &[Heard]| {
        all.iter()
            .map(|heard| heard.response.elapsed)
            .max()
            .unwrap_or_default()
    };
    let (known, unknown) = (least(&pair.known), most(&pair.unknown));
    if known >= unknown * 4 && known.saturating_sub(unknown).as_millis() >= 80 {
        attempt.report.notes.push(format!("{name} takes {} ms for an account that exists and {} ms for one that does not; with many tries that may tell who has one.", known.as_millis(), unknown.as_millis()));
    }
}
