//! What the commands that speak with GitHub share.

use std::future::Future;
use std::io::Read;
use std::sync::Arc;

use anyhow::Context as _;
use serde_json::Value;
use tidegate::exit;
use tidegate_core::provenance::Provenance;
use tidegate_github::api::compare;
use tidegate_github::api::{Access, ApiError, Client, RepositoryName, SystemClock};
use tidegate_github::event::{self, PAYLOAD_LIMIT};

use super::output::{Output, Usage};

/// The value of a variable that is set and not empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whom to ask, from the environment; its repository comes before the one of the report.
pub(crate) fn access(provenance: &Provenance) -> anyhow::Result<Access> {
    let page = provenance.repository.as_deref();
    let access = page
        .map(RepositoryName::of_page)
        .transpose()
        .and_then(|repository| Access::of_environment(&variable, repository));
    access.map_err(|error| {
        Usage {
            message: error.to_string(),
            help: error.help().to_owned(),
        }
        .into()
    })
}

/// Runs a conversation with GitHub to its end.
pub(crate) fn converse<T, F>(access: Access, talk: impl FnOnce(Client) -> F) -> anyhow::Result<T>
where
    F: Future<Output = T>,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime can be started")?;
    let talked = runtime.block_on(async {
        let client = Client::new(access, Arc::new(SystemClock::default()));
        Box::pin(talk(client)).await
    });
    Ok(talked)
}

/// What the event of this run says comes before what the report says: a report may have been made by a
/// run of a change that nobody trusts, and must not choose where the token writes.
///
/// # Errors
/// When another run made the report, and this one has what the change must not get: a token that
/// writes would give its word for what a stranger may have written.
pub(crate) fn complete(provenance: &mut Provenance) -> Result<(), Usage> {
    let open =
        |path: &str| -> std::io::Result<Box<dyn Read>> { Ok(Box::new(std::fs::File::open(path)?)) };
    let Some(occasion) = event::read(&variable, &open) else {
        return Ok(());
    };
    if occasion.withhold_secrets && provenance.run != occasion.provenance.run {
        return Err(Usage {
            message: "another run made this report, for a change that is not trusted".to_owned(),
            help: "Run the gate in this workflow run, and publish its own report: whoever made the change may have \
                   written this one."
                .to_owned(),
        });
    }
    *provenance = completed(std::mem::take(provenance), occasion.provenance);
    Ok(())
}

fn completed(report: Provenance, event: Provenance) -> Provenance {
    // A branch and a number belong to their commit.
    let same = event.commit.is_none() || event.commit == report.commit;
    let (branch, pull_request) = if same {
        (report.branch, report.pull_request)
    } else {
        (None, None)
    };
    Provenance {
        repository: event.repository.or(report.repository),
        commit: event.commit.or(report.commit),
        branch: event.branch.or(branch),
        pull_request: event.pull_request.or(pull_request),
        run: event.run.or(report.run),
        ..report
    }
}

/// The payload of the event; nothing where there is none that can be read.
pub(crate) fn payload() -> Value {
    let read = || {
        let file = std::fs::File::open(variable("GITHUB_EVENT_PATH")?).ok()?;
        serde_json::from_reader(file.take(PAYLOAD_LIMIT)).ok()
    };
    read().unwrap_or_default()
}

/// Tells a sentence in the log, and in the run's annotations where GitHub Actions reads the log.
pub(crate) fn notice(output: &Output, sentence: &str) {
    if variable("GITHUB_ACTIONS").as_deref() == Some("true") {
        let data = sentence
            .replace('%', "%25")
            .replace('\r', "%0D")
            .replace('\n', "%0A");
        output.write(&format!("::notice title=Tidegate::{data}"));
    } else {
        output.say(sentence);
    }
}

/// Tells why a call failed and gives the exit code.
pub(crate) fn failed(output: &Output, error: &ApiError, optional: bool) -> u8 {
    output.fault(error.to_string(), error.help());
    if optional { exit::ALLOW } else { exit::REPORT }
}

/// The files that differ between two commits, as GitHub tells of them; nothing without a token, and
/// when it does not tell of all.
pub(crate) fn compare(base: &str, head: &str) -> Option<Vec<String>> {
    let access = access(&Provenance::default()).ok()?;
    let compared = converse(access, |client| async move {
        compare::compare(&client, base, head).await
    });
    compared.ok()?.ok()?.paths()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_does_not_choose_where_the_token_writes() {
        let of = |repository: &str, commit: &str, pull_request| Provenance {
            repository: Some(repository.into()),
            commit: Some(commit.into()),
            pull_request,
            ..Provenance::default()
        };
        let forged = of("https://github.com/acme/other", "a", Some(1));
        let told = completed(forged, of("https://github.com/acme/portal", "b", None));
        assert_eq!(told, of("https://github.com/acme/portal", "b", None));
        let own = of("https://github.com/acme/portal", "b", Some(7));
        let told = completed(own.clone(), of("https://github.com/acme/portal", "b", None));
        assert_eq!(told, own);
        assert_eq!(completed(own.clone(), Provenance::default()), own);
    }
}
