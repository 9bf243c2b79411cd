//! Whether the components are those that are locked.

use std::io;
use std::sync::Arc;

use tidegate_core::diagnostic::Diagnostic;
use tidegate_core::plugin::{Plugin, Source as Declared};
use tidegate_core::span::Span;
use tidegate_plugin::capability::Difference;
use tidegate_plugin::lock::Source as Place;
use tidegate_plugin::{Lock, Locked};

use super::locked::{host, lock_path};
use super::look::{Component, Looked, bounded, look_with};
use super::{Known, LOCK_FILE};
use crate::source::Source;

/// Holds every declared plugin against the lock file. With `relock` a component that was built anew and asks for no
/// more is locked anew; whatever else differs is a fault.
pub(super) fn look(
    source: &Source,
    relock: bool,
    lock: &mut Lock,
    declared: &[Arc<Plugin>],
    known: &mut Known,
) {
    let mut relocked = false;
    for plugin in declared {
        let Some(locked) = lock.plugins.get(&plugin.name) else {
            continue;
        };
        match differs(source, relock, plugin, locked) {
            Ok(None) => {}
            Ok(Some(other)) => {
                known.notes.push(note(plugin, locked, &other));
                lock.plugins.insert(plugin.name.clone(), other.locked);
                relocked = true;
            }
            Err(fault) => known.faults.push(*fault),
        }
    }
    if relocked && let Err(error) = lock.write(&lock_path(source.folder())) {
        known
            .faults
            .push(Diagnostic::new(error.to_string()).help(error.help()));
    }
}

/// The component to lock in place of the locked one, when there is another one.
fn differs(
    source: &Source,
    relock: bool,
    plugin: &Plugin,
    locked: &Locked,
) -> Result<Option<Looked>, Box<Diagnostic>> {
    let name = &plugin.name;
    if !locked.source.is(&plugin.source) {
        let told = format!("{LOCK_FILE} has `{name}` from another place");
        let label = format!("locked is {}", locked.source);
        return Err(fault(span(plugin), told, label, plugin));
    }
    match &plugin.source {
        Declared::Address { sha256, .. } if sha256.value != locked.sha256 => {
            let told = format!("{LOCK_FILE} has another component of `{name}`");
            let label = format!("locked is {}", locked.sha256);
            Err(fault(&sha256.span, told, label, plugin))
        }
        Declared::Address { .. } => Ok(None),
        Declared::File(path) => {
            let bytes = match bounded(&source.folder().join(&path.value)) {
                Ok(bytes) => bytes,
                // What needs the component tells it; a plan does not.
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => {
                    let told = format!("the component of `{name}` cannot be read: {error}");
                    return Err(Box::new(Diagnostic::at(path.span.clone(), told)));
                }
            };
            if locked.is(&bytes) {
                return Ok(None);
            }
            if !relock {
                let told = format!("the component of `{name}` is not the one in {LOCK_FILE}");
                let label = "its bytes are others".to_owned();
                return Err(fault(&path.span, told, label, plugin));
            }
            relocked(source, plugin, locked, bytes).map(Some)
        }
    }
}

/// The component that takes the place of the locked one, when it asks for no more.
fn relocked(
    source: &Source,
    plugin: &Plugin,
    locked: &Locked,
    bytes: Vec<u8>,
) -> Result<Looked, Box<Diagnostic>> {
    let component = Component {
        source: Place::from(&plugin.source),
        bytes,
    };
    let host = host(source);
    let looked = look_with(host.engine(), component, Some(&plugin.name)).map_err(|error| {
        Box::new(Diagnostic::at(span(plugin).clone(), error.to_string()).help(error.help()))
    })?;
    let asks = |locked: &Locked| locked.describes.capabilities.clone();
    let difference = Difference::between(&asks(locked), &asks(&looked.locked));
    if difference.asks_for_more() {
        let told = format!(
            "the component of `{}` changed and asks for more",
            plugin.name
        );
        return Err(fault(span(plugin), told, difference.to_string(), plugin));
    }
    Ok(looked)
}

fn note(plugin: &Plugin, before: &Locked, after: &Looked) -> String {
    let versions = match (&before.describes.version, &after.locked.describes.version) {
        (was, is) if was == is => format!("version {is}"),
        (was, is) => format!("version {was} became {is}"),
    };
    format!(
        "the component of `{}` changed ({versions}) and asks for no more, so it was locked anew: commit {LOCK_FILE}",
        plugin.name
    )
}

/// Where a plugin says what it is.
fn span(plugin: &Plugin) -> &Span {
    match &plugin.source {
        Declared::File(path) => &path.span,
        Declared::Address { url, .. } => &url.span,
    }
}

fn fault(span: &Span, told: String, label: String, plugin: &Plugin) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::at(span.clone(), told)
            .label(label)
            .help(format!(
                "Run `tidegate plugin update {}`, look at what it shows, and commit {LOCK_FILE}.",
                plugin.name
            )),
    )
}
