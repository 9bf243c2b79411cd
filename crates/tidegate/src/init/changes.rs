//! What is written for a wish: new files, and lines for files that are there.

use std::fs;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use tidegate_draft::starter::{
    self, ENVIRONMENT_SAMPLE, IGNORE_FILE, IGNORED, WORKFLOWS, Wish, sample,
};

use super::{InitError, folder_of, repository_root, write};

/// The largest file that lines are added to, in bytes: 1 MiB.
const LIMIT: u64 = 1024 * 1024;

/// How many names are tried for a workflow.
const NAMES: usize = 20;

/// Everything that is written, in the order it is written: the gate file last, so that what ends without
/// warning can be done again.
#[derive(Debug)]
pub struct Plan {
    /// The files.
    pub changes: Vec<Change>,
    /// What is not written, and why, in sentences.
    pub notes: Vec<String>,
}

/// One file that is written.
#[derive(Debug)]
pub struct Change {
    /// Where it is.
    pub path: PathBuf,
    /// What becomes of it.
    pub effect: Effect,
    /// What was there.
    pub(super) before: Option<Vec<u8>>,
    /// What is there afterwards.
    pub(super) after: Vec<u8>,
}

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It is new.
    New,
    /// So many lines are added at its end.
    Added(usize),
}

impl Plan {
    /// Writes all of it, or nothing: what was written is taken back when something fails, and when
    /// `stopped` says so between two files.
    ///
    /// # Errors
    /// What failed first.
    pub fn write(&self, stopped: &dyn Fn() -> bool) -> Result<(), InitError> {
        write::all(&self.changes, stopped)
    }
}

/// Decides what is written for a gate file at this path: with its workflow, or without.
///
/// # Errors
/// When the gate file is there, or what lines are added to cannot be read.
pub fn prepare(gate: &Path, wish: &Wish, with_workflow: bool) -> Result<Plan, InitError> {
    if gate.symlink_metadata().is_ok() {
        return Err(InitError::Exists(gate.to_owned()));
    }
    let folder = folder_of(gate);
    let mut plan = Plan {
        changes: Vec::new(),
        notes: Vec::new(),
    };
    if with_workflow {
        plan.workflow(folder, wish);
    }
    plan.sample(&folder.join(ENVIRONMENT_SAMPLE), wish)?;
    plan.ignore(&folder.join(IGNORE_FILE))?;
    plan.new_file(gate.to_owned(), starter::gate(wish));
    Ok(plan)
}

impl Plan {
    fn new_file(&mut self, path: PathBuf, text: String) {
        self.changes.push(Change {
            path,
            effect: Effect::New,
            before: None,
            after: text.into_bytes(),
        });
    }

    /// The workflow, under a name that no other has.
    fn workflow(&mut self, folder: &Path, wish: &Wish) {
        let text = match starter::workflow(wish) {
            Ok(text) => text,
            Err(reason) => {
                self.notes
                    .push(format!("No workflow is written: {reason}."));
                return;
            }
        };
        let root = match repository_root(folder) {
            // The folder is named as it was given, wherever that is the root itself.
            Some(root) if !wish.folder.is_empty() => root,
            _ => folder.to_owned(),
        };
        let workflows = root.join(WORKFLOWS);
        if !is_really_below(&workflows, folder) {
            self.notes.push(format!(
                "No workflow is written: {WORKFLOWS} leads out of the project."
            ));
            return;
        }
        let own = std::iter::once("tidegate".to_owned());
        let name = starter::portal_name(&wish.name);
        let names = own.chain(std::iter::once(format!("tidegate-{name}")));
        let names = names.chain((2..NAMES).map(|number| format!("tidegate-{number}")));
        let mut paths = names.map(|name| workflows.join(format!("{name}.yml")));
        let taken = workflows.join("tidegate.yml");
        match paths.find(|path| path.symlink_metadata().is_err()) {
            Some(path) => {
                if path != taken {
                    let taken = taken.strip_prefix(".").unwrap_or(&taken).display();
                    self.notes
                        .push(format!("{taken} is there already and stays as it is."));
                }
                self.new_file(path, text);
            }
            None => self.notes.push(format!(
                "No workflow is written: {WORKFLOWS} has {NAMES} of Tidegate already."
            )),
        }
    }

    /// The names of the variables.
    fn sample(&mut self, path: &Path, wish: &Wish) -> Result<(), InitError> {
        let Some(there) = self.text(path)? else {
            return Ok(());
        };
        let text = String::from_utf8_lossy(there.as_deref().unwrap_or_default());
        if let Some(lines) = sample(wish, &text) {
            self.added(path, there.clone(), &lines, true);
        }
        Ok(())
    }

    /// What git leaves out; and that it keeps the names of the variables, where it would not.
    fn ignore(&mut self, path: &Path) -> Result<(), InitError> {
        let Some(there) = self.text(path)? else {
            return Ok(());
        };
        let text = String::from_utf8_lossy(there.as_deref().unwrap_or_default()).into_owned();
        let mut lines = String::new();
        let own = IGNORED.trim_end_matches('/');
        let is_own = |line: &str| {
            let line = line.trim().trim_start_matches("**").trim_start_matches('/');
            line.trim_end_matches('/') == own
        };
        if !text.lines().any(is_own) {
            lines.push_str(IGNORED);
            lines.push('\n');
        }
        if hides_sample(&text) {
            lines.push_str(&format!("!{ENVIRONMENT_SAMPLE}\n"));
        }
        if !lines.is_empty() {
            self.added(path, there, &lines, false);
        }
        Ok(())
    }

    /// What a file holds that lines are added to: nothing when it is not there. The outer nothing means that
    /// it is left alone, which is noted.
    #[expect(
        clippy::option_option,
        reason = "left alone and not there are two things"
    )]
    fn text(&mut self, path: &Path) -> Result<Option<Option<Vec<u8>>>, InitError> {
        let unreadable = |error: &std::io::Error| InitError::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        };
        // Asked before it is opened: to open a pipe would wait for its other end.
        let known = match fs::metadata(path) {
            Ok(known) => known,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let is_link = path.symlink_metadata().is_ok();
                if is_link {
                    self.notes.push(format!(
                        "{} is a link to nothing and stays as it is.",
                        path.display()
                    ));
                }
                return Ok((!is_link).then_some(None));
            }
            Err(error) => return Err(unreadable(&error)),
        };
        if !is_really_below(path, folder_of(path)) {
            self.notes.push(format!(
                "{} leads out of the project and stays as it is.",
                path.display()
            ));
            return Ok(None);
        }
        let mut bytes = Vec::new();
        if known.is_file() && known.len() <= LIMIT {
            let file = fs::File::open(path).map_err(|error| unreadable(&error))?;
            let mut bounded = file.take(LIMIT);
            bounded
                .read_to_end(&mut bytes)
                .map_err(|error| unreadable(&error))?;
        }
        if !known.is_file() || known.len() > LIMIT || bytes.contains(&0) {
            self.notes.push(format!(
                "{} is no text of at most 1 MiB and stays as it is.",
                path.display()
            ));
            return Ok(None);
        }
        Ok(Some(Some(bytes)))
    }

    /// Adds lines to a file, which may be new, with the line ends that it has.
    fn added(&mut self, path: &Path, before: Option<Vec<u8>>, lines: &str, apart: bool) {
        let Some(there) = before else {
            return self.new_file(path.to_owned(), lines.to_owned());
        };
        let ending = if there.windows(2).any(|two| two == b"\r\n") {
            "\r\n"
        } else {
            "\n"
        };
        let mut after = there.clone();
        if after.last().is_some_and(|last| *last != b'\n') {
            after.extend_from_slice(ending.as_bytes());
        }
        if apart && !after.is_empty() {
            after.extend_from_slice(ending.as_bytes());
        }
        after.extend_from_slice(lines.replace('\n', ending).as_bytes());
        self.changes.push(Change {
            path: path.to_owned(),
            effect: Effect::Added(lines.lines().count()),
            before: Some(there),
            after,
        });
    }
}

/// Whether a path of a project, or the nearest folder above it that is there, really lies in that project's
/// repository, or beside its gate file where there is none.
fn is_really_below(path: &Path, folder: &Path) -> bool {
    let here = |path: &Path| match path == Path::new("") {
        true => Path::new(".").canonicalize(),
        false => path.canonicalize(),
    };
    let root = repository_root(folder).or_else(|| here(folder).ok());
    let real = path.ancestors().find_map(|above| here(above).ok());
    real.zip(root)
        .is_some_and(|(real, root)| real.starts_with(root))
}

/// Whether git leaves the sample of variables out by a pattern for all files of variables.
fn hides_sample(ignored: &str) -> bool {
    const PATTERNS: [&str; 6] = [
        ".env*",
        ".env.*",
        "*.env*",
        "**/.env*",
        "**/.env.*",
        ENVIRONMENT_SAMPLE,
    ];
    let mut hidden = false;
    for line in ignored.lines().map(str::trim) {
        let (negated, pattern) = match line.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let pattern = pattern.trim_start_matches('/');
        if PATTERNS.contains(&pattern) || (negated && pattern == "*.example") {
            hidden = !negated;
        }
    }
    hidden
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
