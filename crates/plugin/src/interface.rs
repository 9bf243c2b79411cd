//! The words of the interface as Rust types; they are the model that the whole room shares.

pub use crate::bindings::tidegate::check::{files, http, log, recorded, types};

/// The package of the interface.
pub const PACKAGE: &str = "tidegate:check";

/// The versions of it that this Tidegate runs, the newest last.
pub const VERSIONS: &[&str] = &["0.1.0"];

/// What this Tidegate runs, as a sentence's end: `tidegate:check@0.1.0`.
pub fn known() -> String {
    let named: Vec<String> = VERSIONS.iter().map(|version| named(version)).collect();
    named.join(", ")
}

/// The package with a version: `tidegate:check@0.1.0`.
pub(crate) fn named(version: &str) -> String {
    format!("{PACKAGE}@{version}")
}
