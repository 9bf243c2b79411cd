//! The status of a deployment: what the deploy page says about the candidate.
//!
//! `failure` when the gate stops it, `success` when it may go out, `error` when the run was
//! interrupted. Never `inactive`: whether a candidate is still served is not the gate's to say, and
//! for the same reason other deployments are left as they are.

use serde::Deserialize;
use serde_json::json;
use tidegate_core::event::Summary;
use tidegate_report::headline::headline;
use tidegate_report::text::one_line;

use super::call::{Call, Purpose};
use super::client::Client;
use super::error::ApiError;
use super::limits::{DESCRIPTION, fit};
use super::status::state;

const WRITE: Purpose = Purpose {
    action: "write the deployment status",
    permission: "deployments: write",
};
const READ: Purpose = Purpose {
    action: "look for the deployment status",
    permission: "deployments: write",
};

/// A deployment status, before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The deployment.
    pub deployment: u64,
    /// `success`, `failure` or `error`.
    pub state: &'static str,
    /// The verdict.
    pub description: String,
    /// The page of the run.
    pub page: Option<String>,
}

/// Makes the status of a deployment.
pub fn draft(summary: &Summary, deployment: u64) -> Draft {
    let description = format!("Tidegate: {}", headline(summary));
    Draft {
        deployment,
        state: state(summary),
        description: fit(&one_line(&description, true), DESCRIPTION),
        page: summary.provenance.run.clone(),
    }
}

#[derive(Deserialize)]
struct Found {
    state: String,
    description: String,
    #[serde(default)]
    log_url: String,
    #[serde(default)]
    environment_url: String,
}

/// Sets the status, unless it is what it shall be already.
///
/// # Errors
/// When GitHub refuses, or cannot be asked.
pub async fn publish(client: &Client, draft: &Draft) -> Result<(), ApiError> {
    let known = list(client, draft).await?;
    if same(known.first(), draft) {
        return Ok(());
    }
    let mut body = json!({
        "state": draft.state,
        "description": draft.description,
        "auto_inactive": false,
    });
    if let Some(page) = &draft.page {
        body["log_url"] = json!(page);
    }
    // A status without it would take away the link to the candidate.
    let link = known
        .iter()
        .find(|status| !status.environment_url.is_empty());
    if let Some(status) = link {
        body["environment_url"] = json!(status.environment_url);
    }
    let call = Call::post(WRITE, path(client, draft), body);
    let find = async || {
        let latest = list(client, draft).await?.into_iter().next();
        Ok(latest.filter(|status| same(Some(status), draft)))
    };
    client.create(&call, find).await.map(|_: Found| ())
}

fn path(client: &Client, draft: &Draft) -> String {
    client.path(&format!("deployments/{}/statuses", draft.deployment))
}

/// The statuses, the latest first.
async fn list(client: &Client, draft: &Draft) -> Result<Vec<Found>, ApiError> {
    let call = Call::get(READ, path(client, draft)).query("per_page", 100);
    client.read(&call).await
}

fn same(latest: Option<&Found>, draft: &Draft) -> bool {
    latest.is_some_and(|latest| {
        latest.state == draft.state
            && latest.description == draft.description
            && latest.log_url == draft.page.as_deref().unwrap_or_default()
    })
}
