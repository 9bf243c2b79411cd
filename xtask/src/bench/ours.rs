//! Our own programs, built for release unless a trial needs no more than working ones.

use std::path::PathBuf;

use crate::failure::Failure;
use crate::process::build;

/// How the programs are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// As people run them.
    Release,
    /// As tests run them: for trials, no figures.
    Debug,
}

impl Profile {
    /// What a reader of figures has to know.
    pub(crate) const fn note(self) -> &'static str {
        match self {
            Self::Release => "release build",
            Self::Debug => "**debug build, a trial only**",
        }
    }

    const fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Release => &["--release"],
            Self::Debug => &[],
        }
    }
}

/// Tidegate and the portal that it is measured on.
#[derive(Debug)]
pub(crate) struct Ours {
    /// How they were built.
    pub(crate) profile: Profile,
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
        Self::built(Profile::Release)
    }

    /// Builds both in this way, with the features that are on by default.
    ///
    /// # Errors
    /// [`Failure`] when one does not build.
    pub(crate) fn built(profile: Profile) -> Result<Self, Failure> {
        eprintln!("building; this takes some minutes the first time");
        let portal = [
            profile.arguments(),
            &["--package", "tidegate-client-portal"],
        ]
        .concat();
        Ok(Self {
            profile,
            tidegate: build("tidegate", profile.arguments())?,
            portal: build("client-portal", &portal)?,
        })
    }
}
