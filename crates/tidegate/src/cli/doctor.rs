//! `tidegate doctor`

use clap::Args;

use super::arguments::GateArguments;
use super::output::Output;

/// Options of `doctor`.
#[derive(Debug, Args)]
pub(crate) struct DoctorArguments {}

/// Looks whether everything that a run needs is there.
pub(crate) fn doctor(
    _gate: &GateArguments,
    _arguments: &DoctorArguments,
    _output: &Output,
) -> anyhow::Result<u8> {
    anyhow::bail!("not written yet")
}
