//! Tokens of an OAuth 2 token endpoint (RFC 6749).

use serde_json::Value as Json;
use tidegate_core::gate::OAuth2;
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::{Body, Request, Response, Target};
use tidegate_core::secret::Sensitive;
use tidegate_core::template::Template;
use url::Url;

use super::Grant;
use super::answer;
use super::desk::Desk;
use super::ready::basic_value;

/// Gets a token by the client-credentials grant, or the password grant when there is a user.
pub(super) async fn fetch(desk: &Desk<'_>, client: &OAuth2) -> Result<Grant, HttpError> {
    let id = desk.render(&client.client_id)?;
    let secret = client
        .client_secret
        .as_ref()
        .map(|secret| desk.render(secret))
        .transpose()?;
    let form = form(desk, client)?;
    let response = match &secret {
        Some(secret) => {
            let first = ask(desk, client, form.clone(), Some((&id, secret))).await?;
            // The header is what a server must know (RFC 6749, 2.3.1); one that wants the secret in
            // the form instead answers so.
            if first.status == 401 && error_code(&first).as_deref() == Some("invalid_client") {
                let mut form = form;
                form.push(("client_id".to_owned(), id));
                form.push(("client_secret".to_owned(), secret.clone()));
                ask(desk, client, form, None).await?
            } else {
                first
            }
        }
        None => {
            let mut form = form;
            form.push(("client_id".to_owned(), id));
            ask(desk, client, form, None).await?
        }
    };
    take_token(desk, client, &response)
}

fn form(desk: &Desk<'_>, client: &OAuth2) -> Result<Vec<(String, Sensitive)>, HttpError> {
    let mut form: Vec<(String, Sensitive)> = Vec::new();
    let mut add = |name: &str, value: Sensitive| form.push((name.to_owned(), value));
    match &client.user {
        Some((user, password)) => {
            add("grant_type", "password".into());
            add("username", desk.render(user)?);
            add("password", desk.render(password)?);
        }
        None => add("grant_type", "client_credentials".into()),
    }
    if let Some(scope) = &client.scope {
        add("scope", scope.as_str().into());
    }
    for (name, value) in &client.parameters {
        add(name, desk.render(value)?);
    }
    Ok(form)
}

async fn ask(
    desk: &Desk<'_>,
    client: &OAuth2,
    form: Vec<(String, Sensitive)>,
    basic: Option<(&Sensitive, &Sensitive)>,
) -> Result<Response, HttpError> {
    let place = desk.render(&client.token_url.value)?;
    let address = Url::parse(place.expose()).ok();
    let also = address.as_ref().map(Url::origin);
    let target = match &address {
        Some(_) => Target::Url(place),
        None => Target::Path {
            api: None,
            path: place,
        },
    };
    let route = client.token_url.value.to_string();
    let mut request = Request::new("POST", target, &route, desk.cause(&client.token_url.span));
    request.body = Body::Form(form);
    request.headers = vec![("accept".to_owned(), "application/json".into())];
    if let Some((id, secret)) = basic {
        // Both are form-encoded before they are joined (RFC 6749, 2.3.1).
        let value = basic_value(&encoded(id), &encoded(secret));
        desk.learn("client credentials", value.expose());
        request.headers.push(("authorization".to_owned(), value));
    }
    let learn = |response: &Response| desk.learn_tokens(response);
    desk.send(request, also.as_ref(), &learn).await
}

fn encoded(text: &Sensitive) -> String {
    form_urlencoded::byte_serialize(text.expose().as_bytes()).collect()
}

fn take_token(desk: &Desk<'_>, client: &OAuth2, response: &Response) -> Result<Grant, HttpError> {
    let span = &client.token_url.span;
    let name = format!("POST {}", client.token_url.value);
    if let Some(code) = error_code(response) {
        let reason = format!(
            "the token endpoint answered {} with `{code}`",
            response.status
        );
        let help = explained(&code, &secrets(client));
        return Err(desk.fault(span, &reason, help, Some(response.status)));
    }
    desk.accept(span, &name, response, &secrets(client))?;
    let body: Json = serde_json::from_slice(&response.body).unwrap_or_default();
    let Some(token) = body.get("access_token").and_then(Json::as_str) else {
        let reason = format!(
            "{name} answered {}, but there is no `access_token` in it; it looks like {}",
            response.status,
            answer::shape(&body)
        );
        let help = "Check that `token-url` is the token endpoint of the issuer.".to_owned();
        return Err(desk.fault(span, &reason, help, Some(response.status)));
    };
    let mut grant = desk.bearer(&token.into(), &body)?;
    if let Ok(url) = Url::parse(&response.url) {
        grant.add_issuer(url.origin());
    }
    Ok(grant)
}

/// The error code of RFC 6749, 5.2; only the codes it names are repeated.
fn error_code(response: &Response) -> Option<String> {
    const KNOWN: &[&str] = &[
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
    ];
    let body: Json = serde_json::from_slice(&response.body).ok()?;
    let code = body.get("error")?.as_str()?;
    KNOWN.contains(&code).then(|| code.to_owned())
}

fn explained(code: &str, secrets: &[String]) -> String {
    let names = secrets.join(", ");
    match code {
        "invalid_client" => format!("The issuer does not know this client or its secret: check {names}."),
        "invalid_grant" => format!("The issuer refused the user or the password: check {names}."),
        "unauthorized_client" | "unsupported_grant_type" => {
            "Allow this client the grant type at the issuer: client credentials, or password when a user is given.".to_owned()
        }
        "invalid_scope" => "Correct `scope`; the issuer does not offer it to this client.".to_owned(),
        _ => "Compare the parameters with the issuer's documentation; some need an `audience`.".to_owned(),
    }
}

fn secrets(client: &OAuth2) -> Vec<String> {
    let user = client
        .user
        .iter()
        .flat_map(|(user, password)| [user, password]);
    [&client.client_id]
        .into_iter()
        .chain(&client.client_secret)
        .chain(user)
        .flat_map(Template::secrets)
        .map(str::to_owned)
        .collect()
}
