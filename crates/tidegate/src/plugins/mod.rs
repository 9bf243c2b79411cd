//! The plugins of a gate file: what its lock file says of them, and where their components come from.

#[cfg(feature = "plugins")]
mod cache;
#[cfg(feature = "plugins")]
mod changed;
#[cfg(feature = "plugins")]
mod fetch;
#[cfg(feature = "plugins")]
mod locked;
#[cfg(feature = "plugins")]
mod look;

use std::path::Path;

use tidegate_config::{NoPlugins, Reader};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::plugin::Pinned;
use tidegate_core::registry::Registry;

use crate::source::Source;

#[cfg(feature = "plugins")]
pub use cache::folder as cache_folder;
#[cfg(feature = "plugins")]
pub use look::{Component, LookError, Looked, inspect, look, look_up};

/// The name of the lock file, beside the gate file.
pub const LOCK_FILE: &str = "tidegate.lock";

/// What is known of the plugins of a gate file.
pub(crate) struct Known {
    /// Every kind that the gate file may name.
    pub(crate) registry: Registry,
    /// What is wrong with the lock file and with what it locks.
    pub(crate) faults: Vec<Diagnostic>,
    /// What is odd.
    pub(crate) warnings: Vec<Diagnostic>,
    /// What a reader should know.
    pub(crate) notes: Vec<String>,
    /// What the lock file says, to be held against another state of it.
    pub(crate) pinned: Vec<Pinned>,
    absent: Option<NoPlugins<'static>>,
}

impl Known {
    fn without(registry: &Registry, absent: Option<NoPlugins<'static>>) -> Self {
        Self {
            registry: registry.clone(),
            faults: Vec::new(),
            warnings: Vec::new(),
            notes: Vec::new(),
            pinned: Vec::new(),
            absent,
        }
    }

    /// The same for who reads the gate file.
    pub(crate) fn told(&self) -> tidegate_config::Plugins<'_> {
        tidegate_config::Plugins {
            absent: self.absent,
            faults: &self.faults,
        }
    }
}

/// How the plugins of a gate file are used.
#[derive(Clone)]
pub(crate) struct Settings {
    /// Whether they are used at all.
    pub(crate) on: bool,
    /// Whether nothing may be locked anew.
    pub(crate) locked: bool,
    /// What all of them share, made when the first one is needed.
    #[cfg(feature = "plugins")]
    pub(crate) host: std::sync::Arc<std::sync::OnceLock<std::sync::Arc<tidegate_plugin::Host>>>,
}

impl Settings {
    /// Plugins are used as they are locked.
    pub(crate) fn new() -> Self {
        Self {
            on: true,
            locked: true,
            #[cfg(feature = "plugins")]
            host: std::sync::Arc::default(),
        }
    }
}

/// Why there are none where somebody wants none.
const SWITCHED_OFF: NoPlugins<'static> = NoPlugins {
    reason: "plugins are switched off",
    help: "Whoever embeds Tidegate switched them off; take the check out by `when:`, or run `tidegate` itself.",
};

#[cfg(not(feature = "plugins"))]
const BUILT_WITHOUT: NoPlugins<'static> = NoPlugins {
    reason: "this tidegate was built without plugins",
    help: "Install a release of Tidegate, or build it with `cargo install tidegate --features full`.",
};

/// Has all plugins of a gate file recorded; it comes before anything else is asked of them.
#[cfg(feature = "plugins")]
pub(crate) fn record(gate: &Path, settings: &Settings, tape: &tidegate_plugin::author::test::Tape) {
    let host = locked::new_host(&locked::folder(gate)).recording(tape.clone());
    // Who names two tapes keeps the first.
    let _ = settings.host.set(std::sync::Arc::new(host));
}

/// Whether the components are looked at beside the lock file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Components {
    /// They are not.
    Ignored,
    /// They are held against the lock file of another state of the project.
    Held,
    /// They are held against the lock file on the disk, which may be written.
    Own,
}

/// What is known of the plugins of a gate file.
pub(crate) fn known(source: &Source, reader: &dyn Reader, components: Components) -> Known {
    if !source.plugins.on {
        return Known::without(&source.registry, Some(SWITCHED_OFF));
    }
    known_here(source, reader, components)
}

#[cfg(not(feature = "plugins"))]
fn known_here(source: &Source, _reader: &dyn Reader, _components: Components) -> Known {
    Known::without(&source.registry, Some(BUILT_WITHOUT))
}

#[cfg(feature = "plugins")]
fn known_here(source: &Source, reader: &dyn Reader, components: Components) -> Known {
    locked::known(source, reader, components)
}

/// Every check kind and observer that a gate file may name: the built-in ones, and the plugins that the lock file
/// beside it has. The gate file itself is not read.
///
/// # Errors
/// When the lock file is there and cannot be used.
pub fn registry(gate: &Path) -> Result<Registry, crate::Error> {
    let registry = tidegate_kinds::registry();
    #[cfg(feature = "plugins")]
    let registry = locked::with_all(registry, gate)?;
    #[cfg(not(feature = "plugins"))]
    let _ = gate;
    Ok(registry)
}
