//! Runs components: compiles them, instantiates them, and bounds what they do.

mod core;
mod description;
mod link;
mod loaded;
mod outcome;
mod quota;
mod room;
mod settings;
mod state;
mod ticker;
mod trap;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use wasmtime::component::Component;

pub use loaded::{Call, Loaded, Ran};

use self::core::Core;
use crate::error::PluginError;
use crate::limits::LARGEST_COMPONENT;

/// Makes components ready to run.
///
/// It is made without cost: nothing of wasmtime runs before the first plugin is loaded.
pub struct Engine {
    core: OnceLock<Result<Arc<Core>, PluginError>>,
    _cache: Option<PathBuf>,
}

impl Engine {
    /// An engine that keeps compiled components in a folder, when it is given one.
    pub fn new(cache: Option<PathBuf>) -> Self {
        Self {
            core: OnceLock::new(),
            _cache: cache,
        }
    }

    /// Makes a component ready to run.
    ///
    /// # Errors
    /// When it is no plugin, or cannot be compiled.
    pub fn load(&self, wasm: &[u8]) -> Result<Arc<Loaded>, PluginError> {
        look_at(wasm)?;
        let core = self.core()?;
        let component =
            Component::new(core.engine(), wasm).map_err(|error| PluginError::Invalid {
                reason: format!("{error:#}"),
            })?;
        let linked = link::link(core.engine(), &component)?;
        Ok(Arc::new(Loaded::new(core, linked)))
    }

    fn core(&self) -> Result<Arc<Core>, PluginError> {
        self.core
            .get_or_init(|| Core::start().map(Arc::new))
            .clone()
    }
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
