//! Tables: how many rows are there for whom, and whether strangers add some.

use tidegate_core::check::CheckError;
use tidegate_core::ports::Promise;
use tidegate_core::ports::http::{Purpose, Response};
use tidegate_core::span::Location;

use super::answer::{self, Said};
use super::findings;
use super::run::Trial;
use crate::hosted::{Ask, Who, is_page, listed, names, seen, segment, shown};

/// What is known of a table.
pub(super) struct Look {
    /// Its name.
    pub(super) name: String,
    /// Where the gate file names it, or the check.
    pub(super) location: Location,
    /// Whether the gate file names it as one that is not public.
    pub(super) is_declared: bool,
    /// Whether the gate file names it as public.
    pub(super) is_public: bool,
    /// Where the source code asks for it.
    pub(super) source: Option<Location>,
    /// What a stranger gets.
    pub(super) stranger: Counted,
    /// What the identity of the check gets, when that was asked.
    pub(super) control: Option<Counted>,
}

/// What somebody gets of a table.
pub(super) struct Counted {
    /// What the answer says.
    pub(super) said: Said,
    /// The request and its answer in a line.
    pub(super) line: String,
}

impl Look {
    /// Whether it is known that the table has rows.
    pub(super) fn has_rows(&self) -> bool {
        let control = self.control.as_ref();
        control.is_some_and(|control| matches!(control.said, Said::Rows(_)))
    }
}

/// Counts what a stranger gets of every table.
///
/// # Errors
/// When the gate file is at fault that there is no answer.
pub(super) async fn strangers(trial: &mut Trial<'_>) -> Result<Vec<Look>, CheckError> {
    let config = trial.config;
    let mut all: Vec<String> = Vec::new();
    let declared = config.tables.iter().chain(&config.public_tables);
    let declared = declared.map(|table| table.value.clone());
    let told = trial.outline.tables.keys().chain(trial.code.tables.keys());
    for name in declared.chain(told.cloned()) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    let mut looks = Vec::new();
    for name in all {
        let location = trial.place(&[&config.tables, &config.public_tables], &name);
        let Some(stranger) = count(trial, &name, &location, &Who::Stranger).await? else {
            continue;
        };
        looks.push(Look {
            is_declared: names(&config.tables, &name),
            is_public: names(&config.public_tables, &name),
            source: trial.code.tables.get(&name).cloned(),
            name,
            location,
            stranger,
            control: None,
        });
        if !trial.is_known {
            break;
        }
    }
    Ok(looks)
}

/// Counts what the identity of the check gets of the tables that seem empty.
///
/// # Errors
/// When the gate file is at fault that there is no answer.
pub(super) async fn control(trial: &mut Trial<'_>, looks: &mut [Look]) -> Result<(), CheckError> {
    let Some(who) = trial.identity() else {
        return Ok(());
    };
    for look in looks.iter_mut() {
        if look.is_public || look.stranger.said != Said::Empty {
            continue;
        }
        look.control = count(trial, &look.name, &look.location, &who).await?;
    }
    Ok(())
}

/// How many rows somebody gets of a table; no row is asked for.
///
/// With `limit=0` and `count=exact` PostgREST answers `[]` and the total:
/// <https://docs.postgrest.org/en/latest/references/api/pagination_count.html>. Where it cannot count
/// one row is asked for.
async fn count(
    trial: &mut Trial<'_>,
    table: &str,
    location: &Location,
    who: &Who,
) -> Result<Option<Counted>, CheckError> {
    let path = format!("/rest/v1/{}?select=*&limit=0", segment(table));
    let mut ask = Ask::get(&trial.config.api.value, path, location.clone());
    ask = ask.header("prefer", "count=exact");
    ask.purpose = purpose(who);
    let Some(response) = answered(trial, &ask, who, table).await? else {
        return Ok(None);
    };
    let said = answer::rows(&response);
    if !matches!(said, Said::Unclear(_)) || !could_not_count(&response) {
        return Ok(Some(counted(&ask, who, &response, said)));
    }
    ask.path = format!("/rest/v1/{}?select=*&limit=1", segment(table));
    ask.headers.clear();
    let second = answered(trial, &ask, who, table).await?;
    Ok(second.map(|response| {
        let said = answer::one(&response);
        counted(&ask, who, &response, said)
    }))
}

fn purpose(who: &Who) -> Purpose {
    match who {
        Who::Identity(..) => Purpose::Normal,
        Who::Stranger | Who::Anonymous { .. } => Purpose::Attack,
    }
}

fn could_not_count(response: &Response) -> bool {
    let is_data = (200..300).contains(&response.status) && !is_page(response);
    is_data || answer::code(response) == "57014"
}

fn counted(ask: &Ask, who: &Who, response: &Response, said: Said) -> Counted {
    let remark = match &said {
        Said::Rows(rows) => rows.words(),
        Said::Empty => "no row".to_owned(),
        Said::Held(how) | Said::BadKey(how) => (*how).to_owned(),
        Said::Missing => "no such table".to_owned(),
        Said::Unclear(_) => String::new(),
    };
    Counted {
        line: seen(ask, who, response, &remark),
        said,
    }
}

/// Asks about a table; tells where there is no answer, or none to the login.
///
/// # Errors
/// When the gate file is at fault that there is no answer.
pub(super) async fn answered(
    trial: &mut Trial<'_>,
    ask: &Ask,
    who: &Who,
    table: &str,
) -> Result<Option<Response>, CheckError> {
    match trial.ask(ask, who).await? {
        Ok(response) if matches!(who, Who::Identity(..)) && !response.authenticated => {
            trial.asker.doubt(format!(
                "The login {} was not shown to the project, because another place issued it. Let the identity log in at the \
                 project, with `supabase:` under `identities`.",
                who.words()
            ));
            Ok(None)
        }
        Ok(response) => Ok(Some(response)),
        Err(reason) => {
            if trial.asker.sender.stopped.is_none() {
                trial.asker.doubt(format!(
                    "`{}` could not be asked {}: {reason}.",
                    shown(table),
                    who.words()
                ));
            }
            Ok(None)
        }
    }
}

/// Judges what strangers get.
pub(super) fn judge(trial: &mut Trial<'_>, looks: &[Look]) {
    let mut unknown: Vec<&str> = Vec::new();
    for look in looks {
        let name = shown(&look.name);
        match &look.stranger.said {
            Said::Rows(_) if look.is_public => judge_columns(trial, look),
            Said::Rows(rows) => {
                let finding = findings::readable(trial, look, *rows);
                trial.asker.found(finding);
            }
            Said::Held(_) if look.is_public => trial.asker.note(format!(
                "`{name}` stands under `public-tables` and cannot be read without a login."
            )),
            Said::Held(_) => trial.asker.evaluated(),
            Said::Empty if look.has_rows() => trial.asker.evaluated(),
            Said::Empty if look.is_public => {}
            Said::Empty if look.is_declared => {
                let reason = unproven(trial, look);
                trial.asker.doubt(reason);
            }
            Said::Missing => trial.asker.note(format!(
                "The project offers no table `{name}`; if it has one of this name, look at the spelling."
            )),
            Said::Unclear(how) if look.is_declared => {
                trial.asker.doubt(format!("Whether `{name}` can be read is not known: it {how}."));
            }
            Said::Empty | Said::Unclear(_) | Said::BadKey(_) => unknown.push(&look.name),
        }
    }
    if !unknown.is_empty() {
        trial.asker.note(format!(
            "Strangers got no row of {}, which the project or its source code names. These may be empty or protected: name them under `tables` \
             to have it proven.",
            listed(unknown)
        ));
    }
}

/// Why an empty answer proves nothing, and what to do.
fn unproven(trial: &Trial<'_>, look: &Look) -> String {
    let name = shown(&look.name);
    match (&trial.config.identity, &look.control) {
        (None, _) => format!(
            "Strangers got no row of `{name}`, which may be empty or protected. Name somebody who has rows there with `as:`."
        ),
        (Some(identity), Some(control)) if control.said == Said::Empty => format!(
            "Neither strangers nor {identity} got a row of `{name}`, so that nothing is proven. Give {identity} a row there."
        ),
        (Some(identity), Some(_)) => format!(
            "Strangers got no row of `{name}`, and {identity}, who should, was refused, so that nothing is proven."
        ),
        (Some(identity), None) => format!(
            "Strangers got no row of `{name}`, and whether {identity} does could not be asked."
        ),
    }
}

fn judge_columns(trial: &mut Trial<'_>, look: &Look) {
    let columns = findings::sensitive(trial.outline.columns(&look.name));
    if columns.is_empty() {
        trial.asker.evaluated();
    } else {
        let finding = findings::sensitive_columns(look, &columns);
        trial.asker.found(finding);
    }
}

/// Counts what an account that anybody can make gets, beyond what strangers get.
///
/// # Errors
/// When the gate file is at fault that there is no answer.
pub(super) async fn accounts(
    trial: &mut Trial<'_>,
    looks: &[Look],
    user: &Who,
) -> Result<(), CheckError> {
    for look in looks {
        let is_shared = names(&trial.config.shared_tables, &look.name);
        let is_known = matches!(look.stranger.said, Said::Rows(_) | Said::Missing);
        if look.is_public || is_shared || is_known {
            continue;
        }
        let Some(counted) = count(trial, &look.name, &look.location, user).await? else {
            continue;
        };
        match &counted.said {
            Said::Rows(rows) => {
                let finding = findings::any_account(look, &counted, *rows);
                trial.asker.found(finding);
            }
            Said::Held(_) => trial.asker.evaluated(),
            Said::Empty if look.has_rows() => trial.asker.evaluated(),
            _ => {}
        }
    }
    Ok(())
}

/// Tries to add a row that cannot be stored, because a column that must not be null is null.
///
/// Row security is asked before constraints are, so that the error tells whether it let the row pass:
/// <https://www.postgresql.org/docs/current/sql-createpolicy.html>.
///
/// # Errors
/// When the gate file is at fault that there is no answer.
pub(super) async fn writes(trial: &mut Trial<'_>) -> Result<(), CheckError> {
    let config = trial.config;
    if !config.writes.0.is_empty() && !trial.is_writable() {
        trial
            .asker
            .note("This is production, so that no insert was tried.");
        return Ok(());
    }
    for (table, column) in &config.writes.0 {
        write(trial, &table.value, &column.value, table.span.location()).await?;
    }
    Ok(())
}

/// Whether the answer is to name the row that was stored, or not.
///
/// To name it the database reads it, which takes the right to read:
/// <https://docs.postgrest.org/en/latest/references/api/preferences.html#prefer-return>.
const NAMED: &str = "return=headers-only, tx=rollback";
const UNNAMED: &str = "return=minimal, tx=rollback";

async fn write(
    trial: &mut Trial<'_>,
    table: &str,
    column: &str,
    location: Location,
) -> Result<(), CheckError> {
    let mut row = serde_json::Map::new();
    row.insert(column.to_owned(), serde_json::Value::Null);
    let path = format!("/rest/v1/{}", segment(table));
    let body = serde_json::Value::Object(row);
    let bare = Ask::post(&trial.config.api.value, path, body, location);
    for prefer in [NAMED, UNNAMED] {
        let ask = bare.clone().header("prefer", prefer);
        let Some(response) = send_write(trial, &ask, table, column).await? else {
            return Ok(());
        };
        let is_held = matches!(answer::refusal(&response), Some(Said::Held(_)));
        if prefer == UNNAMED || !is_held {
            judge_write(trial, &ask, table, column, &response);
            return Ok(());
        }
    }
    Ok(())
}

/// Sends the row, and removes it when it was stored all the same.
async fn send_write(
    trial: &mut Trial<'_>,
    ask: &Ask,
    table: &str,
    column: &str,
) -> Result<Option<Response>, CheckError> {
    let cleanup = trial.asker.context().cleanup()?.clone();
    let ticket = cleanup.promise(Promise {
        check: trial.asker.context().check().clone(),
        identity: None,
        marker: format!("a row of `{}` with nothing but defaults", shown(table)),
        created_by: ask.name(),
        location: ask.location.clone(),
        recover: None,
    });
    let response = match trial.ask(ask, &Who::Stranger).await? {
        Ok(response) => response,
        Err(reason) => {
            // A row with null in this column cannot be stored, so that a lost answer leaves nothing.
            cleanup.release(ticket);
            trial.asker.doubt(format!(
                "Whether strangers add rows to `{}` is not known: {reason}.",
                shown(table)
            ));
            return Ok(None);
        }
    };
    let applied = response.header("preference-applied").unwrap_or_default();
    let is_stored = is_success(&response) && !applied.contains("tx=rollback");
    let path = response.header("location");
    let path = path.and_then(|path| row_path(path, table));
    match path {
        _ if !is_stored => cleanup.release(ticket),
        Some(path) => {
            let mut remove = Ask::get(&trial.config.api.value, path, ask.location.clone());
            remove.method = "DELETE";
            remove.purpose = Purpose::Cleanup;
            if trial.key.is_own {
                remove = remove.header(super::key::HEADER, trial.key.value.clone());
            }
            cleanup.fulfil(ticket, remove.request(trial.asker.context(), &Who::Stranger));
        }
        None => trial.asker.note(format!(
            "A row of `{}` was stored although `{}` was null, and the answer does not say which: it has nothing but defaults. \
             Remove it by hand.",
            shown(table),
            shown(column)
        )),
    }
    Ok(Some(response))
}

fn is_success(response: &Response) -> bool {
    (200..300).contains(&response.status) && !is_page(response)
}

/// The path of a created row, as in `/clients?id=eq.4`; nothing when it may be that of others.
fn row_path(location: &str, table: &str) -> Option<String> {
    let (route, filter) = location.rsplit_once('?')?;
    let table = segment(table);
    let is_table = route.rsplit('/').next() == Some(&table);
    let is_equal = |pair: &str| {
        pair.split_once("=eq.")
            .is_some_and(|(column, value)| !column.is_empty() && !value.is_empty())
    };
    let is_one = is_table && filter.split('&').all(is_equal);
    is_one.then(|| format!("/rest/v1/{table}?{filter}"))
}

fn judge_write(trial: &mut Trial<'_>, ask: &Ask, table: &str, column: &str, response: &Response) {
    let code = answer::code(response);
    let line = |remark: &str| seen(ask, &Who::Stranger, response, remark);
    // Not-null, foreign key, unique, check and exclusion constraints are asked after row security.
    let is_past = ["23502", "23503", "23505", "23514", "23P01"].contains(&code.as_str());
    let is_stored = is_success(response);
    if is_stored || is_past {
        let remark = if is_stored {
            "the row was taken".to_owned()
        } else {
            format!("row security let it pass; only a constraint of the table ({code}) stopped it")
        };
        let finding = findings::writable(ask, table, line(&remark));
        trial.asker.found(finding);
        return;
    }
    match answer::refusal(response) {
        Some(Said::Held(_)) => trial.asker.evaluated(),
        Some(Said::BadKey(_)) => {}
        Some(Said::Missing) => trial.asker.doubt(format!(
            "No row could be tried on `{}`, because the project offers no such table.",
            shown(table)
        )),
        _ => trial.asker.doubt(format!(
            "Whether strangers add rows to `{}` is not known: a row with `{}` as null was answered with {}. Name a column \
             that must not be null and that the database does not make itself.",
            shown(table),
            shown(column),
            response.status
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::row_path;

    #[test]
    fn only_the_row_that_was_created_is_removed() {
        let path = |location| row_path(location, "client list");
        assert_eq!(
            path("/client%20list?id=eq.4&part=eq.a").as_deref(),
            Some("/rest/v1/client%20list?id=eq.4&part=eq.a")
        );
        for location in [
            "/invoices?id=eq.4",
            "/client%20list?id=gt.0&a=eq.1",
            "/client%20list?or=(id.gt.0,a.eq.1)",
            "/client%20list?id=eq.",
            "/client%20list?",
            "/client%20list",
        ] {
            assert_eq!(path(location), None, "{location}");
        }
    }
}
