//! What the commands that speak with GitHub share.

use std::future::Future;
use std::io::Read;
use std::sync::Arc;

use anyhow::Context as _;
use serde_json::Value;
use tidegate::exit;
use tidegate_core::provenance::Provenance;
use tidegate_github::api::{Access, ApiError, Client, RepositoryName, SystemClock};
use tidegate_github::event::{self, PAYLOAD_LIMIT};

use super::output::{Output, Usage};

/// The value of a variable that is set and not empty.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whom to ask, from the environment; the repository of the report comes first.
pub(crate) fn access(provenance: &Provenance) -> anyhow::Result<Access> {
    let repository = match &provenance.repository {
        Some(page) => Some(RepositoryName::of_page(page)),
        None => None,
    };
    let access = repository
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

/// What the event of this run says, where the report does not.
pub(crate) fn complete(provenance: &mut Provenance) {
    let open =
        |path: &str| -> std::io::Result<Box<dyn Read>> { Ok(Box::new(std::fs::File::open(path)?)) };
    let Some(occasion) = event::read(&variable, &open) else {
        return;
    };
    let told = occasion.provenance;
    provenance.repository = provenance.repository.take().or(told.repository);
    // A number or a branch of another commit would lead astray.
    if provenance.commit.is_none() {
        provenance.commit = told.commit;
        provenance.branch = provenance.branch.take().or(told.branch);
        provenance.pull_request = provenance.pull_request.or(told.pull_request);
    }
    provenance.run = provenance.run.take().or(told.run);
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
        output.say(&format!("::notice title=Tidegate::{data}"));
    } else {
        output.say(sentence);
    }
}

/// Tells why a call failed and gives the exit code.
pub(crate) fn failed(output: &Output, error: &ApiError, optional: bool) -> u8 {
    output.fault(error.to_string(), error.help());
    if optional { exit::ALLOW } else { exit::REPORT }
}
