//! The answer to a deployment protection rule: whether a waiting deployment may begin.

use serde::Deserialize;
use serde_json::json;
use tidegate_core::event::Summary;
use tidegate_core::verdict::exit;
use tidegate_report::headline::{code, extent, headline};
use tidegate_report::text::one_line;

use super::call::{Call, Purpose};
use super::client::{Client, Sent};
use super::error::ApiError;
use super::limits::{PROTECTION, fit};
use super::retry::pause;

const WRITE: Purpose = Purpose {
    action: "answer the deployment protection rule",
    permission: "deployments: write",
};
const READ: Purpose = Purpose {
    action: "look at the waiting deployments",
    permission: "actions: read",
};

/// An answer, before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The workflow run that waits.
    pub run: u64,
    /// GitHub's name of the environment.
    pub environment: String,
    /// Whether the deployment may begin.
    pub approved: bool,
    /// The verdict.
    pub comment: String,
}

/// Makes the answer for a run that waits.
pub fn draft(summary: &Summary, run: u64, environment: &str) -> Draft {
    let comment = format!("{} {}", headline(summary), extent(summary));
    Draft {
        run,
        environment: environment.to_owned(),
        approved: code(summary) == exit::ALLOW,
        comment: fit(&one_line(&comment, true), PROTECTION),
    }
}

#[derive(Deserialize)]
struct Pending {
    environment: Environment,
}

#[derive(Deserialize)]
struct Environment {
    name: Option<String>,
}

/// Sends the answer. When its answer is lost, GitHub is asked whether the deployment still waits.
///
/// # Errors
/// When GitHub refuses, or cannot be asked.
pub async fn publish(client: &Client, draft: &Draft) -> Result<(), ApiError> {
    let path = client.path(&format!(
        "actions/runs/{}/deployment_protection_rule",
        draft.run
    ));
    let body = json!({
        "environment_name": draft.environment,
        "state": if draft.approved { "approved" } else { "rejected" },
        "comment": draft.comment,
    });
    let call = Call::post(WRITE, path, body);
    let mut tries = 0;
    loop {
        tries += 1;
        let reason = match client.once(&call).await? {
            Sent::Answered(reply) => return reply.accepted(&call, client.foreign()).map(drop),
            Sent::Lost(reason) => reason,
        };
        client.pause(&call, tries, pause(tries), reason).await?;
        if !waits(client, draft).await? {
            return Ok(());
        }
    }
}

async fn waits(client: &Client, draft: &Draft) -> Result<bool, ApiError> {
    let path = client.path(&format!("actions/runs/{}/pending_deployments", draft.run));
    let pending: Vec<Pending> = client.read(&Call::get(READ, path)).await?;
    Ok(pending
        .iter()
        .any(|one| one.environment.name.as_deref() == Some(&draft.environment)))
}
