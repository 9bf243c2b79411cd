//! From the lock file beside a gate file to check kinds.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tidegate_config::{Disk, LoadError, Reader};
use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::meta::Severity;
use tidegate_core::plugin::{Pinned, Plugin};
use tidegate_core::registry::Registry;
use tidegate_plugin::interface::types;
use tidegate_plugin::lock::LIMIT;
use tidegate_plugin::{Engine, Host, Lock, Locked, PluginKind, capability};

use super::{Components, Known, LOCK_FILE, cache, changed, fetch};
use crate::source::Source;

/// What is known of the plugins that a gate file declares.
pub(super) fn known(source: &Source, reader: &dyn Reader, components: Components) -> Known {
    let mut known = Known::without(&source.registry, None);
    let mut lock = match read(source.folder(), reader) {
        Ok(Some(lock)) => lock,
        Ok(None) => return known,
        Err(fault) => {
            known.faults.push(*fault);
            return known;
        }
    };
    // What is wrong with the gate file is told by who reads it whole.
    let declared = tidegate_config::plugins(&source.path, reader).unwrap_or_default();
    if components != Components::Ignored {
        let relock = components == Components::Own && !source.plugins.locked;
        changed::look(source, relock, &mut lock, &declared, &mut known);
    }
    let host = host(source);
    for plugin in &declared {
        let Some(locked) = lock.plugins.get(&plugin.name) else {
            continue;
        };
        if components != Components::Ignored {
            let asked = &locked.describes.capabilities;
            known.warnings.extend(capability::warnings(plugin, asked));
            known.notes.extend(capability::notes(plugin, asked));
        }
        known.pinned.push(pinned(plugin, locked));
        add(
            &mut known.registry,
            plugin,
            locked,
            &host,
            &mut known.faults,
        );
    }
    known
}

fn add(
    registry: &mut Registry,
    plugin: &Plugin,
    locked: &Locked,
    host: &Arc<Host>,
    faults: &mut Vec<Diagnostic>,
) {
    let kind = PluginKind::new(&plugin.name, locked.clone(), host.clone());
    if let Err(error) = registry.add_kind(Arc::new(kind)) {
        faults.push(Diagnostic::at(plugin.span.clone(), error.to_string()).help(error.help()));
    }
}

/// The built-in kinds and all plugins of the lock file beside a gate file.
pub(super) fn with_all(mut registry: Registry, gate: &Path) -> Result<Registry, LoadError> {
    let folder = folder(gate);
    let lock = read(&folder, &Disk).map_err(|fault| LoadError {
        diagnostics: vec![*fault],
    })?;
    let Some(lock) = lock else {
        return Ok(registry);
    };
    let host = Arc::new(new_host(&folder));
    for (name, locked) in lock.plugins {
        // Its name is its own: it has the prefix of plugins, and is there once.
        let _ = registry.add_kind(Arc::new(PluginKind::new(&name, locked, host.clone())));
    }
    Ok(registry)
}

/// The folder of a gate file.
pub(super) fn folder(gate: &Path) -> PathBuf {
    let parent = gate.parent().filter(|parent| *parent != Path::new(""));
    parent.unwrap_or(Path::new(".")).to_owned()
}

/// The path of the lock file in a folder, as people write it.
pub(super) fn lock_path(folder: &Path) -> PathBuf {
    match folder.to_str() {
        Some(".") => PathBuf::from(LOCK_FILE),
        _ => folder.join(LOCK_FILE),
    }
}

/// The lock file of a folder, if there is one.
pub(super) fn read(folder: &Path, reader: &dyn Reader) -> Result<Option<Lock>, Box<Diagnostic>> {
    let path = lock_path(folder);
    let name = path.to_string_lossy().replace('\\', "/");
    match reader.read(&path, LIMIT + 1) {
        Ok(bytes) => Lock::read(&name, &bytes).map(Some).map_err(Box::new),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Box::new(
            Diagnostic::new(format!("{name} cannot be read: {error}"))
                .help("See that it is a file which whoever runs this may read."),
        )),
    }
}

/// What the plugins of a gate share.
pub(super) fn host(source: &Source) -> Arc<Host> {
    let make = || Arc::new(new_host(source.folder()));
    source.plugins.host.get_or_init(make).clone()
}

pub(super) fn new_host(folder: &Path) -> Host {
    let engine = Engine::new(cache::compiled());
    Host::new(engine, folder.to_owned(), cache::downloads()).fetching(Arc::new(fetch::Network))
}

fn pinned(plugin: &Plugin, locked: &Locked) -> Pinned {
    let describes = &locked.describes;
    let code = |code: &types::Code| (code.slug.clone(), severity(code.severity));
    let asks = |asked: &types::Capability| capability::phrase(&asked.power);
    Pinned {
        name: plugin.name.clone(),
        version: describes.version.clone(),
        sha256: locked.sha256.clone(),
        codes: describes.codes.iter().map(code).collect(),
        asks: describes.capabilities.iter().map(asks).collect(),
    }
}

fn severity(said: types::Severity) -> Severity {
    match said {
        types::Severity::Info => Severity::Info,
        types::Severity::Low => Severity::Low,
        types::Severity::Medium => Severity::Medium,
        types::Severity::High => Severity::High,
        types::Severity::Critical => Severity::Critical,
    }
}
