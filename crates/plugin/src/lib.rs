//! WASM plugins: a component that exports Tidegate's interface becomes a check kind.

pub mod author;
mod bindings;
