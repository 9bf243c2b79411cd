//! Remix, and React Router as a framework.

use tidegate_kinds::reading::Framework;

use super::super::names::{is_word, plain};
use super::super::part::Part;
use super::super::{App, Told, loose};

/// Whether a part is an app of Remix or of React Router as a framework.
pub(super) fn is_remix(part: &Part<'_, '_>) -> bool {
    let config = super::configuration(part, "react-router");
    let folder = config.and_then(|(_, text)| loose::text_of(&text, "appDirectory"));
    let folder = folder
        .and_then(|folder| plain(&folder))
        .unwrap_or_else(|| "app".to_owned());
    super::uses(part, Framework::Remix) && part.survey.has_folder(&part.path(&folder))
}

/// How it is built and started.
pub(in super::super) fn complete(part: &Part<'_, '_>, port: u16, app: &mut App) {
    let is_router = part.needs_any(&["@react-router/dev"]).is_some();
    let words = part.words();
    if app.build.is_none() {
        let command = if is_router {
            "react-router build"
        } else {
            "remix vite:build"
        };
        let because = "it is built with Remix or React Router";
        app.build = Some(Told::new(
            words.program(command),
            &part.path("package.json"),
            because,
        ));
    }
    let config =
        super::configuration(part, "react-router").or_else(|| super::configuration(part, "vite"));
    let text = config.as_ref().map_or("", |(_, text)| text);
    let folder = loose::text_of(text, "buildDirectory").and_then(|folder| plain(&folder));
    let folder = folder
        .filter(|folder| is_word(folder))
        .unwrap_or_else(|| "build".to_owned());
    app.output.push(format!("{folder}/client"));
    if loose::word_of(text, "ssr") == Some("false") {
        app.single_page = true;
        let command = format!("vite preview --host 127.0.0.1 --port {port} --strictPort");
        let because = "its pages are made in the browser alone (ssr: false)";
        app.serve = Some(super::program(part, port, &command, &[], because));
        return;
    }
    let server = ["@react-router/serve", "@remix-run/serve"];
    let server = part.needs_any(&server);
    let at = port.to_string();
    let environment = [("PORT", &*at), ("HOST", "127.0.0.1")];
    app.serve = match server {
        Some(needed) => {
            let program = if needed.name.starts_with("@remix") {
                "remix-serve"
            } else {
                "react-router-serve"
            };
            let command = format!("{program} ./{folder}/server/index.js");
            let because = format!("{} starts what was built", needed.name);
            Some(super::program(part, port, &command, &environment, &because))
        }
        None => super::server::serve(part, port, &std::collections::BTreeSet::new()),
    };
}
