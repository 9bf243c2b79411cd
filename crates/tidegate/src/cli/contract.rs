//! `tidegate contract`

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tidegate::exit;
use tidegate::meta::Severity;
use tidegate::ports::{Files as _, Repository};
use tidegate_core::baseline::day;
use tidegate_kinds::changelog::{Changelog, Input, SIZE_LIMIT, Values, at_revision};
use tidegate_repo::LocalFiles;

use super::arguments::{ChangelogFormat, ContractArguments, FailOn, ValueDirection};
use super::output::{Output, Usage};

/// Prints what changed between two documents; the exit code says whether it breaks anybody.
pub(crate) fn contract(arguments: &ContractArguments, output: &Output) -> anyhow::Result<u8> {
    let base = Document::find(&arguments.base)?;
    let head = Document::find(&arguments.head)?;
    let (old, new) = (base.reader(), head.reader());
    for (document, read) in [(&base, &old), (&head, &new)] {
        read(&document.path).map_err(|reason| document.unreadable(&reason))?;
    }
    let today = day(jiff::Timestamp::now());
    let values = match arguments.direction {
        ValueDirection::Request => Values::Sent,
        ValueDirection::Response => Values::Received,
        ValueDirection::Both => Values::Both,
    };
    let compared = Changelog::compare(&base.input(&*old), &head.input(&*new), today, values);
    let changelog = match compared {
        Ok(changelog) => changelog,
        Err(fault) => {
            output.diagnose(&fault);
            return Ok(exit::USAGE);
        }
    };
    output.print(&written(&changelog, arguments.format)?)?;
    Ok(if fails(&changelog, arguments.fail_on) {
        exit::BLOCK
    } else {
        exit::ALLOW
    })
}

fn written(changelog: &Changelog, format: ChangelogFormat) -> anyhow::Result<String> {
    Ok(match format {
        ChangelogFormat::Text => changelog.text(),
        ChangelogFormat::Markdown => changelog.markdown(),
        ChangelogFormat::Json => {
            let text = serde_json::to_string_pretty(&changelog.json());
            text.context("the changelog cannot be written")? + "\n"
        }
    })
}

fn fails(changelog: &Changelog, on: FailOn) -> bool {
    let least = match on {
        FailOn::Breaking => Severity::Medium,
        FailOn::Risky => Severity::Low,
        FailOn::Any => Severity::Info,
        FailOn::Never => return false,
    };
    changelog.worst().is_some_and(|worst| worst >= least)
}

/// A document that the command line names.
struct Document<'a> {
    /// As it was named.
    name: &'a str,
    /// Its path from the folder.
    path: String,
    /// The folder that it and what it refers to are read from.
    folder: PathBuf,
    /// The revision that they are read at.
    revision: Option<(Box<dyn Repository>, &'a str)>,
}

type Read<'d> = Box<dyn Fn(&str) -> Result<Vec<u8>, String> + 'd>;

impl<'a> Document<'a> {
    fn find(name: &'a str) -> anyhow::Result<Self> {
        if name.starts_with("http://") || name.starts_with("https://") {
            let message = format!("`{name}` is a URL, and this command contacts nobody");
            let help = "Download the document first, or name the URL under `contract: { changes: … }` of a gate that declares its origin.";
            return Err(usage(message, help));
        }
        let here = std::env::current_dir().context("the current folder is not known")?;
        let Some(rest) = name.strip_prefix("git:") else {
            return Ok(Self::file(name, here));
        };
        let Some((revision, path)) = rest
            .split_once(':')
            .filter(|(revision, path)| !revision.is_empty() && !path.is_empty())
        else {
            let message = format!("`{name}` has no revision and path");
            return Err(usage(
                message,
                "Write it like `git:origin/main:openapi.yaml`.",
            ));
        };
        Ok(Self {
            name: rest,
            path: path.to_owned(),
            revision: Some((repository(&here)?, revision)),
            folder: here,
        })
    }

    /// A file; below the current folder it may refer to all that lies there, elsewhere to its neighbours.
    fn file(name: &'a str, here: PathBuf) -> Self {
        let whole = here.join(name);
        let real = whole.canonicalize().unwrap_or(whole);
        let root = here.canonicalize().unwrap_or(here);
        let folder = match real.parent() {
            Some(parent) if !real.starts_with(&root) => parent.to_owned(),
            _ => root,
        };
        let path = real.strip_prefix(&folder).unwrap_or(&real);
        Self {
            name,
            path: path.to_string_lossy().replace('\\', "/"),
            folder,
            revision: None,
        }
    }

    fn reader(&self) -> Read<'_> {
        match &self.revision {
            Some((repository, revision)) => {
                Box::new(at_revision(&**repository, &self.folder, revision))
            }
            None => {
                let files = LocalFiles::new(&self.folder);
                Box::new(move |path| files.read(path, SIZE_LIMIT).map_err(|error| error.reason()))
            }
        }
    }

    fn input<'i>(&'i self, read: &'i dyn Fn(&str) -> Result<Vec<u8>, String>) -> Input<'i> {
        Input {
            name: self.name,
            path: &self.path,
            read,
        }
    }

    fn unreadable(&self, reason: &str) -> anyhow::Error {
        let message = format!("{} cannot be read: {reason}", self.name);
        usage(
            message,
            "Name a path from this folder, or `git:REVISION:PATH`.",
        )
    }
}

#[cfg(feature = "git")]
fn repository(folder: &Path) -> anyhow::Result<Box<dyn Repository>> {
    match tidegate_repo::GitRepository::discover(folder) {
        Ok(found) => Ok(Box::new(found)),
        Err(error) => Err(usage(error.to_string(), error.help())),
    }
}

#[cfg(not(feature = "git"))]
fn repository(_folder: &Path) -> anyhow::Result<Box<dyn Repository>> {
    let message = "this Tidegate was built without git".to_owned();
    Err(usage(
        message,
        "Write the old document into a file with `git show`, and name that.",
    ))
}

fn usage(message: String, help: &str) -> anyhow::Error {
    Usage {
        message,
        help: help.to_owned(),
    }
    .into()
}
