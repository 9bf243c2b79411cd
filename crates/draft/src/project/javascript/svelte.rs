//! SvelteKit

use tidegate_kinds::reading::Framework;

use super::super::part::Part;
use super::super::{App, Told};

/// Whether a part is an app of SvelteKit; a library of components may have routes to show itself.
pub(super) fn is_svelte(part: &Part<'_, '_>) -> bool {
    let packs = part.needs_any(&["@sveltejs/package"]).is_some();
    let exports = part
        .package()
        .is_some_and(|package| package.body.get("exports").is_some());
    super::uses(part, Framework::SvelteKit)
        && part.survey.has_folder(&part.path("src/routes"))
        && !(packs && exports)
}

/// How it is built and started.
pub(in super::super) fn complete(part: &Part<'_, '_>, port: u16, app: &mut App) {
    if app.build.is_none() {
        let command = part.words().program("vite build");
        let file = part.path("package.json");
        app.build = Some(Told::new(command, &file, "it is built with SvelteKit"));
    }
    // Every adapter takes it from here.
    app.output.push(".svelte-kit/output/client".to_owned());
    let at = port.to_string();
    let origin = format!("http://127.0.0.1:{port}");
    app.serve = Some(if part.needs_any(&["@sveltejs/adapter-node"]).is_some() {
        let environment = [("HOST", "127.0.0.1"), ("PORT", &*at), ("ORIGIN", &*origin)];
        let because = "adapter-node makes a program of it";
        super::serve(part, port, "node build".to_owned(), &environment, because)
    } else {
        let command = format!("vite preview --host 127.0.0.1 --port {port} --strictPort");
        super::program(part, port, &command, &[], "Vite shows what SvelteKit built")
    });
}
