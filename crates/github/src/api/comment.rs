//! The sticky comment: one for each gate and environment, kept up to date in place.
//!
//! A pull request gets its comment with the first verdict that is not a plain allow; from then on
//! it follows every run, so that it turns green when the fault is mended. A pull request that never
//! had a fault gets none, unless it is asked for.

use serde::Deserialize;
use serde_json::{Value, json};
use tidegate_core::event::Summary;
use tidegate_core::verdict::Verdict;
use tidegate_report::{Codes, Since, markdown};

use super::call::{Call, Purpose, escaped};
use super::client::Client;
use super::error::ApiError;
use super::limits::COMMENT;

const WRITE: Purpose = Purpose {
    action: "write the comment",
    permission: "pull-requests: write",
};
const READ: Purpose = Purpose {
    action: "look for the comment",
    permission: "pull-requests: write",
};
const WHO: Purpose = Purpose {
    action: "ask whose token it is",
    permission: "metadata: read",
};

/// A comment, before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The pull request.
    pub pull_request: u64,
    /// The hidden first line by which it is found again.
    pub marker: String,
    /// The whole text, with the marker.
    pub body: String,
    /// Whether it is made when there is none yet.
    pub start: bool,
}

/// What became of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// There was none.
    Created,
    /// There was one.
    Updated,
    /// There was none, and there is nothing to say.
    Silent,
}

/// Makes the comment of a summary; `always` starts one also for a plain allow.
///
/// Nothing when the run is not about a pull request.
pub fn draft(
    summary: &Summary,
    codes: &Codes,
    since: Option<&Since>,
    always: bool,
) -> Option<Draft> {
    let pull_request = summary.provenance.pull_request?;
    let marker = marker(&summary.plan.gate, &summary.plan.environment);
    let room = COMMENT - marker.len() - 1;
    let text = markdown::comment(summary, codes, since, room);
    let body = format!("{marker}\n{text}");
    let plain = summary.judgement.verdict == Verdict::Allow && !summary.interrupted;
    Some(Draft {
        pull_request,
        marker,
        body,
        start: always || !plain,
    })
}

/// The hidden line of a gate and an environment; names are escaped, so that none ends it.
fn marker(gate: &str, environment: &str) -> String {
    // `--` would end the HTML comment.
    let name = |text: &str| escaped(text).replace('-', "%2D");
    format!("<!-- tidegate {} {} -->", name(gate), name(environment))
}

#[derive(Debug, Deserialize)]
struct Found {
    id: u64,
    body: Option<String>,
    user: Option<User>,
}

#[derive(Debug, Deserialize)]
struct User {
    login: String,
    #[serde(rename = "type")]
    sort: Option<String>,
}

/// Whose comments are ours.
enum Own {
    /// The account of the token.
    Login(String),
    /// The token is an app's and does not say whose: people are told from apps, and only an app
    /// that may write here can have written what begins with our marker.
    App,
}

impl Own {
    fn wrote(&self, comment: &Found) -> bool {
        match (self, &comment.user) {
            (Self::Login(own), Some(user)) => user.login == *own,
            (Self::App, Some(user)) => user.sort.as_deref() == Some("Bot"),
            (_, None) => false,
        }
    }
}

/// Creates or updates the comment. Where runs at the same time made several, the oldest stays.
///
/// # Errors
/// When GitHub refuses, or cannot be asked.
pub async fn publish(client: &Client, draft: &Draft) -> Result<Posted, ApiError> {
    let own = own(client).await?;
    let ours = find(client, draft, &own).await?;
    if let Some((first, rest)) = ours.split_first() {
        update(client, first, draft).await?;
        remove(client, rest).await?;
        return Ok(Posted::Updated);
    }
    if !draft.start {
        return Ok(Posted::Silent);
    }
    let call = Call::post(WRITE, comments(client, draft), body(draft));
    let created: Found = client
        .create(&call, async || {
            let ours = find(client, draft, &own).await?;
            Ok(ours.into_iter().next())
        })
        .await?;
    let ours = find(client, draft, &own).await?;
    if let Some((first, rest)) = ours.split_first().filter(|(_, rest)| !rest.is_empty()) {
        if first.id != created.id {
            update(client, first, draft).await?;
        }
        remove(client, rest).await?;
    }
    Ok(Posted::Created)
}

fn comments(client: &Client, draft: &Draft) -> String {
    client.path(&format!("issues/{}/comments", draft.pull_request))
}

fn body(draft: &Draft) -> Value {
    json!({ "body": draft.body })
}

/// Whose token it is. The token of a workflow or of another app may not ask.
async fn own(client: &Client) -> Result<Own, ApiError> {
    let call = Call::get(WHO, "/user".to_owned());
    match client.read::<User>(&call).await {
        Ok(user) => Ok(Own::Login(user.login)),
        Err(ApiError::Permission { .. } | ApiError::NotFound { .. }) => Ok(Own::App),
        Err(error) => Err(error),
    }
}

/// Our comments, the oldest first.
async fn find(client: &Client, draft: &Draft, own: &Own) -> Result<Vec<Found>, ApiError> {
    let call = Call::get(READ, comments(client, draft));
    let mut ours = client.list(&call, |page: Vec<Found>| page).await?;
    ours.retain(|comment| {
        let text = comment.body.as_deref().unwrap_or_default();
        text.starts_with(&draft.marker) && own.wrote(comment)
    });
    ours.sort_by_key(|comment| comment.id);
    Ok(ours)
}

/// Writing the same text twice does no harm, so that it is repeated until it is there.
async fn update(client: &Client, comment: &Found, draft: &Draft) -> Result<(), ApiError> {
    let path = client.path(&format!("issues/comments/{}", comment.id));
    let call = Call::patch(WRITE, path, body(draft));
    let reply = client.repeat(&call).await?;
    reply.accepted(&call, client.foreign()).map(drop)
}

async fn remove(client: &Client, comments: &[Found]) -> Result<(), ApiError> {
    for comment in comments {
        let path = client.path(&format!("issues/comments/{}", comment.id));
        let call = Call::delete(WRITE, path);
        let reply = client.repeat(&call).await?;
        // Whoever ran at the same time may have removed it.
        if reply.status.as_u16() != 404 {
            reply.accepted(&call, client.foreign())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_end_the_marker() {
        let hostile = marker("a --> <b>", "x\ny");
        assert_eq!(hostile, "<!-- tidegate a%20%2D%2D%3E%20%3Cb%3E x%0Ay -->");
        assert_ne!(marker("a b", "c"), marker("a", "b c"));
    }

    #[test]
    fn a_person_who_copies_the_marker_is_not_us() {
        let comment = |login: &str, sort: &str| Found {
            id: 1,
            body: None,
            user: Some(User {
                login: login.to_owned(),
                sort: Some(sort.to_owned()),
            }),
        };
        assert!(Own::App.wrote(&comment("github-actions[bot]", "Bot")));
        assert!(!Own::App.wrote(&comment("github-actions", "User")));
        let login = Own::Login("anna".to_owned());
        assert!(login.wrote(&comment("anna", "User")));
        assert!(!login.wrote(&comment("boris", "User")));
    }
}
