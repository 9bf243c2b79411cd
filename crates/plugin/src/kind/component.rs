//! The component of a plugin: found, held against the lock, and made ready once.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tidegate_core::check::CheckError;

use crate::author::test::{Recorder, Tape};
use crate::engine::{Engine, Loaded};
use crate::error::PluginError;
use crate::imports::Imports;
use crate::interface::types::Context;
use crate::lock::{FILE, Locked, Source};

/// What all plugins of a gate share: where their components lie, and what runs them.
pub struct Host {
    engine: Engine,
    root: PathBuf,
    downloads: PathBuf,
    tape: Option<Tape>,
}

impl Host {
    /// Paths count from `root`, the folder of the gate file; what was downloaded lies in `downloads` under the name
    /// that [`downloaded`] gives it.
    pub fn new(engine: Engine, root: PathBuf, downloads: PathBuf) -> Self {
        Self {
            engine,
            root,
            downloads,
            tape: None,
        }
    }

    /// Keeps on a tape what the plugins ask for and get.
    #[must_use]
    pub fn recording(mut self, tape: Tape) -> Self {
        self.tape = Some(tape);
        self
    }

    /// What runs the components.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Where the component of a plugin lies.
    pub fn place(&self, locked: &Locked) -> PathBuf {
        match &locked.source {
            Source::Path(path) => self.root.join(path),
            Source::Url(_) => self.downloads.join(downloaded(&locked.sha256)),
        }
    }

    /// The locked component, ready to run.
    ///
    /// # Errors
    /// When it is not there, is another one than the locked, or cannot be made ready.
    pub fn load(&self, name: &str, locked: &Locked) -> Result<Arc<Loaded>, ComponentError> {
        let path = self.place(locked);
        let component = read(&path, locked.size).map_err(|error| ComponentError::Unreadable {
            name: name.to_owned(),
            path: shown(&path, &self.root),
            reason: error.to_string(),
        })?;
        if !locked.is(&component) {
            return Err(ComponentError::Differs {
                name: name.to_owned(),
                path: shown(&path, &self.root),
            });
        }
        let loaded = self.engine.load(&component);
        loaded.map_err(|error| ComponentError::Unusable {
            name: name.to_owned(),
            error,
        })
    }
}

/// The name of the file that a downloaded component is kept in.
pub fn downloaded(sha256: &str) -> String {
    format!("{sha256}.wasm")
}

/// Why the component of a plugin cannot run.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ComponentError {
    /// It is not there, or may not be read.
    #[error("the component of the plugin `{name}`, {path}, cannot be read: {reason}")]
    Unreadable {
        /// The plugin.
        name: String,
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// It is another one than the lock file has.
    #[error("the component of the plugin `{name}`, {path}, is not the one in {FILE}")]
    Differs {
        /// The plugin.
        name: String,
        /// The file.
        path: String,
    },
    /// It is no plugin that runs here.
    #[error("the plugin `{name}` cannot run: {error}")]
    Unusable {
        /// The plugin.
        name: String,
        /// What is wrong with it.
        error: PluginError,
    },
}

impl ComponentError {
    /// How to mend it.
    pub fn help(&self) -> String {
        match self {
            Self::Unreadable { name, .. } => format!(
                "Build it, or fetch it with `tidegate plugin update {name}`, before this run."
            ),
            Self::Differs { name, .. } => format!(
                "See what changed with `tidegate plugin update {name}`, which locks the new component when you agree."
            ),
            Self::Unusable { error, .. } => error.help(),
        }
    }
}

impl From<ComponentError> for CheckError {
    fn from(error: ComponentError) -> Self {
        Self::new(error.to_string(), error.help())
    }
}

/// A component that is read and made ready once, by whoever needs it first.
pub(super) struct Component {
    pub(super) name: String,
    pub(super) locked: Locked,
    host: Arc<Host>,
    ready: OnceLock<Result<Arc<Loaded>, ComponentError>>,
}

impl Component {
    pub(super) fn new(name: String, locked: Locked, host: Arc<Host>) -> Self {
        Self {
            name,
            locked,
            host,
            ready: OnceLock::new(),
        }
    }

    /// What is ready already.
    pub(super) fn known(&self) -> Option<Result<Arc<Loaded>, ComponentError>> {
        self.ready.get().cloned()
    }

    /// Makes it ready, or waits until another thread did.
    pub(super) fn load(&self) -> Result<Arc<Loaded>, ComponentError> {
        let load = || self.host.load(&self.name, &self.locked);
        self.ready.get_or_init(load).clone()
    }

    /// The same world, kept on the tape when there is one.
    pub(super) fn recorded(&self, imports: Box<dyn Imports>, told: &Context) -> Box<dyn Imports> {
        match &self.host.tape {
            None => imports,
            Some(tape) => {
                tape.begin(told.clone());
                Box::new(Recorder::new(imports, tape.clone()))
            }
        }
    }
}

/// A file of at most so many bytes and one more, which is enough to see that it is another one.
fn read(path: &Path, size: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    let file = File::open(path)?;
    file.take(size.saturating_add(1))
        .read_to_end(&mut content)?;
    Ok(content)
}

/// A path as the gate file has it.
fn shown(path: &Path, root: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    path.display().to_string()
}
