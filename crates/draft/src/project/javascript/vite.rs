//! Vite without a framework above it.

use super::super::names::{is_word, plain, within};
use super::super::part::Part;
use super::super::{App, Told, loose};

/// Whether a part is an app that Vite builds: it has a page and is no library.
pub(in super::super) fn is_vite(part: &Part<'_, '_>) -> bool {
    if part.needs_any(&["vite", "rolldown-vite"]).is_none() {
        return false;
    }
    let config = super::configuration(part, "vite");
    let text = config.as_ref().map_or("", |(_, text)| text);
    let is_library = loose::values(text, "lib").any(|value| value.starts_with('{'));
    part.has(&within(&root(text), "index.html")) && !is_library
}

/// The folder that the page is in.
fn root(config: &str) -> String {
    let root = loose::text_of(config, "root").and_then(|root| plain(&root));
    root.unwrap_or_default()
}

/// The folder that is built into; nothing when it is computed.
fn output(config: &str) -> Option<String> {
    let mut values = loose::values(config, "outDir");
    let folder = match values.next() {
        None => "dist".to_owned(),
        Some(value) => plain(&loose::literal(value)?)?,
    };
    let folder = within(&root(config), &folder);
    is_word(&folder).then_some(folder)
}

/// How it is built and started.
pub(in super::super) fn complete(part: &Part<'_, '_>, port: u16, app: &mut App) {
    let config = super::configuration(part, "vite");
    let text = config.as_ref().map_or("", |(_, text)| text);
    app.single_page = !matches!(
        loose::text_of(text, "appType").as_deref(),
        Some("mpa" | "custom")
    );
    if super::is_of_nx(part) {
        build_by_nx(part, app);
        return;
    }
    if app.build.is_none() {
        let command = part.words().program("vite build");
        app.build = Some(Told::new(
            command,
            &part.path("package.json"),
            "Vite builds it",
        ));
    }
    app.output.extend(output(text));
    let command = format!("vite preview --host 127.0.0.1 --port {port} --strictPort");
    let mut serve = super::program(part, port, &command, &[], "Vite shows what it built");
    if let Some(base) = loose::text_of(text, "base").filter(|base| base.starts_with('/')) {
        serve.value.ready = base;
    }
    app.serve = Some(serve);
}

/// Nx builds from the top into a folder that only its configuration knows.
pub(super) fn build_by_nx(part: &Part<'_, '_>, app: &mut App) {
    let path = part.path("project.json");
    let project = part.survey.configuration(&path).unwrap_or_default();
    let name = project.get("name").and_then(serde_json::Value::as_str);
    let name = name.or(Some(super::super::names::last(&part.folder)));
    if let Some(name) = name.filter(|name| is_word(name)) {
        let command = part.words().program(&format!("nx build {name}"));
        app.build = Some(Told::new(command, &path, "it is a project of Nx"));
    }
}
