//! Finds the file of the project that a report means.

use std::collections::HashMap;
use std::path::Path;

use tidegate_core::finding::Finding;
use tidegate_core::ports::Files;
use tidegate_core::span::Location;

use super::report::{Failure, Place};

/// Folders of other people's code: a trace that leads there says little about the project.
const FOREIGN: [&str; 8] = [
    "node_modules",
    "site-packages",
    "dist-packages",
    ".venv",
    ".cargo",
    ".rustup",
    "rustc",
    "rustlib",
];

/// Finds files of the project by the paths that reports use.
pub(super) struct Places<'f> {
    files: &'f dyn Files,
    /// The gate file's folder, absolute, with forward slashes and without one at its end.
    root: String,
    /// The folder the command ran in, relative to the gate file.
    directory: String,
    known: HashMap<String, Option<String>>,
}

impl<'f> Places<'f> {
    /// Looks below `root`; `directory` is where the command ran.
    pub(super) fn new(files: &'f dyn Files, root: &Path, directory: &str) -> Self {
        let root = std::path::absolute(root).unwrap_or_else(|_| root.to_owned());
        Self {
            files,
            root: slashes(&root.to_string_lossy())
                .trim_end_matches('/')
                .to_owned(),
            directory: directory.to_owned(),
            known: HashMap::new(),
        }
    }

    /// Where a failure is: in its own file if a trace leads there, else where the trace first
    /// touches the project.
    pub(super) fn of_failure(&mut self, failure: &Failure) -> Option<Location> {
        let own = failure.file.as_deref().and_then(|file| self.file(file));
        let mut first = None;
        for place in &failure.places {
            let Some(file) = self.file(&place.file) else {
                continue;
            };
            let found = location(&file, place);
            if own.as_ref().is_none_or(|own| *own == file) {
                return Some(found);
            }
            first.get_or_insert(found);
        }
        first
    }

    /// Where a place of a report is.
    pub(super) fn of_place(&mut self, place: &Place) -> Option<Location> {
        let file = self.file(&place.file)?;
        Some(location(&file, place))
    }

    /// The file of the project that a path means, relative to the gate file.
    fn file(&mut self, path: &str) -> Option<String> {
        if let Some(known) = self.known.get(path) {
            return known.clone();
        }
        let found = self.find(path);
        self.known.insert(path.to_owned(), found.clone());
        found
    }

    fn find(&self, written: &str) -> Option<String> {
        let path = slashes(written.strip_prefix("file://").unwrap_or(written));
        if path.split('/').any(|part| FOREIGN.contains(&part)) {
            return None;
        }
        if let Some(below) = self.below_root(&path) {
            return normal(below).filter(|path| self.exists(path));
        }
        let beside = normal(&format!("{}/{path}", self.directory));
        let candidates = [beside, normal(&path)];
        candidates
            .into_iter()
            .flatten()
            .find(|path| self.exists(path))
            .or_else(|| self.by_ending(&path))
            .or_else(|| self.by_name(&path))
    }

    fn below_root<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.strip_prefix(&self.root)?.strip_prefix('/')
    }

    /// An absolute path of another machine or a container: the longest ending that is a file here.
    fn by_ending(&self, path: &str) -> Option<String> {
        let absolute = is_absolute(path);
        let mut rest = path.trim_start_matches('/');
        while absolute && let Some((_, ending)) = rest.split_once('/') {
            rest = ending;
            // A bare name is too little to go by: every project has an `index.js`.
            if rest.contains('/') && self.exists(rest) {
                return Some(rest.to_owned());
            }
        }
        None
    }

    /// A path below a folder that the report does not name, when only one file fits.
    fn by_name(&self, path: &str) -> Option<String> {
        let name = normal(path)
            .filter(|name| !path.starts_with('/') && !name.contains(['*', '?', '[', '{']))?;
        let found = self.files.list(&[format!("**/{name}")]).ok()?;
        let mut own = found
            .into_iter()
            .filter(|path| !path.split('/').any(|part| FOREIGN.contains(&part)));
        let first = own.next()?;
        own.next().is_none().then_some(first)
    }

    fn exists(&self, path: &str) -> bool {
        matches!(self.files.modified(path), Ok(Some(_)))
    }
}

fn location(file: &str, place: &Place) -> Location {
    Location {
        column: place.column,
        end_column: place.column,
        ..Location::line_of(file, place.line)
    }
}

/// Whether a path starts at a root, in Windows' way of writing as well, or is a `file:` URI.
pub(super) fn is_absolute(path: &str) -> bool {
    path.starts_with(['/', '\\'])
        || path.starts_with("file://")
        || path.as_bytes().get(1) == Some(&b':')
}

fn slashes(path: &str) -> String {
    path.replace('\\', "/")
}

/// The path without `.` and `..`; `None` when it leads out of the folder or to no file.
fn normal(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// Puts a finding at its place in the project, and keeps the line of the gate file beside it.
pub(super) fn placed(
    place: Option<Location>,
    gate: &Location,
    make: impl FnOnce(Location) -> Finding,
) -> Finding {
    match place {
        Some(place) => make(place).related("the command", gate.clone()),
        None => make(gate.clone()),
    }
}
