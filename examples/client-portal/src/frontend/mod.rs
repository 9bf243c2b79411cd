//! The pages people see: one HTML page, one style sheet, one script.

mod bundle;

use axum::extract::{Path, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};

use crate::app::App;
use crate::breaks::Break;
use crate::errors::ApiError;
use crate::identifiers;

const PAGE: &str = include_str!("assets/index.html");
const STYLE: &str = include_str!("assets/app.css");

/// The script's parts in the order in which they run.
const SCRIPT_PARTS: [(&str, &str); 3] = [
    ("src/api.js", include_str!("assets/api.js")),
    ("src/view.js", include_str!("assets/view.js")),
    ("src/main.js", include_str!("assets/main.js")),
];

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
    pub(crate) fn new(serve_source_map: bool) -> Self {
        let bundle = bundle::join(&SCRIPT_PARTS);
        let style = Asset::new("app", "css", "text/css; charset=utf-8", STYLE.to_owned());
        let mut script = Asset::new("app", "js", "text/javascript; charset=utf-8", bundle.script);
        let page = PAGE
            .replace("{{style}}", &style.name)
            .replace("{{script}}", &script.name);
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
        let frontend = Frontend::new(false);
        assert!(!frontend.page.contains("{{"));
        for asset in &frontend.assets {
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
        let (hidden, served) = (Frontend::new(false), Frontend::new(true));
        assert_eq!((names(&hidden), names(&served)), (0, 1));
        assert_eq!((mentions(&hidden), mentions(&served)), (false, true));
    }
}
