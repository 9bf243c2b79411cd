//! `tidegate dev`

use clap::Args;

use super::arguments::GateArguments;
use super::output::Output;

/// Options of `dev`.
#[derive(Debug, Args)]
pub(crate) struct DevArguments {}

/// Runs the checks whenever a file is saved.
pub(crate) fn dev(
    _gate: &GateArguments,
    _arguments: &DevArguments,
    _output: &Output,
) -> anyhow::Result<u8> {
    anyhow::bail!("not written yet")
}
