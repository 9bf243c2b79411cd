//! The commit status: one line beside the commit.

use serde::Deserialize;
use serde_json::json;
use tidegate_core::event::Summary;
use tidegate_core::verdict::exit;
use tidegate_report::headline::{code, headline};
use tidegate_report::text::one_line;

use super::call::{Call, Purpose, escaped};
use super::client::Client;
use super::error::ApiError;
use super::limits::{CONTEXT, DESCRIPTION, fit};

const WRITE: Purpose = Purpose {
    action: "write the commit status",
    permission: "statuses: write",
};
const READ: Purpose = Purpose {
    action: "look for the commit status",
    permission: "statuses: write",
};

/// A commit status, before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The commit.
    pub commit: String,
    /// `success`, `failure` or, when the gate did not get to a verdict, `error`.
    pub state: &'static str,
    /// What tells it apart from the statuses of others; a required check names it.
    pub context: String,
    /// The verdict.
    pub description: String,
    /// The page of the run.
    pub page: Option<String>,
}

/// Makes the commit status of a summary; nothing when the commit is not known.
pub fn draft(summary: &Summary) -> Option<Draft> {
    let plan = &summary.plan;
    let context = format!("tidegate/{}/{}", plan.gate, plan.environment);
    Some(Draft {
        commit: summary.provenance.commit.clone()?,
        state: state(summary),
        context: fit(&one_line(&context, true), CONTEXT),
        description: fit(&one_line(&headline(summary), true), DESCRIPTION),
        page: summary.provenance.run.clone(),
    })
}

/// The state of a commit or of a deployment: what the run does to the deploy, so that an advisory
/// run is a success.
pub(crate) fn state(summary: &Summary) -> &'static str {
    match code(summary) {
        exit::ALLOW => "success",
        exit::INTERRUPTED => "error",
        _ => "failure",
    }
}

#[derive(Deserialize)]
struct Found {
    state: String,
    context: String,
    description: Option<String>,
    target_url: Option<String>,
}

/// Sets the commit status, unless it is what it shall be already.
///
/// # Errors
/// When GitHub refuses, or cannot be asked.
pub async fn publish(client: &Client, draft: &Draft) -> Result<(), ApiError> {
    if there(client, draft).await?.is_some() {
        return Ok(());
    }
    let mut body = json!({
        "state": draft.state,
        "context": draft.context,
        "description": draft.description,
    });
    if let Some(page) = &draft.page {
        body["target_url"] = json!(page);
    }
    let path = client.path(&format!("statuses/{}", escaped(&draft.commit)));
    let call = Call::post(WRITE, path, body);
    client
        .create(&call, async || there(client, draft).await)
        .await
        .map(|_: Found| ())
}

/// The status, if it is the latest of its context. The latest stand first, so that the first page
/// is enough.
async fn there(client: &Client, draft: &Draft) -> Result<Option<Found>, ApiError> {
    let path = client.path(&format!("commits/{}/statuses", escaped(&draft.commit)));
    let call = Call::get(READ, path).query("per_page", 100);
    let found: Vec<Found> = client.read(&call).await?;
    let latest = found
        .into_iter()
        .find(|found| found.context.eq_ignore_ascii_case(&draft.context));
    Ok(latest.filter(|found| {
        found.state == draft.state
            && found.description.as_deref() == Some(&draft.description)
            && found.target_url == draft.page
    }))
}
