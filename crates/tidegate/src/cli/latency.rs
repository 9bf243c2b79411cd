//! `tidegate baseline latency`

use std::fmt::Write as _;

use tidegate::report::text::{clip, one_line};
use tidegate::{Times, exit};
use tidegate_core::words::{count, time};
use tidegate_kinds::latency_references::{References, Series, Stored, Unusable};

use super::arguments::{GateArguments, LatencyCommand};
use super::output::Output;

/// The longest name of a check or a route that is shown whole.
const WIDTH: usize = 80;

/// Shows, replaces or removes stored times.
pub(super) fn latency(
    gate: &GateArguments,
    command: &LatencyCommand,
    output: &Output,
) -> anyhow::Result<u8> {
    let gate = gate.load()?;
    let environment = &gate.definition().environment.name;
    match command {
        LatencyCommand::Show => {
            let times = gate.latency_times()?;
            let nothing = "No times are stored.\n".to_owned();
            output.print(
                &Some(text(&times))
                    .filter(|text| !text.is_empty())
                    .unwrap_or(nothing),
            )
        }
        LatencyCommand::Accept => {
            let (checks, slower) = gate.accept_latency()?;
            for check in slower {
                let check = shown(&check);
                output.say(&format!("{check} was slower than the reference before: its slower times are the reference now."));
            }
            output.say(&format!(
                "The times of {checks} {} are the reference of {environment} now.",
                if checks == 1 { "check" } else { "checks" }
            ));
            Ok(exit::ALLOW)
        }
        LatencyCommand::Remove => {
            let gone = gate.remove_latency()?;
            for path in &gone {
                output.say(&format!("{} is removed.", path.display()));
            }
            if gone.is_empty() {
                output.say(&format!("No times of {environment} are stored."));
            }
            Ok(exit::ALLOW)
        }
    }
}

/// Everything that is stored; empty when nothing is.
pub(super) fn text(all: &[Times]) -> String {
    let mut text = String::new();
    for times in all {
        let what = [("reference", &times.reference), ("last run", &times.last)];
        for (what, read) in what {
            if let Some(read) = read {
                // Writing to a string does not fail.
                let _ = writeln!(text, "times of {} ({what})", times.environment);
                of_file(&mut text, read);
            }
        }
    }
    text
}

fn of_file(text: &mut String, read: &Result<References, Unusable>) {
    match read {
        Ok(references) => references
            .checks
            .iter()
            .for_each(|(check, stored)| of_check(text, check, stored)),
        Err(reason) => {
            let said = one_line(&reason.to_string(), true);
            let _ = writeln!(text, "  not used: {said}. {}", reason.help());
        }
    }
}

fn of_check(text: &mut String, check: &str, stored: &Stored) {
    let identity = stored.identity.as_deref();
    let who = identity.map_or_else(String::new, |who| format!(" as {}", shown(who)));
    let slower = if stored.slower {
        ", slower than the reference"
    } else {
        ""
    };
    let _ = writeln!(
        text,
        "  {}  measured {} on {}{who}, {}, seed {}{slower}",
        shown(check),
        shown(&stored.measured),
        shown(&stored.host),
        shown(&stored.machine),
        stored.seed,
    );
    for series in &stored.routes {
        of_route(text, series, "");
    }
    of_route(text, &stored.control, " (control)");
}

fn of_route(text: &mut String, series: &Series, what: &str) {
    let (median, p95) = series.summary();
    let at = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), time);
    let _ = writeln!(
        text,
        "    {}{what}  p50 {}  p95 {}  {}",
        shown(&series.route),
        at(median),
        at(p95),
        count(series.values.len() as u64, "sample"),
    );
}

/// A text of a file that may come from anywhere.
fn shown(text: &str) -> String {
    one_line(&clip(text, WIDTH), true)
}
