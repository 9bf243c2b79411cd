//! WASM plugins: a component that exports Tidegate's interface becomes a check kind.

mod bindings;
pub mod lock;

/// The words of the interface between Tidegate and a plugin, as `wit/check.wit` documents them.
pub mod interface {
    pub use crate::bindings::tidegate::check::{files, http, log, recorded, types};
}
