//! Runs a gate: plan, preflight, checks, cleanup, observers, and the events and summary of it all.
//!
//! [`plan`] decides what a run would do and why. [`run`] does it on a runtime and threads of its
//! own, so it may be called from a plain program as well as from inside another runtime; every
//! event reaches the caller on the caller's thread, in order and redacted. [`clean`] removes what
//! runs that never came to their end left behind.

#![forbid(unsafe_code)]

mod acceptances;
mod attempt;
mod candidate;
mod changed;
mod clean;
mod cleanup;
mod emitter;
mod error;
mod observers;
mod ports;
mod preflight;
mod preparation;
mod process;
mod redaction;
mod run;
mod schedule;
mod select;
mod setup;
mod state;
mod stop;
mod summary;
#[cfg(test)]
mod tests;
mod weakened;

pub use clean::{Cleaned, clean};
pub use error::{RunError, SelectError};
pub use preflight::{
    Answer, Looked, LookedLogin, LookedOrigin, LookedSecret, look, preflight_meta,
};
pub use process::shown;
pub use run::run;
pub use select::{below, plan};
pub use setup::{Connect, ConnectParts, Connected, Options, Setup};
pub use state::{
    BASELINE_FILE, FolderState, baseline_of, create, make_salt, read_baseline, replace, staged,
    write_baseline,
};
pub use stop::Stop;
pub use weakened::Weakened;
