//! WASM plugins: a component that exports Tidegate's interface becomes a check kind.

#![deny(unsafe_code)]

pub mod author;
#[allow(
    missing_docs,
    reason = "the words of the interface are documented in its own file; the rest is generated"
)]
mod bindings;
pub mod capability;
pub mod deadline;
pub mod engine;
pub mod error;
mod granted;
#[cfg(test)]
pub(crate) mod guest;
pub mod imports;
pub mod interface;
pub mod kind;
pub mod limits;
pub mod lock;
#[cfg(test)]
mod testing;

pub use deadline::{Deadline, Stop};
pub use engine::{Call, Engine, Loaded, Origin, Ran};
pub use error::{PluginError, RunError};
pub use imports::Imports;
pub use kind::{ComponentError, Fetch, FetchError, Host, PluginKind};
pub use limits::{LimitName, Used};
pub use lock::{Description, Lock, Locked};
