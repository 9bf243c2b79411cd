//! `tidegate plan`

use tidegate::report;

use super::arguments::{GateArguments, Selection};
use super::output::Output;

/// Prints what a run would do and why.
pub(crate) fn plan(
    gate: &GateArguments,
    selection: &Selection,
    output: &Output,
) -> anyhow::Result<u8> {
    let situation = selection.situation(gate);
    let options = situation.options(selection.options());
    let plan = gate.load_or_start(&situation)?.plan(&options)?;
    output.print(&report::plan_text(&plan, &output.style))
}
