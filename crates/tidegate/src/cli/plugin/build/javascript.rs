//! JavaScript and TypeScript: esbuild makes one file of it, and componentize-qjs puts that and QuickJS into a component.

use std::path::{Path, PathBuf};
use std::process::Command;

use tidegate_plugin::author::Language;

use super::{Fault, Work, unusable};
use crate::cli::plugin::tools::{Lines, missing, npm};

/// The one file that esbuild makes.
const BUNDLE: &str = "target/check.bundle.js";
/// What componentize-qjs makes.
const COMPONENT: &str = "target/check.component.wasm";

pub(super) fn make(work: &Work<'_>) -> Result<Vec<u8>, Fault> {
    if let Some((what, help)) = missing(Language::JavaScript, work.folder)
        .into_iter()
        .next()
    {
        return Err(Fault::Told(what, help));
    }
    let entry = entry(work.folder)?;
    let tools = ["esbuild", "componentize-qjs"].map(|tool| local(work.folder, tool));
    if tools.iter().any(|tool| !tool.exists()) {
        let locked = work.folder.join("package-lock.json").is_file();
        let mut install = Command::new(npm());
        install.args([
            if locked { "ci" } else { "install" },
            "--no-audit",
            "--no-fund",
        ]);
        work.step(
            "Installing what package.json names, with npm.",
            install,
            Lines::Shown,
        )?;
    }
    std::fs::create_dir_all(work.folder.join("target"))
        .map_err(|error| unusable(work.folder, &error))?;
    let [esbuild, componentize] = tools.map(|tool| std::path::absolute(&tool).unwrap_or(tool));
    let mut bundle = Command::new(esbuild);
    bundle.arg(entry).args([
        "--bundle",
        "--format=esm",
        "--target=es2023",
        "--log-level=warning",
    ]);
    // `node` as the platform would pick the fake host of the tests.
    bundle.args([
        "--platform=neutral",
        "--main-fields=module,main",
        "--loader:.md=text",
        "--external:tidegate:*",
    ]);
    bundle.arg(format!("--outfile={BUNDLE}"));
    work.step("Making one file with esbuild.", bundle, Lines::Shown)?;
    let mut component = Command::new(componentize);
    component
        .arg("--wit")
        .arg(work.interface()?)
        .args(["--js", BUNDLE, "--world", "plugin"]);
    component.args(["--sync", "--stub-wasi", "--output", COMPONENT]);
    work.step(
        "Making the component with componentize-qjs.",
        component,
        Lines::Shown,
    )?;
    work.read(Path::new(COMPONENT))
}

/// The file that the project begins in.
fn entry(folder: &Path) -> Result<&'static str, Fault> {
    let found = ["check.ts", "check.js", "check.mjs"]
        .into_iter()
        .find(|name| folder.join(name).is_file());
    found.ok_or_else(|| {
        Fault::Told(
            format!("{} has no check.js or check.ts", folder.display()),
            "Export `description` and `run` from one of them.".to_owned(),
        )
    })
}

/// A program that npm installed into the project.
fn local(folder: &Path, name: &str) -> PathBuf {
    let name = if cfg!(windows) {
        format!("{name}.cmd")
    } else {
        name.to_owned()
    };
    folder.join("node_modules/.bin").join(name)
}
