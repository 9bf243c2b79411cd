//! The pages people see: one HTML page, one style sheet, one script.

mod bundle;

use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};

use crate::app::App;
use crate::breaks::{Break, Breaks};
use crate::errors::ApiError;
use crate::keys::StripeMode;
use crate::{identifiers, keys};

const PAGE: &str = include_str!("assets/index.html");
const STYLE: &str = include_str!("assets/app.css");

const CONFIG_PART: &str = include_str!("assets/config.js");
const API_PART: &str = include_str!("assets/api.js");
const VIEW_PART: &str = include_str!("assets/view.js");
const MAIN_PART: &str = include_str!("assets/main.js");

/// What [`Break::SecretInBundle`] adds to the part that talks to the interface.
const SERVICE_KEYS: &str = include_str!("assets/service.js");

/// Where [`Break::StagingHost`] leads; the good portal's interface is below its own origin.
const STAGING: &str = "https://staging-api.acme.example";

/// A name changes with its content, so browsers may keep it for a year.
const KEEP: &str = "public, max-age=31536000, immutable";

/// One file under `/assets/`.
#[derive(Debug)]
struct Asset {
    name: String,
    content_type: &'static str,
    content: String,
}

impl Asset {
    fn new(stem: &str, extension: &str, content_type: &'static str, content: String) -> Self {
        let digest = identifiers::digest(content.as_bytes());
        Self {
            name: format!("{stem}.{}.{extension}", &digest[..8]),
            content_type,
            content,
        }
    }
}

/// The pages, ready to be served.
#[derive(Debug)]
pub(crate) struct Frontend {
    page: String,
    assets: Vec<Asset>,
}

impl Frontend {
    /// Joins the script's parts; without `serve_source_map` nobody is told where the map would be.
    pub(crate) fn new(serve_source_map: bool, breaks: &Breaks) -> Self {
        let serve_source_map = serve_source_map || breaks.has(Break::PublicSourcemap);
        let bundle = bundle::join(&script_parts(breaks));
        let style = Asset::new("app", "css", "text/css; charset=utf-8", STYLE.to_owned());
        let mut script = Asset::new("app", "js", "text/javascript; charset=utf-8", bundle.script);
        let page = PAGE
            .replace("{{style}}", &style.name)
            .replace("{{script}}", &script.name)
            .replace("{{api}}", api_base(breaks));
        let mut assets = vec![style];
        if serve_source_map {
            let name = format!("{}.map", script.name);
            script
                .content
                .push_str(&format!("//# sourceMappingURL={name}\n"));
            assets.push(Asset {
                name,
                content_type: "application/json",
                content: bundle.map,
            });
        }
        assets.push(script);
        Self { page, assets }
    }

    /// The names of what is served below `/assets/`.
    pub(crate) fn asset_names(&self) -> impl Iterator<Item = &str> {
        self.assets.iter().map(|asset| asset.name.as_str())
    }
}

/// The script's parts, each a name and a text, in the order in which they run.
fn script_parts(breaks: &Breaks) -> [(&'static str, String); 4] {
    let mut api = API_PART.to_owned();
    if breaks.has(Break::SecretInBundle) {
        let supabase = keys::supabase_service_role_key();
        api += &SERVICE_KEYS
            .replace("{{service-role-key}}", &supabase)
            .replace("{{stripe-secret-key}}", &keys::stripe_secret_key());
    }
    [
        ("src/config.js", config_part(breaks)),
        ("src/api.js", api),
        ("src/view.js", VIEW_PART.to_owned()),
        ("src/main.js", MAIN_PART.to_owned()),
    ]
}

/// What the browser is told of other services: public keys only.
fn config_part(breaks: &Breaks) -> String {
    let mode = if breaks.has(Break::TestKeys) {
        StripeMode::Test
    } else {
        StripeMode::Live
    };
    CONFIG_PART
        .replace("{{api}}", api_base(breaks))
        .replace("{{project}}", keys::PROJECT)
        .replace("{{anon-key}}", &keys::supabase_anon_key())
        .replace("{{stripe-mode}}", mode.name())
        .replace("{{publishable-key}}", &keys::stripe_publishable_key(mode))
        .replace("{{dsn}}", &keys::sentry_dsn())
}

fn api_base(breaks: &Breaks) -> &'static str {
    if breaks.has(Break::StagingHost) {
        STAGING
    } else {
        ""
    }
}

/// `GET /`
pub(crate) async fn page(State(app): State<App>) -> Response {
    if app.broken(Break::RedirectLoop) {
        return (StatusCode::FOUND, [(header::LOCATION, "/")]).into_response();
    }
    Html(app.frontend.page.clone()).into_response()
}

/// `GET /assets/{name}`
pub(crate) async fn asset(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<([(HeaderName, &'static str); 2], String), ApiError> {
    let asset = app.frontend.assets.iter().find(|asset| asset.name == name);
    let asset = asset.ok_or_else(ApiError::not_found)?;
    let headers = [
        (header::CONTENT_TYPE, asset.content_type),
        (header::CACHE_CONTROL, KEEP),
    ];
    Ok((headers, asset.content.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_refers_to_assets_that_exist() {
        let frontend = Frontend::new(false, &Breaks::default());
        assert!(!frontend.page.contains("{{"));
        for asset in &frontend.assets {
            assert!(!asset.content.contains("{{"), "{}", asset.name);
            assert!(
                frontend.page.contains(&format!("/assets/{}", asset.name)),
                "{}",
                asset.name
            );
        }
    }

    #[test]
    fn the_source_map_is_hidden_unless_asked_for() {
        let names = |frontend: &Frontend| {
            frontend
                .assets
                .iter()
                .filter(|asset| asset.name.ends_with(".map"))
                .count()
        };
        let mentions = |frontend: &Frontend| {
            frontend
                .assets
                .iter()
                .any(|asset| asset.content.contains("sourceMappingURL"))
        };
        let (hidden, served) = (
            Frontend::new(false, &Breaks::default()),
            Frontend::new(true, &Breaks::default()),
        );
        assert_eq!((names(&hidden), names(&served)), (0, 1));
        assert_eq!((mentions(&hidden), mentions(&served)), (false, true));
    }
}
