//! Python: componentize-py, in an environment of the project's own, puts the source and CPython into a component.

use std::path::{Path, PathBuf};
use std::process::Command;

use tidegate_plugin::author::Language;
use tidegate_plugin::lock;

use super::{Fault, Work, unusable};
use crate::cli::plugin::tools::{Lines, missing, python};

/// The environment.
const ENVIRONMENT: &str = ".venv";
/// A file in it that holds the digest of the requirements that it has.
const INSTALLED: &str = ".venv/tidegate-requirements";
/// What the project needs.
const REQUIREMENTS: &str = "requirements.txt";
/// What componentize-py makes.
const COMPONENT: &str = "target/check.component.wasm";

pub(super) fn make(work: &Work<'_>) -> Result<Vec<u8>, Fault> {
    let programs = Path::new(ENVIRONMENT).join(if cfg!(windows) { "Scripts" } else { "bin" });
    // Inside the folder of the project, where every step runs.
    let root = std::path::absolute(work.folder).map_err(|error| unusable(work.folder, &error))?;
    let local = |name: &str| {
        root.join(&programs).join(if cfg!(windows) {
            format!("{name}.exe")
        } else {
            name.to_owned()
        })
    };
    install(work, &local)?;
    std::fs::create_dir_all(work.folder.join("target"))
        .map_err(|error| unusable(work.folder, &error))?;
    if !work.folder.join("check.py").is_file() {
        let what = format!("{} has no check.py", work.folder.display());
        return Err(Fault::Told(
            what,
            "Write the check into `check.py`.".to_owned(),
        ));
    }
    let mut component = Command::new(local("componentize-py"));
    component.arg("--wit-path").arg(work.interface()?).args([
        "--world",
        "plugin",
        "componentize",
        "check",
    ]);
    component.args(["--python-path", ".", "--python-path", &sdk(work.folder)]);
    if let Some(packages) = packages(&root) {
        component.arg("--python-path").arg(packages);
    }
    component.args(["--stub-wasi", "--output", COMPONENT]);
    work.step(
        "Making the component with componentize-py, which takes half a minute.",
        component,
        Lines::Shown,
    )?;
    work.read(Path::new(COMPONENT))
}

/// Makes the environment when it is not there, and installs the requirements when they are others than before.
fn install(work: &Work<'_>, local: &dyn Fn(&str) -> PathBuf) -> Result<(), Fault> {
    let wanted = lock::digest(&work.read(Path::new(REQUIREMENTS))?);
    let installed = std::fs::read_to_string(work.folder.join(INSTALLED)).ok();
    if installed.as_deref() == Some(&wanted) && local("componentize-py").exists() {
        return Ok(());
    }
    if !local("python").exists() {
        let found = python(work.folder);
        let Some(python) = found else {
            let told = missing(Language::Python, work.folder).into_iter().next();
            let (what, help) = told.unwrap_or_default();
            return Err(Fault::Told(what, help));
        };
        let mut make = Command::new(python);
        make.args(["-m", "venv", ENVIRONMENT]);
        work.step(
            "Making an environment of the project's own in .venv.",
            make,
            Lines::Shown,
        )?;
    }
    let mut pip = Command::new(local("python"));
    pip.args([
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--quiet",
        "-r",
        REQUIREMENTS,
    ]);
    work.step(
        "Installing what requirements.txt names, with pip.",
        pip,
        Lines::Shown,
    )?;
    work.write(Path::new(INSTALLED), wanted.as_bytes())
}

/// Where `pyproject.toml` says that the SDK is, under `[tool.tidegate]`; the folder `sdk` when it says nothing.
fn sdk(folder: &Path) -> String {
    let text = std::fs::read_to_string(folder.join("pyproject.toml")).unwrap_or_default();
    let section = text
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != "[tool.tidegate]");
    let mut settings = section.skip(1).take_while(|line| !line.starts_with('['));
    let said = settings.find_map(|line| {
        let value = line.strip_prefix("sdk")?.trim_start().strip_prefix('=')?;
        value.trim().strip_prefix('"')?.split('"').next()
    });
    said.unwrap_or("sdk").to_owned()
}

/// Where the environment has its packages, when it has the layout of this system.
fn packages(root: &Path) -> Option<PathBuf> {
    let environment = root.join(ENVIRONMENT);
    if cfg!(windows) {
        return Some(environment.join("Lib/site-packages")).filter(|path| path.is_dir());
    }
    let versions = std::fs::read_dir(environment.join("lib")).ok()?;
    versions
        .flatten()
        .map(|version| version.path().join("site-packages"))
        .find(|path| path.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sdk_is_where_the_project_says() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(sdk(folder.path()), "sdk");
        let write = |text| std::fs::write(folder.path().join("pyproject.toml"), text);
        write("[tool.mypy]\nsdk = \"no\"\n").expect("written");
        assert_eq!(sdk(folder.path()), "sdk");
        write("[tool.tidegate]\n# here\nsdk = \"../py\" # there\n[x]\n").expect("written");
        assert_eq!(sdk(folder.path()), "../py");
    }
}
