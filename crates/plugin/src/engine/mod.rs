//! Runs components: compiles them, instantiates them, and bounds what they do.

mod cache;
mod compile;
mod core;
mod description;
mod link;
mod loaded;
mod outcome;
mod quota;
mod room;
mod settings;
mod state;
#[cfg(test)]
mod tests;
mod ticker;
mod trap;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use sha2::{Digest as _, Sha256};
use wasmtime::component::Component;

pub use loaded::{Call, Loaded, Origin, Ran};

use self::cache::{Cache, Found};
use self::core::Core;
use crate::error::PluginError;
use crate::limits::{COMPILE_TIME, LARGEST_COMPONENT};

/// A SHA-256.
type Digest = [u8; 32];
/// A component that is loaded by whoever asks for it first.
type Slot = Arc<OnceLock<Result<Arc<Loaded>, PluginError>>>;

/// Makes components ready to run.
///
/// It is made without cost: nothing of wasmtime runs before the first plugin is loaded.
pub struct Engine {
    folder: Option<PathBuf>,
    core: OnceLock<Result<Arc<Core>, PluginError>>,
    cache: OnceLock<Result<Cache, String>>,
    loaded: Mutex<HashMap<Digest, Slot>>,
}

impl Engine {
    /// An engine that keeps compiled components in a folder of its own, when it is given one.
    pub fn new(cache: Option<PathBuf>) -> Self {
        Self {
            folder: cache,
            core: OnceLock::new(),
            cache: OnceLock::new(),
            loaded: Mutex::default(),
        }
    }

    /// Makes a component ready to run. However often and from however many threads the same one is asked
    /// for, it is compiled once.
    ///
    /// # Errors
    /// When it is no plugin, or cannot be compiled.
    pub fn load(&self, wasm: &[u8]) -> Result<Arc<Loaded>, PluginError> {
        look_at(wasm)?;
        self.load_hashed(wasm, Sha256::digest(wasm).into())
    }

    /// The same for whoever has the component's SHA-256 already: with large ones hashing is most of a load from
    /// the cache. A wrong digest gives another component than the one that was handed over.
    ///
    /// # Errors
    /// As [`Engine::load`].
    pub fn load_hashed(&self, wasm: &[u8], digest: [u8; 32]) -> Result<Arc<Loaded>, PluginError> {
        look_at(wasm)?;
        let slot = {
            let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(loaded.entry(digest).or_default())
        };
        slot.get_or_init(|| self.make_ready(wasm, &digest)).clone()
    }

    fn make_ready(&self, wasm: &[u8], digest: &Digest) -> Result<Arc<Loaded>, PluginError> {
        let core = self
            .core
            .get_or_init(|| Core::start().map(Arc::new))
            .clone()?;
        let mut notes = Vec::new();
        let (component, origin) = self.component(&core, wasm, digest, &mut notes)?;
        let linked = link::link(core.engine(), &component)?;
        Ok(Arc::new(Loaded::new(core, linked, origin, notes)))
    }

    /// The component from the cache, or from the compiler.
    fn component(
        &self,
        core: &Core,
        wasm: &[u8],
        digest: &Digest,
        notes: &mut Vec<String>,
    ) -> Result<(Component, Origin), PluginError> {
        let compile = || {
            let compiled = compile::compile(core.engine(), wasm, COMPILE_TIME)?;
            Ok((compiled, Origin::Compiled))
        };
        let Some(folder) = &self.folder else {
            return compile();
        };
        let opened = self
            .cache
            .get_or_init(|| Cache::open(folder, core.engine()));
        let cache = match opened {
            Ok(cache) => cache,
            Err(reason) => {
                notes.push(unused(folder, reason));
                return compile();
            }
        };
        match cache.find(core.engine(), digest) {
            Found::Component(component) => return Ok((component, Origin::Cache)),
            Found::Nothing => {}
            Found::Bad(reason) => notes.push(format!(
                "a compiled plugin in `{}` was not used ({reason}); it is compiled anew",
                folder.display()
            )),
        }
        let (component, origin) = compile()?;
        if let Err(reason) = cache.keep(digest, &component) {
            notes.push(unused(folder, &reason));
        }
        Ok((component, origin))
    }
}

fn unused(folder: &Path, reason: &str) -> String {
    format!(
        "the folder `{}` cannot keep compiled plugins ({reason}); each run compiles them anew",
        folder.display()
    )
}

/// Looks at the size and the first bytes (the preamble of the binary format,
/// <https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md>).
fn look_at(wasm: &[u8]) -> Result<(), PluginError> {
    if wasm.len() > LARGEST_COMPONENT {
        return Err(PluginError::TooLarge { size: wasm.len() });
    }
    match wasm {
        [b'\0', b'a', b's', b'm', _, _, 1, 0, ..] => Ok(()),
        [b'\0', b'a', b's', b'm', _, _, 0, 0, ..] => Err(PluginError::CoreModule),
        _ => Err(PluginError::NotWasm),
    }
}
