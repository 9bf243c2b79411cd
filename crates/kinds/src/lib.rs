//! The built-in check kinds and observers of Tidegate.
//!
//! Each has a folder of its own with its config, its META, its page and its cases, and one line in
//! [`KINDS`] or [`OBSERVERS`].

#![forbid(unsafe_code)]

mod access;
mod attack;
mod base;
mod blocking;
mod budget;
pub mod changelog;
mod command;
mod conformance;
mod contract;
mod cors;
mod documents;
pub mod draft;
mod environment;
mod error_hygiene;
mod events;
mod expect;
mod exposure;
#[cfg(any(test, fuzzing))]
mod fake_files;
mod filling;
mod firebase;
mod flow;
mod frameworks;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod headers;
mod hosted;
mod hosts;
mod isolation;
mod latency;
pub mod latency_references;
mod learned;
mod lists;
mod mass_assignment;
mod measure;
mod naming;
mod observer;
mod page;
mod race;
pub mod reading;
mod regression;
mod rejects;
mod response_secrets;
mod routes;
mod scan;
mod secrets;
mod shipped;
mod slowest_routes;
mod specification;
pub mod statistics;
mod supabase;
mod throttle;
mod timed_routes;
mod token;
mod written;

use std::sync::Arc;

use tidegate_core::check::{Kind, ObserverKind};
use tidegate_core::registry::Registry;

/// Makes each built-in check kind, in the order they are listed to people.
pub static KINDS: &[fn() -> Arc<dyn Kind>] = &[
    flow::kind,
    access::kind,
    command::kind,
    page::kind,
    events::kind,
    secrets::kind,
    environment::kind,
    contract::kind,
    rejects::kind,
    regression::kind,
    token::kind,
    throttle::kind,
    race::kind,
    cors::kind,
    headers::kind,
    exposure::kind,
    lists::kind,
    latency::kind,
    isolation::kind,
    mass_assignment::kind,
    supabase::kind,
    firebase::kind,
];

/// Makes each built-in observer, in the order they are listed to people.
pub static OBSERVERS: &[fn() -> Arc<dyn ObserverKind>] = &[
    error_hygiene::kind,
    response_secrets::kind,
    conformance::kind,
    learned::kind,
    slowest_routes::kind,
];

/// A registry of everything that is built in.
pub fn registry() -> Registry {
    let mut registry = Registry::default();
    for kind in KINDS {
        // Names are unique, which a test proves; an embedder's own come later.
        let _ = registry.add_kind(kind());
    }
    for observer in OBSERVERS {
        let _ = registry.add_observer(observer());
    }
    registry
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
