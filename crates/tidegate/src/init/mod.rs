//! A first gate file: what a project is, what is written for it, and writing that whole or not at all.
//!
//! ```no_run
//! use tidegate::init::{Plan, Wish, prepare, project, wish};
//!
//! let folder = ".".as_ref();
//! let app = project(folder).apps.into_iter().next();
//! let wish = wish("tidegate.yaml".as_ref(), Wish { name: "portal".into(), app, ..Wish::default() });
//! let plan = prepare("tidegate.yaml".as_ref(), &wish, true)?;
//! plan.write(&|| false)?;
//! # Ok::<(), tidegate::init::InitError>(())
//! ```

mod changes;
mod write;

use std::path::{Path, PathBuf};

use tidegate_draft::starter::VERSION_FILES;
use tidegate_repo::LocalFiles;

pub use changes::{Change, Effect, Plan, prepare};
pub use tidegate_core::check::CheckError;
pub use tidegate_core::gate::EnvironmentKind;
pub use tidegate_draft::project::{
    Api, App, Host, Manager, Project, Records, Serve, Technology, Told, Variable,
};
pub use tidegate_draft::starter::{
    Address, AddressError, Check, NoWorkflow, Place, Watch, Wish, address, checks, gate,
    likely_kind, places, portal_name, watch, workflow,
};

/// The name of a gate file where no other is asked for.
pub const GATE_FILE: &str = "tidegate.yaml";

/// Why a first gate file was not written; nothing of it is left then, but for what an error names.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// There is a gate file.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// A file or a folder that has to be looked at cannot be.
    #[error("{} cannot be read: {reason}", path.display())]
    Unreadable {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A file cannot be written.
    #[error("{} cannot be written: {reason}", path.display())]
    Unwritable {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// A file was changed by somebody else meanwhile.
    #[error("{} was changed by somebody else meanwhile", .0.display())]
    Changed(PathBuf),
    /// It was asked to stop.
    #[error("it was stopped")]
    Stopped,
    /// Something went wrong, and what was written before could not be taken back.
    #[error(
        "{cause}; {} was written before and could not be taken back",
        listed(left)
    )]
    Left {
        /// What went wrong.
        cause: Box<InitError>,
        /// What is left.
        left: Vec<PathBuf>,
    },
}

fn listed(paths: &[PathBuf]) -> String {
    let paths = paths.iter().map(|path| path.display().to_string());
    paths.collect::<Vec<_>>().join(", ")
}

impl InitError {
    /// How to mend it.
    pub fn help(&self) -> String {
        match self {
            Self::Exists(path) => format!(
                "Nothing was written: a gate file is never overwritten. Run it with `tidegate run --gate {0}`, \
                 name another one with `--gate FILE`, or move {0} away.",
                path.display()
            ),
            Self::Unreadable { .. } | Self::Unwritable { .. } => {
                "Nothing was written. Look at who owns the folder and whether the disk is full, then type the \
                 command again."
                    .to_owned()
            }
            Self::Changed(_) => "Nothing was written. Type the command again.".to_owned(),
            Self::Stopped => "Nothing was written.".to_owned(),
            Self::Left { .. } => "Remove it by hand, then type the command again.".to_owned(),
        }
    }
}

/// Reads what a project is, from the files below a folder. Nothing is sent and nothing is written.
pub fn project(folder: &Path) -> Project {
    tidegate_draft::project::read(&LocalFiles::new(folder))
}

/// Adds to a wish what the files around the gate file tell: the versions of languages, and where the folder
/// is in its repository.
pub fn wish(gate: &Path, wish: Wish) -> Wish {
    let folder = folder_of(gate);
    let own = wish.app.as_ref().map_or("", |app| app.folder.as_str());
    let of_root = VERSION_FILES.iter().map(|name| (*name).to_owned());
    let of_app = VERSION_FILES.iter().map(|name| format!("{own}/{name}"));
    let all = of_root.chain(of_app.filter(|_| !own.is_empty()));
    let versions = all.filter(|path| folder.join(path).is_file()).collect();
    let name = gate.file_name().map(|name| name.to_string_lossy());
    let file = name
        .filter(|name| name != GATE_FILE)
        .map(std::borrow::Cow::into_owned);
    Wish {
        versions,
        folder: below_root(folder),
        file,
        ..wish
    }
}

/// Reads an OpenAPI document below a folder, and gives how many operations it has.
///
/// # Errors
/// When it cannot be read or is none.
pub fn operations(folder: &Path, document: &str) -> Result<usize, CheckError> {
    tidegate_kinds::draft::operations(&LocalFiles::new(folder), document)
}

/// The folder of a gate file, which may be this one.
pub fn folder_of(gate: &Path) -> &Path {
    let parent = gate.parent().filter(|parent| *parent != Path::new(""));
    parent.unwrap_or(Path::new("."))
}

/// The folder that holds the repository of a folder; nothing when it is in none.
pub fn repository_root(folder: &Path) -> Option<PathBuf> {
    let real = folder.canonicalize().ok()?;
    let root = real.ancestors().find(|above| above.join(".git").exists())?;
    Some(root.to_owned())
}

/// Where a folder is in its repository, with forward slashes; empty for the root, and outside of any.
fn below_root(folder: &Path) -> String {
    let below = || {
        let root = repository_root(folder)?;
        let real = folder.canonicalize().ok()?;
        let parts = real.strip_prefix(&root).ok()?.components();
        let parts = parts.map(|part| part.as_os_str().to_string_lossy().into_owned());
        Some(parts.collect::<Vec<_>>().join("/"))
    };
    below().unwrap_or_default()
}
