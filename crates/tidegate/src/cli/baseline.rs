//! `tidegate baseline`

use std::fmt::Write as _;

use tidegate::exit;
use tidegate_core::baseline::Baseline;

use super::arguments::{BaselineCommand, GateArguments};
use super::latency;
use super::output::{Output, Usage};
use super::run::run_gate;

/// Shows what was accepted, or runs the checks and accepts what they find.
pub(crate) fn baseline(
    gate: &GateArguments,
    command: &BaselineCommand,
    output: &Output,
) -> anyhow::Result<u8> {
    match command {
        BaselineCommand::Show => {
            let gate = gate.load()?;
            let times = latency::text(&gate.latency_times()?);
            output.print(&format!("{}{times}", text(&gate.baseline()?)))
        }
        BaselineCommand::Latency(command) => latency::latency(gate, command, output),
        BaselineCommand::Accept(arguments) => {
            let situation = arguments.selection.situation(gate);
            let gate = gate.load_in(&situation)?.salted()?;
            let (summary, _) = run_gate(&gate, arguments, &situation, output)?;
            if summary.interrupted || summary.preflight.is_some() {
                return Err(Usage {
                    message: "the run did not get to its end, so nothing was accepted".to_owned(),
                    help: "Mend what the report names and accept again.".to_owned(),
                }
                .into());
            }
            let accepted = gate.accept(&summary)?;
            let path = gate.baseline_path();
            output.say(&format!(
                "{} accepted in {}; commit the file.",
                count(accepted.findings.len()),
                path.display()
            ));
            Ok(exit::ALLOW)
        }
    }
}

fn count(findings: usize) -> String {
    if findings == 1 {
        "1 finding".to_owned()
    } else {
        format!("{findings} findings")
    }
}

fn text(baseline: &Baseline) -> String {
    let mut text = format!("{} accepted\n", count(baseline.findings.len()));
    for known in &baseline.findings {
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "  {}  {}  {}  {} (since {})",
            known.fingerprint, known.check, known.code, known.title, known.accepted
        );
    }
    text
}
