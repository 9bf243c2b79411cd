//! The first run of what was written.

use std::path::{Path, PathBuf};

use tidegate::init::{Address, App, Place, folder_of, places};
use tidegate::report::Reports;
use tidegate::{Adopted, Gate, RunOptions, Stop, Summary, Verdict};

use super::super::arguments::GateArguments;
use super::super::baseline::adopt::adopt;
use super::super::output::Output;
use super::ask::Asker;
use super::{Decided, InitArguments, Interrupted, build, typed};

/// What came of the first run.
pub(super) enum Seen {
    /// Nobody wanted one; where it would have been, and the command that builds what is not built yet.
    Skipped {
        place: Option<Place>,
        build: Option<String>,
    },
    /// There is nothing to start; the command that builds it, and why that failed if it was tried.
    Unbuilt {
        command: String,
        failed: Option<String>,
    },
    /// No address is known that somebody has named.
    Nowhere,
    /// It ran.
    Ran(Box<Ran>),
}

/// A run that came to its end, or was stopped.
pub(super) struct Ran {
    /// The environment.
    pub(super) environment: String,
    /// Its verdict.
    pub(super) verdict: Verdict,
    /// The code of what kept it from beginning.
    pub(super) kept_by: Option<String>,
    /// What was accepted, where that was asked for.
    pub(super) adopted: Option<Adopted>,
    /// The file that keeps what was accepted, where that was written.
    pub(super) baseline: Option<PathBuf>,
}

/// For how many days `--adopt` accepts what was found.
const ADOPTED_DAYS: u16 = 30;

/// Runs the gate file where it can be run.
pub(super) fn look(
    gate: &GateArguments,
    arguments: &InitArguments,
    decided: &Decided,
    asker: &mut Asker<'_>,
    output: &Output,
    stop: &Stop,
) -> anyhow::Result<Seen> {
    let places = places(&decided.wish);
    let place = chosen(&places, gate.env.as_deref(), decided);
    if arguments.no_run {
        let missing = place.and_then(|place| unbuilt(place, decided, true));
        return Ok(Seen::Skipped {
            place: place.cloned(),
            build: missing.map(|(app, command)| in_folder(&app.folder, command)),
        });
    }
    let Some(place) = place else {
        return Ok(Seen::Nowhere);
    };
    if let Some((app, command)) = unbuilt(place, decided, arguments.build) {
        let folder = folder_of(&decided.gate);
        let wanted = arguments.build
            || (asker.asks() && asker.yes(&format!("Build it now with `{command}`?"), true)?);
        let failed = match wanted {
            true => build::build(folder, app, command, stop, output)?.err(),
            false => None,
        };
        if failed.is_some() || build::is_built(folder, app) == Some(false) {
            return Ok(Seen::Unbuilt {
                command: in_folder(&app.folder, command),
                failed,
            });
        }
    }
    output.say(&format!(
        "Running it once: {}",
        super::tell::run_command(decided, Some(place.name))
    ));
    let (gate, summary) = run(&decided.gate, place.name, arguments.adopt, output, stop)?;
    if summary.interrupted {
        return Err(Interrupted.into());
    }
    let adopted = match arguments.adopt && summary.preflight.is_none() {
        true => Some(adopt(&gate, &summary, ADOPTED_DAYS, output)?),
        false => None,
    };
    Ok(Seen::Ran(Box::new(Ran {
        environment: place.name.to_owned(),
        verdict: summary.judgement.verdict,
        kept_by: summary.preflight.map(|failure| failure.code.to_string()),
        baseline: adopted
            .as_ref()
            .filter(|adopted| !adopted.findings.is_empty())
            .map(|_| gate.baseline_path()),
        adopted,
    })))
}

/// The environment that is run: the one that was asked for, that of the address somebody named, or the one
/// that the gate starts itself.
fn chosen<'p>(places: &'p [Place], wanted: Option<&str>, decided: &Decided) -> Option<&'p Place> {
    if let Some(wanted) = wanted {
        return places.iter().find(|place| place.name == wanted);
    }
    let named = decided.wish.url.as_ref().filter(|_| decided.confirmed);
    let is_named = |place: &&Place| {
        let known = matches!(&place.address, Address::Known(url) if Some(url) == named);
        known && named.is_some()
    };
    let named = places.iter().find(is_named);
    named.or_else(|| places.iter().find(|place| place.starts))
}

/// The app and its build, where the gate would start what is not built; `or_unknown` also where nobody knows
/// whether it is.
fn unbuilt<'d>(
    place: &Place,
    decided: &'d Decided,
    or_unknown: bool,
) -> Option<(&'d App, &'d str)> {
    let app = decided.wish.app.as_ref().filter(|_| place.starts)?;
    let command = app.build.as_ref()?;
    let folder = folder_of(&decided.gate);
    let is_built = build::is_built(folder, app).unwrap_or(!or_unknown);
    (!is_built).then_some((app, command.value.as_str()))
}

/// A command of a folder as it is typed in that of the gate file.
pub(super) fn in_folder(folder: &str, command: &str) -> String {
    match folder {
        "" => command.to_owned(),
        folder => format!("cd {} && {command}", typed(folder)),
    }
}

/// Runs the gate; gives it as it ran, so that what it found can be accepted.
fn run(
    path: &Path,
    environment: &str,
    adopting: bool,
    output: &Output,
    stop: &Stop,
) -> anyhow::Result<(Gate, Summary)> {
    let mut gate = Gate::builder(path).environment(environment).load()?;
    if adopting {
        gate = gate.salted()?;
    }
    let mut reports = Reports::new(&[], &output.settings(gate.registry()))?;
    let options = RunOptions {
        stop: stop.clone(),
        ..RunOptions::default()
    };
    let summary = gate.run(options, |event| reports.event(event))?;
    for report in reports.finish() {
        output.fault(report.error.to_string(), report.error.help());
    }
    Ok((gate, summary))
}
