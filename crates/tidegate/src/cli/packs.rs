//! `tidegate packs`

use clap::Args;

use super::output::Output;

/// Options of `packs`.
#[derive(Debug, Args)]
pub(crate) struct PacksArguments {}

/// Lists the packs, or explains one.
pub(crate) fn packs(_arguments: &PacksArguments, _output: &Output) -> anyhow::Result<u8> {
    anyhow::bail!("not written yet")
}
