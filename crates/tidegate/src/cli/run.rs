//! `tidegate run`

use tidegate::report::Reports;
use tidegate::{Circumstances, Gate, Stop, Summary, exit_code};

use super::arguments::{GateArguments, RunArguments};
use super::output::{Output, Usage};
use super::signals;

/// Runs the checks, writes the reports and gives the exit code of the verdict.
pub(crate) fn run(
    gate: &GateArguments,
    arguments: &RunArguments,
    output: &Output,
) -> anyhow::Result<u8> {
    let (summary, report_failed) =
        run_gate(&gate.load_since(arguments.base())?, arguments, output)?;
    let circumstances = Circumstances {
        interrupted: summary.interrupted,
        report_failed,
        advisory: summary.advisory,
    };
    Ok(exit_code(&summary.judgement, circumstances))
}

/// Runs a gate with the reports of the arguments; also says whether a required report failed.
pub(crate) fn run_gate(
    gate: &Gate,
    arguments: &RunArguments,
    output: &Output,
) -> anyhow::Result<(Summary, bool)> {
    let settings = output.settings(&tidegate_kinds::registry());
    let mut reports = Reports::new(&arguments.reports, &settings).map_err(|error| Usage {
        message: error.to_string(),
        help: error.help().to_owned(),
    })?;
    let stop = Stop::new();
    signals::listen(stop.clone())?;
    let summary = gate.run(arguments.options(stop), |event| reports.event(event))?;
    let failed = reports.finish();
    for report in &failed {
        output.fault(report.error.to_string(), report.error.help());
    }
    Ok((summary, failed.iter().any(|report| report.required)))
}
