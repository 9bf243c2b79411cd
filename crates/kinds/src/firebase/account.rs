//! An anonymous account: made, used, and removed again.

use serde_json::{Value as Json, json};
use tidegate_core::check::CheckError;
use tidegate_core::ports::Promise;
use tidegate_core::ports::http::Purpose;
use tidegate_core::scope::Scope;
use tidegate_core::secret::Sensitive;

use super::config::Accounts;
use crate::hosted::{Ask, Asker, Who, json as read};

/// Makes an anonymous account, and promises to remove it; its token, when there is one.
///
/// <https://cloud.google.com/identity-platform/docs/use-rest-api#section-sign-in-anonymously>
///
/// # Errors
/// When the gate file is at fault that there is no answer.
pub(super) async fn make(
    asker: &mut Asker<'_>,
    accounts: &Accounts,
) -> Result<Option<Sensitive>, CheckError> {
    let context = asker.context();
    let scope = Scope::new(context.values().clone(), context.secrets().clone());
    let key = accounts.key.render(&scope)?;
    let location = accounts.api.span.location();
    let post = |path: &str, body: Json| {
        let mut ask = Ask::post(&accounts.api.value, path.to_owned(), body, location.clone());
        ask.query.push(("key".to_owned(), key.clone()));
        ask.purpose = Purpose::Normal;
        ask
    };
    let create = post("/v1/accounts:signUp", json!({ "returnSecureToken": true }));
    let cleanup = context.cleanup()?.clone();
    let ticket = cleanup.promise(Promise {
        check: context.check().clone(),
        identity: None,
        marker: "an anonymous user without a name".to_owned(),
        created_by: create.name(),
        location: location.clone(),
        recover: None,
    });
    let response = match asker.ask(&create, &Who::Stranger).await? {
        Ok(response) => response,
        Err(reason) => {
            asker.doubt(format!("No anonymous account could be made: {reason}."));
            return Ok(None);
        }
    };
    let body = read(&response).unwrap_or_default();
    let token = body.get("idToken").and_then(Json::as_str);
    let Some(token) = token.filter(|_| response.status == 200) else {
        cleanup.release(ticket);
        refused(asker, response.status, &body);
        return Ok(None);
    };
    for name in ["idToken", "refreshToken"] {
        if let Some(secret) = body.get(name).and_then(Json::as_str) {
            context
                .secrets()
                .learn("token of an anonymous user", secret);
        }
    }
    let mut remove = post("/v1/accounts:delete", json!({ "idToken": token }));
    remove.purpose = Purpose::Cleanup;
    cleanup.fulfil(ticket, remove.request(context, &Who::Stranger));
    Ok(Some(Sensitive::new(token)))
}

/// `ADMIN_ONLY_OPERATION` and `OPERATION_NOT_ALLOWED` say that strangers get no account.
fn refused(asker: &mut Asker<'_>, status: u16, body: &Json) {
    let message = body.pointer("/error/message").and_then(Json::as_str);
    let message = message.unwrap_or_default();
    let is_off = ["ADMIN_ONLY_OPERATION", "OPERATION_NOT_ALLOWED"];
    if is_off.iter().any(|code| message.starts_with(code)) {
        asker.evaluated();
        asker.note("The project makes no anonymous accounts, so that nobody gets in that way.");
    } else if message.to_ascii_lowercase().contains("api key not valid") {
        asker.doubt(
            "No anonymous account could be made, because the project does not know the API key. Copy it from the settings of the \
             web app in the Firebase console.",
        );
    } else {
        asker.doubt(format!(
            "No anonymous account could be made: the answer was {status}."
        ));
    }
}
