//! Every check kind and observer a gate file may name.

use std::sync::Arc;

use crate::check::{Kind, ObserverKind};
use crate::meta::{CodeInfo, Meta};

/// The keys an entry of `checks:` may have beside its kind; no kind has such a name.
pub const COMMON_KEYS: &[&str] = &[
    "as",
    "severity",
    "when",
    "needs",
    "covers",
    "timeout",
    "retries",
    "owner",
    "on-inconclusive",
];

/// Every check kind and observer a gate file may name.
#[derive(Clone, Default)]
pub struct Registry {
    kinds: Vec<Arc<dyn Kind>>,
    observers: Vec<Arc<dyn ObserverKind>>,
}

/// A kind or observer that cannot be registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// Something of this name is registered already.
    #[error("`{0}` is registered already")]
    Taken(String),
    /// The name is one of the keys every entry may have.
    #[error("`{0}` is a key that every check may have, so no kind can be called so")]
    CommonKey(String),
}

impl RegistryError {
    /// How to mend it.
    pub fn help(&self) -> &'static str {
        "Choose another name for the kind."
    }
}

impl Registry {
    /// Adds a check kind.
    ///
    /// # Errors
    /// When its name is taken or is a common key.
    pub fn add_kind(&mut self, kind: Arc<dyn Kind>) -> Result<(), RegistryError> {
        self.free(&kind.meta().name)?;
        self.kinds.push(kind);
        Ok(())
    }

    /// Adds an observer.
    ///
    /// # Errors
    /// When its name is taken or is a common key.
    pub fn add_observer(&mut self, observer: Arc<dyn ObserverKind>) -> Result<(), RegistryError> {
        self.free(&observer.meta().name)?;
        self.observers.push(observer);
        Ok(())
    }

    fn free(&self, name: &str) -> Result<(), RegistryError> {
        if COMMON_KEYS.contains(&name) {
            return Err(RegistryError::CommonKey(name.to_owned()));
        }
        if self.kind(name).is_some() || self.observer(name).is_some() {
            return Err(RegistryError::Taken(name.to_owned()));
        }
        Ok(())
    }

    /// The check kinds in the order they were added.
    pub fn kinds(&self) -> &[Arc<dyn Kind>] {
        &self.kinds
    }

    /// The observers in the order they were added.
    pub fn observers(&self) -> &[Arc<dyn ObserverKind>] {
        &self.observers
    }

    /// What every kind and observer says about itself, kinds first.
    pub fn metas(&self) -> impl Iterator<Item = &Meta> {
        let observers = self.observers.iter().map(|observer| observer.meta());
        self.kinds.iter().map(|kind| kind.meta()).chain(observers)
    }

    /// What the kind or observer of this name says about itself.
    pub fn meta(&self, name: &str) -> Option<&Meta> {
        self.metas().find(|meta| meta.name == name)
    }

    /// Every code that can be found.
    pub fn codes(&self) -> Vec<CodeInfo> {
        self.metas()
            .flat_map(|meta| meta.codes.iter().cloned())
            .collect()
    }

    /// The check kind of this name.
    pub fn kind(&self, name: &str) -> Option<&Arc<dyn Kind>> {
        self.kinds.iter().find(|kind| kind.meta().name == name)
    }

    /// The observer of this name.
    pub fn observer(&self, name: &str) -> Option<&Arc<dyn ObserverKind>> {
        self.observers
            .iter()
            .find(|observer| observer.meta().name == name)
    }
}
