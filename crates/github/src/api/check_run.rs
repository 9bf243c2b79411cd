//! The check run: the verdict beside the commit, with the findings on their lines.
//!
//! A check run that a workflow's own token makes belongs to whichever workflow GitHub chooses, so
//! that the job itself is the gate and a check run is only made when it is asked for.

mod annotations;

use serde::Deserialize;
use serde_json::{Value, json};
use tidegate_core::event::Summary;
use tidegate_core::verdict::{Verdict, exit};
use tidegate_report::annotations::{self as told, Annotation};
use tidegate_report::headline::{code, extent, headline};
use tidegate_report::{Codes, Since, markdown};

use super::call::{Call, Purpose, escaped};
use super::client::{Client, Sent};
use super::error::ApiError;
use super::limits::{ANNOTATIONS, CHECK_TEXT, TITLE, fit};
use super::retry::pause;

const WRITE: Purpose = Purpose {
    action: "write the check run",
    permission: "checks: write",
};
const READ: Purpose = Purpose {
    action: "look for the check run",
    permission: "checks: write",
};

/// How many annotations a check run gets. Each page of fifty is a write, and GitHub takes eighty
/// writes a minute and five hundred an hour from everything in a repository.
const MOST: usize = 500;

/// A check run, before it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What stands beside the commit.
    pub name: String,
    /// The commit; of a pull request the head, not the merge.
    pub commit: String,
    /// What makes it the same check run when it is sent again.
    pub external_id: String,
    /// The page of the run.
    pub page: Option<String>,
    /// `success`, `failure`, `neutral` or `cancelled`.
    pub conclusion: &'static str,
    /// The verdict.
    pub title: String,
    /// How much ran.
    pub summary: String,
    /// The findings, as Markdown.
    pub text: String,
    /// What was found and what could not be found out, each on its line.
    pub annotations: Vec<Annotation>,
    /// When the run began.
    pub started: String,
    /// When it ended.
    pub ended: String,
}

/// Makes the check run of a summary; `attempt` tells the attempts of one run apart.
///
/// Nothing when the commit is not known.
pub fn draft(
    summary: &Summary,
    codes: &Codes,
    since: Option<&Since>,
    attempt: &str,
) -> Option<Draft> {
    let plan = &summary.plan;
    let commit = summary.provenance.commit.clone()?;
    let run = summary.provenance.run.clone();
    let page = run.as_deref().unwrap_or(&commit);
    let ended =
        summary.started + jiff::SignedDuration::try_from(summary.elapsed).unwrap_or_default();
    let line = |text: String| tidegate_report::text::one_line(&text, true);
    Some(Draft {
        name: format!(
            "Tidegate / {} ({})",
            line(plan.gate.clone()),
            line(plan.environment.clone())
        ),
        external_id: format!(
            "tidegate:{}:{}:{page}:{attempt}",
            plan.gate, plan.environment
        ),
        commit,
        page: run.filter(|page| page.starts_with("https://") || page.starts_with("http://")),
        conclusion: conclusion(summary),
        title: fit(&line(headline(summary)), TITLE),
        summary: fit(&line(extent(summary)), CHECK_TEXT),
        text: markdown::comment(summary, codes, since, CHECK_TEXT),
        annotations: told::within(summary, codes, MOST, "the reports of this run"),
        started: seconds(summary.started),
        ended: seconds(ended),
    })
}

/// What a check run concludes. A run that stops nothing because it is advisory is `neutral`;
/// warnings are a success that says so in its title. `action_required` never: nobody waits there.
pub fn conclusion(summary: &Summary) -> &'static str {
    let stops = matches!(
        summary.judgement.verdict,
        Verdict::Block | Verdict::Inconclusive
    );
    match code(summary) {
        exit::INTERRUPTED => "cancelled",
        exit::ALLOW if stops => "neutral",
        exit::ALLOW => "success",
        _ => "failure",
    }
}

/// A check run as GitHub tells of it.
#[derive(Debug, Deserialize)]
struct Found {
    id: u64,
    external_id: Option<String>,
    output: Output,
}

#[derive(Debug, Deserialize)]
struct Output {
    annotations_count: usize,
}

#[derive(Deserialize)]
struct Listed {
    check_runs: Vec<Found>,
}

/// Makes the check run, or goes on with the one that this run made before.
///
/// It is complete last, after its annotations: nobody sees a green check whose findings are still
/// on their way.
///
/// # Errors
/// When GitHub refuses, or cannot be asked.
pub async fn publish(client: &Client, draft: &Draft) -> Result<(), ApiError> {
    let found = match find(client, draft).await? {
        Some(found) => found,
        None => create(client, draft).await?,
    };
    let path = client.path(&format!("check-runs/{}", found.id));
    // What another try of this run appended is not appended again.
    let mut there = found.output.annotations_count.min(draft.annotations.len());
    while draft.annotations.len() - there > ANNOTATIONS {
        there = append(client, &path, draft, there, false).await?;
    }
    append(client, &path, draft, there, true).await?;
    Ok(())
}

async fn find(client: &Client, draft: &Draft) -> Result<Option<Found>, ApiError> {
    let path = client.path(&format!("commits/{}/check-runs", escaped(&draft.commit)));
    let call = Call::get(READ, path)
        .query("check_name", &draft.name)
        .query("filter", "all");
    let listed = client.list(&call, |page: Listed| page.check_runs).await?;
    let ours = |found: &Found| found.external_id.as_deref() == Some(&draft.external_id);
    Ok(listed.into_iter().filter(ours).min_by_key(|found| found.id))
}

async fn create(client: &Client, draft: &Draft) -> Result<Found, ApiError> {
    let mut body = json!({
        "name": draft.name,
        "head_sha": draft.commit,
        "external_id": draft.external_id,
        "status": "in_progress",
        "started_at": draft.started,
        "output": { "title": draft.title, "summary": draft.summary },
    });
    if let Some(page) = &draft.page {
        body["details_url"] = json!(page);
    }
    let call = Call::post(WRITE, client.path("check-runs"), body);
    client
        .create(&call, async || find(client, draft).await)
        .await
}

/// Appends the next annotations and says how many are there now. When the answer is lost, GitHub is
/// asked how many arrived.
async fn append(
    client: &Client,
    path: &str,
    draft: &Draft,
    there: usize,
    last: bool,
) -> Result<usize, ApiError> {
    let mut there = there;
    let end = draft.annotations.len().min(there + ANNOTATIONS);
    let mut tries = 0;
    loop {
        tries += 1;
        let page = &draft.annotations[there..end];
        let call = Call::patch(WRITE, path.to_owned(), update(draft, page, last));
        let sent = if page.is_empty() {
            Sent::Answered(client.repeat(&call).await?)
        } else {
            client.once(&call).await?
        };
        let reason = match sent {
            Sent::Answered(reply) => {
                reply.accepted(&call, client.foreign())?;
                return Ok(end);
            }
            Sent::Lost(reason) => reason,
        };
        client.pause(&call, tries, pause(tries), reason).await?;
        let found: Found = client.read(&Call::get(READ, path.to_owned())).await?;
        there = found.output.annotations_count.clamp(there, end);
        if there == end && !last {
            return Ok(end);
        }
    }
}

fn update(draft: &Draft, page: &[Annotation], last: bool) -> Value {
    let mut output = json!({ "title": draft.title, "summary": draft.summary, "text": draft.text });
    if !page.is_empty() {
        output["annotations"] = page.iter().map(annotations::sent).collect();
    }
    if last {
        json!({
            "status": "completed",
            "conclusion": draft.conclusion,
            "completed_at": draft.ended,
            "output": output,
        })
    } else {
        json!({ "status": "in_progress", "output": output })
    }
}

/// A time as GitHub takes it, `YYYY-MM-DDTHH:MM:SSZ`.
fn seconds(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
