//! `cargo xtask bench latency --accuracy`: how often budgets and comparisons are judged wrongly, on times whose
//! true percentiles are known, beside what was computed and what the reference measured.

use std::process::Command;

use crate::failure::Failure;
use crate::process::{build_example, run};

/// Builds the example that draws the times and prints the table, and runs it. It takes some minutes.
///
/// # Errors
/// [`Failure`] when it does not build or run, and when a bar is missed.
pub(in crate::bench) fn print() -> Result<(), Failure> {
    let table = build_example("acceptance", "tidegate-kinds")?;
    run(&mut Command::new(table))
}
