//! The report of the last gate, from an artifact of the default branch.

use http::header::LOCATION;
use serde::Deserialize;
use url::Url;

use super::call::{Call, Purpose, Reply};
use super::client::Client;
use super::error::ApiError;
use super::page::PER_PAGE;
use super::transport::trusted;
use super::unzip;

const READ: Purpose = Purpose {
    action: "look for the last report",
    permission: "actions: read",
};
const LOAD: Purpose = Purpose {
    action: "load the last report",
    permission: "actions: read",
};

/// The most bytes of an artifact.
const ARTIFACT: usize = 64 << 20;
/// How many pages of artifacts are looked through.
const PAGES: usize = 5;
/// How many artifacts are loaded until one has the gate and the environment.
const LOADS: usize = 5;

/// Which report is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The name of the artifact.
    pub artifact: String,
    /// The portal's name, when it matters.
    pub gate: Option<String>,
    /// The environment's name, when it matters.
    pub environment: Option<String>,
    /// The branch; the repository's default one otherwise.
    pub branch: Option<String>,
}

#[derive(Deserialize)]
struct Repository {
    default_branch: String,
}

#[derive(Deserialize)]
struct Artifacts {
    artifacts: Vec<Artifact>,
}

#[derive(Debug, Deserialize)]
struct Artifact {
    id: u64,
    expired: bool,
    created_at: Option<String>,
    workflow_run: Option<Run>,
}

#[derive(Debug, Deserialize)]
struct Run {
    repository_id: Option<u64>,
    head_repository_id: Option<u64>,
    head_branch: Option<String>,
}

impl Artifact {
    /// Whether the repository's own branch made it: a fork may have a branch of the same name, and
    /// whoever owns it does not say what was known before.
    fn of(&self, branch: &str) -> bool {
        self.workflow_run.as_ref().is_some_and(|run| {
            run.head_branch.as_deref() == Some(branch)
                && run.repository_id.is_some()
                && run.repository_id == run.head_repository_id
        })
    }
}

/// What is needed of a report to know it again.
#[derive(Deserialize)]
struct Report {
    version: u32,
    run: ReportRun,
}

#[derive(Deserialize)]
struct ReportRun {
    gate: String,
    environment: String,
}

/// Finds the newest report and gives its JSON; nothing when there is none.
///
/// # Errors
/// When GitHub refuses, or cannot be asked, or sends what is no archive.
pub async fn find(client: &Client, wanted: &Wanted) -> Result<Option<String>, ApiError> {
    let branch = match &wanted.branch {
        Some(branch) => branch.clone(),
        None => {
            let call = Call::get(READ, client.path(""));
            client.read::<Repository>(&call).await?.default_branch
        }
    };
    for artifact in artifacts(client, wanted, &branch).await?.iter().take(LOADS) {
        let archive = load(client, artifact.id).await?;
        if let Some(report) = pick(&archive, wanted)? {
            return Ok(Some(report));
        }
    }
    Ok(None)
}

/// The artifacts of the branch, the newest first.
async fn artifacts(
    client: &Client,
    wanted: &Wanted,
    branch: &str,
) -> Result<Vec<Artifact>, ApiError> {
    let mut ours = Vec::new();
    for page in 1..=PAGES {
        let call = Call::get(READ, client.path("actions/artifacts"))
            .query("name", &wanted.artifact)
            .query("per_page", PER_PAGE)
            .query("page", page);
        let found = client.read::<Artifacts>(&call).await?.artifacts;
        let last = found.len() < PER_PAGE;
        ours.extend(
            found
                .into_iter()
                .filter(|one| !one.expired && one.of(branch)),
        );
        // They come newest first, so that one page with ours is enough.
        if last || ours.len() >= LOADS {
            break;
        }
    }
    ours.sort_by(|one, other| other.created_at.cmp(&one.created_at));
    Ok(ours)
}

/// Loads an archive. GitHub sends on to a store, which gets no token.
async fn load(client: &Client, id: u64) -> Result<bytes::Bytes, ApiError> {
    let call = Call::get(LOAD, client.path(&format!("actions/artifacts/{id}/zip")));
    let reply = client.repeat(&call).await?;
    if !reply.status.is_redirection() {
        reply.accepted(&call, client.foreign())?;
        return Err(strange("the archive's address is missing"));
    }
    let url = location(&reply)
        .ok_or_else(|| strange("the archive's address is not one that is followed"))?;
    client.fetch(&call, &url, ARTIFACT).await
}

fn location(reply: &Reply) -> Option<Url> {
    let location = reply.headers.get(LOCATION)?.to_str().ok()?;
    Url::parse(location).ok().filter(trusted)
}

fn strange(reason: &str) -> ApiError {
    ApiError::Answer {
        action: LOAD.action,
        reason: reason.to_owned(),
    }
}

/// The report in an archive that is of the gate and the environment.
fn pick(archive: &[u8], wanted: &Wanted) -> Result<Option<String>, ApiError> {
    let told = |reason: &str| strange(&format!("the archive cannot be read: {reason}"));
    for entry in unzip::entries(archive).map_err(told)? {
        if !entry.name.ends_with(".json") {
            continue;
        }
        let content = unzip::unpack(archive, &entry).map_err(told)?;
        let Ok(text) = String::from_utf8(content) else {
            continue;
        };
        let Ok(report) = serde_json::from_str::<Report>(&text) else {
            continue;
        };
        let same =
            |name: &Option<String>, other: &str| name.as_deref().is_none_or(|name| name == other);
        if report.version == 1
            && same(&wanted.gate, &report.run.gate)
            && same(&wanted.environment, &report.run.environment)
        {
            return Ok(Some(text));
        }
    }
    Ok(None)
}
