//! One attempt: what strangers read, what they store, and what every account reads.

use tidegate_core::check::{CheckError, CheckReport, Context};
use tidegate_core::ports::Promise;
use tidegate_core::ports::http::{Purpose, Response};

use super::account;
use super::answer::{Amount, Said};
use super::config::Config;
use super::findings::{self, Stored};
use super::place::Place;
use crate::attack::Marks;
use crate::hosted::{Ask, Asker, Who, seen};

/// How many documents or files are counted at most.
const COUNTED: u32 = 300;

/// Runs the check.
///
/// # Errors
/// What keeps it from being judged: an undeclared origin, a secret that is not set, a stop.
pub(super) async fn run(config: &Config, context: &Context) -> Result<CheckReport, CheckError> {
    let mut asker = Asker::new(context, config.most)?;
    let is_writable = context.environment().kind.writable();
    let mut held = Vec::new();
    for place in &config.places {
        let looked = look(&mut asker, place, &Who::Stranger).await?;
        if strangers(&mut asker, place, looked) {
            held.push(place);
        }
    }
    if config.writes && !is_writable {
        asker.note("This is production, so that no write was tried.");
    } else if config.writes {
        for (number, place) in config.places.iter().enumerate() {
            let marks = Marks::new(context.values(), &place.words());
            write(&mut asker, place, &marks.nth(number)).await?;
        }
    }
    if config.anonymous_user && !is_writable {
        asker.note("This is production, so that no anonymous account was made.");
    } else if let (true, Some(accounts)) = (config.anonymous_user, &config.accounts)
        && let Some(token) = account::make(&mut asker, accounts).await?
    {
        for place in held.into_iter().filter(|place| !place.is_shared) {
            let looked = look(&mut asker, place, &place.shows(&token)).await?;
            accounts_read(&mut asker, place, looked);
        }
    }
    Ok(asker.finish())
}

/// What somebody got.
struct Looked {
    said: Said,
    line: String,
}

/// Asks for one thing, because rules may limit how much is asked for; then counts what is open.
async fn look(
    asker: &mut Asker<'_>,
    place: &Place,
    who: &Who,
) -> Result<Option<Looked>, CheckError> {
    let Some(first) = ask(asker, place, who, 1).await? else {
        return Ok(None);
    };
    let is_more = matches!(first.said, Said::Some(Amount { exact: false, .. }));
    if is_more
        && let Some(second) = ask(asker, place, who, COUNTED).await?
        && matches!(second.said, Said::Some(_))
    {
        return Ok(Some(second));
    }
    Ok(Some(first))
}

async fn ask(
    asker: &mut Asker<'_>,
    place: &Place,
    who: &Who,
    most: u32,
) -> Result<Option<Looked>, CheckError> {
    let ask = place.look(most);
    match asker.ask(&ask, who).await? {
        Ok(response) => {
            let said = place.read(&response);
            let remark = match &said {
                Said::Some(amount) => amount.words(place.one()),
                Said::Empty => "nothing is there".to_owned(),
                Said::Held => "refused".to_owned(),
                Said::Unclear(_) => String::new(),
            };
            let line = seen(&ask, who, &response, &remark);
            Ok(Some(Looked { said, line }))
        }
        Err(reason) => {
            if asker.sender.stopped.is_none() {
                asker.doubt(format!(
                    "{} could not be asked: {reason}.",
                    capital(&place.words())
                ));
            }
            Ok(None)
        }
    }
}

/// Judges what strangers read; whether the rules refuse them.
fn strangers(asker: &mut Asker<'_>, place: &Place, looked: Option<Looked>) -> bool {
    let Some(looked) = looked else { return false };
    let words = place.words();
    match looked.said {
        Said::Some(_) if place.is_public => asker.evaluated(),
        Said::Some(amount) => asker.found(findings::readable(place, amount, looked.line)),
        Said::Held if place.is_public => {
            asker.note(format!("{} is named as public and cannot be read without a login.", capital(&words)));
        }
        Said::Held => {
            asker.evaluated();
            return true;
        }
        Said::Empty if place.is_public => {}
        Said::Empty => asker.doubt(format!(
            "The rules let strangers read {words}, but there is nothing. Close it, name it as public, or put something there \
             and run this again."
        )),
        Said::Unclear(how) => asker.doubt(unclear(&words, &how)),
    }
    false
}

fn accounts_read(asker: &mut Asker<'_>, place: &Place, looked: Option<Looked>) {
    let Some(looked) = looked else { return };
    let words = place.words();
    match looked.said {
        Said::Some(amount) => asker.found(findings::any_account(place, amount, looked.line)),
        Said::Held => asker.evaluated(),
        Said::Empty => asker.doubt(format!(
            "The rules let every account read {words}, but there is nothing. Close it, name it as shared, or put something there."
        )),
        Said::Unclear(how) => asker.doubt(unclear(&words, &how)),
    }
}

fn unclear(words: &str, how: &str) -> String {
    format!("Whether {words} can be read is not known: the service {how}.")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

/// Stores something marked as a stranger, looks for it, and removes it.
async fn write(asker: &mut Asker<'_>, place: &Place, mark: &str) -> Result<(), CheckError> {
    let Some((mut create, path)) = place.write(mark) else {
        return Ok(());
    };
    if place.is_public {
        return Ok(());
    }
    create.route = create.route.replace(mark, "${canary}");
    let context = asker.context();
    let mut remove = Ask::get(&place.api, path.clone(), place.span.location());
    remove.method = "DELETE";
    remove.purpose = Purpose::Cleanup;
    let cleanup = context.cleanup()?.clone();
    let ticket = cleanup.promise(Promise {
        check: context.check().clone(),
        identity: None,
        marker: mark.to_owned(),
        created_by: create.name(),
        location: place.span.location(),
        recover: None,
    });
    let removal = remove.request(context, &Who::Stranger);
    let words = place.words();
    let response = match asker.ask(&create, &Who::Stranger).await? {
        Ok(response) => response,
        Err(reason) => {
            // The path is known, so that what may have been stored can be removed.
            cleanup.fulfil(ticket, removal);
            if asker.sender.stopped.is_none() {
                asker.doubt(format!(
                    "Whether strangers write to {words} is not known: {reason}."
                ));
            }
            return Ok(());
        }
    };
    let line = seen(&create, &Who::Stranger, &response, "");
    let is_taken = (200..300).contains(&response.status);
    let stored = if is_taken {
        cleanup.fulfil(ticket, removal);
        read_back(asker, place, path, mark).await?
    } else {
        cleanup.release(ticket);
        Stored::No
    };
    judge_write(asker, place, &response, line, stored);
    Ok(())
}

async fn read_back(
    asker: &mut Asker<'_>,
    place: &Place,
    path: String,
    mark: &str,
) -> Result<Stored, CheckError> {
    let mut ask = Ask::get(&place.api, path, place.span.location());
    ask.route = ask.route.replace(mark, "${canary}");
    ask.purpose = Purpose::Normal;
    Ok(match asker.ask(&ask, &Who::Stranger).await? {
        Ok(response) if response.text().contains(mark) => {
            Stored::Yes(seen(&ask, &Who::Stranger, &response, "holds the canary"))
        }
        Ok(response) if matches!(response.status, 401 | 403) => {
            Stored::Unseen(seen(&ask, &Who::Stranger, &response, "must not be read"))
        }
        Ok(_) => Stored::No,
        Err(reason) => Stored::Unseen(reason),
    })
}

fn judge_write(
    asker: &mut Asker<'_>,
    place: &Place,
    response: &Response,
    line: String,
    stored: Stored,
) {
    let is_taken = (200..300).contains(&response.status);
    match (is_taken, stored) {
        (true, Stored::No) => asker.doubt(format!(
            "A write to {} was answered with {} and nothing was stored.",
            place.words(),
            response.status
        )),
        (true, stored) => {
            if let Some(finding) = findings::writable(place, line, &stored) {
                asker.found(finding);
            }
        }
        (false, _) if place.read(response) == Said::Held => asker.evaluated(),
        (false, _) => asker.doubt(format!(
            "Whether strangers write to {} is not known: the answer was {}.",
            place.words(),
            response.status
        )),
    }
}
