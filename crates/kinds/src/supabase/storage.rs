//! Storage: whether strangers list buckets and the files in them.
//!
//! <https://supabase.com/docs/guides/storage/security/access-control>

use serde_json::{Value as Json, json};
use tidegate_core::check::CheckError;
use tidegate_core::ports::http::{Purpose, Response};

use super::findings;
use super::run::Trial;
use crate::hosted::{Ask, Who, is_page, listed, names, seen, segment, shown};

/// What an answer to a question for a list says.
enum Listing {
    Some,
    Empty,
    Held,
    Unclear,
}

/// Lists buckets and what is in them.
///
/// # Errors
/// When the gate file is at fault that there is no answer.
pub(super) async fn look(trial: &mut Trial<'_>) -> Result<(), CheckError> {
    let config = trial.config;
    let mut buckets: Vec<String> = config.buckets.iter().map(|one| one.value.clone()).collect();
    let named = trial.code.buckets.keys();
    let named =
        named.filter(|name| !names(&config.buckets, name) && !names(&config.public_buckets, name));
    buckets.extend(named.cloned());
    let ask = Ask::get(
        &config.api.value,
        "/storage/v1/bucket".to_owned(),
        trial.location(),
    );
    if let Ok(response) = trial.ask(&ask, &Who::Stranger).await? {
        let told = bucket_names(&response);
        let hidden = told
            .iter()
            .filter(|name| !names(&config.public_buckets, name));
        let hidden: Vec<&str> = hidden.map(String::as_str).collect();
        if !hidden.is_empty() {
            let line = seen(
                &ask,
                &Who::Stranger,
                &response,
                &format!("{} buckets", told.len()),
            );
            let finding = findings::buckets_listed(trial, &hidden, line);
            trial.asker.found(finding);
        }
        for name in hidden {
            if !buckets.iter().any(|known| known == name) {
                buckets.push(name.to_owned());
            }
        }
    }
    if buckets.is_empty() {
        return Ok(());
    }
    if !trial.is_writable() {
        trial.asker.note(format!(
            "This is production, where only GET is sent. Whether the files of {} can be listed was not tried, because \
             Supabase lists files with POST: try it in a preview.",
            listed(buckets.iter().map(String::as_str))
        ));
        return Ok(());
    }
    for bucket in buckets {
        files(trial, &bucket).await?;
    }
    Ok(())
}

async fn files(trial: &mut Trial<'_>, bucket: &str) -> Result<(), CheckError> {
    let config = trial.config;
    let location = trial.place(&[&config.buckets], bucket);
    let path = format!("/storage/v1/object/list/{}", segment(bucket));
    let body = json!({ "prefix": "", "limit": 1, "offset": 0 });
    let mut ask = Ask::post(&config.api.value, path, body, location);
    let name = shown(bucket);
    let response = match trial.ask(&ask, &Who::Stranger).await? {
        Ok(response) => response,
        Err(reason) => {
            if trial.asker.sender.stopped.is_none() {
                trial.asker.doubt(format!(
                    "Whether the files of `{name}` can be listed is not known: {reason}."
                ));
            }
            return Ok(());
        }
    };
    match listing(&response) {
        Listing::Some => {
            let line = seen(&ask, &Who::Stranger, &response, "lists files");
            let finding = findings::files_listed(bucket, ask.location.clone(), line);
            trial.asker.found(finding);
        }
        Listing::Held => trial.asker.evaluated(),
        Listing::Empty => {
            ask.purpose = Purpose::Normal;
            empty(trial, &ask, bucket).await?;
        }
        Listing::Unclear => trial.asker.doubt(format!(
            "Whether the files of `{name}` can be listed is not known: the answer was {}.",
            response.status
        )),
    }
    Ok(())
}

/// An empty list proves something when somebody else gets files.
async fn empty(trial: &mut Trial<'_>, ask: &Ask, bucket: &str) -> Result<(), CheckError> {
    let name = shown(bucket);
    if let Some(who) = trial.identity()
        && let Ok(response) = trial.ask(ask, &who).await?
        && response.authenticated
        && matches!(listing(&response), Listing::Some)
    {
        trial.asker.evaluated();
    } else if names(&trial.config.buckets, bucket) {
        trial.asker.doubt(format!(
            "Strangers got no file of `{name}`, which may be empty or protected. Name somebody who has files there with `as:`."
        ));
    }
    Ok(())
}

fn bucket_names(response: &Response) -> Vec<String> {
    let document = crate::hosted::json(response).filter(|_| response.status == 200);
    let buckets = document.as_ref().and_then(Json::as_array);
    let names = buckets.into_iter().flatten();
    let names = names.filter_map(|bucket| bucket.get("id").or_else(|| bucket.get("name")));
    names.filter_map(Json::as_str).map(str::to_owned).collect()
}

/// Errors of storage may have the status 400 and the real one in the body.
fn listing(response: &Response) -> Listing {
    if is_page(response) {
        return Listing::Unclear;
    }
    let document = crate::hosted::json(response).unwrap_or_default();
    let inner = document.get("statusCode").and_then(Json::as_str);
    match (response.status, inner, document.as_array()) {
        (200..=299, _, Some(files)) if files.is_empty() => Listing::Empty,
        (200..=299, _, Some(_)) => Listing::Some,
        (200..=299, ..) if response.truncated && response.body.starts_with(b"[{") => Listing::Some,
        (401 | 403 | 404, ..) | (400, Some("401" | "403" | "404"), _) => Listing::Held,
        _ => Listing::Unclear,
    }
}
