//! Which cases a project has, and which component they test.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tidegate_config::{Disk, document};
use tidegate_core::diagnostic::{Diagnostic, nearest};
use tidegate_plugin::author::Language;
use tidegate_plugin::author::test::Case;

use super::Usage;

/// The folder of the cases.
const FOLDER: &str = "tests";
/// What a case is written in; JSON is part of the same dialect.
const FILES: [&str; 2] = ["case.yaml", "case.json"];

/// A case that is not read yet.
pub(super) struct Found {
    pub(super) name: String,
    folder: PathBuf,
    file: &'static str,
}

impl Found {
    /// Reads it.
    pub(super) fn read(&self) -> Result<Case, Vec<Diagnostic>> {
        let path = self.folder.join(self.file);
        let shown = format!("{FOLDER}/{}/{}", self.name, self.file);
        let node = document(&Disk, &path, &shown)?;
        Case::read(&node, &self.name, &self.folder)
    }
}

/// A case that cannot be read, as the error of a command.
pub(super) fn faulty(faults: &[Diagnostic]) -> anyhow::Error {
    let told = |fault: &Diagnostic| match &fault.span {
        Some(span) => format!(
            "{}:{}: {}",
            span.source().name(),
            span.line(),
            fault.message
        ),
        None => fault.message.clone(),
    };
    let message = faults.iter().map(told).collect::<Vec<_>>().join("; ");
    usage(message, "Mend the case first.")
}

/// The folder of the project, and the names of cases.
pub(super) fn split(named: &[String]) -> (PathBuf, Vec<&str>) {
    let here = PathBuf::from(".");
    match named.split_first() {
        Some((first, rest)) if is_project(Path::new(first)) => (
            PathBuf::from(first),
            rest.iter().map(String::as_str).collect(),
        ),
        _ => (here, named.iter().map(String::as_str).collect()),
    }
}

fn is_project(folder: &Path) -> bool {
    folder.is_dir() && (folder.join(FOLDER).is_dir() || !Language::of(folder).is_empty())
}

/// The cases with these names, or all of them, in the order of their names.
pub(super) fn find(folder: &Path, names: &[&str]) -> anyhow::Result<Vec<Found>> {
    let tests = folder.join(FOLDER);
    let mut all: Vec<Found> = fs::read_dir(&tests)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| case(&entry.path()))
        .collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    if all.is_empty() {
        let message = format!("{} has no case", tests.display());
        return Err(usage(
            message,
            "Write one into `tests/NAME/case.yaml`; a new project has one to look at.",
        ));
    }
    let known: Vec<&str> = all.iter().map(|case| case.name.as_str()).collect();
    for name in names {
        if !known.contains(name) {
            let near = nearest(name, &known)
                .map_or_else(String::new, |near| format!("Did you mean `{near}`? "));
            let message = format!("there is no case `{name}`");
            return Err(usage(
                message,
                &format!("{near}Known here: {}.", known.join(", ")),
            ));
        }
    }
    all.retain(|case| names.is_empty() || names.contains(&case.name.as_str()));
    Ok(all)
}

fn case(folder: &Path) -> Option<Found> {
    let file = FILES.into_iter().find(|file| folder.join(file).is_file())?;
    Some(Found {
        name: folder.file_name()?.to_string_lossy().into_owned(),
        folder: folder.to_owned(),
        file,
    })
}

/// The component of a project.
pub(super) fn component(folder: &Path, given: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(given) = given {
        if given.is_file() {
            return Ok(given.to_owned());
        }
        let message = format!("there is no file {}", given.display());
        return Err(usage(message, "Build it with `tidegate plugin build`."));
    }
    let entries = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let wasm = |path: &PathBuf| path.is_file() && path.extension() == Some(OsStr::new("wasm"));
    let mut found: Vec<PathBuf> = entries.filter(wasm).collect();
    found.sort();
    match &found[..] {
        [one] => Ok(one.clone()),
        [] => Err(usage(
            format!("{} has no component yet", folder.display()),
            "Build it with `tidegate plugin build`.",
        )),
        several => {
            let names: Vec<String> = several
                .iter()
                .map(|path| path.display().to_string())
                .collect();
            let message = format!("there are several components: {}", names.join(", "));
            Err(usage(message, "Name one with `--component FILE`."))
        }
    }
}

/// A source file that was changed after the component was built.
pub(super) fn newer(folder: &Path, component: &Path) -> Option<String> {
    let built = changed(component)?;
    let here = fs::read_dir(folder)
        .into_iter()
        .chain(fs::read_dir(folder.join("src")));
    let mut sources = here
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| is_source(path))
        .collect::<Vec<_>>();
    sources.sort();
    let newer = sources
        .into_iter()
        .find(|path| changed(path).is_some_and(|at| at > built))?;
    Some(
        newer
            .strip_prefix(folder)
            .unwrap_or(&newer)
            .display()
            .to_string(),
    )
}

fn is_source(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    // These test the source and are not part of it.
    let beside = name.contains(".test.") || name.starts_with("test_");
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    !beside && path.is_file() && matches!(extension, "rs" | "js" | "mjs" | "ts" | "py" | "toml")
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|known| known.modified()).ok()
}

fn usage(message: String, help: &str) -> anyhow::Error {
    Usage {
        message,
        help: help.to_owned(),
    }
    .into()
}
