//! `tidegate previous`

use tidegate::exit;
use tidegate_core::provenance::Provenance;
use tidegate_github::api::previous::{self, Wanted};

use super::arguments::{GateArguments, PreviousArguments};
use super::github;
use super::output::{Output, Usage};

/// Fetches the report of the last gate.
pub(crate) fn previous(
    gate: &GateArguments,
    command: &PreviousArguments,
    output: &Output,
) -> anyhow::Result<u8> {
    let access = match github::access(&Provenance::default()) {
        Ok(access) => access,
        Err(error) if command.optional => {
            output.fail(&error);
            return Ok(exit::ALLOW);
        }
        Err(error) => return Err(error),
    };
    let wanted = Wanted {
        artifact: command.artifact.clone(),
        gate: command.portal.clone(),
        environment: gate.env.clone(),
        branch: command.branch.clone(),
    };
    let found = github::converse(access, |client| async move {
        previous::find(&client, &wanted).await
    })?;
    match found {
        Ok(Some(report)) => {
            std::fs::write(&command.output, report).map_err(|error| Usage {
                message: format!("{} cannot be written: {error}", command.output.display()),
                help: "Name a file in a folder that exists and is writable.".to_owned(),
            })?;
            output.say(&format!(
                "the last report is in {}",
                command.output.display()
            ));
            Ok(exit::ALLOW)
        }
        Ok(None) => {
            output.say("there is no earlier report");
            Ok(exit::ALLOW)
        }
        Err(error) if error.permission().is_some() => {
            github::notice(
                output,
                &format!(
                    "There is nothing to compare with: {error}. {}",
                    error.help()
                ),
            );
            Ok(exit::ALLOW)
        }
        Err(error) => Ok(github::failed(output, &error, command.optional)),
    }
}
