//! Tests of a plugin without a server: what it is given, what answers it, and what it must find.
//!
//! A case is read from a file that the facade opens. Whatever answers a plugin here is an [`Imports`](crate::Imports),
//! so that the engine holds it against the same limits as in a run. Nothing waits: what takes time says so.

mod answer;
mod case;
mod cassette;
mod compare;
mod context;
mod fake;
mod files;
mod grant;
mod route;
mod run;
mod tape;
#[cfg(test)]
mod tests;

pub use case::{Answers, Case};
pub use cassette::{Cassette, CassetteError};
pub use compare::{Comparison, compare, outcome};
pub use run::{Asked, CaseError, CaseRan, run};
pub use tape::{Recorder, Tape};
