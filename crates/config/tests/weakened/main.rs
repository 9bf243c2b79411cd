//! What a change makes less strict in its own gate, each with an edit that is told and one that is not.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod bench;
mod beside;
mod checks;
mod findings;
mod forms;
mod kinds;
mod latency;
mod pages;
mod plugins;
#[path = "../support/mod.rs"]
mod support;
