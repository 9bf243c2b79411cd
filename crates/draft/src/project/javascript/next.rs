//! Next.js

use tidegate_kinds::reading::Framework;

use super::super::names::{is_word, plain};
use super::super::part::Part;
use super::super::{App, Told, loose};
use super::server::production_start;

/// Whether a part is an app of Next.js.
pub(super) fn is_next(part: &Part<'_, '_>) -> bool {
    if part.framework(Framework::Next).is_none() {
        return false;
    }
    let mut scripts = part.scripts();
    if scripts.any(|script| script.split_whitespace().any(|word| word == "next")) {
        return true;
    }
    let folders = ["app", "pages", "src/app", "src/pages"];
    let has_pages = folders
        .iter()
        .any(|folder| part.survey.has_folder(&part.path(folder)));
    let is_configured = super::configuration(part, "next").is_some();
    super::uses(part, Framework::Next) && (is_configured || has_pages && !is_library(part))
}

fn is_library(part: &Part<'_, '_>) -> bool {
    let body = part.package().map(|package| &package.body);
    body.is_some_and(|body| body.get("exports").is_some() || body.get("main").is_some())
}

/// How it is built and started.
pub(in super::super) fn complete(part: &Part<'_, '_>, port: u16, app: &mut App) {
    if super::is_of_nx(part) {
        super::vite::build_by_nx(part, app);
        return;
    }
    let manifest = part.path("package.json");
    if app.build.is_none() {
        let command = part.words().program("next build");
        app.build = Some(Told::new(command, &manifest, "it is built with Next.js"));
    }
    let config = super::configuration(part, "next");
    let text = config.as_ref().map_or("", |(_, text)| text);
    let output = loose::text_of(text, "output");
    let folder = loose::text_of(text, "distDir").and_then(|folder| plain(&folder));
    let folder = folder.filter(|folder| is_word(folder));
    let base = loose::text_of(text, "basePath").filter(|base| base.starts_with('/'));
    let own = production_start(part).filter(|(_, script)| !script.contains("next start"));
    let mut serve = if output.as_deref() == Some("export") {
        let folder = folder.unwrap_or_else(|| "out".to_owned());
        let serve = super::files(part, port, &folder, false);
        app.output.push(folder);
        serve
    } else {
        app.output
            .push(format!("{}/static", folder.as_deref().unwrap_or(".next")));
        match own {
            Some((name, _)) if !is_standalone(part, output.as_deref()) => {
                let port_of = [("PORT", &*port.to_string()), ("HOSTNAME", "127.0.0.1")];
                let command = part.words().run(name);
                super::serve(part, port, command, &port_of, "it has a server of its own")
            }
            _ => {
                let command = format!("next start -H 127.0.0.1 -p {port}");
                super::program(part, port, &command, &[], "Next.js starts what it built")
            }
        }
    };
    if let Some(base) = base {
        serve.value.ready = base;
    }
    app.serve = Some(serve);
}

/// Whether the start script runs what Next.js puts together for a container.
fn is_standalone(part: &Part<'_, '_>, output: Option<&str>) -> bool {
    let mut scripts = production_start(part).into_iter();
    output == Some("standalone") && scripts.any(|(_, script)| script.contains("standalone"))
}
