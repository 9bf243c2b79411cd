//! `tidegate baseline`

pub(crate) mod adopt;

use std::fmt::Write as _;

use jiff::civil::Date;
use tidegate::{Summary, exit};
use tidegate_core::baseline::{Baseline, Known, day};

use super::arguments::{AcceptArguments, BaselineCommand, GateArguments};
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
            let today = day(jiff::Timestamp::now());
            output.print(&format!("{}{times}", text(&gate.baseline()?, today)))
        }
        BaselineCommand::Latency(command) => latency::latency(gate, command, output),
        BaselineCommand::Accept(arguments) => accept(gate, arguments, output),
    }
}

fn accept(
    gate: &GateArguments,
    arguments: &AcceptArguments,
    output: &Output,
) -> anyhow::Result<u8> {
    let situation = arguments.run.selection.situation(gate);
    let gate = gate.load_in(&situation)?.salted()?;
    let (summary, _) = run_gate(&gate, &arguments.run, &situation, output)?;
    came_to_its_end(&summary)?;
    let accepted = match arguments.term {
        Some(days) => gate.accept_until(&summary, until(&summary, days), arguments.extend)?,
        None => gate.accept(&summary)?,
    };
    output.say(&format!(
        "{} accepted in {}; commit the file.",
        count(accepted.findings.len()),
        gate.baseline_path().display()
    ));
    tell_expired(&accepted, day(summary.started), output);
    Ok(exit::ALLOW)
}

/// Findings can be accepted only when every check had its turn.
fn came_to_its_end(summary: &Summary) -> anyhow::Result<()> {
    if !summary.interrupted && summary.preflight.is_none() {
        return Ok(());
    }
    Err(Usage {
        message: "the run did not get to its end, so nothing was accepted".to_owned(),
        help: "Mend what the report names and accept again.".to_owned(),
    }
    .into())
}

/// The last day of an acceptance for so many days.
fn until(summary: &Summary, days: u16) -> Date {
    day(summary.started).saturating_add(jiff::Span::new().days(i64::from(days)))
}

/// Says which findings count although they were accepted once.
fn tell_expired(baseline: &Baseline, today: Date, output: &Output) {
    let known = baseline.findings.iter();
    let expired = known.filter(|known| known.expired(today)).count();
    if expired > 0 {
        tell_kept(expired, output);
    }
}

fn tell_kept(expired: usize, output: &Output) {
    output.note(
        &format!(
            "the acceptance of {} expired, and accepting again does not prolong it: what was found counts",
            count(expired)
        ),
        "Mend what was found. `tidegate baseline accept --for 30d --extend` accepts it for longer.",
    );
}

fn count(findings: usize) -> String {
    if findings == 1 {
        "1 finding".to_owned()
    } else {
        format!("{findings} findings")
    }
}

fn text(baseline: &Baseline, today: Date) -> String {
    let mut text = format!("{} accepted\n", count(baseline.findings.len()));
    for known in &baseline.findings {
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "  {}  {}  {}  {} ({})",
            known.fingerprint,
            known.check,
            known.code,
            known.title,
            days(known, today)
        );
    }
    text
}

fn days(known: &Known, today: Date) -> String {
    let since = format!("since {}", known.accepted);
    match known.expires {
        None => since,
        Some(day) if known.expired(today) => format!("{since}, expired on {day}"),
        Some(day) => format!("{since}, until {day}"),
    }
}
