//! `tidegate dev`

mod saved;

use clap::Args;
use tidegate::report::again::again;
use tidegate::{Error, RunOptions, Stop, Summary, exit};

use super::arguments::{GateArguments, Selection};
use super::output::Output;
use super::signals;
use saved::Saved;

/// How many paths are named.
const NAMED: usize = 3;

/// Options of `dev`.
#[derive(Debug, Args)]
pub(crate) struct DevArguments {
    #[command(flatten)]
    selection: Selection,
    /// Stop each run at its first blocking result.
    #[arg(long)]
    fail_fast: bool,
    /// Leave out the look at the candidate before the first check.
    #[arg(long)]
    no_preflight: bool,
}

/// Runs the checks, and again whenever a file is saved, until Ctrl-C.
pub(crate) fn dev(
    gate: &GateArguments,
    arguments: &DevArguments,
    output: &Output,
) -> anyhow::Result<u8> {
    let stop = Stop::new();
    signals::listen(stop.clone())?;
    let mut saved = Saved::below(&gate.gate);
    output.say(&saved.greeting());
    let mut before: Option<Summary> = None;
    loop {
        saved.begin();
        match ran(gate, arguments, &stop) {
            Ok(summary) => {
                if stop.is_requested() {
                    return Ok(exit::INTERRUPTED);
                }
                output.print(&again(before.as_ref(), &summary, &output.style))?;
                before = Some(summary);
            }
            // It may be the gate file that is being written.
            Err(error) if error.exit_code() == exit::USAGE => {
                output.fail(&error.into());
            }
            Err(error) => return Err(error.into()),
        }
        output.say("Waiting for a file to be saved; Ctrl-C ends.");
        // What is written up to here may go to a file that is watched.
        saved.end();
        if let Some(note) = saved.note() {
            output.note(
                &note,
                "Let git ignore what a run writes, so that it starts no other one.",
            );
        }
        let Some(changed) = saved.wait(&stop) else {
            return Ok(exit::INTERRUPTED);
        };
        output.say(&format!("{}: the checks run again.", named(&changed)));
    }
}

fn ran(gate: &GateArguments, arguments: &DevArguments, stop: &Stop) -> Result<Summary, Error> {
    let situation = arguments.selection.situation(gate);
    let loaded = gate.load_in(&situation)?;
    let options = RunOptions {
        fail_fast: arguments.fail_fast,
        preflight: !arguments.no_preflight,
        stop: stop.clone(),
        ..arguments.selection.options()
    };
    loaded.run(situation.options(options), |_| {})
}

/// What was saved, in a few words.
fn named(changed: &[String]) -> String {
    let mut names: Vec<String> = changed
        .iter()
        .take(NAMED)
        .map(|path| format!("`{path}`"))
        .collect();
    if changed.len() > NAMED {
        names.push(format!("{} more", changed.len() - NAMED));
    }
    let were = if changed.len() == 1 { "was" } else { "were" };
    format!("{} {were} saved", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_files_are_named_and_the_others_counted() {
        let paths: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).into();
        assert_eq!(named(&paths[..1]), "`a` was saved");
        assert_eq!(named(&paths), "`a`, `b`, `c`, 2 more were saved");
    }
}
