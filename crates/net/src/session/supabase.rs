//! The password login of Supabase Auth.

use http::HeaderName;
use serde_json::{Value as Json, json};
use tidegate_core::ports::HttpError;
use tidegate_core::ports::http::{Body, Request, Response, Target};
use tidegate_core::secret::Sensitive;
use tidegate_core::template::Template;
use url::Url;

use super::Grant;
use super::answer;
use super::desk::Desk;

/// The request as a person names it.
const NAME: &str = "POST /auth/v1/token?grant_type=password";

/// The header of the project's key, which its gateway asks for beside the token.
const KEY: HeaderName = HeaderName::from_static("apikey");

/// Logs in with address, key, e-mail address and password of a project.
pub(super) async fn log_in(desk: &Desk<'_>, templates: [&Template; 4]) -> Result<Grant, HttpError> {
    let [place, _, email, password] = templates;
    let span = place.span().unwrap_or(&desk.identity.span);
    let address = desk.render(place)?;
    let key = desk.render(templates[1])?;
    let address = address.expose().trim_end_matches('/');
    let also = Url::parse(address).ok().map(|url| url.origin());
    let target = Target::Url(format!("{address}/auth/v1/token?grant_type=password").into());
    let mut request = Request::new("POST", target, "/auth/v1/token", desk.cause(span));
    let (email, password) = (desk.render(email)?, desk.render(password)?);
    let body = json!({ "email": email.expose(), "password": password.expose() });
    request.body = Body::Json(Sensitive::new(body.to_string()));
    request.headers = vec![("apikey".to_owned(), key.clone())];
    let learn = |response: &Response| desk.learn_tokens(response);
    let response = desk.send(request, also.as_ref(), &learn).await?;
    let secrets: Vec<String> = templates
        .iter()
        .flat_map(|template| template.secrets())
        .map(str::to_owned)
        .collect();
    desk.accept(span, NAME, &response, &secrets)?;
    let body: Json = serde_json::from_slice(&response.body).unwrap_or_default();
    let Some(token) = body.get("access_token").and_then(Json::as_str) else {
        let shape = answer::shape(&body);
        let reason = format!("{NAME} answered without an `access_token`; it looks like {shape}");
        let help = "Check that the address is the one of the Supabase project.".to_owned();
        return Err(desk.fault(span, &reason, help, Some(response.status)));
    };
    let mut grant = desk.bearer(&token.into(), &body)?;
    grant.add_issuer_header(KEY, &key)?;
    if let Ok(url) = Url::parse(&response.url) {
        grant.add_issuer(url.origin());
    }
    Ok(grant)
}
