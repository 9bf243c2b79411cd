//! `cargo xtask bench`: whole processes, Tidegate and its peers in turn.

mod command;
mod contract;
mod flow;
mod measure;
mod measured;
mod portal;
mod secrets;
mod table;

use lexopt::Parser;
use lexopt::prelude::{Long, Value, ValueExt as _};

use crate::failure::Failure;

/// Below this number of runs a median says little.
const FEWEST_RUNS: usize = 20;

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
}

impl Options {
    /// Reads the arguments after `bench`.
    ///
    /// # Errors
    /// [`Failure::Usage`] when they make no sense.
    pub(crate) fn parse(mut arguments: Parser) -> Result<Self, Failure> {
        let which = match arguments.next()? {
            Some(Value(name)) if name == "flow" || name == "secrets" || name == "contract" => name,
            _ => {
                let message = "the benchmarks are `flow`, `secrets` and `contract`".to_owned();
                return Err(Failure::Usage(message));
            }
        };
        let (mut runs, mut accuracy) = (FEWEST_RUNS, false);
        while let Some(argument) = arguments.next()? {
            match argument {
                Long("runs") => runs = arguments.value()?.parse()?,
                Long("accuracy") if which != "flow" => accuracy = true,
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
    }

    #[test]
    fn other_arguments_are_wrong_usage() {
        for arguments in [
            &[][..],
            &["latency"],
            &["flow", "--runs", "3"],
            &["flow", "--fast"],
            &["flow", "--accuracy"],
        ] {
            let refused = parse(arguments);
            assert!(
                matches!(refused, Err(Failure::Usage(_))),
                "{arguments:?}: {refused:?}"
            );
        }
    }
}
