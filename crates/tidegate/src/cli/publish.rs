//! `tidegate publish`

use std::path::Path;

use tidegate::exit;
use tidegate::report::{Codes, sarif};
use tidegate_core::event::Summary;
use tidegate_github::api::publish::{self, Place, Publication, Target, Told};

use super::arguments::PublishArguments;
use super::github;
use super::output::{Output, Usage};
use super::render;

/// Tells GitHub what a run found.
pub(crate) fn publish(command: &PublishArguments, output: &Output) -> anyhow::Result<u8> {
    let report = render::read(&command.report)?;
    let (mut summary, codes) = (report.summary, report.codes);
    let since = report.since;
    github::complete(&mut summary.provenance)?;
    let targets: Vec<Target> = command
        .to
        .iter()
        .map(|target| Target {
            optional: target.optional || command.optional,
            ..*target
        })
        .collect();
    let access = match github::access(&summary.provenance) {
        Ok(access) => access,
        Err(error) if targets.iter().all(|target| target.optional) => {
            output.fail(&error);
            return Ok(exit::ALLOW);
        }
        Err(error) => return Err(error),
    };
    let sarif = sarif_for(command, &targets, &summary, &codes)?;
    let payload = github::payload();
    let reference = github::variable("GITHUB_REF").filter(|name| name.starts_with("refs/"));
    let attempt = github::variable("GITHUB_RUN_ATTEMPT");
    let publication = Publication {
        summary: &summary,
        codes: &codes,
        since: since.as_ref(),
        sarif: sarif.as_deref(),
        reference: reference.as_deref(),
        attempt: attempt.as_deref().unwrap_or("1"),
        deployment: payload["deployment"]["id"].as_u64(),
        waiting: waiting(&payload),
        always_comment: command.always_comment,
    };
    let told = github::converse(access, |client| async move {
        publish::publish(&client, publication, &targets).await
    })?;
    Ok(tell(&told, output))
}

/// The workflow run and the environment that wait, by the event of a deployment protection rule.
fn waiting(payload: &serde_json::Value) -> Option<(u64, &str)> {
    let address = payload["deployment_callback_url"].as_str()?;
    let run = address
        .strip_suffix("/deployment_protection_rule")?
        .rsplit('/')
        .next()?;
    Some((run.parse().ok()?, payload["environment"].as_str()?))
}

/// The SARIF report, when it is wanted.
fn sarif_for(
    command: &PublishArguments,
    targets: &[Target],
    summary: &Summary,
    codes: &Codes,
) -> anyhow::Result<Option<String>> {
    if !targets
        .iter()
        .any(|target| target.place == Place::CodeScanning)
    {
        return Ok(None);
    }
    match &command.sarif {
        Some(path) => written(path).map(Some),
        None => Ok(Some(sarif::render(summary, codes)?)),
    }
}

/// A SARIF report that was written before.
fn written(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).map_err(|error| {
        Usage {
            message: format!("{} cannot be read: {error}", path.display()),
            help: "Give the file that `--report sarif=FILE` wrote, or leave `--sarif` out."
                .to_owned(),
        }
        .into()
    })
}

/// One line for each place; what the token may not do is one notice.
fn tell(told: &[Told], output: &Output) -> u8 {
    for one in told {
        match &one.outcome {
            Ok(done) => output.say(&format!("{}: {done}", one.target.place)),
            Err(error) if error.permission().is_some() => {
                output.say(&format!("{}: {error}", one.target.place));
            }
            Err(error) => output.fault(format!("{}: {error}", one.target.place), error.help()),
        }
    }
    if let Some(sentence) = publish::missing_permissions(told) {
        github::notice(output, &sentence);
    }
    if told.iter().any(Told::failed) {
        exit::REPORT
    } else {
        exit::ALLOW
    }
}
