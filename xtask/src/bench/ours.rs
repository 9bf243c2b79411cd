//! Our own programs, built for release.

use std::path::PathBuf;

use crate::failure::Failure;
use crate::process::build;

/// Tidegate and the portal that it is measured on.
#[derive(Debug)]
pub(crate) struct Ours {
    /// The gate.
    pub(crate) tidegate: PathBuf,
    /// The server.
    pub(crate) portal: PathBuf,
}

impl Ours {
    /// Builds both for release, with the features that are on by default.
    ///
    /// # Errors
    /// [`Failure`] when one does not build.
    pub(crate) fn build() -> Result<Self, Failure> {
        eprintln!("building for release; this takes some minutes the first time");
        let package = ["--release", "--package", "tidegate-client-portal"];
        Ok(Self {
            tidegate: build("tidegate", &["--release"])?,
            portal: build("client-portal", &package)?,
        })
    }
}
