//! Apps in JavaScript and TypeScript.

pub(super) mod next;
mod pages;
pub(super) mod remix;
pub(super) mod server;
pub(super) mod svelte;
pub(super) mod vite;

use tidegate_kinds::reading::Framework;

use super::part::Part;
use super::shape::Shape;
use super::{Serve, Told};

pub(super) use pages::Pages;
pub(super) use server::is_server;
pub(super) use vite::is_vite;

/// Endings of configurations.
const CODE: [&str; 6] = ["ts", "js", "mjs", "mts", "cjs", "cts"];

/// The framework for whole apps that a part is built with.
pub(super) fn framework(part: &Part<'_, '_>) -> Option<Shape> {
    if next::is_next(part) {
        return Some(Shape::Next);
    }
    if remix::is_remix(part) {
        return Some(Shape::Remix);
    }
    svelte::is_svelte(part).then_some(Shape::SvelteKit)
}

/// Whether a part holds the parts of a monorepo together.
pub(super) fn is_workspace(part: &Part<'_, '_>) -> bool {
    let files = [
        "pnpm-workspace.yaml",
        "turbo.json",
        "turbo.jsonc",
        "nx.json",
        "lerna.json",
    ];
    let listed = part
        .package()
        .is_some_and(|package| package.body.get("workspaces").is_some());
    listed || files.iter().any(|name| part.has(name))
}

/// Whether a part is one of Nx, which builds it from the top.
fn is_of_nx(part: &Part<'_, '_>) -> bool {
    part.has("project.json") && part.package().is_none()
}

/// The configuration of a tool: `vite.config.ts`, with its path.
fn configuration(part: &Part<'_, '_>, tool: &str) -> Option<(String, std::rc::Rc<str>)> {
    let names = CODE.map(|ending| format!("{tool}.config.{ending}"));
    part.first(&names.each_ref().map(String::as_str))
}

/// Whether a part depends on a framework and is not a library for those who use it.
fn uses(part: &Part<'_, '_>, framework: Framework) -> bool {
    let is_peer = |name: &str| Framework::named(name) == Some(framework);
    let for_others = part
        .needs()
        .any(|one| one.need == tidegate_kinds::reading::Need::Peer && is_peer(one.name));
    part.framework(framework).is_some() && !for_others
}

/// A program that a package brings, on the port.
fn program(
    part: &Part<'_, '_>,
    port: u16,
    command: &str,
    environment: &[(&str, &str)],
    because: &str,
) -> Told<Serve> {
    serve(
        part,
        port,
        part.words().program(command),
        environment,
        because,
    )
}

fn serve(
    part: &Part<'_, '_>,
    port: u16,
    command: String,
    environment: &[(&str, &str)],
    because: &str,
) -> Told<Serve> {
    let environment = environment.iter();
    let environment = environment.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let serve = Serve {
        command,
        port,
        environment: environment.collect(),
        ready: "/".to_owned(),
    };
    let manifest = if part.package().is_some() {
        "package.json"
    } else {
        "project.json"
    };
    Told::new(serve, &part.path(manifest), because)
}

/// A server of files for a build that is nothing else; `single` answers every path with the same page.
fn files(part: &Part<'_, '_>, port: u16, folder: &str, single: bool) -> Told<Serve> {
    let single = if single { "-s " } else { "" };
    let command = format!("serve@14 {single}-l tcp://127.0.0.1:{port} {folder}");
    let command = part.words().fetched(&command);
    serve(part, port, command, &[], "what it builds is files alone")
}
