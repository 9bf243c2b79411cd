//! Accounts: whether strangers make some, and one that was made to look what it can do.

use serde_json::{Value as Json, json};
use tidegate_core::check::CheckError;
use tidegate_core::ports::Promise;
use tidegate_core::ports::http::Purpose;
use tidegate_core::secret::Sensitive;

use super::findings;
use super::run::Trial;
use crate::hosted::{Ask, Who, json as read, seen};

/// Reads the public settings of the project's logins.
///
/// The fields are those of `GET /settings`: <https://github.com/supabase/auth#get-settings>.
///
/// # Errors
/// When the gate file is at fault that there is no answer.
pub(super) async fn settings(trial: &mut Trial<'_>) -> Result<(), CheckError> {
    let config = trial.config;
    let path = "/auth/v1/settings".to_owned();
    let mut ask = Ask::get(&config.api.value, path, trial.location());
    ask.purpose = Purpose::Survey;
    let settings = match trial.ask(&ask, &Who::Stranger).await? {
        Ok(response) if response.status == 200 => read(&response).map(|body| (body, response)),
        _ => None,
    };
    let Some((settings, response)) = settings else {
        if config.signups.is_some() && trial.is_known {
            trial.asker.doubt(
                "Whether strangers can make accounts is not known: the project did not tell its settings.",
            );
        }
        return Ok(());
    };
    let line = seen(&ask, &Who::Stranger, &response, "");
    let flag = |pointer: &str| settings.pointer(pointer).and_then(Json::as_bool);
    let takes_accounts = flag("/disable_signup") == Some(false);
    if config.signups == Some(false) {
        match flag("/disable_signup") {
            Some(true) => trial.asker.evaluated(),
            Some(false) => {
                let finding = findings::signups_open(trial, format!("{line}, disable_signup is false"));
                trial.asker.found(finding);
            }
            None => trial.asker.doubt(
                "Whether strangers can make accounts is not known: the settings do not say `disable_signup`.",
            ),
        }
    }
    let is_mail = flag("/external/email") != Some(false);
    if takes_accounts && is_mail && flag("/mailer_autoconfirm") == Some(true) {
        let finding = findings::auto_confirm(trial, format!("{line}, mailer_autoconfirm is true"));
        trial.asker.found(finding);
    }
    let is_anonymous = takes_accounts && flag("/external/anonymous_users") == Some(true);
    if is_anonymous && config.anonymous_user.is_none() {
        let finding = findings::anonymous_users(trial, format!("{line}, anonymous_users is true"));
        trial.asker.found(finding);
    }
    Ok(())
}

/// Makes an anonymous account where the gate file asks for it; it stays, because the public key
/// removes none.
///
/// <https://supabase.com/docs/guides/auth/auth-anonymous>
///
/// # Errors
/// When the gate file is at fault that there is no answer.
pub(super) async fn anonymous_user(trial: &mut Trial<'_>) -> Result<Option<Who>, CheckError> {
    if trial.config.anonymous_user != Some(true) {
        return Ok(None);
    }
    if !trial.is_writable() {
        trial
            .asker
            .note("This is production, so that no anonymous account was made.");
        return Ok(None);
    }
    let context = trial.asker.context();
    let mark = context.values().unique.clone();
    let body = json!({ "data": { "tidegate": &mark } });
    let path = "/auth/v1/signup".to_owned();
    let ask = Ask::post(&trial.config.api.value, path, body, trial.location());
    let cleanup = context.cleanup()?.clone();
    let ticket = cleanup.promise(Promise {
        check: context.check().clone(),
        identity: None,
        marker: mark,
        created_by: ask.name(),
        location: trial.location(),
        recover: Some(Box::new(|| {
            let reason =
                "the public key removes no account; do it in the dashboard, under Authentication";
            Box::pin(async move { Err(reason.to_owned()) })
        })),
    });
    let response = match trial.ask(&ask, &Who::Stranger).await? {
        Ok(response) => response,
        Err(reason) => {
            trial
                .asker
                .doubt(format!("No anonymous account could be made: {reason}."));
            return Ok(None);
        }
    };
    let document = read(&response).unwrap_or_default();
    let token = document.get("access_token").and_then(Json::as_str);
    let Some(token) = token.filter(|_| response.status < 300) else {
        cleanup.release(ticket);
        refused(trial, response.status, &document);
        return Ok(None);
    };
    context.secrets().learn("token of an anonymous user", token);
    if let Some(renewal) = document.get("refresh_token").and_then(Json::as_str) {
        context
            .secrets()
            .learn("token of an anonymous user", renewal);
    }
    let bearer = Sensitive::new(format!("Bearer {token}"));
    Ok(Some(Who::Anonymous {
        headers: vec![("authorization".to_owned(), bearer)],
        query: Vec::new(),
    }))
}

fn refused(trial: &mut Trial<'_>, status: u16, document: &Json) {
    let code = document.get("error_code").or_else(|| document.get("code"));
    let code = code.and_then(Json::as_str).unwrap_or_default();
    if matches!(code, "anonymous_provider_disabled" | "signup_disabled") {
        trial.asker.evaluated();
        trial
            .asker
            .note("The project makes no anonymous accounts, so that nobody gets in that way.");
    } else if trial.is_known {
        trial.asker.doubt(format!(
            "No anonymous account could be made: the answer was {status}."
        ));
    }
}
