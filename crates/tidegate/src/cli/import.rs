//! `tidegate import`

use clap::Args;

use super::arguments::GateArguments;
use super::output::Output;

/// Options of `import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArguments {}

/// Turns what another tool has into checks.
pub(crate) fn import(
    _gate: &GateArguments,
    _arguments: &ImportArguments,
    _output: &Output,
) -> anyhow::Result<u8> {
    anyhow::bail!("not written yet")
}
