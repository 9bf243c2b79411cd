//! Reads a gate file into core's [`Gate`](tidegate_core::gate::Gate) and describes it as a JSON Schema.
//!
//! The way of a value: [`yaml`] gives it a place, [`include`] puts packs beside the gate's own
//! checks, [`overlay`] lays an environment over them, [`variables`] replaces the plain variables,
//! and [`environments`](mod@environments), [`identities`], [`plugins`](mod@plugins) and [`entries`] read what is left into
//! types. Every fault on the way is kept, so that a person sees all of them at once.

#![forbid(unsafe_code)]

mod compare;
mod contract;
mod elsewhere;
mod entries;
mod environments;
mod faults;
mod handover;
mod identities;
mod include;
mod load;
mod login;
mod needs;
mod overlay;
mod pieces;
mod plugins;
mod policy;
mod reader;
mod schema;
mod variables;
mod written;
mod yaml;

pub use compare::{State, compare, gate_meta};
pub use include::{Outline, PackCheck, Parameter, outline};
pub use load::{GivenUrl, LoadError, NoPlugins, Plugins, Source, environments, load};
pub use plugins::plugins;
pub use reader::{Disk, Reader};
pub use schema::schema;
pub use written::{Text, Written};
pub use yaml::document;
