//! One component: found, read, and asked what it says about itself.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use tidegate_core::plugin;
use tidegate_plugin::lock::{DescriptionError, LARGEST, Source, digest};
use tidegate_plugin::{Description, Engine, Fetch as _, FetchError, Locked, PluginError};

use super::{cache, fetch};

/// A component, and what it says about itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Looked {
    /// The name that it gives itself.
    pub name: String,
    /// The interfaces that it imports, as it names them.
    pub imports: Vec<String>,
    /// What is locked of it.
    pub locked: Locked,
}

/// A component that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Where it came from.
    pub source: Source,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why a component cannot be looked at.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LookError {
    /// The file is not there, or may not be read.
    #[error("{path} cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        reason: String,
    },
    /// It could not be downloaded.
    #[error(transparent)]
    Download(FetchError),
    /// It is another one than it should be.
    #[error("what is at {place} has another SHA-256: {found}")]
    Digest {
        /// Where it was looked for.
        place: String,
        /// What is there.
        found: String,
    },
    /// It is no plugin.
    #[error("{place} cannot be used: {error}")]
    Plugin {
        /// Where it was looked for.
        place: String,
        /// What is wrong with it.
        error: PluginError,
    },
    /// What it says about itself cannot be kept.
    #[error("{place} cannot be used: {error}")]
    Description {
        /// Where it was looked for.
        place: String,
        /// What is wrong with it.
        error: DescriptionError,
    },
    /// It has another name.
    #[error("{place} calls itself `{name}`, not `{wanted}`")]
    Name {
        /// Where it was looked for.
        place: String,
        /// The name that it gives itself.
        name: String,
        /// The name that it is asked for by.
        wanted: String,
    },
}

impl LookError {
    /// How to mend it.
    pub fn help(&self) -> String {
        match self {
            Self::Unreadable { .. } => {
                "Look at the path, which counts from the folder of the gate file; `tidegate plugin build` makes the file."
                    .to_owned()
            }
            Self::Download(error) => error.help.clone(),
            Self::Digest { .. } => {
                "Ask whoever publishes the plugin which one is right. When the new one is meant, put its SHA-256 into the \
                 gate file."
                    .to_owned()
            }
            Self::Plugin { error, .. } => error.help(),
            Self::Description { error, .. } => error.help().to_owned(),
            Self::Name { name, .. } => format!("Use that name: a gate file calls it `plugin/{name}`."),
        }
    }
}

/// Reads the component that a gate file declares; `folder` is that of the gate file.
///
/// # Errors
/// When it cannot be had, or is not the one that the gate file wants.
pub fn look_up(folder: &Path, declared: &plugin::Source) -> Result<Component, LookError> {
    let source = Source::from(declared);
    match declared {
        plugin::Source::File(path) => {
            let bytes = file(&folder.join(&path.value), &path.value)?;
            Ok(Component { source, bytes })
        }
        plugin::Source::Address { url, sha256 } => {
            let bytes = download(&url.value)?;
            let found = digest(&bytes);
            if found != sha256.value {
                let place = url.value.clone();
                return Err(LookError::Digest { place, found });
            }
            Ok(Component { source, bytes })
        }
    }
}

/// Reads a component from a path or an address, as a command names it.
///
/// # Errors
/// When it cannot be had.
pub fn inspect(place: &str) -> Result<Component, LookError> {
    if place.starts_with("https://") || place.starts_with("http://") {
        return Ok(Component {
            bytes: download(place)?,
            source: Source::Url(place.to_owned()),
        });
    }
    Ok(Component {
        bytes: file(Path::new(place), place)?,
        source: Source::Path(place.to_owned()),
    })
}

/// Asks a component what it says about itself; it has no power meanwhile. `wanted` is the name that it must have.
///
/// # Errors
/// When it is no plugin, or says what cannot be kept.
pub fn look(component: Component, wanted: Option<&str>) -> Result<Looked, LookError> {
    look_with(&Engine::new(cache::compiled()), component, wanted)
}

pub(super) fn look_with(
    engine: &Engine,
    component: Component,
    wanted: Option<&str>,
) -> Result<Looked, LookError> {
    let Component { source, bytes } = component;
    let place = source.to_string();
    let unusable = |error: PluginError| LookError::Plugin {
        place: place.clone(),
        error,
    };
    let loaded = engine.load(&bytes).map_err(unusable)?;
    let said = loaded.describe().map_err(unusable)?;
    let name = said.name.clone();
    if let Some(wanted) = wanted.filter(|wanted| *wanted != name) {
        let wanted = wanted.to_owned();
        return Err(LookError::Name {
            place,
            name,
            wanted,
        });
    }
    let describes = Description::try_from(said).map_err(|error| LookError::Description {
        place: place.clone(),
        error,
    })?;
    Ok(Looked {
        name,
        imports: loaded.imports().to_vec(),
        locked: Locked {
            source,
            sha256: digest(&bytes),
            size: bytes.len() as u64,
            interface: loaded.interface().to_owned(),
            describes,
        },
    })
}

fn download(url: &str) -> Result<Vec<u8>, LookError> {
    let fetched = fetch::Network.fetch(url);
    fetched.map_err(LookError::Download)
}

/// The bytes of a plain file of at most the largest size of a component, and one more.
pub(super) fn file(path: &Path, shown: &str) -> Result<Vec<u8>, LookError> {
    bounded(path).map_err(|error| LookError::Unreadable {
        path: shown.to_owned(),
        reason: error.to_string(),
    })
}

pub(super) fn bounded(path: &Path) -> io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut bytes = Vec::new();
    let limit = LARGEST.saturating_add(1);
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}
