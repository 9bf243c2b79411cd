//! Whether somebody of another tenant gets the rows of the identity that the check is.

use serde_json::Value as Json;
use tidegate_core::check::CheckError;
use tidegate_core::name::IdentityName;
use tidegate_core::ports::http::{Purpose, Response};
use tidegate_core::secret::Sensitive;

use super::answer::{self, Said};
use super::findings;
use super::run::Trial;
use super::tables::{Look, answered};
use crate::hosted::{Ask, Who, amount, json, names, seen, segment, shown};

/// How many rows of the owner are asked for by their key.
const ROWS: usize = 50;

/// Compares the tables that are neither public nor shared.
///
/// # Errors
/// When the gate file is at fault that there is no answer.
pub(super) async fn compare(trial: &mut Trial<'_>, looks: &[Look]) -> Result<(), CheckError> {
    let (Some(owner), Some(other)) = (trial.identity(), trial.other()) else {
        return Ok(());
    };
    for look in looks {
        let is_meant = look.is_public || names(&trial.config.shared_tables, &look.name);
        // What everybody reads is told once; that two tenants do so is no further hole.
        let is_told = findings::is_open(&trial.asker.report.findings, look);
        if !is_meant && !is_told && look.stranger.said != Said::Missing {
            table(trial, look, &owner, &other).await?;
        }
    }
    Ok(())
}

async fn table(
    trial: &mut Trial<'_>,
    look: &Look,
    owner: &Who,
    other: &Who,
) -> Result<(), CheckError> {
    let column = trial.config.key_column(&look.name).to_owned();
    let path = format!(
        "/rest/v1/{}?select={}&limit={ROWS}",
        segment(&look.name),
        segment(&column)
    );
    let mut own = Ask::get(&trial.config.api.value, path.clone(), look.location.clone());
    own.purpose = Purpose::Normal;
    let Some(response) = answered(trial, &own, owner, &look.name).await? else {
        return Ok(());
    };
    let keys = keys(&response, &column);
    if keys.is_empty() {
        if look.is_declared {
            trial.asker.doubt(missing(look, &column, owner, &response));
        }
        return Ok(());
    }
    let before = seen(&own, owner, &response, &amount(count(&keys), "row"));
    let mut foreign = Ask::get(&trial.config.api.value, path, look.location.clone());
    let filter = format!("in.({})", keys.join(","));
    foreign.query.push((column, Sensitive::new(filter)));
    let Some(response) = answered(trial, &foreign, other, &look.name).await? else {
        return Ok(());
    };
    match answer::one(&response) {
        Said::Rows(_) => {
            let got = json(&response).and_then(|rows| rows.as_array().map(Vec::len));
            let got = u64::try_from(got.unwrap_or(1)).unwrap_or(u64::MAX);
            let line = seen(&foreign, other, &response, &format!("{got} of these"));
            let people = Pair { owner, other };
            let finding =
                findings::cross_tenant(look, &people, [got, count(&keys)], [before, line]);
            trial.asker.found(finding);
        }
        Said::Empty | Said::Held(_) => trial.asker.evaluated(),
        said => trial.asker.doubt(format!(
            "Whether the rows of `{}` can be read {} is not known{}.",
            shown(&look.name),
            other.words(),
            how(&said)
        )),
    }
    Ok(())
}

/// The owner of rows and somebody of another tenant.
pub(super) struct Pair<'w> {
    owner: &'w Who,
    other: &'w Who,
}

impl Pair<'_> {
    /// Their names.
    pub(super) fn names(&self) -> [Option<&IdentityName>; 2] {
        [self.owner, self.other].map(|who| match who {
            Who::Identity(name, _) => Some(name),
            Who::Stranger | Who::Anonymous { .. } => None,
        })
    }
}

fn how(said: &Said) -> String {
    match said {
        Said::Unclear(how) => format!(": it {how}"),
        _ => String::new(),
    }
}

fn missing(look: &Look, column: &str, owner: &Who, response: &Response) -> String {
    let name = shown(&look.name);
    if response.status == 400 {
        return format!(
            "The rows of `{name}` cannot be told apart by `{}`. Name the column that can with `key-columns: {{ {name}: … }}`.",
            shown(column)
        );
    }
    format!(
        "Whether tenants are apart in `{name}` is not known: there is no row of it {}. Give them one.",
        owner.words()
    )
}

fn count(keys: &[String]) -> u64 {
    u64::try_from(keys.len()).unwrap_or(u64::MAX)
}

/// The keys of the rows, as a filter takes them.
///
/// <https://docs.postgrest.org/en/latest/references/api/url_grammar.html#reserved-characters>
fn keys(response: &Response, column: &str) -> Vec<String> {
    let document = json(response).filter(|_| response.status < 300);
    let rows = document.as_ref().and_then(Json::as_array);
    let values = rows.into_iter().flatten().filter_map(|row| row.get(column));
    let texts = values.filter_map(|value| match value {
        Json::Number(number) => Some(number.to_string()),
        Json::String(text) => {
            let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
            Some(format!("\"{escaped}\""))
        }
        _ => None,
    });
    texts.take(ROWS).collect()
}
