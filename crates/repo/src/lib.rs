//! Files under the gate file's folder, and revisions of the git repository around it.
//!
//! [`LocalFiles`] reads within its root and nowhere else. [`GitRepository`] (feature `git`) reads
//! commits and trees with gix. Only the state of the working tree and the index are asked of the
//! `git` program, because ignore rules and the index would double the crates for one answer, and
//! blobs too large for memory, because gix has them whole only. What a shallow clone lacks is fetched by
//! that program, too, and only when it is asked for.

#![forbid(unsafe_code)]

mod files;
#[cfg(feature = "git")]
mod git;
mod watch;

pub use files::LocalFiles;
#[cfg(feature = "git")]
pub use git::{GitRepository, UnusableRepository};
pub use watch::Watch;
