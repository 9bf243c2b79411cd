//! `tidegate init`

use clap::Args;

use super::arguments::GateArguments;
use super::output::Output;

/// Options of `init`.
#[derive(Debug, Args)]
pub(crate) struct InitArguments {}

/// Writes a first gate file and runs it.
pub(crate) fn init(
    _gate: &GateArguments,
    _arguments: &InitArguments,
    _output: &Output,
) -> anyhow::Result<u8> {
    anyhow::bail!("not written yet")
}
