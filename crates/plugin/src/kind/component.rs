//! The component of a plugin: found, held against the lock, and made ready once.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
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
    fetch: Option<Arc<dyn Fetch>>,
    tape: Option<Tape>,
}

/// Gets components from addresses.
pub trait Fetch: Send + Sync {
    /// What is at an https address; it is held against the lock by whoever asks.
    ///
    /// # Errors
    /// When nothing can be had there.
    fn fetch(&self, url: &str) -> Result<Vec<u8>, FetchError>;
}

/// Why a component could not be had from its address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FetchError {
    /// What happened, as a lowercase fragment.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Host {
    /// Paths count from `root`, the folder of the gate file; what was downloaded lies in `downloads` under the name
    /// that [`downloaded`] gives it.
    pub fn new(engine: Engine, root: PathBuf, downloads: PathBuf) -> Self {
        Self {
            engine,
            root,
            downloads,
            fetch: None,
            tape: None,
        }
    }

    /// Gets what was not downloaded yet by `fetch`, when it is needed.
    #[must_use]
    pub fn fetching(mut self, fetch: Arc<dyn Fetch>) -> Self {
        self.fetch = Some(fetch);
        self
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
        let component = self.bytes(name, locked)?;
        let loaded = self.engine.load(&component);
        loaded.map_err(|error| ComponentError::Unusable {
            name: name.to_owned(),
            error,
        })
    }

    /// The bytes of the locked component.
    fn bytes(&self, name: &str, locked: &Locked) -> Result<Vec<u8>, ComponentError> {
        let path = self.place(locked);
        if let (Source::Url(url), Some(fetch)) = (&locked.source, &self.fetch) {
            return match read(&path, locked.size) {
                Ok(component) if locked.is(&component) => Ok(component),
                _ => fetched(name, locked, url, &**fetch, &path),
            };
        }
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
        Ok(component)
    }
}

/// Gets a component from its address, and keeps it for the next run where that is possible.
fn fetched(
    name: &str,
    locked: &Locked,
    url: &str,
    fetch: &dyn Fetch,
    path: &Path,
) -> Result<Vec<u8>, ComponentError> {
    let component = fetch.fetch(url).map_err(|error| ComponentError::Fetch {
        name: name.to_owned(),
        error,
    })?;
    if !locked.is(&component) {
        return Err(ComponentError::Differs {
            name: name.to_owned(),
            path: url.to_owned(),
        });
    }
    // Without a copy the next run downloads it again.
    let _ = keep(path, &component);
    Ok(component)
}

/// Puts a whole file into a folder that is made when it is not there.
fn keep(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(content)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
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
    /// It could not be had from its address.
    #[error("the component of the plugin `{name}` is not here, and {error}")]
    Fetch {
        /// The plugin.
        name: String,
        /// What happened.
        error: FetchError,
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
            Self::Fetch { error, .. } => error.help.clone(),
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
