//! `tidegate run`

use tidegate::ci::Situation;
use tidegate::report::Reports;
use tidegate::{Circumstances, Error, Gate, Stop, Summary, exit, exit_code};

use super::arguments::{GateArguments, RunArguments};
use super::output::{Output, Usage};
use super::render::{earlier, tell_uncompared};
use super::signals;

/// Runs the checks, writes the reports and gives the exit code of the verdict.
pub(crate) fn run(
    gate: &GateArguments,
    arguments: &RunArguments,
    output: &Output,
) -> anyhow::Result<u8> {
    let situation = arguments.selection.situation(gate);
    let loaded = match (
        gate.load_or_start(&situation),
        &situation.provenance.pending,
    ) {
        // What the gate file needs may not be there before there is a deploy.
        (Err(_), Some(pending)) => {
            output.fault(
                format!("there is nothing to judge yet: {pending}"),
                situation.notes.join("; "),
            );
            return Ok(exit::NOTHING_EXECUTED);
        }
        (loaded, _) => loaded?,
    };
    let (summary, report_failed) = run_gate(&loaded, arguments, &situation, output)?;
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
    situation: &Situation,
    output: &Output,
) -> anyhow::Result<(Summary, bool)> {
    let mut settings = output.settings(gate.registry());
    settings.previous = earlier(arguments.previous.as_deref(), output);
    let mut reports = Reports::new(&arguments.reports, &settings).map_err(|error| Usage {
        message: error.to_string(),
        help: error.help().to_owned(),
    })?;
    let stop = Stop::new();
    signals::listen(stop.clone())?;
    let options = situation.options(arguments.options(stop));
    let ran = gate.run(options, |event| reports.event(event));
    if matches!(ran, Err(Error::Judge(_))) && !situation.notes.is_empty() {
        let known = "what the event tells of the change is not enough to judge it";
        output.fault(known, situation.notes.join("; "));
    }
    let summary = ran?;
    tell_uncompared(&settings, &summary, output);
    let failed = reports.finish();
    for report in &failed {
        output.fault(report.error.to_string(), report.error.help());
    }
    Ok((summary, failed.iter().any(|report| report.required)))
}
