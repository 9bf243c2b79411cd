//! The one walk through a project, and what was read on it.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use serde_json::Value as Json;
use tidegate_core::ports::{Files, FilesError};
use tidegate_kinds::reading::{Manifest, Source, Sources, is_foreign, listed};

use super::loose;
use super::names::{last, split, within};

/// The most files that are kept in mind.
const PATH_LIMIT: usize = 100_000;

/// The largest file that is read beside source code, in bytes.
const SIZE_LIMIT: usize = 1024 * 1024;

/// The most that is read beside source code, in bytes: all of it is held in memory.
const TOTAL_LIMIT: usize = 32 * 1024 * 1024;

/// The most dependencies that are kept of a manifest.
const DEPENDENCY_LIMIT: usize = 1_000;

/// The most manifests that are read; a monorepo has one for each part.
const MANIFEST_LIMIT: usize = 500;

/// The most files in other languages that are read for the names of variables.
const OTHER_LIMIT: usize = 2_000;

/// Endings of code that is read for the names of variables alone.
const OTHERS: [&str; 5] = [".svelte", ".vue", ".astro", ".rb", ".php"];

/// A project as it was found.
pub(super) struct Survey<'f> {
    pub(super) files: &'f dyn Files,
    /// The files that people wrote, sorted.
    paths: Vec<String>,
    /// Those that can be read, by their path.
    pub(super) manifests: BTreeMap<String, Manifest>,
    /// The source code, sorted by path.
    pub(super) sources: Vec<Source>,
    /// Code in languages that are not read as such, with its path.
    pub(super) others: Vec<(String, String)>,
    texts: RefCell<HashMap<String, Option<Rc<str>>>>,
    configurations: RefCell<HashMap<String, Option<Rc<Json>>>>,
    /// How much of the texts is held, in bytes.
    held: Cell<usize>,
    unread: RefCell<Vec<String>>,
}

impl<'f> Survey<'f> {
    /// Walks through a project once.
    pub(super) fn of(files: &'f dyn Files) -> Self {
        let (mut paths, unread) = listed(files, "**/*".to_owned());
        paths.retain(|path| !is_foreign(path));
        paths.sort_unstable();
        paths.dedup();
        let mut survey = Self {
            files,
            paths,
            manifests: BTreeMap::new(),
            sources: Vec::new(),
            others: Vec::new(),
            texts: RefCell::default(),
            configurations: RefCell::default(),
            held: Cell::default(),
            unread: RefCell::new(unread),
        };
        survey.bound();
        survey.read_manifests();
        survey.read_code();
        survey
    }

    fn bound(&mut self) {
        if self.paths.len() > PATH_LIMIT {
            let more = self.paths.len() - PATH_LIMIT;
            self.paths.truncate(PATH_LIMIT);
            self.tell(format!(
                "{more} files were left out after the first {PATH_LIMIT}"
            ));
        }
    }

    fn read_manifests(&mut self) {
        let mut paths: Vec<&String> = self
            .paths
            .iter()
            .filter(|path| Manifest::is_one(path))
            .collect();
        paths.sort_by_key(|path| (path.matches('/').count(), *path));
        if paths.len() > MANIFEST_LIMIT {
            let more = paths.len() - MANIFEST_LIMIT;
            self.tell(format!(
                "{more} manifests were left out after the first {MANIFEST_LIMIT}"
            ));
            paths.truncate(MANIFEST_LIMIT);
        }
        let mut manifests = BTreeMap::new();
        for path in paths {
            let Some(text) = self.text(path) else {
                continue;
            };
            match Manifest::read(path, &text) {
                Ok(mut manifest) => {
                    let count = manifest.dependencies.len();
                    if count > DEPENDENCY_LIMIT {
                        self.tell(format!(
                            "{path}: {} dependencies were left out after the first {DEPENDENCY_LIMIT}",
                            count - DEPENDENCY_LIMIT
                        ));
                        manifest.dependencies.truncate(DEPENDENCY_LIMIT);
                    }
                    manifests.insert(path.clone(), manifest);
                }
                Err(fault) => self.tell(fault.to_string()),
            }
        }
        self.manifests = manifests;
    }

    fn read_code(&mut self) {
        let read = Sources::among(self.files, self.paths.iter().map(String::as_str));
        self.unread.borrow_mut().extend(read.unread);
        self.sources = read.list;
        let is_other = |path: &&String| OTHERS.iter().any(|ending| path.ends_with(ending));
        let (mut others, mut held) = (Vec::new(), 0);
        for path in self.paths.iter().filter(is_other).take(OTHER_LIMIT) {
            if held > TOTAL_LIMIT {
                self.tell_room("files of pages");
                break;
            }
            let bytes = self.files.read(path, SIZE_LIMIT).ok();
            if let Some(text) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
                held += text.len();
                others.push((path.clone(), text));
            }
        }
        self.others = others;
    }

    /// Keeps what could not be read.
    pub(super) fn tell(&self, what: String) {
        let mut unread = self.unread.borrow_mut();
        if !unread.contains(&what) {
            unread.push(what);
        }
    }

    /// Says that there is no room for more of what is read.
    fn tell_room(&self, what: &str) {
        self.tell(format!(
            "{what} were left out after the first {} MiB",
            TOTAL_LIMIT / 1024 / 1024
        ));
    }

    /// What could not be read.
    pub(super) fn into_unread(self) -> Vec<String> {
        self.unread.into_inner()
    }

    /// Every file that people wrote, sorted.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// The files below a folder, sorted.
    pub(super) fn below<'s>(&'s self, folder: &'s str) -> impl Iterator<Item = &'s str> {
        let start = within(folder, "");
        let prefix = if folder.is_empty() {
            String::new()
        } else {
            format!("{start}/")
        };
        let first = self.paths.partition_point(|path| *path < prefix);
        let rest = self.paths.get(first..).unwrap_or_default().iter();
        rest.map(String::as_str)
            .take_while(move |path| path.starts_with(&prefix))
    }

    /// Whether there is such a file.
    pub(super) fn has(&self, path: &str) -> bool {
        self.paths
            .binary_search_by(|one| one.as_str().cmp(path))
            .is_ok()
    }

    /// Whether there is such a folder with a file in it.
    pub(super) fn has_folder(&self, folder: &str) -> bool {
        self.below(folder).next().is_some()
    }

    /// The first of these files that a folder has.
    pub(super) fn first_of(&self, folder: &str, names: &[&str]) -> Option<String> {
        let mut paths = names.iter().map(|name| within(folder, name));
        paths.find(|path| self.has(path))
    }

    /// The source code of a file.
    pub(super) fn source(&self, path: &str) -> Option<&Source> {
        let found = self
            .sources
            .binary_search_by(|one| one.path.as_str().cmp(path));
        self.sources.get(found.ok()?)
    }

    /// The text of a file without a byte order mark; a file that cannot be read is told once.
    pub(super) fn text(&self, path: &str) -> Option<Rc<str>> {
        if !self.has(path) {
            return None;
        }
        if let Some(source) = self.source(path) {
            return Some(bare(&source.text).into());
        }
        if let Some(kept) = self.texts.borrow().get(path) {
            return kept.clone();
        }
        let text = self.fresh(path);
        self.texts
            .borrow_mut()
            .insert(path.to_owned(), text.clone());
        text
    }

    /// Reads a file, as long as there is room for it.
    fn fresh(&self, path: &str) -> Option<Rc<str>> {
        if self.held.get() > TOTAL_LIMIT {
            self.tell_room("manifests and configurations");
            return None;
        }
        match self.files.read(path, SIZE_LIMIT) {
            Ok(bytes) => {
                self.held.set(self.held.get() + bytes.len());
                let text = String::from_utf8(bytes).ok();
                if text.is_none() {
                    self.tell(format!("{path} is not UTF-8"));
                }
                text.map(|text| bare(&text).into())
            }
            Err(FilesError::TooLarge { .. }) => {
                self.tell(format!("{path} is larger than 1 MiB"));
                None
            }
            Err(fault) => {
                self.tell(fault.to_string());
                None
            }
        }
    }

    /// Whether a folder is a virtual environment of Python, whose files are in no list.
    pub(super) fn is_environment(&self, folder: &str) -> bool {
        let mark = within(folder, "pyvenv.cfg");
        self.files.read(&mark, SIZE_LIMIT).is_ok()
    }

    /// A configuration in JSON, TOML or YAML, by the ending of its name; a broken one is told once.
    pub(super) fn configuration(&self, path: &str) -> Option<Rc<Json>> {
        if let Some(known) = self.configurations.borrow().get(path) {
            return known.clone();
        }
        let read = self.parsed(path).map(Rc::new);
        self.configurations
            .borrow_mut()
            .insert(path.to_owned(), read.clone());
        read
    }

    fn parsed(&self, path: &str) -> Option<Json> {
        let text = self.text(path)?;
        let (format, read) = match last(path).rsplit('.').next() {
            Some("toml") => (
                "TOML",
                toml::from_str(&text).map_err(|error| {
                    let before = error.span().and_then(|span| text.get(..span.start));
                    before.unwrap_or_default().matches('\n').count() + 1
                }),
            ),
            Some("yaml" | "yml") => (
                "YAML",
                serde_saphyr::from_str(&text).map_err(|error| {
                    let line = error.location().map_or(1, |place| place.line());
                    usize::try_from(line).unwrap_or(usize::MAX).max(1)
                }),
            ),
            _ => (
                "JSON",
                loose::json(&text).map_err(|error| error.line().max(1)),
            ),
        };
        match read {
            Ok(read) => Some(read),
            Err(line) => {
                self.tell(format!("{path}:{line}: this is no proper {format}"));
                None
            }
        }
    }

    /// The folders of these files, each once.
    pub(super) fn folders_of(&self, is_wanted: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let wanted = self.paths().filter(|path| is_wanted(last(path)));
        wanted.map(|path| split(path).0.to_owned()).collect()
    }
}

/// A text without a byte order mark.
fn bare(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}
