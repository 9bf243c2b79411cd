//! Database functions, edge functions and GraphQL: what strangers may call.

use serde_json::{Value as Json, json};
use tidegate_core::check::CheckError;
use tidegate_core::located::Located;
use tidegate_core::ports::http::Response;
use tidegate_core::scope::Scope;
use tidegate_core::secret::Sensitive;

use super::answer::{self, Said};
use super::config::Call;
use super::findings;
use super::key::Sort;
use super::run::Trial;
use crate::hosted::{Ask, Who, is_page, listed, names, seen, segment, shown};

/// Names the database functions that are offered, and calls those that the gate file names.
///
/// # Errors
/// When the gate file is at fault that there is no answer.
pub(super) async fn database(trial: &mut Trial<'_>) -> Result<(), CheckError> {
    let config = trial.config;
    let offered: Vec<String> = trial.outline.functions.clone();
    let is_named = |name: &String| {
        names(&config.public_rpc, name) || config.rpc.iter().any(|call| call.name.value == *name)
    };
    let unnamed: Vec<&str> = offered
        .iter()
        .filter(|name| !is_named(name))
        .map(String::as_str)
        .collect();
    if !unnamed.is_empty() {
        let finding = findings::rpc_listed(trial, &unnamed);
        trial.asker.found(finding);
    }
    let of_code = trial.code.functions.keys();
    let of_code = of_code.filter(|name| !is_named(name) && !offered.contains(name));
    let of_code: Vec<&str> = of_code.map(String::as_str).collect();
    if !of_code.is_empty() {
        let note = format!(
            "The source code calls the database functions {}, which the gate file does not name: name each under `rpc` with \
             safe arguments, to have it tried, or under `public-rpc`.",
            listed(of_code)
        );
        trial.asker.note(note);
    }
    for call in &config.rpc {
        self::call(trial, call).await?;
    }
    Ok(())
}

/// Calls a database function with GET, which PostgREST runs in a transaction that can only read:
/// <https://docs.postgrest.org/en/latest/references/api/functions.html#calling-functions-with-get>.
async fn call(trial: &mut Trial<'_>, call: &Call) -> Result<(), CheckError> {
    let context = trial.asker.context();
    let scope = Scope::new(context.values().clone(), context.secrets().clone());
    let path = format!("/rest/v1/rpc/{}", segment(&call.name.value));
    let mut ask = Ask::get(&trial.config.api.value, path, call.name.span.location());
    for (name, value) in &call.arguments {
        ask.query.push((name.clone(), value.render(&scope)?));
    }
    let name = shown(&call.name.value);
    let Some(response) = answered(trial, &ask, &name).await? else {
        return Ok(());
    };
    let is_public = names(&trial.config.public_rpc, &call.name.value);
    // 25006: it was let in and wanted to write, which a GET does not let it.
    let is_let_in = answer::code(&response) == "25006"
        || ((200..300).contains(&response.status) && !is_page(&response));
    match answer::refusal(&response) {
        _ if is_let_in && is_public => trial.asker.evaluated(),
        _ if is_let_in => {
            let remark = match answer::code(&response).as_str() {
                "25006" => "it was let in and wanted to write",
                _ => "it ran",
            };
            let line = seen(&ask, &Who::Stranger, &response, remark);
            let finding = findings::rpc_open(&call.name, line);
            trial.asker.found(finding);
        }
        Some(Said::Held(_)) => trial.asker.evaluated(),
        Some(Said::BadKey(_)) => {}
        Some(Said::Missing) => trial.asker.doubt(format!(
            "There is no database function `{name}` with these arguments for strangers; if there is one, look at its spelling \
             and at the names of its arguments."
        )),
        _ => trial.asker.doubt(format!(
            "Whether strangers may call `{name}` is not known: it was answered with {}.",
            response.status
        )),
    }
    Ok(())
}

/// Calls the edge functions that are not public.
///
/// # Errors
/// When the gate file is at fault that there is no answer.
pub(super) async fn edge(trial: &mut Trial<'_>) -> Result<(), CheckError> {
    let config = trial.config;
    for function in &config.functions {
        edge_function(trial, function).await?;
    }
    let known =
        |name: &String| names(&config.functions, name) || names(&config.public_functions, name);
    let mut unnamed = in_project(trial)?;
    unnamed.extend(trial.code.edge_functions.keys().cloned());
    unnamed.sort_unstable();
    unnamed.dedup();
    unnamed.retain(|name| !known(name));
    if !unnamed.is_empty() {
        trial.asker.note(format!(
            "The project has the edge functions {}, which the gate file does not name: name each under `functions`, to have it \
             tried, or under `public-functions`.",
            listed(unnamed.iter().map(String::as_str))
        ));
    }
    Ok(())
}

/// The edge functions that the project's folder holds.
///
/// <https://supabase.com/docs/guides/functions/development-tips#organizing-your-edge-functions>
fn in_project(trial: &Trial<'_>) -> Result<Vec<String>, CheckError> {
    let globs = ["supabase/functions/*/index.ts".to_owned()];
    let paths = trial.asker.sender.files.list(&globs)?;
    let name = |path: &String| {
        let name = path.strip_prefix("supabase/functions/")?;
        let name = name.strip_suffix("/index.ts")?;
        // A folder that begins so holds what functions share.
        (!name.starts_with('_') && !name.contains('/')).then(|| name.to_owned())
    };
    Ok(paths.iter().filter_map(name).collect())
}

/// What every page carries is sent along. An anon key of the older form is a valid token, so that
/// `verify_jwt` alone lets every stranger in:
/// <https://supabase.com/docs/guides/functions/auth-headers>.
async fn edge_function(
    trial: &mut Trial<'_>,
    function: &Located<String>,
) -> Result<(), CheckError> {
    let name = shown(&function.value);
    let path = format!("/functions/v1/{}", segment(&function.value));
    let api = &trial.config.api.value;
    let mut asks = vec![Ask::get(api, path.clone(), function.span.location())];
    if trial.is_writable() {
        asks.push(Ask::post(api, path, json!({}), function.span.location()));
    }
    let mut unclear = None;
    for mut ask in asks {
        if trial.key.sort == Sort::Token {
            let bearer = format!("Bearer {}", trial.key.value.expose());
            ask = ask.header("authorization", Sensitive::new(bearer));
        }
        let Some(response) = answered(trial, &ask, &name).await? else {
            return Ok(());
        };
        match response.status {
            401 | 403 => {
                trial.asker.evaluated();
                return Ok(());
            }
            200..=299 => {
                let line = seen(&ask, &Who::Stranger, &response, "it ran");
                let finding = findings::function_open(function, line);
                trial.asker.found(finding);
                return Ok(());
            }
            404 => {
                trial.asker.doubt(format!(
                    "There is no edge function `{name}`; look at the spelling."
                ));
                return Ok(());
            }
            status => unclear = Some(status),
        }
    }
    if let Some(status) = unclear {
        trial.asker.doubt(format!(
            "Whether strangers may call the edge function `{name}` is not known: it answered {status} and neither 401 nor a \
             success. Let it refuse before it reads the request."
        ));
    }
    Ok(())
}

/// Asks GraphQL what it knows.
///
/// <https://supabase.com/docs/guides/graphql>
///
/// # Errors
/// When the gate file is at fault that there is no answer.
pub(super) async fn graphql(trial: &mut Trial<'_>) -> Result<(), CheckError> {
    if !trial.is_writable() {
        trial.asker.note(
            "This is production, where only GET is sent, so that GraphQL was not asked: try it in a preview.",
        );
        return Ok(());
    }
    let body = json!({ "query": "{ __schema { queryType { fields { name } } } }" });
    let path = "/graphql/v1".to_owned();
    let ask = Ask::post(&trial.config.api.value, path, body, trial.location());
    let Ok(response) = trial.ask(&ask, &Who::Stranger).await? else {
        return Ok(());
    };
    let document = crate::hosted::json(&response).unwrap_or_default();
    let fields = document.pointer("/data/__schema/queryType/fields");
    let fields = fields.and_then(Json::as_array).map_or(0, |fields| {
        // `node` is there whatever strangers may read.
        let name = |field: &&Json| field.get("name").and_then(Json::as_str) != Some("node");
        fields.iter().filter(name).count()
    });
    if response.status == 200 && fields > 0 {
        let line = seen(
            &ask,
            &Who::Stranger,
            &response,
            &format!("names {fields} collections"),
        );
        let finding = findings::graphql_open(trial, line);
        trial.asker.found(finding);
    }
    Ok(())
}

async fn answered(
    trial: &mut Trial<'_>,
    ask: &Ask,
    name: &str,
) -> Result<Option<Response>, CheckError> {
    match trial.ask(ask, &Who::Stranger).await? {
        Ok(response) => Ok(Some(response)),
        Err(reason) => {
            if trial.asker.sender.stopped.is_none() {
                trial.asker.doubt(format!(
                    "Whether strangers may call `{name}` is not known: {reason}."
                ));
            }
            Ok(None)
        }
    }
}
