//! WASM plugins: a component that exports Tidegate's interface becomes a check kind.

#![deny(unsafe_code)]

#[allow(
    missing_docs,
    reason = "the words of the interface are documented in its own file; the rest is generated"
)]
mod bindings;
pub mod deadline;
pub mod engine;
pub mod error;
#[cfg(test)]
pub(crate) mod guest;
pub mod imports;
pub mod interface;
pub mod limits;

pub use deadline::{Deadline, Stop};
pub use engine::{Call, Engine, Loaded, Origin, Ran};
pub use error::{PluginError, RunError};
pub use imports::Imports;
pub use limits::{LimitName, Used};
