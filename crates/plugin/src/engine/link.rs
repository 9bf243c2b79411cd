//! What a component imports and exports, held against what plugins get and have.

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, HasSelf, Linker, ResourceType};
use wasmtime::{Engine, StoreContextMut};

use super::state::State;
use crate::bindings::{Plugin, PluginPre};
use crate::error::{PluginError, RunError};
use crate::interface::{PACKAGE, VERSIONS, named};

/// A component that is ready to be instantiated.
pub(super) struct Linked {
    /// What it is instantiated from.
    pub(super) plugin: PluginPre<State>,
    /// The interface that it is made for, with its version.
    pub(super) interface: String,
    /// What it imports, as it names it.
    pub(super) imports: Vec<String>,
}

/// Links a component with the functions that plugins get.
///
/// # Errors
/// When it is made for another version, imports something else, or lacks an export.
pub(super) fn link(engine: &Engine, component: &Component) -> Result<Linked, PluginError> {
    let not_a_plugin = |error: wasmtime::Error| PluginError::NotAPlugin {
        reason: format!("{error:#}"),
    };
    let mut linker: Linker<State> = Linker::new(engine);
    let version = version(engine, component)?;
    Plugin::add_to_linker::<State, HasSelf<State>>(&mut linker, |state| state)
        .map_err(not_a_plugin)?;
    stub_system(engine, component, &mut linker).map_err(not_a_plugin)?;
    let instance = linker.instantiate_pre(component).map_err(not_a_plugin)?;
    Ok(Linked {
        plugin: PluginPre::new(instance).map_err(not_a_plugin)?,
        interface: named(version),
        imports: component
            .component_type()
            .imports(engine)
            .map(|(name, _)| name.to_owned())
            .collect(),
    })
}

/// The version of the interface that a component imports.
fn version(engine: &Engine, component: &Component) -> Result<&'static str, PluginError> {
    let mut found = None;
    for (name, _) in component.component_type().imports(engine) {
        if is_system(name) {
            continue;
        }
        let Some(wanted) = name
            .strip_prefix(PACKAGE)
            .filter(|rest| rest.starts_with('/'))
        else {
            return Err(PluginError::UnknownImport {
                name: name.to_owned(),
            });
        };
        let wanted = wanted.rsplit_once('@').map_or("", |(_, version)| version);
        let Some(known) = VERSIONS.iter().copied().find(|known| *known == wanted) else {
            return Err(PluginError::UnknownVersion {
                wanted: named(wanted),
            });
        };
        found = Some(known);
    }
    found.ok_or_else(|| PluginError::NotAPlugin {
        reason: format!("it does not use {PACKAGE}"),
    })
}

/// Whether an import is an interface of WASI.
fn is_system(name: &str) -> bool {
    name.starts_with("wasi:")
}

/// Lets what a component imports of WASI end the call when it is called.
///
/// Runtimes of languages bring such imports for what a plugin never does.
fn stub_system(
    engine: &Engine,
    component: &Component,
    linker: &mut Linker<State>,
) -> wasmtime::Result<()> {
    for (interface, import) in component.component_type().imports(engine) {
        let ComponentItem::ComponentInstance(instance) = import.ty else {
            continue;
        };
        if !is_system(interface) {
            continue;
        }
        let mut linked = linker.instance(interface)?;
        for (name, export) in instance.exports(engine) {
            match export.ty {
                ComponentItem::ComponentFunc(_) => {
                    let called = format!("{interface}#{name}");
                    linked.func_new(
                        name,
                        move |mut store: StoreContextMut<'_, State>, _, _, _| {
                            let error = RunError::System {
                                name: called.clone(),
                            };
                            Err(store.data_mut().end(error))
                        },
                    )?;
                }
                ComponentItem::Resource(_) => {
                    linked.resource(name, ResourceType::host::<()>(), |_, _| Ok(()))?;
                }
                _ => {}
            }
        }
    }
    Ok(())
}
