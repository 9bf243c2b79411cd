//! What the user says is a secret and what is none: rules, ignored findings, a baseline.
//!
//! The judged change cannot weaken its judge: what lets a secret be counts as far as the base of the
//! change has it. What only finds more counts at once.

use std::cell::RefCell;
use std::collections::HashSet;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use tidegate_core::check::CheckError;
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::located::Located;
use tidegate_core::ports::{Files, FilesError, Repository};
use tidegate_core::span::Source;

use super::collect::counted;
use super::config::Config;
use super::exposure::{Exposure, Known, Way};
use super::ignore::{Ignores, Said, Seen};
use crate::base::{folder_in, joined};
use crate::scan::Scanner;
use crate::scan::custom::{CustomSet, RuleFile};

/// The largest file of rules and of ignored findings, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;
/// The largest report of gitleaks', in bytes.
const LARGEST_REPORT: usize = 64 * 1024 * 1024;
/// The usual name of the file of ignored findings.
const USUAL_IGNORE: &str = ".gitleaksignore";

/// Where the user's files are read.
pub(super) struct Sources<'s> {
    files: &'s dyn Files,
    base: Option<InBase<'s>>,
}

/// The files as the judged change found them.
struct InBase<'s> {
    repository: &'s dyn Repository,
    revision: &'s str,
    /// Where the gate file stands in the repository.
    folder: String,
}

/// A file as it is, and as the base of the judged change has it: `Some(None)` when it has no such file,
/// and nothing without a base.
struct Versions {
    now: Option<String>,
    before: Option<Option<String>>,
}

impl Versions {
    /// What counts as known before; without a base that is the file as it is.
    fn known(&self) -> Option<&str> {
        let now = self.now.as_deref();
        self.before.as_ref().map_or(now, |text| text.as_deref())
    }
}

impl<'s> Sources<'s> {
    /// The files below the folder `root` of the gate file, and the base of the change where there is one.
    pub(super) fn new(
        files: &'s dyn Files,
        base: Option<(&'s dyn Repository, &'s str)>,
        root: &Path,
    ) -> Self {
        let base = base.and_then(|(repository, revision)| {
            Some(InBase {
                repository,
                revision,
                folder: folder_in(repository.root(), root)?,
            })
        });
        Self { files, base }
    }

    fn versions(&self, path: &str, limit: usize) -> Result<Versions, CheckError> {
        let now = match self.files.read(path, limit) {
            Ok(bytes) => Some(text(bytes, path)?),
            Err(FilesError::Missing { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        // What is not there any more needs no comparing.
        let before = match &now {
            Some(_) => self.before(path, limit)?,
            None => None,
        };
        Ok(Versions { now, before })
    }

    /// A file as the base has it; nothing without a base, or when the file is not in the repository.
    fn before(&self, path: &str, limit: usize) -> Result<Option<Option<String>>, CheckError> {
        let Some(base) = &self.base else {
            return Ok(None);
        };
        let Some(path) = joined(&base.folder, path) else {
            return Ok(None);
        };
        let bytes = base.repository.read_at(base.revision, &path, limit)?;
        Ok(Some(bytes.map(|bytes| text(bytes, &path)).transpose()?))
    }
}

fn text(bytes: Vec<u8>, path: &str) -> Result<String, CheckError> {
    String::from_utf8(bytes).map_err(|_| {
        CheckError::new(
            format!("{path} is no text in UTF-8"),
            "Save the file as UTF-8.",
        )
    })
}

/// The scanner of a run.
#[derive(Clone)]
pub(super) enum Chosen {
    /// Tidegate's own rules, all of them.
    BuiltIn(&'static Scanner),
    /// As the gate file says.
    Own(Arc<Scanner>),
}

impl Deref for Chosen {
    type Target = Scanner;

    fn deref(&self) -> &Scanner {
        match self {
            Self::BuiltIn(scanner) => scanner,
            Self::Own(scanner) => scanner,
        }
    }
}

/// What the user's files say.
pub(super) struct Own {
    /// Looks for what is a secret.
    pub(super) scanner: Chosen,
    /// What a reader should know.
    pub(super) notes: Vec<String>,
    ignores: Ignores,
    /// The files of ignored findings, for people.
    lists: Vec<String>,
    /// Where the gate file stands in the repository.
    folder: String,
}

impl Own {
    /// Reads the files that a config names, and `.gitleaksignore`.
    ///
    /// # Errors
    /// When a file is not there, cannot be read or is wrong.
    pub(super) fn read(config: &Config, sources: &Sources<'_>) -> Result<Self, CheckError> {
        let mut notes = Vec::new();
        let scanner = match (&config.rules, config.without.as_slice()) {
            (None, []) => Chosen::BuiltIn(Scanner::built_in()),
            (rules, without) => {
                let file = match rules {
                    Some(path) => rule_file(path, sources, &mut notes)?,
                    None => RuleFile::default(),
                };
                let silent = without.iter().map(String::as_str);
                let silent: Vec<&str> = silent.chain(file.switched_off.iter().copied()).collect();
                let custom = rules
                    .as_ref()
                    .map(|_| CustomSet::of(file).ok_or_else(too_many));
                let scanner = Scanner::with(&silent, custom.transpose()?);
                Chosen::Own(Arc::new(scanner))
            }
        };
        let folder = sources.base.as_ref().map(|base| base.folder.clone());
        let mut own = Self {
            scanner,
            notes,
            ignores: Ignores::default(),
            lists: Vec::new(),
            folder: folder.unwrap_or_default(),
        };
        own.read_ignores(config, sources)?;
        Ok(own)
    }

    fn read_ignores(&mut self, config: &Config, sources: &Sources<'_>) -> Result<(), CheckError> {
        let named = config.ignore.as_ref();
        let path = named.map_or(USUAL_IGNORE, |path| &path.value);
        let listed = sources.versions(path, LARGEST)?;
        if let (Some(path), None) = (named, &listed.now) {
            return Err(missing(path));
        }
        if listed.now.is_some() {
            self.lists.push(path.to_owned());
        }
        self.ignores = Ignores::of(listed.known(), listed.now.as_deref());
        let Some(path) = &config.gitleaks_baseline else {
            return Ok(());
        };
        let report = sources.versions(&path.value, LARGEST_REPORT)?;
        if report.now.is_none() {
            return Err(missing(path));
        }
        self.lists.push(path.value.clone());
        let ignores = std::mem::take(&mut self.ignores);
        self.ignores = ignores
            .with_baseline(report.known(), report.now.as_deref())
            .map_err(|error| {
                CheckError::new(error.to_string(), error.help()).at(path.span.location())
            })?;
        Ok(())
    }

    /// Takes out what the user knows and lets be, and marks what only the judged change lets be. With
    /// `everything` the whole repository and its history were looked at, so that entries about nothing
    /// can be told.
    pub(super) fn let_be(
        &mut self,
        exposures: &mut Vec<Exposure>,
        known: &Known,
        everything: bool,
    ) {
        let mut values = HashSet::new();
        exposures.retain_mut(|one| {
            let (file, line) = listed_at(one, &self.folder);
            let said = self.ignores.say(&Seen {
                file: &file,
                rule: one.sighting.slug(),
                line,
                value: one.sighting.value.expose(),
                commit: one.commit.as_ref().map(|commit| commit.id.as_str()),
            });
            one.excused = said == Said::AddedByChange;
            if said == Said::Known {
                values.insert(known.id(&one.sighting));
            }
            said != Said::Known
        });
        if !values.is_empty() {
            let count = u32::try_from(values.len()).unwrap_or(u32::MAX);
            self.notes.push(format!(
                "{} known to {}",
                counted(count, "value is", "values are"),
                self.lists.join(" or ")
            ));
        }
        self.notes.extend(self.ignores.notes());
        if everything {
            self.notes.extend(self.ignores.unused());
        }
    }
}

/// The file and line by which lists know a place: of what is served those of the bundle, because a
/// source that may stay in the repository is not for every visitor.
fn listed_at(one: &Exposure, folder: &str) -> (String, usize) {
    let served = one.related.first().map(|related| &related.location);
    let (file, line) = match (one.way, served) {
        (Way::Build | Way::Site, Some(served)) => (served.file.as_str(), served.line),
        _ => (one.place.file.as_str(), one.place.line),
    };
    let file = match one.way {
        Way::File | Way::Build => joined(folder, file),
        Way::Change | Way::Tree | Way::History | Way::Site => None,
    }
    .unwrap_or_else(|| file.to_owned());
    (file, line)
}

/// The rules of a file: as it is when the change did not touch it, else as the base has it and with
/// what the change makes stricter.
fn rule_file(
    path: &Located<String>,
    sources: &Sources<'_>,
    notes: &mut Vec<String>,
) -> Result<RuleFile, CheckError> {
    let name = path.value.as_str();
    let versions = sources.versions(name, LARGEST)?;
    let now = versions.now.as_ref().ok_or_else(|| missing(path))?;
    let opened = RefCell::new(vec![(name.to_owned(), now.clone())]);
    let file = RuleFile::load(&Source::new(name, now.as_str()), &|path| {
        let found = sources.versions(path, LARGEST);
        let text = found.map_err(|error| error.message)?.now;
        let text = text.ok_or("there is no such file")?;
        opened.borrow_mut().push((path.to_owned(), text.clone()));
        Ok(text)
    })
    .map_err(|faults| refused(&faults))?;
    notes.extend(file.warnings.iter().map(told));
    let Some(before) = versions.before else {
        return Ok(file);
    };
    let mut touched = false;
    for (path, text) in &*opened.borrow() {
        let before = sources.before(path, LARGEST)?;
        touched |= before.is_some_and(|before| before.as_ref() != Some(text));
    }
    if !touched {
        return Ok(file);
    }
    let base = before.and_then(|text| {
        let open = |path: &str| match sources.before(path, LARGEST) {
            Ok(before) => before
                .flatten()
                .ok_or_else(|| "it was not there".to_owned()),
            Err(error) => Err(error.message),
        };
        RuleFile::load(&Source::new(name, text), &open).ok()
    });
    let base = base.unwrap_or_default();
    notes.push(changed(name, &base, &file));
    Ok(base.made_stricter_by(file))
}

/// What becomes of a file of rules that the change touches.
fn changed(name: &str, base: &RuleFile, head: &RuleFile) -> String {
    let mut note = format!(
        "this change touches {name}: its new rules count, and what it allows or switches off counts \
         once it is in the base"
    );
    let not_yet = head.switched_off.iter();
    let mut not_yet: Vec<&str> = not_yet
        .filter(|slug| !base.switched_off.contains(slug))
        .copied()
        .collect();
    not_yet.sort_unstable();
    not_yet.dedup();
    if !not_yet.is_empty() {
        note.push_str("; still on: ");
        note.push_str(&not_yet.join(", "));
    }
    note
}

/// The first of the faults, and how many more there are.
fn refused(faults: &[Diagnostic]) -> CheckError {
    let Some(first) = faults.first() else {
        return too_many();
    };
    let more = match faults.len().saturating_sub(1) {
        0 => String::new(),
        1 => " (and 1 more fault)".to_owned(),
        more => format!(" (and {more} more faults)"),
    };
    let message = format!("{}{more}", first.message);
    let error = CheckError::new(message, advice(first));
    match &first.span {
        Some(span) => error.at(span.location()),
        None => error,
    }
}

fn told(warning: &Diagnostic) -> String {
    let place = warning.span.as_ref();
    let place = place.map(|span| format!("{}: ", span.location()));
    format!(
        "{}{}. {}",
        place.unwrap_or_default(),
        warning.message,
        advice(warning)
    )
}

fn advice(diagnostic: &Diagnostic) -> String {
    let sentence = diagnostic.help.clone();
    sentence
        .or_else(|| diagnostic.label.clone())
        .unwrap_or_default()
}

fn missing(path: &Located<String>) -> CheckError {
    let error = FilesError::Missing {
        path: path.value.clone(),
    };
    CheckError::from(error).at(path.span.location())
}

fn too_many() -> CheckError {
    CheckError::new(
        "the rules have more beginnings than can be looked for at once",
        "Use fewer rules of your own.",
    )
}

#[cfg(test)]
mod tests;
