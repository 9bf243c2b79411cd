//! `tidegate checks`

use tidegate::report;

use super::arguments::GateArguments;
use super::output::Output;

/// Lists every check kind and observer with its codes, those of plugins included.
pub(crate) fn checks(gate: &GateArguments, output: &Output) -> anyhow::Result<u8> {
    let registry = tidegate::plugins::registry(&gate.gate)?;
    output.print(&report::kinds_text(&registry, &output.style))
}
