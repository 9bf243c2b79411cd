//! `cargo xtask bench`: whole processes, Tidegate and its peers in turn.

mod access;
mod command;
mod contract;
mod example;
mod files;
mod first_hour;
mod flow;
mod latency;
mod measure;
mod measured;
mod ours;
mod plugin;
mod portal;
mod race;
mod report;
mod secrets;
mod server;
mod side_by_side;
mod table;

use lexopt::Parser;
use lexopt::prelude::{Long, Value, ValueExt as _};

use crate::failure::Failure;
use ours::{Ours, Profile};

/// Below this number of runs a median says little.
const FEWEST_RUNS: usize = 20;

/// Everything that can be measured.
const NAMES: [&str; 9] = [
    "flow",
    "secrets",
    "contract",
    "access",
    "report",
    "latency",
    "race",
    "plugin",
    "first-hour",
];

/// Those of which it can be told, too, how much they find.
const ACCURATE: [&str; 4] = ["secrets", "contract", "access", "latency"];

/// What `bench` is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Options {
    /// Ten requests, so many times.
    Flow { runs: usize },
    /// Looking for secrets, so many times.
    Secrets { runs: usize },
    /// How many planted secrets are found, and what is found where there are none.
    SecretsAccuracy,
    /// Holding answers against a document, comparing and loading documents, so many times.
    Contract { runs: usize },
    /// What is found on portals that break their contract, and on the good one.
    ContractAccuracy,
    /// Looking at who may do what in an app of forty routes, so many times.
    Access { runs: usize },
    /// What is found on portals that let in whom they should not, and on the good one.
    AccessAccuracy,
    /// Writing every report of a run with many findings, so many times.
    Report { runs: usize },
    /// What measuring adds to what is measured, beside other tools, so many times.
    Latency { runs: usize },
    /// How often slow and racing portals are caught, with programs of this build.
    LatencyCatch { profile: Profile },
    /// How often budgets and comparisons are judged wrongly, on times that are known.
    LatencyAccuracy,
    /// How far apart requests arrive that are sent together, in so many rounds.
    Race { runs: usize },
    /// What plugins in three languages cost, cold and warm, so many times.
    Plugin { runs: usize },
    /// What somebody new waits for, so many times.
    FirstHour { runs: usize },
}

impl Options {
    /// Reads the arguments after `bench`.
    ///
    /// # Errors
    /// [`Failure::Usage`] when they make no sense.
    pub(crate) fn parse(mut arguments: Parser) -> Result<Self, Failure> {
        let which = match arguments.next()? {
            Some(Value(name)) if NAMES.iter().any(|known| name == *known) => name,
            _ => {
                let message = format!("the benchmarks are {}", NAMES.join(", "));
                return Err(Failure::Usage(message));
            }
        };
        let (mut runs, mut accuracy) = (FEWEST_RUNS, false);
        let (mut catch, mut profile) = (false, Profile::Release);
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("catch") if which == "latency" => catch = true,
                Long("debug") if catch => profile = Profile::Debug,
                Long("runs") => runs = arguments.value()?.parse()?,
                Long("accuracy") if ACCURATE.iter().any(|name| which == *name) => {
                    accuracy = true;
                }
                other => return Err(other.unexpected().into()),
            }
        }
        if runs < FEWEST_RUNS {
            return Err(Failure::Usage(format!(
                "--runs needs at least {FEWEST_RUNS}"
            )));
        }
        Ok(match (which.to_str(), accuracy) {
            (Some("secrets"), true) => Self::SecretsAccuracy,
            (Some("secrets"), false) => Self::Secrets { runs },
            (Some("contract"), true) => Self::ContractAccuracy,
            (Some("contract"), false) => Self::Contract { runs },
            (Some("access"), true) => Self::AccessAccuracy,
            (Some("access"), false) => Self::Access { runs },
            (Some("report"), _) => Self::Report { runs },
            (Some("latency"), _) if catch => Self::LatencyCatch { profile },
            (Some("latency"), true) => Self::LatencyAccuracy,
            (Some("latency"), false) => Self::Latency { runs },
            (Some("race"), _) => Self::Race { runs },
            (Some("plugin"), _) => Self::Plugin { runs },
            (Some("first-hour"), _) => Self::FirstHour { runs },
            _ => Self::Flow { runs },
        })
    }
}

/// Measures and prints a table.
///
/// # Errors
/// [`Failure`] when a program does not build or run, and when a bar is missed.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    match *options {
        Options::Flow { runs } => flow::run(runs),
        Options::Secrets { runs } => secrets::run(runs),
        Options::SecretsAccuracy => secrets::accuracy(),
        Options::Contract { runs } => contract::run(runs),
        Options::ContractAccuracy => contract::accuracy(),
        Options::Access { runs } => access::run(runs),
        Options::AccessAccuracy => access::accuracy(),
        Options::Report { runs } => report::run(runs),
        Options::Latency { runs } => latency::run(runs),
        Options::LatencyCatch { profile } => latency::catch(&Ours::built(profile)?),
        Options::LatencyAccuracy => latency::accuracy(),
        Options::Race { runs } => race::run(runs),
        Options::Plugin { runs } => plugin::run(runs),
        Options::FirstHour { runs } => first_hour::run(runs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Options, Failure> {
        Options::parse(Parser::from_args(arguments))
    }

    #[test]
    fn the_runs_can_be_chosen_above_the_least() {
        assert_eq!(parse(&["flow"]).unwrap(), Options::Flow { runs: 20 });
        assert_eq!(
            parse(&["secrets", "--runs", "50"]).unwrap(),
            Options::Secrets { runs: 50 }
        );
        assert_eq!(
            parse(&["secrets", "--accuracy"]).unwrap(),
            Options::SecretsAccuracy
        );
        assert_eq!(
            parse(&["contract"]).unwrap(),
            Options::Contract { runs: 20 }
        );
        assert_eq!(
            parse(&["contract", "--accuracy"]).unwrap(),
            Options::ContractAccuracy
        );
        assert_eq!(parse(&["access"]).unwrap(), Options::Access { runs: 20 });
        assert_eq!(parse(&["report"]).unwrap(), Options::Report { runs: 20 });
        assert_eq!(
            parse(&["latency", "--catch", "--debug"]).unwrap(),
            Options::LatencyCatch {
                profile: Profile::Debug
            }
        );
        assert_eq!(parse(&["latency"]).unwrap(), Options::Latency { runs: 20 });
        assert_eq!(
            parse(&["latency", "--accuracy"]).unwrap(),
            Options::LatencyAccuracy
        );
        assert_eq!(
            parse(&["race", "--runs", "30"]).unwrap(),
            Options::Race { runs: 30 }
        );
        assert_eq!(parse(&["plugin"]).unwrap(), Options::Plugin { runs: 20 });
        assert_eq!(
            parse(&["first-hour"]).unwrap(),
            Options::FirstHour { runs: 20 }
        );
        assert_eq!(
            parse(&["access", "--accuracy"]).unwrap(),
            Options::AccessAccuracy
        );
    }

    #[test]
    fn other_arguments_are_wrong_usage() {
        for arguments in [
            &[][..],
            &["speed"],
            &["flow", "--runs", "3"],
            &["flow", "--fast"],
            &["flow", "--accuracy"],
            &["flow", "--catch"],
            &["latency", "--debug"],
            &["report", "--accuracy"],
            &["race", "--accuracy"],
            &["first-hour", "--accuracy"],
        ] {
            let refused = parse(arguments);
            assert!(
                matches!(refused, Err(Failure::Usage(_))),
                "{arguments:?}: {refused:?}"
            );
        }
    }
}
