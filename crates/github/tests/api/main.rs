//! The calls to GitHub against a server that holds them against GitHub's own description.
//!
//! Without the description, which `tests/github/fetch.mjs` fetches, the tests say that they were
//! skipped.

#![cfg(feature = "api")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "tests say what they skip and show, and have no better answer to what cannot be"
)]

mod faults;
mod publishing;
mod reading;
mod support;
mod table;
